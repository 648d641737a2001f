use std::io;
use std::sync::Arc;

use crate::raster::ShapeError;

/// A file that cannot be shown. Cheap to clone: all waiters of one decode get the same error.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The file could not be read.
    #[error("file cannot be read: {0}")]
    Io(Arc<io::Error>),
    /// The file is right, but larger than a limit.
    #[error("{what} is over the limit of {limit}")]
    Limit {
        /// What is too large.
        what: &'static str,
        /// The limit.
        limit: u64,
    },
    /// The file is wrong.
    #[error("file is damaged: {0}")]
    Malformed(String),
    /// The file has no image with this number.
    #[error("the file has no image {0}")]
    NoPage(u32),
    /// The file is right, but to show it would take too much memory. The text goes to the client.
    #[error("{0}")]
    TooLarge(String),
    /// The file is right, but this server cannot show it. The text goes to the client.
    #[error("{0}")]
    Unsupported(String),
}

impl From<io::Error> for DecodeError {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::UnexpectedEof {
            Self::Malformed("it ends too early".into())
        } else {
            Self::Io(Arc::new(error))
        }
    }
}

impl From<ShapeError> for DecodeError {
    fn from(error: ShapeError) -> Self {
        Self::Malformed(error.to_string())
    }
}

impl DecodeError {
    /// A refusal of a tile or level that an image does not have.
    pub fn no_tile() -> Self {
        Self::Unsupported("the image has no such tile".into())
    }

    /// A refusal of a file that would need more memory than a picture may, with advice.
    pub fn too_large(width: u32, height: u32) -> Self {
        Self::TooLarge(format!(
            "the image has {width}x{height} pixels and no smaller copies of itself: too much to \
             decode for a request; convert it with: vips tiffsave in out.tif --tile --pyramid \
             --bigtiff --compression deflate"
        ))
    }
}

/// A picture that cannot be written.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// The encoder failed.
    #[error("{format} encoder failed: {reason}")]
    Failed {
        /// Name of the format.
        format: &'static str,
        /// Its message.
        reason: String,
    },
    /// The planner handed over a shape the format cannot hold.
    #[error("{format} cannot hold this kind of picture")]
    Shape {
        /// Name of the format.
        format: &'static str,
    },
    /// The picture is longer than the format can say.
    #[error("a {format} picture has at most {limit} pixels per side")]
    Side {
        /// Name of the format.
        format: &'static str,
        /// Longest side.
        limit: u32,
    },
}
