use std::fmt;
use std::time::SystemTime;

use super::Request;

/// A strong entity tag.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct ETag(pub u64);

impl fmt::Display for ETag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{:016x}\"", self.0)
    }
}

/// Whether the client already has this answer (RFC 9110, 13.2.2): the entity tag decides when
/// the client sent one, else the date.
pub fn not_modified(request: &Request<'_>, etag: ETag, modified: SystemTime) -> bool {
    if let Some(tags) = request.if_none_match {
        let ours = etag.to_string();
        return tags
            .split(',')
            .map(|tag| tag.trim().trim_start_matches("W/"))
            .any(|tag| tag == "*" || tag == ours);
    }
    let since = request.if_modified_since.and_then(|date| httpdate::parse_http_date(date).ok());
    since.is_some_and(|since| whole_seconds(modified) <= since)
}

/// HTTP dates have no fractions of a second.
fn whole_seconds(time: SystemTime) -> SystemTime {
    match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(since) => SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(since.as_secs()),
        Err(_) => SystemTime::UNIX_EPOCH,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn the_entity_tag_decides_before_the_date() {
        let time = SystemTime::UNIX_EPOCH + Duration::from_millis(1_500_000_000_700);
        let date = "Fri, 14 Jul 2017 02:40:00 GMT";
        let tag = ETag(0xabc);
        let request = |if_none_match, if_modified_since| Request {
            if_modified_since,
            if_none_match,
            ..Request::default()
        };
        assert!(not_modified(&request(None, Some(date)), tag, time));
        assert!(!not_modified(&request(None, Some("Fri, 14 Jul 2017 02:39:59 GMT")), tag, time));
        assert!(!not_modified(&request(None, Some("yesterday")), tag, time));
        assert!(!not_modified(&request(Some("\"x\""), Some(date)), tag, time));
        assert!(not_modified(&request(Some("\"x\", W/\"0000000000000abc\""), None), tag, time));
        assert!(not_modified(&request(Some("*"), None), tag, time));
        assert!(!not_modified(&request(None, None), tag, time));
    }
}
