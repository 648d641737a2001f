//! WebP output: colour with or without alpha, lossy or lossless.

use std::borrow::Cow;

use ::webp::{PixelLayout, WebPConfig, WebPMemory};
use bytes::Bytes;

use super::{exif, png};
use crate::codec::{Embed, EncodeError, EncodeOptions, Encoder, Scratch};
use crate::command::Format;
use crate::raster::{Alpha, Raster, Shape};

/// The encoder.
#[derive(Debug)]
pub struct Webp;

impl Webp {
    /// Longest side (RFC 9649, 2.5).
    pub const MAX_SIDE: u32 = 16_383;
}

impl Encoder for Webp {
    fn format(&self) -> Format {
        Format::Webp
    }

    fn max_side(&self) -> u32 {
        Self::MAX_SIDE
    }

    fn accepts(&self, shape: &Shape) -> Shape {
        png::eight_bits(shape)
    }

    fn encode(
        &self,
        raster: &Raster,
        options: &EncodeOptions,
        embed: &Embed<'_>,
        _scratch: &mut Scratch,
    ) -> Result<Bytes, EncodeError> {
        let shape = raster.shape();
        let samples = raster.as_u8().filter(|_| shape == self.accepts(&shape));
        let samples = samples.ok_or(EncodeError::Shape { format: "WebP" })?;
        let size = (shape.width, shape.height);
        let picture = compress(samples, size, shape.channels, options.quality)?;
        Ok(with_metadata(&picture, &shape, embed).unwrap_or_else(|| picture.to_vec()).into())
    }
}

/// A picture without anything beside its pixels. Below quality 1 it is lossless.
pub(super) fn compress(
    samples: &[u8],
    (width, height): (u32, u32),
    channels: u16,
    quality: i32,
) -> Result<WebPMemory, EncodeError> {
    let limit = Webp::MAX_SIDE;
    if width.max(height) > limit {
        return Err(EncodeError::Side { format: "WebP", limit });
    }
    let (pixels, layout) = match channels {
        1 => (samples.iter().flat_map(|gray| [*gray; 3]).collect(), PixelLayout::Rgb),
        2 => {
            let (pixels, _) = samples.as_chunks();
            let rgba = |[gray, alpha]: &[u8; 2]| [*gray, *gray, *gray, *alpha];
            (pixels.iter().flat_map(rgba).collect(), PixelLayout::Rgba)
        }
        3 => (Cow::Borrowed(samples), PixelLayout::Rgb),
        4 => (Cow::Borrowed(samples), PixelLayout::Rgba),
        _ => return Err(EncodeError::Shape { format: "WebP" }),
    };
    let failed = |reason: String| EncodeError::Failed { format: "WebP", reason };
    let mut config = WebPConfig::new().map_err(|()| failed("no configuration".into()))?;
    // The fastest method, as a picture is made while its viewer waits (behaviour specification,
    // 11). A lossless one keeps the colours below full transparency.
    config.method = 0;
    let is_lossless = quality < 1;
    config.lossless = i32::from(is_lossless);
    config.exact = i32::from(is_lossless);
    config.quality = f32::from(u8::try_from(quality.clamp(0, 100)).unwrap_or(100));
    let expected = width as usize * height as usize * usize::from(layout.bytes_per_pixel());
    if pixels.len() != expected || expected == 0 {
        return Err(EncodeError::Shape { format: "WebP" });
    }
    let encoder = ::webp::Encoder::new(&pixels, layout, width, height);
    encoder.encode_advanced(&config).map_err(|error| failed(format!("{error:?}")))
}

/// The picture in an extended file (RFC 9649, 2.7) with what is embedded; `None` when nothing is.
fn with_metadata(picture: &[u8], shape: &Shape, embed: &Embed<'_>) -> Option<Vec<u8>> {
    let exif = exif::block(embed);
    if embed.icc.is_none() && embed.xmp.is_none() && exif.is_none() {
        return None;
    }
    let flag = |bit: u8, is_set: bool| if is_set { bit } else { 0 };
    let flags = flag(0x20, embed.icc.is_some())
        | flag(0x10, shape.alpha != Alpha::None)
        | flag(0x08, exif.is_some())
        | flag(0x04, embed.xmp.is_some());
    let [width, height] =
        [shape.width, shape.height].map(|side| side.wrapping_sub(1).to_le_bytes());
    let mut head = vec![flags, 0, 0, 0];
    head.extend_from_slice(&width[..3]);
    head.extend_from_slice(&height[..3]);

    let mut body = b"WEBP".to_vec();
    append(&mut body, *b"VP8X", &head)?;
    if let Some(icc) = embed.icc {
        append(&mut body, *b"ICCP", icc)?;
    }
    for (name, payload) in chunks(picture).filter(|(name, _)| name != b"VP8X") {
        append(&mut body, name, payload)?;
    }
    if let Some(exif) = exif {
        append(&mut body, *b"EXIF", &exif)?;
    }
    if let Some(xmp) = embed.xmp {
        append(&mut body, *b"XMP ", xmp)?;
    }
    let mut file = b"RIFF".to_vec();
    file.extend(u32::try_from(body.len()).ok()?.to_le_bytes());
    file.append(&mut body);
    Some(file)
}

fn append(body: &mut Vec<u8>, name: [u8; 4], payload: &[u8]) -> Option<()> {
    body.extend_from_slice(&name);
    body.extend(u32::try_from(payload.len()).ok()?.to_le_bytes());
    body.extend_from_slice(payload);
    // Chunks begin on even places.
    body.resize(body.len().next_multiple_of(2), 0);
    Some(())
}

/// Names and contents of the chunks of a file.
fn chunks(file: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    let mut rest = file.get(12..).unwrap_or_default();
    std::iter::from_fn(move || {
        let (name, after) = rest.split_first_chunk()?;
        let (length, after) = after.split_first_chunk()?;
        let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
        let (payload, after) = after.split_at_checked(length)?;
        rest = after.get(length % 2..).unwrap_or_default();
        Some((*name, payload))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::{ColorSpace, SampleType, Samples};

    fn picture(width: u32, height: u32, channels: u16) -> Raster {
        let color = if channels < 3 { ColorSpace::Gray } else { ColorSpace::Rgb };
        let alpha = if channels.is_multiple_of(2) { Alpha::Straight } else { Alpha::None };
        let shape = Shape { alpha, ..Shape::new(width, height, channels, SampleType::U8, color) };
        let sample = |i: usize| u8::try_from(i * i % 251).unwrap();
        let samples = (0..shape.samples().unwrap()).map(sample).collect();
        Raster::new(shape, Samples::U8(samples)).unwrap()
    }

    fn encode(raster: &Raster, quality: i32, embed: &Embed<'_>) -> Bytes {
        let options = EncodeOptions { quality, ..EncodeOptions::default() };
        Webp.encode(raster, &options, embed, &mut Scratch::default()).unwrap()
    }

    /// What a lossless answer of these samples shows.
    fn spread(raster: &Raster) -> Vec<u8> {
        let samples = raster.as_u8().unwrap();
        match raster.shape().channels {
            1 => samples.iter().flat_map(|gray| [*gray; 3]).collect(),
            2 => samples.chunks(2).flat_map(|p| [p[0], p[0], p[0], p[1]]).collect(),
            _ => samples.to_vec(),
        }
    }

    #[test]
    fn lossless_pictures_come_back_exactly() {
        for channels in 1..=4 {
            for (width, height) in [(1, 1), (7, 1), (33, 17)] {
                let raster = picture(width, height, channels);
                for quality in [-1, 0] {
                    let webp = encode(&raster, quality, &Embed::default());
                    let decoded = ::webp::Decoder::new(&webp).decode().unwrap();
                    assert_eq!((decoded.width(), decoded.height()), (width, height));
                    assert_eq!(&decoded[..], spread(&raster), "{channels} {width}x{height}");
                }
            }
        }
    }

    #[test]
    fn a_better_quality_needs_more_bytes() {
        let raster = picture(64, 64, 3);
        let size = |quality| encode(&raster, quality, &Embed::default()).len();
        assert!(size(1) < size(50) && size(50) < size(100));
        assert_eq!(size(100), size(1000));
    }

    #[test]
    fn what_is_embedded_stands_around_the_pixels() {
        for channels in [3, 4] {
            for quality in [-1, 80] {
                let raster = picture(20, 11, channels);
                let plain = encode(&raster, quality, &Embed::default());
                let (icc, xmp): (&[u8], &[u8]) = (&[7; 333], b"<x:xmpmeta/>");
                let embed = Embed { icc: Some(icc), xmp: Some(xmp), ..Embed::default() };
                let webp = encode(&raster, quality, &embed);
                let riff = u32::from_le_bytes(*webp[4..].first_chunk().unwrap());
                assert_eq!(riff as usize, webp.len() - 8);
                let all: Vec<_> = chunks(&webp).collect();
                let alpha = if channels == 4 { 0x10 } else { 0 };
                // RFC 9649, 2.7: flags, three reserved bytes, width and height minus 1.
                let head = [0x24 | alpha, 0, 0, 0, 19, 0, 0, 10, 0, 0];
                assert_eq!(all[0], (*b"VP8X", &head[..]));
                assert_eq!(all[1], (*b"ICCP", icc));
                assert_eq!(*all.last().unwrap(), (*b"XMP ", xmp));
                let pixels = |file| {
                    chunks(file).filter(|(n, _)| n.starts_with(b"VP8 ") || n == b"VP8L").count()
                };
                assert_eq!((pixels(&webp), pixels(&plain)), (1, 1));
                let decode = |file| ::webp::Decoder::new(file).decode().unwrap().to_vec();
                assert_eq!(decode(&webp[..]), decode(&plain[..]));
            }
        }
    }

    #[test]
    fn a_side_beyond_the_format_is_an_error() {
        let shape = Shape::new(16_384, 1, 1, SampleType::U8, ColorSpace::Gray);
        let raster = Raster::new(shape, Samples::U8(vec![0; 16_384])).unwrap();
        let (options, embed) = (EncodeOptions::default(), Embed::default());
        let result = Webp.encode(&raster, &options, &embed, &mut Scratch::default());
        assert!(matches!(result, Err(EncodeError::Side { limit: 16_383, .. })));
        assert_eq!(Webp.max_side(), 16_383);
    }
}
