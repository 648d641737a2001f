use super::Rect;

/// One resolution stored in a file.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Level {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Width of a tile, not zero.
    pub tile_width: u32,
    /// Height of a tile, not zero.
    pub tile_height: u32,
}

impl Level {
    /// Tiles from left to right.
    pub fn columns(&self) -> u32 {
        self.width.div_ceil(self.tile_width)
    }

    /// Tiles from top to bottom.
    pub fn rows(&self) -> u32 {
        self.height.div_ceil(self.tile_height)
    }

    /// Tiles of the level.
    pub fn tiles(&self) -> u64 {
        u64::from(self.columns()) * u64::from(self.rows())
    }

    /// The whole level.
    pub fn rect(&self) -> Rect {
        Rect { x: 0, y: 0, width: self.width, height: self.height }
    }

    /// The pixels of a tile, clipped to the level; `None` beyond the last tile.
    pub fn tile_rect(&self, column: u32, row: u32) -> Option<Rect> {
        if column >= self.columns() || row >= self.rows() {
            return None;
        }
        let (x, y) = (column * self.tile_width, row * self.tile_height);
        let width = self.tile_width.min(self.width - x);
        let height = self.tile_height.min(self.height - y);
        Some(Rect { x, y, width, height })
    }

    /// Column and row of the tile that has just these pixels, if there is one.
    pub fn tile_at(&self, rect: Rect) -> Option<(u32, u32)> {
        let (column, row) = (rect.x / self.tile_width, rect.y / self.tile_height);
        (self.tile_rect(column, row) == Some(rect)).then_some((column, row))
    }

    /// Column and row of a tile number; tiles are counted row by row.
    pub fn position(&self, index: u64) -> Option<(u32, u32)> {
        let columns = u64::from(self.columns());
        let row = u32::try_from(index.checked_div(columns)?).ok()?;
        let column = u32::try_from(index % columns).ok()?;
        (row < self.rows()).then_some((column, row))
    }
}

/// One stored tile.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct TileRef {
    /// Level, 0 is full size.
    pub level: u8,
    /// Column from the left.
    pub column: u32,
    /// Row from the top.
    pub row: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEVEL: Level = Level { width: 1000, height: 700, tile_width: 256, tile_height: 256 };

    #[test]
    fn edge_tiles_are_clipped_to_the_level() {
        // Sizes of tiles 3 and 11: behaviour specification, 7.1.
        let tile = |index| {
            let (column, row) = LEVEL.position(index).unwrap();
            let rect = LEVEL.tile_rect(column, row).unwrap();
            (rect.width, rect.height)
        };
        assert_eq!(tile(3), (232, 256));
        assert_eq!(tile(11), (232, 188));
    }

    #[test]
    fn a_tile_is_known_by_its_pixels() {
        let rect = Rect { x: 768, y: 512, width: 232, height: 188 };
        assert_eq!(LEVEL.tile_at(rect), Some((3, 2)));
        assert_eq!(LEVEL.tile_at(Rect { width: 231, ..rect }), None);
        assert_eq!(LEVEL.tile_at(Rect { x: 767, ..rect }), None);
        assert_eq!(LEVEL.tile_at(Rect { x: u32::MAX, ..rect }), None);
    }

    #[test]
    fn there_is_no_tile_beyond_the_last() {
        assert_eq!(LEVEL.tiles(), 12);
        assert_eq!(LEVEL.position(12), None);
        assert_eq!(LEVEL.position(u64::MAX), None);
        assert_eq!(LEVEL.tile_rect(4, 0), None);
    }
}
