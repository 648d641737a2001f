//! Markers of a baseline picture around its scan (ISO/IEC 10918-1, B.2).

use super::sampling::Sampling;
use super::tables::{AC, DC, Huffman};
use crate::codec::jpeg::ZIGZAG;

/// Adds the segments from the quantization tables to the header of the scan.
pub(super) fn header(
    (width, height): (u16, u16),
    sampling: Sampling,
    steps: &[[u8; 64]; 2],
    out: &mut Vec<u8>,
) {
    let components = sampling.components();
    // Tables of chrominance are not named by a picture in grey.
    let tables = if components.len() == 1 { 1 } else { 2 };

    let quantization = steps.iter().zip(0..).take(tables).flat_map(|(steps, id)| {
        std::iter::once(id).chain(ZIGZAG.iter().map(|place| steps[usize::from(*place)]))
    });
    segment(DQT, quantization, out);

    let [high, low] = height.to_be_bytes();
    let [left, right] = width.to_be_bytes();
    let count = if components.len() == 1 { 1 } else { 3 };
    let described = components.iter().zip(1..).flat_map(|(component, id)| {
        let sampled = component.horizontal << 4 | component.vertical;
        [id, sampled, component.tables]
    });
    segment(SOF0, [8, high, low, left, right, count].into_iter().chain(described), out);

    let huffman = DC.iter().zip(&AC).zip(0..).take(tables).flat_map(|((dc, ac), id)| {
        [(id, dc), (0x10 | id, ac)].into_iter().flat_map(|(id, table): (u8, &Huffman)| {
            std::iter::once(id).chain(table.counts).chain(table.symbols.iter().copied())
        })
    });
    segment(DHT, huffman, out);

    let coded = components
        .iter()
        .zip(1..)
        .flat_map(|(component, id)| [id, component.tables << 4 | component.tables]);
    // All coefficients, in one go.
    segment(SOS, [count].into_iter().chain(coded).chain([0, 63, 0]), out);
}

fn segment(marker: u8, payload: impl Iterator<Item = u8>, out: &mut Vec<u8>) {
    out.extend_from_slice(&[0xFF, marker, 0, 0]);
    let start = out.len();
    out.extend(payload);
    let length = u16::try_from(out.len() - start + 2).expect("tables are short");
    out[start - 2..start].copy_from_slice(&length.to_be_bytes());
}

const SOF0: u8 = 0xC0;
const DHT: u8 = 0xC4;
const SOS: u8 = 0xDA;
const DQT: u8 = 0xDB;
