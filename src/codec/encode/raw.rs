//! Raw output: samples alone, interleaved and little-endian. What they are is told beside them.

use bytes::Bytes;

use crate::codec::{Embed, EncodeError, EncodeOptions, Encoder, Scratch};
use crate::command::{Depth, Format};
use crate::raster::{Alpha, Layout, Raster, Samples, Shape};

/// The encoder.
#[derive(Debug)]
pub struct Raw;

impl Encoder for Raw {
    fn format(&self) -> Format {
        Format::Raw
    }

    fn holds(&self, _: Depth) -> bool {
        true
    }

    fn accepts(&self, shape: &Shape) -> Shape {
        let alpha = match shape.alpha {
            Alpha::None => Alpha::None,
            Alpha::Premultiplied | Alpha::Straight => Alpha::Straight,
        };
        Shape { layout: Layout::Interleaved, alpha, ..*shape }
    }

    fn encode(
        &self,
        raster: &Raster,
        _options: &EncodeOptions,
        _embed: &Embed<'_>,
        _scratch: &mut Scratch,
    ) -> Result<Bytes, EncodeError> {
        if raster.shape() != self.accepts(&raster.shape()) {
            return Err(EncodeError::Shape { format: "raw" });
        }
        let bytes: Vec<u8> = match raster.samples() {
            Samples::F32(samples) => samples.iter().flat_map(|s| s.to_le_bytes()).collect(),
            Samples::U16(samples) => samples.iter().flat_map(|s| s.to_le_bytes()).collect(),
            Samples::U32(samples) => samples.iter().flat_map(|s| s.to_le_bytes()).collect(),
            Samples::U8(samples) => samples.clone(),
        };
        Ok(bytes.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::{ColorSpace, SampleType};

    #[test]
    fn samples_are_little_endian() {
        for (samples, expected) in [
            (Samples::U8(vec![1, 2]), vec![1, 2]),
            (Samples::U16(vec![0x0102, 3]), vec![2, 1, 3, 0]),
            (Samples::U32(vec![0x0102_0304, 5]), vec![4, 3, 2, 1, 5, 0, 0, 0]),
            (Samples::F32(vec![1.0, -2.0]), vec![0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]),
        ] {
            let shape = Shape::new(1, 1, 2, samples.sample_type(), ColorSpace::Multiband);
            let raster = Raster::new(shape, samples).unwrap();
            let (options, embed) = (EncodeOptions::default(), Embed::default());
            let bytes = Raw.encode(&raster, &options, &embed, &mut Scratch::default()).unwrap();
            assert_eq!(bytes, expected);
        }
    }

    #[test]
    fn every_type_and_number_of_channels_is_accepted() {
        let shape = Shape::new(2, 2, 77, SampleType::F32, ColorSpace::Multiband);
        assert_eq!(Raw.accepts(&shape), shape);
    }
}
