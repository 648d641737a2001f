//! Packed bytes to bytes. Each function fills as much of `out` as it can and says how much.

use libdeflater::{DecompressionError, Decompressor};
use weezl::{BitOrder, LzwStatus};

use super::tags::unsupported;
use crate::codec::DecodeError;

/// zlib streams. The decoder is kept by the caller because it is large.
pub(super) fn deflate(
    stored: &[u8],
    out: &mut [u8],
    decoder: &mut Option<Decompressor>,
) -> Result<usize, DecodeError> {
    let decoder = decoder.get_or_insert_with(Decompressor::new);
    decoder.zlib_decompress(stored, out).map_err(|error| {
        DecodeError::Malformed(match error {
            DecompressionError::BadData => "a tile is not a valid Deflate stream".into(),
            DecompressionError::InsufficientSpace => "a tile has too many bytes".into(),
        })
    })
}

/// LZW with the codes of TIFF 6.0, section 13.
pub(super) fn lzw(stored: &[u8], out: &mut [u8]) -> Result<usize, DecodeError> {
    // The first code is Clear (256 in nine bits): 0x80 comes first, or 0x00 in the reversed bit
    // order of writers before TIFF 5.0.
    if let [0, second, ..] = stored
        && second & 1 == 1
    {
        return unsupported("old-style LZW compression is not supported");
    }
    let mut decoder = weezl::decode::Decoder::with_tiff_size_switch(BitOrder::Msb, 8);
    let (mut read, mut written) = (0, 0);
    loop {
        let (from, to) = (stored.get(read..), out.get_mut(written..));
        let (Some(from), Some(to @ [_, ..])) = (from, to) else { return Ok(written) };
        let result = decoder.decode_bytes(from, to);
        read += result.consumed_in;
        written += result.consumed_out;
        match result.status {
            Ok(LzwStatus::Ok) if result.consumed_in + result.consumed_out > 0 => {}
            Ok(LzwStatus::Ok | LzwStatus::Done | LzwStatus::NoProgress) => return Ok(written),
            Err(_) => {
                return Err(DecodeError::Malformed("a tile is not a valid LZW stream".into()));
            }
        }
    }
}

/// PackBits (TIFF 6.0, section 9). Runs that are cut off give the bytes that are there.
pub(super) fn pack_bits(stored: &[u8], out: &mut [u8]) -> usize {
    let room = out.len();
    let (mut from, mut to) = (stored, out);
    while let [head, rest @ ..] = from {
        if to.is_empty() {
            break;
        }
        let head = usize::from(*head);
        let wanted = match head {
            0..128 => head + 1,
            // No operation.
            128 => 0,
            _ => 257 - head,
        };
        let len = wanted.min(to.len());
        let (run, after) = std::mem::take(&mut to).split_at_mut(len);
        if head < 128 {
            let len = len.min(rest.len());
            let (literal, next) = rest.split_at(len);
            run[..len].copy_from_slice(literal);
            if len < run.len() {
                return room - after.len() - (run.len() - len);
            }
            from = next;
        } else if head == 128 {
            from = rest;
        } else if let [value, next @ ..] = rest {
            run.fill(*value);
            from = next;
        } else {
            return room - after.len() - run.len();
        }
        to = after;
    }
    room - to.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_pack_bits_example_unpacks() {
        // Apple Technical Note TN1023.
        let stored = [
            0xfe, 0xaa, 0x02, 0x80, 0x00, 0x2a, 0xfd, 0xaa, 0x03, 0x80, 0x00, 0x2a, 0x22, 0xf7,
            0xaa,
        ];
        let expected = [
            0xaa, 0xaa, 0xaa, 0x80, 0x00, 0x2a, 0xaa, 0xaa, 0xaa, 0xaa, 0x80, 0x00, 0x2a, 0x22,
            0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa,
        ];
        let mut out = [0; 24];
        assert_eq!(pack_bits(&stored, &mut out), 24);
        assert_eq!(out, expected);
    }

    #[test]
    fn pack_bits_says_how_much_was_there() {
        let mut out = [9; 4];
        assert_eq!(pack_bits(&[3, 1, 2], &mut out), 2);
        assert_eq!(out[..2], [1, 2]);
        assert_eq!(pack_bits(&[0xfd], &mut out), 0);
        assert_eq!(pack_bits(&[128, 0, 5], &mut out), 1);
        assert_eq!(pack_bits(&[0x81, 7], &mut out), 4);
        assert_eq!(out, [7; 4]);
        assert_eq!(pack_bits(&[], &mut out), 0);
    }

    #[test]
    fn damaged_streams_are_malformed() {
        let mut out = [0; 16];
        let mut decoder = None;
        for stored in [&b""[..], b"\x78\x9c", b"not zlib at all"] {
            assert!(matches!(
                deflate(stored, &mut out, &mut decoder),
                Err(DecodeError::Malformed(_))
            ));
        }
        assert!(lzw(&[0xff; 9], &mut out).is_err());
        assert_eq!(lzw(&[], &mut out).unwrap(), 0);
    }
}
