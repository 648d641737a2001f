//! PNG files (PNG, third edition): one picture in one block.
//!
//! Opening walks over the chunks and reads those that describe the picture. A decode reads the
//! picture data as it goes. Of an animation the default image is shown.
//!
//! - `chunks`: chunks and their places in the file
//! - `header`: what the chunks beside the picture say
//! - `metadata`: profiles, texts and resolution
//! - `stream`: the chunks a decoder needs, as one stream
//! - `pixels`: a stream to samples
//! - `decoder`: an open file

mod chunks;
mod decoder;
mod header;
mod metadata;
mod pixels;
mod stream;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use bytes::Bytes;

use crate::codec::{Container, DecodeError, Decoder, Limits, OpenOptions, ReadAt, Scratch};
use crate::image::{Selection, TileRef};

use decoder::PngFile;

/// The container.
#[derive(Debug)]
pub struct Png;

impl Container for Png {
    fn name(&self) -> &'static str {
        "PNG"
    }

    fn probe(&self, head: &[u8]) -> bool {
        head.starts_with(chunks::SIGNATURE)
    }

    fn open(
        &self,
        data: Arc<dyn ReadAt>,
        options: &OpenOptions,
    ) -> Result<Box<dyn Decoder>, DecodeError> {
        Ok(Box::new(PngFile::open(data, &options.limits)?))
    }
}

/// Opens any bytes and decodes the picture. Must never panic.
#[doc(hidden)]
pub fn fuzz(data: &[u8]) {
    let limits = Limits { metadata_bytes: 64 << 10, tile_bytes: 1 << 20, ..Limits::default() };
    let Ok(decoder) = Png.open(Arc::new(Bytes::copy_from_slice(data)), &limits.into()) else {
        return;
    };
    let level = decoder.info().levels[0];
    let at = TileRef { level: 0, column: 0, row: 0 };
    // A refusal is as good as an answer here.
    if let Ok(raster) = decoder.tile(at, &Selection::default(), &mut Scratch::default()) {
        let shape = raster.shape();
        assert_eq!((shape.width, shape.height), (level.width, level.height));
        assert_eq!(shape.channels, decoder.info().channels);
    }
}
