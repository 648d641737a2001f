//! Counts of grey values, and the threshold that parts them best.

use super::{OpError, Table, is_8_bit};
use crate::raster::Raster;

/// Counts of 8-bit grey values.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Histogram(Box<[u64; 256]>);

impl Histogram {
    /// Threshold of a picture that has one grey value only, so that dark stays dark.
    const MIDDLE: u8 = 128;

    /// Counts the pixels of one raster.
    pub fn new(raster: &Raster) -> Result<Self, OpError> {
        let mut histogram = Self::default();
        histogram.add(raster)?;
        Ok(histogram)
    }

    /// Counts the pixels of one more raster: of each the rounded mean of its colours. Alpha is no
    /// colour, and what cannot be seen does not count.
    pub fn add(&mut self, raster: &Raster) -> Result<(), OpError> {
        let shape = raster.shape();
        let samples = raster.as_u8().filter(|_| is_8_bit(&shape));
        let samples = samples.ok_or(OpError::Unsuitable { op: "histogram" })?;
        for pixel in samples.chunks_exact(usize::from(shape.channels)) {
            let gray = match *pixel {
                [_, 0] | [_, _, _, 0] => continue,
                [gray] | [gray, _] => gray,
                [red, green, blue] | [red, green, blue, _] => mean(red, green, blue),
                _ => return Err(OpError::Unsuitable { op: "histogram" }),
            };
            self.0[usize::from(gray)] += 1;
        }
        Ok(())
    }

    /// Pixels of each grey value.
    pub fn counts(&self) -> &[u64; 256] {
        &self.0
    }

    /// The table that makes all grey values about equally frequent: the share of the pixels that
    /// are not brighter, of 255 (behaviour specification, 10.10).
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "a share of 255 of counts that stay far below 2^53"
    )]
    pub fn equalized(&self) -> Table {
        let total: u64 = self.0.iter().sum();
        let mut table = Box::new([0; 256]);
        let mut up_to = 0_u64;
        for (level, count) in table.iter_mut().zip(self.0.iter()) {
            up_to += count;
            *level = (255.0 * up_to as f64 / total.max(1) as f64).round() as u8;
        }
        Table(table)
    }

    /// Otsu's threshold: the value that parts the counts, those up to it and those above it, with
    /// the greatest variance between both; the lowest such value.
    #[expect(clippy::cast_precision_loss, reason = "pixel counts stay far below 2^53")]
    pub fn threshold(&self) -> u8 {
        let total: u64 = self.0.iter().sum();
        let weighted = |(value, &count): (u8, &u64)| f64::from(value) * count as f64;
        let sum: f64 = (0..=u8::MAX).zip(self.0.iter()).map(weighted).sum();

        let mut best = (0.0, Self::MIDDLE);
        let mut below = 0_u64;
        let mut sum_below = 0.0;
        for (value, count) in (0..=u8::MAX).zip(self.0.iter()) {
            below += count;
            sum_below += weighted((value, count));
            let above = total - below;
            if below == 0 || above == 0 {
                continue;
            }
            let (below, above) = (below as f64, above as f64);
            let distance = sum_below / below - (sum - sum_below) / above;
            let variance = below * above * distance * distance;
            if variance > best.0 {
                best = (variance, value);
            }
        }
        best.1
    }
}

impl Default for Histogram {
    fn default() -> Self {
        Self(Box::new([0; 256]))
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a mean of bytes is a byte")]
fn mean(red: u8, green: u8, blue: u8) -> u8 {
    // A third is never half way between two integers: adding one before dividing rounds.
    ((u16::from(red) + u16::from(green) + u16::from(blue) + 1) / 3) as u8
}

#[cfg(test)]
mod tests {
    use super::super::tests::{gray, gray_alpha, rgb, rgba};
    use super::*;

    fn of(counts: &[(u8, u64)]) -> Histogram {
        let mut bins = Box::new([0; 256]);
        for &(value, count) in counts {
            bins[usize::from(value)] = count;
        }
        Histogram(bins)
    }

    #[test]
    fn the_mean_of_the_colours_is_counted_and_alpha_is_not() {
        assert_eq!(Histogram::new(&gray(3, 1, &[5, 5, 9])), Ok(of(&[(5, 2), (9, 1)])));
        assert_eq!(Histogram::new(&gray_alpha(2, 1, &[5, 1, 9, 255])), Ok(of(&[(5, 1), (9, 1)])));
        assert_eq!(Histogram::new(&gray_alpha(2, 1, &[5, 0, 9, 255])), Ok(of(&[(9, 1)])));
        // Means 1/3, 2/3 and 255.
        let colors = [0, 0, 1, 1, 1, 0, 255, 255, 255];
        assert_eq!(Histogram::new(&rgb(3, 1, &colors)), Ok(of(&[(0, 1), (1, 1), (255, 1)])));
        assert_eq!(Histogram::new(&rgba(1, 1, &[3, 6, 9, 200])), Ok(of(&[(6, 1)])));
    }

    #[test]
    fn otsu_parts_dark_from_bright() {
        assert_eq!(of(&[(10, 100), (20, 50), (30, 200), (200, 150)]).threshold(), 30);
    }

    #[test]
    fn equally_good_thresholds_give_the_lowest() {
        assert_eq!(of(&[(40, 7), (90, 7)]).threshold(), 40);
    }

    #[test]
    fn a_picture_of_one_grey_is_parted_in_the_middle() {
        assert_eq!(of(&[(0, 10)]).threshold(), 128);
        assert_eq!(of(&[]).threshold(), 128);
    }
}
