//! JPEG files.

use super::tiff::{color, gray};
use super::{Table, answer, stored};

pub(crate) fn tables() -> Vec<Table> {
    vec![processes(), components()]
}

/// The place of the frame header's marker.
fn frame(file: &[u8]) -> usize {
    let is_frame = |pair: &[u8]| pair[0] == 0xff && matches!(pair[1], 0xc0..=0xc2);
    file.windows(2).position(is_frame).unwrap()
}

/// The grey picture with another process in its frame header.
fn renamed(marker: u8) -> Vec<u8> {
    let mut file = stored::bytes(stored::JPEG);
    let place = frame(&file);
    file[place + 1] = marker;
    file
}

fn processes() -> Table {
    let mut deep = stored::bytes(stored::JPEG);
    let place = frame(&deep);
    deep[place + 4] = 12;
    let cases: Vec<(&str, &str, Vec<u8>)> = vec![
        ("C0", "baseline", stored::bytes(stored::JPEG)),
        ("C1", "extended sequential, 8 bits", renamed(0xc1)),
        ("C1", "extended sequential, 12 bits", {
            deep[place + 1] = 0xc1;
            deep
        }),
        ("C2", "progressive", stored::bytes(stored::JPEG_PROGRESSIVE)),
        ("C3", "lossless", renamed(0xc3)),
        ("C5", "differential sequential", renamed(0xc5)),
        ("C6", "differential progressive", renamed(0xc6)),
        ("C7", "differential lossless", renamed(0xc7)),
        ("C9", "sequential, arithmetic", renamed(0xc9)),
        ("CA", "progressive, arithmetic", renamed(0xca)),
        ("CB", "lossless, arithmetic", renamed(0xcb)),
        ("CD", "differential sequential, arithmetic", renamed(0xcd)),
        ("CE", "differential progressive, arithmetic", renamed(0xce)),
        ("CF", "differential lossless, arithmetic", renamed(0xcf)),
    ];
    let row = |(marker, name, file): (&str, &str, Vec<u8>)| {
        let answer = answer::with_pixels(name, file, &gray(), 5);
        vec![marker.into(), name.into(), answer]
    };
    Table {
        heading: "JPEG processes",
        columns: &["frame marker", "process", "answer"],
        rows: cases.into_iter().map(row).collect(),
    }
}

/// Without its APP14 segment of Adobe.
fn without_adobe(file: &[u8]) -> Vec<u8> {
    let place = file.windows(2).position(|pair| pair == [0xff, 0xee]).unwrap();
    let length = usize::from(u16::from_be_bytes([file[place + 2], file[place + 3]]));
    [&file[..place], &file[place + 2 + length..]].concat()
}

fn components() -> Table {
    let inks = stored::bytes(stored::JPEG_INKS);
    let named = inks.windows(5).position(|name| name == b"Adobe").unwrap();
    let mut ycck = inks.clone();
    ycck[named + 11] = 2;
    let mut two = stored::bytes(stored::JPEG);
    let place = frame(&two);
    two[place + 9] = 2;
    let cases: Vec<(&str, Vec<u8>, Vec<u8>)> = vec![
        ("1: grey", stored::bytes(stored::JPEG), gray()),
        ("2", two, Vec::new()),
        ("3: YCbCr", stored::bytes(stored::JPEG_COLOR), color()),
        ("4: inverted CMYK, with Adobe marker", inks.clone(), color()),
        ("4: YCCK, with Adobe marker", ycck, Vec::new()),
        ("4: CMYK, without Adobe marker", without_adobe(&inks), Vec::new()),
    ];
    let row = |(name, file, pixels): (&str, Vec<u8>, Vec<u8>)| {
        let answer = if pixels.is_empty() {
            answer::of(file)
        } else {
            answer::with_pixels(name, file, &pixels, 5)
        };
        vec![name.into(), answer]
    };
    Table {
        heading: "JPEG components",
        columns: &["components", "answer"],
        rows: cases.into_iter().map(row).collect(),
    }
}
