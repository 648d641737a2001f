use bytes::{Bytes, BytesMut};

use super::input::Input;
use super::record::{BeginRequest, Header, ProtocolStatus, RecordType, RequestId};
use super::request::Incoming;
use super::{Error, Limits, Params, Refusal, Request, reply};

/// What a web server asks on one connection, as a sequence of [`Event`]s.
///
/// Holds at most what [`Limits`] allow for one request, one record, and what the caller reads at
/// a time. All events are the same however the bytes are cut.
#[derive(Debug)]
pub struct Decoder {
    limits: Limits,
    input: Input,
    state: State,
}

/// What the caller has to act on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Event {
    /// The answer to this request is not wanted any more. Stop the work, finish the answer if it
    /// has begun or else send [`end_request`](super::end_request), then call
    /// [`Decoder::finished`]. May come more than once.
    Abort(RequestId),
    /// A request to answer with an error; then call [`Decoder::finished`]. What still comes for it
    /// is skipped.
    ///
    /// Its rest may still be on the way. Whoever closes the connection reads on for a while
    /// first: closing with bytes unread resets the connection, and the answer is lost.
    Refused {
        /// Its id.
        id: RequestId,
        /// Whether the connection stays open after the answer.
        keep_alive: bool,
        /// What is wrong with it.
        reason: Refusal,
    },
    /// A record to write at once, before an answer or behind it, never inside one of its records.
    Reply {
        /// The whole record.
        record: Bytes,
        /// Whether the connection stays open behind it.
        keep_alive: bool,
    },
    /// A whole request to answer; then call [`Decoder::finished`].
    Request(Request),
}

impl Decoder {
    /// A decoder for a new connection.
    pub fn new(limits: Limits) -> Self {
        Self { limits, input: Input::default(), state: State::Idle }
    }

    /// Where to append what is read from the connection; has room for 2 KiB at least.
    ///
    /// Take all events before reading more: what they have not used stays in this buffer.
    pub fn buffer(&mut self) -> &mut BytesMut {
        self.input.buffer()
    }

    /// The next event; `None` when more bytes are needed. After an error there are only errors.
    pub fn event(&mut self) -> Result<Option<Event>, Error> {
        if let State::Failed(error) = self.state {
            return Err(error);
        }
        self.next_event().inspect_err(|error| self.state = State::Failed(*error))
    }

    /// The answer to the request in hand is written: the next request may begin.
    ///
    /// Call it before the next [`event`](Self::event): a web server that has the answer may
    /// begin another request under the same id.
    pub fn finished(&mut self) {
        if let State::Answering(_) = self.state {
            self.state = State::Idle;
        }
    }

    /// Whether nothing has come since the last answer, so that closing loses nothing.
    pub fn is_idle(&self) -> bool {
        matches!(self.state, State::Idle) && self.input.is_empty()
    }

    /// Bytes kept for requests and records that are not complete.
    pub(super) fn held(&self) -> usize {
        let streams = match &self.state {
            State::Receiving(incoming) => incoming.params.held() + incoming.body.held(),
            State::Answering(_) | State::Failed(_) | State::Idle => 0,
        };
        self.input.held() + streams
    }

    fn next_event(&mut self) -> Result<Option<Event>, Error> {
        while let Some(header) = self.input.header()? {
            let step = match header.id {
                None => self.manage(header)?,
                Some(id) => self.advance(id, header)?,
            };
            match step {
                Step::Done => {}
                Step::Event(event) => return Ok(Some(event)),
                Step::Incomplete => return Ok(None),
            }
        }
        Ok(None)
    }

    /// Handles a management record.
    fn manage(&mut self, header: Header) -> Result<Step, Error> {
        match header.record_type() {
            Some(RecordType::GetValues) => {
                let Some(content) = self.input.take(header) else { return Ok(Step::Incomplete) };
                let names = Params::new(content)?;
                let asked = |name: &str| names.value(name.as_bytes()).is_some();
                Ok(Step::reply(reply::values(asked, self.limits.connections), true))
            }
            // Answers are not answered: two applications connected by mistake would never stop.
            Some(RecordType::GetValuesResult | RecordType::UnknownType) => Ok(self.ignore(header)),
            // Records of a request without an id are of no type that management knows.
            None
            | Some(
                RecordType::AbortRequest
                | RecordType::BeginRequest
                | RecordType::Data
                | RecordType::EndRequest
                | RecordType::Params
                | RecordType::Stderr
                | RecordType::Stdin
                | RecordType::Stdout,
            ) => {
                self.input.ignore(header);
                Ok(Step::reply(reply::unknown_type(header.type_number), true))
            }
        }
    }

    /// Handles a record of a request.
    fn advance(&mut self, id: RequestId, header: Header) -> Result<Step, Error> {
        match header.record_type() {
            Some(RecordType::BeginRequest) => self.begin(id, header),
            Some(RecordType::AbortRequest) => Ok(self.abort(id, header)),
            Some(RecordType::Params) => self.append(id, header, Refusal::ParamsTooLarge),
            Some(RecordType::Stdin) => self.append(id, header, Refusal::BodyTooLarge),
            // DATA is for filters, and nothing else is sent to applications.
            None
            | Some(
                RecordType::Data
                | RecordType::EndRequest
                | RecordType::GetValues
                | RecordType::GetValuesResult
                | RecordType::Stderr
                | RecordType::Stdout
                | RecordType::UnknownType,
            ) => Ok(self.ignore(header)),
        }
    }

    fn begin(&mut self, id: RequestId, header: Header) -> Result<Step, Error> {
        let length = header.content;
        if length != BeginRequest::LEN {
            return Err(Error::BeginLength { length });
        }
        let Some(content) = self.input.take(header) else { return Ok(Step::Incomplete) };
        let begin = BeginRequest::read(&content).ok_or(Error::BeginLength { length })?;
        match self.state.active() {
            Some(active) if active == id => Err(Error::BeginTwice(id)),
            Some(_) => {
                let record = reply::end_request(id, 0, ProtocolStatus::CantMpxConn);
                Ok(Step::reply(record, true))
            }
            None if !begin.responder => {
                let record = reply::end_request(id, 0, ProtocolStatus::UnknownRole);
                Ok(Step::reply(record, begin.keep_alive))
            }
            None => {
                self.state = State::Receiving(Incoming::new(id, begin, self.limits));
                Ok(Step::Done)
            }
        }
    }

    fn abort(&mut self, id: RequestId, header: Header) -> Step {
        self.input.ignore(header);
        if let Some(incoming) = self.state.receiving(id) {
            // The caller does not know the request, so it is ended here.
            let keep_alive = incoming.keep_alive;
            self.state = State::Idle;
            let record = reply::end_request(id, 0, ProtocolStatus::RequestComplete);
            return Step::reply(record, keep_alive);
        }
        if self.state.active() == Some(id) { Step::Event(Event::Abort(id)) } else { Step::Done }
    }

    /// Adds a record to the stream of the request that would be refused for this `reason`.
    fn append(&mut self, id: RequestId, header: Header, reason: Refusal) -> Result<Step, Error> {
        let Some(incoming) = self.state.receiving(id) else { return Ok(self.ignore(header)) };
        let stream = match reason {
            Refusal::BodyTooLarge => &mut incoming.body,
            Refusal::ParamsTooLarge => &mut incoming.params,
        };
        if stream.ended() && header.content > 0 {
            return Err(Error::StreamEnded(id));
        }
        // The header is enough to refuse: the content is never held.
        if !stream.fits(header.content) {
            let refused = Event::Refused { id, keep_alive: incoming.keep_alive, reason };
            self.state = State::Answering(id);
            self.input.ignore(header);
            return Ok(Step::Event(refused));
        }
        let Some(content) = self.input.take(header) else { return Ok(Step::Incomplete) };
        stream.push(content);
        let Some(request) = incoming.complete()? else { return Ok(Step::Done) };
        self.state = State::Answering(id);
        Ok(Step::Event(Event::Request(request)))
    }

    fn ignore(&mut self, header: Header) -> Step {
        self.input.ignore(header);
        Step::Done
    }
}

/// Where the one request of the connection stands.
#[derive(Debug)]
enum State {
    Answering(RequestId),
    Failed(Error),
    Idle,
    Receiving(Incoming),
}

impl State {
    /// The request that has begun and has not ended.
    fn active(&self) -> Option<RequestId> {
        match self {
            Self::Answering(id) => Some(*id),
            Self::Failed(_) | Self::Idle => None,
            Self::Receiving(incoming) => Some(incoming.id),
        }
    }

    /// The request of this id, if it is being received.
    fn receiving(&mut self, id: RequestId) -> Option<&mut Incoming> {
        match self {
            Self::Receiving(incoming) if incoming.id == id => Some(incoming),
            Self::Answering(_) | Self::Failed(_) | Self::Idle | Self::Receiving(_) => None,
        }
    }
}

/// What became of a record.
enum Step {
    /// It is dealt with.
    Done,
    /// It is dealt with, and the caller has to know.
    Event(Event),
    /// More of it is needed.
    Incomplete,
}

impl Step {
    fn reply(record: Bytes, keep_alive: bool) -> Self {
        Self::Event(Event::Reply { record, keep_alive })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEGIN: u8 = 1;
    const ABORT: u8 = 2;
    const PARAMS: u8 = 4;
    const STDIN: u8 = 5;
    const DATA: u8 = 8;
    const GET_VALUES: u8 = 9;
    const RESPONDER: [u8; 8] = [0, 1, 0, 0, 0, 0, 0, 0];
    const KEPT_RESPONDER: [u8; 8] = [0, 1, 1, 0, 0, 0, 0, 0];
    const METHOD: &[u8] = b"\x0e\x03REQUEST_METHODGET";

    fn id(number: u16) -> RequestId {
        RequestId::new(number).unwrap()
    }

    fn padded(kind: u8, id: u16, content: &[u8], padding: u8) -> Vec<u8> {
        let [id1, id0] = id.to_be_bytes();
        let [len1, len0] = u16::try_from(content.len()).unwrap().to_be_bytes();
        let header = [1, kind, id1, id0, len1, len0, padding, 0];
        [&header, content, &vec![0xff; usize::from(padding)]].concat()
    }

    fn record(kind: u8, id: u16, content: &[u8]) -> Vec<u8> {
        padded(kind, id, content, 0)
    }

    /// A whole request without body.
    fn request(id: u16) -> Vec<u8> {
        [
            record(BEGIN, id, &KEPT_RESPONDER),
            record(PARAMS, id, METHOD),
            record(PARAMS, id, b""),
            record(STDIN, id, b""),
        ]
        .concat()
    }

    fn end_request(id: u8, protocol_status: u8) -> Vec<u8> {
        record(3, id.into(), &[0, 0, 0, 0, protocol_status, 0, 0, 0])
    }

    fn reply(record: Vec<u8>, keep_alive: bool) -> Event {
        Event::Reply { record: record.into(), keep_alive }
    }

    fn decoder() -> Decoder {
        Decoder::new(Limits { params: 100, body: 10, connections: 7 })
    }

    /// All events that come of these records.
    fn feed(decoder: &mut Decoder, records: &[Vec<u8>]) -> Vec<Event> {
        decoder.buffer().extend_from_slice(&records.concat());
        let mut events = Vec::new();
        while let Some(event) = decoder.event().unwrap() {
            events.push(event);
        }
        events
    }

    fn error(decoder: &mut Decoder, records: &[Vec<u8>]) -> Error {
        decoder.buffer().extend_from_slice(&records.concat());
        let error = decoder.event().unwrap_err();
        assert_eq!(decoder.event(), Err(error), "an error stays");
        error
    }

    #[test]
    fn a_request_is_complete_when_both_streams_have_ended() {
        let mut decoder = decoder();
        let begin = [record(BEGIN, 0xfffe, &RESPONDER), record(PARAMS, 0xfffe, METHOD)];
        assert_eq!(feed(&mut decoder, &begin), []);
        let rest = [
            record(PARAMS, 0xfffe, b""),
            record(STDIN, 0xfffe, b"body"),
            record(STDIN, 0xfffe, b""),
        ];
        let events = feed(&mut decoder, &rest);
        let [Event::Request(request)] = &events[..] else { panic!("{events:?}") };
        assert_eq!((request.id, request.keep_alive), (id(0xfffe), false));
        assert_eq!(request.params.value(b"REQUEST_METHOD"), Some(&b"GET"[..]));
        assert_eq!(request.body, "body");
    }

    #[test]
    fn split_and_padded_records_are_put_together() {
        let mut decoder = decoder();
        let records = [
            padded(BEGIN, 1, &KEPT_RESPONDER, 255),
            padded(PARAMS, 1, &METHOD[..1], 1),
            padded(PARAMS, 1, &METHOD[1..7], 7),
            padded(PARAMS, 1, &METHOD[7..], 0),
            padded(PARAMS, 1, b"", 8),
            padded(STDIN, 1, b"bo", 6),
            padded(STDIN, 1, b"dy", 3),
            padded(STDIN, 1, b"", 2),
        ];
        let events = feed(&mut decoder, &records);
        let [Event::Request(request)] = &events[..] else { panic!("{events:?}") };
        assert!(request.keep_alive);
        assert_eq!(request.params.value(b"REQUEST_METHOD"), Some(&b"GET"[..]));
        assert_eq!(request.body, "body");
    }

    #[test]
    fn a_kept_connection_carries_one_request_after_another() {
        let mut decoder = decoder();
        for number in [1, 1, 2, 65535] {
            assert!(decoder.is_idle());
            let events = feed(&mut decoder, &[request(number)]);
            assert!(matches!(&events[..], [Event::Request(request)] if request.id == id(number)));
            assert!(!decoder.is_idle());
            decoder.finished();
        }
    }

    #[test]
    fn a_second_request_on_a_busy_connection_is_refused_and_ignored() {
        let refused = [reply(end_request(2, 1), true)];
        let mut decoder = decoder();
        feed(&mut decoder, &[record(BEGIN, 1, &RESPONDER)]);
        assert_eq!(feed(&mut decoder, &[request(2)]), refused, "while the first is received");
        let rest = [record(PARAMS, 1, b""), record(STDIN, 1, b"")];
        let events = feed(&mut decoder, &rest);
        let [Event::Request(first)] = &events[..] else { panic!("{events:?}") };
        assert_eq!(first.params.iter().count(), 0, "nothing of the second is mixed in");
        assert_eq!(feed(&mut decoder, &[request(2)]), refused, "while the first is answered");
        decoder.finished();
        assert_eq!(feed(&mut decoder, &[request(2)]).len(), 1, "when the first has its answer");
    }

    #[test]
    fn roles_other_than_responder_are_refused() {
        for role in [0, 2, 3, 255] {
            let mut decoder = decoder();
            let begin = record(BEGIN, 9, &[0, role, 1, 0, 0, 0, 0, 0]);
            let rest = [begin, record(PARAMS, 9, METHOD), record(DATA, 9, b"x")];
            assert_eq!(feed(&mut decoder, &rest), [reply(end_request(9, 3), true)]);
            assert!(decoder.is_idle());
        }
        let begin = record(BEGIN, 9, &[0, 2, 0, 0, 0, 0, 0, 0]);
        assert_eq!(feed(&mut decoder(), &[begin]), [reply(end_request(9, 3), false)]);
    }

    #[test]
    fn records_of_requests_that_never_began_are_ignored() {
        let mut decoder = decoder();
        let strays = [
            record(PARAMS, 5, &[0xff; 999]),
            record(STDIN, 5, &vec![0; 65535]),
            record(ABORT, 5, b""),
            record(77, 5, b"?"),
            record(GET_VALUES, 5, b"?"),
            record(PARAMS, 5, b""),
            record(STDIN, 5, b""),
        ];
        assert_eq!(feed(&mut decoder, &strays), []);
        assert!(decoder.is_idle());
    }

    #[test]
    fn variables_are_told_at_any_time() {
        let asked = b"\x0e\0FCGI_MAX_CONNS\x01\0X\x0f\0FCGI_MPXS_CONNS\x0e\0FCGI_MAX_CONNS";
        let told = b"\x0e\x01FCGI_MAX_CONNS7\x0f\x01FCGI_MPXS_CONNS0";
        let mut decoder = decoder();
        let told = [reply(record(10, 0, told), true)];
        assert_eq!(feed(&mut decoder, &[record(GET_VALUES, 0, asked)]), told);
        feed(&mut decoder, &[record(BEGIN, 1, &RESPONDER)]);
        assert_eq!(feed(&mut decoder, &[record(GET_VALUES, 0, asked)]), told);
    }

    #[test]
    fn unknown_management_records_are_told_so_but_answers_are_not_answered() {
        let mut decoder = decoder();
        for kind in [0, BEGIN, PARAMS, 12, 255] {
            let events = feed(&mut decoder, &[padded(kind, 0, &[7; 300], 3)]);
            assert_eq!(events, [reply(record(11, 0, &[kind, 0, 0, 0, 0, 0, 0, 0]), true)]);
        }
        assert_eq!(feed(&mut decoder, &[record(10, 0, b"x"), record(11, 0, &[9; 8])]), []);
    }

    #[test]
    fn abort_reaches_the_caller_when_the_caller_has_the_request() {
        let mut decoder = decoder();
        feed(&mut decoder, &[request(3)]);
        assert_eq!(feed(&mut decoder, &[record(ABORT, 4, b"")]), []);
        assert_eq!(feed(&mut decoder, &[record(ABORT, 3, b"")]), [Event::Abort(id(3))]);
        decoder.finished();
        assert_eq!(feed(&mut decoder, &[record(ABORT, 3, b"")]), [], "it has ended");
    }

    #[test]
    fn abort_before_the_request_is_complete_ends_it_at_once() {
        for (role, keep_alive) in [(RESPONDER, false), (KEPT_RESPONDER, true)] {
            let mut decoder = decoder();
            let records = [record(BEGIN, 3, &role), record(ABORT, 3, b""), record(STDIN, 3, b"x")];
            assert_eq!(feed(&mut decoder, &records), [reply(end_request(3, 0), keep_alive)]);
            assert!(decoder.is_idle());
        }
    }

    #[test]
    fn a_body_over_the_limit_is_refused_and_its_rest_is_skipped() {
        let mut decoder = decoder();
        let records = [
            record(BEGIN, 1, &KEPT_RESPONDER),
            record(PARAMS, 1, b""),
            record(STDIN, 1, &[0; 10]),
            record(STDIN, 1, &[0; 1]),
            record(STDIN, 1, &vec![0; 65535]),
        ];
        let reason = Refusal::BodyTooLarge;
        let refused = Event::Refused { id: id(1), keep_alive: true, reason };
        assert_eq!(feed(&mut decoder, &records), [refused]);
        decoder.finished();
        let rest = [record(STDIN, 1, &[0; 9]), record(STDIN, 1, b""), request(1)];
        assert!(matches!(feed(&mut decoder, &rest)[..], [Event::Request(_)]));
    }

    #[test]
    fn params_over_the_limit_are_refused_by_their_header_alone() {
        let mut decoder = decoder();
        let begin = record(BEGIN, 1, &RESPONDER);
        let mut params = record(PARAMS, 1, &[0; 101]);
        params.truncate(8);
        let reason = Refusal::ParamsTooLarge;
        let refused = Event::Refused { id: id(1), keep_alive: false, reason };
        assert_eq!(feed(&mut decoder, &[begin, params]), [refused]);
        feed(&mut decoder, &[vec![0; 100]]);
        assert_eq!(decoder.held(), 0);
    }

    #[test]
    fn what_breaks_the_protocol_is_an_error() {
        let begin = || record(BEGIN, 1, &RESPONDER);
        let one = id(1);
        let cases = [
            (vec![vec![2]], Error::Version(2)),
            (vec![b"GET / HTTP/1.1".to_vec()], Error::Version(b'G')),
            (vec![record(BEGIN, 1, &[0, 1, 0])], Error::BeginLength { length: 3 }),
            (vec![record(BEGIN, 1, &[0; 16])], Error::BeginLength { length: 16 }),
            (vec![begin(), begin()], Error::BeginTwice(one)),
            (
                vec![begin(), record(PARAMS, 1, b""), record(PARAMS, 1, b"x")],
                Error::StreamEnded(one),
            ),
            (
                vec![begin(), record(PARAMS, 1, b"\x01\x02A"), record(PARAMS, 1, b"")],
                Error::NameValue,
            ),
            (vec![record(GET_VALUES, 0, &[0x80])], Error::NameValue),
        ];
        for (mut records, expected) in cases {
            if expected == Error::NameValue {
                records.push(record(STDIN, 1, b""));
            }
            assert_eq!(error(&mut decoder(), &records), expected, "{records:?}");
        }
    }

    #[test]
    fn params_and_body_in_one_record_each_are_not_copied() {
        let mut decoder = decoder();
        decoder.buffer().extend_from_slice(&request(1));
        let place = decoder.buffer()[16 + 8..].as_ptr();
        let Ok(Some(Event::Request(request))) = decoder.event() else { panic!() };
        let (name, _) = request.params.iter().next().unwrap();
        assert_eq!(name.as_ptr(), place.wrapping_add(2));
    }
}
