//! The bytes of one tile to pixels: read, decompress, undo the predictor, clip, convert colours.

use super::chunks::Span;
use super::header::Source;
use super::page::{Coding, Page};
use super::tags::{Compression, Photometric, Predictor};
use super::{color, decompress, jpeg, predictor};
use crate::codec::{DecodeError, Scratch};
use crate::image::Rect;
use crate::raster::{Raster, Samples, Shape};

/// Decodes the tile that covers `rect` of the level.
pub(super) fn decode(
    source: &Source,
    page: &Page,
    span: Option<Span>,
    rect: Rect,
    scratch: &mut Scratch,
) -> Result<Raster, DecodeError> {
    let coding = &page.coding;
    let shape = coding.shape(rect.width, rect.height);
    let len = shape.bytes()?;
    let Some(span) = span else {
        return Ok(Raster::new(shape, Samples::U8(vec![BACKGROUND; len]))?);
    };
    let whole = coding.shape(page.level.tile_width, page.level.tile_height);
    let mut pixels = vec![0; len];
    if whole == shape {
        unpack(source, coding, whole, span, &mut pixels, len, scratch)?;
    } else {
        let mut buffer = std::mem::take(&mut scratch.decoded);
        buffer.resize(whole.bytes()?, 0);
        let (row, stored_row) = (shape.row_samples(), whole.row_samples());
        // Rows below the level are padding, which need not even be stored.
        let used = rect.height as usize * stored_row;
        let unpacked = unpack(source, coding, whole, span, &mut buffer, used, scratch);
        for (to, from) in pixels.chunks_exact_mut(row).zip(buffer.chunks_exact(stored_row)) {
            to.copy_from_slice(&from[..row]);
        }
        scratch.decoded = buffer;
        unpacked?;
    }
    match coding.photometric {
        Photometric::MinIsWhite => color::invert(&mut pixels),
        Photometric::YCbCr if coding.compression != Compression::Jpeg => {
            coding.ycbcr.to_rgb(&mut pixels);
        }
        Photometric::MinIsBlack | Photometric::Rgb | Photometric::YCbCr => {}
    }
    Ok(Raster::new(shape, Samples::U8(pixels))?)
}

/// Fills at least the first `used` bytes of `out`, which has room for the `whole` stored tile.
fn unpack(
    source: &Source,
    coding: &Coding,
    whole: Shape,
    span: Span,
    out: &mut [u8],
    used: usize,
    scratch: &mut Scratch,
) -> Result<(), DecodeError> {
    let filled = match coding.compression {
        Compression::None => {
            let len = span.len.min(used);
            source.fill(&mut out[..len], span.offset)?;
            len
        }
        Compression::Jpeg => {
            jpeg::assemble(source, coding, span, &mut scratch.stored)?;
            jpeg::decode(&scratch.stored, coding, whole, out)?
        }
        Compression::Deflate => decompress::deflate(
            read(source, span, &mut scratch.stored)?,
            out,
            &mut scratch.inflate,
        )?,
        Compression::Lzw => decompress::lzw(read(source, span, &mut scratch.stored)?, out)?,
        Compression::PackBits => {
            decompress::pack_bits(read(source, span, &mut scratch.stored)?, out)
        }
    };
    if filled < used {
        return Err(DecodeError::Malformed("a tile has too few bytes".into()));
    }
    match coding.predictor {
        Predictor::Horizontal => {
            predictor::undo_horizontal(&mut out[..used], whole.row_samples(), coding.samples);
        }
        Predictor::None => {}
    }
    Ok(())
}

/// The stored bytes of a tile.
fn read<'a>(source: &Source, span: Span, buffer: &'a mut Vec<u8>) -> Result<&'a [u8], DecodeError> {
    buffer.resize(span.len, 0);
    source.fill(buffer, span.offset)?;
    Ok(buffer)
}

/// What a tile shows that the file leaves out: white, in grey and in RGB, because tiles are left
/// out in scans of pages and slides.
const BACKGROUND: u8 = 255;
