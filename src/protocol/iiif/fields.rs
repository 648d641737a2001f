//! Numbers and separators that the parameters share.

/// A number with decimals: digits and at most one point, with a digit behind it.
pub(super) fn decimal(text: &str) -> Option<f64> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let written = digits(whole) && digits(decimals) && !decimals.is_empty();
    if written { text.parse().ok().filter(|number: &f64| number.is_finite()) } else { None }
}

/// Exactly `N` texts between commas.
pub(super) fn fields<const N: usize>(text: &str) -> Option<[&str; N]> {
    let mut fields = [""; N];
    let mut parts = text.split(',');
    for field in &mut fields {
        *field = parts.next()?;
    }
    parts.next().is_none().then_some(fields)
}

/// What follows `pct:`.
pub(super) fn percent_of(text: &str) -> Option<&str> {
    let (prefix, percents) = text.split_once(':')?;
    prefix.eq_ignore_ascii_case("pct").then_some(percents)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_digits_and_one_point() {
        for (text, expected) in
            [("0", 0.0), ("12.5", 12.5), (".5", 0.5), ("007.250", 7.25), ("100", 100.0)]
        {
            assert_eq!(decimal(text), Some(expected), "{text}");
        }
        let huge = "9".repeat(400);
        for text in ["", ".", "5.", "-1", "+1", "1e2", "inf", "NaN", "1.2.3", "1,5", " 1", &huge] {
            assert_eq!(decimal(text), None, "{text}");
        }
    }

    #[test]
    fn fields_are_exactly_as_many_as_wanted() {
        assert_eq!(fields("a,,b"), Some(["a", "", "b"]));
        assert_eq!(fields::<2>("a,b,"), None);
        assert_eq!(fields::<2>("a"), None);
        assert_eq!(fields(""), Some([""]));
    }

    #[test]
    fn percents_follow_their_prefix() {
        assert_eq!(percent_of("pct:1,2"), Some("1,2"));
        assert_eq!(percent_of("PCT:"), Some(""));
        assert_eq!(percent_of("pct"), None);
        assert_eq!(percent_of("xpct:1"), None);
    }
}
