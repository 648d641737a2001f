//! Files that lie. The answer is an error or the right pixels, never a panic.

use std::sync::Arc;

use bytes::Bytes;

use super::super::testing::{self, Flavor, LONG, Page, SHORT};
use super::super::{Tiff, fuzz, tags};
use super::pixels;
use crate::codec::{Container, DecodeError, Limits};

fn gray(width: u32) -> Page {
    Page::new((width, 16), (16, 16), 1, 1).tiles(vec![vec![9; 256]; width.div_ceil(16) as usize])
}

fn open_with(limits: &Limits, pages: &[Page]) -> Result<(), DecodeError> {
    let file = testing::file(Flavor::ALL[0], pages);
    Tiff.open(Arc::new(Bytes::from(file)), &(*limits).into()).map(|_| ())
}

fn is_malformed<T>(result: &Result<T, DecodeError>) -> bool {
    matches!(result, Err(DecodeError::Malformed(_)))
}

fn is_limit<T>(result: &Result<T, DecodeError>) -> bool {
    matches!(result, Err(DecodeError::Limit { .. }))
}

#[test]
fn loops_of_directories_are_found() {
    for flavor in Flavor::ALL {
        let mut file = testing::file(flavor, &[gray(16), gray(16)]);
        let (width, start) = if flavor.big_tiff { (8, 8) } else { (4, 4) };
        let first = file[start..start + width].to_vec();
        let end = file.len() - width;
        file[end..].copy_from_slice(&first);
        assert!(is_malformed(&testing::open(file.clone())));
        let place = |bytes: &[u8]| {
            let join = |value, byte: &u8| value << 8 | u64::from(*byte);
            if flavor.big_endian {
                bytes.iter().fold(0, join)
            } else {
                bytes.iter().rev().fold(0, join)
            }
        };
        // A SubIFD that is its own parent.
        let page = gray(16).field(tags::SUB_IFDS, LONG, &[place(&first)]);
        let plain = testing::file(flavor, &[page]);
        let root = place(&plain[start..start + width]);
        let page = gray(16).field(tags::SUB_IFDS, LONG, &[root]);
        assert!(is_malformed(&testing::open(testing::file(flavor, &[page]))));
    }
}

#[test]
fn directories_and_levels_are_limited() {
    let limits = Limits { directories: 3, levels: 2, ..Limits::default() };
    assert!(open_with(&limits, &[gray(16), gray(16), gray(16)]).is_ok());
    assert!(is_limit(&open_with(&limits, &[gray(16), gray(16), gray(16), gray(16)])));
    let square = |side: u32| Page::new((side, side), (64, 64), 1, 1).tiles(vec![vec![9; 4096]]);
    assert!(open_with(&limits, &[square(64), square(32)]).is_ok());
    assert!(is_limit(&open_with(&limits, &[square(64), square(32), square(16)])));
}

#[test]
fn sizes_of_tiles_are_limited() {
    let limits = Limits { tile_bytes: 256, ..Limits::default() };
    assert!(open_with(&limits, &[gray(16)]).is_ok());
    assert!(is_limit(&open_with(&limits, &[gray(16).field(tags::TILE_LENGTH, SHORT, &[17])])));
    let huge = gray(16).field(tags::TILE_WIDTH, LONG, &[u32::MAX.into()]);
    let huge = huge.field(tags::TILE_LENGTH, LONG, &[u32::MAX.into()]);
    assert!(is_limit(&open_with(&Limits::default(), &[huge])));
    let file = testing::file(Flavor::ALL[0], &[gray(16).tiles(vec![vec![9; 257]])]);
    let decoder = Tiff.open(Arc::new(Bytes::from(file)), &limits.into()).unwrap();
    assert!(is_limit(&testing::level(&*decoder, 0)));
}

#[test]
fn sizes_of_nothing_are_malformed() {
    for tag in [tags::IMAGE_WIDTH, tags::IMAGE_LENGTH, tags::TILE_WIDTH, tags::TILE_LENGTH] {
        assert!(is_malformed(&open_with(&Limits::default(), &[gray(16).field(tag, LONG, &[0])])));
    }
    assert!(is_malformed(&open_with(&Limits::default(), &[gray(16).without(tags::IMAGE_LENGTH)])));
    assert!(is_malformed(&open_with(&Limits::default(), &[])));
}

#[test]
fn arrays_of_tiles_must_be_there_and_long_enough() {
    let limits = Limits::default();
    assert!(is_malformed(&open_with(&limits, &[gray(16).tiles(Vec::new())])));
    let many = gray(16).field(tags::IMAGE_WIDTH, LONG, &[1 << 30]);
    assert!(is_malformed(&open_with(&limits, &[many])));
    // The count is right, but the file is shorter than the array.
    for flavor in Flavor::ALL {
        let page = Page::new((1 << 20, 16), (16, 16), 1, 1)
            .field(tags::TILE_OFFSETS, LONG, &[1, 2, 3])
            .field(tags::TILE_BYTE_COUNTS, LONG, &[1, 2, 3]);
        let mut file = testing::file(flavor, &[page]);
        let (low, width) = (flavor.bytes(LONG.into(), 2), if flavor.big_tiff { 8 } else { 4 });
        for tag in [tags::TILE_OFFSETS, tags::TILE_BYTE_COUNTS] {
            let start = [flavor.bytes(tag.into(), 2), low.clone()].concat();
            let at = file.windows(4).rposition(|bytes| bytes == start).unwrap();
            file[at + 4..at + 4 + width].copy_from_slice(&flavor.bytes(1 << 16, width));
        }
        assert!(is_malformed(&testing::open(file)));
    }
}

#[test]
fn tiles_must_be_inside_the_file() {
    for (offset, size) in [(8, 1 << 20), (1 << 20, 1), (u64::from(u32::MAX), 256)] {
        let page = gray(16).field(tags::TILE_OFFSETS, LONG, &[offset]).field(
            tags::TILE_BYTE_COUNTS,
            LONG,
            &[size],
        );
        let decoder = testing::open(testing::file(Flavor::ALL[0], &[page])).unwrap();
        assert!(is_malformed(&testing::level(&*decoder, 0)));
    }
    let page = gray(16).field(tags::TILE_OFFSETS, 16, &[u64::MAX]).field(
        tags::TILE_BYTE_COUNTS,
        16,
        &[u64::MAX],
    );
    let decoder = testing::open(testing::file(Flavor::ALL[2], &[page])).unwrap();
    assert!(is_malformed(&testing::level(&*decoder, 0)));
}

#[test]
fn directories_with_too_many_fields_are_refused() {
    let mut file = b"II\x2b\0\x08\0\0\0\x10\0\0\0\0\0\0\0".to_vec();
    for count in [4097, u64::MAX] {
        file.truncate(16);
        file.extend(count.to_le_bytes());
        assert!(is_limit(&testing::open(file.clone())));
    }
}

#[test]
fn truncated_files_give_errors_or_the_right_pixels() {
    for flavor in [Flavor::ALL[0], Flavor::ALL[3]] {
        for (compression, predictor) in [(1, 1), (5, 2), (8, 2), (32773, 1)] {
            let page = pixels::page(1, compression, predictor);
            let file = testing::file(flavor, &[page]);
            for len in 0..file.len() {
                let Ok(decoder) = testing::open(file[..len].to_vec()) else { continue };
                if let Ok(pixels) = testing::level(&*decoder, 0) {
                    assert!(pixels == pixels::expected(1), "cut at {len}");
                }
            }
        }
    }
}

#[test]
fn no_changed_byte_causes_a_panic() {
    for flavor in Flavor::ALL {
        for compression in [1, 5, 8, 7, 32773] {
            // As JPEG this is garbage from the start, and as good a test.
            let page = pixels::page(3, compression, 2).child(gray(16));
            let file = testing::file(flavor, &[page, gray(16)]);
            let data = file.len() - file.len().min(700);
            for at in (0..16).chain(data..file.len()) {
                for change in [0x01, 0x80, 0xff] {
                    let mut file = file.clone();
                    file[at] ^= change;
                    fuzz(&file);
                }
            }
        }
    }
    fuzz(b"");
}
