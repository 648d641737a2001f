//! Lines by the examples of the standards, and by the encoder of the `fax` library.

use super::super::super::header::ByteOrder;
use super::*;

const GROUP3: Fax = Fax::Group3 { two_dimensional: false };

fn layout(width: u32, rows: u32) -> ChunkLayout {
    ChunkLayout { width, rows, samples: 1, bits: 1, float: false, order: ByteOrder::NATIVE }
}

/// Text of zeros and ones to bytes.
fn bytes(text: &str) -> Vec<u8> {
    let bits: Vec<u8> = text.bytes().filter(|c| *c != b' ').map(|c| c - b'0').collect();
    let byte = |bits: &[u8]| (0..8).fold(0, |byte, i| byte << 1 | bits.get(i).unwrap_or(&0));
    bits.chunks(8).map(byte).collect()
}

fn rows(fax: Fax, text: &str, width: u32, rows: u32) -> (usize, Vec<u8>) {
    let mut out = vec![0xaa; rows as usize * width.div_ceil(8) as usize];
    let filled = unpack(fax, &bytes(text), &layout(width, rows), &mut out).unwrap();
    (filled, out[..filled].to_vec())
}

const EOL: &str = "000000000001";

// Codes of T.4, tables 2 and 3: 4 white, 4 black, 8 white.
const LINE: &str = "1011 011 10011";
// 0 white, 16 black.
const BLACK: &str = "00110101 0000010111";

#[test]
fn rows_start_at_bytes_or_words() {
    let text = format!("{LINE} 0000 {BLACK}");
    assert_eq!(rows(Fax::Rows { alignment: 8 }, &text, 16, 2), (4, vec![0x0f, 0, 0xff, 0xff]));
    assert_eq!(rows(Fax::Rows { alignment: 16 }, &text, 16, 2), (4, vec![0x0f, 0, 0xff, 0xff]));
    let text = format!("10011 000 {LINE}");
    assert_eq!(rows(Fax::Rows { alignment: 8 }, &text, 8, 1), (1, vec![0]));
}

#[test]
fn markers_may_be_missing_filled_or_in_front() {
    let expected = (4, vec![0x0f, 0, 0xff, 0xff]);
    for text in [
        format!("{LINE} {BLACK}"),
        format!("{EOL} {LINE} {EOL} {BLACK} {EOL}"),
        format!("{LINE} {EOL} {BLACK}"),
        format!("0000{EOL} {LINE} 0000000{EOL} {BLACK} 00{EOL}"),
    ] {
        assert_eq!(rows(GROUP3, &text, 16, 2), expected, "{text}");
    }
}

#[test]
fn six_markers_end_a_page() {
    let end = EOL.repeat(6);
    assert_eq!(rows(GROUP3, &format!("{EOL}{LINE}{end}{BLACK}"), 16, 2), (4, vec![0x0f, 0, 0, 0]));
}

#[test]
fn a_damaged_line_does_not_harm_the_next() {
    // 00000001 followed by zeros is no run of white.
    let text = format!("{EOL} 1011 011 000000001111 {EOL} {BLACK}");
    assert_eq!(rows(GROUP3, &text, 16, 2), (4, vec![0x0f, 0, 0xff, 0xff]));
    // Runs that are too long for the line.
    let text = format!("{EOL} 10011 000101 10011 {EOL} 10011 {EOL}");
    assert_eq!(rows(GROUP3, &text, 8, 2), (2, vec![0, 0]));
}

#[test]
fn lines_of_two_dimensions_follow_the_line_above() {
    let fax = Fax::Group3 { two_dimensional: true };
    // V0 V0 V0; then VR1 VL1 V0; then a pass over the black run and V0.
    let text =
        format!("{EOL}1 {LINE} {EOL}0 1 1 1 {EOL}0 011 010 1 {EOL}0 0001 1 {EOL}1 {BLACK} {EOL}1");
    let expected = vec![0x0f, 0, 0x0f, 0, 0x06, 0, 0, 0, 0xff, 0xff];
    assert_eq!(rows(fax, &text, 16, 5), (10, expected));
}

#[test]
fn group_4_lines_start_from_white() {
    // Horizontal 4 white 4 black, V0; V0 V0 V0; VL1 at 0 is out of the line.
    let text = format!("001 1011 011 1 1 1 1 {EOL}{EOL}");
    assert_eq!(rows(Fax::Group4, &text, 16, 3), (6, vec![0x0f, 0, 0x0f, 0, 0, 0]));
    assert_eq!(rows(Fax::Group4, "001 00110101 0000010111 010", 16, 2).0, 2);
    // Black from the first pixel on, twice.
    let text = "001 00110101 0000010111 1 1";
    assert_eq!(rows(Fax::Group4, text, 16, 2), (4, vec![0xff; 4]));
}

#[test]
fn what_another_encoder_writes_is_read() {
    let (width, height) = (203_u16, 64_usize);
    let mut seed = 7_u32;
    let mut picture = Vec::new();
    let mut encoder = fax::encoder::Encoder::new(fax::VecWriter::new());
    for _ in 0..height {
        let mut row = vec![0_u8; usize::from(width).div_ceil(8)];
        for (index, byte) in row.iter_mut().enumerate() {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let [.., a, b] = seed.to_le_bytes();
            *byte = if index % 5 < 3 { a & b } else { 0 };
        }
        if let Some(last) = row.last_mut() {
            *last &= 0xe0;
        }
        let pixels = fax::slice_bits(&row).take(width.into());
        let colors = pixels.map(|bit| if bit { fax::Color::Black } else { fax::Color::White });
        encoder.encode_line(colors, width).unwrap();
        picture.extend(row);
    }
    let stored = encoder.finish().unwrap().finish();
    let mut out = vec![1; picture.len()];
    let chunk = layout(width.into(), 64);
    assert_eq!(unpack(Fax::Group4, &stored, &chunk, &mut out).unwrap(), picture.len());
    assert!(out == picture);
    for len in 0..stored.len() {
        let filled = unpack(Fax::Group4, &stored[..len], &chunk, &mut out).unwrap();
        assert!(out[..filled] == picture[..filled], "{len}");
    }
}

#[test]
fn garbage_ends() {
    let mut seed = 3_u32;
    let garbage: Vec<u8> = (0..4000)
        .map(|_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            seed.to_le_bytes()[3]
        })
        .collect();
    let kinds = [
        GROUP3,
        Fax::Group3 { two_dimensional: true },
        Fax::Group4,
        Fax::Rows { alignment: 8 },
        Fax::Rows { alignment: 16 },
    ];
    for fax in kinds {
        for (start, width) in (0..4000).step_by(37).zip([1, 7, 8, 9, 100, 5000].into_iter().cycle())
        {
            let mut out = vec![0; 100 * (width as usize).div_ceil(8)];
            let _ = unpack(fax, &garbage[start..], &layout(width, 100), &mut out);
        }
        for zeros in [vec![], vec![0; 1000], vec![0xff; 1000]] {
            let _ = unpack(fax, &zeros, &layout(64, 100), &mut [0; 800]);
        }
        assert!(
            unpack(fax, &garbage, &ChunkLayout { bits: 8, ..layout(8, 8) }, &mut [0; 64]).is_err()
        );
    }
}
