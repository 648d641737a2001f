//! Planes of components to a raster of interleaved channels.

use super::block::Plane;
use super::grid::Grid;
use super::header::Palette;
use super::meaning::{Channel, Lab, Meaning, Model, full};
use crate::color::lab;
use crate::image::Bands;
use crate::raster::{Alpha, SampleType, Samples};

/// Planes, and the pixels that are made from them.
#[derive(Debug)]
pub(super) struct Block<'a> {
    /// One for each of `components`.
    pub(super) planes: &'a [Plane],
    pub(super) components: &'a [u16],
    pub(super) grid: &'a Grid,
    /// Pixels of the level, counted from the origin of the reference grid.
    pub(super) x: (u32, u32),
    pub(super) y: (u32, u32),
    pub(super) palette: Option<&'a Palette>,
}

impl Block<'_> {
    /// The bands that are wanted, interleaved.
    pub(super) fn samples(&self, meaning: &Meaning, bands: &Bands) -> Samples {
        let count = u16::try_from(meaning.served()).unwrap_or(u16::MAX);
        let bands: Vec<_> = bands.numbers(count).map(usize::from).collect();
        if matches!(meaning.model, Model::AsIs | Model::Inverted) {
            let channels: Vec<_> =
                bands.iter().filter_map(|band| meaning.channels.get(*band).copied()).collect();
            return self.plain(meaning, &channels);
        }
        if let Model::Lab(code) = &meaning.model {
            return Samples::F32(chosen(self.lab(meaning, code), meaning.served(), &bands));
        }
        match meaning.sample {
            SampleType::U8 => Samples::U8(chosen(self.mixed_8(meaning), meaning.served(), &bands)),
            _ => Samples::U16(chosen(self.mixed_16(meaning), meaning.served(), &bands)),
        }
    }

    /// All channels of the file as numbers, interleaved.
    pub(super) fn numbers(&self, channels: &[Channel]) -> Vec<i32> {
        let mut out = vec![0; self.pixels() * channels.len()];
        for (index, channel) in channels.iter().enumerate() {
            self.fill(&mut out, channels.len(), index, *channel, |value| value);
        }
        out
    }

    /// Channels whose values need no others.
    fn plain(&self, meaning: &Meaning, channels: &[Channel]) -> Samples {
        let count = channels.len();
        let total = self.pixels() * count;
        let inverted = matches!(meaning.model, Model::Inverted);
        match meaning.sample {
            SampleType::U8 => {
                let mut out = vec![0; total];
                for (index, channel) in channels.iter().enumerate() {
                    let flip = if inverted && !is_alpha(meaning, channel) { 255 } else { 0 };
                    let table = table(*channel);
                    let look_up = |value| flip ^ entry(&table, position(value, *channel));
                    self.fill(&mut out, count, index, *channel, look_up);
                }
                Samples::U8(out)
            }
            SampleType::F32 => {
                let mut out = vec![0.0; total];
                for (index, channel) in channels.iter().enumerate() {
                    self.fill(&mut out, count, index, *channel, number);
                }
                Samples::F32(out)
            }
            SampleType::U16 | SampleType::U32 => {
                let mut out = vec![0; total];
                for (index, channel) in channels.iter().enumerate() {
                    let flip = if inverted && !is_alpha(meaning, channel) {
                        low(spread(
                            u32::MAX >> (32 - u32::from(channel.bits)),
                            channel.bits,
                            meaning.bits,
                        ))
                    } else {
                        0
                    };
                    let value = |value| {
                        flip ^ low(spread(position(value, *channel), channel.bits, meaning.bits))
                    };
                    self.fill(&mut out, count, index, *channel, value);
                }
                Samples::U16(out)
            }
        }
    }

    /// Colours of 8 bits that become others.
    fn mixed_8(&self, meaning: &Meaning) -> Vec<u8> {
        let served = meaning.served();
        let alpha = usize::from(meaning.alpha != Alpha::None);
        let colors = meaning.channels.len() - alpha;
        let mut stored = vec![0; self.pixels() * colors];
        for (index, channel) in meaning.channels.iter().take(colors).enumerate() {
            let table = table(*channel);
            let value = |value| entry(&table, position(value, *channel));
            self.fill(&mut stored, colors, index, *channel, value);
        }
        let mut rgb = match &meaning.model {
            Model::Cmyk(cmyk) => {
                let mut rgb = vec![0; self.pixels() * 3];
                cmyk.to_rgb(&stored, &mut rgb);
                rgb
            }
            Model::YCbCr(ycc) => {
                ycc.to_rgb(&mut stored);
                stored
            }
            Model::AsIs | Model::Inverted | Model::Lab(_) => stored,
        };
        if let (1, Some(channel)) = (alpha, meaning.channels.last()) {
            rgb = widened(&rgb);
            let table = table(*channel);
            let value = |value| entry(&table, position(value, *channel));
            self.fill(&mut rgb, served, served - 1, *channel, value);
        }
        rgb
    }

    /// Deeper colours that become others.
    fn mixed_16(&self, meaning: &Meaning) -> Vec<u16> {
        let served = meaning.served();
        let bits = meaning.served_bits();
        let mut rgb = vec![0; self.pixels() * 3];
        for (index, channel) in meaning.channels.iter().take(3).enumerate() {
            let value = |value| low(spread(position(value, *channel), channel.bits, bits));
            self.fill(&mut rgb, 3, index, *channel, value);
        }
        deep_ycc(&mut rgb, bits);
        if let (true, Some(channel)) = (meaning.alpha != Alpha::None, meaning.channels.last()) {
            rgb = widened(&rgb);
            let value = |value| low(spread(position(value, *channel), channel.bits, bits));
            self.fill(&mut rgb, served, served - 1, *channel, value);
        }
        rgb
    }

    /// Lightness and colour axes as sRGB of 0 to 1.
    fn lab(&self, meaning: &Meaning, Lab(code): &Lab) -> Vec<f32> {
        let channels = meaning.channels.get(..3).unwrap_or_default();
        let values = self.numbers(channels);
        let (pixels, _) = values.as_chunks::<3>();
        let srgb = |pixel: &[i32; 3]| {
            let mut color = [0.0; 3];
            for (((to, value), channel), (range, offset)) in
                color.iter_mut().zip(pixel).zip(channels).zip(code)
            {
                let value = number(position(*value, *channel).cast_signed());
                *to = range * (value - offset) / full(channel.bits);
            }
            lab::to_srgb(color)
        };
        let mut rgb: Vec<_> = pixels.iter().flat_map(srgb).collect();
        if let (true, Some(channel)) = (meaning.alpha != Alpha::None, meaning.channels.last()) {
            let served = meaning.served();
            rgb = widened(&rgb);
            let part = |value| number(position(value, *channel).cast_signed()) / full(channel.bits);
            self.fill(&mut rgb, served, served - 1, *channel, part);
        }
        rgb
    }

    fn pixels(&self) -> usize {
        (self.x.1 - self.x.0) as usize * (self.y.1 - self.y.0) as usize
    }

    /// Puts the values of a channel to every `count`th place from `index` on.
    fn fill<T>(
        &self,
        out: &mut [T],
        count: usize,
        index: usize,
        channel: Channel,
        convert: impl Fn(i32) -> T,
    ) {
        let found = self.components.binary_search(&channel.component);
        let Some(plane) = found.ok().and_then(|found| self.planes.get(found)) else { return };
        let columns = self.grid.x.cover(self.x, plane.component.step.0, plane.x);
        let rows = self.grid.y.cover(self.y, plane.component.step.1, plane.y);
        let width = (plane.x.1 - plane.x.0) as usize;
        let direct = columns.iter().enumerate().all(|(pixel, sample)| pixel == *sample);
        let row_length = columns.len() * count;
        if row_length == 0 || columns.is_empty() {
            return;
        }
        for (to, row) in out.chunks_exact_mut(row_length).zip(rows) {
            let start = row * width;
            let Some(from) = plane.data.get(start..start + width) else { return };
            let to = to.iter_mut().skip(index).step_by(count);
            match (self.palette, channel.column) {
                (Some(palette), Some(column)) => {
                    for (to, sample) in to.zip(&columns) {
                        let value = from.get(*sample).copied().unwrap_or(0);
                        *to = convert(palette.value(value, column));
                    }
                }
                _ if direct => {
                    for (to, value) in to.zip(from) {
                        *to = convert(*value);
                    }
                }
                _ => {
                    for (to, sample) in to.zip(&columns) {
                        *to = convert(from.get(*sample).copied().unwrap_or(0));
                    }
                }
            }
        }
    }
}

/// A value as a number of its bits from 0 on.
fn position(value: i32, channel: Channel) -> u32 {
    let top = i32::MAX >> (31 - u32::from(channel.bits.clamp(1, 31)));
    let offset = if channel.signed { 1 << (channel.bits.clamp(1, 31) - 1) } else { 0 };
    value.saturating_add(offset).clamp(0, top).cast_unsigned()
}

/// Repeats the bits of a value until there are enough of them, or leaves the lowest out.
fn spread(value: u32, from: u8, to: u8) -> u32 {
    if from >= to {
        return value >> (from - to);
    }
    let (mut out, mut left) = (0, to);
    while left >= from {
        left -= from;
        out |= value << left;
    }
    out | (value >> (from - left))
}

/// Values of a channel as 8 bits; only the highest bits of deeper ones count.
fn table(channel: Channel) -> Vec<u8> {
    (0..=u32::MAX >> (32 - u32::from(channel.bits.clamp(1, 16))))
        .map(|value| u8::try_from(spread(value, channel.bits, 8)).unwrap_or(u8::MAX))
        .collect()
}

fn entry(table: &[u8], value: u32) -> u8 {
    table.get(value as usize).copied().unwrap_or(u8::MAX)
}

fn low(value: u32) -> u16 {
    u16::try_from(value).unwrap_or(u16::MAX)
}

#[expect(clippy::cast_precision_loss, reason = "samples have at most 16 bits")]
fn number(value: i32) -> f32 {
    value as f32
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the conversion of a float to an integer saturates"
)]
fn word(value: f32) -> u16 {
    (value + 0.5) as u16
}

/// sYCC of more than 8 bits to RGB (IEC 61966-2-1, annex F).
fn deep_ycc(pixels: &mut [u16], bits: u8) {
    let (top, half) = (full(bits), 2_f32.powi(i32::from(bits) - 1));
    let (pixels, _) = pixels.as_chunks_mut::<3>();
    for pixel in pixels {
        let [y, cb, cr] = pixel.map(f32::from);
        let (cb, cr) = (cb - half, cr - half);
        let rgb = [y + 1.402 * cr, y - 0.344_136 * cb - 0.714_136 * cr, y + 1.772 * cb];
        *pixel = rgb.map(|value| word(value.clamp(0.0, top)));
    }
}

/// Makes room for alpha behind each colour.
fn widened<T: Copy + Default>(rgb: &[T]) -> Vec<T> {
    let (pixels, _) = rgb.as_chunks::<3>();
    pixels.iter().flat_map(|[red, green, blue]| [*red, *green, *blue, T::default()]).collect()
}

/// Some bands of interleaved ones.
fn chosen<T: Copy>(samples: Vec<T>, count: usize, bands: &[usize]) -> Vec<T> {
    if bands.len() == count {
        return samples;
    }
    let pixels = samples.chunks_exact(count.max(1));
    pixels.flat_map(|pixel| bands.iter().filter_map(|band| pixel.get(*band).copied())).collect()
}

fn is_alpha(meaning: &Meaning, channel: &Channel) -> bool {
    meaning.alpha != Alpha::None && meaning.channels.last() == Some(channel)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_repeated() {
        let spread_8 = |value, bits| spread(value, bits, 8);
        assert_eq!([spread_8(0, 1), spread_8(1, 1)], [0, 255]);
        assert_eq!([spread_8(1, 2), spread_8(2, 2), spread_8(3, 2)], [85, 170, 255]);
        assert_eq!([spread_8(5, 4), spread_8(15, 4)], [0x55, 255]);
        // 100001 is 10000110.
        assert_eq!(spread_8(0b10_0001, 6), 0b1000_0110);
        assert_eq!([spread(0xfff, 12, 16), spread(0x800, 12, 16)], [0xffff, 0x8008]);
        assert_eq!(spread(0x1234, 16, 12), 0x123);
    }

    #[test]
    fn signed_values_are_moved_up() {
        let channel = Channel { component: 0, column: None, bits: 4, signed: true };
        assert_eq!([-8, 0, 7, 99].map(|value| position(value, channel)), [0, 8, 15, 15]);
        let channel = Channel { signed: false, ..channel };
        assert_eq!([-8, 0, 15, 99].map(|value| position(value, channel)), [0, 0, 15, 15]);
    }

    #[test]
    fn deep_ycc_becomes_rgb() {
        // White, black and the red of the first primary at 12 bits.
        let mut pixels = [4095, 2048, 2048, 0, 2048, 2048, 1224, 1357, 4095];
        deep_ycc(&mut pixels, 12);
        assert_eq!(pixels[..6], [4095, 4095, 4095, 0, 0, 0]);
        assert!(pixels[6] > 4090 && pixels[7] < 4 && pixels[8] < 4, "{pixels:?}");
    }
}
