//! A mark on pictures: the name or the logo of a house.
//!
//! A mark with opacity lies over the picture. One without is added to it, so that its black parts
//! show nothing. Pictures of one colour take the luminance of the mark; the opacity of a picture
//! stays as it is.
//!
//! Where a mark lies is drawn from a seed, not by chance: a picture with the same seed has it at
//! the same place each time, in every cache and on every machine.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::{Op, OpError};
use crate::raster::{Alpha, ColorSpace, Layout, Raster, SampleType, Samples, Shape};

/// A part of a whole.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Share(u16);

impl Share {
    /// Nothing of it.
    pub const NONE: Self = Self(0);

    /// All of it.
    pub const ALL: Self = Self(u16::MAX);

    /// The nearest there is to a number from 0 to 1.
    pub fn new(part: f64) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the number is from 0 to 65,535"
        )]
        Self((part.clamp(0.0, 1.0) * f64::from(u16::MAX)).round() as u16)
    }

    fn value(self) -> f32 {
        f32::from(self.0) / f32::from(u16::MAX)
    }

    /// Whether a number that was drawn lies in it.
    fn holds(self, drawn: u64) -> bool {
        drawn % u64::from(u16::MAX) < u64::from(self.0)
    }
}

/// A mark, and how it is put on pictures.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Watermark {
    /// The mark.
    pub mark: Mark,
    /// Share of tiles, or of squares of larger pictures, that have it.
    pub probability: Share,
}

/// A small picture. Cheap to clone.
#[derive(Clone)]
pub struct Mark {
    width: u32,
    height: u32,
    pixels: Arc<[Pixel]>,
    over: bool,
    /// Of all of the above, so that plans are compared by one number.
    fingerprint: u64,
}

/// Colour, luminance, and how much of them is laid over the picture.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
struct Pixel {
    color: [u8; 3],
    gray: u8,
    weight: u8,
}

impl Mark {
    /// A mark of a decoded picture: of its first three channels or of the first, each from the
    /// lowest to the highest value given, and of its opacity.
    pub fn new(picture: &Raster, ranges: &[(f32, f32)], opacity: Share) -> Result<Self, OpError> {
        let shape = picture.shape();
        let channels = usize::from(shape.channels);
        if shape.layout != Layout::Interleaved || channels == 0 {
            return Err(OpError::Unsuitable { op: "watermark" });
        }
        let over = shape.alpha != Alpha::None;
        let colors = if shape.color_channels() < 3 { [0; 3] } else { [0, 1, 2] };
        let part = |pixel: &[f32], channel: usize| {
            let (min, max) = ranges.get(channel).copied().unwrap_or((0.0, 1.0));
            let value = pixel.get(channel).map_or(0.0, |value| (value - min) / (max - min));
            if value.is_nan() { 0.0 } else { value.clamp(0.0, 1.0) }
        };
        let (mut marks, mut weights) = (Vec::new(), Vec::new());
        for pixel in floats(picture.samples()).chunks_exact(channels) {
            let alpha = if over { part(pixel, channels - 1) } else { 1.0 };
            // What is added is weaker, what lies over the picture covers less of it.
            let (strength, weight) =
                if over { (1.0, alpha * opacity.value()) } else { (opacity.value(), 1.0) };
            marks.extend(colors.map(|channel| {
                let color = part(pixel, channel);
                let multiplied = shape.alpha == Alpha::Premultiplied && alpha > 0.0;
                let color = if multiplied { (color / alpha).min(1.0) } else { color };
                byte(color * strength)
            }));
            weights.push(byte(weight));
        }
        let rgb = Shape::new(shape.width, shape.height, 3, SampleType::U8, ColorSpace::Rgb);
        let marks = Raster::new(rgb, Samples::U8(marks))?;
        let gray = Op::Gray.apply(&marks)?;
        let colors = marks.as_u8().unwrap_or_default().as_chunks().0;
        let grays = gray.as_u8().unwrap_or_default();
        let pixels = colors.iter().zip(grays).zip(weights);
        let pixels =
            pixels.map(|((color, gray), weight)| Pixel { color: *color, gray: *gray, weight });
        Ok(Self::of(shape.width, shape.height, pixels.collect(), over))
    }

    fn of(width: u32, height: u32, pixels: Arc<[Pixel]>, over: bool) -> Self {
        // A hash that is the same in every process.
        let colors = pixels.iter().map(|pixel| {
            let [red, green, blue] = pixel.color;
            u64::from(u32::from_be_bytes([red, green, blue, pixel.weight]))
        });
        let head = mix(u64::from(width) << 32 | u64::from(height)) ^ u64::from(over);
        let fingerprint = colors.fold(head, |hash, pixel| mix(hash ^ pixel));
        Self { width, height, pixels, over, fingerprint }
    }

    fn row(&self, y: u32, width: u32) -> &[Pixel] {
        let start = y as usize * self.width as usize;
        self.pixels.get(start..start + width as usize).unwrap_or_default()
    }
}

impl std::fmt::Debug for Mark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Mark({}x{} {:016x})", self.width, self.height, self.fingerprint)
    }
}

impl PartialEq for Mark {
    fn eq(&self, other: &Self) -> bool {
        let facts = |mark: &Self| (mark.width, mark.height, mark.over, mark.fingerprint);
        facts(self) == facts(other)
    }
}

impl Eq for Mark {}

impl Hash for Mark {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.fingerprint.hash(state);
    }
}

/// A number for places to be drawn from, of an image and a place in it.
pub fn seed(size: (u32, u32), level: u8, place: (u32, u32)) -> u64 {
    let pair = |(first, second): (u32, u32)| u64::from(first) << 32 | u64::from(second);
    mix(mix(mix(pair(size)) ^ u64::from(level)) ^ pair(place))
}

pub(super) fn shape(input: Shape) -> Result<Shape, OpError> {
    let kernel = matches!(input.sample, SampleType::F32 | SampleType::U16 | SampleType::U8);
    if !kernel || input.layout != Layout::Interleaved || input.alpha == Alpha::Premultiplied {
        return Err(OpError::Unsuitable { op: "watermark" });
    }
    Ok(input)
}

/// Marks each square of the picture, or all of it as one when `side` is 0.
pub(super) fn watermark(
    input: Raster,
    watermark: &Watermark,
    side: u32,
    seed: u64,
) -> Result<Raster, OpError> {
    let (shape, mut samples) = input.into_parts();
    let fits = shape.width.max(shape.height) <= side;
    let side = if side == 0 || fits { u32::MAX } else { side };
    for top in (0..shape.height).step_by(side as usize) {
        for left in (0..shape.width).step_by(side as usize) {
            let draw = mix(seed ^ mix(u64::from(left) << 32 | u64::from(top)));
            if !watermark.probability.holds(draw) {
                continue;
            }
            let mark = &watermark.mark;
            let (width, height) = (side.min(shape.width - left), side.min(shape.height - top));
            let x = drawn(mix(draw), width.saturating_sub(mark.width));
            let y = drawn(mix(mix(draw)), height.saturating_sub(mark.height));
            let part = (width.min(mark.width), height.min(mark.height));
            lay(&mut samples, &shape, mark, (left + x, top + y), part)?;
        }
    }
    Ok(Raster::new(shape, samples)?)
}

/// Puts the upper left part of a mark of this size at a place, where it is within the picture.
fn lay(
    samples: &mut Samples,
    shape: &Shape,
    mark: &Mark,
    (x, y): (u32, u32),
    (width, height): (u32, u32),
) -> Result<(), OpError> {
    let channels = usize::from(shape.channels);
    let stride = shape.width as usize * channels;
    for line in 0..height {
        let start = (y + line) as usize * stride + x as usize * channels;
        let row = mark.row(line, width);
        let range = start..start + row.len() * channels;
        match samples {
            Samples::U8(samples) => {
                let samples = samples.get_mut(range).unwrap_or_default();
                if mark.over {
                    blend(samples, row, shape, |old, new, weight| cover(old, new, weight, 1));
                } else {
                    blend(samples, row, shape, |old, new, _| old.saturating_add(new));
                }
            }
            Samples::U16(samples) => {
                let samples = samples.get_mut(range).unwrap_or_default();
                if mark.over {
                    blend(samples, row, shape, |old, new, weight| cover(old, new, weight, 257));
                } else {
                    let white = |new| u16::from(new) * 257;
                    blend(samples, row, shape, |old, new, _| old.saturating_add(white(new)));
                }
            }
            Samples::F32(samples) => {
                let samples = samples.get_mut(range).unwrap_or_default();
                let part = |byte| f32::from(byte) / 255.0;
                if mark.over {
                    blend(samples, row, shape, |old, new, weight| {
                        old + (part(new) - old) * part(weight)
                    });
                } else {
                    blend(samples, row, shape, |old, new, _| (old + part(new)).min(1.0));
                }
            }
            Samples::U32(_) => return Err(OpError::Unsuitable { op: "watermark" }),
        }
    }
    Ok(())
}

/// Changes the colours of a row of pixels: `with` gets a sample, that of the mark, and its weight.
fn blend<T: Copy>(samples: &mut [T], row: &[Pixel], shape: &Shape, with: impl Fn(T, u8, u8) -> T) {
    let colors = usize::from(shape.color_channels());
    let is_color = shape.color == ColorSpace::Rgb && colors == 3;
    for (pixel, mark) in samples.chunks_exact_mut(usize::from(shape.channels)).zip(row) {
        let mark_colors = if is_color { mark.color } else { [mark.gray; 3] };
        let gray = std::iter::repeat(mark.gray);
        for (sample, color) in
            pixel.iter_mut().take(colors).zip(mark_colors.into_iter().chain(gray))
        {
            *sample = with(*sample, color, mark.weight);
        }
    }
}

/// What is seen of a sample under a mark. A byte of the mark is so many times as much as one of
/// the sample.
fn cover<T: Copy + Into<u32> + TryFrom<u32>>(old: T, new: u8, weight: u8, scale: u32) -> T {
    let (new, weight) = (u32::from(new) * scale, u32::from(weight));
    let mixed = (old.into() * (255 - weight) + new * weight + 127) / 255;
    T::try_from(mixed).unwrap_or(old)
}

/// A number from 0 to `most`.
fn drawn(random: u64, most: u32) -> u32 {
    u32::try_from(random % (u64::from(most) + 1)).unwrap_or(0)
}

/// A number that looks unlike the one given: the finisher of `SplitMix64`.
fn mix(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ number >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ number >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ number >> 31
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the part is from 0 to 1"
)]
fn byte(part: f32) -> u8 {
    (part * 255.0).round() as u8
}

#[expect(clippy::cast_precision_loss, reason = "eight bits of it are used")]
fn floats(samples: &Samples) -> Vec<f32> {
    match samples {
        Samples::F32(samples) => samples.clone(),
        Samples::U8(samples) => samples.iter().copied().map(f32::from).collect(),
        Samples::U16(samples) => samples.iter().copied().map(f32::from).collect(),
        Samples::U32(samples) => samples.iter().map(|sample| *sample as f32).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Op;
    use super::super::tests::{gray, gray_alpha, rgb, rgba};
    use super::*;

    const FULL: [(f32, f32); 4] = [(0.0, 255.0); 4];

    fn op(mark: Mark, probability: Share, side: u32, seed: u64) -> Op {
        Op::Watermark { watermark: Watermark { mark, probability }, side, seed }
    }

    /// A picture with a mark that covers it.
    fn marked(picture: Raster, mark: &Raster, opacity: f64) -> Raster {
        let mark = Mark::new(mark, &FULL, Share::new(opacity)).unwrap();
        op(mark, Share::ALL, 0, 1).apply(picture).unwrap()
    }

    #[test]
    fn a_mark_without_opacity_is_added_up_to_white() {
        let picture = || rgb(2, 1, &[10, 20, 30, 200, 200, 200]);
        let mark = rgb(2, 1, &[100, 0, 50, 100, 50, 0]);
        assert_eq!(marked(picture(), &mark, 1.0), rgb(2, 1, &[110, 20, 80, 255, 250, 200]));
        assert_eq!(marked(picture(), &mark, 0.5), rgb(2, 1, &[60, 20, 55, 250, 225, 200]));
        assert_eq!(marked(picture(), &mark, 0.0), picture());
    }

    #[test]
    fn a_mark_with_opacity_lies_over_the_picture() {
        let picture = || rgb(3, 1, &[100; 9]);
        let mark = rgba(3, 1, &[0, 0, 0, 255, 200, 0, 100, 51, 255, 255, 255, 0]);
        // A fifth of the mark and four fifths of the picture.
        let expected = rgb(3, 1, &[0, 0, 0, 120, 80, 100, 100, 100, 100]);
        assert_eq!(marked(picture(), &mark, 1.0), expected);
        // Half of all: 128 of 255, and 26.
        let expected = rgb(3, 1, &[50, 50, 50, 110, 90, 100, 100, 100, 100]);
        assert_eq!(marked(picture(), &mark, 0.5), expected);
    }

    #[test]
    fn the_opacity_of_a_picture_stays_and_grey_takes_luminance() {
        let white = rgb(1, 1, &[100, 100, 100]);
        let picture = rgba(1, 1, &[1, 2, 3, 77]);
        assert_eq!(marked(picture, &white, 1.0), rgba(1, 1, &[101, 102, 103, 77]));
        // Rec. 601: 0.587 of 200, truncated.
        let green = rgb(1, 1, &[0, 200, 0]);
        assert_eq!(marked(gray(1, 1, &[9]), &green, 1.0), gray(1, 1, &[126]));
        assert_eq!(marked(gray_alpha(1, 1, &[9, 5]), &green, 1.0), gray_alpha(1, 1, &[126, 5]));
        let bright = gray(1, 1, &[40]);
        assert_eq!(marked(rgb(1, 1, &[1, 2, 3]), &bright, 1.0), rgb(1, 1, &[41, 42, 43]));
    }

    #[test]
    fn wider_samples_take_the_mark_in_their_own_scale() {
        let shape = Shape::new(1, 1, 1, SampleType::U16, ColorSpace::Gray);
        let deep = |value| Raster::new(shape, Samples::U16(vec![value])).unwrap();
        let on = |picture: Raster, mark: &Raster| {
            let mark = Mark::new(mark, &FULL, Share::ALL).unwrap();
            watermark(picture, &Watermark { mark, probability: Share::ALL }, 0, 1).unwrap()
        };
        assert_eq!(on(deep(1000), &gray(1, 1, &[10])), deep(1000 + 2570));
        assert_eq!(on(deep(60_000), &gray(1, 1, &[255])), deep(65_535));
        // 51 of 255 are a fifth.
        assert_eq!(on(deep(1000), &gray_alpha(1, 1, &[255, 51])), deep(800 + 13_107));
        let float = Shape { sample: SampleType::F32, ..shape };
        let float = |value| Raster::new(float, Samples::F32(vec![value])).unwrap();
        assert_eq!(on(float(0.25), &gray(1, 1, &[51])), float(0.25 + 0.2));
        assert_eq!(on(float(0.5), &gray_alpha(1, 1, &[255, 51])), float(0.6));
    }

    #[test]
    fn marks_are_made_of_samples_of_any_kind() {
        let shape = Shape::new(1, 1, 1, SampleType::F32, ColorSpace::Gray);
        let picture = Raster::new(shape, Samples::F32(vec![3.0])).unwrap();
        let mark = Mark::new(&picture, &[(1.0, 6.0)], Share::ALL).unwrap();
        // Two fifths of the range.
        assert_eq!(mark.pixels[0], Pixel { color: [102; 3], gray: 102, weight: 255 });
        let nothing = Raster::new(shape, Samples::F32(vec![f32::NAN])).unwrap();
        let mark = Mark::new(&nothing, &[(1.0, 6.0)], Share::ALL).unwrap();
        assert_eq!(mark.pixels[0].color, [0; 3]);
        let shape = Shape::new(1, 1, 5, SampleType::U16, ColorSpace::Multiband);
        let bands = Raster::new(shape, Samples::U16(vec![1, 2, 4, 9, 9])).unwrap();
        let mark = Mark::new(&bands, &[(0.0, 5.0); 5], Share::ALL).unwrap();
        assert_eq!(mark.pixels[0].color, [51, 102, 204]);
        // Colours that were multiplied by an opacity of a half.
        let shape = rgba(1, 1, &[0; 4]).shape();
        let shape = Shape { alpha: Alpha::Premultiplied, ..shape };
        let half = Raster::new(shape, Samples::U8(vec![102, 51, 0, 102])).unwrap();
        let mark = Mark::new(&half, &FULL, Share::ALL).unwrap();
        assert_eq!((mark.pixels[0].color, mark.pixels[0].weight), ([255, 128, 0], 102));
    }

    /// Places of a white pixel in a black picture.
    fn places(width: u32, height: u32, side: u32, probability: f64, seed: u64) -> Vec<(u32, u32)> {
        let picture = gray(width, height, &vec![0; (width * height) as usize]);
        let mark = Mark::new(&gray(1, 1, &[255]), &FULL, Share::ALL).unwrap();
        let marked = op(mark, Share::new(probability), side, seed).apply(picture).unwrap();
        let samples = marked.as_u8().unwrap().to_vec();
        let white = (0..).zip(samples).filter(|(_, sample)| *sample == 255);
        white.map(|(number, _)| (number % width, number / width)).collect()
    }

    #[test]
    fn each_square_has_one_mark_at_a_place_that_stays() {
        let found = places(100, 70, 30, 1.0, 5);
        assert_eq!(found, places(100, 70, 30, 1.0, 5));
        assert_ne!(found, places(100, 70, 30, 1.0, 6));
        let mut squares: Vec<_> = found.iter().map(|(x, y)| (y / 30, x / 30)).collect();
        squares.sort_unstable();
        let expected: Vec<_> = (0..3).flat_map(|y| (0..4).map(move |x| (y, x))).collect();
        assert_eq!(squares, expected);
        // A picture that is one square, and one that is taken as a whole.
        assert_eq!(places(30, 20, 30, 1.0, 5).len(), 1);
        assert_eq!(places(100, 70, 0, 1.0, 5).len(), 1);
        // All places of a picture are drawn at some time.
        let all: std::collections::BTreeSet<_> =
            (0..200).flat_map(|seed| places(3, 2, 0, 1.0, seed)).collect();
        assert_eq!(all.len(), 6);
    }

    #[test]
    fn a_share_of_the_squares_is_marked() {
        assert_eq!(places(64, 64, 1, 0.0, 9).len(), 0);
        assert_eq!(places(64, 64, 1, 1.0, 9).len(), 64 * 64);
        // Of 4,096 draws a quarter: 1,024 with a deviation of 28.
        let quarter = places(64, 64, 1, 0.25, 9).len();
        assert!((900..1150).contains(&quarter), "{quarter}");
    }

    #[test]
    fn a_large_mark_begins_at_the_upper_left_and_is_cut() {
        let mark = gray(3, 2, &[1, 2, 3, 4, 5, 6]);
        assert_eq!(marked(gray(2, 1, &[0, 0]), &mark, 1.0), gray(2, 1, &[1, 2]));
        assert_eq!(marked(gray(2, 3, &[0; 6]), &mark, 1.0).as_u8().unwrap().len(), 6);
    }

    #[test]
    fn marks_are_told_apart_by_their_pixels() {
        let mark = |samples: &[u8], opacity| {
            Mark::new(&gray(2, 1, samples), &FULL, Share::new(opacity)).unwrap()
        };
        assert_eq!(mark(&[1, 2], 1.0), mark(&[1, 2], 1.0));
        assert_ne!(mark(&[1, 2], 1.0), mark(&[2, 1], 1.0));
        assert_ne!(mark(&[100, 2], 1.0), mark(&[100, 2], 0.5));
    }
}
