//! What info.json offers: whole sizes and tile sets, from the stored levels and the limits.
//!
//! Any region at any size can be asked for, so everything offered here exists exactly; the levels
//! only say what is cheap.

use crate::image::{ImageInfo, Level};
use crate::protocol::Documents;

/// Levels a client can ask for whole, smallest first. The full size is left out when there are
/// others, as viewers that match sizes to scale factors expect.
pub(super) fn sizes<'a>(
    info: &'a ImageInfo,
    settings: &'a Documents,
) -> impl Iterator<Item = &'a Level> {
    let skipped = usize::from(info.levels.len() > 1);
    let fits = |level: &&Level| {
        let longer = level.width.max(level.height);
        settings.max_side.is_none_or(|side| longer <= side)
            && settings.max_area.is_none_or(|area| level.rect().area() <= area)
    };
    info.levels.iter().skip(skipped).rev().filter(fits)
}

/// Tiles of one size and the scale factors they are meant for.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct TileSet {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) factors: Vec<u64>,
}

/// One set for each tile size of the levels, full size first. Every factor is in one set only.
pub(super) fn tile_sets(info: &ImageInfo, settings: &Documents) -> Vec<TileSet> {
    let mut sets: Vec<TileSet> = Vec::new();
    let mut last = 0;
    for level in &info.levels {
        let factor = u64::from(info.scale_factor(level));
        if factor <= last {
            continue;
        }
        last = factor;
        let (width, height) = tile_size(level, settings);
        match sets.iter_mut().find(|set| (set.width, set.height) == (width, height)) {
            Some(set) => set.factors.push(factor),
            None => sets.push(TileSet { width, height, factors: vec![factor] }),
        }
    }
    sets
}

/// The tile size of a level, halved until an answer may be that large.
fn tile_size(level: &Level, settings: &Documents) -> (u32, u32) {
    let (mut width, mut height) = (level.tile_width, level.tile_height);
    let side = settings.max_side.unwrap_or(u32::MAX).max(1);
    while width > side {
        width = width.div_ceil(2);
    }
    while height > side {
        height = height.div_ceil(2);
    }
    let area = settings.max_area.unwrap_or(u64::MAX).max(1);
    while u64::from(width) * u64::from(height) > area {
        let longer = if width >= height { &mut width } else { &mut height };
        *longer = longer.div_ceil(2);
    }
    (width, height)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::protocol::fixture;

    fn set(width: u32, height: u32, factors: &[u64]) -> TileSet {
        TileSet { width, height, factors: factors.to_vec() }
    }

    fn sizes_of(levels: &[(u32, u32, u32, u32)], settings: &Documents) -> Vec<(u32, u32)> {
        let info = fixture::image(levels);
        sizes(&info, settings).map(|level| (level.width, level.height)).collect()
    }

    const PYRAMID: [(u32, u32, u32, u32); 4] =
        [(1000, 700, 128, 128), (500, 350, 128, 128), (250, 175, 128, 128), (125, 87, 128, 128)];

    #[test]
    fn scale_factors_are_rounded_and_increase() {
        let factors = |levels: &[(u32, u32, u32, u32)]| {
            let sets = tile_sets(&fixture::image(levels), &Documents::default());
            assert_eq!(sets.len(), 1);
            sets.into_iter().flat_map(|set| set.factors).collect::<Vec<_>>()
        };
        // Halves rounded up: dividing rounds down to 1, 1, 3.
        let halves = [(1001, 601, 64, 64), (501, 301, 64, 64), (251, 151, 64, 64)];
        assert_eq!(factors(&halves), [1, 2, 4]);
        let quarters = [(46000, 32914, 256, 256), (11500, 8228, 256, 256), (2875, 2057, 256, 256)];
        assert_eq!(factors(&quarters), [1, 4, 16]);
        // The short side of a strip says nothing about its scale.
        assert_eq!(factors(&[(3, 1000, 64, 64), (1, 500, 64, 64)]), [1, 2]);
        // Two levels of nearly the same size: the second one cannot be told apart.
        assert_eq!(factors(&[(1000, 700, 64, 64), (900, 630, 64, 64)]), [1]);
    }

    #[test]
    fn every_tile_size_has_its_own_set() {
        let levels = [
            (4000, 3000, 512, 512),
            (2000, 1500, 512, 512),
            (1000, 750, 256, 128),
            (500, 375, 512, 512),
        ];
        let sets = tile_sets(&fixture::image(&levels), &Documents::default());
        assert_eq!(sets, [set(512, 512, &[1, 2, 8]), set(256, 128, &[4])]);
    }

    #[test]
    fn the_full_size_is_offered_when_there_is_no_other() {
        assert_eq!(sizes_of(&[(300, 200, 256, 256)], &Documents::default()), [(300, 200)]);
        let expected = [(125, 87), (250, 175), (500, 350)];
        assert_eq!(sizes_of(&PYRAMID, &Documents::default()), expected);
    }

    #[test]
    fn nothing_larger_than_the_limits_is_offered() {
        let sides = Documents { max_side: Some(250), ..Documents::default() };
        assert_eq!(sizes_of(&PYRAMID, &sides), [(125, 87), (250, 175)]);
        let area = Documents { max_area: Some(12_000), ..Documents::default() };
        assert_eq!(sizes_of(&PYRAMID, &area), [(125, 87)]);
        let sets = tile_sets(&fixture::image(&PYRAMID), &area);
        assert_eq!(sets, [set(64, 128, &[1, 2, 4, 8])]);
        let narrow = Documents { max_side: Some(100), ..Documents::default() };
        let sets = tile_sets(&fixture::image(&PYRAMID), &narrow);
        assert_eq!(sets, [set(64, 64, &[1, 2, 4, 8])]);
        let nothing = Documents { max_side: Some(0), max_area: Some(0), ..Documents::default() };
        let sets = tile_sets(&fixture::image(&PYRAMID), &nothing);
        assert_eq!(sets, [set(1, 1, &[1, 2, 4, 8])]);
    }

    proptest! {
        #[test]
        fn each_factor_is_in_one_set_and_each_tile_within_the_limits(
            levels in prop::collection::vec(
                (1u32.., 1u32.., prop_oneof![Just(256), 1u32..], prop_oneof![Just(256), 1u32..]),
                1..9,
            ),
            max_side in prop::option::of(1u32..),
            max_area in prop::option::of(1u64..),
        ) {
            let settings = Documents { max_side, max_area, ..Documents::default() };
            let info = fixture::image(&levels);
            let sets = tile_sets(&info, &settings);
            let mut factors: Vec<_> = sets.iter().flat_map(|set| &set.factors).copied().collect();
            factors.sort_unstable();
            let count = factors.len();
            factors.dedup();
            prop_assert_eq!(factors.len(), count);
            prop_assert_eq!(factors.first(), Some(&1));
            let fits = |width: u32, height: u32| {
                max_side.is_none_or(|side| width <= side && height <= side)
                    && max_area.is_none_or(|area| u64::from(width) * u64::from(height) <= area)
            };
            for set in &sets {
                prop_assert!(set.width > 0 && set.height > 0 && fits(set.width, set.height));
            }
            for level in sizes(&info, &settings) {
                prop_assert!(fits(level.width, level.height));
            }
        }
    }
}
