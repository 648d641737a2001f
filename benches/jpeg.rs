//! The JPEG encoder beside libjpeg-turbo and `jpeg-encoder`, the decoder beside libjpeg-turbo and
//! `zune-jpeg`, on the same tiles.
//!
//! libjpeg-turbo is taken from the system (Debian: `libturbojpeg0`) and left out where it is not
//! installed. Sizes and errors of the three are printed first. "pyramis" has the best instructions
//! of the processor; the encoder is measured with the others as well.

#![expect(unsafe_code, reason = "libjpeg-turbo is a C library")]

use std::ffi::{c_int, c_uchar, c_ulong, c_void};
use std::hint::black_box;
use std::ptr;
use std::sync::Arc;

use bytes::Bytes;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use jpeg_encoder::{ChromaSubsamplingMethod, ColorType, SamplingFactor};
use libloading::{Library, Symbol};
use pyramis::codec::decode::jpeg::Jpeg;
use pyramis::codec::encode::encoder;
use pyramis::codec::encode::jpeg::{Instructions, Jpeg as Encoder};
use pyramis::codec::{Container, Embed, EncodeOptions, Limits, Scratch};
use pyramis::command::{ChromaSubsampling, Format};
use pyramis::image::{Selection, TileRef};
use pyramis::raster::{ColorSpace, Raster, SampleType, Samples, Shape};
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace;
use zune_jpeg::zune_core::options::DecoderOptions;

/// Tiles of a picture: discs of all sizes that cover each other, with shading and grain, much as
/// photographs have edges, slopes and noise. No two are alike: nothing is learnt by heart.
fn tiles(side: u32, channels: u16) -> Vec<Raster> {
    let mut seed = 1_u32;
    let mut random = move |below: u32| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) % below
    };
    let color = if channels == 1 { ColorSpace::Gray } else { ColorSpace::Rgb };
    let shape = Shape::new(side, side, channels, SampleType::U8, color);
    let mut tile = || {
        let discs: Vec<_> = (0..40)
            .map(|_| {
                let radius = 1 + random(40) * random(40) / 12;
                (random(side), random(side), radius * radius, [0, 1, 2].map(|_| random(200)))
            })
            .collect();
        let mut samples = Vec::new();
        for (x, y) in (0..side * side).map(|i| (i % side, i / side)) {
            let covers = |(cx, cy, square, _): &&(u32, u32, u32, _)| {
                cx.abs_diff(x).pow(2) + cy.abs_diff(y).pow(2) < *square
            };
            let flat = discs.iter().find(covers).map_or([90, 120, 100], |disc| disc.3);
            for level in flat.iter().take(channels.into()) {
                let sample = level + (x + 2 * y) * 30 / side / 3 + random(14);
                samples.push(u8::try_from(sample.min(255)).expect("limited"));
            }
        }
        Raster::new(shape, Samples::U8(samples)).expect("sizes agree")
    };
    (0..24).map(|_| tile()).collect()
}

/// The library, by its interface of version 2.
struct Turbo {
    library: Library,
    handle: *mut c_void,
    output: Vec<u8>,
}

type Compress = unsafe extern "C" fn(
    *mut c_void,
    *const c_uchar,
    c_int,
    c_int,
    c_int,
    c_int,
    *mut *mut c_uchar,
    *mut c_ulong,
    c_int,
    c_int,
    c_int,
) -> c_int;

type Decompress = unsafe extern "C" fn(
    *mut c_void,
    *const c_uchar,
    c_ulong,
    *mut c_uchar,
    c_int,
    c_int,
    c_int,
    c_int,
    c_int,
) -> c_int;

impl Turbo {
    fn load() -> Option<Self> {
        // SAFETY: the library has no initialisers that could go wrong, and `tjInitCompress` has
        // this signature in all versions of it.
        unsafe {
            let library = Library::new("libturbojpeg.so.0").ok()?;
            let init: Symbol<unsafe extern "C" fn() -> *mut c_void> =
                library.get(b"tjInitCompress").ok()?;
            let handle = init();
            (!handle.is_null()).then_some(Self { library, handle, output: vec![0; 4 << 20] })
        }
    }

    fn decode(&mut self, decompressor: *mut c_void, jpeg: &[u8], shape: Shape) -> &[u8] {
        let (width, height) = (shape.width.cast_signed(), shape.height.cast_signed());
        let format = if shape.channels == 1 { 6 } else { 0 };
        let len = jpeg.len() as c_ulong;
        let to = self.output.as_mut_ptr();
        // SAFETY: the buffers have the sizes that are passed; 4 MiB are more than any tile has.
        let status = unsafe {
            let decode: Symbol<Decompress> = self.library.get(b"tjDecompress2").expect("is there");
            decode(decompressor, jpeg.as_ptr(), len, to, width, 0, height, format, 0)
        };
        assert_eq!(status, 0);
        &self.output
    }

    fn decompressor(&self) -> *mut c_void {
        // SAFETY: `tjInitDecompress` has this signature in all versions of the library.
        unsafe {
            let init: Symbol<unsafe extern "C" fn() -> *mut c_void> =
                self.library.get(b"tjInitDecompress").expect("is there");
            init()
        }
    }

    fn encode(&mut self, raster: &Raster, quality: u8) -> &[u8] {
        const NO_REALLOC: c_int = 1024;
        let shape = raster.shape();
        let samples = raster.as_u8().expect("8 bits");
        let (width, height) = (shape.width.cast_signed(), shape.height.cast_signed());
        // Pixel formats RGB and grey, sampling 4:2:0 and grey.
        let (format, sampling) = if shape.channels == 1 { (6, 3) } else { (0, 2) };
        let (mut to, mut len) = (self.output.as_mut_ptr(), self.output.len() as c_ulong);
        // SAFETY: the buffers have the sizes that are passed, that of the answer is larger than
        // any JPEG of these tiles and is not reallocated.
        let status = unsafe {
            let compress: Symbol<Compress> = self.library.get(b"tjCompress2").expect("is there");
            compress(
                self.handle,
                samples.as_ptr(),
                width,
                0,
                height,
                format,
                ptr::from_mut(&mut to),
                ptr::from_mut(&mut len),
                sampling,
                quality.into(),
                NO_REALLOC,
            )
        };
        assert_eq!(status, 0);
        &self.output[..usize::try_from(len).expect("fits")]
    }
}

fn options(quality: u8) -> EncodeOptions {
    let chroma = ChromaSubsampling::Both;
    EncodeOptions { quality: quality.into(), chroma, ..EncodeOptions::default() }
}

fn ours(raster: &Raster, quality: u8, scratch: &mut Scratch) -> Bytes {
    let options = options(quality);
    let encoder = encoder(Format::Jpeg).expect("is built in");
    encoder.encode(raster, &options, &Embed::default(), scratch).expect("a tile can be encoded")
}

fn crate_encoder(raster: &Raster, quality: u8) -> Vec<u8> {
    let shape = raster.shape();
    let mut jpeg = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut jpeg, quality);
    encoder.set_sampling_factor(SamplingFactor::R_4_2_0);
    encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
    let color = if shape.channels == 1 { ColorType::Luma } else { ColorType::Rgb };
    let side = |side: u32| u16::try_from(side).expect("tiles are small");
    let samples = raster.as_u8().expect("8 bits");
    encoder.encode(samples, side(shape.width), side(shape.height), color).expect("can be encoded");
    jpeg
}

/// Sum of squares of what is lost.
fn loss(jpeg: &[u8], raster: &Raster) -> f64 {
    let color = match raster.shape().channels {
        1 => colorspace::ColorSpace::Luma,
        _ => colorspace::ColorSpace::RGB,
    };
    let options = DecoderOptions::default().jpeg_set_out_colorspace(color);
    let pixels = zune_jpeg::JpegDecoder::new_with_options(ZCursor::new(jpeg), options).decode();
    let pairs = raster.as_u8().expect("8 bits").iter().zip(pixels.expect("decodable"));
    pairs.map(|(left, right)| f64::from(left.abs_diff(right)).powi(2)).sum()
}

fn encoders(criterion: &mut Criterion) {
    let (mut scratch, mut turbo) = (Scratch::default(), Turbo::load());
    let mut instructions = Instructions::all();
    eprintln!("pyramis uses: {}", instructions.next().map_or("", Instructions::name));
    let others: Vec<_> = instructions.collect();
    for (name, side, channels, quality) in [
        ("RGB 256 q75", 256, 3, 75),
        ("RGB 256 q90", 256, 3, 90),
        ("RGB 512 q75", 512, 3, 75),
        ("RGB 512 q90", 512, 3, 90),
        ("grey 256 q75", 256, 1, 75),
        ("grey 512 q90", 512, 1, 90),
    ] {
        let tiles = tiles(side, channels);
        let samples: usize = tiles.iter().map(|tile| tile.as_u8().map_or(0, <[u8]>::len)).sum();
        let report = |name: &str, encode: &mut dyn FnMut(&Raster) -> Vec<u8>| {
            let (mut bytes, mut lost) = (0, 0.0);
            for tile in &tiles {
                let jpeg = encode(tile);
                bytes += jpeg.len();
                lost += loss(&jpeg, tile);
            }
            #[expect(clippy::cast_precision_loss, reason = "printed")]
            let decibels = 10.0 * (255.0 * 255.0 * samples as f64 / lost).log10();
            eprintln!("  {name}: {bytes} bytes, {decibels:.2} dB");
        };
        eprintln!("{name}");
        report("pyramis", &mut |tile| ours(tile, quality, &mut scratch).to_vec());
        report("jpeg-encoder", &mut |tile| crate_encoder(tile, quality));
        if let Some(turbo) = &mut turbo {
            report("libjpeg-turbo", &mut |tile| turbo.encode(tile, quality).to_vec());
        }

        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Bytes(samples as u64));
        group.bench_function("pyramis", |bencher| {
            bencher.iter(|| {
                for tile in &tiles {
                    black_box(ours(tile, quality, &mut scratch));
                }
            });
        });
        for instructions in &others {
            let (options, embed) = (options(quality), Embed::default());
            let name = format!("pyramis, {}", instructions.name());
            group.bench_function(name, |bencher| {
                bencher.iter(|| {
                    for tile in &tiles {
                        black_box(Encoder.encode_with(*instructions, tile, &options, &embed))
                            .expect("a tile can be encoded");
                    }
                });
            });
        }
        group.bench_function("jpeg-encoder", |bencher| {
            bencher.iter(|| {
                for tile in &tiles {
                    black_box(crate_encoder(tile, quality));
                }
            });
        });
        if let Some(turbo) = &mut turbo {
            group.bench_function("libjpeg-turbo", |bencher| {
                bencher.iter(|| {
                    for tile in &tiles {
                        black_box(turbo.encode(tile, quality));
                    }
                });
            });
        }
    }
}

fn our_pixels(jpeg: &Bytes, scratch: &mut Scratch) -> Raster {
    let file = Jpeg.open(Arc::new(jpeg.clone()), &Limits::default().into()).expect("is a file");
    let at = TileRef { level: 0, column: 0, row: 0 };
    file.tile(at, &Selection::default(), scratch).expect("is a picture")
}

fn zune_pixels(jpeg: &[u8], channels: u16) -> Vec<u8> {
    let color =
        if channels == 1 { colorspace::ColorSpace::Luma } else { colorspace::ColorSpace::RGB };
    let options = DecoderOptions::default().jpeg_set_out_colorspace(color);
    let mut decoder = zune_jpeg::JpegDecoder::new_with_options(ZCursor::new(jpeg), options);
    decoder.decode().expect("is a picture")
}

fn decoders(criterion: &mut Criterion) {
    let (mut scratch, mut turbo) = (Scratch::default(), Turbo::load());
    for (name, side, channels, quality) in [
        ("decode RGB 256 q75", 256, 3, 75),
        ("decode RGB 256 q90", 256, 3, 90),
        ("decode RGB 512 q75", 512, 3, 75),
        ("decode grey 256 q75", 256, 1, 75),
    ] {
        let tiles = tiles(side, channels);
        let shape = tiles[0].shape();
        let samples: usize = tiles.iter().map(|tile| tile.as_u8().map_or(0, <[u8]>::len)).sum();
        let jpegs: Vec<Bytes> =
            tiles.iter().map(|tile| ours(tile, quality, &mut scratch)).collect();
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Bytes(samples as u64));
        group.bench_function("pyramis", |bencher| {
            bencher.iter(|| {
                for jpeg in &jpegs {
                    black_box(our_pixels(jpeg, &mut scratch));
                }
            });
        });
        group.bench_function("zune-jpeg", |bencher| {
            bencher.iter(|| {
                for jpeg in &jpegs {
                    black_box(zune_pixels(jpeg, channels));
                }
            });
        });
        if let Some(turbo) = &mut turbo {
            let decompressor = turbo.decompressor();
            for jpeg in &jpegs {
                let expected = our_pixels(jpeg, &mut scratch);
                let expected = expected.as_u8().expect("8 bits");
                assert!(turbo.decode(decompressor, jpeg, shape).starts_with(expected));
            }
            group.bench_function("libjpeg-turbo", |bencher| {
                bencher.iter(|| {
                    for jpeg in &jpegs {
                        black_box(turbo.decode(decompressor, jpeg, shape));
                    }
                });
            });
        }
    }
}

criterion_group!(benches, encoders, decoders);
criterion_main!(benches);
