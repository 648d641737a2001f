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
        let components: Vec<u8> = components.chunks_exact(3).map(|entry| entry[0]).collect();
        if components.len() != usize::from(*count) {
            return Err(damaged());
        }
        Ok(Self {
            marker,
            precision: *precision,
            width: u16::from_be_bytes([*w1, *w0]),
            height: u16::from_be_bytes([*h1, *h0]),
            components,
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
const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;
const DQT: u8 = 0xdb;
const APP0: u8 = 0xe0;
const APP14: u8 = 0xee;

/// An APP14 segment of version 100 without flags and with transform 0.
const ADOBE_RGB: &[u8] = b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\0";
