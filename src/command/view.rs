use super::{Adjust, Finite, Format};

/// The picture wanted. Region, then size, then orientation, then colour: the order of IIIF.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct View {
    /// Part of the image.
    pub region: Region,
    /// Size of the answer, before rotation.
    pub size: Size,
    /// Mirroring and rotation.
    pub orient: Orient,
    /// Colour of the answer.
    pub color: ColorMode,
    /// Processing of sample values, in the order of the request; the planner has the fixed order.
    pub adjust: Vec<Adjust>,
    /// JPEG 2000 quality layers to decode.
    pub layers: Option<i32>,
    /// Format and quality.
    pub output: Output,
}

impl View {
    /// The whole image at its natural size in this format.
    pub fn whole(format: Format) -> Self {
        Self {
            region: Region::Full,
            size: Size { fit: Fit::Natural, upscale: Upscale::Allow, excess: Excess::Shrink },
            orient: Orient::default(),
            color: ColorMode::Native,
            adjust: Vec::new(),
            layers: None,
            output: Output::new(format),
        }
    }
}

/// Part of an image.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Region {
    /// All of it.
    Full,
    /// Pixels of the full resolution; may run over the right and bottom edge.
    Pixels {
        /// Left edge.
        x: u32,
        /// Upper edge.
        y: u32,
        /// Width, not zero.
        width: u32,
        /// Height, not zero.
        height: u32,
    },
    /// Fractions of the image, 0 to 1.
    Ratio {
        /// Left edge.
        x: Finite,
        /// Upper edge.
        y: Finite,
        /// Width.
        width: Finite,
        /// Height.
        height: Finite,
    },
    /// The centred square of the shorter side.
    Square,
}

/// Size of an answer.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Size {
    /// How the size is given.
    pub fit: Fit,
    /// What happens when it is larger than the region.
    pub upscale: Upscale,
    /// What happens when it is larger than the server's limits.
    pub excess: Excess,
}

/// How a size is given. Sides are at least 1.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Fit {
    /// These sides, the aspect may change.
    Exact {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
    /// This height, the width follows.
    Height(u32),
    /// As large as the region and the server's limits allow.
    Max,
    /// The region's own size, reduced to the server's limits.
    Natural,
    /// Percent of the region's size, above 0.
    Percent(Finite),
    /// This width, the height follows.
    Width(u32),
    /// The largest size of the same aspect inside this box.
    Within {
        /// Width of the box.
        width: u32,
        /// Height of the box.
        height: u32,
    },
}

/// What happens when a size is larger than the region.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Upscale {
    /// The region is enlarged, if the server's settings allow it.
    Allow,
    /// The request is refused.
    Refuse,
}

/// What happens when a size is larger than the server's limits. A box, the natural and the
/// largest size are always reduced.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Excess {
    /// The request is refused (IIIF).
    Refuse,
    /// The largest allowed size of the same aspect is sent (IIP).
    Shrink,
}

/// Mirroring and rotation: first mirrored left to right, then turned.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Orient {
    /// Mirror on the vertical axis.
    pub mirror: bool,
    /// Clockwise angle, 0 up to but not including 360 degrees.
    pub degrees: Finite,
}

impl Default for Orient {
    fn default() -> Self {
        Self { mirror: false, degrees: Finite::ZERO }
    }
}

/// Colour of an answer.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum ColorMode {
    /// Black and white only.
    Bitonal,
    /// Shades of grey.
    Gray,
    /// As the image is.
    Native,
}

/// Format and quality of an answer.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Output {
    /// Output format.
    pub format: Format,
    /// Quality as asked; each encoder has its own range and clamps.
    pub quality: Option<i32>,
    /// Compression of a TIFF answer.
    pub compression: Option<TiffCompression>,
    /// Type of its samples.
    pub depth: Depth,
}

impl Output {
    /// This format, all else as the settings say.
    pub fn new(format: Format) -> Self {
        Self { format, quality: None, compression: None, depth: Depth::Eight }
    }
}

/// Type of the samples of an answer: a picture to be looked at, or numbers.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Depth {
    /// 8 bits: a picture for the screen.
    #[default]
    Eight,
    /// Up to 16 bits: integers as they are stored; what was adjusted, and what does not fit, from
    /// black to white.
    Sixteen,
    /// Single precision floating point: numbers as they are stored; what was adjusted, with black
    /// at 0 and white at 1.
    Float,
}

impl Depth {
    /// The depth with this name in requests.
    pub fn from_name(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "8" => Some(Self::Eight),
            "16" => Some(Self::Sixteen),
            "float" => Some(Self::Float),
            _ => None,
        }
    }

    /// Its name in requests.
    pub fn name(self) -> &'static str {
        match self {
            Self::Eight => "8",
            Self::Sixteen => "16",
            Self::Float => "float",
        }
    }
}

/// How often the colour of a JPEG answer is sampled.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum ChromaSubsampling {
    /// 4:2:0, once for squares of four pixels.
    #[default]
    Both,
    /// 4:2:2, once for pairs of pixels in a row.
    Horizontal,
    /// 4:4:4, for each pixel.
    None,
}

/// Compression of a TIFF answer.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum TiffCompression {
    /// Deflate.
    Deflate,
    /// JPEG.
    Jpeg,
    /// LZW.
    Lzw,
    /// None.
    #[default]
    None,
    /// WebP.
    Webp,
    /// Zstandard.
    Zstd,
}
