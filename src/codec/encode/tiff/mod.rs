//! TIFF output: any number of channels of any type, in strips or, when it is large, in tiles.
//!
//! A file is its header, the only directory, and the pixels, so that a reader finds all it needs
//! at the start.

mod chunks;
mod compress;
mod directory;

pub(super) use directory::{Directory, Value, rational};

use bytes::Bytes;

use super::texts::TEXTS;
use crate::codec::{Embed, EncodeError, EncodeOptions, Encoder, Scratch};
use crate::command::{Depth, Format, TiffCompression};
use crate::image::{Resolution, ResolutionUnit};
use crate::raster::{Alpha, ColorSpace, Layout, Raster, SampleType, Shape};
use chunks::Grid;
use compress::Packer;

/// The encoder.
#[derive(Debug)]
pub struct Tiff;

impl Encoder for Tiff {
    fn format(&self) -> Format {
        Format::Tiff
    }

    fn holds(&self, _: Depth) -> bool {
        true
    }

    fn accepts(&self, shape: &Shape) -> Shape {
        let alpha = match shape.alpha {
            Alpha::None => Alpha::None,
            Alpha::Premultiplied | Alpha::Straight => Alpha::Straight,
        };
        Shape { layout: Layout::Interleaved, alpha, ..*shape }
    }

    fn encode(
        &self,
        raster: &Raster,
        options: &EncodeOptions,
        embed: &Embed<'_>,
        scratch: &mut Scratch,
    ) -> Result<Bytes, EncodeError> {
        let shape = raster.shape();
        if shape != self.accepts(&shape) || shape.samples().is_ok_and(|samples| samples == 0) {
            return Err(EncodeError::Shape { format: "Tiff" });
        }
        let options = compress::suitable(*options, &shape);
        let grid = Grid::of(&shape);
        let chunks = grid.chunks(&shape);
        let mut directory = Directory::default();
        describe(&mut directory, &shape, options.compression);
        add_texts(&mut directory, embed);
        // Its length is known before its values are.
        let places = vec![0; chunks.len()];
        add_chunks(&mut directory, grid, places.clone(), places);

        let start = (HEADER + directory.len()).next_multiple_of(16);
        let mut file = vec![0; start];
        let mut packer = Packer::new(options)?;
        let (mut offsets, mut lengths) = (Vec::new(), Vec::new());
        for chunk in &chunks {
            chunk.bytes(raster, &mut scratch.decoded)?;
            if compress::is_predicted(options.compression) {
                chunks::predict(&mut scratch.decoded, chunk.width, &shape);
            }
            let at = file.len();
            packer.pack(&scratch.decoded, chunk, &shape, &mut file)?;
            offsets.push(u32::try_from(at).map_err(|_| too_large())?);
            lengths.push(u32::try_from(file.len() - at).map_err(|_| too_large())?);
            file.resize(file.len().next_multiple_of(2), 0);
        }
        add_chunks(&mut directory, grid, offsets, lengths);
        let written = directory.write(HEADER).ok_or_else(too_large)?;
        file[..HEADER].copy_from_slice(b"II\x2a\0\x08\0\0\0");
        file[HEADER..HEADER + written.len()].copy_from_slice(&written);
        // What is cached is counted by its length.
        file.shrink_to_fit();
        Ok(file.into())
    }
}

/// What the samples are.
fn describe(directory: &mut Directory<'_>, shape: &Shape, compression: TiffCompression) {
    let each = |number| vec![number; usize::from(shape.channels)];
    let bits = match shape.sample {
        SampleType::U8 => 8,
        SampleType::U16 => 16,
        SampleType::F32 | SampleType::U32 => 32,
    };
    let is_rgb = shape.color == ColorSpace::Rgb && shape.color_channels() == 3;
    let (photometric, colors) = match (is_rgb, compression) {
        (true, TiffCompression::Jpeg) => (YCBCR, 3),
        (true, _) => (RGB, 3),
        (false, _) => (BLACK_IS_ZERO, 1),
    };
    directory.set(IMAGE_WIDTH, Value::Longs(vec![shape.width]));
    directory.set(IMAGE_LENGTH, Value::Longs(vec![shape.height]));
    directory.set(BITS_PER_SAMPLE, Value::Shorts(each(bits)));
    directory.set(COMPRESSION, Value::Shorts(vec![compress::number(compression)]));
    directory.set(PHOTOMETRIC, Value::Shorts(vec![photometric]));
    directory.set(SAMPLES_PER_PIXEL, Value::Shorts(vec![shape.channels]));
    directory.set(PLANAR_CONFIGURATION, Value::Shorts(vec![1]));
    let float = shape.sample == SampleType::F32;
    directory.set(SAMPLE_FORMAT, Value::Shorts(each(if float { 3 } else { 1 })));
    if shape.channels > colors {
        let mut extra = vec![UNSPECIFIED; usize::from(shape.channels - colors)];
        if let (Alpha::Straight, Some(last)) = (shape.alpha, extra.last_mut()) {
            *last = UNASSOCIATED_ALPHA;
        }
        directory.set(EXTRA_SAMPLES, Value::Shorts(extra));
    }
    if compress::is_predicted(compression) {
        directory.set(PREDICTOR, Value::Shorts(vec![chunks::predictor(shape.sample)]));
    }
    if photometric == YCBCR {
        directory.set(YCBCR_SUBSAMPLING, Value::Shorts(vec![2, 2]));
    }
}

/// Where the pixels are.
fn add_chunks(directory: &mut Directory<'_>, grid: Grid, offsets: Vec<u32>, lengths: Vec<u32>) {
    match grid {
        Grid::Strips { rows } => {
            directory.set(ROWS_PER_STRIP, Value::Longs(vec![rows]));
            directory.set(STRIP_OFFSETS, Value::Longs(offsets));
            directory.set(STRIP_BYTE_COUNTS, Value::Longs(lengths));
        }
        Grid::Tiles => {
            directory.set(TILE_WIDTH, Value::Longs(vec![Grid::TILE]));
            directory.set(TILE_LENGTH, Value::Longs(vec![Grid::TILE]));
            directory.set(TILE_OFFSETS, Value::Longs(offsets));
            directory.set(TILE_BYTE_COUNTS, Value::Longs(lengths));
        }
    }
}

fn add_texts<'a>(directory: &mut Directory<'a>, embed: &Embed<'a>) {
    for (key, tag) in TEXTS {
        if let Some(text) = embed.texts.and_then(|texts| texts.get(&key)) {
            directory.set(tag, Value::Ascii(text));
        }
    }
    if let Some(icc) = embed.icc {
        directory.set(ICC_PROFILE, Value::Undefined(icc));
    }
    if let Some(xmp) = embed.xmp {
        directory.set(XMP, Value::Bytes(xmp));
    }
    if let Some(resolution) = embed.resolution {
        add_resolution(directory, resolution);
    }
}

/// Left out when it is no number above zero.
pub(super) fn add_resolution(directory: &mut Directory<'_>, resolution: Resolution) {
    let unit = match resolution.unit {
        ResolutionUnit::Unknown => 1,
        ResolutionUnit::Inch => 2,
        ResolutionUnit::Centimetre => 3,
    };
    if let (Some(x), Some(y)) = (rational(resolution.x), rational(resolution.y)) {
        directory.set(X_RESOLUTION, Value::Rationals(vec![x]));
        directory.set(Y_RESOLUTION, Value::Rationals(vec![y]));
        directory.set(RESOLUTION_UNIT, Value::Shorts(vec![unit]));
    }
}

fn too_large() -> EncodeError {
    EncodeError::Failed { format: "Tiff", reason: "the file needs more than 4 GB".into() }
}

/// Bytes of the header.
const HEADER: usize = 8;

const IMAGE_WIDTH: u16 = 256;
const IMAGE_LENGTH: u16 = 257;
const BITS_PER_SAMPLE: u16 = 258;
const COMPRESSION: u16 = 259;
const PHOTOMETRIC: u16 = 262;
const STRIP_OFFSETS: u16 = 273;
const SAMPLES_PER_PIXEL: u16 = 277;
const ROWS_PER_STRIP: u16 = 278;
const STRIP_BYTE_COUNTS: u16 = 279;
pub(super) const X_RESOLUTION: u16 = 282;
pub(super) const Y_RESOLUTION: u16 = 283;
const PLANAR_CONFIGURATION: u16 = 284;
pub(super) const RESOLUTION_UNIT: u16 = 296;
const PREDICTOR: u16 = 317;
const TILE_WIDTH: u16 = 322;
const TILE_LENGTH: u16 = 323;
const TILE_OFFSETS: u16 = 324;
const TILE_BYTE_COUNTS: u16 = 325;
const EXTRA_SAMPLES: u16 = 338;
const SAMPLE_FORMAT: u16 = 339;
const YCBCR_SUBSAMPLING: u16 = 530;
const XMP: u16 = 700;
const ICC_PROFILE: u16 = 34_675;

const BLACK_IS_ZERO: u16 = 1;
const RGB: u16 = 2;
const YCBCR: u16 = 6;
const UNSPECIFIED: u16 = 0;
const UNASSOCIATED_ALPHA: u16 = 2;

#[cfg(test)]
mod tests;
