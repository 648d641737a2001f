//! The one list of operations, the same for tiles and regions.

use std::num::NonZeroU16;

use super::area::Area;
use super::display::{Development, Display, Purpose, grown};
use super::level::Located;
use super::{EmbedPlan, Facts, Plan, PlanError, Policy, Source, encoding, profile};
use crate::codec::Encoder;
use crate::codec::encode::encoder;
use crate::command::{Adjust, ColorMode, Finite, MetadataKey, Orient, View};
use crate::image::{ImageInfo, Level, Rect, Selection};
use crate::process::{self, Margin, Op, Part};
use crate::raster::{Alpha, ColorSpace, SampleType, Shape};

/// Completes a plan: pixels are located, what is done to them follows from the view.
pub(super) fn plan(
    located: Located,
    (width, height): (u32, u32),
    area: &Area,
    view: &View,
    facts: &Facts<'_>,
    policy: &Policy,
) -> Result<Plan, PlanError> {
    let format = view.output.format;
    let encoder = encoder(format).ok_or(PlanError::Format(format.extension()))?;
    let embed = embed(view, facts, located.source, area, width, policy);
    // Equalising has to know what is missing, even where the format cannot show it.
    let transparent = takes_alpha(encoder) || view.adjust.contains(&Adjust::Equalize);
    let purpose = Purpose { transparent, depth: view.output.depth };
    let development = Development::new(facts.info, &view.adjust, purpose, facts.statistics);
    let (source, margin) = with_margin(facts.info, located.source, development.reach())?;
    let level = facts.info.level(source.level()).ok_or(PlanError::NoTile)?;
    let Display { mut selection, ops } = development.display(level, margin)?;
    selection.layers = layers(view.layers, facts.info, policy);
    let input = source_shape(facts.info, source, &selection)?;
    check_source(&input, policy)?;
    let mut chain = Chain { shape: input, ops: Vec::new() };
    for op in ops {
        chain.push(op)?;
    }
    chain.flatten(encoder)?;
    // The order is that of IIIF, and of section 10.1 of the behaviour specification.
    chain.resize(&located.part, width, height, policy)?;
    chain.convert(view, facts, encoder)?;
    chain.color(view, facts)?;
    chain.orient(view.orient, encoder)?;
    chain.fit(facts.info, encoder)?;
    encoding::check(&view.output, encoder, &chain.shape)?;
    chain.watermark(facts.info, located.source, policy)?;
    let passthrough = policy.passthrough && view.output.quality.is_none() && chain.ops.is_empty();
    Ok(Plan {
        image: facts.id,
        source,
        selection,
        format,
        options: encoding::options(&view.output, policy),
        embed,
        passthrough: passthrough && matches!(source, Source::Tile(_)),
        ops: chain.ops,
    })
}

/// Refuses to read more pixels than one answer may.
pub(super) fn check_source(shape: &Shape, policy: &Policy) -> Result<(), PlanError> {
    let bytes = shape.bytes()? as u64;
    if bytes > policy.max_memory {
        let (asked, allowed) = (bytes >> 20, policy.max_memory >> 20);
        return Err(PlanError::SourceTooLarge { asked, allowed });
    }
    Ok(())
}

/// Shape of the decoded source pixels.
pub(super) fn source_shape(
    info: &ImageInfo,
    source: Source,
    selection: &Selection,
) -> Result<Shape, PlanError> {
    let rect = source_rect(info, source).ok_or(PlanError::NoTile)?;
    Ok(info.shape(rect.width, rect.height, &selection.bands))
}

/// A source with so many pixels around it, as far as its level goes.
fn with_margin(
    info: &ImageInfo,
    source: Source,
    reach: u32,
) -> Result<(Source, Margin), PlanError> {
    if reach == 0 {
        return Ok((source, Margin::default()));
    }
    let index = source.level();
    let level = info.level(index).ok_or(PlanError::NoTile)?;
    let rect = source_rect(info, source).ok_or(PlanError::NoTile)?;
    let (rect, margin) = grown(rect, level, reach);
    Ok((Source::Region { level: index, rect }, margin))
}

fn source_rect(info: &ImageInfo, source: Source) -> Option<Rect> {
    match source {
        Source::Region { rect, .. } => Some(rect),
        Source::Tile(at) => info.level(at.level)?.tile_rect(at.column, at.row),
    }
}

/// Quality layers to decode (behaviour specification, 7.5): `LYR` up to the most that are allowed,
/// and half of them when neither is set.
fn layers(asked: Option<i32>, info: &ImageInfo, policy: &Policy) -> Option<NonZeroU16> {
    let all = i32::from(info.layers);
    if all <= 1 {
        return None;
    }
    let most = policy.max_layers;
    let wanted = match asked {
        Some(asked) if most <= 0 || (0 < asked && asked < most) => asked,
        None if most < 0 => all,
        Some(_) => most,
        None => most.max(0),
    };
    let wanted = match wanted {
        ..0 => all,
        0 => (all + 1) / 2,
        _ => wanted.min(all),
    };
    NonZeroU16::new(u16::try_from(wanted).unwrap_or(u16::MAX)).filter(|_| wanted < all)
}

struct Chain {
    shape: Shape,
    ops: Vec<Op>,
}

impl Chain {
    fn push(&mut self, op: Op) -> Result<(), PlanError> {
        self.shape = op.shape(self.shape)?;
        self.ops.push(op);
        Ok(())
    }

    fn resize(
        &mut self,
        part: &Area,
        width: u32,
        height: u32,
        policy: &Policy,
    ) -> Result<(), PlanError> {
        let whole = Area::from(Rect { x: 0, y: 0, width, height });
        if *part == whole && (self.shape.width, self.shape.height) == (width, height) {
            return Ok(());
        }
        let finite = |value| Finite::new(value).ok_or(PlanError::NoTile);
        let part = Part {
            x: finite(part.x)?,
            y: finite(part.y)?,
            width: finite(part.width)?,
            height: finite(part.height)?,
        };
        self.push(Op::Resize { part, width, height, filter: policy.filter })
    }

    /// Leaves out bands that the format cannot hold. Alpha is needed for scaling.
    fn flatten(&mut self, encoder: &dyn Encoder) -> Result<(), PlanError> {
        let colors = encoder.accepts(&self.shape).color_channels();
        if self.shape.alpha == Alpha::None && colors < self.shape.channels {
            self.push(Op::Bands(colors))?;
        }
        Ok(())
    }

    /// Converts to sRGB before anything looks at the colours.
    fn convert(
        &mut self,
        view: &View,
        facts: &Facts<'_>,
        encoder: &dyn Encoder,
    ) -> Result<(), PlanError> {
        let Some(profile) = profile::of(view, facts) else { return Ok(()) };
        if self.shape.alpha == Alpha::Premultiplied && takes_alpha(encoder) {
            self.push(Op::Straighten { bits: 8 })?;
        }
        self.push(Op::Srgb(profile.clone()))
    }

    fn color(&mut self, view: &View, facts: &Facts<'_>) -> Result<(), PlanError> {
        let gray = self.shape.color_channels() == 1;
        let histogram = || facts.histogram.ok_or(PlanError::NeedsHistogram);
        match view.color {
            ColorMode::Native => {}
            ColorMode::Gray | ColorMode::Bitonal if gray => {}
            ColorMode::Gray | ColorMode::Bitonal => self.push(Op::Gray)?,
        }
        if view.color == ColorMode::Bitonal {
            self.push(Op::Threshold(histogram()?.threshold()))?;
        }
        if view.adjust.contains(&Adjust::Equalize) {
            self.push(Op::Equalize(histogram()?.equalized()))?;
        }
        Ok(())
    }

    fn orient(&mut self, orient: Orient, encoder: &dyn Encoder) -> Result<(), PlanError> {
        if orient.mirror {
            self.push(Op::Flip)?;
        }
        let degrees = orient.degrees.value();
        if degrees % 90.0 != 0.0 {
            let with_alpha = Shape { alpha: Alpha::Straight, ..self.shape };
            let with_alpha =
                Shape { channels: with_alpha.channels.saturating_add(1), ..with_alpha };
            let transparent = self.shape.alpha != Alpha::None
                || encoder.accepts(&with_alpha).alpha != Alpha::None;
            return self.push(Op::Rotate { degrees: orient.degrees, transparent });
        }
        for (turned, quarters) in [(90.0, 1), (180.0, 2), (270.0, 3)] {
            #[expect(clippy::float_cmp, reason = "quarters are exact")]
            if degrees == turned {
                self.push(Op::Turn(quarters))?;
            }
        }
        Ok(())
    }

    /// A tile has one mark, other pictures one in each square of two tiles (behaviour
    /// specification, 18). Places are drawn from the size of the image, not from its version, so
    /// that copies of a file on several machines look the same.
    fn watermark(
        &mut self,
        info: &ImageInfo,
        source: Source,
        policy: &Policy,
    ) -> Result<(), PlanError> {
        let Some(watermark) = policy.watermark.clone() else { return Ok(()) };
        let image = (info.width(), info.height());
        let largest = |level: &Level| level.tile_width.max(level.tile_height);
        let (side, seed) = match source {
            Source::Tile(at) => (0, process::seed(image, at.level, (at.column, at.row))),
            Source::Region { level, .. } => {
                let side = info.levels.first().map_or(0, largest).saturating_mul(2);
                (side, process::seed(image, level, (u32::MAX, u32::MAX)))
            }
        };
        self.push(Op::Watermark { watermark, side, seed })
    }

    /// Adds what the output format needs.
    fn fit(&mut self, info: &ImageInfo, encoder: &dyn Encoder) -> Result<(), PlanError> {
        let wanted = encoder.accepts(&self.shape);
        if wanted.channels < self.shape.channels {
            self.push(Op::Bands(wanted.channels))?;
        }
        if wanted.alpha == Alpha::Straight && self.shape.alpha == Alpha::Premultiplied {
            let bits = if self.shape.sample == SampleType::U8 { 8 } else { info.bits };
            self.push(Op::Straighten { bits })?;
        }
        Ok(())
    }
}

/// Whether a format has alpha for pictures that have none so far.
fn takes_alpha(encoder: &dyn Encoder) -> bool {
    let gray = Shape::new(1, 1, 2, SampleType::U8, ColorSpace::Gray);
    encoder.accepts(&Shape { alpha: Alpha::Straight, ..gray }).alpha != Alpha::None
}

/// Tiles carry colour and density, regions all there is (behaviour specification, 8 and 11).
fn embed(
    view: &View,
    facts: &Facts<'_>,
    source: Source,
    area: &Area,
    width: u32,
    policy: &Policy,
) -> EmbedPlan {
    let info = facts.info;
    let icc = profile::is_embedded(view, facts, policy);
    let scale = f64::from(width) / area.width;
    let resolution = info.resolution.and_then(|resolution| {
        let x = Finite::new(resolution.x * scale)?;
        Some((x, Finite::new(resolution.y * scale)?, resolution.unit))
    });
    let texts = matches!(source, Source::Region { .. });
    let rights = policy.rights.clone();
    let rights = rights.filter(|_| texts && info.metadata.text(MetadataKey::Rights).is_none());
    EmbedPlan { icc, texts, rights, resolution }
}
