//! Pixels to planes of samples: colours, halved chroma, edges.

use super::dct::fixed;
use super::sampling::Sampling;
use crate::codec::jpeg::lanes::Lanes;

/// 8-bit pixels.
#[derive(Debug)]
pub(super) struct Pixels<'a> {
    /// Rows without gaps.
    samples: &'a [u8],
    pub(super) width: usize,
    pub(super) height: usize,
}

impl<'a> Pixels<'a> {
    /// Pixels of so many channels; none when there are not as many samples as it takes.
    pub(super) fn new(
        samples: &'a [u8],
        (width, height): (usize, usize),
        channels: usize,
    ) -> Option<Self> {
        let is_whole = samples.len() == width * height * channels && !samples.is_empty();
        is_whole.then_some(Self { samples, width, height })
    }
}

/// Two MCUs, side by side: samples less 128, times 16 ([`SAMPLE_SCALE`](super::dct::SAMPLE_SCALE)).
#[derive(Debug)]
pub(super) struct Planes([[Chunk; Self::CHUNKS]; 3]);

/// Sixteen samples in a row.
type Chunk = [i16; 16];

/// Most bytes of a row of two MCUs.
const ROW: usize = 32 * 3;

impl Planes {
    /// Sixteen rows of 32 samples.
    const CHUNKS: usize = 32;

    pub(super) const fn new() -> Self {
        Self([[[0; 16]; Self::CHUNKS]; 3])
    }

    /// Eight rows of sixteen samples of a component, from this chunk in rows of `stride`.
    #[inline(always)]
    pub(super) fn rows(&self, component: usize, first: usize, stride: usize) -> [&Chunk; 8] {
        let plane = &self.0[component];
        std::array::from_fn(|row| &plane[first + row * stride])
    }

    /// Fills in the two MCUs from this pixel on.
    #[inline(always)]
    pub(super) fn fill<L: Lanes>(
        &mut self,
        lanes: L,
        pixels: &Pixels<'_>,
        sampling: Sampling,
        (x, y): (usize, usize),
    ) {
        let [luma, cb, cr] = &mut self.0;
        let mut edges = [[0; ROW]; 2];
        match sampling {
            Sampling::Gray => {
                for (row, to) in luma[..8].iter_mut().enumerate() {
                    let [chunk] = pixels.chunks::<16, 1, L>(lanes, (x, y + row), &mut edges[0]);
                    lanes.store(level(lanes, lanes.gray(chunk)), to);
                }
            }
            Sampling::Full => {
                for row in 0..8 {
                    let [chunk] = pixels.chunks::<48, 1, L>(lanes, (x, y + row), &mut edges[0]);
                    let [light, blue, red] = ycc(lanes, lanes.rgb(chunk));
                    lanes.store(level(lanes, light), &mut luma[row]);
                    lanes.store(round(lanes, blue), &mut cb[row]);
                    lanes.store(round(lanes, red), &mut cr[row]);
                }
            }
            Sampling::HalfWidth => {
                for row in 0..8 {
                    let chunks = pixels.chunks::<48, 2, L>(lanes, (x, y + row), &mut edges[0]);
                    for (half, chunk) in chunks.iter().enumerate() {
                        let [light, blue, red] = ycc(lanes, lanes.rgb(chunk));
                        lanes.store(level(lanes, light), &mut luma[2 * row + half]);
                        let (blue, red) = (lanes.shift::<1>(blue), lanes.shift::<1>(red));
                        let both = round(lanes, lanes.add_pairs(blue, red));
                        let (cb, cr) = (halves(&mut cb[row]), halves(&mut cr[row]));
                        lanes.store_halves(both, &mut cb[half], &mut cr[half]);
                    }
                }
            }
            Sampling::Half => {
                let [edge, edge_below] = &mut edges;
                for row in 0..8 {
                    let chunks = pixels.chunks::<48, 2, L>(lanes, (x, y + 2 * row), edge);
                    let below = pixels.chunks::<48, 2, L>(lanes, (x, y + 2 * row + 1), edge_below);
                    for half in 0..2 {
                        let [light, blue, red] = ycc(lanes, lanes.rgb(&chunks[half]));
                        lanes.store(level(lanes, light), &mut luma[4 * row + half]);
                        let [light, blue_below, red_below] = ycc(lanes, lanes.rgb(&below[half]));
                        lanes.store(level(lanes, light), &mut luma[4 * row + 2 + half]);
                        let sum = |above, below| {
                            lanes.add(lanes.shift::<2>(above), lanes.shift::<2>(below))
                        };
                        let (blue, red) = (sum(blue, blue_below), sum(red, red_below));
                        let both = round(lanes, lanes.add_pairs(blue, red));
                        let (cb, cr) = (halves(&mut cb[row]), halves(&mut cr[row]));
                        lanes.store_halves(both, &mut cb[half], &mut cr[half]);
                    }
                }
            }
        }
    }
}

impl Pixels<'_> {
    /// Chunks of sixteen pixels in a row from a pixel on. Beyond the edges the last pixels are
    /// repeated.
    #[inline(always)]
    fn chunks<'a, const BYTES: usize, const COUNT: usize, L: Lanes>(
        &'a self,
        lanes: L,
        (x, y): (usize, usize),
        edge: &'a mut [u8; ROW],
    ) -> &'a [[u8; BYTES]; COUNT] {
        let channels = BYTES / 16;
        let start = y.min(self.height - 1) * self.width * channels;
        let row = &self.samples[start..][..self.width * channels];
        let rest = &row[x * channels..];
        // Those of the next MCUs: processors do not foresee the reading of so many rows at once.
        if let Some(next) = rest.get(BYTES * COUNT..2 * BYTES * COUNT) {
            lanes.prefetch(next);
        }
        let chunks = if let Some(inside) = rest.get(..BYTES * COUNT) {
            inside
        } else {
            let (inside, outside) = edge.split_at_mut(rest.len());
            inside.copy_from_slice(rest);
            for pixel in outside.chunks_mut(channels) {
                pixel.copy_from_slice(&row[row.len() - channels..][..pixel.len()]);
            }
            &edge[..BYTES * COUNT]
        };
        chunks.as_chunks().0.first_chunk().expect("as many bytes as chunks")
    }
}

/// A chunk as two places for eight samples.
#[inline(always)]
fn halves(chunk: &mut Chunk) -> &mut [[i16; 8]; 2] {
    bytemuck::cast_mut(chunk)
}

/// Samples times 128 to samples of a plane.
#[inline(always)]
fn level<L: Lanes>(lanes: L, samples: L::I16) -> L::I16 {
    // Less 128, and half of what is shifted away.
    let offset = 128 * 128 - 4;
    lanes.shift::<3>(lanes.sub(samples, lanes.splat(offset)))
}

/// Differences times 128 to samples of a plane.
#[inline(always)]
fn round<L: Lanes>(lanes: L, differences: L::I16) -> L::I16 {
    lanes.shift::<3>(lanes.add(differences, lanes.splat(4)))
}

/// Luminance and the two differences of colour (JFIF 1.02), of samples times 128. The differences
/// are around zero.
#[inline(always)]
fn ycc<L: Lanes>(lanes: L, [red, green, blue]: [L::I16; 3]) -> [L::I16; 3] {
    let mul = |samples, factor| lanes.mul_round(samples, lanes.splat(fixed(factor)));
    let luma = lanes.add(lanes.add(mul(red, 0.299), mul(green, 0.587)), mul(blue, 0.114));
    let difference = |color, most: f64| mul(lanes.sub(color, luma), 0.5 / (1.0 - most));
    [luma, difference(blue, 0.114), difference(red, 0.299)]
}
