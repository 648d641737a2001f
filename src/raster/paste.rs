//! Copying rectangles between rasters.

use super::{Layout, Raster, Samples, Shape, ShapeError};

/// A rectangle of pixels of a raster.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Window {
    /// Left edge.
    pub x: u32,
    /// Upper edge.
    pub y: u32,
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

impl Raster {
    /// Copies a rectangle of another raster to column `x` and row `y` of this one. Both are
    /// interleaved and have the same kind of pixels.
    pub fn paste(&mut self, from: &Self, part: Window, x: u32, y: u32) -> Result<(), ShapeError> {
        let (input, output) = (from.shape, self.shape);
        let same = input.channels == output.channels
            && input.layout == Layout::Interleaved
            && output.layout == Layout::Interleaved;
        let target = Window { x, y, ..part };
        if !same || !part.is_inside(&input) || !target.is_inside(&output) {
            return Err(ShapeError::Window);
        }
        let rows = Rows { input, output, part, x, y };
        match (&from.samples, &mut self.samples) {
            (Samples::F32(from), Samples::F32(to)) => rows.copy(from, to),
            (Samples::U16(from), Samples::U16(to)) => rows.copy(from, to),
            (Samples::U32(from), Samples::U32(to)) => rows.copy(from, to),
            (Samples::U8(from), Samples::U8(to)) => rows.copy(from, to),
            (samples, _) => {
                let samples = samples.sample_type();
                return Err(ShapeError::Type { shape: output.sample, samples });
            }
        }
        Ok(())
    }

    /// A rectangle of this raster as one of its own.
    pub fn crop(&self, part: Window) -> Result<Self, ShapeError> {
        let mut cropped = Self::zeroed(self.shape.resized(part.width, part.height))?;
        cropped.paste(self, part, 0, 0)?;
        Ok(cropped)
    }
}

impl Window {
    /// All of a raster.
    pub fn whole(shape: Shape) -> Self {
        Self { x: 0, y: 0, width: shape.width, height: shape.height }
    }

    fn is_inside(&self, shape: &Shape) -> bool {
        let fits = |start: u32, length: u32, side: u32| {
            start.checked_add(length).is_some_and(|end| end <= side)
        };
        fits(self.x, self.width, shape.width) && fits(self.y, self.height, shape.height)
    }
}

/// The rows of one copy, known to be inside of both rasters.
struct Rows {
    input: Shape,
    output: Shape,
    part: Window,
    x: u32,
    y: u32,
}

impl Rows {
    fn copy<T: Copy>(&self, from: &[T], to: &mut [T]) {
        let Self { input, output, part, x, y } = self;
        let channels = usize::from(input.channels);
        let (left, right) = (part.x as usize * channels, *x as usize * channels);
        let width = part.width as usize * channels;
        if width == 0 {
            return;
        }
        let from = from.chunks_exact(input.row_samples()).skip(part.y as usize);
        let to = to.chunks_exact_mut(output.row_samples()).skip(*y as usize);
        for (from, to) in from.zip(to).take(part.height as usize) {
            to[right..right + width].copy_from_slice(&from[left..left + width]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ColorSpace, SampleType};
    use super::*;

    fn gray(width: u32, height: u32, samples: &[u16]) -> Raster {
        let shape = Shape::new(width, height, 1, SampleType::U16, ColorSpace::Gray);
        Raster::new(shape, Samples::U16(samples.to_vec())).unwrap()
    }

    #[test]
    fn a_part_goes_where_it_belongs() {
        let mut to = gray(3, 3, &[0; 9]);
        let from = gray(3, 2, &[1, 2, 3, 4, 5, 6]);
        to.paste(&from, Window { x: 1, y: 0, width: 2, height: 2 }, 0, 1).unwrap();
        assert_eq!(to, gray(3, 3, &[0, 0, 0, 2, 3, 0, 5, 6, 0]));
        let cropped = from.crop(Window { x: 1, y: 1, width: 1, height: 1 });
        assert_eq!(cropped, Ok(gray(1, 1, &[5])));
    }

    #[test]
    fn parts_outside_and_other_kinds_are_refused() {
        let mut to = gray(2, 2, &[0; 4]);
        let from = gray(2, 2, &[1; 4]);
        let whole = Window::whole(from.shape());
        assert_eq!(to.paste(&from, whole, 1, 0), Err(ShapeError::Window));
        assert_eq!(to.paste(&from, Window { x: u32::MAX, ..whole }, 0, 0), Err(ShapeError::Window));
        let rgb = Shape::new(2, 2, 3, SampleType::U16, ColorSpace::Rgb);
        assert_eq!(Raster::zeroed(rgb).unwrap().paste(&from, whole, 0, 0), Err(ShapeError::Window));
        let bytes = Shape::new(2, 2, 1, SampleType::U8, ColorSpace::Gray);
        assert!(Raster::zeroed(bytes).unwrap().paste(&from, whole, 0, 0).is_err());
    }
}
