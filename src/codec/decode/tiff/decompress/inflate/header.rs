//! The lengths of codes at the start of a block (RFC 1951, 3.2.6 and 3.2.7).

use super::bits::Bits;
use super::run::Stop;
use super::{entry, table};

/// Most symbols of both codes, and a repetition that starts at the last one.
const MOST: usize = 288 + 32 + 138;

/// The lengths of the codes of literals and lengths, and of distances.
pub(super) struct Lengths {
    bits: [u8; MOST],
    literals: usize,
    distances: usize,
}

impl Lengths {
    pub(super) fn literals(&self) -> &[u8] {
        self.bits.get(..self.literals).unwrap_or_default()
    }

    pub(super) fn distances(&self) -> &[u8] {
        self.bits.get(self.literals..self.literals + self.distances).unwrap_or_default()
    }

    /// Those of blocks without their own.
    pub(super) fn fixed() -> Self {
        let mut bits = [5; MOST];
        bits[..288].fill(8);
        bits[144..256].fill(9);
        bits[256..280].fill(7);
        Self { bits, literals: 288, distances: 32 }
    }

    /// Those at the start of a block that brings its own.
    #[inline(always)]
    pub(super) fn read(bits: &mut Bits<'_>, table: &mut table::Lengths) -> Result<Self, Stop> {
        let literals = usize::from(bits.take(5)?) + 257;
        let distances = usize::from(bits.take(5)?) + 1;
        let count = usize::from(bits.take(4)?) + 4;
        let mut lengths = [0; 19];
        for place in ORDER.iter().take(count) {
            [lengths[*place], _] = bits.take(3)?.to_le_bytes();
        }
        if !table.build(&lengths, &entry::LENGTHS, false) {
            return Err(Stop::Damaged);
        }
        let mut found = Self { bits: [0; MOST], literals, distances };
        let mut done = 0;
        while done < literals + distances {
            bits.refill();
            let entry = table.entry(bits.held());
            bits.skip_careful(entry)?;
            let (value, repeat) = match entry.to_le_bytes()[2] {
                16 => {
                    let last = done.checked_sub(1).and_then(|last| found.bits.get(last));
                    (*last.ok_or(Stop::Damaged)?, 3 + bits.take(2)?)
                }
                17 => (0, 3 + bits.take(3)?),
                18 => (0, 11 + bits.take(7)?),
                value => (value, 1),
            };
            let end = done + usize::from(repeat);
            found.bits.get_mut(done..end).unwrap_or_default().fill(value);
            done = end;
        }
        if done == literals + distances { Ok(found) } else { Err(Stop::Damaged) }
    }
}

/// Order of the lengths of the code of lengths.
const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
