//! The file around coded pictures: boxes (ISO/IEC 14496-12) of a still image (23008-12, AVIF 1.1).

use super::Description;
use super::av1::LEVEL;
use super::planes::Chroma;

/// What a file holds.
pub(super) struct Picture<'a> {
    pub(super) size: [u32; 2],
    pub(super) color: Coded<'a>,
    /// Opacity, coded as grey.
    pub(super) alpha: Option<&'a [u8]>,
    pub(super) description: Description,
    pub(super) icc: Option<&'a [u8]>,
    pub(super) metadata: [Option<Item<'a>>; 2],
}

/// A coded picture.
pub(super) struct Coded<'a> {
    pub(super) data: &'a [u8],
    pub(super) chroma: Chroma,
}

/// What is said about a picture.
#[derive(Clone, Copy)]
pub(super) enum Item<'a> {
    /// A block that starts with its TIFF header.
    Exif(&'a [u8]),
    /// A packet.
    Xmp(&'a [u8]),
}

impl Picture<'_> {
    /// The file; `None` when it would be too large for its own numbers.
    pub(super) fn write(&self) -> Option<Vec<u8>> {
        let mut payloads = vec![vec![self.color.data]];
        payloads.extend(self.alpha.map(|data| vec![data]));
        payloads.extend(self.metadata.iter().flatten().map(|item| match item {
            // 23008-12, A.2.1: where the TIFF header is, counted from here on.
            Item::Exif(block) => vec![&[0; 4][..], *block],
            Item::Xmp(packet) => vec![*packet],
        }));
        let lengths: Vec<usize> =
            payloads.iter().map(|parts| parts.iter().map(|part| part.len()).sum()).collect();
        // How long the head is does not depend on the places that it names.
        let start = self.head(&lengths, 0)?.len().checked_add(8)?;
        let mut file = self.head(&lengths, start)?;
        boxed(&mut file, *b"mdat", |body| {
            payloads.iter().flatten().for_each(|part| body.extend_from_slice(part));
            Some(())
        })?;
        Some(file)
    }

    /// All before the payloads, the first of which is at `start`.
    fn head(&self, lengths: &[usize], start: usize) -> Option<Vec<u8>> {
        let mut head = Vec::new();
        boxed(&mut head, *b"ftyp", |body| {
            body.extend_from_slice(b"avif\0\0\0\0avifmif1miaf");
            Some(())
        })?;
        full(&mut head, *b"meta", 0, |meta| {
            full(meta, *b"hdlr", 0, |body| {
                body.extend_from_slice(b"\0\0\0\0pict\0\0\0\0\0\0\0\0\0\0\0\0\0");
                Some(())
            })?;
            full(meta, *b"pitm", 0, |body| {
                push16(body, COLOR);
                Some(())
            })?;
            locations(meta, lengths, start)?;
            self.items(meta)?;
            self.references(meta)?;
            boxed(meta, *b"iprp", |properties| self.properties(properties))
        })?;
        Some(head)
    }

    /// What kind of item each is, in the order of the payloads.
    fn items(&self, meta: &mut Vec<u8>) -> Option<()> {
        let alpha = self.alpha.map(|_| (b"av01", "\0"));
        let metadata = self.metadata.iter().flatten().map(|item| match item {
            Item::Exif(_) => (b"Exif", "\0"),
            Item::Xmp(_) => (b"mime", "\0application/rdf+xml\0"),
        });
        let items: Vec<_> = [(b"av01", "\0")].into_iter().chain(alpha).chain(metadata).collect();
        full(meta, *b"iinf", 0, |body| {
            push16(body, u16::try_from(items.len()).ok()?);
            items.iter().zip(COLOR..).try_for_each(|((kind, name), id)| {
                full(body, *b"infe", 2, |body| {
                    push16(body, id);
                    push16(body, 0);
                    body.extend_from_slice(*kind);
                    body.extend_from_slice(name.as_bytes());
                    Some(())
                })
            })
        })
    }

    /// What opacity and metadata belong to.
    fn references(&self, meta: &mut Vec<u8>) -> Option<()> {
        let alpha = self.alpha.map(|_| b"auxl");
        let metadata = self.metadata.iter().flatten().map(|_| b"cdsc");
        let kinds: Vec<_> = alpha.into_iter().chain(metadata).collect();
        if kinds.is_empty() {
            return Some(());
        }
        full(meta, *b"iref", 0, |body| {
            kinds.into_iter().zip(COLOR + 1..).try_for_each(|(kind, from)| {
                boxed(body, *kind, |body| {
                    push16(body, from);
                    push16(body, 1);
                    push16(body, COLOR);
                    Some(())
                })
            })
        })
    }

    /// What has to be known to decode the pictures.
    fn properties(&self, body: &mut Vec<u8>) -> Option<()> {
        let (mut of_color, mut of_alpha) = (Vec::new(), Vec::new());
        let mut count = 0;
        boxed(body, *b"ipco", |body| {
            let mut add = |of: &mut [&mut Vec<u8>], is_essential: bool| {
                count += 1;
                let number = count | if is_essential { 0x80 } else { 0 };
                for of in of {
                    of.push(number);
                }
            };
            full(body, *b"ispe", 0, |body| {
                body.extend(self.size.iter().flat_map(|side| side.to_be_bytes()));
                Some(())
            })?;
            add(&mut [&mut of_color, &mut of_alpha], false);
            av1_configuration(body, self.color.chroma)?;
            add(&mut [&mut of_color], true);
            bits(body, if self.color.chroma == Chroma::None { 1 } else { 3 })?;
            add(&mut [&mut of_color], false);
            if let Some(icc) = self.icc {
                boxed(body, *b"colr", |body| {
                    body.extend_from_slice(b"prof");
                    body.extend_from_slice(icc);
                    Some(())
                })?;
                add(&mut [&mut of_color], false);
            }
            boxed(body, *b"colr", |body| {
                let Description { primaries, transfer, matrix } = self.description;
                body.extend_from_slice(b"nclx");
                // The last one says that the range is full.
                body.extend([0, primaries, 0, transfer, 0, matrix, 0x80]);
                Some(())
            })?;
            add(&mut [&mut of_color], false);
            if self.alpha.is_some() {
                av1_configuration(body, Chroma::None)?;
                add(&mut [&mut of_alpha], true);
                bits(body, 1)?;
                add(&mut [&mut of_alpha], false);
                full(body, *b"auxC", 0, |body| {
                    body.extend_from_slice(b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0");
                    Some(())
                })?;
                add(&mut [&mut of_alpha], false);
            }
            Some(())
        })?;
        let mut items = vec![of_color];
        items.extend(self.alpha.map(|_| of_alpha));
        full(body, *b"ipma", 0, |body| {
            body.extend(u32::try_from(items.len()).ok()?.to_be_bytes());
            items.iter().zip(COLOR..).try_for_each(|(properties, id)| {
                push16(body, id);
                body.push(u8::try_from(properties.len()).ok()?);
                body.extend_from_slice(properties);
                Some(())
            })
        })
    }
}

/// Where the payload of each item is.
fn locations(meta: &mut Vec<u8>, lengths: &[usize], start: usize) -> Option<()> {
    full(meta, *b"iloc", 0, |body| {
        // Offsets and lengths have four bytes, and there is no offset to add to them.
        body.extend([0x44, 0]);
        push16(body, u16::try_from(lengths.len()).ok()?);
        let mut at = start;
        lengths.iter().zip(COLOR..).try_for_each(|(length, id)| {
            push16(body, id);
            // In this file, in one piece.
            push16(body, 0);
            push16(body, 1);
            body.extend(u32::try_from(at).ok()?.to_be_bytes());
            body.extend(u32::try_from(*length).ok()?.to_be_bytes());
            at = at.checked_add(*length)?;
            Some(())
        })
    })
}

/// AV1 in ISOBMFF 1.2, 2.3.3: profile and level, then 8 bits and the kind of chroma.
fn av1_configuration(body: &mut Vec<u8>, chroma: Chroma) -> Option<()> {
    let (profile, format) = match chroma {
        Chroma::Full => (1, 0b0000_0000),
        Chroma::Halved => (0, 0b0000_1100),
        Chroma::None => (0, 0b0001_1100),
    };
    boxed(body, *b"av1C", |body| {
        body.extend([0x81, profile << 5 | LEVEL, format, 0]);
        Some(())
    })
}

/// Bits of each channel.
fn bits(body: &mut Vec<u8>, channels: u8) -> Option<()> {
    full(body, *b"pixi", 0, |body| {
        body.push(channels);
        body.extend((0..channels).map(|_| 8));
        Some(())
    })
}

/// Appends a box with a version; it has no flags.
fn full(
    to: &mut Vec<u8>,
    name: [u8; 4],
    version: u8,
    fill: impl FnOnce(&mut Vec<u8>) -> Option<()>,
) -> Option<()> {
    boxed(to, name, |body| {
        body.extend([version, 0, 0, 0]);
        fill(body)
    })
}

/// Appends a box, and how long it is before it.
fn boxed(
    to: &mut Vec<u8>,
    name: [u8; 4],
    fill: impl FnOnce(&mut Vec<u8>) -> Option<()>,
) -> Option<()> {
    let start = to.len();
    to.extend_from_slice(&[0; 4]);
    to.extend_from_slice(&name);
    fill(to)?;
    let length = u32::try_from(to.len() - start).ok()?;
    to.get_mut(start..)?.first_chunk_mut().map(|place| *place = length.to_be_bytes())
}

fn push16(body: &mut Vec<u8>, number: u16) {
    body.extend(number.to_be_bytes());
}

/// The item that is the picture. The others follow it: opacity, then metadata.
const COLOR: u16 = 1;

#[cfg(test)]
mod tests {
    use super::*;

    const DESCRIPTION: Description = Description { primaries: 1, transfer: 13, matrix: 6 };

    fn picture<'a>(alpha: Option<&'a [u8]>, metadata: [Option<Item<'a>>; 2]) -> Picture<'a> {
        Picture {
            size: [300, 7],
            color: Coded { data: b"color", chroma: Chroma::Halved },
            alpha,
            description: DESCRIPTION,
            icc: Some(b"profile"),
            metadata,
        }
    }

    /// Names and contents of boxes that follow each other (14496-12, 4.2).
    fn boxes(mut bytes: &[u8]) -> Vec<(&[u8], &[u8])> {
        let mut found = Vec::new();
        while let Some(length) = bytes.first_chunk() {
            let (one, rest) = bytes.split_at(u32::from_be_bytes(*length) as usize);
            found.push((&one[4..8], &one[8..]));
            bytes = rest;
        }
        found
    }

    fn inside<'a>(bytes: &'a [u8], name: &[u8]) -> &'a [u8] {
        boxes(bytes).into_iter().find(|(found, _)| *found == name).unwrap().1
    }

    #[test]
    fn a_file_has_three_boxes_and_the_brand_of_stills() {
        let file = picture(None, [None, None]).write().unwrap();
        let found = boxes(&file);
        let names: Vec<_> = found.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, [b"ftyp", b"meta", b"mdat"]);
        assert!(found[0].1.starts_with(b"avif"));
        assert_eq!(found[2].1, b"color");
    }

    #[test]
    fn each_item_is_where_the_file_says() {
        let metadata = [Some(Item::Exif(b"II*\0")), Some(Item::Xmp(b"<x/>"))];
        let file = picture(Some(b"opacity"), metadata).write().unwrap();
        let meta = &inside(&file, b"meta")[4..];
        // 14496-12, 8.11.3, version 0: 14 bytes an item after eight.
        let places = inside(meta, b"iloc");
        assert_eq!(places[..8], [0, 0, 0, 0, 0x44, 0, 0, 4]);
        let number = |bytes: &[u8]| u32::from_be_bytes(*bytes.first_chunk().unwrap()) as usize;
        let found: Vec<&[u8]> = places[8..]
            .chunks(14)
            .map(|item| &file[number(&item[6..])..][..number(&item[10..])])
            .collect();
        assert_eq!(found, [&b"color"[..], b"opacity", b"\0\0\0\0II*\0", b"<x/>"]);
        let kinds: Vec<&[u8]> =
            boxes(&inside(meta, b"iinf")[6..]).iter().map(|(_, item)| &item[8..12]).collect();
        assert_eq!(kinds, [&b"av01"[..], b"av01", b"Exif", b"mime"]);
        let references = &inside(meta, b"iref")[4..];
        let expected: [(&[u8], &[u8]); 3] = [
            (b"auxl", &[0, 2, 0, 1, 0, 1]),
            (b"cdsc", &[0, 3, 0, 1, 0, 1]),
            (b"cdsc", &[0, 4, 0, 1, 0, 1]),
        ];
        assert_eq!(boxes(references), expected);
    }

    #[test]
    fn pictures_have_their_properties() {
        let file = picture(Some(b"opacity"), [None, None]).write().unwrap();
        let meta = &inside(&file, b"meta")[4..];
        let properties = inside(meta, b"iprp");
        let expected: [(&[u8], &[u8]); 8] = [
            (b"ispe", &[0, 0, 0, 0, 0, 0, 1, 44, 0, 0, 0, 7]),
            // Version 1; profile 0, level 31; 8 bits with halved chroma.
            (b"av1C", &[0x81, 31, 0x0c, 0]),
            (b"pixi", &[0, 0, 0, 0, 3, 8, 8, 8]),
            (b"colr", b"profprofile"),
            (b"colr", b"nclx\0\x01\0\x0d\0\x06\x80"),
            (b"av1C", &[0x81, 31, 0x1c, 0]),
            (b"pixi", &[0, 0, 0, 0, 1, 8]),
            (b"auxC", b"\0\0\0\0urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0"),
        ];
        assert_eq!(boxes(inside(properties, b"ipco")), expected);
        let associations = [0, 0, 0, 0, 0, 0, 0, 2]
            .into_iter()
            .chain([0, 1, 5, 1, 0x82, 3, 4, 5])
            .chain([0, 2, 4, 1, 0x86, 7, 8]);
        assert!(inside(properties, b"ipma").iter().copied().eq(associations));
    }
}
