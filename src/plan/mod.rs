//! Intent resolved: a command and the facts of one image become a plan.
//!
//! Planning is pure. It reads no file and no clock, so that every rule of geometry can be tested
//! with numbers alone. All that the bytes of an answer depend on is in the plan: equal plans have
//! equal answers, which makes the plan the cache key.

mod adjustments;
mod area;
mod display;
mod encoding;
mod error;
mod level;
mod policy;
mod profile;
mod samples;
mod size;
mod steps;
mod tile;

pub use display::Display;
pub use error::PlanError;
pub use policy::Policy;
pub use samples::{Line, MOST_TILES, MOST_VALUES, line, rectangle};

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use crate::codec::EncodeOptions;
use crate::command::{Adjust, ColorMode, Command, Finite, Fit, Format, View};
use crate::image::{
    Bands, FileVersion, ImageId, ImageInfo, Rect, ResolutionUnit, Selection, TileRef,
};
use crate::process::{self, Histogram, IccProfile, Margin, Op, Statistics};
use crate::raster::Shape;

use area::Area;
use display::{Development, Purpose};

/// Everything needed to make a picture, and nothing else.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Plan {
    /// The image, in one version.
    pub image: ImageId,
    /// Where the pixels come from.
    pub source: Source,
    /// Which of their samples.
    pub selection: Selection,
    /// What is done to them, in this order.
    pub ops: Vec<Op>,
    /// Output format.
    pub format: Format,
    /// How it is encoded.
    pub options: EncodeOptions,
    /// What is written beside the pixels.
    pub embed: EmbedPlan,
    /// The stored bytes of the tile may be sent as they are.
    pub passthrough: bool,
}

/// Where a plan takes pixels from.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Source {
    /// A part of a level.
    Region {
        /// Level, 0 is full size.
        level: u8,
        /// Pixels of the level.
        rect: Rect,
    },
    /// One stored tile.
    Tile(TileRef),
}

impl Source {
    /// The level.
    pub fn level(self) -> u8 {
        match self {
            Self::Region { level, .. } => level,
            Self::Tile(at) => at.level,
        }
    }
}

/// What is written beside the pixels.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct EmbedPlan {
    /// The ICC profile of the image.
    pub icc: bool,
    /// The texts of the image: those of its file format, XMP and EXIF.
    pub texts: bool,
    /// Rights to add to the texts, which say none.
    pub rights: Option<Arc<str>>,
    /// Pixels per unit of this picture.
    pub resolution: Option<(Finite, Finite, ResolutionUnit)>,
}

/// A plan, and what documents say about it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Planned {
    /// The plan.
    pub plan: Plan,
    /// The part of the full image, in its pixels.
    pub region: Rect,
    /// Width before rotation.
    pub width: u32,
    /// Height before rotation.
    pub height: u32,
}

/// What a plan depends on beside the command.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The image, in one version.
    pub id: ImageId,
    /// Its index.
    pub info: &'a ImageInfo,
    /// The way of its colours to sRGB, when they are to be converted.
    pub profile: Option<&'a IccProfile>,
    /// What the samples of its smallest level are like, of the bands that [`statistics_of`] names.
    pub statistics: Option<&'a Statistics>,
    /// Grey values of its smallest level, as [`histogram_of`] shows it.
    pub histogram: Option<&'a Histogram>,
}

/// The bands whose statistics are needed to plan a view, if any.
pub fn statistics_of(view: &View, info: &ImageInfo) -> Option<Bands> {
    let development = Development::new(info, &view.adjust, Purpose::COUNTS, None);
    development.adjustments.need_statistics().then(|| development.bands())
}

/// What has to be shown of the smallest level and counted before a view can be planned, if
/// anything: the picture itself, up to where its grey values are looked at.
pub fn histogram_of(
    view: &View,
    facts: &Facts<'_>,
    policy: &Policy,
) -> Result<Option<Display>, PlanError> {
    if view.color != ColorMode::Bitonal && !view.adjust.contains(&Adjust::Equalize) {
        return Ok(None);
    }
    let level = facts.info.levels.last().ok_or(PlanError::NoLevel(0))?;
    let development = Development::new(facts.info, &view.adjust, Purpose::COUNTS, facts.statistics);
    let mut display = development.display(level, Margin::default())?;
    check_statistics(facts.info, &display.selection.bands, policy)?;
    let mut shape = facts.info.shape(level.width, level.height, &display.selection.bands);
    for op in &display.ops {
        shape = op.shape(shape)?;
    }
    // Grey or colour: a mixture of other bands shows its first ones.
    let colors = if shape.color_channels() < 3 { 1 } else { 3 };
    if colors < shape.color_channels() {
        display.ops.push(Op::Bands(colors));
    }
    if let Some(profile) = profile::of(view, facts) {
        display.ops.push(Op::Srgb(profile.clone()));
    }
    Ok(Some(display))
}

/// Whether the smallest level may be read as a whole for statistics of these bands, and how many
/// bytes of samples that are.
pub fn check_statistics(
    info: &ImageInfo,
    bands: &Bands,
    policy: &Policy,
) -> Result<u64, PlanError> {
    let smallest = info.levels.last().ok_or(PlanError::NoLevel(0))?;
    let shape = info.shape(smallest.width, smallest.height, bands);
    steps::check_source(&shape, policy)?;
    Ok(shape.bytes()? as u64)
}

impl Plan {
    /// Resolves a command that asks for a picture.
    pub fn resolve(
        command: &Command,
        facts: &Facts<'_>,
        policy: &Policy,
    ) -> Result<Planned, PlanError> {
        use crate::command::Action;
        match &command.action {
            Action::Region(view) => region(view, facts, policy),
            Action::Tile { tile, view } => tile::plan(*tile, view, facts, policy),
            Action::Tiles(_) => Err(PlanError::NotYet("TIL")),
            Action::Volume => Err(PlanError::NotYet("WLZ")),
            Action::Describe(_)
            | Action::Pixel { .. }
            | Action::Profile(_)
            | Action::Spectrum(_) => Err(PlanError::NoPicture),
        }
    }

    /// A number for the answer that stays the same over restarts: all but the process-local id.
    pub fn fingerprint(&self, version: &FileVersion) -> u64 {
        let Self { image: _, source, selection, ops, format, options, embed, passthrough } = self;
        let mut hasher = DefaultHasher::new();
        env!("CARGO_PKG_VERSION").hash(&mut hasher);
        (version, source, selection, ops, format, options, embed, passthrough).hash(&mut hasher);
        hasher.finish()
    }

    /// Whether the work is done in about the time of a screen refresh or two, so that it may use
    /// the lane for tiles: what viewers and pages ask for, in contrast to exports.
    pub fn is_small(&self, info: &ImageInfo) -> bool {
        matches!(self.source, Source::Tile(_)) && self.ops.is_empty()
            || self.memory(info).is_ok_and(|bytes| bytes <= Self::SMALL_BYTES)
    }

    /// Memory of a small picture: an illustration of up to 1,000 pixels a side in colour, made from
    /// a level of up to twice that.
    pub const SMALL_BYTES: u64 = 16 << 20;

    /// Shape of the picture.
    pub fn shape(&self, info: &ImageInfo) -> Result<Shape, PlanError> {
        let source = steps::source_shape(info, self.source, &self.selection)?;
        Ok(self.ops.iter().try_fold(source, |shape, op| op.shape(shape))?)
    }

    /// Bytes of memory the work needs at its peak, without the encoded answer.
    pub fn memory(&self, info: &ImageInfo) -> Result<u64, PlanError> {
        let source = steps::source_shape(info, self.source, &self.selection)?;
        Ok(process::memory(&self.ops, source)?)
    }
}

/// Plans a region of any size.
fn region(view: &View, facts: &Facts<'_>, policy: &Policy) -> Result<Planned, PlanError> {
    let area = Area::of(&view.region, facts.info)?;
    let (width, height) = size::output(&view.size, &area, policy)?;
    // Who gives both sides has counted tiles; who gives one or a box wants the best picture.
    let counted = matches!(view.size.fit, Fit::Exact { .. });
    let slack = if counted { level::Slack::Pixel } else { level::Slack::None };
    picture(&area, (width, height), slack, view, facts, policy)
}

/// Plans a part of the image at exactly this size.
fn picture(
    area: &Area,
    (width, height): (u32, u32),
    slack: level::Slack,
    view: &View,
    facts: &Facts<'_>,
    policy: &Policy,
) -> Result<Planned, PlanError> {
    let info = facts.info;
    let located = match level::aligned_tile(area, (width, height), slack, info) {
        Some(located) => located,
        None => level::part(area, (width, height), info, policy)?,
    };
    let plan = steps::plan(located, (width, height), area, view, facts, policy)?;
    if plan.memory(info)? > policy.max_memory {
        return Err(PlanError::TooLarge { width, height });
    }
    Ok(Planned { plan, region: area.rect(info), width, height })
}

#[cfg(test)]
mod tests;
