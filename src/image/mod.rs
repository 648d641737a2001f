//! Facts about an image and its coordinates, as plain data.

mod id;
mod info;
mod level;
mod metadata;
mod pyramid;
mod rect;

pub use id::{FileVersion, ImageId, ImageIds};
pub use info::{ImageInfo, Range, Resolution, ResolutionUnit};
pub use level::{Level, TileRef};
pub use metadata::Metadata;
pub use pyramid::{DeepZoomPyramid, ZoomifyPyramid};
pub use rect::Rect;
