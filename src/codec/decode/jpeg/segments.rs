//! Markers and the segments behind them (ITU-T T.81, B.1.1), up to the first scan.

use crate::codec::{DecodeError, ReadAt};

/// A marker, and where it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Segment {
    /// Low byte of the marker.
    pub(super) marker: u8,
    /// Place of the marker.
    pub(super) start: u64,
    /// Bytes after the marker and the two of the length.
    pub(super) body: usize,
}

impl Segment {
    /// Reads the bytes of the segment. There are at most 65,533.
    pub(super) fn read(&self, data: &dyn ReadAt) -> Result<Vec<u8>, DecodeError> {
        let mut body = vec![0; self.body];
        data.read_exact_at(&mut body, self.start + 4)?;
        Ok(body)
    }
}

/// Walks from segment to segment. The first scan is the last one.
#[derive(Debug)]
pub(super) struct Segments<'a> {
    data: &'a dyn ReadAt,
    at: u64,
    count: usize,
    done: bool,
}

impl<'a> Segments<'a> {
    /// A walk over a file that starts with a picture.
    pub(super) fn new(data: &'a dyn ReadAt) -> Result<Self, DecodeError> {
        let mut start = [0; 2];
        data.read_exact_at(&mut start, 0)?;
        if start != [0xff, SOI] {
            return Err(DecodeError::Malformed("it does not start with a JPEG marker".into()));
        }
        Ok(Self { data, at: 2, count: 0, done: false })
    }

    fn segment(&mut self) -> Result<Segment, DecodeError> {
        self.count += 1;
        if self.count > MAX_SEGMENTS {
            let limit = MAX_SEGMENTS as u64;
            return Err(DecodeError::Limit { what: "number of JPEG segments", limit });
        }
        let (marker, start) = self.marker()?;
        if matches!(marker, SOI | EOI) {
            return Err(DecodeError::Malformed("it ends before its picture".into()));
        }
        if matches!(marker, 0x01 | 0xd0..=0xd7) {
            // Markers that stand alone.
            self.at = start + 2;
            return Ok(Segment { marker, start, body: 0 });
        }
        let mut len = [0; 2];
        self.data.read_exact_at(&mut len, start + 2)?;
        let Some(body) = usize::from(u16::from_be_bytes(len)).checked_sub(len.len()) else {
            return Err(DecodeError::Malformed("a JPEG segment has no length".into()));
        };
        self.at = start + 4 + body as u64;
        self.done = marker == SOS;
        Ok(Segment { marker, start, body })
    }

    /// The next marker and its place. Fill bytes may stand before it, and stray bytes are passed
    /// over as in other readers.
    fn marker(&self) -> Result<(u8, u64), DecodeError> {
        let mut window = [0; 64];
        let (mut at, mut before) = (self.at, 0);
        while at - self.at < MAX_STRAY {
            let left = self.data.len().saturating_sub(at);
            let len = usize::try_from(left).unwrap_or(usize::MAX).min(window.len());
            let window = window.get_mut(..len).unwrap_or_default();
            if window.is_empty() {
                return Err(DecodeError::Malformed("it ends too early".into()));
            }
            self.data.read_exact_at(window, at)?;
            for (place, byte) in (at..).zip(window.iter()) {
                if before == 0xff && !matches!(byte, 0 | 0xff) {
                    return Ok((*byte, place - 1));
                }
                before = *byte;
            }
            at += window.len() as u64;
        }
        Err(DecodeError::Malformed("its JPEG segments are wrong".into()))
    }
}

impl Iterator for Segments<'_> {
    type Item = Result<Segment, DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let segment = self.segment();
        self.done |= segment.is_err();
        Some(segment)
    }
}

pub(super) const DHT: u8 = 0xc4;
pub(super) const JPG: u8 = 0xc8;
pub(super) const DAC: u8 = 0xcc;
pub(super) const SOI: u8 = 0xd8;
pub(super) const EOI: u8 = 0xd9;
pub(super) const SOS: u8 = 0xda;
pub(super) const DQT: u8 = 0xdb;
pub(super) const DRI: u8 = 0xdd;
pub(super) const APP0: u8 = 0xe0;
pub(super) const APP1: u8 = 0xe1;
pub(super) const APP2: u8 = 0xe2;
pub(super) const APP14: u8 = 0xee;
/// Frame header of JPEG-LS (ITU-T T.87).
pub(super) const SOF55: u8 = 0xf7;

/// More segments than any real file has before its picture; bounds the reads of an open.
const MAX_SEGMENTS: usize = 4096;

/// Stray bytes before a marker that are passed over; some writers leave a whole block of them.
const MAX_STRAY: u64 = 64 << 10;

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn walk(bytes: &'static [u8]) -> Result<Vec<Segment>, DecodeError> {
        Segments::new(&Bytes::from_static(bytes))?.collect()
    }

    #[test]
    fn segments_are_found_behind_fill_and_stray_bytes() {
        let bytes = b"\xff\xd8\xff\xff\xe0\0\x03a\0\xff\0\xff\xdb\0\x02\xff\xda\0\x03b scan";
        let segments = walk(bytes).unwrap();
        assert_eq!(
            segments,
            [
                Segment { marker: APP0, start: 3, body: 1 },
                Segment { marker: DQT, start: 11, body: 0 },
                Segment { marker: SOS, start: 15, body: 1 },
            ]
        );
        assert_eq!(segments[0].read(&Bytes::from_static(bytes)).unwrap(), b"a");
    }

    #[test]
    fn a_file_without_a_scan_is_malformed() {
        for bytes in [
            &b"\xff\xd8"[..],
            b"\xff\xd9\xff\xda\0\x02",
            b"\xff\xd8\xff\xd9",
            b"\xff\xd8\xff\xe0\0\x01\xff\xda\0\x02",
            b"\xff\xd8\xff\xe0\xff\xff\xff\xda\0\x02",
        ] {
            assert!(matches!(walk(bytes), Err(DecodeError::Malformed(_))), "{bytes:?}");
        }
    }

    #[test]
    fn endless_segments_are_a_limit() {
        let mut bytes = vec![0xff, SOI];
        for _ in 0..=MAX_SEGMENTS {
            bytes.extend([0xff, 0xfe, 0, 2]);
        }
        let bytes = Bytes::from(bytes);
        let error = Segments::new(&bytes).unwrap().find_map(Result::err);
        assert!(matches!(error, Some(DecodeError::Limit { .. })));
        let zeros = Bytes::from([vec![0xff, SOI], vec![0; 1 << 20]].concat());
        assert!(Segments::new(&zeros).unwrap().next().unwrap().is_err());
    }
}
