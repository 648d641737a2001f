//! Large regions, some rows at a time: their source never exists as a whole, it is worked on while
//! it is in the caches of the processor, and idle cores help.

use std::ops::Range;
use std::thread;
use std::time::Instant;

use super::gather::{self, Gathered, Keep};
use super::{Render, RenderError, Stages};
use crate::codec::Scratch;
use crate::image::{Level, Rect, Selection};
use crate::process::{self, RowChain};
use crate::raster::{Raster, Samples, Window};

/// Rows of the source that are worked on at a time, at least.
const ROWS: u32 = 256;
/// Pieces for each core that helps: fewer are not worth a thread.
const PIECES: usize = 2;

/// A region of a level on the way to its picture.
#[derive(Debug)]
pub(super) struct Rows<'a> {
    pub(super) render: &'a Render<'a>,
    pub(super) index: u8,
    pub(super) rect: Rect,
    pub(super) selection: &'a Selection,
    pub(super) keep: Keep,
    pub(super) chain: RowChain<'a>,
}

/// Prepared rows of the source.
struct Held {
    raster: Raster,
    first: u32,
}

impl Held {
    fn end(&self) -> u32 {
        self.first + self.raster.shape().height
    }
}

impl Rows<'_> {
    /// The rows of the picture in pieces that need about [`ROWS`] of the source each. Where it is
    /// possible, the source of a piece ends with a row of tiles.
    pub(super) fn pieces(&self) -> Result<Vec<Range<u32>>, RenderError> {
        let Level { tile_height, .. } = *self.render.level(self.index)?;
        let (top, tile) = (u64::from(self.rect.y), u64::from(tile_height));
        let (mut pieces, mut from, mut end) = (Vec::new(), 0, 0);
        while end < self.rect.height {
            let below = (top + u64::from(end) + u64::from(ROWS)).next_multiple_of(tile) - top;
            end = u32::try_from(below).unwrap_or(u32::MAX).min(self.rect.height);
            let to = self.chain.complete(end);
            if to > from {
                pieces.push(from..to);
                from = to;
            }
        }
        Ok(pieces)
    }

    /// Makes the picture of its pieces.
    pub(super) fn picture(
        &self,
        pieces: &[Range<u32>],
        stages: &mut Stages,
        scratch: &mut Scratch,
    ) -> Result<Raster, RenderError> {
        self.render.image.decoder.will_read(self.index, self.rect, self.selection);
        let shape = self.chain.output();
        let samples = shape.samples()?;
        let threads = (pieces.len() / PIECES).clamp(1, 1 + scratch.spare);
        // Those that are left may help the decoder.
        scratch.spare -= threads - 1;
        let mut parts = pieces.chunks(pieces.len().div_ceil(threads).max(1));
        let first = parts.next().unwrap_or_default();
        let made = thread::scope(|scope| -> Result<Samples, RenderError> {
            let helpers: Vec<_> = parts
                .map(|part| {
                    let rows = part.iter().map(|rows| rows.end - rows.start).sum::<u32>();
                    let room = rows as usize * shape.row_samples();
                    scope.spawn(move || {
                        let (mut stages, mut scratch) = (Stages::default(), Scratch::default());
                        self.part(part, room, &mut stages, &mut scratch)
                    })
                })
                .collect();
            let mut made = self.part(first, samples, stages, scratch);
            for helper in helpers {
                let part = helper.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
                if let Ok(made) = &mut made {
                    made.append(&part?)?;
                }
            }
            made
        })?;
        Ok(Raster::new(shape, made)?)
    }

    /// Pieces that follow each other, in a buffer with room for so many samples.
    fn part(
        &self,
        pieces: &[Range<u32>],
        room: usize,
        stages: &mut Stages,
        scratch: &mut Scratch,
    ) -> Result<Samples, RenderError> {
        let mut made = Samples::with_capacity(self.chain.output().sample, room)?;
        let mut held = None;
        for rows in pieces {
            let prepared =
                self.prepared(held.take(), self.chain.source_rows(rows.clone()), stages, scratch)?;
            let started = Instant::now();
            let piece = self.chain.rows(
                &prepared.raster,
                prepared.first,
                rows.clone(),
                self.render.lookups,
            )?;
            made.append(piece.samples())?;
            stages.process += started.elapsed();
            held = Some(prepared);
        }
        if let Some(held) = held {
            Gathered::Owned(held.raster).recycle(scratch);
        }
        Ok(made)
    }

    /// These rows of the source, of which some may be held already.
    fn prepared(
        &self,
        held: Option<Held>,
        rows: Range<u32>,
        stages: &mut Stages,
        scratch: &mut Scratch,
    ) -> Result<Held, RenderError> {
        let height = rows.end - rows.start;
        let (mut raster, kept) = match held.filter(|held| held.first <= rows.start) {
            Some(held) => {
                let kept = held.end().saturating_sub(rows.start).min(height);
                (held.raster.scrolled(rows.start - held.first, height)?, kept)
            }
            None => (gather::blank(self.chain.prepared(height), scratch)?, 0),
        };
        let (first, new) = (rows.start, rows.start + kept..rows.end);
        if !new.is_empty() {
            self.prepare(new, (&mut raster, kept), stages, scratch)?;
        }
        Ok(Held { raster, first })
    }

    /// Puts these rows of the source on a canvas, from a row of that on.
    fn prepare(
        &self,
        rows: Range<u32>,
        (canvas, top): (&mut Raster, u32),
        stages: &mut Stages,
        scratch: &mut Scratch,
    ) -> Result<(), RenderError> {
        let Self { render, selection, keep, .. } = *self;
        let height = rows.end - rows.start;
        let part = (self.index, Rect { y: self.rect.y + rows.start, height, ..self.rect });
        let started = Instant::now();
        if self.chain.before().is_empty() {
            gather::paste(render, part, selection, keep, (canvas, top), scratch)?;
            stages.gather += started.elapsed();
            return Ok(());
        }
        let source = gather::region(render, part, selection, keep, scratch)?;
        stages.gather += started.elapsed();
        let started = Instant::now();
        let prepared =
            process::run(self.chain.before(), source.as_raster(), render.lookups, || {
                render.check()
            })?;
        canvas.paste(&prepared, Window::whole(prepared.shape()), 0, top)?;
        drop(prepared);
        source.recycle(scratch);
        stages.process += started.elapsed();
        Ok(())
    }
}
