//! From identifiers to open images, below one root folder and nowhere else.

mod folder;
mod images;
mod name;
mod root;

pub use folder::{Folder, list};
pub use images::{Image, Images, ImagesConfig, OpenError};
pub use root::{Root, RootError};

use std::io;
use std::sync::Arc;

/// An image that cannot be opened.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The file system failed.
    #[error("file system: {0}")]
    Io(Arc<io::Error>),
    /// No image root is set.
    #[error(
        "no image folder is set: start the server with a folder (pyramis DIR) or set \
         FILESYSTEM_PREFIX"
    )]
    NoRoot,
    /// There is no such file below the root.
    #[error("image not found")]
    NotFound,
}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        use io::ErrorKind::{
            InvalidFilename, InvalidInput, IsADirectory, NotADirectory, NotFound, PermissionDenied,
        };
        match error.kind() {
            // A path that leaves the root is refused as permission denied by the file system
            // layer; which of these it was is nobody's business but the log's.
            NotFound | NotADirectory | IsADirectory | PermissionDenied | InvalidFilename
            | InvalidInput => Self::NotFound,
            _ => Self::Io(Arc::new(error)),
        }
    }
}
