//! Huffman coding of blocks (ISO/IEC 10918-1, F.1.2).

use super::dct::Block;
use super::tables::{AC, DC, Huffman};
use crate::codec::jpeg::ZIGZAG;
use crate::codec::jpeg::lanes::Lanes;

/// Code words of one kind of components.
#[derive(Debug)]
pub(super) struct Codes {
    /// By size of a difference.
    dc: [u32; 16],
    /// By run times 16 plus size.
    ac: [u32; 256],
}

/// Of luminance, then of chrominance.
pub(super) static CODES: [Codes; 2] = [codes(0), codes(1)];

/// Longest code word with the bits that follow it: 16 and 10, or 11 and 11.
const MOST_BITS: u32 = 26;
/// Length of a word with its further bits, in the lowest bits of an entry.
const LENGTH_BITS: u32 = 5;

/// A code word is followed by as many bits as the lower half of its symbol says: an entry has
/// room for them.
const fn words<const N: usize>(table: &Huffman) -> [u32; N] {
    let mut words = [0; N];
    let (mut word, mut next, mut length) = (0_u32, 0, 1_u32);
    while length <= 16 {
        let mut count = table.counts[length as usize - 1];
        while count > 0 {
            let symbol = table.symbols[next];
            let size = (symbol & 15) as u32;
            words[symbol as usize] = (word << size) << LENGTH_BITS | (length + size);
            word += 1;
            next += 1;
            count -= 1;
        }
        word <<= 1;
        length += 1;
    }
    words
}

const fn codes(tables: usize) -> Codes {
    Codes { dc: words(&DC[tables]), ac: words(&AC[tables]) }
}

/// Where the coefficients of a block are in the order they are coded.
const PLACES: [u8; 64] = {
    let mut places = [0; 64];
    let mut n = 0;
    while n < 64 {
        places[n] = ZIGZAG[n] % 8 * 8 + ZIGZAG[n] / 8;
        n += 1;
    }
    places
};

/// Bits of the columns of a block, each in the order they are coded.
static ORDERED: [[u64; 256]; 8] = {
    let mut ordered = [[0; 256]; 8];
    let mut n = 0;
    while n < 64 {
        let (column, row) = (PLACES[n] / 8, PLACES[n] % 8);
        let mut byte = 0;
        while byte < 256 {
            if byte >> row & 1 == 1 {
                ordered[column as usize][byte] |= 1 << n;
            }
            byte += 1;
        }
        n += 1;
    }
    ordered
};

/// Bits of which bytes are made.
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
    const BLOCK: usize = (64 * MOST_BITS as usize).div_ceil(8) + 8;
    const ROOM: usize = 16 << 10;

    pub(super) fn new() -> Self {
        Self { waiting: 0, count: 0, bytes: Box::new([0; Self::ROOM]), len: 0 }
    }

    /// Adds an entry of a table of code words, with its further bits.
    #[inline(always)]
    fn put(&mut self, entry: u32, further: u32) {
        let length = entry & ((1 << LENGTH_BITS) - 1);
        self.count += length;
        self.waiting |= u64::from(entry >> LENGTH_BITS | further) << (64 - self.count);
    }

    /// Makes bytes: at the latest after two entries.
    #[inline(always)]
    fn flush(&mut self) {
        if let Some(to) = self.bytes.get_mut(self.len..).and_then(<[u8]>::first_chunk_mut) {
            *to = self.waiting.to_be_bytes();
        }
        self.len += self.count as usize / 8;
        self.waiting <<= self.count & !7;
        self.count %= 8;
    }

    /// Adds a block; returns its DC, from which that of the next one differs.
    #[inline(always)]
    pub(super) fn block<L: Lanes>(
        &mut self,
        lanes: L,
        block: &Block,
        before: i16,
        codes: &Codes,
    ) -> i16 {
        let difference = i32::from(block[0]) - i32::from(before);
        let (size, further) = magnitude(difference);
        self.put(codes.dc[size as usize & 15], further);

        let columns = lanes.nonzero(block).to_le_bytes();
        let ordered = columns.iter().zip(&ORDERED).map(|(byte, table)| table[usize::from(*byte)]);
        let mut rest = ordered.fold(0, |all, bits| all | bits) & !1;
        let mut last = 0;
        while rest != 0 {
            last = self.coefficient(block, &mut rest, last, codes);
            if rest != 0 {
                self.flush();
                last = self.coefficient(block, &mut rest, last, codes);
            }
        }
        if last != 63 {
            self.put(codes.ac[0], 0);
        }
        self.flush();
        block[0]
    }

    #[inline(always)]
    fn coefficient(&mut self, block: &Block, rest: &mut u64, last: u32, codes: &Codes) -> u32 {
        let place = rest.trailing_zeros();
        let mut run = place - last - 1;
        if run > 15 {
            self.flush();
            while run > 15 {
                self.put(codes.ac[0xF0], 0);
                self.flush();
                run -= 16;
            }
        }
        let coefficient = block[usize::from(PLACES[place as usize & 63]) & 63];
        let (size, further) = magnitude(i32::from(coefficient));
        self.put(codes.ac[(run << 4 | size) as usize & 255], further);
        *rest &= *rest - 1;
        place
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

/// How many bits a number needs, and these bits: of a negative one those of the number less 1
/// (F.1.2.1.1).
#[inline(always)]
fn magnitude(number: i32) -> (u32, u32) {
    let size = 32 - number.unsigned_abs().leading_zeros();
    #[expect(clippy::cast_sign_loss, reason = "bits")]
    let bits = (number + (number >> 31)) as u32;
    (size, bits & ((1 << size) - 1))
}
