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

use crate::codec::{Container, DecodeError, Decoder, OpenOptions, ReadAt};

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

/// Opens any bytes and decodes what they hold. Must never panic.
#[doc(hidden)]
pub fn fuzz(data: &[u8]) {
    super::fuzz(&Png, data, 1 << 20);
}
