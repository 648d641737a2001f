//! Components of a picture and how often they are sampled.

/// Which samples there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sampling {
    /// Luminance alone.
    Gray,
    /// 4:4:4, chrominance of each pixel.
    Full,
    /// 4:2:2, chrominance of pairs in a row.
    HalfWidth,
    /// 4:2:0, chrominance of squares of four.
    Half,
}

/// A component of a picture.
#[derive(Debug, Clone, Copy)]
pub(super) struct Component {
    /// Blocks of an MCU in a row.
    pub(super) horizontal: u8,
    /// Rows of blocks of an MCU.
    pub(super) vertical: u8,
    /// Its tables: 0 of luminance, 1 of chrominance.
    pub(super) tables: u8,
}

impl Component {
    /// Its blocks of an MCU.
    pub(super) fn blocks(self) -> usize {
        usize::from(self.horizontal * self.vertical)
    }
}

const fn luma(horizontal: u8, vertical: u8) -> Component {
    Component { horizontal, vertical, tables: 0 }
}

const CHROMA: Component = Component { horizontal: 1, vertical: 1, tables: 1 };

impl Sampling {
    /// Blocks of an MCU at most.
    pub(super) const MAX_BLOCKS: usize = 6;

    pub(super) const fn components(self) -> &'static [Component] {
        match self {
            Self::Gray => &const { [luma(1, 1)] },
            Self::Full => &const { [luma(1, 1), CHROMA, CHROMA] },
            Self::HalfWidth => &const { [luma(2, 1), CHROMA, CHROMA] },
            Self::Half => &const { [luma(2, 2), CHROMA, CHROMA] },
        }
    }

    /// Pixels of an MCU, across and down.
    pub(super) fn mcu(self) -> (usize, usize) {
        let [luma, ..] = self.components() else { return (8, 8) };
        (8 * usize::from(luma.horizontal), 8 * usize::from(luma.vertical))
    }

    /// Blocks of an MCU.
    pub(super) fn blocks(self) -> usize {
        self.components().iter().map(|component| component.blocks()).sum()
    }
}
