//! Stored pixels to upright ones.

use crate::codec::DecodeError;
use crate::image::{Level, Orientation, Rect};
use crate::raster::{Raster, Samples, Shape};

/// What an orientation does to sizes, places and pixels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turn(pub(super) Orientation);

impl Turn {
    pub(super) fn is_upright(self) -> bool {
        self.0 == Orientation::TopLeft
    }

    pub(super) fn swaps_sides(self) -> bool {
        self.0.swaps_sides()
    }

    /// A stored level as it is seen.
    pub(super) fn level(self, stored: &Level) -> Level {
        let Level { width, height, tile_width, tile_height } = *stored;
        if self.swaps_sides() {
            let (tile_width, tile_height) = (tile_height, tile_width);
            Level { width: height, height: width, tile_width, tile_height }
        } else {
            *stored
        }
    }

    /// Where the pixels of an upright rectangle are stored in a level.
    pub(super) fn stored_rect(self, stored: &Level, seen: Rect) -> Rect {
        let Rect { x, y, width, height } = seen;
        let (x, y, width, height) =
            if self.swaps_sides() { (y, x, height, width) } else { (x, y, width, height) };
        let opposite =
            |start: u32, length: u32, side: u32| side.saturating_sub(start).saturating_sub(length);
        let x = if self.0.reverses_columns() { opposite(x, width, stored.width) } else { x };
        let y = if self.0.reverses_rows() { opposite(y, height, stored.height) } else { y };
        Rect { x, y, width, height }
    }

    /// A stored rectangle as it is seen.
    pub(super) fn raster(self, stored: Raster) -> Result<Raster, DecodeError> {
        if self.is_upright() {
            return Ok(stored);
        }
        let (input, samples) = stored.into_parts();
        let output =
            if self.swaps_sides() { input.resized(input.height, input.width) } else { input };
        let samples = match samples {
            Samples::F32(samples) => Samples::F32(self.samples(&samples, input)),
            Samples::U16(samples) => Samples::U16(self.samples(&samples, input)),
            Samples::U32(samples) => Samples::U32(self.samples(&samples, input)),
            Samples::U8(samples) => Samples::U8(self.samples(&samples, input)),
        };
        Ok(Raster::new(output, samples)?)
    }

    fn samples<T: Copy>(self, from: &[T], input: Shape) -> Vec<T> {
        let (width, height) = (input.width as usize, input.height as usize);
        let channels = usize::from(input.channels);
        let column = |x: usize| if self.0.reverses_columns() { width - 1 - x } else { x };
        let row = |y: usize| if self.0.reverses_rows() { height - 1 - y } else { y };
        let mut to = Vec::with_capacity(from.len());
        let mut push = |x: usize, y: usize| {
            let start = (row(y) * width + column(x)) * channels;
            to.extend_from_slice(&from[start..start + channels]);
        };
        if self.swaps_sides() {
            for x in 0..width {
                for y in 0..height {
                    push(x, y);
                }
            }
        } else {
            for y in 0..height {
                for x in 0..width {
                    push(x, y);
                }
            }
        }
        to
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::{ColorSpace, SampleType};

    /// TIFF 6.0, p. 36, of a stored picture
    /// `1 2 3`
    /// `4 5 6`.
    const SEEN: [(u16, [u8; 6]); 8] = [
        (1, [1, 2, 3, 4, 5, 6]),
        (2, [3, 2, 1, 6, 5, 4]),
        (3, [6, 5, 4, 3, 2, 1]),
        (4, [4, 5, 6, 1, 2, 3]),
        (5, [1, 4, 2, 5, 3, 6]),
        (6, [4, 1, 5, 2, 6, 3]),
        (7, [6, 3, 5, 2, 4, 1]),
        (8, [3, 6, 2, 5, 1, 4]),
    ];

    #[test]
    fn every_orientation_is_seen_upright_whole_and_in_parts() {
        let stored = Level { width: 3, height: 2, tile_width: 8, tile_height: 8 };
        let shape = Shape::new(3, 2, 1, SampleType::U8, ColorSpace::Gray);
        let picture = Raster::new(shape, Samples::U8(vec![1, 2, 3, 4, 5, 6])).unwrap();
        for (tag, seen) in SEEN {
            let turn = Turn(Orientation::from_tag(tag).unwrap());
            let upright = turn.raster(picture.clone()).unwrap();
            let level = turn.level(&stored);
            let shape = upright.shape();
            assert_eq!((shape.width, shape.height), (level.width, level.height));
            assert_eq!(upright.as_u8(), Some(&seen[..]), "{tag}");
            for y in 0..level.height {
                for x in 0..level.width {
                    let place = turn.stored_rect(&stored, Rect { x, y, width: 1, height: 1 });
                    let value = u8::try_from(place.y * 3 + place.x + 1).unwrap();
                    assert_eq!(value, seen[(y * level.width + x) as usize], "{tag}");
                }
            }
        }
    }
}
