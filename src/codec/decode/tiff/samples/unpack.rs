use bytemuck::Pod;

use super::super::header::ByteOrder;
use super::{Kind, Packing, bits, float};
use crate::raster::Samples;

/// A type of decoded samples.
pub(in super::super) trait Sample: Default + Pod {
    /// Fills a row with the samples of a row of a chunk, from the first one on. Both may be longer
    /// than the other.
    fn unpack(packing: Packing, bytes: &[u8], row: &mut [Self]);

    /// A number that such a sample can hold.
    fn from_number(number: f64) -> Self;

    /// The other end of the range; `most` is the highest integer.
    #[must_use]
    fn inverted(self, most: u32) -> Self;

    /// The sample whose bytes are in the other order.
    #[must_use]
    fn swapped(self) -> Self;

    /// As samples of a raster.
    fn into_samples(samples: Vec<Self>) -> Samples;
}

impl Sample for u8 {
    fn unpack(packing: Packing, bytes: &[u8], row: &mut [Self]) {
        let spread = packing.needs_spread();
        let factor = |factor| if spread { factor } else { 1 };
        let low_byte = |value: u32| u8::try_from(value & 0xff).unwrap_or(u8::MAX);
        match packing.bits {
            1 => bits::unpack_parts::<1>(bytes, row, factor(255)),
            2 => bits::unpack_parts::<2>(bytes, row, factor(85)),
            4 => bits::unpack_parts::<4>(bytes, row, factor(17)),
            8 if !spread => {
                let len = bytes.len().min(row.len());
                row[..len].copy_from_slice(&bytes[..len]);
            }
            width if spread => {
                let stored = packing.stored;
                bits::unpack(bytes, width, row, |value| stored.spread(low_byte(value)));
            }
            width => bits::unpack(bytes, width, row, low_byte),
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the conversion of a float to an integer saturates"
    )]
    fn from_number(number: f64) -> Self {
        number as Self
    }

    fn inverted(self, _most: u32) -> Self {
        !self
    }

    fn swapped(self) -> Self {
        self
    }

    fn into_samples(samples: Vec<Self>) -> Samples {
        Samples::U8(samples)
    }
}

impl Sample for u16 {
    fn unpack(packing: Packing, bytes: &[u8], row: &mut [Self]) {
        match packing.bits {
            16 => words(bytes, row, packing.order, Self::from_be_bytes, Self::from_le_bytes),
            width => bits::unpack(bytes, width, row, |value| {
                Self::try_from(value & 0xffff).unwrap_or(Self::MAX)
            }),
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the conversion of a float to an integer saturates"
    )]
    fn from_number(number: f64) -> Self {
        number as Self
    }

    fn inverted(self, most: u32) -> Self {
        Self::try_from(most).unwrap_or(Self::MAX).saturating_sub(self)
    }

    fn swapped(self) -> Self {
        self.swap_bytes()
    }

    fn into_samples(samples: Vec<Self>) -> Samples {
        Samples::U16(samples)
    }
}

impl Sample for u32 {
    fn unpack(packing: Packing, bytes: &[u8], row: &mut [Self]) {
        let order = packing.order;
        match packing.bits {
            32 => words(bytes, row, order, Self::from_be_bytes, Self::from_le_bytes),
            width => bits::unpack(bytes, width, row, |value| value),
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the conversion of a float to an integer saturates"
    )]
    fn from_number(number: f64) -> Self {
        number as Self
    }

    fn inverted(self, most: u32) -> Self {
        most.saturating_sub(self)
    }

    fn swapped(self) -> Self {
        self.swap_bytes()
    }

    fn into_samples(samples: Vec<Self>) -> Samples {
        Samples::U32(samples)
    }
}

impl Sample for f32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "samples are kept in single precision"
    )]
    fn unpack(packing: Packing, bytes: &[u8], row: &mut [Self]) {
        let order = packing.order;
        // The sign is brought to the top and back.
        let three = |value: u32| ((value << 8).cast_signed() >> 8) as Self;
        match (packing.stored.kind, packing.bits) {
            (Kind::Float, 16) => words(
                bytes,
                row,
                order,
                |bytes| float::half(u16::from_be_bytes(bytes)),
                |bytes| float::half(u16::from_le_bytes(bytes)),
            ),
            (Kind::Float, 24) => words(
                bytes,
                row,
                order,
                |bytes| float::three_bytes(three_be(bytes)),
                |bytes| float::three_bytes(three_le(bytes)),
            ),
            (Kind::Float, 32) => {
                words(bytes, row, order, Self::from_be_bytes, Self::from_le_bytes);
            }
            (Kind::Float, _) => words(
                bytes,
                row,
                order,
                |bytes| f64::from_be_bytes(bytes) as Self,
                |bytes| f64::from_le_bytes(bytes) as Self,
            ),
            (Kind::Signed, 8) => {
                let signed = |[byte]: [u8; 1]| Self::from(byte.cast_signed());
                words(bytes, row, order, signed, signed);
            }
            (Kind::Signed, 16) => words(
                bytes,
                row,
                order,
                |bytes| Self::from(i16::from_be_bytes(bytes)),
                |bytes| Self::from(i16::from_le_bytes(bytes)),
            ),
            (Kind::Signed, 24) => bits::unpack(bytes, 24, row, three),
            (Kind::Signed, 32) => words(
                bytes,
                row,
                order,
                |bytes| i32::from_be_bytes(bytes) as Self,
                |bytes| i32::from_le_bytes(bytes) as Self,
            ),
            (Kind::Signed, _) => words(
                bytes,
                row,
                order,
                |bytes| i64::from_be_bytes(bytes) as Self,
                |bytes| i64::from_le_bytes(bytes) as Self,
            ),
            (Kind::Unsigned, _) => words(
                bytes,
                row,
                order,
                |bytes| u64::from_be_bytes(bytes) as Self,
                |bytes| u64::from_le_bytes(bytes) as Self,
            ),
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "samples are kept in single precision")]
    fn from_number(number: f64) -> Self {
        number as Self
    }

    fn inverted(self, _most: u32) -> Self {
        -self
    }

    fn swapped(self) -> Self {
        Self::from_bits(self.to_bits().swap_bytes())
    }

    fn into_samples(samples: Vec<Self>) -> Samples {
        Samples::F32(samples)
    }
}

/// Samples of whole bytes. Both orders have loops of their own, which the compiler vectorises.
fn words<T, const WIDTH: usize>(
    bytes: &[u8],
    row: &mut [T],
    order: ByteOrder,
    big: impl Fn([u8; WIDTH]) -> T,
    little: impl Fn([u8; WIDTH]) -> T,
) {
    let (words, _) = bytes.as_chunks::<WIDTH>();
    let pairs = row.iter_mut().zip(words);
    match order {
        ByteOrder::Big => pairs.for_each(|(to, word)| *to = big(*word)),
        ByteOrder::Little => pairs.for_each(|(to, word)| *to = little(*word)),
    }
}

fn three_be([high, middle, low]: [u8; 3]) -> u32 {
    u32::from_be_bytes([0, high, middle, low])
}

fn three_le([low, middle, high]: [u8; 3]) -> u32 {
    u32::from_be_bytes([0, high, middle, low])
}

#[cfg(test)]
mod tests {
    use super::super::Stored;
    use super::*;

    /// Two samples of these bytes, big-endian, and of the reversed bytes, little-endian.
    fn both<S: Sample + PartialEq + std::fmt::Debug>(format: u64, samples: [&[u8]; 2]) -> [S; 2] {
        let stored = Stored::new(format, samples[0].len() as u64 * 8).unwrap();
        let mut big = [S::default(); 2];
        S::unpack(Packing::dense(stored, ByteOrder::Big), &samples.concat(), &mut big);
        let reversed: Vec<u8> =
            samples.iter().flat_map(|sample| sample.iter().rev().copied()).collect();
        let mut little = [S::default(); 2];
        S::unpack(Packing::dense(stored, ByteOrder::Little), &reversed, &mut little);
        assert_eq!(big, little);
        big
    }

    #[test]
    #[expect(clippy::float_cmp, reason = "the numbers are exact")]
    fn both_byte_orders_give_the_same_numbers() {
        assert_eq!(both::<u8>(1, [&[1], &[200]]), [1, 200]);
        assert_eq!(both::<u16>(1, [&[1, 2], &[0xff, 0]]), [0x102, 0xff00]);
        assert_eq!(both::<u32>(1, [&[1, 2, 3, 4], &[255; 4]]), [0x102_0304, u32::MAX]);
        let big = 1_u64 << 40;
        assert_eq!(
            both::<f32>(1, [&big.to_be_bytes(), &5_u64.to_be_bytes()]),
            [2.0_f32.powi(40), 5.0]
        );
        assert_eq!(both::<f32>(2, [&[0xff], &[0x7f]]), [-1.0, 127.0]);
        assert_eq!(both::<f32>(2, [&[0x80, 0], &[1, 0]]), [-32768.0, 256.0]);
        assert_eq!(both::<f32>(2, [&[0xff; 4], &[0x40, 0, 0, 0]]), [-1.0, 2.0_f32.powi(30)]);
        assert_eq!(both::<f32>(2, [&[0xff; 8], &3_i64.to_be_bytes()]), [-1.0, 3.0]);
        assert_eq!(both::<f32>(3, [&[0x3c, 0], &[0xc0, 0]]), [1.0, -2.0]);
        assert_eq!(both::<f32>(3, [&[0x3f, 0, 0], &[0xbf, 0x80, 0]]), [1.0, -1.5]);
        let (pi, e) = (std::f32::consts::PI, -std::f32::consts::E);
        assert_eq!(both::<f32>(3, [&pi.to_be_bytes(), &e.to_be_bytes()]), [pi, e]);
        assert_eq!(
            both::<f32>(3, [&f64::from(pi).to_be_bytes(), &1e300_f64.to_be_bytes()]),
            [pi, f32::INFINITY]
        );
    }

    #[test]
    #[expect(clippy::float_cmp, reason = "the numbers are exact")]
    fn integers_of_three_bytes_are_packed_like_other_odd_ones() {
        // GDAL and tifffile read and write them so in files of both byte orders.
        for order in [ByteOrder::Big, ByteOrder::Little] {
            let packing = |format| Packing::dense(Stored::new(format, 24).unwrap(), order);
            let mut row = [0_u32; 2];
            u32::unpack(packing(1), &[1, 2, 3, 0xff, 0, 1], &mut row);
            assert_eq!(row, [0x1_0203, 0xff_0001]);
            let mut row = [0_f32; 2];
            f32::unpack(packing(2), &[0xff, 0xff, 0xfe, 1, 0, 0], &mut row);
            assert_eq!(row, [-2.0, 65536.0]);
        }
    }

    #[test]
    fn small_samples_are_spread_unless_they_are_numbers_of_colours() {
        let mut packing = Packing::dense(Stored::new(1, 4).unwrap(), ByteOrder::Little);
        let mut row = [0; 3];
        u8::unpack(packing, &[0x1f, 0x70], &mut row);
        assert_eq!(row, [0x11, 0xff, 0x77]);
        packing.spread = false;
        u8::unpack(packing, &[0x1f, 0x70], &mut row);
        assert_eq!(row, [1, 15, 7]);
        // A codec that gives a byte for each sample.
        packing = Packing { bits: 8, spread: true, ..packing };
        u8::unpack(packing, &[1, 15, 7], &mut row);
        assert_eq!(row, [0x11, 0xff, 0x77]);
    }

    #[test]
    #[expect(clippy::float_cmp, reason = "the numbers are exact")]
    fn inversion_exchanges_both_ends() {
        assert_eq!([0_u8, 1, 255].map(|value| value.inverted(255)), [255, 254, 0]);
        assert_eq!([0_u16, 1, 4095].map(|value| value.inverted(4095)), [4095, 4094, 0]);
        assert_eq!([0_u32, u32::MAX].map(|value| value.inverted(u32::MAX)), [u32::MAX, 0]);
        assert_eq!([1.5_f32, -2.0].map(|value| value.inverted(0)), [-1.5, 2.0]);
    }
}
