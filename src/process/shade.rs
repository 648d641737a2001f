//! Light on a map of surface normals (behaviour specification, 10.6): three channels of 0..1 that
//! stand for -1..1.
//!
//! The light comes from `azimuth` degrees clockwise from the top and `elevation` degrees above
//! the plane. The formula is that of iipsrv to the letter, for its clients: the horizontal part of
//! the light does not shrink as it rises.

use super::planes::Planes;
use super::{OpError, math};
use crate::raster::{ColorSpace, Shape};

pub(super) fn shape(input: Shape) -> Result<Shape, OpError> {
    if input.color_channels() != 3 {
        return Err(OpError::Unsuitable { op: "shade" });
    }
    Ok(Shape { channels: input.channels - 2, color: ColorSpace::Gray, ..input })
}

pub(super) fn shade(planes: &mut Planes, azimuth: i32, elevation: i32) {
    let [x, y, z] = light(azimuth, elevation);
    let arch = pulp::Arch::new();
    planes.recolor(1, |from, mut to| {
        let mut from = from.colors();
        let (Some(nx), Some(ny), Some(nz)) = (from.next(), from.next(), from.next()) else {
            return;
        };
        let Some(to) = to.next() else { return };
        arch.dispatch(
            #[inline(always)]
            || {
                for (((to, nx), ny), nz) in to.iter_mut().zip(nx).zip(ny).zip(nz) {
                    let sum = x * (nx - 0.5) + y * (ny - 0.5) + z * (nz - 0.5);
                    // Half of the cosine; the normal is -2 (n - 0.5). NaN stays.
                    let lit = (-sum).clamp(0.0, 1.0);
                    // All three 0 stand for no surface.
                    let surface = nx.abs() + ny.abs() + nz.abs() != 0.0;
                    *to = math::where_true(lit, surface);
                }
            },
        );
    });
}

/// Direction of the light, of length 1.
#[expect(clippy::cast_possible_truncation, reason = "single precision is the working type")]
fn light(azimuth: i32, elevation: i32) -> [f32; 3] {
    let (azimuth, elevation, west) =
        (f64::from(azimuth).to_radians(), f64::from(elevation).to_radians(), azimuth > 180);
    let across = (1.0 - azimuth.cos() * azimuth.cos()).max(0.0).sqrt();
    let across = if west { -across } else { across };
    let light = [across, azimuth.cos(), -elevation.sin()];
    let length = light.iter().map(|part| part * part).sum::<f64>().sqrt();
    light.map(|part| (part / length) as f32)
}

#[cfg(test)]
mod tests {
    use super::super::Op;
    use super::super::tests::{chain, rgb};

    /// Behaviour specification, 25.
    #[test]
    fn light_is_that_of_the_specification() {
        let normals = [128, 128, 255, 0, 0, 0, 255, 128, 128, 128, 255, 128, 64, 192, 220];
        for (azimuth, elevation, expected) in [
            (45, 30, [56, 0, 0, 0, 40]),
            (90, 45, [73, 0, 0, 0, 105]),
            (200, 60, [83, 0, 33, 91, 89]),
        ] {
            let op = Op::Shade { azimuth, elevation };
            let output = chain(&[op], &rgb(5, 1, &normals), 255.0);
            for (found, expected) in output.as_u8().unwrap().iter().zip(expected) {
                assert!(found.abs_diff(expected) <= 1, "{azimuth},{elevation}: {output:?}");
            }
        }
    }
}
