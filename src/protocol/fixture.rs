//! Image facts for tests of documents.

use crate::image::{ImageInfo, Level, Metadata, Range};
use crate::raster::{Alpha, ColorSpace, SampleType};

/// An 8-bit RGB image with these levels: width, height, tile width, tile height.
pub(super) fn image(levels: &[(u32, u32, u32, u32)]) -> ImageInfo {
    let level = |&(width, height, tile_width, tile_height): &(u32, u32, u32, u32)| Level {
        width,
        height,
        tile_width,
        tile_height,
    };
    ImageInfo {
        levels: levels.iter().map(level).collect(),
        channels: 3,
        bits: 8,
        sample: SampleType::U8,
        color: ColorSpace::Rgb,
        alpha: Alpha::None,
        ranges: vec![Range { min: 0.0, max: 255.0 }; 3],
        resolution: None,
        metadata: Metadata::default(),
    }
}
