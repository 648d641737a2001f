//! Tiles or strips of a picture as bytes: cut out, differenced.

use crate::codec::EncodeError;
use crate::raster::{Raster, SampleType, Samples, Shape};

/// How a picture is cut.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Grid {
    /// Bands of this many rows, the last one perhaps less.
    Strips { rows: u32 },
    /// Squares, filled up at the right and bottom edge.
    Tiles,
}

/// One tile or strip, in pixels. It may stand over the edge of the picture.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Chunk {
    pub(super) x: u32,
    pub(super) y: u32,
    pub(super) width: u32,
    pub(super) height: u32,
}

impl Grid {
    /// Side of a tile.
    pub(super) const TILE: u32 = 256;
    /// Larger pictures have tiles, so that viewers need not read all of them.
    const UNTILED: u32 = 1024;
    /// Bytes of a strip, about (TIFF 6.0, p. 39 wants 8 KiB, for machines of 1992).
    const STRIP: usize = 64 << 10;
    /// Rows of a strip are a multiple of this: two blocks of JPEG with halved chroma.
    const ROWS: u32 = 16;

    pub(super) fn of(shape: &Shape) -> Self {
        if shape.width.max(shape.height) > Self::UNTILED {
            return Self::Tiles;
        }
        let row = shape.row_samples().saturating_mul(shape.sample.bytes()).max(1);
        let rows = u32::try_from(Self::STRIP / row).unwrap_or(0);
        let rows = (rows / Self::ROWS).max(1) * Self::ROWS;
        Self::Strips { rows: rows.min(shape.height.max(1)) }
    }

    /// All chunks, row by row.
    pub(super) fn chunks(self, shape: &Shape) -> Vec<Chunk> {
        let Shape { width, height, .. } = *shape;
        match self {
            Self::Strips { rows } => starts(height, rows)
                .map(|y| Chunk { x: 0, y, width, height: rows.min(height - y) })
                .collect(),
            Self::Tiles => {
                let side = Self::TILE;
                let row =
                    |y| starts(width, side).map(move |x| Chunk { x, y, width: side, height: side });
                starts(height, side).flat_map(row).collect()
            }
        }
    }
}

fn starts(side: u32, step: u32) -> impl Iterator<Item = u32> {
    (0..side).step_by(step as usize)
}

impl Chunk {
    /// Its samples, little-endian. Beyond the edge the last pixel is repeated: nothing that a
    /// lossy compression would have to smear.
    pub(super) fn bytes(&self, raster: &Raster, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let shape = raster.shape();
        let channels = usize::from(shape.channels);
        let inside = self.width.min(shape.width - self.x) as usize;
        out.clear();
        for y in self.y..self.y + self.height {
            let y = y.min(shape.height - 1);
            let start = (y as usize * shape.width as usize + self.x as usize) * channels;
            append(raster.samples(), start, inside * channels, out)?;
            let pixel = start + (inside - 1) * channels;
            for _ in inside..self.width as usize {
                append(raster.samples(), pixel, channels, out)?;
            }
        }
        Ok(())
    }
}

/// Appends samples as bytes.
fn append(
    samples: &Samples,
    start: usize,
    count: usize,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    fn part<T>(samples: &[T], start: usize, count: usize) -> Result<&[T], EncodeError> {
        let part = samples.get(start..).and_then(|rest| rest.get(..count));
        part.ok_or(EncodeError::Shape { format: "Tiff" })
    }
    match samples {
        Samples::F32(all) => {
            out.extend(part(all, start, count)?.iter().flat_map(|s| s.to_le_bytes()));
        }
        Samples::U16(all) => {
            out.extend(part(all, start, count)?.iter().flat_map(|s| s.to_le_bytes()));
        }
        Samples::U32(all) => {
            out.extend(part(all, start, count)?.iter().flat_map(|s| s.to_le_bytes()));
        }
        Samples::U8(all) => out.extend_from_slice(part(all, start, count)?),
    }
    Ok(())
}

/// Number of the predictor of these samples (TIFF 6.0, section 14; TIFF Technical Note 3).
pub(super) fn predictor(sample: SampleType) -> u16 {
    match sample {
        SampleType::F32 => 3,
        SampleType::U16 | SampleType::U32 | SampleType::U8 => 2,
    }
}

/// Replaces samples by differences, row by row.
pub(super) fn predict(bytes: &mut [u8], width: u32, shape: &Shape) {
    let channels = usize::from(shape.channels);
    let row_bytes = width as usize * channels * shape.sample.bytes();
    let mut scratch = Vec::new();
    for row in bytes.chunks_exact_mut(row_bytes.max(1)) {
        match shape.sample {
            SampleType::F32 => {
                split_bytes(row, &mut scratch);
                for i in (channels..row.len()).rev() {
                    row[i] = row[i].wrapping_sub(row[i - channels]);
                }
            }
            SampleType::U8 => {
                for i in (channels..row.len()).rev() {
                    row[i] = row[i].wrapping_sub(row[i - channels]);
                }
            }
            SampleType::U16 => {
                let (samples, _) = row.as_chunks_mut::<2>();
                for i in (channels..samples.len()).rev() {
                    let left = u16::from_le_bytes(samples[i - channels]);
                    samples[i] = u16::from_le_bytes(samples[i]).wrapping_sub(left).to_le_bytes();
                }
            }
            SampleType::U32 => {
                let (samples, _) = row.as_chunks_mut::<4>();
                for i in (channels..samples.len()).rev() {
                    let left = u32::from_le_bytes(samples[i - channels]);
                    samples[i] = u32::from_le_bytes(samples[i]).wrapping_sub(left).to_le_bytes();
                }
            }
        }
    }
}

/// The highest bytes of all samples of a row, then the next ones (TIFF Technical Note 3).
fn split_bytes(row: &mut [u8], scratch: &mut Vec<u8>) {
    scratch.clear();
    scratch.extend_from_slice(row);
    let (samples, _) = scratch.as_chunks::<4>();
    for (plane, to) in row.chunks_exact_mut(samples.len().max(1)).enumerate() {
        for (to, sample) in to.iter_mut().zip(samples) {
            *to = sample[3 - plane];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::ColorSpace;

    fn shape(width: u32, height: u32) -> Shape {
        Shape::new(width, height, 3, SampleType::U8, ColorSpace::Rgb)
    }

    #[test]
    fn small_pictures_have_strips_and_large_ones_tiles() {
        // 65,536 / 3,072 = 21.3 rows, rounded down to 16.
        assert_eq!(Grid::of(&shape(1024, 1024)), Grid::Strips { rows: 16 });
        assert_eq!(Grid::of(&shape(10, 7)), Grid::Strips { rows: 7 });
        assert_eq!(Grid::of(&shape(10, 1025)), Grid::Tiles);
        let strips = Grid::Strips { rows: 16 }.chunks(&shape(9, 20));
        assert_eq!(
            strips,
            [
                Chunk { x: 0, y: 0, width: 9, height: 16 },
                Chunk { x: 0, y: 16, width: 9, height: 4 },
            ]
        );
        assert_eq!(Grid::Tiles.chunks(&shape(300, 257)).len(), 4);
    }

    #[test]
    fn tiles_repeat_the_last_pixel_beyond_the_edge() {
        let shape = Shape::new(2, 2, 1, SampleType::U8, ColorSpace::Gray);
        let raster = Raster::new(shape, Samples::U8(vec![1, 2, 3, 4])).unwrap();
        let mut bytes = Vec::new();
        Chunk { x: 1, y: 0, width: 2, height: 3 }.bytes(&raster, &mut bytes).unwrap();
        assert_eq!(bytes, [2, 2, 4, 4, 4, 4]);
    }

    #[test]
    fn differences_are_those_of_the_technical_notes() {
        let mut bytes = [5, 1, 7, 255, 6, 6];
        let shape = Shape::new(3, 1, 2, SampleType::U8, ColorSpace::Multiband);
        predict(&mut bytes, 3, &shape);
        assert_eq!(bytes, [5, 1, 2, 254, 255, 7]);

        let mut bytes = [1.0_f32, 1.5].map(f32::to_le_bytes).concat();
        // 3f 80 00 00 and 3f c0 00 00: planes 3f 3f 80 c0 00 00 00 00, then differences.
        let shape = Shape::new(2, 1, 1, SampleType::F32, ColorSpace::Gray);
        predict(&mut bytes, 2, &shape);
        assert_eq!(bytes, [0x3f, 0, 0x41, 0x40, 0x40, 0, 0, 0]);
    }
}
