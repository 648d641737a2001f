//! JPEG as in TIFF 6.0, section 22: the tables of a stream are in fields of the directory, or the
//! directory points at a stream that begins before its chunks.
//!
//! Either way the stream is put together from its beginning, which is read when the file is
//! opened, and the bytes of a chunk.

use bytes::Bytes;

use super::decompress::refuse;
use super::header::Source;
use super::ifd::Ifd;
use super::jpeg_markers::{self, EOI, SOI};
use super::tags;
use crate::codec::DecodeError;

/// What stands before the bytes of a chunk: markers up to and including that of the scan. The
/// frame header made of fields has no size yet.
pub(super) fn beginning(source: &Source, ifd: &Ifd, samples: u16) -> Result<Bytes, DecodeError> {
    if ifd.uint(source, tags::JPEG_PROC)?.unwrap_or(BASELINE) != BASELINE {
        return refuse("lossless old-style JPEG compression");
    }
    let chunks = ifd.field(tags::STRIP_OFFSETS).or(ifd.field(tags::TILE_OFFSETS));
    let single = chunks.is_some_and(|field| field.count() == 1);
    if let Some(offset) = ifd.uint(source, tags::JPEG_INTERCHANGE_FORMAT)?
        && let Some(stream) = interchange(source, ifd, offset)?
    {
        return if single { Ok(stream) } else { refuse("old-style JPEG compression in strips") };
    }
    made_of_fields(source, ifd, samples)
}

/// A complete stream. Chunks that are streams of their own are taken as they are.
pub(super) fn complete(
    beginning: &[u8],
    chunk: &[u8],
    width: u32,
    height: u32,
) -> Result<Vec<u8>, DecodeError> {
    if chunk.starts_with(&SOI) {
        return Ok(chunk.to_vec());
    }
    let mut stream = [beginning, chunk, &[0xff, EOI]].concat();
    let size = jpeg_markers::size_of_frame(beginning)?;
    if let Some(place) = size.and_then(|place| stream.get_mut(place..place + 4))
        && place == [0; 4]
    {
        let side = |side| {
            u16::try_from(side).map_err(|_| DecodeError::Malformed("a tile is too large".into()))
        };
        let (height, width) = (side(height)?.to_be_bytes(), side(width)?.to_be_bytes());
        place.copy_from_slice(&[height, width].concat());
    }
    Ok(stream)
}

/// The beginning of the stream that the directory points at; `None` when there is none.
fn interchange(source: &Source, ifd: &Ifd, offset: u64) -> Result<Option<Bytes>, DecodeError> {
    let len = ifd.uint(source, tags::JPEG_INTERCHANGE_FORMAT_LENGTH)?.unwrap_or(u64::MAX);
    // The length is often wrong. What is needed is short.
    let mut len = len.min(LARGEST_BEGINNING);
    while len > 0 && !source.contains(offset, len) {
        len /= 2;
    }
    let mut bytes = vec![0; usize::try_from(len).unwrap_or_default()];
    source.fill(&mut bytes, offset)?;
    let Ok(Some(end)) = jpeg_markers::end_of_scan_header(&bytes) else { return Ok(None) };
    bytes.truncate(end);
    Ok(Some(bytes.into()))
}

/// The tables of the components, and headers of a frame and a scan of all of them.
fn made_of_fields(source: &Source, ifd: &Ifd, samples: u16) -> Result<Bytes, DecodeError> {
    let count = match samples {
        1 | 3 => usize::from(samples),
        _ => return refuse(&format!("old-style JPEG compression of {samples} channels")),
    };
    let places = |tag| ifd.uints(source, tag, count).map(Option::unwrap_or_default);
    let quantization = places(tags::JPEG_Q_TABLES)?;
    let (dc, ac) = (places(tags::JPEG_DC_TABLES)?, places(tags::JPEG_AC_TABLES)?);
    if [&quantization, &dc, &ac].iter().any(|places| places.len() < count) {
        return refuse("old-style JPEG compression without tables");
    }
    let subsampling = ifd.uints(source, tags::YCBCR_SUB_SAMPLING, 2)?;
    let sampling = match (count, subsampling.as_deref()) {
        (1, _) | (_, Some([1, 1])) => 0x11,
        (_, None | Some([2, 2])) => 0x22,
        (_, Some([2, 1])) => 0x21,
        (_, Some([1, 2])) => 0x12,
        (_, Some([4, 1])) => 0x41,
        _ => return Err(DecodeError::Malformed("its YCbCr subsampling is wrong".into())),
    };
    let mut stream = SOI.to_vec();
    let (mut frame, mut scan) = (Vec::new(), Vec::new());
    for (id, ((quantization, dc), ac)) in (0_u8..).zip(quantization.iter().zip(&dc).zip(&ac)) {
        let mut values = [0; 64];
        source.fill(&mut values, *quantization)?;
        segment(&mut stream, DQT, &[&[id], &values[..]].concat())?;
        for (class, place) in [(0, dc), (0x10, ac)] {
            let code = huffman(source, *place)?;
            segment(&mut stream, DHT, &[&[class | id], &code[..]].concat())?;
        }
        frame.extend([id, if id == 0 { sampling } else { 0x11 }, id]);
        scan.extend([id, id << 4 | id]);
    }
    if let Some(interval) = ifd.uint(source, tags::JPEG_RESTART_INTERVAL)?
        && let Ok(interval @ 1..) = u16::try_from(interval)
    {
        segment(&mut stream, DRI, &interval.to_be_bytes())?;
    }
    let count = [u8::try_from(count).unwrap_or_default()];
    segment(&mut stream, SOF0, &[&[8, 0, 0, 0, 0], &count[..], &frame].concat())?;
    segment(&mut stream, SOS, &[&count[..], &scan, &[0, 63, 0]].concat())?;
    Ok(stream.into())
}

/// Counts of codes by their lengths, and their values.
fn huffman(source: &Source, place: u64) -> Result<Vec<u8>, DecodeError> {
    let mut code = vec![0; 16];
    source.fill(&mut code, place)?;
    let values: usize = code.iter().copied().map(usize::from).sum();
    if values > 256 {
        return Err(DecodeError::Malformed("its JPEG tables are wrong".into()));
    }
    code.resize(16 + values, 0);
    if let Some(values) = code.get_mut(16..) {
        source.fill(values, place.saturating_add(16))?;
    }
    Ok(code)
}

fn segment(stream: &mut Vec<u8>, marker: u8, body: &[u8]) -> Result<(), DecodeError> {
    let len = u16::try_from(body.len() + 2)
        .map_err(|_| DecodeError::Malformed("its JPEG tables are wrong".into()))?;
    stream.extend([0xff, marker]);
    stream.extend(len.to_be_bytes());
    stream.extend(body);
    Ok(())
}

/// The sequential process, of `JPEGProc`.
const BASELINE: u64 = 1;

/// Markers before a scan, with a small preview among them.
const LARGEST_BEGINNING: u64 = 64 << 10;

const SOF0: u8 = 0xc0;
const DHT: u8 = 0xc4;
const SOS: u8 = 0xda;
const DQT: u8 = 0xdb;
const DRI: u8 = 0xdd;
