use libdeflater::{CompressionLvl, Compressor};
use miniz_oxide::deflate::core::{self as miniz, CompressorOxide, TDEFLFlush};
use proptest::prelude::*;

use super::fuzz::compare;
use super::*;

/// A pseudo-random number for each place.
fn noise(place: usize) -> usize {
    let hash = (place as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    ((hash ^ hash >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 40) as usize
}

/// Contents that make all kinds of blocks.
fn content(kind: usize, len: usize) -> Vec<u8> {
    const WORDS: [&[u8]; 4] = [b"tile ", b"of a level ", b"region", b", and all that is in it; "];
    let byte = |value: usize| value.to_le_bytes()[0];
    let mut bytes = Vec::new();
    for place in 0..len {
        match kind {
            // Differences of pixels, few and many.
            0 => bytes.push([0, 0, 0, 1, 255, 0, 2, 254][noise(place) % 8]),
            1 => bytes.push(byte(noise(place) % 12 * (noise(place / 3) % 5)).wrapping_sub(20)),
            // Noise, a slope, runs, areas.
            2 => bytes.push(byte(noise(place))),
            3 => bytes.push(byte(place / 7)),
            4 => bytes.push(byte(noise(place / (1 + noise(place / 512) % 300)))),
            5 => bytes.push(byte(noise(place % 96 / 8 + place / 3072) % 4)),
            _ => bytes.extend(WORDS[noise(place) % 4]),
        }
        if bytes.len() >= len {
            break;
        }
    }
    bytes.truncate(len);
    bytes
}

const KINDS: usize = 7;

fn packed(bytes: &[u8], level: i32) -> Vec<u8> {
    let mut packer = Compressor::new(CompressionLvl::new(level).unwrap());
    let mut stored = vec![0; packer.deflate_compress_bound(bytes.len())];
    let len = packer.deflate_compress(bytes, &mut stored).unwrap();
    stored.truncate(len);
    stored
}

/// By another packer: strategies 0 to 4 are all, filtered, literals only, runs only, fixed codes.
fn packed_by(bytes: &[u8], level: i32, strategy: i32) -> Vec<u8> {
    let flags = miniz::create_comp_flags_from_zip_params(level, 0, strategy);
    let mut stored = vec![0; bytes.len() * 2 + 100];
    let mut packer = CompressorOxide::new(flags);
    let (_, read, len) = miniz::compress(&mut packer, bytes, &mut stored, TDEFLFlush::Finish);
    assert_eq!(read, bytes.len());
    stored.truncate(len);
    stored
}

/// Bits, the lowest one of a byte first; numbers have theirs in order, codes the first one last.
#[derive(Default)]
struct Writer {
    bits: Vec<bool>,
}

impl Writer {
    fn number(&mut self, value: u32, bits: u32) -> &mut Self {
        self.bits.extend((0..bits).map(|bit| value.checked_shr(bit).unwrap_or(0) & 1 == 1));
        self
    }

    fn code(&mut self, value: u32, bits: u32) -> &mut Self {
        self.bits.extend((0..bits).rev().map(|bit| value >> bit & 1 == 1));
        self
    }

    /// The start of a block with codes of these lengths: all that a code of lengths with four bits
    /// each can say.
    fn codes(&mut self, literals: &[u32], distances: &[u32]) -> &mut Self {
        let count = |len: usize, least| u32::try_from(len - least).unwrap();
        self.number(1, 1).number(2, 2).number(count(literals.len(), 257), 5);
        self.number(count(distances.len(), 1), 5).number(15, 4);
        for place in [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15] {
            self.number(if place < 16 { 4 } else { 0 }, 3);
        }
        for length in literals.iter().chain(distances) {
            self.code(*length, 4);
        }
        self
    }

    fn bytes(&self) -> Vec<u8> {
        let byte =
            |bits: &[bool]| bits.iter().rev().fold(0, |byte, bit| byte << 1 | u8::from(*bit));
        self.bits.chunks(8).map(byte).collect()
    }
}

/// Lengths of literals and lengths.
fn lengths(bits: &[(usize, u32)]) -> Vec<u32> {
    let mut lengths = vec![0; 286];
    for (symbol, bits) in bits {
        lengths[*symbol] = *bits;
    }
    lengths
}

fn unpacked(stored: &[u8], room: usize) -> Option<Vec<u8>> {
    let mut out = vec![0; room];
    let filled = Inflater::new().deflate(stored, &mut out)?;
    out.truncate(filled);
    Some(out)
}

#[test]
fn streams_of_other_libraries_unpack_with_all_instructions() {
    let mut inflater = Inflater::new();
    let mut check = |stored: &[u8], expected: &[u8]| {
        let mut out = vec![9; expected.len()];
        assert_eq!(inflater.deflate(stored, &mut out), Some(expected.len()));
        assert!(out == expected);
        out.fill(9);
        assert_eq!(inflater.portable(stored, &mut out), Some(expected.len()));
        assert!(out == expected);
    };
    for kind in 0..KINDS {
        for len in [1, 40, 3000, 150_000] {
            let expected = content(kind, len);
            (0..=12).for_each(|level| check(&packed(&expected, level), &expected));
            for (level, strategy) in (0..5).flat_map(|i| [(1, i), (6, i), (9, i)]) {
                check(&packed_by(&expected, level, strategy), &expected);
            }
        }
    }
}

#[test]
fn all_lengths_unpack_in_all_rooms() {
    let mut inflater = Inflater::new();
    for kind in 0..KINDS {
        let content = content(kind, 600);
        for len in 0..600 {
            let stored = packed(&content[..len], 6);
            for room in [0, len / 2, len.saturating_sub(1), len, len + 1, len + 500] {
                let mut out = vec![9; room];
                assert_eq!(inflater.deflate(&stored, &mut out), Some(len.min(room)));
                let filled = len.min(room);
                assert!(out[..filled] == content[..filled], "{kind}: {len} in {room}");
            }
        }
    }
}

#[test]
fn cut_streams_give_what_is_there() {
    let mut inflater = Inflater::new();
    for (kind, strategy) in (0..KINDS).flat_map(|kind| [(kind, 0), (kind, 2), (kind, 4)]) {
        let expected = content(kind, 1500);
        let stored = packed_by(&expected, 6, strategy);
        let mut least = 0;
        for len in 0..stored.len() {
            let mut out = vec![9; expected.len()];
            let filled = inflater.deflate(&stored[..len], &mut out).unwrap();
            assert!(out[..filled] == expected[..filled]);
            assert!(filled >= least, "{kind}: {len}");
            least = filled;
            assert_eq!(inflater.portable(&stored[..len], &mut out), Some(filled));
        }
    }
    // Fixed codes: after three bits each of these bytes has eight, from 00110000 on.
    let expected: Vec<u8> = (0..140).collect();
    let mut stored = Writer::default();
    stored.number(1, 1).number(1, 2);
    for byte in &expected {
        stored.code(0x30 + u32::from(*byte), 8);
    }
    let stored = stored.bytes();
    for len in 1..=stored.len() {
        assert_eq!(unpacked(&stored[..len], 200).unwrap(), expected[..len - 1]);
    }
}

#[test]
fn flipped_bits_are_what_another_decoder_makes_of_them() {
    let mut inflater = Inflater::new();
    for kind in 0..KINDS {
        let mut stored = packed(&content(kind, 800), 6);
        for place in 0..stored.len().min(250) {
            for bit in 0..8 {
                stored[place] ^= 1 << bit;
                compare(&mut inflater, &stored, 800);
                stored[place] ^= 1 << bit;
            }
        }
    }
}

#[test]
fn zlib_streams_have_a_header() {
    let mut inflater = Inflater::new();
    let mut out = [0; 4];
    // A stored block of four bytes.
    let stored = [0x78, 0x9c, 1, 4, 0, 0xfb, 0xff, 1, 2, 3, 4];
    assert_eq!(inflater.zlib(&stored, &mut out), Some(4));
    assert_eq!(out, [1, 2, 3, 4]);
    for len in 0..7 {
        assert_eq!(inflater.zlib(&stored[..len], &mut out), Some(0));
    }
    // Another method, a wrong check, a dictionary, a block of the fourth kind, a wrong length.
    for head in [[0x77, 0x85, 1], [0x78, 0x9d, 1], [0x78, 0xbb, 1], [0x78, 0x9c, 7]] {
        assert_eq!(inflater.zlib(&[&head[..], &stored[3..]].concat(), &mut out), None);
    }
    assert_eq!(inflater.zlib(&[0x78, 0x9c, 1, 4, 0, 0xfb, 0xfe, 1, 2, 3, 4], &mut out), None);
}

#[test]
fn codes_that_are_none_are_refused() {
    let check = |literals: &[u32], distances: &[u32], accepted: bool| {
        let stored = Writer::default().codes(literals, distances).number(0, 32).bytes();
        assert_eq!(unpacked(&stored, 600).is_some(), accepted, "{literals:?} {distances:?}");
        compare(&mut Inflater::new(), &stored, 600);
    };
    let complete = lengths(&[(0, 1), (1, 2), (256, 2)]);
    check(&complete, &[1, 1], true);
    // One distance needs no more than one bit, and none no code at all.
    check(&complete, &[1], true);
    check(&complete, &[0], true);
    // Too few, and too many.
    check(&complete, &[2], false);
    check(&complete, &[1, 2], false);
    check(&complete, &[1, 1, 1], false);
    check(&lengths(&[(0, 1), (1, 2), (256, 3)]), &[1, 1], false);
    check(&lengths(&[(0, 1), (1, 2), (2, 2), (256, 2)]), &[1, 1], false);
    check(&lengths(&[(0, 1), (1, 15), (256, 1), (257, 15)]), &[1, 1], false);
}

#[test]
fn distances_before_the_start_are_damaged() {
    // Fixed codes: length 3 (0000001) and distance 1 (00000), with no byte before.
    assert_eq!(unpacked(&[0x03, 0x02, 0x00, 0x00], 600), None);
    // Literals 0 (0), lengths 3 (10) and 11 to 12 (110), the end (111); distances 1 (0) and 49 to
    // 64 (1), after 48 and 49 bytes. Length 11 makes it a block with long repetitions, a literal
    // of five bits one with short ones.
    let short = [(0, 1), (256, 2), (257, 2)];
    let long = [(0, 1), (256, 3), (257, 2), (265, 3)];
    for (symbols, length) in [(&short[..], (3, 2)), (&long, (2, 2))] {
        for (literals, damaged) in [(48, true), (49, false)] {
            let mut distances = [0; 12];
            (distances[0], distances[11]) = (1, 1);
            let mut stored = Writer::default();
            stored.codes(&lengths(symbols), &distances);
            (0..literals).for_each(|_| _ = stored.code(0, 1));
            stored.code(length.0, length.1).code(1, 1).number(0, 4);
            // More of the stream, so that no end is near.
            let stored = stored.number(0, 300).bytes();
            assert_eq!(unpacked(&stored, 600).is_none(), damaged, "{symbols:?}");
            compare(&mut Inflater::new(), &stored, 600);
        }
    }
}

/// RFC 1951, 3.2.5.
#[test]
fn symbols_are_those_of_the_standard() {
    const EXTRA: [u32; 29] =
        [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
    const BASES: [usize; 29] = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115,
        131, 163, 195, 227, 258,
    ];
    const DISTANCES: [usize; 30] = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537,
        2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577,
    ];
    for ((place, extra), base) in (257..).zip(EXTRA).zip(BASES) {
        let entry = entry::LITERALS_LONG[place];
        assert_eq!((entry & 63, entry::length(entry, 0)), (extra, base));
        // With a code of five bits before them.
        let bits = u64::MAX << 5;
        assert_eq!(entry::length(entry::coded(entry, 5, true), bits), base + (1 << extra) - 1);
    }
    for (place, base) in DISTANCES.into_iter().enumerate() {
        let entry = entry::DISTANCES[place];
        assert_eq!(entry::distance(entry, 0), base);
        let next = DISTANCES.get(place + 1).copied().unwrap_or(32_769);
        assert_eq!(base + (1 << (entry & 63)), next);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn damaged_and_cut_streams_are_what_another_decoder_makes_of_them(
        kind in 0..KINDS,
        len in 1_usize..20_000,
        level in 0..=12,
        strategy in 0..6,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3),
        cut in any::<prop::sample::Index>(),
        room in 0_usize..25_000,
    ) {
        let content = content(kind, len);
        let mut stored = match strategy {
            5 => packed(&content, level),
            _ => packed_by(&content, level.min(10), strategy),
        };
        for (place, byte) in changes {
            let place = place.index(stored.len());
            stored[place] = byte;
        }
        let mut inflater = Inflater::new();
        compare(&mut inflater, &stored, room);
        compare(&mut inflater, &stored, len);
        compare(&mut inflater, &stored[..cut.index(stored.len())], len);
    }

    #[test]
    fn noise_is_what_another_decoder_makes_of_it(
        mut stored in prop::collection::vec(any::<u8>(), 1..600),
        block in 0_u8..8,
        room in 0_usize..3000,
    ) {
        stored[0] = stored[0] & 0xf8 | block;
        compare(&mut Inflater::new(), &stored, room);
    }
}
