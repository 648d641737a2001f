//! A small blocking FastCGI client, written from the FastCGI 1.0 specification.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use super::Answer;

/// Record types (specification, 8).
pub(crate) const BEGIN_REQUEST: u8 = 1;
pub(crate) const ABORT_REQUEST: u8 = 2;
pub(crate) const END_REQUEST: u8 = 3;
pub(crate) const PARAMS: u8 = 4;
pub(crate) const STDIN: u8 = 5;
pub(crate) const STDOUT: u8 = 6;
pub(crate) const GET_VALUES: u8 = 9;
pub(crate) const GET_VALUES_RESULT: u8 = 10;
pub(crate) const UNKNOWN_TYPE: u8 = 11;

/// Protocol statuses (specification, 5.5).
pub(crate) const REQUEST_COMPLETE: u8 = 0;
pub(crate) const CANT_MPX_CONN: u8 = 1;
pub(crate) const UNKNOWN_ROLE: u8 = 3;

/// A record as it was received.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Record {
    pub(crate) kind: u8,
    pub(crate) id: u16,
    pub(crate) content: Vec<u8>,
}

/// The bytes of a record (specification, 3.3).
pub(crate) fn record(kind: u8, id: u16, content: &[u8], padding: u8) -> Vec<u8> {
    let [id_high, id_low] = id.to_be_bytes();
    let [length_high, length_low] = u16::try_from(content.len()).unwrap().to_be_bytes();
    let mut bytes = vec![1, kind, id_high, id_low, length_high, length_low, padding, 0];
    bytes.extend_from_slice(content);
    bytes.resize(bytes.len() + usize::from(padding), 0xaa);
    bytes
}

/// The beginning of a request in a role; 1 is the responder (specification, 5.1).
pub(crate) fn begin(id: u16, role: u16, keep: bool) -> Vec<u8> {
    let [high, low] = role.to_be_bytes();
    record(BEGIN_REQUEST, id, &[high, low, u8::from(keep), 0, 0, 0, 0, 0], 0)
}

/// Name-value pairs (specification, 3.4).
pub(crate) fn pairs(pairs: &[(&str, &str)]) -> Vec<u8> {
    let length = |text: &str| {
        let length = u32::try_from(text.len()).unwrap();
        match u8::try_from(length) {
            Ok(short) if short < 128 => vec![short],
            _ => (length | 1 << 31).to_be_bytes().to_vec(),
        }
    };
    let pair = |(name, value): &(&str, &str)| {
        [length(name), length(value), name.as_bytes().to_vec(), value.as_bytes().to_vec()].concat()
    };
    pairs.iter().flat_map(pair).collect()
}

/// A whole request.
pub(crate) fn request(id: u16, params: &[(&str, &str)], body: &[u8], keep: bool) -> Vec<u8> {
    let mut bytes = begin(id, 1, keep);
    for part in pairs(params).chunks(60_000) {
        bytes.extend(record(PARAMS, id, part, 0));
    }
    bytes.extend(record(PARAMS, id, &[], 0));
    for part in body.chunks(60_000) {
        bytes.extend(record(STDIN, id, part, 0));
    }
    bytes.extend(record(STDIN, id, &[], 0));
    bytes
}

/// The variables of an IIP request.
pub(crate) fn iip(query: &str) -> Vec<(&str, &str)> {
    vec![
        ("REQUEST_METHOD", "GET"),
        ("REQUEST_URI", "/fcgi-bin/iipsrv.fcgi"),
        ("QUERY_STRING", query),
        ("HTTP_HOST", "example.org"),
    ]
}

/// A connection over TCP or a unix socket.
pub(crate) struct Connection {
    stream: Stream,
}

enum Stream {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl Connection {
    pub(crate) fn tcp(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream: Stream::Tcp(stream) }
    }

    pub(crate) fn unix(path: &Path) -> Self {
        let stream = UnixStream::connect(path).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        Self { stream: Stream::Unix(stream) }
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) {
        self.try_send(bytes).unwrap();
    }

    /// Sends to a server that may have closed already.
    pub(crate) fn try_send(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.stream {
            Stream::Tcp(stream) => stream.write_all(bytes),
            Stream::Unix(stream) => stream.write_all(bytes),
        }
    }

    /// The next record; `None` when the server has closed.
    pub(crate) fn receive(&mut self) -> Option<Record> {
        let mut header = [0; 8];
        self.read(&mut header)?;
        let [version, kind, id_high, id_low, length_high, length_low, padding, _] = header;
        assert_eq!(version, 1);
        let length = usize::from(u16::from_be_bytes([length_high, length_low]));
        let mut content = vec![0; length + usize::from(padding)];
        self.read(&mut content).expect("a record is sent whole");
        content.truncate(length);
        Some(Record { kind, id: u16::from_be_bytes([id_high, id_low]), content })
    }

    fn read(&mut self, buffer: &mut [u8]) -> Option<()> {
        match &mut self.stream {
            Stream::Tcp(stream) => stream.read_exact(buffer).ok(),
            Stream::Unix(stream) => stream.read_exact(buffer).ok(),
        }
    }

    /// The answer to a request: its output up to the end, which must be a normal one.
    pub(crate) fn answer(&mut self, id: u16) -> Answer {
        let mut output = Vec::new();
        let mut closed = false;
        loop {
            let record = self.receive().expect("an answer ends with END_REQUEST");
            assert_eq!(record.id, id);
            match record.kind {
                STDOUT => {
                    assert!(!closed, "output after its end");
                    closed = record.content.is_empty();
                    output.extend(record.content);
                }
                END_REQUEST => {
                    assert!(closed, "output was not closed");
                    assert_eq!(record.content[..5], [0, 0, 0, 0, REQUEST_COMPLETE]);
                    return parse(&output);
                }
                kind => panic!("record of type {kind} inside an answer"),
            }
        }
    }

    /// Sends a request and reads its answer.
    pub(crate) fn request(&mut self, id: u16, params: &[(&str, &str)], keep: bool) -> Answer {
        self.send(&request(id, params, &[], keep));
        self.answer(id)
    }
}

/// An answer in CGI form (RFC 3875, 6): without `Status` it is 200.
fn parse(output: &[u8]) -> Answer {
    let end = output.windows(4).position(|end| end == b"\r\n\r\n").expect("headers end");
    let head = std::str::from_utf8(&output[..end]).unwrap();
    let mut answer = Answer::parse(200, head, output[end + 4..].to_vec());
    if let Some(status) = answer.header("Status") {
        answer.status = status.get(..3).unwrap().parse().unwrap();
    }
    answer
}
