//! Turning by any angle, clockwise, around the centre.
//!
//! The result is the bounding box of the turned picture: `|w cos a| + |h sin a|` by
//! `|w sin a| + |h cos a|`, rounded. Each output pixel is mapped back and interpolated between
//! four input pixels. Beyond the input lies black, transparent where there is alpha, with which its
//! edge is interpolated too: edges are smooth. Straight alpha weighs the colours.
//!
//! Size and black are those of libvips, which the validators of IIIF compare with.

use super::{OpError, into_u8, zeroed};
use crate::command::Finite;
use crate::raster::{Alpha, Raster, Samples, Shape};

pub(super) fn shape(input: Shape, degrees: Finite, transparent: bool) -> Result<Shape, OpError> {
    let (sin, cos) = degrees.value().to_radians().sin_cos();
    let (width, height) = (f64::from(input.width), f64::from(input.height));
    let output = input.resized(
        side((width * cos).abs() + (height * sin).abs())?,
        side((width * sin).abs() + (height * cos).abs())?,
    );
    if transparent && input.alpha == Alpha::None {
        return Ok(Shape { channels: input.channels + 1, alpha: Alpha::Straight, ..output });
    }
    Ok(output)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "range is checked")]
fn side(exact: f64) -> Result<u32, OpError> {
    let side = exact.round().max(1.0);
    if side <= f64::from(u32::MAX) { Ok(side as u32) } else { Err(OpError::TooLarge) }
}

pub(super) fn rotate(input: Raster, output: Shape, degrees: Finite) -> Result<Raster, OpError> {
    let (shape, samples) = into_u8("rotate", input)?;
    let turn = Turn::new(degrees, shape, output);
    let mut to = zeroed(output)?;
    // Premultiplied colours are interpolated as they are, so alpha is one more colour there.
    match (shape.channels, shape.alpha, output.channels) {
        (1, Alpha::None, 1) => turn.plain::<1>(&samples, &mut to),
        (2, Alpha::Premultiplied, _) => turn.plain::<2>(&samples, &mut to),
        (3, Alpha::None, 3) => turn.plain::<3>(&samples, &mut to),
        (4, Alpha::Premultiplied, _) => turn.plain::<4>(&samples, &mut to),
        (1, _, _) => turn.weighted::<1, 2>(&samples, &mut to),
        (2, _, _) => turn.weighted::<2, 2>(&samples, &mut to),
        (3, _, _) => turn.weighted::<3, 4>(&samples, &mut to),
        (4, _, _) => turn.weighted::<4, 4>(&samples, &mut to),
        _ => return Err(OpError::Unsuitable { op: "rotate" }),
    }
    Ok(Raster::new(output, Samples::U8(to))?)
}

/// Maps output pixels back to the input.
struct Turn {
    sin: f64,
    cos: f64,
    input: Shape,
    output: Shape,
}

/// Where an output pixel lies in the input: the upper left one of four pixels, which may be
/// outside, and the share of the right and the lower ones in 1/256.
struct Place {
    column: i64,
    row: i64,
    right: u32,
    lower: u32,
}

impl Turn {
    fn new(degrees: Finite, input: Shape, output: Shape) -> Self {
        let (sin, cos) = degrees.value().to_radians().sin_cos();
        Self { sin, cos, input, output }
    }

    /// Interpolates every channel alike.
    fn plain<const N: usize>(&self, from: &[u8], to: &mut [u8]) {
        let from = from.as_chunks::<N>().0;
        self.each(to.as_chunks_mut::<N>().0, |place| {
            let corners = self.corners(from, place).map(|pixel| *pixel.unwrap_or(&[0; N]));
            let weights = place.weights();
            std::array::from_fn(|channel| {
                let values = corners.iter().zip(weights);
                let sum: u32 = values.map(|(pixel, w)| u32::from(pixel[channel]) * w).sum();
                byte((sum + Place::WHOLE / 2) / Place::WHOLE)
            })
        });
    }

    /// Interpolates colours weighted by alpha, the last channel of the output. An input without
    /// alpha, `N < M`, is opaque.
    fn weighted<const N: usize, const M: usize>(&self, from: &[u8], to: &mut [u8]) {
        let from = from.as_chunks::<N>().0;
        self.each(to.as_chunks_mut::<M>().0, |place| {
            let mut sums = [0_u32; M];
            for (corner, weight) in self.corners(from, place).into_iter().zip(place.weights()) {
                let pixel: [u8; M] = corner.map_or([0; M], |corner| {
                    std::array::from_fn(|channel| corner.get(channel).copied().unwrap_or(255))
                });
                let alpha = u32::from(pixel[M - 1]) * weight;
                for (sum, color) in sums.iter_mut().zip(&pixel[..M - 1]) {
                    *sum += alpha * u32::from(*color);
                }
                sums[M - 1] += alpha;
            }
            let alpha = sums[M - 1];
            if alpha == 0 {
                return [0; M];
            }
            let mut pixel = sums.map(|sum| byte((sum + alpha / 2) / alpha));
            pixel[M - 1] = byte((alpha + Place::WHOLE / 2) / Place::WHOLE);
            pixel
        });
    }

    /// Fills all output pixels.
    fn each<P>(&self, to: &mut [P], pixel: impl Fn(&Place) -> P) {
        let center = |shape: Shape| (f64::from(shape.width) / 2.0, f64::from(shape.height) / 2.0);
        let ((in_x, in_y), (out_x, out_y)) = (center(self.input), center(self.output));
        let rows = to.chunks_exact_mut(self.output.width as usize);
        for (row, pixels) in (0_u32..).zip(rows) {
            let y = f64::from(row) + 0.5 - out_y;
            for (column, to) in (0_u32..).zip(pixels) {
                let x = f64::from(column) + 0.5 - out_x;
                let from_x = in_x - 0.5 + x * self.cos + y * self.sin;
                let from_y = in_y - 0.5 - x * self.sin + y * self.cos;
                *to = pixel(&Place::new(from_x, from_y));
            }
        }
    }

    /// The four pixels of a place, row by row; none for those outside.
    fn corners<'a, P>(&self, from: &'a [P], place: &Place) -> [Option<&'a P>; 4] {
        let width = self.input.width as usize;
        let column = |column: i64| usize::try_from(column).ok().filter(|&column| column < width);
        let row = |row: i64| {
            let start = usize::try_from(row).ok()?.checked_mul(width)?;
            from.get(start..start + width)
        };
        let (left, right) = (column(place.column), column(place.column + 1));
        let (upper, lower) = (row(place.row), row(place.row + 1));
        let at = |row: Option<&'a [P]>, column: Option<usize>| row?.get(column?);
        [at(upper, left), at(upper, right), at(lower, left), at(lower, right)]
    }
}

impl Place {
    /// Sum of the weights of four corners. A sum of samples times alpha times weight is below
    /// 2^32.
    const WHOLE: u32 = 1 << 16;

    #[expect(clippy::cast_possible_truncation, reason = "positions are near the input")]
    #[expect(clippy::cast_sign_loss, reason = "fractions are not negative")]
    fn new(x: f64, y: f64) -> Self {
        let share = |position: f64| ((position - position.floor()) * 256.0 + 0.5) as u32;
        let (column, row) = (x.floor() as i64, y.floor() as i64);
        Self { column, row, right: share(x), lower: share(y) }
    }

    fn weights(&self) -> [u32; 4] {
        let (left, upper) = (256 - self.right, 256 - self.lower);
        [left * upper, self.right * upper, left * self.lower, self.right * self.lower]
    }
}

#[expect(clippy::cast_possible_truncation, reason = "means of bytes")]
fn byte(mean: u32) -> u8 {
    mean as u8
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Op;
    use super::super::tests::{any_raster, any_shape, gray, gray_alpha, raster, rgb, rgba};
    use super::*;

    fn rotate(input: &Raster, degrees: f64, transparent: bool) -> Raster {
        let degrees = Finite::new(degrees).unwrap();
        Op::Rotate { degrees, transparent }.apply(input.clone()).unwrap()
    }

    #[test]
    fn the_size_is_the_bounding_box() {
        let side = |width, height, degrees| {
            let shape = rgb(1, 1, &[0; 3]).shape().resized(width, height);
            let output = super::shape(shape, Finite::new(degrees).unwrap(), false).unwrap();
            (output.width, output.height)
        };
        // 100 * (cos 45 + sin 45) = 141.42..
        assert_eq!(side(100, 100, 45.0), (141, 141));
        // 300 cos 30 + 200 / 2 = 359.8.., 300 / 2 + 200 cos 30 = 323.2..
        assert_eq!(side(300, 200, 30.0), (360, 323));
        assert_eq!(side(300, 200, 330.0), (360, 323));
        // 3-4-5: 0.6 and 0.8 exactly, 500 * 0.8 + 250 * 0.6 = 550, 500 * 0.6 + 250 * 0.8 = 500.
        assert_eq!(side(500, 250, 36.869_897_645_844_02), (550, 500));
        assert_eq!(side(1, 1, 1e-9), (1, 1));
    }

    #[test]
    fn corners_are_transparent_or_black() {
        let input = rgb(20, 20, &[10, 20, 30].repeat(400));
        let (clear, black) = (rotate(&input, 45.0, true), rotate(&input, 45.0, false));
        assert_eq!(clear.shape(), rgba(28, 28, &[0; 28 * 28 * 4]).shape());
        assert_eq!(black.shape(), rgb(28, 28, &[0; 28 * 28 * 3]).shape());
        assert_eq!(clear.as_u8().unwrap()[..4], [0, 0, 0, 0]);
        assert_eq!(black.as_u8().unwrap()[..3], [0, 0, 0]);
        let centre = 14 * 28 + 14;
        assert_eq!(clear.as_u8().unwrap()[centre * 4..][..4], [10, 20, 30, 255]);
        assert_eq!(black.as_u8().unwrap()[centre * 3..][..3], [10, 20, 30]);
    }

    #[test]
    fn the_turn_is_clockwise() {
        // A bright spot at the middle of the top edge goes to the right edge by 80 degrees.
        let mut samples = vec![0; 101 * 101];
        for row in 2..9 {
            samples[row * 101 + 47..][..7].fill(200);
        }
        let output = rotate(&gray(101, 101, &samples), 80.0, true);
        let width = output.shape().width as usize;
        let bright = output.as_u8().unwrap().chunks_exact(2).position(|p| p[0] > 190).unwrap();
        // The spot is 45 pixels from the centre: 45 sin 80 = 44.3 right, 45 cos 80 = 7.8 up.
        let centre = f64::from(output.shape().width) / 2.0;
        let x = f64::from(u32::try_from(bright % width).unwrap()) - centre;
        let y = f64::from(u32::try_from(bright / width).unwrap()) - centre;
        assert!((x - 44.3).abs() < 6.0 && (y + 7.8).abs() < 6.0, "{x} {y}");
    }

    #[test]
    fn quarters_agree_with_the_exact_turn() {
        let input =
            rgba(3, 2, &(0..24).map(|i| if i % 4 == 3 { 255 } else { i * 9 }).collect::<Vec<_>>());
        for quarters in 1..4_u8 {
            let expected = Op::Turn(quarters).apply(input.clone()).unwrap();
            assert_eq!(rotate(&input, f64::from(quarters) * 90.0, true), expected);
        }
    }

    #[test]
    fn transparent_colours_do_not_bleed() {
        let input = gray_alpha(2, 1, &[255, 0, 40, 255]);
        for pixel in rotate(&input, 30.0, true).as_u8().unwrap().chunks_exact(2) {
            assert!(pixel[1] == 0 || pixel[0] == 40, "{pixel:?}");
        }
    }

    #[test]
    fn premultiplied_colours_fade_with_alpha() {
        let shape = gray_alpha(1, 1, &[0; 2]).shape();
        let shape = Shape { alpha: Alpha::Premultiplied, ..shape.resized(8, 8) };
        let input = raster(shape, &[100, 200].repeat(64));
        let output = rotate(&input, 20.0, true);
        assert_eq!(output.shape().alpha, Alpha::Premultiplied);
        for pixel in output.as_u8().unwrap().chunks_exact(2) {
            assert!(pixel[0].abs_diff(pixel[1] / 2) <= 1, "{pixel:?}");
        }
    }

    #[test]
    fn opacity_adds_up_to_the_area_of_the_picture() {
        let input = gray(50, 30, &[7; 1500]);
        let output = rotate(&input, 25.0, true);
        let alphas = output.as_u8().unwrap().iter().skip(1).step_by(2);
        let area = f64::from(alphas.map(|&alpha| u32::from(alpha)).sum::<u32>()) / 255.0;
        assert!((area - 1500.0).abs() < 15.0, "{area}");
    }

    proptest! {
        #[test]
        fn a_constant_stays_constant_inside(shape in any_shape(30), degrees in 0.0..360.0) {
            let input = raster(shape, &vec![255; shape.samples().unwrap()]);
            let output = rotate(&input, degrees, false);
            let (width, height) = (output.shape().width, output.shape().height);
            prop_assume!(shape.width > 2 && shape.height > 2);
            let centre = (height / 2 * width + width / 2) as usize * usize::from(shape.channels);
            prop_assert_eq!(output.as_u8().unwrap()[centre], 255);
        }

        #[test]
        fn any_angle_is_survived(input in any_raster(20), degrees in any::<f64>(), clear: bool) {
            prop_assume!(degrees.is_finite());
            let output = rotate(&input, degrees, clear);
            prop_assert!(output.shape().width <= 60);
        }
    }
}
