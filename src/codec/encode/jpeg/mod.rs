//! Jpeg output: baseline, grey or colour, in a JFIF frame.
//!
//! Two MCUs at a time go from pixels to planes of samples, from these to coefficients and from
//! these to bits, so that nothing leaves the processor's first cache in between.

#![expect(clippy::inline_always, reason = "instructions are chosen for what is inlined")]

mod bits;
mod dct;
mod entropy;
mod frame;
mod fuzz;
mod instructions;
mod planes;
mod sampling;
mod scan;
mod segments;
mod tables;
#[cfg(test)]
mod tests;

use bytes::Bytes;

use self::dct::Quantizer;
pub use self::fuzz::fuzz;
#[doc(hidden)]
pub use self::instructions::Instructions;
use self::planes::Pixels;
use self::sampling::Sampling;
use self::scan::Scan;
pub use self::segments::insert_icc;
use crate::codec::{Embed, EncodeError, EncodeOptions, Encoder, Scratch};
use crate::command::{ChromaSubsampling, Format};
use crate::raster::{Alpha, ColorSpace, Layout, Raster, SampleType, Shape};

/// The encoder.
#[derive(Debug)]
pub struct Jpeg;

impl Jpeg {
    /// Longest side, ISO/IEC 10918-1, B.2.2.
    pub const MAX_SIDE: u16 = u16::MAX;
}

impl Encoder for Jpeg {
    fn format(&self) -> Format {
        Format::Jpeg
    }

    fn max_side(&self) -> u32 {
        Self::MAX_SIDE.into()
    }

    fn accepts(&self, shape: &Shape) -> Shape {
        let (channels, color) = match shape.color_channels() {
            0..=2 => (1, ColorSpace::Gray),
            _ => (3, ColorSpace::Rgb),
        };
        let (sample, layout, alpha) = (SampleType::U8, Layout::Interleaved, Alpha::None);
        Shape { channels, sample, layout, color, alpha, ..*shape }
    }

    fn encode(
        &self,
        raster: &Raster,
        options: &EncodeOptions,
        embed: &Embed<'_>,
        _scratch: &mut Scratch,
    ) -> Result<Bytes, EncodeError> {
        self.encode_with(Instructions::best(), raster, options, embed)
    }
}

impl Jpeg {
    /// What [`encode`](Encoder::encode) does with the best instructions.
    #[doc(hidden)]
    pub fn encode_with(
        &self,
        instructions: Instructions,
        raster: &Raster,
        options: &EncodeOptions,
        embed: &Embed<'_>,
    ) -> Result<Bytes, EncodeError> {
        let shape = raster.shape();
        let samples = raster.as_u8().filter(|_| shape == self.accepts(&shape));
        let samples = samples.ok_or(EncodeError::Shape { format: "Jpeg" })?;
        let size = (shape.width, shape.height);
        let mut jpeg = start(samples.len());
        segments::write(embed, &mut jpeg);
        write(samples, size, shape.channels, *options, instructions, &mut jpeg)?;
        // What is cached is counted by its length.
        jpeg.shrink_to_fit();
        Ok(jpeg.into())
    }
}

/// A picture of 8-bit grey or RGB with nothing but its pixels.
pub(super) fn compress(
    samples: &[u8],
    size: (u32, u32),
    channels: u16,
    quality: i32,
) -> Result<Vec<u8>, EncodeError> {
    let mut jpeg = start(samples.len());
    let options = EncodeOptions { quality, ..EncodeOptions::default() };
    write(samples, size, channels, options, Instructions::best(), &mut jpeg)?;
    Ok(jpeg)
}

/// A picture before its first segment, with room for its pixels.
fn start(samples: usize) -> Vec<u8> {
    let mut jpeg = Vec::with_capacity(samples / 8 + 1024);
    jpeg.extend_from_slice(&segments::SOI);
    jpeg
}

/// Adds everything from the tables to the end.
fn write(
    samples: &[u8],
    (width, height): (u32, u32),
    channels: u16,
    options: EncodeOptions,
    instructions: Instructions,
    jpeg: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    let side = |side: u32| {
        let limit = u32::from(Jpeg::MAX_SIDE);
        u16::try_from(side).map_err(|_| EncodeError::Side { format: "Jpeg", limit })
    };
    let sides @ (columns, rows) = (side(width)?, side(height)?);
    let sampling = match (channels, options.chroma) {
        (1, _) => Sampling::Gray,
        (_, ChromaSubsampling::None) => Sampling::Full,
        (_, ChromaSubsampling::Horizontal) => Sampling::HalfWidth,
        (_, ChromaSubsampling::Both) => Sampling::Half,
    };
    let pixels = Pixels::new(samples, (columns.into(), rows.into()), channels.into());
    let pixels = pixels.ok_or(EncodeError::Shape { format: "Jpeg" })?;
    // Clients may ask for 0.
    let quality = u8::try_from(options.quality.clamp(1, 100)).unwrap_or(100);
    let steps = tables::steps(quality);
    frame::header(sides, sampling, &steps, jpeg);
    let quantizers = steps.map(|steps| Quantizer::new(&steps));
    let scan = Scan { pixels: &pixels, sampling, quantizers: &quantizers };
    scan::write(&scan, instructions, jpeg);
    jpeg.extend_from_slice(&EOI);
    Ok(())
}

const EOI: [u8; 2] = [0xFF, 0xD9];
