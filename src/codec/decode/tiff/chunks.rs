//! Where the chunks of one level are in the file.

use super::header::Source;
use super::ifd::{Field, Ifd};
use super::tags;
use crate::codec::{DecodeError, Limits};

/// The places of the arrays of offsets and sizes, not the arrays themselves.
///
/// A lookup reads two numbers from the file. That costs less than a microsecond when the operating
/// system holds the page, takes no memory per chunk, and opening does not depend on their number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chunks {
    offsets: Field,
    /// `None` when the file does not say and the samples are not compressed.
    sizes: Option<Field>,
    largest: u64,
}

/// The stored bytes of a chunk; all of them are inside the file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Span {
    /// First byte.
    pub(super) offset: u64,
    /// Number of bytes, not zero.
    pub(super) len: usize,
}

impl Chunks {
    /// Finds the arrays, which must have a value for each of the `chunks`. Only chunks that are
    /// not `packed` may do without sizes.
    pub(super) fn new(
        source: &Source,
        ifd: &Ifd,
        chunks: u64,
        packed: bool,
        limits: &Limits,
    ) -> Result<Self, DecodeError> {
        // Some old writers of tiles name these fields as if they were about strips.
        let array = |tag, strip_tag, name| match ifd.field(tag).or(ifd.field(strip_tag)) {
            None => Ok(None),
            Some(field) if field.count() < chunks => {
                let count = field.count();
                Err(DecodeError::Malformed(format!("it has {count} {name} for {chunks} chunks")))
            }
            Some(field) => field.check(source).map(|()| Some(*field)),
        };
        let missing = |name| DecodeError::Malformed(format!("it has no {name}"));
        let offsets = array(tags::TILE_OFFSETS, tags::STRIP_OFFSETS, "offsets")?;
        let sizes = array(tags::TILE_BYTE_COUNTS, tags::STRIP_BYTE_COUNTS, "byte counts")?;
        if packed && sizes.is_none() {
            return Err(missing("byte counts"));
        }
        let offsets = offsets.ok_or_else(|| missing("offsets"))?;
        Ok(Self { offsets, sizes, largest: limits.tile_bytes as u64 })
    }

    /// The place of a chunk that has so many bytes when it is not compressed; `None` when the file
    /// leaves it out (a sparse file).
    pub(super) fn span(
        &self,
        source: &Source,
        chunk: u64,
        plain: usize,
    ) -> Result<Option<Span>, DecodeError> {
        let offset = self.offsets.uint(source, chunk)?;
        let size = match &self.sizes {
            Some(sizes) => sizes.uint(source, chunk)?,
            None => plain as u64,
        };
        if offset == 0 || size == 0 {
            return Ok(None);
        }
        if !source.contains(offset, size) {
            return Err(DecodeError::Malformed(format!("chunk {chunk} is beyond its end")));
        }
        match usize::try_from(size) {
            Ok(len) => Ok(Some(Span { offset, len })),
            Err(_) => Err(self.too_large()),
        }
    }

    /// Refuses to read so many bytes at once when they are more than a chunk may have.
    pub(super) fn check(&self, len: usize) -> Result<(), DecodeError> {
        if len as u64 > self.largest { Err(self.too_large()) } else { Ok(()) }
    }

    fn too_large(&self) -> DecodeError {
        DecodeError::Limit { what: "size of a stored tile", limit: self.largest }
    }
}
