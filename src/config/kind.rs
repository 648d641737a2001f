//! Types of settings: how text becomes a value, and how their ranges are worded.

use std::ffi::OsStr;
use std::fmt::Display;
use std::num::IntErrorKind;
use std::path::PathBuf;
use std::time::Duration;

use super::values::Config;

/// Type and range of a setting, and the field it fills.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A number of bytes, with `K`, `M` or `G` for powers of 1024.
    Bytes {
        /// Least.
        min: u64,
        /// Most.
        max: u64,
        /// Fills the field.
        store: fn(&mut Config, u64),
    },
    /// Text that goes into a header: printable ASCII.
    Header {
        /// Fills the field.
        store: fn(&mut Config, String),
    },
    /// A whole number.
    Integer {
        /// Least.
        min: i64,
        /// Most.
        max: i64,
        /// What numbers outside of the range become.
        outside: Outside<i64>,
        /// Fills the field.
        store: fn(&mut Config, i64),
    },
    /// A number with a fraction.
    Number {
        /// Least.
        min: f64,
        /// Most.
        max: f64,
        /// What numbers outside of the range become.
        outside: Outside<f64>,
        /// Fills the field.
        store: fn(&mut Config, f64),
    },
    /// Text with a meaning of its own.
    Parsed {
        /// One word for the type.
        name: &'static str,
        /// What is allowed.
        allowed: &'static str,
        /// Whether the flag can be repeated, and the variable holds several with commas.
        list: bool,
        /// Fills the field, or says what is wrong; nothing when that is plain.
        store: fn(&mut Config, &OsStr) -> Result<(), String>,
    },
    /// A path.
    Path {
        /// Fills the field.
        store: fn(&mut Config, PathBuf),
    },
    /// A number of seconds, with a fraction.
    Seconds {
        /// Least.
        min: f64,
        /// Most.
        max: f64,
        /// Fills the field.
        store: fn(&mut Config, Duration),
    },
    /// Off or on.
    Switch {
        /// Fills the field.
        store: fn(&mut Config, bool),
    },
    /// Text on one line.
    Text {
        /// Fills the field.
        store: fn(&mut Config, String),
    },
}

/// What numbers outside of a range become.
#[derive(Clone, Copy, Debug)]
pub enum Outside<T> {
    /// The nearest number of the range.
    Clamp,
    /// An error.
    Refuse,
    /// What the function says, worded for operators by the text.
    Rule(&'static str, fn(T) -> T),
}

/// A value that is not allowed.
#[derive(Debug)]
pub(super) struct Refused {
    /// The value, fit for a message.
    pub(super) value: String,
    /// What is wrong with it, where more can be said than that it is not allowed.
    pub(super) reason: Option<String>,
}

impl Kind {
    /// One word for the type.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Bytes { .. } => "bytes",
            Self::Header { .. } => "header",
            Self::Integer { .. } => "integer",
            Self::Number { .. } => "number",
            Self::Parsed { name, .. } => name,
            Self::Path { .. } => "path",
            Self::Seconds { .. } => "seconds",
            Self::Switch { .. } => "switch",
            Self::Text { .. } => "text",
        }
    }

    /// What is allowed, for messages.
    pub fn allowed(&self) -> String {
        match self {
            Self::Bytes { min, max, .. } => format!(
                "a number of bytes from {} to {} (K, M and G are allowed)",
                written_bytes(*min),
                written_bytes(*max)
            ),
            Self::Header { .. } => "text of printable ASCII characters".to_owned(),
            Self::Integer { min, max, .. } => format!("a whole number from {min} to {max}"),
            Self::Number { min, max, .. } => format!("a number from {min} to {max}"),
            Self::Parsed { allowed, .. } => (*allowed).to_owned(),
            Self::Path { .. } => "a path".to_owned(),
            Self::Seconds { min, max, .. } => format!("a number of seconds from {min} to {max}"),
            Self::Switch { .. } => "0 for off or 1 for on".to_owned(),
            Self::Text { .. } => "text on one line".to_owned(),
        }
    }

    /// What is allowed and what becomes of numbers outside of it, for the documentation.
    pub fn range(&self) -> String {
        fn outside<T>(outside: &Outside<T>) -> String {
            match outside {
                Outside::Clamp => "; others are clamped".to_owned(),
                Outside::Refuse => String::new(),
                Outside::Rule(text, _) => format!("; {text}"),
            }
        }
        match self {
            Self::Integer { min, max, outside: rule, .. } => {
                format!("{min} to {max}{}", outside(rule))
            }
            Self::Number { min, max, outside: rule, .. } => {
                format!("{min} to {max}{}", outside(rule))
            }
            Self::Bytes { min, max, .. } => {
                format!("{} to {}", written_bytes(*min), written_bytes(*max))
            }
            Self::Seconds { min, max, .. } => format!("{min} to {max}"),
            Self::Switch { .. } => "0 off, 1 on".to_owned(),
            Self::Header { .. } | Self::Parsed { .. } | Self::Path { .. } | Self::Text { .. } => {
                self.allowed()
            }
        }
    }

    /// Whether several values can be given.
    pub fn is_list(&self) -> bool {
        matches!(self, Self::Parsed { list: true, .. })
    }

    /// Reads one value into the field. Returns it as it was understood.
    pub(super) fn read(&self, value: &OsStr, config: &mut Config) -> Result<String, Refused> {
        if let Self::Path { store } = self {
            store(config, value.into());
            return Ok(value.to_string_lossy().into_owned());
        }
        if let Self::Parsed { store, .. } = self {
            return match store(config, value) {
                Ok(()) => Ok(value.to_string_lossy().into_owned()),
                Err(reason) => Err(Refused::because(value, (!reason.is_empty()).then_some(reason))),
            };
        }
        let text = value
            .to_str()
            .ok_or_else(|| Refused::because(value, Some("it is not UTF-8".to_owned())))?;
        self.read_text(text.trim(), config).ok_or_else(|| Refused::because(value, None))
    }

    fn read_text(&self, text: &str, config: &mut Config) -> Option<String> {
        match *self {
            Self::Bytes { min, max, store } => {
                let bytes = bytes(text).filter(|bytes| (min..=max).contains(bytes))?;
                store(config, bytes);
                Some(written_bytes(bytes))
            }
            Self::Header { store } => {
                // Anything else could end the header or be refused when it is sent.
                if !text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
                    return None;
                }
                store(config, text.to_owned());
                Some(text.to_owned())
            }
            Self::Integer { min, max, outside, store } => {
                let number = outside.apply(integer(text)?, min, max)?;
                store(config, number);
                Some(number.to_string())
            }
            Self::Number { min, max, outside, store } => {
                let number = outside.apply(number(text)?, min, max)?;
                store(config, number);
                Some(number.to_string())
            }
            Self::Seconds { min, max, store } => {
                let number = Outside::Refuse.apply(number(text)?, min, max)?;
                store(config, Duration::from_secs_f64(number));
                Some(number.to_string())
            }
            Self::Switch { store } => {
                let on = switch(text)?;
                store(config, on);
                Some(u8::from(on).to_string())
            }
            Self::Text { store } => {
                if text.chars().any(char::is_control) {
                    return None;
                }
                store(config, text.to_owned());
                Some(text.to_owned())
            }
            Self::Parsed { .. } | Self::Path { .. } => None,
        }
    }
}

impl<T: PartialOrd + Copy + Display> Outside<T> {
    fn apply(self, number: T, min: T, max: T) -> Option<T> {
        let within = |number| {
            if number < min {
                min
            } else if number > max {
                max
            } else {
                number
            }
        };
        match self {
            Self::Clamp => Some(within(number)),
            Self::Refuse => (within(number) == number).then_some(number),
            Self::Rule(_, rule) => Some(within(rule(number))),
        }
    }
}

impl Refused {
    fn because(value: &OsStr, reason: Option<String>) -> Self {
        Self { value: value.to_string_lossy().escape_debug().to_string(), reason }
    }
}

/// A whole number; one too large for 64 bits is the largest there is, so that clamps apply to it.
fn integer(text: &str) -> Option<i64> {
    text.parse().map_or_else(
        |error: std::num::ParseIntError| match error.kind() {
            IntErrorKind::PosOverflow => Some(i64::MAX),
            IntErrorKind::NegOverflow => Some(i64::MIN),
            _ => None,
        },
        Some,
    )
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// 0 is off, any other number on, as in iipsrv; the words are ours.
fn switch(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "false" | "no" | "off" => Some(false),
        "on" | "true" | "yes" => Some(true),
        number => integer(number).map(|number| number != 0),
    }
}

fn bytes(text: &str) -> Option<u64> {
    let units = [('K', 1 << 10), ('M', 1 << 20), ('G', 1 << 30)];
    let upper = text.to_ascii_uppercase();
    let unit = units.iter().find_map(|(unit, size)| Some((upper.strip_suffix(*unit)?, *size)));
    let (digits, size) = unit.unwrap_or((&upper, 1));
    digits.trim_end().parse::<u64>().ok()?.checked_mul(size)
}

fn written_bytes(bytes: u64) -> String {
    let units = [('G', 1 << 30), ('M', 1 << 20), ('K', 1 << 10)];
    let unit = units.iter().find(|(_, size)| bytes > 0 && bytes.is_multiple_of(*size));
    unit.map_or_else(|| bytes.to_string(), |(unit, size)| format!("{}{unit}", bytes / size))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_have_units() {
        for (text, expected) in [
            ("0", Some(0)),
            ("1000", Some(1000)),
            ("64k", Some(65_536)),
            ("512 M", Some(536_870_912)),
            ("2G", Some(2_147_483_648)),
            ("", None),
            ("K", None),
            ("-1", None),
            ("1T", None),
            ("99999999999G", None),
        ] {
            assert_eq!(bytes(text), expected, "{text}");
        }
        assert_eq!(written_bytes(65_536), "64K");
        assert_eq!(written_bytes(1_000), "1000");
        assert_eq!(written_bytes(0), "0");
    }

    #[test]
    fn numbers_beyond_64_bits_are_the_largest_there_are() {
        assert_eq!(integer("99999999999999999999"), Some(i64::MAX));
        assert_eq!(integer("-99999999999999999999"), Some(i64::MIN));
        assert_eq!(integer("7x"), None);
    }

    #[test]
    fn any_number_but_0_is_on() {
        for (text, expected) in
            [("0", Some(false)), ("1", Some(true)), ("-7", Some(true)), ("Off", Some(false))]
        {
            assert_eq!(switch(text), expected, "{text}");
        }
        assert_eq!(switch("maybe"), None);
    }
}
