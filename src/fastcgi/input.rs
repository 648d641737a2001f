use bytes::{Buf, Bytes, BytesMut};

use super::Error;
use super::record::Header;

/// Bytes that were read, seen as records.
#[derive(Debug, Default)]
pub(super) struct Input {
    buffer: BytesMut,
    /// Bytes that are still to come and mean nothing: padding and records that are ignored.
    skip: usize,
}

impl Input {
    /// Where to append what is read.
    pub(super) fn buffer(&mut self) -> &mut BytesMut {
        // A new block for many small requests, not one for each: slices of the old block may
        // still be in use and keep it from being used again.
        if self.buffer.capacity() - self.buffer.len() < MIN_ROOM {
            self.buffer.reserve(ROOM);
        }
        &mut self.buffer
    }

    /// The header of the next record, which stays in the buffer; `None` when more is needed.
    pub(super) fn header(&mut self) -> Result<Option<Header>, Error> {
        let skipped = self.skip.min(self.buffer.len());
        self.buffer.advance(skipped);
        self.skip -= skipped;
        Header::read(&self.buffer)
    }

    /// Takes the record of this header and returns its content; `None` when more is needed.
    pub(super) fn take(&mut self, header: Header) -> Option<Bytes> {
        let length = usize::from(header.content);
        if self.buffer.len() < Header::LEN + length {
            return None;
        }
        self.buffer.advance(Header::LEN);
        self.skip = usize::from(header.padding);
        Some(self.buffer.split_to(length).freeze())
    }

    /// Drops the record of this header: what has come of it and, as it comes, the rest.
    pub(super) fn ignore(&mut self, header: Header) {
        self.skip = Header::LEN + usize::from(header.content) + usize::from(header.padding);
    }

    /// Whether nothing of a record has come that is still to be looked at.
    pub(super) fn is_empty(&self) -> bool {
        self.buffer.len() <= self.skip
    }

    /// Bytes that wait for the rest of their record.
    pub(super) fn held(&self) -> usize {
        self.buffer.len()
    }
}

const MIN_ROOM: usize = 2 << 10;
const ROOM: usize = 16 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_a_slice_of_what_was_read_and_padding_is_skipped_as_it_comes() {
        let mut input = Input::default();
        input.buffer().extend_from_slice(&[1, 5, 0, 1, 0, 2, 3, 0, b'h']);
        let header = input.header().unwrap().unwrap();
        assert_eq!(input.take(header), None);
        input.buffer().extend_from_slice(b"i?");
        let place = input.buffer()[8..].as_ptr();
        let content = input.take(header).unwrap();
        assert_eq!((&content[..], content.as_ptr()), (&b"hi"[..], place));
        assert_eq!(input.header(), Ok(None));
        input.buffer().extend_from_slice(b"??\x01");
        assert_eq!(input.header(), Ok(None));
        assert_eq!(input.held(), 1);
    }

    #[test]
    fn an_ignored_record_is_never_held() {
        let mut input = Input::default();
        input.buffer().extend_from_slice(&[1, 8, 0, 1, 0xff, 0xff, 0xff, 0]);
        let header = input.header().unwrap().unwrap();
        input.ignore(header);
        for _ in 0..(65535 + 255) / 10 {
            input.buffer().extend_from_slice(&[0; 10]);
            assert_eq!(input.header(), Ok(None));
            assert!(input.is_empty() && input.held() == 0);
        }
        input.buffer().extend_from_slice(&[1, 5, 0, 1, 0, 0, 0, 0]);
        assert!(input.header().unwrap().is_some());
    }

    #[test]
    fn small_records_share_a_block() {
        let mut input = Input::default();
        let capacity = input.buffer().capacity();
        let mut kept = Vec::new();
        for _ in 0..10 {
            input.buffer().extend_from_slice(&[1, 5, 0, 1, 0, 1, 0, 0, b'x']);
            let header = input.header().unwrap().unwrap();
            kept.extend(input.take(header));
        }
        assert_eq!(input.buffer().capacity(), capacity - 90);
    }
}
