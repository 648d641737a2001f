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
    for (page, expected) in [
        (
            gray().without(tags::TILE_WIDTH),
            "the image is striped, not tiled; convert it with: vips",
        ),
        (with(tags::BITS_PER_SAMPLE, 16), "16-bit samples are not supported"),
        (gray().without(tags::BITS_PER_SAMPLE), "1-bit samples are not supported"),
        (with(tags::SAMPLE_FORMAT, 2), "signed samples are not supported"),
        (with(tags::SAMPLE_FORMAT, 3), "floating point samples are not supported"),
        (with(tags::COMPRESSION, 34925), "LZMA compression in TIFF files is not supported"),
        (with(tags::COMPRESSION, 6), "old-style JPEG compression without tables"),
        (with(tags::COMPRESSION, 9999), "compression 9999 in TIFF files is not supported"),
        (with(tags::FILL_ORDER, 2), "reversed bit order"),
        (with(tags::PHOTOMETRIC_INTERPRETATION, 3), "palette images are not supported"),
        (with(tags::PHOTOMETRIC_INTERPRETATION, 777), "photometric interpretation 777"),
        (page(1, 2), "grey images of 2 channels"),
        (page(2, 4), "RGB images of 4 channels (with alpha or more bands)"),
        (page(5, 4), "CMYK images are not supported"),
        (page(8, 3), "CIELab images are not supported"),
        (page(6, 3), "subsampled YCbCr without JPEG compression is not supported"),
        (page(2, 3).field(tags::PLANAR_CONFIGURATION, SHORT, &[2]), "separate image planes"),
        (
            with(tags::COMPRESSION, 5).field(tags::PREDICTOR, SHORT, &[3]),
            "the floating point predictor is not supported",
        ),
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
