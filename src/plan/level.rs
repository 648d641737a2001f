//! Which level a picture is made from, and which of its pixels.

use super::area::{Area, whole};
use super::{PlanError, Policy, Source};
use crate::image::{ImageInfo, Level, Rect, TileRef};
use crate::process::Filter;

/// Source pixels, and the part of them that becomes the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Located {
    pub(super) source: Source,
    /// In pixels of the source.
    pub(super) part: Area,
}

/// How far the size of a picture may be from that of the stored tile it is made of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Slack {
    /// Not at all.
    None,
    /// One pixel: clients and files round the sizes of levels differently.
    Pixel,
}

/// The stored tile that is this picture up to one pixel at the edges of the image.
///
/// Clients number tiles by whole scale factors, while a stored level has a rounded size: what they
/// call the second tile of a level is that tile even where the true scale says 255.7.
pub(super) fn aligned_tile(
    area: &Area,
    (width, height): (u32, u32),
    slack: Slack,
    info: &ImageInfo,
) -> Option<Located> {
    let slack = match slack {
        Slack::None => 0,
        Slack::Pixel => 1,
    };
    info.levels.iter().enumerate().find_map(|(index, level)| {
        let column = aligned(area.x, area.width, info.width(), level.width, level.tile_width)?;
        let row = aligned(area.y, area.height, info.height(), level.height, level.tile_height)?;
        let rect = level.tile_rect(column, row)?;
        if rect.width.abs_diff(width) > slack || rect.height.abs_diff(height) > slack {
            return None;
        }
        let at = TileRef { level: u8::try_from(index).ok()?, column, row };
        let part = Rect { x: 0, y: 0, ..rect }.into();
        Some(Located { source: Source::Tile(at), part })
    })
}

/// The column (or row) of tiles that a span of full-size pixels is, if it is one.
fn aligned(start: f64, length: f64, full: u32, level: u32, tile: u32) -> Option<u32> {
    let scale = (f64::from(full) / f64::from(level)).round();
    let step = scale * f64::from(tile);
    let column = whole(start / step);
    #[expect(clippy::float_cmp, reason = "only exact multiples are tiles")]
    if f64::from(column) * step != start {
        return None;
    }
    let last = u64::from(column + 1) * u64::from(tile) >= u64::from(level);
    let end = if last { f64::from(full) } else { start + step };
    ((start + length - end).abs() < scale).then_some(column)
}

/// The smallest level that is not smaller than the picture, and the part of it with a margin for
/// the filter.
pub(super) fn part(
    area: &Area,
    (width, height): (u32, u32),
    info: &ImageInfo,
    policy: &Policy,
) -> Result<Located, PlanError> {
    let fitting = |level: &Level| {
        let part = on_level(area, level, info);
        // Half a pixel of slack: levels and sizes are both rounded.
        part.width + 0.5 >= f64::from(width) && part.height + 0.5 >= f64::from(height)
    };
    // At its own size a region is cut, however small: the slack must not halve a single pixel.
    let natural = f64::from(width) >= area.width && f64::from(height) >= area.height;
    let index = if natural { None } else { info.levels.iter().rposition(fitting) }.unwrap_or(0);
    let level = &info.levels[index];
    let part = snapped(on_level(area, level, info), width, height, level);
    let rect = with_margin(&part, width, height, level, policy.filter);
    let inside = Area { x: part.x - f64::from(rect.x), y: part.y - f64::from(rect.y), ..part };
    let index = u8::try_from(index).map_err(|_| PlanError::NoLevel(0))?;
    Ok(Located { source: Source::Region { level: index, rect }, part: inside })
}

/// An area in pixels of a level, by its true scale.
fn on_level(area: &Area, level: &Level, info: &ImageInfo) -> Area {
    let across = f64::from(level.width) / f64::from(info.width());
    let down = f64::from(level.height) / f64::from(info.height());
    Area {
        x: area.x * across,
        y: area.y * down,
        width: area.width * across,
        height: area.height * down,
    }
}

/// Moves a part that has the size of the picture onto whole pixels: a copy is sharper than any
/// interpolation by a fraction of a pixel.
fn snapped(part: Area, width: u32, height: u32, level: &Level) -> Area {
    let same = |length: f64, side: u32| (length - f64::from(side)).abs() < 0.5;
    if !same(part.width, width) || !same(part.height, height) {
        return part;
    }
    let (Some(right), Some(bottom)) =
        (level.width.checked_sub(width), level.height.checked_sub(height))
    else {
        return part;
    };
    Rect { x: whole(part.x).min(right), y: whole(part.y).min(bottom), width, height }.into()
}

/// The whole pixels of a level that a filter looks at for this part.
fn with_margin(part: &Area, width: u32, height: u32, level: &Level, filter: Filter) -> Rect {
    let span = |start: f64, length: f64, side: u32, limit: u32| {
        let scale = length / f64::from(side);
        #[expect(clippy::float_cmp, reason = "only an exact copy needs no neighbours")]
        let copied = scale == 1.0 && start.fract() == 0.0;
        let margin = match filter {
            _ if copied => 0.0,
            Filter::Antialias => scale.max(1.0).ceil(),
            Filter::Bilinear => 1.0,
            Filter::Nearest => 0.0,
        };
        let first = whole((start - margin).floor()).min(limit - 1);
        let end = whole((start + length + margin).ceil()).clamp(first + 1, limit);
        (first, end - first)
    };
    let (x, width) = span(part.x, part.width, width, level.width);
    let (y, height) = span(part.y, part.height, height, level.height);
    Rect { x, y, width, height }
}
