//! Which directories of the main chain are images of a stack.
//!
//! A stack says so by `NewSubfileType` 2 (a page, TIFF 6.0, p. 36) in its first directory and all
//! others that are members. Without it, directories that have the size and samples of the first
//! one and are no copies or masks are members: pages of a document, planes of OME-TIFF. The label
//! and the thumbnails of a slide have other sizes.

use super::header::Source;
use super::ifd::Ifd;
use super::{metadata, tags};
use crate::codec::DecodeError;
use crate::image::StackMember;

/// The main chain: what has to be known of all its directories.
#[derive(Debug)]
pub(super) struct Chain(Vec<Directory>);

#[derive(Debug)]
struct Directory {
    place: u64,
    /// `NewSubfileType`.
    kind: u64,
    /// Its fields of [`Directory::TAGS`].
    ifd: Ifd,
}

/// Sizes and samples of an image.
#[derive(Debug, Eq, PartialEq)]
struct Pixels([Vec<u64>; 6]);

impl Chain {
    /// A chain without directories.
    pub(super) fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds the next directory.
    pub(super) fn push(
        &mut self,
        source: &Source,
        place: u64,
        ifd: &Ifd,
    ) -> Result<(), DecodeError> {
        let kind = metadata::lenient(ifd.uint(source, tags::NEW_SUBFILE_TYPE))?.unwrap_or(0);
        self.0.push(Directory { place, kind, ifd: ifd.only(Directory::TAGS) });
        Ok(())
    }

    /// The directories that are images of a stack, by their number in the chain; empty when the
    /// file is one image.
    pub(super) fn members(&self, source: &Source) -> Result<Vec<usize>, DecodeError> {
        let Some(first) = self.0.first() else { return Ok(Vec::new()) };
        let mut members = Vec::new();
        if first.kind == PAGE {
            let pages = self.0.iter().enumerate().filter(|(_, directory)| directory.kind == PAGE);
            members.extend(pages.map(|(number, _)| number));
        } else if first.kind & (COPY | MASK) == 0 {
            let pixels = first.pixels(source)?;
            for (number, directory) in self.0.iter().enumerate() {
                if directory.kind & (COPY | MASK) == 0 && directory.pixels(source)? == pixels {
                    members.push(number);
                }
            }
        }
        if members.len() < 2 {
            members.clear();
        }
        Ok(members)
    }

    /// Names and scales of these directories.
    pub(super) fn describe(
        &self,
        source: &Source,
        members: &[usize],
    ) -> Result<Vec<StackMember>, DecodeError> {
        let members = members.iter().filter_map(|number| self.0.get(*number));
        members.map(|directory| directory.describe(source)).collect()
    }

    /// Place of a directory.
    pub(super) fn place(&self, number: usize) -> Option<u64> {
        self.0.get(number).map(|directory| directory.place)
    }

    /// Places of the directories that may be reduced copies of a member, or of a single image.
    ///
    /// Copies of a member are between it and the next one. They count only if all members have
    /// the same number of them: otherwise nobody can tell whose copies they are.
    pub(super) fn copies(&self, members: &[usize], member: usize) -> Vec<u64> {
        let places = |run: &[Directory]| run.iter().map(|directory| directory.place).collect();
        let after = |number: usize| self.0.get(number + 1..).unwrap_or_default();
        if members.is_empty() {
            return places(after(0));
        }
        let run = |index: usize| {
            let number = members.get(index).copied().unwrap_or(usize::MAX - 1);
            let end = members.get(index + 1).map_or(self.0.len(), |next| *next);
            let run = after(number);
            run.get(..end.saturating_sub(number + 1)).unwrap_or(run)
        };
        let count =
            |index| run(index).iter().filter(|directory| directory.kind & MASK == 0).count();
        let first = count(0);
        if (0..members.len()).any(|index| count(index) != first) {
            return Vec::new();
        }
        places(run(member))
    }
}

impl Directory {
    /// What is kept of a directory.
    const TAGS: &[u16] = &[
        tags::IMAGE_WIDTH,
        tags::IMAGE_LENGTH,
        tags::BITS_PER_SAMPLE,
        tags::PHOTOMETRIC_INTERPRETATION,
        tags::SAMPLES_PER_PIXEL,
        tags::SAMPLE_FORMAT,
        tags::DOCUMENT_NAME,
        tags::PAGE_NAME,
        tags::STO_NITS,
    ];

    /// Two directories whose values cannot be read have the same ones: the page itself is checked
    /// when it is opened.
    fn pixels(&self, source: &Source) -> Result<Pixels, DecodeError> {
        let mut values = <[Vec<u64>; 6]>::default();
        for (values, tag) in values.iter_mut().zip(Self::TAGS) {
            let found = metadata::lenient(self.ifd.uints(source, *tag, MOST_SAMPLES))?;
            *values = found.unwrap_or_default();
        }
        Ok(Pixels(values))
    }

    fn describe(&self, source: &Source) -> Result<StackMember, DecodeError> {
        let name = |tag| {
            let bytes = metadata::lenient(self.ifd.bytes(source, tag, LONGEST_NAME))?;
            Ok::<_, DecodeError>(bytes.map(metadata::text).filter(|name| !name.is_empty()))
        };
        let name = match name(tags::DOCUMENT_NAME)? {
            Some(name) => Some(name),
            None => name(tags::PAGE_NAME)?,
        };
        let scale = metadata::lenient(self.ifd.numbers(source, tags::STO_NITS, 1))?;
        let scale = scale.and_then(|values| values.first().copied());
        Ok(StackMember {
            name: name.unwrap_or_default(),
            scale: scale.filter(|scale| scale.is_finite()).unwrap_or(1.0),
        })
    }
}

/// Bits of `NewSubfileType`.
pub(super) const COPY: u64 = 1;
pub(super) const PAGE: u64 = 2;
pub(super) const MASK: u64 = 4;

/// Samples that are compared: real files have the same bits in all of them.
const MOST_SAMPLES: usize = 4;

/// Bytes of a name; longer ones are none.
const LONGEST_NAME: usize = 1024;
