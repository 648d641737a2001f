//! The boxes of JP2 and JPX files (ITU-T T.800, annex I; T.801, annex M).

use bytes::Bytes as Owned;

use super::bytes::Bytes;
use super::codestream::malformed;
use super::header::Header;
use crate::codec::{DecodeError, Limits, ReadAt};

/// A file without its codestream.
#[derive(Debug, Default)]
pub(super) struct File {
    /// First byte of the codestream, and the first behind it.
    pub(super) codestream: Option<(u64, u64)>,
    /// What the header boxes say.
    pub(super) header: Header,
    /// XMP packet.
    pub(super) xmp: Option<Owned>,
    /// EXIF block, starting with its TIFF header.
    pub(super) exif: Option<Owned>,
}

/// A box: its type, and where its content is.
#[derive(Clone, Copy, Debug)]
struct Place {
    kind: [u8; 4],
    start: u64,
    end: u64,
}

impl File {
    /// Reads the boxes of a file.
    ///
    /// Damage behind the codestream is passed over: nothing there is needed for a picture.
    pub(super) fn read(source: &dyn ReadAt, limits: &Limits) -> Result<Self, DecodeError> {
        let mut file = Self::default();
        let mut place = 0;
        let mut budget = limits.metadata_bytes;
        for _ in 0..MAX_BOXES {
            if place >= source.len() {
                break;
            }
            let found = Place::read(source, place)
                .and_then(|found| file.add(source, found, &mut budget).map(|()| found.end));
            match found {
                Ok(end) => place = end,
                Err(_) if file.codestream.is_some() => break,
                Err(error) => return Err(error),
            }
        }
        Ok(file)
    }

    fn add(
        &mut self,
        source: &dyn ReadAt,
        found: Place,
        budget: &mut usize,
    ) -> Result<(), DecodeError> {
        match &found.kind {
            b"jp2c" => {
                self.codestream.get_or_insert((found.start, found.end));
            }
            // A JPX file may describe each of its codestreams and layers; the first is shown.
            b"jp2h" | b"jpch" | b"jplh" => {
                let content = found.content(source, budget)?;
                self.header.add(found.kind, &content)?;
            }
            b"ftbl" if self.codestream.is_none() => {
                return Err(DecodeError::Unsupported(
                    "the codestream of this JPX file is kept in fragments, which cannot be shown; \
                     write it as one JP2 file"
                        .into(),
                ));
            }
            b"uuid" => {
                // A UUID box of another kind may be of any length and is not read.
                let mut id = [0; 16];
                if found.end - found.start < 16 {
                    return Ok(());
                }
                source.read_exact_at(&mut id, found.start)?;
                let wanted = match id {
                    XMP => &mut self.xmp,
                    EXIF => &mut self.exif,
                    _ => return Ok(()),
                };
                if wanted.is_none() {
                    let rest = Place { start: found.start + 16, ..found };
                    let content = Owned::from(rest.content(source, budget)?);
                    // Some writers put the mark of JPEG files before the block.
                    let marked = id == EXIF && content.starts_with(EXIF_MARK);
                    *wanted = Some(if marked { content.slice(EXIF_MARK.len()..) } else { content });
                }
            }
            _ => {}
        }
        Ok(())
    }
}

impl Place {
    /// The box at a place of the file. A box cannot be longer than the file: what is missing at the
    /// end was cut off.
    fn read(source: &dyn ReadAt, place: u64) -> Result<Self, DecodeError> {
        let left = source.len().saturating_sub(place);
        let mut head = [0; 16];
        let known = usize::try_from(left).unwrap_or(usize::MAX).min(head.len());
        let head = head.get_mut(..known).unwrap_or_default();
        source.read_exact_at(head, place)?;
        let (kind, offset, length) = parse_head(Bytes::new(head), left)?;
        let end = place + length.min(left);
        Ok(Self { kind, start: place + offset, end })
    }

    /// The bytes in the box, when they are within the budget of all metadata.
    fn content(&self, source: &dyn ReadAt, budget: &mut usize) -> Result<Vec<u8>, DecodeError> {
        let limit = *budget as u64;
        let length = self.end.saturating_sub(self.start);
        if length > limit {
            return Err(DecodeError::Limit { what: "metadata", limit });
        }
        let mut content = vec![0; usize::try_from(length).unwrap_or_default()];
        *budget -= content.len();
        source.read_exact_at(&mut content, self.start)?;
        Ok(content)
    }
}

/// Type, bytes before the content, and bytes in all of the box at the front (I.4).
fn parse_head(mut head: Bytes<'_>, left: u64) -> Result<([u8; 4], u64, u64), DecodeError> {
    let short = u64::from(head.u32()?);
    let kind = head.take(4)?.try_into().unwrap_or_default();
    let (offset, length) = match short {
        0 => (8, left),
        1 => (16, head.u64()?),
        _ => (8, short),
    };
    if length < offset {
        return Err(malformed("a box of it is shorter than its own header"));
    }
    Ok((kind, offset, length))
}

/// The boxes in a superbox: type and content. Ends at the first that does not fit.
pub(super) fn children(content: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    let mut rest = content;
    std::iter::from_fn(move || {
        let (kind, offset, length) = parse_head(Bytes::new(rest), rest.len() as u64).ok()?;
        let end = usize::try_from(length).ok()?.min(rest.len());
        let content = rest.get(usize::try_from(offset).ok()?..end)?;
        rest = rest.get(end..)?;
        Some((kind, content))
    })
    .take(MAX_BOXES)
}

/// UUIDs of an XMP packet (XMP specification, part 3) and of EXIF in JPEG 2000 files.
const XMP: [u8; 16] = *b"\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac";
const EXIF: [u8; 16] = *b"JpgTiffExif->JP2";

/// What begins an EXIF block in JPEG files.
const EXIF_MARK: &[u8] = b"Exif\0\0";

/// Boxes looked at in a file or in a superbox.
const MAX_BOXES: usize = 4096;
