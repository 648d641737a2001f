//! Pyramids as DeepZoom and Zoomify clients compute them, whatever levels a file has.
//!
//! Both are derived from the full size and the side of a tile alone. Every level is worded as a
//! [`Level`], so tile numbers are checked and edge tiles clipped by the same code as stored ones.

use super::{Level, Rect};

/// Deep Zoom: level 0 is one pixel, every next level doubles, overlap is 0.
///
/// Sides are rounded up: `ceil(width / 2^(last - level))`. The last level is the full size.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct DeepZoomPyramid(Level);

impl DeepZoomPyramid {
    /// The pyramid of an image of this size, cut into squares of `tile` pixels.
    pub fn new(width: u32, height: u32, tile: u32) -> Self {
        Self(full_size(width, height, tile))
    }

    /// Number of levels: `ceil(log2(longer side)) + 1`.
    pub fn levels(&self) -> u32 {
        let longer = self.0.width.max(self.0.height);
        u32::BITS - (longer - 1).leading_zeros() + 1
    }

    /// A level, counted from one pixel upwards.
    pub fn level(&self, level: u32) -> Option<Level> {
        let halvings = (self.levels() - 1).checked_sub(level)?;
        // 2^32 does not fit the type of a side; it is needed for sides above 2^31.
        let side = |full: u32| {
            let side = u64::from(full).div_ceil(1 << halvings);
            u32::try_from(side).unwrap_or(full)
        };
        Some(Level { width: side(self.0.width), height: side(self.0.height), ..self.0 })
    }

    /// Width and height of a level.
    pub fn level_size(&self, level: u32) -> Option<(u32, u32)> {
        self.level(level).map(|level| (level.width, level.height))
    }

    /// The pixels of a tile in its level.
    pub fn tile(&self, level: u32, column: u32, row: u32) -> Option<Rect> {
        self.level(level)?.tile_rect(column, row)
    }
}

/// Zoomify: tier 0 fits one tile, every next tier doubles, up to the full size.
///
/// Sides are halved rounding down, once per tier, as Zoomify's converter and its viewers do; a
/// side stops at one pixel.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct ZoomifyPyramid(Level);

impl ZoomifyPyramid {
    /// The pyramid of an image of this size, cut into squares of `tile` pixels.
    pub fn new(width: u32, height: u32, tile: u32) -> Self {
        Self(full_size(width, height, tile))
    }

    /// Number of tiers: the full size, and its halves until both sides fit a tile.
    pub fn levels(&self) -> u32 {
        let longer = self.0.width.max(self.0.height);
        let mut tiers = 1;
        while tiers < u32::BITS && (longer >> (tiers - 1)) > self.0.tile_width {
            tiers += 1;
        }
        tiers
    }

    /// A tier, counted from the smallest.
    pub fn level(&self, tier: u32) -> Option<Level> {
        let halvings = (self.levels() - 1).checked_sub(tier)?;
        let side = |full: u32| (full >> halvings).max(1);
        Some(Level { width: side(self.0.width), height: side(self.0.height), ..self.0 })
    }

    /// Width and height of a tier.
    pub fn level_size(&self, tier: u32) -> Option<(u32, u32)> {
        self.level(tier).map(|level| (level.width, level.height))
    }

    /// The pixels of a tile in its tier.
    pub fn tile(&self, tier: u32, column: u32, row: u32) -> Option<Rect> {
        self.level(tier)?.tile_rect(column, row)
    }

    /// Tiles of all tiers.
    pub fn tiles(&self) -> u128 {
        (0..self.levels())
            .filter_map(|tier| self.level(tier))
            .map(|level| u128::from(level.tiles()))
            .sum()
    }
}

fn full_size(width: u32, height: u32, tile: u32) -> Level {
    let tile = tile.max(1);
    Level { width: width.max(1), height: height.max(1), tile_width: tile, tile_height: tile }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn deep_zoom_starts_at_one_pixel_and_rounds_up() {
        // Behaviour specification, 15: 1000×700 has its full size at level 10.
        let pyramid = DeepZoomPyramid::new(1000, 700, 256);
        let sizes: Vec<_> = (0..12).map_while(|level| pyramid.level_size(level)).collect();
        assert_eq!(
            sizes,
            [
                (1, 1),
                (2, 2),
                (4, 3),
                (8, 6),
                (16, 11),
                (32, 22),
                (63, 44),
                (125, 88),
                (250, 175),
                (500, 350),
                (1000, 700),
            ]
        );
    }

    #[test]
    fn deep_zoom_levels_of_extreme_sizes() {
        for (longer, levels) in [(1, 1), (2, 2), (3, 3), (4, 3), (5, 4), (u32::MAX, 33)] {
            let pyramid = DeepZoomPyramid::new(1, longer, 256);
            assert_eq!(pyramid.levels(), levels, "{longer}");
            assert_eq!(pyramid.level_size(0), Some((1, 1)), "{longer}");
            assert_eq!(pyramid.level_size(levels - 1), Some((1, longer)), "{longer}");
            assert_eq!(pyramid.level_size(levels), None, "{longer}");
        }
    }

    #[test]
    fn zoomify_tiers_halve_down_to_one_tile() {
        // Behaviour specification, 16: 1 + 4 + 12 tiles, and 21 for 512×512 in tiles of 128.
        let pyramid = ZoomifyPyramid::new(1000, 700, 256);
        let sizes: Vec<_> = (0..9).map_while(|tier| pyramid.level_size(tier)).collect();
        assert_eq!(sizes, [(250, 175), (500, 350), (1000, 700)]);
        assert_eq!(pyramid.tiles(), 17);
        assert_eq!(ZoomifyPyramid::new(512, 512, 128).tiles(), 21);
        // Rounded down: 1001 is halved to 500 and 250.
        assert_eq!(ZoomifyPyramid::new(1001, 601, 256).level_size(0), Some((250, 150)));
    }

    #[test]
    fn zoomify_tiers_of_extreme_sizes() {
        assert_eq!(ZoomifyPyramid::new(1, 1, 256).levels(), 1);
        assert_eq!(ZoomifyPyramid::new(256, 256, 256).levels(), 1);
        // 257 is halved to 128: one tile.
        assert_eq!(ZoomifyPyramid::new(257, 1, 256).levels(), 2);
        let thin = ZoomifyPyramid::new(u32::MAX, 1, 1);
        assert_eq!((thin.levels(), thin.level_size(0)), (32, Some((1, 1))));
    }

    #[test]
    fn there_is_no_tile_beyond_the_edges() {
        let pyramid = DeepZoomPyramid::new(1000, 700, 256);
        assert_eq!(pyramid.tile(9, 1, 1), Some(Rect { x: 256, y: 256, width: 244, height: 94 }));
        // Column 2 of level 9 wrapped to the next row in iipsrv.
        assert_eq!(pyramid.tile(9, 2, 0), None);
        assert_eq!(pyramid.tile(9, 0, 2), None);
        assert_eq!(pyramid.tile(11, 0, 0), None);
        assert_eq!(pyramid.tile(u32::MAX, u32::MAX, u32::MAX), None);
    }

    /// Tiles of a level lie edge to edge and end where the level ends, so they cover each pixel
    /// exactly once.
    fn covers_once(level: Level) -> Result<(), TestCaseError> {
        let mut bottom = 0;
        for row in 0..level.rows() {
            let mut right = 0;
            let mut height = 0;
            for column in 0..level.columns() {
                let tile = level.tile_rect(column, row).unwrap();
                prop_assert_eq!((u64::from(tile.x), u64::from(tile.y)), (right, bottom));
                prop_assert!(tile.width > 0 && tile.height > 0);
                prop_assert!(column == 0 || tile.height == height);
                (right, height) = (tile.right(), tile.height);
            }
            prop_assert_eq!(right, u64::from(level.width));
            bottom += u64::from(height);
        }
        prop_assert_eq!(bottom, u64::from(level.height));
        Ok(())
    }

    proptest! {
        #[test]
        fn tiles_cover_each_level_exactly_once(
            width in 1u32..3000, height in 1u32..3000, tile in 64u32..600,
        ) {
            let deep_zoom = DeepZoomPyramid::new(width, height, tile);
            let zoomify = ZoomifyPyramid::new(width, height, tile);
            for level in 0..deep_zoom.levels() {
                covers_once(deep_zoom.level(level).unwrap())?;
            }
            for tier in 0..zoomify.levels() {
                covers_once(zoomify.level(tier).unwrap())?;
            }
        }

        #[test]
        fn any_numbers_are_safe(
            width: u32, height: u32, tile: u32, level in 0u32..40, column: u32, row: u32,
        ) {
            let deep_zoom = DeepZoomPyramid::new(width, height, tile);
            let zoomify = ZoomifyPyramid::new(width, height, tile);
            for rect in [deep_zoom.tile(level, column, row), zoomify.tile(level, column, row)] {
                prop_assert!(rect.is_none_or(|rect| rect.area() > 0));
            }
            prop_assert_eq!(deep_zoom.level_size(deep_zoom.levels()), None);
            prop_assert_eq!(
                zoomify.level_size(zoomify.levels() - 1),
                Some((width.max(1), height.max(1)))
            );
            let (w, h) = zoomify.level_size(0).unwrap();
            prop_assert!(w <= tile.max(1) && h <= tile.max(1));
            prop_assert!(zoomify.tiles() > 0);
        }
    }
}
