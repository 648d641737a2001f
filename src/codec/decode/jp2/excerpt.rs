//! Codestreams of no more than a part of an image needs.
//!
//! `OpenJPEG` reads all of a tile, parses each packet header in it, and allocates each code-block,
//! whatever part of the tile is wanted. Where the packets are known, it is therefore handed a
//! codestream in which the image ends with the wanted resolution: half as large for each one left
//! out, which is what T.800 makes of an image that was coded so (B-14 and B-15 divide edges by
//! powers of two, and round only once however they are grouped). Of a large tile the part is cut
//! out that the wanted area can depend on, as far as precincts go. Packets in between that are not
//! needed are empty. No packet is changed.

use super::block::{Area, Image, Wanted};
use super::codestream::{CAP, COD, Codestream, Component, QCC, QCD, RGN, SOD, SOT, Size};
use super::coding::Coding;
use super::packets::Packets;
use super::parts::{EOC, PART_HEADER, SOC, Tiles};
use super::precincts::{Packet, Precincts};
use super::stream::{Pieces, Stream};
use crate::codec::DecodeError;

/// A codestream of a part of an image.
#[derive(Debug)]
pub(super) struct Excerpt<'a> {
    pub(super) stream: Stream<'a>,
    /// Where the wanted area is in it, at its full size.
    pub(super) area: Area,
}

/// What is left of a tile.
struct Cut<'a> {
    coding: &'a Coding,
    /// Wavelet levels that are left out, and those that stay.
    reduce: u8,
    levels: u8,
    /// Edges on the reference grid of the image.
    tile: Area,
    /// Components that are wanted; all of them when `None`.
    components: Option<&'a [u16]>,
    layers: u16,
}

impl<'a> Excerpt<'a> {
    /// An excerpt of some tiles, which are coded like `codings` says; `None` when the file does
    /// not tell where their packets are, or when it would be of no use.
    pub(super) fn new(
        image: &Image<'a>,
        tiles: Tiles,
        codings: &[(Tiles, Coding)],
        wanted: &Wanted<'_>,
        area: Area,
        separable: bool,
    ) -> Result<Option<Self>, DecodeError> {
        let (source, stream) = (image.source, image.stream);
        let size = &stream.size;
        let reduce = wanted.level;
        let (x, y) = (size.across(tiles.columns), size.down(tiles.rows));
        let Some((_, first)) = codings.first().filter(|_| reduce > 0 || area != (x, y)) else {
            return Ok(None);
        };
        let levels = first.levels(size.components.len());
        let alike =
            |coding: &Coding| coding.is_uniform() && coding.levels(size.components.len()) == levels;
        let Some(levels) = levels.checked_sub(reduce) else { return Ok(None) };
        if !codings.iter().all(|(_, coding)| alike(coding)) {
            return Ok(None);
        }
        let Some(segments) = segments(stream, levels) else { return Ok(None) };
        let window = if tiles.count() == 1 {
            let across = |step: fn(&Component) -> u8, precinct: fn((u8, u8)) -> u8| {
                margin_and_step(size, first, reduce, levels, step, precinct)
            };
            let x = enclose(area.0, x, across(|component| component.step.0, |sides| sides.0));
            let y = enclose(area.1, y, across(|component| component.step.1, |sides| sides.1));
            (x, y)
        } else {
            (x, y)
        };
        let Some(reduced) = reduced(size, tiles, window, reduce) else { return Ok(None) };
        let mut pieces = Pieces::default();
        pieces.put(&SOC.to_be_bytes());
        pieces.put(&reduced.to_segment());
        pieces.put(&segments);
        for (number, (tile, coding)) in (0_u16..).zip(codings) {
            let packets = Packets::of(source, stream, image.parts, *tile, coding)?;
            let Some(packets) = packets else { return Ok(None) };
            let clip =
                |window: (u32, u32), tile: (u32, u32)| (window.0.max(tile.0), window.1.min(tile.1));
            let cut = Cut {
                coding,
                reduce,
                levels,
                tile: (
                    clip(window.0, size.across(tile.columns)),
                    clip(window.1, size.down(tile.rows)),
                ),
                components: separable.then_some(wanted.components),
                layers: wanted.layers,
            };
            let Some(data) = cut.data(size, &packets, area) else { return Ok(None) };
            let Ok(length) = u32::try_from(PART_HEADER + 2 + data.len()) else {
                return Ok(None);
            };
            pieces.put(&[SOT, 10, number].map(u16::to_be_bytes).concat());
            pieces.put(&length.to_be_bytes());
            pieces.put(&[0, 1]);
            pieces.put(&SOD.to_be_bytes());
            pieces.append(data);
            if pieces.count() > MAX_PIECES {
                return Ok(None);
            }
        }
        pieces.put(&EOC.to_be_bytes());
        let area = (halved(area.0, reduce), halved(area.1, reduce));
        Ok(Some(Self { stream: Stream::new(source, pieces.into_vec()), area }))
    }
}

impl Cut<'_> {
    /// The packets of the tile; `None` when the file does not have them all.
    fn data(&self, size: &Size, packets: &Packets, area: Area) -> Option<Pieces> {
        let tile = (halved(self.tile.0, self.reduce), halved(self.tile.1, self.reduce));
        let precincts = Precincts::new(self.coding, &size.components, tile, self.levels)?;
        let empty: &[u8] = if self.coding.marked_headers { &[0, 0xff, 0x92] } else { &[0] };
        let mut pieces = Pieces::default();
        for packet in precincts.in_order() {
            if self.needs(size, &packet, area) {
                let (from, to) = packets.place(&packet)?;
                pieces.refer(from, to);
            } else {
                pieces.put(empty);
            }
        }
        Some(pieces)
    }

    /// Whether the wanted area depends on a packet.
    fn needs(&self, size: &Size, packet: &Packet, area: Area) -> bool {
        if self.layers > 0 && packet.layer >= self.layers {
            return false;
        }
        if self.components.is_some_and(|wanted| !wanted.contains(&packet.component)) {
            return false;
        }
        let Some(component) = size.components.get(usize::from(packet.component)) else {
            return false;
        };
        let halvings = self.reduce + (self.levels - packet.resolution);
        let (width, height) = self.coding.precinct(packet.resolution);
        let meets = |(from, to): (u32, u32), step: u8, precinct: u32, exponent: u8| {
            let scale = u64::from(step.max(1)) << halvings;
            let from = (u64::from(from) / scale).saturating_sub(MARGIN);
            let to = u64::from(to).div_ceil(scale) + MARGIN;
            let start = u64::from(precinct) << exponent;
            start < to && start + (1 << exponent) > from
        };
        meets(area.0, component.step.0, packet.precinct.0, width)
            && meets(area.1, component.step.1, packet.precinct.1, height)
    }
}

/// The main header without what counts resolutions that are left out; `None` when there is
/// something in it that is not known to stay right.
fn segments(stream: &Codestream, levels: u8) -> Option<Vec<u8>> {
    let mut kept = Vec::with_capacity(stream.segments.len());
    let mut rest = stream.segments.as_slice();
    while !rest.is_empty() {
        let (marker, length) = (rest.first_chunk::<2>()?, rest.get(2..4)?.first_chunk::<2>()?);
        let behind = 2 + usize::from(u16::from_be_bytes(*length));
        let (segment, others) = rest.split_at_checked(behind)?;
        rest = others;
        match u16::from_be_bytes(*marker) {
            COD => kept.extend(coding_style(segment, levels)?),
            CAP | QCC | QCD | RGN => kept.extend_from_slice(segment),
            _ => return None,
        }
    }
    Some(kept)
}

/// A COD marker segment with fewer levels (table A.15).
fn coding_style(segment: &[u8], levels: u8) -> Option<Vec<u8>> {
    let mut short = segment.to_vec();
    *short.get_mut(COD_LEVELS)? = levels;
    // Sides of precincts, the smallest resolution first.
    if segment.get(4)? & 1 != 0 {
        short.truncate(COD_PRECINCTS + usize::from(levels) + 1);
    }
    let length = u16::try_from(short.len().checked_sub(2)?).ok()?;
    short.get_mut(2..4)?.copy_from_slice(&length.to_be_bytes());
    Some(short)
}

/// How far the wanted area reaches on the reference grid, and how far it is from one place to the
/// next where precincts of all resolutions end; `None` when there is no such distance.
fn margin_and_step(
    size: &Size,
    coding: &Coding,
    reduce: u8,
    levels: u8,
    step: fn(&Component) -> u8,
    pick: fn((u8, u8)) -> u8,
) -> Option<(u64, u64)> {
    let steps = || size.components.iter().map(|component| u64::from(step(component).max(1)));
    let halvings = |resolution: u8| reduce + (levels - resolution);
    let exponents = (0..=levels)
        .map(|resolution| u32::from(pick(coding.precinct(resolution)) + halvings(resolution)));
    let exponent = exponents.max().filter(|exponent| *exponent < 32)?;
    let distance = steps().try_fold(1_u64, |distance, step| {
        let common = distance / greatest_divisor(distance, step) * step;
        (common < 1 << 32).then_some(common)
    })?;
    let margin = MARGIN.checked_mul(steps().max()?)? << halvings(0);
    Some((margin, distance.checked_mul(1 << exponent)?))
}

fn greatest_divisor(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// The smallest run of precincts that has an edge and its margin, within a tile.
fn enclose(area: (u32, u32), tile: (u32, u32), step: Option<(u64, u64)>) -> (u32, u32) {
    let Some((margin, step)) = step else { return tile };
    let from = u64::from(area.0).saturating_sub(margin) / step * step;
    let to = u64::from(area.1).saturating_add(margin).div_ceil(step).saturating_mul(step);
    let clip = |edge: u64| u32::try_from(edge).unwrap_or(u32::MAX).clamp(tile.0, tile.1);
    (clip(from), clip(to))
}

/// Edges of what is left when some resolutions are left out.
fn halved((from, to): (u32, u32), reduce: u8) -> (u32, u32) {
    let edge = |edge: u32| {
        u32::try_from(u64::from(edge).div_ceil(1 << reduce.min(32))).unwrap_or(u32::MAX)
    };
    (edge(from), edge(to))
}

/// SIZ of a part of the image with some resolutions left out; `None` when nothing is left, or the
/// tiles of the part would not be alike.
fn reduced(size: &Size, tiles: Tiles, (x, y): Area, reduce: u8) -> Option<Size> {
    let (x, y) = ((x, halved(x, reduce)), (y, halved(y, reduce)));
    let axis = |((from, _), (start, end)): ((u32, u32), (u32, u32)),
                first: u32,
                tile: u32,
                columns: (u32, u32)| {
        if start >= end {
            return None;
        }
        if tiles.count() == 1 {
            return Some((start, end - start));
        }
        let corner = u64::from(first) + u64::from(columns.0) * u64::from(tile);
        let corner = u32::try_from(corner).ok().filter(|corner| *corner <= from)?;
        let unit = 1_u32.checked_shl(reduce.into())?;
        (corner.is_multiple_of(unit) && tile.is_multiple_of(unit))
            .then_some((corner / unit, tile / unit))
    };
    let across = axis(x, size.tiles_start.0, size.tile.0, tiles.columns)?;
    let down = axis(y, size.tiles_start.1, size.tile.1, tiles.rows)?;
    Some(Size {
        start: (x.1.0, y.1.0),
        end: (x.1.1, y.1.1),
        tiles_start: (across.0, down.0),
        tile: (across.1, down.1),
        ..size.clone()
    })
}

/// Samples of a resolution beyond an area that it may depend on: the longer filter reaches over
/// three coefficients of a sub-band, each of which stands for two samples, and edges are rounded.
const MARGIN: u64 = 8;

/// Runs of bytes that an excerpt consists of.
const MAX_PIECES: usize = 1 << 20;

/// Places in a COD marker segment.
const COD_LEVELS: usize = 9;
const COD_PRECINCTS: usize = 14;
