//! PNG files.

use png::{BitDepth, ColorType, Encoder};

use super::tiff;
use super::{Table, answer};

pub(crate) fn tables() -> Vec<Table> {
    let mut rows = Vec::new();
    for (color, name, depths) in [
        (ColorType::Grayscale, "grey", &[1, 2, 4, 8, 16][..]),
        (ColorType::Rgb, "RGB", &[8, 16]),
        (ColorType::Indexed, "palette", &[1, 2, 4, 8]),
        (ColorType::GrayscaleAlpha, "grey, alpha", &[8, 16]),
        (ColorType::Rgba, "RGB, alpha", &[8, 16]),
    ] {
        for depth in depths {
            let answer = answer::of(file(color, *depth, None));
            rows.push(vec![format!("{name}, {depth} bits"), answer]);
        }
    }
    let name = "grey, 8 bits";
    answer::with_pixels(name, gray(), &tiff::gray(), 0);
    let name = "palette, 8 bits, tRNS";
    rows.push(vec![name.into(), answer::of(file(ColorType::Indexed, 8, Some(&[0])))]);
    let name = "grey, 8 bits, tRNS";
    rows.push(vec![name.into(), answer::of(file(ColorType::Grayscale, 8, Some(&[0, 0])))]);
    vec![Table { heading: "PNG", columns: &["samples", "answer"], rows }]
}

/// The grey picture.
pub(crate) fn gray() -> Vec<u8> {
    file(ColorType::Grayscale, 8, None)
}

fn file(color: ColorType, depth: u8, transparent: Option<&'static [u8]>) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, 16, 16);
    encoder.set_color(color);
    encoder.set_depth(BitDepth::from_u8(depth).unwrap());
    if color == ColorType::Indexed {
        encoder.set_palette(vec![0x41; 3 << depth]);
    }
    if let Some(transparent) = transparent {
        encoder.set_trns(transparent);
    }
    let bytes = 16 * 16 * color.samples() * usize::from(depth) / 8;
    let samples =
        if bytes == 256 && color == ColorType::Grayscale { tiff::gray() } else { vec![0; bytes] };
    encoder.write_header().unwrap().write_image_data(&samples).unwrap();
    out
}
