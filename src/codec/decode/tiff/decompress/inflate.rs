//! Deflate step by step (RFC 1950, RFC 1951), for streams that the fast decoder refuses: cut off,
//! or longer than their chunk. It is slow, needs no memory and stops when the buffer is full.

/// Fills as much of `out` as there is, and says how many bytes that were. `None` when the stream
/// is damaged before its end or the end of `out`.
pub(super) fn zlib(stored: &[u8], out: &mut [u8]) -> Option<usize> {
    let mut filled = 0;
    match stream(stored, out, &mut filled) {
        Ok(()) | Err(Stop::End | Stop::Full) => Some(filled),
        Err(Stop::Damaged) => None,
    }
}

/// Why a stream was not read to its end.
enum Stop {
    Damaged,
    End,
    Full,
}

fn stream(stored: &[u8], out: &mut [u8], filled: &mut usize) -> Result<(), Stop> {
    let [method, flags, stored @ ..] = stored else { return Err(Stop::End) };
    // Method 8, a header that is a multiple of 31, no dictionary.
    let header = u16::from_be_bytes([*method, *flags]);
    if method & 15 != 8 || header % 31 != 0 || flags & 32 != 0 {
        return Err(Stop::Damaged);
    }
    let mut inflater = Inflater { stored, held: 0, count: 0, out, filled };
    loop {
        let last = inflater.bits(1)? == 1;
        match inflater.bits(2)? {
            0 => inflater.plain()?,
            1 => inflater.coded(&fixed_lengths(), &Codes::new(&[5; 30]).ok_or(Stop::Damaged)?)?,
            2 => {
                let (lengths, distances) = inflater.codes()?;
                inflater.coded(&lengths, &distances)?;
            }
            _ => return Err(Stop::Damaged),
        }
        if last {
            return Ok(());
        }
    }
}

struct Inflater<'a> {
    stored: &'a [u8],
    /// Bits that were read and not used, the next one lowest.
    held: u32,
    count: u32,
    out: &'a mut [u8],
    filled: &'a mut usize,
}

impl Inflater<'_> {
    /// The next bits, at most 16, the first one lowest.
    fn bits(&mut self, count: u32) -> Result<u32, Stop> {
        while self.count < count {
            let (byte, rest) = self.stored.split_first().ok_or(Stop::End)?;
            self.held |= u32::from(*byte) << self.count;
            self.count += 8;
            self.stored = rest;
        }
        let bits = self.held & ((1 << count) - 1);
        self.held >>= count;
        self.count -= count;
        Ok(bits)
    }

    /// The next symbol of a code, bit by bit.
    fn symbol(&mut self, codes: &Codes) -> Result<usize, Stop> {
        let (mut code, mut first, mut index) = (0_usize, 0_usize, 0_usize);
        for count in &codes.counts[1..] {
            code |= self.bits(1)? as usize;
            let count = usize::from(*count);
            if code < first + count {
                let place = index + code - first;
                return codes.symbols.get(place).copied().map(usize::from).ok_or(Stop::Damaged);
            }
            index += count;
            first = (first + count) << 1;
            code <<= 1;
        }
        Err(Stop::Damaged)
    }

    /// A block of bytes as they are.
    fn plain(&mut self) -> Result<(), Stop> {
        self.bits(self.count % 8)?;
        let (len, check) = (self.bits(16)?, self.bits(16)?);
        if len != !check & 0xffff {
            return Err(Stop::Damaged);
        }
        for _ in 0..len {
            let byte = self.bits(8)?;
            self.push(byte.to_le_bytes()[0])?;
        }
        Ok(())
    }

    /// A block of literals and repetitions.
    fn coded(&mut self, lengths: &Codes, distances: &Codes) -> Result<(), Stop> {
        loop {
            let symbol = self.symbol(lengths)?;
            if let Ok(byte) = u8::try_from(symbol) {
                self.push(byte)?;
                continue;
            }
            if symbol == 256 {
                return Ok(());
            }
            let (base, extra) = *LENGTHS.get(symbol - 257).ok_or(Stop::Damaged)?;
            let len = base + self.bits(extra)?;
            let (base, extra) = *DISTANCES.get(self.symbol(distances)?).ok_or(Stop::Damaged)?;
            let distance = (base + self.bits(extra)?) as usize;
            let from = self.filled.checked_sub(distance).ok_or(Stop::Damaged)?;
            for place in (from..).take(len as usize) {
                self.push(self.out.get(place).copied().unwrap_or_default())?;
            }
        }
    }

    /// The codes of a block that brings its own (RFC 1951, 3.2.7).
    fn codes(&mut self) -> Result<(Codes, Codes), Stop> {
        let literals = self.bits(5)? as usize + 257;
        let distances = self.bits(5)? as usize + 1;
        let count = self.bits(4)? as usize + 4;
        let mut lengths = [0; 19];
        for place in ORDER.iter().take(count) {
            lengths[*place] = self.bits(3)?.to_le_bytes()[0];
        }
        let codes = Codes::new(&lengths).ok_or(Stop::Damaged)?;
        let mut lengths = Vec::with_capacity(literals + distances + 138);
        while lengths.len() < literals + distances {
            let (value, repeat) = match self.symbol(&codes)? {
                16 => (*lengths.last().ok_or(Stop::Damaged)?, 3 + self.bits(2)?),
                17 => (0, 3 + self.bits(3)?),
                18 => (0, 11 + self.bits(7)?),
                length => (u8::try_from(length).unwrap_or_default(), 1),
            };
            lengths.resize(lengths.len() + repeat as usize, value);
        }
        let (literals, rest) = lengths.split_at(literals);
        let distances = rest.get(..distances).ok_or(Stop::Damaged)?;
        let codes = Codes::new(literals).zip(Codes::new(distances));
        codes.ok_or(Stop::Damaged)
    }

    fn push(&mut self, byte: u8) -> Result<(), Stop> {
        *self.out.get_mut(*self.filled).ok_or(Stop::Full)? = byte;
        *self.filled += 1;
        Ok(())
    }
}

/// A canonical Huffman code (RFC 1951, 3.2.2).
struct Codes {
    /// Codes of each length.
    counts: [u16; 16],
    /// Symbols in the order of their codes.
    symbols: Vec<u16>,
}

impl Codes {
    /// The code with these lengths, 0 for symbols that do not occur. `None` when there are more
    /// codes than bits can tell apart.
    fn new(lengths: &[u8]) -> Option<Self> {
        let mut counts = [0; 16];
        let mut symbols = Vec::with_capacity(lengths.len());
        for length in 1..16 {
            for (symbol, _) in (0..).zip(lengths).filter(|(_, found)| **found == length) {
                symbols.push(symbol);
                counts[usize::from(length)] += 1;
            }
        }
        let mut left = 1_i32;
        for count in &counts[1..] {
            left = left * 2 - i32::from(*count);
            if left < 0 {
                return None;
            }
        }
        Some(Self { counts, symbols })
    }
}

/// The code of literals and lengths of blocks without their own (RFC 1951, 3.2.6).
fn fixed_lengths() -> Codes {
    let mut lengths = [8; 288];
    lengths[144..256].fill(9);
    lengths[256..280].fill(7);
    Codes::new(&lengths).unwrap_or(Codes { counts: [0; 16], symbols: Vec::new() })
}

/// Order of the lengths of the code of lengths.
const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// Lengths of repetitions: shortest, and bits that are added.
const LENGTHS: [(u32, u32); 29] = [
    (3, 0),
    (4, 0),
    (5, 0),
    (6, 0),
    (7, 0),
    (8, 0),
    (9, 0),
    (10, 0),
    (11, 1),
    (13, 1),
    (15, 1),
    (17, 1),
    (19, 2),
    (23, 2),
    (27, 2),
    (31, 2),
    (35, 3),
    (43, 3),
    (51, 3),
    (59, 3),
    (67, 4),
    (83, 4),
    (99, 4),
    (115, 4),
    (131, 5),
    (163, 5),
    (195, 5),
    (227, 5),
    (258, 0),
];

/// Distances of repetitions: shortest, and bits that are added.
const DISTANCES: [(u32, u32); 30] = [
    (1, 0),
    (2, 0),
    (3, 0),
    (4, 0),
    (5, 1),
    (7, 1),
    (9, 2),
    (13, 2),
    (17, 3),
    (25, 3),
    (33, 4),
    (49, 4),
    (65, 5),
    (97, 5),
    (129, 6),
    (193, 6),
    (257, 7),
    (385, 7),
    (513, 8),
    (769, 8),
    (1025, 9),
    (1537, 9),
    (2049, 10),
    (3073, 10),
    (4097, 11),
    (6145, 11),
    (8193, 12),
    (12289, 12),
    (16385, 13),
    (24577, 13),
];

#[cfg(test)]
mod tests {
    use libdeflater::{CompressionLvl, Compressor};

    use super::*;

    /// Text, noise and a long run: all kinds of blocks.
    fn picture() -> Vec<u8> {
        let mut seed = 1_u32;
        let mut bytes: Vec<u8> =
            (0..30_000_u32).map(|i| (i / 100 % 200).to_le_bytes()[0]).collect();
        for _ in 0..40_000 {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            bytes.push(seed.to_le_bytes()[3]);
        }
        bytes.resize(100_000, 3);
        bytes
    }

    fn packed(bytes: &[u8], level: i32) -> Vec<u8> {
        let mut packer = Compressor::new(CompressionLvl::new(level).unwrap());
        let mut stored = vec![0; packer.zlib_compress_bound(bytes.len())];
        let len = packer.zlib_compress(bytes, &mut stored).unwrap();
        stored.truncate(len);
        stored
    }

    #[test]
    fn streams_of_another_library_unpack() {
        let expected = picture();
        for level in [0, 1, 6, 12] {
            for len in [1, 10, 1000, expected.len()] {
                let stored = packed(&expected[..len], level);
                let mut out = vec![9; len];
                assert_eq!(zlib(&stored, &mut out), Some(len));
                assert!(out == expected[..len]);
            }
        }
    }

    #[test]
    fn longer_and_cut_streams_give_what_fits() {
        let expected = picture();
        let stored = packed(&expected, 6);
        let mut out = vec![9; 50_000];
        assert_eq!(zlib(&stored, &mut out), Some(50_000));
        assert!(out == expected[..50_000]);
        for len in (0..stored.len()).step_by(997) {
            let mut out = vec![9; expected.len()];
            let filled = zlib(&stored[..len], &mut out).unwrap();
            assert!(out[..filled] == expected[..filled], "{len}");
        }
    }

    #[test]
    fn damaged_streams_end() {
        let stored = packed(&picture()[..2000], 6);
        let mut out = vec![0; 2000];
        for place in 0..stored.len().min(600) {
            for bit in 0..8 {
                let mut stored = stored.clone();
                stored[place] ^= 1 << bit;
                let _ = zlib(&stored, &mut out);
            }
        }
        assert_eq!(zlib(b"not zlib at all", &mut out), None);
        assert_eq!(zlib(b"", &mut out), Some(0));
        // A block of the fourth kind, and one that repeats what was not there.
        assert_eq!(zlib(&[0x78, 0x9c, 7], &mut out), None);
        // Fixed codes: length 3 (0000001), distance 1 (00000).
        assert_eq!(zlib(&[0x78, 0x9c, 0x03, 0x02, 0x00, 0x00], &mut out), None);
    }
}
