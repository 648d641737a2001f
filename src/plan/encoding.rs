//! How a picture is written: what was asked, the settings and the format as one.

use super::{PlanError, Policy};
use crate::codec::{EncodeOptions, Encoder};
use crate::command::{ChromaSubsampling, Format, Output, TiffCompression};
use crate::raster::Shape;

/// Quality in the range of the format (behaviour specification, 5, `QLT`), and compression.
pub(super) fn options(output: &Output, policy: &Policy) -> EncodeOptions {
    let compression = match output.format {
        Format::Tiff => output.compression.unwrap_or(policy.tiff_compression),
        Format::Avif | Format::Jpeg | Format::Png | Format::Raw | Format::Webp => {
            TiffCompression::None
        }
    };
    let (default, range) = match output.format {
        Format::Avif => (i32::from(policy.avif_quality), -1..=100),
        Format::Jpeg => (i32::from(policy.jpeg_quality), 0..=100),
        Format::Png => (i32::from(policy.png_quality), 0..=9),
        Format::Raw => (0, 0..=0),
        Format::Tiff => (i32::from(policy.tiff_quality), tiff_qualities(compression)),
        // Below 1 is lossless.
        Format::Webp => (i32::from(policy.webp_quality), -1..=100),
    };
    let quality = output.quality.unwrap_or(default).clamp(*range.start(), *range.end());
    let quality = if output.format == Format::Webp && quality < 1 { -1 } else { quality };
    let chroma = match output.format {
        Format::Jpeg => policy.jpeg_chroma,
        _ => ChromaSubsampling::default(),
    };
    EncodeOptions { quality, compression, chroma }
}

/// Levels of the lossless compressions, quality of the others. Those without levels have one, so
/// that all requests share one answer.
fn tiff_qualities(compression: TiffCompression) -> std::ops::RangeInclusive<i32> {
    match compression {
        TiffCompression::Deflate => 0..=9,
        TiffCompression::Jpeg | TiffCompression::Webp => 0..=100,
        TiffCompression::Lzw | TiffCompression::None => 0..=0,
        TiffCompression::Zstd => 0..=19,
    }
}

/// Refuses what the format cannot hold, before a pixel is read.
pub(super) fn check(
    output: &Output,
    encoder: &dyn Encoder,
    shape: &Shape,
) -> Result<(), PlanError> {
    let format = output.format.extension();
    if !encoder.holds(output.depth) {
        return Err(PlanError::Depth { format, depth: output.depth.name() });
    }
    let limit = encoder.max_side();
    if shape.width.max(shape.height) > limit {
        return Err(PlanError::Side { format, limit });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quality(output: Output) -> i32 {
        options(&output, &Policy::default()).quality
    }

    #[test]
    fn qualities_without_a_request_are_those_of_the_settings() {
        for (format, expected) in
            [(Format::Avif, 50), (Format::Jpeg, 75), (Format::Png, 1), (Format::Webp, 50)]
        {
            assert_eq!(quality(Output::new(format)), expected, "{format:?}");
        }
        let tiff = options(&Output::new(Format::Tiff), &Policy::default());
        let expected = EncodeOptions {
            quality: 1,
            compression: TiffCompression::Deflate,
            ..EncodeOptions::default()
        };
        assert_eq!(tiff, expected);
    }

    #[test]
    fn qualities_asked_for_are_clamped_as_each_format_wants() {
        for (format, asked, expected) in [
            (Format::Avif, -5, -1),
            (Format::Avif, 101, 100),
            (Format::Jpeg, -1, 0),
            (Format::Jpeg, 200, 100),
            (Format::Png, 75, 9),
            (Format::Raw, 75, 0),
            (Format::Webp, 0, -1),
            (Format::Webp, -7, -1),
            (Format::Webp, 1, 1),
            (Format::Webp, 101, 100),
        ] {
            let output = Output { quality: Some(asked), ..Output::new(format) };
            assert_eq!(quality(output), expected, "{format:?} {asked}");
        }
    }

    #[test]
    fn the_codec_of_a_tiff_has_its_own_range() {
        for (compression, asked, expected) in [
            (TiffCompression::Deflate, 75, 9),
            (TiffCompression::Deflate, -1, 0),
            (TiffCompression::Jpeg, 101, 100),
            (TiffCompression::Lzw, 7, 0),
            (TiffCompression::None, 7, 0),
            (TiffCompression::Webp, 75, 75),
            (TiffCompression::Zstd, 75, 19),
        ] {
            let asked = Output {
                quality: Some(asked),
                compression: Some(compression),
                ..Output::new(Format::Tiff)
            };
            let expected =
                EncodeOptions { quality: expected, compression, ..EncodeOptions::default() };
            assert_eq!(options(&asked, &Policy::default()), expected);
        }
        // A codec means nothing to other formats: their answers are shared.
        let png = Output { compression: Some(TiffCompression::Lzw), ..Output::new(Format::Png) };
        assert_eq!(options(&png, &Policy::default()).compression, TiffCompression::None);
    }
}
