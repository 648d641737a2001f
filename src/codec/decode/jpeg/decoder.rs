//! An open file.

use std::sync::Arc;

use super::color::Meaning;
use super::header::Head;
use super::{CONVERT, metadata, pixels};
use crate::codec::exif::Exif;
use crate::codec::{Arrangement, DecodeError, Decoder, Halving, Limits, ReadAt, Scratch, bands};
use crate::image::{Bands, ImageInfo, Level, Orientation, Selection, TileRef};
use crate::raster::{ColorSpace, Raster, SampleType, Samples, Shape};

/// What the head says, and the file.
#[derive(Debug)]
pub(super) struct JpegFile {
    data: Arc<dyn ReadAt>,
    head: Head,
    meaning: Meaning,
    info: ImageInfo,
    orientation: Orientation,
}

impl JpegFile {
    /// Reads the head.
    pub(super) fn open(data: Arc<dyn ReadAt>, limits: &Limits) -> Result<Self, DecodeError> {
        let head = Head::read(&*data, limits)?;
        let meaning = Meaning::new(&head)?;
        let (width, height) = (head.frame.width, head.frame.height);
        let pixels = u64::from(width) * u64::from(height);
        let needed =
            (pixels * u64::from(meaning.components())).max(pixels::stored_len(&*data, &head));
        if needed > limits.tile_bytes as u64 {
            return Err(DecodeError::TooLarge(format!(
                "a JPEG file of {width}x{height} pixels is too large to be decoded at once; {CONVERT}"
            )));
        }
        let exif = head.exif.as_ref().map(Exif::read).unwrap_or_default();
        let color = meaning.decoded();
        let channels = if color == ColorSpace::Gray { 1 } else { 3 };
        let shape = Shape::new(width, height, channels, SampleType::U8, color);
        let level = Level { width, height, tile_width: width, tile_height: height };
        let mut info = ImageInfo::new(vec![level], shape);
        info.resolution = metadata::resolution(&head, &exif);
        info.metadata = metadata::metadata(&head, &exif, !meaning.is_ink());
        Ok(Self { data, head, meaning, info, orientation: exif.orientation })
    }
}

impl Decoder for JpegFile {
    fn info(&self) -> &ImageInfo {
        &self.info
    }

    fn tile(
        &self,
        at: TileRef,
        selection: &Selection,
        scratch: &mut Scratch,
    ) -> Result<Raster, DecodeError> {
        if (at.level, at.column, at.row) != (0, 0, 0) {
            return Err(DecodeError::no_tile());
        }
        pixels::assemble(&*self.data, &self.head, self.meaning, &mut scratch.stored)?;
        let pixels = pixels::decode(&scratch.stored, &self.head, self.meaning)?;
        let (width, height) = (self.head.frame.width, self.head.frame.height);
        let shape = self.info.shape(width, height, &Bands::All);
        let raster = Raster::new(shape, Samples::U8(pixels))?;
        Ok(bands::select(raster, &selection.bands)?)
    }

    fn arrangement(&self) -> Arrangement {
        let (orientation, smaller) = (self.orientation, Some(Halving::Down));
        Arrangement { orientation, cut: true, smaller, ..Arrangement::default() }
    }
}
