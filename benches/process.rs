//! Pixel operations on a picture of the size of an answer.

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use pyramis::command::Finite;
use pyramis::process::{Filter, Op, Part};
use pyramis::raster::{ColorSpace, Raster, SampleType, Samples, Shape};

const WIDTH: u32 = 1024;
const HEIGHT: u32 = 768;

fn picture() -> Raster {
    let shape = Shape::new(WIDTH, HEIGHT, 3, SampleType::U8, ColorSpace::Rgb);
    let samples = (0..WIDTH * HEIGHT * 3).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8);
    Raster::new(shape, Samples::U8(samples.collect())).expect("sizes agree")
}

fn operations(criterion: &mut Criterion) {
    let resize = |width, height, filter| Op::Resize {
        part: Part::whole(WIDTH, HEIGHT),
        width,
        height,
        filter,
    };
    let degrees = Finite::new(30.0).expect("30 is finite");
    let operations = [
        ("flip", Op::Flip),
        ("turn 1", Op::Turn(1)),
        ("turn 2", Op::Turn(2)),
        ("gray", Op::Gray),
        ("bands", Op::Bands(1)),
        ("resize antialias 600x450", resize(600, 450, Filter::Antialias)),
        ("resize antialias 256x192", resize(256, 192, Filter::Antialias)),
        ("resize bilinear 600x450", resize(600, 450, Filter::Bilinear)),
        ("resize nearest 600x450", resize(600, 450, Filter::Nearest)),
        ("rotate clear", Op::Rotate { degrees, transparent: true }),
        ("rotate white", Op::Rotate { degrees, transparent: false }),
    ];
    let mut group = criterion.benchmark_group("process");
    group.throughput(Throughput::Elements(u64::from(WIDTH * HEIGHT)));
    let input = picture();
    for (name, operation) in operations {
        group.bench_function(name, |bencher| {
            let run = |raster| operation.apply(raster).expect("the picture suits");
            bencher.iter_batched(|| input.clone(), run, BatchSize::LargeInput);
        });
    }
}

criterion_group!(benches, operations);
criterion_main!(benches);
