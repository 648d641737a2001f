//! Rotation: degrees clockwise from 0 to 360, after `!` mirrored first.

use super::fields::decimal;
use crate::command::{Finite, Orient};
use crate::protocol::ParseError;

/// Reads a rotation, percent-decoded.
pub(super) fn read(text: &str) -> Result<Orient, ParseError> {
    let degrees = text.strip_prefix('!').unwrap_or(text);
    let degrees = decimal(degrees)
        .filter(|degrees| *degrees <= 360.0)
        // The whole turn is the same picture as none, and shares its cache entry.
        .map(|degrees| if degrees < 360.0 { degrees } else { 0.0 })
        .and_then(Finite::new)
        .ok_or_else(|| ParseError::new("rotation", USAGE))?;
    Ok(Orient { mirror: text.starts_with('!'), degrees })
}

/// Whether a path segment is meant as a rotation.
pub(super) fn looks_like(text: &str) -> bool {
    decimal(text.strip_prefix('!').unwrap_or(text)).is_some()
}

const USAGE: &str = "expected degrees from 0 to 360, with ! before them to mirror";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_angle_up_to_a_full_turn_is_read() {
        for (text, mirror, degrees) in [
            ("0", false, 0.0),
            ("90", false, 90.0),
            ("!180", true, 180.0),
            ("22.5", false, 22.5),
            ("!0.25", true, 0.25),
            (".5", false, 0.5),
            ("360", false, 0.0),
            ("!360.0", true, 0.0),
            ("359.999", false, 359.999),
        ] {
            let expected = Orient { mirror, degrees: Finite::new(degrees).unwrap() };
            assert_eq!(read(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn wrong_rotations_say_what_is_allowed() {
        for text in ["", "!", "-90", "+90", "361", "360.1", "90abc", "!!90", "90!", "1e2", "nan"] {
            let error = read(text).unwrap_err();
            assert_eq!((error.field, &*error.reason), ("rotation", USAGE), "{text}");
        }
    }
}
