//! Bits of a scan, of which bytes are made.

/// Longest code word with the bits that follow it: 16 and 10, or 11 and 11.
const MOST_BITS: usize = 26;
/// Length of a word with its further bits, in the lowest bits of an entry of a table.
pub(super) const LENGTH_BITS: u32 = 5;
/// Length of two words with theirs, in the lowest bits of a pair.
#[cfg(target_arch = "x86_64")]
pub(super) const PAIR_LENGTH_BITS: u32 = 6;

/// Bits that are not yet a part of a scan.
#[derive(Debug)]
pub(super) struct Bits {
    /// The first bit is the highest.
    waiting: u64,
    /// How many wait: below 8 after each [`Self::flush`].
    count: u32,
    bytes: Box<[u8; Self::ROOM]>,
    len: usize,
}

impl Bits {
    /// Most bytes of a block, with the eight that each flush writes.
    const BLOCK: usize = (64 * MOST_BITS).div_ceil(8) + 8;
    const ROOM: usize = 16 << 10;

    pub(super) fn new() -> Self {
        Self { waiting: 0, count: 0, bytes: Box::new([0; Self::ROOM]), len: 0 }
    }

    /// Adds an entry of a table of code words, with its further bits.
    #[inline(always)]
    pub(super) fn put(&mut self, entry: u32, further: u32) {
        let length = entry & ((1 << LENGTH_BITS) - 1);
        self.count += length;
        self.waiting |= u64::from(entry >> LENGTH_BITS | further) << (64 - self.count);
    }

    /// Makes bytes: at the latest after two entries.
    #[inline(always)]
    pub(super) fn flush(&mut self) {
        if let Some(to) = self.bytes.get_mut(self.len..).and_then(<[u8]>::first_chunk_mut) {
            *to = self.waiting.to_be_bytes();
        }
        self.len += self.count as usize / 8;
        self.waiting <<= self.count & !7;
        self.count %= 8;
    }

    /// Adds pairs of words with their further bits, each above its length.
    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    pub(super) fn put_pairs(&mut self, pairs: &[u64]) {
        for pair in pairs {
            #[expect(clippy::cast_possible_truncation, reason = "lowest bits")]
            let length = *pair as u32 & ((1 << PAIR_LENGTH_BITS) - 1);
            self.count += length;
            self.waiting |= (pair >> PAIR_LENGTH_BITS) << (64 - self.count);
            self.flush();
        }
    }

    /// Moves the bytes to a scan when the next blocks may not fit.
    #[inline(always)]
    pub(super) fn drain(&mut self, blocks: usize, scan: &mut Vec<u8>) {
        if self.len + blocks * Self::BLOCK > Self::ROOM {
            self.move_to(scan);
        }
    }

    /// Ends a scan: the last byte is filled with ones.
    pub(super) fn finish(mut self, scan: &mut Vec<u8>) {
        self.waiting |= u64::MAX >> self.count;
        self.count = self.count.next_multiple_of(8);
        self.flush();
        self.move_to(scan);
    }

    /// A byte of ones gets a zero after it, so that no marker comes to be.
    #[inline(always)]
    fn move_to(&mut self, scan: &mut Vec<u8>) {
        let bytes = &self.bytes[..self.len];
        let (chunks, rest) = bytes.as_chunks::<32>();
        for chunk in chunks {
            // No early end: this becomes one comparison of all.
            if chunk.iter().fold(0, |any, byte| any | u8::from(*byte == 0xFF)) != 0 {
                stuff(chunk, scan);
            } else {
                scan.extend_from_slice(chunk);
            }
        }
        stuff(rest, scan);
        self.len = 0;
    }
}

fn stuff(bytes: &[u8], scan: &mut Vec<u8>) {
    for byte in bytes {
        scan.push(*byte);
        if *byte == 0xFF {
            scan.push(0);
        }
    }
}
