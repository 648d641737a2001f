//! Half of a picture: each pixel is the mean of the up to four it covers.
//!
//! Straight alpha weighs the colours. Values that are not numbers do not count.

use crate::codec::DecodeError;
use crate::raster::{Alpha, Raster, SampleType, Samples, Shape};

/// A picture of `width` by `height` pixels, at most half of the sides rounded up. A column or row
/// that is beyond twice these is left out; one that is missing is taken once.
pub(super) fn halve(from: &Raster, width: u32, height: u32) -> Result<Raster, DecodeError> {
    let input = from.shape();
    let output = input.resized(width, height);
    let mut samples = Samples::zeroed(output.sample, output.samples()?)?;
    let grid = Grid { input, output };
    let weighted = input.alpha == Alpha::Straight && input.channels > 1;
    match (from.samples(), &mut samples) {
        (Samples::U8(from), Samples::U8(to)) if weighted => grid.weighted(from, to),
        (Samples::U16(from), Samples::U16(to)) if weighted => grid.weighted(from, to),
        (Samples::U8(from), Samples::U8(to)) => grid.run(from, to, mean_u8),
        (Samples::U16(from), Samples::U16(to)) => grid.run(from, to, mean_u16),
        (Samples::U32(from), Samples::U32(to)) => grid.run(from, to, mean_u32),
        (Samples::F32(from), Samples::F32(to)) => grid.run(from, to, mean_f32),
        // The samples were made for the same type.
        (_, _) => debug_assert_eq!(output.sample, SampleType::U8),
    }
    Ok(Raster::new(output, samples)?)
}

#[derive(Clone, Copy)]
struct Grid {
    input: Shape,
    output: Shape,
}

impl Grid {
    /// The two rows of the input below one of the output; the same one where there is only one.
    fn rows<'a, T>(&self, from: &'a [T], row: usize) -> (&'a [T], &'a [T]) {
        let length = self.input.row_samples();
        let last = (self.input.height as usize).saturating_sub(1);
        let line = |row: usize| {
            let start = row.min(last) * length;
            from.get(start..start + length).unwrap_or_default()
        };
        (line(2 * row), line(2 * row + 1))
    }

    /// Offsets of the two pixels of a row that one of the output covers.
    fn pair(&self, column: usize) -> (usize, usize) {
        let channels = usize::from(self.input.channels);
        let last = (self.input.width as usize).saturating_sub(1);
        ((2 * column).min(last) * channels, (2 * column + 1).min(last) * channels)
    }

    fn run<T: Copy>(&self, from: &[T], to: &mut [T], mean: impl Fn([T; 4]) -> T) {
        let channels = usize::from(self.input.channels);
        for (row, line) in to.chunks_exact_mut(self.output.row_samples().max(1)).enumerate() {
            let (above, below) = self.rows(from, row);
            for (column, pixel) in line.chunks_exact_mut(channels).enumerate() {
                let (left, right) = self.pair(column);
                for (channel, sample) in pixel.iter_mut().enumerate() {
                    let (left, right) = (left + channel, right + channel);
                    *sample = mean([above[left], above[right], below[left], below[right]]);
                }
            }
        }
    }

    /// Colours by the opacity of their pixels.
    fn weighted<T: Copy + Into<u64> + TryFrom<u64>>(&self, from: &[T], to: &mut [T]) {
        let channels = usize::from(self.input.channels);
        let colors = channels - 1;
        for (row, line) in to.chunks_exact_mut(self.output.row_samples().max(1)).enumerate() {
            let (above, below) = self.rows(from, row);
            for (column, pixel) in line.chunks_exact_mut(channels).enumerate() {
                let (left, right) = self.pair(column);
                let four = [&above[left..], &above[right..], &below[left..], &below[right..]];
                let alphas = four.map(|pixel| pixel[colors].into());
                let sum: u64 = alphas.iter().sum();
                for channel in 0..colors {
                    let values = four.map(|pixel| pixel[channel].into());
                    let products = values.iter().zip(alphas).map(|(value, alpha)| value * alpha);
                    let mean = (products.sum::<u64>() + sum / 2).checked_div(sum);
                    if let Ok(mean) = T::try_from(mean.unwrap_or(0)) {
                        pixel[channel] = mean;
                    }
                }
                if let Ok(alpha) = T::try_from((sum + 2) / 4) {
                    pixel[colors] = alpha;
                }
            }
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a mean is not above the largest")]
fn mean_u8(values: [u8; 4]) -> u8 {
    ((values.iter().map(|value| u16::from(*value)).sum::<u16>() + 2) / 4) as u8
}

#[expect(clippy::cast_possible_truncation, reason = "a mean is not above the largest")]
fn mean_u16(values: [u16; 4]) -> u16 {
    ((values.iter().map(|value| u32::from(*value)).sum::<u32>() + 2) / 4) as u16
}

#[expect(clippy::cast_possible_truncation, reason = "a mean is not above the largest")]
fn mean_u32(values: [u32; 4]) -> u32 {
    ((values.iter().map(|value| u64::from(*value)).sum::<u64>() + 2) / 4) as u32
}

#[expect(clippy::cast_precision_loss, reason = "at most four")]
fn mean_f32(values: [f32; 4]) -> f32 {
    let numbers = values.iter().filter(|value| value.is_finite());
    let count = numbers.clone().count();
    if count == 0 { values[0] } else { numbers.sum::<f32>() / count as f32 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::ColorSpace;

    fn gray<const N: usize>(width: u32, samples: [u8; N]) -> Raster {
        let height = u32::try_from(N).unwrap() / width;
        let shape = Shape::new(width, height, 1, SampleType::U8, ColorSpace::Gray);
        Raster::new(shape, Samples::U8(samples.to_vec())).unwrap()
    }

    #[test]
    fn means_are_rounded() {
        let half = halve(&gray(4, [0, 1, 10, 20, 1, 0, 30, 41]), 2, 1).unwrap();
        // 0.5 and 25.25
        assert_eq!(half, gray(2, [1, 25]));
        assert_eq!(halve(&gray(2, [255; 4]), 1, 1).unwrap(), gray(1, [255]));
    }

    #[test]
    fn odd_sides_lose_or_keep_their_last_pixels() {
        let from = gray(3, [1, 3, 100, 1, 3, 100, 50, 50, 200]);
        assert_eq!(halve(&from, 1, 1).unwrap(), gray(1, [2]));
        assert_eq!(halve(&from, 2, 2).unwrap(), gray(2, [2, 100, 50, 200]));
    }

    #[test]
    fn a_line_is_halved_along_itself() {
        assert_eq!(halve(&gray(4, [0, 2, 4, 8]), 2, 1).unwrap(), gray(2, [1, 6]));
        assert_eq!(halve(&gray(1, [0, 2, 4, 8]), 1, 2).unwrap(), gray(1, [1, 6]));
    }

    #[test]
    fn what_cannot_be_seen_has_no_colour() {
        let shape = Shape {
            alpha: Alpha::Straight,
            ..Shape::new(2, 1, 2, SampleType::U8, ColorSpace::Gray)
        };
        let from = Raster::new(shape, Samples::U8(vec![200, 255, 10, 0])).unwrap();
        let half = halve(&from, 1, 1).unwrap();
        assert_eq!(half.as_u8(), Some(&[200, 128][..]));
    }

    #[test]
    fn missing_values_do_not_count() {
        let shape = Shape::new(4, 1, 1, SampleType::F32, ColorSpace::Gray);
        let values = vec![f32::NAN, 3.0, f32::NAN, f32::NAN];
        let half = halve(&Raster::new(shape, Samples::F32(values)).unwrap(), 2, 1).unwrap();
        let Samples::F32(values) = half.samples() else { panic!() };
        assert_eq!(values[0].to_bits(), 3.0f32.to_bits());
        assert!(values[1].is_nan());
    }
}
