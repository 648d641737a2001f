//! The records we send besides answers.

use bytes::Bytes;

use super::name_value;
use super::record::{Header, ProtocolStatus, RecordType, RequestId};

/// The record that ends a request (FastCGI 1.0, 5.5).
pub fn end_request(id: RequestId, app_status: u32, status: ProtocolStatus) -> Bytes {
    Bytes::copy_from_slice(&end_request_bytes(id, app_status, status))
}

/// [`end_request`] without an allocation.
pub(super) fn end_request_bytes(
    id: RequestId,
    app_status: u32,
    status: ProtocolStatus,
) -> [u8; 2 * Header::LEN] {
    let [s3, s2, s1, s0] = app_status.to_be_bytes();
    let header = Header::new(RecordType::EndRequest, Some(id), 8);
    join(header, [s3, s2, s1, s0, status as u8, 0, 0, 0])
}

/// The answer to a management record of a type we do not know (FastCGI 1.0, 4.2).
pub(super) fn unknown_type(type_number: u8) -> Bytes {
    let header = Header::new(RecordType::UnknownType, None, 8);
    Bytes::copy_from_slice(&join(header, [type_number, 0, 0, 0, 0, 0, 0, 0]))
}

/// The answer to a query for variables (FastCGI 1.0, 4.1). Names we do not know are left out, and
/// a name is answered once however often it is asked, so that the answer cannot outgrow a record.
pub(super) fn values(asked: impl Fn(&str) -> bool, connections: usize) -> Bytes {
    // One request per connection: both maxima are the same number.
    let most = connections.to_string();
    let mut content = Vec::new();
    for (name, value) in
        [("FCGI_MAX_CONNS", &*most), ("FCGI_MAX_REQS", &*most), ("FCGI_MPXS_CONNS", "0")]
    {
        if asked(name) {
            name_value::push_short(name, value, &mut content);
        }
    }
    let length = u16::try_from(content.len()).expect("three short pairs fit a record");
    let mut record = Header::new(RecordType::GetValuesResult, None, length).to_bytes().to_vec();
    record.append(&mut content);
    record.into()
}

fn join(header: Header, content: [u8; 8]) -> [u8; 2 * Header::LEN] {
    let mut record = [0; 2 * Header::LEN];
    let (first, second) = record.split_at_mut(Header::LEN);
    first.copy_from_slice(&header.to_bytes());
    second.copy_from_slice(&content);
    record
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_request_carries_both_statuses() {
        let id = RequestId::new(0x0102).unwrap();
        let record = end_request(id, 0x0a0b_0c0d, ProtocolStatus::Overloaded);
        assert_eq!(record[..], [1, 3, 1, 2, 0, 8, 0, 0, 10, 11, 12, 13, 2, 0, 0, 0]);
    }

    #[test]
    fn an_unknown_type_is_named_to_its_sender() {
        assert_eq!(unknown_type(99)[..], [1, 11, 0, 0, 0, 8, 0, 0, 99, 0, 0, 0, 0, 0, 0, 0]);
    }

    #[test]
    fn variables_are_answered_when_asked_for() {
        let all = values(|_| true, 50);
        let content = b"\x0e\x02FCGI_MAX_CONNS50\x0d\x02FCGI_MAX_REQS50\x0f\x01FCGI_MPXS_CONNS0";
        assert_eq!(all[..8], [1, 10, 0, 0, 0, 53, 0, 0]);
        assert_eq!(all[8..], content[..]);
        assert_eq!(values(|_| false, 50)[..], [1, 10, 0, 0, 0, 0, 0, 0]);
    }
}
