//! Some bands of a picture that can only be decoded whole.

use crate::image::Bands;
use crate::raster::{Raster, Samples, ShapeError};

/// The wanted bands of an interleaved raster.
pub(super) fn select(raster: Raster, bands: &Bands) -> Result<Raster, ShapeError> {
    let Bands::Only(numbers) = bands else { return Ok(raster) };
    let (whole, samples) = raster.into_parts();
    Raster::new(bands.of(whole), pick(&samples, whole.channels, numbers))
}

/// Interleaved pixels of so many channels with the samples at these places only.
pub(super) fn pick(samples: &Samples, channels: u16, numbers: &[u16]) -> Samples {
    let channels = usize::from(channels).max(1);
    match samples {
        Samples::F32(samples) => Samples::F32(some(samples, channels, numbers)),
        Samples::U16(samples) => Samples::U16(some(samples, channels, numbers)),
        Samples::U32(samples) => Samples::U32(some(samples, channels, numbers)),
        Samples::U8(samples) => Samples::U8(some(samples, channels, numbers)),
    }
}

fn some<T: Copy>(samples: &[T], channels: usize, numbers: &[u16]) -> Vec<T> {
    let mut picked = Vec::with_capacity(samples.len() / channels * numbers.len());
    for pixel in samples.chunks_exact(channels) {
        picked.extend(numbers.iter().filter_map(|band| pixel.get(usize::from(*band)).copied()));
    }
    picked
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::{ColorSpace, SampleType, Shape};

    #[test]
    fn wanted_bands_are_kept() {
        let shape = Shape::new(2, 1, 3, SampleType::U8, ColorSpace::Rgb);
        let raster = Raster::new(shape, Samples::U8(vec![1, 2, 3, 4, 5, 6])).unwrap();
        assert_eq!(select(raster.clone(), &Bands::All).unwrap(), raster);
        let green = select(raster.clone(), &Bands::Only([1].into())).unwrap();
        assert_eq!((green.as_u8(), green.shape().color), (Some(&[2, 5][..]), ColorSpace::Gray));
        assert!(select(raster, &Bands::Only([1, 7].into())).is_err());
    }

    #[test]
    fn bands_are_picked_from_each_pixel() {
        let samples = Samples::U16(vec![1, 2, 3, 4, 5, 6]);
        assert_eq!(pick(&samples, 3, &[0, 2]), Samples::U16(vec![1, 3, 4, 6]));
    }
}
