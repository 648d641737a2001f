//! EXIF blocks of answers: that of the source, made true for the picture, or one with its texts.

use super::texts::TEXTS;
use super::tiff::{self, Directory, Value, rational};
use crate::codec::Embed;
use crate::image::{Resolution, ResolutionUnit};

/// The block for a picture, starting with its TIFF header; `None` when there is nothing to say.
pub(super) fn block(embed: &Embed<'_>) -> Option<Vec<u8>> {
    match embed.exif {
        Some(block) => Some(adapted(block, embed.resolution)),
        None => made(embed),
    }
}

/// A block with the texts of an image whose file has none.
fn made(embed: &Embed<'_>) -> Option<Vec<u8>> {
    let texts = embed.texts.filter(|texts| TEXTS.iter().any(|(key, _)| texts.contains_key(key)))?;
    let mut directory = Directory::default();
    for (key, tag) in TEXTS {
        if let Some(text) = texts.get(&key) {
            directory.set(tag, Value::Ascii(text));
        }
    }
    if let Some(resolution) = embed.resolution {
        tiff::add_resolution(&mut directory, resolution);
    }
    let mut block = b"II\x2a\0\x08\0\0\0".to_vec();
    block.append(&mut directory.write(8)?);
    Some(block)
}

/// The block of the source with what is different in the picture: it is upright, has a resolution
/// of its own, and the thumbnail would show another part. What is damaged stays as it is.
pub(super) fn adapted(block: &[u8], resolution: Option<Resolution>) -> Vec<u8> {
    let mut block = block.to_vec();
    let _ = adapt(&mut block, resolution);
    block
}

fn adapt(block: &mut [u8], resolution: Option<Resolution>) -> Option<()> {
    let little = match block.get(..4)? {
        b"II\x2a\0" => true,
        b"MM\0\x2a" => false,
        _ => return None,
    };
    let mut numbers = Numbers { block, little };
    let start = usize::try_from(numbers.u32(4)?).ok()?;
    let count = usize::from(numbers.u16(start)?);
    for index in 0..count {
        let field = start.checked_add(2 + index * 12)?;
        let (tag, kind) = (numbers.u16(field)?, numbers.u16(field + 2)?);
        match (tag, kind, resolution) {
            (ORIENTATION, SHORT, _) => numbers.set_u16(field + 8, UPRIGHT)?,
            (tiff::RESOLUTION_UNIT, SHORT, Some(resolution)) => {
                numbers.set_u16(field + 8, unit(resolution))?;
            }
            (tiff::X_RESOLUTION, RATIONAL, Some(resolution)) => {
                numbers.set_rational(field + 8, resolution.x)?;
            }
            (tiff::Y_RESOLUTION, RATIONAL, Some(resolution)) => {
                numbers.set_rational(field + 8, resolution.y)?;
            }
            _ => {}
        }
    }
    numbers.set_u32(start.checked_add(2 + count * 12)?, 0)
}

fn unit(resolution: Resolution) -> u16 {
    match resolution.unit {
        ResolutionUnit::Unknown => 1,
        ResolutionUnit::Inch => 2,
        ResolutionUnit::Centimetre => 3,
    }
}

/// Numbers of a block in its byte order.
struct Numbers<'a> {
    block: &'a mut [u8],
    little: bool,
}

impl Numbers<'_> {
    fn u16(&self, at: usize) -> Option<u16> {
        let bytes = *self.block.get(at..)?.first_chunk()?;
        Some(if self.little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    }

    fn u32(&self, at: usize) -> Option<u32> {
        let bytes = *self.block.get(at..)?.first_chunk()?;
        Some(if self.little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    }

    fn set_u16(&mut self, at: usize, number: u16) -> Option<()> {
        let bytes = if self.little { number.to_le_bytes() } else { number.to_be_bytes() };
        *self.block.get_mut(at..)?.first_chunk_mut()? = bytes;
        Some(())
    }

    fn set_u32(&mut self, at: usize, number: u32) -> Option<()> {
        let bytes = if self.little { number.to_le_bytes() } else { number.to_be_bytes() };
        *self.block.get_mut(at..)?.first_chunk_mut()? = bytes;
        Some(())
    }

    /// Sets the fraction that a field points at.
    fn set_rational(&mut self, field: usize, number: f64) -> Option<()> {
        let at = usize::try_from(self.u32(field)?).ok()?;
        let (numerator, denominator) = rational(number)?;
        self.set_u32(at, numerator)?;
        self.set_u32(at.checked_add(4)?, denominator)
    }
}

const ORIENTATION: u16 = 274;
const UPRIGHT: u16 = 1;
const SHORT: u16 = 3;
const RATIONAL: u16 = 5;

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use bytes::Bytes;

    use super::*;
    use crate::codec::exif::Exif;
    use crate::command::MetadataKey;
    use crate::image::Orientation;

    /// Big-endian: Orientation 6, 300 pixels per inch from left to right, a directory of a
    /// thumbnail.
    fn source() -> Vec<u8> {
        let fields: &[&[u8]] = &[
            b"MM\0\x2a\0\0\0\x08",
            &[0, 3],
            &[1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0],
            &[1, 0x1a, 0, 5, 0, 0, 0, 1, 0, 0, 0, 50],
            &[1, 0x1b, 0, 5, 0, 0, 0, 1, 0, 0, 0, 50],
            &[0, 0, 0, 58],
            &[0, 0, 1, 44, 0, 0, 0, 1],
            &[0; 6],
        ];
        fields.concat()
    }

    const RESOLUTION: Resolution = Resolution { x: 75.5, y: 75.5, unit: ResolutionUnit::Inch };

    #[test]
    fn the_block_of_a_source_is_made_true() {
        let block = adapted(&source(), Some(RESOLUTION));
        assert_eq!(block.len(), source().len());
        let exif = Exif::read(&Bytes::from(block.clone()));
        assert_eq!(exif.orientation, Orientation::default());
        assert_eq!(exif.resolution, Some(RESOLUTION));
        assert_eq!(block[46..50], [0; 4], "no thumbnail");
    }

    #[test]
    fn a_damaged_block_is_left_alone() {
        for len in 0..source().len() {
            assert_eq!(adapted(&source()[..len], Some(RESOLUTION)).len(), len);
        }
    }

    #[test]
    fn texts_make_a_block_where_the_source_has_none() {
        let texts = BTreeMap::from([(MetadataKey::Rights, "CC0 \u{e9}".to_owned())]);
        let embed = Embed { texts: Some(&texts), resolution: Some(RESOLUTION), ..Embed::default() };
        let exif = Exif::read(&Bytes::from(block(&embed).unwrap()));
        assert_eq!((exif.texts, exif.resolution), (texts, Some(RESOLUTION)));
        let only = Embed { resolution: Some(RESOLUTION), ..Embed::default() };
        assert_eq!(block(&only), None);
    }
}
