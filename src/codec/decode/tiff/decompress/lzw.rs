//! LZW (TIFF 6.0, section 13), and as writers before TIFF 5.0 had it.
//!
//! Strings are found again in the bytes they were unpacked to: an entry of the table has a place
//! in the output, and its first bytes once more, which are all that most entries have. A code
//! costs a look into the table, an entry there and eight bytes of output.

use weezl::decode::Decoder;
use weezl::{BitOrder, LzwStatus};

use crate::codec::DecodeError;

/// Fills as much of `out` as there is.
pub(super) fn unpack(stored: &[u8], out: &mut [u8]) -> Result<usize, DecodeError> {
    // The first code is Clear (256 in nine bits): 0x80 comes first, or 0x00 and an odd byte in the
    // old order of bits. The old codes also grow one code later.
    let filled = match stored {
        [0, second, ..] if second & 1 == 1 => {
            step_by_step(Decoder::new(BitOrder::Lsb, 8), stored, out)
        }
        _ => strings(stored, out),
    };
    filled.ok_or_else(|| DecodeError::Malformed("a tile is not a valid LZW stream".into()))
}

/// Fills `out` until the stream ends or the buffer is full. `None` when the stream is damaged.
fn step_by_step(mut decoder: Decoder, stored: &[u8], out: &mut [u8]) -> Option<usize> {
    let (mut read, mut written) = (0, 0);
    loop {
        let (from, to) = (stored.get(read..), out.get_mut(written..));
        let (Some(from), Some(to @ [_, ..])) = (from, to) else { return Some(written) };
        let result = decoder.decode_bytes(from, to);
        read += result.consumed_in;
        written += result.consumed_out;
        match result.status {
            Ok(LzwStatus::Ok) if result.consumed_in + result.consumed_out > 0 => {}
            Ok(LzwStatus::Ok | LzwStatus::Done | LzwStatus::NoProgress) => return Some(written),
            Err(_) => return None,
        }
    }
}

/// An entry of the table.
#[derive(Clone, Copy)]
struct Entry {
    /// Its first bytes, the first one lowest; zeros where it has less than eight.
    head: u64,
    /// The number of bytes, at most 4,096, in the low 16 bits; above, where it is in the output,
    /// unless it is a single byte. One number, because it is written and read so often that two
    /// would wait for each other.
    span: u64,
}

impl Entry {
    const NONE: Self = Self { head: 0, span: 0 };

    fn of_byte(byte: u8) -> Self {
        Self { head: byte.into(), span: 1 }
    }

    fn len(self) -> usize {
        (self.span & 0xffff) as usize
    }

    fn start(self) -> usize {
        (self.span >> 16) as usize
    }

    /// The string and the first byte of one that follows it in the output.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the loop over codes is all there is")]
    fn and_first_of(self, next: Self) -> Self {
        let (len, byte) = (self.len(), next.head & 0xff);
        let more = if len < 8 { byte << (8 * len) } else { 0 };
        Self { head: self.head | more, span: self.span + 1 }
    }
}

const CLEAR: usize = 256;
const END: usize = 257;

/// As [`step_by_step`], for the order of bits and the lengths of codes of the standard.
#[expect(clippy::large_stack_arrays, reason = "64 KiB, which are needed for each tile")]
fn strings(stored: &[u8], out: &mut [u8]) -> Option<usize> {
    let mut table = [Entry::NONE; 1 << LONGEST];
    for (entry, byte) in table.iter_mut().zip(0..=u8::MAX) {
        *entry = Entry::of_byte(byte);
    }
    let mut codes = Codes { stored, bit: 0 };
    let mut filled = 0;
    'cleared: loop {
        // The first string is a byte, and nothing comes before it.
        let mut last = loop {
            if filled >= out.len() {
                return Some(out.len());
            }
            match codes.next(SHORTEST) {
                None | Some(END) => return Some(filled),
                Some(CLEAR) => {}
                Some(code) => break Entry::of_byte(u8::try_from(code).ok()?),
            }
        };
        last.put(out, &mut filled);
        let mut free = END + 1;
        for width in SHORTEST..=LONGEST {
            // Codes grow one code early, and not beyond the longest, full as the table may be.
            let most = if width == LONGEST { usize::MAX } else { (1 << width) - 1 };
            while free < most {
                if filled >= out.len() {
                    return Some(out.len());
                }
                let Some(code) = codes.next(width) else { return Some(filled) };
                let mut entry = match code {
                    CLEAR => continue 'cleared,
                    END => return Some(filled),
                    _ if code < free => {
                        let entry = *table.get(code)?;
                        if let Some(place) = table.get_mut(free) {
                            *place = last.and_first_of(entry);
                        }
                        entry
                    }
                    // The string that this very code completes.
                    _ if code == free => {
                        let entry = last.and_first_of(last);
                        *table.get_mut(free)? = entry;
                        entry
                    }
                    _ => return None,
                };
                free += 1;
                entry.put(out, &mut filled);
                last = entry;
            }
        }
    }
}

const SHORTEST: usize = 9;
const LONGEST: usize = 12;

impl Entry {
    /// Appends the string to the output and takes its new place. What does not fit is left out.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the loop over codes is all there is")]
    fn put(&mut self, out: &mut [u8], filled: &mut usize) {
        let to = *filled;
        let len = self.len();
        match out.get_mut(to..).and_then(|rest| rest.first_chunk_mut()) {
            Some(head) => {
                // More than the string: what comes next is written over the rest.
                *head = self.head.to_le_bytes();
                if len > 8 {
                    copy(out, self.start(), to, len);
                }
            }
            None => self.put_bytes(out, to),
        }
        self.span = (to as u64) << 16 | len as u64;
        *filled = to + len;
    }

    #[cold]
    fn put_bytes(&self, out: &mut [u8], to: usize) {
        let head = self.head.to_le_bytes();
        for (place, to) in (to..out.len()).take(self.len()).enumerate() {
            let from = self.start() + place;
            out[to] = head.get(place).copied().unwrap_or_else(|| out[from]);
        }
    }
}

/// Copies what a string has beyond its first eight bytes, and up to seven bytes after it. Both
/// places are at least eight bytes apart: a string of more is one of as many and one byte.
#[inline(always)]
#[expect(clippy::inline_always, reason = "the loop over codes is all there is")]
fn copy(out: &mut [u8], from: usize, to: usize, len: usize) {
    let mut done = 8;
    while done < len {
        let word: Option<[u8; 8]> =
            out.get(from + done..).and_then(|rest| rest.first_chunk()).copied();
        let place = out.get_mut(to + done..).and_then(|rest| rest.first_chunk_mut());
        let (Some(word), Some(place)) = (word, place) else { break };
        *place = word;
        done += 8;
    }
    for place in done..len.min(out.len() - to) {
        out[to + place] = out[from + place];
    }
}

/// Codes one after the other, the highest bit first.
struct Codes<'a> {
    stored: &'a [u8],
    /// Bits that were read.
    bit: usize,
}

impl Codes<'_> {
    /// The next code of so many bits, if there are as many.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the loop over codes is all there is")]
    fn next(&mut self, width: usize) -> Option<usize> {
        let byte = self.bit / 8;
        let word = match self.stored.get(byte..).and_then(|rest| rest.first_chunk()) {
            Some(word) => u32::from_be_bytes(*word),
            None => self.last(byte, width)?,
        };
        let code = word << (self.bit % 8) >> (32 - width);
        self.bit += width;
        Some(code as usize)
    }

    /// The last bytes and zeros, if they have so many bits.
    #[cold]
    fn last(&self, byte: usize, width: usize) -> Option<u32> {
        let rest = self.stored.get(byte..)?;
        if self.bit % 8 + width > rest.len() * 8 {
            return None;
        }
        let join = |word, place| word << 8 | u32::from(rest.get(place).copied().unwrap_or(0));
        Some((0..4).fold(0, join))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use weezl::encode::Encoder;

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

    /// Codes of these widths, highest bit first.
    fn codes(codes: impl IntoIterator<Item = (u32, usize)>) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut bits = (0_u64, 0);
        for (code, width) in codes {
            bits = (bits.0 << width | u64::from(code), bits.1 + width);
            while bits.1 >= 8 {
                bits.1 -= 8;
                bytes.push((bits.0 >> bits.1).to_le_bytes()[0]);
            }
        }
        bytes.push((bits.0 << (8 - bits.1)).to_le_bytes()[0]);
        bytes
    }

    #[test]
    fn the_example_of_the_standard_unpacks_in_both_orders() {
        // TIFF 6.0, p. 60: 7 7 7 8 8 7 7 6 6 is Clear 7 258 8 8 258 6 6 End.
        let example = [256, 7, 258, 8, 8, 258, 6, 6, 257];
        let bytes = codes(example.map(|code| (code, 9)));
        let old = old_codes(&example.map(|code| u16::try_from(code).unwrap()));
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
        // A string that is not there yet: 258 as the first one, 260 as the third.
        assert!(unpack(&codes([(256, 9), (258, 9)]), &mut [0; 16]).is_err());
        let third = [(256, 9), (1, 9), (2, 9), (260, 9)];
        assert!(unpack(&codes(third), &mut [0; 16]).is_err());
        // But the second one may be the one that it completes.
        let mut out = [0; 16];
        assert_eq!(unpack(&codes([(256, 9), (5, 9), (258, 9), (257, 9)]), &mut out).unwrap(), 3);
        assert_eq!(out[..3], [5; 3]);
    }

    #[test]
    fn codes_grow_early_and_stay_at_twelve_bits_in_a_full_table() {
        // The n-th code after Clear adds entry 256 + n, the second one 258. Codes get longer when
        // entries 510, 1022 and 2046 are there (TIFF 6.0, p. 61), and no longer than 12 bits.
        let width = |n: u32| match 256 + n {
            0..=510 => 9,
            511..=1022 => 10,
            1023..=2046 => 11,
            _ => 12,
        };
        let bytes: Vec<u32> = (1..=9000).map(|n| n * n % 251).collect();
        let body = (1..).zip(&bytes).map(|(n, byte)| (*byte, width(n)));
        let stored = codes([(256, 9)].into_iter().chain(body).chain([(4095, 12), (257, 12)]));
        let mut out = vec![0; 9010];
        // Entry 4095 is the string of codes 3838 and 3839.
        assert_eq!(unpack(&stored, &mut out).unwrap(), 9002);
        assert!(out.iter().zip(&bytes).all(|(out, byte)| u32::from(*out) == *byte));
        assert_eq!(out[9000..9002], out[3837..3839]);
    }

    #[test]
    fn clear_may_come_twice_or_not_at_all() {
        let mut out = [0; 4];
        let stored = codes([256, 256, 1, 256, 256, 256, 2, 257].map(|code| (code, 9)));
        assert_eq!(unpack(&stored, &mut out).unwrap(), 2);
        assert_eq!(out[..2], [1, 2]);
        let stored = codes([200, 258, 257].map(|code| (code, 9)));
        assert_eq!(unpack(&stored, &mut out).unwrap(), 3);
        assert_eq!(out[..3], [200; 3]);
    }

    /// What another decoder makes of a stream. It looks at the code after the last one that
    /// fits, so that an error may be of no account when the buffer is full.
    fn expected(stored: &[u8], out: &mut [u8]) -> (usize, bool) {
        let mut decoder = Decoder::with_tiff_size_switch(BitOrder::Msb, 8);
        let (mut read, mut written) = (0, 0);
        while written < out.len() {
            let result = decoder.decode_bytes(&stored[read..], &mut out[written..]);
            read += result.consumed_in;
            written += result.consumed_out;
            match result.status {
                Ok(LzwStatus::Ok) => {}
                Ok(_) => break,
                Err(_) => return (written, true),
            }
        }
        (written, false)
    }

    fn compare(stored: &[u8], room: usize) {
        let (mut out, mut other) = (vec![0; room], vec![0; room]);
        let (len, damaged) = expected(stored, &mut other);
        match strings(stored, &mut out) {
            Some(filled) => {
                assert!(!damaged || len == room, "{len} of {room}");
                assert_eq!(filled, len);
                assert!(out[..len] == other[..len]);
            }
            None => assert!(damaged),
        }
    }

    fn packed(bytes: &[u8]) -> Vec<u8> {
        Encoder::with_tiff_size_switch(BitOrder::Msb, 8).encode(bytes).unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

        #[test]
        fn what_another_encoder_packs_unpacks_in_any_room(
            seed in prop::collection::vec(any::<u8>(), 1..60),
            step in 1_u32..5000,
            len in 0_usize..60_000,
            room in 0_usize..70_000,
        ) {
            // Runs and repetitions of all lengths.
            let place = |i: u32| ((i / (1 + step % 7)) ^ (i * i / step)) as usize % seed.len();
            let bytes: Vec<u8> =
                (0..u32::try_from(len).unwrap()).map(|i| seed[place(i % 40_000)]).collect();
            let stored = packed(&bytes);
            let mut out = vec![0; room];
            let filled = strings(&stored, &mut out).unwrap();
            prop_assert_eq!(filled, len.min(room));
            prop_assert!(out[..filled] == bytes[..filled]);
        }

        #[test]
        fn damaged_streams_are_what_another_decoder_makes_of_them(
            seed in prop::collection::vec(any::<u8>(), 1..40),
            len in 1_usize..9000,
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
            cut in any::<prop::sample::Index>(),
            room in 0_usize..12_000,
        ) {
            let bytes: Vec<u8> = (0..len).map(|i| seed[((i / 3) ^ (i * i / 77)) % seed.len()]).collect();
            let mut stored = packed(&bytes);
            for (place, byte) in changes {
                let place = place.index(stored.len());
                stored[place] = byte;
            }
            compare(&stored, room);
            compare(&stored, len);
            compare(&stored[..cut.index(stored.len())], len);
        }

        #[test]
        fn noise_is_what_another_decoder_makes_of_it(
            stored in prop::collection::vec(any::<u8>(), 0..3000),
            room in 0_usize..3000,
        ) {
            compare(&stored, room);
            // Codes of nine bits that are bytes or the first strings give longer outputs.
            let few: Vec<_> = stored.iter().map(|byte| {
                (if byte % 4 == 0 { u32::from(byte / 4) } else { 258 + u32::from(byte % 16) }, 9)
            }).collect();
            compare(&codes(few), room);
        }
    }
}
