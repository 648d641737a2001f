use std::borrow::Cow;
use std::fmt::Write;

/// Percent-decodes once. `%` not followed by two hexadecimal digits stands for itself; `+` is a
/// space only where `plus` says so (query strings, never paths).
///
/// `None` when the result is not UTF-8 or has a NUL byte, which no file name can have.
pub fn decode(text: &str, plus: bool) -> Option<Cow<'_, str>> {
    let special = |byte| byte == b'%' || (plus && byte == b'+');
    if !text.bytes().any(special) {
        return (!text.contains('\0')).then_some(Cow::Borrowed(text));
    }
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let pair =
            (byte == b'%').then(|| Some((hex(*bytes.get(at + 1)?)?, hex(*bytes.get(at + 2)?)?)));
        if let Some((high, low)) = pair.flatten() {
            decoded.push(high << 4 | low);
            at += 3;
        } else {
            decoded.push(if plus && byte == b'+' { b' ' } else { byte });
            at += 1;
        }
    }
    if decoded.contains(&0) {
        return None;
    }
    String::from_utf8(decoded).ok().map(Cow::Owned)
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// Percent-encodes what cannot stand in a path segment (RFC 3986, 3.3), and `/` where asked.
pub fn encode_path(text: &str, slashes: bool) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        let plain = byte.is_ascii_alphanumeric()
            || b"-._~!$'()*,;:@".contains(&byte)
            || (byte == b'/' && !slashes);
        if plain {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").expect("writing to a string cannot fail");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decoding_is_lenient_and_happens_once() {
        assert_eq!(decode("a%20b%2Fc", false).as_deref(), Some("a b/c"));
        assert_eq!(decode("50%zz.tif", false).as_deref(), Some("50%zz.tif"));
        assert_eq!(decode("%2520", false).as_deref(), Some("%20"));
        assert_eq!(decode("a+b%", true).as_deref(), Some("a b%"));
        assert_eq!(decode("a+b", false).as_deref(), Some("a+b"));
    }

    #[test]
    fn nul_and_broken_utf8_are_refused() {
        assert_eq!(decode("a%00b", false), None);
        assert_eq!(decode("%ff", false), None);
    }

    #[test]
    fn encoding_can_be_decoded() {
        let text = "a b/ü%;&=";
        assert_eq!(encode_path(text, true), "a%20b%2F%C3%BC%25;%26%3D");
        assert_eq!(decode(&encode_path(text, false), false).as_deref(), Some(text));
    }
}
