//! How an image is divided: into chunks in the file, and into blocks that are decoded at once.

use super::header::Source;
use super::ifd::Ifd;
use super::tags;
use crate::codec::DecodeError;
use crate::image::{Level, Rect};

/// Chunks are tiles or strips. A block is one tile, or all rows of some strips: single strips are
/// often a few rows, which would be far too many blocks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    /// Width of a whole chunk.
    pub(super) chunk_width: u32,
    /// Height of a whole chunk. The last strip may have less rows, the last tile is padded.
    pub(super) chunk_height: u32,
    /// Size of the image.
    size: (u32, u32),
    /// Whether the chunks are strips.
    pub(super) strips: bool,
}

/// Rows of a block that come from one chunk.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Part {
    /// Number of the chunk among those of its plane.
    pub(super) chunk: u64,
    /// Rows the chunk has in the file.
    pub(super) stored: u32,
    /// First row of the chunk that is used.
    pub(super) first: u32,
    /// Rows that are used.
    pub(super) rows: u32,
    /// Where they begin in the block.
    pub(super) y: u32,
}

impl Layout {
    /// Sizes of the image and its chunks.
    pub(super) fn read(source: &Source, ifd: &Ifd) -> Result<Self, DecodeError> {
        let size = |tag, name: &str| {
            let size = ifd.uint(source, tag)?;
            let size = size.and_then(|size| u32::try_from(size).ok()).filter(|size| *size > 0);
            size.ok_or_else(|| DecodeError::Malformed(format!("its {name} is missing or wrong")))
        };
        let width = size(tags::IMAGE_WIDTH, "ImageWidth")?;
        let height = size(tags::IMAGE_LENGTH, "ImageLength")?;
        let strips = ifd.field(tags::TILE_WIDTH).is_none();
        let (chunk_width, chunk_height) = if strips {
            let rows = ifd.uint(source, tags::ROWS_PER_STRIP)?;
            // Without a number, with 0 or with 2^32 - 1 the image is one strip.
            let rows = rows.and_then(|rows| u32::try_from(rows).ok()).filter(|rows| *rows > 0);
            (width, rows.map_or(height, |rows| rows.min(height)))
        } else {
            (size(tags::TILE_WIDTH, "TileWidth")?, size(tags::TILE_LENGTH, "TileLength")?)
        };
        Ok(Self { chunk_width, chunk_height, size: (width, height), strips })
    }

    /// Width and height of the image.
    pub(super) fn size(&self) -> (u32, u32) {
        self.size
    }

    /// Chunks of a plane.
    pub(super) fn chunks(&self) -> u64 {
        self.level(self.chunk_height).tiles()
    }

    /// The level, with blocks as its tiles. Strips are joined to blocks of at least 256 rows, if
    /// no more than `most` rows are allowed. With `splits`, strips need not be decoded as a whole.
    /// `None` when there is no such block.
    pub(super) fn blocks(&self, most: u64, splits: bool) -> Option<Level> {
        let (rows, height) = (self.chunk_height, self.size.1);
        let block = if !self.strips {
            rows
        } else if splits {
            let most = u32::try_from(most).unwrap_or(u32::MAX);
            if rows < BLOCK_ROWS { joined(rows).min(most) } else { BLOCK_ROWS.min(most) }
        } else {
            let strips = u32::try_from(most / u64::from(rows)).unwrap_or(u32::MAX);
            joined(rows).min(rows.saturating_mul(strips))
        };
        let fits = block > 0 && u64::from(block) <= most;
        // Blocks of tiles keep their size: they are what clients may ask for.
        let block = if self.strips { block.min(height) } else { block };
        fits.then(|| self.level(block))
    }

    /// The chunks that rows of a block are in.
    pub(super) fn parts(&self, level: &Level, rect: Rect) -> impl Iterator<Item = Part> + use<> {
        let (rows, height) = (self.chunk_height, self.size.1);
        let strips = self.strips;
        let columns = u64::from(level.columns());
        let (left, top, bottom) = (rect.x / level.tile_width, rect.y, rect.y + rect.height);
        let first = top / rows;
        let last = if rect.height == 0 { first } else { (bottom - 1) / rows + 1 };
        (first..last).map(move |row| {
            let start = row * rows;
            let end = start.saturating_add(rows);
            let (from, to) = (top.max(start), bottom.min(end));
            Part {
                chunk: u64::from(row) * columns + u64::from(left),
                stored: if strips { end.min(height) - start } else { rows },
                first: from - start,
                rows: to - from,
                y: from - top,
            }
        })
    }

    fn level(&self, rows: u32) -> Level {
        let (width, height) = self.size;
        Level { width, height, tile_width: self.chunk_width, tile_height: rows }
    }
}

/// Rows of as many strips as make at least a block.
fn joined(rows: u32) -> u32 {
    rows.saturating_mul(BLOCK_ROWS.div_ceil(rows))
}

/// As many as most tiles have.
const BLOCK_ROWS: u32 = 256;

#[cfg(test)]
mod tests {
    use super::*;

    fn strips(width: u32, height: u32, rows: u32) -> Layout {
        Layout { chunk_width: width, chunk_height: rows, size: (width, height), strips: true }
    }

    fn parts(layout: &Layout, level: &Level, row: u32) -> Vec<Part> {
        layout.parts(level, level.tile_rect(0, row).unwrap()).collect()
    }

    #[test]
    fn small_strips_are_joined_and_large_ones_stay() {
        let rows = |layout: Layout, most, splits| {
            layout.blocks(most, splits).map(|level| level.tile_height)
        };
        assert_eq!(rows(strips(9, 1000, 100), 5000, false), Some(300));
        assert_eq!(rows(strips(9, 1000, 256), 5000, false), Some(256));
        assert_eq!(rows(strips(9, 1000, 900), 5000, false), Some(900));
        assert_eq!(rows(strips(9, 1000, 900), 5000, true), Some(256));
        assert_eq!(rows(strips(9, 100, 7), 5000, false), Some(100));
        // Less memory: fewer strips, then parts of strips, then nothing.
        assert_eq!(rows(strips(9, 1000, 100), 250, false), Some(200));
        assert_eq!(rows(strips(9, 1000, 100), 99, false), None);
        assert_eq!(rows(strips(9, 1000, 900), 99, true), Some(99));
        assert_eq!(rows(strips(9, 1000, 900), 0, true), None);
    }

    #[test]
    fn blocks_know_their_strips() {
        let layout = strips(9, 650, 100);
        let level = layout.blocks(5000, false).unwrap();
        assert_eq!((layout.chunks(), level.rows()), (7, 3));
        let part = |chunk, stored, y| Part { chunk, stored, first: 0, rows: stored, y };
        let expected = [part(3, 100, 0), part(4, 100, 100), part(5, 100, 200)];
        assert_eq!(parts(&layout, &level, 1), expected);
        assert_eq!(parts(&layout, &level, 2), [part(6, 50, 0)]);
    }

    #[test]
    fn blocks_can_be_parts_of_strips() {
        let layout = strips(9, 700, 400);
        let level = layout.blocks(5000, true).unwrap();
        let part = |chunk, stored, first, rows, y| Part { chunk, stored, first, rows, y };
        assert_eq!(parts(&layout, &level, 0), [part(0, 400, 0, 256, 0)]);
        let expected = [part(0, 400, 256, 144, 0), part(1, 300, 0, 112, 144)];
        assert_eq!(parts(&layout, &level, 1), expected);
        assert_eq!(parts(&layout, &level, 2), [part(1, 300, 112, 188, 0)]);
    }

    #[test]
    fn tiles_are_blocks() {
        let layout = Layout { chunk_width: 32, chunk_height: 16, size: (70, 20), strips: false };
        let level = layout.blocks(16, false).unwrap();
        assert_eq!((level.columns(), level.rows(), layout.chunks()), (3, 2, 6));
        let found: Vec<_> = layout.parts(&level, level.tile_rect(2, 1).unwrap()).collect();
        assert_eq!(found, [Part { chunk: 5, stored: 16, first: 0, rows: 4, y: 0 }]);
    }
}
