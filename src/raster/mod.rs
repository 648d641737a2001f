//! Typed pixel buffers. A [`Raster`] always holds exactly the samples its [`Shape`] announces.

use std::borrow::Cow;

mod paste;
mod samples;
mod shape;

pub use paste::Window;
pub use samples::Samples;
pub(crate) use samples::with_samples;
pub use shape::{Alpha, ColorSpace, Layout, SampleType, Shape, ShapeError};

/// Pixels with a shape.
#[derive(Clone, Debug, PartialEq)]
pub struct Raster {
    shape: Shape,
    samples: Samples,
}

impl Raster {
    /// Joins samples with their shape; refused when type or count differ.
    pub fn new(shape: Shape, samples: Samples) -> Result<Self, ShapeError> {
        if shape.sample != samples.sample_type() {
            return Err(ShapeError::Type { shape: shape.sample, samples: samples.sample_type() });
        }
        let expected = shape.samples()?;
        if samples.len() != expected {
            return Err(ShapeError::Count { expected, found: samples.len() });
        }
        Ok(Self { shape, samples })
    }

    /// A raster of zeros.
    pub fn zeroed(shape: Shape) -> Result<Self, ShapeError> {
        let samples = Samples::zeroed(shape.sample, shape.samples()?)?;
        Ok(Self { shape, samples })
    }

    /// What the samples mean.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// The samples, in the order of [`Shape::layout`].
    pub fn samples(&self) -> &Samples {
        &self.samples
    }

    /// The samples as bytes, when they are 8-bit.
    pub fn as_u8(&self) -> Option<&[u8]> {
        match &self.samples {
            Samples::U8(samples) => Some(samples),
            Samples::F32(_) | Samples::U16(_) | Samples::U32(_) => None,
        }
    }

    /// The picture without its first rows, with black ones below until it is so high.
    pub fn scrolled(mut self, rows: u32, height: u32) -> Result<Self, ShapeError> {
        let shape = Shape { height, ..self.shape };
        let row = shape.row_samples();
        self.samples.shift(row.saturating_mul(rows as usize), shape.samples()?)?;
        Self::new(shape, self.samples)
    }

    /// Takes the raster apart, so that an operation can reuse the buffer.
    pub fn into_parts(self) -> (Shape, Samples) {
        (self.shape, self.samples)
    }
}

impl From<Raster> for Cow<'_, Raster> {
    fn from(raster: Raster) -> Self {
        Cow::Owned(raster)
    }
}

impl<'a> From<&'a Raster> for Cow<'a, Raster> {
    fn from(raster: &'a Raster) -> Self {
        Cow::Borrowed(raster)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_must_match_the_shape() {
        let shape = Shape::new(2, 2, 3, SampleType::U8, ColorSpace::Rgb);
        assert!(Raster::new(shape, Samples::U8(vec![0; 12])).is_ok());
        assert_eq!(
            Raster::new(shape, Samples::U8(vec![0; 11])),
            Err(ShapeError::Count { expected: 12, found: 11 })
        );
        assert_eq!(
            Raster::new(shape, Samples::U16(vec![0; 12])),
            Err(ShapeError::Type { shape: SampleType::U8, samples: SampleType::U16 })
        );
    }

    #[test]
    fn rows_scroll_out_at_the_top() {
        let shape = Shape::new(2, 2, 1, SampleType::U16, ColorSpace::Gray);
        let raster = Raster::new(shape, Samples::U16(vec![1, 2, 3, 4])).unwrap();
        let lower = raster.clone().scrolled(1, 3).unwrap();
        assert_eq!(lower.shape(), Shape { height: 3, ..shape });
        assert_eq!(lower.samples(), &Samples::U16(vec![3, 4, 0, 0, 0, 0]));
        assert_eq!(raster.scrolled(9, 1).unwrap().samples(), &Samples::U16(vec![0, 0]));
    }

    #[test]
    fn samples_of_one_type_are_joined() {
        let mut samples = Samples::with_capacity(SampleType::U8, 3).unwrap();
        samples.append(&Samples::U8(vec![1])).unwrap();
        samples.append(&Samples::U8(vec![2, 3])).unwrap();
        assert_eq!(samples, Samples::U8(vec![1, 2, 3]));
        assert!(samples.append(&Samples::F32(vec![0.0])).is_err());
    }
}
