//! An open file.

use std::sync::Arc;

use bytes::Bytes;

use super::header::Source;
use super::index::Index;
use super::page::Page;
use super::{jpeg, metadata, tile};
use crate::codec::{DecodeError, Decoder, Limits, ReadAt, Scratch};
use crate::command::Format;
use crate::image::{ImageInfo, Rect, TileRef};
use crate::raster::Raster;

/// The index of a file, and the file.
#[derive(Debug)]
pub(super) struct TiffDecoder {
    source: Source,
    pages: Vec<Page>,
    info: ImageInfo,
}

impl TiffDecoder {
    /// Reads the index.
    pub(super) fn open(data: Arc<dyn ReadAt>, limits: &Limits) -> Result<Self, DecodeError> {
        let (source, first) = Source::open(data)?;
        let Index { main, pages } = Index::read(&source, first, limits)?;
        let info = metadata::info(&source, &main, &pages, limits)?;
        Ok(Self { source, pages, info })
    }

    /// The level, its number of the tile, and the pixels the tile covers.
    fn locate(&self, at: TileRef) -> Result<(&Page, u64, Rect), DecodeError> {
        let page = self.pages.get(usize::from(at.level));
        let found = page.and_then(|page| {
            let rect = page.level.tile_rect(at.column, at.row)?;
            let number = u64::from(at.row) * u64::from(page.level.columns()) + u64::from(at.column);
            Some((page, number, rect))
        });
        found.ok_or_else(|| DecodeError::Unsupported("the image has no such tile".into()))
    }
}

impl Decoder for TiffDecoder {
    fn info(&self) -> &ImageInfo {
        &self.info
    }

    fn tile(&self, at: TileRef, scratch: &mut Scratch) -> Result<Raster, DecodeError> {
        let (page, number, rect) = self.locate(at)?;
        let span = page.chunks.span(&self.source, number)?;
        tile::decode(&self.source, page, span, rect, scratch)
    }

    fn stored(&self, at: TileRef) -> Result<Option<(Format, Bytes)>, DecodeError> {
        let (page, number, rect) = self.locate(at)?;
        if (rect.width, rect.height) != (page.level.tile_width, page.level.tile_height) {
            return Ok(None);
        }
        let Some(span) = page.chunks.span(&self.source, number)? else { return Ok(None) };
        Ok(jpeg::stored(&self.source, page, span)?.map(|bytes| (Format::Jpeg, bytes)))
    }
}
