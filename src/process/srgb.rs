//! Colours and greys of an ICC profile to those of sRGB.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use moxcms::{
    ColorProfile, DataColorSpace, Layout, RenderingIntent, Transform8BitExecutor, TransformOptions,
};

use super::{OpError, into_u8};
use crate::raster::{ColorSpace, Raster, Shape};

const UNSUITABLE: OpError = OpError::Unsuitable { op: "srgb" };

/// The way from the colours of a profile to sRGB. It is made once for a profile, and any number of
/// threads use it at once.
#[derive(Clone)]
pub struct IccProfile(Arc<Way>);

struct Way {
    /// Of the bytes of the profile, the same after a restart.
    hash: u64,
    kind: Kind,
}

enum Kind {
    Gray(Box<[u8; 256]>),
    Rgb(Arc<Transform8BitExecutor>),
}

/// A profile that cannot be used for these colours.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the ICC profile cannot be used")]
pub struct IccError;

impl IccProfile {
    /// Reads a profile for grey or RGB. `None` when it is that of sRGB: nothing is to be done.
    pub fn read(icc: &[u8], color: ColorSpace) -> Result<Option<Self>, IccError> {
        if icc.len() > LARGEST {
            return Err(IccError);
        }
        let profile = ColorProfile::new_from_slice(icc).map_err(|_| IccError)?;
        let kind = match (color, profile.color_space) {
            (ColorSpace::Gray, DataColorSpace::Gray) => {
                let to_rgb = transform(&profile, Layout::Gray)?;
                let mut values = [0; 256];
                for (value, number) in values.iter_mut().zip(0..=u8::MAX) {
                    *value = number;
                }
                let mut rgb = [[0; 3]; 256];
                to_rgb.transform(&values, rgb.as_flattened_mut()).map_err(|_| IccError)?;
                // Greys of any white are those of the screen's white.
                let table = rgb.map(|[_, green, _]| green);
                if values.iter().zip(&table).all(|(from, to)| from.abs_diff(*to) <= 1) {
                    return Ok(None);
                }
                Kind::Gray(table.into())
            }
            (ColorSpace::Rgb, DataColorSpace::Rgb) => {
                let to_rgb = transform(&profile, Layout::Rgb)?;
                // A profile without the tables it needs is found out here, too.
                if changes(&*to_rgb)? { Kind::Rgb(to_rgb) } else { return Ok(None) }
            }
            _ => return Err(IccError),
        };
        let mut hasher = DefaultHasher::new();
        icc.hash(&mut hasher);
        Ok(Some(Self(Arc::new(Way { hash: hasher.finish(), kind }))))
    }

    /// Whether it is one for such pixels.
    pub fn suits(&self, shape: &Shape) -> bool {
        match self.0.kind {
            Kind::Gray(_) => shape.color == ColorSpace::Gray && shape.color_channels() == 1,
            Kind::Rgb(_) => shape.color == ColorSpace::Rgb && shape.color_channels() == 3,
        }
    }
}

fn transform(
    profile: &ColorProfile,
    layout: Layout,
) -> Result<Arc<Transform8BitExecutor>, IccError> {
    let intent = match profile.rendering_intent {
        RenderingIntent::Perceptual => RenderingIntent::Perceptual,
        // White is shown as white.
        RenderingIntent::AbsoluteColorimetric
        | RenderingIntent::RelativeColorimetric
        | RenderingIntent::Saturation => RenderingIntent::RelativeColorimetric,
    };
    let srgb = ColorProfile::new_srgb();
    let with = |rendering_intent| {
        // Fixed point is off by three levels where tables meet.
        let options = TransformOptions {
            rendering_intent,
            prefer_fixed_point: false,
            ..TransformOptions::default()
        };
        profile.create_transform_8bit(layout, &srgb, Layout::Rgb, options)
    };
    // A profile without tables of its intent has those of the perceptual one (ICC.1, 8.10.2).
    with(intent).or_else(|_| with(RenderingIntent::Perceptual)).map_err(|_| IccError)
}

/// Whether any colour becomes another one, by more than rounding.
fn changes(to_rgb: &Transform8BitExecutor) -> Result<bool, IccError> {
    let steps = (0..=255).step_by(15);
    let colors: Vec<u8> = steps
        .clone()
        .flat_map(|r| steps.clone().map(move |g| (r, g)))
        .flat_map(|(r, g)| steps.clone().flat_map(move |b| [r, g, b]))
        .collect();
    let mut found = vec![0; colors.len()];
    to_rgb.transform(&colors, &mut found).map_err(|_| IccError)?;
    Ok(colors.iter().zip(&found).any(|(from, to)| from.abs_diff(*to) > 1))
}

pub(super) fn shape(input: Shape, profile: &IccProfile) -> Result<Shape, OpError> {
    if profile.suits(&input) { Ok(input) } else { Err(UNSUITABLE) }
}

/// Alpha stays as it is.
pub(super) fn convert(input: Raster, profile: &IccProfile) -> Result<Raster, OpError> {
    let (shape, mut samples) = into_u8("srgb", input)?;
    let channels = usize::from(shape.channels);
    match &profile.0.kind {
        Kind::Gray(table) => {
            for sample in samples.iter_mut().step_by(channels) {
                *sample = table[usize::from(*sample)];
            }
        }
        Kind::Rgb(to_rgb) => {
            let (mut from, mut to) = ([[0; 3]; STEP], [[0; 3]; STEP]);
            for pixels in samples.chunks_mut(channels * STEP) {
                let count = pixels.len() / channels;
                for (color, pixel) in from.iter_mut().zip(pixels.chunks_exact(channels)) {
                    *color = *pixel.first_chunk().ok_or(UNSUITABLE)?;
                }
                to_rgb
                    .transform(from[..count].as_flattened(), to[..count].as_flattened_mut())
                    .map_err(|_| UNSUITABLE)?;
                for (pixel, color) in pixels.chunks_exact_mut(channels).zip(&to) {
                    *pixel.first_chunk_mut().ok_or(UNSUITABLE)? = *color;
                }
            }
        }
    }
    Ok(Raster::new(shape, crate::raster::Samples::U8(samples))?)
}

impl fmt::Debug for IccProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IccProfile({:016x})", self.0.hash)
    }
}

impl Eq for IccProfile {}

impl PartialEq for IccProfile {
    fn eq(&self, other: &Self) -> bool {
        self.0.hash == other.0.hash
    }
}

impl Hash for IccProfile {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash.hash(state);
    }
}

/// Profiles of screens and cameras with tables have up to about 2 MB.
const LARGEST: usize = 8 << 20;

/// Pixels that are converted at a time.
const STEP: usize = 512;

#[cfg(test)]
mod tests {
    use super::super::Op;
    use super::super::tests::{gray, gray_alpha, rgb, rgba};
    use super::*;

    fn read(profile: &ColorProfile, color: ColorSpace) -> Result<Option<IccProfile>, IccError> {
        IccProfile::read(&profile.encode().unwrap(), color)
    }

    fn adobe() -> IccProfile {
        read(&ColorProfile::new_adobe_rgb(), ColorSpace::Rgb).unwrap().unwrap()
    }

    fn near(found: &Raster, expected: &[u8]) -> bool {
        let found = found.as_u8().unwrap();
        let is_near = |(one, other): (&u8, &u8)| one.abs_diff(*other) <= 2;
        found.len() == expected.len() && found.iter().zip(expected).all(is_near)
    }

    #[test]
    fn colours_are_those_of_little_cms() {
        let from: Vec<u8> = ADOBE.iter().flat_map(|(from, _)| *from).collect();
        let to: Vec<u8> = ADOBE.iter().flat_map(|(_, to)| *to).collect();
        let count = u32::try_from(ADOBE.len()).unwrap();
        let found = Op::Srgb(adobe()).apply(rgb(count, 1, &from)).unwrap();
        assert!(near(&found, &to), "{found:?}");
    }

    #[test]
    fn long_rows_and_opacity() {
        let count = u32::try_from(STEP).unwrap() * 2 + 7;
        let pixels = |alpha: bool| -> Vec<u8> {
            let pixel = |i: u32| {
                let (from, _) = ADOBE[i as usize % ADOBE.len()];
                let alpha = alpha.then_some(u8::try_from(i % 251).unwrap());
                from.into_iter().chain(alpha)
            };
            (0..count).flat_map(pixel).collect()
        };
        let opaque = Op::Srgb(adobe()).apply(rgb(count, 1, &pixels(false))).unwrap();
        let found = Op::Srgb(adobe()).apply(rgba(count, 1, &pixels(true))).unwrap();
        let (found, _) = found.as_u8().unwrap().as_chunks::<4>();
        let (opaque, _) = opaque.as_u8().unwrap().as_chunks::<3>();
        for (i, ([r, g, b, alpha], expected)) in found.iter().zip(opaque).enumerate() {
            assert_eq!(([*r, *g, *b], usize::from(*alpha)), (*expected, i % 251));
        }
    }

    #[test]
    fn greys_of_a_gamma_become_those_of_srgb() {
        // A linear scale of greys: IEC 61966-2-1 turns it into code values.
        let profile = ColorProfile::new_gray_with_gamma(1.0);
        let profile = read(&profile, ColorSpace::Gray).unwrap().unwrap();
        let expected = |value: u8| {
            let light = f64::from(value) / 255.0;
            let code = if light <= 0.003_130_8 {
                12.92 * light
            } else {
                1.055 * light.powf(1.0 / 2.4) - 0.055
            };
            (code * 255.0).round()
        };
        let values: Vec<u8> = (0..=255).collect();
        let found = Op::Srgb(profile.clone()).apply(gray(256, 1, &values)).unwrap();
        for (value, found) in values.iter().zip(found.as_u8().unwrap()) {
            assert!((f64::from(*found) - expected(*value)).abs() <= 2.0, "{value}: {found}");
        }
        let found = Op::Srgb(profile).apply(gray_alpha(2, 1, &[0, 9, 255, 8])).unwrap();
        assert_eq!(found, gray_alpha(2, 1, &[0, 9, 255, 8]));
    }

    #[test]
    fn srgb_is_left_alone() {
        assert_eq!(read(&ColorProfile::new_srgb(), ColorSpace::Rgb), Ok(None));
    }

    #[test]
    fn profiles_of_other_colours_and_damaged_ones_are_refused() {
        let icc = ColorProfile::new_adobe_rgb().encode().unwrap();
        for color in [ColorSpace::Gray, ColorSpace::Cmyk, ColorSpace::Multiband] {
            assert_eq!(IccProfile::read(&icc, color), Err(IccError));
        }
        let shape = gray(1, 1, &[0]).shape();
        assert_eq!(Op::Srgb(adobe()).shape(shape), Err(OpError::Unsuitable { op: "srgb" }));
        assert_eq!(IccProfile::read(&[], ColorSpace::Rgb), Err(IccError));
        assert_eq!(IccProfile::read(&vec![0; LARGEST + 1], ColorSpace::Rgb), Err(IccError));
        for len in 0..icc.len() {
            let _ = IccProfile::read(&icc[..len], ColorSpace::Rgb);
        }
        let mut seed = 1_u32;
        for _ in 0..200 {
            let mut icc = icc.clone();
            for _ in 0..4 {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let place = (seed >> 8) as usize % icc.len();
                icc[place] = seed.to_le_bytes()[3];
            }
            if let Ok(Some(profile)) = IccProfile::read(&icc, ColorSpace::Rgb) {
                Op::Srgb(profile).apply(rgb(2, 1, &[0, 1, 2, 255, 254, 128])).unwrap();
            }
        }
    }

    #[test]
    fn equal_profiles_are_equal() {
        assert_eq!(adobe(), adobe());
        let other = read(&ColorProfile::new_pro_photo_rgb(), ColorSpace::Rgb).unwrap().unwrap();
        assert_ne!(adobe(), other);
    }

    /// Colours of Adobe RGB (1998) and what Little CMS 2 makes of them in sRGB.
    const ADOBE: [([u8; 3], [u8; 3]); 8] = [
        ([0, 0, 0], [0, 0, 0]),
        ([255, 255, 255], [255, 255, 255]),
        ([255, 0, 0], [255, 0, 0]),
        ([0, 0, 255], [0, 0, 255]),
        ([128, 128, 128], [129, 129, 129]),
        ([200, 100, 50], [227, 100, 42]),
        ([60, 150, 90], [0, 151, 86]),
        ([17, 34, 51], [0, 28, 48]),
    ];
}
