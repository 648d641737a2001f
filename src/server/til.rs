//! Which tiles a `TIL` request means (behaviour specification, 12).

use crate::command::TileRange;
use crate::image::Level;

/// Most tiles of one request; more would hold too much memory in one answer.
const MAX_TILES: u64 = 1024;

/// Numbers of the tiles in the rectangle spanned by two corners, column by column; `None` when a
/// corner is not in the level or the rectangle has too many tiles.
pub(super) fn tiles(range: TileRange, level: &Level) -> Option<Vec<u64>> {
    let (left, top) = level.position(range.first)?;
    let (right, bottom) = level.position(range.last)?;
    let columns = left.min(right)..=left.max(right);
    let rows = top..=bottom;
    let count = u64::from(columns.end() - columns.start() + 1)
        * u64::from(bottom.checked_sub(top)?.saturating_add(1));
    if count > MAX_TILES {
        return None;
    }
    let across = u64::from(level.columns());
    let numbers = columns.flat_map(|column| {
        rows.clone().map(move |row| u64::from(row) * across + u64::from(column))
    });
    Some(numbers.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEVEL: Level = Level { width: 1000, height: 700, tile_width: 256, tile_height: 256 };

    fn range(first: u64, last: u64) -> TileRange {
        TileRange { resolution: 2, first, last, quality: None }
    }

    #[test]
    fn tiles_come_column_by_column() {
        // Behaviour specification, 12: `2,0-5` gives 0, 4, 1, 5.
        assert_eq!(tiles(range(0, 5), &LEVEL), Some(vec![0, 4, 1, 5]));
        assert_eq!(tiles(range(7, 7), &LEVEL), Some(vec![7]));
        assert_eq!(tiles(range(5, 6), &LEVEL), Some(vec![5, 6]));
        assert_eq!(tiles(range(3, 4), &LEVEL).map(|tiles| tiles.len()), Some(8));
    }

    #[test]
    fn ranges_outside_or_too_large_are_none() {
        assert_eq!(tiles(range(0, 12), &LEVEL), None);
        let large = Level { width: 1_000_000, height: 1_000_000, ..LEVEL };
        assert_eq!(tiles(range(0, large.tiles() - 1), &large), None);
    }
}
