//! Huffman codes as tables (ITU-T T.81, annex C and F.2.2).

/// A code as it is stored: how many words of each length from 1 to 16 bits, and their symbols.
#[derive(Clone, Copy, Debug)]
pub(super) struct Code<'a> {
    pub(super) counts: &'a [u8; 16],
    pub(super) symbols: &'a [u8],
}

/// Bits that are looked up at once.
const LOOK: u32 = 10;
/// Their table.
type Table<T> = [T; 1 << LOOK];

/// A word in an order to compute with.
#[derive(Clone, Copy)]
struct Word {
    bits: u32,
    length: u32,
    symbol: u8,
}

/// Words longer than what is looked up.
#[derive(Clone, Debug, Default)]
struct Long {
    /// For lengths from 1: the first 16 bits that are beyond the words of this length.
    limits: [u32; 16],
    /// What to add to the bits of a word for the place of its symbol.
    offsets: [i32; 16],
    symbols: Vec<u8>,
}

impl Long {
    /// `None` when there are more words than bits can tell apart.
    fn new(code: &Code<'_>) -> Option<Self> {
        let (mut limits, mut offsets) = ([0; 16], [0; 16]);
        let (mut word, mut place) = (0_u32, 0_i32);
        for (at, count) in code.counts.iter().enumerate() {
            offsets[at] = place - word.cast_signed();
            word += u32::from(*count);
            place += i32::from(*count);
            limits[at] = word << (15 - at);
            if limits[at] > 1 << 16 {
                return None;
            }
            word <<= 1;
        }
        Some(Self { limits, offsets, symbols: code.symbols.to_vec() })
    }

    /// The symbol at the beginning of these 16 bits and the length of its word.
    #[cold]
    fn find(&self, bits: u32) -> Option<(u8, u32)> {
        let at = self.limits.iter().position(|limit| bits < *limit)?;
        let place = (bits >> (15 - at)).cast_signed() + self.offsets[at];
        let symbol = self.symbols.get(usize::try_from(place).ok()?)?;
        #[expect(clippy::cast_possible_truncation, reason = "below 16")]
        Some((*symbol, at as u32 + 1))
    }
}

/// Words of a code that are looked up.
fn words(code: &Code<'_>) -> impl Iterator<Item = Word> {
    let mut bits = 0;
    let lengths =
        (1..=LOOK).zip(code.counts).flat_map(|(length, count)| (0..*count).map(move |_| length));
    let mut before = 1;
    lengths.zip(code.symbols).map(move |(length, symbol)| {
        bits <<= length - before;
        before = length;
        let word = Word { bits, length, symbol: *symbol };
        bits += 1;
        word
    })
}

/// Places of a table that begin with a word.
fn places(word: Word) -> std::ops::Range<usize> {
    let free = LOOK - word.length;
    let first = (word.bits << free) as usize;
    first..first + (1 << free)
}

/// The number that so many bits stand for (F.2.2.1): those with a leading 0 are negative.
#[inline(always)]
pub(super) fn extend(bits: u32, size: u32) -> i32 {
    let bits = bits.cast_signed();
    let is_negative = bits >> size.saturating_sub(1) & 1 == 0 && size > 0;
    if is_negative { bits - (1 << size) + 1 } else { bits }
}

/// The code of DC differences.
#[derive(Debug)]
pub(super) struct Dc {
    /// Size, length of the word; 0 for those that are longer.
    table: Box<Table<(u8, u8)>>,
    long: Long,
}

impl Dc {
    pub(super) fn new(code: &Code<'_>) -> Option<Self> {
        let long = Long::new(code)?;
        if code.symbols.iter().any(|size| *size > 15) {
            return None;
        }
        let mut table = Box::new([(0, 0); 1 << LOOK]);
        for word in words(code) {
            let length = u8::try_from(word.length).unwrap_or_default();
            table.get_mut(places(word))?.fill((word.symbol, length));
        }
        Some(Self { table, long })
    }

    /// The size at the beginning of these bits, and the length of its word.
    #[inline(always)]
    pub(super) fn size(&self, bits: u64) -> Option<(u32, u32)> {
        let (size, length) = self.table[(bits >> (64 - LOOK)) as usize];
        if length > 0 {
            return Some((size.into(), length.into()));
        }
        let (size, length) = self.long.find((bits >> 48) as u32)?;
        Some((size.into(), length))
    }
}

/// The code of AC coefficients.
#[derive(Debug)]
pub(super) struct Ac {
    table: Box<Table<Entry>>,
    long: Long,
}

/// What is at the beginning of some bits.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Entry {
    /// The coefficient, or the size of it.
    pub(super) value: i16,
    /// Coefficients that are zero before it.
    pub(super) run: u8,
    /// Bits it takes. Less than 0, without those of a coefficient of which only the size is known;
    /// 0 for words that are not in the table.
    pub(super) length: i8,
}

impl Ac {
    pub(super) fn new(code: &Code<'_>) -> Option<Self> {
        let long = Long::new(code)?;
        let mut table = Box::new([Entry::default(); 1 << LOOK]);
        for word in words(code) {
            let (run, size) = (word.symbol >> 4, u32::from(word.symbol & 15));
            let free = LOOK - word.length;
            for (n, entry) in (0_u32..).zip(table.get_mut(places(word))?) {
                *entry = if size == 0 || size > free {
                    Entry { value: small(size), run, length: -small::<i8>(word.length) }
                } else {
                    let value = small(extend(n >> (free - size), size));
                    Entry { value, run, length: small(word.length + size) }
                };
            }
        }
        Some(Self { table, long })
    }

    #[inline(always)]
    pub(super) fn entry(&self, bits: u64) -> Entry {
        self.table[(bits >> (64 - LOOK)) as usize]
    }

    /// The entry of a word that is not in the table.
    #[cold]
    pub(super) fn long(&self, bits: u64) -> Option<Entry> {
        let (symbol, length) = self.long.find((bits >> 48) as u32)?;
        Some(Entry { value: small(symbol & 15), run: symbol >> 4, length: -small::<i8>(length) })
    }
}

/// A number that fits.
fn small<T: Default>(number: impl TryInto<T>) -> T {
    number.try_into().unwrap_or_default()
}
