//! zlib streams.

use super::inflate::Inflater;
use crate::codec::DecodeError;

/// Fills as much of `out` as there is. The decoder is kept by the caller because it is large.
pub(super) fn unpack(
    stored: &[u8],
    out: &mut [u8],
    decoder: &mut Option<Box<Inflater>>,
) -> Result<usize, DecodeError> {
    let filled = decoder.get_or_insert_with(Inflater::new).zlib(stored, out);
    filled.ok_or_else(|| DecodeError::Malformed("a tile is not a valid Deflate stream".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cut_streams_give_what_is_there_and_damaged_ones_nothing() {
        let mut decoder = None;
        let mut out = [0; 16];
        // Stored block of 4 bytes: RFC 1951, 3.2.4.
        let stored = [0x78, 0x9c, 1, 4, 0, 0xfb, 0xff, 1, 2, 3, 4];
        assert_eq!(unpack(&stored[..9], &mut out, &mut decoder).unwrap(), 2);
        assert_eq!(out[..2], [1, 2]);
        assert_eq!(unpack(&stored, &mut out[..3], &mut decoder).unwrap(), 3);
        assert_eq!(unpack(b"", &mut out, &mut decoder).unwrap(), 0);
        let garbage = unpack(b"not zlib at all", &mut out, &mut decoder);
        assert!(matches!(garbage, Err(DecodeError::Malformed(_))));
    }
}
