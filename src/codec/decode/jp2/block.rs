//! A rectangle of one level: which tiles it needs, and their samples put together.

use super::codestream::{Codestream, Component, malformed};
use super::coding::{Coding, Cost};
use super::excerpt::Excerpt;
use super::grid::{Grid, samples};
use super::openjpeg::{self, Request};
use super::parts::{Parts, Tiles};
use super::stream::Stream;
use super::too_large;
use crate::codec::{DecodeError, ReadAt};
use crate::image::Rect;

/// Samples of one component for a rectangle of pixels, in the numbers of the file.
#[derive(Debug)]
pub(super) struct Plane {
    pub(super) component: Component,
    /// First column and the one behind the last.
    pub(super) x: (u32, u32),
    /// First row and the one behind the last.
    pub(super) y: (u32, u32),
    /// Row by row. What the file does not have is 0.
    pub(super) data: Vec<i32>,
}

/// What is to be decoded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<'a> {
    /// Wavelet levels to leave out.
    pub(super) level: u8,
    /// Pixels of this level, counted from the corner of the image.
    pub(super) rect: Rect,
    /// Quality layers; 0 is all of them.
    pub(super) layers: u16,
    /// Ascending numbers of components.
    pub(super) components: &'a [u16],
}

/// An open codestream.
#[derive(Clone, Copy, Debug)]
pub(super) struct Image<'a> {
    pub(super) source: &'a dyn ReadAt,
    pub(super) stream: &'a Codestream,
    pub(super) parts: &'a Parts,
    /// Most bytes for the samples of all planes.
    pub(super) limit: usize,
    /// Threads that may help.
    pub(super) helpers: usize,
}

impl Image<'_> {
    /// Decodes the wanted components, each to a plane.
    pub(super) fn planes(&self, wanted: &Wanted<'_>) -> Result<Vec<Plane>, DecodeError> {
        let size = &self.stream.size;
        let grid = Grid::new(size);
        let Wanted { level, rect, .. } = *wanted;
        let chosen: Vec<_> = wanted
            .components
            .iter()
            .filter_map(|number| size.components.get(usize::from(*number)).copied())
            .collect();
        let steps = |step: fn(&Component) -> u8| chosen.iter().map(step);
        let pixels = |first: u32, from: u32, side: u32| {
            let from = first.saturating_add(from);
            (from, from.saturating_add(side))
        };
        let x = pixels(grid.x.pixels(level).0, rect.x, rect.width);
        let y = pixels(grid.y.pixels(level).0, rect.y, rect.height);
        let x = grid.x.area(level, x, steps(|component| component.step.0));
        let y = grid.y.area(level, y, steps(|component| component.step.1));
        let mut planes = Vec::with_capacity(chosen.len());
        let mut total = 0_u64;
        for component in chosen {
            let x = samples(x, component.step.0.into(), level);
            let y = samples(y, component.step.1.into(), level);
            let count = u64::from(x.1 - x.0) * u64::from(y.1 - y.0);
            total = total.saturating_add(count * 4);
            if total > self.limit as u64 {
                return Err(DecodeError::Limit { what: "a tile", limit: self.limit as u64 });
            }
            let data = vec![0; usize::try_from(count).unwrap_or_default()];
            planes.push(Plane { component, x, y, data });
        }
        if !self.stream.packed_headers.is_empty() {
            let tiles = Tiles { columns: (0, size.columns()), rows: (0, size.rows()) };
            self.check_whole(tiles)?;
            let stream = self.parts.whole(self.source, self.stream);
            let area = self.right_area(tiles, (x, y), wanted)?;
            let source = Source { stream, area, reduce: level };
            self.decode(source, wanted, (x, y), true, &mut planes)?;
            return Ok(planes);
        }
        let column = |edge: u32| (edge - size.tiles_start.0) / size.tile.0;
        let row = |edge: u32| (edge - size.tiles_start.1) / size.tile.1;
        let (columns, rows) = ((column(x.0), column(x.1 - 1) + 1), (row(y.0), row(y.1 - 1) + 1));
        let group = group(size.components.len());
        for top in (rows.0..rows.1).step_by(group.into()) {
            for left in (columns.0..columns.1).step_by(group.into()) {
                let behind = |first: u32, last: u32| last.min(first.saturating_add(group.into()));
                let tiles = Tiles {
                    columns: (left, behind(left, columns.1)),
                    rows: (top, behind(top, rows.1)),
                };
                self.add_tiles(tiles, wanted, (x, y), &mut planes)?;
            }
        }
        Ok(planes)
    }

    /// Decodes some tiles. When one of several is damaged, the others are still shown.
    fn add_tiles(
        &self,
        tiles: Tiles,
        wanted: &Wanted<'_>,
        area: Area,
        planes: &mut [Plane],
    ) -> Result<(), DecodeError> {
        let error = match self.try_tiles(tiles, wanted, area, planes) {
            Err(error @ DecodeError::Malformed(_)) if tiles.count() > 1 => error,
            result => return result,
        };
        let mut shown = false;
        for tile in tiles.each() {
            match self.try_tiles(tile, wanted, area, planes) {
                Ok(()) => shown = true,
                Err(DecodeError::Malformed(_)) => {}
                Err(error) => return Err(error),
            }
        }
        if shown { Ok(()) } else { Err(error) }
    }

    fn try_tiles(
        &self,
        tiles: Tiles,
        wanted: &Wanted<'_>,
        (x, y): Area,
        planes: &mut [Plane],
    ) -> Result<(), DecodeError> {
        let size = &self.stream.size;
        let clip = |area: (u32, u32), tiles: (u32, u32)| (area.0.max(tiles.0), area.1.min(tiles.1));
        let (x, y) = (clip(x, size.across(tiles.columns)), clip(y, size.down(tiles.rows)));
        // At a small level a tile may have no sample of its own.
        let has_samples = planes.iter().any(|plane| {
            let has = |area: (u32, u32), step: u8| {
                let (from, to) = samples(area, step.into(), wanted.level);
                from < to
            };
            has(x, plane.component.step.0) && has(y, plane.component.step.1)
        });
        if !has_samples {
            return Ok(());
        }
        let mut separable = !self.stream.coding.mixed_components;
        let (mut codings, mut missing) = (Vec::new(), false);
        for tile in tiles.each() {
            let (column, row) = (tile.columns.0, tile.rows.0);
            let found = self.parts.tile(self.source, self.stream, column, row)?;
            let Some((bytes, coding)) = found else {
                missing = true;
                continue;
            };
            separable &= !coding.mixed_components;
            if coding.levels(size.components.len()) < wanted.level {
                return Err(malformed("a tile has fewer levels than the image"));
            }
            let (across, down) = (size.across(tile.columns), size.down(tile.rows));
            check(&coding.cost(size, across, down), bytes)?;
            codings.push((tile, coding));
        }
        if !missing
            && self.stream.high_throughput.is_none()
            && let Some(excerpt) = Excerpt::new(self, tiles, &codings, wanted, (x, y), separable)?
        {
            let Excerpt { stream, area } = excerpt;
            let source = Source { stream, area, reduce: 0 };
            match self.decode(source, wanted, (x, y), separable, planes) {
                // What the file lists may be wrong.
                Err(DecodeError::Malformed(_)) => {}
                result => return result,
            }
        }
        match self.parts.stream(self.source, self.stream, tiles)? {
            Some(stream) => {
                let area = self.right_area(tiles, (x, y), wanted)?;
                let source = Source { stream, area, reduce: wanted.level };
                self.decode(source, wanted, (x, y), separable, planes)
            }
            // Cut off: the rest of the picture is shown.
            None => Ok(()),
        }
    }

    /// The area `OpenJPEG` decodes right: of HTJ2K all of the tiles, as areas of them are wrong
    /// (2.5.0 to 2.5.4).
    fn right_area(
        &self,
        tiles: Tiles,
        area: Area,
        wanted: &Wanted<'_>,
    ) -> Result<Area, DecodeError> {
        let size = &self.stream.size;
        if self.stream.high_throughput.is_none() {
            return Ok(area);
        }
        let (x, y) = (size.across(tiles.columns), size.down(tiles.rows));
        let samples = |(from, to): (u32, u32)| u64::from(to - from) >> wanted.level;
        let pixels = samples(x).saturating_mul(samples(y));
        if pixels.saturating_mul(4 * size.components.len() as u64) > MAX_WHOLE {
            return Err(too_large("a tile of HTJ2K that has to be decoded as a whole"));
        }
        Ok((x, y))
    }

    /// Decodes an area and puts what is wanted of it into the planes.
    fn decode(
        &self,
        source: Source<'_>,
        wanted: &Wanted<'_>,
        (x, y): Area,
        separable: bool,
        planes: &mut [Plane],
    ) -> Result<(), DecodeError> {
        let Source { stream, area, reduce } = source;
        let edges =
            |(from, to): (u32, u32)| Some((i32::try_from(from).ok()?, i32::try_from(to).ok()?));
        let edges = edges(area.0).zip(edges(area.1));
        let (x_edges, y_edges) =
            edges.ok_or_else(|| too_large("sides of more than 2^31 pixels"))?;
        let all = self.stream.size.components.len();
        let chosen: Vec<u32> = wanted.components.iter().map(|number| (*number).into()).collect();
        let some = separable && chosen.len() < all;
        let request = Request {
            x: x_edges,
            y: y_edges,
            reduce,
            layers: wanted.layers,
            helpers: self.helpers,
            components: some.then_some(chosen.as_slice()),
        };
        let picture = openjpeg::decode(stream, &request)?;
        for ((index, number), plane) in (0..).zip(&chosen).zip(planes) {
            let index = if some { index } else { *number as usize };
            let step = plane.component.step;
            let span = |area, step: u8| samples(area, step.into(), wanted.level);
            let (x, y) = (span(x, step.0), span(y, step.1));
            let Some(decoded) = picture.component(index) else { continue };
            // An excerpt has as many samples as are wanted.
            let corner = if reduce == wanted.level {
                (span(area.0, step.0).0, span(area.1, step.1).0)
            } else {
                (x.0, y.0)
            };
            plane.paste(&decoded, corner, x, y);
        }
        Ok(())
    }

    /// As [`Image::try_tiles`] checks, for all tiles at once.
    fn check_whole(&self, tiles: Tiles) -> Result<(), DecodeError> {
        let size = &self.stream.size;
        if tiles.count().saturating_mul(TILE + COMPONENT * size.components.len() as u64) > MAX_LIST
        {
            return Err(too_large("a list of packet headers for very many tiles"));
        }
        check_largest(self.stream, &self.stream.coding)
    }
}

impl Plane {
    /// Copies decoded samples, which begin at `corner`, to their place; what does not belong there
    /// is left out.
    fn paste(
        &mut self,
        decoded: &openjpeg::Samples<'_>,
        corner: (u32, u32),
        x: (u32, u32),
        y: (u32, u32),
    ) {
        let inside = |edge: u32, corner: u32| edge.saturating_sub(corner) as usize;
        let (skipped, above) = (inside(x.0, corner.0), inside(y.0, corner.1));
        let width = (self.x.1 - self.x.0) as usize;
        let (Some(left), Some(top)) = (x.0.checked_sub(self.x.0), y.0.checked_sub(self.y.0)) else {
            return;
        };
        let (left, top) = (left as usize, top as usize);
        let wanted = (x.1.saturating_sub(x.0)) as usize;
        let there = decoded.width.saturating_sub(skipped);
        let count = wanted.min(there).min(width.saturating_sub(left));
        if width == 0 || count == 0 {
            return;
        }
        let rows = self.data.chunks_exact_mut(width).skip(top);
        let lines = decoded.data.chunks_exact(decoded.width).skip(above);
        let lines = lines.take(y.1.saturating_sub(y.0) as usize);
        for (to, from) in rows.zip(lines) {
            let from = from.get(skipped..skipped + count);
            if let (Some(to), Some(from)) = (to.get_mut(left..left + count), from) {
                to.copy_from_slice(from);
            }
        }
    }
}

/// What is decoded for an area.
struct Source<'a> {
    stream: Stream<'a>,
    /// The area in the coordinates of the stream.
    area: Area,
    /// Wavelet levels to leave out.
    reduce: u8,
}

/// Edges on the reference grid: left and right, upper and lower.
pub(super) type Area = ((u32, u32), (u32, u32));

/// Refuses images whose largest tile costs too much.
pub(super) fn check_largest(stream: &Codestream, coding: &Coding) -> Result<(), DecodeError> {
    let size = &stream.size;
    let largest = |(from, to): (u32, u32), start: u32, tile: u32| {
        if u64::from(to - start) <= u64::from(tile) {
            (from, to)
        } else {
            (from, from.saturating_add(tile).min(to))
        }
    };
    let x = largest((size.start.0, size.end.0), size.tiles_start.0, size.tile.0);
    let y = largest((size.start.1, size.end.1), size.tiles_start.1, size.tile.1);
    // No tile has more bytes than all of them.
    check(&coding.cost(size, x, y), (stream.end - stream.start).min(MAX_BYTES))
}

/// Refuses a tile that would take too long, or too much memory.
fn check(cost: &Cost, bytes: u64) -> Result<(), DecodeError> {
    if cost.memory() > MAX_MEMORY {
        return Err(too_large("code-blocks by the million in one tile"));
    }
    if bytes > MAX_BYTES {
        return Err(too_large("more than 2 GiB for one tile"));
    }
    // A header of a few bytes can promise any size. What is coded needs bits: an empty packet at
    // least one, and hardly any picture has less than one bit for eight of its code-blocks.
    let allowance = bytes.saturating_mul(64);
    if cost.blocks > allowance.saturating_add(1 << 18)
        || cost.walk() > allowance.saturating_add(1 << 22)
    {
        return Err(malformed("it is much too short for its size"));
    }
    Ok(())
}

/// Columns and rows of tiles that `OpenJPEG` gets at once.
fn group(components: usize) -> u16 {
    let tile = TILE + COMPONENT * components as u64;
    let fits = |side: &u16| tile * u64::from(*side).pow(2) <= MAX_GROUP;
    (1..=16).rev().find(fits).unwrap_or(1)
}

/// Bytes `OpenJPEG` takes for a tile, and for each component of it, before anything is decoded; and
/// how much that may be.
const TILE: u64 = 6000;
const COMPONENT: u64 = 1100;
const MAX_LIST: u64 = 256 << 20;
const MAX_GROUP: u64 = 8 << 20;

/// Bytes `OpenJPEG` may take for the code-blocks of a tile: 3 components of 4 gigapixels untiled.
const MAX_MEMORY: u64 = 3 << 30;

/// Bytes of samples that `OpenJPEG` may take for tiles it has to decode as a whole.
const MAX_WHOLE: u64 = 1 << 30;

/// Bytes of a tile in the file.
const MAX_BYTES: u64 = 2 << 30;
