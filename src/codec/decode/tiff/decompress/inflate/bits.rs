//! Bits of a stream, the lowest one of a byte first.

use super::run::Stop;

/// A place in a stream, and bits after it that were read ahead.
#[derive(Clone)]
pub(super) struct Bits<'a> {
    stored: &'a [u8],
    /// Bytes that are in `held` with all their bits.
    read: usize,
    /// The next bits, the first one lowest. Above `count` there may be some of the byte at `read`.
    held: u64,
    /// How many there are, in the lowest six bits. What is above them means nothing.
    count: u32,
}

impl<'a> Bits<'a> {
    pub(super) fn new(stored: &'a [u8]) -> Self {
        Self { stored, read: 0, held: 0, count: 0 }
    }

    #[inline(always)]
    pub(super) fn held(&self) -> u64 {
        self.held
    }

    #[inline(always)]
    pub(super) fn count(&self) -> u32 {
        self.count & 63
    }

    /// Reads ahead 56 bits and more, unless there are less than eight bytes to read.
    #[inline(always)]
    #[must_use]
    pub(super) fn refill_fast(&mut self) -> bool {
        let Some(word) = self.stored.get(self.read..).and_then(|rest| rest.first_chunk()) else {
            return false;
        };
        // Whole bytes for which there is room, and bits of one more, which are the same the next
        // time. That way all 64 bits are those of the stream.
        self.held |= u64::from_le_bytes(*word) << (self.count & 63);
        self.read += (!self.count >> 3 & 7) as usize;
        self.count |= 0b11_1000;
        true
    }

    /// Reads ahead 56 bits and more, or all there are, with zeros after them.
    pub(super) fn refill(&mut self) {
        if self.refill_fast() {
            return;
        }
        self.count = self.count();
        self.held = low(self.held, self.count);
        while self.count < 56 {
            let Some(byte) = self.stored.get(self.read) else { break };
            self.held |= u64::from(*byte) << self.count;
            self.read += 1;
            self.count += 8;
        }
    }

    /// Leaves out as many bits as the lowest six bits of `entry` say.
    #[inline(always)]
    pub(super) fn skip(&mut self, entry: u32) {
        self.held >>= entry & 63;
        self.count = self.count.wrapping_sub(entry);
    }

    /// The same, if there are as many.
    pub(super) fn skip_careful(&mut self, entry: u32) -> Result<(), Stop> {
        if self.count() < entry & 63 {
            return Err(Stop::End);
        }
        self.skip(entry);
        Ok(())
    }

    /// The next bits, at most 16, if there are as many.
    #[inline]
    pub(super) fn take(&mut self, count: u32) -> Result<u16, Stop> {
        if self.count() < count {
            self.refill();
        }
        let [first, second, ..] = low(self.held, count).to_le_bytes();
        self.skip_careful(count)?;
        Ok(u16::from_le_bytes([first, second]))
    }

    /// All bytes from the next whole one on.
    pub(super) fn bytes(&self) -> &'a [u8] {
        self.stored.get(self.whole()..).unwrap_or_default()
    }

    /// Goes on after so many of `bytes`.
    pub(super) fn skip_bytes(&mut self, count: usize) {
        *self = Self { stored: self.stored, read: self.whole() + count, held: 0, count: 0 };
    }

    /// The place of the next whole byte.
    fn whole(&self) -> usize {
        self.read - (self.count() / 8) as usize
    }
}

/// The lowest bits, at most 63 of them.
#[inline(always)]
pub(super) fn low(bits: u64, count: u32) -> u64 {
    bits & ((1 << count) - 1)
}
