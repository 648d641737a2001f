//! Huffman coding of blocks (ISO/IEC 10918-1, F.1.2).

#[cfg(target_arch = "x86_64")]
mod avx512;
mod scalar;
#[cfg(test)]
mod tests;

#[cfg(target_arch = "x86_64")]
pub(super) use self::avx512::Avx512;
pub(super) use self::scalar::Scalar;
use super::bits::LENGTH_BITS;
use super::dct::Block;
use super::tables::{AC, DC, Huffman};
use crate::codec::jpeg::ZIGZAG;

/// Makes bits of blocks: all of them make the same.
pub(super) trait Coder {
    /// Adds a block; returns its DC, from which that of the next one differs.
    fn block(&mut self, block: &Block, before: i16, tables: u8) -> i16;
    /// Moves bytes to a scan when the next blocks may not fit.
    fn drain(&mut self, blocks: usize, scan: &mut Vec<u8>);
    /// Ends a scan.
    fn finish(self, scan: &mut Vec<u8>);
}

/// Code words of one kind of components.
#[derive(Debug)]
struct Codes {
    /// By size of a difference.
    dc: [u32; 16],
    /// By run times 16 plus size.
    ac: [u32; 256],
}

/// Of luminance, then of chrominance.
static CODES: [Codes; 2] = [codes(0), codes(1)];

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
