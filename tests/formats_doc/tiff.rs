//! Writes TIFF files of one picture of 16 x 16 pixels.

use std::collections::BTreeMap;

/// Side of the picture.
pub(crate) const SIDE: u64 = 16;

/// A directory and the bytes of its tile or strip, or of those of its planes.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) fields: BTreeMap<u16, Vec<u64>>,
    pub(crate) chunks: Vec<Vec<u8>>,
    pub(crate) big_endian: bool,
    pub(crate) big: bool,
}

impl Page {
    /// Samples without compression; `chunk` is the tile.
    pub(crate) fn new(photometric: u64, samples: u64, bits: u64, chunk: Vec<u8>) -> Self {
        let page =
            Self { fields: BTreeMap::new(), chunks: vec![chunk], big_endian: false, big: false };
        page.with(256, &[SIDE])
            .with(257, &[SIDE])
            .with(258, &vec![bits; usize::try_from(samples).unwrap()])
            .with(259, &[1])
            .with(262, &[photometric])
            .with(277, &[samples])
            .with(322, &[SIDE])
            .with(323, &[SIDE])
    }

    /// The grey picture.
    pub(crate) fn gray() -> Self {
        Self::new(1, 1, 8, gray())
    }

    /// With a field; none, when it has no values.
    pub(crate) fn with(mut self, tag: u16, values: &[u64]) -> Self {
        self.fields.remove(&tag);
        if !values.is_empty() {
            self.fields.insert(tag, values.to_vec());
        }
        self
    }

    /// With these tiles.
    pub(crate) fn chunks(mut self, chunks: Vec<Vec<u8>>) -> Self {
        self.chunks = chunks;
        self
    }

    /// With strips of so many rows in place of tiles.
    pub(crate) fn striped(self, rows: u64) -> Self {
        self.with(322, &[]).with(323, &[]).with(278, &[rows])
    }

    /// The file.
    pub(crate) fn file(&self) -> Vec<u8> {
        let mut out = if self.big_endian { b"MM".to_vec() } else { b"II".to_vec() };
        let width = if self.big { 8 } else { 4 };
        out.extend(self.number(if self.big { 43 } else { 42 }, 2));
        if self.big {
            out.extend(self.number(8, 2));
            out.extend(self.number(0, 2));
        }
        let link = out.len();
        out.extend(self.number(0, width));
        let mut places = Vec::new();
        for chunk in &self.chunks {
            places.push(if chunk.is_empty() { 0 } else { out.len() as u64 });
            out.extend(chunk);
        }
        let mut fields = self.fields.clone();
        let striped = !fields.contains_key(&322);
        let lengths = self.chunks.iter().map(|chunk| chunk.len() as u64).collect();
        fields.insert(if striped { 273 } else { 324 }, places);
        fields.insert(if striped { 279 } else { 325 }, lengths);
        let mut directory = self.number(fields.len() as u64, if self.big { 8 } else { 2 });
        for (tag, values) in fields {
            // SHORT for the numbers of the standard, LONG for places.
            let (kind, size) = if values.iter().all(|value| *value < 1 << 16) && tag < 324 {
                (3, 2)
            } else {
                (4, 4)
            };
            directory.extend(self.number(tag.into(), 2));
            directory.extend(self.number(kind, 2));
            directory.extend(self.number(values.len() as u64, width));
            let mut bytes: Vec<u8> =
                values.iter().flat_map(|value| self.number(*value, size)).collect();
            if bytes.len() > width {
                directory.extend(self.number(out.len() as u64, width));
                out.append(&mut bytes);
            } else {
                bytes.resize(width, 0);
                directory.append(&mut bytes);
            }
        }
        let place = out.len() as u64;
        out.splice(link..link + width, self.number(place, width));
        out.append(&mut directory);
        out.extend(self.number(0, width));
        out
    }

    fn number(&self, value: u64, width: usize) -> Vec<u8> {
        if self.big_endian {
            value.to_be_bytes()[8 - width..].to_vec()
        } else {
            value.to_le_bytes()[..width].to_vec()
        }
    }
}

/// The grey picture: 16 x.
pub(crate) fn gray() -> Vec<u8> {
    (0..SIDE * SIDE).map(|i| u8::try_from(i % SIDE * 16).unwrap()).collect()
}

/// The colour picture: 16 x, 16 y, 128.
pub(crate) fn color() -> Vec<u8> {
    let pixel = |i: u64| [i % SIDE * 16, i / SIDE * 16, 128].map(|v| u8::try_from(v).unwrap());
    (0..SIDE * SIDE).flat_map(pixel).collect()
}

/// The picture of one bit: white where x is under 8.
pub(crate) fn bilevel() -> Vec<u8> {
    (0..SIDE * SIDE).map(|i| if i % SIDE < 8 { 255 } else { 0 }).collect()
}
