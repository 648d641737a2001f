//! Numbers and names in paths, read without the tolerance that IIP needs.

use std::borrow::Cow;

use super::ParseError;
use crate::command::ImageRef;
use crate::http;

/// A whole number: digits only, no sign, no space, at most `u32::MAX`.
pub(super) fn integer(text: &str) -> Option<u32> {
    // `parse` alone would take a leading plus sign.
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

/// The image of a name as received, decoded exactly once.
pub(super) fn image(name: &str, field: &'static str) -> Result<ImageRef, ParseError> {
    let decoded = decode(name, field)?;
    if decoded.is_empty() {
        return Err(ParseError::new(field, "is empty"));
    }
    Ok(ImageRef { name: decoded.into(), angle: None })
}

/// A part of a path, percent-decoded; a plus sign stands for itself.
pub(super) fn decode<'a>(text: &'a str, field: &'static str) -> Result<Cow<'a, str>, ParseError> {
    http::decode(text, false)
        .ok_or_else(|| ParseError::new(field, "is not UTF-8 or has a NUL byte"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_digits_that_fit() {
        assert_eq!(integer("0"), Some(0));
        assert_eq!(integer("007"), Some(7));
        assert_eq!(integer("4294967295"), Some(u32::MAX));
        for text in ["", "+1", "-1", " 1", "1 ", "1.0", "1e2", "4294967296", "a", "٣"] {
            assert_eq!(integer(text), None, "{text:?}");
        }
    }

    #[test]
    fn names_are_decoded_once() {
        assert_eq!(&*image("a%2Fb%2520c", "path").unwrap().name, "a/b%20c");
        assert!(image("", "path").is_err());
        assert!(image("a%00", "path").is_err());
        assert!(image("%FF", "path").is_err());
    }
}
