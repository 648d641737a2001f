//! Encoders on a tile and on a picture.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use pyramis::codec::encode::encoder;
use pyramis::codec::{Embed, EncodeOptions, Scratch};
use pyramis::command::{Format, TiffCompression};
use pyramis::raster::{ColorSpace, Raster, SampleType, Samples, Shape};

/// Slopes with some noise: compresses about as a photograph does.
fn picture(side: u32) -> Raster {
    let shape = Shape::new(side, side, 3, SampleType::U8, ColorSpace::Rgb);
    #[expect(clippy::cast_possible_truncation, reason = "at most 247")]
    let sample = |i: u32| {
        let (x, y) = (i / 3 % side * 256 / side, i / 3 / side * 256 / side);
        let noise = i.wrapping_mul(2_654_435_761) >> 28;
        (x / 2 + y / 3 + (i % 3) * 10 + noise) as u8
    };
    let samples = (0..side * side * 3).map(sample).collect();
    Raster::new(shape, Samples::U8(samples)).expect("sizes agree")
}

fn encoders(criterion: &mut Criterion) {
    use TiffCompression::{Deflate, Lzw, None, Zstd};
    for side in [256, 1024] {
        let mut group = criterion.benchmark_group(format!("encode {side}"));
        group.throughput(Throughput::Elements(u64::from(side * side)));
        let (picture, mut scratch) = (picture(side), Scratch::default());
        for (name, format, quality, compression) in [
            ("jpeg 75", Format::Jpeg, 75, None),
            ("jpeg 95", Format::Jpeg, 95, None),
            ("png 1", Format::Png, 1, None),
            ("png 6", Format::Png, 6, None),
            ("webp 50", Format::Webp, 50, None),
            ("webp lossless", Format::Webp, -1, None),
            ("tiff none", Format::Tiff, 0, None),
            ("tiff lzw", Format::Tiff, 0, Lzw),
            ("tiff deflate 1", Format::Tiff, 1, Deflate),
            ("tiff zstd 1", Format::Tiff, 1, Zstd),
            ("raw", Format::Raw, 0, None),
        ] {
            let encoder = encoder(format).expect("the format is built in");
            let options = EncodeOptions { quality, compression, ..EncodeOptions::default() };
            group.bench_function(name, |bencher| {
                bencher
                    .iter(|| encoder.encode(&picture, &options, &Embed::default(), &mut scratch));
            });
        }
    }
}

criterion_group!(benches, encoders);
criterion_main!(benches);
