//! Which protocol a request speaks, by the first segments of its path.
//!
//! Prefixes are compared by whole segments and as sent: `/iiif` is a prefix of `/iiif/x`, not of
//! `/iiifx/`. What no prefix claims is IIP, with its request string in the query or the body.

use std::borrow::Cow;

use super::Protocol;
use crate::http::Request;

/// Paths that select a protocol.
///
/// ```
/// use pyramis::http::Request;
/// use pyramis::protocol::{Protocol, UriMap};
///
/// let map = UriMap::parse("scans/iiif=>IIIF, img=>IIP").unwrap();
/// let request = Request { path: "/scans/iiif/a.tif/info.json", ..Request::default() };
/// let route = map.route(&request);
/// assert_eq!((route.protocol, &*route.input), (Protocol::Iiif, "a.tif/info.json"));
/// ```
#[derive(Clone, Debug)]
pub struct UriMap(Vec<Mapping>);

/// A path prefix and the protocol spoken below it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Mapping {
    /// Path segments, without slashes at the ends; empty for all paths.
    pub prefix: String,
    /// The protocol.
    pub protocol: Protocol,
}

/// A mapping that cannot be read.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum UriMapError {
    /// The same prefix stands twice.
    #[error("prefix `{0}` is mapped twice")]
    Duplicate(String),
    /// No `=>` between prefix and protocol.
    #[error("`{0}` has no `=>`; a mapping looks like `iiif=>IIIF`, without spaces inside")]
    NoArrow(String),
    /// A protocol that is not spoken.
    #[error(
        "`{protocol}` in `{mapping}` is no protocol; there are IIP, IIIF, DeepZoom and Zoomify"
    )]
    UnknownProtocol {
        /// The mapping it stands in.
        mapping: String,
        /// What stands in the place of the protocol.
        protocol: String,
    },
}

/// A request string and the protocol that reads it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Route<'a> {
    /// The protocol.
    pub protocol: Protocol,
    /// What the protocol parses, as the client sent it.
    pub input: Cow<'a, str>,
}

impl UriMap {
    /// Reads mappings `prefix=>PROTOCOL`, separated by commas or spaces. The built-in ones come
    /// after them.
    pub fn parse(text: &str) -> Result<Self, UriMapError> {
        let mut mappings: Vec<Mapping> = Vec::new();
        let tokens = text.split(|c: char| c == ',' || c.is_whitespace());
        for token in tokens.filter(|token| !token.is_empty()) {
            let mapping = Mapping::parse(token)?;
            if mappings.iter().any(|other| other.prefix == mapping.prefix) {
                return Err(UriMapError::Duplicate(mapping.prefix));
            }
            mappings.push(mapping);
        }
        mappings.sort_by_key(|mapping| std::cmp::Reverse(mapping.prefix.len()));
        for (prefix, protocol) in BUILT_IN {
            if mappings.iter().all(|other| other.prefix != prefix) {
                mappings.push(Mapping { prefix: prefix.to_owned(), protocol });
            }
        }
        Ok(Self(mappings))
    }

    /// The mappings, in the order they are tried.
    pub fn mappings(&self) -> &[Mapping] {
        &self.0
    }

    /// Whether a mapping claims this path.
    pub fn is_mapped(&self, path: &str) -> bool {
        self.0.iter().any(|mapping| mapping.rest(path).is_some())
    }

    /// The protocol of a request and what it has to read: the path behind the prefix, or the
    /// request string of IIP.
    pub fn route<'a>(&self, request: &Request<'a>) -> Route<'a> {
        for mapping in &self.0 {
            match (mapping.protocol, mapping.rest(request.path)) {
                // A path that names no image leaves the word to the query.
                (_, None) | (Protocol::Iip, Some("")) => {}
                (Protocol::Iip, Some(rest)) => {
                    return Route { protocol: Protocol::Iip, input: format!("FIF={rest}").into() };
                }
                (protocol, Some(rest)) => return Route { protocol, input: rest.into() },
            }
        }
        Route { protocol: Protocol::Iip, input: request.iip_string() }
    }
}

impl Default for UriMap {
    /// The built-in mappings alone.
    fn default() -> Self {
        let mapping =
            |(prefix, protocol): (&str, _)| Mapping { prefix: prefix.to_owned(), protocol };
        Self(BUILT_IN.map(mapping).into())
    }
}

impl Mapping {
    fn parse(text: &str) -> Result<Self, UriMapError> {
        let (prefix, name) =
            text.split_once("=>").ok_or_else(|| UriMapError::NoArrow(text.to_owned()))?;
        let named = |protocol: &(&str, Protocol)| protocol.0.eq_ignore_ascii_case(name);
        let found = NAMES.iter().find(|protocol| named(protocol));
        let (_, protocol) = *found.ok_or_else(|| UriMapError::UnknownProtocol {
            mapping: text.to_owned(),
            protocol: name.to_owned(),
        })?;
        Ok(Self { prefix: prefix.trim_matches('/').to_owned(), protocol })
    }

    /// What follows the prefix and a slash; `None` when the path does not begin with the prefix.
    fn rest<'a>(&self, path: &'a str) -> Option<&'a str> {
        let path = path.strip_prefix('/').unwrap_or(path);
        if self.prefix.is_empty() {
            return Some(path);
        }
        let rest = path.strip_prefix(self.prefix.as_str())?;
        if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
    }
}

const BUILT_IN: [(&str, Protocol); 3] =
    [("iiif", Protocol::Iiif), ("deepzoom", Protocol::DeepZoom), ("zoomify", Protocol::Zoomify)];

const NAMES: [(&str, Protocol); 4] = [
    ("DeepZoom", Protocol::DeepZoom),
    ("IIIF", Protocol::Iiif),
    ("IIP", Protocol::Iip),
    ("Zoomify", Protocol::Zoomify),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Method;

    fn route<'a>(map: &str, path: &'a str) -> (Protocol, Cow<'a, str>) {
        let request = Request { path, query: "OBJ=IIP-server", ..Request::default() };
        let route = UriMap::parse(map).unwrap().route(&request);
        (route.protocol, route.input)
    }

    #[test]
    fn prefixes_match_whole_segments() {
        let query = (Protocol::Iip, "OBJ=IIP-server".into());
        for (path, expected) in [
            ("/i/a%2Fb.tif/info.json", (Protocol::Iiif, "a%2Fb.tif/info.json".into())),
            ("/i/", (Protocol::Iiif, "".into())),
            ("/i", (Protocol::Iiif, "".into())),
            ("/ix/a.tif/info.json", query.clone()),
            ("/x/i/a.tif", query.clone()),
            ("/I/a.tif", query.clone()),
            ("/", query.clone()),
            ("", query),
        ] {
            assert_eq!(route("i=>IIIF", path), expected, "{path}");
        }
    }

    #[test]
    fn slashes_around_a_prefix_and_the_case_of_the_protocol_do_not_matter() {
        for map in ["a/b=>zoomify", "/a/b=>ZOOMIFY", "a/b/=>Zoomify", " , /a/b/=>zoomIFY ,"] {
            assert_eq!(route(map, "/a/b/c.tif/x").0, Protocol::Zoomify, "{map}");
        }
    }

    #[test]
    fn the_longest_prefix_wins() {
        let map = "a=>DeepZoom a/b=>IIIF,=>Zoomify";
        assert_eq!(route(map, "/a/b/c"), (Protocol::Iiif, "c".into()));
        assert_eq!(route(map, "/a/c"), (Protocol::DeepZoom, "c".into()));
        assert_eq!(route(map, "/c/d"), (Protocol::Zoomify, "c/d".into()));
    }

    #[test]
    fn built_in_prefixes_are_there_unless_they_are_mapped_anew() {
        assert_eq!(route("", "/deepzoom/a.dzi"), (Protocol::DeepZoom, "a.dzi".into()));
        assert_eq!(route("", "/zoomify/a"), (Protocol::Zoomify, "a".into()));
        assert_eq!(route("", "/iiif/a"), (Protocol::Iiif, "a".into()));
        assert_eq!(route("iiif=>IIP", "/iiif/a"), (Protocol::Iip, "FIF=a".into()));
        assert_eq!(route("=>IIIF", "/zoomify/a"), (Protocol::Iiif, "zoomify/a".into()));
        assert_eq!(UriMap::default().mappings(), UriMap::parse("").unwrap().mappings());
    }

    #[test]
    fn a_path_mapped_to_iip_names_the_image_and_may_go_on() {
        let input = "FIF=x.tif&OBJ=Max-size";
        assert_eq!(route("img=>IIP", "/img/x.tif&OBJ=Max-size"), (Protocol::Iip, input.into()));
        assert_eq!(route("img=>IIP", "/img/"), (Protocol::Iip, "OBJ=IIP-server".into()));
    }

    #[test]
    fn the_body_of_a_post_is_a_request_string() {
        let request =
            Request { method: Some(Method::Post), body: b"FIF=a.tif", ..Request::default() };
        assert_eq!(UriMap::default().route(&request).input, "FIF=a.tif");
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let message = |text| UriMap::parse(text).unwrap_err().to_string();
        assert!(message("iiif").starts_with("`iiif` has no `=>`"));
        assert!(message("a=>IIIF, b=>JPIP").starts_with("`JPIP` in `b=>JPIP` is no protocol"));
        assert!(message("a=>").starts_with("`` in `a=>`"));
        assert_eq!(message("a=>IIIF,/a/=>IIP"), "prefix `a` is mapped twice");
    }

    proptest::proptest! {
        #[test]
        fn any_mapping_and_path_can_be_read(
            text in "([a/]{0,3}(=>|,)(IIP|IIIF|x)?[ ,]){0,4}", path in "[/a%&.]{0,12}"
        ) {
            let map = UriMap::parse(&text).unwrap_or_default();
            let route = map.route(&Request { path: &path, ..Request::default() });
            let rest = route.input.strip_prefix("FIF=").unwrap_or(&route.input);
            proptest::prop_assert!(path.ends_with(rest));
        }
    }
}
