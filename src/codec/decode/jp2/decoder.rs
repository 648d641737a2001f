//! An open file.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;

use super::block::{Image, Wanted, check_largest};
use super::boxes::File;
use super::codestream::{Codestream, malformed};
use super::convert::Block;
use super::grid::Grid;
use super::header::Palette;
use super::meaning::{Meaning, Model};
use super::parts::Parts;
use super::{explain, index, openable};
use crate::codec::exif::{self, Exif};
use crate::codec::{Arrangement, DecodeError, Decoder, Halving, Limits, ReadAt, Scratch};
use crate::command::MetadataKey;
use crate::image::{Bands, ImageInfo, Level, Metadata, Orientation, Rect, Selection, TileRef};
use crate::raster::{Layout, Raster, Shape};

/// The index of a file, and the file.
#[derive(Debug)]
pub(super) struct Jp2Decoder {
    source: Arc<dyn ReadAt>,
    stream: Codestream,
    /// Found when the first tile is wanted: opening costs the same for any number of tiles.
    parts: OnceLock<Result<Parts, DecodeError>>,
    grid: Grid,
    meaning: Meaning,
    palette: Option<Palette>,
    limit: usize,
    info: ImageInfo,
    orientation: Orientation,
}

impl Jp2Decoder {
    /// Reads the index.
    pub(super) fn open(source: Arc<dyn ReadAt>, limits: &Limits) -> Result<Self, DecodeError> {
        let (File { header, xmp, exif, .. }, stream) = index(&*source, limits)?;
        openable(&stream)?;
        check_largest(&stream, &stream.coding)?;
        let grid = Grid::new(&stream.size);
        let meaning = Meaning::new(&stream.size, &header)?;
        let side = block_side(&meaning, limits)?;
        // Wavelets of indices into a palette say nothing of its colours.
        let indices = meaning.channels.iter().any(|channel| channel.column.is_some());
        let halvings = if indices { 0 } else { stream.coding.levels(stream.size.components.len()) };
        let levels = levels(&grid, halvings, side);
        if levels.is_empty() {
            return Err(malformed("its image is empty"));
        }
        let pixels = Shape {
            width: 0,
            height: 0,
            channels: u16::try_from(meaning.served()).unwrap_or(u16::MAX),
            sample: meaning.sample,
            layout: Layout::Interleaved,
            color: meaning.color,
            alpha: meaning.alpha,
        };
        let read = exif.as_ref().map(Exif::read).unwrap_or_default();
        let orientation = read.orientation;
        let info = ImageInfo {
            bits: meaning.served_bits().into(),
            ranges: meaning.ranges(),
            layers: stream.coding.layers,
            from_lab: matches!(meaning.model, Model::Lab(_)),
            resolution: header.resolution(),
            metadata: metadata(meaning.icc.clone(), xmp, exif.as_ref(), &read),
            ..ImageInfo::new(levels, pixels)
        };
        let (parts, palette, limit) = (OnceLock::new(), header.palette, limits.tile_bytes);
        Ok(Self { source, stream, parts, grid, meaning, palette, limit, info, orientation })
    }

    fn parts(&self) -> Result<&Parts, DecodeError> {
        let parts = self.parts.get_or_init(|| Parts::read(&*self.source, &self.stream));
        parts.as_ref().map_err(Clone::clone)
    }
}

impl Decoder for Jp2Decoder {
    fn info(&self) -> &ImageInfo {
        &self.info
    }

    fn tile(
        &self,
        at: TileRef,
        selection: &Selection,
        scratch: &mut Scratch,
    ) -> Result<Raster, DecodeError> {
        let level = self.info.level(at.level);
        let rect = level.and_then(|level| level.tile_rect(at.column, at.row));
        self.area(at.level, rect.ok_or_else(DecodeError::no_tile)?, selection, scratch)
    }

    fn area(
        &self,
        level: u8,
        rect: Rect,
        selection: &Selection,
        scratch: &mut Scratch,
    ) -> Result<Raster, DecodeError> {
        let place = self.info.level(level).ok_or_else(DecodeError::no_tile)?;
        if rect.right() > place.width.into() || rect.bottom() > place.height.into() {
            return Err(DecodeError::no_tile());
        }
        let components = self.meaning.components(&selection.bands);
        let image = Image {
            source: &*self.source,
            stream: &self.stream,
            parts: self.parts()?,
            limit: self.limit,
            helpers: scratch.spare,
        };
        let layers = selection.layers.map_or(0, std::num::NonZeroU16::get);
        let wanted = Wanted { level, rect, layers, components: &components };
        let planes = image.planes(&wanted).map_err(|error| explain(error, &self.stream))?;
        let (left, top) = (self.grid.x.pixels(level).0, self.grid.y.pixels(level).0);
        let (x, y) = (left + rect.x, top + rect.y);
        let block = Block {
            planes: &planes,
            components: &components,
            grid: &self.grid,
            x: (x, x + rect.width),
            y: (y, y + rect.height),
            palette: self.palette.as_ref(),
        };
        let samples = block.samples(&self.meaning, &selection.bands);
        let shape = self.info.shape(rect.width, rect.height, &selection.bands);
        Ok(Raster::new(shape, samples)?)
    }

    fn arrangement(&self) -> Arrangement {
        let smaller = Some(Halving::Up);
        Arrangement { orientation: self.orientation, cut: true, areas: true, smaller }
    }
}

/// Profiles and texts.
fn metadata(
    icc: Option<Bytes>,
    xmp: Option<Bytes>,
    block: Option<&Bytes>,
    exif: &Exif,
) -> Metadata {
    let mut texts = exif.texts.clone();
    let packet = xmp.as_ref().map(|xmp| exif::text(xmp.to_vec())).filter(|xmp| !xmp.is_empty());
    texts.extend(packet.map(|xmp| (MetadataKey::Xmp, xmp)));
    Metadata { texts, icc, xmp, exif: block.and_then(exif::upright) }
}

/// The levels that the wavelets of all components have, down to the first that fits a tile.
fn levels(grid: &Grid, halvings: u8, side: u32) -> Vec<Level> {
    let mut levels = Vec::new();
    for halving in 0..=halvings {
        let (width, height) = grid.size(halving);
        if width == 0 || height == 0 {
            break;
        }
        levels.push(Level { width, height, tile_width: side, tile_height: side });
        if width.max(height) <= SMALLEST {
            break;
        }
    }
    levels
}

/// The side of a block: its decoded samples fit the limit together with what is made of them.
fn block_side(meaning: &Meaning, limits: &Limits) -> Result<u32, DecodeError> {
    // Each sample is decoded to 4 bytes and converted to at most as many.
    let sample = 8 * meaning.components(&Bands::All).len().max(meaning.served());
    let fits = |side: &u32| {
        let pixels = u64::from(*side) * u64::from(*side);
        pixels.saturating_mul(sample as u64) <= limits.tile_bytes as u64
    };
    let limit = limits.tile_bytes as u64;
    let too_many = DecodeError::Limit { what: "components of a tile", limit };
    SIDES.into_iter().find(fits).ok_or(too_many)
}

/// A level that fits one served tile needs no smaller one.
const SMALLEST: u32 = 256;

/// Sides of blocks. A wavelet reaches over the edges of what is wanted, so 16 tiles decoded at
/// once cost a quarter of 16 tiles one by one.
const SIDES: [u32; 5] = [1024, 512, 256, 128, 64];
