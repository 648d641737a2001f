use std::sync::Arc;

use super::{Render, RenderError};
use crate::cache::RawTile;
use crate::codec::{DecodeError, Scratch};
use crate::image::{Rect, Selection, TileRef};
use crate::raster::{Raster, SampleType, Samples, Shape, Window};

/// Source pixels: shared with the cache, or made for this picture alone.
pub(super) enum Gathered {
    Owned(Raster),
    Shared(Arc<Raster>),
}

impl Gathered {
    /// Gives the buffer back that a region was put together in.
    pub(super) fn recycle(self, scratch: &mut Scratch) {
        if let Self::Owned(raster) = self
            && let (_, Samples::U8(samples)) = raster.into_parts()
            && samples.capacity() > scratch.canvas.capacity()
        {
            scratch.canvas = samples;
        }
    }

    pub(super) fn as_raster(&self) -> &Raster {
        match self {
            Self::Owned(raster) => raster,
            Self::Shared(raster) => raster,
        }
    }
}

/// Whether a decoded tile is kept.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Keep {
    /// Its neighbours will need it, or the next region.
    Always,
    /// From the second time on: the finished picture answers the same request better.
    Again,
    /// It is the picture, or one tile of so many that they would drive all others out.
    Never,
}

/// One tile.
pub(super) fn tile(
    render: &Render<'_>,
    at: TileRef,
    selection: &Selection,
    keep: Keep,
    scratch: &mut Scratch,
) -> Result<Gathered, RenderError> {
    let image = render.image;
    let key = RawTile { image: image.id, at, selection: selection.clone() };
    let decode = |scratch: &mut Scratch| image.decoder.tile(at, selection, scratch);
    let keep = match keep {
        Keep::Always => true,
        Keep::Again => render.tiles.asked_again(&key),
        Keep::Never => false,
    };
    if keep {
        return Ok(Gathered::Shared(render.tiles.raw_or(key, || decode(scratch))?));
    }
    match render.tiles.raw(&key) {
        Some(raster) => Ok(Gathered::Shared(raster)),
        None => Ok(Gathered::Owned(decode(scratch)?)),
    }
}

/// At least so many rows of a tile from its top, for few of its samples.
pub(super) fn rows(
    render: &Render<'_>,
    at: TileRef,
    rows: u32,
    selection: &Selection,
    scratch: &mut Scratch,
) -> Result<Gathered, RenderError> {
    let key = RawTile { image: render.image.id, at, selection: selection.clone() };
    // Who asks again gets the whole tile, and the next one after that finds it.
    if render.tiles.raw(&key).is_some() || render.tiles.asked_again(&key) {
        return tile(render, at, selection, Keep::Again, scratch);
    }
    Ok(Gathered::Owned(render.image.decoder.rows(at, rows, selection, scratch)?))
}

/// A rectangle of a level, put together from tiles.
pub(super) fn region(
    render: &Render<'_>,
    (index, rect): (u8, Rect),
    selection: &Selection,
    keep: Keep,
    scratch: &mut Scratch,
) -> Result<Gathered, RenderError> {
    let level = render.level(index)?;
    render.image.decoder.will_read(index, rect, selection);
    // The rectangle is a tile.
    if let Some((column, row)) = level.tile_at(rect) {
        let at = TileRef { level: index, column, row };
        return tile(render, at, selection, keep, scratch);
    }
    let shape = render.image.info().shape(rect.width, rect.height, &selection.bands);
    let mut canvas = blank(shape, scratch)?;
    paste(render, (index, rect), selection, keep, (&mut canvas, 0), scratch)?;
    Ok(Gathered::Owned(canvas))
}

/// Puts a rectangle of a level on a canvas of its width, from a row of that on.
pub(super) fn paste(
    render: &Render<'_>,
    (index, rect): (u8, Rect),
    selection: &Selection,
    keep: Keep,
    (canvas, top): (&mut Raster, u32),
    scratch: &mut Scratch,
) -> Result<(), RenderError> {
    let level = render.level(index)?;
    // The canvas may hold pixels of another picture: none of them may be left.
    if level.rect().intersection(&rect) != Some(rect) {
        return Err(DecodeError::Malformed("pixels outside of a level".into()).into());
    }
    let columns = rect.x / level.tile_width..=last(rect.right(), level.tile_width);
    for row in rect.y / level.tile_height..=last(rect.bottom(), level.tile_height) {
        for column in columns.clone() {
            render.check()?;
            let at = TileRef { level: index, column, row };
            let Some(tile_rect) = level.tile_rect(column, row) else { continue };
            let Some(common) = tile_rect.intersection(&rect) else { continue };
            let tile = tile(render, at, selection, keep, scratch)?;
            let Rect { x, y, width, height } = common;
            let part = Window { x: x - tile_rect.x, y: y - tile_rect.y, width, height };
            canvas.paste(tile.as_raster(), part, x - rect.x, y - rect.y + top)?;
        }
    }
    Ok(())
}

pub(super) fn last(end: u64, tile: u32) -> u32 {
    u32::try_from(end.saturating_sub(1) / u64::from(tile)).unwrap_or(u32::MAX)
}

/// A raster for all samples of a region. What it holds is of no matter: tiles cover it all.
pub(super) fn blank(shape: Shape, scratch: &mut Scratch) -> Result<Raster, RenderError> {
    if shape.sample != SampleType::U8 {
        return Ok(Raster::zeroed(shape)?);
    }
    let mut buffer = std::mem::take(&mut scratch.canvas);
    buffer.resize(shape.bytes()?, 0);
    Ok(Raster::new(shape, Samples::U8(buffer))?)
}
