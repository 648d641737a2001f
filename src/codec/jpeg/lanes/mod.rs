//! What JPEG needs of a processor: sixteen 16-bit numbers at once.
//!
//! Everything is exact integer arithmetic, so that all processors write the same bytes.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "aarch64")]
mod neon;
mod portable;
#[cfg(all(test, any(target_arch = "aarch64", target_arch = "x86_64")))]
mod tests;

pub(in crate::codec) use self::portable::Portable;

/// Instructions of a processor.
pub(in crate::codec) trait Lanes: Copy {
    /// Sixteen 16-bit numbers.
    type I16: Copy;
    /// Eight 32-bit numbers.
    type I32: Copy;

    /// Has bytes fetched that are needed soon.
    fn prefetch(self, bytes: &[u8]);
    fn load(self, from: &[i16; 16]) -> Self::I16;
    /// Eight numbers in each half.
    fn load_halves(self, low: &[i16; 8], high: &[i16; 8]) -> Self::I16;
    /// The same eight numbers in both halves.
    fn load_twice(self, from: &[i16; 8]) -> Self::I16;
    fn store(self, numbers: Self::I16, to: &mut [i16; 16]);
    /// The lower half to one place, the upper half to another.
    fn store_halves(self, numbers: Self::I16, low: &mut [i16; 8], high: &mut [i16; 8]);
    fn splat(self, number: i16) -> Self::I16;
    /// Sums, wrapping.
    fn add(self, left: Self::I16, right: Self::I16) -> Self::I16;
    /// Differences, wrapping.
    fn sub(self, left: Self::I16, right: Self::I16) -> Self::I16;
    /// Products, wrapping.
    fn mul(self, left: Self::I16, right: Self::I16) -> Self::I16;
    /// Products divided by 2 to the 15, rounded to the nearest.
    fn mul_round(self, left: Self::I16, right: Self::I16) -> Self::I16;
    /// Products divided by 2 to the 16, rounded down.
    fn mul_floor(self, left: Self::I16, right: Self::I16) -> Self::I16;
    /// Divided by 2 to the `BITS`, rounded down.
    fn shift<const BITS: i32>(self, numbers: Self::I16) -> Self::I16;
    /// Sums of neighbours: of `left` in the lower half, of `right` in the upper half.
    fn add_pairs(self, left: Self::I16, right: Self::I16) -> Self::I16;
    /// Numbers of both by turns.
    fn interleave(self, left: Self::I16, right: Self::I16) -> [Self::I16; 2];
    /// Numbers of both by turns, in an order of pairs that [`narrow`](Self::narrow) undoes.
    fn pairs(self, left: Self::I16, right: Self::I16) -> [Self::I16; 2];
    /// The sum of the products of each pair, wrapping.
    fn mul_pairs(self, pairs: Self::I16, factors: [i16; 2]) -> Self::I32;
    fn splat_wide(self, number: i32) -> Self::I32;
    /// Sums, wrapping.
    fn add_wide(self, left: Self::I32, right: Self::I32) -> Self::I32;
    /// Differences, wrapping.
    fn sub_wide(self, left: Self::I32, right: Self::I32) -> Self::I32;
    /// Divided by 2 to the `BITS`, rounded down, limited to 16 bits.
    fn narrow<const BITS: i32>(self, numbers: [Self::I32; 2]) -> Self::I16;
    /// Rows become columns, in each half for itself.
    fn transpose(self, rows: [Self::I16; 8]) -> [Self::I16; 8];
    /// Sixteen samples.
    fn widen(self, samples: &[u8; 16]) -> Self::I16;
    /// Two times sixteen samples, limited to 0 to 255.
    fn samples(self, numbers: [Self::I16; 2]) -> [[u8; 16]; 2];
    /// Red, green and blue of sixteen pixels, limited to 0 to 255.
    fn store_rgb(self, colors: [Self::I16; 3], pixels: &mut [u8; 48]);
    /// Sixteen samples, times 128.
    fn gray(self, pixels: &[u8; 16]) -> Self::I16;
    /// Red, green and blue of sixteen pixels, times 128.
    fn rgb(self, pixels: &[u8; 48]) -> [Self::I16; 3];
    /// Which of the numbers are not zero: bit 0 is the first.
    fn nonzero(self, block: &[i16; 64]) -> u64;
}
