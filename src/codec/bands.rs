//! Some bands of a picture that can only be decoded whole.

use crate::image::Bands;
use crate::raster::{Raster, Samples, ShapeError};

/// The wanted bands of an interleaved raster.
pub(super) fn select(raster: Raster, bands: &Bands) -> Result<Raster, ShapeError> {
    let Bands::Only(numbers) = bands else { return Ok(raster) };
    let (whole, samples) = raster.into_parts();
    let channels = usize::from(whole.channels).max(1);
    let samples = match samples {
        Samples::F32(samples) => Samples::F32(pick(&samples, channels, numbers)),
        Samples::U16(samples) => Samples::U16(pick(&samples, channels, numbers)),
        Samples::U32(samples) => Samples::U32(pick(&samples, channels, numbers)),
        Samples::U8(samples) => Samples::U8(pick(&samples, channels, numbers)),
    };
    Raster::new(bands.of(whole), samples)
}

fn pick<T: Copy>(samples: &[T], channels: usize, numbers: &[u16]) -> Vec<T> {
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
}
