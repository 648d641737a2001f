//! Opens a file and says what came, in the words of the document.

use std::sync::Arc;

use bytes::Bytes;
use pyramis::codec::{Blocks, DecodeError, OpenOptions, Scratch, decode};
use pyramis::image::{Bands, Selection, TileRef};
use pyramis::raster::{Alpha, ColorSpace, Raster, SampleType, Samples};

use super::{Table, stored};

/// Bytes of a file as the document speaks of it.
pub(crate) fn of(file: Vec<u8>) -> String {
    match open(file) {
        Ok(tile) => kind(&tile),
        Err(error) => refusal(&error),
    }
}

/// As [`of`], where a picture must have these samples, give or take `apart`.
pub(crate) fn with_pixels(name: &str, file: Vec<u8>, pixels: &[u8], apart: u8) -> String {
    match open(file) {
        Ok(tile) => {
            let samples = match tile.samples() {
                Samples::U8(samples) => samples.clone(),
                // Colours of CIELab come as sRGB of 0 to 1.
                Samples::F32(samples) => samples.iter().copied().map(eight).collect(),
                _ => panic!("{name}: samples are not of 8 bits"),
            };
            assert_eq!(samples.len(), pixels.len(), "{name}");
            for (at, (is, should)) in samples.iter().zip(pixels).enumerate() {
                assert!(is.abs_diff(*should) <= apart, "{name}: {is} at {at}, not {should}");
            }
            kind(&tile)
        }
        Err(error) => refusal(&error),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the conversion of a float to an integer saturates"
)]
fn eight(value: f32) -> u8 {
    (value * 255.0).round() as u8
}

/// Whether this is one of the answers that are pictures.
pub(crate) fn is_picture(answer: &str) -> bool {
    !answer.starts_with("415") && !answer.starts_with("500") && !answer.starts_with("501")
}

fn open(file: Vec<u8>) -> Result<Raster, DecodeError> {
    let blocks = Arc::new(Blocks::new(1 << 20));
    let decoder = decode::open(Arc::new(Bytes::from(file)), &OpenOptions::default(), &blocks)?;
    let first = TileRef { level: 0, column: 0, row: 0 };
    let tile = decoder.tile(first, &Selection::default(), &mut Scratch::default())?;
    let shape = tile.shape();
    assert_eq!(shape, decoder.info().shape(shape.width, shape.height, &Bands::All));
    Ok(tile)
}

fn kind(tile: &Raster) -> String {
    let shape = tile.shape();
    let color = match shape.color {
        ColorSpace::Gray => "grey".into(),
        ColorSpace::Rgb => "RGB".into(),
        ColorSpace::Multiband => format!("{} bands", shape.channels),
        ColorSpace::Cmyk => "CMYK".into(),
    };
    let alpha = match shape.alpha {
        Alpha::None => "",
        Alpha::Premultiplied => ", associated alpha",
        Alpha::Straight => ", alpha",
    };
    let sample = match shape.sample {
        SampleType::F32 => "float",
        SampleType::U16 => "16 bits",
        SampleType::U32 => "32 bits",
        SampleType::U8 => "8 bits",
    };
    format!("{color}{alpha}, {sample}")
}

fn refusal(error: &DecodeError) -> String {
    match error {
        DecodeError::Unsupported(sentence) => format!("415: {sentence}"),
        DecodeError::TooLarge(sentence) => format!("501: {sentence}"),
        other => format!("500: {other}"),
    }
}

/// Rows of `columns` and an answer; neighbours with the same answer become one row whose cell is a
/// range, and the number is N in an answer that names it.
pub(crate) fn grouped(cells: impl Iterator<Item = (u64, String)>) -> Vec<(String, String)> {
    let mut groups: Vec<(u64, u64, String)> = Vec::new();
    for (number, answer) in cells {
        let named = replace_number(&answer, number);
        match groups.last_mut() {
            Some((_, last, same)) if *same == named && *last + 1 == number => *last = number,
            _ => groups.push((number, number, named)),
        }
    }
    let name = |(first, last, answer): (u64, u64, String)| {
        if first == last {
            (first.to_string(), answer.replace('\u{1}', &first.to_string()))
        } else {
            (format!("{first}–{last}"), answer.replace('\u{1}', "N"))
        }
    };
    groups.into_iter().map(name).collect()
}

/// Puts a mark in place of a number that stands for itself.
pub(crate) fn replace_number(answer: &str, number: u64) -> String {
    let Some((status, sentence)) = answer.split_once(": ") else { return answer.into() };
    let digits = number.to_string();
    let mut out = String::new();
    let mut rest = sentence;
    while let Some(at) = rest.find(&digits) {
        let end = at + digits.len();
        let alone = !rest[..at].ends_with(|c: char| c.is_ascii_digit())
            && !rest[end..].starts_with(|c: char| c.is_ascii_digit());
        out.push_str(&rest[..at]);
        out.push_str(if alone { "\u{1}" } else { &digits });
        rest = &rest[end..];
    }
    format!("{status}: {out}{rest}")
}

/// Files by their first bytes.
pub(crate) fn files() -> Table {
    let padded = |head: &[u8]| {
        let mut file = head.to_vec();
        file.resize(64, 0);
        file
    };
    let gray = super::tiff::Page::gray();
    let cases: Vec<(&str, &str, Vec<u8>)> = vec![
        ("`II 2A 00`, `MM 00 2A`", "TIFF", gray.clone().file()),
        ("`II 2B 00`, `MM 00 2B`", "BigTIFF", super::tiff::Page { big: true, ..gray }.file()),
        ("`FF D8 FF`", "JPEG", stored::bytes(stored::JPEG)),
        ("`00 00 00 0C 6A 50 20 20`", "JP2, JPX", stored::bytes(stored::JP2)),
        ("`FF 4F FF 51`", "JPEG 2000 codestream", stored::bytes(stored::JPEG_2000)),
        ("`89 PNG`", "PNG", super::png::gray()),
        ("`RIFF`", "WebP", padded(b"RIFF\x38\0\0\0WEBPVP8L")),
        ("`GIF8`", "GIF", padded(b"GIF89a")),
        ("`%PDF`", "PDF", padded(b"%PDF-1.7")),
        ("`00 00 00 0C JXL`", "JPEG XL", padded(b"\0\0\0\x0cJXL \r\n\x87\n")),
        ("`FF 0A`", "JPEG XL codestream", padded(b"\xff\x0a")),
        ("`.. ftypavif`", "AVIF", padded(b"\0\0\0\x1cftypavif")),
        ("`.. ftypheic`", "HEIC", padded(b"\0\0\0\x1cftypheic")),
        ("`BM`", "BMP", padded(b"BM")),
        ("`SIMPLE`", "FITS", padded(b"SIMPLE  =                    T")),
        ("`8BPS`", "Photoshop", padded(b"8BPS\0\x01")),
        ("nothing", "an empty file", Vec::new()),
        ("anything else", "", padded(b"once upon a time")),
    ];
    let row = |(head, name, file): (&str, &str, Vec<u8>)| vec![head.into(), name.into(), of(file)];
    Table {
        heading: "Files",
        columns: &["first bytes", "format", "a small picture of it is"],
        rows: cases.into_iter().map(row).collect(),
    }
}
