//! One coefficient after the other.

use super::super::bits::Bits;
use super::super::dct::Block;
use super::{CODES, Coder, Codes, PLACES};
use crate::codec::jpeg::lanes::Lanes;

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

/// Visits the coefficients that are not zero.
#[derive(Debug)]
pub(in super::super) struct Scalar<L> {
    lanes: L,
    bits: Bits,
}

impl<L: Lanes> Coder for Scalar<L> {
    #[inline(always)]
    fn block(&mut self, block: &Block, before: i16, tables: u8) -> i16 {
        let codes = &CODES[usize::from(tables)];
        let difference = i32::from(block[0]) - i32::from(before);
        let (size, further) = magnitude(difference);
        self.bits.put(codes.dc[size as usize & 15], further);

        let columns = self.lanes.nonzero(block).to_le_bytes();
        let ordered = columns.iter().zip(&ORDERED).map(|(byte, table)| table[usize::from(*byte)]);
        let mut rest = ordered.fold(0, |all, bits| all | bits) & !1;
        let mut last = 0;
        while rest != 0 {
            last = self.coefficient(block, &mut rest, last, codes);
            if rest != 0 {
                self.bits.flush();
                last = self.coefficient(block, &mut rest, last, codes);
            }
        }
        if last != 63 {
            self.bits.put(codes.ac[0], 0);
        }
        self.bits.flush();
        block[0]
    }

    #[inline(always)]
    fn drain(&mut self, blocks: usize, scan: &mut Vec<u8>) {
        self.bits.drain(blocks, scan);
    }

    fn finish(self, scan: &mut Vec<u8>) {
        self.bits.finish(scan);
    }
}

impl<L> Scalar<L> {
    pub(in super::super) fn new(lanes: L) -> Self {
        Self { lanes, bits: Bits::new() }
    }

    #[inline(always)]
    fn coefficient(&mut self, block: &Block, rest: &mut u64, last: u32, codes: &Codes) -> u32 {
        let place = rest.trailing_zeros();
        let mut run = place - last - 1;
        if run > 15 {
            self.bits.flush();
            while run > 15 {
                self.bits.put(codes.ac[0xF0], 0);
                self.bits.flush();
                run -= 16;
            }
        }
        let coefficient = block[usize::from(PLACES[place as usize & 63]) & 63];
        let (size, further) = magnitude(i32::from(coefficient));
        self.bits.put(codes.ac[(run << 4 | size) as usize & 255], further);
        *rest &= *rest - 1;
        place
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
