//! Without special instructions: what the other kernels have to equal.

use super::triangle::Strip;

/// The product in units of the first number.
#[inline(always)]
fn part(number: u16, weight: u16) -> u16 {
    ((u32::from(number) * u32::from(weight)) >> 16) as u16
}

/// Makes rows one by one: a line of the input's columns with 8 bits of fraction, then pixels of it.
pub(super) fn run(strip: &Strip<'_>, output: &mut [u8], line: &mut Vec<u16>) {
    line.resize(strip.used.len(), 0);
    for (row, output) in strip.rows.clone().zip(output.chunks_exact_mut(strip.output_stride)) {
        line.fill(0);
        let (start, weights) = strip.lines.of(row);
        for (i, weight) in weights.iter().enumerate() {
            for (sum, sample) in line.iter_mut().zip(strip.line(start + i, &strip.used)) {
                *sum += part(u16::from(*sample) * 257, *weight);
            }
        }
        match strip.channels {
            1 => weigh::<1>(strip, line, output),
            2 => weigh::<2>(strip, line, output),
            3 => weigh::<3>(strip, line, output),
            _ => weigh::<4>(strip, line, output),
        }
    }
}

/// Weighs pixels of so many channels.
fn weigh<const N: usize>(strip: &Strip<'_>, line: &[u16], output: &mut [u8]) {
    let (starts, taps) = (strip.columns.starts(), strip.columns.taps());
    let first = starts.first().map_or(0, |first| *first as usize);
    let (line, output) = (line.as_chunks::<N>().0, output.as_chunks_mut::<N>().0);
    let weights = strip.columns.all().chunks_exact(taps);
    for ((pixel, start), weights) in output.iter_mut().zip(starts).zip(weights) {
        let mut sums = [strip.round; N];
        for (from, weight) in line[*start as usize - first..][..taps].iter().zip(weights) {
            for (sum, sample) in sums.iter_mut().zip(from) {
                *sum += part(*sample, *weight);
            }
        }
        *pixel = sums.map(|sum| sum.to_be_bytes()[0]);
    }
}
