//! A small blocking HTTP/1.1 client (RFC 9112).

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use super::Answer;

/// A kept connection.
pub(crate) struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

impl Connection {
    pub(crate) fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        Self { stream, received: Vec::new() }
    }

    /// Sends a request and reads its answer.
    pub(crate) fn request(
        &mut self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        self.send(method, target, headers, body);
        self.answer(method)
    }

    /// Sends a request.
    pub(crate) fn send(
        &mut self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) {
        let mut text = format!("{method} {target} HTTP/1.1\r\n");
        if headers.iter().all(|header| header.0 != "Host") {
            text.push_str("Host: example.org\r\n");
        }
        for (name, value) in headers {
            text.extend([name, ": ", value, "\r\n"]);
        }
        if !body.is_empty() {
            text.extend(["Content-Length: ", &body.len().to_string(), "\r\n"]);
        }
        text.push_str("\r\n");
        let bytes = [text.as_bytes(), body].concat();
        // A server that refuses what is too long may have closed before the end was sent.
        let _ = self.stream.write_all(&bytes);
    }

    /// Reads the answer to a request of this method.
    pub(crate) fn answer(&mut self, method: &str) -> Answer {
        let end = loop {
            if let Some(end) = self.received.windows(4).position(|end| end == b"\r\n\r\n") {
                break end;
            }
            assert!(self.read() > 0, "closed before an answer");
        };
        let head = String::from_utf8(self.received[..end].to_vec()).unwrap();
        self.received.drain(..end + 4);
        let (line, head) = head.split_once("\r\n").unwrap_or((&head, ""));
        let status = line.strip_prefix("HTTP/1.1 ").unwrap().get(..3).unwrap().parse().unwrap();
        let mut answer = Answer::parse(status, head, Vec::new());
        if method != "HEAD" && !matches!(status, 204 | 304) {
            let length = answer.header("Content-Length").expect("Content-Length is always sent");
            let length: usize = length.parse().unwrap();
            while self.received.len() < length {
                assert!(self.read() > 0, "closed inside a body");
            }
            answer.body = self.received.drain(..length).collect();
        }
        answer
    }

    /// Whether the server has closed, without anything more to say.
    pub(crate) fn is_closed(&mut self) -> bool {
        self.received.is_empty() && self.read() == 0
    }

    fn read(&mut self) -> usize {
        let mut buffer = [0; 16 << 10];
        let read = self.stream.read(&mut buffer).unwrap_or(0);
        self.received.extend_from_slice(&buffer[..read]);
        read
    }
}

/// One request on a connection of its own.
pub(crate) fn request(
    address: SocketAddr,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Answer {
    Connection::open(address).request(method, target, headers, body)
}
