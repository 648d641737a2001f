//! Jpeg output: baseline, grey or colour with halved chroma, in a JFIF frame.

use bytes::Bytes;
use jpeg_encoder::{ChromaSubsamplingMethod, ColorType, PixelDensity, PixelDensityUnit};
use jpeg_encoder::{EncodingError, SamplingFactor};

use super::exif;
use crate::codec::{Embed, EncodeError, EncodeOptions, Encoder, Scratch};
use crate::command::Format;
use crate::image::{Resolution, ResolutionUnit};
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
        let shape = raster.shape();
        let samples = raster.as_u8().filter(|_| shape == self.accepts(&shape));
        let samples = samples.ok_or(EncodeError::Shape { format: "Jpeg" })?;
        let side = |side: u32| {
            let limit = u32::from(Self::MAX_SIDE);
            u16::try_from(side).map_err(|_| EncodeError::Side { format: "Jpeg", limit })
        };
        let (width, height) = (side(shape.width)?, side(shape.height)?);
        let color = if shape.channels == 1 { ColorType::Luma } else { ColorType::Rgb };

        let mut jpeg = Vec::with_capacity(samples.len() / 8 + 1024);
        let mut encoder = encoder(&mut jpeg, options.quality);
        if let Some(density) = embed.resolution.and_then(density) {
            encoder.set_density(density);
        }
        if let Some(segment) = exif::block(embed).and_then(exif_segment) {
            encoder.add_app_segment(1, segment).map_err(|error| failed(&error))?;
        }
        if let Some(segment) = embed.xmp.and_then(xmp_segment) {
            encoder.add_app_segment(1, segment).map_err(|error| failed(&error))?;
        }
        for segment in embed.icc.into_iter().flat_map(icc_segments) {
            encoder.add_app_segment(2, segment).map_err(|error| failed(&error))?;
        }
        encoder.encode(samples, width, height, color).map_err(|error| failed(&error))?;
        // What is cached is counted by its length.
        jpeg.shrink_to_fit();
        Ok(jpeg.into())
    }
}

/// Puts an ICC profile into a Jpeg as it is stored, before anything but its JFIF header.
///
/// Bytes that are no Jpeg, and a Jpeg that has a profile, are returned as they are.
pub fn insert_icc(jpeg: &Bytes, icc: &[u8]) -> Bytes {
    let segments = || Segments { rest: jpeg.get(SOI.len()..).unwrap_or_default() };
    let has_profile = segments().any(|s| s.marker == APP2 && s.payload.starts_with(ICC));
    if !jpeg.starts_with(&SOI) || has_profile {
        return jpeg.clone();
    }
    // JFIF 1.02: the header, then its extension, come directly after SOI.
    let header = segments().take_while(|segment| segment.marker == APP0);
    let at = SOI.len() + header.map(|segment| segment.payload.len() + 4).sum::<usize>();
    let (before, after) = jpeg.split_at(at.min(jpeg.len()));

    let mut output = Vec::with_capacity(jpeg.len() + icc.len() + 1024);
    output.extend_from_slice(before);
    for payload in icc_segments(icc) {
        append(&mut output, &Segment { marker: APP2, payload: &payload });
    }
    output.extend_from_slice(after);
    output.shrink_to_fit();
    output.into()
}

fn append(jpeg: &mut Vec<u8>, segment: &Segment<'_>) {
    let length = u16::try_from(segment.payload.len() + 2).expect("payloads end at SEGMENT_MAX");
    jpeg.extend_from_slice(&[0xFF, segment.marker]);
    jpeg.extend_from_slice(&length.to_be_bytes());
    jpeg.extend_from_slice(segment.payload);
}

/// A picture of 8-bit grey or RGB with nothing but its pixels.
pub(super) fn compress(
    samples: &[u8],
    (width, height): (u32, u32),
    channels: u16,
    quality: i32,
) -> Result<Vec<u8>, EncodeError> {
    let side = |side: u32| {
        let limit = u32::from(Jpeg::MAX_SIDE);
        u16::try_from(side).map_err(|_| EncodeError::Side { format: "Jpeg", limit })
    };
    let color = if channels == 1 { ColorType::Luma } else { ColorType::Rgb };
    let mut jpeg = Vec::with_capacity(samples.len() / 8 + 1024);
    let result = encoder(&mut jpeg, quality).encode(samples, side(width)?, side(height)?, color);
    result.map_err(|error| failed(&error))?;
    Ok(jpeg)
}

/// Baseline with halved chroma. The library's range of qualities starts at 1, where clients may
/// ask for 0.
fn encoder(jpeg: &mut Vec<u8>, quality: i32) -> jpeg_encoder::Encoder<&mut Vec<u8>> {
    let quality = u8::try_from(quality.clamp(1, 100)).unwrap_or(100);
    let mut encoder = jpeg_encoder::Encoder::new(jpeg, quality);
    encoder.set_sampling_factor(SamplingFactor::R_4_2_0);
    // The library's default takes one pixel of four.
    encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
    encoder
}

fn failed(error: &EncodingError) -> EncodeError {
    EncodeError::Failed { format: "Jpeg", reason: error.to_string() }
}

/// JFIF holds whole numbers from 1; a resolution that is no number above zero is left out.
fn density(resolution: Resolution) -> Option<PixelDensity> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
    let whole = |exact: f64| {
        let is_known = exact.is_finite() && exact > 0.0;
        is_known.then(|| exact.round().clamp(1.0, f64::from(u16::MAX)) as u16)
    };
    let unit = match resolution.unit {
        ResolutionUnit::Centimetre => PixelDensityUnit::Centimeters,
        ResolutionUnit::Inch => PixelDensityUnit::Inches,
        ResolutionUnit::Unknown => PixelDensityUnit::PixelAspectRatio,
    };
    Some(PixelDensity { density: (whole(resolution.x)?, whole(resolution.y)?), unit })
}

/// Payloads of APP2 segments with the chunks of a profile (ICC.1, B.4); none when it needs more
/// of them than can be numbered.
fn icc_segments(icc: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let chunks = icc.chunks(ICC_CHUNK);
    let count = u8::try_from(chunks.len()).unwrap_or(0);
    (1..=count).zip(chunks).map(move |(number, chunk)| [ICC, &[number, count], chunk].concat())
}

/// Payload of the APP1 segment with an EXIF block (EXIF 2.32, 4.7.2); none when it is too long.
fn exif_segment(block: Vec<u8>) -> Option<Vec<u8>> {
    (block.len() <= SEGMENT_MAX - EXIF.len()).then(|| [EXIF.to_vec(), block].concat())
}

/// Payload of the APP1 segment with an XMP packet (XMP part 3, 1.1.3); none when it is too long.
fn xmp_segment(packet: &[u8]) -> Option<Vec<u8>> {
    (packet.len() <= XMP_MAX).then(|| [XMP, packet].concat())
}

/// The marker segments before the first scan.
struct Segments<'a> {
    rest: &'a [u8],
}

struct Segment<'a> {
    marker: u8,
    payload: &'a [u8],
}

impl<'a> Iterator for Segments<'a> {
    type Item = Segment<'a>;

    fn next(&mut self) -> Option<Segment<'a>> {
        let (&[0xFF, marker, high, low], rest) = self.rest.split_first_chunk()? else {
            return None;
        };
        if marker == SOS {
            return None;
        }
        let length = usize::from(u16::from_be_bytes([high, low])).checked_sub(2)?;
        let (payload, rest) = rest.split_at_checked(length)?;
        self.rest = rest;
        Some(Segment { marker, payload })
    }
}

const SOI: [u8; 2] = [0xFF, 0xD8];
const SOS: u8 = 0xDA;
const APP0: u8 = 0xE0;
const APP2: u8 = 0xE2;

const ICC: &[u8] = b"ICC_PROFILE\0";
const EXIF: &[u8] = b"Exif\0\0";
const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
/// Longest payload of a segment, its length field counted in.
const SEGMENT_MAX: usize = 65_535 - 2;
const ICC_CHUNK: usize = SEGMENT_MAX - ICC.len() - 2;
/// Longest packet that XMP part 3 allows in one segment.
const XMP_MAX: usize = 65_502;

#[cfg(test)]
mod tests {
    use zune_core::bytestream::ZCursor;
    use zune_core::options::DecoderOptions;
    use zune_jpeg::JpegDecoder;

    use super::*;
    use crate::raster::Samples;

    fn picture(width: u32, height: u32, channels: u16) -> Raster {
        let color = if channels == 1 { ColorSpace::Gray } else { ColorSpace::Rgb };
        let shape = Shape::new(width, height, channels, SampleType::U8, color);
        // Slopes that differ per channel: smooth, so that quality can be asked of them.
        let sample = |x: u32, y: u32, c: u32| 40 + (x * (c + 1) + y * (3 - c)) / 3 % 160;
        let mut samples = Vec::new();
        for y in 0..height {
            for x in 0..width {
                for c in 0..u32::from(channels) {
                    samples.push(u8::try_from(sample(x.min(60), y.min(60), c)).unwrap());
                }
            }
        }
        Raster::new(shape, Samples::U8(samples)).unwrap()
    }

    fn encode(raster: &Raster, quality: i32, embed: &Embed<'_>) -> Bytes {
        Jpeg.encode(
            raster,
            &EncodeOptions { quality, ..EncodeOptions::default() },
            embed,
            &mut Scratch::default(),
        )
        .unwrap()
    }

    fn decode(jpeg: &[u8]) -> ((usize, usize), Vec<u8>) {
        let mut decoder = JpegDecoder::new(ZCursor::new(jpeg));
        decoder.decode_headers().unwrap();
        // As it is stored: the decoder would make colour of grey.
        if decoder.info().unwrap().components == 1 {
            let options = DecoderOptions::default()
                .jpeg_set_out_colorspace(zune_core::colorspace::ColorSpace::Luma);
            decoder = JpegDecoder::new_with_options(ZCursor::new(jpeg), options);
        }
        let pixels = decoder.decode().unwrap();
        (decoder.dimensions().unwrap(), pixels)
    }

    fn psnr(left: &[u8], right: &[u8]) -> f64 {
        assert_eq!(left.len(), right.len());
        let square = |(l, r): (&u8, &u8)| f64::from(l.abs_diff(*r)).powi(2);
        let sum: f64 = left.iter().zip(right).map(square).sum();
        let count = f64::from(u32::try_from(left.len()).unwrap());
        10.0 * (255.0 * 255.0 / (sum / count).max(1e-9)).log10()
    }

    /// All segments up to the first scan.
    fn segments(jpeg: &[u8]) -> Vec<(u8, &[u8])> {
        Segments { rest: &jpeg[2..] }.map(|segment| (segment.marker, segment.payload)).collect()
    }

    fn profile(length: usize) -> Vec<u8> {
        (0..length).map(|i| u8::try_from(i % 251).unwrap()).collect()
    }

    /// A profile put together from the segments again, as ICC.1 B.4 tells.
    fn joined(jpeg: &[u8]) -> Vec<u8> {
        let chunks: Vec<_> = segments(jpeg)
            .into_iter()
            .filter_map(|(marker, payload)| {
                payload.strip_prefix(b"ICC_PROFILE\0").filter(|_| marker == 0xE2)
            })
            .collect();
        for (index, chunk) in chunks.iter().enumerate() {
            assert_eq!(usize::from(chunk[0]), index + 1);
            assert_eq!(usize::from(chunk[1]), chunks.len());
        }
        chunks.into_iter().flat_map(|chunk| &chunk[2..]).copied().collect()
    }

    #[test]
    fn pictures_of_odd_sizes_come_back() {
        for channels in [1, 3] {
            for (width, height) in [(1, 1), (1, 9), (7, 1), (8, 8), (17, 15), (33, 65), (256, 255)]
            {
                let raster = picture(width, height, channels);
                let (size, pixels) = decode(&encode(&raster, 90, &Embed::default()));
                assert_eq!(size, (width as usize, height as usize));
                let psnr = psnr(&pixels, raster.as_u8().unwrap());
                assert!(psnr > 32.0, "{width}x{height}x{channels}: {psnr} dB");
            }
        }
    }

    #[test]
    fn quality_is_clamped() {
        let raster = picture(40, 40, 3);
        let size = |quality| encode(&raster, quality, &Embed::default()).len();
        assert_eq!(size(0), size(1));
        assert_eq!(size(-7), size(1));
        assert_eq!(size(1000), size(100));
        assert!(size(1) < size(50) && size(50) < size(100));
    }

    #[test]
    fn output_is_baseline_with_halved_chroma() {
        let jpeg = encode(&picture(16, 16, 3), 95, &Embed::default());
        let (_, frame) = segments(&jpeg).into_iter().find(|(m, _)| *m == 0xC0).unwrap();
        // Precision, height, width, components, then id, sampling and table of each.
        assert_eq!(frame[..6], [8, 0, 16, 0, 16, 3]);
        assert_eq!([frame[7], frame[10], frame[13]], [0x22, 0x11, 0x11]);
    }

    #[test]
    fn alpha_is_left_to_the_planner_and_refused_here() {
        let shape = Shape::new(1, 1, 4, SampleType::U8, ColorSpace::Rgb);
        let shape = Shape { alpha: Alpha::Straight, ..shape };
        let expected = Shape::new(1, 1, 3, SampleType::U8, ColorSpace::Rgb);
        assert_eq!(Jpeg.accepts(&shape), expected);
        let raster = Raster::new(shape, Samples::U8(vec![0; 4])).unwrap();
        let result = Jpeg.encode(
            &raster,
            &EncodeOptions { quality: 75, ..EncodeOptions::default() },
            &Embed::default(),
            &mut Scratch::default(),
        );
        assert!(matches!(result, Err(EncodeError::Shape { .. })));
    }

    #[test]
    fn a_side_beyond_the_format_is_an_error() {
        let shape = Shape::new(65_536, 1, 1, SampleType::U8, ColorSpace::Gray);
        let raster = Raster::new(shape, Samples::U8(vec![0; 65_536])).unwrap();
        let result = Jpeg.encode(
            &raster,
            &EncodeOptions { quality: 75, ..EncodeOptions::default() },
            &Embed::default(),
            &mut Scratch::default(),
        );
        assert!(matches!(result, Err(EncodeError::Side { limit: 65_535, .. })));
    }

    #[test]
    fn density_is_rounded_in_its_own_unit() {
        let cases = [
            (ResolutionUnit::Inch, 299.6, 72.4, [1, 1, 44, 0, 72]),
            (ResolutionUnit::Centimetre, 7.085, 0.2, [2, 0, 7, 0, 1]),
            (ResolutionUnit::Unknown, 1.0, 1e9, [0, 0, 1, 255, 255]),
        ];
        for (unit, x, y, expected) in cases {
            let resolution = Some(Resolution { x, y, unit });
            let jpeg = encode(&picture(2, 2, 1), 75, &Embed { resolution, ..Embed::default() });
            let (marker, jfif) = segments(&jpeg)[0];
            assert_eq!((marker, &jfif[..5]), (0xE0, b"JFIF\0".as_slice()));
            assert_eq!(jfif[7..12], expected);
        }
    }

    #[test]
    fn a_profile_is_cut_at_the_longest_segment() {
        for (length, count) in [(1, 1), (65_519, 1), (65_520, 2), (200_000, 4)] {
            let icc = profile(length);
            let embed = Embed { icc: Some(&icc), ..Embed::default() };
            let jpeg = encode(&picture(9, 9, 3), 75, &embed);
            assert_eq!(joined(&jpeg), icc);
            assert_eq!(segments(&jpeg).iter().filter(|(m, _)| *m == 0xE2).count(), count);
            assert_eq!(decode(&jpeg).0, (9, 9));
        }
    }

    #[test]
    fn a_profile_beyond_255_segments_is_left_out() {
        assert_eq!(icc_segments(&vec![0; 255 * 65_519]).count(), 255);
        assert_eq!(icc_segments(&vec![0; 255 * 65_519 + 1]).count(), 0);
    }

    #[test]
    fn xmp_is_embedded_when_it_fits() {
        for (length, is_embedded) in [(10, true), (65_502, true), (65_503, false)] {
            let xmp = profile(length);
            let embed = Embed { xmp: Some(&xmp), ..Embed::default() };
            let jpeg = encode(&picture(9, 9, 1), 75, &embed);
            let expected = [b"http://ns.adobe.com/xap/1.0/\0", xmp.as_slice()].concat();
            assert_eq!(segments(&jpeg).contains(&(0xE1, expected.as_slice())), is_embedded);
        }
    }

    #[test]
    fn an_inserted_profile_changes_nothing_else() {
        let icc = profile(70_000);
        let with_header = encode(&picture(20, 20, 3), 75, &Embed::default());
        // As a tile of a Tiff is put together: no JFIF header.
        let header = 2 + 18;
        let bare = Bytes::from([&SOI, &with_header[header..]].concat());
        for (jpeg, at) in [(with_header, header), (bare, 2)] {
            let output = insert_icc(&jpeg, &icc);
            let added = icc.len() + 2 * 18;
            assert_eq!(output.len(), jpeg.len() + added);
            assert_eq!(output[..at], jpeg[..at]);
            assert_eq!(output[at + added..], jpeg[at..]);
            assert_eq!(output[at..at + 4], [0xFF, 0xE2, 0xFF, 0xFF]);
            assert_eq!(joined(&output), icc);
            assert_eq!(decode(&output), decode(&jpeg));
            // Once is enough.
            assert_eq!(insert_icc(&output, &icc), output);
        }
    }

    #[test]
    fn bytes_that_are_no_jpeg_get_no_profile() {
        for bytes in [&b""[..], b"\xFF", b"RIFF....WEBP"] {
            let bytes = Bytes::copy_from_slice(bytes);
            assert_eq!(insert_icc(&bytes, &[1, 2, 3]), bytes);
        }
    }

    #[test]
    fn a_jpeg_cut_off_in_a_segment_is_survived() {
        let jpeg = encode(&picture(8, 8, 1), 75, &Embed::default());
        for length in 2..30 {
            let output = insert_icc(&jpeg.slice(..length), &[1, 2, 3]);
            assert_eq!(output.len(), length + 18 + 3);
        }
    }
}
