//! Pixel operations on a picture of the size of an answer, and chains of them on one of several
//! types. Beside them the memory of the machine: a plain copy of as many bytes as the chain reads.

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8x3;
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use pyramis::command::{Colormap, Curve, Finite, Kernel, Matrix};
use pyramis::process::{self, Bounds, Filter, Light, Lookups, Margin, Op, OpError, Part};
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

/// The filter of `Filter::Antialias` by another library, to compare with.
fn others(criterion: &mut Criterion) {
    let input = picture();
    let Samples::U8(samples) = input.samples() else { return };
    let from = TypedImageRef::<U8x3>::from_buffer(WIDTH, HEIGHT, samples).expect("sizes agree");
    let kernel = ResizeAlg::Convolution(FilterType::Bilinear);
    let options = ResizeOptions::new().resize_alg(kernel).use_alpha(false);
    let mut group = criterion.benchmark_group("fast_image_resize");
    group.throughput(Throughput::Elements(u64::from(WIDTH * HEIGHT)));
    for (width, height) in [(600, 450), (256, 192)] {
        group.bench_function(format!("{width}x{height}"), |bencher| {
            bencher.iter(|| {
                let mut to = TypedImage::<U8x3>::new(width, height);
                Resizer::new().resize_typed(&from, &mut to, &options).expect("the picture suits");
                to
            });
        });
    }
}

/// Noise of this type.
fn noise(channels: u16, sample: SampleType) -> Raster {
    let color = if channels == 3 { ColorSpace::Rgb } else { ColorSpace::Gray };
    let shape = Shape::new(WIDTH, HEIGHT, channels, sample, color);
    let bits = (0..WIDTH * HEIGHT * u32::from(channels)).map(|i| i.wrapping_mul(2_654_435_761));
    let samples = match sample {
        SampleType::F32 => {
            Samples::F32(bits.map(|bits| f32::from((bits >> 16) as u16) / 65_536.0).collect())
        }
        SampleType::U16 => Samples::U16(bits.map(|bits| (bits >> 16) as u16).collect()),
        SampleType::U32 => Samples::U32(bits.collect()),
        SampleType::U8 => Samples::U8(bits.map(|bits| (bits >> 24) as u8).collect()),
    };
    Raster::new(shape, samples).expect("sizes agree")
}

fn finite(value: f64) -> Finite {
    Finite::new(value).expect("finite")
}

fn normalize(input: &Raster) -> Op {
    let white = match input.shape().sample {
        SampleType::F32 => 1.0,
        SampleType::U16 => 65_535.0,
        SampleType::U32 => 4_294_967_295.0,
        SampleType::U8 => 255.0,
    };
    let bounds = Bounds { min: finite(0.1 * white), max: finite(0.9 * white) };
    Op::Normalize { bounds: vec![bounds; input.shape().channels.into()].into(), nodata: None }
}

/// What stands between normalising and 8 bits.
fn chains() -> Vec<(&'static str, u16, SampleType, Vec<Op>)> {
    use SampleType::{F32, U8, U16};

    let gamma = || Op::Curve(Curve::Gamma(finite(0.4545)));
    let viridis = || Op::Colormap(Colormap::Viridis);
    let rows = [[0.2, 0.7, 0.1], [1.0, 0.0, 0.0], [0.0, 1.0, -0.5]];
    let twist = Matrix::new(rows.map(|row| row.map(finite).to_vec()).to_vec()).expect("3 x 3");
    let twist = || Op::Twist(twist.clone());
    let kernel = Kernel::new(&[finite(1.0); 9]).expect("3 x 3");
    let margin = Margin::default();
    let convolve = || Op::Convolve { kernel: kernel.clone(), margin };
    let slope = finite(0.5);
    let light = Light { azimuth: 315, elevation: 45, across: slope, down: slope };
    vec![
        ("minmax u8", 3, U8, vec![]),
        ("minmax gamma u8", 3, U8, vec![gamma()]),
        ("minmax u16", 1, U16, vec![]),
        ("gamma viridis u16", 1, U16, vec![gamma(), viridis()]),
        ("twist gamma u16", 3, U16, vec![twist(), gamma()]),
        ("minmax f32", 1, F32, vec![]),
        ("gamma f32", 1, F32, vec![gamma()]),
        ("log invert viridis f32", 1, F32, vec![Op::Curve(Curve::Log), Op::Invert, viridis()]),
        ("twist convolve f32", 3, F32, vec![twist(), convolve()]),
        ("relief f32", 1, F32, vec![Op::Relief { light, margin }]),
        ("shade f32", 3, F32, vec![Op::Shade { azimuth: 45, elevation: 30 }]),
    ]
}

fn chained(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("chains");
    let lookups = Lookups::default();
    for (name, channels, sample, steps) in chains() {
        let input = noise(channels, sample);
        let mut ops = vec![normalize(&input)];
        ops.extend(steps);
        ops.push(Op::Quantize { sample: SampleType::U8, transparent: false });
        let bytes = input.shape().bytes().expect("it is in memory");
        group.throughput(Throughput::Bytes(bytes as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| process::run::<OpError>(&ops, &input, &lookups, || Ok(())).map(drop));
        });
    }
    let bytes = vec![7_u8; 64 << 20];
    group.throughput(Throughput::Bytes(bytes.len() as u64));
    group.bench_function("copy of 64 MiB", |bencher| bencher.iter(|| bytes.clone()));
    group.finish();
}

criterion_group!(benches, operations, others, chained);
criterion_main!(benches);
