//! Output formats, one file each.

#[cfg(feature = "avif")]
pub mod avif;
mod exif;
pub mod jpeg;
pub mod png;
pub mod raw;
mod texts;
pub mod tiff;
pub mod webp;

use super::Encoder;
use crate::command::Format;

/// All formats that can be written.
pub const ENCODERS: &[&dyn Encoder] = &[
    &jpeg::Jpeg,
    &png::Png,
    &webp::Webp,
    #[cfg(feature = "avif")]
    &avif::Avif,
    &tiff::Tiff,
    &raw::Raw,
];

/// The encoder of a format, when this build has one.
pub fn encoder(format: Format) -> Option<&'static dyn Encoder> {
    ENCODERS.iter().copied().find(|encoder| encoder.format() == format)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_the_advertised_formats_have_an_encoder() {
        for format in Format::all() {
            assert_eq!(encoder(format).is_some(), format.is_encoded(), "{format:?}");
        }
    }
}
