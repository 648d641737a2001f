use std::io::IoSlice;

use bytes::{Buf, Bytes};

use super::record::{Header, ProtocolStatus, RecordType, RequestId};
use super::reply;

/// A complete answer on its way out: STDOUT records with headers and body, the empty record that
/// ends STDOUT, and `END_REQUEST`.
///
/// A [`Buf`] whose slices point into headers and body, so that a vectored write sends everything
/// at once and a partial write goes on where it stopped. The payload is never copied, and all
/// records begin at multiples of eight bytes.
#[derive(Clone, Debug)]
pub struct Frames {
    headers: Bytes,
    body: Bytes,
    /// Header of each record but the last: all of them are full.
    full: [u8; Header::LEN],
    /// Header of the last record with payload.
    last: [u8; Header::LEN],
    /// Padding of the last record, end of STDOUT, `END_REQUEST`.
    tail: [u8; TAIL],
    /// How much of the padding at the front of `tail` is not used.
    unused: usize,
    /// Bytes that are written.
    at: usize,
}

impl Frames {
    /// The answer to this request. `headers` end with an empty line, as CGI wants.
    #[expect(clippy::missing_panics_doc, reason = "no argument can cause one")]
    pub fn new(id: RequestId, headers: Bytes, body: Bytes) -> Self {
        let payload = headers.len() + body.len();
        let rest = match payload % FULL {
            0 if payload > 0 => FULL,
            rest => rest,
        };
        let padding = rest.next_multiple_of(8) - rest;
        let header = |content: usize, padding: usize| {
            let content = u16::try_from(content).expect("content is at most FULL");
            let padding = u8::try_from(padding).expect("padding is at most MAX_PADDING");
            Header { padding, ..Header::new(RecordType::Stdout, Some(id), content) }.to_bytes()
        };
        let end_request = reply::end_request_bytes(id, 0, ProtocolStatus::RequestComplete);
        let ends = header(0, 0).into_iter().chain(end_request);
        let mut tail = [0; TAIL];
        for (slot, byte) in tail.iter_mut().skip(MAX_PADDING).zip(ends) {
            *slot = byte;
        }
        let (full, last) = (header(FULL, 0), header(rest, padding));
        Self { headers, body, full, last, tail, unused: MAX_PADDING - padding, at: 0 }
    }

    /// The longest slice that begins at this byte of the answer.
    fn piece(&self, at: usize) -> &[u8] {
        let framed = self.framed();
        if at >= framed {
            return self.tail.get(self.unused + at - framed..).unwrap_or_default();
        }
        let (record, within) = (at / STRIDE, at % STRIDE);
        let Some(content) = within.checked_sub(Header::LEN) else {
            let header = if (record + 1) * STRIDE < framed { &self.full } else { &self.last };
            return header.get(within..).unwrap_or_default();
        };
        let start = record * FULL + content;
        let end = ((record + 1) * FULL).min(self.payload());
        let border = self.headers.len();
        let piece = match start.checked_sub(border) {
            None => self.headers.get(start..end.min(border)),
            Some(start) => self.body.get(start..end - border),
        };
        piece.unwrap_or_default()
    }

    fn payload(&self) -> usize {
        self.headers.len() + self.body.len()
    }

    /// Bytes of the records that carry payload, without padding.
    fn framed(&self) -> usize {
        self.payload() + self.payload().div_ceil(FULL) * Header::LEN
    }
}

impl Buf for Frames {
    fn remaining(&self) -> usize {
        self.framed() + TAIL - self.unused - self.at
    }

    fn chunk(&self) -> &[u8] {
        self.piece(self.at)
    }

    fn chunks_vectored<'a>(&'a self, slices: &mut [IoSlice<'a>]) -> usize {
        let mut at = self.at;
        let mut filled = 0;
        for slice in slices {
            let piece = self.piece(at);
            if piece.is_empty() {
                break;
            }
            *slice = IoSlice::new(piece);
            at += piece.len();
            filled += 1;
        }
        filled
    }

    fn advance(&mut self, count: usize) {
        assert!(count <= self.remaining(), "nobody writes more than there is");
        self.at += count;
    }
}

/// Content of a full record: the most that needs no padding.
const FULL: usize = 65528;
const STRIDE: usize = Header::LEN + FULL;
const MAX_PADDING: usize = 7;
const TAIL: usize = MAX_PADDING + Header::LEN + 2 * Header::LEN;

#[cfg(test)]
mod tests {
    use super::*;

    fn id() -> RequestId {
        RequestId::new(0x0203).unwrap()
    }

    fn frames(headers: usize, body: usize) -> Frames {
        Frames::new(id(), vec![b'h'; headers].into(), vec![b'b'; body].into())
    }

    fn written(mut frames: Frames) -> Vec<u8> {
        frames.copy_to_bytes(frames.remaining()).into()
    }

    /// Content of the records of an answer, checked record by record against the specification.
    fn contents(mut wire: &[u8]) -> Vec<(u8, Vec<u8>)> {
        let mut records = Vec::new();
        while let &[1, kind, 2, 3, len1, len0, padding, 0, ref rest @ ..] = wire {
            let length = usize::from(len1) * 256 + usize::from(len0);
            assert_eq!((8 + length + usize::from(padding)) % 8, 0);
            records.push((kind, rest[..length].to_vec()));
            wire = &rest[length + usize::from(padding)..];
        }
        assert_eq!(wire, b"");
        records
    }

    #[test]
    fn a_small_answer_is_the_bytes_of_the_specification() {
        let frames = Frames::new(id(), Bytes::from_static(b"A: b\r\n\r\n"), Bytes::from("xy"));
        let expected = [
            &[1, 6, 2, 3, 0, 10, 6, 0][..],
            b"A: b\r\n\r\nxy",
            &[0; 6],
            &[1, 6, 2, 3, 0, 0, 0, 0],
            &[1, 3, 2, 3, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        ];
        assert_eq!(written(frames), expected.concat());
    }

    #[test]
    fn payloads_of_all_sizes_come_out_whole() {
        let around = |size: usize| [size - 1, size, size + 1];
        let sizes = [vec![0, 1, 7, 8, 9], around(FULL).into(), around(2 * FULL).into()].concat();
        for body in sizes {
            for headers in [0, 5, FULL, FULL + 3] {
                let records = contents(&written(frames(headers, body)));
                let (stdout, ends) = records.split_at(records.len() - 2);
                assert_eq!(ends, [(6, vec![]), (3, vec![0; 8])]);
                assert!(stdout.iter().all(|(kind, content)| *kind == 6 && !content.is_empty()));
                assert_eq!(stdout.len(), (headers + body).div_ceil(FULL));
                let payload: Vec<u8> = stdout.iter().flat_map(|(_, bytes)| bytes.clone()).collect();
                assert_eq!(payload, [vec![b'h'; headers], vec![b'b'; body]].concat());
            }
        }
    }

    #[test]
    fn slices_are_those_of_the_payload_and_one_write_takes_them_all() {
        let (headers, body) = (Bytes::from_static(b"headers"), Bytes::from(vec![0; 5_000_000]));
        let frames = Frames::new(id(), headers.clone(), body.clone());
        let mut slices = [IoSlice::new(&[]); 200];
        let filled = frames.chunks_vectored(&mut slices);
        let records = 5_000_007_usize.div_ceil(FULL);
        assert_eq!(filled, 2 * records + 2, "headers and body share a record, one tail");
        assert_eq!(slices.iter().map(|slice| slice.len()).sum::<usize>(), frames.remaining());
        assert_eq!(slices[1].as_ptr(), headers.as_ptr());
        assert_eq!(slices[2].as_ptr(), body.as_ptr());
        assert_eq!(slices[4].as_ptr(), body[FULL - 7..].as_ptr());
    }

    #[test]
    fn a_write_may_stop_anywhere() {
        let frames = frames(11, FULL + 20);
        let whole = written(frames.clone());
        for stop in (0..60).chain(STRIDE - 20..whole.len()) {
            let mut rest = frames.clone();
            rest.advance(stop);
            assert_eq!(rest.remaining(), whole.len() - stop);
            let mut slices = [IoSlice::new(&[]); 8];
            let filled = rest.chunks_vectored(&mut slices);
            let slices: Vec<u8> =
                slices[..filled].iter().flat_map(|slice| slice.to_vec()).collect();
            assert!(slices == whole[stop..], "stopped at {stop}");
        }
    }
}
