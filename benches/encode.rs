//! Encoders on a tile.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use pyramis::codec::encode::encoder;
use pyramis::codec::{Embed, EncodeOptions, Scratch};
use pyramis::command::Format;
use pyramis::raster::{ColorSpace, Raster, SampleType, Samples, Shape};

const SIDE: u32 = 256;

/// Slopes with some noise: compresses about as a photograph does.
fn tile() -> Raster {
    let shape = Shape::new(SIDE, SIDE, 3, SampleType::U8, ColorSpace::Rgb);
    #[expect(clippy::cast_possible_truncation, reason = "at most 247")]
    let sample = |i: u32| {
        let (x, y) = (i / 3 % SIDE, i / 3 / SIDE);
        let noise = i.wrapping_mul(2_654_435_761) >> 28;
        (x / 2 + y / 3 + (i % 3) * 10 + noise) as u8
    };
    let samples = (0..SIDE * SIDE * 3).map(sample).collect();
    Raster::new(shape, Samples::U8(samples)).expect("sizes agree")
}

fn encoders(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("encode");
    group.throughput(Throughput::Elements(u64::from(SIDE * SIDE)));
    let (tile, mut scratch) = (tile(), Scratch::default());
    for (name, format, quality) in [
        ("jpeg 75", Format::Jpeg, 75),
        ("jpeg 95", Format::Jpeg, 95),
        ("png 1", Format::Png, 1),
        ("png 6", Format::Png, 6),
    ] {
        let encoder = encoder(format).expect("the format is built in");
        let options = EncodeOptions { quality, ..EncodeOptions::default() };
        group.bench_function(name, |bencher| {
            bencher.iter(|| encoder.encode(&tile, &options, &Embed::default(), &mut scratch));
        });
    }
}

criterion_group!(benches, encoders);
criterion_main!(benches);
