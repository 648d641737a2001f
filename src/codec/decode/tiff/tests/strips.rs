//! Strips, separate planes, and what the file leaves out.

use super::super::tags;
use super::super::testing::{self, ASCII, Flavor, LONG, Page, SHORT};
use crate::codec::{Container, DecodeError, Halving, Limits, OpenOptions};
use crate::image::{Bands, Orientation, Selection};
use crate::raster::{ColorSpace, Samples};

const SIZE: (u32, u32) = (21, 600);

/// A striped picture of 8-bit samples, `planes` of them apart.
fn striped(rows: u32, channels: u16, separate: bool) -> (Page, Vec<u8>) {
    let pixels = testing::picture(SIZE.0, SIZE.1, channels);
    let channel = usize::from(channels);
    let planes: Vec<Vec<u8>> = if separate {
        (0..channel).map(|c| pixels.iter().skip(c).step_by(channel).copied().collect()).collect()
    } else {
        vec![pixels.clone()]
    };
    let row = SIZE.0 as usize * if separate { 1 } else { channel };
    let strips: Vec<Vec<u8>> = planes
        .iter()
        .flat_map(|plane| plane.chunks(row * rows as usize).map(<[u8]>::to_vec))
        .collect();
    let photometric = if channels == 3 { 2 } else { 1 };
    let page = Page::new(SIZE, (16, 16), photometric, channels.into())
        .without(tags::TILE_WIDTH)
        .without(tags::TILE_LENGTH)
        .field(tags::ROWS_PER_STRIP, LONG, &[rows.into()])
        .field(tags::PLANAR_CONFIGURATION, SHORT, &[if separate { 2 } else { 1 }])
        .tiles(strips);
    (page, pixels)
}

#[test]
fn strips_of_any_height_give_the_picture() {
    for flavor in Flavor::ALL {
        for (rows, block) in [(1, 256), (7, 259), (100, 300), (300, 256), (600, 256)] {
            for (channels, separate) in [(1, false), (3, false), (3, true), (5, true)] {
                let (page, pixels) = striped(rows, channels, separate);
                let decoder = testing::open(testing::file(flavor, &[page])).unwrap();
                let level = decoder.info().levels[0];
                assert_eq!((level.tile_width, level.tile_height), (21, block));
                assert!(testing::level(&*decoder, 0).unwrap() == pixels, "{rows} {channels}");
                let arrangement = decoder.arrangement();
                assert!(arrangement.cut && arrangement.smaller == Some(Halving::Down));
            }
        }
    }
}

#[test]
fn compressed_strips_are_decoded_as_a_whole() {
    for (rows, block) in [(100, 300), (400, 400), (u32::MAX, 600)] {
        let (page, pixels) = striped(rows.min(SIZE.1), 3, false);
        // Literals of PackBits.
        let strips = pixels.chunks(63 * rows.min(SIZE.1) as usize).map(|strip| {
            strip
                .chunks(100)
                .flat_map(|run| [&[u8::try_from(run.len() - 1).unwrap()][..], run].concat())
                .collect()
        });
        let page = page
            .tiles(strips.collect())
            .field(tags::ROWS_PER_STRIP, LONG, &[rows.into()])
            .field(tags::COMPRESSION, SHORT, &[32773]);
        let decoder = testing::open(testing::file(Flavor::ALL[0], &[page])).unwrap();
        assert_eq!(decoder.info().levels[0].tile_height, block);
        assert!(testing::level(&*decoder, 0).unwrap() == pixels);
    }
}

#[test]
fn a_single_strip_needs_neither_height_nor_size() {
    let (page, pixels) = striped(600, 3, false);
    let page = page.without(tags::ROWS_PER_STRIP).without(tags::TILE_BYTE_COUNTS);
    let decoder =
        testing::open(testing::file(Flavor::ALL[1], std::slice::from_ref(&page))).unwrap();
    assert!(testing::level(&*decoder, 0).unwrap() == pixels);
    let packed = page.field(tags::COMPRESSION, SHORT, &[8]);
    assert!(testing::open(testing::file(Flavor::ALL[1], &[packed])).is_err());
}

#[test]
fn only_the_wanted_planes_are_read() {
    let (page, pixels) = striped(100, 5, true);
    // A plane that is beyond the end of the file harms nobody who does not ask for it.
    let places: Vec<u64> = (0..30).map(|strip| 8 + strip * 2100).collect();
    let broken: Vec<u64> =
        places.iter().map(|place| if *place >= 8 + 24 * 2100 { 1 << 30 } else { *place }).collect();
    let page = page.field(tags::TILE_OFFSETS, LONG, &broken);
    let decoder = testing::open(testing::file(Flavor::ALL[0], &[page])).unwrap();
    assert_eq!(decoder.info().color, ColorSpace::Multiband);
    for bands in [&[2][..], &[0, 1, 3], &[1, 3]] {
        let selection = Selection { bands: Bands::Only(bands.into()), layers: None };
        let raster = testing::raster(&*decoder, 0, &selection).unwrap();
        let expected: Vec<u8> = pixels
            .chunks(5)
            .flat_map(|pixel| bands.iter().map(|band| pixel[usize::from(*band)]))
            .collect();
        assert!(raster.samples() == &Samples::U8(expected));
    }
    assert!(testing::raster(&*decoder, 0, &Selection::default()).is_err());
}

#[test]
fn bands_of_interleaved_pixels_are_picked() {
    let (page, pixels) = striped(100, 3, false);
    let decoder = testing::open(testing::file(Flavor::ALL[0], &[page])).unwrap();
    let selection = Selection { bands: Bands::Only([1].into()), layers: None };
    let raster = testing::raster(&*decoder, 0, &selection).unwrap();
    let green: Vec<u8> = pixels.chunks(3).map(|pixel| pixel[1]).collect();
    assert!(raster.samples() == &Samples::U8(green));
    assert_eq!(raster.shape().color, ColorSpace::Gray);
}

#[test]
fn what_is_left_out_is_background() {
    let tile = |page: Page| {
        let page = page.tiles(vec![vec![7; 256], vec![]]);
        let decoder = testing::open(testing::file(Flavor::ALL[0], &[page])).unwrap();
        testing::level(&*decoder, 0).unwrap()[20]
    };
    let gray = |photometric| Page::new((32, 16), (16, 16), photometric, 1);
    assert_eq!(tile(gray(1)), 0);
    assert_eq!(tile(gray(0)), 255);
    assert_eq!(tile(gray(1).bytes(tags::GDAL_NODATA, ASCII, b"17 \0")), 17);
    assert_eq!(tile(gray(0).bytes(tags::GDAL_NODATA, ASCII, b"17\0")), 238);
    assert_eq!(tile(gray(1).bytes(tags::GDAL_NODATA, ASCII, b"-9999\0")), 0);
    let ycbcr = Page::new((32, 16), (16, 16), 6, 3)
        .field(tags::YCBCR_SUB_SAMPLING, SHORT, &[1, 1])
        .tiles(vec![vec![128; 768], vec![]]);
    let decoder = testing::open(testing::file(Flavor::ALL[0], &[ycbcr])).unwrap();
    assert_eq!(testing::level(&*decoder, 0).unwrap()[60..63], [0; 3]);
}

#[test]
fn strips_that_take_too_much_memory_are_refused_with_advice() {
    let (page, _) = striped(600, 3, false);
    let open = |page: Page, tile_bytes| {
        let limits = Limits { tile_bytes, ..Limits::default() };
        let file = testing::file(Flavor::ALL[0], &[page]);
        super::super::Tiff
            .open(std::sync::Arc::new(bytes::Bytes::from(file)), &OpenOptions::from(limits))
    };
    let deflate = page.clone().field(tags::COMPRESSION, SHORT, &[8]);
    assert!(open(deflate.clone(), 600 * 63).is_ok());
    let error = open(deflate, 600 * 63 - 1).unwrap_err();
    assert!(matches!(error, DecodeError::TooLarge(_)), "{error}");
    assert!(error.to_string().contains("vips tiffsave"));
    // Without compression rows are found without those before them.
    let decoder = open(page, 50 * 63).unwrap();
    assert_eq!(decoder.info().levels[0].tile_height, 50);
}

#[test]
fn orientation_is_told() {
    for (value, expected) in
        [(1, Orientation::TopLeft), (6, Orientation::RightTop), (9, Orientation::TopLeft)]
    {
        let page = Page::new((16, 16), (16, 16), 1, 1).tiles(vec![vec![0; 256]]).field(
            tags::ORIENTATION,
            SHORT,
            &[value],
        );
        let decoder = testing::open(testing::file(Flavor::ALL[2], &[page])).unwrap();
        assert_eq!(decoder.arrangement().orientation, expected);
        assert!(!decoder.arrangement().cut);
    }
}
