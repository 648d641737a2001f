use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;

/// Status codes the server sends.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[allow(missing_docs, reason = "the names are those of RFC 9110, 15")]
pub enum Status {
    Ok,
    NoContent,
    SeeOther,
    NotModified,
    BadRequest,
    Unauthorized,
    NotFound,
    MethodNotAllowed,
    ContentTooLarge,
    UriTooLong,
    UnsupportedMediaType,
    InternalServerError,
    NotImplemented,
    ServiceUnavailable,
}

impl Status {
    /// The three digits.
    pub fn code(self) -> u16 {
        match self {
            Self::Ok => 200,
            Self::NoContent => 204,
            Self::SeeOther => 303,
            Self::NotModified => 304,
            Self::BadRequest => 400,
            Self::Unauthorized => 401,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::ContentTooLarge => 413,
            Self::UriTooLong => 414,
            Self::UnsupportedMediaType => 415,
            Self::InternalServerError => 500,
            Self::NotImplemented => 501,
            Self::ServiceUnavailable => 503,
        }
    }

    /// Whether answers of this status have a body and a length (RFC 9110, 6.4.1 and 8.6).
    pub fn has_body(self) -> bool {
        !matches!(self, Self::NoContent | Self::NotModified)
    }

    /// Code and reason phrase, as CGI's `Status` header wants them.
    pub fn line(self) -> &'static str {
        match self {
            Self::Ok => "200 OK",
            Self::NoContent => "204 No Content",
            Self::SeeOther => "303 See Other",
            Self::NotModified => "304 Not Modified",
            Self::BadRequest => "400 Bad Request",
            Self::Unauthorized => "401 Unauthorized",
            Self::NotFound => "404 Not Found",
            Self::MethodNotAllowed => "405 Method Not Allowed",
            Self::ContentTooLarge => "413 Content Too Large",
            Self::UriTooLong => "414 URI Too Long",
            Self::UnsupportedMediaType => "415 Unsupported Media Type",
            Self::InternalServerError => "500 Internal Server Error",
            Self::NotImplemented => "501 Not Implemented",
            Self::ServiceUnavailable => "503 Service Unavailable",
        }
    }
}

/// An answer: the only thing that can reach the wire.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Response {
    status: Status,
    headers: Vec<(&'static str, Cow<'static, str>)>,
    body: Bytes,
}

impl Response {
    /// An answer without headers and body.
    pub fn new(status: Status) -> Self {
        Self { status, headers: Vec::with_capacity(12), body: Bytes::new() }
    }

    /// An answer with a body of this media type.
    pub fn with_body(
        status: Status,
        media_type: impl Into<Cow<'static, str>>,
        body: impl Into<Bytes>,
    ) -> Self {
        let mut response = Self::new(status).header("Content-Type", media_type);
        response.body = body.into();
        response
    }

    /// Adds a header. A value with control characters is left out: it could forge other headers.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        let value = value.into();
        if !value.bytes().any(|byte| byte < b' ' || byte == 0x7f) {
            self.headers.push((name, value));
        }
        self
    }

    /// Status of the answer.
    pub fn status(&self) -> Status {
        self.status
    }

    /// Headers in the order they are sent, `Content-Length` not among them.
    pub fn headers(&self) -> &[(&'static str, Cow<'static, str>)] {
        &self.headers
    }

    /// Value of a header.
    pub fn value(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name));
        found.next().map(|(_, value)| value.as_ref())
    }

    /// The body.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Writes the headers as a CGI script does (RFC 3875, 6): `Status` only when it is not 200,
    /// `Content-Length` of every answer with a body, and an empty line.
    pub fn write_cgi_headers(&self, out: &mut impl fmt::Write) -> fmt::Result {
        if self.status != Status::Ok {
            write!(out, "Status: {}\r\n", self.status.line())?;
        }
        for (name, value) in &self.headers {
            out.write_str(name)?;
            out.write_str(": ")?;
            out.write_str(value)?;
            out.write_str("\r\n")?;
        }
        if self.status.has_body() {
            write!(out, "Content-Length: {}\r\n", self.body.len())?;
        }
        out.write_str("\r\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_written_as_cgi() {
        let response = Response::with_body(Status::NotFound, "text/plain", "no");
        let mut out = String::new();
        response.write_cgi_headers(&mut out).unwrap();
        assert_eq!(
            out,
            "Status: 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n"
        );
    }

    #[test]
    fn a_header_value_cannot_forge_another_header() {
        let response = Response::new(Status::SeeOther).header("Location", "/a\r\nSet-Cookie: b");
        assert_eq!(response.value("location"), None);
    }
}
