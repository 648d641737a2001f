//! A stream on its way to bytes.

use super::bits::Bits;
use super::copy;
use super::entry::COUNT;

/// Why a stream was not read to its end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Stop {
    Damaged,
    End,
    Full,
}

/// What is left of a stream, and what there is of its bytes.
pub(super) struct Run<'a, 'b> {
    pub(super) bits: Bits<'a>,
    pub(super) out: &'b mut [u8],
    pub(super) filled: usize,
}

impl<'a> Run<'a, '_> {
    /// The same, to be kept in registers until `resume`.
    #[inline(always)]
    pub(super) fn local(&mut self) -> Run<'a, '_> {
        Run { bits: self.bits.clone(), out: &mut *self.out, filled: self.filled }
    }

    #[inline(always)]
    pub(super) fn resume(&mut self, (bits, filled): (Bits<'a>, usize)) {
        self.bits = bits;
        self.filled = filled;
    }

    /// Reads bits ahead; whether there were enough, and room for so many bytes.
    #[inline(always)]
    pub(super) fn is_ready(&mut self, room: usize) -> bool {
        self.out.len() - self.filled >= room && self.bits.refill_fast()
    }

    /// Takes the literals of an entry, none or two. Whether there was room for four.
    #[inline(always)]
    pub(super) fn literals(&mut self, entry: u32) -> bool {
        let Some(place) = self.out.get_mut(self.filled..).and_then(|out| out.first_chunk_mut())
        else {
            return false;
        };
        *place = (entry >> 8).to_le_bytes();
        self.bits.skip(entry);
        self.filled += (entry >> COUNT & 3) as usize;
        true
    }

    /// Repeats what was so many bytes ago, any number of them.
    #[inline(always)]
    pub(super) fn repeat(&mut self, distance: usize, len: usize) -> Result<(), Stop> {
        if !copy::any(self.out, self.filled, distance, len) {
            self.filled = self.out.len();
            return Err(Stop::Full);
        }
        self.filled += len;
        Ok(())
    }

    /// One byte, if there is room for it.
    pub(super) fn push(&mut self, byte: u8) -> Result<(), Stop> {
        *self.out.get_mut(self.filled).ok_or(Stop::Full)? = byte;
        self.filled += 1;
        Ok(())
    }

    /// A block of bytes as they are (RFC 1951, 3.2.4).
    pub(super) fn plain(&mut self) -> Result<(), Stop> {
        let [low, high, check_low, check_high, data @ ..] = self.bits.bytes() else {
            return Err(Stop::End);
        };
        let len = u16::from_le_bytes([*low, *high]);
        if len != !u16::from_le_bytes([*check_low, *check_high]) {
            return Err(Stop::Damaged);
        }
        let len = usize::from(len);
        let room = self.out.get_mut(self.filled..).unwrap_or_default();
        let count = len.min(room.len()).min(data.len());
        room[..count].copy_from_slice(&data[..count]);
        self.filled += count;
        if count < len {
            return Err(if count == data.len() { Stop::End } else { Stop::Full });
        }
        self.bits.skip_bytes(4 + len);
        Ok(())
    }
}
