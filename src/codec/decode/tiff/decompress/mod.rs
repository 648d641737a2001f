//! Packed bytes of a chunk to its samples; one file per way of packing.
//!
//! Nothing writes more than the buffer it gets, and nothing takes memory by what a stream claims.
//! JPEG streams are not unpacked here: they need the tables of the directory and know of colours.

mod compression;
mod deflate;
mod fax;
pub mod inflate;
mod jpeg2000;
mod lerc;
mod lzw;
mod pack_bits;
#[cfg(test)]
mod tests;
mod webp;
mod zstd;

pub(super) use compression::{Compression, refuse};
#[cfg(test)]
use fax::Fax;
#[cfg(test)]
use lerc::Wrapping;

use super::header::ByteOrder;
use crate::codec::DecodeError;
use crate::codec::Unpackers;

/// What a chunk holds when it is unpacked: a tile or a strip, of one plane if planes are separate.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct ChunkLayout {
    /// Pixels in a row.
    pub(super) width: u32,
    /// Rows.
    pub(super) rows: u32,
    /// Interleaved samples of a pixel.
    pub(super) samples: u16,
    /// Bits of a sample.
    pub(super) bits: u16,
    /// Whether the samples are floating point numbers.
    pub(super) float: bool,
    /// Byte order of the file.
    pub(super) order: ByteOrder,
}

/// What became of a chunk.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Decompressed {
    /// Bytes at the start of the buffer that the chunk had data for. The rest is zero.
    pub(super) filled: usize,
    /// The byte order of samples of more than 8 bits.
    pub(super) order: Order,
}

/// The byte order of unpacked samples.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Order {
    /// That of the file.
    File,
    /// That of this machine.
    Native,
}

/// Unpacks a chunk into `out`, which has room for all of it.
///
/// `stored` are the bytes in the file, in `FillOrder` 1. A chunk that ends too early gives what is
/// there; a damaged one is an error.
pub(super) fn decompress(
    compression: Compression,
    stored: &[u8],
    chunk: &ChunkLayout,
    out: &mut [u8],
    unpackers: &mut Unpackers,
) -> Result<Decompressed, DecodeError> {
    let mut order = Order::File;
    let filled = match compression {
        Compression::Deflate => deflate::unpack(stored, out, &mut unpackers.deflate)?,
        Compression::Fax(fax) => fax::unpack(fax, stored, chunk, out)?,
        Compression::Jpeg | Compression::OldJpeg => {
            return Err(DecodeError::Malformed("a JPEG stream is in a wrong place".into()));
        }
        Compression::Jpeg2000 { ycbcr } => {
            order = Order::Native;
            jpeg2000::unpack(ycbcr, stored, chunk, out)?
        }
        Compression::Lerc(wrapping) => lerc::unpack(wrapping, stored, chunk, out, unpackers)?,
        Compression::Lzw => lzw::unpack(stored, out)?,
        Compression::None => {
            let len = stored.len().min(out.len());
            out[..len].copy_from_slice(&stored[..len]);
            len
        }
        Compression::PackBits => pack_bits::unpack(stored, out),
        Compression::WebP => webp::unpack(stored, chunk, out)?,
        Compression::Zstd => zstd::unpack(stored, out, &mut unpackers.zstd)?,
    };
    if let Some(rest) = out.get_mut(filled..) {
        rest.fill(0);
    }
    Ok(Decompressed { filled, order })
}
