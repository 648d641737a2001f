//! From what a file holds to what is served: upright tiles of a useful size, and a pyramid.
//!
//! A file's own blocks may be strips, a whole JPEG, or areas that are cheap to decode at once.
//! They are decoded once, kept in [`Blocks`], and tiles are cut from them. Levels a file lacks are
//! made of its smallest one by halving, once, and kept in the same place. Files that need nothing
//! of this are passed through as they are.
//!
//! - `blocks`: the cache of blocks and made levels
//! - `demand`: whether a block is decoded whole, or only what is asked for
//! - `halve`: one level to the next smaller one
//! - `turn`: stored pixels to upright ones, by the orientation tag
//! - `cuts`: the range of values worth seeing, where a file does not say

mod blocks;
mod cuts;
mod demand;
mod halve;
#[cfg(test)]
mod tests;
mod turn;

pub use blocks::Blocks;

use std::sync::Arc;

use bytes::Bytes;

use super::{Arrangement, DecodeError, Decoder, Halving, Limits, OpenOptions, Scratch};
use crate::command::Format;
use crate::image::{Bands, ImageInfo, Level, Orientation, Range, Rect, Selection, TileRef};
use crate::raster::{Raster, Shape, Window};
use blocks::{Key, Part};
use turn::Turn;

/// Side of the tiles that are cut.
const TILE: u32 = 256;

/// Rows of cut blocks that are halved at a time: a multiple of two.
const STRIPE: u32 = TILE;

/// Puts between a file and its users what it needs, if anything.
pub(super) fn arrange(
    inner: Box<dyn Decoder>,
    options: &OpenOptions,
    blocks: &Arc<Blocks>,
) -> Result<Box<dyn Decoder>, DecodeError> {
    let mut arrangement = inner.arrangement();
    if !options.orientation {
        arrangement.orientation = Orientation::default();
    }
    if arrangement == Arrangement::default() && !inner.info().ranges.is_empty() {
        return Ok(inner);
    }
    Ok(Box::new(Arranged::new(inner, arrangement, &options.limits, Arc::clone(blocks))?))
}

/// A file as it is served.
#[derive(Debug)]
struct Arranged {
    inner: Box<dyn Decoder>,
    arrangement: Arrangement,
    /// Levels as they are stored, and below them those that are made, not turned.
    levels: Vec<Level>,
    /// What is served.
    info: ImageInfo,
    blocks: Arc<Blocks>,
    /// Tells the blocks of this file from those of others.
    id: u64,
    limits: Limits,
}

impl Arranged {
    /// Whether the tiles of a level are those of the file.
    fn is_direct(&self, level: u8) -> bool {
        let stored = usize::from(level) < self.inner.info().levels.len();
        stored && !self.arrangement.cut && Turn(self.arrangement.orientation).is_upright()
    }

    fn new(
        inner: Box<dyn Decoder>,
        arrangement: Arrangement,
        limits: &Limits,
        blocks: Arc<Blocks>,
    ) -> Result<Self, DecodeError> {
        let mut info = inner.info().clone();
        let smallest = *info.levels.last().ok_or(DecodeError::Malformed("no image".into()))?;
        let mut levels = info.levels.clone();
        if arrangement.cut {
            for level in &mut levels {
                (level.tile_width, level.tile_height) = (TILE, TILE);
            }
        }
        if let Some(halving) = arrangement.smaller {
            let most = limits.levels.saturating_sub(levels.len());
            let smaller = smaller_levels(levels[levels.len() - 1], halving, most);
            // More than the bands of a picture are not read at once.
            let shape = Shape {
                channels: info.channels.min(4),
                ..info.shape(smallest.width, smallest.height, &Bands::All)
            };
            if smaller.is_empty() || shape.bytes()? <= limits.flat_bytes {
                levels.extend(smaller);
            } else if arrangement.cut {
                return Err(DecodeError::too_large(info.width(), info.height()));
            }
        }
        let turn = Turn(arrangement.orientation);
        info.levels = levels.iter().map(|level| turn.level(level)).collect();
        if turn.swaps_sides() {
            if let Some(resolution) = &mut info.resolution {
                std::mem::swap(&mut resolution.x, &mut resolution.y);
            }
            info.pixel_size = info.pixel_size.map(|(x, y)| (y, x));
        }
        let id = blocks.next_id();
        let mut arranged = Self { inner, arrangement, levels, info, blocks, id, limits: *limits };
        if arranged.info.ranges.is_empty() {
            arranged.info.ranges = arranged.cuts();
        }
        Ok(arranged)
    }

    /// A part of a stored level, put together from blocks. They are kept where they will be of
    /// use again.
    fn stored_part(
        &self,
        level: u8,
        rect: Rect,
        selection: &Selection,
        keep: bool,
        scratch: &mut Scratch,
    ) -> Result<Raster, DecodeError> {
        let grid = self.inner.info().level(level).ok_or_else(DecodeError::no_tile)?;
        let shape = self.info.shape(rect.width, rect.height, &selection.bands);
        let mut part = Raster::zeroed(shape)?;
        for (at, place) in blocks_of(level, grid, rect) {
            let Some(common) = place.intersection(&rect) else { continue };
            let Rect { x, y, width, height } = common;
            let (pixels, window) = match self.alone(at, place, common, selection, scratch)? {
                Some(area) => (Arc::new(area), Window { x: 0, y: 0, width, height }),
                None => (
                    self.stored_block(at, selection, keep, scratch)?,
                    Window { x: x - place.x, y: y - place.y, width, height },
                ),
            };
            part.paste(&pixels, window, x - rect.x, y - rect.y)?;
        }
        Ok(part)
    }

    /// A small part of a block without the rest of it, while nobody seems to need that.
    fn alone(
        &self,
        at: TileRef,
        place: Rect,
        part: Rect,
        selection: &Selection,
        scratch: &mut Scratch,
    ) -> Result<Option<Raster>, DecodeError> {
        if !self.arrangement.areas || !demand::is_small(part, place) {
            return Ok(None);
        }
        let demand = self.blocks.demand(self.id, at, selection);
        let Some(_turn) = demand.as_ref().and_then(|demand| demand.alone(part)) else {
            return Ok(None);
        };
        self.inner.area(at.level, part, selection, scratch).map(Some)
    }

    /// A block of the file: from the cache or decoded for it, or decoded for this use alone.
    fn stored_block(
        &self,
        at: TileRef,
        selection: &Selection,
        keep: bool,
        scratch: &mut Scratch,
    ) -> Result<Arc<Raster>, DecodeError> {
        if !keep {
            return self.inner.tile(at, selection, scratch).map(Arc::new);
        }
        let grid = self.inner.info().level(at.level).ok_or_else(DecodeError::no_tile)?;
        let shape = self.info.shape(grid.tile_width, grid.tile_height, &selection.bands);
        let key = Key { image: self.id, part: Part::Block(at), selection: selection.clone() };
        self.blocks.block(&key, shape.bytes()?, || {
            // Those who want another part of the block wait, and leave their cores.
            scratch.spare = scratch.spare.max(1);
            self.inner.tile(at, selection, scratch)
        })
    }

    /// The levels the file lacks, largest first.
    fn made_levels(
        &self,
        selection: &Selection,
        scratch: &mut Scratch,
    ) -> Result<Arc<[Raster]>, DecodeError> {
        let key = Key { image: self.id, part: Part::Levels, selection: selection.clone() };
        let stored = self.inner.info().levels.len();
        let base = *self.inner.info().levels.last().ok_or_else(DecodeError::no_tile)?;
        let bytes = self.info.shape(base.width, base.height, &selection.bands).bytes()?;
        if bytes > self.limits.flat_bytes {
            return Err(DecodeError::too_large(self.info.width(), self.info.height()));
        }
        self.blocks.levels(&key, bytes / 4, || {
            let mut made: Vec<Raster> = Vec::with_capacity(self.levels.len() - stored);
            for level in &self.levels[stored..] {
                let raster = match made.last() {
                    Some(larger) => halve::halve(larger, level.width, level.height)?,
                    None => self.first_made_level(&base, level, selection, scratch)?,
                };
                made.push(raster);
            }
            Ok(made.into())
        })
    }

    /// Half of the smallest stored level, stripe by stripe: the level itself may be too large to
    /// be in memory at once.
    fn first_made_level(
        &self,
        base: &Level,
        level: &Level,
        selection: &Selection,
        scratch: &mut Scratch,
    ) -> Result<Raster, DecodeError> {
        let index =
            u8::try_from(self.inner.info().levels.len() - 1).map_err(|_| DecodeError::no_tile())?;
        let shape = self.info.shape(level.width, level.height, &selection.bands);
        let mut half = Raster::zeroed(shape)?;
        // Of tiles that are served as they are each is needed once: whole rows of them.
        let keep = self.arrangement.cut;
        let step = match base.tile_height {
            _ if keep => STRIPE,
            even if even % 2 == 0 => even,
            odd => odd.saturating_mul(2),
        };
        let mut y = 0;
        while y < base.height && y / 2 < level.height {
            let height = step.min(base.height - y);
            let rect = Rect { x: 0, y, width: base.width, height };
            let stripe = self.stored_part(index, rect, selection, keep, scratch)?;
            let rows = height.div_ceil(2).min(level.height - y / 2);
            let small = halve::halve(&stripe, level.width, rows)?;
            half.paste(&small, Window::whole(small.shape()), 0, y / 2)?;
            y = y.saturating_add(step);
        }
        Ok(half)
    }

    /// A rectangle of a level, not turned.
    fn part(
        &self,
        level: u8,
        rect: Rect,
        selection: &Selection,
        scratch: &mut Scratch,
    ) -> Result<Raster, DecodeError> {
        let stored = self.inner.info().levels.len();
        match usize::from(level).checked_sub(stored) {
            None => self.stored_part(level, rect, selection, true, scratch),
            Some(made) => {
                let levels = self.made_levels(selection, scratch)?;
                let raster = levels.get(made).ok_or_else(DecodeError::no_tile)?;
                let Rect { x, y, width, height } = rect;
                Ok(raster.crop(Window { x, y, width, height })?)
            }
        }
    }

    /// The range worth seeing of each channel, from blocks all over the smallest stored level.
    fn cuts(&self) -> Vec<Range> {
        let info = self.inner.info();
        let mut cuts = cuts::Cuts::new(info);
        let Some((index, level)) = (0_u8..).zip(&info.levels).last() else { return cuts.ranges() };
        let shape = info.shape(level.tile_width, level.tile_height, &Bands::All);
        let size = shape.bytes().unwrap_or(usize::MAX).max(1);
        let most = (cuts::BYTES / size).clamp(1, cuts::BLOCKS) as u64;
        let count = level.tiles().min(most);
        let (selection, keep) = (Selection::default(), self.arrangement.cut);
        let mut scratch = Scratch::default();
        for number in 0..count {
            let place = level.position(number * level.tiles() / count);
            let Some((column, row)) = place else { continue };
            let at = TileRef { level: index, column, row };
            // A damaged block says nothing about the others.
            if let Ok(block) = self.stored_block(at, &selection, keep, &mut scratch) {
                cuts.add(&block);
            }
        }
        cuts.ranges()
    }
}

impl Decoder for Arranged {
    fn info(&self) -> &ImageInfo {
        &self.info
    }

    fn tile(
        &self,
        at: TileRef,
        selection: &Selection,
        scratch: &mut Scratch,
    ) -> Result<Raster, DecodeError> {
        if self.is_direct(at.level) {
            return self.inner.tile(at, selection, scratch);
        }
        let turn = Turn(self.arrangement.orientation);
        let served = self.info.level(at.level).ok_or_else(DecodeError::no_tile)?;
        let rect = served.tile_rect(at.column, at.row).ok_or_else(DecodeError::no_tile)?;
        let level = self.levels.get(usize::from(at.level)).ok_or_else(DecodeError::no_tile)?;
        let part = self.part(at.level, turn.stored_rect(level, rect), selection, scratch)?;
        turn.raster(part)
    }

    fn rows(
        &self,
        at: TileRef,
        rows: u32,
        selection: &Selection,
        scratch: &mut Scratch,
    ) -> Result<Raster, DecodeError> {
        if self.is_direct(at.level) {
            return self.inner.rows(at, rows, selection, scratch);
        }
        self.tile(at, selection, scratch)
    }

    fn will_read(&self, level: u8, rect: Rect, selection: &Selection) {
        let Some(grid) = self.inner.info().level(level).filter(|_| self.arrangement.areas) else {
            return;
        };
        let rect = Turn(self.arrangement.orientation).stored_rect(grid, rect);
        for (at, place) in blocks_of(level, grid, rect) {
            let common = place.intersection(&rect);
            if common.is_some_and(|common| !demand::is_small(common, place))
                && let Some(demand) = self.blocks.demand(self.id, at, selection)
            {
                demand.all();
            }
        }
    }

    fn stored(&self, at: TileRef) -> Result<Option<(Format, Bytes)>, DecodeError> {
        if self.is_direct(at.level) { self.inner.stored(at) } else { Ok(None) }
    }
}

/// The blocks of a level that a rectangle touches, and where they are.
fn blocks_of(level: u8, grid: &Level, rect: Rect) -> impl Iterator<Item = (TileRef, Rect)> + '_ {
    let last = |end: u64, size: u32| {
        u32::try_from(end.saturating_sub(1) / u64::from(size)).unwrap_or(u32::MAX)
    };
    let columns = rect.x / grid.tile_width..=last(rect.right(), grid.tile_width);
    let rows = rect.y / grid.tile_height..=last(rect.bottom(), grid.tile_height);
    let places = rows.flat_map(move |row| columns.clone().map(move |column| (column, row)));
    places.filter_map(move |(column, row)| {
        Some((TileRef { level, column, row }, grid.tile_rect(column, row)?))
    })
}

/// The levels below one, each half of the one before, down to a single tile.
fn smaller_levels(level: Level, halving: Halving, most: usize) -> Vec<Level> {
    let half = |side: u32| match halving {
        Halving::Down => (side / 2).max(1),
        Halving::Up => side.div_ceil(2),
    };
    let next = |level: &Level| {
        let fits = level.width <= level.tile_width && level.height <= level.tile_height;
        (!fits).then(|| Level { width: half(level.width), height: half(level.height), ..*level })
    };
    std::iter::successors(next(&level), next).take(most).collect()
}
