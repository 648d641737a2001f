//! Boxes and markers, written here.

use std::sync::Arc;

use bytes::Bytes;

use super::super::boxes::File;
use super::super::header::{ColorSpec, Definition, Mapped};
use super::super::{Jp2, SIGNATURE, index};
use crate::codec::{Container, DecodeError, Limits, OpenOptions};
use crate::command::MetadataKey;
use crate::image::{Orientation, ResolutionUnit};

fn boxed(kind: [u8; 4], content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len() + 8).unwrap();
    [&length.to_be_bytes()[..], &kind, content].concat()
}

/// SOC, SIZ, COD, SOT, SOD and EOC of an image of one tile.
fn codestream(size: (u32, u32), tile: (u32, u32), blocks: u8) -> Vec<u8> {
    let mut bytes = b"\xff\x4f\xff\x51\0\x29\0\0".to_vec();
    for number in [size.0, size.1, 0, 0, tile.0, tile.1, 0, 0] {
        bytes.extend(number.to_be_bytes());
    }
    bytes.extend(b"\0\x01\x07\x01\x01");
    // One layer, no transform, 5 levels.
    bytes.extend(b"\xff\x52\0\x0c\0\0\0\x01\0\x05");
    bytes.extend([blocks, blocks, 0, 1]);
    bytes.extend(b"\xff\x90\0\x0a\0\0\0\0\0\0\0\x01\xff\x93\xff\xd9");
    bytes
}

fn read(bytes: &[u8]) -> Result<File, DecodeError> {
    File::read(&Bytes::copy_from_slice(bytes), &Limits::default())
}

#[test]
fn header_boxes_are_read() {
    let resolution = b"\x01\x2c\0\x01\0\x96\0\x01\x02\x02";
    let header = [
        boxed(*b"ihdr", &[0; 14]),
        boxed(*b"colr", b"\x01\0\0\0\0\0\x12"),
        boxed(*b"colr", b"\x02\0\0profile"),
        boxed(*b"pclr", b"\0\x02\x03\x07\x07\x87\x01\x02\x83\x04\x05\x06"),
        boxed(*b"cmap", b"\0\0\x01\0\0\0\x01\x02"),
        boxed(*b"cdef", b"\0\x01\0\x02\0\x01\0\0"),
        boxed(*b"res ", &boxed(*b"resc", resolution)),
    ];
    let file = [SIGNATURE.to_vec(), boxed(*b"jp2h", &header.concat())].concat();
    let header = read(&file).unwrap().header;
    let colors =
        [ColorSpec::Enumerated(18, Vec::new()), ColorSpec::Icc(Bytes::from_static(b"profile"))];
    assert_eq!(header.colors, colors);
    let palette = header.palette.as_ref().unwrap();
    assert_eq!(palette.columns, [(8, false), (8, false), (8, true)]);
    assert_eq!(palette.values, [1, 2, -125, 4, 5, 6]);
    assert_eq!([palette.value(1, 0), palette.value(-1, 2), palette.value(9, 1)], [4, -125, 5]);
    let mapped = |column| Mapped { component: 0, column: Some(column) };
    assert_eq!(header.mapping.as_deref(), Some(&[mapped(0), mapped(2)][..]));
    let opacity = Definition { channel: 2, kind: 1, association: 0 };
    assert_eq!(header.definitions.as_deref(), Some(&[opacity][..]));
    // 300 · 10² and 150 · 10² per metre, down and across.
    let resolution = header.resolution().unwrap();
    assert_eq!((resolution.x, resolution.y), (150.0, 300.0));
    assert_eq!(resolution.unit, ResolutionUnit::Centimetre);
}

#[test]
fn the_codestream_and_what_is_behind_it_are_found() {
    let stream = codestream((100, 80), (100, 80), 4);
    let xmp = [b"\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac", &b"<x/>"[..]];
    let parts = [SIGNATURE.to_vec(), boxed(*b"jp2c", &stream), boxed(*b"uuid", &xmp.concat())];
    let file = read(&parts.concat()).unwrap();
    assert_eq!(file.codestream, Some((20, 20 + stream.len() as u64)));
    assert_eq!(file.xmp.as_deref(), Some(&b"<x/>"[..]));
    // A length of 0 reaches to the end, one of 1 is in 8 further bytes.
    let long = [SIGNATURE, b"\0\0\0\x01jp2c\0\0\0\0\0\0\0\x14abcd", b"\0\0\0\0uuid"].concat();
    assert_eq!(read(&long).unwrap().codestream, Some((28, 32)));
    let open = [SIGNATURE, b"\0\0\0\0jp2cabcd"].concat();
    assert_eq!(read(&open).unwrap().codestream, Some((20, 24)));
}

#[test]
fn orientation_and_texts_come_from_exif() {
    let stream = codestream((100, 80), (100, 80), 4);
    let header = [
        boxed(*b"ihdr", b"\0\0\0\x50\0\0\0\x64\0\x01\x07\x07\0\0"),
        boxed(*b"colr", b"\x01\0\0\0\0\0\x11"),
    ];
    // Make, and an orientation of 6, as exiftool writes them.
    let exif = b"MM\0\x2a\0\0\0\x08\0\x02\x01\x0f\0\x02\0\0\0\x04abc\0\
                 \x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let mut upright = exif.to_vec();
    upright[31] = 1;
    for mark in [&b""[..], b"Exif\0\0"] {
        let uuid = [b"JpgTiffExif->JP2", mark, exif].concat();
        let parts = [
            SIGNATURE.to_vec(),
            boxed(*b"jp2h", &header.concat()),
            boxed(*b"jp2c", &stream),
            boxed(*b"uuid", &uuid),
        ];
        let file = Arc::new(Bytes::from(parts.concat()));
        let decoder = Jp2.open(file, &OpenOptions::default()).unwrap();
        assert_eq!(decoder.arrangement().orientation, Orientation::from_tag(6).unwrap());
        let metadata = &decoder.info().metadata;
        assert_eq!(metadata.text(MetadataKey::Make), Some("abc"));
        assert_eq!(metadata.exif.as_deref(), Some(&upright[..]));
    }
}

#[test]
fn forged_boxes_are_refused() {
    for head in [&b"\0\0\0\x07jp2h"[..], b"\0\0\0\x01jp2h\0\0\0\0\0\0\0\x0f", b"\0\0\0\0jp"] {
        assert!(matches!(read(&[SIGNATURE, head].concat()), Err(DecodeError::Malformed(_))));
    }
    // A box longer than the file ends with it.
    assert!(read(&[SIGNATURE, b"\xff\xff\xff\xffjp2h"].concat()).is_ok());
}

#[test]
fn sizes_that_cannot_be_are_refused() {
    let limits = Limits::default();
    let open = |stream: Vec<u8>| {
        let source = Bytes::from(stream);
        let (_, stream) = index(&source, &limits)?;
        super::super::block::check_largest(&stream, &stream.coding)
    };
    assert!(open(codestream((100, 80), (100, 80), 4)).is_ok());
    for (size, tile) in [((0, 80), (100, 80)), ((100, 80), (0, 80)), ((70_000, 2), (1, 1))] {
        assert!(matches!(open(codestream(size, tile, 4)), Err(DecodeError::Malformed(_))));
    }
    // 2^31 pixels square in a hundred bytes: millions of code-blocks.
    let side = 1 << 31;
    let result = open(codestream((side, side), (side, side), 4));
    assert!(matches!(result, Err(DecodeError::TooLarge(_))), "{result:?}");
    let result = open(codestream((40_000, 40_000), (40_000, 40_000), 0));
    assert!(matches!(result, Err(DecodeError::TooLarge(_) | DecodeError::Malformed(_))));
}

#[test]
fn a_gigapixel_without_tiles_is_accepted() {
    let mut stream = codestream((65_000, 65_000), (65_000, 65_000), 4);
    let limits = Limits::default();
    stream.resize(1 << 20, 0);
    let source = Bytes::from(stream);
    let (_, stream) = index(&source, &limits).unwrap();
    assert!(super::super::block::check_largest(&stream, &stream.coding).is_ok());
    assert_eq!(stream.coding.levels(1), 5);
}
