//! Scaling a part of a picture to a size.
//!
//! Pixel centres keep their place: output pixel `i` is centred on input position
//! `x + (i + 0.5) * width / output width`. The kernel may read input pixels around the part, so
//! that pictures of neighbouring parts join without a seam; at the edge of the input the weights
//! of the pixels that exist are used alone. Straight alpha weighs the colours.

use std::borrow::Cow;
use std::ops::Range;

use bytemuck::Pod;
use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::{
    F32, F32x2, F32x3, F32x4, U8, U8x2, U8x3, U8x4, U16, U16x2, U16x3, U16x4,
};
use fast_image_resize::{FilterType, PixelTrait, ResizeAlg, ResizeOptions, Resizer};

use super::{Op, OpError};
use crate::command::Finite;
use crate::raster::{Alpha, Raster, Samples, Shape};

/// Interpolation between samples.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Filter {
    /// Triangle as wide as the pixels of the smaller picture: the default.
    Antialias,
    /// Four neighbours, whatever the scale (`INTERPOLATION=1` of iipsrv).
    Bilinear,
    /// The sample at the same place (`INTERPOLATION=0`).
    Nearest,
}

/// A part of a picture in pixels, with fractions.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Part {
    /// Left edge.
    pub x: Finite,
    /// Upper edge.
    pub y: Finite,
    /// Width, above 0.
    pub width: Finite,
    /// Height, above 0.
    pub height: Finite,
}

impl Part {
    /// All of a picture of this size.
    pub fn whole(width: u32, height: u32) -> Self {
        Self { x: Finite::ZERO, y: Finite::ZERO, width: width.into(), height: height.into() }
    }

    fn clipped(&self, input: Shape) -> Option<(Span, Span)> {
        let x = Span::clipped(self.x.value(), self.width.value(), input.width)?;
        let y = Span::clipped(self.y.value(), self.height.value(), input.height)?;
        Some((x, y))
    }
}

/// One side of a part, surely inside the input: `0 <= start`, `start + length <= limit`.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Span {
    start: f64,
    length: f64,
}

impl Span {
    /// How far a part may stick out through rounding in the arithmetic of a planner, in pixels.
    const TOLERANCE: f64 = 1e-3;
    /// Shortest side; far below it the steps between output pixels lose their meaning.
    const SHORTEST: f64 = 1e-6;

    fn clipped(start: f64, length: f64, limit: u32) -> Option<Self> {
        let limit = f64::from(limit);
        let end = start + length;
        if start < -Self::TOLERANCE || end > limit + Self::TOLERANCE {
            return None;
        }
        let start = start.max(0.0);
        let mut length = end.min(limit) - start;
        if length < Self::SHORTEST {
            return None;
        }
        // The sum may be rounded up, beyond the last pixel.
        while start + length > limit {
            length = length.next_down();
        }
        Some(Self { start, length })
    }

    /// The input pixel that holds the centre of each output pixel.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the input")]
    fn centres(self, limit: u32, count: u32) -> impl Iterator<Item = usize> {
        let step = self.length / f64::from(count);
        let last = limit as usize - 1;
        (0..count).map(move |i| ((self.start + (f64::from(i) + 0.5) * step) as usize).min(last))
    }
}

pub(super) fn shape(input: Shape, part: &Part, width: u32, height: u32) -> Result<Shape, OpError> {
    if width == 0 || height == 0 || part.clipped(input).is_none() {
        return Err(OpError::Geometry { op: "resize" });
    }
    Ok(input.resized(width, height))
}

pub(super) fn resize(
    input: Cow<'_, Raster>,
    output: Shape,
    part: &Part,
    filter: Filter,
) -> Result<Raster, OpError> {
    let shape = input.shape();
    if shape == output && *part == Part::whole(output.width, output.height) {
        return Ok(input.into_owned());
    }
    let (x, y) = part.clipped(shape).ok_or(OpError::Geometry { op: "resize" })?;
    Work { input: shape, output, part: (x, y), filter }.make(&input)
}

/// A scaling that makes some rows of its picture at a time.
#[derive(Debug)]
pub(super) struct Scaler {
    input: Shape,
    output: Shape,
    x: Span,
    y: Span,
}

impl Scaler {
    /// Of an operation on a picture of this shape; none where it needs the whole picture.
    pub(super) fn of(op: &Op, input: Shape) -> Result<Option<Self>, OpError> {
        let Op::Resize { part, filter: Filter::Antialias, .. } = op else { return Ok(None) };
        let output = op.shape(input)?;
        let (x, y) = part.clipped(input).ok_or(OpError::Geometry { op: "resize" })?;
        Ok(Some(Self { input, output, x, y }))
    }

    /// Rows of the input for one of the output.
    fn step(&self) -> f64 {
        self.y.length / f64::from(self.output.height)
    }

    /// Rows of the input that these rows of the output depend on.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the input")]
    pub(super) fn source_rows(&self, rows: Range<u32>) -> Range<u32> {
        let step = self.step();
        // One more, should a weight be rounded up to more than nothing.
        let reach = step.max(1.0) + 1.0;
        let centre = |row: f64| self.y.start + (row + 0.5) * step;
        let first = (centre(rows.start.into()) - reach).floor().max(0.0) as u32;
        let end = (centre(f64::from(rows.end) - 1.0) + reach).ceil() as u32;
        first..end.min(self.input.height)
    }

    /// Makes rows of the output. The input has rows from `first` on, all that [`Self::source_rows`]
    /// asks for.
    pub(super) fn rows(
        &self,
        input: &Raster,
        first: u32,
        rows: Range<u32>,
    ) -> Result<Raster, OpError> {
        let (step, count) = (self.step(), rows.end - rows.start);
        let start = self.y.start + f64::from(rows.start) * step - f64::from(first);
        let y = Span::clipped(start, f64::from(count) * step, input.shape().height)
            .ok_or(OpError::Geometry { op: "resize" })?;
        let output = Shape { height: count, ..self.output };
        Work { input: input.shape(), output, part: (self.x, y), filter: Filter::Antialias }
            .make(input)
    }
}

/// One picture to be made of another.
struct Work {
    input: Shape,
    output: Shape,
    part: (Span, Span),
    filter: Filter,
}

impl Work {
    fn make(&self, input: &Raster) -> Result<Raster, OpError> {
        let mut resized = Samples::zeroed(self.output.sample, self.output.samples()?)?;
        match (input.samples(), &mut resized) {
            (Samples::F32(from), Samples::F32(to)) => {
                self.run::<_, F32, F32x2, F32x3, F32x4>(from, to)
            }
            (Samples::U16(from), Samples::U16(to)) => {
                self.run::<_, U16, U16x2, U16x3, U16x4>(from, to)
            }
            (Samples::U8(from), Samples::U8(to)) => self.run::<_, U8, U8x2, U8x3, U8x4>(from, to),
            _ => Err(OpError::Unsuitable { op: "resize" }),
        }?;
        Ok(Raster::new(self.output, resized)?)
    }

    /// Scales samples of one type; the others are that library's pixels of one to four of them.
    fn run<T, One, Two, Three, Four>(&self, from: &[T], to: &mut [T]) -> Result<(), OpError>
    where
        T: Pod + Default,
        One: PixelTrait,
        Two: PixelTrait,
        Three: PixelTrait,
        Four: PixelTrait,
    {
        let kernel = match self.filter {
            Filter::Antialias => ResizeAlg::Convolution(FilterType::Bilinear),
            Filter::Bilinear => ResizeAlg::Interpolation(FilterType::Bilinear),
            Filter::Nearest => {
                self.nearest(from, to);
                return Ok(());
            }
        };
        match self.input.channels {
            1 => self.convolve::<T, One>(from, to, kernel),
            2 => self.convolve::<T, Two>(from, to, kernel),
            3 => self.convolve::<T, Three>(from, to, kernel),
            4 => self.convolve::<T, Four>(from, to, kernel),
            channels => {
                // Of rare counts each channel is scaled for itself.
                let channels = usize::from(channels);
                let mut scaled = vec![T::default(); to.len() / channels];
                for channel in 0..channels {
                    let plane: Vec<T> =
                        from.iter().skip(channel).step_by(channels).copied().collect();
                    self.convolve::<T, One>(&plane, &mut scaled, kernel)?;
                    let to = to.iter_mut().skip(channel).step_by(channels);
                    to.zip(&scaled).for_each(|(to, from)| *to = *from);
                }
                Ok(())
            }
        }
    }

    /// Typed, because the untyped call compiles the kernels of all pixel types once more.
    fn convolve<T: Pod + Default, P: PixelTrait>(
        &self,
        from: &[T],
        to: &mut [T],
        kernel: ResizeAlg,
    ) -> Result<(), OpError> {
        let Self { input, output, part: (x, y), .. } = self;
        let options = ResizeOptions::new()
            .resize_alg(kernel)
            .crop(x.start, y.start, x.length, y.length)
            .use_alpha(input.alpha == Alpha::Straight);
        let from =
            TypedImageRef::<P>::from_buffer(input.width, input.height, bytemuck::cast_slice(from))
                .map_err(|error| failed(&error))?;
        let mut to =
            TypedImage::<P>::from_buffer(output.width, output.height, bytemuck::cast_slice_mut(to))
                .map_err(|error| failed(&error))?;
        Resizer::new().resize_typed(&from, &mut to, &options).map_err(|error| failed(&error))
    }

    fn nearest<T: Copy>(&self, from: &[T], to: &mut [T]) {
        let Self { input, output, part: (x, y), .. } = self;
        let channels = usize::from(input.channels);
        let columns: Vec<usize> =
            x.centres(input.width, output.width).map(|column| column * channels).collect();
        let rows = to.chunks_exact_mut(output.row_samples());
        for (row, line) in rows.zip(y.centres(input.height, output.height)) {
            let line = &from[line * input.row_samples()..][..input.row_samples()];
            match channels {
                1 => pick::<_, 1>(line, row, &columns),
                2 => pick::<_, 2>(line, row, &columns),
                3 => pick::<_, 3>(line, row, &columns),
                4 => pick::<_, 4>(line, row, &columns),
                _ => {
                    for (pixel, column) in row.chunks_exact_mut(channels).zip(&columns) {
                        pixel.copy_from_slice(&line[*column..][..channels]);
                    }
                }
            }
        }
    }
}

/// The pixels at these places of a line.
fn pick<T: Copy, const N: usize>(line: &[T], row: &mut [T], places: &[usize]) {
    for (pixel, place) in row.as_chunks_mut::<N>().0.iter_mut().zip(places) {
        pixel.copy_from_slice(&line[*place..][..N]);
    }
}

fn failed(error: &dyn std::error::Error) -> OpError {
    OpError::Failed { op: "resize", reason: error.to_string() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Op;
    use super::super::tests::{any_raster, any_shape, gray, noise, raster, rgb, rgba};
    use super::*;

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
    fn triangle(input: &Raster, part: Part, width: u32, height: u32) -> Vec<f64> {
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
        let input =
            gray(4, 4, &[0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120, 130, 140, 150]);
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
            let &[red, green, blue, alpha] = output.as_u8().unwrap() else {
                unreachable!("one pixel")
            };
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
            let expected = triangle(&input, part, width, height);
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
}
