//! The bytes of one tile to pixels: read, decompress, undo the predictor, clip, convert colours.

use bytes::Bytes;

use super::chunks::Span;
use super::decompress::{ChunkLayout, Compression, decompress};
use super::header::Source;
use super::page::{Coding, Page};
use super::tags::{Photometric, Predictor};
use super::{color, jpeg, old_jpeg, predictor};
use crate::codec::{DecodeError, Scratch};
use crate::raster::{Raster, Samples, Shape};

/// A tile of a page, as it is in the file.
#[derive(Debug)]
pub(super) struct StoredTile<'a> {
    source: &'a Source,
    coding: &'a Coding,
    /// The whole tile, padding included.
    whole: Shape,
    /// `None` when the file leaves the tile out.
    span: Option<Span>,
}

impl<'a> StoredTile<'a> {
    /// The tile with this number.
    pub(super) fn new(source: &'a Source, page: &'a Page, tile: u64) -> Result<Self, DecodeError> {
        let (level, coding) = (&page.level, &page.coding);
        let whole = coding.shape(level.tile_width, level.tile_height);
        Ok(Self { source, coding, whole, span: page.chunks.span(source, tile)? })
    }

    /// Decodes the upper left part of the tile that is inside the level.
    pub(super) fn decode(
        &self,
        width: u32,
        height: u32,
        scratch: &mut Scratch,
    ) -> Result<Raster, DecodeError> {
        let shape = self.coding.shape(width, height);
        let len = shape.bytes()?;
        let Some(span) = self.span else {
            return Ok(Raster::new(shape, Samples::U8(vec![BACKGROUND; len]))?);
        };
        let mut pixels = vec![0; len];
        if shape == self.whole {
            self.unpack(span, &mut pixels, len, scratch)?;
        } else {
            let mut buffer = std::mem::take(&mut scratch.decoded);
            buffer.resize(self.whole.bytes()?, 0);
            let (row, stored_row) = (shape.row_samples(), self.whole.row_samples());
            // Rows below the level are padding, which need not even be stored.
            let used = height as usize * stored_row;
            let unpacked = self.unpack(span, &mut buffer, used, scratch);
            for (to, from) in pixels.chunks_exact_mut(row).zip(buffer.chunks_exact(stored_row)) {
                to.copy_from_slice(&from[..row]);
            }
            scratch.decoded = buffer;
            unpacked?;
        }
        match self.coding.photometric {
            Photometric::MinIsWhite => color::invert(&mut pixels),
            Photometric::YCbCr if !self.coding.compression.gives_rgb() => {
                self.coding.ycbcr.to_rgb(&mut pixels);
            }
            Photometric::MinIsBlack | Photometric::Rgb | Photometric::YCbCr => {}
        }
        Ok(Raster::new(shape, Samples::U8(pixels))?)
    }

    /// The tile as a picture of its own, when it is one that every client shows right.
    pub(super) fn picture(&self) -> Result<Option<Bytes>, DecodeError> {
        match (self.coding.compression, self.span) {
            (Compression::Jpeg, Some(span)) => {
                jpeg::picture(self.source, self.coding, self.whole, span)
            }
            _ => Ok(None),
        }
    }

    /// Fills at least the first `used` bytes of `out`, which has room for the whole tile.
    fn unpack(
        &self,
        span: Span,
        out: &mut [u8],
        used: usize,
        scratch: &mut Scratch,
    ) -> Result<(), DecodeError> {
        let Scratch { unpackers, stored, .. } = scratch;
        let filled = match self.coding.compression {
            Compression::Jpeg => {
                jpeg::assemble(self.source, self.coding, span, stored)?;
                jpeg::decode(stored, self.coding.photometric, self.whole, out)?
            }
            Compression::None => {
                let len = span.len.min(used);
                self.source.fill(&mut out[..len], span.offset)?;
                len
            }
            Compression::OldJpeg => {
                let chunk = self.read(span, stored)?;
                let Shape { width, height, .. } = self.whole;
                let stream = old_jpeg::complete(&self.coding.tables, chunk, width, height)?;
                // The samples as they are: what they mean is said by the directory.
                jpeg::decode(&stream, Photometric::Rgb, self.whole, out)?
            }
            packed => {
                let chunk = ChunkLayout {
                    width: self.whole.width,
                    rows: self.whole.height,
                    samples: self.coding.samples,
                    bits: 8,
                    float: false,
                };
                decompress(packed, self.read(span, stored)?, &chunk, out, unpackers)?.filled
            }
        };
        if filled < used {
            return Err(DecodeError::Malformed("a tile has too few bytes".into()));
        }
        match self.coding.predictor {
            Predictor::Horizontal => {
                let row = self.whole.row_samples();
                predictor::undo_horizontal(&mut out[..used], row, self.coding.samples);
            }
            Predictor::None => {}
        }
        Ok(())
    }

    /// The stored bytes.
    fn read<'b>(&self, span: Span, buffer: &'b mut Vec<u8>) -> Result<&'b [u8], DecodeError> {
        buffer.resize(span.len, 0);
        self.source.fill(buffer, span.offset)?;
        Ok(buffer)
    }
}

/// What a tile shows that the file leaves out: white, in grey and in RGB, because tiles are left
/// out in scans of pages and slides.
const BACKGROUND: u8 = 255;
