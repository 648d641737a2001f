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
//! - `metadata`, `exif`, `geo`: what the first directory says beside the pixels
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
mod exif;
mod geo;
mod geo_keys;
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

use crate::codec::{Container, DecodeError, Decoder, OpenOptions, ReadAt};

use decoder::TiffDecoder;
#[doc(hidden)]
pub use decompress::inflate;

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

/// Opens any bytes and decodes what they hold. Must never panic.
#[doc(hidden)]
pub fn fuzz(data: &[u8]) {
    super::fuzz(&Tiff, data, 1 << 20);
}
