//! Segments of metadata: written before the picture, and put into one that is stored.

use bytes::Bytes;

use crate::codec::Embed;
use crate::codec::encode::exif;
use crate::image::{Resolution, ResolutionUnit};

/// Adds what is to be known about a picture, after SOI.
pub(super) fn write(embed: &Embed<'_>, jpeg: &mut Vec<u8>) {
    append(APP0, &jfif(embed.resolution), jpeg);
    if let Some(payload) = exif::block(embed).and_then(exif_payload) {
        append(APP1, &payload, jpeg);
    }
    if let Some(payload) = embed.xmp.and_then(xmp_payload) {
        append(APP1, &payload, jpeg);
    }
    for payload in embed.icc.into_iter().flat_map(icc_payloads) {
        append(APP2, &payload, jpeg);
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
    for payload in icc_payloads(icc) {
        append(APP2, &payload, &mut output);
    }
    output.extend_from_slice(after);
    output.shrink_to_fit();
    output.into()
}

fn append(marker: u8, payload: &[u8], jpeg: &mut Vec<u8>) {
    let length = u16::try_from(payload.len() + 2).expect("payloads end at SEGMENT_MAX");
    jpeg.extend_from_slice(&[0xFF, marker]);
    jpeg.extend_from_slice(&length.to_be_bytes());
    jpeg.extend_from_slice(payload);
}

/// Payload of the JFIF header (JFIF 1.02). It holds whole numbers from 1: a resolution that is no
/// number above zero is left out.
fn jfif(resolution: Option<Resolution>) -> [u8; 14] {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
    let whole = |exact: f64| {
        let is_known = exact.is_finite() && exact > 0.0;
        is_known.then(|| exact.round().clamp(1.0, f64::from(u16::MAX)) as u16)
    };
    let density = |resolution: Resolution| {
        let unit = match resolution.unit {
            ResolutionUnit::Unknown => 0,
            ResolutionUnit::Inch => 1,
            ResolutionUnit::Centimetre => 2,
        };
        Some((unit, whole(resolution.x)?, whole(resolution.y)?))
    };
    let (unit, across, down) = resolution.and_then(density).unwrap_or((0, 1, 1));
    let mut header = *b"JFIF\0\x01\x02\0\0\0\0\0\0\0";
    header[7] = unit;
    header[8..10].copy_from_slice(&u16::to_be_bytes(across));
    header[10..12].copy_from_slice(&u16::to_be_bytes(down));
    header
}

/// Payloads of APP2 segments with the chunks of a profile (ICC.1, B.4); none when it needs more
/// of them than can be numbered.
fn icc_payloads(icc: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let chunks = icc.chunks(ICC_CHUNK);
    let count = u8::try_from(chunks.len()).unwrap_or(0);
    (1..=count).zip(chunks).map(move |(number, chunk)| [ICC, &[number, count], chunk].concat())
}

/// Payload of the APP1 segment with an EXIF block (EXIF 2.32, 4.7.2); none when it is too long.
fn exif_payload(block: Vec<u8>) -> Option<Vec<u8>> {
    (block.len() <= SEGMENT_MAX - EXIF.len()).then(|| [EXIF.to_vec(), block].concat())
}

/// Payload of the APP1 segment with an XMP packet (XMP part 3, 1.1.3); none when it is too long.
fn xmp_payload(packet: &[u8]) -> Option<Vec<u8>> {
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

pub(super) const SOI: [u8; 2] = [0xFF, 0xD8];
const SOS: u8 = 0xDA;
const APP0: u8 = 0xE0;
const APP1: u8 = 0xE1;
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
    use super::super::tests::{decode, encode, picture};
    use super::*;

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
        assert_eq!(icc_payloads(&vec![0; 255 * 65_519]).count(), 255);
        assert_eq!(icc_payloads(&vec![0; 255 * 65_519 + 1]).count(), 0);
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
