//! Tiles as each protocol numbers them.

use super::area::Area;
use super::level::{Located, Slack};
use super::{Facts, PlanError, Planned, Policy, Source, picture, steps};
use crate::command::{TileSelect, View};
use crate::image::{DeepZoomPyramid, ImageInfo, Rect, TileRef, ZoomifyPyramid};

/// Plans one tile.
pub(super) fn plan(
    tile: TileSelect,
    view: &View,
    facts: &Facts<'_>,
    policy: &Policy,
) -> Result<Planned, PlanError> {
    let info = facts.info;
    match tile {
        TileSelect::Index { resolution, index } => stored(resolution, index, view, facts, policy),
        TileSelect::DeepZoom { level, column, row } => {
            let pyramid = DeepZoomPyramid::new(info.width(), info.height(), tile_size(info));
            let factor = factor(pyramid.levels(), level)?;
            let rect = pyramid.tile(level, column, row).ok_or(PlanError::NoTile)?;
            scaled(rect, factor, view, facts, policy)
        }
        TileSelect::Zoomify { tier, column, row } => {
            let pyramid = ZoomifyPyramid::new(info.width(), info.height(), tile_size(info));
            let factor = factor(pyramid.levels(), tier)?;
            let rect = pyramid.tile(tier, column, row).ok_or(PlanError::NoTile)?;
            scaled(rect, factor, view, facts, policy)
        }
    }
}

fn tile_size(info: &ImageInfo) -> u32 {
    info.levels.first().map_or(1, |level| level.tile_width)
}

/// Full-size pixels for one pixel of a level, of a pyramid that halves the image.
fn factor(levels: u32, level: u32) -> Result<f64, PlanError> {
    let halvings = levels.checked_sub(level).and_then(|left| left.checked_sub(1));
    let halvings = halvings.and_then(|halvings| i32::try_from(halvings).ok());
    halvings.map(|halvings| 2_f64.powi(halvings)).ok_or(PlanError::NoLevel(level))
}

/// A tile of a pyramid that halves the image; every level exists, stored or not.
fn scaled(
    rect: Rect,
    factor: f64,
    view: &View,
    facts: &Facts<'_>,
    policy: &Policy,
) -> Result<Planned, PlanError> {
    let info = facts.info;
    let span = |start: u32, length: u32, full: u32| {
        let start = f64::from(start) * factor;
        (start, (f64::from(length) * factor).min(f64::from(full) - start))
    };
    let (x, width) = span(rect.x, rect.width, info.width());
    let (y, height) = span(rect.y, rect.height, info.height());
    let area = Area { x, y, width, height };
    picture(&area, (rect.width, rect.height), Slack::Pixel, view, facts, policy)
}

/// A stored tile, whatever the scales of the levels.
fn stored(
    resolution: u32,
    index: u64,
    view: &View,
    facts: &Facts<'_>,
    policy: &Policy,
) -> Result<Planned, PlanError> {
    let info = facts.info;
    let level_index = info.level_of_resolution(resolution).ok_or(PlanError::NoLevel(resolution))?;
    let level = info.level(level_index).ok_or(PlanError::NoLevel(resolution))?;
    // Upside down, clients count tiles from the other end (behaviour specification, 8).
    #[expect(clippy::float_cmp, reason = "half a turn is exact")]
    let upside_down = view.orient.degrees.value() == 180.0;
    let index = if upside_down {
        level.tiles().checked_sub(index).and_then(|left| left.checked_sub(1))
    } else {
        Some(index)
    };
    let position = index.and_then(|index| level.position(index)).ok_or(PlanError::NoTile)?;
    let (column, row) = position;
    let rect = level.tile_rect(column, row).ok_or(PlanError::NoTile)?;
    let (across, down) = (
        f64::from(info.width()) / f64::from(level.width),
        f64::from(info.height()) / f64::from(level.height),
    );
    let area = Area {
        x: f64::from(rect.x) * across,
        y: f64::from(rect.y) * down,
        width: f64::from(rect.width) * across,
        height: f64::from(rect.height) * down,
    };
    let source = Source::Tile(TileRef { level: level_index, column, row });
    let located = Located { source, part: Rect { x: 0, y: 0, ..rect }.into() };
    let plan = steps::plan(located, (rect.width, rect.height), &area, view, facts, policy)?;
    Ok(Planned { plan, region: area.rect(info), width: rect.width, height: rect.height })
}
