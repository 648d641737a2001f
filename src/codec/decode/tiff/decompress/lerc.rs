//! LERC blobs (Limited Error Raster Compression), perhaps packed once more.

use lerc::bitmask::BitMask;
use lerc::{Image, SampleData};

use super::super::header::ByteOrder;
use super::{ChunkLayout, deflate, zstd};
use crate::codec::{DecodeError, Unpackers};

/// What was done to a blob after it was made: the second number of `LercParameters`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in super::super) enum Wrapping {
    /// zlib streams.
    Deflate,
    /// Nothing.
    None,
    /// Zstandard frames.
    Zstd,
}

impl Wrapping {
    /// What the number stands for.
    pub(super) fn new(code: u64) -> Result<Self, DecodeError> {
        match code {
            0 => Ok(Self::None),
            1 => Ok(Self::Deflate),
            2 => Ok(Self::Zstd),
            _ => Err(DecodeError::Malformed(format!("its LercParameters have {code} in them"))),
        }
    }
}

/// Decodes a blob into `out`, in the byte order of the file: libtiff swaps the bytes of samples
/// before it makes blobs for a big-endian file, so numbers in there have their lowest byte on top.
///
/// Pixels without a value are NaN, or 0 when the samples are integers. When the blob has one
/// sample less than the chunk, the last one is alpha and says which pixels have a value.
pub(super) fn unpack(
    wrapping: Wrapping,
    stored: &[u8],
    chunk: &ChunkLayout,
    out: &mut [u8],
    unpackers: &mut Unpackers,
) -> Result<usize, DecodeError> {
    let unwrapped;
    let blob = if wrapping == Wrapping::None {
        stored
    } else {
        // Blobs of noise are a little larger than the samples.
        let mut buffer = vec![0; out.len().saturating_add(out.len() / 4).saturating_add(4096)];
        let len = match wrapping {
            Wrapping::Deflate => deflate::unpack(stored, &mut buffer, &mut unpackers.deflate)?,
            Wrapping::Zstd => zstd::unpack(stored, &mut buffer, &mut unpackers.zstd)?,
            Wrapping::None => 0,
        };
        buffer.truncate(len);
        unwrapped = buffer;
        &unwrapped
    };
    let image = read(blob, chunk)?;
    let pixels = Pixels { image: &image, chunk };
    match &image.data {
        SampleData::I8(data) => pixels.write(data, 0, -1, out, i8::to_le_bytes),
        SampleData::U8(data) => pixels.write(data, 0, u8::MAX, out, u8::to_le_bytes),
        SampleData::I16(data) => pixels.write(data, 0, -1, out, i16::to_le_bytes),
        SampleData::U16(data) => pixels.write(data, 0, u16::MAX, out, u16::to_le_bytes),
        SampleData::I32(data) => pixels.write(data, 0, -1, out, i32::to_le_bytes),
        SampleData::U32(data) => pixels.write(data, 0, u32::MAX, out, u32::to_le_bytes),
        SampleData::F32(data) => pixels.write(data, f32::NAN, 1.0, out, f32::to_le_bytes),
        SampleData::F64(data) => pixels.write(data, f64::NAN, 1.0, out, f64::to_le_bytes),
    }
}

/// Decodes a blob once its header is known to fit the chunk.
fn read(blob: &[u8], chunk: &ChunkLayout) -> Result<Image, DecodeError> {
    let damaged = |_| DecodeError::Malformed("a tile is not a valid LERC blob".into());
    let head = lerc::decode_info(blob).map_err(damaged)?;
    let samples = u64::from(head.depth) * u64::from(head.bands);
    let wanted = u64::from(chunk.samples);
    let integer = head.data_type.is_integer();
    let fits = head.width == chunk.width
        && head.height <= chunk.rows
        && (samples == wanted || (samples > 0 && samples + 1 == wanted && integer))
        && head.data_type.size() * 8 == usize::from(chunk.bits)
        && integer != chunk.float;
    if !fits {
        return Err(DecodeError::Malformed(format!(
            "a LERC tile has {}x{} pixels of {samples} samples, and is not what is promised",
            head.width, head.height,
        )));
    }
    lerc::decode(blob).map_err(damaged)
}

/// A decoded blob on its way into a chunk.
struct Pixels<'a> {
    image: &'a Image,
    chunk: &'a ChunkLayout,
}

impl Pixels<'_> {
    /// Interleaves the bands. `opaque` is the alpha of a pixel that has a value.
    fn write<T: Copy + Default, const N: usize>(
        &self,
        data: &[T],
        nothing: T,
        opaque: T,
        out: &mut [u8],
        bytes: impl Fn(T) -> [u8; N],
    ) -> Result<usize, DecodeError> {
        let made = |value| {
            let mut bytes = bytes(value);
            if self.chunk.order == ByteOrder::Big {
                bytes.reverse();
            }
            bytes
        };
        let short = || DecodeError::Malformed("a LERC tile has too few samples".into());
        let depth = self.image.depth as usize;
        let pixels = (self.image.width as usize) * (self.image.height as usize);
        let samples = usize::from(self.chunk.samples);
        let (out, _) = out.as_chunks_mut::<N>();
        let used = pixels.checked_mul(samples).and_then(|len| out.get_mut(..len));
        let out = used.ok_or_else(short)?;
        let mask = |band: usize| self.image.valid_masks.get(band);
        let is_valid = |mask: Option<&BitMask>, pixel| mask.is_none_or(|mask| mask.is_valid(pixel));
        let mut first = 0;
        for (band, data) in data.chunks_exact((pixels * depth).max(1)).enumerate() {
            let mask = mask(band);
            for (pixel, values) in data.chunks_exact(depth.max(1)).enumerate() {
                let valid = is_valid(mask, pixel);
                let place = pixel * samples + first;
                let to = out.get_mut(place..place + depth).ok_or_else(short)?;
                for (to, value) in to.iter_mut().zip(values) {
                    *to = if valid { bytes(*value) } else { made(nothing) };
                }
            }
            first += depth;
        }
        if first < samples {
            let mask = mask(0);
            for (pixel, to) in out.chunks_exact_mut(samples).enumerate() {
                if let Some(alpha) = to.last_mut() {
                    *alpha = made(if is_valid(mask, pixel) { opaque } else { T::default() });
                }
            }
        }
        Ok(out.len() * N)
    }
}

#[cfg(test)]
mod tests {
    use lerc::Precision;

    use super::*;

    const CHUNK: ChunkLayout = ChunkLayout {
        width: 20,
        rows: 10,
        samples: 1,
        bits: 32,
        float: true,
        order: ByteOrder::NATIVE,
    };

    fn ramp() -> Vec<f32> {
        (0..200_u16).map(|i| f32::from(i) * 0.37 - 20.0).collect()
    }

    fn decode(
        wrapping: Wrapping,
        stored: &[u8],
        chunk: &ChunkLayout,
    ) -> Result<Vec<u8>, DecodeError> {
        let bytes = chunk.width * chunk.rows * u32::from(chunk.samples * chunk.bits / 8);
        let mut out = vec![1; bytes as usize];
        let filled = unpack(wrapping, stored, chunk, &mut out, &mut Unpackers::default())?;
        out.truncate(filled);
        Ok(out)
    }

    fn floats(bytes: &[u8]) -> Vec<f32> {
        bytes.as_chunks().0.iter().map(|bytes| f32::from_ne_bytes(*bytes)).collect()
    }

    #[test]
    fn blobs_unpack_with_and_without_a_wrapping() {
        let blob = lerc::encode_slice(20, 10, &ramp(), Precision::Lossless).unwrap();
        assert_eq!(floats(&decode(Wrapping::None, &blob, &CHUNK).unwrap()), ramp());
        let zstd = ::zstd::bulk::compress(&blob, 1).unwrap();
        assert_eq!(floats(&decode(Wrapping::Zstd, &zstd, &CHUNK).unwrap()), ramp());
        let mut zlib = vec![0; 4096];
        let mut packer = libdeflater::Compressor::new(libdeflater::CompressionLvl::fastest());
        let len = packer.zlib_compress(&blob, &mut zlib).unwrap();
        assert_eq!(floats(&decode(Wrapping::Deflate, &zlib[..len], &CHUNK).unwrap()), ramp());
    }

    #[test]
    fn pixels_without_a_value_are_nan_or_zero() {
        let mut mask = BitMask::all_valid(200);
        mask.set_invalid(3);
        let blob = lerc::encode_slice_masked(20, 10, &ramp(), &mask, Precision::Lossless).unwrap();
        let found = floats(&decode(Wrapping::None, &blob, &CHUNK).unwrap());
        assert!(found[3].is_nan());
        assert_eq!(found[..3], ramp()[..3]);
        assert_eq!(found[4..], ramp()[4..]);
        let numbers: Vec<u16> = (1000..1200).collect();
        let blob = lerc::encode_slice_masked(20, 10, &numbers, &mask, Precision::Lossless).unwrap();
        let chunk = ChunkLayout { bits: 16, float: false, ..CHUNK };
        let found = decode(Wrapping::None, &blob, &chunk).unwrap();
        assert_eq!(found[4..10], [1002_u16.to_ne_bytes(), [0; 2], 1004_u16.to_ne_bytes()].concat());
    }

    #[test]
    fn samples_of_big_endian_files_were_swapped_before() {
        let mut mask = BitMask::all_valid(200);
        mask.set_invalid(3);
        let swapped: Vec<u16> = (1000..1200_u16).map(u16::swap_bytes).collect();
        let blob = lerc::encode_slice_masked(20, 10, &swapped, &mask, Precision::Lossless).unwrap();
        let big = ChunkLayout { order: ByteOrder::Big, ..CHUNK };
        let found =
            decode(Wrapping::None, &blob, &ChunkLayout { bits: 16, float: false, ..big }).unwrap();
        assert_eq!(found[4..10], [1002_u16.to_be_bytes(), [0; 2], 1004_u16.to_be_bytes()].concat());
        let swapped: Vec<f32> =
            ramp().iter().map(|value| f32::from_bits(value.to_bits().swap_bytes())).collect();
        let blob = lerc::encode_slice_masked(20, 10, &swapped, &mask, Precision::Lossless).unwrap();
        let found = decode(Wrapping::None, &blob, &big).unwrap();
        let found: Vec<_> = found.as_chunks().0.iter().map(|b| f32::from_be_bytes(*b)).collect();
        assert!(found[3].is_nan());
        assert_eq!((&found[..3], &found[4..]), (&ramp()[..3], &ramp()[4..]));
    }

    #[test]
    fn a_missing_last_sample_is_alpha() {
        let rgb: Vec<u8> = (0..200_u8).flat_map(|i| [i, i / 2, 255 - i]).collect();
        let mut mask = BitMask::all_valid(200);
        mask.set_invalid(1);
        let masks = [mask];
        let blob =
            lerc::encode_borrowed(20, 10, 3, 1, &rgb, &masks, None, Precision::Lossless).unwrap();
        let chunk = ChunkLayout { samples: 4, bits: 8, float: false, ..CHUNK };
        let found = decode(Wrapping::None, &blob, &chunk).unwrap();
        assert_eq!(found[..12], [0, 0, 255, 255, 0, 0, 0, 0, 2, 1, 253, 255]);
    }

    #[test]
    fn bands_are_interleaved() {
        let planes: Vec<u8> = (0..200_u8).chain((0..200).map(|i| 255 - i)).collect();
        let masks = [BitMask::all_valid(200), BitMask::all_valid(200)];
        let blob = lerc::encode_borrowed(20, 10, 1, 2, &planes, &masks, None, Precision::Lossless);
        let chunk = ChunkLayout { samples: 2, bits: 8, float: false, ..CHUNK };
        let found = decode(Wrapping::None, &blob.unwrap(), &chunk).unwrap();
        assert!(found.chunks(2).zip(0..).all(|(pixel, i)| pixel == [i, 255 - i]));
    }

    #[test]
    fn other_and_damaged_blobs_are_refused() {
        let blob = lerc::encode_slice(20, 10, &ramp(), Precision::Lossless).unwrap();
        for chunk in [
            ChunkLayout { width: 21, ..CHUNK },
            ChunkLayout { rows: 9, ..CHUNK },
            ChunkLayout { samples: 2, ..CHUNK },
            ChunkLayout { bits: 64, ..CHUNK },
            ChunkLayout { float: false, ..CHUNK },
        ] {
            assert!(decode(Wrapping::None, &blob, &chunk).is_err());
        }
        for len in 0..blob.len() {
            assert!(decode(Wrapping::None, &blob[..len], &CHUNK).is_err());
        }
        for place in 0..blob.len() {
            let mut blob = blob.clone();
            blob[place] ^= 0x55;
            let _ = decode(Wrapping::None, &blob, &CHUNK);
        }
        assert!(decode(Wrapping::Zstd, &blob, &CHUNK).is_err());
        assert!(decode(Wrapping::Deflate, &blob, &CHUNK).is_err());
    }
}
