//! What the values of a level are like: extremes, mean, deviation, percentiles, histogram.

use super::OpError;
use crate::raster::{Layout, Raster, SampleType, Samples, Shape};

/// Statistics of the channels of a level. Alpha is left out, and only finite values count that are
/// not the mark for "nothing here".
#[derive(Clone, Debug, PartialEq)]
pub struct Statistics {
    channels: Vec<Channel>,
}

impl Statistics {
    /// One for each channel, in their order.
    pub fn channels(&self) -> &[Channel] {
        &self.channels
    }

    /// Bytes they take in memory.
    pub fn bytes(&self) -> u64 {
        let channels = self.channels.iter().map(|channel| match &channel.values {
            Values::Counted(counted) => counted.len() * size_of::<(u16, u64)>(),
            Values::Sorted(sorted) => sorted.len() * size_of::<f32>(),
        });
        (channels.sum::<usize>() + self.channels.len() * size_of::<Channel>()) as u64
    }
}

/// Statistics of one channel.
#[derive(Clone, Debug, PartialEq)]
pub struct Channel {
    moments: Moments,
    missing: u64,
    values: Values,
}

/// Values in ascending order.
#[derive(Clone, Debug, PartialEq)]
enum Values {
    /// Each value that occurs, and how many there are up to it.
    Counted(Vec<(u16, u64)>),
    /// All of them, or evenly many.
    Sorted(Vec<f32>),
}

impl Channel {
    /// Values that count.
    pub fn count(&self) -> u64 {
        self.moments.count
    }

    /// Values that do not: not finite, or the mark for "nothing here".
    pub fn missing(&self) -> u64 {
        self.missing
    }

    /// The lowest value, if there is any.
    pub fn min(&self) -> Option<f32> {
        (self.count() > 0).then(|| single(self.moments.min))
    }

    /// The highest value.
    pub fn max(&self) -> Option<f32> {
        (self.count() > 0).then(|| single(self.moments.max))
    }

    /// The arithmetic mean.
    pub fn mean(&self) -> Option<f64> {
        self.moments.mean()
    }

    /// The standard deviation of all values: the root of the mean square distance to the mean.
    pub fn deviation(&self) -> Option<f64> {
        self.moments.deviation()
    }

    /// The value below which so many of a hundred values are, linear between two neighbours.
    pub fn percentile(&self, percent: f64) -> Option<f32> {
        match percent {
            _ if percent.is_nan() => return None,
            ..=0.0 => return self.min(),
            100.0.. => return self.max(),
            _ => {}
        }
        let last = self.kept().checked_sub(1)?;
        let position = percent / 100.0 * as_f64(last);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 0 and the number of values"
        )]
        let below = (position.floor() as u64).min(last);
        let (low, high) = (self.nth(below)?, self.nth((below + 1).min(last))?);
        let value =
            f64::from(low) + (position - as_f64(below)) * (f64::from(high) - f64::from(low));
        Some(single(value))
    }

    /// How many values are in each of equal parts of a range, its ends included. Values outside of
    /// it are left out. Of a level that was not kept as a whole the counts are of its sample.
    pub fn histogram(&self, min: f32, max: f32, bins: usize) -> Vec<u64> {
        let mut counts = vec![0; bins];
        let (start, length) = (f64::from(min), f64::from(max) - f64::from(min));
        let mut add = |value: f32, count: u64| {
            if !(min..=max).contains(&value) {
                return;
            }
            let position = (f64::from(value) - start) / length * as_f64(bins as u64);
            // Without extent all values are the first; the end of the range is in the last part.
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "not negative, and NaN is 0"
            )]
            let bin = (position as usize).min(bins.saturating_sub(1));
            if let Some(bin) = counts.get_mut(bin) {
                *bin += count;
            }
        };
        match &self.values {
            Values::Counted(counted) => {
                let mut before = 0;
                for &(value, up_to) in counted {
                    add(f32::from(value), up_to - before);
                    before = up_to;
                }
            }
            Values::Sorted(sorted) => sorted.iter().for_each(|value| add(*value, 1)),
        }
        counts
    }

    /// Values that were kept.
    fn kept(&self) -> u64 {
        match &self.values {
            Values::Counted(counted) => counted.last().map_or(0, |(_, up_to)| *up_to),
            Values::Sorted(sorted) => sorted.len() as u64,
        }
    }

    /// The kept value with this number in ascending order.
    fn nth(&self, number: u64) -> Option<f32> {
        match &self.values {
            Values::Counted(counted) => {
                let at = counted.partition_point(|(_, up_to)| *up_to <= number);
                counted.get(at).map(|(value, _)| f32::from(*value))
            }
            Values::Sorted(sorted) => sorted.get(usize::try_from(number).ok()?).copied(),
        }
    }
}

/// Count, extremes, mean and deviation of values that are added one by one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moments {
    count: u64,
    min: f64,
    max: f64,
    /// The first value. Sums are of distances to it, so that large values lose nothing.
    origin: f64,
    sum: f64,
    squares: f64,
}

impl Default for Moments {
    fn default() -> Self {
        let (min, max) = (f64::INFINITY, f64::NEG_INFINITY);
        Self { count: 0, min, max, origin: 0.0, sum: 0.0, squares: 0.0 }
    }
}

impl Moments {
    /// Adds a finite value.
    pub fn add(&mut self, value: f64) {
        if self.count == 0 {
            self.origin = value;
        }
        let distance = value - self.origin;
        self.count += 1;
        self.min = self.min.min(value);
        self.max = self.max.max(value);
        self.sum += distance;
        self.squares += distance * distance;
    }

    /// The arithmetic mean, if there is any value.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.origin + self.sum / as_f64(self.count))
    }

    /// The root of the mean square distance to the mean.
    pub fn deviation(&self) -> Option<f64> {
        let count = as_f64(self.count);
        let mean = self.sum / count;
        (self.count > 0).then(|| (self.squares / count - mean * mean).max(0.0).sqrt())
    }

    /// Values that were added.
    pub fn count(&self) -> u64 {
        self.count
    }
}

/// Takes in the tiles of a level, in any order, and makes its [`Statistics`].
#[derive(Debug)]
pub struct Collector {
    channels: Vec<Collected>,
    nodata: Option<f32>,
    step: u64,
}

#[derive(Debug, Default)]
struct Collected {
    moments: Moments,
    missing: u64,
    counts: Vec<u64>,
    values: Vec<f32>,
}

impl Collector {
    /// Values kept of one channel, where they are not counted.
    const MOST_VALUES: u64 = 1 << 20;
    /// Values kept of all channels.
    const MOST_IN_ALL: u64 = 4 << 20;
    /// Channels whose 16-bit values are counted; a count for each takes 512 KiB.
    const MOST_COUNTED: u16 = 16;

    /// For a level of this shape.
    pub fn new(level: Shape, nodata: Option<f32>) -> Self {
        let channels = level.color_channels();
        let counts = match level.sample {
            SampleType::U8 => 1 << 8,
            SampleType::U16 if channels <= Self::MOST_COUNTED => 1 << 16,
            SampleType::F32 | SampleType::U16 | SampleType::U32 => 0,
        };
        let pixels = u64::from(level.width) * u64::from(level.height);
        let most = (Self::MOST_IN_ALL / u64::from(channels.max(1))).min(Self::MOST_VALUES);
        let step = pixels.div_ceil(most);
        let collected = || Collected { counts: vec![0; counts], ..Collected::default() };
        Self {
            channels: std::iter::repeat_with(collected).take(usize::from(channels)).collect(),
            nodata,
            // An odd step meets all columns of a tile, whose width is a power of two.
            step: if step <= 1 { 1 } else { step | 1 },
        }
    }

    /// Takes in the pixels of one more tile.
    pub fn add(&mut self, tile: &Raster) -> Result<(), OpError> {
        let shape = tile.shape();
        let known = self.channels.len() == usize::from(shape.color_channels());
        if !known || shape.layout != Layout::Interleaved {
            return Err(OpError::Unsuitable { op: "statistics" });
        }
        let channels = usize::from(shape.channels);
        match tile.samples() {
            Samples::F32(samples) => self.take(samples, channels, |value| (value.into(), None)),
            Samples::U16(samples) => {
                self.take(samples, channels, |value| (value.into(), Some(value.into())));
            }
            Samples::U32(samples) => self.take(samples, channels, |value| (value.into(), None)),
            Samples::U8(samples) => {
                self.take(samples, channels, |value| (value.into(), Some(value.into())));
            }
        }
        Ok(())
    }

    fn take<T: Copy>(
        &mut self,
        samples: &[T],
        channels: usize,
        value: impl Fn(T) -> (f64, Option<usize>),
    ) {
        let step = self.step;
        for pixel in samples.chunks_exact(channels.max(1)) {
            for (sample, channel) in pixel.iter().zip(&mut self.channels) {
                let (value, index) = value(*sample);
                let kept = single(value);
                if !kept.is_finite() || self.nodata == Some(kept) {
                    channel.missing += 1;
                    continue;
                }
                if let Some(count) = index.and_then(|index| channel.counts.get_mut(index)) {
                    *count += 1;
                } else if channel.moments.count.is_multiple_of(step) {
                    channel.values.push(kept);
                }
                channel.moments.add(value);
            }
        }
    }

    /// The statistics of all that was taken in.
    pub fn finish(self) -> Statistics {
        let channels = self.channels.into_iter().map(Collected::finish);
        Statistics { channels: channels.collect() }
    }
}

impl Collected {
    fn finish(self) -> Channel {
        let Self { moments, missing, counts, mut values } = self;
        let values = if counts.is_empty() {
            values.sort_unstable_by(f32::total_cmp);
            values.shrink_to_fit();
            Values::Sorted(values)
        } else {
            let mut up_to = 0;
            let counted = (0..=u16::MAX).zip(counts).filter(|(_, count)| *count > 0);
            Values::Counted(
                counted
                    .map(|(value, count)| {
                        up_to += count;
                        (value, up_to)
                    })
                    .collect(),
            )
        };
        Channel { moments, missing, values }
    }
}

/// In the type that values are worked with.
#[expect(clippy::cast_possible_truncation, reason = "single precision is the working type")]
fn single(value: f64) -> f32 {
    value as f32
}

#[expect(clippy::cast_precision_loss, reason = "counts of values stay far below 2^53")]
fn as_f64(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::{Alpha, ColorSpace};

    fn shape(width: u32, channels: u16, sample: SampleType) -> Shape {
        Shape::new(width, 1, channels, sample, ColorSpace::Multiband)
    }

    fn of(raster: &Raster, nodata: Option<f32>) -> Statistics {
        let mut collector = Collector::new(raster.shape(), nodata);
        collector.add(raster).unwrap();
        collector.finish()
    }

    fn floats(values: &[f32], nodata: Option<f32>) -> Channel {
        let shape = shape(u32::try_from(values.len()).unwrap(), 1, SampleType::F32);
        let raster = Raster::new(shape, Samples::F32(values.to_vec())).unwrap();
        of(&raster, nodata).channels()[0].clone()
    }

    fn bytes(values: &[u8]) -> Channel {
        let shape = shape(u32::try_from(values.len()).unwrap(), 1, SampleType::U8);
        let raster = Raster::new(shape, Samples::U8(values.to_vec())).unwrap();
        of(&raster, None).channels()[0].clone()
    }

    #[test]
    fn mean_and_deviation_are_those_of_the_textbook() {
        // Mean 40/8 = 5; squares of the distances: 9+1+1+1+0+0+4+16 = 32, 32/8 = 4.
        for channel in [
            bytes(&[2, 4, 4, 4, 5, 5, 7, 9]),
            floats(&[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0], None),
        ] {
            assert_eq!((channel.min(), channel.max()), (Some(2.0), Some(9.0)));
            assert_eq!((channel.mean(), channel.deviation()), (Some(5.0), Some(2.0)));
            assert_eq!((channel.count(), channel.missing()), (8, 0));
        }
    }

    #[test]
    fn percentiles_are_linear_between_neighbours() {
        // numpy.percentile([1, 2, 4, 8, 16], [0, 10, 25, 50, 90, 100])
        for channel in [bytes(&[16, 1, 4, 8, 2]), floats(&[16.0, 1.0, 4.0, 8.0, 2.0], None)] {
            let percentiles = [0.0, 10.0, 25.0, 50.0, 90.0, 100.0].map(|p| channel.percentile(p));
            assert_eq!(percentiles, [1.0, 1.4, 2.0, 4.0, 12.8, 16.0].map(Some));
            assert_eq!(channel.percentile(-5.0), Some(1.0));
            assert_eq!(channel.percentile(f64::INFINITY), Some(16.0));
            assert_eq!(channel.percentile(f64::NAN), None);
        }
    }

    #[test]
    fn repeated_values_are_counted_each() {
        // numpy.percentile([3, 3, 3, 9], 75) is 3 + 0.25 * 6.
        assert_eq!(bytes(&[3, 9, 3, 3]).percentile(75.0), Some(4.5));
        assert_eq!(bytes(&[3, 9, 3, 3]).percentile(50.0), Some(3.0));
    }

    #[test]
    fn what_is_no_value_does_not_count() {
        let values = [f32::NAN, 1.0, -9999.0, f32::INFINITY, 3.0, f32::NEG_INFINITY];
        let channel = floats(&values, Some(-9999.0));
        assert_eq!((channel.count(), channel.missing()), (2, 4));
        assert_eq!((channel.min(), channel.max()), (Some(1.0), Some(3.0)));
        assert_eq!((channel.mean(), channel.deviation()), (Some(2.0), Some(1.0)));
        assert_eq!(channel.percentile(50.0), Some(2.0));
    }

    #[test]
    fn a_channel_without_values_has_no_statistics() {
        let channel = floats(&[f32::NAN; 3], None);
        assert_eq!((channel.count(), channel.missing()), (0, 3));
        assert_eq!((channel.min(), channel.mean(), channel.deviation()), (None, None, None));
        assert_eq!((channel.percentile(0.0), channel.percentile(50.0)), (None, None));
        assert_eq!(channel.histogram(0.0, 1.0, 2), [0, 0]);
    }

    #[test]
    fn a_histogram_has_its_ends_in_its_first_and_last_part() {
        // numpy.histogram([0, 1, 2, 3, 4, 10], 4, (0, 4)): the last part is closed.
        let expected = [1, 1, 1, 2];
        assert_eq!(bytes(&[0, 1, 2, 3, 4, 10]).histogram(0.0, 4.0, 4), expected);
        let channel = floats(&[0.0, 1.0, 2.0, 3.0, 4.0, 10.0], None);
        assert_eq!(channel.histogram(0.0, 4.0, 4), expected);
        assert_eq!(bytes(&[7, 7]).histogram(7.0, 7.0, 3), [2, 0, 0]);
        assert_eq!(bytes(&[7, 7]).histogram(9.0, 1.0, 2), [0, 0]);
        assert_eq!(bytes(&[7]).histogram(0.0, 9.0, 0), [0; 0]);
    }

    #[test]
    fn channels_are_apart_and_alpha_is_none() {
        let shape = Shape { alpha: Alpha::Straight, ..shape(2, 3, SampleType::U16) };
        let samples = Samples::U16(vec![1, 10, 65_535, 3, 30, 0]);
        let statistics = of(&Raster::new(shape, samples).unwrap(), None);
        let means: Vec<_> = statistics.channels().iter().map(Channel::mean).collect();
        assert_eq!(means, [Some(2.0), Some(20.0)]);
    }

    #[test]
    fn the_deviation_of_large_values_loses_nothing() {
        let channel = floats(&[16_000_001.0, 16_000_003.0], None);
        assert_eq!((channel.mean(), channel.deviation()), (Some(16_000_002.0), Some(1.0)));
    }

    #[test]
    fn of_large_levels_evenly_many_values_are_kept() {
        // 3 Mi values 0, 1, 2, ...: every third is kept, extremes and mean are of all.
        let count = 3_u32 << 20;
        #[expect(clippy::cast_precision_loss, reason = "below 2^24")]
        let values: Vec<f32> = (0..count).map(|value| value as f32).collect();
        let channel = floats(&values, None);
        assert_eq!(channel.kept(), 1 << 20);
        assert_eq!(channel.max(), Some(3_145_727.0));
        assert_eq!(channel.mean(), Some(1_572_863.5));
        assert_eq!(channel.percentile(50.0), Some(1_572_862.5));
    }

    #[test]
    fn tiles_of_another_kind_are_refused() {
        let mut collector = Collector::new(shape(4, 3, SampleType::U8), None);
        let tile = Raster::zeroed(shape(4, 1, SampleType::U8)).unwrap();
        assert_eq!(collector.add(&tile), Err(OpError::Unsuitable { op: "statistics" }));
    }
}
