//! One line of black and white, by its runs or by its differences to the line before.

use fax::maps::{Mode, black, mode, white};

use super::bits::Bits;

/// The changes of colour of a line and of the line before, in pixels from the left.
///
/// A line starts white, so a change with an even number turns black. Changes ascend.
#[derive(Debug)]
pub(super) struct Line {
    width: u32,
    changes: Vec<u32>,
    before: Vec<u32>,
}

/// Why a line was not read to its end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Stop {
    /// There is no such code, or it leads out of the line.
    Damaged,
    /// There are no more bits.
    End,
    /// The stream says that it ends.
    Marked,
    /// A part without codes begins.
    Uncompressed,
}

impl Line {
    /// The imaginary white line before the first.
    pub(super) fn new(width: u32) -> Self {
        Self { width, changes: Vec::new(), before: Vec::new() }
    }

    /// Reads a line of one dimension (T.4, 4.1).
    pub(super) fn read_runs(&mut self, bits: &mut Bits) -> Result<(), Stop> {
        self.begin();
        let mut at = 0;
        let mut is_black = false;
        while at < self.width {
            at = self.run(bits, at, is_black)?;
            self.change(at)?;
            is_black = !is_black;
        }
        Ok(())
    }

    /// Reads a line of two dimensions (T.4, 4.2; T.6).
    pub(super) fn read_differences(&mut self, bits: &mut Bits) -> Result<(), Stop> {
        self.begin();
        let mut at = 0;
        let mut is_black = false;
        // The change of the line before that T.4 calls b1: the next one to the other colour.
        let mut next = 0;
        while at < self.width {
            let mode = mode(bits)?;
            // A change at the first pixel counts until the line has one of its own.
            while !self.changes.is_empty() && (..=at).contains(&self.above(next)) {
                next += 2;
            }
            match mode {
                Mode::Pass => {
                    at = self.above(next + 1);
                    next += 2;
                }
                Mode::Horizontal => {
                    for is_black in [is_black, !is_black] {
                        at = self.run(bits, at, is_black)?;
                        self.change(at)?;
                    }
                }
                Mode::Vertical(delta) => {
                    let to = self.above(next).checked_add_signed(delta.into());
                    let to = to.filter(|to| *to >= at && *to <= self.width);
                    at = to.ok_or(Stop::Damaged)?;
                    self.change(at)?;
                    is_black = !is_black;
                    // A step to the left may uncover the change before.
                    next = if delta < 0 && next > 0 { next - 1 } else { next + 1 };
                }
                Mode::Extension => return Err(Stop::Uncompressed),
                Mode::EOF => return Err(Stop::Damaged),
            }
        }
        Ok(())
    }

    /// Sets the bits of the black runs.
    pub(super) fn paint(&self, row: &mut [u8]) {
        for run in self.changes.chunks(2) {
            let from = run.first().copied().unwrap_or_default().min(self.width);
            let to = run.get(1).copied().unwrap_or(self.width).min(self.width);
            paint(row, from as usize, to as usize);
        }
    }

    fn begin(&mut self) {
        std::mem::swap(&mut self.changes, &mut self.before);
        self.changes.clear();
    }

    /// Changes the colour. Runs of no pixels count: encoders refer to them in the next line.
    fn change(&mut self, at: u32) -> Result<(), Stop> {
        // No encoder has more than one of them for each pixel.
        if self.changes.len() as u64 > 2 * u64::from(self.width) + 2 {
            return Err(Stop::Damaged);
        }
        self.changes.push(at);
        Ok(())
    }

    /// A change of the line before; behind the last one is the end of the line.
    fn above(&self, index: usize) -> u32 {
        self.before.get(index).copied().unwrap_or(self.width)
    }

    /// The end of a run: codes of multiples of 64, and one of less.
    fn run(&self, bits: &mut Bits, at: u32, is_black: bool) -> Result<u32, Stop> {
        let mut at = at;
        loop {
            let mut ahead = *bits;
            let code = if is_black { black::decode(&mut ahead) } else { white::decode(&mut ahead) };
            let Some(length) = code else {
                return Err(if bits.is_empty() { Stop::End } else { Stop::Damaged });
            };
            *bits = ahead;
            at += u32::from(length);
            if at > self.width {
                return Err(Stop::Damaged);
            }
            if length < 64 {
                return Ok(at);
            }
        }
    }
}

/// The next code of a line of two dimensions. Markers are left where they are.
fn mode(bits: &mut Bits) -> Result<Mode, Stop> {
    if bits.is_at_marker() {
        return Err(Stop::Marked);
    }
    if bits.is_empty() {
        return Err(Stop::End);
    }
    mode::decode(bits).ok_or(Stop::Damaged)
}

/// Sets the bits from one place up to another.
fn paint(row: &mut [u8], from: usize, to: usize) {
    if from >= to {
        return;
    }
    let (first, last) = (from / 8, (to - 1) / 8);
    let (head, tail) = (0xff_u8 >> (from % 8), 0xff_u8 << (7 - (to - 1) % 8));
    match row.get_mut(first..=last) {
        Some([only]) => *only |= head & tail,
        Some([first, middle @ .., last]) => {
            *first |= head;
            middle.fill(0xff);
            *last |= tail;
        }
        Some([]) | None => {}
    }
}
