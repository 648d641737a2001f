//! File formats: one trait to read, one to write.
//!
//! A decoder sees bytes only through [`ReadAt`], is shared by all threads, and never trusts a
//! number of the file before it was checked against [`Limits`].

mod bands;
pub mod decode;
pub mod encode;
mod error;
mod exif;
mod read_at;
mod scratch;

pub use error::{DecodeError, EncodeError};
pub use read_at::{FileReader, ReadAt};
pub use scratch::Scratch;

use bytes::Bytes;
use std::fmt::Debug;
use std::sync::Arc;

use crate::command::Format;
use crate::image::{ImageInfo, Rect, Resolution, TileRef};
use crate::raster::{Raster, Shape};

/// Bounds on what a file may make a decoder do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// Directories of one file. Default 1,024.
    pub directories: usize,
    /// Levels of one image. Default 64.
    pub levels: usize,
    /// Bytes of one metadata value (ICC, XMP, texts, JPEG tables). Default 16 MiB.
    pub metadata_bytes: usize,
    /// Bytes of one decoded tile. Default 256 MiB.
    pub tile_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { directories: 1024, levels: 64, metadata_bytes: 16 << 20, tile_bytes: 256 << 20 }
    }
}

/// A file format that can be opened.
pub trait Container: Debug + Send + Sync {
    /// Name for logs and messages.
    fn name(&self) -> &'static str;

    /// Whether these first bytes of a file are of this format.
    fn probe(&self, head: &[u8]) -> bool;

    /// Reads the file's index.
    fn open(&self, data: Arc<dyn ReadAt>, limits: &Limits)
    -> Result<Box<dyn Decoder>, DecodeError>;
}

/// An open file. Any number of threads decode different tiles of it at once.
pub trait Decoder: Debug + Send + Sync {
    /// What the file's index says.
    fn info(&self) -> &ImageInfo;

    /// Decodes one tile, clipped to its level.
    fn tile(&self, at: TileRef, scratch: &mut Scratch) -> Result<Raster, DecodeError>;

    /// Decodes a part of a level at once, for formats where that beats single tiles.
    fn region(
        &self,
        _level: u8,
        _rect: Rect,
        _scratch: &mut Scratch,
    ) -> Option<Result<Raster, DecodeError>> {
        None
    }

    /// The stored bytes of a tile, when they are a complete picture of their own.
    fn stored(&self, _at: TileRef) -> Result<Option<(Format, Bytes)>, DecodeError> {
        Ok(None)
    }
}

/// An output format that can be written.
pub trait Encoder: Debug + Send + Sync {
    /// The format.
    fn format(&self) -> Format;

    /// The nearest shape it can write.
    fn accepts(&self, shape: &Shape) -> Shape;

    /// Writes a picture. The raster has a shape that [`Encoder::accepts`] returned.
    fn encode(
        &self,
        raster: &Raster,
        options: &EncodeOptions,
        embed: &Embed<'_>,
        scratch: &mut Scratch,
    ) -> Result<Bytes, EncodeError>;
}

/// How to write a picture.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct EncodeOptions {
    /// Quality or compression level, already in the range of the format.
    pub quality: i32,
}

/// What to write into a picture beside its pixels.
#[derive(Clone, Copy, Debug, Default)]
pub struct Embed<'a> {
    /// ICC profile.
    pub icc: Option<&'a [u8]>,
    /// XMP packet.
    pub xmp: Option<&'a [u8]>,
    /// Physical resolution of this picture, not of the full image.
    pub resolution: Option<Resolution>,
}
