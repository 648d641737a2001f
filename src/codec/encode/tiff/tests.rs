#![expect(clippy::cast_possible_truncation, reason = "noise has no value to lose")]

use std::collections::BTreeMap;
use std::io::Cursor;

use ::tiff::decoder::{Decoder, DecodingResult};
use ::tiff::tags::Tag;

use super::*;
use crate::command::MetadataKey;
use crate::raster::Samples;

type Reader = Decoder<Cursor<Bytes>>;

fn picture(width: u32, height: u32, channels: u16, sample: SampleType) -> Raster {
    let color = match channels {
        1 | 2 => ColorSpace::Gray,
        3 | 4 => ColorSpace::Rgb,
        _ => ColorSpace::Multiband,
    };
    let alpha = if matches!(channels, 2 | 4) { Alpha::Straight } else { Alpha::None };
    let shape = Shape { alpha, ..Shape::new(width, height, channels, sample, color) };
    let count = u32::try_from(shape.samples().unwrap()).unwrap();
    // Slopes with some noise, so that all bits of a sample are in use.
    let number = |i: u32| (i.wrapping_mul(2_654_435_761) >> 20) ^ i.wrapping_mul(65_793);
    let samples = match sample {
        SampleType::F32 => {
            Samples::F32((0..count).map(|i| f64::from(number(i)).sqrt() as f32 - 7.5).collect())
        }
        SampleType::U16 => Samples::U16((0..count).map(|i| number(i) as u16).collect()),
        SampleType::U32 => Samples::U32((0..count).map(number).collect()),
        SampleType::U8 => Samples::U8((0..count).map(|i| number(i) as u8).collect()),
    };
    Raster::new(shape, samples).unwrap()
}

fn encode(raster: &Raster, compression: TiffCompression, quality: i32) -> Bytes {
    let options = EncodeOptions { quality, compression, ..EncodeOptions::default() };
    Tiff.encode(raster, &options, &Embed::default(), &mut Scratch::default()).unwrap()
}

fn embedded(embed: &Embed<'_>) -> Reader {
    let raster = picture(3, 3, 3, SampleType::U8);
    let file = Tiff.encode(&raster, &EncodeOptions::default(), embed, &mut Scratch::default());
    Decoder::new(Cursor::new(file.unwrap())).unwrap()
}

fn read(file: Bytes, case: &str) -> (Reader, Samples) {
    let mut reader = Decoder::new(Cursor::new(file)).unwrap();
    let samples = match reader.read_image().unwrap_or_else(|error| panic!("{case}: {error}")) {
        DecodingResult::F32(samples) => Samples::F32(samples),
        DecodingResult::U16(samples) => Samples::U16(samples),
        DecodingResult::U32(samples) => Samples::U32(samples),
        DecodingResult::U8(samples) => Samples::U8(samples),
        _ => panic!("a type that is not written"),
    };
    (reader, samples)
}

/// LZW is read by libtiff in `tests/e2e`: the reader here asks for a few bytes at a time, and takes
/// a last string that is longer for a stream without End.
const LOSSLESS: [(TiffCompression, i32); 3] =
    [(TiffCompression::None, 0), (TiffCompression::Deflate, 0), (TiffCompression::Deflate, 9)];

#[test]
fn pixels_come_back_exactly() {
    for sample in [SampleType::U8, SampleType::U16, SampleType::U32, SampleType::F32] {
        for channels in [1, 3, 4] {
            for (width, height) in [(1, 1), (37, 50), (1030, 5), (5, 1030)] {
                let raster = picture(width, height, channels, sample);
                for (compression, level) in LOSSLESS {
                    let case = format!("{compression:?} {sample:?} {width}x{height}x{channels}");
                    let (mut reader, samples) = read(encode(&raster, compression, level), &case);
                    assert_eq!(reader.dimensions().unwrap(), (width, height));
                    assert_eq!(&samples, raster.samples(), "{case}");
                    let tiled = reader.find_tag(Tag::TileWidth).unwrap().is_some();
                    assert_eq!(tiled, width.max(height) > 1024, "{case}");
                }
            }
        }
    }
}

#[test]
fn the_photometric_interpretation_is_that_of_the_pixels() {
    for (channels, photometric, extra) in
        [(1, 1, vec![]), (2, 1, vec![2]), (3, 2, vec![]), (4, 2, vec![2]), (6, 1, vec![0; 5])]
    {
        let file = encode(&picture(2, 2, channels, SampleType::U16), TiffCompression::None, 0);
        let mut reader = Decoder::new(Cursor::new(file)).unwrap();
        assert_eq!(reader.get_tag_u32(Tag::PhotometricInterpretation).unwrap(), photometric);
        let found = reader.find_tag(Tag::ExtraSamples).unwrap();
        let found = found.map_or(vec![], |value| value.into_u32_vec().unwrap());
        assert_eq!(found, extra, "{channels}");
        let bits = reader.get_tag_u32_vec(Tag::BitsPerSample).unwrap();
        assert_eq!(bits, vec![16; channels.into()]);
    }
}

#[test]
fn compressions_that_cannot_hold_the_samples_are_deflate() {
    let number = |compression, channels, sample| {
        let file = encode(&picture(20, 20, channels, sample), compression, 80);
        Decoder::new(Cursor::new(file)).unwrap().get_tag_u32(Tag::Compression).unwrap()
    };
    for (compression, channels, sample, expected) in [
        (TiffCompression::Jpeg, 1, SampleType::U8, 7),
        (TiffCompression::Jpeg, 3, SampleType::U8, 7),
        (TiffCompression::Jpeg, 4, SampleType::U8, 8),
        (TiffCompression::Jpeg, 3, SampleType::U16, 8),
        (TiffCompression::Webp, 3, SampleType::U8, 50_001),
        (TiffCompression::Webp, 4, SampleType::U8, 50_001),
        (TiffCompression::Webp, 1, SampleType::U8, 8),
        (TiffCompression::Zstd, 1, SampleType::F32, 50_000),
    ] {
        assert_eq!(number(compression, channels, sample), expected, "{compression:?} {channels}");
    }
}

#[test]
fn resolution_is_in_the_unit_of_the_source() {
    for (unit, number) in
        [(ResolutionUnit::Inch, 2), (ResolutionUnit::Centimetre, 3), (ResolutionUnit::Unknown, 1)]
    {
        let resolution = Some(Resolution { x: 300.0, y: 28.34, unit });
        let mut reader = embedded(&Embed { resolution, ..Embed::default() });
        assert_eq!(reader.get_tag_u32(Tag::ResolutionUnit).unwrap(), number);
        let x = reader.get_tag(Tag::XResolution).unwrap();
        assert_eq!(x, ::tiff::decoder::ifd::Value::Rational(300, 1));
        let y = reader.get_tag(Tag::YResolution).unwrap();
        assert_eq!(y, ::tiff::decoder::ifd::Value::Rational(1417, 50));
    }
}

#[test]
fn profile_packet_and_texts_come_back() {
    let icc: Vec<u8> = (0..777_u32).map(|i| (i % 251) as u8).collect();
    let xmp = b"<x:xmpmeta/>";
    let texts = BTreeMap::from([
        (MetadataKey::Rights, "CC0".to_owned()),
        (MetadataKey::Title, "a map".to_owned()),
    ]);
    let mut reader = embedded(&Embed {
        icc: Some(&icc),
        xmp: Some(xmp),
        texts: Some(&texts),
        ..Embed::default()
    });
    assert_eq!(reader.get_tag_u8_vec(Tag::IccProfile).unwrap(), icc);
    assert_eq!(reader.get_tag_u8_vec(Tag::Unknown(700)).unwrap(), xmp);
    assert_eq!(reader.get_tag_ascii_string(Tag::Copyright).unwrap(), "CC0");
    assert_eq!(reader.get_tag_ascii_string(Tag::Unknown(269)).unwrap(), "a map");
}
