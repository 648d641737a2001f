//! Sample values of an image, read as they are stored.

use super::{Render, RenderError, gather};
use crate::codec::{DecodeError, Scratch};
use crate::image::{Level, Rect, Selection, TileRef};
use crate::plan::Line;
use crate::process::Moments;
use crate::raster::{Alpha, Raster};

impl Render<'_> {
    /// The values along a line of a level, channel by channel for each pixel, alpha included. A
    /// missing value is NaN.
    pub fn line(
        &self,
        index: u8,
        line: &Line,
        scratch: &mut Scratch,
    ) -> Result<Vec<f64>, RenderError> {
        let level = *self.level(index)?;
        let points: Vec<_> = line.points().collect();
        let tile_of = |(x, y): &(u32, u32)| (x / level.tile_width, y / level.tile_height);
        let mut values = Vec::new();
        for points in points.chunk_by(|a, b| tile_of(a) == tile_of(b)) {
            let Some((column, row)) = points.first().map(tile_of) else { continue };
            let (left, top) = (column * level.tile_width, row * level.tile_height);
            let lowest = points.iter().map(|(_, y)| y - top).max().unwrap_or_default();
            self.check()?;
            let at = TileRef { level: index, column, row };
            let tile = gather::rows(self, at, lowest + 1, &Selection::default(), scratch)?;
            for (x, y) in points {
                values.extend(self.pixel(tile.as_raster(), (x - left, y - top)));
            }
        }
        Ok(values)
    }

    /// Count, mean and deviation of each channel but alpha in a rectangle of a level.
    pub fn moments(
        &self,
        index: u8,
        rect: Rect,
        scratch: &mut Scratch,
    ) -> Result<Vec<Moments>, RenderError> {
        let level = *self.level(index)?;
        let colors = self.image.info().shape(1, 1, &Selection::default().bands).color_channels();
        let mut moments = vec![Moments::default(); usize::from(colors)];
        self.image.decoder.will_read(index, rect, &Selection::default());
        let columns = rect.x / level.tile_width..=gather::last(rect.right(), level.tile_width);
        for row in rect.y / level.tile_height..=gather::last(rect.bottom(), level.tile_height) {
            for column in columns.clone() {
                let Some(tile_rect) = level.tile_rect(column, row) else { continue };
                let Some(common) = tile_rect.intersection(&rect) else { continue };
                let tile = self.tile(index, column, row, scratch)?;
                let (left, top) = (common.x - tile_rect.x, common.y - tile_rect.y);
                for y in top..top + common.height {
                    for x in left..left + common.width {
                        let values = self.pixel(tile.as_raster(), (x, y));
                        for (value, moments) in values.zip(&mut moments) {
                            if value.is_finite() {
                                moments.add(value);
                            }
                        }
                    }
                }
            }
        }
        Ok(moments)
    }

    pub(super) fn level(&self, index: u8) -> Result<&Level, RenderError> {
        let level = self.image.info().level(index);
        Ok(level.ok_or(DecodeError::Malformed("level is missing".into()))?)
    }

    fn tile(
        &self,
        level: u8,
        column: u32,
        row: u32,
        scratch: &mut Scratch,
    ) -> Result<gather::Gathered, RenderError> {
        self.check()?;
        let at = TileRef { level, column, row };
        gather::tile(self, at, &Selection::default(), gather::Keep::Again, scratch)
    }

    /// The samples of a pixel of a tile.
    fn pixel<'r>(
        &self,
        tile: &'r Raster,
        (x, y): (u32, u32),
    ) -> impl Iterator<Item = f64> + use<'r> {
        let shape = tile.shape();
        let nodata = self.image.info().nodata;
        let channels = usize::from(shape.channels);
        let colors = if shape.alpha == Alpha::None { channels } else { channels.saturating_sub(1) };
        let start = y as usize * shape.row_samples() + x as usize * channels;
        (0..channels).map(move |channel| {
            let value = tile.samples().value(start + channel).unwrap_or(f64::NAN);
            #[expect(clippy::cast_possible_truncation, reason = "the mark has single precision")]
            let marked = channel < colors && nodata == Some(value as f32);
            if marked || !value.is_finite() { f64::NAN } else { value }
        })
    }
}
