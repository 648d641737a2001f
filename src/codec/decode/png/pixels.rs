//! A stream to samples.

use std::io::BufReader;

use png::{DecodingError, InterlaceInfo, Limits, Transformations};

use super::header::Head;
use super::stream::Spliced;
use crate::codec::{DecodeError, ReadAt};
use crate::raster::{Alpha, Raster, SampleType, Samples, Shape};

/// Decodes the picture. What is missing at its end is grey, as in JPEG files.
pub(super) fn decode(data: &dyn ReadAt, head: &Head) -> Result<Raster, DecodeError> {
    let shape = head.shape();
    let stride = shape.row_samples() * shape.sample.bytes();
    let stream = BufReader::with_capacity(BUFFER, Spliced::new(&head.before, data, head.picture));
    // A few rows are all it needs, besides tables of a constant size.
    let bytes = stride.saturating_mul(8).saturating_add(WORK);
    let mut decoder = png::Decoder::new_with_limits(stream, Limits { bytes });
    decoder.set_transformations(Transformations::EXPAND);
    let mut reader = decoder.read_info().map_err(failed)?;
    let mut pixels = vec![0; shape.bytes()?];
    if reader.output_buffer_size() != Some(pixels.len()) {
        return Err(DecodeError::Malformed("its PNG chunks contradict each other".into()));
    }
    if reader.info().interlaced {
        fill(&mut pixels, shape);
        let bits = u8::try_from(8 * shape.sample.bytes() * usize::from(shape.channels));
        let bits = bits.map_err(|_| DecodeError::Malformed("its pixels are too wide".into()))?;
        let mut rows = 0;
        loop {
            match reader.next_interlaced_row() {
                Ok(Some(row)) => {
                    // A pixel stands for its neighbours until they come.
                    if let InterlaceInfo::Adam7(place) = row.interlace() {
                        png::splat_interlaced_row(&mut pixels, stride, row.data(), place, bits);
                    }
                    rows += 1;
                }
                Err(error) if rows == 0 => return Err(failed(error)),
                Ok(None) | Err(_) => break,
            }
        }
    } else {
        let mut rows = 0;
        for row in pixels.chunks_exact_mut(stride) {
            match reader.read_row(row) {
                Ok(Some(_)) => rows += 1,
                Err(error) if rows == 0 => return Err(failed(error)),
                Ok(None) | Err(_) => break,
            }
        }
        fill(pixels.get_mut(rows * stride..).unwrap_or_default(), shape);
    }
    Ok(Raster::new(shape, samples(pixels, shape.sample))?)
}

/// Makes pixels grey and opaque.
fn fill(pixels: &mut [u8], shape: Shape) {
    let bytes = shape.sample.bytes();
    let mut pixel = vec![MISSING; usize::from(shape.channels) * bytes];
    if shape.alpha != Alpha::None {
        let colors = usize::from(shape.color_channels()) * bytes;
        pixel.iter_mut().skip(colors).for_each(|byte| *byte = u8::MAX);
    }
    for to in pixels.chunks_exact_mut(pixel.len()) {
        to.copy_from_slice(&pixel);
    }
}

/// Samples of more than one byte are stored with the high one first.
fn samples(pixels: Vec<u8>, sample: SampleType) -> Samples {
    if sample == SampleType::U16 {
        let (pairs, _) = pixels.as_chunks::<2>();
        Samples::U16(pairs.iter().map(|pair| u16::from_be_bytes(*pair)).collect())
    } else {
        Samples::U8(pixels)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the signature of a mapping of errors")]
fn failed(error: DecodingError) -> DecodeError {
    DecodeError::Malformed(format!("its picture cannot be decoded: {error}"))
}

/// Bytes of a sample that is not in the file.
const MISSING: u8 = 128;

/// Bytes read from the file at once.
const BUFFER: usize = 64 << 10;

/// Memory of the decoder beside rows.
const WORK: usize = 1 << 20;
