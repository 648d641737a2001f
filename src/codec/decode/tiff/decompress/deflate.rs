//! zlib streams.

use libdeflater::{DecompressionError, Decompressor};

use crate::codec::DecodeError;

/// Fills `out`. The decoder is kept by the caller because it is large.
pub(super) fn unpack(
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damaged_streams_are_malformed() {
        let mut decoder = None;
        for stored in [&b""[..], b"\x78\x9c", b"not zlib at all"] {
            let result = unpack(stored, &mut [0; 16], &mut decoder);
            assert!(matches!(result, Err(DecodeError::Malformed(_))));
        }
    }
}
