//! The one list of operations, the same for tiles and regions.

use std::num::NonZeroU16;

use super::area::Area;
use super::level::Located;
use super::{Display, EmbedPlan, Facts, Plan, PlanError, Policy, Source, display, needs_histogram};
use crate::codec::encode::encoder;
use crate::codec::{EncodeOptions, Encoder};
use crate::command::{ColorMode, Finite, Format, Orient, View};
use crate::image::{ImageInfo, Level, Rect, Selection};
use crate::process::{self, Op, Part};
use crate::raster::{Alpha, Shape};

/// Completes a plan: pixels are located, what is done to them follows from the view.
pub(super) fn plan(
    located: Located,
    (width, height): (u32, u32),
    area: &Area,
    view: &View,
    facts: &Facts<'_>,
    policy: &Policy,
) -> Result<Plan, PlanError> {
    if let Some(adjust) = view.adjust.first() {
        return Err(PlanError::NotYet(adjust.name()));
    }
    let format = view.output.format;
    let encoder = encoder(format).ok_or(PlanError::Format(format.extension()))?;
    let source = located.source;
    let Display { mut selection, ops } = display(facts.info);
    selection.layers = layers(view.layers, facts.info, policy);
    let input = source_shape(facts.info, source, &selection)?;
    check_source(&input, policy)?;
    let mut chain = Chain { shape: input, ops: Vec::new() };
    for op in ops {
        chain.push(op)?;
    }
    // The order is that of IIIF, and of section 10.1 of the behaviour specification.
    chain.resize(&located.part, width, height, policy)?;
    chain.color(view, facts)?;
    chain.orient(view.orient, encoder)?;
    chain.fit(encoder)?;
    chain.watermark(facts.info, located.source, policy)?;
    let quality = view.output.quality;
    let passthrough = policy.passthrough && quality.is_none() && chain.ops.is_empty();
    Ok(Plan {
        image: facts.id,
        source,
        selection,
        format,
        options: EncodeOptions { quality: encoder_quality(format, quality, policy) },
        embed: embed(facts.info, source, area, width, policy),
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

    fn color(&mut self, view: &View, facts: &Facts<'_>) -> Result<(), PlanError> {
        let gray = self.shape.color_channels() == 1;
        match view.color {
            ColorMode::Native => return Ok(()),
            ColorMode::Gray | ColorMode::Bitonal if gray => {}
            ColorMode::Gray | ColorMode::Bitonal => self.push(Op::Gray)?,
        }
        if needs_histogram(view) {
            let histogram = facts.histogram.ok_or(PlanError::NeedsHistogram)?;
            self.push(Op::Threshold(histogram.threshold()))?;
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
    fn fit(&mut self, encoder: &dyn Encoder) -> Result<(), PlanError> {
        let wanted = encoder.accepts(&self.shape);
        if wanted.channels < self.shape.channels {
            self.push(Op::Bands(wanted.channels))?;
        }
        if wanted.alpha == Alpha::Straight && self.shape.alpha == Alpha::Premultiplied {
            self.push(Op::Straighten)?;
        }
        Ok(())
    }
}

/// Quality in the range of the format (behaviour specification, 5, `QLT`).
fn encoder_quality(format: Format, asked: Option<i32>, policy: &Policy) -> i32 {
    let (default, range) = match format {
        Format::Jpeg => (policy.jpeg_quality, 0..=100),
        Format::Png => (policy.png_quality, 0..=9),
        Format::Avif | Format::Tiff | Format::Webp => (0, 0..=100),
    };
    asked.map_or(i32::from(default), |quality| quality.clamp(*range.start(), *range.end()))
}

/// Tiles carry colour and density, regions all there is (behaviour specification, 8 and 11).
fn embed(info: &ImageInfo, source: Source, area: &Area, width: u32, policy: &Policy) -> EmbedPlan {
    let icc = info.metadata.icc.as_ref();
    let icc = icc.is_some_and(|icc| policy.max_icc.is_none_or(|max| icc.len() < max));
    let scale = f64::from(width) / area.width;
    let resolution = info.resolution.and_then(|resolution| {
        let x = Finite::new(resolution.x * scale)?;
        Some((x, Finite::new(resolution.y * scale)?, resolution.unit))
    });
    let xmp = info.metadata.xmp.is_some() && matches!(source, Source::Region { .. });
    EmbedPlan { icc, xmp, resolution }
}
