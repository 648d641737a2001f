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
    // The weights of each side add up to 4, and the sides are two pixels apart.
    let across = (light.across.value() / 8.0) as f32;
    let down = (light.down.value() / 8.0) as f32;
    let light = Direction::new(light);

    let mut result = Samples::zeroed(output.sample, output.samples()?)?;
    let Samples::F32(to) = &mut result else {
        return Err(OpError::Unsuitable { op: "relief" });
    };
    let channels = usize::from(output.channels);
    let width = output.row_samples();
    let arch = pulp::Arch::new();
    Neighbours::new(input, output, margin, 1)?.each(|y, rows| {
        let [above, row, below] = rows else { return };
        let to = &mut to[y * width..][..width];
        let [north_west, north, north_east] = around(above, channels, width);
        let [west, centre, east] = around(row, channels, width);
        let [south_west, south, south_east] = around(below, channels, width);
        arch.dispatch(
            #[inline(always)]
            || {
                // Equal lengths, so that no index has to be checked.
                let count = to.len();
                let [north_west, north, north_east] =
                    [north_west, north, north_east].map(|line| &line[..count]);
                let [west, centre, east] = [west, centre, east].map(|line| &line[..count]);
                let [south_west, south, south_east] =
                    [south_west, south, south_east].map(|line| &line[..count]);
                for (x, to) in to.iter_mut().enumerate() {
                    let middle = centre[x];
                    let at = |heights: &[f32]| {
                        if heights[x].is_nan() { middle } else { heights[x] }
                    };
                    let corners = [at(north_west), at(north_east), at(south_west), at(south_east)];
                    let [upper_left, upper_right, lower_left, lower_right] = corners;
                    let right = upper_right + 2.0 * at(east) + lower_right;
                    let left = upper_left + 2.0 * at(west) + lower_left;
                    let lower = lower_left + 2.0 * at(south) + lower_right;
                    let upper = upper_left + 2.0 * at(north) + upper_right;
                    let (p, q) = ((right - left) * across, (lower - upper) * down);
                    let cosine = (light.up - p * light.east + q * light.north)
                        / (p * p + q * q + 1.0).sqrt();
                    *to = cosine.clamp(0.0, 1.0) + middle * 0.0;
                }
            },
        );
        if channels > 1 {
            let pixels = to.chunks_exact_mut(channels).zip(centre.chunks_exact(channels));
            pixels.for_each(|(to, from)| to[1..].copy_from_slice(&from[1..]));
        }
    });
    Ok(Raster::new(output, result)?)
}

/// The samples of a row and those one pixel to both sides, for all channels alike.
fn around(row: &[f32], channels: usize, width: usize) -> [&[f32]; 3] {
    [0, 1, 2].map(|column| &row[column * channels..][..width])
}

/// Where the light comes from. Rows count to the south.
struct Direction {
    east: f32,
    north: f32,
    up: f32,
}

impl Direction {
    #[expect(clippy::cast_possible_truncation, reason = "single precision is the working type")]
    fn new(light: &Light) -> Self {
        let azimuth = f64::from(light.azimuth).to_radians();
        let elevation = f64::from(light.elevation).to_radians();
        Self {
            east: (azimuth.sin() * elevation.cos()) as f32,
            north: (azimuth.cos() * elevation.cos()) as f32,
            up: elevation.sin() as f32,
        }
    }
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
