//! Inks to RGB: by the profile of the file, or by the simple formula.

use std::fmt;
use std::sync::Arc;

use moxcms::{
    ColorProfile, DataColorSpace, Layout, RenderingIntent, Transform8BitExecutor, TransformOptions,
};

/// A conversion of interleaved cyan, magenta, yellow and black to RGB. 0 is no ink, 255 all of it.
///
/// It is made once for an image, and any number of threads use it at once.
#[derive(Clone)]
pub struct Cmyk {
    /// The way through a profile; `None` is the simple formula.
    profile: Option<Arc<Transform8BitExecutor>>,
}

impl Cmyk {
    /// The formula without a profile: each ink takes its part of the light away.
    #[must_use]
    pub fn simple() -> Self {
        Self { profile: None }
    }

    /// By an ICC profile, to sRGB. `None` when it is not a profile of four inks that can be used.
    #[must_use]
    pub fn with_profile(icc: &[u8]) -> Option<Self> {
        if icc.len() > LARGEST_PROFILE {
            return None;
        }
        let profile = ColorProfile::new_from_slice(icc).ok()?;
        if profile.color_space != DataColorSpace::Cmyk {
            return None;
        }
        let intent = match profile.rendering_intent {
            RenderingIntent::Perceptual => RenderingIntent::Perceptual,
            // Paper is shown as white.
            RenderingIntent::AbsoluteColorimetric
            | RenderingIntent::RelativeColorimetric
            | RenderingIntent::Saturation => RenderingIntent::RelativeColorimetric,
        };
        let options = TransformOptions { rendering_intent: intent, ..TransformOptions::default() };
        let transform = profile
            .create_transform_8bit(Layout::Rgba, &ColorProfile::new_srgb(), Layout::Rgb, options)
            .ok()?;
        // A profile without the tables it needs is found out here, not at the first tile.
        transform.transform(&[0; 4], &mut [0; 3]).ok()?;
        Some(Self { profile: Some(transform) })
    }

    /// Converts 8-bit inks, four a pixel, to three samples a pixel.
    pub fn to_rgb(&self, cmyk: &[u8], rgb: &mut [u8]) {
        let (inks, _) = cmyk.as_chunks::<4>();
        let (pixels, _) = rgb.as_chunks_mut::<3>();
        let count = inks.len().min(pixels.len());
        let (inks, pixels) = (&inks[..count], &mut pixels[..count]);
        if let Some(profile) = &self.profile
            && profile.transform(inks.as_flattened(), pixels.as_flattened_mut()).is_ok()
        {
            return;
        }
        for (pixel, [inks @ .., black]) in pixels.iter_mut().zip(inks) {
            *pixel = inks.map(|ink| mix(ink, *black));
        }
    }

    /// Converts 16-bit inks to 8-bit RGB: no press prints more.
    pub fn to_rgb_from_16(&self, cmyk: &[u16], rgb: &mut [u8]) {
        let mut inks = [0; 4 * STEP];
        for (from, to) in cmyk.chunks(4 * STEP).zip(rgb.chunks_mut(3 * STEP)) {
            for (ink, value) in inks.iter_mut().zip(from) {
                *ink = to_8_bits(*value);
            }
            self.to_rgb(&inks[..from.len()], to);
        }
    }
}

impl Default for Cmyk {
    fn default() -> Self {
        Self::simple()
    }
}

impl fmt::Debug for Cmyk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cmyk").field("profile", &self.profile.is_some()).finish()
    }
}

/// Exchanges no ink and all ink: Adobe's programs store inks of JPEG files inverted.
pub fn invert(inks: &mut [u8]) {
    for ink in inks {
        *ink = !*ink;
    }
}

/// What one ink and black leave of one colour, rounded.
fn mix(ink: u8, black: u8) -> u8 {
    let product = u32::from(!ink) * u32::from(!black);
    u8::try_from((product + 127) / 255).unwrap_or(u8::MAX)
}

fn to_8_bits(value: u16) -> u8 {
    u8::try_from((u32::from(value) + 128) / 257).unwrap_or(u8::MAX)
}

/// Profiles of presses have up to about 3 MB.
const LARGEST_PROFILE: usize = 8 << 20;

/// Pixels that are converted from 16 bits at a time.
const STEP: usize = 256;

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// A profile that Ghostscript brings along; `None`, with a message, when it is not there.
    fn press() -> Option<Vec<u8>> {
        let icc = fs::read("/usr/share/color/icc/ghostscript/default_cmyk.icc").ok();
        if icc.is_none() {
            eprintln!("skipped: there is no CMYK profile");
        }
        icc
    }

    fn simple(inks: [u8; 4]) -> [u8; 3] {
        let mut rgb = [9; 3];
        Cmyk::simple().to_rgb(&inks, &mut rgb);
        rgb
    }

    #[test]
    fn inks_take_their_part_of_the_light() {
        assert_eq!(simple([0, 0, 0, 0]), [255, 255, 255]);
        assert_eq!(simple([0, 0, 0, 255]), [0, 0, 0]);
        assert_eq!(simple([255, 0, 0, 0]), [0, 255, 255]);
        assert_eq!(simple([0, 255, 255, 0]), [255, 0, 0]);
        // 255 * (1 - 100/255) * (1 - 50/255) = 124.6, and so on.
        assert_eq!(simple([100, 7, 200, 50]), [125, 199, 44]);
    }

    #[test]
    fn the_formula_is_exact_for_all_inks() {
        for ink in 0..=255 {
            for black in 0..=255 {
                let exact = f64::from(255 - ink) * f64::from(255 - black) / 255.0;
                assert!((f64::from(mix(ink, black)) - exact).abs() <= 0.5, "{ink} {black}");
            }
        }
    }

    #[test]
    fn deep_inks_are_rounded_to_8_bits() {
        let mut rgb = [0; 6];
        Cmyk::simple()
            .to_rgb_from_16(&[0, 65535, 0, 0, 100 * 257, 7 * 257, 200 * 257, 50 * 257], &mut rgb);
        assert_eq!(rgb, [255, 0, 255, 125, 199, 44]);
        let many = [[0, 0, 0, 65535]; 1000];
        let mut rgb = [1; 3000];
        Cmyk::simple().to_rgb_from_16(many.as_flattened(), &mut rgb);
        assert_eq!(rgb, [0; 3000]);
    }

    #[test]
    fn parts_of_pixels_are_left_alone() {
        let mut rgb = [9; 5];
        Cmyk::simple().to_rgb(&[0; 7], &mut rgb);
        assert_eq!(rgb, [255, 255, 255, 9, 9]);
        Cmyk::simple().to_rgb(&[0; 40], &mut []);
        Cmyk::simple().to_rgb_from_16(&[0; 3], &mut rgb);
    }

    #[test]
    fn a_profile_gives_the_colours_of_little_cms() {
        let Some(icc) = press() else { return };
        let press = Cmyk::with_profile(&icc).unwrap();
        let mut rgb = [0; 3];
        for (inks, expected) in LITTLE_CMS {
            press.to_rgb(&inks, &mut rgb);
            let near = rgb.iter().zip(expected).all(|(ours, theirs)| ours.abs_diff(theirs) <= 3);
            assert!(near, "{inks:?}: {rgb:?}, not {expected:?}");
        }
    }

    #[test]
    fn damaged_profiles_are_not_used_and_do_no_harm() {
        assert!(Cmyk::with_profile(&[]).is_none());
        assert!(Cmyk::with_profile(&[0; 200]).is_none());
        assert!(Cmyk::with_profile(&vec![0; LARGEST_PROFILE + 1]).is_none());
        let Some(icc) = press() else { return };
        for len in (0..icc.len()).step_by(icc.len() / 40) {
            let _ = Cmyk::with_profile(&icc[..len]);
        }
        let mut seed = 1_u32;
        for _ in 0..60 {
            let mut icc = icc.clone();
            for _ in 0..4 {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let place = (seed >> 8) as usize % 600.min(icc.len());
                icc[place] = seed.to_le_bytes()[3];
            }
            if let Some(press) = Cmyk::with_profile(&icc) {
                press.to_rgb(&[1, 2, 3, 4, 255, 255, 255, 255], &mut [0; 6]);
            }
        }
    }

    /// Inks and their colours by Little CMS 2, relative colorimetric, black as it is.
    const LITTLE_CMS: [([u8; 4], [u8; 3]); 13] = [
        ([0, 0, 0, 0], [255, 255, 255]),
        ([255, 0, 0, 0], [0, 176, 240]),
        ([0, 255, 0, 0], [237, 39, 144]),
        ([0, 0, 255, 0], [255, 242, 21]),
        ([0, 0, 0, 255], [55, 53, 53]),
        ([255, 255, 0, 0], [63, 64, 150]),
        ([0, 255, 255, 0], [238, 51, 56]),
        ([255, 0, 255, 0], [0, 168, 90]),
        ([128, 64, 32, 16], [127, 160, 187]),
        ([30, 200, 90, 60], [176, 83, 105]),
        ([255, 255, 255, 255], [32, 31, 31]),
        ([20, 20, 20, 20], [215, 213, 212]),
        ([77, 10, 180, 5], [185, 207, 118]),
    ];
}
