//! An open file.

use std::sync::Arc;

use bytes::Bytes;

use super::header::Source;
use super::index::Index;
use super::metadata;
use super::page::Page;
use super::tile::StoredTile;
use crate::codec::{DecodeError, Decoder, OpenOptions, ReadAt, Scratch};
use crate::command::Format;
use crate::image::{ImageInfo, Level, Rect, Selection, TileRef};
use crate::raster::Raster;

/// The index of a file, and the file.
#[derive(Debug)]
pub(super) struct TiffDecoder {
    source: Source,
    pages: Vec<Page>,
    info: ImageInfo,
}

impl TiffDecoder {
    /// Reads the index of the image asked for.
    pub(super) fn open(data: Arc<dyn ReadAt>, options: &OpenOptions) -> Result<Self, DecodeError> {
        let (source, first) = Source::open(data)?;
        let Index { main, pages, stack } = Index::read(&source, first, options)?;
        let mut info = metadata::info(&source, &main, &pages, &options.limits)?;
        info.stack = stack;
        Ok(Self { source, pages, info })
    }

    /// A tile, and the part of the level it covers.
    fn locate(&self, at: TileRef) -> Result<(StoredTile<'_>, &Level, Rect), DecodeError> {
        let page = self.pages.get(usize::from(at.level));
        let found = page.and_then(|page| Some((page, page.level.tile_rect(at.column, at.row)?)));
        let Some((page, rect)) = found else {
            return Err(DecodeError::Unsupported("the image has no such tile".into()));
        };
        let number = u64::from(at.row) * u64::from(page.level.columns()) + u64::from(at.column);
        Ok((StoredTile::new(&self.source, page, number)?, &page.level, rect))
    }
}

impl Decoder for TiffDecoder {
    fn info(&self) -> &ImageInfo {
        &self.info
    }

    fn tile(
        &self,
        at: TileRef,
        _selection: &Selection,
        scratch: &mut Scratch,
    ) -> Result<Raster, DecodeError> {
        let (tile, _, rect) = self.locate(at)?;
        tile.decode(rect.width, rect.height, scratch)
    }

    fn stored(&self, at: TileRef) -> Result<Option<(Format, Bytes)>, DecodeError> {
        let (tile, level, rect) = self.locate(at)?;
        if (rect.width, rect.height) != (level.tile_width, level.tile_height) {
            // The padding of the tile would be seen.
            return Ok(None);
        }
        Ok(tile.picture()?.map(|stream| (Format::Jpeg, stream)))
    }
}
