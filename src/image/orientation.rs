/// Where the first row and column of the stored picture are seen (TIFF 6.0, p. 36; EXIF 2.32,
/// 4.6.4 A).
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Orientation {
    /// As it is stored.
    #[default]
    TopLeft,
    /// Mirrored left to right.
    TopRight,
    /// Upside down.
    BottomRight,
    /// Mirrored top to bottom.
    BottomLeft,
    /// Rows and columns exchanged.
    LeftTop,
    /// To be turned clockwise by 90 degrees.
    RightTop,
    /// Rows and columns exchanged, upside down.
    RightBottom,
    /// To be turned clockwise by 270 degrees.
    LeftBottom,
}

impl Orientation {
    /// The orientation of a tag value, 1 to 8.
    pub fn from_tag(value: u16) -> Option<Self> {
        Some(match value {
            1 => Self::TopLeft,
            2 => Self::TopRight,
            3 => Self::BottomRight,
            4 => Self::BottomLeft,
            5 => Self::LeftTop,
            6 => Self::RightTop,
            7 => Self::RightBottom,
            8 => Self::LeftBottom,
            _ => return None,
        })
    }

    /// Whether rows of the stored picture are seen as columns.
    pub fn swaps_sides(self) -> bool {
        matches!(self, Self::LeftTop | Self::RightTop | Self::RightBottom | Self::LeftBottom)
    }

    /// Whether the first stored row is seen on the left or above (`false`), or opposite (`true`).
    pub fn reverses_rows(self) -> bool {
        matches!(self, Self::BottomRight | Self::BottomLeft | Self::RightTop | Self::RightBottom)
    }

    /// Whether the first stored column is seen on the left or above (`false`), or opposite
    /// (`true`).
    pub fn reverses_columns(self) -> bool {
        matches!(self, Self::TopRight | Self::BottomRight | Self::RightBottom | Self::LeftBottom)
    }
}
