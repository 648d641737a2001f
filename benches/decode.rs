//! Stored tiles of TIFF files to pixels: 256 by 256 of several types, compressions and predictors.
//! Beside each compression the bare library on the same bytes, without a predictor; for Deflate
//! also our own decoder of it.

use std::fs::{self, File};
use std::hint::black_box;
use std::io::Cursor;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use libdeflater::Decompressor;
use pyramis::codec::decode::tiff::Tiff as Reader;
use pyramis::codec::decode::tiff::inflate::Inflater;
use pyramis::codec::encode::encoder;
use pyramis::codec::{
    Container, Decoder, Embed, EncodeOptions, FileReader, OpenOptions, ReadAt, Scratch,
};
use pyramis::command::{Format, TiffCompression};
use pyramis::image::{Selection, TileRef};
use pyramis::raster::{ColorSpace, Raster, SampleType, Samples, Shape};
use tempfile::TempDir;
use tiff::tags::Tag;
use weezl::{BitOrder, decode};

/// Just enough for the encoder to make tiles, four of them whole in each row.
const SIDE: u32 = 1030;
const TILES: u32 = 4;
const TILE_PIXELS: usize = 256 * 256;

/// A pseudo-random number of 0 to 1 for a place.
fn noise(x: u32, y: u32, seed: u32) -> f32 {
    let mut hash = x.wrapping_mul(0x9e37_79b1) ^ y.wrapping_mul(0x85eb_ca77) ^ seed;
    hash = (hash ^ hash >> 15).wrapping_mul(0x2c1b_3c6d);
    hash = (hash ^ hash >> 12).wrapping_mul(0x297a_2d39);
    f32::from_bits(0x3f80_0000 | (hash ^ hash >> 15) >> 9) - 1.0
}

/// Noise between the points of a grid, smooth in between.
fn smooth(x: u32, y: u32, step: u32, seed: u32) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    let part = |i: u32| (i % step) as f32 / step as f32;
    let (column, row, right, down) = (x / step, y / step, part(x), part(y));
    let across = |row| {
        let left = noise(column, row, seed);
        left + (noise(column + 1, row, seed) - left) * right
    };
    let top = across(row);
    top + (across(row + 1) - top) * down
}

/// Brightness like that of a photograph, 0 to 1: shapes of all sizes, plain areas and grain.
fn brightness(x: u32, y: u32, channel: u32) -> f32 {
    let octaves = [(256, 0.5), (64, 0.25), (16, 0.12), (4, 0.05)];
    let shapes: f32 = octaves.iter().map(|(step, part)| part * smooth(x, y, *step, *step)).sum();
    let tint = 0.1 * smooth(x, y, 128, 77 + channel);
    let grain = if smooth(x, y, 96, 5) > 0.5 { 0.012 * noise(x, y, 900 + channel) } else { 0.0 };
    (shapes + tint + grain).clamp(0.0, 1.0)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "brightness is at most 1"
)]
fn picture(channels: u16, sample: SampleType) -> Raster {
    let color = match channels {
        1 => ColorSpace::Gray,
        3 => ColorSpace::Rgb,
        _ => ColorSpace::Multiband,
    };
    let shape = Shape::new(SIDE, SIDE, channels, sample, color);
    let row = move |y| (0..SIDE).flat_map(move |x| (0..channels.into()).map(move |c| (x, y, c)));
    let values = (0..SIDE).flat_map(row).map(|(x, y, c)| brightness(x, y, c));
    let samples = match sample {
        SampleType::F32 => Samples::F32(values.map(|value| value * 1000.0).collect()),
        // The lowest bits of most cameras and scanners are empty.
        SampleType::U16 => Samples::U16(values.map(|v| (v * 4095.0) as u16 * 16).collect()),
        SampleType::U32 => Samples::U32(values.map(|v| (v * 65_535.0) as u32).collect()),
        SampleType::U8 => Samples::U8(values.map(|v| (v * 255.0) as u8).collect()),
    };
    Raster::new(shape, samples).expect("sizes agree")
}

/// A file, open, and the stored bytes of its whole tiles.
struct Case {
    reader: Box<dyn Decoder>,
    stored: Vec<Vec<u8>>,
    bytes: usize,
}

impl Case {
    fn new(folder: &TempDir, picture: &Raster, compression: TiffCompression) -> Self {
        let quality = if compression == TiffCompression::Zstd { 3 } else { 6 };
        let options = EncodeOptions { quality, compression, ..EncodeOptions::default() };
        let writer = encoder(Format::Tiff).expect("the format is built in");
        let file = writer
            .encode(picture, &options, &Embed::default(), &mut Scratch::default())
            .expect("the picture suits");
        let mut directory = tiff::decoder::Decoder::new(Cursor::new(&file)).expect("it is a TIFF");
        let mut field = |tag| directory.get_tag_u64_vec(tag).expect("the field is written");
        let places = field(Tag::TileOffsets).into_iter().zip(field(Tag::TileByteCounts));
        let stored = (0..).zip(places).filter(|(tile, _)| {
            let columns = SIDE.div_ceil(256);
            tile % columns < TILES && tile / columns < TILES
        });
        let stored = stored.map(|(_, (offset, count))| {
            let offset = usize::try_from(offset).expect("the file is in memory");
            file[offset..][..usize::try_from(count).expect("as is the tile")].to_vec()
        });
        let stored = stored.collect();
        let path = folder.path().join("picture.tif");
        fs::write(&path, &file).expect("the folder is there");
        let data = FileReader::new(File::open(&path).expect("it was written")).expect("it is open");
        let data: Arc<dyn ReadAt> = Arc::new(data);
        let reader = Reader.open(data, &OpenOptions::default()).expect("it can be read");
        let shape = picture.shape();
        let bytes = TILE_PIXELS * usize::from(shape.channels) * shape.sample.bytes();
        Self { reader, stored, bytes }
    }

    /// One tile after the other, so that no run learns the codes of one.
    fn tile(&self, turn: u32, scratch: &mut Scratch) -> Raster {
        let at = TileRef { level: 0, column: turn % TILES, row: turn / TILES % TILES };
        self.reader.tile(at, &Selection::default(), scratch).expect("the tile is right")
    }

    /// The library alone, into a buffer that is kept.
    fn bare(&self, compression: TiffCompression, criterion: &mut Criterion, name: &str) {
        let mut out = vec![0; self.bytes];
        let mut turn = self.stored.iter().cycle();
        let mut next = move || turn.next().expect("there are tiles");
        let mut group = criterion.benchmark_group("decode");
        let name = format!("{name}, library");
        match compression {
            TiffCompression::Deflate => {
                let mut library = Decompressor::new();
                group.bench_function(&name, |bencher| {
                    bencher.iter(|| library.zlib_decompress(next(), &mut out).expect("it fits"));
                });
                let mut own = Inflater::new();
                group.bench_function(name.replace("library", "own"), |bencher| {
                    bencher.iter(|| own.zlib(next(), &mut out).expect("it fits"));
                });
            }
            TiffCompression::Lzw => {
                group.bench_function(name, |bencher| {
                    bencher.iter(|| lzw(next(), black_box(&mut out)));
                });
            }
            TiffCompression::Zstd => {
                let mut library = zstd::bulk::Decompressor::new().expect("there is memory");
                group.bench_function(name, |bencher| {
                    let to = &mut out;
                    bencher.iter(|| library.decompress_to_buffer(next(), to).expect("it fits"));
                });
            }
            TiffCompression::Jpeg | TiffCompression::None | TiffCompression::Webp => {}
        }
    }
}

fn lzw(stored: &[u8], out: &mut [u8]) {
    let mut library = decode::Decoder::with_tiff_size_switch(BitOrder::Msb, 8);
    let (mut read, mut written) = (0, 0);
    while written < out.len() {
        let result = library.decode_bytes(&stored[read..], &mut out[written..]);
        result.status.expect("the stream is right");
        read += result.consumed_in;
        written += result.consumed_out;
    }
}

fn tiles(criterion: &mut Criterion) {
    use SampleType::{F32, U8, U16};
    use TiffCompression::{Deflate, Lzw, None, Zstd};
    let folder = tempfile::tempdir().expect("there is room");
    let mut scratch = Scratch::default();
    for (name, channels, sample, compressions) in [
        ("rgb8", 3, U8, &[None, Deflate, Lzw, Zstd][..]),
        ("grey8", 1, U8, &[Lzw]),
        ("rgb16", 3, U16, &[None, Deflate, Lzw]),
        ("float", 1, F32, &[None, Deflate, Zstd]),
        ("rgb float", 3, F32, &[Zstd]),
        ("8 bands of u16", 8, U16, &[Deflate]),
    ] {
        let picture = picture(channels, sample);
        for compression in compressions {
            let case = Case::new(&folder, &picture, *compression);
            let name = format!("{name} {}", format!("{compression:?}").to_lowercase());
            let mut group = criterion.benchmark_group("decode");
            group.throughput(Throughput::Bytes(case.bytes as u64));
            group.bench_function(&name, |bencher| {
                let mut turn = 0;
                bencher.iter(|| {
                    turn += 1;
                    case.tile(turn, &mut scratch)
                });
            });
            group.finish();
            case.bare(*compression, criterion, &name);
        }
    }
}

criterion_group!(benches, tiles);
criterion_main!(benches);
