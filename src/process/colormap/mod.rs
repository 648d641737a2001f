//! Grey values to colours (behaviour specification, 10.8): straight lines between stops. Only the
//! first channel counts. What is below the first stop has its colour, but black in `jet`; what is
//! above the last one has the colour of that.
//!
//! Perceptual maps are those of matplotlib: 256 colours at equal distances.

mod knots;
mod published;

use self::knots::Knots;
use super::OpError;
use super::planes::Planes;
use crate::command::{Colormap, Stop};
use crate::raster::{ColorSpace, Shape};

pub(super) fn shape(input: Shape) -> Result<Shape, OpError> {
    let alpha = input.channels - input.color_channels();
    if input.color_channels() == 0 {
        return Err(OpError::Unsuitable { op: "colormap" });
    }
    Ok(Shape { channels: 3 + alpha, color: ColorSpace::Rgb, ..input })
}

pub(super) fn colormap(planes: &mut Planes, map: &Lines) {
    planes.recolor(3, |from, mut to| {
        let Some(from) = from.colors().next() else { return };
        let (Some(red), Some(green), Some(blue)) = (to.next(), to.next(), to.next()) else {
            return;
        };
        if let Some(knots) = &map.knots {
            knots.paint(from, [red, green, blue]);
            return;
        }
        let colors = red.iter_mut().zip(green.iter_mut()).zip(blue.iter_mut());
        for (((red, green), blue), value) in colors.zip(from) {
            [*red, *green, *blue] = map.color(*value);
        }
    });
}

/// A colour map as straight lines between stops.
#[derive(Debug)]
pub(super) struct Lines {
    /// What is below the first stop, between each two, and from the last one on.
    segments: Vec<Segment>,
    /// For the values before the first stop, for each cell of the range between the first and the
    /// last one, and for those behind it: a segment that begins there or before.
    cells: Vec<u16>,
    /// The position of the first stop.
    first: f32,
    /// Cells for a length of 1.
    scale: f32,
    /// The same in another form, which is faster where it is exact.
    knots: Option<Knots>,
}

#[derive(Clone, Copy, Debug)]
struct Segment {
    start: f32,
    /// The colour at the start.
    color: [f32; 3],
    /// What is added to it for a length of 1.
    slope: [f32; 3],
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
            Colormap::Jet => {
                let mut jet = Self::of(&[
                    (0.0, [0.0, 0.0, 0.5]),
                    (0.125, [0.0, 0.0, 1.0]),
                    (0.375, [0.0, 1.0, 1.0]),
                    (0.625, [1.0, 1.0, 0.0]),
                    (0.875, [1.0, 0.0, 0.0]),
                    (1.0, [0.5, 0.0, 0.0]),
                ]);
                jet.segments[0].color = [0.0; 3];
                jet.knots = Knots::new(&jet.segments);
                jet
            }
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
                let stop = |stop: &Stop| (position(stop.position.value()), color(stop.color));
                Self::of(&stops.map(stop).collect::<Vec<_>>())
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
        let stops = Self::positions(colors.len()).zip(colors.iter().map(|c| c.map(f32::from)));
        Self::of(&stops.collect::<Vec<_>>())
    }

    /// Colours in hexadecimal at equal distances.
    fn published(colors: &str) -> Self {
        let color = |color| {
            let [_, red, green, blue] = u32::from_str_radix(color, 16).unwrap_or(0).to_be_bytes();
            [red, green, blue].map(|channel| f32::from(channel) / 255.0)
        };
        let colors: Vec<_> = colors.split_whitespace().map(color).collect();
        Self::of(&Self::positions(colors.len()).zip(colors).collect::<Vec<_>>())
    }

    /// So many positions from 0 to 1.
    #[expect(clippy::cast_precision_loss, reason = "a few hundred")]
    fn positions(count: usize) -> impl Iterator<Item = f32> {
        (0..count).map(move |index| index as f32 / (count - 1) as f32)
    }

    /// Lines between stops, at least two.
    fn of(stops: &[(f32, [f32; 3])]) -> Self {
        let flat = |(start, color): (f32, [f32; 3])| Segment { start, color, slope: [0.0; 3] };
        let ((first, _), (last, _)) = (stops[0], stops[stops.len() - 1]);
        let mut segments = vec![Segment { start: f32::MIN, ..flat(stops[0]) }];
        for pair in stops.windows(2) {
            let ((start, from), (end, to)) = (pair[0], pair[1]);
            // Two stops at one place are an edge: no value is between them.
            let length = if end > start { end - start } else { 1.0 };
            let slope = std::array::from_fn(|channel| (to[channel] - from[channel]) / length);
            segments.push(Segment { start, color: from, slope });
        }
        segments.push(flat(stops[stops.len() - 1]));

        let length = last - first;
        let scale = if length > 0.0 { f32::from(Self::CELLS) / length } else { 0.0 };
        let start = |cell: u16| first + f32::from(cell) / f32::from(Self::CELLS) * length;
        let segment = |cell: u16| {
            let behind = segments.partition_point(|segment| segment.start <= start(cell));
            // One earlier, should the cell of a value be rounded up.
            u16::try_from(behind.saturating_sub(2)).unwrap_or(u16::MAX)
        };
        let inside = (1..=Self::CELLS).map(|cell| if length > 0.0 { segment(cell) } else { 0 });
        let cells = [0, 0].into_iter().chain(inside).collect();
        let knots = Knots::new(&segments);
        Self { segments, cells, first, scale, knots }
    }

    /// The colour of a value.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a call for each value takes as long as its colour")]
    fn color(&self, value: f32) -> [f32; 3] {
        // Rounded down, negative and not a number to 0, which is the cell before the first.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
        let cell = ((value - self.first) * self.scale + 1.0) as usize;
        let mut at = usize::from(self.cells[cell.min(self.cells.len() - 1)]);
        while let Some(next) = self.segments.get(at + 1)
            && next.start <= value
        {
            at += 1;
        }
        let Segment { start, color, slope } = self.segments[at];
        // Finite, so that nothing is added on a flat line; what is not a number stays so.
        let along = (value - start).clamp(f32::MIN, f32::MAX);
        let [red, green, blue] = color;
        [red + along * slope[0], green + along * slope[1], blue + along * slope[2]]
    }
}

#[cfg(test)]
mod tests {
    use super::super::Op;
    use super::super::tests::{chain, gray};
    use super::*;
    use crate::command::{Finite, Stops};

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
