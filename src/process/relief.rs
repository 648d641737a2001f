//! Light on an elevation model: the cosine between the light and the surface, Lambert's law.
//!
//! The slope is that of Horn (Hill shading and the reflectance map, 1981): differences of the
//! eight neighbours with weights 1, 2, 1. The light comes from `azimuth` degrees clockwise from
//! the top and `elevation` degrees above the horizon. In place of a missing neighbour stands the
//! pixel in the middle.

use super::OpError;
use super::neighbours::{Margin, Neighbours};
use crate::command::Finite;
use crate::raster::{Raster, Samples, Shape};

/// The light, and what a step to the next pixel means.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Light {
    /// Degrees clockwise from the top.
    pub azimuth: i32,
    /// Degrees above the horizon.
    pub elevation: i32,
    /// Height of one unit of the samples over the distance of two pixels of a row.
    pub across: Finite,
    /// The same of a column.
    pub down: Finite,
}

pub(super) fn shape(input: Shape, margin: Margin) -> Result<Shape, OpError> {
    if input.color_channels() != 1 {
        return Err(OpError::Unsuitable { op: "relief" });
    }
    margin.inside("relief", input)
}

#[expect(clippy::cast_possible_truncation, reason = "single precision is the working type")]
pub(super) fn relief(
    input: &Raster,
    output: Shape,
    light: &Light,
    margin: Margin,
) -> Result<Raster, OpError> {
    let (azimuth, elevation) =
        (f64::from(light.azimuth).to_radians(), f64::from(light.elevation).to_radians());
    // East, north and up. Rows count to the south.
    let east = (azimuth.sin() * elevation.cos()) as f32;
    let north = (azimuth.cos() * elevation.cos()) as f32;
    let up = elevation.sin() as f32;
    // The weights of each side add up to 4, and the sides are two pixels apart.
    let across = (light.across.value() / 8.0) as f32;
    let down = (light.down.value() / 8.0) as f32;

    let mut result = Samples::zeroed(output.sample, output.samples()?)?;
    let Samples::F32(to) = &mut result else {
        return Err(OpError::Unsuitable { op: "relief" });
    };
    let channels = usize::from(output.channels);
    let width = output.row_samples();
    Neighbours::new(input, output, margin, 1)?.each(|y, rows| {
        let [above, row, below] = rows else { return };
        let to = to[y * width..][..width].chunks_exact_mut(channels);
        for (x, to) in to.enumerate() {
            let centre = row[(x + 1) * channels];
            let at = |line: &[f32], column: usize| {
                let height = line[(x + column) * channels];
                if height.is_nan() { centre } else { height }
            };
            let side = |heights: [f32; 3]| heights[0] + 2.0 * heights[1] + heights[2];
            let column = |column| [at(above, column), at(row, column), at(below, column)];
            let line = |line| [at(line, 0), at(line, 1), at(line, 2)];
            let p = (side(column(2)) - side(column(0))) * across;
            let q = (side(line(below)) - side(line(above))) * down;
            let cosine = (up - p * east + q * north) / (p * p + q * q + 1.0).sqrt();
            to[0] = if centre.is_nan() { centre } else { cosine.clamp(0.0, 1.0) };
            to[1..].copy_from_slice(&row[(x + 1) * channels + 1..(x + 2) * channels]);
        }
    });
    Ok(Raster::new(output, result)?)
}

#[cfg(test)]
mod tests {
    use super::super::Op;
    use super::super::tests::{floats_of, values};
    use super::*;

    fn relief(azimuth: i32, elevation: i32, z: f64, heights: &[f32], width: u32) -> Vec<f32> {
        let z = Finite::new(z).unwrap();
        let light = Light { azimuth, elevation, across: z, down: z };
        let op = Op::Relief { light, margin: Margin::default() };
        values(&op.apply(floats_of(width, heights)).unwrap())
    }

    fn assert_close(found: f32, expected: f64) {
        assert!((f64::from(found) - expected).abs() < 1e-5, "{found} is not {expected}");
    }

    #[test]
    fn a_plain_has_the_sine_of_the_elevation() {
        for found in relief(315, 30, 1.0, &[7.0; 9], 3) {
            assert_close(found, 0.5);
        }
    }

    #[test]
    fn a_slope_towards_the_light_is_bright() {
        // Rises by 1 for each pixel to the right: its normal is (-1, 0, 1) / sqrt 2.
        let heights = [0.0, 1.0, 2.0, 0.0, 1.0, 2.0, 0.0, 1.0, 2.0];
        let root = std::f64::consts::FRAC_1_SQRT_2;
        assert_close(relief(270, 45, 1.0, &heights, 3)[4], 1.0);
        assert_close(relief(90, 45, 1.0, &heights, 3)[4], 0.0);
        assert_close(relief(90, 90, 1.0, &heights, 3)[4], root);
        // Rises to the bottom, so it looks to the top.
        let heights = [0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 2.0, 2.0, 2.0];
        assert_close(relief(0, 45, 1.0, &heights, 3)[4], 1.0);
        assert_close(relief(180, 45, 1.0, &heights, 3)[4], 0.0);
        // Twice as steep: (0, 2, 1) / sqrt 5 and a light of (0, 1, 1) / sqrt 2.
        assert_close(relief(0, 45, 2.0, &heights, 3)[4], 3.0 / 10.0_f64.sqrt());
    }

    #[test]
    fn holes_stay_holes_and_do_not_cast_slopes() {
        let mut heights = [5.0; 9];
        heights[0] = f32::NAN;
        let found = relief(315, 30, 1.0, &heights, 3);
        assert!(found[0].is_nan());
        assert_close(found[4], 0.5);
    }
}
