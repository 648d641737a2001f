//! JPEG files (ITU-T T.81; JFIF, ITU-T T.871; EXIF 2.32): one picture in one block.
//!
//! Opening walks over the markers up to the first scan and reads no picture data. A decode reads
//! the file once. The stream it decodes is put together anew, of the segments that matter for the
//! pixels, so that only this module decides what colours a file has.
//!
//! - `segments`: markers and their places in the file
//! - `header`: what the segments before the first scan say
//! - `color`: what the components are
//! - `metadata`: profiles, texts and resolution
//! - `pixels`: a stream to samples
//! - `baseline`: a decoder for the streams that are most common, also in TIFF files
//! - `decoder`: an open file

pub(super) mod baseline;
mod color;
mod decoder;
mod header;
mod metadata;
mod pixels;
pub(super) mod sampling;
mod segments;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::codec::{Container, DecodeError, Decoder, OpenOptions, ReadAt};

use decoder::JpegFile;

/// The container.
#[derive(Debug)]
pub struct Jpeg;

impl Container for Jpeg {
    fn name(&self) -> &'static str {
        "JPEG"
    }

    fn probe(&self, head: &[u8]) -> bool {
        head.starts_with(&[0xff, 0xd8, 0xff])
    }

    fn open(
        &self,
        data: Arc<dyn ReadAt>,
        options: &OpenOptions,
    ) -> Result<Box<dyn Decoder>, DecodeError> {
        Ok(Box::new(JpegFile::open(data, &options.limits)?))
    }
}

/// A file that is right but of a kind that cannot be shown.
fn unsupported<T>(what: &str) -> Result<T, DecodeError> {
    Err(DecodeError::Unsupported(format!("{what}; {CONVERT}")))
}

/// What an owner can do about a file.
const CONVERT: &str = "convert it with \
    `vips tiffsave in.jpg out.tif --tile --pyramid --compression jpeg`";

/// Opens any bytes and decodes what they hold. Must never panic.
#[doc(hidden)]
pub fn fuzz(data: &[u8]) {
    super::fuzz(&Jpeg, data, 1 << 20);
    baseline::fuzz(data);
}
