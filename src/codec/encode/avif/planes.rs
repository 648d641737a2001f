//! Samples of pixels as the planes that AV1 codes.

/// Planes of one picture, without space between their rows.
pub(super) struct Planes {
    /// Width and height of the first plane.
    pub(super) size: [usize; 2],
    /// What lies beside the first plane.
    pub(super) chroma: Chroma,
    /// Samples and their length of a row.
    pub(super) samples: Vec<(Vec<u8>, usize)>,
}

/// Planes beside the first.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Chroma {
    /// As large as the first.
    Full,
    /// One sample for four of the first.
    Halved,
    /// None.
    None,
}

impl Planes {
    /// One channel of the samples.
    pub(super) fn gray(samples: &[u8], size: [usize; 2], channels: usize, channel: usize) -> Self {
        let plane = samples.iter().skip(channel).step_by(channels).copied().collect();
        Self { size, chroma: Chroma::None, samples: vec![(plane, size[0])] }
    }

    /// Green, blue and red as they are: the matrix of H.273 with number 0.
    pub(super) fn full(samples: &[u8], size: [usize; 2], channels: usize) -> Self {
        let plane = |channel: usize| {
            (samples.iter().skip(channel).step_by(channels).copied().collect(), size[0])
        };
        Self { size, chroma: Chroma::Full, samples: vec![plane(1), plane(2), plane(0)] }
    }

    /// Luma of each pixel and colour differences of each four, in full range: number 6 of H.273.
    pub(super) fn halved(samples: &[u8], size: [usize; 2], channels: usize) -> Self {
        let [width, height] = size;
        let half = width.div_ceil(2);
        let mut luma = Vec::with_capacity(width * height);
        let mut blue = Vec::with_capacity(half * height.div_ceil(2));
        let mut red = Vec::with_capacity(half * height.div_ceil(2));
        luma.extend(samples.chunks_exact(channels).map(|pixel| weigh(LUMA, rgb(pixel), 0, 16)));
        for rows in samples.chunks(2 * width * channels) {
            // A last row or column without a neighbour counts twice.
            let (upper, lower) = rows.split_at((width * channels).min(rows.len()));
            let lower = if lower.is_empty() { upper } else { lower };
            let pairs = upper.chunks(2 * channels).zip(lower.chunks(2 * channels));
            for (upper, lower) in pairs {
                let mut sum = [0; 3];
                for pair in [upper, lower] {
                    for at in [0, pair.len() - channels] {
                        let pixel = rgb(&pair[at..]);
                        sum = [sum[0] + pixel[0], sum[1] + pixel[1], sum[2] + pixel[2]];
                    }
                }
                blue.push(weigh(BLUE, sum, 128, 18));
                red.push(weigh(RED, sum, 128, 18));
            }
        }
        let samples = vec![(luma, width), (blue, half), (red, half)];
        Self { size, chroma: Chroma::Halved, samples }
    }
}

fn rgb(pixel: &[u8]) -> [i32; 3] {
    pixel.first_chunk().map_or([0; 3], |rgb: &[u8; 3]| rgb.map(i32::from))
}

/// A weighted sum, rounded and clamped; `shift` takes away the scale of weights and sum.
fn weigh(weights: [i32; 3], rgb: [i32; 3], offset: i32, shift: u8) -> u8 {
    let sum = weights[0] * rgb[0] + weights[1] * rgb[1] + weights[2] * rgb[2];
    let value = offset + ((sum + (1 << (shift - 1))) >> shift);
    u8::try_from(value.clamp(0, 255)).unwrap_or(u8::MAX)
}

// ITU-R BT.601, 2.5, times 65,536.
const LUMA: [i32; 3] = [19_595, 38_470, 7471];
const BLUE: [i32; 3] = [-11_058, -21_710, 32_768];
const RED: [i32; 3] = [32_768, -27_439, -5329];

#[cfg(test)]
mod tests {
    use super::*;

    /// BT.601 in double precision.
    fn expected([r, g, b]: [f64; 3]) -> [f64; 3] {
        let y = 0.299 * r + 0.587 * g + 0.114 * b;
        [y, 128.0 + (b - y) / 1.772, 128.0 + (r - y) / 1.402]
    }

    #[test]
    fn colors_become_luma_and_differences_of_four_pixels() {
        for channels in [3, 4] {
            let (width, height) = (5, 3);
            let samples: Vec<u8> = (0..width * height * channels)
                .map(|i| u8::try_from(i * i * 37 % 256).unwrap())
                .collect();
            let pixel = |x: usize, y: usize| {
                let at = (y.min(height - 1) * width + x.min(width - 1)) * channels;
                [0, 1, 2].map(|c| f64::from(samples[at + c]))
            };
            let found = Planes::halved(&samples, [width, height], channels);
            assert_eq!((found.chroma, found.size), (Chroma::Halved, [5, 3]));
            let near = |found: u8, expected: f64| (f64::from(found) - expected).abs() < 0.51;
            for (i, luma) in found.samples[0].0.iter().enumerate() {
                assert!(near(*luma, expected(pixel(i % width, i / width))[0]), "{i}");
            }
            for (plane, (samples, stride)) in found.samples.iter().enumerate().skip(1) {
                assert_eq!((*stride, samples.len()), (3, 6));
                for (i, sample) in samples.iter().enumerate() {
                    let (x, y) = (i % 3 * 2, i / 3 * 2);
                    let four = [(x, y), (x + 1, y), (x, y + 1), (x + 1, y + 1)]
                        .map(|(x, y)| expected(pixel(x, y))[plane]);
                    let mean = four.iter().sum::<f64>() / 4.0;
                    assert!(near(*sample, mean.clamp(0.0, 255.0)), "{plane} {i}: {sample} {mean}");
                }
            }
        }
    }

    #[test]
    fn planes_of_their_own_are_in_the_order_green_blue_red() {
        let samples = [1, 2, 3, 4, 5, 6, 7, 8];
        let planes = Planes::full(&samples, [2, 1], 4);
        let expected = [(vec![2, 6], 2), (vec![3, 7], 2), (vec![1, 5], 2)];
        assert_eq!(planes.samples, expected);
        assert_eq!(Planes::gray(&samples, [2, 1], 4, 3).samples, [(vec![4, 8], 2)]);
    }
}
