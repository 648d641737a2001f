//! The range of values worth seeing, of floating point images that do not say it.
//!
//! A single hot pixel or a mark for missing values must not make everything else black, so the
//! range leaves out half a percent of the values at each end. What is not a number, and what the
//! file calls "nothing here", does not count. Colours share one range, so that grey stays grey.

use crate::image::{ImageInfo, Range};
use crate::raster::{ColorSpace, Raster, Samples};

/// Bytes of pixels that are looked at.
pub(super) const BYTES: usize = 32 << 20;

/// Blocks that are looked at.
pub(super) const BLOCKS: usize = 64;

/// Values that are kept of each channel.
const VALUES: usize = 1 << 20;

/// Part of the values that is left out at each end.
const OUTLIERS: f64 = 0.005;

/// Values of some blocks.
pub(super) struct Cuts {
    channels: Vec<Vec<f32>>,
    nodata: Option<f32>,
    shared: bool,
}

impl Cuts {
    pub(super) fn new(info: &ImageInfo) -> Self {
        let channels = vec![Vec::new(); usize::from(info.channels)];
        Self { channels, nodata: info.nodata, shared: info.color == ColorSpace::Rgb }
    }

    /// Takes values of one more block, all of it or evenly over it.
    pub(super) fn add(&mut self, block: &Raster) {
        let Samples::F32(samples) = block.samples() else { return };
        let count = self.channels.len();
        let step = (samples.len() / count.max(1)).div_ceil(VALUES / BLOCKS).max(1);
        for pixel in samples.chunks_exact(count.max(1)).step_by(step) {
            for (values, value) in self.channels.iter_mut().zip(pixel) {
                if value.is_finite() && Some(*value) != self.nodata && values.len() < VALUES {
                    values.push(*value);
                }
            }
        }
    }

    /// The range of each channel; 0 to 1 where nothing is known.
    pub(super) fn ranges(mut self) -> Vec<Range> {
        let mut ranges: Vec<_> = self.channels.iter_mut().map(|values| range(values)).collect();
        if self.shared {
            let known = || ranges.iter().flatten();
            let min = known().map(|range| range.min).reduce(f32::min);
            let max = known().map(|range| range.max).reduce(f32::max);
            let common = min.zip(max).map(|(min, max)| Range { min, max });
            ranges.fill(common);
        }
        let unknown = Range { min: 0.0, max: 1.0 };
        ranges.into_iter().map(|range| range.unwrap_or(unknown)).collect()
    }
}

fn range(values: &mut [f32]) -> Option<Range> {
    let last = values.len().checked_sub(1)?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "a part of a count that is far below 2^53"
    )]
    let left_out = (values.len() as f64 * OUTLIERS) as usize;
    let mut at = |index: usize| *values.select_nth_unstable_by(index, f32::total_cmp).1;
    let range = Range { min: at(left_out), max: at(last - left_out) };
    if range.min < range.max {
        return Some(range);
    }
    // Nearly all values are the same: the others are what there is to see.
    let range = Range { min: at(0), max: at(last) };
    Some(if range.min < range.max { range } else { Range { max: range.min + 1.0, ..range } })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::{SampleType, Shape};

    fn ranges(channels: u16, color: ColorSpace, values: Vec<f32>) -> Vec<Range> {
        let width = u32::try_from(values.len()).unwrap() / u32::from(channels);
        let shape = Shape::new(width, 1, channels, SampleType::F32, color);
        let nodata = Some(-9999.0);
        let mut cuts = Cuts::new(&ImageInfo { nodata, ..ImageInfo::new(Vec::new(), shape) });
        cuts.add(&Raster::new(shape, Samples::F32(values)).unwrap());
        cuts.ranges()
    }

    #[test]
    fn outliers_and_missing_values_are_left_out() {
        // 1 to 1000 and some that would spoil the range.
        let mut values: Vec<f32> = (1..=1000_u16).map(f32::from).collect();
        values.extend([f32::NAN, f32::INFINITY, -9999.0]);
        let found = ranges(1, ColorSpace::Gray, values);
        // The sixth from each end: half a percent of a thousand is five.
        assert_eq!(found, [Range { min: 6.0, max: 995.0 }]);
    }

    #[test]
    fn nearly_constant_images_show_what_differs() {
        let mut values = vec![2.0; 10_000];
        values[77] = 3.0;
        assert_eq!(ranges(1, ColorSpace::Gray, values), [Range { min: 2.0, max: 3.0 }]);
        assert_eq!(ranges(1, ColorSpace::Gray, vec![5.0; 9]), [Range { min: 5.0, max: 6.0 }]);
        assert_eq!(ranges(1, ColorSpace::Gray, vec![f32::NAN; 9]), [Range { min: 0.0, max: 1.0 }]);
    }

    #[test]
    fn colours_share_a_range_and_bands_do_not() {
        let values = [0.0, 10.0, 20.0, 1.0, 11.0, 21.0].to_vec();
        let shared = Range { min: 0.0, max: 21.0 };
        assert_eq!(ranges(3, ColorSpace::Rgb, values.clone()), [shared; 3]);
        let own = [(0.0, 1.0), (10.0, 11.0), (20.0, 21.0)].map(|(min, max)| Range { min, max });
        assert_eq!(ranges(3, ColorSpace::Multiband, values), own);
    }
}
