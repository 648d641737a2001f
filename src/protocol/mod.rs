//! Protocols: how requests are spelled and answers are worded.
//!
//! A protocol turns a request into a [`Command`] and facts into a document. It opens no file and
//! looks at no image while parsing; all it may know is in its arguments.

pub mod deepzoom;
#[cfg(test)]
mod fixture;
pub mod iiif;
pub mod iip;
mod number;
mod route;
mod strict;
pub mod zoomify;

pub use route::{Mapping, Route, UriMap, UriMapError};

use crate::command::{Command, Fact, ImageRef};
use crate::http::{Request, Response};
use crate::image::{ChannelStatistics, ImageInfo, Views};

/// The protocols spoken.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Protocol {
    /// Deep Zoom Image.
    DeepZoom,
    /// IIIF Image API.
    Iiif,
    /// Internet Imaging Protocol.
    Iip,
    /// Zoomify.
    Zoomify,
}

/// A request, read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Parsed {
    /// Work to do.
    Command(Command),
    /// The address of an image without a document: IIIF redirects to its info.json.
    Redirect(ImageRef),
}

/// A request that cannot be read. The text goes to the client.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{field}: {reason}")]
pub struct ParseError {
    /// The part of the request.
    pub field: &'static str,
    /// What is wrong with it and what is allowed.
    pub reason: String,
}

impl ParseError {
    pub(crate) fn new(field: &'static str, reason: impl Into<String>) -> Self {
        Self { field, reason: reason.into() }
    }
}

/// Settings and surroundings that documents depend on.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The request.
    pub request: &'a Request<'a>,
    /// The request string the command was parsed from: query, or path behind the mapping.
    pub input: &'a str,
    /// The image's name in the request, percent-encoded as the client sent it.
    pub name: &'a str,
    /// Views of the sequence the image belongs to.
    pub views: Option<&'a Views>,
    /// Statistics of its channels, when they are asked for.
    pub statistics: Option<&'a [ChannelStatistics]>,
    /// Settings of the documents.
    pub settings: &'a Documents,
}

/// Settings of the documents.
#[derive(Clone, Debug, Default)]
pub struct Documents {
    /// Prefix of IIIF ids (`BASE_URL`), empty for the address of the request.
    pub base_url: String,
    /// Rights when the file has none (`COPYRIGHT`).
    pub copyright: String,
    /// Text between an identifier and a page (`IIIF_DELIMITER`), empty for none.
    pub delimiter: String,
    /// IIIF version without negotiation (`IIIF_VERSION`): 1, 2 or 3.
    pub iiif_version: u8,
    /// Members added to info.json (`IIIF_EXTRA_INFO`).
    pub extra_info: serde_json::Map<String, serde_json::Value>,
    /// Advertise and accept extra qualities (`IIIF_EXTENSIONS`).
    pub extensions: bool,
    /// Longest side of an answer; `None` is unlimited.
    pub max_side: Option<u32>,
    /// Most pixels of an answer; `None` is unlimited.
    pub max_area: Option<u64>,
    /// Whether regions can be enlarged (`ALLOW_UPSCALING`).
    pub upscaling: bool,
    /// Whether IIP is spoken as `VisiOmatic` 1 and 2 expect (`VISIOMATIC`).
    pub visiomatic: bool,
}

impl Protocol {
    /// Reads a request string.
    pub fn parse(
        self,
        input: &str,
        request: &Request<'_>,
        settings: &Documents,
    ) -> Result<Parsed, ParseError> {
        match self {
            Self::DeepZoom => deepzoom::parse(input).map(Parsed::Command),
            Self::Iiif => iiif::parse(input, request, settings),
            Self::Iip => iip::parse(input, request, settings),
            Self::Zoomify => zoomify::parse(input).map(Parsed::Command),
        }
    }

    /// Words facts as the protocol's document. `info` is `None` when the command names no image.
    pub fn describe(
        self,
        facts: &[Fact],
        info: Option<&ImageInfo>,
        context: &Context<'_>,
    ) -> Response {
        match (self, info) {
            (Self::DeepZoom, Some(info)) => deepzoom::describe(info),
            (Self::Iiif, Some(info)) => iiif::describe(info, context),
            (Self::Zoomify, Some(info)) => zoomify::describe(info),
            (_, info) => iip::describe(facts, info, context),
        }
    }
}
