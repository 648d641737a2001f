//! Samples of every type and depth, alpha, palettes and other colours.

use super::super::tags;
use super::super::testing::{self, ASCII, DOUBLE, Flavor, Page, SHORT};
use crate::image::{ImageInfo, Range, Selection};
use crate::raster::{Alpha, ColorSpace, Raster, SampleType, Samples};

/// One tile of 2 x 2 pixels.
fn page(photometric: u64, samples: u64, format: u64, bits: u64, bytes: &[u8]) -> Page {
    let all = |value| vec![value; usize::try_from(samples).unwrap()];
    Page::new((2, 2), (2, 2), photometric, samples)
        .field(tags::BITS_PER_SAMPLE, SHORT, &all(bits))
        .field(tags::SAMPLE_FORMAT, SHORT, &all(format))
        .tiles(vec![bytes.to_vec()])
}

fn decode(flavor: Flavor, page: Page) -> (ImageInfo, Raster) {
    let decoder = testing::open(testing::file(flavor, &[page])).unwrap();
    let raster = testing::raster(&*decoder, 0, &Selection::default()).unwrap();
    (decoder.info().clone(), raster)
}

fn full(max: f32) -> Range {
    Range { min: 0.0, max }
}

#[test]
fn numbers_of_every_depth_keep_their_values() {
    for flavor in Flavor::ALL {
        let bytes = |values: [u64; 4], width| -> Vec<u8> {
            values.iter().flat_map(|value| flavor.bytes(*value, width)).collect()
        };
        for (bits, width, values, max) in [
            (16, 2, [0, 1, 40_000, 65_535], 65_535.0),
            (32, 4, [0, 1, 70_000, u64::from(u32::MAX)], 4_294_967_295.0),
        ] {
            let (info, raster) = decode(flavor, page(1, 1, 1, bits, &bytes(values, width)));
            assert_eq!((u64::from(info.bits), &info.ranges[..]), (bits, &[full(max)][..]));
            let found: Vec<u64> = match raster.samples() {
                Samples::U16(samples) => samples.iter().map(|value| (*value).into()).collect(),
                Samples::U32(samples) => samples.iter().map(|value| (*value).into()).collect(),
                _ => Vec::new(),
            };
            assert_eq!(found, values);
            let (_, raster) = decode(flavor, page(0, 1, 1, bits, &bytes(values, width)));
            let most = u64::MAX >> (64 - bits);
            let inverted = values.map(|value| most - value);
            assert!(
                raster.samples()
                    == &Samples::U16(
                        inverted.map(|value| u16::try_from(value).unwrap_or(0)).to_vec()
                    )
                    || raster.samples()
                        == &Samples::U32(
                            inverted.map(|value| u32::try_from(value).unwrap_or(0)).to_vec()
                        )
            );
        }
        let floats = [0.5, -2.0, 1e30, f32::NEG_INFINITY];
        let single = floats.map(|value: f32| u64::from(value.to_bits()));
        let double = floats.map(|value: f32| f64::from(value).to_bits());
        for (bits, stored) in [(32, bytes(single, 4)), (64, bytes(double, 8))] {
            let (info, raster) = decode(flavor, page(1, 1, 3, bits, &stored));
            assert_eq!(raster.samples(), &Samples::F32(floats.to_vec()));
            assert!(info.ranges.is_empty());
        }
        let (_, raster) = decode(flavor, page(1, 1, 2, 16, &bytes([0xffff, 1, 0x8000, 0], 2)));
        assert_eq!(raster.samples(), &Samples::F32(vec![-1.0, 1.0, -32768.0, 0.0]));
    }
}

#[test]
fn packed_rows_start_with_new_bytes() {
    let rows = |photometric, bits, bytes: &[u8]| {
        decode(Flavor::ALL[0], page(photometric, 1, 1, bits, bytes)).1.samples().clone()
    };
    assert_eq!(rows(1, 1, &[0x80, 0x7f]), Samples::U8(vec![255, 0, 0, 255]));
    assert_eq!(rows(0, 1, &[0x80, 0x7f]), Samples::U8(vec![0, 255, 255, 0]));
    assert_eq!(rows(1, 4, &[0x0f, 0x12]), Samples::U8(vec![0, 255, 0x11, 0x22]));
    assert_eq!(rows(1, 6, &[0xfc, 0x10, 0x04, 0]), Samples::U8(vec![255, 4, 4, 0]));
    assert_eq!(rows(1, 12, &[0xab, 0xcd, 0xef, 0, 0x1f, 0xff]), {
        Samples::U16(vec![0xabc, 0xdef, 1, 0xfff])
    });
    assert_eq!(rows(0, 12, &[0xab, 0xcd, 0xef, 0, 0x1f, 0xff]), {
        Samples::U16(vec![0x543, 0x210, 0xffe, 0])
    });
    let reversed = page(1, 1, 1, 1, &[0x01, 0xfe]).field(tags::FILL_ORDER, SHORT, &[2]);
    let (info, raster) = decode(Flavor::ALL[0], reversed);
    assert_eq!(raster.samples(), &Samples::U8(vec![255, 0, 0, 255]));
    assert_eq!((info.bits, &info.ranges[..]), (1, &[full(255.0)][..]));
}

#[test]
fn alpha_is_told_from_data() {
    let kind = |photometric, samples: u64, extra: &[u64]| {
        let bytes = vec![9; usize::try_from(4 * samples).unwrap()];
        let page = page(photometric, samples, 1, 8, &bytes);
        let page =
            if extra.is_empty() { page } else { page.field(tags::EXTRA_SAMPLES, SHORT, extra) };
        let (info, _) = decode(Flavor::ALL[0], page);
        (info.color, info.alpha, info.channels)
    };
    assert_eq!(kind(2, 4, &[1]), (ColorSpace::Rgb, Alpha::Premultiplied, 4));
    assert_eq!(kind(2, 4, &[2]), (ColorSpace::Rgb, Alpha::Straight, 4));
    assert_eq!(kind(2, 4, &[0]), (ColorSpace::Multiband, Alpha::None, 4));
    assert_eq!(kind(2, 4, &[]), (ColorSpace::Multiband, Alpha::None, 4));
    assert_eq!(kind(2, 5, &[0, 2]), (ColorSpace::Multiband, Alpha::None, 5));
    assert_eq!(kind(1, 2, &[2]), (ColorSpace::Gray, Alpha::Straight, 2));
    assert_eq!(kind(1, 3, &[]), (ColorSpace::Multiband, Alpha::None, 3));
    assert_eq!(kind(5, 5, &[2]), (ColorSpace::Rgb, Alpha::Straight, 4));
    assert_eq!(kind(5, 5, &[0]), (ColorSpace::Rgb, Alpha::None, 3));
    assert_eq!(kind(8, 3, &[]), (ColorSpace::Rgb, Alpha::None, 3));
}

#[test]
fn inversion_leaves_alpha_alone() {
    let page =
        page(0, 2, 1, 8, &[0, 1, 255, 2, 7, 3, 8, 4]).field(tags::EXTRA_SAMPLES, SHORT, &[2]);
    let (_, raster) = decode(Flavor::ALL[0], page);
    assert_eq!(raster.samples(), &Samples::U8(vec![255, 1, 0, 2, 248, 3, 247, 4]));
}

#[test]
fn palettes_give_colours() {
    let map: Vec<u64> =
        [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]].concat().iter().map(|v| v * 257).collect();
    let page = page(3, 1, 1, 2, &[0b0001_0000, 0b1011_0000]).field(tags::COLOR_MAP, SHORT, &map);
    let (info, raster) = decode(Flavor::ALL[3], page.clone());
    let colors = vec![0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11];
    assert_eq!(raster.samples(), &Samples::U8(colors));
    assert_eq!((info.bits, info.color, info.channels), (8, ColorSpace::Rgb, 3));
    let short = page.field(tags::COLOR_MAP, SHORT, &map[1..]);
    assert!(testing::open(testing::file(Flavor::ALL[0], &[short])).is_err());
}

#[test]
fn subsampled_ycbcr_is_expanded() {
    // One unit of 2 x 2 pixels: luma, then the differences of no colour.
    let page = page(6, 3, 1, 8, &[10, 20, 30, 40, 128, 128]);
    let (_, raster) = decode(Flavor::ALL[0], page);
    let gray = [[10; 3], [20; 3], [30; 3], [40; 3]].concat();
    assert_eq!(raster.samples(), &Samples::U8(gray));
}

#[test]
fn white_of_lab_and_of_no_ink_is_white() {
    for (photometric, samples, white) in
        [(8, 3, &[255, 0, 0][..]), (9, 3, &[255, 128, 128]), (5, 4, &[0, 0, 0, 0])]
    {
        let page = page(photometric, samples, 1, 8, &white.repeat(4)).bytes(
            tags::ICC_PROFILE,
            7,
            b"no profile",
        );
        let (info, raster) = decode(Flavor::ALL[0], page);
        match raster.samples() {
            // The whites of CIELab and of sRGB differ by a ten thousandth.
            Samples::F32(samples) => assert!(samples.iter().all(|sample| *sample > 0.9995)),
            samples => assert_eq!(samples, &Samples::U8(vec![255; 12])),
        }
        assert_eq!((info.metadata.icc, info.from_lab), (None, photometric != 5));
    }
    let deep: Vec<u8> = [[0xff, 0xff, 0, 0, 0, 0]; 4].concat();
    let (info, raster) = decode(Flavor::ALL[0], page(8, 3, 2, 16, &deep));
    let Samples::F32(samples) = raster.samples() else { panic!("{:?}", info.sample) };
    assert!(samples.iter().all(|sample| *sample > 0.9995));
    assert_eq!((info.sample, info.bits), (SampleType::F32, 16));
    assert_eq!(info.ranges, vec![full(1.0); 3]);
    let transparent = page(8, 4, 1, 8, &[255, 0, 0, 51].repeat(4));
    let (info, raster) =
        decode(Flavor::ALL[0], transparent.field(tags::EXTRA_SAMPLES, SHORT, &[2]));
    let Samples::F32(samples) = raster.samples() else { panic!("{:?}", info.sample) };
    assert!(samples.iter().skip(3).step_by(4).all(|alpha| (*alpha - 0.2).abs() < 1e-6));
}

#[test]
fn ranges_and_nodata_are_those_of_decoded_samples() {
    let number = |value: f64| value.to_bits();
    let bounds = |page: Page, min: f64, max: f64| {
        page.field(tags::S_MIN_SAMPLE_VALUE, DOUBLE, &[number(min)])
            .field(tags::S_MAX_SAMPLE_VALUE, DOUBLE, &[number(max)])
            .bytes(tags::GDAL_NODATA, ASCII, b"1\0")
    };
    let facts = |page| {
        let (info, _) = decode(Flavor::ALL[0], page);
        (info.ranges, info.nodata)
    };
    let range = |min, max| vec![Range { min, max }];
    let float = |photometric| page(photometric, 1, 3, 32, &[0; 16]);
    assert_eq!(facts(bounds(float(1), -3.5, 9.0)), (range(-3.5, 9.0), Some(1.0)));
    assert_eq!(facts(bounds(float(0), -3.5, 9.0)), (range(-9.0, 3.5), Some(-1.0)));
    assert_eq!(facts(bounds(float(1), f64::NAN, f64::INFINITY)), (vec![], Some(1.0)));
    let twelve = |photometric| page(photometric, 1, 1, 12, &[0; 6]);
    assert_eq!(facts(bounds(twelve(1), 10.0, 3000.0)), (range(10.0, 3000.0), Some(1.0)));
    assert_eq!(facts(bounds(twelve(0), 10.0, 3000.0)), (range(1095.0, 4085.0), Some(4094.0)));
    let four = |photometric| page(photometric, 1, 1, 4, &[0; 2]);
    assert_eq!(facts(bounds(four(1), 1.0, 3.0)), (range(17.0, 51.0), Some(17.0)));
    let nan = float(1).bytes(tags::GDAL_NODATA, ASCII, b"nan\0");
    assert!(facts(nan).1.unwrap().is_nan());
    let text = float(1).bytes(tags::GDAL_NODATA, ASCII, b"none\0");
    assert_eq!(facts(text), (vec![], None));
}
