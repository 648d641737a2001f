//! Entropy-coded data to coefficients (ITU-T T.81, F.2).

use super::huffman::{Ac, Dc, extend};
use crate::codec::jpeg::ZIGZAG;

/// Coefficients, row by row.
pub(super) type Block = [i16; 64];

/// The data of a scan without stuffed bytes and markers.
#[derive(Debug, Default)]
pub(super) struct Data {
    bytes: Vec<u8>,
    /// Ends of the intervals between restarts.
    ends: Vec<usize>,
}

impl Data {
    /// Takes the data of a scan up to the first marker that is not a restart.
    pub(super) fn fill(&mut self, scan: &[u8]) {
        self.bytes.clear();
        self.ends.clear();
        self.bytes.reserve(scan.len());
        let mut rest = scan;
        loop {
            // No early end within a chunk: this becomes one comparison of all.
            while let Some((chunk, after)) = rest.split_first_chunk::<32>()
                && chunk.iter().fold(0, |any, byte| any | u8::from(*byte == 0xff)) == 0
            {
                self.bytes.extend_from_slice(chunk);
                rest = after;
            }
            let plain = rest.iter().position(|byte| *byte == 0xff).unwrap_or(rest.len());
            let (bytes, marked) = rest.split_at(plain);
            self.bytes.extend_from_slice(bytes);
            rest = match marked {
                [0xff, 0, after @ ..] => {
                    self.bytes.push(0xff);
                    after
                }
                [0xff, 0xff, ..] => &marked[1..],
                [0xff, 0xd0..=0xd7, after @ ..] => {
                    self.ends.push(self.bytes.len());
                    after
                }
                _ => break,
            };
        }
        self.ends.push(self.bytes.len());
    }

    /// The intervals between restarts.
    pub(super) fn intervals(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| self.bytes.get(start..*end).unwrap_or_default())
    }
}

/// Bits that are read.
#[derive(Debug)]
pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    /// Place of the next byte that is not held, also beyond the end, where there are zeros.
    at: usize,
    /// The next bit is the highest.
    held: u64,
    count: u32,
}

impl<'a> Bits<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, held: 0, count: 0 }
    }

    /// Holds at least 56 bits.
    #[inline(always)]
    fn refill(&mut self) {
        let next = match self.bytes.get(self.at..).and_then(<[u8]>::first_chunk) {
            Some(next) => u64::from_be_bytes(*next),
            None => self.near_the_end(),
        };
        self.held |= next >> self.count;
        self.at += (63 - self.count as usize) / 8;
        // 56 and what is left of a byte.
        self.count |= 0b11_1000;
    }

    #[cold]
    fn near_the_end(&self) -> u64 {
        let mut next = [0; 8];
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        for (to, byte) in next.iter_mut().zip(rest) {
            *to = *byte;
        }
        u64::from_be_bytes(next)
    }

    #[inline(always)]
    fn skip(&mut self, count: u32) {
        self.held <<= count;
        self.count -= count;
    }

    /// The next bits as a number: after a [`refill`](Self::refill), at most 16.
    #[inline(always)]
    fn number(&mut self, size: u32) -> i32 {
        // In two steps, as there may be none.
        #[expect(clippy::cast_possible_truncation, reason = "16 bits at most")]
        let bits = (self.held >> 1 >> (63 - size)) as u32;
        self.skip(size);
        extend(bits, size)
    }

    /// Whether more bits were read than there are.
    pub(super) fn is_overrun(&self) -> bool {
        self.at - self.count as usize / 8 > self.bytes.len()
    }

    /// Reads a block whose coefficients are zero. Returns whether there are others than DC, or
    /// `None` when the data is damaged.
    #[inline(never)]
    pub(super) fn block(
        &mut self,
        dc: &Dc,
        ac: &Ac,
        before: &mut i16,
        block: &mut Block,
    ) -> Option<bool> {
        // A copy stays in registers.
        let mut bits = Self { ..*self };
        bits.refill();
        let (size, length) = dc.size(bits.held)?;
        bits.skip(length);
        #[expect(clippy::cast_possible_truncation, reason = "16 bits at most; wraps")]
        let value = before.wrapping_add(bits.number(size) as i16);
        *before = value;
        block[0] = value;
        let mut place = 1;
        'block: while place < 64 {
            bits.refill();
            // Two words of the table leave as many bits as the longest takes.
            for _ in 0..3 {
                let entry = ac.entry(bits.held);
                let mut value = entry.value;
                let is_complete = entry.length > 0;
                if is_complete {
                    bits.skip(entry.length.unsigned_abs().into());
                    place += usize::from(entry.run);
                } else {
                    let word = if entry.length == 0 { ac.long(bits.held)? } else { entry };
                    bits.skip(word.length.unsigned_abs().into());
                    if word.value == 0 {
                        if word.run < 15 {
                            break 'block;
                        }
                        place += 16;
                        break;
                    }
                    #[expect(clippy::cast_possible_truncation, reason = "15 bits and a sign")]
                    let number = bits.number(word.value.unsigned_abs().into()) as i16;
                    value = number;
                    place += usize::from(word.run);
                }
                let at = usize::from(*ZIGZAG.get(place)?);
                block[at & 63] = value;
                place += 1;
                if place > 63 {
                    break 'block;
                }
                if !is_complete {
                    break;
                }
            }
        }
        *self = bits;
        Some(place > 1)
    }
}
