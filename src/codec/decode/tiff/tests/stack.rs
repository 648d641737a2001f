//! Files of several images.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;

use super::super::testing::{self, ASCII, DOUBLE, Flavor, LONG, Page};
use super::super::{Tiff, tags};
use crate::codec::{Container, DecodeError, Decoder, Limits, OpenOptions, ReadAt};
use crate::image::StackMember;

/// A page of one grey value.
fn plain(width: u32, height: u32, gray: u8) -> Page {
    let tiles = width.div_ceil(64) * height.div_ceil(64);
    let tile = vec![gray; 64 * 64];
    Page::new((width, height), (64, 64), 1, 1).tiles(vec![tile; tiles as usize])
}

fn kind(page: Page, kind: u64) -> Page {
    page.field(tags::NEW_SUBFILE_TYPE, LONG, &[kind])
}

fn open(pages: &[Page], page: u32) -> Result<Box<dyn Decoder>, DecodeError> {
    let file = testing::file(Flavor::ALL[0], pages);
    Tiff.open(Arc::new(Bytes::from(file)), &OpenOptions { page, ..OpenOptions::default() })
}

/// Sizes of the levels of an image, and their grey values.
fn levels(pages: &[Page], page: u32) -> Vec<(u32, u32, u8)> {
    let decoder = open(pages, page).unwrap();
    let info = decoder.info();
    let level = |index: usize| {
        let pixels = testing::level(&*decoder, u8::try_from(index).unwrap()).unwrap();
        assert!(pixels.iter().all(|pixel| *pixel == pixels[0]));
        (info.levels[index].width, info.levels[index].height, pixels[0])
    };
    (0..info.levels.len()).map(level).collect()
}

fn members(pages: &[Page]) -> usize {
    open(pages, 0).unwrap().info().stack.len()
}

fn is_missing<T>(result: &Result<T, DecodeError>) -> bool {
    matches!(result, Err(DecodeError::NoPage(_)))
}

#[test]
fn pages_are_members_with_their_sub_ifds_as_levels() {
    let member = |gray: u8| kind(plain(200, 140, gray), 2).child(kind(plain(100, 70, gray + 1), 1));
    let pages = [member(10), member(20), member(30)];
    for (page, gray) in [(0, 10), (1, 20), (2, 30)] {
        assert_eq!(levels(&pages, page), [(200, 140, gray), (100, 70, gray + 1)]);
    }
    assert_eq!(members(&pages), 3);
    for page in [3, u32::MAX] {
        assert!(is_missing(&open(&pages, page)));
    }
}

#[test]
fn members_have_names_and_scales() {
    let text = |page: Page, tag, text: &[u8]| page.bytes(tag, ASCII, text);
    let both = text(kind(plain(64, 64, 1), 2), tags::PAGE_NAME, b"page\0");
    let both = text(both, tags::DOCUMENT_NAME, b"document name\0");
    let both = both.field(tags::STO_NITS, DOUBLE, &[1.5_f64.to_bits()]);
    let page = text(kind(plain(64, 64, 2), 2), tags::PAGE_NAME, b"page 1\0");
    let long = text(kind(plain(64, 64, 3), 2), tags::DOCUMENT_NAME, &[b'x'; 5000]);
    let long = long.field(tags::STO_NITS, DOUBLE, &[f64::NAN.to_bits()]);
    let pages = [both, page, long];
    let member = |name: &str, scale| StackMember { name: name.to_owned(), scale };
    let expected = [member("document name", 1.5), member("page 1", 1.0), member("", 1.0)];
    for page in 0..3 {
        assert_eq!(open(&pages, page).unwrap().info().stack, expected);
    }
}

#[test]
fn directories_like_the_first_are_pages() {
    // As OME-TIFF writes planes: SubIFDs, but no mark of a page.
    let plane = |gray: u8| plain(200, 140, gray).child(kind(plain(100, 70, gray), 1));
    let pages = [plane(1), plane(2), plane(3)];
    assert_eq!(members(&pages), 3);
    assert_eq!(levels(&pages, 2), [(200, 140, 3), (100, 70, 3)]);
    // The first page of a document often has no mark, although the others have.
    let pages = [plain(200, 140, 1), kind(plain(200, 140, 2), 2)];
    assert_eq!(members(&pages), 2);
    assert_eq!(levels(&pages, 0), [(200, 140, 1)]);
    assert_eq!(levels(&pages, 1), [(200, 140, 2)]);
}

#[test]
fn copies_between_members_are_levels_when_it_is_sure_whose_they_are() {
    let copy = |gray| kind(plain(100, 70, gray), 1);
    let pages = [plain(200, 140, 1), copy(2), plain(200, 140, 3), copy(4)];
    assert_eq!(levels(&pages, 0), [(200, 140, 1), (100, 70, 2)]);
    assert_eq!(levels(&pages, 1), [(200, 140, 3), (100, 70, 4)]);
    assert_eq!(members(&pages), 2);
    let pages = [plain(200, 140, 1), plain(200, 140, 3), copy(2), copy(4)];
    assert_eq!(levels(&pages, 0), [(200, 140, 1)]);
    assert_eq!(levels(&pages, 1), [(200, 140, 3)]);
}

#[test]
fn pyramids_slides_and_masks_are_no_stacks() {
    // An IFD pyramid, marked or not.
    assert_eq!(members(&[plain(200, 140, 1), plain(100, 70, 2), plain(50, 35, 3)]), 0);
    // A slide: thumbnail, levels, label and overview.
    let thumbnail = plain(60, 40, 2).without(tags::TILE_WIDTH);
    let others = [plain(50, 35, 3), kind(plain(40, 80, 4), 1), kind(plain(120, 30, 5), 9)];
    let slide: Vec<Page> = [plain(200, 140, 1), thumbnail].into_iter().chain(others).collect();
    assert_eq!(members(&slide), 0);
    assert_eq!(levels(&slide, 7), [(200, 140, 1), (50, 35, 3)]);
    // A mask has the size of its image.
    assert_eq!(members(&[plain(200, 140, 1), kind(plain(200, 140, 2), 4)]), 0);
    // A single page.
    assert_eq!(members(&[kind(plain(200, 140, 1), 2)]), 0);
    assert_eq!(levels(&[plain(200, 140, 1)], u32::MAX), [(200, 140, 1)]);
}

#[test]
fn a_broken_chain_does_not_hide_an_image_that_has_all_its_levels() {
    let plane = |gray: u8| plain(200, 140, gray).child(kind(plain(100, 70, gray), 1));
    let pages = [plane(1), plane(2), plane(3)];
    let mut file = testing::file(Flavor::ALL[0], &pages);
    let end = file.len() - 4;
    file[end..].copy_from_slice(&u32::MAX.to_le_bytes());
    let open = |page| {
        let options = OpenOptions { page, ..OpenOptions::default() };
        Tiff.open(Arc::new(Bytes::from(file.clone())), &options)
    };
    assert_eq!(open(2).unwrap().info().stack.len(), 3);
    // What is behind the break cannot be told.
    assert!(matches!(open(3), Err(DecodeError::Malformed(_))));
}

#[test]
fn the_number_of_pages_is_limited() {
    let limits = Limits { directories: 4, ..Limits::default() };
    let open = |count: u8, page, child: bool| {
        let page_of = |gray| {
            let plane = plain(64, 64, gray);
            if child { plane.child(kind(plain(32, 32, gray), 1)) } else { plane }
        };
        let pages: Vec<Page> = (0..count).map(page_of).collect();
        let file = testing::file(Flavor::ALL[0], &pages);
        Tiff.open(Arc::new(Bytes::from(file)), &OpenOptions { page, ..limits.into() })
    };
    assert_eq!(open(4, 3, true).unwrap().info().stack.len(), 4);
    assert!(matches!(open(5, 0, false), Err(DecodeError::Limit { .. })));
    // The first pages are there, the others are known to be too many.
    assert_eq!(open(5, 3, true).unwrap().info().levels.len(), 2);
    assert!(matches!(open(5, 4, true), Err(DecodeError::Limit { .. })));
}

/// Counts what is read.
#[derive(Debug)]
struct Counted(Bytes, AtomicU64);

impl ReadAt for Counted {
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        self.1.fetch_add(buffer.len() as u64, Ordering::Relaxed);
        self.0.read_exact_at(buffer, offset)
    }

    fn len(&self) -> u64 {
        ReadAt::len(&self.0)
    }
}

#[test]
fn a_page_of_a_large_stack_costs_the_chain_and_one_image() {
    let member = |index: u16| {
        let gray = u8::try_from(index).unwrap();
        let member = kind(plain(200, 140, gray), 2).child(kind(plain(100, 70, gray), 1));
        member.bytes(tags::DOCUMENT_NAME, ASCII, format!("band {index:03}\0").as_bytes())
    };
    let pages: Vec<Page> = (0..160).map(member).collect();
    let bytes = Bytes::from(testing::file(Flavor::ALL[0], &pages));
    for page in [0, 80, 159] {
        let data = Arc::new(Counted(bytes.clone(), AtomicU64::new(0)));
        let shared: Arc<dyn ReadAt> = Arc::<Counted>::clone(&data);
        let options = OpenOptions { page, ..OpenOptions::default() };
        let decoder = Tiff.open(shared, &options).unwrap();
        assert_eq!(decoder.info().stack[159].name, "band 159");
        // A directory has 13 fields of 12 bytes; a name has 9.
        let chain = 160 * (2 + 13 * 12 + 4 + 9);
        let read = data.1.load(Ordering::Relaxed);
        assert!((chain..chain + 2048).contains(&read), "{read} bytes, the chain has {chain}");
    }
}
