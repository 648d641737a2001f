//! Numbers as lenient as C's `atoi` and `atof`, which IIP clients rely on.
//!
//! Leading spaces are skipped, the longest numeric prefix counts, what follows is ignored, and
//! text without a number is 0. Unlike C nothing wraps around: integers stop at the ends of their
//! type, and `nan`, `inf` and overflow are errors. Hexadecimal numbers are not read.

use super::ParseError;
use crate::command::Finite;

/// An integer, as `atoi` reads it.
pub(crate) fn integer(text: &str) -> i64 {
    let (negative, digits) = sign(text);
    let magnitude = digits.bytes().take_while(u8::is_ascii_digit).fold(0_i64, |value, digit| {
        value.saturating_mul(10).saturating_add(i64::from(digit - b'0'))
    });
    if negative { -magnitude } else { magnitude }
}

/// An integer of 32 bits.
pub(crate) fn signed(text: &str) -> i32 {
    let value = integer(text);
    i32::try_from(value).unwrap_or(if value < 0 { i32::MIN } else { i32::MAX })
}

/// An integer that must not be negative.
pub(crate) fn unsigned(field: &'static str, text: &str) -> Result<u32, ParseError> {
    Ok(u32::try_from(unsigned_long(field, text)?).unwrap_or(u32::MAX))
}

/// A long integer that must not be negative.
pub(crate) fn unsigned_long(field: &'static str, text: &str) -> Result<u64, ParseError> {
    u64::try_from(integer(text))
        .map_err(|_| ParseError::new(field, "negative numbers have no meaning here"))
}

/// A number with fraction and exponent, as `atof` reads it.
pub(crate) fn finite(field: &'static str, text: &str) -> Result<Finite, ParseError> {
    let (negative, magnitude) = sign(text);
    let value = prefix(magnitude).parse().unwrap_or(0.0);
    let value: f64 = if names_no_number(magnitude) { f64::NAN } else { value };
    Finite::new(if negative { -value } else { value })
        .ok_or_else(|| ParseError::new(field, "only finite numbers are allowed"))
}

/// A number as C's `%.<digits>g` prints it.
pub(crate) fn general(value: f64, digits: usize) -> String {
    let digits = digits.max(1);
    if value == 0.0 || !value.is_finite() {
        return format!("{value}");
    }
    let whole = value.fract() == 0.0;
    if whole && i32::try_from(digits).is_ok_and(|digits| value.abs() < 10_f64.powi(digits.min(15)))
    {
        // Most values of integer samples: their digits need not be worked out as those of a
        // fraction.
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a whole number of at most 15 digits"
        )]
        return (value as i64).to_string();
    }
    // Rounding to the digits may carry into the exponent, so the exponent is read afterwards.
    let scientific = format!("{value:.*e}", digits - 1);
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    match usize::try_from(exponent.saturating_add(4)) {
        Ok(above) if above < digits + 4 => {
            // `above` is the exponent plus four, so this is never negative.
            strip_zeros(&format!("{value:.*}", digits + 3 - above)).to_owned()
        }
        _ => {
            let sign = if exponent < 0 { '-' } else { '+' };
            format!("{}e{sign}{:02}", strip_zeros(mantissa), exponent.unsigned_abs())
        }
    }
}

/// Whether a sign says minus, and the text after spaces and sign.
fn sign(text: &str) -> (bool, &str) {
    let text = text.trim_start_matches(|c: char| c == ' ' || ('\t'..='\r').contains(&c));
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

/// The longest prefix of the form `digits[.digits][e[sign]digits]`.
fn prefix(text: &str) -> &str {
    let bytes = text.as_bytes();
    let digits = |from: usize| {
        bytes
            .get(from..)
            .unwrap_or_default()
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count()
    };
    let mut end = digits(0);
    if bytes.get(end) == Some(&b'.') {
        end += 1 + digits(end + 1);
    }
    if let Some(b'e' | b'E') = bytes.get(end) {
        let signed = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let exponent = digits(end + 1 + signed);
        if exponent > 0 {
            end += 1 + signed + exponent;
        }
    }
    text.get(..end).unwrap_or_default()
}

/// `nan`, `inf` and `infinity` are numbers for `atof`.
fn names_no_number(text: &str) -> bool {
    let start = text.get(..3).unwrap_or_default();
    start.eq_ignore_ascii_case("nan") || start.eq_ignore_ascii_case("inf")
}

fn strip_zeros(number: &str) -> &str {
    if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.') } else { number }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_read_as_atoi_does() {
        for (text, value) in [
            ("12", 12),
            ("  12", 12),
            ("\t+7", 7),
            ("0?1700000000000", 0),
            ("-3x", -3),
            ("90.7", 90),
            ("1e3", 1),
            ("QLT", 0),
            ("", 0),
            ("-", 0),
            ("- 5", 0),
            ("99999999999999999999", i64::MAX),
        ] {
            assert_eq!(integer(text), value, "{text:?}");
        }
    }

    #[test]
    fn integers_stop_at_the_ends_of_their_type() {
        assert_eq!(signed("4294967296"), i32::MAX);
        assert_eq!(signed("-4294967296"), i32::MIN);
        assert_eq!(unsigned("WID", "4294967296"), Ok(u32::MAX));
        assert!(unsigned("WID", "-5").is_err());
    }

    #[test]
    fn fractions_are_read_as_atof_does() {
        for (text, value) in [
            ("1.5", 1.5),
            (".5", 0.5),
            ("5.", 5.0),
            (" -2.5e-1x", -0.25),
            ("1e", 1.0),
            ("1e+", 1.0),
            ("1E2", 100.0),
            ("1.2.3", 1.2),
            (".", 0.0),
            ("junk", 0.0),
            ("-0", 0.0),
            ("\u{e9}\u{e9}", 0.0),
        ] {
            assert_eq!(finite("GAM", text).map(Finite::value), Ok(value), "{text:?}");
        }
    }

    #[test]
    fn infinite_numbers_and_nan_are_refused() {
        for text in ["nan", "NaN(1)", "inf", "-Infinity", "1e999"] {
            assert!(finite("GAM", text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn general_notation_is_that_of_printf() {
        // printf with these digits, "%.9g" for example.
        for (value, digits, text) in [
            (0.0, 9, "0"),
            (255.0, 9, "255"),
            (1000.0, 9, "1000"),
            (-32768.0, 6, "-32768"),
            (999_999.0, 6, "999999"),
            (1_000_000.0, 6, "1e+06"),
            (-1_234_567.0, 6, "-1.23457e+06"),
            (1e15, 17, "1000000000000000"),
            (1e22, 9, "1e+22"),
            (-1.5, 9, "-1.5"),
            (0.1_f32.into(), 9, "0.100000001"),
            (123_456_789.0, 9, "123456789"),
            (4_294_967_296.0, 9, "4.2949673e+09"),
            (0.0001, 9, "0.0001"),
            (0.000_012_5, 9, "1.25e-05"),
            (999_999_999.7, 9, "1e+09"),
            (1.970_634_5e9, 6, "1.97063e+09"),
            (65535.0, 6, "65535"),
            (1.0, 6, "1"),
        ] {
            assert_eq!(general(value, digits), text);
        }
    }

    proptest::proptest! {
        #[test]
        fn whole_numbers_and_fractions_are_understood_with_any_tail(
            value in -1_000_000_i32..1_000_000, tail in "[ ?,;x][ -~]{0,8}"
        ) {
            proptest::prop_assert_eq!(signed(&format!("{value}{tail}")), value);
            let text = format!("{value}.25{tail}");
            let fraction = text.split(['?', ',', ';', 'x', ' ']).next().unwrap_or_default();
            let expected: f64 = fraction.parse().unwrap_or_default();
            proptest::prop_assert_eq!(finite("", &text).map(Finite::value), Ok(expected));
        }

        #[test]
        fn no_text_panics(text in ".{0,20}") {
            let _ = (integer(&text), finite("", &text));
        }
    }
}
