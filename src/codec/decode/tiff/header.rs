//! The file header, and integers in the byte order it announces.

use std::sync::Arc;

use crate::codec::{DecodeError, ReadAt};

/// A TIFF file whose header was read.
#[derive(Clone, Debug)]
pub(in crate::codec) struct Source {
    data: Arc<dyn ReadAt>,
    order: ByteOrder,
    big: bool,
}

/// Which byte of a number comes first.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::codec) enum ByteOrder {
    /// The most significant one.
    Big,
    /// The least significant one.
    Little,
}

impl ByteOrder {
    /// That of this machine.
    pub(super) const NATIVE: Self =
        if cfg!(target_endian = "big") { Self::Big } else { Self::Little };

    /// The bytes of a number in this order.
    pub(in crate::codec) fn u16(self, number: u16) -> [u8; 2] {
        match self {
            Self::Big => number.to_be_bytes(),
            Self::Little => number.to_le_bytes(),
        }
    }

    /// The bytes of a number in this order.
    pub(in crate::codec) fn u32(self, number: u32) -> [u8; 4] {
        match self {
            Self::Big => number.to_be_bytes(),
            Self::Little => number.to_le_bytes(),
        }
    }
}

impl Source {
    /// Reads the header. The number is the place of the first directory.
    pub(in crate::codec) fn open(data: Arc<dyn ReadAt>) -> Result<(Self, u64), DecodeError> {
        let mut head = [0; 8];
        data.read_exact_at(&mut head, 0)?;
        let [a, b, c, d, rest @ ..] = head;
        let order = match &[a, b] {
            b"II" => ByteOrder::Little,
            b"MM" => ByteOrder::Big,
            _ => return Err(DecodeError::Malformed("it has no TIFF byte order mark".into())),
        };
        let mut source = Self { data, order, big: false };
        match source.uint(&[c, d]) {
            42 => {
                let first = source.uint(&rest);
                Ok((source, first))
            }
            43 => {
                // BigTIFF announces the size of its offsets, followed by a zero.
                let [size_a, size_b, zero_a, zero_b] = rest;
                if source.uint(&[size_a, size_b]) != 8 || source.uint(&[zero_a, zero_b]) != 0 {
                    return Err(DecodeError::Malformed("its BigTIFF header is wrong".into()));
                }
                source.big = true;
                let first = source.uint_at(8, 8)?;
                Ok((source, first))
            }
            version => Err(DecodeError::Malformed(format!("{version} is no TIFF version"))),
        }
    }

    /// Whether this is a BigTIFF file.
    pub(in crate::codec) fn is_big(&self) -> bool {
        self.big
    }

    /// Order of the bytes of numbers and samples.
    pub(in crate::codec) fn order(&self) -> ByteOrder {
        self.order
    }

    /// Number of bytes of the file.
    pub(super) fn len(&self) -> u64 {
        self.data.len()
    }

    /// Whether so many bytes from this offset on are inside the file.
    pub(super) fn contains(&self, offset: u64, len: u64) -> bool {
        offset.checked_add(len).is_some_and(|end| end <= self.len())
    }

    /// Fills the buffer with the bytes from `offset` on, which must be inside the file.
    pub(super) fn fill(&self, buffer: &mut [u8], offset: u64) -> Result<(), DecodeError> {
        if !self.contains(offset, buffer.len() as u64) {
            return Err(beyond());
        }
        Ok(self.data.read_exact_at(buffer, offset)?)
    }

    /// Bytes from `offset` on. Checked against the file before they are allocated.
    pub(super) fn bytes_at(&self, offset: u64, len: usize) -> Result<Vec<u8>, DecodeError> {
        if !self.contains(offset, len as u64) {
            return Err(beyond());
        }
        let mut bytes = vec![0; len];
        self.fill(&mut bytes, offset)?;
        Ok(bytes)
    }

    /// An integer of at most eight bytes at `offset`.
    pub(in crate::codec) fn uint_at(&self, offset: u64, width: usize) -> Result<u64, DecodeError> {
        let mut bytes = [0; 8];
        let bytes = bytes.get_mut(..width).unwrap_or_default();
        self.fill(bytes, offset)?;
        Ok(self.uint(bytes))
    }

    /// These bytes as an integer; of more than eight the last ones count.
    pub(super) fn uint(&self, bytes: &[u8]) -> u64 {
        let join = |value: u64, byte: &u8| value << 8 | u64::from(*byte);
        match self.order {
            ByteOrder::Big => bytes.iter().fold(0, join),
            ByteOrder::Little => bytes.iter().rev().fold(0, join),
        }
    }
}

fn beyond() -> DecodeError {
    DecodeError::Malformed("it points beyond its end".into())
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn open(bytes: &'static [u8]) -> Result<(Source, u64), DecodeError> {
        Source::open(Arc::new(Bytes::from_static(bytes)))
    }

    #[test]
    fn the_four_kinds_of_header_are_read() {
        for (bytes, big, first) in [
            (&b"II\x2a\0\x08\x01\0\0"[..], false, 0x108),
            (b"MM\0\x2a\0\0\x01\x08", false, 0x108),
            (b"II\x2b\0\x08\0\0\0\x10\x02\0\0\0\0\0\x01", true, 0x0100_0000_0000_0210),
            (b"MM\0\x2b\0\x08\0\0\x01\0\0\0\0\0\x02\x10", true, 0x0100_0000_0000_0210),
        ] {
            let (source, offset) = open(bytes).unwrap();
            assert_eq!((source.is_big(), offset), (big, first));
        }
    }

    #[test]
    fn wrong_headers_are_malformed() {
        for bytes in [
            &b"II\x2a\0\x08\0\0"[..],
            b"IM\x2a\0\x08\0\0\0",
            b"II\0\x2a\x08\0\0\0",
            b"II\x2b\0\x10\0\0\0\x10\0\0\0\0\0\0\0",
            b"II\x2b\0\x08\0\x01\0\x10\0\0\0\0\0\0\0",
            b"II\x2b\0\x08\0\0\0\x10",
        ] {
            assert!(matches!(open(bytes), Err(DecodeError::Malformed(_))), "{bytes:?}");
        }
    }
}
