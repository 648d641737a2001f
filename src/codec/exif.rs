//! EXIF blocks of JPEG, JPEG 2000 and PNG files (EXIF 2.32, 4.6): a TIFF file of directories only.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;

use super::decode::tiff::header::Source;
use super::decode::tiff::ifd::Ifd;
use crate::command::MetadataKey;
use crate::image::{Orientation, Resolution, ResolutionUnit};

/// What the first directory of a block says about the picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Exif {
    /// How the stored picture must be turned.
    pub(super) orientation: Orientation,
    /// Physical resolution.
    pub(super) resolution: Option<Resolution>,
    /// Texts, none of them empty.
    pub(super) texts: BTreeMap<MetadataKey, String>,
}

impl Exif {
    /// Reads a block that starts with its TIFF header. What is damaged is as if it were not there:
    /// nothing here is needed to show the picture.
    pub(super) fn read(block: &Bytes) -> Self {
        let Ok((source, first)) = Source::open(Arc::new(block.clone())) else {
            return Self::default();
        };
        let Ok(ifd) = Ifd::read(&source, first) else { return Self::default() };
        let orientation = ifd.uint(&source, ORIENTATION).ok().flatten();
        let orientation =
            orientation.and_then(|tag| Orientation::from_tag(u16::try_from(tag).ok()?));
        Self {
            orientation: orientation.unwrap_or_default(),
            resolution: resolution(&source, &ifd),
            texts: texts(&source, &ifd, block.len()),
        }
    }
}

/// The block as it goes with an upright picture: its orientation, if it has one, is the upright
/// one. `None` for what is no such block.
pub(super) fn upright(block: &Bytes) -> Option<Bytes> {
    let (source, first) = Source::open(Arc::new(block.clone())).ok()?;
    if source.is_big() {
        return None;
    }
    let count = usize::try_from(source.uint_at(first, 2).ok()?).ok()?;
    let order = source.order();
    let value = [&order.u16(SHORT)[..], &order.u32(1), &order.u16(1), &[0; 2]].concat();
    let mut upright = Cow::Borrowed(&block[..]);
    for field in (first + 2..).step_by(12).take(count) {
        let Ok(tag) = source.uint_at(field, 2) else { break };
        let start = usize::try_from(field + 2).ok()?;
        let place = start..start + value.len();
        if tag == u64::from(ORIENTATION) && block.get(place.clone()).is_some_and(|old| old != value)
        {
            upright.to_mut().get_mut(place)?.copy_from_slice(&value);
        }
    }
    Some(match upright {
        Cow::Borrowed(_) => block.clone(),
        Cow::Owned(bytes) => bytes.into(),
    })
}

/// Without a unit it is the inch (EXIF 2.32, 4.6.4).
fn resolution(source: &Source, ifd: &Ifd) -> Option<Resolution> {
    let number = |tag| {
        let value = ifd.numbers(source, tag, 1).ok()??.first().copied()?;
        (value.is_finite() && value > 0.0).then_some(value)
    };
    let unit = match ifd.uint(source, RESOLUTION_UNIT).ok().flatten() {
        None | Some(2) => ResolutionUnit::Inch,
        Some(3) => ResolutionUnit::Centimetre,
        Some(_) => ResolutionUnit::Unknown,
    };
    Some(Resolution { x: number(X_RESOLUTION)?, y: number(Y_RESOLUTION)?, unit })
}

/// Texts, together not longer than the block: fields can share their bytes.
fn texts(source: &Source, ifd: &Ifd, block: usize) -> BTreeMap<MetadataKey, String> {
    let mut left = block;
    let text = |(key, tag)| {
        let bytes = ifd.bytes(source, tag, left).ok()??;
        left -= bytes.len();
        let text = text(bytes);
        (!text.is_empty()).then_some((key, text))
    };
    TEXTS.into_iter().filter_map(text).collect()
}

/// Texts are ASCII by the standards, UTF-8 by habit and Latin-1 in old files; they end at a NUL
/// and are padded with blanks.
pub(super) fn text(bytes: Vec<u8>) -> String {
    let mut bytes = bytes;
    bytes.truncate(bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len()));
    let text = String::from_utf8(bytes)
        .unwrap_or_else(|error| error.into_bytes().into_iter().map(char::from).collect());
    text.trim_end().to_owned()
}

const ORIENTATION: u16 = 0x0112;
const X_RESOLUTION: u16 = 0x011a;
const Y_RESOLUTION: u16 = 0x011b;
const RESOLUTION_UNIT: u16 = 0x0128;

/// Type of two bytes.
const SHORT: u16 = 3;

const TEXTS: [(MetadataKey, u16); 7] = [
    (MetadataKey::Creator, 0x013b),
    (MetadataKey::Date, 0x0132),
    (MetadataKey::Description, 0x010e),
    (MetadataKey::Make, 0x010f),
    (MetadataKey::Model, 0x0110),
    (MetadataKey::Rights, 0x8298),
    (MetadataKey::Software, 0x0131),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// A little-endian block with these fields; values longer than four bytes follow.
    fn block(fields: &[(u16, u16, u32, &[u8])]) -> Bytes {
        let mut values = Vec::new();
        let start = 8 + 2 + 12 * fields.len() + 4;
        let mut bytes = b"II\x2a\0\x08\0\0\0".to_vec();
        bytes.extend(u16::try_from(fields.len()).unwrap().to_le_bytes());
        for (tag, kind, count, value) in fields {
            bytes.extend(tag.to_le_bytes());
            bytes.extend(kind.to_le_bytes());
            bytes.extend(count.to_le_bytes());
            if value.len() > 4 {
                let place = u32::try_from(start + values.len()).unwrap();
                bytes.extend(place.to_le_bytes());
                values.extend_from_slice(value);
            } else {
                let mut inline = [0; 4];
                inline[..value.len()].copy_from_slice(value);
                bytes.extend(inline);
            }
        }
        bytes.extend([0; 4]);
        bytes.append(&mut values);
        bytes.into()
    }

    #[test]
    fn orientation_resolution_and_texts_are_read() {
        let exif = Exif::read(&block(&[
            (ORIENTATION, 3, 1, &[6, 0]),
            (X_RESOLUTION, 5, 1, &[0x2c, 1, 0, 0, 1, 0, 0, 0]),
            (Y_RESOLUTION, 5, 1, &[0x2c, 1, 0, 0, 2, 0, 0, 0]),
            (RESOLUTION_UNIT, 3, 1, &[3, 0]),
            (0x010e, 2, 6, b"caf\xc3\xa9\0"),
            (0x8298, 2, 8, b"me\0you\0 "),
            (0x0110, 2, 4, b"  \0\0"),
        ]));
        assert_eq!(exif.orientation, Orientation::from_tag(6).unwrap());
        let unit = ResolutionUnit::Centimetre;
        assert_eq!(exif.resolution, Some(Resolution { x: 300.0, y: 150.0, unit }));
        let texts: Vec<_> = exif.texts.iter().map(|(key, text)| (*key, text.as_str())).collect();
        assert_eq!(texts, [(MetadataKey::Description, "caf\u{e9}"), (MetadataKey::Rights, "me")]);
    }

    #[test]
    fn senseless_values_are_as_if_they_were_not_there() {
        let exif = Exif::read(&block(&[
            (ORIENTATION, 3, 1, &[9, 0]),
            (X_RESOLUTION, 5, 1, &[1, 0, 0, 0, 0, 0, 0, 0]),
            (Y_RESOLUTION, 5, 1, &[1, 0, 0, 0, 1, 0, 0, 0]),
            (0x010e, 2, u32::MAX, &[0xff; 4]),
        ]));
        assert_eq!(exif, Exif::default());
    }

    #[test]
    fn blocks_go_upright_with_the_picture() {
        let fields = |orientation: u8| {
            block(&[
                (0x010f, 2, 8, b"a maker\0"),
                (ORIENTATION, 3, 1, &[orientation, 0]),
                (0x0131, 2, 9, b"software\0"),
            ])
        };
        assert_eq!(upright(&fields(6)), Some(fields(1)));
        assert_eq!(upright(&fields(1)), Some(fields(1)));
        // A long integer is as good for readers.
        let long = block(&[(ORIENTATION, 4, 1, &[8, 0, 0, 0])]);
        assert_eq!(upright(&long), Some(block(&[(ORIENTATION, 3, 1, &[1, 0])])));
        let big = b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x03\0\0\0\0\0\0";
        let mut turned = big.to_vec();
        turned[19] = 1;
        assert_eq!(upright(&Bytes::from_static(big)), Some(turned.into()));
        let none = block(&[(0x0131, 2, 9, b"software\0")]);
        assert_eq!(upright(&none), Some(none));
        assert_eq!(upright(&Bytes::from_static(b"Exif\0\0II\x2a\0")), None);
        assert_eq!(upright(&Bytes::new()), None);
    }

    #[test]
    fn a_cut_block_never_fails() {
        let whole = block(&[
            (ORIENTATION, 3, 1, &[6, 0]),
            (0x010e, 2, 8, b"a picture"),
            (0x0131, 2, 8, b"software"),
        ]);
        for len in 0..whole.len() {
            let _ = Exif::read(&whole.slice(..len));
            let _ = upright(&whole.slice(..len));
        }
    }
}
