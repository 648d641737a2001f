//! Tiles that are JPEG streams (TIFF Technical Note 2).

use bytes::Bytes;
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use super::chunks::Span;
use super::coding::Coding;
use super::decompress::refuse;
use super::header::Source;
use super::jpeg_markers::{Frame, Head, Meaning, SOI, mark_as_rgb};
use super::tags::Photometric;
use crate::codec::DecodeError;
use crate::codec::decode::jpeg::baseline::{Colors, Picture};
use crate::codec::decode::jpeg::sampling;
use crate::color::ycc::YCbCr;
use crate::raster::Shape;

/// Reads a tile behind the tables it needs, as one complete stream.
pub(super) fn assemble(
    source: &Source,
    coding: &Coding,
    span: Span,
    stream: &mut Vec<u8>,
) -> Result<(), DecodeError> {
    // The tile's own start marker falls on the last two bytes of the tables, is checked there and
    // replaced: the tile never needs to be moved.
    let start = coding.tables.len().saturating_sub(SOI.len());
    stream.resize(start + span.len, 0);
    let (before, tile) = stream.split_at_mut(start);
    source.fill(tile, span.offset)?;
    if !tile.starts_with(&SOI) {
        return Err(DecodeError::Malformed("a tile is not a JPEG stream".into()));
    }
    if let Some((head, tail)) = coding.tables.split_last_chunk::<2>() {
        before.copy_from_slice(head);
        if let Some(to) = tile.first_chunk_mut() {
            *to = *tail;
        }
    }
    Ok(())
}

/// Decodes a complete stream into the samples of `chunk`, and says how many bytes those were.
///
/// What the samples mean is said by the TIFF file; markers inside the stream are not believed.
/// `YCbCr` becomes RGB; inks, RGB and others are as they are in the stream. A frame that is lower
/// than the chunk gives the rows it has; what is below a higher one is not looked at (TIFF
/// Technical Note 2 wants the last strip cut, but not all writers do).
pub(super) fn decode(
    stream: &[u8],
    photometric: Photometric,
    chunk: Shape,
    out: &mut [u8],
) -> Result<usize, DecodeError> {
    let head = Head::read(stream)?;
    let frame = check(&head, chunk)?;
    if let Some(filled) = decode_baseline(stream, &head, photometric, chunk, out) {
        return Ok(filled);
    }
    let options = DecoderOptions::default()
        .set_strict_mode(true)
        .set_max_width(frame.width.into())
        .set_max_height(frame.height.into());
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(stream), options);
    let failed = |error| DecodeError::Malformed(format!("a JPEG tile cannot be decoded: {error}"));
    decoder.decode_headers().map_err(failed)?;
    let found = match (chunk.channels, decoder.input_colorspace()) {
        (1, _) => ColorSpace::Luma,
        // Three components with an Adobe marker of no transform are reported as CMYK.
        (3, Some(ColorSpace::CMYK | ColorSpace::RGB)) => ColorSpace::RGB,
        (3, _) => ColorSpace::YCbCr,
        (_, Some(ColorSpace::YCCK)) => ColorSpace::YCCK,
        _ => ColorSpace::CMYK,
    };
    let is_ycbcr = photometric == Photometric::YCbCr && chunk.channels >= 3;
    let converts = is_ycbcr && found == ColorSpace::YCbCr;
    // Asking for the colour space the stream claims to have gives its samples as they are.
    let wanted = if converts { ColorSpace::RGB } else { found };
    decoder.set_options(options.jpeg_set_out_colorspace(wanted));
    let size = decoder.output_buffer_size();
    let row = usize::from(frame.width) * usize::from(chunk.channels);
    if size != Some(row * usize::from(frame.height)) {
        return Err(DecodeError::Malformed("a JPEG tile has another size".into()));
    }
    let filled = if size == Some(out.len()) && row == chunk.row_samples() {
        decoder.decode_into(out).map_err(failed)?;
        out.len()
    } else {
        let mut pixels = vec![0; size.unwrap_or_default()];
        decoder.decode_into(&mut pixels).map_err(failed)?;
        let mut filled = 0;
        let rows = out.chunks_exact_mut(chunk.row_samples().max(1));
        for (to, from) in rows.zip(pixels.chunks_exact(row.max(1))) {
            let (to, padding) = to.split_at_mut(from.len().min(to.len()));
            to.copy_from_slice(&from[..to.len()]);
            padding.fill(0);
            filled += to.len() + padding.len();
        }
        filled
    };
    if is_ycbcr && !converts {
        for pixel in out.chunks_exact_mut(usize::from(chunk.channels)) {
            let (colors, _) = pixel.split_at_mut(3);
            YCbCr::default().to_rgb(colors);
        }
    }
    Ok(filled)
}

/// The same for the streams that most writers make. `None` for others and damaged ones.
fn decode_baseline(
    stream: &[u8],
    head: &Head,
    photometric: Photometric,
    chunk: Shape,
    out: &mut [u8],
) -> Option<usize> {
    let frame = head.frame.as_ref()?;
    let is_ycbcr = photometric == Photometric::YCbCr && chunk.channels == 3;
    // Others than the usual are converted from what the stream says they are.
    let is_rgb = head.adobe == Some(0) || &*frame.components == b"RGB";
    if is_ycbcr && is_rgb {
        return None;
    }
    let colors = if is_ycbcr { Colors::YCbCrToRgb } else { Colors::Kept };
    let picture = Picture::read(stream)?;
    let (width, height) = (usize::from(frame.width), usize::from(frame.height));
    if picture.shape() != (width, height, usize::from(chunk.channels)) {
        return None;
    }
    let row = chunk.row_samples();
    picture.decode(colors, out, row)?;
    let mut filled = 0;
    for to in out.chunks_exact_mut(row.max(1)).take(height) {
        to.get_mut(width * usize::from(chunk.channels)..)?.fill(0);
        filled += to.len();
    }
    Some(filled)
}

/// The stream of a tile, when every reader of JPEG files shows it with the right colours.
pub(super) fn picture(
    source: &Source,
    coding: &Coding,
    tile: Shape,
    span: Span,
) -> Result<Option<Bytes>, DecodeError> {
    let mut stream = Vec::new();
    assemble(source, coding, span, &mut stream)?;
    let head = Head::read(&stream)?;
    let frame = check(&head, tile)?;
    if (u32::from(frame.width), u32::from(frame.height)) != (tile.width, tile.height) {
        return Ok(None);
    }
    if !(head.quantization && head.huffman) {
        return Ok(None);
    }
    let unmarked = head.adobe.is_none() && !head.jfif;
    Ok(match (coding.photometric, head.meaning()) {
        (Photometric::MinIsBlack, Some(Meaning::Gray))
        | (Photometric::Rgb, Some(Meaning::Rgb))
        | (Photometric::YCbCr, Some(Meaning::YCbCr)) => Some(stream.into()),
        (Photometric::Rgb, Some(Meaning::YCbCr)) if unmarked => Some(mark_as_rgb(&stream).into()),
        _ => None,
    })
}

/// Compares the frame header of a stream with what the directory promised.
fn check(head: &Head, chunk: Shape) -> Result<&Frame, DecodeError> {
    let Some(frame) = &head.frame else {
        return Err(DecodeError::Malformed("a JPEG tile has no frame header".into()));
    };
    if !matches!(frame.marker, 0xc0..=0xc2) {
        return refuse("lossless or arithmetic JPEG compression");
    }
    if frame.precision != 8 {
        return refuse(&format!("{}-bit JPEG compression", frame.precision));
    }
    if !matches!(chunk.channels, 1 | 3 | 4) {
        return refuse(&format!("JPEG compression of {} channels", chunk.channels));
    }
    if let Err(what) = sampling::check(&frame.sampling) {
        return refuse(&format!("JPEG compression with {what}"));
    }
    let (width, height) = (u32::from(frame.width), u32::from(frame.height));
    let pixels = u64::from(width) * u64::from(height);
    let fits = (1..=chunk.width).contains(&width)
        && (height <= chunk.height || pixels <= MOST_PIXELS)
        && frame.components.len() == usize::from(chunk.channels);
    if !fits {
        return Err(DecodeError::Malformed(format!(
            "a JPEG tile is {width}x{height} with {} components where {}x{} with {} are promised",
            frame.components.len(),
            chunk.width,
            chunk.height,
            chunk.channels,
        )));
    }
    Ok(frame)
}

/// Pixels of a frame that is higher than promised: a strip of 1,000 rows of 16,000 pixels.
const MOST_PIXELS: u64 = 16 << 20;
