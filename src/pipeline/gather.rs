use std::sync::Arc;

use super::{Render, RenderError};
use crate::codec::Scratch;
use crate::image::{Level, Rect, TileRef};
use crate::raster::{Raster, Samples, Shape};

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

/// One tile. It is kept only where it will be of use again: the finished picture answers the same
/// request better.
pub(super) fn tile(
    render: &Render<'_>,
    at: TileRef,
    keep: bool,
    scratch: &mut Scratch,
) -> Result<Gathered, RenderError> {
    let image = render.image;
    let decode = |scratch: &mut Scratch| image.decoder.tile(at, scratch);
    if keep {
        return Ok(Gathered::Shared(render.tiles.raw_or(image.id, at, || decode(scratch))?));
    }
    match render.tiles.raw(image.id, at) {
        Some(raster) => Ok(Gathered::Shared(raster)),
        None => Ok(Gathered::Owned(decode(scratch)?)),
    }
}

/// A rectangle of a level, put together from tiles.
pub(super) fn region(
    render: &Render<'_>,
    index: u8,
    level: &Level,
    rect: Rect,
    scratch: &mut Scratch,
) -> Result<Gathered, RenderError> {
    if let Some(raster) = render.image.decoder.region(index, rect, scratch) {
        return Ok(Gathered::Owned(raster?));
    }
    let columns = rect.x / level.tile_width..=last(rect.right(), level.tile_width);
    let rows = rect.y / level.tile_height..=last(rect.bottom(), level.tile_height);
    let mut canvas: Option<(Shape, Vec<u8>)> = None;
    for row in rows {
        for column in columns.clone() {
            render.check()?;
            let at = TileRef { level: index, column, row };
            let Some(tile_rect) = level.tile_rect(column, row) else { continue };
            let Some(common) = tile_rect.intersection(&rect) else { continue };
            let tile = tile(render, at, true, scratch)?;
            if tile_rect == rect {
                return Ok(tile);
            }
            let tile = tile.as_raster();
            if canvas.is_none() {
                let shape = tile.shape().resized(rect.width, rect.height);
                canvas = Some((shape, buffer(shape, scratch)?));
            }
            let Some((shape, samples)) = &mut canvas else { continue };
            paste(samples, *shape, &rect, tile, &tile_rect, &common)?;
        }
    }
    let (shape, samples) = canvas.ok_or(RenderError::Cancelled)?;
    Ok(Gathered::Owned(Raster::new(shape, Samples::U8(samples))?))
}

fn last(end: u64, tile: u32) -> u32 {
    u32::try_from(end.saturating_sub(1) / u64::from(tile)).unwrap_or(u32::MAX)
}

/// A buffer for all samples of a region. What it holds before is of no matter: tiles cover it all.
fn buffer(shape: Shape, scratch: &mut Scratch) -> Result<Vec<u8>, RenderError> {
    let mut buffer = std::mem::take(&mut scratch.canvas);
    buffer.resize(shape.bytes()?, 0);
    Ok(buffer)
}

/// Copies the common pixels of a tile to their place on the canvas, row by row.
fn paste(
    canvas: &mut [u8],
    shape: Shape,
    rect: &Rect,
    tile: &Raster,
    tile_rect: &Rect,
    common: &Rect,
) -> Result<(), RenderError> {
    let from = tile.shape();
    let (Some(source), true) = (tile.as_u8(), from.channels == shape.channels) else {
        return Err(crate::process::OpError::Unsuitable { op: "region" }.into());
    };
    let channels = usize::from(shape.channels);
    let offset = |rect: &Rect| (common.x - rect.x) as usize * channels;
    let skip = |rect: &Rect| (common.y - rect.y) as usize;
    let width = common.width as usize * channels;
    let source = source.chunks_exact(from.row_samples()).skip(skip(tile_rect));
    let target = canvas.chunks_exact_mut(shape.row_samples()).skip(skip(rect));
    for (source, target) in source.zip(target).take(common.height as usize) {
        let source = source.get(offset(tile_rect)..).and_then(|row| row.get(..width));
        let target = target.get_mut(offset(rect)..).and_then(|row| row.get_mut(..width));
        if let (Some(source), Some(target)) = (source, target) {
            target.copy_from_slice(source);
        }
    }
    Ok(())
}
