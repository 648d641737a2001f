//! From identifiers to open images, below one root folder and nowhere else.

mod address;
mod folder;
mod histograms;
mod image;
mod images;
mod listings;
mod name;
mod pace;
mod profiles;
mod root;
mod sequence;
mod statistics;
mod watermark;

pub use address::Address;
pub use folder::{Folder, list};
pub use image::Image;
pub use images::{Found, Images, ImagesConfig, OpenError, Search};
pub use listings::Listing;
pub use pace::Pace;
pub use root::{Root, RootError};
pub use watermark::{WatermarkError, watermark};

use std::io;
use std::sync::Arc;

/// An image that cannot be opened.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// No file has the name, and its folder has so many names that sequences are not looked for.
    #[error("image not found; its folder has too many names to look for sequences")]
    CrowdedFolder,
    /// The file system failed.
    #[error("file system: {0}")]
    Io(Arc<io::Error>),
    /// The files of a sequence have several formats.
    #[error(
        "the files of this sequence end in `{}` and `{}`: keep those of one format",
        extensions[0],
        extensions[1]
    )]
    Mixed {
        /// Two of the extensions.
        extensions: [String; 2],
    },
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
