//! Tiles that are JPEG streams (TIFF Technical Note 2).

use bytes::Bytes;
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use super::chunks::Span;
use super::header::Source;
use super::jpeg_markers::{Head, Meaning, SOI, mark_as_rgb};
use super::page::Coding;
use super::tags::{Photometric, unsupported};
use crate::codec::DecodeError;
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

/// Decodes a complete stream into `out` and says how many bytes that were.
///
/// What the samples mean is said by the TIFF file; markers inside the stream are not believed.
pub(super) fn decode(
    stream: &[u8],
    coding: &Coding,
    tile: Shape,
    out: &mut [u8],
) -> Result<usize, DecodeError> {
    let head = Head::read(stream)?;
    check(&head, tile)?;
    let wanted = match coding.photometric {
        Photometric::MinIsBlack | Photometric::MinIsWhite => ColorSpace::Luma,
        Photometric::Rgb | Photometric::YCbCr => ColorSpace::RGB,
    };
    let options = DecoderOptions::default()
        .set_strict_mode(true)
        .set_max_width(tile.width as usize)
        .set_max_height(tile.height as usize)
        .jpeg_set_out_colorspace(wanted);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(stream), options);
    let failed = |error| DecodeError::Malformed(format!("a JPEG tile cannot be decoded: {error}"));
    decoder.decode_headers().map_err(failed)?;
    let found = match decoder.input_colorspace() {
        // Three components with an Adobe marker of no transform are reported as CMYK.
        Some(ColorSpace::CMYK | ColorSpace::RGB) => ColorSpace::RGB,
        _ => ColorSpace::YCbCr,
    };
    let converts = coding.photometric == Photometric::YCbCr && found == ColorSpace::YCbCr;
    if coding.samples == 3 && !converts {
        // Asking for the colour space the stream claims to have gives its samples as they are.
        decoder.set_options(options.jpeg_set_out_colorspace(found));
    }
    if decoder.output_buffer_size() != Some(out.len()) {
        return Err(DecodeError::Malformed("a JPEG tile has another size".into()));
    }
    decoder.decode_into(out).map_err(failed)?;
    if coding.photometric == Photometric::YCbCr && !converts {
        YCbCr::default().to_rgb(out);
    }
    Ok(out.len())
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
    check(&head, tile)?;
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
fn check(head: &Head, tile: Shape) -> Result<(), DecodeError> {
    let Some(frame) = &head.frame else {
        return Err(DecodeError::Malformed("a JPEG tile has no frame header".into()));
    };
    if !matches!(frame.marker, 0xc0..=0xc2) {
        return unsupported("lossless and arithmetic JPEG tiles are not supported");
    }
    if frame.precision != 8 {
        return unsupported(format!("{}-bit JPEG tiles are not supported", frame.precision));
    }
    let size = (u32::from(frame.width), u32::from(frame.height));
    if size != (tile.width, tile.height) || frame.components.len() != usize::from(tile.channels) {
        return Err(DecodeError::Malformed(format!(
            "a JPEG tile is {}x{} with {} components where {}x{} with {} are promised",
            frame.width,
            frame.height,
            frame.components.len(),
            tile.width,
            tile.height,
            tile.channels,
        )));
    }
    Ok(())
}
