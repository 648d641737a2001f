//! Directories (IFDs) and typed access to their fields (TIFF 6.0, section 2).

use super::header::Source;
use crate::codec::DecodeError;

/// A directory: its fields, whose values are still in the file.
#[derive(Debug)]
pub(in crate::codec) struct Ifd {
    fields: Vec<Field>,
    /// Place of the next directory of the chain, 0 for none.
    pub(super) next: u64,
}

/// Name, type and place of one or more values.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    tag: u16,
    /// The number of the type in the file.
    code: u16,
    kind: FieldType,
    count: u64,
    place: Place,
}

#[derive(Clone, Copy, Debug)]
enum Place {
    /// The values are so short that they are in the directory.
    Inline([u8; 8]),
    /// The values are in the file from here on, if the file is right.
    Offset(u64),
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum FieldType {
    Double,
    Float,
    Rational,
    /// A signed integer of so many bytes.
    Signed(u8),
    SignedRational,
    /// An unsigned integer, a byte of a text, or an offset, of so many bytes.
    Unsigned(u8),
}

impl Ifd {
    /// Reads the directory at `offset`.
    pub(in crate::codec) fn read(source: &Source, offset: u64) -> Result<Self, DecodeError> {
        let (count_width, field_width, offset_width) =
            if source.is_big() { (8, 20, 8) } else { (2, 12, 4) };
        let count = source.uint_at(offset, count_width)?;
        if count > Self::MAX_FIELDS {
            return Err(DecodeError::Limit {
                what: "number of fields of a directory",
                limit: Self::MAX_FIELDS,
            });
        }
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        // The count was read from here, so the sum cannot overflow.
        let start = offset + count_width as u64;
        let bytes = source.bytes_at(start, count * field_width + offset_width)?;
        let (fields, next) = bytes.split_at(count * field_width);
        let fields = fields
            .chunks_exact(field_width)
            .filter_map(|bytes| Field::read(source, bytes))
            .collect();
        Ok(Self { fields, next: source.uint(next) })
    }

    /// This directory with the fields of these tags only.
    pub(super) fn only(&self, tags: &[u16]) -> Self {
        let fields = self.fields.iter().filter(|field| tags.contains(&field.tag));
        // A broken writer may have made a field many times.
        Self { fields: fields.take(tags.len()).copied().collect(), next: self.next }
    }

    /// The field with this tag; the first one, if a broken writer made several.
    pub(super) fn field(&self, tag: u16) -> Option<&Field> {
        self.fields.iter().find(|field| field.tag == tag)
    }

    /// The first value of a field of integers.
    pub(in crate::codec) fn uint(
        &self,
        source: &Source,
        tag: u16,
    ) -> Result<Option<u64>, DecodeError> {
        self.field(tag).map(|field| field.uint(source, 0)).transpose()
    }

    /// The first values of a field of integers, at most `most` of them.
    pub(super) fn uints(
        &self,
        source: &Source,
        tag: u16,
        most: usize,
    ) -> Result<Option<Vec<u64>>, DecodeError> {
        let Some(field) = self.field(tag) else { return Ok(None) };
        let FieldType::Unsigned(_) = field.kind else { return Err(field.wrong_type()) };
        let (bytes, width) = (field.values(source, most)?, field.kind.width());
        Ok(Some(bytes.chunks_exact(width).map(|bytes| source.uint(bytes)).collect()))
    }

    /// The first values of a field of any numbers, at most `most` of them.
    pub(in crate::codec) fn numbers(
        &self,
        source: &Source,
        tag: u16,
        most: usize,
    ) -> Result<Option<Vec<f64>>, DecodeError> {
        let Some(field) = self.field(tag) else { return Ok(None) };
        let (bytes, width) = (field.values(source, most)?, field.kind.width());
        let number = |bytes| field.kind.number(source, bytes);
        Ok(Some(bytes.chunks_exact(width).map(number).collect()))
    }

    /// All bytes of a field of texts or raw bytes; an error when there are more than `limit`.
    pub(in crate::codec) fn bytes(
        &self,
        source: &Source,
        tag: u16,
        limit: usize,
    ) -> Result<Option<Vec<u8>>, DecodeError> {
        self.field(tag).map(|field| field.bytes(source, limit)).transpose()
    }

    /// All fields, as they are in the directory.
    pub(super) fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// More fields than any real file has; a bound on the cost of one directory.
    const MAX_FIELDS: u64 = 4096;
}

impl Field {
    /// `None` for types of the future, which readers skip (TIFF 6.0, p. 16).
    fn read(source: &Source, bytes: &[u8]) -> Option<Self> {
        let (head, value) = bytes.split_at(if source.is_big() { 12 } else { 8 });
        let (tag, rest) = head.split_at(2);
        let (kind, count) = rest.split_at(2);
        let code = u16::try_from(source.uint(kind)).ok()?;
        let kind = FieldType::new(code)?;
        let tag = u16::try_from(source.uint(tag)).unwrap_or(0);
        let count = source.uint(count);
        let size = count.checked_mul(kind.width() as u64);
        let place = if size.is_some_and(|size| size <= value.len() as u64) {
            let mut inline = [0; 8];
            for (to, from) in inline.iter_mut().zip(value) {
                *to = *from;
            }
            Place::Inline(inline)
        } else {
            Place::Offset(source.uint(value))
        };
        Some(Self { tag, code, kind, count, place })
    }

    /// Its name.
    pub(super) fn tag(&self) -> u16 {
        self.tag
    }

    /// The number of its type (TIFF 6.0, p. 15).
    pub(super) fn code(&self) -> u16 {
        self.code
    }

    /// Number of values.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// Refuses a field with values beyond the end of the file, without reading them.
    pub(super) fn check(&self, source: &Source) -> Result<(), DecodeError> {
        let size = self.count.checked_mul(self.kind.width() as u64);
        match (self.place, size) {
            (Place::Inline(_), _) => Ok(()),
            (Place::Offset(offset), Some(size)) if source.contains(offset, size) => Ok(()),
            (Place::Offset(_), _) => {
                let tag = self.tag;
                Err(DecodeError::Malformed(format!("the values of tag {tag} are beyond its end")))
            }
        }
    }

    /// One value of a field of integers: a single small read, whatever the count.
    pub(super) fn uint(&self, source: &Source, index: u64) -> Result<u64, DecodeError> {
        let FieldType::Unsigned(width) = self.kind else { return Err(self.wrong_type()) };
        if index >= self.count {
            let tag = self.tag;
            return Err(DecodeError::Malformed(format!("tag {tag} has too few values")));
        }
        let width = usize::from(width);
        match self.place {
            Place::Inline(bytes) => {
                let mut values = bytes.chunks_exact(width);
                let value = usize::try_from(index).ok().and_then(|index| values.nth(index));
                Ok(source.uint(value.unwrap_or_default()))
            }
            // A saturated place is beyond the end of any file.
            Place::Offset(offset) => {
                let before = index.saturating_mul(width as u64);
                source.uint_at(offset.saturating_add(before), width)
            }
        }
    }

    /// All its bytes as they are stored; an error when there are more than `limit`.
    pub(super) fn bytes(&self, source: &Source, limit: usize) -> Result<Vec<u8>, DecodeError> {
        let bytes = self.count.saturating_mul(self.kind.width() as u64);
        if bytes > limit as u64 {
            let limit = limit as u64;
            return Err(DecodeError::Limit { what: "size of a metadata field", limit });
        }
        self.values(source, limit)
    }

    /// The bytes of at most `most` values.
    fn values(&self, source: &Source, most: usize) -> Result<Vec<u8>, DecodeError> {
        let count = usize::try_from(self.count).unwrap_or(usize::MAX).min(most);
        let len = count.saturating_mul(self.kind.width());
        match self.place {
            Place::Inline(bytes) => Ok(bytes.iter().copied().take(len).collect()),
            Place::Offset(offset) => source.bytes_at(offset, len),
        }
    }

    fn wrong_type(&self) -> DecodeError {
        DecodeError::Malformed(format!("tag {} has values of a wrong type", self.tag))
    }
}

impl FieldType {
    fn new(code: u16) -> Option<Self> {
        Some(match code {
            1 | 2 | 7 => Self::Unsigned(1),
            3 => Self::Unsigned(2),
            4 | 13 => Self::Unsigned(4),
            5 => Self::Rational,
            6 => Self::Signed(1),
            8 => Self::Signed(2),
            9 => Self::Signed(4),
            10 => Self::SignedRational,
            11 => Self::Float,
            12 => Self::Double,
            16 | 18 => Self::Unsigned(8),
            17 => Self::Signed(8),
            _ => return None,
        })
    }

    fn width(self) -> usize {
        match self {
            Self::Signed(width) | Self::Unsigned(width) => usize::from(width),
            Self::Float => 4,
            Self::Double | Self::Rational | Self::SignedRational => 8,
        }
    }

    /// One value. Rationals without a denominator are not a number.
    #[expect(
        clippy::cast_precision_loss,
        reason = "integers this large are no resolution and no sample of a supported type"
    )]
    fn number(self, source: &Source, bytes: &[u8]) -> f64 {
        let bits = |bytes| u32::try_from(source.uint(bytes)).unwrap_or(0);
        let (first, second) = bytes.split_at(bytes.len() / 2);
        match self {
            Self::Double => f64::from_bits(source.uint(bytes)),
            Self::Float => f64::from(f32::from_bits(bits(bytes))),
            Self::Rational => f64::from(bits(first)) / f64::from(bits(second)),
            Self::Signed(width) => {
                let unused = 64 - 8 * u32::from(width);
                ((source.uint(bytes) << unused).cast_signed() >> unused) as f64
            }
            Self::SignedRational => {
                f64::from(bits(first).cast_signed()) / f64::from(bits(second).cast_signed())
            }
            Self::Unsigned(_) => source.uint(bytes) as f64,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bytes::Bytes;

    use super::super::testing::{self, Flavor, Page};
    use super::*;

    #[test]
    fn numbers_of_every_type_are_read() {
        let float = u64::from(0.5f32.to_bits());
        for flavor in Flavor::ALL {
            for (kind, stored, number) in [
                (1, &[200][..], 200.0),
                (3, &[40_000], 40_000.0),
                (4, &[3_000_000_000], 3_000_000_000.0),
                (5, &[1, 4], 0.25),
                (6, &[0xfe], -2.0),
                (8, &[0xfffe], -2.0),
                (9, &[0xffff_fffe], -2.0),
                (10, &[0xffff_ffff, 4], -0.25),
                (11, &[float], 0.5),
                (12, &[(-0.5f64).to_bits()], -0.5),
            ] {
                let file = testing::file(flavor, &[Page::default().field(999, kind, stored)]);
                let (source, first) = Source::open(Arc::new(Bytes::from(file))).unwrap();
                let ifd = Ifd::read(&source, first).unwrap();
                let found = ifd.numbers(&source, 999, 9).unwrap().unwrap();
                assert_eq!(found, [number], "type {kind}, {flavor:?}");
                let integer = matches!(kind, 1 | 3 | 4);
                assert_eq!(ifd.uint(&source, 999).is_ok(), integer, "type {kind}");
            }
        }
    }

    #[test]
    fn values_in_and_out_of_the_directory_are_found_by_number() {
        for flavor in Flavor::ALL {
            for count in [1, 2, 3, 4, 5, 100] {
                let values: Vec<u64> = (0..count).map(|value| value * 600).collect();
                let file = testing::file(flavor, &[Page::default().field(999, 3, &values)]);
                let (source, first) = Source::open(Arc::new(Bytes::from(file))).unwrap();
                let ifd = Ifd::read(&source, first).unwrap();
                let field = ifd.field(999).unwrap();
                for index in 0..count {
                    assert_eq!(field.uint(&source, index).unwrap(), index * 600);
                }
                assert!(field.uint(&source, count).is_err());
                assert!(field.uint(&source, u64::MAX).is_err());
                assert_eq!(
                    ifd.uints(&source, 999, 3).unwrap().unwrap(),
                    values[..values.len().min(3)]
                );
            }
        }
    }

    #[test]
    fn fields_of_unknown_types_are_passed_over() {
        let file = testing::file(Flavor::ALL[0], &[Page::default().field(999, 99, &[1])]);
        let (source, first) = Source::open(Arc::new(Bytes::from(file))).unwrap();
        assert!(Ifd::read(&source, first).unwrap().field(999).is_none());
    }
}
