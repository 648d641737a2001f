//! Rasters for the tests of single operations, and what holds for all of them.

use proptest::prelude::*;

use super::*;
use crate::raster::{Alpha, ColorSpace};

pub(super) fn gray(width: u32, height: u32, samples: &[u8]) -> Raster {
    raster(Shape::new(width, height, 1, SampleType::U8, ColorSpace::Gray), samples)
}

pub(super) fn gray_alpha(width: u32, height: u32, samples: &[u8]) -> Raster {
    let shape = Shape::new(width, height, 2, SampleType::U8, ColorSpace::Gray);
    raster(Shape { alpha: Alpha::Straight, ..shape }, samples)
}

pub(super) fn rgb(width: u32, height: u32, samples: &[u8]) -> Raster {
    raster(Shape::new(width, height, 3, SampleType::U8, ColorSpace::Rgb), samples)
}

pub(super) fn rgba(width: u32, height: u32, samples: &[u8]) -> Raster {
    let shape = Shape::new(width, height, 4, SampleType::U8, ColorSpace::Rgb);
    raster(Shape { alpha: Alpha::Straight, ..shape }, samples)
}

/// Shapes of all channel counts with sides up to a length.
pub(super) fn any_shape(side: u32) -> impl Strategy<Value = Shape> {
    (1..=side, 1..=side, 1..=4_u16).prop_map(|(width, height, channels)| {
        let color = if channels < 3 { ColorSpace::Gray } else { ColorSpace::Rgb };
        let alpha = if channels % 2 == 0 { Alpha::Straight } else { Alpha::None };
        Shape { alpha, ..Shape::new(width, height, channels, SampleType::U8, color) }
    })
}

/// Noise of all channel counts with sides up to a length.
pub(super) fn any_raster(side: u32) -> impl Strategy<Value = Raster> {
    (any_shape(side), any::<u32>()).prop_map(|(shape, seed)| noise(shape, seed))
}

/// Reproducible noise.
pub(super) fn noise(shape: Shape, seed: u32) -> Raster {
    let mut state = seed | 1;
    let samples = (0..shape.samples().unwrap()).map(|_| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[0]
    });
    raster(shape, &samples.collect::<Vec<_>>())
}

pub(super) fn raster(shape: Shape, samples: &[u8]) -> Raster {
    Raster::new(shape, Samples::U8(samples.to_vec())).unwrap()
}

/// Single precision of so many channels in one row.
pub(super) fn floats(channels: u16, samples: &[f32]) -> Raster {
    let color = match channels {
        1 => ColorSpace::Gray,
        3 => ColorSpace::Rgb,
        _ => ColorSpace::Multiband,
    };
    let width = u32::try_from(samples.len()).unwrap() / u32::from(channels);
    let shape = Shape::new(width, 1, channels, SampleType::F32, color);
    Raster::new(shape, Samples::F32(samples.to_vec())).unwrap()
}

/// Grey single precision of this width.
pub(super) fn floats_of(width: u32, samples: &[f32]) -> Raster {
    let height = u32::try_from(samples.len()).unwrap() / width;
    let shape = Shape::new(width, height, 1, SampleType::F32, ColorSpace::Gray);
    Raster::new(shape, Samples::F32(samples.to_vec())).unwrap()
}

/// The samples of a raster of single precision.
pub(super) fn values(raster: &Raster) -> Vec<f32> {
    match raster.samples() {
        Samples::F32(samples) => samples.clone(),
        other => unreachable!("{other:?}"),
    }
}

/// Black pixels of this type.
pub(super) fn gray_of(sample: SampleType, width: u32, height: u32) -> Raster {
    Raster::zeroed(Shape::new(width, height, 1, sample, ColorSpace::Gray)).unwrap()
}

/// The range `min` to `max` of each channel to 0..1.
pub(super) fn unit_of(channels: u16, min: f64, max: f64) -> Op {
    let finite = |value| Finite::new(value).unwrap();
    let bounds = Bounds { min: finite(min), max: finite(max) };
    Op::Normalize { bounds: vec![bounds; channels.into()].into(), nodata: None }
}

/// Values of 0..1 as they are.
pub(super) fn unit(channels: u16) -> Op {
    unit_of(channels, 0.0, 1.0)
}

/// Samples of 0 to `max` through a chain from single precision to 8 bits.
pub(super) fn chain(ops: &[Op], input: &Raster, max: f64) -> Raster {
    let mut all = vec![unit_of(input.shape().color_channels(), 0.0, max)];
    all.extend_from_slice(ops);
    all.push(Op::Quantize { sample: SampleType::U8, transparent: false });
    run::<OpError>(&all, input, &Lookups::default(), || Ok(())).unwrap().into_owned()
}

/// Grey values through such a chain.
pub(super) fn developed(ops: &[Op], values: &[u8]) -> Vec<u8> {
    let input = gray(u32::try_from(values.len()).unwrap(), 1, values);
    chain(ops, &input, 255.0).as_u8().unwrap().to_vec()
}

/// Operations that treat each channel for itself.
pub(super) fn any_curves() -> impl Strategy<Value = Vec<Op>> {
    let number = |most: f64| (0.0..most).prop_filter_map("finite", Finite::new);
    let op = prop_oneof![
        Just(Op::Invert),
        Just(Op::Curve(Curve::Asinh)),
        Just(Op::Curve(Curve::Log)),
        Just(Op::Curve(Curve::Sqrt)),
        number(4.0).prop_map(|exponent| Op::Curve(Curve::Gamma(exponent))),
        number(3.0).prop_map(Op::Contrast),
    ];
    proptest::collection::vec(op, 0..4)
}

fn any_op() -> impl Strategy<Value = Op> {
    let number = || any::<f64>().prop_filter_map("finite", Finite::new);
    let near = || (-2.0..40.0).prop_filter_map("finite", Finite::new);
    let filter =
        prop_oneof![Just(Filter::Antialias), Just(Filter::Bilinear), Just(Filter::Nearest)];
    prop_oneof![
        any::<u16>().prop_map(Op::Bands),
        (0..6_u16).prop_map(Op::Bands),
        Just(Op::Flip),
        Just(Op::Gray),
        (near(), near(), near(), near(), 0..50_u32, 0..50_u32, filter).prop_map(
            |(x, y, part_width, part_height, width, height, filter)| {
                let part = Part { x, y, width: part_width, height: part_height };
                Op::Resize { part, width, height, filter }
            }
        ),
        (number(), any::<bool>())
            .prop_map(|(degrees, transparent)| Op::Rotate { degrees, transparent }),
        any::<u8>().prop_map(Op::Threshold),
        any::<u8>().prop_map(Op::Turn),
    ]
}

proptest! {
    #[test]
    fn the_result_has_the_shape_that_was_promised(input in any_raster(40), op in any_op()) {
        let promised = op.shape(input.shape());
        let result = op.apply(input);
        prop_assert_eq!(result.map(|raster| raster.shape()), promised);
    }
}

#[test]
fn samples_without_a_kernel_are_refused() {
    let shape = gray(2, 2, &[0; 4]).shape();
    let others = [
        Shape { sample: SampleType::U16, ..shape },
        Shape { layout: Layout::Planar, ..shape },
        Shape { channels: 5, color: ColorSpace::Multiband, ..shape },
    ];
    for shape in others {
        let refused = Err(OpError::Unsuitable { op: "threshold" });
        assert_eq!(Op::Threshold(1).shape(shape), refused);
    }
}

#[test]
fn pixels_of_every_type_and_count_are_moved() {
    let color = ColorSpace::Multiband;
    let half = Op::Resize { part: Part::whole(2, 2), width: 1, height: 1, filter: Filter::Nearest };
    for channels in 1..=6_u16 {
        let shape = Shape::new(2, 2, channels, SampleType::U16, color);
        let samples: Vec<u16> = (0..4 * channels).collect();
        let input = Raster::new(shape, Samples::U16(samples.clone())).unwrap();
        let pixel = |index: u16| (index * channels..(index + 1) * channels).collect::<Vec<_>>();
        let pixels =
            |order: &[u16]| Samples::U16(order.iter().flat_map(|index| pixel(*index)).collect());
        assert_eq!(Op::Flip.apply(&input).unwrap().samples(), &pixels(&[1, 0, 3, 2]));
        assert_eq!(Op::Turn(1).apply(&input).unwrap().samples(), &pixels(&[2, 0, 3, 1]));
        assert_eq!(Op::Turn(2).apply(&input).unwrap().samples(), &pixels(&[3, 2, 1, 0]));
        assert_eq!(half.apply(&input).unwrap().samples(), &pixels(&[3]));
        let shape = Shape { sample: SampleType::F32, ..shape };
        let floats = samples.iter().map(|sample| f32::from(*sample)).collect();
        let input = Raster::new(shape, Samples::F32(floats)).unwrap();
        let filter = Filter::Antialias;
        let mean = Op::Resize { part: Part::whole(2, 2), width: 1, height: 1, filter };
        for (found, expected) in values(&mean.apply(&input).unwrap()).iter().zip(pixel(0)) {
            assert!((found - f32::from(expected) - 1.5 * f32::from(channels)).abs() < 1e-4);
        }
    }
}

#[test]
fn a_chain_needs_memory_for_its_stages_only() {
    let source = Shape::new(100, 100, 1, SampleType::U8, ColorSpace::Gray);
    let quantize = Op::Quantize { sample: SampleType::U8, transparent: false };
    let ops = [unit(1), Op::Invert, quantize, Op::Flip];
    assert_eq!(memory(&ops, source), Ok(20_000));
    assert_eq!(memory(&[unit(1)], source), Ok(50_000));
    assert_eq!(memory(&[], source), Ok(10_000));
}

#[test]
fn an_empty_picture_is_refused() {
    let shape = gray(2, 2, &[0; 4]).shape();
    assert_eq!(Op::Flip.shape(shape.resized(0, 2)), Err(OpError::Geometry { op: "flip" }));
    assert_eq!(Op::Turn(1).shape(shape.resized(2, 0)), Err(OpError::Geometry { op: "turn" }));
}
