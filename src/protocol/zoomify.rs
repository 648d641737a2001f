//! zoomify.

use super::ParseError;
use crate::command::Command;
use crate::http::{Response, Status};
use crate::image::ImageInfo;

/// Reads the path behind the mapping.
pub fn parse(_input: &str) -> Result<Command, ParseError> {
    Err(ParseError::new("path", "not read"))
}

/// Writes the document.
pub fn describe(_info: &ImageInfo) -> Response {
    Response::new(Status::Ok)
}
