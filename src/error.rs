//! All that can go wrong with a request, and what the client is told of it.

use std::borrow::Cow;

use crate::cache::FlightError;
use crate::codec::{DecodeError, EncodeError};
use crate::http::Status;
use crate::pipeline::RenderError;
use crate::plan::PlanError;
use crate::process::OpError;
use crate::protocol::ParseError;
use crate::store::{OpenError, StoreError};
use crate::workers::WorkError;

/// A request that failed. Cheap to clone: all that wait for one piece of work share its error.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Nobody waits for the answer any more.
    #[error("cancelled")]
    Cancelled,
    /// The image file cannot be decoded.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// The picture cannot be encoded.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// The method changes something.
    #[error("method is not allowed")]
    Method,
    /// An operation failed.
    #[error(transparent)]
    Op(#[from] OpError),
    /// The request cannot be read.
    #[error(transparent)]
    Parse(#[from] ParseError),
    /// The request cannot be planned for this image.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// There is no such image.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The answer took too long.
    #[error("time is over")]
    Timeout,
    /// The request is larger than a limit.
    #[error("request is too large")]
    TooLarge,
    /// The request target is larger than a limit.
    #[error("request address is too long")]
    UriTooLong,
    /// The pool refused or lost the work.
    #[error(transparent)]
    Work(#[from] WorkError),
}

impl From<OpenError> for Error {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Decode(error) => Self::Decode(error),
            OpenError::Store(error) => Self::Store(error),
        }
    }
}

impl From<RenderError> for Error {
    fn from(error: RenderError) -> Self {
        match error {
            RenderError::Cancelled => Self::Cancelled,
            RenderError::Decode(error) => Self::Decode(error),
            RenderError::Encode(error) => Self::Encode(error),
            RenderError::Op(error) => Self::Op(error),
        }
    }
}

impl From<FlightError> for Error {
    fn from(_: FlightError) -> Self {
        Self::Work(WorkError::Panicked)
    }
}

impl Error {
    /// Status of the answer.
    pub fn status(&self) -> Status {
        match self {
            Self::Cancelled | Self::Timeout | Self::Work(WorkError::Overload) => {
                Status::ServiceUnavailable
            }
            Self::Decode(DecodeError::TooLarge(_)) => Status::NotImplemented,
            Self::Decode(DecodeError::Unsupported(_)) => Status::UnsupportedMediaType,
            Self::Decode(DecodeError::NoPage(_))
            | Self::Store(
                StoreError::CrowdedFolder
                | StoreError::Mixed { .. }
                | StoreError::NotFound
                | StoreError::NoRoot,
            ) => Status::NotFound,
            Self::Encode(EncodeError::Side { .. }) | Self::Parse(_) => Status::BadRequest,
            Self::Decode(_) | Self::Encode(_) | Self::Op(_) | Self::Work(_) => {
                Status::InternalServerError
            }
            Self::Method => Status::MethodNotAllowed,
            Self::Plan(error) => plan_status(error),
            Self::Store(StoreError::Io(_)) => Status::InternalServerError,
            Self::TooLarge => Status::ContentTooLarge,
            Self::UriTooLong => Status::UriTooLong,
        }
    }

    /// Text for the client: nothing of files, libraries or other users.
    pub fn public(&self) -> Cow<'static, str> {
        match self {
            Self::Decode(DecodeError::TooLarge(reason) | DecodeError::Unsupported(reason)) => {
                Cow::Owned(reason.clone())
            }
            Self::Decode(error @ DecodeError::NoPage(_)) => Cow::Owned(error.to_string()),
            Self::Decode(DecodeError::Limit { what, limit }) => {
                Cow::Owned(format!("image file is not accepted: {what} is over {limit}"))
            }
            Self::Decode(_) => Cow::Borrowed("image file is damaged or cannot be read"),
            Self::Encode(error @ EncodeError::Side { .. }) => Cow::Owned(error.to_string()),
            Self::Encode(_) | Self::Op(_) => Cow::Borrowed("picture cannot be made"),
            Self::Parse(error) => Cow::Owned(error.to_string()),
            Self::Plan(error) => Cow::Owned(error.to_string()),
            Self::Store(StoreError::Io(_)) => Cow::Borrowed("image file cannot be read"),
            // What is wrong with a folder is for the log.
            Self::Store(StoreError::CrowdedFolder | StoreError::Mixed { .. }) => {
                Cow::Owned(StoreError::NotFound.to_string())
            }
            Self::Store(error) => Cow::Owned(error.to_string()),
            Self::Work(WorkError::Panicked) => Cow::Borrowed("request failed"),
            Self::Cancelled
            | Self::Method
            | Self::Timeout
            | Self::TooLarge
            | Self::UriTooLong
            | Self::Work(WorkError::Overload) => Cow::Owned(self.to_string()),
        }
    }
}

fn plan_status(error: &PlanError) -> Status {
    match error {
        PlanError::Op(OpError::Unsuitable { .. }) => Status::NotImplemented,
        PlanError::Depth { .. }
        | PlanError::EmptyRegion { .. }
        | PlanError::NoPicture
        | PlanError::Op(_)
        | PlanError::OutsideLevel { .. }
        | PlanError::OutsideTile { .. }
        | PlanError::Side { .. }
        | PlanError::TooLarge { .. }
        | PlanError::TooMany { .. }
        | PlanError::Upscaling { .. } => Status::BadRequest,
        PlanError::NoLevel(_) | PlanError::NoTile => Status::NotFound,
        PlanError::Format(_) | PlanError::NotYet(_) | PlanError::SourceTooLarge { .. } => {
            Status::NotImplemented
        }
        PlanError::NeedsHistogram | PlanError::NeedsStatistics => Status::InternalServerError,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;
    use std::sync::Arc;

    #[test]
    fn texts_for_clients_have_nothing_of_the_cause() {
        let secret = "/srv/secret/x.tif";
        let causes: [Error; 3] = [
            DecodeError::Io(Arc::new(io::Error::other(secret))).into(),
            DecodeError::Malformed(secret.into()).into(),
            StoreError::Io(Arc::new(io::Error::other(secret))).into(),
        ];
        for error in causes {
            assert!(error.to_string().contains(secret));
            assert!(!error.public().contains("secret"), "{error:?}");
            assert_eq!(error.status(), Status::InternalServerError);
        }
    }
}
