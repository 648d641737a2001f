use bytes::{Buf, Bytes, BytesMut};

use super::record::{HEADER, Header, Kind, ProtocolStatus, RequestId, end_request};
use super::{Error, Params, name_value};

/// Bounds on one request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// Bytes of all parameters. Default 256 KiB.
    pub params: usize,
    /// Bytes of the body. Default 64 KiB.
    pub body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { params: 256 << 10, body: 64 << 10 }
    }
}

/// What came in.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Event {
    /// The peer does not want the answer to this request any more.
    Abort(RequestId),
    /// A request over a limit. It has to be answered like any other.
    Refused(Refusal),
    /// Bytes the protocol wants sent at once.
    Reply(Bytes),
    /// A whole request.
    Request(Request),
}

/// A whole request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Request {
    /// Its number.
    pub id: RequestId,
    /// Whether the connection stays open after the answer.
    pub keep_alive: bool,
    /// CGI variables.
    pub params: Params,
    /// Body.
    pub body: Bytes,
}

/// A request over a limit.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Refusal {
    /// Its number.
    pub id: RequestId,
    /// Whether the connection stays open after the answer.
    pub keep_alive: bool,
}

/// Turns the bytes of one connection into events.
///
/// Memory is bounded by the limits, one record, and what the driver reads at once.
#[derive(Debug)]
pub struct Decoder {
    buffer: BytesMut,
    limits: Limits,
    state: State,
}

#[derive(Debug)]
enum State {
    /// Between requests.
    Idle,
    /// A request is coming in.
    Receiving(Receiving),
    /// A request was handed out and is not answered yet.
    Answering(RequestId),
}

#[derive(Debug)]
struct Receiving {
    id: RequestId,
    keep_alive: bool,
    params: BytesMut,
    params_done: bool,
    body: BytesMut,
    too_large: bool,
}

struct Record {
    header: Header,
    content: BytesMut,
}

impl Decoder {
    /// A decoder for a new connection.
    pub fn new(limits: Limits) -> Self {
        Self { buffer: BytesMut::with_capacity(4096), limits, state: State::Idle }
    }

    /// Where the driver appends what it reads.
    pub fn buffer(&mut self) -> &mut BytesMut {
        &mut self.buffer
    }

    /// Whether no request is under way, so that the connection can be closed.
    pub fn is_idle(&self) -> bool {
        matches!(self.state, State::Idle) && self.buffer.is_empty()
    }

    /// The answer to the request in hand was sent: the next one may begin.
    pub fn finished(&mut self) {
        self.state = State::Idle;
    }

    /// The next event; `None` when more bytes are needed.
    pub fn event(&mut self) -> Result<Option<Event>, Error> {
        while let Some(record) = self.record()? {
            if let Some(event) = self.take(record)? {
                return Ok(Some(event));
            }
        }
        Ok(None)
    }

    /// Cuts a whole record from the buffer. Content is not copied.
    fn record(&mut self) -> Result<Option<Record>, Error> {
        let Some(header) = Header::read(&self.buffer)? else { return Ok(None) };
        let content = usize::from(header.content);
        let total = HEADER + content + usize::from(header.padding);
        if self.buffer.len() < total {
            self.buffer.reserve(total - self.buffer.len());
            return Ok(None);
        }
        let mut record = self.buffer.split_to(total);
        record.advance(HEADER);
        record.truncate(content);
        Ok(Some(Record { header, content: record }))
    }

    fn take(&mut self, Record { header, content }: Record) -> Result<Option<Event>, Error> {
        let Some(id) = RequestId::new(header.id) else {
            return Ok(Some(Event::Reply(management(header.kind, &content))));
        };
        match Kind::from_byte(header.kind) {
            Some(Kind::BeginRequest) => self.begin(id, &content),
            Some(Kind::AbortRequest) => Ok(self.abort(id)),
            Some(Kind::Params) => {
                self.params(id, content);
                Ok(None)
            }
            Some(Kind::Stdin) => self.stdin(id, content),
            // Records an application sends, a data stream for filters, or nothing known: the
            // specification gives no answer to them inside a request.
            Some(_) | None => Ok(None),
        }
    }

    fn begin(&mut self, id: RequestId, content: &[u8]) -> Result<Option<Event>, Error> {
        const RESPONDER: u16 = 1;
        const KEEP_CONN: u8 = 1;
        let Ok(&[role1, role0, flags, ..]) = <&[u8; 8]>::try_from(content) else {
            return Err(Error::BeginLength(content.len()));
        };
        let refused = match &self.state {
            State::Idle if u16::from_be_bytes([role1, role0]) == RESPONDER => None,
            State::Idle => Some(ProtocolStatus::UnknownRole),
            State::Receiving(_) | State::Answering(_) => Some(ProtocolStatus::CantMpxConn),
        };
        if let Some(status) = refused {
            let reply = Bytes::copy_from_slice(&end_request(id.get(), status));
            return Ok(Some(Event::Reply(reply)));
        }
        self.state = State::Receiving(Receiving {
            id,
            keep_alive: flags & KEEP_CONN != 0,
            params: BytesMut::new(),
            params_done: false,
            body: BytesMut::new(),
            too_large: false,
        });
        Ok(None)
    }

    fn abort(&mut self, aborted: RequestId) -> Option<Event> {
        match &self.state {
            State::Receiving(request) if request.id == aborted => {
                self.state = State::Idle;
                let status = ProtocolStatus::RequestComplete;
                let reply = Bytes::copy_from_slice(&end_request(aborted.get(), status));
                Some(Event::Reply(reply))
            }
            State::Answering(id) if *id == aborted => Some(Event::Abort(aborted)),
            State::Answering(_) | State::Idle | State::Receiving(_) => None,
        }
    }

    fn params(&mut self, id: RequestId, content: BytesMut) {
        let limit = self.limits.params;
        let Some(request) = self.receiving(id) else { return };
        if content.is_empty() {
            request.params_done = true;
        } else if !request.params_done && !join(&mut request.params, content, limit) {
            request.too_large = true;
        }
    }

    fn stdin(&mut self, id: RequestId, content: BytesMut) -> Result<Option<Event>, Error> {
        let limit = self.limits.body;
        let Some(request) = self.receiving(id) else { return Ok(None) };
        if !content.is_empty() {
            if !join(&mut request.body, content, limit) {
                request.too_large = true;
            }
            return Ok(None);
        }
        let state = std::mem::replace(&mut self.state, State::Answering(id));
        let State::Receiving(request) = state else { return Ok(None) };
        let keep_alive = request.keep_alive;
        if request.too_large {
            return Ok(Some(Event::Refused(Refusal { id, keep_alive })));
        }
        let params = Params::new(request.params.freeze())?;
        let body = request.body.freeze();
        Ok(Some(Event::Request(Request { id, keep_alive, params, body })))
    }

    fn receiving(&mut self, id: RequestId) -> Option<&mut Receiving> {
        match &mut self.state {
            State::Receiving(request) if request.id == id => Some(request),
            State::Answering(_) | State::Idle | State::Receiving(_) => None,
        }
    }
}

/// Appends the content of a record, the first one without a copy. `false` when the limit is passed;
/// what was there is dropped then.
fn join(stream: &mut BytesMut, content: BytesMut, limit: usize) -> bool {
    if stream.len() + content.len() > limit {
        *stream = BytesMut::new();
        return false;
    }
    if stream.is_empty() {
        *stream = content;
    } else {
        stream.extend_from_slice(&content);
    }
    true
}

/// The answer to a management record (FastCGI 1.0, 4).
fn management(kind: u8, content: &[u8]) -> Bytes {
    const VALUES: [(&[u8], &[u8]); 3] =
        [(b"FCGI_MAX_CONNS", b"1024"), (b"FCGI_MAX_REQS", b"1024"), (b"FCGI_MPXS_CONNS", b"0")];
    if Kind::from_byte(kind) != Some(Kind::GetValues) {
        let mut reply = Header::new(Kind::UnknownType, 0, 8, 0).bytes().to_vec();
        reply.extend([kind, 0, 0, 0, 0, 0, 0, 0]);
        return reply.into();
    }
    let mut asked = Vec::new();
    let mut rest = content;
    while let Some((name, _)) = name_value::take(&mut rest) {
        asked.push(name);
    }
    let mut values = Vec::new();
    for (name, value) in VALUES.iter().filter(|(name, _)| asked.contains(name)) {
        name_value::put_short(&mut values, name, value);
    }
    let length = u16::try_from(values.len()).unwrap_or(0);
    let mut reply = Header::new(Kind::GetValuesResult, 0, length, 0).bytes().to_vec();
    reply.extend(values);
    reply.into()
}

/// Decodes any bytes whole and in pieces: events are the same, and memory stays bounded.
#[doc(hidden)]
pub fn fuzz(data: &[u8]) {
    const LIMITS: Limits = Limits { params: 512, body: 256 };
    let Some((&step, data)) = data.split_first() else { return };
    let decode = |step: usize| {
        let mut decoder = Decoder::new(LIMITS);
        let mut events = Vec::new();
        for piece in data.chunks(step) {
            decoder.buffer().extend_from_slice(piece);
            loop {
                match decoder.event() {
                    Ok(Some(event)) => {
                        // Every second request is answered at once, the others never.
                        if matches!(event, Event::Request(_) | Event::Refused(_))
                            && events.len() % 2 == 0
                        {
                            decoder.finished();
                        }
                        events.push(event);
                    }
                    Ok(None) => break,
                    Err(error) => return (events, Some(error)),
                }
            }
            if let State::Receiving(request) = &decoder.state {
                assert!(request.params.len() <= LIMITS.params);
                assert!(request.body.len() <= LIMITS.body);
            }
        }
        (events, None)
    };
    let whole = decode(data.len().max(1));
    assert_eq!(whole, decode(1));
    assert_eq!(whole, decode(usize::from(step) + 1));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn record(kind: u8, id: u16, content: &[u8], padding: u8) -> Vec<u8> {
        let [id1, id0] = id.to_be_bytes();
        let [length1, length0] = u16::try_from(content.len()).unwrap().to_be_bytes();
        let mut record = vec![1, kind, id1, id0, length1, length0, padding, 0];
        record.extend_from_slice(content);
        record.resize(record.len() + usize::from(padding), 0xaa);
        record
    }

    fn begin(id: u16, role: u8, flags: u8) -> Vec<u8> {
        record(1, id, &[0, role, flags, 0, 0, 0, 0, 0], 0)
    }

    fn request(id: u16) -> Vec<u8> {
        let params = [4, 3, b'N', b'A', b'M', b'E', b'a', b'b', b'c'];
        [
            begin(id, 1, 1),
            record(4, id, &params[..5], 3),
            record(4, id, &params[5..], 0),
            record(4, id, b"", 0),
            record(5, id, b"body", 4),
            record(5, id, b"", 0),
        ]
        .concat()
    }

    fn events(bytes: &[u8], limits: Limits) -> Result<Vec<Event>, Error> {
        let mut decoder = Decoder::new(limits);
        decoder.buffer().extend_from_slice(bytes);
        std::iter::from_fn(|| decoder.event().transpose()).collect()
    }

    #[test]
    fn split_and_padded_records_make_one_request() {
        let events = events(&request(0xfffe), Limits::default()).unwrap();
        let [Event::Request(request)] = events.as_slice() else { panic!("{events:?}") };
        assert_eq!(request.id.get(), 0xfffe);
        assert!(request.keep_alive);
        assert_eq!(request.params.value(b"NAME"), Some(&b"abc"[..]));
        assert_eq!(request.body.as_ref(), b"body");
    }

    #[test]
    fn a_second_request_on_a_busy_connection_is_refused() {
        let bytes = [request(1), request(2)].concat();
        let events = events(&bytes, Limits::default()).unwrap();
        let refused = Bytes::from_static(&[1, 3, 0, 2, 0, 8, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0]);
        assert!(matches!(events[0], Event::Request(_)));
        assert_eq!(events[1..], [Event::Reply(refused)]);
    }

    #[test]
    fn after_the_answer_the_next_request_begins() {
        let mut decoder = Decoder::new(Limits::default());
        decoder.buffer().extend_from_slice(&request(1));
        assert!(matches!(decoder.event(), Ok(Some(Event::Request(_)))));
        decoder.finished();
        assert!(decoder.is_idle());
        decoder.buffer().extend_from_slice(&request(1));
        assert!(matches!(decoder.event(), Ok(Some(Event::Request(_)))));
    }

    #[test]
    fn other_roles_are_refused() {
        let events = events(&begin(1, 2, 0), Limits::default()).unwrap();
        let unknown_role = Bytes::from_static(&[1, 3, 0, 1, 0, 8, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0]);
        assert_eq!(events, [Event::Reply(unknown_role)]);
    }

    #[test]
    fn values_are_told_and_unknown_management_is_answered() {
        let asked = b"\x0f\x00FCGI_MPXS_CONNS\x03\x00FOO";
        let told = b"\x01\x0a\0\0\0\x12\0\0\x0f\x01FCGI_MPXS_CONNS0";
        let bytes = [record(9, 0, asked, 1), record(77, 0, b"", 0)].concat();
        let events = events(&bytes, Limits::default()).unwrap();
        let unknown = [1, 11, 0, 0, 0, 8, 0, 0, 77, 0, 0, 0, 0, 0, 0, 0];
        let expected =
            [Event::Reply(Bytes::from_static(told)), Event::Reply(unknown.to_vec().into())];
        assert_eq!(events, expected);
    }

    #[test]
    fn a_request_can_be_aborted_before_and_after_it_is_whole() {
        let abort = record(2, 1, b"", 0);
        let early = events(&[begin(1, 1, 0), abort.clone()].concat(), Limits::default()).unwrap();
        assert!(matches!(early.as_slice(), [Event::Reply(_)]));
        let late = events(&[request(1), abort].concat(), Limits::default()).unwrap();
        assert_eq!(late[1], Event::Abort(RequestId::new(1).unwrap()));
    }

    #[test]
    fn requests_over_a_limit_are_refused_when_they_end() {
        let refusal = Refusal { id: RequestId::new(1).unwrap(), keep_alive: true };
        for limits in [Limits { params: 8, body: 99 }, Limits { params: 99, body: 3 }] {
            assert_eq!(events(&request(1), limits), Ok(vec![Event::Refused(refusal)]));
        }
    }

    #[test]
    fn records_of_unknown_requests_are_passed_over() {
        let strays = [record(4, 9, b"x", 0), record(5, 9, b"", 0), record(6, 1, b"x", 0)].concat();
        let events = events(&[strays, request(1)].concat(), Limits::default()).unwrap();
        assert_eq!(events.len(), 1);
    }

    #[test]
    fn bytes_that_are_not_fastcgi_end_the_connection() {
        let limits = Limits::default();
        assert_eq!(events(b"GET / HTTP/1.1\r\n", limits), Err(Error::Version(b'G')));
        assert_eq!(events(&record(1, 1, b"short", 0), limits), Err(Error::BeginLength(5)));
        let forged = [
            begin(1, 1, 0),
            record(4, 1, &[0xff, 0xff, 0xff, 0xff, 0], 0),
            record(4, 1, b"", 0),
            record(5, 1, b"", 0),
        ];
        assert_eq!(events(&forged.concat(), limits), Err(Error::Params));
    }

    proptest! {
        #[test]
        fn any_bytes_are_decoded_alike_in_any_pieces(data: Vec<u8>) {
            fuzz(&data);
        }

        #[test]
        fn damaged_requests_are_decoded_alike_in_any_pieces(
            step: u8,
            (at, byte) in (0_usize..120, any::<u8>()),
        ) {
            let mut data = [vec![step], request(1), request(1)].concat();
            let at = at % data.len();
            data[at] = byte;
            fuzz(&data);
        }
    }
}
