//! The fixed parts of records (FastCGI 1.0, 3.3 and 8).

use std::fmt;
use std::num::NonZeroU16;

use super::Error;

/// Name of a request on its connection. Zero belongs to management records.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct RequestId(NonZeroU16);

impl RequestId {
    /// The id with this number; `None` for zero.
    pub fn new(number: u16) -> Option<Self> {
        NonZeroU16::new(number).map(Self)
    }

    /// The number on the wire.
    pub fn number(self) -> u16 {
        self.0.get()
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// How the protocol side of a request ended (FastCGI 1.0, 5.5).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u8)]
pub enum ProtocolStatus {
    /// The request was answered.
    RequestComplete = 0,
    /// The connection is busy with another request.
    CantMpxConn = 1,
    /// The server has no room for the request.
    Overloaded = 2,
    /// The role is not served.
    UnknownRole = 3,
}

/// What a record is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u8)]
pub(super) enum RecordType {
    BeginRequest = 1,
    AbortRequest = 2,
    EndRequest = 3,
    Params = 4,
    Stdin = 5,
    Stdout = 6,
    Stderr = 7,
    Data = 8,
    GetValues = 9,
    GetValuesResult = 10,
    UnknownType = 11,
}

impl RecordType {
    /// The type of this number; `None` when the specification has none.
    fn from_number(number: u8) -> Option<Self> {
        Some(match number {
            1 => Self::BeginRequest,
            2 => Self::AbortRequest,
            3 => Self::EndRequest,
            4 => Self::Params,
            5 => Self::Stdin,
            6 => Self::Stdout,
            7 => Self::Stderr,
            8 => Self::Data,
            9 => Self::GetValues,
            10 => Self::GetValuesResult,
            11 => Self::UnknownType,
            _ => return None,
        })
    }
}

/// What stands before the content of a record.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Header {
    /// Number of the type, which may be none of [`RecordType`].
    pub(super) type_number: u8,
    /// Request the record belongs to; `None` for management records.
    pub(super) id: Option<RequestId>,
    /// Bytes of content.
    pub(super) content: u16,
    /// Bytes to skip behind the content.
    pub(super) padding: u8,
}

impl Header {
    /// Bytes of a header.
    pub(super) const LEN: usize = 8;

    /// A header for a record without padding.
    pub(super) fn new(record_type: RecordType, id: Option<RequestId>, content: u16) -> Self {
        Self { type_number: record_type as u8, id, content, padding: 0 }
    }

    /// The header these bytes begin with; `None` when more are needed.
    pub(super) fn read(bytes: &[u8]) -> Result<Option<Self>, Error> {
        match bytes.first() {
            Some(&VERSION) => {}
            // Told by one byte, so that a peer with another protocol does not wait for a timeout.
            Some(&version) => return Err(Error::Version(version)),
            None => return Ok(None),
        }
        Ok(bytes.first_chunk().map(|&[_, type_number, id1, id0, len1, len0, padding, _]| Self {
            type_number,
            id: RequestId::new(u16::from_be_bytes([id1, id0])),
            content: u16::from_be_bytes([len1, len0]),
            padding,
        }))
    }

    /// The bytes of the header.
    pub(super) fn to_bytes(self) -> [u8; Self::LEN] {
        let [id1, id0] = self.id.map_or(0, RequestId::number).to_be_bytes();
        let [len1, len0] = self.content.to_be_bytes();
        [VERSION, self.type_number, id1, id0, len1, len0, self.padding, 0]
    }

    /// What the record is for; `None` when the specification has no such type.
    pub(super) fn record_type(self) -> Option<RecordType> {
        RecordType::from_number(self.type_number)
    }
}

/// The content of a begin-request record (FastCGI 1.0, 5.1).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct BeginRequest {
    /// Whether the role is the one we play.
    pub(super) responder: bool,
    /// Whether the connection stays open after the answer.
    pub(super) keep_alive: bool,
}

impl BeginRequest {
    /// Bytes of the content.
    pub(super) const LEN: u16 = 8;

    /// Reads the content; `None` when it is too short.
    pub(super) fn read(content: &[u8]) -> Option<Self> {
        let &[role1, role0, flags, ..] = content.first_chunk::<{ Self::LEN as usize }>()?;
        Some(Self {
            responder: u16::from_be_bytes([role1, role0]) == RESPONDER,
            keep_alive: flags & KEEP_CONN != 0,
        })
    }
}

const VERSION: u8 = 1;
const RESPONDER: u16 = 1;
const KEEP_CONN: u8 = 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_read_and_written_as_the_specification_lays_it_out() {
        let bytes = [1, 4, 0x12, 0x34, 0xab, 0xcd, 7, 0];
        let header = Header {
            type_number: RecordType::Params as u8,
            id: RequestId::new(0x1234),
            content: 0xabcd,
            padding: 7,
        };
        assert_eq!(Header::read(&bytes), Ok(Some(header)));
        assert_eq!(header.to_bytes(), bytes);
    }

    #[test]
    fn the_reserved_byte_means_nothing() {
        assert_eq!(
            Header::read(&[1, 4, 0, 1, 0, 0, 0, 9]),
            Header::read(&[1, 4, 0, 1, 0, 0, 0, 0])
        );
    }

    #[test]
    fn a_header_needs_eight_bytes_but_one_tells_the_version() {
        assert_eq!(Header::read(&[]), Ok(None));
        assert_eq!(Header::read(&[1, 1, 0, 1, 0, 8, 0]), Ok(None));
        assert_eq!(Header::read(b"G"), Err(Error::Version(b'G')));
    }

    #[test]
    fn numbers_of_types_are_those_of_the_specification() {
        for number in 1..=11 {
            assert_eq!(RecordType::from_number(number).map(|found| found as u8), Some(number));
        }
        assert_eq!(RecordType::from_number(0), None);
        assert_eq!(RecordType::from_number(12), None);
    }

    #[test]
    fn only_the_lowest_flag_keeps_the_connection() {
        let read = |flags| BeginRequest::read(&[0, 1, flags, 0, 0, 0, 0, 0]);
        assert_eq!(read(0xfe), Some(BeginRequest { responder: true, keep_alive: false }));
        assert_eq!(read(0xff), Some(BeginRequest { responder: true, keep_alive: true }));
        let filter = BeginRequest::read(&[0, 3, 0, 0, 0, 0, 0, 0]);
        assert_eq!(filter.map(|begin| begin.responder), Some(false));
        let high_byte = BeginRequest::read(&[1, 1, 0, 0, 0, 0, 0, 0]);
        assert_eq!(high_byte.map(|begin| begin.responder), Some(false));
    }
}
