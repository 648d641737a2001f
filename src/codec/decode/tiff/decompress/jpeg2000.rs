//! JPEG 2000 codestreams and JP2 files.

use super::ChunkLayout;
use crate::codec::decode::jp2::decode_stream;
use crate::codec::{DecodeError, Limits};
use crate::color::ycc::YCbCr;

/// Decodes a picture into `out`, in the byte order of this machine. With `ycbcr` its components
/// are luma and colour differences, whatever the directory says, and become RGB.
pub(super) fn unpack(
    ycbcr: bool,
    stored: &[u8],
    chunk: &ChunkLayout,
    out: &mut [u8],
) -> Result<usize, DecodeError> {
    let wrong = || DecodeError::Malformed("a JPEG 2000 tile is not what is promised".into());
    let width = match chunk.bits {
        8 | 16 | 32 if !chunk.float => usize::from(chunk.bits / 8),
        _ => return Err(wrong()),
    };
    let picture = decode_stream(stored, chunk.width, chunk.rows, &Limits::default())?;
    if picture.channels != chunk.samples || u16::from(picture.bits) > chunk.bits {
        return Err(wrong());
    }
    if ycbcr && width == 2 && chunk.samples == 3 {
        return Ok(deep_rgb(&picture.samples, picture.bits, out));
    }
    let size = out.len();
    for (to, sample) in out.chunks_exact_mut(width).zip(&picture.samples) {
        match to {
            [to] => *to = low_byte(*sample),
            [_, _] => to.copy_from_slice(&low_half(*sample).to_ne_bytes()),
            _ => to.copy_from_slice(&sample.to_ne_bytes()),
        }
    }
    if ycbcr && width == 1 && chunk.samples == 3 {
        YCbCr::default().to_rgb(out);
    }
    Ok(size.min(picture.samples.len() * width))
}

/// Luma and colour differences of up to 16 bits as RGB; how many bytes it has.
fn deep_rgb(samples: &[i32], bits: u8, out: &mut [u8]) -> usize {
    let mut pixels: Vec<u16> = samples.iter().copied().map(low_half).collect();
    let most = u16::MAX >> 16_u8.saturating_sub(bits);
    YCbCr::of_bits(bits).to_rgb_from_16(&mut pixels, most);
    let (out, _) = out.as_chunks_mut::<2>();
    for (to, sample) in out.iter_mut().zip(&pixels) {
        *to = sample.to_ne_bytes();
    }
    out.len().min(pixels.len()) * 2
}

fn low_byte(sample: i32) -> u8 {
    sample.to_le_bytes()[0]
}

fn low_half(sample: i32) -> u16 {
    let [low, high, ..] = sample.to_le_bytes();
    u16::from_le_bytes([low, high])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_of_16_bits_become_colours() {
        // What libvips 8.14 stores of a pixel of RGB: 51731, 55121, 56208.
        let mut out = [0; 8];
        assert_eq!(deep_rgb(&[54231, 33883, 30985], 16, &mut out), 6);
        let found = [[out[0], out[1]], [out[2], out[3]], [out[4], out[5]]].map(u16::from_ne_bytes);
        let apart = found.map(i32::from);
        for (found, original) in apart.into_iter().zip([51731, 55121, 56208]) {
            assert!((found - original).abs() <= 3, "{found} {original}");
        }
    }

    #[test]
    fn damaged_pictures_are_errors() {
        let order = super::super::super::header::ByteOrder::NATIVE;
        let chunk = ChunkLayout { width: 4, rows: 4, samples: 1, bits: 8, float: false, order };
        for stored in [&b""[..], b"\xff\x4f\xff\x51", b"no picture at all"] {
            assert!(unpack(false, stored, &chunk, &mut [0; 16]).is_err());
        }
        let chunk = ChunkLayout { bits: 1, ..chunk };
        assert!(unpack(false, b"", &chunk, &mut [0; 2]).is_err());
    }
}
