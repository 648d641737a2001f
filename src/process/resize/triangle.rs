//! Scaling of 8-bit samples with the triangle filter, by parts of rows.
//!
//! A row of the output is made of two to four lines of the input for most scales. Their weighed
//! sum stays in the cache, 16 bits for each sample, and the pixels are made of it: there is one
//! pass over the input. All is exact integer arithmetic: numbers have 8 bits of fraction, products
//! with weights are rounded down, and half of what that may lose is added in the end.

use std::fmt;
use std::ops::Range;

#[cfg(target_arch = "x86_64")]
use pulp::x86::{V3, V4};

use super::portable;
use super::weights::Weights;
use super::{OpError, Span};
#[cfg(target_arch = "x86_64")]
use super::{avx2, avx512};
use crate::raster::{Alpha, SampleType, Shape};

/// Everything about the scaling of one picture that does not depend on its pixels.
#[derive(Debug)]
pub(super) struct Triangle {
    input: Shape,
    output: Shape,
    columns: Weights,
    lines: Weights,
    kernel: Kernel,
}

/// Memory that is used again for the next rows.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    #[cfg(target_arch = "x86_64")]
    pub(super) turned: avx2::Tile,
    pub(super) line: Vec<u16>,
}

/// The instructions to use. All make the same bytes.
pub(super) enum Kernel {
    #[cfg(target_arch = "x86_64")]
    Avx512(V4, avx512::Table),
    #[cfg(target_arch = "x86_64")]
    Avx2(V3),
    Portable,
}

impl fmt::Debug for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(..) => "Avx512",
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(_) => "Avx2",
            Self::Portable => "Portable",
        })
    }
}

/// Rows of the output to be made, and all that is needed for it.
pub(super) struct Strip<'a> {
    /// Lines of the input from `first` on.
    pub(super) input: &'a [u8],
    pub(super) first: usize,
    /// Samples of a line.
    pub(super) stride: usize,
    /// Samples of a row of the output.
    pub(super) output_stride: usize,
    pub(super) channels: usize,
    pub(super) columns: &'a Weights,
    pub(super) lines: &'a Weights,
    /// Samples of a line that count.
    pub(super) used: Range<usize>,
    pub(super) rows: Range<usize>,
    /// What rounds the sums: a half, and what the products lose.
    pub(super) round: u16,
}

impl Strip<'_> {
    /// These samples of a line.
    #[inline(always)]
    pub(super) fn line(&self, line: usize, samples: &Range<usize>) -> &[u8] {
        &self.input[(line - self.first) * self.stride..][samples.clone()]
    }
}

impl Triangle {
    /// Above it there are so many products for each pixel that another way is faster. No common
    /// scale is near it: parts of a picture are to be scaled in one way.
    const LARGEST_SCALE: f64 = 2.6;

    /// For a part of a picture; none if there is no kernel here for its samples or scale.
    pub(super) fn new(input: Shape, (x, y): (Span, Span), output: Shape) -> Option<Self> {
        let suits = input.sample == SampleType::U8
            && input.alpha != Alpha::Straight
            && (1..=4).contains(&input.channels);
        let scale = |span: Span, count: u32| span.length / f64::from(count);
        let scales = [scale(x, output.width), scale(y, output.height)];
        if !suits || scales.iter().any(|scale| *scale > Self::LARGEST_SCALE) {
            return None;
        }
        let columns = Weights::new(x, output.width, input.width, Weights::ONE);
        let lines = Weights::new(y, output.height, input.height, Weights::ONE_OF_257);
        let kernel = Kernel::new(&columns, usize::from(input.channels));
        Some(Self { input, output, columns, lines, kernel })
    }

    /// The same with other instructions.
    #[cfg(all(test, target_arch = "x86_64"))]
    pub(super) fn with(self, kernel: impl FnOnce(&Weights, usize) -> Kernel) -> Self {
        let kernel = kernel(&self.columns, usize::from(self.input.channels));
        Self { kernel, ..self }
    }

    /// Lines of the input that these rows of the output are made of.
    #[expect(clippy::cast_possible_truncation, reason = "within the input")]
    pub(super) fn source_rows(&self, rows: Range<u32>) -> Range<u32> {
        let end = rows.end.min(self.output.height) as usize;
        let lines = self.lines.source(rows.start as usize..end);
        lines.start as u32..lines.end as u32
    }

    /// Makes rows of the output: the same, however the picture is cut into them. `input` has lines
    /// from `first` on, at least those of [`source_rows`](Self::source_rows).
    pub(super) fn rows(
        &self,
        input: &[u8],
        first: u32,
        rows: Range<u32>,
        output: &mut [u8],
        scratch: &mut Scratch,
    ) -> Result<(), OpError> {
        let (stride, output_stride) = (self.input.row_samples(), self.output.row_samples());
        let needed = self.source_rows(rows.clone());
        let lines = (input.len() / stride) as u64;
        let count = rows.end.saturating_sub(rows.start) as usize;
        if rows.end > self.output.height
            || output.len() != count * output_stride
            || needed.start < first
            || u64::from(needed.end) > u64::from(first) + lines
        {
            return Err(OpError::Geometry { op: "resize" });
        }
        let channels = usize::from(self.input.channels);
        let columns = self.columns.starts().first().zip(self.columns.starts().last());
        let Some((start, last)) = columns else { return Ok(()) };
        let strip = Strip {
            input,
            first: first as usize,
            stride,
            output_stride,
            channels,
            columns: &self.columns,
            lines: &self.lines,
            used: *start as usize * channels..(*last as usize + self.columns.taps()) * channels,
            rows: rows.start as usize..rows.end as usize,
            round: self.round(),
        };
        match &self.kernel {
            #[cfg(target_arch = "x86_64")]
            Kernel::Avx512(simd, table) => {
                avx512::run(*simd, table, &strip, output, &mut scratch.line);
            }
            #[cfg(target_arch = "x86_64")]
            Kernel::Avx2(simd) => avx2::run(*simd, &strip, output, &mut scratch.turned),
            Kernel::Portable => portable::run(&strip, output, &mut scratch.line),
        }
        Ok(())
    }

    /// Depends on the scale alone, so that neighbouring parts of a picture are rounded alike.
    #[expect(clippy::cast_possible_truncation, reason = "few")]
    fn round(&self) -> u16 {
        128 + self.lines.products().midpoint(self.columns.products()) as u16
    }
}

impl Kernel {
    #[cfg_attr(not(target_arch = "x86_64"), expect(unused_variables, reason = "portable"))]
    fn new(columns: &Weights, channels: usize) -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            if let Some(simd) = V4::try_new() {
                return Self::Avx512(simd, avx512::Table::new(columns, channels));
            }
            if let Some(simd) = V3::try_new() {
                return Self::Avx2(simd);
            }
        }
        Self::Portable
    }
}
