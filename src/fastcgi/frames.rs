use std::collections::VecDeque;
use std::io::IoSlice;

use bytes::{Buf, Bytes};

use super::RequestId;
use super::record::{Header, Kind, ProtocolStatus, end_request};

/// A whole answer as records, to be sent with few `writev` calls. Nothing of it is copied.
///
/// All content goes into `STDOUT` records of at most 65,528 bytes, so that none needs padding to
/// stay aligned to 8 bytes (FastCGI 1.0, 3.3); the last one is padded.
#[derive(Clone, Debug)]
pub struct Frames {
    parts: VecDeque<Bytes>,
    remaining: usize,
}

/// Longest content of a record that is a multiple of 8.
const MAX_CONTENT: usize = 65_528;

impl Frames {
    /// The answer to a request: CGI headers with their empty line, then the body.
    pub fn new(id: RequestId, headers: Bytes, body: Bytes) -> Self {
        let records = (headers.len() + body.len()).div_ceil(MAX_CONTENT);
        let mut frames = Self { parts: VecDeque::with_capacity(3 * records + 4), remaining: 0 };
        frames.stdout(id, [headers, body]);
        let mut end = Vec::with_capacity(24);
        end.extend(Header::new(Kind::Stdout, id.get(), 0, 0).bytes());
        end.extend(end_request(id.get(), ProtocolStatus::RequestComplete));
        frames.push(end.into());
        frames
    }

    /// Cuts content into records; a record takes up where the content before it ended.
    fn stdout(&mut self, id: RequestId, contents: [Bytes; 2]) {
        static PADDING: [u8; 8] = [0; 8];
        let mut left: usize = contents.iter().map(Bytes::len).sum();
        let mut room = 0;
        let mut padding = 0;
        for mut content in contents {
            while !content.is_empty() {
                if room == 0 {
                    room = left.min(MAX_CONTENT);
                    padding = room.wrapping_neg() % 8;
                    let length = u16::try_from(room).expect("a record is shorter than 64 KiB");
                    let pad = u8::try_from(padding).expect("padding is shorter than 8");
                    let header = Header::new(Kind::Stdout, id.get(), length, pad);
                    self.push(Bytes::copy_from_slice(&header.bytes()));
                }
                let part = content.split_to(content.len().min(room));
                room -= part.len();
                left -= part.len();
                self.push(part);
                if room == 0 {
                    self.push(Bytes::from_static(PADDING.get(..padding).unwrap_or_default()));
                }
            }
        }
    }

    fn push(&mut self, part: Bytes) {
        if !part.is_empty() {
            self.remaining += part.len();
            self.parts.push_back(part);
        }
    }
}

impl Buf for Frames {
    fn remaining(&self) -> usize {
        self.remaining
    }

    fn chunk(&self) -> &[u8] {
        self.parts.front().map_or(&[], Bytes::as_ref)
    }

    fn chunks_vectored<'a>(&'a self, slices: &mut [IoSlice<'a>]) -> usize {
        let filled = slices.iter_mut().zip(&self.parts).map(|(slice, part)| {
            *slice = IoSlice::new(part);
        });
        filled.count()
    }

    fn advance(&mut self, mut count: usize) {
        while count > 0 {
            let Some(part) = self.parts.front_mut() else { break };
            let taken = count.min(part.len());
            part.advance(taken);
            count -= taken;
            self.remaining -= taken;
            if part.is_empty() {
                self.parts.pop_front();
            }
        }
    }
}

/// The end of a request that was aborted: there is no answer.
pub fn aborted(id: RequestId) -> Bytes {
    Bytes::copy_from_slice(&end_request(id.get(), ProtocolStatus::RequestComplete))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Reads records by the letter of the specification.
    fn read(mut bytes: &[u8]) -> (Vec<u8>, Vec<(u8, usize)>) {
        let (mut stdout, mut records) = (Vec::new(), Vec::new());
        while let [1, kind, 0, 7, high, low, padding, 0, rest @ ..] = bytes {
            let length = usize::from(*high) * 256 + usize::from(*low);
            if *kind == 6 {
                stdout.extend_from_slice(&rest[..length]);
            }
            records.push((*kind, length));
            bytes = &rest[length + usize::from(*padding)..];
        }
        assert!(bytes.is_empty());
        (stdout, records)
    }

    fn frames(headers: &[u8], body: &[u8]) -> Frames {
        let id = RequestId::new(7).unwrap();
        Frames::new(id, Bytes::copy_from_slice(headers), Bytes::copy_from_slice(body))
    }

    #[test]
    fn a_small_answer_is_one_record_and_the_ends() {
        let mut frames = frames(b"A: b\r\n\r\n", b"xyz");
        let bytes = frames.copy_to_bytes(frames.remaining());
        assert_eq!(bytes.len() % 8, 0);
        let (stdout, records) = read(&bytes);
        assert_eq!(stdout, b"A: b\r\n\r\nxyz");
        assert_eq!(records, [(6, 11), (6, 0), (3, 8)]);
    }

    #[test]
    fn bodies_are_not_copied() {
        let body = Bytes::from(vec![7; 100_000]);
        let frames = Frames::new(RequestId::new(7).unwrap(), Bytes::new(), body.clone());
        assert_eq!(frames.parts[1].as_ptr(), body.as_ptr());
    }

    proptest! {
        #[test]
        fn any_answer_arrives_whole_however_it_is_sent(
            headers in 0_usize..70_000,
            body in 0_usize..200_000,
            step in 1_usize..100_000,
        ) {
            let (headers, body) = (vec![b'h'; headers], vec![b'b'; body]);
            let mut frames = frames(&headers, &body);
            let mut sent = Vec::new();
            while frames.has_remaining() {
                let mut slices = [IoSlice::new(&[]); 5];
                let filled = frames.chunks_vectored(&mut slices);
                let joined: Vec<u8> =
                    slices[..filled].iter().flat_map(|slice| slice.iter().copied()).collect();
                let taken = joined.len().min(step);
                sent.extend_from_slice(&joined[..taken]);
                frames.advance(taken);
            }
            let (stdout, records) = read(&sent);
            prop_assert_eq!(stdout, [headers, body].concat());
            prop_assert!(records.iter().all(|(_, length)| *length <= MAX_CONTENT));
        }
    }
}
