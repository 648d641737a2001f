//! Zstandard frames.

use ::zstd::bulk::Decompressor;
use ::zstd::stream::raw::{DParameter, Decoder, InBuffer, Operation, OutBuffer};

use crate::codec::DecodeError;

/// Fills as much of `out` as there is. The decoder is kept by the caller because it is large.
pub(super) fn unpack(
    stored: &[u8],
    out: &mut [u8],
    decoder: &mut Option<Decompressor<'static>>,
) -> Result<usize, DecodeError> {
    let decoder = decoder.get_or_insert_with(Decompressor::default);
    match decoder.decompress_to_buffer(stored, out) {
        Ok(filled) => Ok(filled),
        // Cut off, longer than the chunk, or damaged.
        Err(_) => step_by_step(stored, out),
    }
}

/// Fills `out` until the stream ends or the buffer is full.
fn step_by_step(stored: &[u8], out: &mut [u8]) -> Result<usize, DecodeError> {
    let damaged = |_| DecodeError::Malformed("a tile is not a valid Zstandard stream".into());
    let mut decoder = Decoder::new().map_err(damaged)?;
    // The decoder keeps a window of its own; no stream for this buffer needs a larger one.
    let window = (out.len() as u64).next_power_of_two().ilog2().clamp(20, 27);
    decoder.set_parameter(DParameter::WindowLogMax(window)).map_err(damaged)?;
    let room = out.len();
    let mut from = InBuffer::around(stored);
    let mut to = OutBuffer::around(out);
    while to.pos() < room {
        let before = (from.pos(), to.pos());
        match decoder.run(&mut from, &mut to) {
            Ok(_) if before == (from.pos(), to.pos()) => break,
            Ok(_) => {}
            Err(error) => return Err(damaged(error)),
        }
    }
    Ok(to.pos())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture() -> Vec<u8> {
        (0..200_000_u32).map(|i| (i / 7 % 251).to_le_bytes()[0]).collect()
    }

    #[test]
    fn frames_of_the_library_unpack() {
        let expected = picture();
        let stored = ::zstd::bulk::compress(&expected, 3).unwrap();
        let mut out = vec![1; expected.len()];
        let mut decoder = None;
        for _ in 0..2 {
            assert_eq!(unpack(&stored, &mut out, &mut decoder).unwrap(), expected.len());
            assert!(out == expected);
        }
    }

    #[test]
    fn longer_and_cut_streams_give_what_fits() {
        let expected = picture();
        let stored = ::zstd::bulk::compress(&expected, 3).unwrap();
        let mut out = vec![1; 1000];
        assert_eq!(unpack(&stored, &mut out, &mut None).unwrap(), 1000);
        assert!(out == expected[..1000]);
        let mut out = vec![1; expected.len()];
        let filled = unpack(&stored[..stored.len() - 9], &mut out, &mut None).unwrap();
        assert!(out[..filled] == expected[..filled]);
        assert!(filled < expected.len());
    }

    #[test]
    fn garbage_is_malformed() {
        let mut out = [0; 64];
        assert!(unpack(b"neither this nor that", &mut out, &mut None).is_err());
        assert_eq!(unpack(b"", &mut out, &mut None).unwrap(), 0);
    }
}
