//! Jpeg output.

use bytes::Bytes;

use crate::codec::{Embed, EncodeError, EncodeOptions, Encoder, Scratch};
use crate::command::Format;
use crate::raster::{Raster, Shape};

/// The encoder.
#[derive(Debug)]
pub struct Jpeg;

impl Encoder for Jpeg {
    fn format(&self) -> Format {
        Format::Jpeg
    }

    fn accepts(&self, shape: &Shape) -> Shape {
        *shape
    }

    fn encode(
        &self,
        _raster: &Raster,
        _options: &EncodeOptions,
        _embed: &Embed<'_>,
        _scratch: &mut Scratch,
    ) -> Result<Bytes, EncodeError> {
        Err(EncodeError::Shape { format: "Jpeg" })
    }
}

/// Puts a profile into a JPEG file.
pub fn insert_icc(jpeg: &Bytes, _icc: &[u8]) -> Bytes {
    jpeg.clone()
}
