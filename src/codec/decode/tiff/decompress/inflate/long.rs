//! Blocks with long repetitions: drawings, masks and text.

use super::entry::{self, END, LONGER, RARE};
use super::run::{Run, Stop};
use super::{Inflater, copy};

/// Whether repetitions of more than ten bytes are frequent, in a code with these lengths.
pub(super) fn is_frequent(lengths: &[u8]) -> bool {
    let lengths = lengths.get(265..).unwrap_or_default();
    let share: u32 =
        lengths.iter().filter(|bits| **bits != 0).map(|bits| 1 << 15 >> (*bits & 15)).sum();
    // One of eight symbols; found by measurement.
    share > 1 << 12
}

/// The room that a turn needs: four times two literals, written in larger pieces.
const ROOM: usize = 16;

impl Inflater {
    /// Reads as much of a block as there may be without care. Whether it ended.
    #[inline(always)]
    pub(super) fn long(&self, run: &mut Run<'_, '_>) -> Result<bool, Stop> {
        let mut local = run.local();
        let result = self.long_turns(&mut local);
        let Run { bits, filled, .. } = local;
        run.resume((bits, filled));
        result
    }

    #[inline(always)]
    fn long_turns(&self, run: &mut Run<'_, '_>) -> Result<bool, Stop> {
        if !run.bits.refill_fast() {
            return Ok(false);
        }
        let mut entry = self.literals.entry(run.bits.held());
        'turns: while run.is_ready(ROOM) {
            if entry & RARE == 0 {
                // Of at least 56 bits four entries take 48 at most, and leave 12 for a look.
                for turn in 0..4 {
                    if !run.literals(entry) {
                        return Ok(false);
                    }
                    entry = self.literals.entry(run.bits.held());
                    if entry & RARE != 0 {
                        break;
                    }
                    if turn == 3 {
                        continue 'turns;
                    }
                }
                if !run.bits.refill_fast() {
                    return Ok(false);
                }
            }
            if entry & (LONGER | END) != 0 {
                if entry & LONGER != 0 {
                    entry = self.literals.longer(&mut run.bits, entry);
                    if entry & RARE == 0 {
                        if !run.literals(entry) {
                            return Err(Stop::Full);
                        }
                        entry = self.literals.entry(run.bits.held());
                        continue;
                    }
                }
                if entry & END != 0 {
                    run.bits.skip(entry);
                    return Ok(true);
                }
            }
            // At most 20 bits for a length and 28 for a distance.
            let len = entry::length(entry, run.bits.held());
            run.bits.skip(entry);
            let mut far = self.distances.entry(run.bits.held());
            if far & LONGER != 0 {
                far = self.distances.longer(&mut run.bits, far);
            }
            let distance = entry::distance(far, run.bits.held());
            run.bits.skip(far);
            entry = self.literals.entry(run.bits.held());
            let Some(mut from) = run.filled.checked_sub(distance) else {
                return Err(Stop::Damaged);
            };
            let end = run.filled + len;
            if distance < 16 || end + 64 > run.out.len() {
                run.repeat(distance, len)?;
                continue;
            }
            let mut to = run.filled;
            while copy::word::<16, 64>(run.out, from, to) {
                (from, to) = (from + 64, to + 64);
                if to >= end {
                    break;
                }
            }
            run.filled = end;
        }
        Ok(false)
    }
}
