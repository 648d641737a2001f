//! Files that are right, but cannot be shown: each is told what it is.

use super::super::tags;
use super::super::testing::{self, Flavor, Page, SHORT};
use crate::codec::DecodeError;

fn page(photometric: u64, samples: u64) -> Page {
    Page::new((16, 16), (16, 16), photometric, samples).tiles(vec![vec![0; 1024]])
}

#[test]
fn refusals_say_what_the_file_is() {
    let gray = || page(1, 1);
    let with = |tag, value: u64| gray().field(tag, SHORT, &[value]);
    let lzw = |predictor: u64, bits: u64| {
        with(tags::COMPRESSION, 5).field(tags::PREDICTOR, SHORT, &[predictor]).field(
            tags::BITS_PER_SAMPLE,
            SHORT,
            &[bits],
        )
    };
    for (page, expected) in [
        (with(tags::BITS_PER_SAMPLE, 40), "unsigned samples of 40 bits are not supported"),
        (
            with(tags::BITS_PER_SAMPLE, 12).field(tags::SAMPLE_FORMAT, SHORT, &[2]),
            "signed samples of 12 bits are not supported",
        ),
        (
            page(2, 3).field(tags::BITS_PER_SAMPLE, SHORT, &[5, 6, 5]),
            "samples of different bit depths are not supported",
        ),
        (with(tags::SAMPLE_FORMAT, 5), "complex samples are not supported; convert"),
        (with(tags::SAMPLE_FORMAT, 9), "sample format 9 is not supported"),
        (with(tags::SAMPLES_PER_PIXEL, 1001), "more than 1000 bands are not supported"),
        (with(tags::PHOTOMETRIC_INTERPRETATION, 4), "the first image of the file is a transp"),
        (with(tags::PHOTOMETRIC_INTERPRETATION, 10), "ITULab colours"),
        (with(tags::COMPRESSION, 34925), "LZMA compression in TIFF files is not supported"),
        (with(tags::COMPRESSION, 6), "old-style JPEG compression without tables"),
        (with(tags::COMPRESSION, 4), "CCITT compression of 8-bit samples in TIFF files"),
        (
            page(2, 3).field(tags::BITS_PER_SAMPLE, SHORT, &[1, 1, 1]).field(
                tags::COMPRESSION,
                SHORT,
                &[2],
            ),
            "CCITT compression of 3 channels in TIFF files is not supported",
        ),
        (with(tags::COMPRESSION, 9999), "compression 9999 in TIFF files is not supported"),
        (with(tags::PHOTOMETRIC_INTERPRETATION, 777), "photometric interpretation 777"),
        (with(tags::PHOTOMETRIC_INTERPRETATION, 32803), "the file holds raw data of a camera"),
        (with(tags::PHOTOMETRIC_INTERPRETATION, 32845), "LogL and LogLuv images"),
        (with(tags::PHOTOMETRIC_INTERPRETATION, 34892), "the file holds linear raw data"),
        (
            page(5, 4).field(tags::SAMPLE_FORMAT, SHORT, &[2, 2, 2, 2]),
            "CMYK images of 8-bit signed samples",
        ),
        (
            page(8, 3).field(tags::BITS_PER_SAMPLE, SHORT, &[4, 4, 4]),
            "CIELab images of 4-bit samples",
        ),
        (
            page(6, 3).field(tags::PLANAR_CONFIGURATION, SHORT, &[2]),
            "subsampled YCbCr with separate planes",
        ),
        (lzw(3, 8), "the floating point predictor for integers is not supported"),
        (lzw(2, 12), "horizontal differencing of 12-bit samples is not supported"),
        (lzw(4, 8), "TIFF predictor 4 is not supported"),
    ] {
        let error = testing::open(testing::file(Flavor::ALL[0], &[page])).unwrap_err();
        assert!(matches!(error, DecodeError::Unsupported(_)), "{error:?}");
        assert!(error.to_string().starts_with(expected), "{error}");
    }
}

#[test]
fn planes_of_one_channel_are_contiguous() {
    let page = page(1, 1).field(tags::PLANAR_CONFIGURATION, SHORT, &[2]);
    assert!(testing::open(testing::file(Flavor::ALL[0], &[page])).is_ok());
}
