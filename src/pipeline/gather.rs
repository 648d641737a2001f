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
    /// Its neighbours will need it.
    Always,
    /// From the second time on: the finished picture answers the same request better.
    Again,
    /// It is the picture.
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
    index: u8,
    rect: Rect,
    selection: &Selection,
    scratch: &mut Scratch,
) -> Result<Gathered, RenderError> {
    let info = render.image.info();
    let level = info.level(index).ok_or(DecodeError::Malformed("level is missing".into()))?;
    let columns = rect.x / level.tile_width..=last(rect.right(), level.tile_width);
    let rows = rect.y / level.tile_height..=last(rect.bottom(), level.tile_height);
    let mut canvas: Option<Raster> = None;
    render.image.decoder.will_read(index, rect, selection);
    for row in rows {
        for column in columns.clone() {
            render.check()?;
            let at = TileRef { level: index, column, row };
            let Some(tile_rect) = level.tile_rect(column, row) else { continue };
            let Some(common) = tile_rect.intersection(&rect) else { continue };
            let tile = tile(render, at, selection, Keep::Always, scratch)?;
            if tile_rect == rect {
                return Ok(tile);
            }
            let canvas = if let Some(canvas) = &mut canvas {
                canvas
            } else {
                let shape = info.shape(rect.width, rect.height, &selection.bands);
                canvas.insert(blank(shape, scratch)?)
            };
            let Rect { x, y, width, height } = common;
            let part = Window { x: x - tile_rect.x, y: y - tile_rect.y, width, height };
            canvas.paste(tile.as_raster(), part, x - rect.x, y - rect.y)?;
        }
    }
    canvas.map(Gathered::Owned).ok_or(RenderError::Cancelled)
}

pub(super) fn last(end: u64, tile: u32) -> u32 {
    u32::try_from(end.saturating_sub(1) / u64::from(tile)).unwrap_or(u32::MAX)
}

/// A raster for all samples of a region. What it holds is of no matter: tiles cover it all.
fn blank(shape: Shape, scratch: &mut Scratch) -> Result<Raster, RenderError> {
    if shape.sample != SampleType::U8 {
        return Ok(Raster::zeroed(shape)?);
    }
    let mut buffer = std::mem::take(&mut scratch.canvas);
    buffer.resize(shape.bytes()?, 0);
    Ok(Raster::new(shape, Samples::U8(buffer))?)
}
