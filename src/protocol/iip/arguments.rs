//! Forms of arguments that several commands share.

use std::borrow::Cow;

use crate::http;
use crate::protocol::ParseError;

/// An argument that is percent-encoded in the request.
pub(super) fn decoded<'a>(field: &'static str, text: &'a str) -> Result<Cow<'a, str>, ParseError> {
    http::decode(text, true).ok_or_else(|| ParseError::new(field, "must be UTF-8 without NUL"))
}

/// Pieces of a list. Empty ones do not count.
pub(super) fn list(text: &str, separator: char) -> impl Iterator<Item = &str> {
    text.split(separator).filter(|piece| !piece.is_empty())
}

/// The text between the first `[` and the first `]` behind it, or all of it.
pub(super) fn bracketed(text: &str) -> &str {
    let inner = text.split_once('[').map_or(text, |(_, inner)| inner);
    inner.split_once(']').map_or(inner, |(inner, _)| inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_are_optional() {
        for (text, inner) in
            [("[a]", "a"), ("a", "a"), ("x[a;b]y]", "a;b"), ("[a", "a"), ("[]", "")]
        {
            assert_eq!(bracketed(text), inner, "{text}");
        }
    }

    #[test]
    fn empty_pieces_do_not_count() {
        assert_eq!(list("1,,2,", ',').collect::<Vec<_>>(), ["1", "2"]);
    }
}
