//! CIELab to sRGB, as iipsrv shows it: white of D65 on both sides, no profile.
//!
//! The arithmetic is that of the behaviour specification, 10.5. The fractions of 16-bit `a` and `b`
//! count where iipsrv drops them, so that deep pictures are as smooth as they are stored. Results
//! stay in single precision, so that what is done to them afterwards starts from the exact colour.

/// How `a` and `b` are stored. `L` is 0 to 100 over the full scale of the integer in both.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Encoding {
    /// `CIELab` (TIFF 6.0, section 23): signed, 16 bits hold 256 times the value.
    Cie,
    /// `ICCLab`: unsigned with an offset of 128.
    Icc,
}

/// One colour: `L` of 0 to 100, `a` and `b` of about -128 to 127, to sRGB of 0 to 1.
pub fn to_srgb(lab: [f32; 3]) -> [f32; 3] {
    let [lightness, green_red, blue_yellow] = lab;
    let (y, root) = if lightness < 8.0 {
        let y = 100.0 * lightness / 903.3;
        (y, 7.787 * y / 100.0 + 16.0 / 116.0)
    } else {
        let root = (lightness + 16.0) / 116.0;
        (100.0 * root * root * root, root)
    };
    let cube = |root: f32| {
        if root < 0.2069 { (root - 0.13793) / 7.787 } else { root * root * root }
    };
    let x = 95.047 * cube(green_red / 500.0 + root) / 100.0;
    let y = y / 100.0;
    let z = 108.8827 * cube(root - blue_yellow / 200.0) / 100.0;
    [
        3.240_625_5 * x - 1.537_208 * y - 0.498_628_6 * z,
        -0.968_930_7 * x + 1.875_756_1 * y + 0.041_517_5 * z,
        0.055_710_1 * x - 0.204_021_1 * y + 1.056_995_9 * z,
    ]
    .map(companded)
}

/// Interleaved 8-bit Lab to sRGB of 0 to 1.
pub fn to_srgb_from_8(encoding: Encoding, lab: &[u8]) -> Vec<f32> {
    let chroma = |value: u8| match encoding {
        Encoding::Cie => f32::from(value.cast_signed()),
        Encoding::Icc => f32::from(value) - 128.0,
    };
    convert(lab, |[lightness, a, b]| [f32::from(lightness) / 2.55, chroma(a), chroma(b)])
}

/// Interleaved 16-bit Lab to sRGB of 0 to 1.
pub fn to_srgb_from_16(encoding: Encoding, lab: &[u16]) -> Vec<f32> {
    let chroma = |value: u16| match encoding {
        Encoding::Cie => f32::from(value.cast_signed()) / 256.0,
        Encoding::Icc => f32::from(value) / 256.0 - 128.0,
    };
    convert(lab, |[lightness, a, b]| [f32::from(lightness) / 655.35, chroma(a), chroma(b)])
}

/// Interleaved Lab of any numbers to sRGB of 0 to 1.
pub fn to_srgb_from_float(lab: &[f32]) -> Vec<f32> {
    convert(lab, |lab| lab)
}

/// Whole pixels; what is left over behind them is left out.
fn convert<S: Copy>(lab: &[S], number: impl Fn([S; 3]) -> [f32; 3]) -> Vec<f32> {
    let (pixels, _) = lab.as_chunks();
    pixels.iter().flat_map(|pixel| to_srgb(number(*pixel))).collect()
}

/// Light to the value of sRGB, both 0 to 1. What is no number is black.
fn companded(light: f32) -> f32 {
    let light = light.max(0.0);
    let value =
        if light <= 0.003_130_8 { 12.92 * light } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
    value.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The colour within so many levels of 8 bits.
    fn assert_near(lab: [f32; 3], expected: [f32; 3], levels: f32) {
        let rgb = to_srgb(lab).map(|value| value * 255.0);
        let near = rgb.iter().zip(expected).all(|(ours, theirs)| (ours - theirs).abs() <= levels);
        assert!(near, "{lab:?}: {rgb:?}, not {expected:?}");
    }

    #[test]
    fn published_colours_are_met() {
        // Lab of D65 of the corners of the sRGB cube.
        assert_near([0.0, 0.0, 0.0], [0.0, 0.0, 0.0], 0.01);
        assert_near([100.0, 0.0, 0.0], [255.0, 255.0, 255.0], 0.1);
        assert_near([53.2408, 80.0925, 67.2032], [255.0, 0.0, 0.0], 1.0);
        assert_near([87.7347, -86.1827, 83.1793], [0.0, 255.0, 0.0], 1.0);
        assert_near([32.2970, 79.1875, -107.8602], [0.0, 0.0, 255.0], 1.0);
        // Middle grey, and the linear part of the curve: Y = 2 / 903.3, times 12.92.
        assert_near([53.585, 0.0, 0.0], [128.0, 128.0, 128.0], 0.1);
        assert_near([2.0, 0.0, 0.0], [7.29, 7.29, 7.29], 0.05);
    }

    #[test]
    fn all_encodings_of_a_colour_are_the_same_colour() {
        // L 60, a 40, b -30.
        let expected = to_srgb([60.0, 40.0, -30.0]);
        let same = |found: &[f32]| {
            let near = found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-5);
            assert!(near && found.len() == 3, "{found:?}, not {expected:?}");
        };
        same(&to_srgb_from_8(Encoding::Cie, &[153, 40, 226]));
        same(&to_srgb_from_8(Encoding::Icc, &[153, 168, 98]));
        same(&to_srgb_from_16(Encoding::Cie, &[39321, 40 * 256, 226 * 256]));
        same(&to_srgb_from_16(Encoding::Icc, &[39321, 168 * 256, 98 * 256]));
        same(&to_srgb_from_float(&[60.0, 40.0, -30.0]));
    }

    #[test]
    fn iipsrv_shows_the_same_but_for_rounding() {
        // Behaviour specification, 25.
        for (lab, theirs) in [
            ([255, 0, 0], [254, 255, 254]),
            ([128, 0, 0], [119, 119, 119]),
            ([137, 80, 67], [255, 7, 2]),
            ([200, 206, 60], [128, 215, 72]),
            ([20, 30, 166], [0, 28, 154]),
            ([10, 0, 0], [13, 13, 13]),
        ] {
            let ours = to_srgb_from_8(Encoding::Cie, &lab);
            let near = |(ours, theirs): (&f32, u8)| {
                let apart = ours * 255.0 - f32::from(theirs);
                (-0.01..1.0).contains(&apart)
            };
            assert!(ours.iter().zip(theirs).all(near), "{lab:?}: {ours:?}, not {theirs:?}");
        }
    }

    #[test]
    fn white_is_white_and_black_black() {
        let rgb = to_srgb_from_8(Encoding::Cie, &[255, 0, 0, 0, 0, 0, 1]);
        assert!(rgb[..3].iter().all(|value| *value > 0.9995), "{rgb:?}");
        assert!(rgb.len() == 6 && rgb[3..].iter().all(|value| *value < 0.0005), "{rgb:?}");
        let deep = to_srgb_from_16(Encoding::Icc, &[65535, 32768, 32768]);
        assert!(deep.iter().all(|value| *value > 0.9995), "{deep:?}");
    }

    #[test]
    fn numbers_out_of_range_stay_in_range() {
        for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, f32::MIN] {
            for lab in [[value, 0.0, 0.0], [50.0, value, 0.0], [50.0, 0.0, value], [value; 3]] {
                assert!(to_srgb(lab).iter().all(|value| (0.0..=1.0).contains(value)), "{lab:?}");
            }
        }
    }
}
