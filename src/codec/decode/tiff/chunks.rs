//! Where the tiles of one level are in the file.

use super::header::Source;
use super::ifd::{Field, Ifd};
use super::tags;
use crate::codec::{DecodeError, Limits};

/// The places of the arrays of offsets and sizes, not the arrays themselves.
///
/// A lookup reads two numbers from the file. That costs less than a microsecond when the operating
/// system holds the page, takes no memory per tile, and opening does not depend on their number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chunks {
    offsets: Field,
    sizes: Field,
    largest: u64,
}

/// The stored bytes of a tile; all of them are inside the file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Span {
    /// First byte.
    pub(super) offset: u64,
    /// Number of bytes, not zero.
    pub(super) len: usize,
}

impl Chunks {
    /// Finds the arrays, which must have a value for each of the `tiles`.
    pub(super) fn new(
        source: &Source,
        ifd: &Ifd,
        tiles: u64,
        limits: &Limits,
    ) -> Result<Self, DecodeError> {
        // Some old writers of tiles name these fields as if they were about strips.
        let array = |tag, strip_tag, name| match ifd.field(tag).or(ifd.field(strip_tag)) {
            None => Err(DecodeError::Malformed(format!("it has no {name}"))),
            Some(field) if field.count() < tiles => {
                let count = field.count();
                Err(DecodeError::Malformed(format!("it has {count} {name} for {tiles} tiles")))
            }
            Some(field) => field.check(source).map(|()| *field),
        };
        Ok(Self {
            offsets: array(tags::TILE_OFFSETS, tags::STRIP_OFFSETS, "TileOffsets")?,
            sizes: array(tags::TILE_BYTE_COUNTS, tags::STRIP_BYTE_COUNTS, "TileByteCounts")?,
            largest: limits.tile_bytes as u64,
        })
    }

    /// The place of a tile; `None` when the file leaves it out (a sparse file).
    pub(super) fn span(&self, source: &Source, tile: u64) -> Result<Option<Span>, DecodeError> {
        let offset = self.offsets.uint(source, tile)?;
        let size = self.sizes.uint(source, tile)?;
        if offset == 0 || size == 0 {
            return Ok(None);
        }
        if !source.contains(offset, size) {
            return Err(DecodeError::Malformed(format!("tile {tile} is beyond its end")));
        }
        match usize::try_from(size) {
            Ok(len) if size <= self.largest => Ok(Some(Span { offset, len })),
            _ => Err(DecodeError::Limit { what: "size of a stored tile", limit: self.largest }),
        }
    }
}
