//! Compressions of tiles and strips.

use libdeflater::{CompressionLvl, Compressor};
use weezl::BitOrder;

use super::super::{jpeg, webp};
use super::chunks::Chunk;
use crate::codec::{EncodeError, EncodeOptions};
use crate::command::TiffCompression;
use crate::raster::{ColorSpace, SampleType, Shape};

/// The compression asked for, or Deflate where it cannot hold the samples: JPEG takes 8-bit grey
/// and RGB, WebP 8-bit RGB with or without alpha.
pub(super) fn suitable(options: EncodeOptions, shape: &Shape) -> EncodeOptions {
    let bytes = shape.sample == SampleType::U8;
    let rgb = shape.color == ColorSpace::Rgb && shape.color_channels() == 3;
    let fits = match options.compression {
        TiffCompression::Jpeg => bytes && (shape.channels == 1 || rgb && shape.channels == 3),
        TiffCompression::Webp => bytes && rgb,
        TiffCompression::Deflate
        | TiffCompression::Lzw
        | TiffCompression::None
        | TiffCompression::Zstd => true,
    };
    if fits {
        return options;
    }
    EncodeOptions { quality: 1, compression: TiffCompression::Deflate, ..options }
}

/// Number of a compression in a file.
pub(super) fn number(compression: TiffCompression) -> u16 {
    match compression {
        TiffCompression::Deflate => 8,
        TiffCompression::Jpeg => 7,
        TiffCompression::Lzw => 5,
        TiffCompression::None => 1,
        TiffCompression::Webp => 50_001,
        TiffCompression::Zstd => 50_000,
    }
}

/// Whether differences compress better than samples.
pub(super) fn is_predicted(compression: TiffCompression) -> bool {
    match compression {
        TiffCompression::Deflate | TiffCompression::Lzw | TiffCompression::Zstd => true,
        TiffCompression::Jpeg | TiffCompression::None | TiffCompression::Webp => false,
    }
}

/// What compresses the chunks of one picture.
pub(super) enum Packer {
    Deflate(Compressor),
    Jpeg { quality: i32 },
    Lzw,
    None,
    Webp { quality: i32 },
    Zstd(zstd::bulk::Compressor<'static>),
}

impl Packer {
    /// Made once for all chunks of a picture.
    pub(super) fn new(options: EncodeOptions) -> Result<Self, EncodeError> {
        let quality = options.quality;
        Ok(match options.compression {
            TiffCompression::Deflate => {
                let level =
                    CompressionLvl::new(quality).unwrap_or_else(|_| CompressionLvl::fastest());
                Self::Deflate(Compressor::new(level))
            }
            TiffCompression::Jpeg => Self::Jpeg { quality },
            TiffCompression::Lzw => Self::Lzw,
            TiffCompression::None => Self::None,
            // As in WebP answers, below 1 is lossless.
            TiffCompression::Webp => Self::Webp { quality },
            TiffCompression::Zstd => {
                Self::Zstd(zstd::bulk::Compressor::new(quality).map_err(|error| failed(&error))?)
            }
        })
    }

    /// Appends a chunk.
    pub(super) fn pack(
        &mut self,
        bytes: &[u8],
        chunk: &Chunk,
        shape: &Shape,
        out: &mut Vec<u8>,
    ) -> Result<(), EncodeError> {
        match self {
            Self::Deflate(compressor) => {
                let start = out.len();
                out.resize(start + compressor.zlib_compress_bound(bytes.len()), 0);
                let length = compressor.zlib_compress(bytes, &mut out[start..]);
                out.truncate(start + length.map_err(|error| failed(&error))?);
            }
            Self::Jpeg { quality } => {
                let size = (chunk.width, chunk.height);
                out.extend(jpeg::compress(bytes, size, shape.channels, *quality)?);
            }
            Self::Lzw => {
                let mut lzw = weezl::encode::Encoder::with_tiff_size_switch(BitOrder::Msb, 8);
                let packed = lzw.encode(bytes).map_err(|error| failed(&error))?;
                out.extend(packed);
            }
            Self::None => out.extend_from_slice(bytes),
            Self::Webp { quality } => {
                let size = (chunk.width, chunk.height);
                out.extend_from_slice(&webp::compress(bytes, size, shape.channels, *quality)?);
            }
            Self::Zstd(compressor) => {
                out.extend(compressor.compress(bytes).map_err(|error| failed(&error))?);
            }
        }
        Ok(())
    }
}

fn failed(error: &dyn std::fmt::Display) -> EncodeError {
    EncodeError::Failed { format: "Tiff", reason: error.to_string() }
}
