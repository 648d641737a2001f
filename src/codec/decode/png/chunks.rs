//! Chunks and their places in the file (PNG, section 5).

use libdeflater::Crc;

use crate::codec::{DecodeError, ReadAt};

/// A chunk, and where it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Chunk {
    /// Its name.
    pub(super) name: [u8; 4],
    /// Place of its length, with which it starts.
    pub(super) start: u64,
    /// Bytes of its data.
    pub(super) len: u32,
}

impl Chunk {
    /// All bytes of a chunk of at most `limit` bytes of data: length, name, data and checksum.
    /// `None` for a chunk that is longer or damaged.
    pub(super) fn read(
        &self,
        data: &dyn ReadAt,
        limit: usize,
    ) -> Result<Option<Vec<u8>>, DecodeError> {
        let Ok(len) = usize::try_from(self.len) else { return Ok(None) };
        if len > limit || !self.is_inside(data) {
            return Ok(None);
        }
        let mut bytes = vec![0; AROUND + len];
        data.read_exact_at(&mut bytes, self.start)?;
        let intact = match bytes.get(4..).and_then(<[u8]>::split_last_chunk) {
            Some((body, checksum)) => {
                let mut crc = Crc::new();
                crc.update(body);
                crc.sum() == u32::from_be_bytes(*checksum)
            }
            None => false,
        };
        Ok(intact.then_some(bytes))
    }

    /// Whether the file goes on to the end of the chunk.
    pub(super) fn is_inside(&self, data: &dyn ReadAt) -> bool {
        self.end() <= data.len()
    }

    /// Where the next chunk starts.
    pub(super) fn end(&self) -> u64 {
        // The place was read from, so the sum cannot overflow.
        self.start + AROUND as u64 + u64::from(self.len)
    }
}

/// The data of a chunk that was read.
pub(super) fn body(chunk: &[u8]) -> &[u8] {
    chunk.get(8..chunk.len().saturating_sub(4)).unwrap_or_default()
}

/// Walks from chunk to chunk, to the last one or as far as the file goes.
#[derive(Debug)]
pub(super) struct Chunks<'a> {
    data: &'a dyn ReadAt,
    at: u64,
    left: usize,
}

impl<'a> Chunks<'a> {
    /// A walk over a file with the signature.
    pub(super) fn new(data: &'a dyn ReadAt) -> Result<Self, DecodeError> {
        let mut signature = [0; SIGNATURE.len()];
        data.read_exact_at(&mut signature, 0)?;
        if signature != *SIGNATURE {
            return Err(DecodeError::Malformed("it does not start as a PNG file".into()));
        }
        Ok(Self { data, at: SIGNATURE.len() as u64, left: MAX_CHUNKS })
    }
}

impl Iterator for Chunks<'_> {
    type Item = Result<Chunk, DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let mut head = [0; 8];
        if self.at.checked_add(head.len() as u64)? > self.data.len() {
            return None;
        }
        if let Err(error) = self.data.read_exact_at(&mut head, self.at) {
            self.left = 0;
            return Some(Err(error.into()));
        }
        let [l3, l2, l1, l0, name @ ..] = head;
        let chunk = Chunk { name, start: self.at, len: u32::from_be_bytes([l3, l2, l1, l0]) };
        self.at = chunk.end();
        if chunk.name == *b"IEND" {
            self.left = 0;
        }
        Some(Ok(chunk))
    }
}

/// The first bytes of each file.
pub(super) const SIGNATURE: &[u8; 8] = b"\x89PNG\r\n\x1a\n";

/// Bytes of a chunk beside its data.
const AROUND: usize = 12;

/// Chunks that are looked at; bounds the reads of an open. What a file has to say is in the first
/// ones, before the picture data, which some writers cut into many chunks.
const MAX_CHUNKS: usize = 4096;

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    /// IEND with its checksum as every PNG file has it.
    const IEND: &[u8] = b"\0\0\0\0IEND\xae\x42\x60\x82";

    fn walk(chunks: &[&[u8]]) -> (Bytes, Vec<Chunk>) {
        let data = Bytes::from([&SIGNATURE[..], &chunks.concat()].concat());
        let found = Chunks::new(&data).unwrap().collect::<Result<_, _>>().unwrap();
        (data, found)
    }

    #[test]
    fn chunks_are_found_up_to_the_last_one() {
        let (data, found) = walk(&[b"\0\0\0\x03abcd123crc_", IEND, IEND]);
        let first = Chunk { name: *b"abcd", start: 8, len: 3 };
        assert_eq!(found, [first, Chunk { name: *b"IEND", start: 23, len: 0 }]);
        assert_eq!(first.read(&data, 9).unwrap(), None);
        assert_eq!(found[1].read(&data, 9).unwrap().unwrap(), IEND);
    }

    #[test]
    fn a_walk_ends_where_the_file_ends() {
        let (data, found) = walk(&[b"\xff\xff\xff\xffabcd123", b"\0\0"]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].read(&data, usize::MAX).unwrap(), None);
        let many = vec![&b"\0\0\0\0abcdcrc_"[..]; MAX_CHUNKS + 9];
        assert_eq!(walk(&many).1.len(), MAX_CHUNKS);
        assert!(Chunks::new(&Bytes::from_static(b"\x89PNG\r\n\x1a")).is_err());
    }
}
