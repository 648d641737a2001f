//! Facts about an image and its coordinates, as plain data.

mod id;
mod info;
mod level;
mod metadata;
mod orientation;
mod pyramid;
mod rect;
mod selection;
mod statistics;
mod views;

pub use id::{FileVersion, ImageId, ImageIds};
pub use info::{ImageInfo, Range, Resolution, ResolutionUnit, StackMember};
pub use level::{Level, TileRef};
pub use metadata::Metadata;
pub use orientation::Orientation;
pub use pyramid::{DeepZoomPyramid, ZoomifyPyramid};
pub use rect::Rect;
pub use selection::{Bands, Selection};
pub use statistics::{ChannelHistogram, ChannelStatistics, PERCENTS};
pub use views::Views;
