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
        assert_eq!(Op::Flip.shape(shape), Err(OpError::Unsuitable { op: "flip" }));
    }
}

#[test]
fn an_empty_picture_is_refused() {
    let shape = gray(2, 2, &[0; 4]).shape();
    assert_eq!(Op::Flip.shape(shape.resized(0, 2)), Err(OpError::Geometry { op: "flip" }));
    assert_eq!(Op::Turn(1).shape(shape.resized(2, 0)), Err(OpError::Geometry { op: "turn" }));
}
