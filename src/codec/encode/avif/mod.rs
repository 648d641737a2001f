//! AVIF output: grey or colour, with or without alpha. The feature `avif` has it.
//!
//! rav1e codes the pixels, on the thread that calls; what lies around them is written here, because
//! a picture has a profile and metadata.

mod av1;
mod container;
mod planes;

use bytes::Bytes;

use self::container::{Coded, Item, Picture};
use self::planes::Planes;
use super::{exif, png};
use crate::codec::{Embed, EncodeError, EncodeOptions, Encoder, Scratch};
use crate::command::Format;
use crate::raster::{Alpha, Raster, Shape};

/// The encoder.
#[derive(Debug)]
pub struct Avif;

impl Avif {
    /// Longest side that rav1e writes. AV1 itself has one more (AV1, 5.5.1).
    pub const MAX_SIDE: u16 = u16::MAX;
}

impl Encoder for Avif {
    fn format(&self) -> Format {
        Format::Avif
    }

    fn max_side(&self) -> u32 {
        Self::MAX_SIDE.into()
    }

    fn accepts(&self, shape: &Shape) -> Shape {
        png::eight_bits(shape)
    }

    fn encode(
        &self,
        raster: &Raster,
        options: &EncodeOptions,
        embed: &Embed<'_>,
        _scratch: &mut Scratch,
    ) -> Result<Bytes, EncodeError> {
        let shape = raster.shape();
        let samples = raster.as_u8().filter(|_| shape == self.accepts(&shape));
        let samples = samples.ok_or(EncodeError::Shape { format: "AVIF" })?;
        let limit = self.max_side();
        if shape.width.max(shape.height) > limit {
            return Err(EncodeError::Side { format: "AVIF", limit });
        }
        let failed = |reason: String| EncodeError::Failed { format: "AVIF", reason };
        let shown = Shown::of(options.quality, embed);
        let size = [shape.width as usize, shape.height as usize];
        let channels = usize::from(shape.channels);
        let colors = usize::from(shape.color_channels());
        let planes = match colors {
            1 => Planes::gray(samples, size, channels, 0),
            _ if shown.is_exact => Planes::full(samples, size, channels),
            _ => Planes::halved(samples, size, channels),
        };
        let color = code(&planes, shown.quantizer, &shown).map_err(failed)?;
        let alpha = match shape.alpha {
            Alpha::None => None,
            Alpha::Premultiplied | Alpha::Straight => {
                let planes = Planes::gray(samples, size, channels, colors);
                Some(code(&planes, shown.alpha_quantizer, &shown).map_err(failed)?)
            }
        };
        let exif = exif::block(embed);
        let picture = Picture {
            size: [shape.width, shape.height],
            color: Coded { data: &color, chroma: planes.chroma },
            alpha: alpha.as_deref(),
            description: shown.description,
            icc: embed.icc,
            metadata: [exif.as_deref().map(Item::Exif), embed.xmp.map(Item::Xmp)],
        };
        picture.write().map(Bytes::from).ok_or_else(|| failed("it is too large".into()))
    }
}

/// What a quality means for the encoder and for those who read.
struct Shown {
    quantizer: u8,
    alpha_quantizer: u8,
    /// Colours are not turned into luma and halved colour differences.
    is_exact: bool,
    description: Description,
}

/// Colour of coded pixels in the numbers of ITU-T H.273: primaries, transfer, matrix.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Description {
    primaries: u8,
    transfer: u8,
    matrix: u8,
}

impl Shown {
    fn of(quality: i32, embed: &Embed<'_>) -> Self {
        let is_exact = quality < 0;
        let quality = if is_exact { 100 } else { quality.min(100) };
        // Transparency often has hard edges, around which coarse coding is seen.
        let alpha_quality = i32::midpoint(quality, 100);
        // A profile says what the colours are; without one they are those of sRGB.
        let (primaries, transfer) = if embed.icc.is_some() { (2, 2) } else { (1, 13) };
        let matrix = if is_exact { 0 } else { 6 };
        Self {
            quantizer: quantizer(quality),
            alpha_quantizer: quantizer(alpha_quality),
            is_exact,
            description: Description { primaries, transfer, matrix },
        }
    }
}

/// The quantizer of a quality of 0 to 100, as libavif has it for this encoder.
fn quantizer(quality: i32) -> u8 {
    let coarse = 100 - quality.clamp(0, 100);
    u8::try_from((coarse * 255 + 50) / 100).unwrap_or(u8::MAX)
}

fn code(planes: &Planes, quantizer: u8, shown: &Shown) -> Result<Vec<u8>, String> {
    av1::encode(planes, quantizer, shown.description).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::{ColorSpace, SampleType, Samples};

    fn picture(width: u32, height: u32, channels: u16) -> Raster {
        let color = if channels < 3 { ColorSpace::Gray } else { ColorSpace::Rgb };
        let alpha = if channels.is_multiple_of(2) { Alpha::Straight } else { Alpha::None };
        let shape = Shape { alpha, ..Shape::new(width, height, channels, SampleType::U8, color) };
        let sample = |i: usize| u8::try_from(i * i % 251).unwrap();
        let samples = (0..shape.samples().unwrap()).map(sample).collect();
        Raster::new(shape, Samples::U8(samples)).unwrap()
    }

    fn encode(raster: &Raster, quality: i32, embed: &Embed<'_>) -> Bytes {
        let options = EncodeOptions { quality, ..EncodeOptions::default() };
        Avif.encode(raster, &options, embed, &mut Scratch::default()).unwrap()
    }

    fn contains(file: &[u8], part: &[u8]) -> bool {
        file.windows(part.len()).any(|window| window == part)
    }

    /// The first bytes of a coded picture (AV1, 5.3 and 5.5): a temporal unit, then a sequence
    /// header of a still picture with profile and level.
    fn sequence(file: &[u8]) -> [u8; 2] {
        let start = file.windows(4).position(|window| window == b"mdat").unwrap() + 4;
        let coded = &file[start..];
        let coded = if coded.starts_with(&[0x12, 0]) { &coded[2..] } else { coded };
        assert_eq!(coded[0], 0x0a, "a sequence header that says how long it is");
        [coded[2], coded[3]]
    }

    #[test]
    fn what_the_file_says_is_what_is_coded() {
        for (channels, quality, profile) in [(1, 50, 0), (3, 50, 0), (3, -1, 1), (1, -1, 0)] {
            let file = encode(&picture(33, 17, channels), quality, &Embed::default());
            let [first, second] = sequence(&file);
            // Profile, still picture, reduced header, level 31.
            let expected = profile << 5 | 0b1_1000 | 0b111;
            assert_eq!((first, second & 0xc0), (expected, 0xc0), "{channels} {quality}");
            assert!(contains(&file, &[b'a', b'v', b'1', b'C', 0x81, profile << 5 | 31]));
        }
    }

    #[test]
    fn all_small_sizes_and_shapes_are_coded() {
        for channels in 1..=4 {
            for (width, height) in [(1, 1), (1, 7), (8, 1), (15, 17), (65, 64)] {
                for quality in [-1, 0, 100] {
                    let file =
                        encode(&picture(width, height, channels), quality, &Embed::default());
                    assert!(contains(&file, b"auxl") == channels.is_multiple_of(2));
                }
            }
        }
    }

    #[test]
    fn a_better_quality_needs_more_bytes() {
        let raster = picture(64, 64, 3);
        let size = |quality| encode(&raster, quality, &Embed::default()).len();
        assert!(size(1) < size(50) && size(50) < size(100) && size(100) < size(-1));
        assert_eq!(size(100), size(1000));
    }

    #[test]
    fn the_quantizer_is_linear_in_the_quality() {
        assert_eq!([100, 50, 0].map(quantizer), [0, 128, 255]);
    }

    #[test]
    fn what_is_embedded_is_in_the_file() {
        let (icc, xmp): (&[u8], &[u8]) = (b"a profile", b"<x:xmpmeta/>");
        let embed = Embed { icc: Some(icc), xmp: Some(xmp), ..Embed::default() };
        let file = encode(&picture(20, 11, 3), 50, &embed);
        assert!(contains(&file, icc) && contains(&file, xmp));
        // The profile says what the colours are.
        assert!(contains(&file, b"nclx\0\x02\0\x02\0\x06\x80"));
        let plain = encode(&picture(20, 11, 3), 50, &Embed::default());
        assert!(contains(&plain, b"nclx\0\x01\0\x0d\0\x06\x80"));
    }

    #[test]
    fn a_side_beyond_the_encoder_is_an_error() {
        let shape = Shape::new(65_536, 1, 1, SampleType::U8, ColorSpace::Gray);
        let raster = Raster::new(shape, Samples::U8(vec![0; 65_536])).unwrap();
        let (options, embed) = (EncodeOptions::default(), Embed::default());
        let result = Avif.encode(&raster, &options, &embed, &mut Scratch::default());
        assert!(matches!(result, Err(EncodeError::Side { limit: 65_535, .. })));
        assert_eq!(Avif.max_side(), 65_535);
    }
}
