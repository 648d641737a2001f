//! Markers of JPEG streams, as far as tiles need them (ITU-T T.81, annex B).

use crate::codec::DecodeError;

/// What the markers before the first scan say.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Head {
    /// The frame header, when there is one.
    pub(super) frame: Option<Frame>,
    /// Colour transform of an Adobe APP14 marker.
    pub(super) adobe: Option<u8>,
    /// Whether there is a JFIF APP0 marker.
    pub(super) jfif: bool,
    /// Whether there are quantisation tables.
    pub(super) quantization: bool,
    /// Whether there are Huffman tables.
    pub(super) huffman: bool,
}

/// The frame header.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Frame {
    /// Low byte of its marker, which tells the process.
    pub(super) marker: u8,
    /// Bits of a sample.
    pub(super) precision: u8,
    /// Pixels in a row.
    pub(super) width: u16,
    /// Rows.
    pub(super) height: u16,
    /// Names of the components.
    pub(super) components: Vec<u8>,
    /// Their sampling factors, across in the upper four bits.
    pub(super) sampling: Vec<u8>,
}

/// How readers of plain JPEG files understand the components of a stream.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Meaning {
    /// One component.
    Gray,
    /// Three components that are red, green and blue.
    Rgb,
    /// Three components that are luma and colour differences.
    YCbCr,
}

impl Head {
    /// Reads the markers of a stream up to its first scan.
    pub(super) fn read(stream: &[u8]) -> Result<Self, DecodeError> {
        let mut head = Self::default();
        for segment in Segments::new(stream)? {
            let (_, marker, body) = segment?;
            match (marker, body) {
                (EOI | SOS, _) => break,
                (DHT, _) => head.huffman = true,
                (DQT, _) => head.quantization = true,
                (APP0, [b'J', b'F', b'I', b'F', 0, ..]) => head.jfif = true,
                (APP14, [b'A', b'd', b'o', b'b', b'e', _, _, _, _, _, _, transform, ..]) => {
                    head.adobe = Some(*transform);
                }
                (marker, body) if is_frame(marker) => head.frame = Some(Frame::new(marker, body)?),
                _ => {}
            }
        }
        Ok(head)
    }

    /// What everybody takes the components for; `None` when readers disagree or cannot show them.
    pub(super) fn meaning(&self) -> Option<Meaning> {
        let components = &*self.frame.as_ref()?.components;
        match (components, self.jfif, self.adobe) {
            ([_], _, _) => Some(Meaning::Gray),
            (b"RGB", false, None) | ([_, _, _], false, Some(0)) => Some(Meaning::Rgb),
            (b"RGB", _, _) => None,
            ([_, _, _], _, None | Some(1)) => Some(Meaning::YCbCr),
            _ => None,
        }
    }
}

impl Frame {
    fn new(marker: u8, body: &[u8]) -> Result<Self, DecodeError> {
        let [precision, h1, h0, w1, w0, count, components @ ..] = body else {
            return Err(damaged());
        };
        let (components, sampling): (Vec<u8>, Vec<u8>) =
            components.chunks_exact(3).map(|entry| (entry[0], entry[1])).unzip();
        if components.len() != usize::from(*count) {
            return Err(damaged());
        }
        Ok(Self {
            marker,
            precision: *precision,
            width: u16::from_be_bytes([*w1, *w0]),
            height: u16::from_be_bytes([*h1, *h0]),
            components,
            sampling,
        })
    }
}

/// Checks a `JPEGTables` field, and cuts off its end marker so that tiles can follow.
pub(super) fn tables(bytes: Vec<u8>) -> Result<bytes::Bytes, DecodeError> {
    let mut bytes = bytes;
    let mut end = bytes.len();
    for segment in Segments::new(&bytes)? {
        let (start, marker, _) = segment?;
        if marker == EOI {
            end = start;
            break;
        }
        if marker == SOS || is_frame(marker) {
            return Err(DecodeError::Malformed("its JPEGTables hold a picture".into()));
        }
    }
    bytes.truncate(end);
    Ok(bytes.into())
}

/// Where the first scan of a stream begins; `None` when there is none.
pub(super) fn end_of_scan_header(stream: &[u8]) -> Result<Option<usize>, DecodeError> {
    let mut segments = Segments::new(stream)?;
    while let Some(segment) = segments.next() {
        if segment?.1 == SOS {
            return Ok(Some(segments.at));
        }
    }
    Ok(None)
}

/// Where the frame header of a stream has its height and width, two bytes each.
pub(super) fn size_of_frame(stream: &[u8]) -> Result<Option<usize>, DecodeError> {
    for segment in Segments::new(stream)? {
        let (start, marker, _) = segment?;
        if is_frame(marker) {
            // Behind the marker, a length and the precision.
            return Ok(Some(start + 5));
        }
    }
    Ok(None)
}

/// Puts an Adobe marker behind the start of a stream without one: its components are RGB.
pub(super) fn mark_as_rgb(stream: &[u8]) -> Vec<u8> {
    let (start, rest) = stream.split_at(stream.len().min(2));
    [start, ADOBE_RGB, rest].concat()
}

/// Markers with their bodies, up to and including the first scan or the end of the image.
struct Segments<'a> {
    stream: &'a [u8],
    at: usize,
    done: bool,
}

impl<'a> Segments<'a> {
    fn new(stream: &'a [u8]) -> Result<Self, DecodeError> {
        if !stream.starts_with(&SOI) {
            return Err(damaged());
        }
        Ok(Self { stream, at: SOI.len(), done: false })
    }

    /// The next marker: its place, its low byte and its body.
    fn segment(&mut self) -> Option<(usize, u8, &'a [u8])> {
        let start = self.at;
        let [0xff, rest @ ..] = self.stream.get(start..)? else { return None };
        // Any number of fill bytes may stand before a marker.
        let fill = rest.iter().take_while(|byte| **byte == 0xff).count();
        let [marker, rest @ ..] = rest.get(fill..)? else { return None };
        let after = start + fill + 2;
        self.at = after;
        if *marker == EOI {
            return Some((start, *marker, &[]));
        }
        let [high, low, ..] = rest else { return None };
        let len = usize::from(u16::from_be_bytes([*high, *low]));
        let body = rest.get(2..len)?;
        self.at = after + len;
        Some((start, *marker, body))
    }
}

impl<'a> Iterator for Segments<'a> {
    type Item = Result<(usize, u8, &'a [u8]), DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done || self.at >= self.stream.len() {
            return None;
        }
        let segment = self.segment();
        self.done = matches!(segment, None | Some((_, EOI | SOS, _)));
        Some(segment.ok_or_else(damaged))
    }
}

fn is_frame(marker: u8) -> bool {
    matches!(marker, 0xc0..=0xcf) && !matches!(marker, DHT | 0xc8 | 0xcc)
}

fn damaged() -> DecodeError {
    DecodeError::Malformed("the markers of a JPEG stream are wrong".into())
}

/// Start of image.
pub(super) const SOI: [u8; 2] = [0xff, 0xd8];

const DHT: u8 = 0xc4;
/// End of image, low byte.
pub(super) const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;
const DQT: u8 = 0xdb;
const APP0: u8 = 0xe0;
const APP14: u8 = 0xee;

/// An APP14 segment of version 100 without flags and with transform 0.
const ADOBE_RGB: &[u8] = b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\0";

#[cfg(test)]
mod tests {
    use super::*;

    /// A frame header of 16x32 with these components.
    fn frame(components: &[u8]) -> Vec<u8> {
        let count = u8::try_from(components.len()).unwrap();
        let mut bytes = vec![0xff, 0xc0, 0, 8 + 3 * count, 8, 0, 32, 0, 16, count];
        bytes.extend(components.iter().flat_map(|id| [*id, 0x11, 0]));
        bytes
    }

    const JFIF: &[u8] = b"\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0";
    const ADOBE_YCBCR: &[u8] = b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\x01";

    #[test]
    fn markers_before_the_frame_tell_its_meaning() {
        for (before, components, meaning) in [
            (&b""[..], &[1][..], Some(Meaning::Gray)),
            (b"", &[1, 2, 3], Some(Meaning::YCbCr)),
            (b"", &[0, 1, 2], Some(Meaning::YCbCr)),
            (b"", b"RGB", Some(Meaning::Rgb)),
            (JFIF, &[1, 2, 3], Some(Meaning::YCbCr)),
            (JFIF, b"RGB", None),
            (ADOBE_YCBCR, &[1, 2, 3], Some(Meaning::YCbCr)),
            (ADOBE_YCBCR, b"RGB", None),
            (ADOBE_RGB, &[1, 2, 3], Some(Meaning::Rgb)),
            (&[JFIF, ADOBE_RGB].concat(), &[1, 2, 3], None),
            (b"", &[1, 2, 3, 4], None),
            (b"", &[1, 2], None),
        ] {
            let stream = [&SOI, before, &frame(components)].concat();
            let head = Head::read(&stream).unwrap();
            assert_eq!(head.meaning(), meaning, "{before:?} {components:?}");
        }
    }

    #[test]
    fn the_frame_header_is_found_behind_fill_bytes() {
        let stream = [&SOI[..], b"\xff\xff\xff", &frame(&[1])].concat();
        let frame = Head::read(&stream).unwrap().frame.unwrap();
        assert_eq!((frame.width, frame.height, frame.precision), (16, 32, 8));
    }

    #[test]
    fn cut_and_wrong_segments_are_malformed() {
        let stream = [&SOI[..], JFIF, &frame(&[1, 2, 3])].concat();
        for len in 0..stream.len() {
            // Between two segments the markers so far are right.
            let complete = [SOI.len(), SOI.len() + JFIF.len()].contains(&len);
            assert_eq!(Head::read(&stream[..len]).is_ok(), complete, "{len}");
        }
        assert!(Head::read(b"\xff\xd8\xff\xe0\0\x01").is_err());
        assert!(Head::read(b"\xff\xd8garbage").is_err());
    }

    #[test]
    fn tables_lose_their_end_and_what_follows() {
        let segment = b"\xff\xd8\xff\xdb\0\x04\x01\x02";
        assert_eq!(tables(segment.to_vec()).unwrap()[..], segment[..]);
        let ended = [&segment[..], b"\xff\xd9\0\0"].concat();
        assert_eq!(tables(ended).unwrap()[..], segment[..]);
        assert!(tables([&SOI[..], &frame(&[1])].concat()).is_err());
        assert!(tables(Vec::new()).is_err());
    }
}
