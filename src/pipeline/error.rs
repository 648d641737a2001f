use crate::codec::{DecodeError, EncodeError};
use crate::process::OpError;
use crate::raster::ShapeError;

/// A plan that could not be carried out.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// Nobody waits for the picture any more.
    #[error("cancelled")]
    Cancelled,
    /// A tile cannot be decoded.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// The picture cannot be encoded.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// An operation failed.
    #[error(transparent)]
    Op(#[from] OpError),
}

impl From<ShapeError> for RenderError {
    fn from(error: ShapeError) -> Self {
        Self::Decode(error.into())
    }
}
