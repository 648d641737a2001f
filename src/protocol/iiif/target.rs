//! Which part of a path is the identifier.

use super::{quality, region, rotation, size};
use crate::http;

/// A path, taken apart. All parts are percent-encoded as received.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Target<'a> {
    /// An identifier alone.
    Bare(&'a str),
    /// An image request: region, size, rotation, quality with format.
    Image { identifier: &'a str, parameters: [&'a str; 4] },
    /// `info.json`.
    Info(&'a str),
}

impl<'a> Target<'a> {
    /// Takes a path apart. Identifiers may have slashes, encoded or plain.
    ///
    /// Four segments behind an identifier are an image request when at least two of them look
    /// like the parameter of their place. So a request with one or two wrong parameters is an
    /// error that names them, while the plain path of an image in deep folders is an identifier.
    pub(super) fn new(path: &'a str) -> Self {
        if let Some(identifier) = path.strip_suffix("/info.json") {
            return Self::Info(identifier);
        }
        let mut segments = path.rsplitn(5, '/');
        let mut next = || segments.next().unwrap_or_default();
        let (quality, rotation, size, region, identifier) =
            (next(), next(), next(), next(), next());
        let parameters = [region, size, rotation, quality];
        let shapes: [fn(&str) -> bool; 4] =
            [region::looks_like, size::looks_like, rotation::looks_like, quality::looks_like];
        let fitting = parameters
            .iter()
            .zip(shapes)
            .filter(|(parameter, fits)| http::decode(parameter, false).is_some_and(|p| fits(&p)));
        if path.split('/').count() > 4 && fitting.count() >= 2 {
            Self::Image { identifier, parameters }
        } else {
            Self::Bare(path.trim_end_matches('/'))
        }
    }
}

/// The identifier in a request string, percent-encoded as received.
pub fn identifier(input: &str) -> &str {
    match Target::new(input) {
        Target::Bare(identifier) | Target::Image { identifier, .. } | Target::Info(identifier) => {
            identifier
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_may_have_slashes() {
        for (path, expected) in [
            ("a.tif/full/max/0/default.jpg", "a.tif"),
            ("d/e/a.tif/full/max/0/default.jpg", "d/e/a.tif"),
            ("d%2Fa.tif/full/max/0/default.jpg", "d%2Fa.tif"),
            ("d/a.tif/info.json", "d/a.tif"),
            ("info.json/info.json", "info.json"),
            ("full/full/max/0/default.jpg", "full"),
        ] {
            assert_eq!(identifier(path), expected, "{path}");
            assert!(!matches!(Target::new(path), Target::Bare(_)), "{path}");
        }
    }

    #[test]
    fn one_or_two_wrong_parameters_are_still_an_image_request() {
        for path in [
            "a/x/max/0/default.jpg",
            "a/full/x/0/default.jpg",
            "a/full/max/x/default.jpg",
            "a/full/max/0/x.jpg",
            "a/full/max/0/default.x",
            "a/full/max/0/default",
            "a/full/max//x.jpg",
            "a/pct%3A1,1,1,1/%5Emax/x/x",
        ] {
            assert!(matches!(Target::new(path), Target::Image { identifier: "a", .. }), "{path}");
        }
    }

    #[test]
    fn all_else_is_an_identifier() {
        for path in [
            "a.tif",
            "dir/a.tif",
            "a/b/c/d/e/f.tif",
            "scans/2020/05/12/a.tif",
            "full/max/0/default.jpg",
            "a.tif/information",
            "info.json",
            "",
        ] {
            assert_eq!(Target::new(path), Target::Bare(path), "{path}");
        }
        assert_eq!(Target::new("dir/a.tif/"), Target::Bare("dir/a.tif"));
    }
}
