//! The address of this request as the client sees it, behind any number of proxies.

use super::Request;

/// Scheme and host as the client sees them, without a slash at the end; `None` when no valid host
/// is known.
///
/// `Forwarded` (RFC 7239) comes before `X-Forwarded-*`, which come before `Host`.
pub fn authority(request: &Request<'_>) -> Option<String> {
    let first = |value: Option<&str>| {
        value.and_then(|list| list.split(',').next()).map(|item| item.trim().to_owned())
    };
    let forwarded = |name| request.forwarded.and_then(|value| forwarded_value(value, name));
    let host = forwarded("host")
        .or_else(|| first(request.forwarded_host))
        .or_else(|| first(request.host))
        .filter(|host| is_host(host))?;
    let proto = forwarded("proto").or_else(|| first(request.forwarded_proto));
    let https = proto.map_or(request.https, |proto| proto.eq_ignore_ascii_case("https"));
    Some(format!("{}://{host}", if https { "https" } else { "http" }))
}

/// Where paths of this server begin for the client: [`authority`] and any `X-Forwarded-Prefix`.
pub fn base_url(request: &Request<'_>) -> Option<String> {
    Some(authority(request)? + prefix(request).unwrap_or_default())
}

/// The path below which a proxy serves this server (`X-Forwarded-Prefix`), without a slash at the
/// end.
pub fn prefix<'a>(request: &Request<'a>) -> Option<&'a str> {
    let prefix = request.forwarded_prefix.map(str::trim).filter(|prefix| is_prefix(prefix));
    prefix.map(|prefix| prefix.trim_end_matches('/'))
}

/// The full address of the request, without query.
pub fn request_url(request: &Request<'_>) -> Option<String> {
    Some(base_url(request)? + request.path)
}

/// One parameter of the first element of a `Forwarded` header.
fn forwarded_value(header: &str, name: &str) -> Option<String> {
    let element = header.split(',').next()?;
    let pairs = element.split(';').filter_map(|pair| pair.split_once('='));
    let value = pairs.into_iter().find(|(key, _)| key.trim().eq_ignore_ascii_case(name))?.1;
    Some(value.trim().trim_matches('"').to_owned())
}

/// Host and port made of characters that need no escaping in JSON, HTML or a header.
fn is_host(host: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:[]%".contains(&byte);
    !host.is_empty() && host.len() <= 255 && host.bytes().all(allowed)
}

fn is_prefix(prefix: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/%".contains(&byte);
    prefix.starts_with('/') && !prefix.starts_with("//") && prefix.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_header_gives_the_address() {
        let request = Request { host: Some("example.org:81"), path: "/a", ..Request::default() };
        assert_eq!(request_url(&request).as_deref(), Some("http://example.org:81/a"));
    }

    #[test]
    fn proxies_come_before_the_host_header() {
        let request = Request {
            host: Some("inside"),
            forwarded_host: Some("outside.org, inside"),
            forwarded_proto: Some("https"),
            forwarded_prefix: Some("/images/"),
            path: "/iiif/a",
            ..Request::default()
        };
        assert_eq!(request_url(&request).as_deref(), Some("https://outside.org/images/iiif/a"));
        let request =
            Request { forwarded: Some("for=1.2.3.4;host=\"f.org\";proto=http, host=x"), ..request };
        assert_eq!(authority(&request).as_deref(), Some("http://f.org"));
    }

    #[test]
    fn a_host_that_could_break_out_of_json_is_no_host() {
        for host in ["a\"b", "a/b", "a b", "", "a\r\nb"] {
            let request = Request { host: Some(host), ..Request::default() };
            assert_eq!(authority(&request), None, "{host:?}");
        }
    }
}
