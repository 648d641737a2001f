//! Any bytes as a stream: what another decoder makes of them.

use libdeflater::{DecompressionError, Decompressor};

use super::Inflater;

/// Reads a stream of any bytes into any room. Must never panic.
#[doc(hidden)]
pub fn fuzz(data: &[u8]) {
    let Some(([low, high], stored)) = data.split_first_chunk() else { return };
    let room = usize::from(u16::from_le_bytes([*low, *high]));
    let mut inflater = Inflater::new();
    compare(&mut inflater, stored, room);
}

/// Compares with another decoder.
pub(super) fn compare(inflater: &mut Inflater, stored: &[u8], room: usize) {
    let (mut out, mut other) = (vec![0; room], vec![0; room]);
    let found = inflater.deflate(stored, &mut out);
    match Decompressor::new().deflate_decompress(stored, &mut other) {
        Ok(filled) => {
            assert_eq!(found, Some(filled));
            assert!(out[..filled] == other[..filled]);
        }
        // It goes on with zeros after the end of a stream, and has no bytes for those that are cut
        // off or longer. With more room it may have all of them.
        Err(error) => {
            other.resize(room * 4 + 4096, 0);
            if error == DecompressionError::InsufficientSpace
                && Decompressor::new().deflate_decompress(stored, &mut other).is_ok()
            {
                assert_eq!(found, Some(room));
                assert!(out == other[..room]);
            }
            // What comes after a stream that is cut off changes nothing in what was there.
            let longer = [stored, &[0xff; 600]].concat();
            let more = inflater.deflate(&longer, &mut other[..room]);
            if let (Some(filled), Some(more)) = (found, more) {
                assert!(more >= filled);
                assert!(out[..filled] == other[..filled]);
            }
        }
    }
    let mut other = vec![0; room];
    assert_eq!(inflater.portable(stored, &mut other), found);
    let filled = found.unwrap_or(0);
    assert!(out[..filled] == other[..filled]);
}
