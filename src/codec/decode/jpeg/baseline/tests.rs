use std::f64::consts::{FRAC_1_SQRT_2, PI};

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use super::dct;
use super::*;
use crate::codec::jpeg::lanes::Portable;

/// Numbers without an order.
fn random(seed: u32) -> impl FnMut(u32) -> u32 {
    let mut seed = seed;
    move |below| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) % below
    }
}

/// Slopes, edges and grain.
fn samples((width, height): (usize, usize), channels: usize) -> Vec<u8> {
    let mut random = random(3);
    let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let samples =
        pixels.flat_map(|(x, y)| (0..channels).map(move |c| (x * (2 + c) + y * (5 - c)) % 200));
    samples
        .map(|sample| u8::try_from(sample).unwrap() + u8::try_from(random(40)).unwrap())
        .collect()
}

fn encode(
    samples: &[u8],
    (width, height): (usize, usize),
    sampling: SamplingFactor,
    restart: u16,
) -> Vec<u8> {
    let color = if samples.len() == width * height { ColorType::Luma } else { ColorType::Rgb };
    let mut stream = Vec::new();
    let mut encoder = Encoder::new(&mut stream, 85);
    encoder.set_sampling_factor(sampling);
    if restart > 0 {
        encoder.set_restart_interval(restart);
    }
    let (width, height) = (u16::try_from(width).unwrap(), u16::try_from(height).unwrap());
    encoder.encode(samples, width, height, color).unwrap();
    stream
}

fn decode(stream: &[u8], colors: Colors) -> Option<Vec<u8>> {
    let picture = Picture::read(stream)?;
    let (width, height, components) = picture.shape();
    let mut out = vec![0; width * height * components];
    picture.decode(colors, &mut out, width * components)?;
    Some(out)
}

fn reference(stream: &[u8], color: ColorSpace) -> Vec<u8> {
    let options = DecoderOptions::default().jpeg_set_out_colorspace(color);
    JpegDecoder::new_with_options(ZCursor::new(stream), options).decode().unwrap()
}

fn farthest(a: &[u8], b: &[u8]) -> u8 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| a.abs_diff(*b)).max().unwrap()
}

#[test]
fn the_transform_is_that_of_the_standard() {
    let mut random = random(1);
    let steps: [i16; 64] = std::array::from_fn(|n| i16::try_from(1 + n % 7).unwrap());
    for round in 0..200 {
        // Few coefficients and many, up to those of full contrast.
        let most = [20, 120, 300][round % 3];
        let mut block = || -> [i16; 64] {
            std::array::from_fn(|n| {
                let limit = most / u32::try_from(1 + n % 8 + n / 8).unwrap() + 1;
                i16::try_from(random(2 * limit)).unwrap() - i16::try_from(limit).unwrap()
            })
        };
        let blocks = [block(), block()];
        let rows = dct::inverse(Portable, blocks.each_ref(), &steps);
        for (n, block) in blocks.iter().enumerate() {
            for (place, sample) in (0..64).map(|place| (place, rows[place / 8][place % 8 + 8 * n]))
            {
                // ITU-T T.81, A.3.3.
                let scale = |frequency| if frequency == 0 { FRAC_1_SQRT_2 } else { 1.0 };
                let wave = |at: usize, frequency: usize| {
                    let steps = f64::from(u32::try_from((2 * at + 1) * frequency).unwrap());
                    (PI * steps / 16.0).cos() * scale(frequency)
                };
                let exact: f64 = (0..64)
                    .map(|n| {
                        let coefficient = f64::from(block[n] * steps[n]);
                        coefficient * wave(place % 8, n % 8) * wave(place / 8, n / 8)
                    })
                    .sum();
                let exact = (exact / 4.0 + 128.0).clamp(0.0, 255.0);
                assert!((f64::from(sample) - exact).abs() < 0.8, "{sample} {exact}");
            }
        }
    }
}

#[test]
fn a_block_of_one_coefficient_is_flat() {
    for dc in -2048..2048 {
        let mut block = [0; 64];
        block[0] = dc;
        let rows = dct::inverse(Portable, [&block, &block], &[3; 64]);
        assert_eq!(rows, [[dct::flat(dc, 3); 16]; 8], "{dc}");
    }
}

#[test]
fn pictures_of_all_sizes_are_those_of_another_decoder() {
    let sizes = (1..40).map(|n| (n, 41 - n)).chain([(33, 200), (300, 17), (32, 48), (80, 16)]);
    for size @ (width, height) in sizes {
        let samplings = [
            (SamplingFactor::F_1_1, 2),
            (SamplingFactor::F_2_1, 6),
            // The other one takes the nearest sample.
            (SamplingFactor::F_1_2, u8::MAX),
            (SamplingFactor::F_2_2, 6),
        ];
        for (sampling, tolerance) in samplings {
            let stream = encode(&samples(size, 3), size, sampling, 0);
            let decoded = decode(&stream, Colors::YCbCrToRgb).unwrap();
            // The other one filters chrominance beyond the edge of the picture.
            if width % 16 == 0 && height % 16 == 0 {
                let expected = reference(&stream, ColorSpace::RGB);
                assert!(farthest(&decoded, &expected) <= tolerance, "{size:?} {sampling:?}");
            }
            let kept = decode(&stream, Colors::Kept).unwrap();
            let luma: Vec<u8> = kept.iter().copied().step_by(3).collect();
            let expected = reference(&stream, ColorSpace::YCbCr);
            let expected: Vec<u8> = expected.iter().copied().step_by(3).collect();
            assert!(farthest(&luma, &expected) <= 1, "{size:?} {sampling:?}");
        }
        let stream = encode(&samples(size, 1), size, SamplingFactor::F_1_1, 0);
        let expected = reference(&stream, ColorSpace::Luma);
        assert!(farthest(&decode(&stream, Colors::Kept).unwrap(), &expected) <= 1, "{size:?}");
    }
}

#[test]
fn chrominance_is_filtered_by_a_triangle() {
    // Luminance of 128 everywhere, and a column of chrominance for each two pixels, from the file
    // of another encoder: each pixel is 3/4 of its own sample and 1/4 of its neighbour's.
    let size @ (width, height) = (32, 8);
    let stream = encode(&samples(size, 3), size, SamplingFactor::F_2_1, 0);
    let kept = decode(&stream, Colors::Kept).unwrap();
    let row = |y: usize, c: usize| -> Vec<i32> {
        let row = &kept[3 * width * y..][..3 * width];
        row.iter().skip(c).step_by(3).map(|sample| i32::from(*sample)).collect()
    };
    for (y, c) in (0..height).flat_map(|y| [(y, 1), (y, 2)]) {
        let row = row(y, c);
        // The first and the last pixel are samples themselves.
        let (first, last) = (row[0], row[width - 1]);
        // Pixels 1 and 2 lie between the samples a and b: (3a + b + 2) / 4 and (3b + a + 1) / 4.
        let b = (0..256)
            .find(|b| (3 * first + b + 2) / 4 == row[1] && (3 * b + first + 1) / 4 == row[2]);
        assert!(b.is_some(), "{row:?}");
        assert!((0..256).any(|a| (3 * last + a + 1) / 4 == row[width - 2]));
    }
}

#[test]
fn restarts_change_nothing() {
    for size in [(40, 40), (17, 90)] {
        for sampling in [SamplingFactor::F_1_1, SamplingFactor::F_2_2] {
            let samples = samples(size, 3);
            let plain = decode(&encode(&samples, size, sampling, 0), Colors::YCbCrToRgb).unwrap();
            for restart in [1, 2, 7] {
                let stream = encode(&samples, size, sampling, restart);
                assert_eq!(decode(&stream, Colors::YCbCrToRgb).unwrap(), plain, "{restart}");
            }
        }
    }
}

#[test]
fn rows_beyond_the_room_are_left_out() {
    let size = (20, 30);
    let stream = encode(&samples(size, 3), size, SamplingFactor::F_2_2, 0);
    let whole = decode(&stream, Colors::YCbCrToRgb).unwrap();
    let picture = Picture::read(&stream).unwrap();
    for rows in [1, 15, 16, 17, 31] {
        let mut out = vec![9; 70 * rows];
        picture.decode(Colors::YCbCrToRgb, &mut out, 70).unwrap();
        for (row, expected) in out.chunks_exact(70).zip(whole.chunks_exact(60)) {
            assert_eq!(row[..60], *expected);
            assert_eq!(row[60..], [9; 10]);
        }
        assert!(out[70 * rows.min(30)..].iter().all(|sample| *sample == 9));
    }
}

#[test]
fn damaged_streams_end() {
    let size = (30, 20);
    let stream = encode(&samples(size, 3), size, SamplingFactor::F_2_2, 2);
    let whole = decode(&stream, Colors::YCbCrToRgb).unwrap();
    for len in 0..stream.len() {
        if let Some(decoded) = decode(&stream[..len], Colors::YCbCrToRgb) {
            // Without its end marker, and of the last bytes with bits that fill them, it is whole.
            assert!(len + 3 >= stream.len() && decoded == whole, "{len}");
        }
    }
    for place in 0..stream.len() {
        for bit in 0..8 {
            let mut stream = stream.clone();
            stream[place] ^= 1 << bit;
            fuzz(&stream);
        }
    }
}

#[test]
fn other_kinds_are_left_to_others() {
    let size = (24, 24);
    let original = samples(size, 3);
    let of = |change: fn(&mut Encoder<&mut Vec<u8>>)| {
        let mut stream = Vec::new();
        let mut encoder = Encoder::new(&mut stream, 85);
        change(&mut encoder);
        encoder.encode(&original, 24, 24, ColorType::Rgb).unwrap();
        Picture::read(&stream).is_some()
    };
    assert!(of(|_| {}));
    assert!(!of(|encoder| encoder.set_progressive(true)));
    assert!(!of(|encoder| encoder.set_sampling_factor(SamplingFactor::F_4_1)));
}
