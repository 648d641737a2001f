use super::{Level, Metadata};
use crate::raster::{Alpha, ColorSpace, SampleType};

/// What is known of an image once its file index was read.
#[derive(Clone, Debug, PartialEq)]
pub struct ImageInfo {
    /// Stored levels, full size first, never empty.
    pub levels: Vec<Level>,
    /// Samples of a decoded pixel, alpha included.
    pub channels: u16,
    /// Bits of a sample in the file.
    pub bits: u16,
    /// Type of a decoded sample.
    pub sample: SampleType,
    /// Meaning of the decoded colour channels.
    pub color: ColorSpace,
    /// Meaning of the last channel.
    pub alpha: Alpha,
    /// Lowest and highest value of each channel.
    pub ranges: Vec<Range>,
    /// Physical resolution of the full size.
    pub resolution: Option<Resolution>,
    /// Texts and profiles.
    pub metadata: Metadata,
}

impl ImageInfo {
    /// Width of the full size.
    pub fn width(&self) -> u32 {
        self.levels.first().map_or(0, |level| level.width)
    }

    /// Height of the full size.
    pub fn height(&self) -> u32 {
        self.levels.first().map_or(0, |level| level.height)
    }

    /// The level of an IIP resolution number, which counts from the smallest.
    pub fn level_of_resolution(&self, resolution: u32) -> Option<u8> {
        let last = u32::try_from(self.levels.len()).ok()?.checked_sub(1)?;
        u8::try_from(last.checked_sub(resolution)?).ok()
    }

    /// The stored level with this index, 0 is full size.
    pub fn level(&self, level: u8) -> Option<&Level> {
        self.levels.get(usize::from(level))
    }
}

/// Lowest and highest sample value of a channel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// Shown black.
    pub min: f32,
    /// Shown white.
    pub max: f32,
}

/// Pixels per length.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Resolution {
    /// Pixels per unit from left to right.
    pub x: f64,
    /// Pixels per unit from top to bottom.
    pub y: f64,
    /// The unit.
    pub unit: ResolutionUnit,
}

impl Resolution {
    /// Pixels per metre, when the unit is a length.
    pub fn per_metre(&self) -> Option<(f64, f64)> {
        let factor = match self.unit {
            ResolutionUnit::Centimetre => 100.0,
            ResolutionUnit::Inch => 100.0 / 2.54,
            ResolutionUnit::Unknown => return None,
        };
        Some((self.x * factor, self.y * factor))
    }
}

/// Unit of a [`Resolution`].
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum ResolutionUnit {
    /// 0.01 m.
    Centimetre,
    /// 0.0254 m.
    Inch,
    /// Only the ratio of both numbers has a meaning.
    Unknown,
}
