//! JPEG 2000 files and codestreams.

use super::tiff::{color, gray};
use super::{Table, answer, stored};

pub(crate) fn tables() -> Vec<Table> {
    vec![streams(), depths(), spaces()]
}

fn streams() -> Table {
    let brand = |brand: &[u8; 4]| {
        let mut file = stored::bytes(stored::JP2);
        let place = file.windows(4).position(|name| name == b"ftyp").unwrap() + 4;
        file[place..place + 4].copy_from_slice(brand);
        file
    };
    let cases: Vec<(&str, Vec<u8>, Vec<u8>)> = vec![
        ("codestream", stored::bytes(stored::JPEG_2000), gray()),
        ("high-throughput codestream", stored::bytes(stored::HTJ2K), gray()),
        ("JP2, grey", stored::bytes(stored::JP2), gray()),
        ("JP2, three components", stored::bytes(stored::JP2_COLOR), color()),
        ("JPX", brand(b"jpx "), gray()),
        ("JPH", brand(b"jph "), gray()),
    ];
    let row = |(name, file, pixels): (&str, Vec<u8>, Vec<u8>)| {
        vec![name.into(), answer::with_pixels(name, file, &pixels, 0)]
    };
    Table {
        heading: "JPEG 2000 files",
        columns: &["file", "answer"],
        rows: cases.into_iter().map(row).collect(),
    }
}

fn depths() -> Table {
    let mut rows = Vec::new();
    for (sign, name) in [(0x00, "unsigned"), (0x80, "signed")] {
        let cells = (1..=38_u8).map(|bits| {
            let mut file = stored::bytes(stored::JPEG_2000);
            let size = file.windows(2).position(|marker| marker == [0xff, 0x51]).unwrap();
            file[size + 40] = sign | (bits - 1);
            (u64::from(bits), answer::of(file))
        });
        for (bits, answer) in answer::grouped(cells) {
            rows.push(vec![name.into(), bits, answer]);
        }
    }
    Table { heading: "JPEG 2000 samples", columns: &["samples", "bits", "answer for grey"], rows }
}

fn spaces() -> Table {
    let names: [(u8, &str); 8] = [
        (12, "CMYK"),
        (14, "CIELab"),
        (15, "bilevel, 0 is black"),
        (16, "sRGB"),
        (17, "grey"),
        (18, "sYCC"),
        (20, "e-sRGB"),
        (24, "e-sYCC"),
    ];
    let row = |(code, name): (u8, &str)| {
        let mut file = stored::bytes(stored::JP2_COLOR);
        let place = file.windows(4).position(|name| name == b"colr").unwrap();
        file[place + 10] = code;
        vec![code.to_string(), name.into(), answer::of(file)]
    };
    Table {
        heading: "JPEG 2000 colours",
        columns: &["enumerated colour space", "name", "answer for three components"],
        rows: names.into_iter().map(row).collect(),
    }
}
