//! The `Accept` header (RFC 9110, 12.5.1), as far as IIIF negotiates by it.

/// One media range of an `Accept` header.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct MediaRange<'a> {
    /// Type and subtype, either may be `*`.
    pub(super) name: &'a str,
    /// `profile` parameter, without quotes.
    pub(super) profile: Option<&'a str>,
    /// Weight, 0 to 1; 0 is "not this".
    weight: f32,
}

/// The media ranges of a header, in its order. What cannot be read is left out.
fn media_ranges(accept: Option<&str>) -> impl Iterator<Item = MediaRange<'_>> {
    split_outside_quotes(accept.unwrap_or_default(), ',').filter_map(|range| {
        let mut parts = split_outside_quotes(range, ';').map(str::trim);
        let name = parts.next().filter(|name| !name.is_empty())?;
        let mut read = MediaRange { name, profile: None, weight: 1.0 };
        for (key, value) in parts.filter_map(|part| part.split_once('=')) {
            let (key, value) = (key.trim(), value.trim().trim_matches('"'));
            if key.eq_ignore_ascii_case("profile") {
                read.profile = Some(value);
            } else if key.eq_ignore_ascii_case("q") {
                read.weight = value.parse().ok().filter(|weight| (0.0..=1.0).contains(weight))?;
            }
        }
        Some(read)
    })
}

/// What the range of the highest weight stands for; of equal ones the first. Ranges that stand
/// for nothing or are not wanted do not count.
pub(super) fn preferred<T>(
    accept: Option<&str>,
    meaning: impl Fn(&MediaRange<'_>) -> Option<T>,
) -> Option<T> {
    let mut best: Option<(T, f32)> = None;
    for range in media_ranges(accept).filter(|range| range.weight > 0.0) {
        let Some(found) = meaning(&range) else { continue };
        if best.as_ref().is_none_or(|(_, weight)| range.weight > *weight) {
            best = Some((found, range.weight));
        }
    }
    best.map(|(found, _)| found)
}

/// Weight of a media type that is named itself, not by a wildcard.
pub(super) fn explicit_weight(accept: Option<&str>, media_type: &str) -> Option<f32> {
    media_ranges(accept)
        .filter(|range| range.name.eq_ignore_ascii_case(media_type))
        .map(|range| range.weight)
        .reduce(f32::max)
}

fn split_outside_quotes(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    text.split(move |c| {
        quoted ^= c == '"';
        !quoted && c == separator
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_have_a_name_a_weight_and_a_profile() {
        let header =
            "application/ld+json;profile=\"http://x/a,b;c\"; q=0.5, image/*;Q=0,, text/html";
        let ranges: Vec<_> = media_ranges(Some(header)).collect();
        assert_eq!(
            ranges,
            [
                MediaRange {
                    name: "application/ld+json",
                    profile: Some("http://x/a,b;c"),
                    weight: 0.5
                },
                MediaRange { name: "image/*", profile: None, weight: 0.0 },
                MediaRange { name: "text/html", profile: None, weight: 1.0 },
            ]
        );
    }

    #[test]
    fn a_range_with_a_broken_weight_is_left_out() {
        for weight in ["2", "-1", "NaN", "x", ""] {
            let header = format!("image/png;q={weight}");
            assert_eq!(media_ranges(Some(&header)).count(), 0, "{weight}");
        }
        assert_eq!(media_ranges(None).count(), 0);
    }

    #[test]
    fn the_highest_weight_is_preferred_and_then_the_first() {
        let name = |header, wanted: &[&str]| {
            preferred(Some(header), |range| {
                wanted.contains(&range.name).then(|| range.name.to_owned())
            })
        };
        assert_eq!(name("a/a;q=0.1, b/b;q=0.3, c/c", &["a/a", "b/b"]).as_deref(), Some("b/b"));
        assert_eq!(name("a/a, b/b", &["a/a", "b/b"]).as_deref(), Some("a/a"));
        assert_eq!(name("a/a;q=0", &["a/a"]), None);
        assert_eq!(name("", &[""]), None);
    }

    #[test]
    fn wildcards_are_not_explicit() {
        let header = Some("*/*, Image/PNG;q=0.4, image/png;q=0.6");
        assert_eq!(explicit_weight(header, "image/png"), Some(0.6));
        assert_eq!(explicit_weight(header, "image/jpeg"), None);
    }
}
