//! Writes small TIFF files of any kind, right and wrong, for tests.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;

use super::{Tiff, tags};
use crate::codec::{Container, DecodeError, Decoder, OpenOptions, Scratch};
use crate::image::{Selection, TileRef};
use crate::raster::{Raster, Window};

/// Field types of the standard.
pub(super) const BYTE: u16 = 1;
pub(super) const ASCII: u16 = 2;
pub(super) const SHORT: u16 = 3;
pub(super) const LONG: u16 = 4;
pub(super) const RATIONAL: u16 = 5;
pub(super) const UNDEFINED: u16 = 7;
pub(super) const DOUBLE: u16 = 12;

/// Header variants: byte order and offset size.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flavor {
    pub(super) big_endian: bool,
    pub(super) big_tiff: bool,
}

impl Flavor {
    pub(super) const ALL: [Self; 4] = [
        Self { big_endian: false, big_tiff: false },
        Self { big_endian: true, big_tiff: false },
        Self { big_endian: false, big_tiff: true },
        Self { big_endian: true, big_tiff: true },
    ];

    /// The low bytes of a number.
    pub(super) fn bytes(self, value: u64, width: usize) -> Vec<u8> {
        if self.big_endian {
            value.to_be_bytes()[8 - width..].to_vec()
        } else {
            value.to_le_bytes()[..width].to_vec()
        }
    }

    fn offset_width(self) -> usize {
        if self.big_tiff { 8 } else { 4 }
    }
}

/// A directory to be written.
#[derive(Clone, Debug, Default)]
pub(super) struct Page {
    fields: Vec<(u16, u16, Vec<u64>)>,
    tiles: Vec<Vec<u8>>,
    children: Vec<(u16, Page)>,
    absent: Vec<u16>,
}

impl Page {
    /// A page of 8-bit samples without compression, and without tiles yet.
    pub(super) fn new(size: (u32, u32), tile: (u32, u32), photometric: u64, samples: u64) -> Self {
        let bits = vec![8; usize::try_from(samples).unwrap()];
        Self::default()
            .field(tags::IMAGE_WIDTH, LONG, &[size.0.into()])
            .field(tags::IMAGE_LENGTH, LONG, &[size.1.into()])
            .field(tags::BITS_PER_SAMPLE, SHORT, &bits)
            .field(tags::COMPRESSION, SHORT, &[1])
            .field(tags::PHOTOMETRIC_INTERPRETATION, SHORT, &[photometric])
            .field(tags::SAMPLES_PER_PIXEL, SHORT, &[samples])
            .field(tags::TILE_WIDTH, SHORT, &[tile.0.into()])
            .field(tags::TILE_LENGTH, SHORT, &[tile.1.into()])
    }

    /// Sets a field. Rationals are two values, doubles are their bits.
    pub(super) fn field(mut self, tag: u16, kind: u16, values: &[u64]) -> Self {
        self.fields.retain(|field| field.0 != tag);
        self.fields.push((tag, kind, values.to_vec()));
        self
    }

    /// Sets a field of bytes.
    pub(super) fn bytes(self, tag: u16, kind: u16, bytes: &[u8]) -> Self {
        let values: Vec<u64> = bytes.iter().copied().map(u64::from).collect();
        self.field(tag, kind, &values)
    }

    /// Takes a field away, even one that tiles would bring along.
    pub(super) fn without(mut self, tag: u16) -> Self {
        self.fields.retain(|field| field.0 != tag);
        self.absent.push(tag);
        self
    }

    /// Sets the stored bytes of the tiles; empty ones are left out of the file.
    pub(super) fn tiles(mut self, tiles: Vec<Vec<u8>>) -> Self {
        self.tiles = tiles;
        self
    }

    /// Adds a SubIFD.
    pub(super) fn child(self, child: Self) -> Self {
        self.directory(tags::SUB_IFDS, child)
    }

    /// Adds a directory that the field with this tag leads to.
    pub(super) fn directory(mut self, tag: u16, child: Self) -> Self {
        self.children.push((tag, child));
        self
    }

    fn write(&self, flavor: Flavor, out: &mut Vec<u8>) -> u64 {
        let mut children = BTreeMap::<u16, Vec<u64>>::new();
        for (tag, child) in &self.children {
            children.entry(*tag).or_default().push(child.write(flavor, out));
        }
        let mut places = Vec::new();
        for tile in &self.tiles {
            places.push(if tile.is_empty() { 0 } else { out.len() as u64 });
            out.extend_from_slice(tile);
        }
        let sizes: Vec<u64> = self.tiles.iter().map(|tile| tile.len() as u64).collect();
        let mut fields = self.fields.clone();
        let has =
            |tag| self.absent.contains(&tag) || self.fields.iter().any(|field| field.0 == tag);
        let offset_type = if flavor.big_tiff { 16 } else { LONG };
        let tiles = [(tags::TILE_OFFSETS, places), (tags::TILE_BYTE_COUNTS, sizes)];
        for (tag, values) in tiles.into_iter().chain(children) {
            if !has(tag) && !values.is_empty() {
                fields.push((tag, offset_type, values));
            }
        }
        fields.sort_by_key(|field| field.0);
        let width = flavor.offset_width();
        let mut directory = flavor.bytes(fields.len() as u64, if flavor.big_tiff { 8 } else { 2 });
        for (tag, kind, values) in fields {
            let (size, per_value) = match kind {
                BYTE | ASCII | UNDEFINED | 6 => (1, 1),
                SHORT | 8 => (2, 1),
                RATIONAL | 10 => (4, 2),
                DOUBLE | 16 => (8, 1),
                _ => (4, 1),
            };
            directory.extend(flavor.bytes(tag.into(), 2));
            directory.extend(flavor.bytes(kind.into(), 2));
            directory.extend(flavor.bytes(values.len() as u64 / per_value, width));
            let mut bytes: Vec<u8> =
                values.iter().flat_map(|value| flavor.bytes(*value, size)).collect();
            if bytes.len() > width {
                directory.extend(flavor.bytes(out.len() as u64, width));
                out.append(&mut bytes);
            } else {
                bytes.resize(width, 0);
                directory.append(&mut bytes);
            }
        }
        let place = out.len() as u64;
        out.append(&mut directory);
        // The place of the next directory, filled in by the caller.
        out.extend(flavor.bytes(0, width));
        place
    }
}

/// A file with these pages in its main chain.
pub(super) fn file(flavor: Flavor, pages: &[Page]) -> Vec<u8> {
    let width = flavor.offset_width();
    let mut out = if flavor.big_endian { b"MM".to_vec() } else { b"II".to_vec() };
    out.extend(flavor.bytes(if flavor.big_tiff { 43 } else { 42 }, 2));
    if flavor.big_tiff {
        out.extend(flavor.bytes(8, 2));
        out.extend(flavor.bytes(0, 2));
    }
    let mut link = out.len();
    out.extend(flavor.bytes(0, width));
    for page in pages {
        let place = page.write(flavor, &mut out);
        out[link..link + width].copy_from_slice(&flavor.bytes(place, width));
        link = out.len() - width;
    }
    out
}

/// Opens bytes with the default limits.
pub(super) fn open(bytes: Vec<u8>) -> Result<Box<dyn Decoder>, DecodeError> {
    Tiff.open(Arc::new(Bytes::from(bytes)), &OpenOptions::default())
}

/// Pixels of a whole level, put together from its tiles.
pub(super) fn level(decoder: &dyn Decoder, index: u8) -> Result<Vec<u8>, DecodeError> {
    let info = decoder.info();
    let level = info.levels[usize::from(index)];
    let channels = usize::from(info.channels);
    let stride = level.width as usize * channels;
    let mut pixels = vec![0; stride * level.height as usize];
    let mut scratch = Scratch::default();
    for row in 0..level.rows() {
        for column in 0..level.columns() {
            let tile = decoder.tile(
                TileRef { level: index, column, row },
                &Selection::default(),
                &mut scratch,
            )?;
            let rect = level.tile_rect(column, row).unwrap();
            assert_eq!((tile.shape().width, tile.shape().height), (rect.width, rect.height));
            let lines = tile.as_u8().unwrap().chunks_exact(rect.width as usize * channels);
            for (line, y) in lines.zip(rect.y as usize..) {
                let start = y * stride + rect.x as usize * channels;
                pixels[start..start + line.len()].copy_from_slice(line);
            }
        }
    }
    Ok(pixels)
}

/// A whole level with some of its bands, put together from its tiles.
pub(super) fn raster(
    decoder: &dyn Decoder,
    index: u8,
    selection: &Selection,
) -> Result<Raster, DecodeError> {
    let info = decoder.info();
    let level = info.levels[usize::from(index)];
    let mut whole = Raster::zeroed(info.shape(level.width, level.height, &selection.bands))?;
    let mut scratch = Scratch::default();
    for row in 0..level.rows() {
        for column in 0..level.columns() {
            let at = TileRef { level: index, column, row };
            let tile = decoder.tile(at, selection, &mut scratch)?;
            let rect = level.tile_rect(column, row).unwrap();
            let shape = info.shape(rect.width, rect.height, &selection.bands);
            assert_eq!(tile.shape(), shape);
            whole.paste(&tile, Window::whole(shape), rect.x, rect.y)?;
        }
    }
    Ok(whole)
}

/// A picture without symmetry, smooth enough for JPEG.
pub(super) fn picture(width: u32, height: u32, channels: u16) -> Vec<u8> {
    let mut pixels = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let sample = |c: u32| (x * (3 + c) + y * (5 - c) + 40 * c + x * y / 16) % 256;
            pixels.extend((0..u32::from(channels)).map(|c| u8::try_from(sample(c)).unwrap()));
        }
    }
    pixels
}

/// The tiles of a picture, row by row, with a padding of 7.
pub(super) fn cut(
    pixels: &[u8],
    size: (u32, u32),
    tile: (u32, u32),
    channels: u16,
) -> Vec<Vec<u8>> {
    let channels = usize::from(channels);
    let mut tiles = Vec::new();
    for top in (0..size.1).step_by(tile.1 as usize) {
        for left in (0..size.0).step_by(tile.0 as usize) {
            let mut bytes = Vec::new();
            for y in top..top + tile.1 {
                for x in left..left + tile.0 {
                    let start = (y * size.0 + x) as usize * channels;
                    if x < size.0 && y < size.1 {
                        bytes.extend_from_slice(&pixels[start..start + channels]);
                    } else {
                        bytes.resize(bytes.len() + channels, 7);
                    }
                }
            }
            tiles.push(bytes);
        }
    }
    tiles
}
