//! What the segments before the first scan say.

use bytes::Bytes;

use super::sampling;
use super::segments::{self, Segment, Segments};
use super::unsupported;
use crate::codec::{DecodeError, Limits, ReadAt};

/// Everything but the picture.
#[derive(Debug)]
pub(super) struct Head {
    /// The frame header.
    pub(super) frame: Frame,
    /// Colour transform of an Adobe APP14 segment.
    pub(super) adobe: Option<u8>,
    /// Density of a JFIF APP0 segment: unit, horizontal, vertical.
    pub(super) jfif: Option<(u8, u16, u16)>,
    /// Whether there are Huffman tables.
    pub(super) huffman: bool,
    /// EXIF block, starting with its TIFF header.
    pub(super) exif: Option<Bytes>,
    /// XMP packet.
    pub(super) xmp: Option<Bytes>,
    /// ICC profile, put together from its chunks.
    pub(super) icc: Option<Bytes>,
    /// Segments that matter for the pixels, in their order.
    pub(super) kept: Vec<Segment>,
    /// Place of the first scan.
    pub(super) scan: u64,
}

/// The frame header (ITU-T T.81, B.2.2) of a process that can be decoded.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Frame {
    /// Pixels in a row.
    pub(super) width: u32,
    /// Rows.
    pub(super) height: u32,
    /// Names of the components.
    pub(super) components: Vec<u8>,
    /// Whether the process is sequential and some components have more rows than others.
    sequential_and_tall: bool,
}

impl Head {
    /// Walks over the file up to its first scan.
    pub(super) fn read(data: &dyn ReadAt, limits: &Limits) -> Result<Self, DecodeError> {
        let (mut frame, mut adobe, mut jfif, mut scan) = (None, None, None, None);
        let (mut exif, mut xmp) = (None, None);
        let (mut icc, mut kept) = (Profile::new(limits.metadata_bytes), Vec::new());
        for segment in Segments::new(data)? {
            let segment = segment?;
            match segment.marker {
                segments::SOS => {
                    let scanned = segment.read(data)?.first().copied().map_or(0, usize::from);
                    let separate = |frame: &&Frame| scanned < frame.components.len();
                    if frame
                        .as_ref()
                        .filter(separate)
                        .is_some_and(|frame| frame.sequential_and_tall)
                    {
                        return unsupported(
                            "baseline JPEG with one scan for each component, of which some have \
                             fewer rows than others, is not supported",
                        );
                    }
                    scan = Some(segment.start);
                }
                segments::DHT | segments::DQT | segments::DRI => kept.push(segment),
                segments::APP0 => {
                    let body = segment.read(data)?;
                    if let [b'J', b'F', b'I', b'F', 0, _, _, unit, x1, x0, y1, y0, ..] = *body {
                        let (x, y) = (u16::from_be_bytes([x1, x0]), u16::from_be_bytes([y1, y0]));
                        jfif = jfif.or(Some((unit, x, y)));
                    }
                }
                segments::APP1 => {
                    let body = Bytes::from(segment.read(data)?);
                    // The first block of a kind counts, as with other readers.
                    if exif.is_none() && body.starts_with(EXIF) {
                        exif = Some(body.slice(EXIF.len()..));
                    } else if xmp.is_none() && body.starts_with(XMP) {
                        xmp = Some(body.slice(XMP.len()..)).filter(|xmp| !xmp.is_empty());
                    }
                }
                segments::APP2 => icc.add(&segment.read(data)?),
                segments::APP14 => {
                    let body = segment.read(data)?;
                    if let [b'A', b'd', b'o', b'b', b'e', _, _, _, _, _, _, transform, ..] = *body {
                        adobe = Some(transform);
                    }
                }
                marker if is_frame(marker) => {
                    if frame.is_some() {
                        return Err(DecodeError::Malformed("it has two frame headers".into()));
                    }
                    frame = Some(Frame::new(marker, &segment.read(data)?)?);
                    kept.push(segment);
                }
                _ => {}
            }
        }
        let huffman = kept.iter().any(|segment| segment.marker == segments::DHT);
        let icc = icc.join();
        let missing = || DecodeError::Malformed("it has no frame header before its scan".into());
        let (frame, scan) = frame.zip(scan).ok_or_else(missing)?;
        Ok(Self { frame, adobe, jfif, huffman, exif, xmp, icc, kept, scan })
    }
}

impl Frame {
    fn new(marker: u8, body: &[u8]) -> Result<Self, DecodeError> {
        let [precision, h1, h0, w1, w0, count, rest @ ..] = body else {
            return Err(damaged());
        };
        match marker {
            0xc0..=0xc2 => {}
            0xc3 => return unsupported("lossless JPEG is not supported"),
            0xc9 | 0xca => return unsupported("JPEG with arithmetic coding is not supported"),
            segments::SOF55 => return unsupported("JPEG-LS is not supported"),
            _ => return unsupported("hierarchical JPEG is not supported"),
        }
        if *precision != 8 {
            return unsupported(&format!("{precision}-bit JPEG is not supported"));
        }
        let (entries, []) = rest.as_chunks::<3>() else { return Err(damaged()) };
        if entries.len() != usize::from(*count) {
            return Err(damaged());
        }
        for [_, sampling, table] in entries {
            let (across, down) = (sampling >> 4, sampling & 15);
            if !(1..=4).contains(&across) || !(1..=4).contains(&down) || *table > 3 {
                return Err(damaged());
            }
        }
        let sampling: Vec<_> = entries.iter().map(|entry| entry[1]).collect();
        if let Err(what) = sampling::check(&sampling) {
            return unsupported(&format!("JPEG with {what} is not supported"));
        }
        let width = u32::from(u16::from_be_bytes([*w1, *w0]));
        let height = u32::from(u16::from_be_bytes([*h1, *h0]));
        if width == 0 {
            return Err(DecodeError::Malformed("it has no columns".into()));
        }
        if height == 0 {
            return unsupported("JPEG that tells its height behind the picture is not supported");
        }
        let sequential_and_tall = marker != 0xc2 && entries.iter().any(|entry| entry[1] & 15 > 1);
        let components = entries.iter().map(|entry| entry[0]).collect();
        Ok(Self { width, height, components, sequential_and_tall })
    }
}

/// Chunks of an ICC profile (ICC.1:2022, B.4).
#[derive(Debug)]
struct Profile {
    chunks: Vec<(u8, u8, Vec<u8>)>,
    left: usize,
}

impl Profile {
    fn new(limit: usize) -> Self {
        Self { chunks: Vec::new(), left: limit }
    }

    /// Takes an APP2 segment, which may be something else.
    fn add(&mut self, body: &[u8]) {
        let Some([number, count, bytes @ ..]) = body.strip_prefix(ICC) else { return };
        match self.left.checked_sub(bytes.len()) {
            Some(left) if self.chunks.len() < 255 => {
                self.left = left;
                self.chunks.push((*number, *count, bytes.to_vec()));
            }
            // What is missing now is found when the chunks are joined.
            _ => self.left = 0,
        }
    }

    /// The profile, when its chunks are complete, whatever their order.
    fn join(mut self) -> Option<Bytes> {
        self.chunks.sort_by_key(|chunk| chunk.0);
        let count = self.chunks.len();
        let complete = (1..)
            .zip(&self.chunks)
            .all(|(expected, chunk)| chunk.0 == expected && usize::from(chunk.1) == count);
        let profile: Vec<u8> = self.chunks.into_iter().flat_map(|chunk| chunk.2).collect();
        let signed = profile.get(36..40).is_some_and(|signature| signature == b"acsp");
        (complete && signed).then(|| profile.into())
    }
}

fn is_frame(marker: u8) -> bool {
    let coded = matches!(marker, 0xc0..=0xcf);
    let other = matches!(marker, segments::DHT | segments::JPG | segments::DAC);
    coded && !other || marker == segments::SOF55
}

fn damaged() -> DecodeError {
    DecodeError::Malformed("its JPEG frame header is wrong".into())
}

const EXIF: &[u8] = b"Exif\0\0";
const ICC: &[u8] = b"ICC_PROFILE\0";
const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(chunks: &[(u8, u8, &[u8])]) -> Option<Bytes> {
        let mut profile = Profile::new(200);
        for (number, count, bytes) in chunks {
            profile.add(&[ICC, &[*number, *count], bytes].concat());
        }
        profile.join()
    }

    #[test]
    fn profiles_are_joined_whatever_the_order_of_their_chunks() {
        let mut whole = [7; 120];
        whole[36..40].copy_from_slice(b"acsp");
        let (first, second) = whole.split_at(50);
        assert_eq!(profile(&[(1, 1, &whole)]).unwrap(), whole[..]);
        assert_eq!(profile(&[(2, 2, second), (1, 2, first)]).unwrap(), whole[..]);
        // One is missing, twice there, wrongly counted, or too long.
        assert_eq!(profile(&[(1, 2, first)]), None);
        assert_eq!(profile(&[(1, 2, first), (1, 2, second)]), None);
        assert_eq!(profile(&[(1, 3, first), (2, 3, second)]), None);
        assert_eq!(profile(&[(1, 2, &whole), (2, 2, &whole)]), None);
        assert_eq!(profile(&[(1, 1, &[7; 120])]), None);
        assert_eq!(profile(&[]), None);
    }

    #[test]
    fn kinds_that_cannot_be_shown_are_named() {
        let frame = |marker, precision, height, sampling| {
            Frame::new(marker, &[precision, 0, height, 0, 16, 1, 1, sampling, 0])
        };
        assert!(frame(0xc0, 8, 16, 0x11).is_ok());
        assert!(frame(0xc1, 8, 16, 0x42).is_ok());
        for (result, word) in [
            (frame(0xc1, 12, 16, 0x11), "12-bit"),
            (frame(0xc3, 8, 16, 0x11), "lossless"),
            (frame(0xc9, 8, 16, 0x11), "arithmetic"),
            (frame(0xc5, 8, 16, 0x11), "hierarchical"),
            (frame(0xf7, 8, 16, 0x11), "JPEG-LS"),
            (frame(0xc0, 8, 0, 0x11), "height"),
            (frame(0xc0, 8, 16, 0x31), "thirds"),
        ] {
            let Err(DecodeError::Unsupported(sentence)) = result else { panic!("{word}") };
            assert!(sentence.contains(word) && sentence.contains("vips tiffsave"), "{sentence}");
        }
        assert!(matches!(frame(0xc0, 8, 16, 0x01), Err(DecodeError::Malformed(_))));
        assert!(matches!(Frame::new(0xc0, &[8, 0, 1, 0, 1, 2]), Err(DecodeError::Malformed(_))));
    }
}
