//! Blocks of literals and short repetitions: pictures.
//!
//! Which of both comes next is noise, and a wrong guess of the processor costs more time than all
//! work on a symbol. So there is no branch between them: each turn takes literals, perhaps none,
//! and repeats something, perhaps nothing. Where repetitions are few, a branch is better after all.

use super::entry::{self, END, LENGTH, LONGER, MATCH, RARE};
use super::run::{Run, Stop};
use super::table::Literals;
use super::{Inflater, copy};

/// Whether short repetitions are frequent enough to do without a branch.
#[inline(always)]
pub(super) fn is_frequent(literals: &Literals) -> bool {
    // By the share of entries that have one; found by measurement.
    literals.percentage(MATCH) >= 44
}

/// The room that a turn needs: four times two literals, two more, and sixteen bytes of a
/// repetition; all are written in larger pieces.
const ROOM: usize = 40;

impl Inflater {
    /// Reads as much of a block as there may be without care. Whether it ended. `LITERALS` is for
    /// those where repetitions are few.
    #[inline(always)]
    pub(super) fn short<const LITERALS: bool>(&self, run: &mut Run<'_, '_>) -> Result<bool, Stop> {
        let mut local = run.local();
        let result = self.short_turns::<LITERALS>(&mut local);
        let Run { bits, filled, .. } = local;
        run.resume((bits, filled));
        result
    }

    #[inline(always)]
    fn short_turns<const LITERALS: bool>(&self, run: &mut Run<'_, '_>) -> Result<bool, Stop> {
        if !run.bits.refill_fast() {
            return Ok(false);
        }
        let mut entry = self.literals.entry(run.bits.held());
        'turns: while run.is_ready(ROOM) {
            if LITERALS && entry >> LENGTH == 0 {
                // Of at least 56 bits four entries take 48 at most, and leave 12 for a look.
                for turn in 0..4 {
                    if !run.literals(entry) {
                        return Ok(false);
                    }
                    entry = self.literals.entry(run.bits.held());
                    if entry >> LENGTH != 0 {
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
            // At most 20 bits for a length and 28 for a distance.
            let mut long = 0;
            if entry & RARE != 0 {
                if entry & LONGER != 0 {
                    entry = self.literals.longer(&mut run.bits, entry);
                }
                if entry & RARE != 0 {
                    if entry & END != 0 {
                        run.bits.skip(entry);
                        return Ok(true);
                    }
                    long = entry::length(entry, run.bits.held());
                    entry = MATCH | entry & 63;
                }
            }
            if !run.literals(entry) {
                return Err(Stop::Full);
            }
            let len = entry::short_length(entry) + long;
            // Nothing, not even bits, if there is no repetition.
            let mut far = self.distances.entry(run.bits.held());
            far &= (entry.cast_signed() >> 31).cast_unsigned();
            if far & LONGER != 0 {
                far = self.distances.longer(&mut run.bits, far);
            }
            let distance = entry::distance(far, run.bits.held());
            run.bits.skip(far);
            entry = self.literals.entry(run.bits.held());
            let Some(from) = run.filled.checked_sub(distance) else {
                return Err(Stop::Damaged);
            };
            if len > 16 || distance < len {
                run.repeat(distance, len)?;
            } else if copy::word::<16, 16>(run.out, from, run.filled) {
                run.filled += len;
            } else {
                return Err(Stop::Full);
            }
        }
        Ok(false)
    }
}
