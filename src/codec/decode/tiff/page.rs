//! One directory as a tiled image: checked once, so that decoding needs no further checks.

use bytes::Bytes;

use super::chunks::Chunks;
use super::header::Source;
use super::ifd::Ifd;
use super::jpeg_markers;
use super::tags::{self, Compression, Photometric, Predictor, unsupported};
use crate::codec::{DecodeError, Limits};
use crate::color::ycc::YCbCr;
use crate::image::Level;
use crate::raster::{ColorSpace, SampleType, Shape};

/// A tiled image this decoder can show.
#[derive(Debug)]
pub(super) struct Page {
    /// Sizes.
    pub(super) level: Level,
    /// Where the tiles are.
    pub(super) chunks: Chunks,
    /// How the tiles are stored.
    pub(super) coding: Coding,
}

/// How the tiles of a page are stored. All samples are 8-bit, unsigned and interleaved.
#[derive(Debug)]
pub(super) struct Coding {
    /// How bytes are packed.
    pub(super) compression: Compression,
    /// What was done before packing.
    pub(super) predictor: Predictor,
    /// Meaning of the samples.
    pub(super) photometric: Photometric,
    /// How plain YCbCr becomes RGB.
    pub(super) ycbcr: YCbCr,
    /// Samples of a pixel, 1 or 3.
    pub(super) samples: u16,
    /// JPEG tables of all tiles, from the start marker on, without the end marker.
    pub(super) tables: Bytes,
}

impl Page {
    /// Checks a directory. `Unsupported` says what the file is, in words for its owner.
    pub(super) fn read(source: &Source, ifd: &Ifd, limits: &Limits) -> Result<Self, DecodeError> {
        let level = level(source, ifd)?;
        let coding = Coding::read(source, ifd, limits)?;
        let tile = coding.shape(level.tile_width, level.tile_height);
        if !tile.bytes().is_ok_and(|bytes| bytes <= limits.tile_bytes) {
            let limit = limits.tile_bytes as u64;
            return Err(DecodeError::Limit { what: "size of a decoded tile", limit });
        }
        Ok(Self { level, chunks: Chunks::new(source, ifd, level.tiles(), limits)?, coding })
    }
}

impl Coding {
    /// Shape of decoded pixels.
    pub(super) fn shape(&self, width: u32, height: u32) -> Shape {
        let color = match self.photometric {
            Photometric::MinIsBlack | Photometric::MinIsWhite => ColorSpace::Gray,
            Photometric::Rgb | Photometric::YCbCr => ColorSpace::Rgb,
        };
        Shape::new(width, height, self.samples, SampleType::U8, color)
    }

    fn read(source: &Source, ifd: &Ifd, limits: &Limits) -> Result<Self, DecodeError> {
        let uint = |tag, default| ifd.uint(source, tag).map(|value| value.unwrap_or(default));
        let compression = Compression::new(uint(tags::COMPRESSION, 1)?)?;
        let photometric = match ifd.uint(source, tags::PHOTOMETRIC_INTERPRETATION)? {
            Some(code) => Photometric::new(code)?,
            None => return Err(DecodeError::Malformed("it has no photometric".into())),
        };
        let samples = samples(source, ifd, photometric)?;
        if samples > 1 && uint(tags::PLANAR_CONFIGURATION, 1)? != 1 {
            return unsupported("separate image planes are not supported");
        }
        if compression != Compression::Jpeg && uint(tags::FILL_ORDER, 1)? != 1 {
            return unsupported("reversed bit order (FillOrder 2) is not supported");
        }
        let predictor = match compression {
            Compression::Deflate | Compression::Lzw => Predictor::new(uint(tags::PREDICTOR, 1)?)?,
            // The tag has no meaning for the others (TIFF 6.0, p. 64).
            Compression::Jpeg | Compression::None | Compression::PackBits => Predictor::None,
        };
        let plain_ycbcr = photometric == Photometric::YCbCr && compression != Compression::Jpeg;
        let ycbcr = if plain_ycbcr { ycbcr(source, ifd)? } else { YCbCr::default() };
        let tables = match compression {
            Compression::Jpeg => {
                let limit = limits.metadata_bytes.min(LARGEST_TABLES);
                ifd.bytes(source, tags::JPEG_TABLES, limit)?
            }
            _ => None,
        };
        let tables = tables.map(jpeg_markers::tables).transpose()?.unwrap_or_default();
        Ok(Self { compression, predictor, photometric, ycbcr, samples, tables })
    }
}

/// Sizes of the image and its tiles.
fn level(source: &Source, ifd: &Ifd) -> Result<Level, DecodeError> {
    let size = |tag, name: &str| {
        let size = ifd.uint(source, tag)?;
        let size = size.and_then(|size| u32::try_from(size).ok()).filter(|size| *size > 0);
        size.ok_or_else(|| DecodeError::Malformed(format!("its {name} is missing or wrong")))
    };
    let width = size(tags::IMAGE_WIDTH, "ImageWidth")?;
    let height = size(tags::IMAGE_LENGTH, "ImageLength")?;
    if ifd.field(tags::TILE_WIDTH).is_none() {
        return unsupported(
            "the image is striped, not tiled; \
             convert it with: vips tiffsave in.tif out.tif --tile --pyramid",
        );
    }
    let tile_width = size(tags::TILE_WIDTH, "TileWidth")?;
    let tile_height = size(tags::TILE_LENGTH, "TileLength")?;
    Ok(Level { width, height, tile_width, tile_height })
}

/// Samples of a pixel, once they are known to be 8-bit integers that fit the photometric.
fn samples(source: &Source, ifd: &Ifd, photometric: Photometric) -> Result<u16, DecodeError> {
    let samples = ifd.uint(source, tags::SAMPLES_PER_PIXEL)?.unwrap_or(1);
    let expected = match photometric {
        Photometric::MinIsBlack | Photometric::MinIsWhite => 1,
        Photometric::Rgb | Photometric::YCbCr => 3,
    };
    if samples < u64::from(expected) {
        return Err(DecodeError::Malformed(format!("{samples} samples are no colour")));
    }
    if samples > u64::from(expected) {
        let kind = if expected == 1 { "grey" } else { "RGB" };
        return unsupported(format!(
            "{kind} images of {samples} channels (with alpha or more bands) are not supported"
        ));
    }
    let most = usize::from(expected);
    let bits = ifd.uints(source, tags::BITS_PER_SAMPLE, most)?.unwrap_or_else(|| vec![1]);
    if let Some(bits) = bits.iter().find(|bits| **bits != 8) {
        return unsupported(format!("{bits}-bit samples are not supported"));
    }
    let formats = ifd.uints(source, tags::SAMPLE_FORMAT, most)?.unwrap_or_default();
    for format in formats {
        match format {
            // Files with undefined samples are 8-bit pictures of old writers.
            1 | 4 => {}
            2 => return unsupported("signed samples are not supported"),
            3 => return unsupported("floating point samples are not supported"),
            5 | 6 => return unsupported("complex samples are not supported"),
            _ => return unsupported(format!("sample format {format} is not supported")),
        }
    }
    Ok(expected)
}

/// The conversion of YCbCr that is not inside JPEG streams (TIFF 6.0, section 21).
fn ycbcr(source: &Source, ifd: &Ifd) -> Result<YCbCr, DecodeError> {
    // The default of the standard is [2, 2].
    let sampling = ifd.uints(source, tags::YCBCR_SUB_SAMPLING, 2)?;
    if sampling.as_deref() != Some(&[1, 1]) {
        return unsupported("subsampled YCbCr without JPEG compression is not supported");
    }
    let luma = ifd.numbers(source, tags::YCBCR_COEFFICIENTS, 3)?;
    let reference = ifd.numbers(source, tags::REFERENCE_BLACK_WHITE, 6)?;
    YCbCr::new(luma.as_deref(), reference.as_deref())
        .ok_or_else(|| DecodeError::Malformed("its YCbCr coefficients are wrong".into()))
}

/// All tables JPEG knows are under 3 kB; each level holds its own.
const LARGEST_TABLES: usize = 64 << 10;
