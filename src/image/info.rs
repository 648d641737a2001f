use super::{Bands, Level, Metadata};
use crate::raster::{Alpha, ColorSpace, Layout, SampleType, Shape};

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
    /// Whether the colours of the file are those of `CIELab`: they are decoded to sRGB of 0 to 1, so
    /// that ranges of sample values have no meaning.
    pub from_lab: bool,
    /// Lowest and highest value of each channel, as decoded; empty when the file does not say
    /// and the type of its samples does not either.
    pub ranges: Vec<Range>,
    /// Decoded sample value that means "nothing here".
    pub nodata: Option<f32>,
    /// Quality layers, 1 where the format has none.
    pub layers: u16,
    /// The images of the stack this one belongs to, in order; empty when it is single.
    pub stack: Vec<StackMember>,
    /// Physical resolution of the full size.
    pub resolution: Option<Resolution>,
    /// Metres on the ground from one pixel of the full size to the next, across and down, of a map.
    pub pixel_size: Option<(f64, f64)>,
    /// Texts and profiles.
    pub metadata: Metadata,
}

impl ImageInfo {
    /// An image with these levels, of which nothing is known but the kind of its pixels: the
    /// size of `pixels` has no meaning.
    pub fn new(levels: Vec<Level>, pixels: Shape) -> Self {
        let Shape { channels, sample, color, alpha, .. } = pixels;
        let range = |max| vec![Range { min: 0.0, max }; usize::from(channels)];
        let (bits, ranges) = match sample {
            SampleType::F32 => (32, Vec::new()),
            SampleType::U16 => (16, range(65_535.0)),
            SampleType::U32 => (32, range(4_294_967_295.0)),
            SampleType::U8 => (8, range(255.0)),
        };
        Self {
            levels,
            channels,
            bits,
            sample,
            color,
            alpha,
            from_lab: false,
            ranges,
            nodata: None,
            layers: 1,
            stack: Vec::new(),
            resolution: None,
            pixel_size: None,
            metadata: Metadata::default(),
        }
    }

    /// Shape of decoded pixels with these bands.
    pub fn shape(&self, width: u32, height: u32, bands: &Bands) -> Shape {
        bands.of(Shape {
            width,
            height,
            channels: self.channels,
            sample: self.sample,
            layout: Layout::Interleaved,
            color: self.color,
            alpha: self.alpha,
        })
    }

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

    /// Full-size pixels for one pixel of a level, as clients number its tiles.
    ///
    /// The sizes of levels are rounded, down or up, so their ratio is not the factor they were made
    /// with: 1,353 pixels at 1/32 are 43, and 1,353 / 43 is 31.5. A power of two that explains both
    /// sides of a level is its factor, else the rounded ratio of the longer side.
    pub fn scale_factor(&self, level: &Level) -> u32 {
        let (full, stored) = if self.width() >= self.height() {
            (self.width(), level.width)
        } else {
            (self.height(), level.height)
        };
        let stored = u64::from(stored.max(1));
        let rounded = (2 * u64::from(full) + stored) / (2 * stored);
        let explains = |factor: u64| {
            let explained = |full: u32, stored: u32| {
                let (full, stored) = (u64::from(full), u64::from(stored));
                stored == (full / factor).max(1) || stored == full.div_ceil(factor)
            };
            explained(self.width(), level.width) && explained(self.height(), level.height)
        };
        let power = rounded.next_power_of_two();
        let candidates = [power / 2, power, power * 2].into_iter().filter(|factor| *factor > 0);
        // With degenerate sides several powers explain a level: the nearest one is meant.
        let factor = candidates
            .filter(|factor| explains(*factor))
            .min_by_key(|factor| factor.abs_diff(rounded))
            .unwrap_or(rounded);
        u32::try_from(factor).unwrap_or(u32::MAX).max(1)
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

/// One image of a stack.
#[derive(Clone, Debug, PartialEq)]
pub struct StackMember {
    /// Its name in the file, perhaps empty.
    pub name: String,
    /// Factor of its sample values, 1 when the file does not say.
    pub scale: f64,
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

#[cfg(test)]
mod tests {
    use super::*;

    fn factor(full: (u32, u32), stored: (u32, u32)) -> u32 {
        let level = |(width, height)| Level { width, height, tile_width: 256, tile_height: 256 };
        let gray = Shape::new(1, 1, 1, SampleType::U8, ColorSpace::Gray);
        let info = ImageInfo::new(vec![level(full), level(stored)], gray);
        info.scale_factor(&info.levels[1])
    }

    #[test]
    fn levels_rounded_down_or_up_have_the_factor_they_were_made_with() {
        assert_eq!(factor((1001, 601), (500, 300)), 2);
        assert_eq!(factor((1001, 601), (501, 301)), 2);
        assert_eq!(factor((1353, 1025), (43, 33)), 32);
        assert_eq!(factor((1353, 1025), (42, 32)), 32);
        assert_eq!(factor((1023, 1023), (1, 1)), 1024);
    }

    #[test]
    fn other_factors_are_rounded_ratios() {
        // Aperio: a quarter; 3 and 10 are no powers of two.
        assert_eq!(factor((46_000, 32_914), (11_500, 8228)), 4);
        assert_eq!(factor((900, 600), (300, 200)), 3);
        assert_eq!(factor((1000, 999), (100, 99)), 10);
        assert_eq!(factor((7, 5), (7, 5)), 1);
    }
}
