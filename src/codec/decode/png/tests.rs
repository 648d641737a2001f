//! Whole files, made here by the rules of the standard.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use png::{BitDepth, ColorType};

use super::Png;
use crate::codec::{Container, DecodeError, Decoder, Limits, OpenOptions, Scratch};
use crate::command::MetadataKey;
use crate::image::{Orientation, Selection, TileRef};
use crate::raster::{Alpha, Raster, Samples};

fn open(bytes: &[u8]) -> Result<Box<dyn Decoder>, DecodeError> {
    Png.open(Arc::new(Bytes::copy_from_slice(bytes)), &OpenOptions::default())
}

fn picture(bytes: &[u8]) -> Raster {
    let decoder = open(bytes).unwrap();
    let at = TileRef { level: 0, column: 0, row: 0 };
    let raster = decoder.tile(at, &Selection::default(), &mut Scratch::default()).unwrap();
    let shape = raster.shape();
    assert_eq!((shape.channels, shape.alpha), (decoder.info().channels, decoder.info().alpha));
    raster
}

fn u8s(bytes: &[u8]) -> Vec<u8> {
    picture(bytes).as_u8().unwrap().to_vec()
}

/// A file of these stored rows.
fn file(width: u32, height: u32, color: ColorType, depth: BitDepth, rows: &[u8]) -> Vec<u8> {
    with(width, height, color, depth, rows, &[], &[])
}

/// The same with a palette and transparency, which may be empty.
fn with(
    width: u32,
    height: u32,
    color: ColorType,
    depth: BitDepth,
    rows: &[u8],
    palette: &[u8],
    transparency: &[u8],
) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(color);
    encoder.set_depth(depth);
    if !palette.is_empty() {
        encoder.set_palette(palette);
    }
    if !transparency.is_empty() {
        encoder.set_trns(transparency);
    }
    encoder.write_header().unwrap().write_image_data(rows).unwrap();
    file
}

fn seed(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus/png");
    fs::read(folder.join(name)).unwrap()
}

#[test]
fn grey_of_few_bits_is_spread_over_a_byte() {
    let gray = |depth, row| u8s(&file(3, 1, ColorType::Grayscale, depth, &[row]));
    assert_eq!(gray(BitDepth::One, 0b1010_0000), [255, 0, 255]);
    assert_eq!(gray(BitDepth::Two, 0b0001_1100), [0, 85, 255]);
    let four = file(3, 1, ColorType::Grayscale, BitDepth::Four, &[0x0f, 0x70]);
    assert_eq!(u8s(&four), [0, 255, 119]);
    assert_eq!(open(&four).unwrap().info().bits, 4);
}

#[test]
fn sixteen_bits_stay_sixteen() {
    let raster = picture(&file(2, 1, ColorType::Grayscale, BitDepth::Sixteen, &[1, 2, 255, 254]));
    assert_eq!(*raster.samples(), Samples::U16(vec![0x0102, 0xfffe]));
}

#[test]
fn palettes_become_colours_with_their_transparency() {
    let palette = [10, 20, 30, 40, 50, 60, 70, 80, 90];
    let plain = with(3, 1, ColorType::Indexed, BitDepth::Two, &[0b0001_1000], &palette, &[]);
    assert_eq!(u8s(&plain), palette);
    let clear = with(3, 1, ColorType::Indexed, BitDepth::Two, &[0b0001_1000], &palette, &[0, 7]);
    assert_eq!(u8s(&clear), [10, 20, 30, 0, 40, 50, 60, 7, 70, 80, 90, 255]);
    assert_eq!(open(&clear).unwrap().info().alpha, Alpha::Straight);
}

#[test]
fn a_transparent_colour_becomes_alpha() {
    // The colour is compared as stored, before it is spread.
    let gray = with(2, 1, ColorType::Grayscale, BitDepth::Four, &[0x59], &[], &[0, 5]);
    assert_eq!(u8s(&gray), [85, 0, 153, 255]);
    let transparent = [0, 4, 0, 5, 0, 6];
    let rgb = with(2, 1, ColorType::Rgb, BitDepth::Eight, &[1, 2, 3, 4, 5, 6], &[], &transparent);
    assert_eq!(u8s(&rgb), [1, 2, 3, 255, 4, 5, 6, 0]);
}

#[test]
fn interlaced_pictures_are_put_together() {
    // Grey of four bits, 7x3: (3x + 2y + xy/16) / 16.
    let expected: Vec<u8> = (0..3u8)
        .flat_map(|y| (0..7).map(move |x| (3 * x + 2 * y + x * y / 16) / 16 * 17))
        .collect();
    assert_eq!(u8s(&seed("gray-interlaced")), expected);
}

#[test]
fn metadata_is_read() {
    let decoder = open(&seed("texts")).unwrap();
    let metadata = &decoder.info().metadata;
    assert_eq!(metadata.text(MetadataKey::Title), Some("T"));
    assert_eq!(metadata.xmp.as_deref(), Some(&b"<x/>"[..]));
    // 300 dots per inch are 11811 per metre.
    let (x, y) = decoder.info().resolution.unwrap().per_metre().unwrap();
    assert!((x - 11811.0).abs() < 1e-6 && (y - 11811.0).abs() < 1e-6);
    let turned = open(&seed("alpha-exif")).unwrap();
    assert_eq!(turned.arrangement().orientation, Orientation::from_tag(6).unwrap());
    assert_eq!(turned.info().metadata.text(MetadataKey::Description), Some("text"));
}

#[test]
fn a_cut_file_shows_the_rows_it_has() {
    // Noise, so that the stored bytes are as many as the pixels.
    let mut state = 1u32;
    let mut noise = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    let rows: Vec<u8> = (0..64 * 64).map(|_| noise()).collect();
    let whole = file(64, 64, ColorType::Grayscale, BitDepth::Eight, &rows);
    let decoded = u8s(&whole[..whole.len() / 2]);
    assert_eq!(decoded[..64 * 16], rows[..64 * 16]);
    assert!(decoded[64 * 48..].iter().all(|sample| *sample == 128));
}

#[test]
fn damaged_chunks_beside_the_picture_are_passed_over() {
    let mut bytes = seed("alpha-exif");
    let place = bytes.windows(4).position(|name| name == b"eXIf").unwrap();
    bytes[place + 20] ^= 1;
    assert_eq!(open(&bytes).unwrap().arrangement().orientation, Orientation::TopLeft);
    // A damaged header is another matter.
    bytes[16] ^= 1;
    assert!(matches!(open(&bytes), Err(DecodeError::Malformed(_))));
}

#[test]
fn what_cannot_be_shown_is_refused() {
    let plain = file(1, 1, ColorType::Grayscale, BitDepth::Eight, &[7]);
    let (signature, rest) = plain.split_at(8);
    let variant = [signature, b"\0\0\0\x04CgBI\x50\0\x20\x02\x2b\xd5\xb3\x7f", rest].concat();
    assert!(matches!(open(&variant), Err(DecodeError::Unsupported(_))));
    let small = Limits { tile_bytes: 5, ..Limits::default() };
    let rgb = Bytes::from(file(2, 1, ColorType::Rgb, BitDepth::Eight, &[1; 6]));
    let error = Png.open(Arc::new(rgb), &small.into());
    let Err(DecodeError::TooLarge(sentence)) = error else { panic!("{error:?}") };
    assert!(sentence.contains("vips tiffsave"), "{sentence}");
}

#[test]
fn every_page_is_the_one_picture() {
    let rgb = Bytes::from(file(2, 1, ColorType::Rgb, BitDepth::Eight, &[1; 6]));
    let options = OpenOptions { page: 1, ..OpenOptions::default() };
    let second = Png.open(Arc::new(rgb), &options).unwrap();
    assert_eq!((second.info().width(), second.info().height()), (2, 1));
}

#[test]
fn no_cut_of_a_file_is_a_panic() {
    for name in ["alpha-exif", "gray-16", "gray-interlaced", "palette", "rgb", "texts"] {
        let whole = seed(name);
        for len in 0..whole.len() {
            super::fuzz(&whole[..len]);
        }
    }
}
