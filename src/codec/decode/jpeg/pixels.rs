//! A stream to samples.

use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use super::baseline::{Colors, Picture};
use super::color::Meaning;
use super::header::Head;
use super::segments::Segment;
use crate::codec::{DecodeError, ReadAt};
use crate::color::cmyk::Cmyk;
use crate::color::ycc::YCbCr;

/// Puts a stream together of the segments that matter, an Adobe segment that says what the
/// components are, and the scans. What a file carries besides cannot disturb the decoder then.
pub(super) fn assemble(
    data: &dyn ReadAt,
    head: &Head,
    meaning: Meaning,
    stream: &mut Vec<u8>,
) -> Result<(), DecodeError> {
    stream.clear();
    stream.extend_from_slice(&[0xff, super::segments::SOI]);
    if !head.huffman {
        // Motion JPEG leaves out the tables of the standard (ITU-T T.81, K.3), and says so.
        stream.extend_from_slice(b"\xff\xe0\0\x07AVI1\0");
    }
    let transform = match meaning {
        Meaning::Cmyk { .. } | Meaning::Rgb => Some(0),
        Meaning::Ycck => Some(2),
        Meaning::Gray | Meaning::YCbCr => None,
    };
    if let Some(transform) = transform {
        stream.extend_from_slice(b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0");
        stream.push(transform);
    }
    let mut read = |start, len| {
        let before = stream.len();
        stream.resize(before + len, 0);
        data.read_exact_at(stream.get_mut(before..).unwrap_or_default(), start)
    };
    for Segment { start, body, .. } in &head.kept {
        read(*start, 4 + body)?;
    }
    let rest = usize::try_from(data.len().saturating_sub(head.scan)).unwrap_or(0);
    Ok(read(head.scan, rest)?)
}

/// Bytes of the stream that [`assemble`] makes, or a little more.
pub(super) fn stored_len(data: &dyn ReadAt, head: &Head) -> u64 {
    let kept: u64 = head.kept.iter().map(|segment| 4 + segment.body as u64).sum();
    kept + data.len().saturating_sub(head.scan) + 64
}

/// Decodes a stream to grey or RGB. Rows that are missing are grey, as with other readers.
pub(super) fn decode(stream: &[u8], head: &Head, meaning: Meaning) -> Result<Vec<u8>, DecodeError> {
    let (width, height) = (head.frame.width as usize, head.frame.height as usize);
    if let Some(pixels) = decode_baseline(stream, (width, height), meaning) {
        return Ok(pixels);
    }
    let wanted = match meaning {
        Meaning::Cmyk { .. } => ColorSpace::CMYK,
        Meaning::Gray => ColorSpace::Luma,
        Meaning::Rgb | Meaning::YCbCr => ColorSpace::RGB,
        Meaning::Ycck => ColorSpace::YCCK,
    };
    let options = DecoderOptions::default()
        .set_strict_mode(false)
        .set_max_width(width)
        .set_max_height(height)
        .jpeg_set_max_scans(MAX_SCANS)
        .jpeg_set_out_colorspace(wanted);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(stream), options);
    let failed = |error| DecodeError::Malformed(format!("its picture cannot be decoded: {error}"));
    decoder.decode_headers().map_err(failed)?;
    // The decoder takes components with the names R, G and B for RGB, whatever JFIF says.
    let unconverted =
        meaning == Meaning::YCbCr && decoder.input_colorspace() == Some(ColorSpace::RGB);
    let samples = width * height * usize::from(meaning.components());
    if decoder.output_buffer_size() != Some(samples) {
        return Err(DecodeError::Malformed("its frame headers contradict each other".into()));
    }
    let mut pixels = vec![MISSING; samples];
    if let Err(error) = decoder.decode_into(&mut pixels)
        && pixels.iter().all(|sample| *sample == MISSING)
    {
        return Err(failed(error));
    }
    if unconverted {
        YCbCr::default().to_rgb(&mut pixels);
    }
    if meaning.is_ink() {
        let cmyk = head.icc.as_deref().and_then(Cmyk::with_profile);
        inks_to_rgb(&mut pixels, width, meaning, &cmyk.unwrap_or_else(Cmyk::simple));
    }
    Ok(pixels)
}

/// The samples of most files that are whole.
fn decode_baseline(
    stream: &[u8],
    (width, height): (usize, usize),
    meaning: Meaning,
) -> Option<Vec<u8>> {
    let components = usize::from(meaning.components());
    let colors = match meaning {
        Meaning::YCbCr => Colors::YCbCrToRgb,
        Meaning::Gray | Meaning::Rgb => Colors::Kept,
        Meaning::Cmyk { .. } | Meaning::Ycck => return None,
    };
    let picture = Picture::read(stream)?;
    if picture.shape() != (width, height, components) {
        return None;
    }
    let mut pixels = vec![MISSING; width * height * components];
    picture.decode(colors, &mut pixels, width * components)?;
    Some(pixels)
}

/// Converts stored inks row by row in place: three samples never overtake four.
fn inks_to_rgb(pixels: &mut Vec<u8>, width: usize, meaning: Meaning, cmyk: &Cmyk) {
    let rows = pixels.len() / (4 * width).max(1);
    let mut inks = vec![0; 4 * width];
    let mut colors = vec![0; 3 * width];
    for row in 0..rows {
        let stored = pixels.get(4 * width * row..).unwrap_or_default();
        for (ink, stored) in inks.iter_mut().zip(stored) {
            *ink = *stored;
        }
        match meaning {
            Meaning::Cmyk { inverted: true } => inks.iter_mut().for_each(|ink| *ink = !*ink),
            Meaning::Ycck => ycck_to_inks(&mut inks, &mut colors),
            Meaning::Cmyk { inverted: false } | Meaning::Gray | Meaning::Rgb | Meaning::YCbCr => {}
        }
        cmyk.to_rgb(&inks, &mut colors);
        let decoded = pixels.get_mut(3 * width * row..).unwrap_or_default();
        for (to, color) in decoded.iter_mut().zip(&colors) {
            *to = *color;
        }
    }
    pixels.truncate(3 * width * rows);
    pixels.shrink_to_fit();
}

/// Stored are the colours complementary to the inks that Adobe stores inverted (ITU-T T.872, 6.4):
/// both inversions cancel out for three inks, and one is left for black.
fn ycck_to_inks(pixels: &mut [u8], colors: &mut [u8]) {
    let (pixels, _) = pixels.as_chunks_mut::<4>();
    let (triples, _) = colors.as_chunks_mut::<3>();
    for ([y, cb, cr, _], color) in pixels.iter().zip(&mut *triples) {
        *color = [*y, *cb, *cr];
    }
    YCbCr::default().to_rgb(triples.as_flattened_mut());
    for ([a, b, c, black], [cyan, magenta, yellow]) in pixels.iter_mut().zip(&*triples) {
        (*a, *b, *c, *black) = (*cyan, *magenta, *yellow, !*black);
    }
}

/// Samples that are not in the file.
const MISSING: u8 = 128;

/// More scans than writers make; each one of them costs as much as a picture.
const MAX_SCANS: usize = 64;
