//! Where the tile-parts of a codestream are, and codestreams of some tiles only.
//!
//! `OpenJPEG` takes memory for each tile of an image and walks through all tile-parts before the one
//! it needs. It is therefore handed a codestream that has the wanted tiles and no others: its SIZ
//! describes the part of the image that these cover, which moves nothing, since all coordinates of
//! a codestream are absolute.

use std::sync::{Arc, OnceLock};

use super::bytes::Bytes;
use super::codestream::{
    COC, COD, COM, Codestream, PLT, SOD, SOT, STANDALONE, Size, fill, malformed,
};
use super::coding::Coding;
use super::packets::Packets;
use super::stream::{Piece, Stream};
use crate::codec::{DecodeError, ReadAt};

/// The tile-parts of a codestream.
#[derive(Debug)]
pub(super) struct Parts {
    parts: Vec<Part>,
    /// Packets of the tile, when there is only one and it has been asked for.
    pub(super) packets: OnceLock<Option<Arc<Packets>>>,
}

/// Packets in one tile-part.
#[derive(Debug)]
pub(super) struct PartPackets {
    /// Where they are, from and to.
    pub(super) data: (u64, u64),
    /// Bodies of the PLT marker segments in their order, without their numbers. Empty when there
    /// are none.
    pub(super) lengths: Vec<u8>,
}

/// A tile-part. Parts of one tile follow each other in the order of the file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Part {
    tile: u16,
    /// Place of its SOT marker.
    start: u64,
    /// First byte behind it that is there.
    end: u64,
}

/// A rectangle of tiles.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Tiles {
    /// First column and the one behind the last.
    pub(super) columns: (u32, u32),
    /// First row and the one behind the last.
    pub(super) rows: (u32, u32),
}

impl Tiles {
    pub(super) fn count(self) -> u64 {
        let side = |(from, to): (u32, u32)| u64::from(to.saturating_sub(from));
        side(self.columns) * side(self.rows)
    }

    /// Each tile alone.
    pub(super) fn each(self) -> impl Iterator<Item = Self> {
        let columns = self.columns.0..self.columns.1;
        (self.rows.0..self.rows.1).flat_map(move |row| {
            columns
                .clone()
                .map(move |column| Self { columns: (column, column + 1), rows: (row, row + 1) })
        })
    }
}

impl Parts {
    /// Follows the lengths of tile-parts from the first to the last that can be found. In a file
    /// that is damaged or cut off these may be few.
    pub(super) fn read(source: &dyn ReadAt, stream: &Codestream) -> Result<Self, DecodeError> {
        let tiles = stream.size.columns() * stream.size.rows();
        let mut parts = Vec::new();
        let mut place = stream.first_part;
        while let Some((tile, length)) = part_at(source, place, stream.end)? {
            let left = stream.end - place;
            // Of the last one the length may be left out (A.4.2).
            let whole = if length == 0 { left } else { length };
            if whole < PART_HEADER || u32::from(tile) >= tiles {
                break;
            }
            if parts.len() >= MAX_PARTS {
                let limit = MAX_PARTS as u64;
                return Err(DecodeError::Limit { what: "number of tile-parts", limit });
            }
            let part = Part { tile, start: place, end: place + whole.min(left) };
            // What was cut off before its data says nothing.
            if whole <= left || read_header(source, part, stream).is_ok() {
                parts.push(part);
            }
            if whole >= left {
                break;
            }
            place += whole;
        }
        // Stable: parts of a tile keep their order.
        parts.sort_by_key(|part| part.tile);
        if parts.is_empty() {
            return Err(malformed("its codestream has no tiles"));
        }
        Ok(Self { parts, packets: OnceLock::new() })
    }

    fn of(&self, tile: u32) -> &[Part] {
        let from = self.parts.partition_point(|part| u32::from(part.tile) < tile);
        let to = self.parts.partition_point(|part| u32::from(part.tile) <= tile);
        self.parts.get(from..to).unwrap_or_default()
    }

    /// Bytes of a tile, and how it is coded; `None` when the file does not have it.
    pub(super) fn tile(
        &self,
        source: &dyn ReadAt,
        stream: &Codestream,
        column: u32,
        row: u32,
    ) -> Result<Option<(u64, Coding)>, DecodeError> {
        let parts = self.of(row * stream.size.columns() + column);
        let Some(first) = parts.first() else { return Ok(None) };
        let bytes = parts.iter().map(|part| part.end - part.start).sum();
        Ok(Some((bytes, read_header(source, *first, stream)?)))
    }

    /// The packets of a tile; `None` when it is coded in a way of its own.
    pub(super) fn packets(
        &self,
        source: &dyn ReadAt,
        stream: &Codestream,
        column: u32,
        row: u32,
    ) -> Result<Option<Vec<PartPackets>>, DecodeError> {
        let (mut found, mut total) = (Vec::new(), 0);
        for part in self.of(row * stream.size.columns() + column) {
            let (mut listed, mut plain) = (Vec::new(), true);
            let data = read_markers(source, *part, |marker, body| {
                match marker {
                    PLT if total <= MAX_LISTED => {
                        total += body.1 - body.0;
                        listed.push(read_body(source, body, part.end)?);
                    }
                    COM => {}
                    _ => plain = false,
                }
                Ok(())
            })?;
            if !plain {
                return Ok(None);
            }
            // The first byte is a number.
            listed.sort_by_key(|body| body.first().copied());
            let lengths = listed.iter().flat_map(|body| body.iter().skip(1)).copied().collect();
            found.push(PartPackets { data: (data, part.end), lengths });
        }
        Ok(Some(found))
    }

    /// A codestream of some tiles; `None` when the file has none of them.
    pub(super) fn stream<'a>(
        &self,
        source: &'a dyn ReadAt,
        stream: &Codestream,
        tiles: Tiles,
    ) -> Result<Option<Stream<'a>>, DecodeError> {
        let Size { tiles_start, tile, .. } = stream.size;
        let (x, y) = (stream.size.across(tiles.columns), stream.size.down(tiles.rows));
        let corner = |first: u32, number: u32, side: u32| {
            u32::try_from(u64::from(first) + u64::from(number) * u64::from(side))
                .map_err(|_| malformed("its tiles are outside of the image"))
        };
        let tiles_start = (
            corner(tiles_start.0, tiles.columns.0, tile.0)?,
            corner(tiles_start.1, tiles.rows.0, tile.1)?,
        );
        let size = Size { start: (x.0, y.0), end: (x.1, y.1), tiles_start, ..stream.size.clone() };
        let mut head = SOC.to_be_bytes().to_vec();
        head.extend(size.to_segment());
        head.extend_from_slice(&stream.segments);
        let mut pieces = vec![Piece::Memory(head)];
        for (number, tile) in (0_u16..).zip(tiles.each()) {
            let parts = self.of(tile.rows.0 * stream.size.columns() + tile.columns.0);
            let count = u8::try_from(parts.len()).unwrap_or(0);
            for (index, part) in (0_u8..).zip(parts) {
                pieces.extend(part.pieces(number, index, count));
            }
        }
        if pieces.len() == 1 {
            return Ok(None);
        }
        pieces.push(Piece::Memory(EOC.to_be_bytes().to_vec()));
        Ok(Some(Stream::new(source, pieces)))
    }

    /// All tiles in the order of the file, with the packet headers of the main header.
    pub(super) fn whole<'a>(&self, source: &'a dyn ReadAt, stream: &Codestream) -> Stream<'a> {
        let mut head = SOC.to_be_bytes().to_vec();
        head.extend(stream.size.to_segment());
        head.extend_from_slice(&stream.segments);
        head.extend_from_slice(&stream.packed_headers);
        let mut parts = Vec::with_capacity(self.parts.len());
        for of_tile in self.parts.chunk_by(|one, next| one.tile == next.tile) {
            let count = u8::try_from(of_tile.len()).unwrap_or(0);
            parts.extend((0_u8..).zip(of_tile).map(|(index, part)| (index, count, part)));
        }
        parts.sort_by_key(|(_, _, part)| part.start);
        let parts =
            parts.into_iter().flat_map(|(index, count, part)| part.pieces(part.tile, index, count));
        let mut pieces = vec![Piece::Memory(head)];
        pieces.extend(parts);
        pieces.push(Piece::Memory(EOC.to_be_bytes().to_vec()));
        Stream::new(source, pieces)
    }
}

impl Part {
    /// The part as one of a tile with another number. Its length is that of what is there: for a
    /// forged one `OpenJPEG` takes up to 4 GiB.
    fn pieces(self, number: u16, index: u8, count: u8) -> [Piece; 2] {
        let length = u32::try_from(self.end - self.start).unwrap_or(0);
        let mut head = Vec::with_capacity(12);
        head.extend([SOT, 10, number].into_iter().flat_map(u16::to_be_bytes));
        head.extend(length.to_be_bytes());
        head.extend([index, count]);
        [Piece::Memory(head), Piece::File(self.start + PART_HEADER, self.end)]
    }
}

/// Tile number and length of the tile-part at a place; `None` when there is none.
fn part_at(source: &dyn ReadAt, place: u64, end: u64) -> Result<Option<(u16, u64)>, DecodeError> {
    if place.checked_add(PART_HEADER).is_none_or(|behind| behind > end) {
        return Ok(None);
    }
    let mut head = [0; 12];
    source.read_exact_at(&mut head, place)?;
    let mut body = Bytes::new(&head);
    let (marker, size, tile, length) = (body.u16()?, body.u16()?, body.u16()?, body.u32()?);
    Ok((marker == SOT && size == 10).then_some((tile, length.into())))
}

/// How a tile is coded, by the header of its first part (A.4.2, A.6.1, A.6.2).
fn read_header(
    source: &dyn ReadAt,
    part: Part,
    stream: &Codestream,
) -> Result<Coding, DecodeError> {
    let mut coding = None;
    let mut overrides = Vec::new();
    read_markers(source, part, |marker, body| {
        if marker == COD {
            coding = Some(Coding::parse(Bytes::new(&read_body(source, body, part.end)?))?);
        } else if marker == COC && overrides.len() < stream.size.components.len() {
            overrides.push(read_body(source, body, part.end)?);
        }
        Ok(())
    })?;
    let mut coding = coding.unwrap_or_else(|| stream.coding.clone());
    for body in &overrides {
        coding.parse_component(Bytes::new(body), stream.size.components.len())?;
    }
    Ok(coding)
}

/// Goes through the header of a tile-part and says of each marker segment where its body is. Gives
/// the place of the data.
fn read_markers(
    source: &dyn ReadAt,
    part: Part,
    mut each: impl FnMut(u16, (u64, u64)) -> Result<(), DecodeError>,
) -> Result<u64, DecodeError> {
    let mut place = part.start + PART_HEADER;
    loop {
        let mut marker = [0; 2];
        fill(source, &mut marker, place, part.end)?;
        let marker = u16::from_be_bytes(marker);
        if marker == SOD {
            return Ok(place + 2);
        }
        if STANDALONE.contains(&marker) {
            place += 2;
            continue;
        }
        let mut length = [0; 2];
        fill(source, &mut length, place + 2, part.end)?;
        let length = u16::from_be_bytes(length);
        if marker < 0xff30 || length < 2 {
            return Err(malformed("a marker of a tile is wrong"));
        }
        let behind = place + 2 + u64::from(length);
        each(marker, (place + 4, behind))?;
        place = behind;
    }
}

fn read_body(
    source: &dyn ReadAt,
    (from, to): (u64, u64),
    end: u64,
) -> Result<Vec<u8>, DecodeError> {
    let mut body = vec![0; usize::try_from(to.saturating_sub(from)).unwrap_or(0)];
    fill(source, &mut body, from, end)?;
    Ok(body)
}

pub(super) const SOC: u16 = 0xff4f;
pub(super) const EOC: u16 = 0xffd9;

/// Bytes of an SOT marker segment.
pub(super) const PART_HEADER: u64 = 12;

/// Bytes of the lengths of packets of a tile: five for each that is listed.
const MAX_LISTED: u64 = 5 << 20;

/// Tile-parts of a codestream: 65,535 tiles in 16 parts each.
const MAX_PARTS: usize = 1 << 20;
