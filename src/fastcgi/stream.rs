use bytes::Bytes;

/// A stream put together from its records: a slice of the read buffer while it has one record,
/// a copy from the second on.
#[derive(Debug)]
pub(super) struct Stream {
    limit: usize,
    only: Bytes,
    joined: Vec<u8>,
    ended: bool,
}

impl Stream {
    /// A stream that may become this long.
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, only: Bytes::new(), joined: Vec::new(), ended: false }
    }

    /// Appends the content of a record, which must fit; an empty one ends the stream.
    pub(super) fn push(&mut self, content: Bytes) {
        if content.is_empty() {
            self.ended = true;
        } else if self.len() == 0 {
            self.only = content;
        } else {
            let needed = self.len() + content.len();
            if self.joined.capacity() < needed {
                // Plain doubling would allocate up to twice the limit.
                let room = needed.saturating_mul(2).min(self.limit).max(needed);
                self.joined.reserve_exact(room - self.joined.len());
            }
            self.joined.extend_from_slice(&std::mem::take(&mut self.only));
            self.joined.extend_from_slice(&content);
        }
    }

    /// The value of the stream, which is empty afterwards.
    pub(super) fn take(&mut self) -> Bytes {
        let only = std::mem::take(&mut self.only);
        if self.joined.is_empty() { only } else { std::mem::take(&mut self.joined).into() }
    }

    /// Whether so many more bytes stay within the limit.
    pub(super) fn fits(&self, more: u16) -> bool {
        usize::from(more) <= self.limit.saturating_sub(self.len())
    }

    /// Whether the record that ends the stream has come.
    pub(super) fn ended(&self) -> bool {
        self.ended
    }

    /// Bytes kept alive for the stream, not counting the read buffer.
    pub(super) fn held(&self) -> usize {
        self.only.len() + self.joined.capacity()
    }

    fn len(&self) -> usize {
        self.only.len() + self.joined.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_record_is_not_copied() {
        let content = Bytes::from_static(b"abc");
        let mut stream = Stream::new(3);
        stream.push(content.clone());
        assert_eq!(stream.take().as_ptr(), content.as_ptr());
    }

    #[test]
    fn records_are_joined_and_never_hold_more_than_the_limit() {
        let mut stream = Stream::new(100);
        for byte in 0..100 {
            assert!(stream.fits(1));
            stream.push(Bytes::copy_from_slice(&[byte]));
            assert!(stream.held() <= 100);
        }
        assert!(!stream.fits(1) && stream.fits(0) && !stream.ended());
        stream.push(Bytes::new());
        assert!(stream.ended());
        assert_eq!(stream.take(), (0..100).collect::<Vec<u8>>());
    }
}
