//! Pixels of all lossless codings.

use std::io::Cursor;
use std::slice::from_ref;

use libdeflater::{CompressionLvl, Compressor};
use tiff::decoder::DecodingResult;
use weezl::BitOrder;

use super::super::tags;
use super::super::testing::{self, Flavor, LONG, Page, RATIONAL, SHORT};
use crate::codec::Scratch;
use crate::image::{Selection, TileRef};
use crate::raster::ColorSpace;

const NONE: u64 = 1;
const LZW: u64 = 5;
const DEFLATE: u64 = 8;
const OLD_DEFLATE: u64 = 32946;
const PACK_BITS: u64 = 32773;

const SIZE: (u32, u32) = (37, 53);
const TILE: (u32, u32) = (16, 32);

fn compress(bytes: &[u8], compression: u64) -> Vec<u8> {
    match compression {
        LZW => {
            weezl::encode::Encoder::with_tiff_size_switch(BitOrder::Msb, 8).encode(bytes).unwrap()
        }
        DEFLATE | OLD_DEFLATE => {
            let mut compressor = Compressor::new(CompressionLvl::default());
            let mut out = vec![0; compressor.zlib_compress_bound(bytes.len())];
            let len = compressor.zlib_compress(bytes, &mut out).unwrap();
            out.truncate(len);
            out
        }
        PACK_BITS => {
            // Literals of up to 128 bytes are legal, if not small; a run shows the other half.
            let mut out = Vec::new();
            for part in bytes.chunks(100) {
                if part.iter().all(|byte| byte == &part[0]) {
                    out.extend([u8::try_from(257 - part.len()).unwrap(), part[0]]);
                } else {
                    out.push(u8::try_from(part.len() - 1).unwrap());
                    out.extend(part);
                }
            }
            out
        }
        _ => bytes.to_vec(),
    }
}

fn difference(bytes: &mut [u8], row: usize, channels: usize) {
    for row in bytes.chunks_exact_mut(row) {
        for index in (channels..row.len()).rev() {
            row[index] = row[index].wrapping_sub(row[index - channels]);
        }
    }
}

pub(super) fn page(channels: u16, compression: u64, predictor: u64) -> Page {
    let pixels = testing::picture(SIZE.0, SIZE.1, channels);
    let mut tiles = testing::cut(&pixels, SIZE, TILE, channels);
    for tile in &mut tiles {
        if predictor == 2 {
            let channels = usize::from(channels);
            difference(tile, TILE.0 as usize * channels, channels);
        }
        *tile = compress(tile, compression);
    }
    let photometric = if channels == 1 { 1 } else { 2 };
    Page::new(SIZE, TILE, photometric, channels.into())
        .field(tags::COMPRESSION, SHORT, &[compression])
        .field(tags::PREDICTOR, SHORT, &[predictor])
        .tiles(tiles)
}

pub(super) fn expected(channels: u16) -> Vec<u8> {
    testing::picture(SIZE.0, SIZE.1, channels)
}

const CODINGS: [(u64, u64); 8] = [
    (NONE, 1),
    (LZW, 1),
    (LZW, 2),
    (DEFLATE, 1),
    (DEFLATE, 2),
    (OLD_DEFLATE, 1),
    (OLD_DEFLATE, 2),
    (PACK_BITS, 1),
];

#[test]
fn every_coding_decodes_in_every_flavor() {
    for flavor in Flavor::ALL {
        for (compression, predictor) in CODINGS {
            for channels in [1, 3] {
                let file = testing::file(flavor, &[page(channels, compression, predictor)]);
                let decoder = testing::open(file).unwrap();
                let info = decoder.info();
                assert_eq!(
                    (info.width(), info.height(), info.channels),
                    (SIZE.0, SIZE.1, channels)
                );
                let pixels = testing::level(&*decoder, 0).unwrap();
                assert!(pixels == expected(channels), "{flavor:?} {compression} {predictor}");
            }
        }
    }
}

#[test]
fn another_decoder_sees_the_same_tiles() {
    for flavor in Flavor::ALL {
        for (compression, predictor) in CODINGS {
            let file = testing::file(flavor, &[page(3, compression, predictor)]);
            let ours = testing::open(file.clone()).unwrap();
            let mut other = tiff::decoder::Decoder::new(Cursor::new(file)).unwrap();
            let level = ours.info().levels[0];
            let mut scratch = Scratch::default();
            for index in 0..u32::try_from(level.tiles()).unwrap() {
                let (column, row) = level.position(index.into()).unwrap();
                let tile = ours
                    .tile(TileRef { level: 0, column, row }, &Selection::default(), &mut scratch)
                    .unwrap();
                let DecodingResult::U8(pixels) = other.read_chunk(index).unwrap() else {
                    panic!("8-bit samples expected");
                };
                assert!(tile.as_u8().unwrap() == pixels, "{flavor:?} {compression} {predictor}");
            }
        }
    }
}

#[test]
fn min_is_white_becomes_min_is_black() {
    let page = page(1, DEFLATE, 2).field(tags::PHOTOMETRIC_INTERPRETATION, SHORT, &[0]);
    let decoder = testing::open(testing::file(Flavor::ALL[0], &[page])).unwrap();
    let inverted: Vec<u8> = expected(1).iter().map(|sample| 255 - sample).collect();
    assert_eq!(decoder.info().color, ColorSpace::Gray);
    assert_eq!(testing::level(&*decoder, 0).unwrap(), inverted);
}

#[test]
fn plain_ycbcr_becomes_rgb() {
    let tile = [[76, 85, 255], [255, 128, 128], [0, 128, 128], [100, 148, 108]].concat();
    let page = Page::new((2, 2), (2, 2), 6, 3)
        .field(tags::YCBCR_SUB_SAMPLING, SHORT, &[1, 1])
        .tiles(vec![tile.clone()]);
    let rgb = [[254, 0, 0], [255, 255, 255], [0, 0, 0], [72, 107, 135]].concat();
    let decoder = testing::open(testing::file(Flavor::ALL[0], from_ref(&page))).unwrap();
    assert_eq!(decoder.info().color, ColorSpace::Rgb);
    assert_eq!(testing::level(&*decoder, 0).unwrap(), rgb);
    // Blue and green have changed places: R = Y + 1.402 Cr, B = Y + 0.826 Cb.
    let luma = [299, 1000, 114, 1000, 587, 1000];
    let page = page.field(tags::YCBCR_COEFFICIENTS, RATIONAL, &luma);
    let decoder = testing::open(testing::file(Flavor::ALL[0], &[page])).unwrap();
    let pixels = testing::level(&*decoder, 0).unwrap();
    // 100 + 0.826 * 20 = 116.52; (100 - 0.299 * 71.96 - 0.587 * 116.52) / 0.114 = 88.5
    assert_eq!(pixels[9..], [72, 88, 117]);
}

#[test]
fn tiles_the_file_leaves_out_are_background() {
    let tiles = vec![vec![5; 16 * 16], Vec::new()];
    let page = Page::new((32, 16), (16, 16), 1, 1).tiles(tiles);
    let decoder = testing::open(testing::file(Flavor::ALL[0], &[page])).unwrap();
    let mut scratch = Scratch::default();
    let mut tile = |column| {
        let tile = decoder
            .tile(TileRef { level: 0, column, row: 0 }, &Selection::default(), &mut scratch)
            .unwrap();
        tile.as_u8().unwrap().to_vec()
    };
    assert_eq!(tile(0), [5; 256]);
    assert_eq!(tile(1), [0; 256]);
    assert!(decoder.stored(TileRef { level: 0, column: 1, row: 0 }).unwrap().is_none());
}

#[test]
fn tiles_may_be_named_as_strips() {
    let tile = testing::picture(16, 16, 1);
    let mut file = testing::file(
        Flavor::ALL[0],
        &[Page::new((16, 16), (16, 16), 1, 1)
            .tiles(vec![tile.clone()])
            .field(tags::STRIP_OFFSETS, LONG, &[8])
            .field(tags::STRIP_BYTE_COUNTS, LONG, &[256])],
    );
    // Give the proper fields tags nobody knows.
    for tag in [tags::TILE_OFFSETS, tags::TILE_BYTE_COUNTS] {
        let [low, high] = tag.to_le_bytes();
        let at = file.windows(4).rposition(|bytes| bytes == [low, high, 4, 0]).unwrap();
        file[at + 1] = 0xfe;
    }
    let decoder = testing::open(file).unwrap();
    assert_eq!(testing::level(&*decoder, 0).unwrap(), tile);
}

#[test]
fn padding_below_the_image_need_not_be_stored() {
    let pixels = testing::picture(32, 20, 1);
    let tiles = testing::cut(&pixels, (32, 20), (32, 16), 1);
    let tiles = vec![tiles[0].clone(), tiles[1][..32 * 4].to_vec()];
    let page = Page::new((32, 20), (32, 16), 1, 1).tiles(tiles);
    let decoder = testing::open(testing::file(Flavor::ALL[0], &[page])).unwrap();
    assert_eq!(testing::level(&*decoder, 0).unwrap(), pixels);
}

#[test]
fn tiles_outside_are_refused() {
    let decoder = testing::open(testing::file(Flavor::ALL[0], &[page(1, NONE, 1)])).unwrap();
    for (level, column, row) in [(0, 3, 0), (0, 0, 2), (1, 0, 0), (255, u32::MAX, u32::MAX)] {
        let at = TileRef { level, column, row };
        assert!(decoder.tile(at, &Selection::default(), &mut Scratch::default()).is_err());
        assert!(decoder.stored(at).is_err());
    }
}

#[test]
fn the_first_rows_of_a_tile_are_those_of_the_whole() {
    for (compression, predictor) in
        [(NONE, 1), (LZW, 2), (DEFLATE, 1), (DEFLATE, 2), (PACK_BITS, 1)]
    {
        let file = testing::file(Flavor::ALL[0], &[page(3, compression, predictor)]);
        let decoder = testing::open(file).unwrap();
        // Inside, and at both edges of the picture.
        for (column, row) in [(0, 0), (2, 0), (1, 1), (2, 1)] {
            let at = TileRef { level: 0, column, row };
            let (selection, mut scratch) = (Selection::default(), Scratch::default());
            let whole = decoder.tile(at, &selection, &mut scratch).unwrap();
            let height = whole.shape().height;
            for rows in [1, 2, 7, height - 1, height, height + 1, u32::MAX] {
                let top = decoder.rows(at, rows, &selection, &mut scratch).unwrap();
                assert_eq!(top.shape().height, rows.min(height));
                let (top, whole) = (top.as_u8().unwrap(), whole.as_u8().unwrap());
                assert!(whole.starts_with(top), "{compression} {rows}");
            }
        }
    }
}
