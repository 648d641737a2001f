use super::super::header::ByteOrder;
use super::Stored;
use crate::raster::SampleType;

/// How samples lie in the bytes of a decompressed chunk.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in super::super) struct Packing {
    /// What a sample is.
    pub(in super::super) stored: Stored,
    /// Bits from one sample to the next; a row starts with a new byte.
    pub(in super::super) bits: u16,
    /// Order of the bytes of a sample.
    pub(in super::super) order: ByteOrder,
    /// Whether samples of less than 8 bits fill 8 bits, as brightness does and numbers of colours
    /// do not.
    pub(in super::super) spread: bool,
}

impl Packing {
    /// Samples one after the other without gaps, as TIFF stores them.
    pub(in super::super) fn dense(stored: Stored, order: ByteOrder) -> Self {
        Self { stored, bits: stored.bits, order, spread: true }
    }

    /// Bytes of a row of so many samples; `None` when they cannot be counted.
    pub(in super::super) fn row_bytes(self, samples: u64) -> Option<usize> {
        let bits = samples.checked_mul(u64::from(self.bits))?;
        usize::try_from(bits.div_ceil(8)).ok()
    }

    /// Bytes of a sample, when they are whole ones.
    pub(in super::super) fn bytes(self) -> Option<usize> {
        self.bits.is_multiple_of(8).then_some(usize::from(self.bits / 8))
    }

    /// Whether the bytes are the decoded samples, though perhaps in another order.
    pub(in super::super) fn is_plain(self) -> bool {
        let sample = self.stored.sample();
        let same = self.stored.is_float() == (sample == SampleType::F32);
        same && self.bytes() == Some(sample.bytes()) && !self.needs_spread()
    }

    /// Whether values of less than 8 bits have to be spread over 8 bits.
    pub(super) fn needs_spread(self) -> bool {
        self.spread && self.stored.bits < 8
    }
}
