//! The EXIF directory (EXIF 2.32, 4.6.3) as a block of its own, which can go with a picture.
//!
//! Values are copied as they are stored, in the byte order of the file. Left out is what would be
//! wrong beside another picture: places in this file, and the size of the whole image.

use bytes::Bytes;

use super::header::{ByteOrder, Source};
use super::ifd::{Field, Ifd};
use super::metadata::lenient;
use super::tags;
use crate::codec::DecodeError;

/// The block of an image, if it has an EXIF directory. Its orientation is that of an upright
/// picture. Fields beyond the limit, and damaged ones, are as if they were not there.
pub(super) fn block(
    source: &Source,
    main: &Ifd,
    limit: usize,
) -> Result<Option<Bytes>, DecodeError> {
    let Some(place) = lenient(main.uint(source, tags::EXIF_IFD))? else { return Ok(None) };
    let Some(exif) = lenient(Ifd::read(source, place).map(Some))? else { return Ok(None) };
    let mut block = Block { order: source.order(), bytes: Vec::new() };
    let mut left = limit.min(LARGEST).saturating_sub(FRAME);
    let camera = entries(source, &main.only(&MAIN), |_| true, &mut left)?;
    let exif = entries(source, &exif, |tag| !LEFT_OUT.contains(&tag), &mut left)?;
    if exif.is_empty() {
        return Ok(None);
    }
    let orientation =
        Entry { tag: tags::ORIENTATION, code: SHORT, count: 1, value: block.order.u16(1).to_vec() };
    let mut first: Vec<_> = camera.into_iter().chain([orientation]).collect();
    first.sort_by_key(|entry| entry.tag);
    // One more field, the last one, leads to the second directory behind the first.
    let second = HEADER + DIRECTORY + FIELD + first.iter().map(Entry::size).sum::<usize>();
    let value = block.order.u32(u32::try_from(second).unwrap_or(u32::MAX)).to_vec();
    first.push(Entry { tag: tags::EXIF_IFD, code: LONG, count: 1, value });
    block.header();
    block.directory(&first);
    block.directory(&exif);
    Ok(Some(block.bytes.into()))
}

/// The fields of a directory, in the order of their tags, as far as there is space for them.
fn entries(
    source: &Source,
    ifd: &Ifd,
    wanted: impl Fn(u16) -> bool,
    left: &mut usize,
) -> Result<Vec<Entry>, DecodeError> {
    let mut entries = Vec::new();
    for field in ifd.fields().iter().filter(|field| wanted(field.tag())) {
        let Some(entry) = lenient(Entry::read(source, field, *left))? else { continue };
        if let Some(rest) = left.checked_sub(entry.size()) {
            *left = rest;
            entries.push(entry);
        }
    }
    entries.sort_by_key(|entry: &Entry| entry.tag);
    entries.dedup_by_key(|entry| entry.tag);
    Ok(entries)
}

/// A field of the block.
#[derive(Debug)]
struct Entry {
    tag: u16,
    code: u16,
    count: u32,
    value: Vec<u8>,
}

impl Entry {
    /// `None` for types that only files larger than a block need.
    fn read(source: &Source, field: &Field, limit: usize) -> Result<Option<Self>, DecodeError> {
        if field.code() > LAST_TYPE {
            return Ok(None);
        }
        let value = field.bytes(source, limit)?;
        let count = u32::try_from(field.count()).unwrap_or(u32::MAX);
        Ok(Some(Self { tag: field.tag(), code: field.code(), count, value }))
    }

    /// Bytes it takes in the block, in the directory and behind it.
    fn size(&self) -> usize {
        FIELD + if self.is_inline() { 0 } else { self.value.len().next_multiple_of(2) }
    }

    fn is_inline(&self) -> bool {
        self.value.len() <= INLINE
    }
}

/// A block that is being written (TIFF 6.0, section 2).
struct Block {
    order: ByteOrder,
    bytes: Vec<u8>,
}

impl Block {
    fn header(&mut self) {
        let mark = match self.order {
            ByteOrder::Big => b"MM",
            ByteOrder::Little => b"II",
        };
        self.bytes.extend(mark);
        self.bytes.extend(self.order.u16(42));
        self.bytes.extend(self.order.u32(8));
    }

    fn directory(&mut self, entries: &[Entry]) {
        let short = |count: usize| u16::try_from(count).unwrap_or(u16::MAX);
        let long = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
        let mut place = self.bytes.len() + DIRECTORY + entries.len() * FIELD;
        self.bytes.extend(self.order.u16(short(entries.len())));
        for entry in entries {
            self.bytes.extend(self.order.u16(entry.tag));
            self.bytes.extend(self.order.u16(entry.code));
            self.bytes.extend(self.order.u32(entry.count));
            if entry.is_inline() {
                let padding = INLINE - entry.value.len();
                self.bytes.extend_from_slice(&entry.value);
                self.bytes.extend(std::iter::repeat_n(0, padding));
            } else {
                self.bytes.extend(self.order.u32(long(place)));
                place += entry.size() - FIELD;
            }
        }
        // There is no next directory.
        self.bytes.extend([0; 4]);
        for entry in entries.iter().filter(|entry| !entry.is_inline()) {
            self.bytes.extend_from_slice(&entry.value);
            self.bytes.extend(std::iter::repeat_n(0, entry.value.len() % 2));
        }
    }
}

/// What of the first directory says how the picture was taken.
const MAIN: [u16; 3] = [tags::MAKE, tags::MODEL, tags::DATE_TIME];

/// `MakerNote` and the interoperability directory have places in the file; the other two are the
/// size of the whole image.
const LEFT_OUT: [u16; 4] = [0x927c, 0xa005, 0xa002, 0xa003];

/// What the segment of a JPEG file can hold beside its own marks.
const LARGEST: usize = 65_527;

/// Bytes of a header, of a field, and of a directory without fields.
const HEADER: usize = 8;
const FIELD: usize = 12;
const DIRECTORY: usize = 6;

/// Bytes of all that does not come from the file.
const FRAME: usize = HEADER + 2 * DIRECTORY + 2 * FIELD;

/// Longest value that is in the directory.
const INLINE: usize = 4;

/// Types: two and four bytes, and the last one of TIFF 6.0.
const SHORT: u16 = 3;
const LONG: u16 = 4;
const LAST_TYPE: u16 = 12;

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::testing::{self, ASCII, Flavor, Page, RATIONAL, SHORT, UNDEFINED};
    use super::*;
    use crate::codec::exif::Exif;
    use crate::command::MetadataKey;
    use crate::image::Orientation;

    const EXPOSURE_TIME: u16 = 0x829a;
    const ISO: u16 = 0x8827;
    const LENS: u16 = 0xa434;

    fn page(exif: Page) -> Page {
        Page::new((16, 16), (16, 16), 1, 1)
            .bytes(tags::MAKE, ASCII, b"Acme\0")
            .bytes(tags::SOFTWARE, ASCII, b"not of the camera\0")
            .field(tags::ORIENTATION, SHORT, &[6])
            .tiles(vec![vec![0; 256]])
            .directory(tags::EXIF_IFD, exif)
    }

    fn found(flavor: Flavor, page: &Page, limit: usize) -> Option<Bytes> {
        let file = testing::file(flavor, std::slice::from_ref(page));
        let (source, first) = Source::open(Arc::new(Bytes::from(file))).unwrap();
        block(&source, &Ifd::read(&source, first).unwrap(), limit).unwrap()
    }

    #[test]
    fn a_block_has_the_bytes_of_the_standard() {
        let exif = Page::default()
            .field(EXPOSURE_TIME, RATIONAL, &[1, 125])
            .field(ISO, SHORT, &[200])
            .bytes(0x927c, UNDEFINED, b"secret of the maker");
        let expected = [
            &b"II\x2a\0\x08\0\0\0"[..],
            // Make behind the directory, Orientation, and the place of the next one.
            b"\x03\0",
            b"\x0f\x01\x02\0\x05\0\0\0\x32\0\0\0",
            b"\x12\x01\x03\0\x01\0\0\0\x01\0\0\0",
            b"\x69\x87\x04\0\x01\0\0\0\x38\0\0\0",
            b"\0\0\0\0",
            b"Acme\0\0",
            // ExposureTime behind the directory, and ISO.
            b"\x02\0",
            b"\x9a\x82\x05\0\x01\0\0\0\x56\0\0\0",
            b"\x27\x88\x03\0\x01\0\0\0\xc8\0\0\0",
            b"\0\0\0\0",
            b"\x01\0\0\0\x7d\0\0\0",
        ];
        let block = found(Flavor::ALL[0], &page(exif), 1 << 16).unwrap();
        assert_eq!(block, expected.concat());
    }

    #[test]
    fn blocks_of_all_kinds_of_files_are_read_again() {
        let exif = || Page::default().bytes(LENS, ASCII, b"of glass\0").field(ISO, SHORT, &[200]);
        for flavor in Flavor::ALL {
            let block = found(flavor, &page(exif()), 1 << 16).unwrap();
            let read = Exif::read(&block);
            assert_eq!(read.orientation, Orientation::TopLeft);
            let texts: Vec<_> = read.texts.into_iter().collect();
            assert_eq!(texts, [(MetadataKey::Make, "Acme".to_owned())]);
            let (source, first) = Source::open(Arc::new(block)).unwrap();
            let main = Ifd::read(&source, first).unwrap();
            let place = main.uint(&source, tags::EXIF_IFD).unwrap().unwrap();
            let exif = Ifd::read(&source, place).unwrap();
            assert_eq!(exif.uint(&source, ISO).unwrap(), Some(200));
            assert_eq!(exif.bytes(&source, LENS, 99).unwrap().unwrap(), b"of glass\0");
        }
    }

    #[test]
    fn what_is_damaged_or_too_large_is_left_out() {
        let long = Page::default().bytes(LENS, ASCII, &[b'x'; 500]).field(ISO, SHORT, &[200]);
        let whole = found(Flavor::ALL[1], &page(long.clone()), 1 << 16).unwrap();
        let short = found(Flavor::ALL[1], &page(long), 300).unwrap();
        assert_eq!(whole.len(), short.len() + 512);
        // Without a directory, with one that is elsewhere, and with an empty one.
        let bare = Page::new((16, 16), (16, 16), 1, 1).tiles(vec![vec![0; 256]]);
        assert_eq!(found(Flavor::ALL[0], &bare, 1 << 16), None);
        let beyond = bare.field(tags::EXIF_IFD, testing::LONG, &[1 << 30]);
        assert_eq!(found(Flavor::ALL[0], &beyond, 1 << 16), None);
        assert_eq!(found(Flavor::ALL[0], &page(Page::default()), 1 << 16), None);
    }

    #[test]
    fn a_block_fits_the_segment_of_a_jpeg_file() {
        let full = |count: usize| {
            let exif = Page::default().bytes(LENS, ASCII, &vec![b'x'; count]);
            found(Flavor::ALL[3], &page(exif), usize::MAX).map_or(0, |block| block.len())
        };
        // Header, directories, and fields: Make with 6 bytes, Orientation, place, lens.
        let frame = 8 + 2 * 6 + 4 * 12 + 6;
        let most = (65_527 - frame) / 2 * 2;
        assert_eq!(full(most), most + frame);
        assert_eq!(full(most + 2), 0);
    }
}
