//! File formats: one trait to read, one to write.
//!
//! A decoder sees bytes only through [`ReadAt`], is shared by all threads, and never trusts a
//! number of the file before it was checked against [`Limits`].

mod arrange;
mod bands;
pub mod decode;
pub mod encode;
mod error;
mod exif;
mod jpeg;
mod read_at;
mod scratch;

pub use arrange::Blocks;
pub use error::{DecodeError, EncodeError};
pub use read_at::{FileReader, ReadAt};
pub use scratch::{Scratch, Unpackers};

use bytes::Bytes;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Arc;

use crate::command::{ChromaSubsampling, Depth, Format, MetadataKey, TiffCompression};
use crate::image::{ImageInfo, Orientation, Rect, Resolution, Selection, TileRef};
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
    /// Bytes of one decoded tile or block. Default 256 MiB.
    pub tile_bytes: usize,
    /// Bytes of a decoded image without smaller copies, if these are to be made of it. Default
    /// 1 GiB.
    pub flat_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            directories: 1024,
            levels: 64,
            metadata_bytes: 16 << 20,
            tile_bytes: 256 << 20,
            flat_bytes: 1 << 30,
        }
    }
}

/// What is opened, and within which bounds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct OpenOptions {
    /// Bounds.
    pub limits: Limits,
    /// Which image of a stack, counted from 0.
    pub page: u32,
    /// Whether the picture is turned upright.
    pub orientation: bool,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Limits::default().into()
    }
}

impl From<Limits> for OpenOptions {
    /// The first image of a file, upright.
    fn from(limits: Limits) -> Self {
        Self { limits, page: 0, orientation: true }
    }
}

/// A file format that can be opened.
pub trait Container: Debug + Send + Sync {
    /// Name for logs and messages.
    fn name(&self) -> &'static str;

    /// Whether these first bytes of a file are of this format.
    fn probe(&self, head: &[u8]) -> bool;

    /// Reads the file's index.
    fn open(
        &self,
        data: Arc<dyn ReadAt>,
        options: &OpenOptions,
    ) -> Result<Box<dyn Decoder>, DecodeError>;
}

/// An open file. Any number of threads decode different tiles of it at once.
pub trait Decoder: Debug + Send + Sync {
    /// What the file's index says. The tiles of its levels are what one call of
    /// [`Decoder::tile`] decodes: tiles, strips, or all of a picture without parts.
    fn info(&self) -> &ImageInfo;

    /// Decodes one tile, clipped to its level, with the shape that [`ImageInfo::shape`] promises.
    fn tile(
        &self,
        at: TileRef,
        selection: &Selection,
        scratch: &mut Scratch,
    ) -> Result<Raster, DecodeError>;

    /// Decodes a tile of which only so many rows from the top are wanted; it may have more.
    fn rows(
        &self,
        at: TileRef,
        _rows: u32,
        selection: &Selection,
        scratch: &mut Scratch,
    ) -> Result<Raster, DecodeError> {
        self.tile(at, selection, scratch)
    }

    /// Decodes a rectangle of a level and nothing else. Only those whose [`Arrangement`] has
    /// `areas` can.
    fn area(
        &self,
        _level: u8,
        _rect: Rect,
        _selection: &Selection,
        _scratch: &mut Scratch,
    ) -> Result<Raster, DecodeError> {
        Err(DecodeError::no_tile())
    }

    /// Says that the tiles of a rectangle of a level will be asked for, one after the other.
    fn will_read(&self, _level: u8, _rect: Rect, _selection: &Selection) {}

    /// How the picture has to be arranged to be served as upright tiles of a pyramid.
    fn arrangement(&self) -> Arrangement {
        Arrangement::default()
    }

    /// The stored bytes of a tile, when they are a complete picture of their own.
    fn stored(&self, _at: TileRef) -> Result<Option<(Format, Bytes)>, DecodeError> {
        Ok(None)
    }
}

/// What lies between the levels and tiles of a file and those that are served. The default is
/// nothing.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Arrangement {
    /// Where the first stored row and column are seen.
    pub orientation: Orientation,
    /// The file's tiles are too large to be served, or have no useful shape.
    pub cut: bool,
    /// A small part of a block can be decoded for less than the block: see [`Decoder::area`].
    pub areas: bool,
    /// Levels below the smallest one of the file are wanted, each half of the one before.
    pub smaller: Option<Halving>,
}

/// How the side of a level becomes that of the next smaller one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Halving {
    /// Half, rounded down, as in most pyramids.
    Down,
    /// Half, rounded up, as in JPEG 2000.
    Up,
}

/// An output format that can be written.
pub trait Encoder: Debug + Send + Sync {
    /// The format.
    fn format(&self) -> Format;

    /// Longest side of a picture.
    fn max_side(&self) -> u32 {
        u32::MAX
    }

    /// Whether it can write samples of this depth.
    fn holds(&self, depth: Depth) -> bool {
        depth == Depth::Eight
    }

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
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct EncodeOptions {
    /// Quality or compression level, already in the range of the format.
    pub quality: i32,
    /// Compression of a TIFF picture; none for other formats.
    pub compression: TiffCompression,
    /// Colour of a JPEG picture; the default for other formats.
    pub chroma: ChromaSubsampling,
}

/// What to write into a picture beside its pixels.
#[derive(Clone, Copy, Debug, Default)]
pub struct Embed<'a> {
    /// ICC profile.
    pub icc: Option<&'a [u8]>,
    /// XMP packet.
    pub xmp: Option<&'a [u8]>,
    /// EXIF block of the source, starting with its TIFF header.
    pub exif: Option<&'a [u8]>,
    /// Texts of the source.
    pub texts: Option<&'a BTreeMap<MetadataKey, String>>,
    /// Physical resolution of this picture, not of the full image.
    pub resolution: Option<Resolution>,
}
