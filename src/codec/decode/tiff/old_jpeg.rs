//! JPEG as in TIFF 6.0, section 22: the tables of a stream are in fields of the directory, or the
//! directory points at a stream that begins before its chunks.
//!
//! The tables, or a whole stream that is not too large, are read when the file is opened; the bytes
//! of a chunk follow the tables.

use bytes::Bytes;

use super::decompress::refuse;
use super::header::Source;
use super::ifd::Ifd;
use super::jpeg_markers::{self, EOI, SOI};
use super::tags;
use crate::codec::DecodeError;

/// What stands before the bytes of a chunk: markers up to and including that of the scan, whose
/// frame header has no size yet; or the whole stream of the only chunk.
pub(super) fn beginning(source: &Source, ifd: &Ifd, samples: u16) -> Result<Bytes, DecodeError> {
    if ifd.uint(source, tags::JPEG_PROC)?.unwrap_or(BASELINE) != BASELINE {
        return refuse("lossless old-style JPEG compression");
    }
    if let Some(offset) = ifd.uint(source, tags::JPEG_INTERCHANGE_FORMAT)?
        && let Some(stream) = interchange(source, ifd, offset)?
    {
        let chunks = ifd.field(tags::STRIP_OFFSETS).or(ifd.field(tags::TILE_OFFSETS));
        let single = chunks.is_some_and(|field| field.count() == 1);
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
    // Sizes of chunks are often wrong where the directory points at the whole stream.
    let scan = jpeg_markers::end_of_scan_header(beginning).unwrap_or_default();
    if scan.is_some_and(|end| end < beginning.len()) {
        return Ok([beginning, &[0xff, EOI]].concat());
    }
    if chunk.starts_with(&SOI) {
        return Ok(chunk.to_vec());
    }
    let mut stream = [beginning, chunk, &[0xff, EOI]].concat();
    let size = jpeg_markers::size_of_frame(beginning)?;
    if let Some(place) = size.and_then(|place| stream.get_mut(place..place + 4))
        && place == [0; 4]
    {
        let bytes = |side| {
            u16::try_from(side).map_err(|_| DecodeError::Malformed("a tile is too large".into()))
        };
        let (height, width) = (bytes(height)?.to_be_bytes(), bytes(width)?.to_be_bytes());
        place.copy_from_slice(&[height, width].concat());
    }
    Ok(stream)
}

/// The stream that the directory points at; `None` when there is none.
fn interchange(source: &Source, ifd: &Ifd, offset: u64) -> Result<Option<Bytes>, DecodeError> {
    let len = ifd.uint(source, tags::JPEG_INTERCHANGE_FORMAT_LENGTH)?.unwrap_or_default();
    if len > LARGEST_STREAM {
        return refuse("old-style JPEG compression of large images");
    }
    if !source.contains(offset, len) {
        return Ok(None);
    }
    let mut bytes = vec![0; usize::try_from(len).unwrap_or_default()];
    source.fill(&mut bytes, offset)?;
    let is_complete = matches!(jpeg_markers::end_of_scan_header(&bytes), Ok(Some(_)));
    Ok(is_complete.then(|| bytes.into()))
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

/// Bytes of a stream that is kept in memory while its file is open.
const LARGEST_STREAM: u64 = 4 << 20;

const SOF0: u8 = 0xc0;
const DHT: u8 = 0xc4;
const SOS: u8 = 0xda;
const DQT: u8 = 0xdb;
const DRI: u8 = 0xdd;
