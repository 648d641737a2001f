//! Huffman codes (RFC 1951, 3.2.2): symbols in the order of their codes.

use super::bits::low;
use super::entry::{self, COUNT, RARE};

/// Symbols of the largest alphabet.
const MOST: usize = 288;
/// Bits of the longest code.
pub(super) const LONGEST: u32 = 15;

/// Entries with codes in the order of these, by their lengths.
pub(super) struct Sorted {
    /// The first bit lowest.
    codes: [u16; MOST],
    entries: [u32; MOST],
    /// Where those of each length start, and where the last ones end.
    starts: [u16; 17],
}

impl Sorted {
    const fn new() -> Self {
        Self { codes: [0; MOST], entries: [0; MOST], starts: [0; 17] }
    }

    #[inline(always)]
    fn push(&mut self, place: &mut u16, code: u16, entry: u32) {
        if let Some(to) = self.codes.get_mut(usize::from(*place)) {
            *to = code;
        }
        if let Some(to) = self.entries.get_mut(usize::from(*place)) {
            *to = entry;
        }
        *place += 1;
    }

    /// Those with codes of so many bits.
    #[inline(always)]
    pub(super) fn of(&self, bits: u32) -> impl Iterator<Item = (usize, u32)> {
        let start = usize::from(self.starts[bits as usize & 15]);
        let end = usize::from(self.starts[(bits as usize & 15) + 1]);
        let codes = self.codes.get(start..end).unwrap_or_default();
        let entries = self.entries.get(start..end).unwrap_or_default();
        codes.iter().zip(entries).map(|(code, entry)| (usize::from(*code), *entry))
    }

    /// The one whose code is next, if it is complete in so many bits.
    pub(super) fn find(&self, bits: u64, count: u32) -> Option<u32> {
        (1..=count.min(LONGEST))
            .flat_map(|length| self.of(length).map(move |found| (length, found)))
            .find(|(length, (code, _))| low(bits, *length) == *code as u64)
            .map(|(_, (_, entry))| entry)
    }
}

/// A code.
pub(super) struct Code {
    pub(super) all: Sorted,
    /// The literals among them.
    pub(super) literals: Sorted,
    /// What may come after a literal in the same entry.
    pub(super) seconds: Sorted,
}

/// What lengths make.
pub(super) enum Made {
    Complete,
    /// Symbols that need no code: one with a bit, or none. All bits stand for the first one, as
    /// encoders write such codes for distances that do not occur.
    Single(u32),
    None,
}

impl Code {
    pub(super) const fn new() -> Self {
        Self { all: Sorted::new(), literals: Sorted::new(), seconds: Sorted::new() }
    }

    /// Sorts the symbols, which have these lengths, and these entries but for their codes. With
    /// `join` they are literals and lengths, which may share an entry.
    #[inline(always)]
    pub(super) fn make(&mut self, lengths: &[u8], symbols: &[u32], join: bool) -> Made {
        let mut counts = [0_u16; 16];
        for length in lengths {
            counts[usize::from(*length & 15)] += 1;
        }
        let (mut places, mut at, mut used) = ([0_u16; 16], 0, 0_u32);
        for bits in 1..16 {
            places[bits] = at;
            self.all.starts[bits] = at;
            at += counts[bits];
            used += u32::from(counts[bits]) << (15 - bits);
        }
        self.all.starts[16] = at;
        // Those without a code come last.
        places[0] = at;
        let mut order = [0_u16; MOST];
        for (symbol, length) in (0..).zip(lengths) {
            let place = &mut places[usize::from(*length & 15)];
            if let Some(to) = order.get_mut(usize::from(*place)) {
                *to = symbol;
            }
            *place += 1;
        }
        let symbol = |place: usize| symbols.get(usize::from(order[place])).copied().unwrap_or(0);
        if used != 1 << LONGEST {
            return match counts[1] {
                _ if used == 0 => Made::Single(entry::coded(symbols[0], 1, join)),
                1 if used == 1 << (LONGEST - 1) => Made::Single(entry::coded(symbol(0), 1, join)),
                _ => Made::None,
            };
        }
        let (mut next, mut literals, mut seconds) = (0_u16, 0, 0);
        let mut code = 0_u16;
        for bits in 1..16_u32 {
            self.literals.starts[bits as usize] = literals;
            self.seconds.starts[bits as usize] = seconds;
            for _ in 0..counts[bits as usize] {
                let found = entry::coded(symbol(usize::from(next) % MOST), bits, join);
                self.all.push(&mut next, code, found);
                if join && found & RARE == 0 {
                    self.seconds.push(&mut seconds, code, entry::second(found));
                    if found >> COUNT == 1 {
                        self.literals.push(&mut literals, code, found);
                    }
                }
                code = following(code, bits);
            }
        }
        self.literals.starts[16] = literals;
        self.seconds.starts[16] = seconds;
        Made::Complete
    }
}

/// The code after one of so many bits; both have their first bit lowest.
#[inline(always)]
fn following(code: u16, bits: u32) -> u16 {
    // Adding one to a number clears its lowest ones and sets the zero before them. Here they are
    // the highest.
    let zeros = !code & ((1 << bits) - 1);
    match zeros.checked_ilog2() {
        Some(zero) => code & ((1 << zero) - 1) | 1 << zero,
        None => 0,
    }
}
