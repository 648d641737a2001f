//! What the tables have for a word of bits: a number.
//!
//! The bits to leave out are in the low byte. Entries of literals and short lengths have one or
//! two literals in the next two bytes, the number of them from bit 24, and a length from bit 26;
//! they can be added up. All others are called rare: those of other lengths, and of distances,
//! have a base from bit 16, and in the bits to leave out there are more to be added to it, after
//! those of the code, whose number is at bit 8.

use super::bits::low;

/// From here the number of literals.
pub(super) const COUNT: u32 = 24;
/// From here a length of 3 to 10.
pub(super) const LENGTH: u32 = 26;
/// Neither literals nor a short length.
pub(super) const RARE: u32 = 1 << 30;
/// A short length.
pub(super) const MATCH: u32 = 1 << 31;
/// Of a rare one or a distance: the code is longer, and has an entry elsewhere.
pub(super) const LONGER: u32 = 1 << 12;
/// Of a rare one: the block ends.
pub(super) const END: u32 = 1 << 13;

/// Distances are less by this in their entries, so that 0 is one that does no harm.
pub(super) const NEAR: usize = 32;

/// The entry of a symbol with so many bits of code added, of literals and lengths or others.
#[inline(always)]
pub(super) fn coded(symbol: u32, bits: u32, literals: bool) -> u32 {
    symbol + if literals && symbol & RARE == 0 { bits } else { bits << 8 | bits }
}

/// An entry that is not rare, to be added to one of a literal.
#[inline(always)]
pub(super) fn second(entry: u32) -> u32 {
    entry & !0xff00 | (entry & 0xff00) << 8
}

/// The length of a short one, 0 if it has none.
#[inline(always)]
pub(super) fn short_length(entry: u32) -> usize {
    (entry >> LENGTH & 15) as usize
}

/// The length of a rare one.
#[inline(always)]
pub(super) fn length(entry: u32, bits: u64) -> usize {
    (entry >> 16 & 0x3fff) as usize + more(entry, bits)
}

#[inline(always)]
pub(super) fn distance(entry: u32, bits: u64) -> usize {
    NEAR.wrapping_add_signed((entry.cast_signed() >> 16) as isize) + more(entry, bits)
}

#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "at most 13 bits")]
fn more(entry: u32, bits: u64) -> usize {
    (low(bits, entry & 63) >> (entry >> 8 & 15)) as usize
}

/// Symbols of literals and lengths.
pub(super) static LITERALS: [u32; 288] = literals(true);
/// The same where all lengths are rare.
pub(super) static LITERALS_LONG: [u32; 288] = literals(false);
/// Symbols of distances.
pub(super) static DISTANCES: [u32; 32] = distances();
/// Symbols of the code of lengths.
pub(super) static LENGTHS: [u32; 19] = lengths();

/// RFC 1951, 3.2.5. Symbols that are never written are like the last one.
const fn literals(short: bool) -> [u32; 288] {
    let mut symbols = [0; 288];
    let (mut place, mut symbol) = (0, 0);
    while place < 256 {
        symbols[place] = 1 << COUNT | symbol << 8;
        (place, symbol) = (place + 1, symbol + 1);
    }
    symbols[256] = RARE | END;
    let (mut place, mut symbol, mut base) = (257, 0, 3);
    while place < 288 {
        let extra = if symbol < 8 || symbol > 27 { 0 } else { symbol / 4 - 1 };
        if symbol > 27 {
            base = 258;
        }
        let is_short = short && symbol < 8;
        symbols[place] = if is_short { MATCH | base << LENGTH } else { RARE | base << 16 | extra };
        (place, symbol, base) = (place + 1, symbol + 1, base + (1 << extra));
    }
    symbols
}

/// RFC 1951, 3.2.5, as above.
#[expect(clippy::cast_possible_truncation, reason = "a small number")]
const fn distances() -> [u32; 32] {
    let mut symbols = [0; 32];
    let (mut place, mut symbol, mut base) = (0, 0_u32, 1_u32);
    while place < 32 {
        let extra = if symbol < 4 { 0 } else { symbol / 2 - 1 };
        symbols[place] = base.wrapping_sub(NEAR as u32) << 16 | extra;
        if symbol < 29 {
            (symbol, base) = (symbol + 1, base + (1 << extra));
        }
        place += 1;
    }
    symbols
}

const fn lengths() -> [u32; 19] {
    let mut symbols = [0; 19];
    let (mut place, mut symbol) = (0, 0);
    while place < 19 {
        symbols[place] = symbol << 16;
        (place, symbol) = (place + 1, symbol + 1);
    }
    symbols
}
