//! Image facts for tests of documents.

use crate::image::{ImageInfo, Level};
use crate::raster::{ColorSpace, SampleType, Shape};

/// An 8-bit RGB image with these levels: width, height, tile width, tile height.
pub(super) fn image(levels: &[(u32, u32, u32, u32)]) -> ImageInfo {
    let level = |&(width, height, tile_width, tile_height): &(u32, u32, u32, u32)| Level {
        width,
        height,
        tile_width,
        tile_height,
    };
    let rgb = Shape::new(1, 1, 3, SampleType::U8, ColorSpace::Rgb);
    ImageInfo::new(levels.iter().map(level).collect(), rgb)
}
