//! Tables in place of runs of operations on 8- and 16-bit samples: bit for bit what the run
//! itself makes of each value.

use std::sync::Arc;

use lru::LruCache;

use super::pointwise::directly;
use super::{Op, OpError};
use crate::lock::Lock;
use crate::raster::{Alpha, Raster, SampleType, Samples, Shape};

/// Channels a table leads to at most.
const MOST: u16 = 4;

/// Tables that were used last, of all images. The table of one plan serves all its tiles.
#[derive(Debug)]
pub struct Lookups(Lock<LruCache<Key, Arc<Raster>>>);

#[derive(Clone, Debug, Eq, Hash, PartialEq)]
struct Key {
    ops: Box<[Op]>,
    input: Shape,
}

impl Default for Lookups {
    fn default() -> Self {
        /// At most 8 MB of tables from 16 bits to colour.
        const TABLES: std::num::NonZeroUsize = std::num::NonZeroUsize::new(32).unwrap();
        Self(Lock::new(LruCache::new(TABLES)))
    }
}

impl Lookups {
    /// How often a thread had to wait for the tables.
    pub fn lock_waits(&self) -> u64 {
        self.0.waits()
    }

    fn get(&self, key: &Key) -> Option<Arc<Raster>> {
        self.0.lock().get(key).cloned()
    }

    fn keep(&self, key: Key, table: &Arc<Raster>) {
        let mut tables = self.0.lock();
        tables.put(key, Arc::clone(table));
    }
}

/// The table of a run for one shape of pixels: what becomes of a pixel with the same value in all
/// channels, for each value.
pub(super) struct Lookup {
    table: Arc<Raster>,
    output: Shape,
}

impl Lookup {
    /// The table of a run, if it has one and is worth it.
    pub(super) fn of(ops: &[Op], input: Shape, lookups: &Lookups) -> Result<Option<Self>, OpError> {
        let mut output = input;
        for op in ops {
            output = op.shape(output)?;
        }
        let values: u32 = match input.sample {
            SampleType::U8 => 1 << 8,
            SampleType::U16 => 1 << 16,
            SampleType::F32 | SampleType::U32 => return Ok(None),
        };
        let narrow = matches!(output.sample, SampleType::U8 | SampleType::U16);
        if !narrow || output.channels > MOST || !is_separable(ops, &input) {
            return Ok(None);
        }
        let key = Key { ops: ops.into(), input: input.resized(values, 1) };
        if let Some(table) = lookups.get(&key) {
            return Ok(Some(Self { table, output }));
        }
        // Making it costs as much as a picture of so many pixels.
        if u64::from(input.width) * u64::from(input.height) < u64::from(values / 2) {
            return Ok(None);
        }
        let table = Arc::new(directly(ops, &ramp(key.input)?)?);
        lookups.keep(key, &table);
        Ok(Some(Self { table, output }))
    }

    pub(super) fn apply(&self, input: &Raster) -> Result<Raster, OpError> {
        let shape = input.shape();
        let (from, to) = (usize::from(shape.channels), usize::from(self.output.channels));
        let channels = (from, to);
        let mut result = Samples::zeroed(self.output.sample, self.output.samples()?)?;
        match (input.samples(), self.table.samples(), &mut result) {
            (Samples::U8(samples), Samples::U8(table), Samples::U8(result)) => {
                look_up(samples, table, result, channels);
            }
            (Samples::U8(samples), Samples::U16(table), Samples::U16(result)) => {
                look_up(samples, table, result, channels);
            }
            (Samples::U16(samples), Samples::U8(table), Samples::U8(result)) => {
                look_up(samples, table, result, channels);
            }
            (Samples::U16(samples), Samples::U16(table), Samples::U16(result)) => {
                look_up(samples, table, result, channels);
            }
            _ => return Err(OpError::Unsuitable { op: "lookup" }),
        }
        Ok(Raster::new(self.output, result)?)
    }
}

/// Whether what becomes of a channel depends on that channel alone, or there is only one.
fn is_separable(ops: &[Op], input: &Shape) -> bool {
    if input.channels == 1 {
        return true;
    }
    input.alpha != Alpha::Premultiplied
        && ops.iter().all(|op| match op {
            Op::Contrast(_) | Op::Curve(_) | Op::Invert | Op::Normalize { .. } => true,
            Op::Quantize { transparent, .. } => !transparent,
            _ => false,
        })
}

/// Pixels with the same value in all channels, for each value.
fn ramp(shape: Shape) -> Result<Raster, OpError> {
    let channels = usize::from(shape.channels);
    let samples = match shape.sample {
        SampleType::U8 => Samples::U8(
            (0..=u8::MAX).flat_map(|value| std::iter::repeat_n(value, channels)).collect(),
        ),
        _ => Samples::U16(
            (0..=u16::MAX).flat_map(|value| std::iter::repeat_n(value, channels)).collect(),
        ),
    };
    Ok(Raster::new(shape, samples)?)
}

/// What stands in the table for each sample.
fn look_up<S: Copy + Into<usize>, T: Copy>(
    samples: &[S],
    table: &[T],
    result: &mut [T],
    (from, to): (usize, usize),
) {
    if from == 1 {
        match to {
            1 => spread::<_, _, 1>(samples, table, result),
            2 => spread::<_, _, 2>(samples, table, result),
            3 => spread::<_, _, 3>(samples, table, result),
            _ => spread::<_, _, 4>(samples, table, result),
        }
        return;
    }
    // One table in turn for each channel.
    for (pixel, result) in samples.chunks_exact(from).zip(result.chunks_exact_mut(to)) {
        for (channel, (sample, result)) in pixel.iter().zip(result).enumerate() {
            *result = table[(*sample).into() * to + channel];
        }
    }
}

fn spread<S: Copy + Into<usize>, T: Copy, const TO: usize>(
    samples: &[S],
    table: &[T],
    result: &mut [T],
) {
    let table = table.as_chunks::<TO>().0;
    for (sample, result) in samples.iter().zip(result.as_chunks_mut::<TO>().0) {
        *result = table[(*sample).into()];
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::{any_curves, gray_of, unit_of};
    use super::*;
    use crate::command::Colormap;
    use crate::raster::ColorSpace;

    fn both(ops: &[Op], input: &Raster) -> (Raster, Raster) {
        let lookups = Lookups::default();
        let lookup = Lookup::of(ops, input.shape(), &lookups).unwrap().expect("a table");
        assert!(!lookups.0.lock().is_empty());
        (lookup.apply(input).unwrap(), directly(ops, input).unwrap())
    }

    fn all_values(channels: u16, sample: SampleType, color: ColorSpace) -> Raster {
        let values = if sample == SampleType::U8 { 1 << 8 } else { 1 << 16 };
        ramp(Shape::new(values, 1, channels, sample, color)).unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn tables_are_bit_for_bit_what_the_run_makes(
            curves in any_curves(),
            deep in any::<bool>(),
            three in any::<bool>(),
            wide in any::<bool>(),
        ) {
            let sample = if deep { SampleType::U16 } else { SampleType::U8 };
            let (channels, color) =
                if three { (3, ColorSpace::Rgb) } else { (1, ColorSpace::Gray) };
            let to = if wide { SampleType::U16 } else { SampleType::U8 };
            let mut ops = vec![unit_of(channels, 3.0, 60_000.0)];
            ops.extend(curves);
            ops.push(Op::Quantize { sample: to, transparent: false });
            let (table, run) = both(&ops, &all_values(channels, sample, color));
            prop_assert_eq!(table, run);
        }
    }

    #[test]
    fn one_channel_may_become_several() {
        let input = all_values(1, SampleType::U16, ColorSpace::Gray);
        for transparent in [false, true] {
            let ops = [
                unit_of(1, 0.0, 65_535.0),
                Op::Colormap(Colormap::Viridis),
                Op::Quantize { sample: SampleType::U8, transparent },
            ];
            let (table, run) = both(&ops, &input);
            assert_eq!(table, run);
        }
    }

    #[test]
    fn channels_that_are_mixed_have_no_table() {
        let input = all_values(3, SampleType::U8, ColorSpace::Rgb);
        let ops = [unit_of(3, 0.0, 255.0), Op::Shade { azimuth: 1, elevation: 2 }];
        let quantize = Op::Quantize { sample: SampleType::U8, transparent: false };
        let ops = [ops.as_slice(), &[quantize]].concat();
        assert!(Lookup::of(&ops, input.shape(), &Lookups::default()).unwrap().is_none());
    }

    #[test]
    fn a_small_picture_of_16_bits_is_not_worth_a_table() {
        let ops = [
            unit_of(1, 0.0, 65_535.0),
            Op::Quantize { sample: SampleType::U8, transparent: false },
        ];
        let lookups = Lookups::default();
        let of = |raster: &Raster| Lookup::of(&ops, raster.shape(), &lookups).unwrap().is_some();
        let small = gray_of(SampleType::U16, 10, 10);
        assert!(!of(&small));
        // But takes one that is there.
        assert!(of(&gray_of(SampleType::U16, 256, 256)) && of(&small));
    }
}
