//! Some pixels as planes of single precision, one for each channel: what the operations on single
//! pixels work on.
//!
//! A chunk of pixels goes through all operations of a run before the next one is looked at, so
//! that everything between the first and the last step stays in the innermost cache. Missing
//! values are NaN from the first step to the last.

use std::iter::Take;
use std::slice::ChunksExactMut;

use pulp::Arch;

/// Floats a chunk may have over all its channels, within the first level of the cache.
const FLOATS: usize = 4096;

/// Pixels of a chunk at least and at most.
const PIXELS: (usize, usize) = (64, 1024);

/// A chunk of pixels.
#[derive(Debug)]
pub(super) struct Planes {
    samples: Vec<f32>,
    spare: Vec<f32>,
    /// Pixels in use.
    len: usize,
    colors: usize,
    alpha: bool,
}

impl Planes {
    /// Pixels that are worked on at a time when there are never more channels than these.
    pub(super) fn chunk(channels: usize) -> usize {
        (FLOATS / channels.max(1)).clamp(PIXELS.0, PIXELS.1)
    }

    /// Room for chunks of pixels with up to so many channels.
    pub(super) fn new(channels: usize) -> Self {
        let room = Self::chunk(channels) * channels;
        Self { samples: vec![0.0; room], spare: vec![0.0; room], len: 0, colors: 0, alpha: false }
    }

    /// Begins a chunk; its samples are those of the one before.
    pub(super) fn begin(&mut self, len: usize, colors: usize, alpha: bool) {
        (self.len, self.colors, self.alpha) = (len, colors, alpha);
    }

    /// All planes, alpha last.
    pub(super) fn all_mut(&mut self) -> impl Iterator<Item = &mut [f32]> {
        let count = self.colors + usize::from(self.alpha);
        self.samples.chunks_exact_mut(self.len.max(1)).take(count)
    }

    /// The planes of colour.
    pub(super) fn colors(&self) -> impl Iterator<Item = &[f32]> {
        self.samples.chunks_exact(self.len.max(1)).take(self.colors)
    }

    /// The planes of colour.
    pub(super) fn colors_mut(&mut self) -> impl Iterator<Item = &mut [f32]> {
        self.samples.chunks_exact_mut(self.len.max(1)).take(self.colors)
    }

    /// Opacity, where there is some.
    pub(super) fn alpha(&self) -> Option<&[f32]> {
        let start = self.colors * self.len;
        if self.alpha { self.samples.get(start..start + self.len) } else { None }
    }

    /// The colour planes, and opacity.
    pub(super) fn split_mut(&mut self) -> (impl Iterator<Item = &mut [f32]>, Option<&[f32]>) {
        let (colors, rest) = self.samples.split_at_mut(self.colors * self.len);
        let alpha = if self.alpha { rest.get(..self.len) } else { None };
        (colors.chunks_exact_mut(self.len.max(1)), alpha)
    }

    /// Changes every colour sample.
    pub(super) fn map(&mut self, change: impl Fn(f32) -> f32 + Copy) {
        let arch = Arch::new();
        for plane in self.colors_mut() {
            // What is captured by reference could be what is written to.
            arch.dispatch(
                #[inline(always)]
                move || {
                    for value in plane {
                        *value = change(*value);
                    }
                },
            );
        }
    }

    /// Makes so many new colour planes of the present ones. They hold anything before.
    pub(super) fn recolor(
        &mut self,
        colors: usize,
        make: impl FnOnce(&Self, Take<ChunksExactMut<'_, f32>>),
    ) {
        let mut spare = std::mem::take(&mut self.spare);
        let len = self.len.max(1);
        make(self, spare.chunks_exact_mut(len).take(colors));
        if let Some(alpha) = self.alpha() {
            spare[colors * len..][..len].copy_from_slice(alpha);
        }
        self.spare = std::mem::replace(&mut self.samples, spare);
        self.colors = colors;
    }
}
