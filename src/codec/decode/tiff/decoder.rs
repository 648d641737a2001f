//! An open file.

use std::sync::Arc;

use bytes::Bytes;

use super::header::Source;
use super::index::Index;
use super::metadata;
use super::page::{self, Page};
use super::tile::StoredTile;
use crate::codec::{Arrangement, DecodeError, Decoder, OpenOptions, ReadAt, Scratch};
use crate::command::Format;
use crate::image::{ImageInfo, Selection, TileRef};
use crate::raster::Raster;

/// The index of a file, and the file.
#[derive(Debug)]
pub(super) struct TiffDecoder {
    source: Source,
    pages: Vec<Page>,
    info: ImageInfo,
    arrangement: Arrangement,
}

impl TiffDecoder {
    /// Reads the index of the image asked for.
    pub(super) fn open(data: Arc<dyn ReadAt>, options: &OpenOptions) -> Result<Self, DecodeError> {
        let (source, first) = Source::open(data)?;
        let Index { main, mut pages, stack } = Index::read(&source, first, options)?;
        let limits = &options.limits;
        page::use_profile(&source, &main, &mut pages, limits)?;
        let info = ImageInfo { stack, ..metadata::info(&source, &main, &pages, limits)? };
        let arrangement = metadata::arrangement(&source, &main, &pages)?;
        Ok(Self { source, pages, info, arrangement })
    }

    fn locate(&self, at: TileRef) -> Result<StoredTile<'_>, DecodeError> {
        let page = self.pages.get(usize::from(at.level));
        let found = page.and_then(|page| Some((page, page.level.tile_rect(at.column, at.row)?)));
        let Some((page, rect)) = found else {
            return Err(DecodeError::no_tile());
        };
        Ok(StoredTile::new(&self.source, page, rect))
    }
}

impl Decoder for TiffDecoder {
    fn info(&self) -> &ImageInfo {
        &self.info
    }

    fn tile(
        &self,
        at: TileRef,
        selection: &Selection,
        scratch: &mut Scratch,
    ) -> Result<Raster, DecodeError> {
        self.locate(at)?.decode(&selection.bands, scratch)
    }

    fn rows(
        &self,
        at: TileRef,
        rows: u32,
        selection: &Selection,
        scratch: &mut Scratch,
    ) -> Result<Raster, DecodeError> {
        self.locate(at)?.top(rows).decode(&selection.bands, scratch)
    }

    fn arrangement(&self) -> Arrangement {
        self.arrangement
    }

    fn stored(&self, at: TileRef) -> Result<Option<(Format, Bytes)>, DecodeError> {
        Ok(self.locate(at)?.picture()?.map(|stream| (Format::Jpeg, stream)))
    }
}
