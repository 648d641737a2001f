use std::num::NonZeroU16;

use super::Error;

/// Bytes of a record header (FastCGI 1.0, 3.3).
pub(super) const HEADER: usize = 8;

/// The only version there is.
const VERSION: u8 = 1;

/// Number of a request on its connection; 0 belongs to management records.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct RequestId(NonZeroU16);

impl RequestId {
    /// The id, unless it is 0.
    pub fn new(id: u16) -> Option<Self> {
        NonZeroU16::new(id).map(Self)
    }

    /// The number.
    pub fn get(self) -> u16 {
        self.0.get()
    }
}

/// Record types (FastCGI 1.0, 8).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    BeginRequest,
    AbortRequest,
    EndRequest,
    Params,
    Stdin,
    Stdout,
    GetValues,
    GetValuesResult,
    UnknownType,
}

impl Kind {
    const ALL: [(Self, u8); 9] = [
        (Self::BeginRequest, 1),
        (Self::AbortRequest, 2),
        (Self::EndRequest, 3),
        (Self::Params, 4),
        (Self::Stdin, 5),
        (Self::Stdout, 6),
        (Self::GetValues, 9),
        (Self::GetValuesResult, 10),
        (Self::UnknownType, 11),
    ];

    pub(super) fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.iter().find(|(_, code)| *code == byte).map(|(kind, _)| *kind)
    }

    pub(super) fn byte(self) -> u8 {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or(0, |(_, code)| *code)
    }
}

/// How a request ended (FastCGI 1.0, 5.5).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum ProtocolStatus {
    RequestComplete = 0,
    CantMpxConn = 1,
    UnknownRole = 3,
}

/// A record header.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Header {
    pub(super) kind: u8,
    pub(super) id: u16,
    pub(super) content: u16,
    pub(super) padding: u8,
}

impl Header {
    /// Reads a header; `None` while it is not complete.
    pub(super) fn read(bytes: &[u8]) -> Result<Option<Self>, Error> {
        let Some(&[version, kind, id1, id0, length1, length0, padding, _]) = bytes.first_chunk()
        else {
            return Ok(None);
        };
        if version != VERSION {
            return Err(Error::Version(version));
        }
        let (id, content) =
            (u16::from_be_bytes([id1, id0]), u16::from_be_bytes([length1, length0]));
        Ok(Some(Self { kind, id, content, padding }))
    }

    pub(super) fn new(kind: Kind, id: u16, content: u16, padding: u8) -> Self {
        Self { kind: kind.byte(), id, content, padding }
    }

    pub(super) fn bytes(self) -> [u8; HEADER] {
        let [id1, id0] = self.id.to_be_bytes();
        let [length1, length0] = self.content.to_be_bytes();
        [VERSION, self.kind, id1, id0, length1, length0, self.padding, 0]
    }
}

/// The record that ends a request (FastCGI 1.0, 5.5).
pub(super) fn end_request(id: u16, status: ProtocolStatus) -> [u8; 2 * HEADER] {
    let mut record = [0; 2 * HEADER];
    let (header, body) = record.split_at_mut(HEADER);
    header.copy_from_slice(&Header::new(Kind::EndRequest, id, 8, 0).bytes());
    // The application status before it is 0: an answer was made, whatever its HTTP status.
    if let Some(protocol_status) = body.get_mut(4) {
        *protocol_status = status as u8;
    }
    record
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read_as_they_are_written() {
        let header = Header::new(Kind::Stdin, 0x1234, 0x0506, 7);
        assert_eq!(header.bytes(), [1, 5, 0x12, 0x34, 5, 6, 7, 0]);
        assert_eq!(Header::read(&header.bytes()), Ok(Some(header)));
        assert_eq!(Header::read(&header.bytes()[..7]), Ok(None));
        assert_eq!(Header::read(&[2; 8]), Err(Error::Version(2)));
    }

    #[test]
    fn the_end_of_a_request_is_16_bytes() {
        // FastCGI 1.0, 5.5 and appendix B.
        let expected = [1, 3, 0, 1, 0, 8, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0];
        assert_eq!(end_request(1, ProtocolStatus::CantMpxConn), expected);
    }
}
