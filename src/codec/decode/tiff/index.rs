//! Which directories of a file are the image asked for, and the levels of its pyramid.

use super::header::Source;
use super::ifd::Ifd;
use super::page::Page;
use super::stack::{COPY, Chain, MASK, PAGE};
use super::tags;
use crate::codec::{DecodeError, Limits, OpenOptions};
use crate::image::StackMember;

/// An image of a file: its own directory and the levels of its pyramid.
#[derive(Debug)]
pub(super) struct Index {
    /// The directory of the full size, which carries the metadata.
    pub(super) main: Ifd,
    /// Levels, full size first, each smaller than the one before.
    pub(super) pages: Vec<Page>,
    /// All images of the stack, if the file is one.
    pub(super) stack: Vec<StackMember>,
}

impl Index {
    /// Reads the directories. The one asked for must be an image that can be shown. Its reduced
    /// copies are its SubIFDs or, if none of these is one, later directories of the chain up to
    /// the next image of the stack. Anything else, such as labels and masks, is passed over.
    pub(super) fn read(
        source: &Source,
        first: u64,
        options: &OpenOptions,
    ) -> Result<Self, DecodeError> {
        let limits = &options.limits;
        let mut directories = Directories { source, limits, visited: Vec::new(), read: 0 };
        let mut main = directories.read(first)?;
        let (chain, end) = directories.chain(first, &main)?;
        let members = chain.members(source)?;
        let number = if members.is_empty() {
            0
        } else {
            let found = usize::try_from(options.page).ok().and_then(|page| members.get(page));
            *found.ok_or(end.unwrap_or(DecodeError::NoPage(options.page)))?
        };
        if number > 0 {
            main = Ifd::read(source, chain.place(number).unwrap_or(0))?;
        }
        let full = Page::read(source, &main, limits)?;
        let mut copies = directories.children(&main, &full)?;
        if copies.is_empty() {
            let member = members.iter().position(|member| *member == number).unwrap_or(0);
            for place in chain.copies(&members, member) {
                let ifd = Ifd::read(source, place)?;
                copies.extend(directories.copy(&ifd, &full)?);
            }
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
        let stack = chain.describe(source, &members)?;
        Ok(Self { main, pages, stack })
    }
}

/// Reads directories, each of them once.
struct Directories<'a> {
    source: &'a Source,
    limits: &'a Limits,
    visited: Vec<u64>,
    /// Directories read of the chain, or of the SubIFDs of one directory.
    read: usize,
}

impl Directories<'_> {
    fn read(&mut self, offset: u64) -> Result<Ifd, DecodeError> {
        if self.visited.contains(&offset) {
            return Err(DecodeError::Malformed("its directories form a loop".into()));
        }
        if self.read >= self.limits.directories {
            let limit = self.limits.directories as u64;
            return Err(DecodeError::Limit { what: "number of directories", limit });
        }
        if offset == 0 {
            return Err(DecodeError::Malformed("a directory is missing".into()));
        }
        self.visited.push(offset);
        self.read += 1;
        Ifd::read(self.source, offset)
    }

    /// The main chain. When the first image has SubIFDs, what is wrong with the rest of the chain
    /// does not concern it: the chain ends there, and the reason is told beside it.
    fn chain(
        &mut self,
        first: u64,
        main: &Ifd,
    ) -> Result<(Chain, Option<DecodeError>), DecodeError> {
        let mut chain = Chain::new();
        chain.push(self.source, first, main)?;
        let mut next = main.next;
        while next != 0 {
            let read = self.read(next).and_then(|ifd| {
                chain.push(self.source, next, &ifd)?;
                Ok(ifd.next)
            });
            next = match read {
                Ok(place) => place,
                Err(error) if main.field(tags::SUB_IFDS).is_some() => {
                    return Ok((chain, Some(error)));
                }
                Err(error) => return Err(error),
            };
        }
        Ok((chain, None))
    }

    /// The SubIFDs that are reduced copies.
    fn children(&mut self, main: &Ifd, full: &Page) -> Result<Vec<Page>, DecodeError> {
        self.read = 0;
        let most = self.limits.directories.saturating_add(1);
        let children = main.uints(self.source, tags::SUB_IFDS, most)?.unwrap_or_default();
        let mut copies = Vec::new();
        for offset in children {
            let ifd = self.read(offset)?;
            copies.extend(self.copy(&ifd, full)?);
        }
        Ok(copies)
    }

    /// The page of a directory, if it is a reduced copy of the full image.
    fn copy(&self, ifd: &Ifd, full: &Page) -> Result<Option<Page>, DecodeError> {
        let kind = ifd.uint(self.source, tags::NEW_SUBFILE_TYPE)?.unwrap_or(0);
        if kind & MASK != 0 || kind & (PAGE | COPY) == PAGE {
            return Ok(None);
        }
        match Page::read(self.source, ifd, self.limits) {
            Ok(page) => Ok(is_reduced(&page, full).then_some(page)),
            // A broken copy is no reason not to show the picture itself.
            Err(
                DecodeError::Malformed(_) | DecodeError::TooLarge(_) | DecodeError::Unsupported(_),
            ) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Whether a page can be the other one at a smaller scale: same kind of pixels, less of them, and
/// one factor explains both sides, each rounded by up to one pixel in either direction. A picture in
/// strips beside one in tiles is a thumbnail: that of Aperio fits a frame of its own, and tiles cut
/// from it would be displaced. Copies of doubles that call themselves integers (libvips 8.14 writes
/// them) would show other values.
fn is_reduced(page: &Page, larger: &Page) -> bool {
    let kind = |page: &Page| page.coding.packing.stored.kind;
    let same = page.coding.shape(1, 1) == larger.coding.shape(1, 1) && kind(page) == kind(larger);
    let side = u64::from;
    let (width, height) = (side(page.level.width), side(page.level.height));
    let (full_width, full_height) = (side(larger.level.width), side(larger.level.height));
    let smaller = width <= full_width
        && height <= full_height
        && (width, height) != (full_width, full_height);
    let thumbnail = page.layout.strips && !larger.layout.strips;
    same && smaller
        && !thumbnail
        && full_width * (height - 1) <= full_height * (width + 1)
        && full_height * (width - 1) <= full_width * (height + 1)
}

/// A level number is one byte.
const MAX_LEVELS: usize = 255;
