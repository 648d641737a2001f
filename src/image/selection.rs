use std::num::NonZeroU16;
use std::sync::Arc;

use crate::raster::{Alpha, ColorSpace, Shape};

/// Which samples of a tile are wanted. The default is all there is.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct Selection {
    /// Bands.
    pub bands: Bands,
    /// Quality layers of JPEG 2000, counted from the coarsest; `None` is all of them. Other formats
    /// have no layers and take no notice.
    pub layers: Option<NonZeroU16>,
}

/// Bands of an image.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub enum Bands {
    /// All of them, alpha included.
    #[default]
    All,
    /// Those with these numbers, counted from 0: ascending, at least one, each of the image.
    Only(Arc<[u16]>),
}

impl Bands {
    /// The first bands.
    pub fn first(count: u16) -> Self {
        Self::Only((0..count).collect())
    }

    /// The bands as numbers, of an image with so many.
    pub fn numbers(&self, channels: u16) -> impl Iterator<Item = u16> + '_ {
        let (all, only) = match self {
            Self::All => (0..channels, &[][..]),
            Self::Only(bands) => (0..0, &bands[..]),
        };
        all.chain(only.iter().copied())
    }

    /// How many they are, of an image with so many.
    pub fn count(&self, channels: u16) -> u16 {
        match self {
            Self::All => channels,
            Self::Only(bands) => u16::try_from(bands.len()).unwrap_or(u16::MAX),
        }
    }

    /// The shape of a raster with only these bands of a whole one. One band is shown as grey and
    /// three as colour, whatever they are; more have no meaning as colour.
    pub fn of(&self, whole: Shape) -> Shape {
        let channels = match self {
            Self::All => return whole,
            Self::Only(_) => self.count(whole.channels),
        };
        let color = match channels {
            1 => ColorSpace::Gray,
            3 => ColorSpace::Rgb,
            _ => ColorSpace::Multiband,
        };
        Shape { channels, color, alpha: Alpha::None, ..whole }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::SampleType;

    #[test]
    fn a_selection_of_bands_has_the_shape_of_what_it_shows() {
        let whole = Shape::new(5, 4, 160, SampleType::U16, ColorSpace::Multiband);
        assert_eq!(Bands::All.of(whole), whole);
        let one = Shape { channels: 1, color: ColorSpace::Gray, ..whole };
        assert_eq!(Bands::Only([7].into()).of(whole), one);
        let three = Shape { channels: 3, color: ColorSpace::Rgb, ..whole };
        assert_eq!(Bands::first(3).of(whole), three);
    }

    #[test]
    fn bands_are_listed_by_number() {
        assert_eq!(Bands::All.numbers(3).collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!(Bands::Only([4, 9].into()).numbers(160).collect::<Vec<_>>(), [4, 9]);
    }
}
