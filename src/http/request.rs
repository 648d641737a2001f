use std::borrow::Cow;

/// What can be asked of a resource.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Method {
    /// A resource.
    Get,
    /// The headers of a resource.
    Head,
    /// What is allowed; CORS preflight.
    Options,
    /// A resource, with the request in the body.
    Post,
}

impl Method {
    /// The method of this name; `None` for all that change something.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "GET" | "" => Some(Self::Get),
            "HEAD" => Some(Self::Head),
            "OPTIONS" => Some(Self::Options),
            "POST" => Some(Self::Post),
            _ => None,
        }
    }
}

/// A request as received. Header values that were not sent are `None`.
#[derive(Clone, Debug, Default)]
pub struct Request<'a> {
    /// The method; `None` when it is not one of ours.
    pub method: Option<Method>,
    /// Path of the request target as received: percent-encoded, without query.
    pub path: &'a str,
    /// Query as received, without `?`.
    pub query: &'a str,
    /// Body of a POST request, already bounded by the transport.
    pub body: &'a [u8],
    /// Whether the client's connection to the web server is encrypted.
    pub https: bool,
    /// `Host`.
    pub host: Option<&'a str>,
    /// `Accept`.
    pub accept: Option<&'a str>,
    /// `Forwarded`.
    pub forwarded: Option<&'a str>,
    /// `If-Modified-Since`.
    pub if_modified_since: Option<&'a str>,
    /// `If-None-Match`.
    pub if_none_match: Option<&'a str>,
    /// `X-Forwarded-Host`.
    pub forwarded_host: Option<&'a str>,
    /// `X-Forwarded-Prefix`.
    pub forwarded_prefix: Option<&'a str>,
    /// `X-Forwarded-Proto`.
    pub forwarded_proto: Option<&'a str>,
    /// `X-IIIF-ID`.
    pub iiif_id: Option<&'a str>,
}

impl<'a> Request<'a> {
    /// A request from CGI variables and a body, as FastCGI hands them over.
    ///
    /// A value that is not UTF-8 counts as not sent.
    pub fn from_cgi(variables: impl Iterator<Item = (&'a [u8], &'a [u8])>, body: &'a [u8]) -> Self {
        let mut request = Self { method: Some(Method::Get), body, ..Self::default() };
        let (mut uri, mut query) = (None, None);
        for (name, value) in variables {
            let Ok(value) = std::str::from_utf8(value) else { continue };
            match name {
                b"REQUEST_METHOD" => request.method = Method::from_name(value),
                b"QUERY_STRING" => query = Some(value),
                b"REQUEST_URI" => uri = Some(value),
                b"HTTPS" => request.https = !matches!(value, "" | "off" | "OFF" | "Off"),
                b"HTTP_HOST" => request.host = Some(value),
                b"HTTP_ACCEPT" => request.accept = Some(value),
                b"HTTP_FORWARDED" => request.forwarded = Some(value),
                b"HTTP_IF_MODIFIED_SINCE" => request.if_modified_since = Some(value),
                b"HTTP_IF_NONE_MATCH" => request.if_none_match = Some(value),
                b"HTTP_X_FORWARDED_HOST" => request.forwarded_host = Some(value),
                b"HTTP_X_FORWARDED_PREFIX" => request.forwarded_prefix = Some(value),
                b"HTTP_X_FORWARDED_PROTO" => request.forwarded_proto = Some(value),
                b"HTTP_X_IIIF_ID" => request.iiif_id = Some(value),
                _ => {}
            }
        }
        let (path, uri_query) = split_target(uri.unwrap_or_default());
        request.path = path;
        request.query = query.unwrap_or(uri_query);
        request
    }

    /// The request string of IIP: the query, or the body when there is no query.
    pub fn iip_string(&self) -> Cow<'a, str> {
        if self.query.is_empty() && self.method == Some(Method::Post) {
            String::from_utf8_lossy(self.body.trim_ascii_end())
        } else {
            Cow::Borrowed(self.query)
        }
    }
}

/// Path and query of a request target, which may be in absolute form (RFC 9112, 3.2.2).
pub fn split_target(target: &str) -> (&str, &str) {
    let path = match target.split_once("://") {
        Some((scheme, rest)) if !scheme.contains('/') && !scheme.contains('?') => {
            rest.find('/').map_or("/", |slash| rest.get(slash..).unwrap_or("/"))
        }
        _ => target,
    };
    path.split_once('?').unwrap_or((path, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cgi<'a>(pairs: &'a [(&'a str, &'a str)]) -> Request<'a> {
        Request::from_cgi(pairs.iter().map(|(n, v)| (n.as_bytes(), v.as_bytes())), b"")
    }

    #[test]
    fn cgi_variables_become_fields() {
        let request = cgi(&[
            ("REQUEST_METHOD", "HEAD"),
            ("REQUEST_URI", "/iiif/a%20b/info.json?x=1"),
            ("QUERY_STRING", "x=1"),
            ("HTTPS", "off"),
            ("HTTP_HOST", "example.org"),
        ]);
        assert_eq!(request.method, Some(Method::Head));
        assert_eq!((request.path, request.query), ("/iiif/a%20b/info.json", "x=1"));
        assert_eq!((request.https, request.host), (false, Some("example.org")));
    }

    #[test]
    fn a_missing_method_is_get_and_an_unknown_one_is_none() {
        assert_eq!(cgi(&[]).method, Some(Method::Get));
        assert_eq!(cgi(&[("REQUEST_METHOD", "DELETE")]).method, None);
    }

    #[test]
    fn absolute_targets_lose_scheme_and_host() {
        assert_eq!(split_target("http://h/a?b=c"), ("/a", "b=c"));
        assert_eq!(split_target("/a?b=http://c/d"), ("/a", "b=http://c/d"));
        assert_eq!(split_target("http://h"), ("/", ""));
    }
}
