use zune_core::bytestream::ZCursor;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use super::*;
use crate::raster::Samples;

pub(super) fn picture(width: u32, height: u32, channels: u16) -> Raster {
    let color = if channels == 1 { ColorSpace::Gray } else { ColorSpace::Rgb };
    let shape = Shape::new(width, height, channels, SampleType::U8, color);
    // Slopes that differ per channel: smooth, so that quality can be asked of them.
    let sample = |x: u32, y: u32, c: u32| 40 + (x * (c + 1) + y * (3 - c)) / 3 % 160;
    let mut samples = Vec::new();
    for y in 0..height {
        for x in 0..width {
            for c in 0..u32::from(channels) {
                samples.push(u8::try_from(sample(x.min(60), y.min(60), c)).unwrap());
            }
        }
    }
    Raster::new(shape, Samples::U8(samples)).unwrap()
}

pub(super) fn encode(raster: &Raster, quality: i32, embed: &Embed<'_>) -> Bytes {
    Jpeg.encode(
        raster,
        &EncodeOptions { quality, ..EncodeOptions::default() },
        embed,
        &mut Scratch::default(),
    )
    .unwrap()
}

fn encode_with(raster: &Raster, quality: i32, chroma: ChromaSubsampling) -> Bytes {
    let options = EncodeOptions { quality, chroma, ..EncodeOptions::default() };
    Jpeg.encode(raster, &options, &Embed::default(), &mut Scratch::default()).unwrap()
}

pub(super) fn decode(jpeg: &[u8]) -> ((usize, usize), Vec<u8>) {
    let mut decoder = JpegDecoder::new(ZCursor::new(jpeg));
    decoder.decode_headers().unwrap();
    // As it is stored: the decoder would make colour of grey.
    if decoder.info().unwrap().components == 1 {
        let options = DecoderOptions::default()
            .jpeg_set_out_colorspace(zune_core::colorspace::ColorSpace::Luma);
        decoder = JpegDecoder::new_with_options(ZCursor::new(jpeg), options);
    }
    let pixels = decoder.decode().unwrap();
    (decoder.dimensions().unwrap(), pixels)
}

fn psnr(left: &[u8], right: &[u8]) -> f64 {
    assert_eq!(left.len(), right.len());
    let square = |(l, r): (&u8, &u8)| f64::from(l.abs_diff(*r)).powi(2);
    let sum: f64 = left.iter().zip(right).map(square).sum();
    let count = f64::from(u32::try_from(left.len()).unwrap());
    10.0 * (255.0 * 255.0 / (sum / count).max(1e-9)).log10()
}

#[test]
fn pictures_of_odd_sizes_come_back() {
    for channels in [1, 3] {
        for (width, height) in [(1, 1), (1, 9), (7, 1), (8, 8), (17, 15), (33, 65), (256, 255)] {
            let raster = picture(width, height, channels);
            let (size, pixels) = decode(&encode(&raster, 90, &Embed::default()));
            assert_eq!(size, (width as usize, height as usize));
            let psnr = psnr(&pixels, raster.as_u8().unwrap());
            assert!(psnr > 32.0, "{width}x{height}x{channels}: {psnr} dB");
        }
    }
}

#[test]
fn all_instructions_write_the_same() {
    let noise = |n: u32| n.wrapping_mul(2_654_435_761).to_le_bytes()[3] >> (n >> 12 & 7);
    for channels in [1, 3] {
        let shape = picture(300, 70, channels).shape();
        let samples = (0..300 * 70 * u32::from(channels)).map(noise).collect();
        let raster = Raster::new(shape, Samples::U8(samples)).unwrap();
        for chroma in [ChromaSubsampling::None, ChromaSubsampling::Both] {
            for quality in [5, 75, 100] {
                let options = EncodeOptions { quality, chroma, ..EncodeOptions::default() };
                let written = |instructions| {
                    Jpeg.encode_with(instructions, &raster, &options, &Embed::default()).unwrap()
                };
                let expected = written(Instructions::Portable);
                for instructions in Instructions::all() {
                    assert!(written(instructions) == expected, "{}", instructions.name());
                }
            }
        }
    }
}

#[test]
fn quality_is_clamped() {
    let raster = picture(40, 40, 3);
    let size = |quality| encode(&raster, quality, &Embed::default()).len();
    assert_eq!(size(0), size(1));
    assert_eq!(size(-7), size(1));
    assert_eq!(size(1000), size(100));
    assert!(size(1) < size(50) && size(50) < size(100));
}

#[test]
fn frames_say_how_colour_is_sampled() {
    for (chroma, luma) in [
        (ChromaSubsampling::Both, 0x22),
        (ChromaSubsampling::Horizontal, 0x21),
        (ChromaSubsampling::None, 0x11),
    ] {
        let jpeg = encode_with(&picture(20, 16, 3), 95, chroma);
        let frame = jpeg.windows(2).position(|marker| marker == [0xFF, 0xC0]).unwrap();
        // Length, precision, height, width, components, then id, sampling and table of each.
        let expected = [0, 17, 8, 0, 16, 0, 20, 3, 1, luma, 0, 2, 0x11, 1, 3, 0x11, 1];
        assert_eq!(jpeg[frame + 2..][..17], expected);
    }
    let jpeg = encode(&picture(16, 16, 1), 95, &Embed::default());
    let frame = jpeg.windows(2).position(|marker| marker == [0xFF, 0xC0]).unwrap();
    assert_eq!(jpeg[frame + 2..][..11], [0, 11, 8, 0, 16, 0, 16, 1, 1, 0x11, 0]);
}

#[test]
fn alpha_is_left_to_the_planner_and_refused_here() {
    let shape = Shape::new(1, 1, 4, SampleType::U8, ColorSpace::Rgb);
    let shape = Shape { alpha: Alpha::Straight, ..shape };
    let expected = Shape::new(1, 1, 3, SampleType::U8, ColorSpace::Rgb);
    assert_eq!(Jpeg.accepts(&shape), expected);
    let raster = Raster::new(shape, Samples::U8(vec![0; 4])).unwrap();
    let result = Jpeg.encode(
        &raster,
        &EncodeOptions { quality: 75, ..EncodeOptions::default() },
        &Embed::default(),
        &mut Scratch::default(),
    );
    assert!(matches!(result, Err(EncodeError::Shape { .. })));
}

#[test]
fn a_side_beyond_the_format_is_an_error() {
    let shape = Shape::new(65_536, 1, 1, SampleType::U8, ColorSpace::Gray);
    let raster = Raster::new(shape, Samples::U8(vec![0; 65_536])).unwrap();
    let result = Jpeg.encode(
        &raster,
        &EncodeOptions { quality: 75, ..EncodeOptions::default() },
        &Embed::default(),
        &mut Scratch::default(),
    );
    assert!(matches!(result, Err(EncodeError::Side { limit: 65_535, .. })));
}

/// As good as what another encoder writes, and no larger: the tables are the same.
#[test]
fn size_and_error_are_those_of_another_encoder() {
    for (channels, sampling, chroma) in [
        (1, jpeg_encoder::SamplingFactor::R_4_4_4, ChromaSubsampling::Both),
        (3, jpeg_encoder::SamplingFactor::R_4_2_0, ChromaSubsampling::Both),
        (3, jpeg_encoder::SamplingFactor::R_4_2_2, ChromaSubsampling::Horizontal),
        (3, jpeg_encoder::SamplingFactor::R_4_4_4, ChromaSubsampling::None),
    ] {
        let raster = photograph(256, 240, channels);
        let samples = raster.as_u8().unwrap();
        for quality in [1, 10, 50, 75, 90, 97, 100] {
            let ours = encode_with(&raster, quality.into(), chroma);
            let mut theirs = Vec::new();
            let mut encoder = jpeg_encoder::Encoder::new(&mut theirs, quality);
            encoder.set_sampling_factor(sampling);
            encoder.set_chroma_subsampling_method(jpeg_encoder::ChromaSubsamplingMethod::Average);
            let color = match channels {
                1 => jpeg_encoder::ColorType::Luma,
                _ => jpeg_encoder::ColorType::Rgb,
            };
            encoder.encode(samples, 256, 240, color).unwrap();
            let [good, other] = [&ours[..], &theirs].map(|jpeg| psnr(&decode(jpeg).1, samples));
            let case = format!("{channels} {chroma:?} {quality}");
            assert!(good > other - 0.05, "{case}: {good} against {other} dB");
            let (size, other) = (ours.len(), theirs.len());
            assert!(size * 100 <= other * 101, "{case}: {size} against {other} bytes");
        }
    }
}

/// Something of all frequencies: waves that get shorter, edges and grain.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "5 to 230")]
fn photograph(width: u32, height: u32, channels: u16) -> Raster {
    let color = if channels == 1 { ColorSpace::Gray } else { ColorSpace::Rgb };
    let shape = Shape::new(width, height, channels, SampleType::U8, color);
    let mut samples = Vec::new();
    let mut seed = 1_u32;
    for y in 0..height {
        for x in 0..width {
            let (fx, fy) = (f64::from(x), f64::from(y));
            let wave = (fx * fx / 900.0).sin() * 30.0 + (fy * fy / 1500.0).cos() * 25.0;
            let edge = if (x / 37 + y / 29) % 3 == 0 { 40.0 } else { 0.0 };
            for c in 0..channels {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let grain = f64::from(seed >> 28);
                let tint = (fx / 40.0 + f64::from(c)).sin() * 20.0;
                samples.push((100.0 + wave + edge + tint + grain) as u8);
            }
        }
    }
    Raster::new(shape, Samples::U8(samples)).unwrap()
}

proptest::proptest! {
    #[test]
    fn all_pictures_are_decodable_and_alike_on_all_processors(
        data in proptest::collection::vec(proptest::num::u8::ANY, 5..2000)
    ) {
        fuzz(&data);
    }
}

/// The largest coefficients there can be, in each place: no table has room for larger ones.
#[test]
fn extreme_blocks_come_back() {
    for (fx, fy) in (0..8).flat_map(|u| (0..8).map(move |v| (u, v))) {
        let wave =
            |n: u32, f: u32| (f64::from((2 * n + 1) * f) * std::f64::consts::PI / 16.0).cos();
        let sample = |x: u32, y: u32| if wave(x % 8, fx) * wave(y % 8, fy) > 0.0 { 255 } else { 0 };
        for inverted in [0, 255] {
            let samples: Vec<u8> =
                (0..24 * 24).map(|i| sample(i % 24, i / 24) ^ inverted).collect();
            let shape = Shape::new(24, 24, 1, SampleType::U8, ColorSpace::Gray);
            let raster = Raster::new(shape, Samples::U8(samples)).unwrap();
            let (_, pixels) = decode(&encode(&raster, 100, &Embed::default()));
            let samples = raster.as_u8().unwrap();
            let worst = pixels.iter().zip(samples).map(|(l, r)| l.abs_diff(*r)).max();
            assert!(worst <= Some(3), "{fx} {fy}: {worst:?}");
        }
    }
}
