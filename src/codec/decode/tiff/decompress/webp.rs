//! Pictures of the WebP format.

use ::webp::{BitstreamFeatures, Decoder};

use super::ChunkLayout;
use crate::codec::DecodeError;

/// Decodes a picture into `out`, which wants RGB or RGBA.
pub(super) fn unpack(
    stored: &[u8],
    chunk: &ChunkLayout,
    out: &mut [u8],
) -> Result<usize, DecodeError> {
    if chunk.bits != 8 || !matches!(chunk.samples, 3 | 4) {
        return Err(DecodeError::Malformed("WebP tiles have 8-bit RGB or RGBA".into()));
    }
    let damaged = || DecodeError::Malformed("a tile is not a valid WebP picture".into());
    let head = BitstreamFeatures::new(stored).ok_or_else(damaged)?;
    // Checked before memory is taken for the picture.
    if head.width() != chunk.width || head.height() > chunk.rows || head.has_animation() {
        let (width, height) = (head.width(), head.height());
        return Err(DecodeError::Malformed(format!(
            "a WebP tile has {width}x{height} pixels where {}x{} are promised",
            chunk.width, chunk.rows,
        )));
    }
    let picture = Decoder::new(stored).decode().ok_or_else(damaged)?;
    let samples = usize::from(chunk.samples);
    let found = if picture.is_alpha() { 4 } else { 3 };
    let pixels = out.chunks_exact_mut(samples).zip(picture.chunks_exact(found));
    let mut filled = 0;
    for (to, from) in pixels {
        match (to, from) {
            ([r, g, b], [red, green, blue, ..]) => (*r, *g, *b) = (*red, *green, *blue),
            ([r, g, b, a], [red, green, blue, alpha @ ..]) => {
                // Writers leave out an alpha channel that is opaque everywhere.
                let alpha = alpha.first().copied().unwrap_or(u8::MAX);
                (*r, *g, *b, *a) = (*red, *green, *blue, alpha);
            }
            _ => break,
        }
        filled += samples;
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::super::super::header::ByteOrder;
    use super::*;

    const CHUNK: ChunkLayout = ChunkLayout {
        width: 16,
        rows: 8,
        samples: 3,
        bits: 8,
        float: false,
        order: ByteOrder::NATIVE,
    };

    fn picture(samples: u8) -> Vec<u8> {
        (0..128_u8)
            .flat_map(|i| [i, 255 - i, i / 2, 200 + i / 8].into_iter().take(samples.into()))
            .collect()
    }

    #[test]
    fn lossless_pictures_unpack_with_and_without_alpha() {
        let (rgb, rgba) = (picture(3), picture(4));
        let opaque = ::webp::Encoder::from_rgb(&rgb, 16, 8).encode_lossless();
        let clear = ::webp::Encoder::from_rgba(&rgba, 16, 8).encode_lossless();
        let mut out = vec![0; 384];
        assert_eq!(unpack(&opaque, &CHUNK, &mut out).unwrap(), 384);
        assert_eq!(out, rgb);
        let chunk = ChunkLayout { samples: 4, ..CHUNK };
        let mut out = vec![0; 512];
        assert_eq!(unpack(&clear, &chunk, &mut out).unwrap(), 512);
        assert_eq!(out, rgba);
        assert_eq!(unpack(&opaque, &chunk, &mut out).unwrap(), 512);
        assert!(out.chunks(4).zip(rgb.chunks(3)).all(|(a, b)| a[..3] == *b && a[3] == 255));
    }

    #[test]
    fn pictures_of_another_size_are_refused() {
        let stored = ::webp::Encoder::from_rgb(&picture(3), 16, 8).encode_lossless();
        for chunk in [
            ChunkLayout { width: 15, ..CHUNK },
            ChunkLayout { rows: 7, ..CHUNK },
            ChunkLayout { samples: 1, ..CHUNK },
            ChunkLayout { bits: 16, ..CHUNK },
        ] {
            assert!(unpack(&stored, &chunk, &mut [0; 384]).is_err());
        }
        // The last strip may be shorter than promised.
        let chunk = ChunkLayout { rows: 10, ..CHUNK };
        assert_eq!(unpack(&stored, &chunk, &mut [0; 480]).unwrap(), 384);
    }
}
