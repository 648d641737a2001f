//! Png output: grey or colour, with or without alpha.

use std::borrow::Cow;

use bytes::Bytes;
use png::{BitDepth, ColorType, DeflateCompression, EncodingError, Filter, Info};
use png::{PixelDimensions, Unit};

use super::exif;
use crate::codec::{Embed, EncodeError, EncodeOptions, Encoder, Scratch};
use crate::command::{Depth, Format, MetadataKey};
use crate::image::Resolution;
use crate::raster::{Alpha, ColorSpace, Layout, Raster, SampleType, Samples, Shape};

/// The encoder.
#[derive(Debug)]
pub struct Png;

impl Encoder for Png {
    fn format(&self) -> Format {
        Format::Png
    }

    fn holds(&self, depth: Depth) -> bool {
        matches!(depth, Depth::Eight | Depth::Sixteen)
    }

    fn accepts(&self, shape: &Shape) -> Shape {
        let sample = match shape.sample {
            SampleType::U8 => SampleType::U8,
            SampleType::F32 | SampleType::U16 | SampleType::U32 => SampleType::U16,
        };
        Shape { sample, ..eight_bits(shape) }
    }

    fn encode(
        &self,
        raster: &Raster,
        options: &EncodeOptions,
        embed: &Embed<'_>,
        _scratch: &mut Scratch,
    ) -> Result<Bytes, EncodeError> {
        let shape = raster.shape();
        let samples = bytes(raster.samples()).filter(|_| shape == self.accepts(&shape));
        let samples = samples.ok_or(EncodeError::Shape { format: "Png" })?;
        let mut png = Vec::with_capacity(samples.len() / 2 + 1024);
        write(&mut png, shape, &samples, *options, embed)
            .map_err(|error| EncodeError::Failed { format: "Png", reason: error.to_string() })?;
        // What is cached is counted by its length.
        png.shrink_to_fit();
        Ok(png.into())
    }
}

/// The nearest shape of 8-bit grey or RGB, with or without alpha.
pub(super) fn eight_bits(shape: &Shape) -> Shape {
    let (colors, color) = match shape.color_channels() {
        0..=2 => (1, ColorSpace::Gray),
        _ => (3, ColorSpace::Rgb),
    };
    let (channels, alpha) = match shape.alpha {
        Alpha::None => (colors, Alpha::None),
        Alpha::Premultiplied | Alpha::Straight => (colors + 1, Alpha::Straight),
    };
    let (sample, layout) = (SampleType::U8, Layout::Interleaved);
    Shape { channels, sample, layout, color, alpha, ..*shape }
}

/// Samples as they are stored, the high byte first; `None` for those that PNG has no place for.
fn bytes(samples: &Samples) -> Option<Cow<'_, [u8]>> {
    match samples {
        Samples::U8(samples) => Some(Cow::Borrowed(samples)),
        Samples::U16(samples) => {
            Some(samples.iter().flat_map(|sample| sample.to_be_bytes()).collect())
        }
        Samples::F32(_) | Samples::U32(_) => None,
    }
}

fn write(
    png: &mut Vec<u8>,
    shape: Shape,
    samples: &[u8],
    options: EncodeOptions,
    embed: &Embed<'_>,
) -> Result<(), EncodingError> {
    let mut info = Info::with_size(shape.width, shape.height);
    info.bit_depth = match shape.sample {
        SampleType::U8 => BitDepth::Eight,
        SampleType::F32 | SampleType::U16 | SampleType::U32 => BitDepth::Sixteen,
    };
    info.color_type = match (shape.color_channels(), shape.alpha) {
        (1, Alpha::None) => ColorType::Grayscale,
        (1, _) => ColorType::GrayscaleAlpha,
        (_, Alpha::None) => ColorType::Rgb,
        (_, _) => ColorType::Rgba,
    };
    info.icc_profile = embed.icc.map(Cow::Borrowed);
    info.exif_metadata = embed.exif.map(|block| exif::adapted(block, embed.resolution).into());
    info.pixel_dims = embed.resolution.and_then(dimensions);

    let mut encoder = png::Encoder::with_info(png, info)?;
    encoder.set_deflate_compression(compression(options.quality));
    encoder.set_filter(Filter::Adaptive);
    // Xmp part 3, 1.1.5: not compressed. The chunk is text, other bytes have no place in it.
    if let Some(xmp) = embed.xmp.and_then(|xmp| std::str::from_utf8(xmp).ok()) {
        encoder.add_itxt_chunk("XML:com.adobe.xmp".into(), xmp.into())?;
    }
    for (keyword, key) in KEYWORDS {
        if let Some(text) = embed.texts.and_then(|texts| texts.get(&key)) {
            encoder.add_itxt_chunk(keyword.into(), text.replace('\0', " "))?;
        }
    }
    let mut writer = encoder.write_header()?;
    writer.write_image_data(samples)?;
    writer.finish()
}

/// The zlib level asked for. Level 1, the default, has an encoder of its own, many times faster
/// than zlib at about the same size.
fn compression(level: i32) -> DeflateCompression {
    match u8::try_from(level.clamp(0, 9)) {
        Ok(0) => DeflateCompression::NoCompression,
        Ok(level @ 2..) => DeflateCompression::Level(level),
        Ok(1) | Err(_) => DeflateCompression::FdeflateUltraFast,
    }
}

/// Pixels per metre, or a ratio when the unit is unknown.
fn dimensions(resolution: Resolution) -> Option<PixelDimensions> {
    /// Digits kept of a ratio that is not of whole numbers.
    const RATIO: f64 = 1000.0;
    let (x, y, unit) = match resolution.per_metre() {
        Some((x, y)) => (x, y, Unit::Meter),
        None if resolution.x.fract() == 0.0 && resolution.y.fract() == 0.0 => {
            (resolution.x, resolution.y, Unit::Unspecified)
        }
        None => (resolution.x * RATIO, resolution.y * RATIO, Unit::Unspecified),
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "range is checked")]
    let whole = |exact: f64| {
        // PNG limits its integers to 31 bits.
        (1.0..=f64::from(i32::MAX)).contains(&exact.round()).then(|| exact.round() as u32)
    };
    Some(PixelDimensions { xppu: whole(x)?, yppu: whole(y)?, unit })
}

/// Keywords of texts (PNG, 11.3.3.1).
const KEYWORDS: [(&str, MetadataKey); 6] = [
    ("Title", MetadataKey::Title),
    ("Author", MetadataKey::Creator),
    ("Description", MetadataKey::Description),
    ("Copyright", MetadataKey::Rights),
    ("Creation Time", MetadataKey::Date),
    ("Software", MetadataKey::Software),
];

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::image::ResolutionUnit;

    fn picture(width: u32, height: u32, channels: u16) -> Raster {
        let color = if channels < 3 { ColorSpace::Gray } else { ColorSpace::Rgb };
        let alpha = if channels.is_multiple_of(2) { Alpha::Straight } else { Alpha::None };
        let shape = Shape { alpha, ..Shape::new(width, height, channels, SampleType::U8, color) };
        let samples = bytes(shape.samples().unwrap());
        Raster::new(shape, Samples::U8(samples)).unwrap()
    }

    /// Bytes of little order.
    fn bytes(count: usize) -> Vec<u8> {
        (0..count).map(|i| u8::try_from(i * i % 251).unwrap()).collect()
    }

    fn encode(raster: &Raster, quality: i32, embed: &Embed<'_>) -> Bytes {
        Png.encode(
            raster,
            &EncodeOptions { quality, ..EncodeOptions::default() },
            embed,
            &mut Scratch::default(),
        )
        .unwrap()
    }

    fn reader(png: &Bytes) -> png::Reader<Cursor<Bytes>> {
        png::Decoder::new(Cursor::new(png.clone())).read_info().unwrap()
    }

    /// Kinds and contents of all chunks.
    fn chunks(png: &[u8]) -> Vec<([u8; 4], &[u8])> {
        let mut rest = png.strip_prefix(b"\x89PNG\r\n\x1a\n").unwrap();
        let mut chunks = Vec::new();
        while let Some((length, after)) = rest.split_first_chunk() {
            let (kind, after) = after.split_first_chunk().unwrap();
            let (data, after) = after.split_at(u32::from_be_bytes(*length) as usize);
            chunks.push((*kind, data));
            rest = &after[4..];
        }
        chunks
    }

    fn position(png: &[u8], kind: [u8; 4]) -> usize {
        chunks(png).iter().position(|(found, _)| *found == kind).unwrap()
    }

    #[test]
    fn pixels_come_back_exactly_at_every_level() {
        for channels in 1..=4 {
            for (width, height) in [(1, 1), (1, 7), (5, 1), (33, 17)] {
                let raster = picture(width, height, channels);
                for level in -1..=10 {
                    let mut reader = reader(&encode(&raster, level, &Embed::default()));
                    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
                    let info = reader.next_frame(&mut pixels).unwrap();
                    assert_eq!((info.width, info.height), (width, height));
                    assert_eq!(info.color_type.samples(), usize::from(channels));
                    assert_eq!(pixels, raster.as_u8().unwrap());
                }
            }
        }
    }

    #[test]
    fn level_nought_stores_and_higher_levels_are_smaller() {
        let shape = Shape::new(64, 64, 3, SampleType::U8, ColorSpace::Rgb);
        let raster = Raster::new(shape, Samples::U8(vec![7; 64 * 64 * 3])).unwrap();
        let size = |level| encode(&raster, level, &Embed::default()).len();
        assert!(size(0) > 64 * 64 * 3);
        assert!(size(1) < 64 * 64);
        assert!(size(9) <= size(1));
    }

    #[test]
    fn resolution_is_in_pixels_per_metre() {
        let cases = [
            (ResolutionUnit::Inch, 300.0, 72.0, [11_811, 2835], 1),
            (ResolutionUnit::Centimetre, 28.34, 7.085, [2834, 709], 1),
            (ResolutionUnit::Unknown, 72.0, 36.0, [72, 36], 0),
            (ResolutionUnit::Unknown, 1.0, 1.5, [1000, 1500], 0),
        ];
        for (unit, x, y, [xppu, yppu], unit_byte) in cases {
            let resolution = Some(Resolution { x, y, unit });
            let png = encode(&picture(2, 2, 1), 1, &Embed { resolution, ..Embed::default() });
            let expected: Vec<u8> =
                [u32::to_be_bytes(xppu), u32::to_be_bytes(yppu)].concat().into_iter().collect();
            let (_, data) = chunks(&png)[position(&png, *b"pHYs")];
            assert_eq!(data, [expected, vec![unit_byte]].concat());
            assert!(position(&png, *b"pHYs") < position(&png, *b"IDAT"));
        }
    }

    #[test]
    fn a_resolution_that_is_no_length_is_left_out() {
        for (x, y) in [(0.0, 1.0), (f64::NAN, 1.0), (-3.0, 3.0), (1e300, 1.0)] {
            let resolution = Some(Resolution { x, y, unit: ResolutionUnit::Inch });
            let png = encode(&picture(2, 2, 1), 1, &Embed { resolution, ..Embed::default() });
            assert!(chunks(&png).iter().all(|(kind, _)| kind != b"pHYs"));
        }
    }

    #[test]
    fn the_profile_comes_back() {
        let icc = bytes(70_000);
        let png = encode(&picture(3, 3, 3), 1, &Embed { icc: Some(&icc), ..Embed::default() });
        assert_eq!(reader(&png).info().icc_profile.as_deref(), Some(icc.as_slice()));
        assert!(position(&png, *b"iCCP") < position(&png, *b"IDAT"));
    }

    #[test]
    fn xmp_is_uncompressed_international_text() {
        let xmp = "<x:xmpmeta>é</x:xmpmeta>";
        let embed = Embed { xmp: Some(xmp.as_bytes()), ..Embed::default() };
        let png = encode(&picture(3, 3, 3), 1, &embed);
        let (_, data) = chunks(&png)[position(&png, *b"iTXt")];
        // Keyword, uncompressed, method 0, no language, no translated keyword.
        let expected = [b"XML:com.adobe.xmp\0\0\0\0\0", xmp.as_bytes()].concat();
        assert_eq!(data, expected);

        let embed = Embed { xmp: Some(b"\xFF\xFE"), ..Embed::default() };
        let png = encode(&picture(3, 3, 3), 1, &embed);
        assert!(chunks(&png).iter().all(|(kind, _)| kind != b"iTXt"));
    }

    #[test]
    fn sixteen_bits_come_back_exactly() {
        for channels in 1..=4 {
            let shape = Shape { sample: SampleType::U16, ..picture(9, 5, channels).shape() };
            assert_eq!(Png.accepts(&shape), shape);
            let sample = |i: usize| u16::try_from(i * 7919 % 65_521).unwrap();
            let samples: Vec<u16> = (0..shape.samples().unwrap()).map(sample).collect();
            let raster = Raster::new(shape, Samples::U16(samples.clone())).unwrap();
            let mut reader = reader(&encode(&raster, 1, &Embed::default()));
            assert_eq!(reader.info().bit_depth, BitDepth::Sixteen);
            let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
            reader.next_frame(&mut pixels).unwrap();
            // PNG, 7.1: the most significant byte comes first.
            let (found, _) = pixels.as_chunks();
            assert!(found.iter().map(|s| u16::from_be_bytes(*s)).eq(samples));
        }
        let float = Shape { sample: SampleType::F32, ..picture(1, 1, 1).shape() };
        assert_eq!(Png.accepts(&float).sample, SampleType::U16);
        assert!(Png.holds(Depth::Sixteen) && !Png.holds(Depth::Float));
    }

    #[test]
    fn texts_have_their_keywords() {
        let texts = std::collections::BTreeMap::from([
            (MetadataKey::Rights, "\u{a9} me".to_owned()),
            (MetadataKey::Make, "no keyword".to_owned()),
        ]);
        let embed = Embed { texts: Some(&texts), ..Embed::default() };
        let png = encode(&picture(3, 3, 3), 1, &embed);
        let found: Vec<_> = chunks(&png).into_iter().filter(|(kind, _)| kind == b"iTXt").collect();
        let expected = "Copyright\0\0\0\0\0\u{a9} me";
        assert_eq!(found, [(*b"iTXt", expected.as_bytes())]);
    }

    #[test]
    fn other_shapes_are_refused() {
        let shape = Shape::new(1, 1, 4, SampleType::U8, ColorSpace::Cmyk);
        let raster = Raster::new(shape, Samples::U8(vec![0; 4])).unwrap();
        let options = EncodeOptions { quality: 1, ..EncodeOptions::default() };
        let result = Png.encode(&raster, &options, &Embed::default(), &mut Scratch::default());
        assert!(matches!(result, Err(EncodeError::Shape { .. })));
        let expected = Shape::new(1, 1, 3, SampleType::U8, ColorSpace::Rgb);
        assert_eq!(Png.accepts(&shape), expected);
    }
}
