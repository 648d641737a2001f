//! Maps of few straight lines, for many values at once: at each place where a line begins, the
//! colour jumps and bends, and what is behind it adds to what comes.

use pulp::Arch;

use super::Segment;

/// Most places: more are slower than to look the line up.
const MOST: usize = 8;
/// Steepest line: the sums of steeper ones lose digits.
const STEEPEST: f32 = 256.0;
/// Values at once.
const LANES: usize = 16;

/// A colour map by the places where its lines begin.
#[derive(Debug)]
pub(super) struct Knots {
    /// Before the first place.
    color: [f32; 3],
    bends: Vec<Knot>,
    /// Below the first place, and the last place: what is beyond has the same colour.
    ends: (f32, f32),
}

#[derive(Clone, Copy, Debug)]
struct Knot {
    start: f32,
    jump: [f32; 3],
    bend: [f32; 3],
}

impl Knots {
    /// Of lines where they are few and flat enough; the first and the last one are level.
    pub(super) fn new(segments: &[Segment]) -> Option<Self> {
        let (first, last) = (segments.get(1)?, segments.last()?);
        let flat = |segment: &Segment| segment.slope.iter().all(|slope| slope.abs() <= STEEPEST);
        if segments.len() > MOST + 1 || !segments.iter().all(flat) {
            return None;
        }
        let knot = |pair: &[Segment]| {
            let (before, after) = (&pair[0], &pair[1]);
            // The first line is level: it has its colour everywhere.
            let along = (after.start - before.start).min(f32::MAX);
            let mut knot = Knot { start: after.start, jump: [0.0; 3], bend: [0.0; 3] };
            for channel in 0..3 {
                let reached = before.color[channel] + along * before.slope[channel];
                knot.jump[channel] = after.color[channel] - reached;
                knot.bend[channel] = after.slope[channel] - before.slope[channel];
            }
            knot
        };
        let bends = segments.windows(2).map(knot).collect();
        Some(Self { color: segments[0].color, bends, ends: (first.start - 1.0, last.start) })
    }

    /// The colours of values.
    pub(super) fn paint(&self, values: &[f32], colors: [&mut [f32]; 3]) {
        Arch::new().dispatch(
            #[inline(always)]
            || {
                let [red, green, blue] = colors;
                let (values, few) = values.as_chunks::<LANES>();
                let (reds, few_red) = red.as_chunks_mut::<LANES>();
                let (greens, few_green) = green.as_chunks_mut::<LANES>();
                let (blues, few_blue) = blue.as_chunks_mut::<LANES>();
                let many = values.iter().zip(reds).zip(greens).zip(blues);
                for (((value, red), green), blue) in many {
                    self.add(value, [red, green, blue]);
                }
                let few = few.iter().zip(few_red).zip(few_green).zip(few_blue);
                for (((value, red), green), blue) in few {
                    let one = std::array::from_mut;
                    self.add(&[*value], [one(red), one(green), one(blue)]);
                }
            },
        );
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it needs the instructions that were chosen")]
    fn add<const N: usize>(&self, values: &[f32; N], [red, green, blue]: [&mut [f32; N]; 3]) {
        let (low, high) = self.ends;
        let mut clamped = [0.0; N];
        for lane in 0..N {
            clamped[lane] = values[lane].clamp(low, high);
        }
        *red = self.channel::<0, N>(&clamped);
        *green = self.channel::<1, N>(&clamped);
        *blue = self.channel::<2, N>(&clamped);
    }

    /// Loops over arrays, as chains of iterators are not always vectorised.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it needs the instructions that were chosen")]
    fn channel<const CHANNEL: usize, const N: usize>(&self, values: &[f32; N]) -> [f32; N] {
        let mut sum = [0.0; N];
        for lane in 0..N {
            // What is not a number stays so.
            sum[lane] = self.color[CHANNEL] + values[lane] * 0.0;
        }
        for Knot { start, jump, bend } in &self.bends {
            for lane in 0..N {
                let along = values[lane] - start;
                let more = jump[CHANNEL] + bend[CHANNEL] * along;
                sum[lane] += if along >= 0.0 { more } else { 0.0 };
            }
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::super::Lines;
    use crate::command::{Colormap, Finite, Stop, Stops};

    /// All values of a range and beyond, by knots and by lines.
    fn assert_same(map: &Colormap) {
        let lines = Lines::new(map);
        let values: Vec<f32> = (-300_i16..1300).map(|value| f32::from(value) / 1000.0).collect();
        let mut planes = [(); 3].map(|()| vec![f32::NAN; values.len()]);
        let knots = lines.knots.as_ref().unwrap();
        let [red, green, blue] = &mut planes;
        knots.paint(&values, [red, green, blue]);
        for (at, value) in values.iter().enumerate() {
            for (plane, expected) in planes.iter().zip(lines.color(*value)) {
                // A hundredth of a grey level.
                assert!((plane[at] - expected).abs() < 4e-5, "{map:?} {value} {}", plane[at]);
            }
        }
    }

    #[test]
    fn knots_and_lines_make_the_same_colours() {
        for map in [Colormap::Jet, Colormap::Hot, Colormap::Cold, Colormap::Red, Colormap::Grey] {
            assert_same(&map);
        }
        let stop = |position, color| Stop { position: Finite::new(position).unwrap(), color };
        let edge = [
            stop(0.2, [10, 0, 200]),
            stop(0.4, [20, 0, 255]),
            stop(0.4, [0, 100, 0]),
            stop(0.9, [0, 200, 255]),
        ];
        assert_same(&Colormap::Stops(Stops::new(&edge).unwrap()));
    }

    #[test]
    fn what_is_not_a_number_has_no_colour_and_infinity_that_of_the_end() {
        let lines = Lines::new(&Colormap::Jet);
        let mut planes = [[0.0; 3]; 3];
        let [red, green, blue] = &mut planes;
        let values = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY];
        lines.knots.unwrap().paint(&values, [red, green, blue]);
        assert!(planes.iter().all(|plane| plane[0].is_nan()));
        assert_eq!(planes.map(|plane| plane[1].to_string()), ["0.5", "0", "0"]);
        assert_eq!(planes.map(|plane| plane[2].to_string()), ["0", "0", "0"]);
    }

    #[test]
    fn many_or_steep_lines_are_looked_up() {
        assert!(Lines::new(&Colormap::Viridis).knots.is_none());
        let stop = |position, color| Stop { position: Finite::new(position).unwrap(), color };
        let steep = [stop(0.5, [0; 3]), stop(0.500_001, [255; 3])];
        assert!(Lines::new(&Colormap::Stops(Stops::new(&steep).unwrap())).knots.is_none());
    }
}
