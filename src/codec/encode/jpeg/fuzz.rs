//! Any picture at any quality: decodable, and the same bytes with all instructions.

use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use super::dct::Quantizer;
use super::instructions::Instructions;
use super::planes::Pixels;
use super::sampling::Sampling;
use super::scan::Scan;
use super::{EOI, frame, scan, segments, tables};

/// Encodes a picture made of any bytes. Must never panic.
#[doc(hidden)]
pub fn fuzz(data: &[u8]) {
    let Some(([width, height, quality, sampling, _], content)) = data.split_first_chunk() else {
        return;
    };
    let sampling = match sampling % 4 {
        0 => Sampling::Gray,
        1 => Sampling::Full,
        2 => Sampling::HalfWidth,
        _ => Sampling::Half,
    };
    let channels = sampling.components().len();
    let size @ (width, height) = (usize::from(*width) + 1, usize::from(*height) + 1);
    let samples: Vec<u8> =
        content.iter().copied().cycle().take(width * height * channels).collect();
    let Some(pixels) = Pixels::new(&samples, size, channels) else { return };
    let steps = tables::steps(*quality);
    let quantizers = steps.map(|steps| Quantizer::new(&steps));

    let scan = Scan { pixels: &pixels, sampling, quantizers: &quantizers };

    let mut jpeg = segments::SOI.to_vec();
    #[expect(clippy::cast_possible_truncation, reason = "at most 256")]
    frame::header((width as u16, height as u16), sampling, &steps, &mut jpeg);
    let header = jpeg.len();
    scan::write(&scan, Instructions::Portable, &mut jpeg);
    for instructions in Instructions::all() {
        let mut data = Vec::new();
        scan::write(&scan, instructions, &mut data);
        assert_eq!(jpeg[header..], data, "{}", instructions.name());
    }
    jpeg.extend_from_slice(&EOI);

    let colors = if channels == 1 { ColorSpace::Luma } else { ColorSpace::RGB };
    let options = DecoderOptions::default().jpeg_set_out_colorspace(colors).set_strict_mode(true);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(&jpeg), options);
    let result = decoder.decode().expect("what is encoded is decodable");
    assert_eq!(decoder.dimensions(), Some(size));
    // Without quantization, only rounding is left.
    if sampling == Sampling::Gray && *quality >= 100 {
        let worst = result.iter().zip(&samples).map(|(left, right)| left.abs_diff(*right)).max();
        assert!(worst <= Some(4), "{worst:?}");
    }
}
