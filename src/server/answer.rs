//! Headers that all protocols share: one place for dates, caching, CORS and errors.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::SystemTime;

use super::raw;
use crate::cache::Encoded;
use crate::command::Format;
use crate::error::Error;
use crate::http::{ETag, Request, Response, Status, encode_path, not_modified};
use crate::store::Image;

/// Name and version in the `Server` header.
pub const SERVER: &str = concat!("Pyramis/", env!("CARGO_PKG_VERSION"));

/// Methods every resource has.
const METHODS: &str = "GET, HEAD, POST, OPTIONS";

/// Headers all answers have.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Headers {
    /// `Access-Control-Allow-Origin`, empty for none (`CORS`).
    pub cors: Cow<'static, str>,
    /// `Cache-Control` of what can be kept (`CACHE_CONTROL`).
    pub cache_control: Cow<'static, str>,
}

impl Headers {
    /// Adds server name, caching and CORS.
    pub fn complete(&self, response: Response) -> Response {
        let response = match response.value("Cache-Control") {
            Some(_) => response,
            None => response.header("Cache-Control", self.cache_control.clone()),
        };
        self.common(response)
    }

    /// The answer to a request that failed.
    pub fn refuse(&self, error: &Error) -> Response {
        let status = error.status();
        let text = format!("{}\n", error.public());
        let mut response = Response::with_body(status, "text/plain; charset=utf-8", text)
            .header("Cache-Control", "no-store")
            .header("X-Content-Type-Options", "nosniff");
        if status == Status::ServiceUnavailable {
            response = response.header("Retry-After", "1");
        }
        if status == Status::MethodNotAllowed {
            response = response.header("Allow", METHODS);
        }
        self.common(response)
    }

    fn common(&self, response: Response) -> Response {
        let response = response.header("Server", SERVER);
        if self.cors.is_empty() {
            return response;
        }
        response
            .header("Access-Control-Allow-Origin", self.cors.clone())
            .header("Access-Control-Allow-Methods", METHODS)
            .header(
                "Access-Control-Allow-Headers",
                "Accept, Content-Type, X-Requested-With, If-Modified-Since, If-None-Match",
            )
            .header("Access-Control-Expose-Headers", raw::EXPOSED)
            .header("Access-Control-Max-Age", "86400")
    }
}

/// What can be asked of a resource.
pub(super) fn options() -> Response {
    Response::new(Status::NoContent).header("Allow", METHODS)
}

/// A finished picture.
pub(super) fn picture(encoded: Encoded, etag: ETag, modified: SystemTime) -> Response {
    let response = Response::with_body(Status::Ok, encoded.format.media_type(), encoded.bytes);
    dated(response, modified).header("ETag", etag.to_string())
}

/// The client has the picture already.
pub(super) fn unchanged(etag: ETag, modified: SystemTime) -> Response {
    dated(Response::new(Status::NotModified), modified).header("ETag", etag.to_string())
}

/// A document, with validators when it is about an image.
pub(super) fn document(
    response: Response,
    image: Option<&Image>,
    request: &Request<'_>,
) -> Response {
    let Some(image) = image else { return response };
    let mut hasher = DefaultHasher::new();
    response.body().hash(&mut hasher);
    let etag = ETag(hasher.finish());
    let modified = image.modified();
    // What was refused within the document is not to be kept.
    if response.status() != Status::Ok || response.value("Cache-Control").is_some() {
        return response;
    }
    if not_modified(request, etag, modified) {
        let vary = response.value("Vary").map(str::to_owned);
        let unchanged = unchanged(etag, modified);
        return match vary {
            Some(vary) => unchanged.header("Vary", vary),
            None => unchanged,
        };
    }
    dated(response, modified).header("ETag", etag.to_string())
}

/// Adds the date of the last change.
pub(super) fn dated(response: Response, modified: SystemTime) -> Response {
    response.header("Last-Modified", httpdate::fmt_http_date(modified))
}

/// Names the file for a download; a POST request always downloads.
pub(super) fn with_file_name(
    response: Response,
    (stem, width, height, format): (&str, u32, u32, Format),
    post: bool,
) -> Response {
    let kind = if post { "attachment" } else { "inline" };
    let extension = format.extension();
    let plain: String = stem.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
    let mut value = format!("{kind}; filename=\"{plain}_{width}x{height}.{extension}\"");
    if plain != stem {
        // RFC 6266, 4.3: the true name beside the one for old clients.
        let encoded =
            encode_path(stem, true).replace(['\'', '(', ')', '*', ',', ':', ';', '@'], "_");
        let name = format!("{encoded}_{width}x{height}.{extension}");
        value = format!("{value}; filename*=UTF-8''{name}");
    }
    response.header("Content-Disposition", value)
}

fn is_plain(c: char) -> bool {
    (c.is_ascii_graphic() || c == ' ') && !matches!(c, '"' | '\\' | '%')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workers::WorkError;

    fn headers(cors: &'static str) -> Headers {
        Headers { cors: cors.into(), cache_control: "max-age=86400".into() }
    }

    #[test]
    fn errors_are_never_kept_and_carry_cors() {
        let response = headers("*").refuse(&Error::Work(WorkError::Overload));
        assert_eq!(response.status(), Status::ServiceUnavailable);
        assert_eq!(response.value("Cache-Control"), Some("no-store"));
        assert_eq!(response.value("Retry-After"), Some("1"));
        assert_eq!(response.value("Access-Control-Allow-Origin"), Some("*"));
    }

    #[test]
    fn without_the_setting_there_is_no_cors() {
        let response = headers("").complete(options());
        assert_eq!(response.value("Access-Control-Allow-Origin"), None);
        assert_eq!(response.value("Allow"), Some("GET, HEAD, POST, OPTIONS"));
        assert_eq!(response.value("Cache-Control"), Some("max-age=86400"));
    }

    #[test]
    fn downloads_are_named_after_image_and_size() {
        let name = |stem, post| {
            let response = Response::new(Status::Ok);
            let response = with_file_name(response, (stem, 100, 70, Format::Jpeg), post);
            response.value("Content-Disposition").map(str::to_owned).unwrap()
        };
        assert_eq!(name("a b", false), "inline; filename=\"a b_100x70.jpg\"");
        assert_eq!(
            name("ü\"", true),
            "attachment; filename=\"___100x70.jpg\"; filename*=UTF-8''%C3%BC%22_100x70.jpg"
        );
    }
}
