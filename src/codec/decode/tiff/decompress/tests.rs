//! What all ways of packing have in common.

use super::*;

const ALL: &[Compression] = &[
    Compression::Deflate,
    Compression::Fax(Fax::Group3 { two_dimensional: false }),
    Compression::Fax(Fax::Group3 { two_dimensional: true }),
    Compression::Fax(Fax::Group4),
    Compression::Fax(Fax::Rows { alignment: 8 }),
    Compression::Jpeg2000 { ycbcr: true },
    Compression::Lerc(Wrapping::Deflate),
    Compression::Lerc(Wrapping::None),
    Compression::Lerc(Wrapping::Zstd),
    Compression::Lzw,
    Compression::None,
    Compression::PackBits,
    Compression::WebP,
    Compression::Zstd,
];

#[test]
fn whatever_comes_the_count_is_right_and_the_rest_is_zero() {
    let mut seed = 5_u32;
    let garbage: Vec<u8> = (0..300)
        .map(|_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            seed.to_le_bytes()[3]
        })
        .collect();
    let mut unpackers = Unpackers::default();
    for compression in ALL {
        for (bits, samples) in [(1, 1), (8, 3), (32, 1)] {
            let (float, order) = (bits == 32, ByteOrder::NATIVE);
            let chunk = ChunkLayout { width: 16, rows: 9, samples, bits, float, order };
            let len = 2 * 9 * usize::from(bits) * usize::from(samples);
            for from in 0..garbage.len() {
                let mut out = vec![0xaa; len];
                let result =
                    decompress(*compression, &garbage[from..], &chunk, &mut out, &mut unpackers);
                if let Ok(Decompressed { filled, .. }) = result {
                    assert!(out[filled..].iter().all(|byte| *byte == 0), "{compression:?}");
                }
            }
        }
    }
}
