//! Deflate (RFC 1951) in zlib streams (RFC 1950).
//!
//! A code is a table with an entry for each word of twelve bits, so that a look says what to do
//! with it: two literals, a short repetition, or a literal and such a repetition at once, as pairs
//! of frequent symbols are shorter than that. What a block is made of decides how it is read: see
//! `short` and `long`. Both take a turn only if the stream and the room are long enough for all
//! that it may need; `careful` does the rest.
//!
//! A stream that is cut off, or longer than there is room for, gives what is there. The checksum
//! is not looked at: it comes after the bytes, and a picture with a damaged spot is worth more
//! than none.
#![expect(clippy::inline_always, reason = "all of it is one loop, with the instructions it has")]

mod bits;
mod careful;
mod code;
mod copy;
mod entry;
mod fuzz;
mod header;
mod long;
mod run;
mod short;
mod table;
#[cfg(test)]
mod tests;

use std::fmt;

use bits::Bits;
pub use fuzz::fuzz;
use header::Lengths;
use pulp::NullaryFnOnce;
use run::{Run, Stop};
use table::{Distances, Literals};

/// The tables, which are too large to be made for each stream.
pub struct Inflater {
    literals: Literals,
    distances: Distances,
    lengths: table::Lengths,
}

impl Inflater {
    /// A decoder for any number of streams, one after the other.
    pub fn new() -> Box<Self> {
        Box::new(Self {
            literals: Literals::new(),
            distances: Distances::new(),
            lengths: table::Lengths::new(),
        })
    }

    /// Fills as much of `out` as there is, and says how many bytes that were; what is after them
    /// may change, too. `None` when the stream is damaged before its end or the end of `out`.
    pub fn zlib(&mut self, stored: &[u8], out: &mut [u8]) -> Option<usize> {
        let [method, flags, stored @ ..] = stored else { return Some(0) };
        // Method 8, a header that is a multiple of 31, no dictionary.
        let header = u16::from_be_bytes([*method, *flags]);
        if method & 15 != 8 || header % 31 != 0 || flags & 32 != 0 {
            return None;
        }
        self.deflate(stored, out)
    }

    /// The same for a stream without a header.
    pub(super) fn deflate(&mut self, stored: &[u8], out: &mut [u8]) -> Option<usize> {
        #[cfg(target_arch = "x86_64")]
        if let Some(avx2) = pulp::x86::V3::try_new() {
            return avx2.vectorize(Stream { inflater: self, stored, out });
        }
        self.portable(stored, out)
    }

    /// The same without special instructions.
    fn portable(&mut self, stored: &[u8], out: &mut [u8]) -> Option<usize> {
        Stream { inflater: self, stored, out }.call()
    }

    /// Reads a block with these codes.
    #[inline(always)]
    fn block(&mut self, lengths: &Lengths, run: &mut Run<'_, '_>) -> Result<(), Stop> {
        let long = long::is_frequent(lengths.literals());
        let symbols = if long { &entry::LITERALS_LONG } else { &entry::LITERALS };
        if !self.distances.build(lengths.distances(), &entry::DISTANCES, false)
            || !self.literals.build(lengths.literals(), symbols, true)
        {
            return Err(Stop::Damaged);
        }
        if run.filled < entry::NEAR && self.careful(run, entry::NEAR)? {
            return Ok(());
        }
        let ended = if long {
            self.long(run)?
        } else if short::is_frequent(&self.literals) {
            self.short::<false>(run)?
        } else {
            self.short::<true>(run)?
        };
        if !ended {
            self.careful(run, usize::MAX)?;
        }
        Ok(())
    }
}

/// A stream to read, and where to.
struct Stream<'a> {
    inflater: &'a mut Inflater,
    stored: &'a [u8],
    out: &'a mut [u8],
}

impl NullaryFnOnce for Stream<'_> {
    type Output = Option<usize>;

    #[inline(always)]
    fn call(self) -> Option<usize> {
        let mut run = Run { bits: Bits::new(self.stored), out: self.out, filled: 0 };
        match blocks(self.inflater, &mut run) {
            Ok(()) | Err(Stop::End | Stop::Full) => Some(run.filled),
            Err(Stop::Damaged) => None,
        }
    }
}

#[inline(always)]
fn blocks(inflater: &mut Inflater, run: &mut Run<'_, '_>) -> Result<(), Stop> {
    loop {
        let last = run.bits.take(1)? == 1;
        let lengths = match run.bits.take(2)? {
            0 => {
                run.plain()?;
                None
            }
            1 => Some(Lengths::fixed()),
            2 => Some(Lengths::read(&mut run.bits, &mut inflater.lengths)?),
            _ => return Err(Stop::Damaged),
        };
        if let Some(lengths) = lengths {
            inflater.block(&lengths, run)?;
        }
        if last {
            return Ok(());
        }
    }
}

impl fmt::Debug for Inflater {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inflater").finish_non_exhaustive()
    }
}
