//! A block symbol by symbol: near the ends of the stream and of the room, and where it begins.

use super::Inflater;
use super::entry::{self, COUNT, END, LONGER, RARE};
use super::run::{Run, Stop};

impl Inflater {
    /// Goes on until as many bytes are there, or the block ends. Whether it ended.
    #[inline(never)]
    pub(super) fn careful(&self, run: &mut Run<'_, '_>, until: usize) -> Result<bool, Stop> {
        while run.filled < until {
            run.bits.refill();
            let mut entry = self.literals.entry(run.bits.held());
            if run.bits.count() < entry & 63 {
                // Of two symbols, the first one may be there.
                let first = self.literals.find(run.bits.held(), run.bits.count());
                entry = first.ok_or(Stop::End)?;
            } else if entry & RARE != 0 && entry & LONGER != 0 {
                entry = self.literals.longer(&mut run.bits, entry);
            }
            let held = run.bits.held();
            run.bits.skip_careful(entry)?;
            if entry & RARE != 0 {
                if entry & END != 0 {
                    return Ok(true);
                }
                self.repetition(run, entry::length(entry, held))?;
                continue;
            }
            let [_, first, second, _] = entry.to_le_bytes();
            for (literal, _) in [first, second].into_iter().zip(0..entry >> COUNT & 3) {
                run.push(literal)?;
            }
            match entry::short_length(entry) {
                0 => {}
                len => self.repetition(run, len)?,
            }
        }
        Ok(false)
    }

    /// A distance, and so many bytes from there.
    fn repetition(&self, run: &mut Run<'_, '_>, len: usize) -> Result<(), Stop> {
        run.bits.refill();
        let mut entry = self.distances.entry(run.bits.held());
        if entry & LONGER != 0 && run.bits.count() >= entry & 63 {
            entry = self.distances.longer(&mut run.bits, entry);
        }
        let held = run.bits.held();
        run.bits.skip_careful(entry)?;
        let start = run.filled.checked_sub(entry::distance(entry, held)).ok_or(Stop::Damaged)?;
        for place in start..start + len {
            run.push(run.out.get(place).copied().ok_or(Stop::Full)?)?;
        }
        Ok(())
    }
}
