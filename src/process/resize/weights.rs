//! What one side of a picture takes of each pixel: the triangle, in units of 1/65536.

use std::ops::Range;

use super::Span;

/// Weights along one side. Each output pixel has as many, of which some may be 0.
#[derive(Debug)]
pub(super) struct Weights {
    /// Weights of an output pixel.
    taps: usize,
    /// The first input pixel of each output pixel.
    starts: Vec<u32>,
    /// `taps` for each output pixel.
    all: Vec<u16>,
    products: usize,
}

impl Weights {
    /// What the weights of a pixel add up to.
    pub(super) const ONE: u32 = 1 << 16;
    /// The same for bytes that are widened by a copy of themselves, `257 * sample`: the product
    /// with this is `256 * sample`.
    pub(super) const ONE_OF_257: u32 = (1 << 16) * 256 / 257 + 1;

    /// Weights that add up to `one`, which is at most [`ONE`](Self::ONE).
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the input")]
    pub(super) fn new(span: Span, count: u32, limit: u32, one: u32) -> Self {
        let scale = span.length / f64::from(count);
        let radius = scale.max(1.0);
        let slope = 1.0 / radius;
        let room = ((2.0 * radius).ceil() as usize + 1).min(limit as usize);
        let mut starts = Vec::with_capacity(count as usize);
        let mut spread = vec![0_u16; count as usize * room];
        let mut shares = vec![0.0; room];
        let mut taps = 1;
        for (i, weights) in (0..count).zip(spread.chunks_exact_mut(room)) {
            let centre = span.start + (f64::from(i) + 0.5) * scale;
            // The first pixel whose centre is inside of the triangle, or one before it.
            let first = (centre + 0.5 - radius).max(0.0) as u32;
            let first = first.min(limit - room as u32);
            let mut at = f64::from(first) + 0.5 - centre;
            for share in &mut shares {
                *share = (1.0 - at.abs() * slope).max(0.0);
                at += 1.0;
            }
            let unit = f64::from(one) / shares.iter().sum::<f64>();
            let used = rounded(&shares, unit, weights);
            taps = taps.max(used.len());
            starts.push(first + used.start as u32);
            weights.copy_within(used.clone(), 0);
            weights[used.len()..].fill(0);
        }
        // Pixels after the last one are not there: their weights of 0 go before the others.
        let mut weights = Vec::with_capacity(taps * starts.len());
        for (start, spread) in starts.iter_mut().zip(spread.chunks_exact(room)) {
            let begin = (*start).min(limit - taps as u32);
            let late = (*start - begin) as usize;
            weights.resize(weights.len() + late, 0);
            weights.extend_from_slice(&spread[..taps - late]);
            *start = begin;
        }
        // Most pixels have as many; a fraction at which no common scale changes it.
        let products = (2.0 * radius + 0.35) as usize;
        Self { taps, starts, all: weights, products }
    }

    pub(super) fn taps(&self) -> usize {
        self.taps
    }

    /// Weights above 0 of most output pixels, by the scale alone.
    pub(super) fn products(&self) -> usize {
        self.products
    }

    /// The first input pixel of each output pixel.
    pub(super) fn starts(&self) -> &[u32] {
        &self.starts
    }

    /// [`taps`](Self::taps) for each output pixel.
    pub(super) fn all(&self) -> &[u16] {
        &self.all
    }

    /// The first pixel that counts for this output pixel, and the weights from it to the last.
    pub(super) fn of(&self, pixel: usize) -> (usize, &[u16]) {
        let weights = &self.all[pixel * self.taps..][..self.taps];
        let used = used(weights);
        (self.starts[pixel] as usize + used.start, &weights[used])
    }

    /// Input pixels from the first to the last of these output pixels.
    pub(super) fn source(&self, pixels: Range<usize>) -> Range<usize> {
        let (mut first, mut end) = (usize::MAX, 0);
        for pixel in pixels {
            let (start, weights) = self.of(pixel);
            first = first.min(start);
            end = end.max(start + weights.len());
        }
        first.min(end)..end
    }
}

/// Shares in units, rounded so that the sum is exact: what one loses the next gets. Says which are
/// not 0.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 65536.5")]
fn rounded(shares: &[f64], unit: f64, weights: &mut [u16]) -> Range<usize> {
    let (mut sum, mut before) = (0.5, 0);
    for (weight, share) in weights.iter_mut().zip(shares) {
        sum += share * unit;
        let now = sum as u32;
        // A single weight of 1 is a 65536th too small, which is lost in the rounding of samples.
        *weight = u16::try_from(now - before).unwrap_or(u16::MAX);
        before = now;
    }
    used(weights)
}

fn used(weights: &[u16]) -> Range<usize> {
    let start = weights.iter().position(|weight| *weight != 0).unwrap_or(0);
    let end = weights.iter().rposition(|weight| *weight != 0).map_or(1, |last| last + 1);
    start..end
}
