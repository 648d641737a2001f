//! Which pixels are read when a request asks for numbers instead of a picture.

use super::PlanError;
use crate::command::{Point, Profile};
use crate::image::{ImageInfo, Level, Rect};

/// Most values of one answer.
pub const MOST_VALUES: u64 = 1 << 20;

/// Most tiles that are decoded for one answer.
pub const MOST_TILES: u64 = 4096;

/// Pixels along a straight line, all of them inside of their level.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Line {
    from: (u32, u32),
    /// From the first pixel to the one behind the last.
    way: (i64, i64),
    pixels: u32,
}

impl Line {
    /// Pixels of the line.
    pub fn pixels(&self) -> u32 {
        self.pixels
    }

    /// The pixels in the order of travel: one for each step along the longer side, each the
    /// nearest to the line (Bresenham).
    pub fn points(self) -> impl Iterator<Item = (u32, u32)> {
        (0..self.pixels).map(move |step| self.point(step))
    }

    fn point(&self, step: u32) -> (u32, u32) {
        let along = |start: u32, way: i64| {
            let (step, steps) = (i64::from(step), i64::from(self.pixels));
            let moved = (2 * way.abs() * step + steps) / (2 * steps);
            u32::try_from(i64::from(start) + way.signum() * moved).ok()
        };
        let (x, y) = (along(self.from.0, self.way.0), along(self.from.1, self.way.1));
        // No line leaves its level, so there is always a point.
        (x.unwrap_or(u32::MAX), y.unwrap_or(u32::MAX))
    }

    /// Most tiles of a level that the line meets: a line never comes back to a tile.
    pub fn tiles(&self, level: &Level) -> u64 {
        let last = self.point(self.pixels.saturating_sub(1));
        let apart = |a: u32, b: u32, tile: u32| u64::from((a / tile).abs_diff(b / tile));
        1 + apart(self.from.0, last.0, level.tile_width)
            + apart(self.from.1, last.1, level.tile_height)
    }
}

/// The line of a profile in a level. Its end is behind its last pixel.
pub fn line(profile: &Profile, level: &Level) -> Result<Line, PlanError> {
    let Level { width, height, .. } = *level;
    let outside = PlanError::OutsideLevel { width, height };
    let (from, to) = (profile.from, profile.to);
    let way = (i64::from(to.0) - i64::from(from.0), i64::from(to.1) - i64::from(from.1));
    let pixels = way.0.unsigned_abs().max(way.1.unsigned_abs()).max(1);
    let within = |(x, y): (u32, u32)| x < width && y < height;
    // The longest line that may be read is longer than any that fits.
    if !within(from) || pixels > u64::from(width.max(height)) {
        return Err(outside);
    }
    if pixels > MOST_VALUES {
        return Err(PlanError::TooMany { what: "values", asked: pixels, allowed: MOST_VALUES });
    }
    let line = Line { from, way, pixels: u32::try_from(pixels).unwrap_or(1) };
    // Both coordinates only grow or only shrink: the ends are enough.
    if within(line.point(line.pixels - 1)) { Ok(line) } else { Err(outside) }
}

/// The pixels of a level that a spectrum is taken of; `None` where an incomplete tile has none.
pub fn rectangle(point: &Point, info: &ImageInfo) -> Result<Option<(u8, Rect)>, PlanError> {
    let missing = PlanError::NoLevel(point.resolution);
    let index = info.level_of_resolution(point.resolution).ok_or(missing.clone())?;
    let level = info.level(index).ok_or(missing)?;
    let (column, row) = level.position(point.tile).ok_or(PlanError::NoTile)?;
    let tile = level.tile_rect(column, row).ok_or(PlanError::NoTile)?;
    let (width, height) = (level.tile_width, level.tile_height);
    if point.x >= width || point.y >= height {
        return Err(PlanError::OutsideTile { width, height });
    }
    let inside = point.x < tile.width && point.y < tile.height;
    let (width, height) = point.size.unwrap_or((1, 1));
    if !inside && point.size.is_none() {
        return Ok(None);
    }
    let rect = Rect { x: tile.x + point.x, y: tile.y + point.y, width, height };
    if !inside || level.rect().intersection(&rect) != Some(rect) {
        return Err(PlanError::OutsideLevel { width: level.width, height: level.height });
    }
    Ok(Some((index, rect)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::{ColorSpace, SampleType, Shape};

    const LEVEL: Level = Level { width: 1000, height: 700, tile_width: 256, tile_height: 256 };

    fn points(from: (u32, u32), to: (i32, i32)) -> Vec<(u32, u32)> {
        let profile = Profile { resolution: 0, from, to };
        line(&profile, &LEVEL).unwrap().points().collect()
    }

    fn refused(from: (u32, u32), to: (i32, i32)) -> PlanError {
        line(&Profile { resolution: 0, from, to }, &LEVEL).unwrap_err()
    }

    #[test]
    fn the_end_of_a_line_is_left_out() {
        assert_eq!(points((10, 20), (13, 20)), [(10, 20), (11, 20), (12, 20)]);
        assert_eq!(points((10, 20), (10, 22)), [(10, 20), (10, 21)]);
        assert_eq!(points((10, 20), (10, 20)), [(10, 20)]);
        assert_eq!(points((998, 0), (1000, 0)), [(998, 0), (999, 0)]);
        assert_eq!(points((999, 699), (1000, 700)), [(999, 699)]);
    }

    #[test]
    fn a_reversed_line_comes_in_the_order_of_travel() {
        assert_eq!(points((13, 5), (10, 5)), [(13, 5), (12, 5), (11, 5)]);
        assert_eq!(points((1, 0), (-1, 0)), [(1, 0), (0, 0)]);
        assert_eq!(points((0, 2), (0, -1)), [(0, 2), (0, 1), (0, 0)]);
    }

    #[test]
    fn a_diagonal_takes_the_nearest_pixel_of_each_step() {
        assert_eq!(points((0, 0), (3, 3)), [(0, 0), (1, 1), (2, 2)]);
        // Heights 0, 2/5, 4/5, 6/5, 8/5.
        assert_eq!(points((0, 0), (5, 2)), [(0, 0), (1, 0), (2, 1), (3, 1), (4, 2)]);
        assert_eq!(points((5, 5), (3, 1)), [(5, 5), (4, 4), (4, 3), (3, 2)]);
    }

    #[test]
    fn pixels_outside_are_refused() {
        let outside = PlanError::OutsideLevel { width: 1000, height: 700 };
        for (from, to) in [
            ((1000, 0), (1000, 0)),
            ((0, 700), (0, 700)),
            ((0, 0), (1001, 0)),
            ((0, 0), (-2, 0)),
            ((0, 0), (0, 701)),
            ((u32::MAX, 0), (i32::MAX, 0)),
            ((0, 0), (i32::MIN, i32::MAX)),
            ((999, 0), (1000, 1001)),
        ] {
            assert_eq!(refused(from, to), outside, "{from:?} {to:?}");
        }
    }

    #[test]
    fn the_tiles_of_a_line_are_counted() {
        let tiles =
            |from, to| line(&Profile { resolution: 0, from, to }, &LEVEL).unwrap().tiles(&LEVEL);
        assert_eq!(tiles((0, 0), (256, 0)), 1);
        assert_eq!(tiles((0, 0), (257, 0)), 2);
        assert_eq!(tiles((0, 0), (1000, 0)), 4);
        assert_eq!(tiles((999, 699), (-1, -1)), 6);
    }

    #[test]
    fn a_spectrum_is_of_a_pixel_or_of_a_rectangle_that_may_leave_its_tile() {
        let gray = Shape::new(1, 1, 1, SampleType::U8, ColorSpace::Gray);
        let info = ImageInfo::new(vec![LEVEL], gray);
        let of = |tile, x, y, size| rectangle(&Point { resolution: 0, tile, x, y, size }, &info);
        let rect = |x, y, width, height| Ok(Some((0, Rect { x, y, width, height })));
        assert_eq!(of(5, 3, 4, None), rect(259, 260, 1, 1));
        assert_eq!(of(5, 250, 4, Some((20, 2))), rect(506, 260, 20, 2));
        // Tile 11 has 232 x 188 pixels.
        assert_eq!(of(11, 231, 187, None), rect(999, 699, 1, 1));
        assert_eq!(of(11, 232, 0, None), Ok(None));
        let outside = Err(PlanError::OutsideLevel { width: 1000, height: 700 });
        assert_eq!(of(11, 232, 0, Some((1, 1))), outside);
        assert_eq!(of(11, 231, 0, Some((2, 1))), outside);
        assert_eq!(of(0, 0, 0, Some((0, 1))), outside);
        assert_eq!(of(0, 0, 0, Some((u32::MAX, u32::MAX))), outside);
        let tile = Err(PlanError::OutsideTile { width: 256, height: 256 });
        assert_eq!((of(0, 256, 0, None), of(0, 0, 256, None)), (tile.clone(), tile));
        assert_eq!(of(12, 0, 0, None), Err(PlanError::NoTile));
    }
}
