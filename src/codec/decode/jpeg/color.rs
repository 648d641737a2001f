//! What the components of a picture are, as `libjpeg` and so everybody else understands them.

use super::header::Head;
use super::unsupported;
use crate::codec::DecodeError;
use crate::raster::ColorSpace;

/// Meaning of the components.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Meaning {
    /// Inks. Adobe's programs store how much paper is left, everybody else how much ink there is.
    Cmyk {
        /// Whether full ink is 0.
        inverted: bool,
    },
    /// One component.
    Gray,
    /// Red, green and blue.
    Rgb,
    /// Luma and colour differences.
    YCbCr,
    /// Inks, the first three of them as luma and colour differences. Only Adobe's programs write
    /// this, so the inks are inverted.
    Ycck,
}

impl Meaning {
    /// Meaning of the components of a file (ITU-T T.872, 6.1, and for JFIF T.871, 6.1).
    pub(super) fn new(head: &Head) -> Result<Self, DecodeError> {
        Ok(match (&*head.frame.components, head.adobe) {
            ([_], _) => Self::Gray,
            ([_, _, _], _) if head.jfif.is_some() => Self::YCbCr,
            ([_, _, _], Some(0)) | (b"RGB", None) => Self::Rgb,
            ([_, _, _], _) => Self::YCbCr,
            ([_, _, _, _], None) => Self::Cmyk { inverted: false },
            ([_, _, _, _], Some(0)) => Self::Cmyk { inverted: true },
            ([_, _, _, _], Some(_)) => Self::Ycck,
            (components, _) => {
                let count = components.len();
                return unsupported(&format!("JPEG with {count} components is not supported"));
            }
        })
    }

    /// The colours after decoding.
    pub(super) fn decoded(self) -> ColorSpace {
        match self {
            Self::Gray => ColorSpace::Gray,
            Self::Cmyk { .. } | Self::Rgb | Self::YCbCr | Self::Ycck => ColorSpace::Rgb,
        }
    }

    /// Whether the components are inks. The profile of the file is for inks then too, and does not
    /// fit what is decoded.
    pub(super) fn is_ink(self) -> bool {
        matches!(self, Self::Cmyk { .. } | Self::Ycck)
    }

    /// Components in the file.
    pub(super) fn components(self) -> u16 {
        match self {
            Self::Gray => 1,
            Self::Rgb | Self::YCbCr => 3,
            Self::Cmyk { .. } | Self::Ycck => 4,
        }
    }
}
