//! The chunks a decoder needs, as one stream.

use std::io::{self, Read, Seek, SeekFrom};

use crate::codec::ReadAt;

/// Bytes of memory, followed by those of a file from some place on.
///
/// A decoder that reads this meets no chunks but those that were checked before, and the picture
/// data.
#[derive(Debug)]
pub(super) struct Spliced<'a> {
    before: &'a [u8],
    data: &'a dyn ReadAt,
    from: u64,
    at: u64,
}

impl<'a> Spliced<'a> {
    /// `before`, and then the file from `from` on.
    pub(super) fn new(before: &'a [u8], data: &'a dyn ReadAt, from: u64) -> Self {
        Self { before, data, from, at: 0 }
    }
}

impl Read for Spliced<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let (done, before) = (self.at, self.before.len() as u64);
        let count = if done < before {
            let start = usize::try_from(done).unwrap_or(usize::MAX);
            self.before.get(start..).unwrap_or_default().read(buffer)?
        } else {
            let place = self.from.saturating_add(done - before);
            let left = usize::try_from(self.data.len().saturating_sub(place)).unwrap_or(usize::MAX);
            let count = left.min(buffer.len());
            if count > 0 {
                self.data.read_exact_at(buffer.get_mut(..count).unwrap_or_default(), place)?;
            }
            count
        };
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Spliced<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let end = self.before.len() as u64 + self.data.len().saturating_sub(self.from);
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => end.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    #[test]
    fn memory_and_file_are_one_stream() {
        let data = Bytes::from_static(b"0123456789");
        let mut stream = Spliced::new(b"abc", &data, 7);
        let mut all = String::new();
        stream.read_to_string(&mut all).unwrap();
        assert_eq!(all, "abc789");
        assert_eq!(stream.seek(SeekFrom::Current(-4)).unwrap(), 2);
        all.clear();
        stream.read_to_string(&mut all).unwrap();
        assert_eq!(all, "c789");
        assert_eq!(stream.seek(SeekFrom::End(-1)).unwrap(), 5);
        assert_eq!(stream.seek(SeekFrom::Start(99)).unwrap(), 99);
        assert_eq!(stream.read(&mut [0; 4]).unwrap(), 0);
        assert!(stream.seek(SeekFrom::Current(-100)).is_err());
    }
}
