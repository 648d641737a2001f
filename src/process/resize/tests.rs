use std::ops::Range;

use proptest::prelude::*;

use super::super::Op;
use super::super::tests::{any_raster, any_shape, gray, noise, raster, rgb, rgba};
#[cfg(target_arch = "x86_64")]
use super::triangle::Kernel;
use super::*;
use crate::raster::{Alpha, ColorSpace, SampleType};

const FILTERS: [Filter; 3] = [Filter::Antialias, Filter::Bilinear, Filter::Nearest];

fn part(x: f64, y: f64, width: f64, height: f64) -> Part {
    let [x, y, width, height] = [x, y, width, height].map(|v| Finite::new(v).unwrap());
    Part { x, y, width, height }
}

fn resize(input: &Raster, part: Part, width: u32, height: u32, filter: Filter) -> Raster {
    Op::Resize { part, width, height, filter }.apply(input.clone()).unwrap()
}

fn crop(input: &Raster, left: u32, top: u32, width: u32, height: u32) -> Raster {
    let part = part(left.into(), top.into(), width.into(), height.into());
    resize(input, part, width, height, Filter::Nearest)
}

/// The triangle filter by its definition, in double precision.
fn by_definition(input: &Raster, part: Part, width: u32, height: u32) -> Vec<f64> {
    fn weights(start: f64, length: f64, count: u32, limit: u32) -> Vec<Vec<f64>> {
        let scale = length / f64::from(count);
        let radius = scale.max(1.0);
        let of = |i: u32| {
            let centre = start + (f64::from(i) + 0.5) * scale;
            let weight = |p| (1.0 - (f64::from(p) + 0.5 - centre).abs() / radius).max(0.0);
            let weights: Vec<f64> = (0..limit).map(weight).collect();
            let sum: f64 = weights.iter().sum();
            weights.iter().map(|weight| weight / sum).collect()
        };
        (0..count).map(of).collect()
    }
    let shape = input.shape();
    let columns = weights(part.x.value(), part.width.value(), width, shape.width);
    let rows = weights(part.y.value(), part.height.value(), height, shape.height);
    let channels = usize::from(shape.channels);
    let samples = input.as_u8().unwrap();
    let mut out = Vec::new();
    for row in &rows {
        for column in &columns {
            for channel in 0..channels {
                let mut sum = 0.0;
                for (y, wy) in row.iter().enumerate().filter(|(_, w)| **w > 0.0) {
                    for (x, wx) in column.iter().enumerate().filter(|(_, w)| **w > 0.0) {
                        let at = (y * shape.width as usize + x) * channels + channel;
                        sum += wy * wx * f64::from(samples[at]);
                    }
                }
                out.push(sum);
            }
        }
    }
    out
}

#[test]
fn the_whole_at_its_own_size_is_returned_without_a_copy() {
    let input = rgb(2, 1, &[1, 2, 3, 4, 5, 6]);
    let before = input.as_u8().unwrap().as_ptr();
    for filter in FILTERS {
        let op = Op::Resize { part: Part::whole(2, 1), width: 2, height: 1, filter };
        let output = op.apply(input.clone()).unwrap();
        assert_eq!(output, input);
    }
    let op = Op::Resize { part: Part::whole(2, 1), width: 2, height: 1, filter: FILTERS[0] };
    assert_eq!(op.apply(input).unwrap().as_u8().unwrap().as_ptr(), before);
}

#[test]
fn half_the_size_averages_with_the_triangle() {
    // Weights 3 and 1 of 4 inside; at the edges the missing neighbour's weight is shared:
    // 3, 3, 1 of 7.
    let input = gray(4, 1, &[0, 70, 140, 210]);
    let output = resize(&input, Part::whole(4, 1), 2, 1, Filter::Antialias);
    assert_eq!(output, gray(2, 1, &[50, 160]));
}

#[test]
fn nearest_takes_the_pixel_under_the_centre() {
    let input = gray(4, 4, &[0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120, 130, 140, 150]);
    let output = resize(&input, Part::whole(4, 4), 2, 2, Filter::Nearest);
    assert_eq!(output, gray(2, 2, &[50, 70, 130, 150]));
    let output = resize(&input, part(1.0, 2.0, 2.0, 1.0), 4, 1, Filter::Nearest);
    assert_eq!(output, gray(4, 1, &[90, 90, 100, 100]));
}

#[test]
fn bilinear_looks_at_four_neighbours_at_any_scale() {
    // Centre 4.0 of 8 pixels lies between the bright pixel 4 and the dark pixel 3.
    let input = gray(8, 1, &[200, 0, 0, 0, 100, 0, 0, 200]);
    let output = resize(&input, Part::whole(8, 1), 1, 1, Filter::Bilinear);
    assert_eq!(output, gray(1, 1, &[50]));
}

#[test]
fn pixels_around_the_part_are_read() {
    let input = gray(4, 1, &[0, 100, 200, 255]);
    // Centre at 1.0: half of pixel 0, half of pixel 1, although only pixel 1 is wanted.
    let output = resize(&input, part(0.5, 0.0, 1.0, 1.0), 1, 1, Filter::Antialias);
    assert_eq!(output, gray(1, 1, &[50]));
    let output = resize(&input, part(1.0, 0.0, 1.0, 1.0), 2, 1, Filter::Antialias);
    assert_eq!(output, gray(2, 1, &[75, 125]));
}

#[test]
fn transparent_colours_do_not_bleed() {
    let input = rgba(2, 1, &[255, 0, 0, 0, 0, 0, 200, 255]);
    for filter in [Filter::Antialias, Filter::Bilinear] {
        let output = resize(&input, Part::whole(2, 1), 1, 1, filter);
        let &[red, green, blue, alpha] = output.as_u8().unwrap() else { unreachable!("one pixel") };
        assert_eq!((red, green, alpha), (0, 0, 128), "{filter:?}");
        // Premultiplied in 8 bits: half of 200 at half opacity is known to one in 128 only.
        assert!(blue.abs_diff(200) <= 2, "{filter:?}: {blue}");
    }
}

#[test]
fn a_part_outside_of_the_input_is_refused() {
    let shape = gray(4, 4, &[0; 16]).shape();
    let refused = [
        (part(-1.0, 0.0, 2.0, 2.0), 2, 2),
        (part(3.0, 0.0, 2.0, 2.0), 2, 2),
        (part(0.0, 0.0, 0.0, 2.0), 2, 2),
        (part(0.0, 0.0, -2.0, 2.0), 2, 2),
        (part(0.0, 4.0, 1.0, 1e-9), 2, 2),
        (part(0.0, 0.0, f64::MAX, f64::MAX), 2, 2),
        (part(0.0, 0.0, 2.0, 2.0), 0, 2),
    ];
    for (part, width, height) in refused {
        let op = Op::Resize { part, width, height, filter: Filter::Antialias };
        assert_eq!(op.shape(shape), Err(OpError::Geometry { op: "resize" }), "{op:?}");
    }
}

#[test]
fn a_part_that_sticks_out_by_rounding_is_clipped() {
    let input = noise(gray(7, 7, &[0; 49]).shape(), 1);
    for filter in FILTERS {
        let output = resize(&input, part(-1e-9, 0.0, 7.0 + 1e-8, 7.0), 3, 3, filter);
        assert_eq!(output, resize(&input, Part::whole(7, 7), 3, 3, filter));
    }
}

#[test]
fn the_last_sliver_of_a_picture_can_be_enlarged() {
    let input = gray(3, 1, &[1, 2, 3]);
    for filter in FILTERS {
        let output = resize(&input, part(3.0 - 1e-5, 0.0, 1e-5, 1.0), 9, 1, filter);
        assert_eq!(output, gray(9, 1, &[3; 9]), "{filter:?}");
    }
}

proptest! {
    #[test]
    fn a_constant_stays_constant(
        shape in any_shape(40),
        value in any::<u8>(),
        (width, height) in (1..60_u32, 1..60_u32),
    ) {
        // Opaque where there is alpha: 8-bit weights lose colour in thin layers.
        let mut pixel = vec![value; usize::from(shape.channels)];
        if shape.alpha == Alpha::Straight {
            *pixel.last_mut().unwrap() = 255;
        }
        let constant = |shape: Shape| {
            raster(shape, &pixel.repeat(shape.width as usize * shape.height as usize))
        };
        for filter in FILTERS {
            let output =
                resize(&constant(shape), Part::whole(shape.width, shape.height), width, height, filter);
            prop_assert_eq!(output, constant(shape.resized(width, height)));
        }
    }

    #[test]
    fn antialias_is_the_triangle_filter(
        input in any_raster(24),
        (x, y, w, h) in (0.0..0.6, 0.0..0.6, 0.1..0.4, 0.1..0.4),
        (width, height) in (1..30_u32, 1..30_u32),
    ) {
        // Weights of straight alpha are another matter: the plain arithmetic is compared.
        let shape = Shape { alpha: Alpha::None, ..input.shape() };
        prop_assume!(matches!(shape.channels, 1 | 3));
        let (full_width, full_height) = (f64::from(shape.width), f64::from(shape.height));
        let part = part(x * full_width, y * full_height, w * full_width, h * full_height);
        let output = resize(&input, part, width, height, Filter::Antialias);
        let expected = by_definition(&input, part, width, height);
        for (found, expected) in output.as_u8().unwrap().iter().zip(expected) {
            prop_assert!((f64::from(*found) - expected).abs() <= 1.5, "{found} {expected}");
        }
    }

    #[test]
    fn parts_join_without_a_seam(
        input in any_raster(60),
        (scale, filter) in (1..5_u32, 0..3_usize),
    ) {
        // The picture at 1/scale, in one piece and as two parts.
        let shape = input.shape();
        let (width, height) = (shape.width / scale, shape.height / scale);
        prop_assume!(width >= 2 && height >= 1);
        let (left, filter) = (width / 2, FILTERS[filter]);
        let at = |column: u32| f64::from(column * scale);
        let piece = |from: u32, to: u32| {
            let part = part(at(from), 0.0, at(to - from), at(height));
            resize(&input, part, to - from, height, filter)
        };
        let all = piece(0, width);
        prop_assert_eq!(piece(0, left), crop(&all, 0, 0, left, height));
        prop_assert_eq!(piece(left, width), crop(&all, left, 0, width - left, height));
    }
}

/// Pictures that the kernels of this crate scale: what they have to be, and the kernels.
fn triangle_of(shape: Shape, part: &Part, width: u32, height: u32) -> Triangle {
    Triangle::new(shape, part.clipped(shape).unwrap(), shape.resized(width, height)).unwrap()
}

fn rows(triangle: &Triangle, input: &Raster, rows: Range<u32>, width: u32) -> Vec<u8> {
    let stride = input.shape().row_samples();
    let needed = triangle.source_rows(rows.clone());
    let lines = needed.start as usize * stride..needed.end as usize * stride;
    let samples = rows.len() * width as usize * usize::from(input.shape().channels);
    let (mut output, mut scratch) = (vec![0; samples], Scratch::default());
    let input = &input.as_u8().unwrap()[lines];
    triangle.rows(input, needed.start, rows, &mut output, &mut scratch).unwrap();
    output
}

prop_compose! {
    /// A picture, a part of it and a size: scaled up, and down as far as these go.
    fn any_work()(
        (width, height, channels) in (1..300_u32, 1..70_u32, 1..5_u16),
        seed in any::<u32>(),
        (x, y, w, h) in (0.0..0.5, 0.0..0.5, 0.01..0.5, 0.01..0.5),
        whole in any::<bool>(),
        (across, down) in (0.4..2.5, 0.4..2.5),
    ) -> (Raster, Part, u32, u32) {
        let color = if channels < 3 { ColorSpace::Gray } else { ColorSpace::Rgb };
        let shape = Shape::new(width, height, channels, SampleType::U8, color);
        let (full_width, full_height) = (f64::from(width), f64::from(height));
        let part = if whole {
            Part::whole(width, height)
        } else {
            part(x * full_width, y * full_height, w * full_width, h * full_height)
        };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small")]
        let side = |length: Finite, scale: f64| (length.value() * scale).ceil() as u32;
        let (width, height) = (side(part.width, across), side(part.height, down));
        (noise(shape, seed), part, width, height)
    }
}

proptest! {
    #[cfg(target_arch = "x86_64")]
    #[test]
    fn all_instructions_make_the_same((input, part, width, height) in any_work()) {
        let shape = input.shape();
        let portable = triangle_of(shape, &part, width, height).with(|_, _| Kernel::Portable);
        let expected = rows(&portable, &input, 0..height, width);
        if let Some(avx2) = pulp::x86::V3::try_new() {
            let triangle = triangle_of(shape, &part, width, height).with(|_, _| Kernel::Avx2(avx2));
            prop_assert_eq!(&rows(&triangle, &input, 0..height, width), &expected);
        }
        if let Some(simd) = pulp::x86::V4::try_new() {
            let triangle = triangle_of(shape, &part, width, height).with(|columns, channels| {
                Kernel::Avx512(simd, avx512::Table::new(columns, channels))
            });
            prop_assert_eq!(&rows(&triangle, &input, 0..height, width), &expected);
        }
    }

    #[test]
    fn rows_do_not_depend_on_the_cuts(
        (input, part, width, height) in any_work(),
        steps in proptest::collection::vec(1..40_u32, 1..8),
    ) {
        let triangle = triangle_of(input.shape(), &part, width, height);
        let all = rows(&triangle, &input, 0..height, width);
        let (mut joined, mut top) = (Vec::new(), 0);
        for step in steps.iter().cycle() {
            let bottom = (top + step).min(height);
            joined.extend(rows(&triangle, &input, top..bottom, width));
            top = bottom;
            if top == height {
                break;
            }
        }
        prop_assert_eq!(joined, all);
    }

    #[test]
    fn eight_bits_are_the_triangle_filter_rounded((input, part, width, height) in any_work()) {
        let triangle = triangle_of(input.shape(), &part, width, height);
        let found = rows(&triangle, &input, 0..height, width);
        for (found, expected) in found.iter().zip(by_definition(&input, part, width, height)) {
            // Each product loses up to a 256th, half of which is given back.
            prop_assert!((f64::from(*found) - expected).abs() <= 0.6, "{found} {expected}");
        }
    }
}

#[test]
fn rows_without_their_lines_are_refused() {
    let input = noise(gray(9, 9, &[0; 81]).shape(), 1);
    let triangle = triangle_of(input.shape(), &Part::whole(9, 9), 5, 5);
    let (samples, mut scratch) = (input.as_u8().unwrap(), Scratch::default());
    assert_eq!(triangle.source_rows(2..3), 3..6);
    #[expect(clippy::reversed_empty_ranges, reason = "hostile")]
    let refused = [
        // No line, a line too few, a line too late, too small an output, rows that are not there.
        (0..0, 0, 2..3, 5),
        (27..45, 3, 2..3, 5),
        (36..54, 4, 2..3, 5),
        (27..54, 3, 2..3, 4),
        (0..81, 0, 5..6, 5),
        (0..81, 0, 3..2, 5),
    ];
    for (lines, first, rows, count) in refused {
        let mut output = vec![0; count];
        let result = triangle.rows(&samples[lines], first, rows, &mut output, &mut scratch);
        assert_eq!(result, Err(OpError::Geometry { op: "resize" }));
    }
}
