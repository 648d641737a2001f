//! Grey values to colours (behaviour specification, 10.8): straight lines between stops. Only the
//! first channel counts. What is below the first stop has its colour, but black in `jet`; what is
//! above the last one has the colour of that.
//!
//! Perceptual maps are those of matplotlib: 256 colours at equal distances.

mod published;

use super::OpError;
use super::planes::Planes;
use crate::command::Colormap;
use crate::raster::{ColorSpace, Shape};

pub(super) fn shape(input: Shape) -> Result<Shape, OpError> {
    let alpha = input.channels - input.color_channels();
    if input.color_channels() == 0 {
        return Err(OpError::Unsuitable { op: "colormap" });
    }
    Ok(Shape { channels: 3 + alpha, color: ColorSpace::Rgb, ..input })
}

pub(super) fn colormap(planes: &mut Planes, map: &Lines) {
    planes.recolor(3, |from, to| {
        let (Some(from), [red, green, blue]) = (from.colors().next(), to) else { return };
        let colors = red.iter_mut().zip(green.iter_mut()).zip(blue.iter_mut());
        for (((red, green), blue), value) in colors.zip(from) {
            [*red, *green, *blue] = map.color(*value);
        }
    });
}

/// A colour map as straight lines between stops.
#[derive(Debug)]
pub(super) struct Lines {
    /// Positions and colours of 0..1, at least two.
    stops: Vec<(f32, [f32; 3])>,
    /// The colour of what is below the first stop.
    under: [f32; 3],
    /// For each cell of the range between the first and the last stop the last stop that is not
    /// behind it.
    cells: Vec<u16>,
    /// Cells for a length of 1.
    scale: f32,
}

impl Lines {
    const CELLS: u16 = 1024;

    pub(super) fn new(map: &Colormap) -> Self {
        match map {
            Colormap::Blue => Self::ends([0, 0, 1]),
            Colormap::Cividis => Self::published(published::CIVIDIS),
            Colormap::Cold => Self::even(&[[0, 0, 0], [0, 0, 1], [0, 1, 1], [1, 1, 1]]),
            Colormap::Green => Self::ends([0, 1, 0]),
            Colormap::Grey => Self::ends([1, 1, 1]),
            Colormap::Hot => Self::even(&[[0, 0, 0], [1, 0, 0], [1, 1, 0], [1, 1, 1]]),
            Colormap::Inferno => Self::published(published::INFERNO),
            Colormap::Jet => Self {
                under: [0.0; 3],
                ..Self::of(vec![
                    (0.0, [0.0, 0.0, 0.5]),
                    (0.125, [0.0, 0.0, 1.0]),
                    (0.375, [0.0, 1.0, 1.0]),
                    (0.625, [1.0, 1.0, 0.0]),
                    (0.875, [1.0, 0.0, 0.0]),
                    (1.0, [0.5, 0.0, 0.0]),
                ])
            },
            Colormap::Magma => Self::published(published::MAGMA),
            Colormap::Plasma => Self::published(published::PLASMA),
            Colormap::Red => Self::ends([1, 0, 0]),
            Colormap::Stops(stops) => {
                #[expect(
                    clippy::cast_possible_truncation,
                    reason = "single precision is the working type"
                )]
                let position = |value: f64| value as f32;
                let stops = stops.as_slice().iter();
                let color = |color: [u8; 3]| color.map(|channel| f32::from(channel) / 255.0);
                Self::of(stops.map(|s| (position(s.position.value()), color(s.color))).collect())
            }
            Colormap::Turbo => Self::published(published::TURBO),
            Colormap::Viridis => Self::published(published::VIRIDIS),
        }
    }

    /// From black to one colour.
    fn ends(color: [u8; 3]) -> Self {
        Self::even(&[[0; 3], color])
    }

    /// Stops of pure colours at equal distances.
    fn even(colors: &[[u8; 3]]) -> Self {
        let position = Self::positions(colors.len());
        Self::of(position.zip(colors.iter().map(|color| color.map(f32::from))).collect())
    }

    /// Colours in hexadecimal at equal distances.
    fn published(colors: &str) -> Self {
        let color = |color| {
            let [_, red, green, blue] = u32::from_str_radix(color, 16).unwrap_or(0).to_be_bytes();
            [red, green, blue].map(|channel| f32::from(channel) / 255.0)
        };
        let colors: Vec<_> = colors.split_whitespace().map(color).collect();
        Self::of(Self::positions(colors.len()).zip(colors).collect())
    }

    /// So many positions from 0 to 1.
    #[expect(clippy::cast_precision_loss, reason = "a few hundred")]
    fn positions(count: usize) -> impl Iterator<Item = f32> {
        (0..count).map(move |index| index as f32 / (count - 1) as f32)
    }

    fn of(stops: Vec<(f32, [f32; 3])>) -> Self {
        let (first, last) = (stops[0].0, stops[stops.len() - 1].0);
        let length = last - first;
        let scale = if length > 0.0 { f32::from(Self::CELLS) / length } else { 0.0 };
        let start = |cell: u16| first + f32::from(cell) / f32::from(Self::CELLS) * length;
        let stop = |cell: u16| {
            let behind = stops.partition_point(|(position, _)| *position <= start(cell));
            // One earlier, should the cell of a value be rounded up.
            u16::try_from(behind.saturating_sub(2)).unwrap_or(u16::MAX)
        };
        let cells = (0..Self::CELLS).map(stop).collect();
        Self { under: stops[0].1, stops, cells, scale }
    }

    /// The colour of a value.
    fn color(&self, value: f32) -> [f32; 3] {
        let (first, last) = (&self.stops[0], &self.stops[self.stops.len() - 1]);
        if value.is_nan() {
            return [value; 3];
        }
        if value < first.0 {
            return self.under;
        }
        if value >= last.0 {
            return last.1;
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within range")]
        let cell = ((value - first.0) * self.scale) as usize;
        let mut stop = usize::from(self.cells[cell.min(self.cells.len() - 1)]);
        while self.stops[stop + 1].0 <= value {
            stop += 1;
        }
        let ((start, from), (end, to)) = (self.stops[stop], self.stops[stop + 1]);
        let share = (value - start) / (end - start);
        std::array::from_fn(|channel| from[channel] + share * (to[channel] - from[channel]))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Op;
    use super::super::tests::{chain, gray};
    use super::*;
    use crate::command::{Finite, Stop, Stops};

    fn colors(map: Colormap, values: &[u8]) -> Vec<u8> {
        let input = gray(u32::try_from(values.len()).unwrap(), 1, values);
        chain(&[Op::Colormap(map)], &input, 255.0).as_u8().unwrap().to_vec()
    }

    /// Behaviour specification, 25.
    #[test]
    fn maps_are_those_of_the_specification() {
        type Expected = &'static [(u8, [u8; 3])];
        let cases: [(_, Expected); 3] = [
            (
                Colormap::Hot,
                &[(32, [96, 0, 0]), (85, [255, 0, 0]), (128, [255, 129, 0]), (192, [255, 255, 66])],
            ),
            (Colormap::Cold, &[(32, [0, 0, 96]), (128, [0, 129, 255]), (224, [162, 255, 255])]),
            (
                Colormap::Jet,
                &[
                    (0, [0, 0, 127]),
                    (32, [0, 0, 255]),
                    (64, [0, 128, 255]),
                    (96, [1, 255, 253]),
                    (128, [129, 255, 125]),
                    (160, [255, 252, 0]),
                    (192, [255, 124, 0]),
                    (224, [251, 0, 0]),
                    (255, [127, 0, 0]),
                ],
            ),
        ];
        for (map, expected) in cases {
            for (value, expected) in expected {
                let found = colors(map.clone(), &[*value]);
                let differ = found.iter().zip(expected).map(|(a, b)| a.abs_diff(*b)).max();
                assert!(differ <= Some(1), "{map:?} {value}: {found:?}");
            }
        }
    }

    #[test]
    fn values_outside_have_the_colour_of_the_end() {
        let of = |map: &Colormap, value| Lines::new(map).color(value).map(|c| c.to_string());
        assert_eq!(of(&Colormap::Hot, 1.5), ["1", "1", "1"]);
        assert_eq!(of(&Colormap::Jet, 1.5), ["0.5", "0", "0"]);
        assert_eq!(of(&Colormap::Jet, -0.1), ["0", "0", "0"]);
        assert_eq!(of(&Colormap::Viridis, f32::NAN), ["NaN", "NaN", "NaN"]);
    }

    /// The ends, as matplotlib has them.
    #[test]
    fn perceptual_maps_have_their_known_ends() {
        for (map, first, last) in [
            (Colormap::Viridis, [68, 1, 84], [253, 231, 37]),
            (Colormap::Magma, [0, 0, 4], [252, 253, 191]),
            (Colormap::Inferno, [0, 0, 4], [252, 255, 164]),
            (Colormap::Plasma, [13, 8, 135], [240, 249, 33]),
            (Colormap::Cividis, [0, 34, 78], [254, 232, 56]),
            (Colormap::Turbo, [48, 18, 59], [122, 4, 3]),
        ] {
            assert_eq!(colors(map.clone(), &[0, 255]), [first, last].concat(), "{map:?}");
        }
        assert_eq!(colors(Colormap::Grey, &[0, 99, 255]), [0, 0, 0, 99, 99, 99, 255, 255, 255]);
        assert_eq!(colors(Colormap::Green, &[100]), [0, 100, 0]);
    }

    #[test]
    fn published_maps_are_complete() {
        let maps = [
            published::CIVIDIS,
            published::INFERNO,
            published::MAGMA,
            published::PLASMA,
            published::TURBO,
            published::VIRIDIS,
        ];
        for colors in maps {
            let is_color = |color: &str| color.len() == 6 && u32::from_str_radix(color, 16).is_ok();
            assert!(colors.split_whitespace().all(is_color));
            assert_eq!(colors.split_whitespace().count(), 256);
        }
    }

    #[test]
    fn stops_may_be_anywhere_and_make_edges() {
        let stop = |position, color| Stop { position: Finite::new(position).unwrap(), color };
        let stops = [
            stop(0.2, [10, 0, 0]),
            stop(0.4, [20, 0, 0]),
            stop(0.4, [0, 100, 0]),
            stop(0.8, [0, 200, 0]),
        ];
        let map = Colormap::Stops(Stops::new(&stops).unwrap());
        // 0, 0.2, 0.302, 0.4, 0.6, 0.8 and 1 of 255.
        let expected = [
            [10, 0, 0],
            [10, 0, 0],
            [15, 0, 0],
            [0, 100, 0],
            [0, 150, 0],
            [0, 200, 0],
            [0, 200, 0],
        ];
        assert_eq!(colors(map, &[0, 51, 77, 102, 153, 204, 255]), expected.concat());
    }
}
