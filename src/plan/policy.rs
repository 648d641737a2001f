use std::sync::Arc;

use crate::command::TiffCompression;
use crate::process::{Filter, Watermark};

/// Settings that change answers.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Policy {
    /// Longest side of an answer before rotation; `None` is unlimited.
    pub max_side: Option<u32>,
    /// Most pixels of an answer before rotation; `None` is unlimited.
    pub max_area: Option<u64>,
    /// Whether regions may be enlarged.
    pub upscaling: bool,
    /// Follow the validators of IIIF 3.0 where they differ from its text (4.2): a box larger than
    /// the region is refused instead of answered with the region's own size, and `^max` is not
    /// enlarged to the limits.
    pub strict_box: bool,
    /// JPEG quality without `QLT`, 1 to 100.
    pub jpeg_quality: u8,
    /// PNG compression level without `QLT`, 0 to 9.
    pub png_quality: u8,
    /// WebP quality without `QLT`, 1 to 100; below it, lossless.
    pub webp_quality: i8,
    /// AVIF quality without `QLT`, 0 to 100; below it, colours are whole and as fine as can be.
    pub avif_quality: i8,
    /// Compression of TIFF answers without a codec in `QLT`.
    pub tiff_compression: TiffCompression,
    /// Quality or level of it without `QLT`, 0 to 100.
    pub tiff_quality: u8,
    /// ICC profiles of this size or larger are left out; `None` is unlimited.
    pub max_icc: Option<usize>,
    /// Rights of images whose files say none.
    pub rights: Option<Arc<str>>,
    /// Whether stored tiles may be sent as they are.
    pub passthrough: bool,
    /// Interpolation of regions.
    pub filter: Filter,
    /// Most quality layers of JPEG 2000 that are decoded; 0 is half of an image's layers, below 0
    /// all of them, unless the request says how many.
    pub max_layers: i32,
    /// Bytes of pixels one answer may need at a time.
    pub max_memory: u64,
    /// What is put on pictures.
    pub watermark: Option<Watermark>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            max_side: Some(5000),
            max_area: None,
            upscaling: true,
            strict_box: false,
            jpeg_quality: 75,
            png_quality: 1,
            webp_quality: 50,
            avif_quality: 50,
            tiff_compression: TiffCompression::Deflate,
            tiff_quality: 1,
            max_icc: Some(65536),
            rights: None,
            passthrough: true,
            filter: Filter::Antialias,
            max_layers: 0,
            max_memory: 512 << 20,
            watermark: None,
        }
    }
}
