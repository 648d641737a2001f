//! Size: `max`, `w,`, `,h`, `w,h`, `!w,h` or `pct:n`; before 3.0 `full`, in 3.0 any but `full`
//! after `^`.

use super::Version;
use super::fields::{decimal, fields, percent_of};
use crate::command::{Excess, Finite, Fit, Size, Upscale};
use crate::protocol::{ParseError, strict};

/// Reads a size, percent-decoded.
pub(super) fn read(text: &str, version: Version) -> Result<Size, ParseError> {
    let usage = if version == Version::V3 { USAGE_3 } else { USAGE_2 };
    let (text, upscale) = match (version, text.strip_prefix('^')) {
        (Version::V1 | Version::V2, Some(_)) => return Err(ParseError::new(FIELD, usage)),
        (Version::V1 | Version::V2, None) => (text, Upscale::Allow),
        (Version::V3, Some(text)) => (text, Upscale::Allow),
        (Version::V3, None) => (text, Upscale::Refuse),
    };
    let fit = if text.eq_ignore_ascii_case("max") {
        // Only `^max` enlarges: without `^`, and before 3.0, it is never larger than the region.
        match (version, upscale) {
            (Version::V3, Upscale::Allow) => Fit::Max,
            _ => Fit::Natural,
        }
    } else if text.eq_ignore_ascii_case("full") {
        if version == Version::V3 {
            return Err(ParseError::new(FIELD, "full is max since version 3"));
        }
        Fit::Natural
    } else if let Some(percent) = percent_of(text) {
        let percent = decimal(percent).ok_or_else(|| ParseError::new(FIELD, usage))?;
        let above_zero = Finite::new(percent).filter(|_| percent > 0.0);
        Fit::Percent(above_zero.ok_or_else(|| ParseError::new(FIELD, ZERO))?)
    } else {
        sides(text, usage)?
    };
    Ok(Size { fit, upscale, excess: Excess::Refuse })
}

/// Whether a path segment is meant as a size.
pub(super) fn looks_like(text: &str) -> bool {
    text.starts_with(['^', '!'])
        || text.eq_ignore_ascii_case("max")
        || text.eq_ignore_ascii_case("full")
        || percent_of(text).is_some()
        || text.split(',').count() == 2
}

fn sides(text: &str, usage: &'static str) -> Result<Fit, ParseError> {
    let confined = text.strip_prefix('!');
    let side = |text: &str| match strict::integer(text) {
        Some(0) => Err(ParseError::new(FIELD, ZERO)),
        Some(side) => Ok(side),
        None => Err(ParseError::new(FIELD, usage)),
    };
    match (fields::<2>(confined.unwrap_or(text)), confined.is_some()) {
        (None | Some(["", ""]), _) | (Some([_, ""] | ["", _]), true) => {
            Err(ParseError::new(FIELD, usage))
        }
        (Some([width, ""]), false) => Ok(Fit::Width(side(width)?)),
        (Some(["", height]), false) => Ok(Fit::Height(side(height)?)),
        (Some([width, height]), false) => {
            Ok(Fit::Exact { width: side(width)?, height: side(height)? })
        }
        (Some([width, height]), true) => {
            Ok(Fit::Within { width: side(width)?, height: side(height)? })
        }
    }
}

const FIELD: &str = "size";
const USAGE_2: &str = "expected full, max, w, or ,h or w,h or !w,h in whole pixels, or pct:n";
const USAGE_3: &str =
    "expected max, w, or ,h or w,h or !w,h in whole pixels, or pct:n; ^ before it allows enlarging";
const ZERO: &str = "must be above 0";

#[cfg(test)]
mod tests {
    use super::*;

    const FORMS: [(&str, Fit); 6] = [
        ("150,", Fit::Width(150)),
        (",150", Fit::Height(150)),
        ("225,100", Fit::Exact { width: 225, height: 100 }),
        ("!225,100", Fit::Within { width: 225, height: 100 }),
        ("4294967295,", Fit::Width(u32::MAX)),
        ("1,1", Fit::Exact { width: 1, height: 1 }),
    ];

    #[test]
    fn version_3_enlarges_only_after_a_caret() {
        for (text, fit) in FORMS {
            let plain = Size { fit, upscale: Upscale::Refuse, excess: Excess::Refuse };
            assert_eq!(read(text, Version::V3), Ok(plain), "{text}");
            let enlarged = Size { fit, upscale: Upscale::Allow, excess: Excess::Refuse };
            assert_eq!(read(&format!("^{text}"), Version::V3), Ok(enlarged), "^{text}");
        }
        let max = Size { fit: Fit::Natural, upscale: Upscale::Refuse, excess: Excess::Refuse };
        assert_eq!(read("max", Version::V3), Ok(max));
        let max = Size { fit: Fit::Max, upscale: Upscale::Allow, excess: Excess::Refuse };
        assert_eq!(read("^max", Version::V3), Ok(max));
        let double = Fit::Percent(Finite::new(200.0).unwrap());
        let size = Size { fit: double, upscale: Upscale::Refuse, excess: Excess::Refuse };
        assert_eq!(read("pct:200", Version::V3), Ok(size));
    }

    #[test]
    fn versions_before_3_enlarge_without_a_caret() {
        for version in [Version::V1, Version::V2] {
            for (text, fit) in FORMS {
                let size = Size { fit, upscale: Upscale::Allow, excess: Excess::Refuse };
                assert_eq!(read(text, version), Ok(size), "{text}");
                assert_eq!(read(&format!("^{text}"), version).unwrap_err().reason, USAGE_2);
            }
            let natural =
                Size { fit: Fit::Natural, upscale: Upscale::Allow, excess: Excess::Refuse };
            assert_eq!(read("full", version), Ok(natural));
            assert_eq!(read("max", version), Ok(natural));
        }
    }

    #[test]
    fn wrong_sizes_say_why() {
        for (text, reason) in [
            ("", USAGE_3),
            ("x", USAGE_3),
            (",", USAGE_3),
            ("!,", USAGE_3),
            ("!100,", USAGE_3),
            ("!,100", USAGE_3),
            ("!!1,1", USAGE_3),
            ("^^1,1", USAGE_3),
            ("!^1,1", USAGE_3),
            ("^", USAGE_3),
            ("100", USAGE_3),
            ("100,70,", USAGE_3),
            ("100.5,", USAGE_3),
            ("1e2,", USAGE_3),
            ("-5,", USAGE_3),
            ("4294967296,", USAGE_3),
            ("0,", ZERO),
            (",0", ZERO),
            ("10,0", ZERO),
            ("!0,10", ZERO),
            ("pct:0", ZERO),
            ("pct:", USAGE_3),
            ("pct:-1", USAGE_3),
            ("pct:nan", USAGE_3),
            ("pct:1,1", USAGE_3),
            ("full", "full is max since version 3"),
            ("^full", "full is max since version 3"),
        ] {
            let error = read(text, Version::V3).unwrap_err();
            assert_eq!((error.field, &*error.reason), ("size", reason), "{text}");
        }
    }
}
