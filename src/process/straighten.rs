//! Colours that were multiplied by opacity, divided by it again: what PNG stores (PNG 3, 12.8).

use super::{OpError, into_u8};
use crate::raster::{Alpha, Raster, Samples, Shape};

pub(super) fn shape(input: Shape) -> Shape {
    match input.alpha {
        Alpha::None => input,
        Alpha::Premultiplied | Alpha::Straight => Shape { alpha: Alpha::Straight, ..input },
    }
}

pub(super) fn straighten(input: Raster, output: Shape) -> Result<Raster, OpError> {
    let (shape, mut samples) = into_u8("straighten", input)?;
    if shape.alpha == Alpha::Premultiplied {
        for pixel in samples.chunks_exact_mut(usize::from(shape.channels)) {
            let Some((alpha, colors)) = pixel.split_last_mut() else { continue };
            for color in colors {
                *color = divided(*color, *alpha);
            }
        }
    }
    Ok(Raster::new(output, Samples::U8(samples))?)
}

/// Rounded, and cut off where a colour is brighter than its opacity allows. What cannot be seen
/// is black.
fn divided(color: u8, alpha: u8) -> u8 {
    let (color, alpha) = (u16::from(color), u16::from(alpha));
    let whole = (color * 255 + alpha / 2).checked_div(alpha).unwrap_or(0);
    u8::try_from(whole).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::super::Op;
    use super::super::tests::{rgb, rgba};
    use super::*;

    #[test]
    fn premultiplied_colours_are_divided_by_their_opacity() {
        let straight = rgba(3, 1, &[0; 12]).shape();
        let shape = Shape { alpha: Alpha::Premultiplied, ..straight };
        let samples = vec![64, 32, 0, 128, 9, 9, 9, 0, 200, 100, 50, 100];
        let input = Raster::new(shape, Samples::U8(samples)).unwrap();
        // 64 x 255 / 128 = 127.5; nothing is seen of the second; the third is too bright.
        let expected = rgba(3, 1, &[128, 64, 0, 128, 0, 0, 0, 0, 255, 255, 128, 100]);
        assert_eq!(Op::Straighten.apply(input), Ok(expected));
    }

    #[test]
    fn straight_colours_and_pictures_without_opacity_stay() {
        let input = rgba(1, 1, &[10, 20, 30, 40]);
        assert_eq!(Op::Straighten.apply(input.clone()), Ok(input));
        let input = rgb(1, 1, &[10, 20, 30]);
        assert_eq!(Op::Straighten.apply(input.clone()), Ok(input));
    }
}
