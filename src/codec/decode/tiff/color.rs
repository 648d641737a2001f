//! Samples of the file to the samples everybody else works with: grey with black 0, and RGB.

use super::samples::{Sample, Stored};
use crate::codec::DecodeError;
use crate::color::cmyk::Cmyk;
use crate::color::lab::{self, Encoding};
use crate::color::ycc::YCbCr;
use crate::raster::{SampleType, Samples};

/// What is done to the samples of a pixel, alpha aside.
#[derive(Clone, Debug)]
pub(super) enum Conversion {
    /// Inks to RGB.
    Cmyk(Cmyk),
    /// White is the lowest value.
    Invert,
    /// Lightness and colour axes to RGB.
    Lab(Encoding),
    /// Nothing.
    None,
    /// Numbers of colours to RGB.
    Palette(Vec<[u8; 3]>),
    /// Luma and colour differences to RGB.
    YCbCr(YCbCr),
}

impl Conversion {
    /// Whether each channel is a sample of the file. Otherwise the colour needs all of them.
    pub(super) fn keeps_channels(&self) -> bool {
        matches!(self, Self::Invert | Self::None)
    }

    /// Type of the samples that are made of those of the file; `None` when they cannot be.
    pub(super) fn sample(&self, stored: Stored) -> Option<SampleType> {
        let sample = stored.sample();
        let bits = stored.bits;
        match (self, sample) {
            (Self::Invert | Self::None, _) => Some(sample),
            (Self::Cmyk(_), SampleType::F32) => stored.is_float().then_some(SampleType::U8),
            (Self::Cmyk(_), _) | (Self::Palette(_), SampleType::U8) => Some(SampleType::U8),
            (Self::Palette(_), SampleType::U16) => (bits == 16).then_some(SampleType::U8),
            (Self::YCbCr(_), SampleType::U8) => (bits == 8).then_some(SampleType::U8),
            (Self::Lab(_), SampleType::U8) => (bits == 8).then_some(SampleType::F32),
            (Self::Lab(_), SampleType::U16) => (bits == 16).then_some(SampleType::F32),
            (Self::Lab(_), SampleType::F32) => stored.is_float().then_some(SampleType::F32),
            (Self::Lab(_) | Self::Palette(_) | Self::YCbCr(_), _) => None,
        }
    }

    /// Converts pixels of all samples of a colour, and of an alpha behind them if there is one.
    pub(super) fn apply(
        &self,
        samples: Samples,
        alpha: bool,
        stored: Stored,
    ) -> Result<Samples, DecodeError> {
        let depth = u32::from(stored.bits.min(32));
        Ok(match (self, samples) {
            (Self::None | Self::Invert, samples) => samples,
            (Self::Cmyk(inks), Samples::U8(samples)) => {
                let (colors, alphas) = split(samples, 4, alpha);
                let mut rgb = vec![0; colors.len() / 4 * 3];
                inks.to_rgb(&colors, &mut rgb);
                Samples::U8(join(rgb, &alphas))
            }
            (Self::Cmyk(inks), Samples::U16(samples)) => deep_inks(inks, samples, alpha, |value| {
                let value = u32::from(value) << (16 - depth.min(16));
                u16::try_from(value | value >> depth).unwrap_or(u16::MAX)
            }),
            (Self::Cmyk(inks), Samples::U32(samples)) => deep_inks(inks, samples, alpha, |value| {
                u16::try_from(value >> depth.saturating_sub(16)).unwrap_or(u16::MAX)
            }),
            (Self::Cmyk(inks), Samples::F32(samples)) => {
                deep_inks(inks, samples, alpha, |value| scaled(value, 65535.0))
            }
            (Self::Lab(encoding), Samples::U8(samples)) => {
                let (colors, alphas) = split(samples, 3, alpha);
                let alphas: Vec<_> = alphas.into_iter().map(|alpha| part(alpha, 255.0)).collect();
                Samples::F32(join(lab::to_srgb_from_8(*encoding, &colors), &alphas))
            }
            (Self::Lab(encoding), Samples::U16(samples)) => {
                let (colors, alphas) = split(samples, 3, alpha);
                let alphas: Vec<_> = alphas.into_iter().map(|alpha| part(alpha, 65535.0)).collect();
                Samples::F32(join(lab::to_srgb_from_16(*encoding, &colors), &alphas))
            }
            (Self::Lab(_), Samples::F32(samples)) => {
                let (colors, alphas) = split(samples, 3, alpha);
                Samples::F32(join(lab::to_srgb_from_float(&colors), &alphas))
            }
            (Self::Palette(colors), Samples::U8(samples)) => {
                // Samples of less than 8 bits are not spread: they are numbers of colours.
                let alpha_of = |value| stored.spread(value);
                Samples::U8(look_up(colors, samples, alpha, usize::from, alpha_of))
            }
            (Self::Palette(colors), Samples::U16(samples)) => {
                let alpha_of = |value: u16| value.to_be_bytes()[0];
                Samples::U8(look_up(colors, samples, alpha, usize::from, alpha_of))
            }
            (Self::YCbCr(ycbcr), Samples::U8(samples)) => {
                let (mut colors, alphas) = split(samples, 3, alpha);
                ycbcr.to_rgb(&mut colors);
                Samples::U8(join(colors, &alphas))
            }
            (Self::Lab(_) | Self::Palette(_) | Self::YCbCr(_), _) => {
                return Err(DecodeError::Malformed("its colours are of another type".into()));
            }
        })
    }
}

/// Makes black white in interleaved rows of so many `channels`, but for those that are `kept`.
pub(super) fn invert<T: Sample>(
    samples: &mut [T],
    channels: usize,
    most: u32,
    kept: Option<usize>,
) {
    match kept {
        None => samples.iter_mut().for_each(|sample| *sample = sample.inverted(most)),
        Some(kept) => {
            for pixel in samples.chunks_exact_mut(channels.max(1)) {
                for (channel, sample) in pixel.iter_mut().enumerate() {
                    if channel != kept {
                        *sample = sample.inverted(most);
                    }
                }
            }
        }
    }
}

/// The colours of a `ColorMap`: all reds, all greens, all blues, of 16 bits each.
pub(super) fn palette(map: &[u64]) -> Vec<[u8; 3]> {
    // Writers that did not read on stored 8-bit values.
    let shift = if map.iter().all(|value| *value < 256) { 0 } else { 8 };
    let value = |value: &u64| u8::try_from(value >> shift & 0xff).unwrap_or(u8::MAX);
    let (red, rest) = map.split_at(map.len() / 3);
    let (green, blue) = rest.split_at(rest.len() / 2);
    red.iter()
        .zip(green)
        .zip(blue)
        .map(|((red, green), blue)| [value(red), value(green), value(blue)])
        .collect()
}

/// Inks of more than 8 bits; `full` brings a sample to 16 bits.
fn deep_inks<T: Copy>(
    inks: &Cmyk,
    samples: Vec<T>,
    alpha: bool,
    full: impl Fn(T) -> u16,
) -> Samples {
    let (colors, alphas) = split(samples, 4, alpha);
    let colors: Vec<_> = colors.into_iter().map(&full).collect();
    let mut rgb = vec![0; colors.len() / 4 * 3];
    inks.to_rgb_from_16(&colors, &mut rgb);
    let alphas: Vec<_> = alphas.into_iter().map(|value| full(value).to_be_bytes()[0]).collect();
    Samples::U8(join(rgb, &alphas))
}

/// Colours and alphas apart.
fn split<T: Copy>(samples: Vec<T>, colors: usize, alpha: bool) -> (Vec<T>, Vec<T>) {
    if !alpha {
        return (samples, Vec::new());
    }
    let count = samples.len() / (colors + 1);
    let (mut inks, mut alphas) = (Vec::with_capacity(count * colors), Vec::with_capacity(count));
    for pixel in samples.chunks_exact(colors + 1) {
        let (color, alpha) = pixel.split_at(colors);
        inks.extend_from_slice(color);
        alphas.extend_from_slice(alpha);
    }
    (inks, alphas)
}

/// RGB with its alphas, if there are any.
fn join<T: Copy>(rgb: Vec<T>, alphas: &[T]) -> Vec<T> {
    if alphas.is_empty() {
        return rgb;
    }
    let (pixels, _) = rgb.as_chunks::<3>();
    pixels.iter().zip(alphas).flat_map(|([r, g, b], alpha)| [*r, *g, *b, *alpha]).collect()
}

/// The colours with these numbers; black beyond the last one.
fn look_up<T: Copy>(
    colors: &[[u8; 3]],
    samples: Vec<T>,
    alpha: bool,
    number: impl Fn(T) -> usize,
    alpha_of: impl Fn(T) -> u8,
) -> Vec<u8> {
    let color = |index: T| colors.get(number(index)).copied().unwrap_or_default();
    if !alpha {
        let mut rgb = vec![0; samples.len() * 3];
        let (pixels, _) = rgb.as_chunks_mut::<3>();
        for (pixel, index) in pixels.iter_mut().zip(samples) {
            *pixel = color(index);
        }
        return rgb;
    }
    let (indices, alphas) = split(samples, 1, true);
    let alphas: Vec<_> = alphas.into_iter().map(alpha_of).collect();
    join(indices.into_iter().flat_map(color).collect(), &alphas)
}

/// An integer as a part of the most it can be.
fn part(value: impl Into<f32>, most: f32) -> f32 {
    value.into() / most
}

/// 0 to 1 as 0 to `most`.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the conversion of a float to an integer saturates"
)]
fn scaled(value: f32, most: f32) -> u16 {
    (value * most + 0.5) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn palettes_have_8_or_16_bits() {
        let deep = [0, 0x1234, 0xffff, 1, 2, 3 << 8, 0xff00, 5 << 8, 6];
        assert_eq!(palette(&deep), [[0, 0, 255], [0x12, 0, 5], [255, 3, 0]]);
        assert_eq!(palette(&[1, 2, 3, 4, 5, 255]), [[1, 3, 5], [2, 4, 255]]);
        assert!(palette(&[]).is_empty());
    }

    #[test]
    fn numbers_beyond_the_palette_are_black() {
        let palette = Conversion::Palette(vec![[1, 2, 3], [4, 5, 6]]);
        let stored = Stored::new(1, 8).unwrap();
        let rgb = palette.apply(Samples::U8(vec![1, 0, 2]), false, stored).unwrap();
        assert_eq!(rgb, Samples::U8(vec![4, 5, 6, 1, 2, 3, 0, 0, 0]));
        let rgba = palette.apply(Samples::U8(vec![1, 77, 0, 99]), true, stored).unwrap();
        assert_eq!(rgba, Samples::U8(vec![4, 5, 6, 77, 1, 2, 3, 99]));
    }

    #[test]
    fn inks_of_every_depth_are_the_same_colour() {
        let inks = Conversion::Cmyk(Cmyk::simple());
        let rgb = |samples, format, bits| {
            inks.apply(samples, true, Stored::new(format, bits).unwrap()).unwrap()
        };
        // No ink and cyan, opaque and clear.
        let expected = Samples::U8(vec![255, 255, 255, 255, 0, 255, 255, 0]);
        assert_eq!(rgb(Samples::U8(vec![0, 0, 0, 0, 255, 255, 0, 0, 0, 0]), 1, 8), expected);
        let deep = vec![0, 0, 0, 0, 4095, 4095, 0, 0, 0, 0];
        assert_eq!(rgb(Samples::U16(deep), 1, 12), expected);
        let most = u32::MAX;
        let deeper = vec![0, 0, 0, 0, most, most, 0, 0, 0, 0];
        assert_eq!(rgb(Samples::U32(deeper), 1, 32), expected);
        let float = vec![0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0];
        assert_eq!(rgb(Samples::F32(float), 3, 32), expected);
    }

    #[test]
    fn inversion_leaves_alpha_alone() {
        let mut samples = [0, 7, 1, 8, 255, 9_u8];
        invert(&mut samples, 2, 255, Some(1));
        assert_eq!(samples, [255, 7, 254, 8, 0, 9]);
        let mut samples = [0, 4095_u16];
        invert(&mut samples, 1, 4095, None);
        assert_eq!(samples, [4095, 0]);
    }
}
