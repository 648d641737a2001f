//! Which directories of a file are levels of its pyramid.

use super::header::Source;
use super::ifd::Ifd;
use super::page::Page;
use super::tags;
use crate::codec::{DecodeError, Limits};

/// The first directory and the levels of its pyramid.
#[derive(Debug)]
pub(super) struct Index {
    /// The first directory, which carries the metadata.
    pub(super) main: Ifd,
    /// Levels, full size first, each smaller than the one before.
    pub(super) pages: Vec<Page>,
}

impl Index {
    /// Reads the directories. The first one must be an image that can be shown. Its reduced copies
    /// are its SubIFDs or, if none of these is one, later directories of the chain. Anything else,
    /// such as labels, masks and further pages, is passed over.
    pub(super) fn read(source: &Source, first: u64, limits: &Limits) -> Result<Self, DecodeError> {
        let mut directories = Directories { source, limits, visited: Vec::new() };
        let main = directories.read(first)?;
        let full = Page::read(source, &main, limits)?;
        let most = limits.directories.saturating_add(1);
        let children = main.uints(source, tags::SUB_IFDS, most)?.unwrap_or_default();
        let mut copies = Vec::new();
        for offset in children {
            let ifd = directories.read(offset)?;
            copies.extend(directories.copy(&ifd, &full)?);
        }
        let mut next = if copies.is_empty() { main.next } else { 0 };
        while next != 0 {
            let ifd = directories.read(next)?;
            copies.extend(directories.copy(&ifd, &full)?);
            next = ifd.next;
        }
        // Stable: of two copies of one size the first in the file is the level.
        copies.sort_by_key(|page| std::cmp::Reverse((page.level.width, page.level.height)));
        let mut pages = vec![full];
        for page in copies {
            if pages.last().is_some_and(|last| is_reduced(&page, last)) {
                pages.push(page);
            }
        }
        if pages.len() > limits.levels.min(MAX_LEVELS) {
            let limit = limits.levels.min(MAX_LEVELS) as u64;
            return Err(DecodeError::Limit { what: "number of levels", limit });
        }
        Ok(Self { main, pages })
    }
}

/// Reads directories, each of them once.
struct Directories<'a> {
    source: &'a Source,
    limits: &'a Limits,
    visited: Vec<u64>,
}

impl Directories<'_> {
    fn read(&mut self, offset: u64) -> Result<Ifd, DecodeError> {
        if self.visited.contains(&offset) {
            return Err(DecodeError::Malformed("its directories form a loop".into()));
        }
        if self.visited.len() >= self.limits.directories {
            let limit = self.limits.directories as u64;
            return Err(DecodeError::Limit { what: "number of directories", limit });
        }
        if offset == 0 {
            return Err(DecodeError::Malformed("a directory is missing".into()));
        }
        self.visited.push(offset);
        Ifd::read(self.source, offset)
    }

    /// The page of a directory, if it is a reduced copy of the full image.
    fn copy(&self, ifd: &Ifd, full: &Page) -> Result<Option<Page>, DecodeError> {
        let kind = ifd.uint(self.source, tags::NEW_SUBFILE_TYPE)?.unwrap_or(0);
        let (reduced, page, mask) = (kind & 1 != 0, kind & 2 != 0, kind & 4 != 0);
        if mask || (page && !reduced) {
            return Ok(None);
        }
        match Page::read(self.source, ifd, self.limits) {
            Ok(page) => Ok(is_reduced(&page, full).then_some(page)),
            Err(DecodeError::Unsupported(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Whether a page can be the other one at a smaller scale: same kind of pixels, less of them, and
/// one factor explains both sides, each rounded by up to one pixel in either direction.
fn is_reduced(page: &Page, larger: &Page) -> bool {
    let same = page.coding.shape(1, 1) == larger.coding.shape(1, 1);
    let side = u64::from;
    let (width, height) = (side(page.level.width), side(page.level.height));
    let (full_width, full_height) = (side(larger.level.width), side(larger.level.height));
    let smaller = width <= full_width
        && height <= full_height
        && (width, height) != (full_width, full_height);
    same && smaller
        && full_width * (height - 1) <= full_height * (width + 1)
        && full_height * (width - 1) <= full_width * (height + 1)
}

/// A level number is one byte.
const MAX_LEVELS: usize = 255;
