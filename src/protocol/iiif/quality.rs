//! Quality: `default`, `color`, `gray` or `bitonal`, with the spelling of each version.

use super::Version;
use crate::command::{Adjust, ColorMode, Curve, View};
use crate::protocol::ParseError;

/// Reads a quality. `extensions` adds those of `IIIF_EXTENSIONS`.
pub(super) fn read(
    text: &str,
    version: Version,
    extensions: bool,
) -> Result<(ColorMode, Option<Adjust>), ParseError> {
    let accepted = |quality: &&Quality| match quality.scope {
        Scope::Always => true,
        Scope::Extension => extensions,
        Scope::UntilVersion2 => version < Version::V3,
    };
    let quality = QUALITIES.iter().filter(accepted).find(|quality| quality.is_named(text));
    let quality = quality.ok_or_else(|| {
        let names: Vec<_> = names(version, extensions).collect();
        ParseError::new("quality", format!("expected one of {}", names.join(", ")))
    })?;
    Ok((quality.color, quality.adjust.clone()))
}

/// Whether a path segment is meant as a quality, with or without a format.
pub(super) fn looks_like(text: &str) -> bool {
    let stem = text.split_once('.').map_or(text, |(stem, _)| stem);
    QUALITIES.iter().any(|quality| quality.is_named(stem))
}

/// Names that documents and messages tell, each meaning once.
pub(super) fn names(version: Version, extensions: bool) -> impl Iterator<Item = &'static str> {
    QUALITIES
        .iter()
        .filter(move |quality| quality.scope != Scope::Extension || extensions)
        .map(|quality| quality.name)
        .filter(move |name| match *name {
            "default" | "gray" => version != Version::V1,
            "native" | "grey" => version == Version::V1,
            _ => true,
        })
}

/// The name of what a view asks of colour; `color` is the same as the default.
pub(super) fn name(view: &View, version: Version) -> &'static str {
    let means = |name: &&str| {
        QUALITIES.iter().filter(|quality| quality.name == *name).any(|quality| {
            quality.color == view.color && quality.adjust.as_slice() == view.adjust.as_slice()
        })
    };
    names(version, true).find(means).unwrap_or("default")
}

struct Quality {
    name: &'static str,
    scope: Scope,
    color: ColorMode,
    adjust: Option<Adjust>,
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Scope {
    Always,
    Extension,
    UntilVersion2,
}

impl Quality {
    const fn new(name: &'static str, scope: Scope, color: ColorMode) -> Self {
        Self { name, scope, color, adjust: None }
    }

    const fn extension(name: &'static str, adjust: Adjust) -> Self {
        Self { name, scope: Scope::Extension, color: ColorMode::Native, adjust: Some(adjust) }
    }

    fn is_named(&self, text: &str) -> bool {
        self.name.eq_ignore_ascii_case(text)
    }
}

/// In the order they are advertised; of several names for the same the first is the canonical one.
static QUALITIES: [Quality; 10] = [
    Quality::new("default", Scope::Always, ColorMode::Native),
    Quality::new("native", Scope::UntilVersion2, ColorMode::Native),
    Quality::new("color", Scope::Always, ColorMode::Native),
    Quality::new("gray", Scope::Always, ColorMode::Gray),
    Quality::new("grey", Scope::UntilVersion2, ColorMode::Gray),
    Quality::new("bitonal", Scope::Always, ColorMode::Bitonal),
    Quality::extension("negative", Adjust::Invert),
    Quality::extension("stretch", Adjust::Stretch),
    Quality::extension("equalization", Adjust::Equalize),
    Quality::extension("log", Adjust::Curve(Curve::Log)),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::Format;

    const VERSIONS: [Version; 3] = [Version::V1, Version::V2, Version::V3];

    #[test]
    fn qualities_depend_on_the_version() {
        use ColorMode::{Bitonal, Gray, Native};
        use Version::{V2, V3};
        for (text, color, until) in [
            ("default", Native, V3),
            ("color", Native, V3),
            ("gray", Gray, V3),
            ("bitonal", Bitonal, V3),
            ("BITONAL", Bitonal, V3),
            ("native", Native, V2),
            ("grey", Gray, V2),
        ] {
            for version in VERSIONS {
                let read = read(text, version, false);
                if version <= until {
                    assert_eq!(read, Ok((color, None)), "{text} in {version:?}");
                } else {
                    assert_eq!(
                        read.unwrap_err().to_string(),
                        "quality: expected one of default, color, gray, bitonal",
                        "{text} in {version:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn extra_qualities_need_the_setting() {
        for (text, adjust) in [
            ("negative", Adjust::Invert),
            ("stretch", Adjust::Stretch),
            ("equalization", Adjust::Equalize),
            ("log", Adjust::Curve(Curve::Log)),
        ] {
            assert!(read(text, Version::V3, false).is_err(), "{text}");
            let expected = (ColorMode::Native, Some(adjust));
            assert_eq!(read(text, Version::V3, true), Ok(expected), "{text}");
        }
    }

    #[test]
    fn names_can_be_read_and_are_told_back() {
        for version in VERSIONS {
            for text in names(version, true) {
                let (color, adjust) = read(text, version, true).unwrap();
                let adjust = adjust.into_iter().collect();
                let view = View { color, adjust, ..View::whole(Format::Jpeg) };
                let expected = match (text, version) {
                    ("color", Version::V1) => "native",
                    ("color", Version::V2 | Version::V3) => "default",
                    (text, _) => text,
                };
                assert_eq!(name(&view, version), expected);
            }
        }
    }

    #[test]
    fn words_of_a_quality_are_recognised() {
        for text in ["default", "color.jpg", "GRAY.x", "native.", "log.png"] {
            assert!(looks_like(text), "{text}");
        }
        for text in ["", "x.jpg", "default2.jpg", ".default"] {
            assert!(!looks_like(text), "{text}");
        }
    }
}
