//! Which directories become levels.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::super::testing::{self, Flavor, LONG, Page, SHORT};
use super::super::{Tiff, tags};
use crate::codec::{Container, OpenOptions, ReadAt, Scratch};
use crate::image::{Selection, TileRef};

fn gray(width: u32, height: u32) -> Page {
    let size = (width, height);
    let pixels = testing::picture(width, height, 1);
    Page::new(size, (64, 64), 1, 1).tiles(testing::cut(&pixels, size, (64, 64), 1))
}

fn levels(pages: &[Page]) -> Vec<(u32, u32)> {
    let decoder = testing::open(testing::file(Flavor::ALL[0], pages)).unwrap();
    for index in 0..decoder.info().levels.len() {
        let level = decoder.info().levels[index];
        let pixels = testing::level(&*decoder, u8::try_from(index).unwrap()).unwrap();
        assert!(pixels == testing::picture(level.width, level.height, 1));
    }
    decoder.info().levels.iter().map(|level| (level.width, level.height)).collect()
}

#[test]
fn a_flat_file_has_one_level() {
    assert_eq!(levels(&[gray(100, 70)]), [(100, 70)]);
}

#[test]
fn smaller_copies_in_the_chain_are_levels_whatever_the_factor() {
    let pages = [gray(200, 140), gray(50, 35), gray(17, 12), gray(1, 1)];
    assert_eq!(levels(&pages), [(200, 140), (50, 35), (17, 12), (1, 1)]);
}

#[test]
fn a_broken_copy_harms_nobody() {
    let pages = [gray(200, 140), gray(100, 70).without(tags::IMAGE_WIDTH), gray(50, 35)];
    assert_eq!(levels(&pages), [(200, 140), (50, 35)]);
}

#[test]
fn levels_are_sorted() {
    assert_eq!(
        levels(&[gray(200, 140), gray(50, 35), gray(100, 70)]),
        [(200, 140), (100, 70), (50, 35)]
    );
}

#[test]
fn other_pages_are_passed_over() {
    let subfile = |page: Page, kind| page.field(tags::NEW_SUBFILE_TYPE, LONG, &[kind]);
    let rgb = Page::new((100, 70), (128, 128), 2, 3).tiles(vec![vec![0; 128 * 128 * 3]]);
    let sixteen = gray(100, 70).field(tags::BITS_PER_SAMPLE, SHORT, &[16]);
    let pages = [
        gray(200, 140),
        gray(300, 210),
        gray(100, 100),
        subfile(gray(100, 70), 4),
        subfile(gray(100, 70), 5),
        subfile(gray(100, 70), 2),
        rgb,
        sixteen,
        subfile(gray(100, 70), 1),
        gray(100, 70),
    ];
    assert_eq!(levels(&pages), [(200, 140), (100, 70)]);
}

#[test]
fn a_copy_of_another_kind_of_numbers_is_no_level() {
    let numbers = |side: u32, format: u64| {
        Page::new((side, side), (64, 64), 1, 1)
            .field(tags::BITS_PER_SAMPLE, SHORT, &[64])
            .field(tags::SAMPLE_FORMAT, SHORT, &[format])
            .tiles(vec![vec![0; 64 * 64 * 8]])
    };
    let count = |formats: [u64; 2]| {
        let pages = [numbers(64, formats[0]), numbers(32, formats[1])];
        let decoder = testing::open(testing::file(Flavor::ALL[0], &pages)).unwrap();
        decoder.info().levels.len()
    };
    assert_eq!([[3, 3], [3, 1], [2, 3], [1, 1]].map(count), [2, 1, 1, 2]);
}

#[test]
fn a_thumbnail_in_strips_is_no_level_of_an_image_in_tiles() {
    let strip = testing::picture(100, 70, 1);
    let thumbnail = Page::new((100, 70), (16, 16), 1, 1)
        .without(tags::TILE_WIDTH)
        .without(tags::TILE_LENGTH)
        .field(tags::ROWS_PER_STRIP, LONG, &[70])
        .tiles(vec![strip]);
    assert_eq!(levels(&[gray(200, 140), thumbnail, gray(50, 35)]), [(200, 140), (50, 35)]);
}

#[test]
fn sub_ifds_come_before_the_chain() {
    let main = gray(200, 140).child(gray(100, 70)).child(gray(50, 35));
    assert_eq!(levels(&[main, gray(20, 14)]), [(200, 140), (100, 70), (50, 35)]);
    // A SubIFD that is no copy does not hide the chain.
    let main = gray(200, 140).child(gray(90, 10));
    assert_eq!(levels(&[main, gray(20, 14)]), [(200, 140), (20, 14)]);
}

#[test]
fn levels_have_tiles_of_their_own_size() {
    let size = (100, 70);
    let small = Page::new(size, (16, 32), 1, 1).tiles(testing::cut(
        &testing::picture(100, 70, 1),
        size,
        (16, 32),
        1,
    ));
    assert_eq!(levels(&[gray(200, 140), small]), [(200, 140), (100, 70)]);
}

/// A file that is never in memory: a real beginning, then the same eight bytes again and again.
#[derive(Debug)]
struct Huge {
    head: Vec<u8>,
    filler: [u8; 8],
    len: u64,
    read: AtomicU64,
}

impl ReadAt for Huge {
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        self.read.fetch_add(buffer.len() as u64, Ordering::Relaxed);
        for (byte, at) in buffer.iter_mut().zip(offset..) {
            let at = usize::try_from(at).unwrap();
            *byte = self.head.get(at).copied().unwrap_or(self.filler[at % 8]);
        }
        Ok(())
    }

    fn len(&self) -> u64 {
        self.len
    }
}

#[test]
fn cost_does_not_depend_on_the_number_of_tiles() {
    // 351 gigapixels: 5,354,596 tiles, each array 43 MB.
    let tiles = 2314 * 2314;
    let flavor = Flavor { big_endian: false, big_tiff: true };
    let page = Page::new((592_200, 592_200), (256, 256), 1, 1)
        .field(tags::TILE_OFFSETS, 16, &[0x1111, 0x2222])
        .field(tags::TILE_BYTE_COUNTS, 16, &[0x3333, 0x4444]);
    let mut head = testing::file(flavor, &[page]);
    for tag in [tags::TILE_OFFSETS, tags::TILE_BYTE_COUNTS] {
        let start = flavor.bytes(tag.into(), 2);
        let at = head.windows(4).rposition(|w| w[..2] == start && w[2..] == [16, 0]).unwrap();
        head[at + 4..at + 12].copy_from_slice(&flavor.bytes(tiles, 8));
        head[at + 12..at + 20].copy_from_slice(&flavor.bytes(1 << 20, 8));
    }
    // Both arrays are the filler: 65,536 bytes from 65,536 on.
    let filler = (1u64 << 16).to_le_bytes();
    let file = Arc::new(Huge { head, filler, len: 400 << 30, read: AtomicU64::new(0) });
    let data: Arc<dyn ReadAt> = Arc::<Huge>::clone(&file);
    let decoder = Tiff.open(data, &OpenOptions::default()).unwrap();
    assert!(file.read.swap(0, Ordering::Relaxed) < 1024);
    let last = TileRef { level: 0, column: 2312, row: 2312 };
    let tile = decoder.tile(last, &Selection::default(), &mut Scratch::default()).unwrap();
    assert_eq!(tile.as_u8().unwrap()[..8], filler);
    assert_eq!(file.read.load(Ordering::Relaxed), 16 + 256 * 256);
}
