//! The bytes a decoder is given: pieces of the file and of memory, one behind the other.

use std::io;

use crate::codec::ReadAt;

/// Something that can be read like one file.
#[derive(Debug)]
pub(super) struct Stream<'a> {
    source: &'a dyn ReadAt,
    pieces: Vec<Piece>,
    /// First place behind each piece.
    ends: Vec<u64>,
    position: u64,
    /// Bytes read ahead at most; grows as long as reads follow each other.
    ahead: usize,
    error: Option<io::Error>,
}

/// A run of bytes.
#[derive(Debug)]
pub(super) enum Piece {
    /// A part of the file, from and to.
    File(u64, u64),
    /// Bytes that are not in the file like this.
    Memory(Vec<u8>),
}

impl Piece {
    fn len(&self) -> u64 {
        match self {
            Self::File(from, to) => to.saturating_sub(*from),
            Self::Memory(bytes) => bytes.len() as u64,
        }
    }
}

/// Pieces of a stream, as few as there can be.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    pieces: Vec<Piece>,
    length: u64,
}

impl Pieces {
    /// Adds bytes.
    pub(super) fn put(&mut self, bytes: &[u8]) {
        self.length += bytes.len() as u64;
        if let Some(Piece::Memory(last)) = self.pieces.last_mut() {
            last.extend_from_slice(bytes);
        } else {
            self.pieces.push(Piece::Memory(bytes.to_vec()));
        }
    }

    /// Adds a part of the file.
    pub(super) fn refer(&mut self, from: u64, to: u64) {
        self.length += to.saturating_sub(from);
        match self.pieces.last_mut() {
            Some(Piece::File(_, end)) if *end == from => *end = to,
            _ => self.pieces.push(Piece::File(from, to)),
        }
    }

    /// Adds all of others.
    pub(super) fn append(&mut self, other: Self) {
        self.length += other.length;
        self.pieces.extend(other.pieces);
    }

    /// Number of bytes.
    pub(super) fn len(&self) -> u64 {
        self.length
    }

    /// Number of pieces.
    pub(super) fn count(&self) -> usize {
        self.pieces.len()
    }

    pub(super) fn into_vec(self) -> Vec<Piece> {
        self.pieces
    }
}

impl<'a> Stream<'a> {
    pub(super) fn new(source: &'a dyn ReadAt, pieces: Vec<Piece>) -> Self {
        let mut end = 0_u64;
        let ends = pieces.iter().map(|piece| {
            end = end.saturating_add(piece.len());
            end
        });
        let ends = ends.collect();
        Self { source, pieces, ends, position: 0, ahead: FIRST_READ, error: None }
    }

    pub(super) fn len(&self) -> u64 {
        self.ends.last().copied().unwrap_or(0)
    }

    /// Fills the front of a buffer and says how much of it; `None` at the end and after an error.
    ///
    /// Reads of up to [`BUFFER`] bytes are the decoder filling its buffer, most of which it skips
    /// when it is looking for a tile-part: then little is read.
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> Option<usize> {
        let most = if buffer.len() <= BUFFER { self.ahead } else { usize::MAX };
        self.ahead = (self.ahead * 2).min(BUFFER);
        let wanted = buffer.len().min(most);
        let mut buffer = buffer.get_mut(..wanted)?;
        let mut filled = 0;
        while !buffer.is_empty() {
            let index = self.ends.partition_point(|end| *end <= self.position);
            let (Some(piece), Some(end)) = (self.pieces.get(index), self.ends.get(index)) else {
                break;
            };
            let left = end - self.position;
            let count = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
            let (part, rest) = buffer.split_at_mut(count);
            match piece {
                Piece::Memory(bytes) => {
                    let start = bytes.len() - usize::try_from(left).ok()?;
                    part.copy_from_slice(bytes.get(start..start + count)?);
                }
                Piece::File(_, to) => {
                    if let Err(error) = self.source.read_exact_at(part, to - left) {
                        self.error.get_or_insert(error);
                        return None;
                    }
                }
            }
            self.position += count as u64;
            filled += count;
            buffer = rest;
        }
        (filled > 0).then_some(filled)
    }

    /// Goes to a place; `false` beyond the end.
    pub(super) fn seek(&mut self, place: u64) -> bool {
        if place > self.len() {
            return false;
        }
        if place != self.position {
            self.ahead = FIRST_READ;
        }
        self.position = place;
        true
    }

    /// Goes forwards, and says how far.
    pub(super) fn skip(&mut self, count: u64) -> u64 {
        let from = self.position;
        self.seek(from.saturating_add(count).min(self.len()));
        self.position - from
    }

    /// What went wrong when reading the file.
    pub(super) fn into_error(self) -> Option<io::Error> {
        self.error
    }
}

/// Buffer of a decoder.
pub(super) const BUFFER: usize = 64 << 10;

/// First read after a jump: the header of a tile-part and its first packets.
const FIRST_READ: usize = 1 << 10;

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    #[test]
    fn pieces_are_read_like_one_file() {
        let file = Bytes::from_static(b"0123456789");
        let pieces = vec![
            Piece::Memory(b"abc".to_vec()),
            Piece::File(2, 5),
            Piece::Memory(Vec::new()),
            Piece::File(9, 10),
        ];
        let mut stream = Stream::new(&file, pieces);
        assert_eq!(stream.len(), 7);
        let mut buffer = [0; 16];
        assert_eq!(stream.read(&mut buffer), Some(7));
        assert_eq!(&buffer[..7], b"abc2349");
        assert_eq!(stream.read(&mut buffer), None);
        assert!(stream.seek(2));
        assert_eq!(stream.skip(2), 2);
        assert_eq!(stream.read(&mut buffer[..2]), Some(2));
        assert_eq!(&buffer[..2], b"34");
        assert_eq!(stream.skip(9), 1);
        assert!(!stream.seek(8));
        assert!(stream.into_error().is_none());
    }

    #[test]
    fn neighbours_become_one_piece() {
        let mut pieces = Pieces::default();
        pieces.put(b"ab");
        pieces.put(b"c");
        pieces.refer(2, 3);
        pieces.refer(3, 5);
        pieces.refer(9, 10);
        assert_eq!((pieces.count(), pieces.len()), (3, 7));
        let file = Bytes::from_static(b"0123456789");
        let mut stream = Stream::new(&file, pieces.into_vec());
        let mut buffer = [0; 16];
        assert_eq!(stream.read(&mut buffer), Some(7));
        assert_eq!(&buffer[..7], b"abc2349");
    }

    #[test]
    fn little_is_read_after_a_jump() {
        let file = Bytes::from(vec![0; 1 << 20]);
        let mut stream = Stream::new(&file, vec![Piece::File(0, 1 << 20)]);
        let mut buffer = vec![0; BUFFER];
        let reads: Vec<_> = (0..8).filter_map(|_| stream.read(&mut buffer)).collect();
        assert_eq!(reads[..3], [1024, 2048, 4096]);
        assert_eq!(reads[7], BUFFER);
        stream.seek(1000);
        assert_eq!(stream.read(&mut buffer), Some(1024));
        // A read of what is wanted, not ahead.
        let mut tile = vec![0; BUFFER + 1];
        assert_eq!(stream.read(&mut tile), Some(BUFFER + 1));
    }

    #[test]
    fn a_file_that_shrank_is_an_error() {
        let file = Bytes::from_static(b"0123456789");
        let mut stream = Stream::new(&file, vec![Piece::File(5, 20)]);
        assert_eq!(stream.read(&mut [0; 16]), None);
        assert!(stream.into_error().is_some());
    }
}
