//! Codes as tables of entries by the next bits.

use super::bits::Bits;
use super::code::{Code, LONGEST, Made};
use super::entry::{LONGER, RARE};

/// Bits of an index into the table of literals and lengths.
const WIDTH: u32 = 12;
const DISTANCE_WIDTH: u32 = 9;

/// Entries for all words of some bits. Longer codes have an entry for all words of what is left of
/// them elsewhere: as many for each beginning as the longest codes need, for half as many
/// beginnings as there are symbols, because no code is alone with its beginning.
pub(super) struct Table<const MAIN: usize, const MORE: usize> {
    main: [u32; MAIN],
    more: [u32; MORE],
    code: Code,
}

pub(super) type Literals = Table<{ 1 << WIDTH }, { 144 << (LONGEST - WIDTH) }>;
pub(super) type Distances = Table<{ 1 << DISTANCE_WIDTH }, { 16 << (LONGEST - DISTANCE_WIDTH) }>;
/// Codes of lengths have 7 bits at most.
pub(super) type Lengths = Table<{ 1 << 7 }, 0>;

impl<const MAIN: usize, const MORE: usize> Table<MAIN, MORE> {
    const WIDTH: u32 = MAIN.ilog2();
    /// Entries for each beginning of longer codes.
    const EACH: u32 = 1 << LONGEST >> Self::WIDTH;

    pub(super) const fn new() -> Self {
        Self { main: [0; MAIN], more: [0; MORE], code: Code::new() }
    }

    /// What is to be done with the next bits.
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "the lowest bits are an index")]
    pub(super) fn entry(&self, bits: u64) -> u32 {
        self.main[bits as usize & (MAIN - 1)]
    }

    /// How many of a hundred entries have a bit.
    #[inline(always)]
    pub(super) fn percentage(&self, bit: u32) -> usize {
        self.main.iter().filter(|entry| *entry & bit != 0).count() * 100 / MAIN
    }

    /// The entry of the next symbol alone, if its code has so many bits at most.
    pub(super) fn find(&self, bits: u64, count: u32) -> Option<u32> {
        self.code.all.find(bits, count)
    }

    /// The entry of a longer code. Its beginning is skipped.
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "the lowest bits are an index")]
    pub(super) fn longer(&self, bits: &mut Bits<'_>, entry: u32) -> u32 {
        bits.skip(entry);
        let place =
            (entry >> 16 & 0x3fff) as usize + (bits.held() as usize & (Self::EACH as usize - 1));
        self.more.get(place).copied().unwrap_or(entry)
    }

    /// Makes the entries of the code with these lengths, for symbols with these entries. With
    /// `join` they are literals and lengths. Whether there is such a code.
    #[inline(always)]
    pub(super) fn build(&mut self, lengths: &[u8], symbols: &[u32], join: bool) -> bool {
        match self.code.make(lengths, symbols, join) {
            Made::Complete => {}
            Made::Single(entry) => {
                self.main.fill(entry);
                return true;
            }
            Made::None => return false,
        }
        // With one bit more all entries are there twice, but for the codes that are complete now.
        for bits in 1..=Self::WIDTH {
            let (low, high) = self.main.split_at_mut(1 << (bits - 1));
            if let Some(high) = high.get_mut(..low.len()) {
                high.copy_from_slice(low);
            }
            for (code, entry) in self.code.all.of(bits) {
                self.main[code & (MAIN - 1)] = entry;
            }
            if join {
                self.pairs(bits);
            }
        }
        self.longer_codes(if join { RARE } else { 0 });
        true
    }

    /// Pairs of a literal and another, or a short length, with so many bits together.
    #[inline(always)]
    fn pairs(&mut self, bits: u32) {
        for first in 1..bits {
            for (code, entry) in self.code.literals.of(first) {
                for (second, other) in self.code.seconds.of(bits - first) {
                    self.main[(code | second << first) & (MAIN - 1)] = entry + other;
                }
            }
        }
    }

    #[inline(always)]
    fn longer_codes(&mut self, rare: u32) {
        let (mut start, mut last) = (0_u32, None);
        for bits in Self::WIDTH + 1..=LONGEST {
            for (code, entry) in self.code.all.of(bits) {
                let (beginning, rest) = (code & (MAIN - 1), code >> Self::WIDTH);
                if last != Some(beginning) {
                    start += last.map_or(0, |_| Self::EACH);
                    last = Some(beginning);
                    self.main[beginning] = start << 16 | LONGER | rare | Self::WIDTH;
                }
                // The beginning is skipped before.
                let each = if rare == 0 || entry & rare != 0 { 257 } else { 1 };
                let places = self.more.iter_mut().skip(start as usize).take(Self::EACH as usize);
                let places = places.skip(rest).step_by(1 << (bits - Self::WIDTH));
                places.for_each(|to| *to = entry - Self::WIDTH * each);
            }
        }
    }
}
