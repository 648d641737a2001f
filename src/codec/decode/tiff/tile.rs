//! The chunks of one block to pixels: unpack, clip, choose bands, convert colours.

use bytes::Bytes;

use super::chunks::Span;
use super::coding::Coding;
use super::color::{self, Conversion};
use super::decompress::Compression;
use super::header::{ByteOrder, Source};
use super::jpeg;
use super::layout::Part;
use super::page::Page;
use super::samples::Sample;
use super::subsampled;
use super::unpack::Chunk;
use crate::codec::{DecodeError, Scratch, bands};
use crate::image::{Bands, Rect};
use crate::raster::{Raster, SampleType, Samples};

/// A block of a page, as it is in the file.
#[derive(Debug)]
pub(super) struct StoredTile<'a> {
    source: &'a Source,
    page: &'a Page,
    /// The part of the level it covers.
    rect: Rect,
}

impl<'a> StoredTile<'a> {
    /// The block that covers this part of the level.
    pub(super) fn new(source: &'a Source, page: &'a Page, rect: Rect) -> Self {
        Self { source, page, rect }
    }

    /// The block without the rows below these, at least one.
    pub(super) fn top(mut self, rows: u32) -> Self {
        self.rect.height = self.rect.height.min(rows.max(1));
        self
    }

    /// Decodes the part of the block that is inside the level.
    pub(super) fn decode(
        &self,
        bands: &Bands,
        scratch: &mut Scratch,
    ) -> Result<Raster, DecodeError> {
        let coding = &self.page.coding;
        let whole = coding.shape(self.rect.width, self.rect.height);
        let shape = bands.of(whole);
        let wanted = coding.wanted(bands);
        let mut decoded = std::mem::take(&mut scratch.decoded);
        let gather = Gather { tile: self, coding, wanted: &wanted };
        let stored = coding.packing.stored;
        let samples = if coding.is_subsampled() {
            gather.units(&mut decoded, scratch).map(Sample::into_samples)
        } else {
            match stored.sample() {
                SampleType::F32 => gather.samples::<f32>(&mut decoded, scratch),
                SampleType::U16 => gather.samples::<u16>(&mut decoded, scratch),
                SampleType::U32 => gather.samples::<u32>(&mut decoded, scratch),
                SampleType::U8 => gather.samples::<u8>(&mut decoded, scratch),
            }
        };
        scratch.decoded = decoded;
        let mut samples = samples?;
        if !coding.conversion.keeps_channels() {
            samples = coding.conversion.apply(samples, coding.has_alpha(), stored)?;
            if let Bands::Only(numbers) = bands {
                samples = bands::pick(&samples, whole.channels, numbers);
            }
        }
        Ok(Raster::new(shape, samples)?)
    }

    /// The block as a picture of its own, when it is one that every client shows right.
    pub(super) fn picture(&self) -> Result<Option<Bytes>, DecodeError> {
        let Page { level, layout, coding, .. } = self.page;
        // The padding of a tile would be seen.
        let whole = (self.rect.width, self.rect.height) == (level.tile_width, level.tile_height);
        if coding.compression != Compression::Jpeg || layout.strips || coding.separate || !whole {
            return Ok(None);
        }
        let Some(part) = layout.parts(level, self.rect).next() else { return Ok(None) };
        match self.span(part.chunk, &part)? {
            Some(span) => {
                self.page.chunks.check(span.len)?;
                let shape = coding.chunk(layout.chunk_width, layout.chunk_height);
                jpeg::picture(self.source, coding, shape, span)
            }
            None => Ok(None),
        }
    }

    /// The place of a chunk.
    fn span(&self, chunk: u64, part: &Part) -> Result<Option<Span>, DecodeError> {
        let Page { layout, coding, chunks, .. } = self.page;
        let plain = coding.chunk_bytes(layout.chunk_width, part.stored).unwrap_or(usize::MAX);
        chunks.span(self.source, chunk, plain)
    }
}

/// Puts samples of chunks together.
struct Gather<'a> {
    tile: &'a StoredTile<'a>,
    coding: &'a Coding,
    /// The samples of the file that are wanted, in order.
    wanted: &'a [u16],
}

impl Gather<'_> {
    /// The wanted samples, interleaved. What the file leaves out is background.
    fn samples<T: Sample>(
        &self,
        buffer: &mut Vec<u8>,
        scratch: &mut Scratch,
    ) -> Result<Samples, DecodeError> {
        let StoredTile { page, rect, .. } = self.tile;
        let row = rect.width as usize * self.wanted.len();
        let background = T::from_number(self.coding.nodata.unwrap_or(0.0));
        let mut pixels = vec![background; row * rect.height as usize];
        if let Conversion::YCbCr(_) = self.coding.conversion {
            subsampled::blacken(&mut pixels, self.wanted.len());
        }
        for part in page.layout.parts(&page.level, *rect) {
            let start = part.y as usize * row;
            let out = pixels.get_mut(start..start + part.rows as usize * row).unwrap_or_default();
            if self.coding.separate {
                for (lane, band) in self.wanted.iter().enumerate() {
                    let chunk = u64::from(*band) * page.layout.chunks() + part.chunk;
                    let lanes =
                        Lanes { from: &[0], to: lane, stored: 1, channels: self.wanted.len() };
                    self.chunk(chunk, &part, lanes, out, buffer, scratch)?;
                }
            } else {
                let (stored, channels) = (usize::from(self.coding.samples), self.wanted.len());
                let lanes = Lanes { from: self.wanted, to: 0, stored, channels };
                self.chunk(part.chunk, &part, lanes, out, buffer, scratch)?;
            }
        }
        if let Conversion::Invert = self.coding.conversion {
            let alpha = self.coding.shape(1, 1).channels - 1;
            let kept = self.wanted.iter().position(|band| *band == alpha);
            let kept = kept.filter(|_| self.coding.has_alpha());
            color::invert(&mut pixels, self.wanted.len(), self.coding.packing.stored.most(), kept);
        }
        Ok(T::into_samples(pixels))
    }

    /// The wanted samples of one chunk, into the rows of the block that it covers.
    fn chunk<T: Sample>(
        &self,
        chunk: u64,
        part: &Part,
        lanes: Lanes<'_>,
        out: &mut [T],
        buffer: &mut Vec<u8>,
        scratch: &mut Scratch,
    ) -> Result<(), DecodeError> {
        let StoredTile { source, page, rect } = self.tile;
        let coding = self.coding;
        let too_large = || DecodeError::Malformed("a tile is too large".into());
        let Some(mut span) = self.tile.span(chunk, part)? else { return Ok(()) };
        let width = page.layout.chunk_width;
        let stored_row = coding.row_bytes(width).ok_or_else(too_large)?;
        let used = stored_row.checked_mul(part.rows as usize).ok_or_else(too_large)?;
        let mut rows = part.stored;
        if page.layout.strips && coding.splits() {
            // The rows are found in the file without those before them.
            let before = stored_row.saturating_mul(part.first as usize);
            span.len = span.len.saturating_sub(before).min(used);
            span.offset = span.offset.saturating_add(before as u64);
            rows = part.rows;
        } else {
            page.chunks.check(span.len)?;
        }
        let chunk = Chunk { source, coding, span, width, rows };
        if lanes.are_all() && coding.packing.is_plain() && width == rect.width && rows == part.rows
        {
            let packing = chunk.unpack(bytemuck::cast_slice_mut(out), used, scratch)?;
            if packing.order != ByteOrder::NATIVE {
                for sample in out {
                    *sample = sample.swapped();
                }
            }
            return Ok(());
        }
        let len = coding.chunk_bytes(width, rows).ok_or_else(too_large)?;
        buffer.resize(len, 0);
        let packing = chunk.unpack(buffer, used, scratch)?;
        let row = rect.width as usize * lanes.channels;
        let mut line = vec![
            T::default();
            if lanes.are_all() { 0 } else { rect.width as usize * lanes.stored }
        ];
        for (out, bytes) in out.chunks_exact_mut(row.max(1)).zip(buffer.chunks_exact(stored_row)) {
            if lanes.are_all() {
                T::unpack(packing, bytes, out);
            } else {
                T::unpack(packing, bytes, &mut line);
                lanes.copy(&line, out);
            }
        }
        Ok(())
    }

    /// All samples of plain YCbCr whose pixels share colour differences.
    fn units(&self, buffer: &mut Vec<u8>, scratch: &mut Scratch) -> Result<Vec<u8>, DecodeError> {
        let StoredTile { source, page, rect } = self.tile;
        let coding = self.coding;
        let row = rect.width as usize * 3;
        let mut pixels = vec![0; row * rect.height as usize];
        subsampled::blacken(&mut pixels, 3);
        let width = page.layout.chunk_width;
        for part in page.layout.parts(&page.level, *rect) {
            let Some(span) = self.tile.span(part.chunk, &part)? else { continue };
            page.chunks.check(span.len)?;
            let bytes = |rows| {
                let bytes = coding.chunk_bytes(width, rows);
                bytes.ok_or_else(|| DecodeError::Malformed("a tile is too large".into()))
            };
            buffer.resize(bytes(part.stored)?, 0);
            let chunk = Chunk { source, coding, span, width, rows: part.stored };
            chunk.unpack(buffer, bytes(part.rows)?, scratch)?;
            let start = part.y as usize * row;
            let out = pixels.get_mut(start..start + part.rows as usize * row).unwrap_or_default();
            subsampled::expand(buffer, width, coding.subsampling, out, rect.width);
        }
        Ok(pixels)
    }
}

/// Which samples of a chunk go where in a pixel.
#[derive(Clone, Copy)]
struct Lanes<'a> {
    /// Samples of a stored pixel that are wanted.
    from: &'a [u16],
    /// Place of the first one of them in a decoded pixel.
    to: usize,
    /// Samples of a stored pixel.
    stored: usize,
    /// Samples of a decoded pixel.
    channels: usize,
}

impl Lanes<'_> {
    /// Whether decoded pixels are the stored ones.
    fn are_all(&self) -> bool {
        self.stored == self.channels && self.from.len() == self.stored
    }

    /// Copies a row.
    fn copy<T: Copy>(&self, line: &[T], out: &mut [T]) {
        let pixels = out.chunks_exact_mut(self.channels.max(1));
        for (to, from) in pixels.zip(line.chunks_exact(self.stored.max(1))) {
            let to = to.get_mut(self.to..).unwrap_or_default();
            for (to, band) in to.iter_mut().zip(self.from) {
                if let Some(sample) = from.get(usize::from(*band)) {
                    *to = *sample;
                }
            }
        }
    }
}
