//! TIFF 6.0 and BigTIFF: tiled and striped images and pyramids.
//!
//! Opening reads directories only. A tile costs two small positional reads for its place in the
//! file and one for its bytes, whatever the number of tiles, and no state is shared or changed, so
//! any number of threads decode at once. Nothing here knows of requests, caches or output formats.
//!
//! - `header`: magic, byte order, integers
//! - `ifd`: directories and typed access to their fields
//! - `page`: one directory as an image, or the reason why it cannot be shown
//! - `layout`: how an image is divided into chunks, and what is decoded at once
//! - `coding`, `samples`: how pixels are stored, and what they become
//! - `stack`: which directories are images of a stack
//! - `index`: which directories are the image asked for and the levels of its pyramid
//! - `chunks`: where a tile or strip is in the file
//! - `tile`: bytes of chunks to pixels; one file per step: `unpack`, `predictor`, `samples`,
//!   `subsampled`, `color`
//!
//! What a file may hold but this decoder cannot show is refused in `coding` and `tags`, with a
//! sentence for the owner of the file.

mod chunks;
mod coding;
mod color;
mod decoder;
mod decompress;
pub(in crate::codec) mod header;
pub(in crate::codec) mod ifd;
mod index;
mod jpeg;
mod jpeg_markers;
mod layout;
mod metadata;
mod old_jpeg;
mod page;
mod predictor;
mod samples;
mod stack;
mod subsampled;
mod tags;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod tile;
mod unpack;

use std::sync::Arc;

use bytes::Bytes;

use crate::codec::{Container, DecodeError, Decoder, Limits, OpenOptions, ReadAt, Scratch};
use crate::image::{Selection, TileRef};

use decoder::TiffDecoder;

/// The container.
#[derive(Debug)]
pub struct Tiff;

impl Container for Tiff {
    fn name(&self) -> &'static str {
        "TIFF"
    }

    fn probe(&self, head: &[u8]) -> bool {
        matches!(head, [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..])
    }

    fn open(
        &self,
        data: Arc<dyn ReadAt>,
        options: &OpenOptions,
    ) -> Result<Box<dyn Decoder>, DecodeError> {
        Ok(Box::new(TiffDecoder::open(data, options)?))
    }
}

/// Opens any bytes and decodes the first and last tile of each level. Must never panic.
#[doc(hidden)]
pub fn fuzz(data: &[u8]) {
    let limits = Limits {
        directories: 16,
        metadata_bytes: 64 << 10,
        tile_bytes: 1 << 20,
        ..Limits::default()
    };
    let Ok(decoder) = Tiff.open(Arc::new(Bytes::copy_from_slice(data)), &limits.into()) else {
        return;
    };
    let mut scratch = Scratch::default();
    for (index, level) in (0..).zip(&decoder.info().levels) {
        let (column, row) = (level.columns() - 1, level.rows() - 1);
        let (first, last) = ((0, 0), (column, row));
        for (column, row) in [first, last] {
            let at = TileRef { level: index, column, row };
            if let (Ok(raster), Some(rect)) = (
                decoder.tile(at, &Selection::default(), &mut scratch),
                level.tile_rect(column, row),
            ) {
                let shape = raster.shape();
                assert_eq!((shape.width, shape.height), (rect.width, rect.height));
            }
            // A refusal is as good as an answer here.
            let _ = decoder.stored(at);
        }
    }
}
