//! Bits from the highest to the lowest, and markers among them.

use std::convert::Infallible;

use fax::BitReader;

/// A place in a stream. Behind its end are zeros, which are no code.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bits<'a> {
    stream: &'a [u8],
    /// The next bit.
    at: usize,
}

impl<'a> Bits<'a> {
    pub(super) fn new(stream: &'a [u8]) -> Self {
        Self { stream, at: 0 }
    }

    /// Goes on to a multiple of so many bits.
    pub(super) fn align(&mut self, bits: u8) {
        self.at = self.at.next_multiple_of(bits.max(1).into());
    }

    /// The next bits, at most 16.
    pub(super) fn take(&mut self, count: u8) -> u16 {
        let value = self.look(count);
        self.skip(count);
        value
    }

    /// Whether a marker comes: eleven zeros or more, and a one. Zeros up to the end are taken.
    pub(super) fn is_at_marker(&mut self) -> bool {
        if self.look(11) != 0 {
            return false;
        }
        let end = self.at + self.zeros();
        if end >= self.len() {
            self.at = self.len();
            return false;
        }
        true
    }

    /// Takes a marker, if one comes.
    pub(super) fn take_marker(&mut self) -> bool {
        let comes = self.is_at_marker();
        if comes {
            self.at += self.zeros() + 1;
        }
        comes
    }

    /// Goes on to the next marker, but not over it.
    pub(super) fn skip_to_marker(&mut self) {
        while !self.is_empty() {
            let zeros = self.zeros();
            if zeros >= 11 {
                return;
            }
            self.at += zeros + 1;
        }
    }

    /// Whether there are no more bits.
    pub(super) fn is_empty(&self) -> bool {
        self.at >= self.len()
    }

    fn skip(&mut self, count: u8) {
        self.at = self.at.saturating_add(count.into());
    }

    /// The next bits, at most 16.
    fn look(&self, count: u8) -> u16 {
        let first = self.at / 8;
        let byte = |index: usize| u32::from(self.stream.get(index).copied().unwrap_or_default());
        let three = byte(first) << 16 | byte(first + 1) << 8 | byte(first + 2);
        let shifted = three << (8 + self.at % 8) >> (32 - u32::from(count.clamp(1, 16)));
        u16::try_from(shifted).unwrap_or_default()
    }

    /// Zeros up to the next one.
    fn zeros(&self) -> usize {
        let mut count = 0;
        while self.at + count < self.len() {
            let at = self.at + count;
            let byte = self.stream.get(at / 8).copied().unwrap_or_default() << (at % 8);
            if byte != 0 {
                return count + byte.leading_zeros() as usize;
            }
            count += 8 - at % 8;
        }
        count
    }

    fn len(&self) -> usize {
        self.stream.len().saturating_mul(8)
    }
}

impl BitReader for Bits<'_> {
    type Error = Infallible;

    fn peek(&self, bits: u8) -> Option<u16> {
        Some(self.look(bits))
    }

    fn consume(&mut self, bits: u8) -> Result<(), Self::Error> {
        self.skip(bits);
        Ok(())
    }

    fn bits_to_byte_boundary(&self) -> u8 {
        u8::try_from(self.at.next_multiple_of(8) - self.at).unwrap_or_default()
    }
}
