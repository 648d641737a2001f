//! The stored bytes of one chunk to samples in their own order: read, decompress, undo the
//! predictor.

use super::chunks::Span;
use super::coding::Coding;
use super::decompress::{ChunkLayout, Compression, Order, decompress};
use super::header::{ByteOrder, Source};
use super::samples::Packing;
use super::tags::{Photometric, Predictor};
use super::{jpeg, old_jpeg, predictor};
use crate::codec::{DecodeError, Scratch};

/// A chunk, or some rows of one that are read alone.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chunk<'a> {
    pub(super) source: &'a Source,
    pub(super) coding: &'a Coding,
    /// Where it is.
    pub(super) span: Span,
    /// Pixels in a row, padding included.
    pub(super) width: u32,
    /// Rows, padding included.
    pub(super) rows: u32,
}

impl Chunk<'_> {
    /// Fills at least the first `used` bytes of `out`, which has room for the whole chunk, and says
    /// how the samples lie there.
    pub(super) fn unpack(
        &self,
        out: &mut [u8],
        used: usize,
        scratch: &mut Scratch,
    ) -> Result<Packing, DecodeError> {
        let coding = self.coding;
        let mut packing = coding.packing;
        let Scratch { unpackers, stored, .. } = scratch;
        let filled = match coding.compression {
            Compression::Jpeg => {
                jpeg::assemble(self.source, coding, self.span, stored)?;
                let chunk = coding.chunk(self.width, self.rows);
                jpeg::decode(stored, coding.photometric, chunk, out)?
            }
            Compression::None => {
                let len = self.span.len.min(used);
                let out = out.get_mut(..len).unwrap_or_default();
                self.source.fill(out, self.span.offset)?;
                self.put_in_order(out);
                len
            }
            Compression::OldJpeg => {
                let chunk = self.read(stored)?;
                let (width, rows) = (self.width, self.rows);
                let stream = old_jpeg::complete(&coding.tables, chunk, width, rows)?;
                // The samples as they are: what they mean is said by the directory.
                jpeg::decode(&stream, Photometric::Rgb, coding.chunk(width, rows), out)?
            }
            packed => {
                let chunk = ChunkLayout {
                    width: self.width,
                    rows: self.rows,
                    samples: coding.chunk_samples(),
                    bits: packing.bits,
                    float: packing.stored.is_float(),
                    order: packing.order,
                };
                // What is below the wanted rows costs nothing where it is not needed to get there.
                let room = if packed.is_a_stream() { used.min(out.len()) } else { out.len() };
                let out = out.get_mut(..room).unwrap_or_default();
                let done = decompress(packed, self.read(stored)?, &chunk, out, unpackers)?;
                if done.order == Order::Native {
                    packing.order = ByteOrder::NATIVE;
                }
                done.filled
            }
        };
        if filled < used {
            return Err(DecodeError::Malformed("a tile has too few bytes".into()));
        }
        let row = coding.row_bytes(self.width).unwrap_or(usize::MAX);
        let (samples, bytes) = (coding.chunk_samples(), packing.bytes().unwrap_or(0));
        let out = out.get_mut(..used).unwrap_or_default();
        match coding.predictor {
            Predictor::FloatingPoint => {
                predictor::undo_floating_point(out, row, samples, bytes, stored);
                packing.order = predictor::ORDER_OF_FLOATS;
            }
            Predictor::Horizontal => {
                predictor::undo_horizontal(out, row, samples, bytes, packing.order);
            }
            Predictor::None => {}
        }
        Ok(packing)
    }

    /// The stored bytes, the first bit of each on top.
    fn read<'b>(&self, buffer: &'b mut Vec<u8>) -> Result<&'b [u8], DecodeError> {
        buffer.resize(self.span.len, 0);
        self.source.fill(buffer, self.span.offset)?;
        self.put_in_order(buffer);
        Ok(buffer)
    }

    /// Undoes `FillOrder` 2 (TIFF 6.0, p. 32).
    fn put_in_order(&self, bytes: &mut [u8]) {
        if self.coding.reversed {
            for byte in bytes {
                *byte = byte.reverse_bits();
            }
        }
    }
}
