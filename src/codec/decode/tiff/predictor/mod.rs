//! Undoes what was done to samples before compression (TIFF 6.0, section 14; TIFF Technical
//! Note 3).
//!
//! Both work on the bytes of whole rows, in place, and leave samples as if they had been stored
//! plainly.

#[cfg(target_arch = "x86_64")]
mod vectors;

use super::header::ByteOrder;

/// Adds to each sample its left neighbour of the same channel, in rows of `row` bytes. Samples
/// have 1, 2, 4 or 8 bytes in this order.
pub(super) fn undo_horizontal(
    bytes: &mut [u8],
    row: usize,
    channels: u16,
    width: usize,
    order: ByteOrder,
) {
    let pixel = usize::from(channels) * width;
    if (width == 1 || order == ByteOrder::Little) && vectors::sum_rows(bytes, row, pixel, width) {
        return;
    }
    let undo = match (width, order) {
        (1, _) => undo_rows::<u8, 1>,
        (2, ByteOrder::Big) => undo_rows::<BigEndian<u16>, 2>,
        (2, ByteOrder::Little) => undo_rows::<LittleEndian<u16>, 2>,
        (4, ByteOrder::Big) => undo_rows::<BigEndian<u32>, 4>,
        (4, ByteOrder::Little) => undo_rows::<LittleEndian<u32>, 4>,
        (8, ByteOrder::Big) => undo_rows::<BigEndian<u64>, 8>,
        (8, ByteOrder::Little) => undo_rows::<LittleEndian<u64>, 8>,
        _ => return,
    };
    undo(bytes, row, channels);
}

/// Adds to each byte its left neighbour of the same channel, then joins the bytes of each sample,
/// which are stored most significant first and apart. The samples are in the byte order of this
/// machine afterwards, whatever that of the file.
pub(super) fn undo_floating_point(
    bytes: &mut [u8],
    row: usize,
    channels: u16,
    width: usize,
    buffer: &mut Vec<u8>,
) {
    undo_horizontal(bytes, row, channels, 1, ByteOrder::NATIVE);
    for row in bytes.chunks_exact_mut(row.max(1)) {
        buffer.clear();
        buffer.extend_from_slice(row);
        match width {
            2 => interleave::<2>(buffer, row),
            3 => interleave::<3>(buffer, row),
            4 if vectors::join_four(buffer, row) => {}
            4 => interleave::<4>(buffer, row),
            8 => interleave::<8>(buffer, row),
            _ => {}
        }
    }
}

/// How samples lie after [`undo_floating_point`].
pub(super) const ORDER_OF_FLOATS: ByteOrder = ByteOrder::NATIVE;

/// Other processors have the loops below.
#[cfg(not(target_arch = "x86_64"))]
mod vectors {
    pub(super) fn sum_rows(_: &mut [u8], _: usize, _: usize, _: usize) -> bool {
        false
    }

    pub(super) fn join_four(_: &[u8], _: &mut [u8]) -> bool {
        false
    }
}

/// A number as stored in so many bytes.
trait Word<const WIDTH: usize>: Copy {
    const ZERO: Self;
    fn load(bytes: [u8; WIDTH]) -> Self;
    fn store(self) -> [u8; WIDTH];
    fn plus(self, other: Self) -> Self;
}

#[derive(Clone, Copy)]
struct BigEndian<T>(T);

#[derive(Clone, Copy)]
struct LittleEndian<T>(T);

macro_rules! word {
    ($name:ident, $number:ident, $width:literal, $from:ident, $to:ident) => {
        impl Word<$width> for $name<$number> {
            const ZERO: Self = Self(0);

            fn load(bytes: [u8; $width]) -> Self {
                Self($number::$from(bytes))
            }

            fn store(self) -> [u8; $width] {
                self.0.$to()
            }

            fn plus(self, other: Self) -> Self {
                Self(self.0.wrapping_add(other.0))
            }
        }
    };
}

word!(BigEndian, u16, 2, from_be_bytes, to_be_bytes);
word!(BigEndian, u32, 4, from_be_bytes, to_be_bytes);
word!(BigEndian, u64, 8, from_be_bytes, to_be_bytes);
word!(LittleEndian, u16, 2, from_le_bytes, to_le_bytes);
word!(LittleEndian, u32, 4, from_le_bytes, to_le_bytes);
word!(LittleEndian, u64, 8, from_le_bytes, to_le_bytes);

impl Word<1> for u8 {
    const ZERO: Self = 0;

    fn load([byte]: [u8; 1]) -> Self {
        byte
    }

    fn store(self) -> [u8; 1] {
        [self]
    }

    fn plus(self, other: Self) -> Self {
        self.wrapping_add(other)
    }
}

fn undo_rows<W: Word<WIDTH>, const WIDTH: usize>(bytes: &mut [u8], row: usize, channels: u16) {
    for row in bytes.chunks_exact_mut(row.max(1)) {
        match channels {
            1 => sum_row::<W, WIDTH, 1>(row),
            3 => sum_row::<W, WIDTH, 3>(row),
            4 => sum_row::<W, WIDTH, 4>(row),
            _ => sum_row_any::<W, WIDTH>(row, usize::from(channels)),
        }
    }
}

/// The sums stay in registers: there is no load that waits for the store before it.
fn sum_row<W: Word<WIDTH>, const WIDTH: usize, const CHANNELS: usize>(row: &mut [u8]) {
    let mut sums = [W::ZERO; CHANNELS];
    let (words, _) = row.as_chunks_mut::<WIDTH>();
    let (pixels, _) = words.as_chunks_mut::<CHANNELS>();
    for pixel in pixels {
        for (sum, word) in sums.iter_mut().zip(pixel.iter_mut()) {
            *sum = sum.plus(W::load(*word));
            *word = sum.store();
        }
    }
}

/// Whole pixels are added at once: with many channels that is a loop over two slices.
fn sum_row_any<W: Word<WIDTH>, const WIDTH: usize>(row: &mut [u8], channels: usize) {
    let channels = channels.max(1);
    let (mut rest, _) = row.as_chunks_mut::<WIDTH>();
    while rest.len() > channels {
        let (left, right) = rest.split_at_mut(channels);
        for (left, word) in left.iter().zip(right.iter_mut()) {
            *word = W::load(*left).plus(W::load(*word)).store();
        }
        rest = right;
    }
}

/// Planes of bytes, the most significant first, to the bytes of samples.
fn interleave<const WIDTH: usize>(planes: &[u8], row: &mut [u8]) {
    let (samples, _) = row.as_chunks_mut::<WIDTH>();
    let count = samples.len();
    let Some(planes) = planes.get(..count * WIDTH) else { return };
    for (place, plane) in planes.chunks_exact(count.max(1)).enumerate() {
        let place = match ByteOrder::NATIVE {
            ByteOrder::Big => place,
            ByteOrder::Little => WIDTH - 1 - place,
        };
        for (sample, byte) in samples.iter_mut().zip(plane) {
            sample[place] = *byte;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(values: &[u64], width: usize, order: ByteOrder) -> Vec<u8> {
        let bytes = |value: &u64| match order {
            ByteOrder::Big => value.to_be_bytes()[8 - width..].to_vec(),
            ByteOrder::Little => value.to_le_bytes()[..width].to_vec(),
        };
        values.iter().flat_map(bytes).collect()
    }

    #[test]
    fn differences_are_summed_per_channel_and_row() {
        let undo = |bytes: &mut [u8], row, channels| {
            undo_horizontal(bytes, row, channels, 1, ByteOrder::Little);
        };
        let mut gray = [1, 2, 3, 250, 10, 1];
        undo(&mut gray, 3, 1);
        assert_eq!(gray, [1, 3, 6, 250, 4, 5]);
        let mut pair = [1, 100, 2, 200, 3, 0];
        undo(&mut pair, 6, 2);
        assert_eq!(pair, [1, 100, 3, 44, 6, 44]);
        let mut rgb = [1, 2, 3, 10, 20, 30, 255, 255, 255];
        undo(&mut rgb, 9, 3);
        assert_eq!(rgb, [1, 2, 3, 11, 22, 33, 10, 21, 32]);
        let mut five = [1, 2, 3, 4, 5, 1, 1, 1, 1, 255];
        undo(&mut five, 10, 5);
        assert_eq!(five, [1, 2, 3, 4, 5, 2, 3, 4, 5, 4]);
    }

    #[test]
    fn carries_run_through_samples_of_several_bytes() {
        for order in [ByteOrder::Big, ByteOrder::Little] {
            for width in [2, 4, 8] {
                let top = u64::MAX >> (64 - 8 * width);
                for channels in 1..6_u16 {
                    let n = usize::from(channels);
                    let differences: Vec<u64> =
                        [200, 100, top].iter().flat_map(|value| vec![*value; n]).collect();
                    let sums: Vec<u64> =
                        [200, 300, 299].iter().flat_map(|value| vec![*value; n]).collect();
                    let mut row = bytes(&differences, width, order);
                    let len = row.len();
                    undo_horizontal(&mut row, len, channels, width, order);
                    assert_eq!(row, bytes(&sums, width, order), "{width} {channels}");
                }
            }
        }
    }

    #[test]
    fn bytes_of_floats_come_together() {
        // 1.0 and 2.0 are 3f800000 and 40000000: planes 3f 40, 80 00, 00 00, 00 00, then the
        // difference of each byte to the one before.
        let mut row = [0x3f, 0x01, 0x40, 0x80, 0x00, 0x00, 0x00, 0x00];
        undo_floating_point(&mut row, 8, 1, 4, &mut Vec::new());
        assert_eq!(row, bytes(&[0x3f80_0000, 0x4000_0000], 4, ByteOrder::NATIVE)[..]);
        // Two channels in one pixel of halves: planes 3c 40, 01 02, differences over two bytes.
        let mut row = [0x3c, 0x40, 0xc5, 0xc2];
        undo_floating_point(&mut row, 4, 2, 2, &mut Vec::new());
        assert_eq!(row, bytes(&[0x3c01, 0x4002], 2, ByteOrder::NATIVE)[..]);
    }

    /// Noise.
    fn noise(len: usize) -> Vec<u8> {
        let mut seed = 7_u32;
        (0..len)
            .map(|_| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                seed.to_le_bytes()[3]
            })
            .collect()
    }

    #[test]
    fn rows_of_all_lengths_are_summed_as_arithmetic_has_it() {
        for (width, channels) in (0..4).flat_map(|log| (1..=9).map(move |n| (1_usize << log, n))) {
            for order in [ByteOrder::Big, ByteOrder::Little] {
                for pixels in (1..40).chain([255, 256, 257]) {
                    let n = usize::from(channels);
                    let row = pixels * n * width;
                    let mut found = noise(row * 2);
                    let mut expected = Vec::new();
                    for row in found.chunks(row) {
                        let word = |word: &[u8]| {
                            let join = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
                            match order {
                                ByteOrder::Big => word.iter().fold(0, join),
                                ByteOrder::Little => word.iter().rev().fold(0, join),
                            }
                        };
                        let words: Vec<u64> = row.chunks(width).map(word).collect();
                        for i in 0..words.len() {
                            let sum = (0..=i / n).map(|pixel| words[i % n + pixel * n]);
                            let sum = sum.fold(0, u64::wrapping_add);
                            expected.extend(bytes(&[sum], width, order));
                        }
                    }
                    undo_horizontal(&mut found, row, channels, width, order);
                    assert!(found == expected, "{width} {channels} {order:?} {pixels}");
                }
            }
        }
    }

    #[test]
    fn floats_of_rows_of_all_lengths_come_together() {
        for (width, channels) in
            [2, 3, 4, 8].into_iter().flat_map(|w| [1, 2, 3, 4, 5].map(|n| (w, n)))
        {
            for pixels in (1..40).chain([255, 256, 257]) {
                let n = usize::from(channels);
                let row = pixels * n * width;
                let mut found = noise(row * 2);
                let mut expected = Vec::new();
                for row in found.chunks(row) {
                    let sum = |i: usize| {
                        let bytes = (0..=i / n).map(|pixel| row[i % n + pixel * n]);
                        u64::from(bytes.fold(0, u8::wrapping_add))
                    };
                    let count = row.len() / width;
                    for i in 0..count {
                        let sample =
                            (0..width).fold(0, |all, plane| all << 8 | sum(plane * count + i));
                        expected.extend(bytes(&[sample], width, ByteOrder::NATIVE));
                    }
                }
                undo_floating_point(&mut found, row, channels, width, &mut Vec::new());
                assert!(found == expected, "{width} {channels} {pixels}");
            }
        }
    }
}
