//! Coordinates: the reference grid, pixels of a level, and samples of a component.
//!
//! A pixel is as large as the samples of the finest component. Pixels of level `r` and samples
//! decoded at `r` levels less are numbered from the origin of the reference grid, not from the
//! corner of the image, so that every edge is a matter of one rounded division (ITU-T T.800, B.2
//! and B.5).

use super::codestream::{Component, Size};

/// How one axis of an image is counted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Axis {
    /// Edges of the image on the reference grid.
    grid: (u32, u32),
    /// Grid points for a pixel.
    unit: u32,
}

/// Both axes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Grid {
    pub(super) x: Axis,
    pub(super) y: Axis,
}

impl Grid {
    pub(super) fn new(size: &Size) -> Self {
        let unit = |step: fn(&Component) -> u8| {
            size.components.iter().map(step).min().unwrap_or(1).max(1).into()
        };
        let x = Axis { grid: (size.start.0, size.end.0), unit: unit(|component| component.step.0) };
        let y = Axis { grid: (size.start.1, size.end.1), unit: unit(|component| component.step.1) };
        Self { x, y }
    }

    /// Width and height of a level.
    pub(super) fn size(&self, level: u8) -> (u32, u32) {
        let side = |(from, to): (u32, u32)| to.saturating_sub(from);
        (side(self.x.pixels(level)), side(self.y.pixels(level)))
    }
}

impl Axis {
    /// First pixel of a level, and the one behind the last.
    pub(super) fn pixels(&self, level: u8) -> (u32, u32) {
        samples(self.grid, self.unit, level)
    }

    /// The part of the reference grid that some pixels of a level, which are among those of the
    /// image, are decoded from. `steps` are those of all components: a coarser one needs to begin
    /// with the sample that covers the first pixel.
    pub(super) fn area(
        &self,
        level: u8,
        (from, to): (u32, u32),
        steps: impl Iterator<Item = u8>,
    ) -> (u32, u32) {
        let scale = u64::from(self.unit) << level.min(32);
        let (first, _) = self.pixels(level);
        let mut start = if from == first { 0 } else { u64::from(from) * scale };
        let exact = start;
        for step in steps {
            let step = u64::from(step.max(1)) << level.min(32);
            start = start.min(exact / step * step);
        }
        let end = u64::from(to) * scale;
        let clip =
            |edge: u64| u32::try_from(edge).unwrap_or(u32::MAX).clamp(self.grid.0, self.grid.1);
        (clip(start), clip(end))
    }

    /// For each pixel of a level the sample of a component that covers it, counted from the first
    /// of `samples`, none of which is beyond them. Empty when there are no samples.
    pub(super) fn cover(
        &self,
        (from, to): (u32, u32),
        step: u8,
        samples: (u32, u32),
    ) -> Vec<usize> {
        if samples.0 >= samples.1 {
            return Vec::new();
        }
        let sample = |pixel: u32| {
            let sample = u64::from(pixel) * u64::from(self.unit) / u64::from(step.max(1));
            let last = samples.1 - 1;
            let sample = u32::try_from(sample).unwrap_or(u32::MAX).clamp(samples.0, last);
            (sample - samples.0) as usize
        };
        (from..to).map(sample).collect()
    }
}

/// The samples of a component that a part of the reference grid has at a level.
pub(super) fn samples((from, to): (u32, u32), step: u32, level: u8) -> (u32, u32) {
    let edge = |edge: u32| {
        let sample = u64::from(edge.div_ceil(step.max(1)));
        // Not larger than the edge.
        u32::try_from(sample.div_ceil(1 << level.min(32))).unwrap_or(u32::MAX)
    };
    (edge(from), edge(to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_rounded_at_both_edges() {
        // B-15: ceil(1000 / 2) - ceil(5 / 2).
        let axis = Axis { grid: (5, 1000), unit: 1 };
        assert_eq!(axis.pixels(0), (5, 1000));
        assert_eq!(axis.pixels(1), (3, 500));
        assert_eq!(axis.pixels(3), (1, 125));
        assert_eq!(Axis { grid: (0, u32::MAX), unit: 1 }.pixels(32), (0, 1));
    }

    #[test]
    fn an_area_gives_back_its_pixels() {
        for unit in 1..4 {
            for start in 0..40 {
                let axis = Axis { grid: (start, 300), unit };
                for level in 0..5 {
                    let (first, last) = axis.pixels(level);
                    for (from, to) in [(first, last), (first, first + 1), (last - 1, last)] {
                        let step = u8::try_from(unit).unwrap();
                        let area = axis.area(level, (from, to), [step].into_iter());
                        assert_eq!(samples(area, unit, level), (from, to), "{axis:?} {level}");
                    }
                }
            }
        }
    }

    #[test]
    fn coarse_samples_cover_their_pixels() {
        let axis = Axis { grid: (3, 11), unit: 1 };
        // Samples of every second grid point from 4 on; 3 has the nearest one.
        assert_eq!(samples((3, 11), 2, 0), (2, 6));
        assert_eq!(axis.cover((3, 11), 2, (2, 6)), [0, 0, 0, 1, 1, 2, 2, 3]);
        // A block that begins in the middle of a sample.
        assert_eq!(axis.area(0, (7, 11), [1, 2].into_iter()), (6, 11));
        assert_eq!(axis.cover((7, 9), 2, (3, 6)), [0, 1]);
        assert!(axis.cover((7, 9), 2, (3, 3)).is_empty());
    }
}
