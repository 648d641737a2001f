//! iiif.

use super::{Context, Documents, ParseError, Parsed};
use crate::http::{Request, Response, Status};
use crate::image::ImageInfo;

/// Reads the request string.
pub fn parse(
    _input: &str,
    _request: &Request<'_>,
    _settings: &Documents,
) -> Result<Parsed, ParseError> {
    Err(ParseError::new("request", "not read"))
}

/// Writes the document.
pub fn describe(_info: &ImageInfo, _context: &Context<'_>) -> Response {
    Response::new(Status::Ok)
}
