//! An open file.

use std::sync::Arc;

use super::header::{Head, Kind};
use super::{metadata, pixels};
use crate::codec::exif::Exif;
use crate::codec::{Arrangement, DecodeError, Decoder, Halving, Limits, ReadAt, Scratch, bands};
use crate::image::{ImageInfo, Level, Orientation, Selection, TileRef};
use crate::raster::Raster;

/// What the chunks beside the picture say, and the file.
#[derive(Debug)]
pub(super) struct PngFile {
    data: Arc<dyn ReadAt>,
    head: Head,
    info: ImageInfo,
    orientation: Orientation,
}

impl PngFile {
    /// Reads the head.
    pub(super) fn open(data: Arc<dyn ReadAt>, limits: &Limits) -> Result<Self, DecodeError> {
        let mut head = Head::read(&*data, limits)?;
        let shape = head.shape();
        let (width, height) = (shape.width, shape.height);
        if !shape.bytes().is_ok_and(|bytes| bytes <= limits.tile_bytes) {
            return Err(DecodeError::TooLarge(format!(
                "a PNG file of {width}x{height} pixels is too large to be decoded at once; \
                 convert it with \
                 `vips tiffsave in.png out.tif --tile --pyramid --compression deflate`"
            )));
        }
        let exif = head.exif.as_ref().map(Exif::read).unwrap_or_default();
        let level = Level { width, height, tile_width: width, tile_height: height };
        let mut info = ImageInfo::new(vec![level], shape);
        info.bits = if head.header.kind == Kind::Palette { 8 } else { head.header.depth.into() };
        info.resolution = metadata::resolution(&head, &exif);
        info.metadata = metadata::metadata(&head, &exif, limits.metadata_bytes);
        // These are in the facts now.
        (head.icc, head.exif, head.texts) = (None, None, Vec::new());
        Ok(Self { data, head, info, orientation: exif.orientation })
    }
}

impl Decoder for PngFile {
    fn info(&self) -> &ImageInfo {
        &self.info
    }

    fn tile(
        &self,
        at: TileRef,
        selection: &Selection,
        _scratch: &mut Scratch,
    ) -> Result<Raster, DecodeError> {
        if (at.level, at.column, at.row) != (0, 0, 0) {
            return Err(DecodeError::no_tile());
        }
        let raster = pixels::decode(&*self.data, &self.head)?;
        Ok(bands::select(raster, &selection.bands)?)
    }

    fn arrangement(&self) -> Arrangement {
        let (orientation, smaller) = (self.orientation, Some(Halving::Down));
        Arrangement { orientation, cut: true, smaller, ..Arrangement::default() }
    }
}
