//! LZW (TIFF 6.0, section 13), and as writers before TIFF 5.0 had it.

use weezl::decode::Decoder;
use weezl::{BitOrder, LzwStatus};

use crate::codec::DecodeError;

/// Fills as much of `out` as there is.
pub(super) fn unpack(stored: &[u8], out: &mut [u8]) -> Result<usize, DecodeError> {
    // The first code is Clear (256 in nine bits): 0x80 comes first, or 0x00 and an odd byte in the
    // old order of bits. The old codes also grow one code later.
    let mut decoder = match stored {
        [0, second, ..] if second & 1 == 1 => Decoder::new(BitOrder::Lsb, 8),
        _ => Decoder::with_tiff_size_switch(BitOrder::Msb, 8),
    };
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Codes of 9 bits, lowest bit first.
    fn old_codes(codes: &[u16]) -> Vec<u8> {
        let bits: Vec<u8> = codes
            .iter()
            .flat_map(|code| (0..9).map(move |bit| u8::try_from(code >> bit & 1).unwrap()))
            .collect();
        let byte = |bits: &[u8]| bits.iter().rev().fold(0, |byte, bit| byte << 1 | bit);
        bits.chunks(8).map(byte).collect()
    }

    #[test]
    fn the_example_of_the_standard_unpacks_in_both_orders() {
        // TIFF 6.0, p. 60: 7 7 7 8 8 7 7 6 6 is Clear 7 258 8 8 258 6 6 End.
        let codes = [256, 7, 258, 8, 8, 258, 6, 6, 257];
        let mut bytes = Vec::new();
        let mut bits = (0_u32, 0);
        for code in codes {
            bits = (bits.0 << 9 | code, bits.1 + 9);
            while bits.1 >= 8 {
                bits.1 -= 8;
                bytes.push((bits.0 >> bits.1).to_le_bytes()[0]);
            }
        }
        bytes.push((bits.0 << (8 - bits.1)).to_le_bytes()[0]);
        let old = old_codes(&codes.map(|code| u16::try_from(code).unwrap()));
        for stored in [bytes, old] {
            let mut out = [0; 9];
            assert_eq!(unpack(&stored, &mut out).unwrap(), 9);
            assert_eq!(out, [7, 7, 7, 8, 8, 7, 7, 6, 6]);
        }
    }

    #[test]
    fn damaged_streams_are_malformed() {
        assert!(unpack(&[0xff; 9], &mut [0; 16]).is_err());
        assert_eq!(unpack(&[], &mut [0; 16]).unwrap(), 0);
        assert_eq!(unpack(&[0x80], &mut [0; 16]).unwrap(), 0);
    }
}
