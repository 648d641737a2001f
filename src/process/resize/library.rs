//! Scaling of all kinds of samples with all filters, by `fast_image_resize`.

use bytemuck::Pod;
use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::{
    F32, F32x2, F32x3, F32x4, U8, U8x2, U8x3, U8x4, U16, U16x2, U16x3, U16x4,
};
use fast_image_resize::{FilterType, PixelTrait, ResizeAlg, ResizeOptions, Resizer};

use super::{Filter, OpError, Span};
use crate::raster::{Alpha, Raster, Samples, Shape};

/// One picture to be made of another.
pub(super) struct Work {
    pub(super) input: Shape,
    pub(super) output: Shape,
    pub(super) part: (Span, Span),
    pub(super) filter: Filter,
}

impl Work {
    pub(super) fn make(&self, input: &Raster) -> Result<Raster, OpError> {
        let mut resized = Samples::zeroed(self.output.sample, self.output.samples()?)?;
        match (input.samples(), &mut resized) {
            (Samples::F32(from), Samples::F32(to)) => {
                self.run::<_, F32, F32x2, F32x3, F32x4>(from, to)
            }
            (Samples::U16(from), Samples::U16(to)) => {
                self.run::<_, U16, U16x2, U16x3, U16x4>(from, to)
            }
            (Samples::U8(from), Samples::U8(to)) => self.run::<_, U8, U8x2, U8x3, U8x4>(from, to),
            _ => Err(OpError::Unsuitable { op: "resize" }),
        }?;
        Ok(Raster::new(self.output, resized)?)
    }

    /// Scales samples of one type; the others are that library's pixels of one to four of them.
    fn run<T, One, Two, Three, Four>(&self, from: &[T], to: &mut [T]) -> Result<(), OpError>
    where
        T: Pod + Default,
        One: PixelTrait,
        Two: PixelTrait,
        Three: PixelTrait,
        Four: PixelTrait,
    {
        let kernel = match self.filter {
            Filter::Antialias => ResizeAlg::Convolution(FilterType::Bilinear),
            Filter::Bilinear => ResizeAlg::Interpolation(FilterType::Bilinear),
            Filter::Nearest => {
                self.nearest(from, to);
                return Ok(());
            }
        };
        match self.input.channels {
            1 => self.convolve::<T, One>(from, to, kernel),
            2 => self.convolve::<T, Two>(from, to, kernel),
            3 => self.convolve::<T, Three>(from, to, kernel),
            4 => self.convolve::<T, Four>(from, to, kernel),
            channels => {
                // Of rare counts each channel is scaled for itself.
                let channels = usize::from(channels);
                let mut scaled = vec![T::default(); to.len() / channels];
                for channel in 0..channels {
                    let plane: Vec<T> =
                        from.iter().skip(channel).step_by(channels).copied().collect();
                    self.convolve::<T, One>(&plane, &mut scaled, kernel)?;
                    let to = to.iter_mut().skip(channel).step_by(channels);
                    to.zip(&scaled).for_each(|(to, from)| *to = *from);
                }
                Ok(())
            }
        }
    }

    /// Typed, because the untyped call compiles the kernels of all pixel types once more.
    fn convolve<T: Pod + Default, P: PixelTrait>(
        &self,
        from: &[T],
        to: &mut [T],
        kernel: ResizeAlg,
    ) -> Result<(), OpError> {
        let Self { input, output, part: (x, y), .. } = self;
        let options = ResizeOptions::new()
            .resize_alg(kernel)
            .crop(x.start, y.start, x.length, y.length)
            .use_alpha(input.alpha == Alpha::Straight);
        let from =
            TypedImageRef::<P>::from_buffer(input.width, input.height, bytemuck::cast_slice(from))
                .map_err(|error| failed(&error))?;
        let mut to =
            TypedImage::<P>::from_buffer(output.width, output.height, bytemuck::cast_slice_mut(to))
                .map_err(|error| failed(&error))?;
        Resizer::new().resize_typed(&from, &mut to, &options).map_err(|error| failed(&error))
    }

    fn nearest<T: Copy>(&self, from: &[T], to: &mut [T]) {
        let Self { input, output, part: (x, y), .. } = self;
        let channels = usize::from(input.channels);
        let columns: Vec<usize> =
            x.centres(input.width, output.width).map(|column| column * channels).collect();
        let rows = to.chunks_exact_mut(output.row_samples());
        for (row, line) in rows.zip(y.centres(input.height, output.height)) {
            let line = &from[line * input.row_samples()..][..input.row_samples()];
            match channels {
                1 => pick::<_, 1>(line, row, &columns),
                2 => pick::<_, 2>(line, row, &columns),
                3 => pick::<_, 3>(line, row, &columns),
                4 => pick::<_, 4>(line, row, &columns),
                _ => {
                    for (pixel, column) in row.chunks_exact_mut(channels).zip(&columns) {
                        pixel.copy_from_slice(&line[*column..][..channels]);
                    }
                }
            }
        }
    }
}

/// The pixels at these places of a line.
fn pick<T: Copy, const N: usize>(line: &[T], row: &mut [T], places: &[usize]) {
    for (pixel, place) in row.as_chunks_mut::<N>().0.iter_mut().zip(places) {
        pixel.copy_from_slice(&line[*place..][..N]);
    }
}

fn failed(error: &dyn std::error::Error) -> OpError {
    OpError::Failed { op: "resize", reason: error.to_string() }
}
