use std::borrow::Cow;
use std::time::{Duration, Instant};

use super::RenderError;
use super::gather::{self, Gathered, Keep};
use super::rows::Rows;
use crate::cache::{Cancel, Encoded, TileCache};
use crate::codec::encode::{encoder, jpeg};
use crate::codec::{Embed, EncodeError, Scratch};
use crate::command::{Format, MetadataKey};
use crate::image::{Bands, Level, Resolution, Selection, TileRef};
use crate::plan::{Display, Plan, Source};
use crate::process::{self, Collector, Histogram, Lookups, Op, RowChain, Statistics};
use crate::raster::Raster;
use crate::store::Image;

/// An image, the cache of its tiles, and the wish of those who wait.
#[derive(Debug)]
pub struct Render<'a> {
    /// The image.
    pub image: &'a Image,
    /// Decoded tiles.
    pub tiles: &'a TileCache,
    /// Tables of operations.
    pub lookups: &'a Lookups,
    /// Set when nobody waits any more.
    pub cancel: &'a Cancel,
}

/// Where the time of one picture went.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Stages {
    /// Reading and decoding tiles.
    pub gather: Duration,
    /// Operations.
    pub process: Duration,
    /// Encoding.
    pub encode: Duration,
}

impl Render<'_> {
    /// Makes the picture of a plan.
    pub fn picture(
        &self,
        plan: &Plan,
        scratch: &mut Scratch,
    ) -> Result<(Encoded, Stages), RenderError> {
        let started = Instant::now();
        let mut stages = Stages::default();
        self.check()?;
        if let (true, Source::Tile(at)) = (plan.passthrough, plan.source)
            && let Some(encoded) = self.stored(plan, at)?
        {
            stages.gather = started.elapsed();
            return Ok((encoded, stages));
        }
        let (source, ops) = self.source(plan, &mut stages, scratch)?;
        let processed = Instant::now();
        let raster = self.process(ops, source.as_raster())?;
        stages.process += processed.elapsed();
        let encoded = Instant::now();
        let bytes = self.encode(plan, &raster, scratch)?;
        drop(raster);
        source.recycle(scratch);
        stages.encode = encoded.elapsed();
        Ok((Encoded { format: plan.format, bytes }, stages))
    }

    /// The pixels of a plan, and what is still to be done to them.
    fn source<'p>(
        &self,
        plan: &'p Plan,
        stages: &mut Stages,
        scratch: &mut Scratch,
    ) -> Result<(Gathered, &'p [Op]), RenderError> {
        let started = Instant::now();
        let source = match plan.source {
            Source::Tile(at) => {
                let keep = if plan.ops.is_empty() { Keep::Never } else { Keep::Again };
                gather::tile(self, at, &plan.selection, keep, scratch)?
            }
            Source::Region { level: index, rect } => {
                let selection = &plan.selection;
                let small = plan.is_small(self.image.info());
                let keep = if small { Keep::Always } else { Keep::Never };
                let shape = self.image.info().shape(rect.width, rect.height, &selection.bands);
                let (chain, rest) = RowChain::new(&plan.ops, shape)?;
                if !chain.is_empty() {
                    let rows = Rows { render: self, index, rect, selection, keep, chain };
                    let pieces = rows.pieces()?;
                    if pieces.len() > 1 {
                        let picture = rows.picture(&pieces, stages, scratch)?;
                        return Ok((Gathered::Owned(picture), rest));
                    }
                }
                gather::region(self, (index, rect), selection, keep, scratch)?
            }
        };
        stages.gather = started.elapsed();
        Ok((source, &plan.ops))
    }

    /// Statistics of these bands of the smallest level, in the values of the file.
    pub fn statistics(
        &self,
        bands: &Bands,
        scratch: &mut Scratch,
    ) -> Result<Statistics, RenderError> {
        let info = self.image.info();
        let (index, level) = self.smallest()?;
        let shape = info.shape(level.width, level.height, bands);
        let mut collector = Collector::new(shape, info.nodata);
        let selection = Selection { bands: bands.clone(), layers: None };
        for row in 0..level.rows() {
            for column in 0..level.columns() {
                self.check()?;
                let at = TileRef { level: index, column, row };
                let tile = gather::tile(self, at, &selection, Keep::Always, scratch)?;
                collector.add(tile.as_raster())?;
            }
        }
        self.check()?;
        Ok(collector.finish())
    }

    /// Counts the grey values of the smallest level, shown in this way.
    pub fn histogram(
        &self,
        display: &Display,
        scratch: &mut Scratch,
    ) -> Result<Histogram, RenderError> {
        let (index, level) = self.smallest()?;
        let source =
            gather::region(self, (index, level.rect()), &display.selection, Keep::Always, scratch)?;
        let histogram = Histogram::new(&*self.process(&display.ops, source.as_raster())?)?;
        source.recycle(scratch);
        Ok(histogram)
    }

    /// The smallest level and its index.
    fn smallest(&self) -> Result<(u8, &Level), RenderError> {
        let levels = &self.image.info().levels;
        let (index, level) = levels.iter().enumerate().next_back().ok_or(RenderError::Cancelled)?;
        Ok((u8::try_from(index).map_err(|_| RenderError::Cancelled)?, level))
    }

    /// Stops the work when nobody waits for it.
    pub(super) fn check(&self) -> Result<(), RenderError> {
        if self.cancel.is_cancelled() { Err(RenderError::Cancelled) } else { Ok(()) }
    }

    /// The stored bytes of a tile, with the profile of the image put in.
    fn stored(&self, plan: &Plan, at: TileRef) -> Result<Option<Encoded>, RenderError> {
        let stored = self.image.decoder.stored(at)?;
        let Some((format, bytes)) = stored.filter(|(format, _)| *format == plan.format) else {
            return Ok(None);
        };
        let icc = self.image.info().metadata.icc.as_ref().filter(|_| plan.embed.icc);
        let bytes = match (format, icc) {
            (_, None) => bytes,
            (Format::Jpeg, Some(icc)) => jpeg::insert_icc(&bytes, icc),
            (_, Some(_)) => return Ok(None),
        };
        Ok(Some(Encoded { format, bytes }))
    }

    fn process<'a>(&self, ops: &[Op], source: &'a Raster) -> Result<Cow<'a, Raster>, RenderError> {
        process::run(ops, source, self.lookups, || self.check())
    }

    fn encode(
        &self,
        plan: &Plan,
        raster: &Raster,
        scratch: &mut Scratch,
    ) -> Result<bytes::Bytes, RenderError> {
        self.check()?;
        let encoder =
            encoder(plan.format).ok_or(EncodeError::Shape { format: plan.format.extension() })?;
        let metadata = &self.image.info().metadata;
        let resolution = plan.embed.resolution.map(|(x, y, unit)| {
            let (x, y) = (x.value(), y.value());
            Resolution { x, y, unit }
        });
        let mut texts = Cow::Borrowed(&metadata.texts);
        if let Some(rights) = &plan.embed.rights {
            texts.to_mut().insert(MetadataKey::Rights, rights.to_string());
        }
        let embed = Embed {
            icc: metadata.icc.as_deref().filter(|_| plan.embed.icc),
            xmp: metadata.xmp.as_deref().filter(|_| plan.embed.texts),
            exif: metadata.exif.as_deref().filter(|_| plan.embed.texts),
            texts: Some(&*texts).filter(|_| plan.embed.texts),
            resolution,
        };
        Ok(encoder.encode(raster, &plan.options, &embed, scratch)?)
    }
}
