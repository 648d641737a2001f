//! Directories of TIFF files and EXIF blocks, little-endian (TIFF 6.0, section 2).

use std::collections::BTreeMap;

/// A directory to be written: fields by their tags.
#[derive(Debug, Default)]
pub(in crate::codec::encode) struct Directory<'a> {
    fields: BTreeMap<u16, Value<'a>>,
}

/// The values of a field, by their type.
#[derive(Debug)]
pub(in crate::codec::encode) enum Value<'a> {
    /// A text. It ends at a NUL, which is written.
    Ascii(&'a str),
    Bytes(&'a [u8]),
    Longs(Vec<u32>),
    Rationals(Vec<(u32, u32)>),
    Shorts(Vec<u16>),
    Undefined(&'a [u8]),
}

impl<'a> Directory<'a> {
    /// Adds a field, or replaces it.
    pub(in crate::codec::encode) fn set(&mut self, tag: u16, value: Value<'a>) {
        self.fields.insert(tag, value);
    }

    /// Bytes that it takes with its values.
    pub(in crate::codec::encode) fn len(&self) -> usize {
        self.fields.values().map(Value::outside).sum::<usize>() + self.head()
    }

    /// Its bytes, to be put at this place of a file, the last one of its directories. `None` when
    /// a place or a count needs more than 32 bits.
    pub(in crate::codec::encode) fn write(&self, at: usize) -> Option<Vec<u8>> {
        let mut head = Vec::with_capacity(self.len());
        let mut values = Vec::new();
        let start = at.checked_add(self.head())?;
        head.extend(u16::try_from(self.fields.len()).ok()?.to_le_bytes());
        for (tag, value) in &self.fields {
            let (kind, count) = value.kind()?;
            let mut bytes = value.to_bytes();
            head.extend(tag.to_le_bytes());
            head.extend(kind.to_le_bytes());
            head.extend(count.to_le_bytes());
            if bytes.len() <= INLINE {
                bytes.resize(INLINE, 0);
                head.append(&mut bytes);
            } else {
                let place = start.checked_add(values.len())?;
                head.extend(u32::try_from(place).ok()?.to_le_bytes());
                // Values begin on a word boundary.
                bytes.resize(bytes.len().next_multiple_of(2), 0);
                values.append(&mut bytes);
            }
        }
        // No next directory.
        head.extend([0; 4]);
        head.append(&mut values);
        Some(head)
    }

    fn head(&self) -> usize {
        2 + 12 * self.fields.len() + 4
    }
}

impl Value<'_> {
    /// Bytes that do not fit into the field itself.
    fn outside(&self) -> usize {
        match self.bytes() {
            ..=INLINE => 0,
            bytes => bytes.next_multiple_of(2),
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Ascii(text) => until_nul(text).len() + 1,
            Self::Bytes(bytes) | Self::Undefined(bytes) => bytes.len(),
            Self::Longs(numbers) => numbers.len() * 4,
            Self::Rationals(numbers) => numbers.len() * 8,
            Self::Shorts(numbers) => numbers.len() * 2,
        }
    }

    /// Number of the type, and of the values.
    fn kind(&self) -> Option<(u16, u32)> {
        let (kind, size) = match self {
            Self::Ascii(_) => (2, 1),
            Self::Bytes(_) => (1, 1),
            Self::Longs(_) => (4, 4),
            Self::Rationals(_) => (5, 8),
            Self::Shorts(_) => (3, 2),
            Self::Undefined(_) => (7, 1),
        };
        Some((kind, u32::try_from(self.bytes() / size).ok()?))
    }

    fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Ascii(text) => [until_nul(text).as_bytes(), &[0]].concat(),
            Self::Bytes(bytes) | Self::Undefined(bytes) => bytes.to_vec(),
            Self::Longs(numbers) => numbers.iter().flat_map(|n| n.to_le_bytes()).collect(),
            Self::Rationals(numbers) => {
                numbers.iter().flat_map(|(n, d)| [*n, *d]).flat_map(u32::to_le_bytes).collect()
            }
            Self::Shorts(numbers) => numbers.iter().flat_map(|n| n.to_le_bytes()).collect(),
        }
    }
}

fn until_nul(text: &str) -> &str {
    text.split('\0').next().unwrap_or_default()
}

/// A number as a fraction, to six decimals as far as they fit; `None` when it is not above 0.
pub(in crate::codec::encode) fn rational(number: f64) -> Option<(u32, u32)> {
    if !(number.is_finite() && number > 0.0) {
        return None;
    }
    let whole = [1_000_000_u32, 10_000, 100, 1].into_iter().find_map(|scale| {
        let scaled = (number * f64::from(scale)).round();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked")]
        (1.0..=f64::from(u32::MAX)).contains(&scaled).then_some((scaled as u32, scale))
    });
    let (numerator, denominator) = whole?;
    let divisor = divisor(numerator, denominator);
    Some((numerator / divisor, denominator / divisor))
}

/// The greatest common one, at least 1.
fn divisor(mut a: u32, mut b: u32) -> u32 {
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}

/// Longest value inside a field.
const INLINE: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_sorted_and_long_values_follow_them() {
        let mut directory = Directory::default();
        directory.set(305, Value::Ascii("abcd\0x"));
        directory.set(256, Value::Shorts(vec![7]));
        let bytes = directory.write(8).unwrap();
        // TIFF 6.0, section 2: count, fields of tag, type, count and value, next directory.
        let expected: &[&[u8]] = &[
            &[2, 0],
            &[0, 1, 3, 0, 1, 0, 0, 0, 7, 0, 0, 0],
            &[0x31, 1, 2, 0, 5, 0, 0, 0, 38, 0, 0, 0],
            &[0; 4],
            b"abcd\0\0",
        ];
        assert_eq!(bytes, expected.concat());
        assert_eq!(directory.len(), bytes.len());
    }

    #[test]
    fn rationals_are_reduced_and_as_exact_as_they_can_be() {
        for (number, expected) in [
            (300.0, Some((300, 1))),
            (28.34, Some((1417, 50))),
            (0.5, Some((1, 2))),
            (1e9, Some((1_000_000_000, 1))),
            (0.0, None),
            (-1.0, None),
            (f64::NAN, None),
            (1e10, None),
            (1e-9, None),
        ] {
            assert_eq!(rational(number), expected, "{number}");
        }
    }
}
