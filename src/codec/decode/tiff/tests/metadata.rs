//! Texts, profiles and numbers of the first directory.

use std::sync::Arc;

use bytes::Bytes;

use super::super::testing::{self, ASCII, BYTE, DOUBLE, Flavor, LONG, Page, RATIONAL, SHORT};
use super::super::{Tiff, tags};
use crate::codec::{Container, Limits};
use crate::command::MetadataKey;
use crate::image::{ImageInfo, Range, Resolution, ResolutionUnit};

fn page() -> Page {
    Page::new((16, 16), (16, 16), 1, 1).tiles(vec![vec![0; 256]])
}

fn info(flavor: Flavor, page: Page) -> ImageInfo {
    testing::open(testing::file(flavor, &[page])).unwrap().info().clone()
}

#[test]
fn texts_have_the_names_of_iip() {
    let texts = [
        (tags::ARTIST, MetadataKey::Creator),
        (tags::COPYRIGHT, MetadataKey::Rights),
        (tags::DATE_TIME, MetadataKey::Date),
        (tags::IMAGE_DESCRIPTION, MetadataKey::Description),
        (tags::DOCUMENT_NAME, MetadataKey::Title),
        (tags::PAGE_NAME, MetadataKey::PageName),
        (tags::SOFTWARE, MetadataKey::Software),
        (tags::MAKE, MetadataKey::Make),
        (tags::MODEL, MetadataKey::Model),
    ];
    for flavor in Flavor::ALL {
        let mut page = page().field(tags::STO_NITS, DOUBLE, &[0.25f64.to_bits()]);
        for (tag, key) in texts {
            page = page.bytes(tag, ASCII, format!("the {}\0", key.name()).as_bytes());
        }
        let metadata = info(flavor, page).metadata;
        for (_, key) in texts {
            assert_eq!(metadata.text(key).unwrap(), format!("the {}", key.name()));
        }
        assert_eq!(metadata.text(MetadataKey::Scale), Some("0.25"));
        assert_eq!(metadata.text(MetadataKey::Xmp), None);
        assert_eq!(metadata.texts.len(), texts.len() + 1);
    }
}

#[test]
fn profiles_are_kept_as_they_are() {
    let page = page()
        .bytes(tags::ICC_PROFILE, 7, b"not empty, not a profile")
        .bytes(tags::XMP, BYTE, b"<x/>")
        .bytes(tags::ARTIST, ASCII, b"\0");
    let metadata = info(Flavor::ALL[1], page).metadata;
    assert_eq!(metadata.icc.as_deref(), Some(&b"not empty, not a profile"[..]));
    assert_eq!(metadata.xmp.as_deref(), Some(&b"<x/>"[..]));
    assert_eq!(metadata.text(MetadataKey::Xmp), Some("<x/>"));
    assert_eq!(metadata.text(MetadataKey::Creator), None);
}

#[test]
fn resolution_needs_both_numbers() {
    let both = |page: Page| {
        page.field(tags::X_RESOLUTION, RATIONAL, &[300, 1]).field(
            tags::Y_RESOLUTION,
            RATIONAL,
            &[301, 2],
        )
    };
    for (unit, expected) in
        [(1, ResolutionUnit::Unknown), (2, ResolutionUnit::Inch), (3, ResolutionUnit::Centimetre)]
    {
        let page = both(page()).field(tags::RESOLUTION_UNIT, SHORT, &[unit]);
        let expected = Resolution { x: 300.0, y: 150.5, unit: expected };
        assert_eq!(info(Flavor::ALL[3], page).resolution, Some(expected));
    }
    let resolution = info(Flavor::ALL[0], both(page())).resolution.unwrap();
    assert_eq!(resolution.unit, ResolutionUnit::Unknown);
    let zero = both(page()).field(tags::Y_RESOLUTION, RATIONAL, &[1, 0]);
    assert_eq!(info(Flavor::ALL[0], zero).resolution, None);
    let one = page().field(tags::X_RESOLUTION, RATIONAL, &[300, 1]);
    assert_eq!(info(Flavor::ALL[0], one).resolution, None);
}

#[test]
fn ranges_come_from_the_file() {
    let range = |page| info(Flavor::ALL[0], page).ranges;
    let bounds = |page: Page, min, max| {
        page.field(tags::S_MIN_SAMPLE_VALUE, SHORT, &[min]).field(
            tags::S_MAX_SAMPLE_VALUE,
            SHORT,
            &[max],
        )
    };
    assert_eq!(range(page()), [Range { min: 0.0, max: 255.0 }]);
    assert_eq!(range(bounds(page(), 10, 200)), [Range { min: 10.0, max: 200.0 }]);
    assert_eq!(range(bounds(page(), 0, 0)), [Range { min: 0.0, max: 255.0 }]);
    let negative = page().field(tags::PHOTOMETRIC_INTERPRETATION, SHORT, &[0]);
    assert_eq!(range(bounds(negative, 10, 200)), [Range { min: 55.0, max: 245.0 }]);
    let rgb = Page::new((16, 16), (16, 16), 2, 3).tiles(vec![vec![0; 768]]);
    assert_eq!(range(bounds(rgb, 1, 100)), [Range { min: 1.0, max: 100.0 }; 3]);
}

#[test]
fn metadata_together_stays_under_the_limit() {
    let page = page().bytes(tags::ICC_PROFILE, 7, &[1; 60]).bytes(tags::XMP, BYTE, &[b'x'; 60]);
    let file = Bytes::from(testing::file(Flavor::ALL[0], &[page]));
    for (limit, icc, xmp) in [(200, true, true), (100, true, false), (50, false, false)] {
        let limits = Limits { metadata_bytes: limit, ..Limits::default() };
        let decoder = Tiff.open(Arc::new(file.clone()), &limits.into()).unwrap();
        let metadata = &decoder.info().metadata;
        assert_eq!((metadata.icc.is_some(), metadata.xmp.is_some()), (icc, xmp));
    }
}

#[test]
fn damaged_texts_do_not_hide_the_picture() {
    let mut file =
        testing::file(Flavor::ALL[0], &[page().bytes(tags::ARTIST, ASCII, b"somebody\0")]);
    let [low, high] = tags::ARTIST.to_le_bytes();
    let at = file.windows(4).rposition(|bytes| bytes == [low, high, 2, 0]).unwrap();
    file[at + 4..at + 8].copy_from_slice(&[0xff; 4]);
    let decoder = testing::open(file).unwrap();
    assert_eq!(decoder.info().metadata.text(MetadataKey::Creator), None);
    assert_eq!(testing::level(&*decoder, 0).unwrap(), [0; 256]);
    // A size of a wrong type is another matter.
    let page = page().field(tags::IMAGE_WIDTH, 11, &[16]);
    assert!(testing::open(testing::file(Flavor::ALL[0], &[page])).is_err());
    let page = Page::new((16, 16), (16, 16), 1, 1).field(tags::COMPRESSION, SHORT, &[8]).field(
        tags::TILE_OFFSETS,
        LONG,
        &[8],
    );
    assert!(testing::open(testing::file(Flavor::ALL[0], &[page])).is_err());
}
