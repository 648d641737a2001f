//! Lengths of packets by their headers (ITU-T T.800, B.10), for files that do not list them.
//!
//! A header says of each code-block of its precinct how many bytes it has in the packet. What it
//! says depends on the packets of the layers before.

use std::collections::HashMap;

use super::coding::Coding;
use super::precincts::Packet;
use super::tag_tree::TagTree;
use crate::codec::ReadAt;

/// A walk from packet to packet.
pub(super) struct Walk<'a> {
    source: &'a dyn ReadAt,
    coding: &'a Coding,
    levels: u8,
    /// Edges of the tile in samples of each component.
    areas: Vec<Edges>,
    /// What is known of precincts that have more layers.
    precincts: HashMap<(u16, u8, (u32, u32)), Vec<Band>>,
    buffer: Vec<u8>,
    /// Where the buffer is in the file.
    start: u64,
}

/// Left and right, upper and lower edge.
pub(super) type Edges = ((u32, u32), (u32, u32));

/// The code-blocks of a sub-band in a precinct.
struct Band {
    inclusion: TagTree,
    zeros: TagTree,
    /// Of each code-block the bits of a length; 0 as long as it was in no packet.
    blocks: Vec<u8>,
}

impl<'a> Walk<'a> {
    /// `None` when code-blocks have several codeword segments, whose lengths are told apart.
    pub(super) fn new(
        source: &'a dyn ReadAt,
        coding: &'a Coding,
        levels: u8,
        areas: Vec<Edges>,
    ) -> Option<Self> {
        let (_, style) = coding.block();
        if style & (BYPASS | TERMINATION | HIGH_THROUGHPUT) != 0 {
            return None;
        }
        let (precincts, buffer) = (HashMap::new(), Vec::new());
        Some(Self { source, coding, levels, areas, precincts, buffer, start: 0 })
    }

    /// The length of a packet that begins at a place; `None` when it does not end before `end`.
    pub(super) fn length(&mut self, packet: &Packet, place: u64, end: u64) -> Option<u64> {
        let key = (packet.component, packet.resolution, packet.precinct);
        let mut bands = match self.precincts.remove(&key) {
            Some(bands) => bands,
            None => self.bands(packet)?,
        };
        let mut at = place;
        if self.coding.marked_packets && self.marker(at, end) == Some(SOP) {
            at += 6;
        }
        let mut bits = Bits { walk: self, place: at, end, byte: 0, left: 0 };
        let mut body = 0_u64;
        if bits.bit()? {
            for band in &mut bands {
                body = body.checked_add(band.read(&mut bits, packet.layer)?)?;
            }
        }
        at = bits.behind()?;
        if self.coding.marked_headers && self.marker(at, end) == Some(EPH) {
            at += 2;
        }
        if self.coding.layers > 1 {
            self.precincts.insert(key, bands);
        }
        let behind = at.checked_add(body).filter(|behind| *behind <= end)?;
        Some(behind - place)
    }

    fn bands(&self, packet: &Packet) -> Option<Vec<Band>> {
        let (x, y) = *self.areas.get(usize::from(packet.component))?;
        let resolution = packet.resolution;
        let (width, height) = self.coding.precinct(resolution);
        let ((block_width, block_height), _) = self.coding.block();
        let (half, kinds): (u8, &[(u8, u8)]) =
            if resolution == 0 { (0, &[(0, 0)]) } else { (1, &[(1, 0), (0, 1), (1, 1)]) };
        let halvings = (self.levels - resolution).checked_add(half)?;
        let count = |(from, to): (u32, u32), high: u8, precinct: u32, side: u8, block: u8| {
            let side = side.checked_sub(half)?;
            // B-15.
            let edge = |edge: u32| {
                let high = u64::from(high) << halvings >> 1;
                u64::from(edge).saturating_sub(high).div_ceil(1 << halvings)
            };
            let start = u64::from(precinct) << side;
            let (from, to) = (edge(from).max(start), edge(to).min(start + (1 << side)));
            let block = block.min(side);
            let blocks = to.div_ceil(1 << block).saturating_sub(from >> block);
            u32::try_from(if from < to { blocks } else { 0 }).ok()
        };
        let band = |&(across, down): &(u8, u8)| {
            let columns = count(x, across, packet.precinct.0, width, block_width)?;
            let rows = count(y, down, packet.precinct.1, height, block_height)?;
            let blocks = usize::try_from(u64::from(columns) * u64::from(rows)).ok()?;
            let tree = TagTree::new(columns, rows);
            Some(Band { inclusion: tree.clone(), zeros: tree, blocks: vec![0; blocks] })
        };
        kinds.iter().map(band).collect()
    }

    fn marker(&mut self, place: u64, end: u64) -> Option<u16> {
        let (high, low) = (self.byte(place, end)?, self.byte(place + 1, end)?);
        Some(u16::from_be_bytes([high, low]))
    }

    fn byte(&mut self, place: u64, end: u64) -> Option<u8> {
        if place >= end {
            return None;
        }
        let at = place.checked_sub(self.start).and_then(|at| usize::try_from(at).ok());
        if let Some(byte) = at.and_then(|at| self.buffer.get(at)) {
            return Some(*byte);
        }
        let count = usize::try_from(end - place).unwrap_or(usize::MAX).min(BUFFER);
        self.buffer.resize(count, 0);
        self.start = place;
        if self.source.read_exact_at(&mut self.buffer, place).is_err() {
            self.buffer.clear();
        }
        self.buffer.first().copied()
    }
}

impl Band {
    /// Reads what a header says of a sub-band; gives the bytes of its code-blocks.
    fn read(&mut self, bits: &mut Bits<'_, '_>, layer: u16) -> Option<u64> {
        let mut total = 0_u64;
        for (index, length_bits) in self.blocks.iter_mut().enumerate() {
            if *length_bits == 0 {
                let included = self.inclusion.read(index, u32::from(layer) + 1, || bits.bit())?;
                if !included {
                    continue;
                }
                if !self.zeros.read(index, MAX_ZEROS, || bits.bit())? {
                    return None;
                }
                *length_bits = 3;
            } else if !bits.bit()? {
                continue;
            }
            let passes = bits.passes()?;
            while bits.bit()? {
                *length_bits = length_bits.checked_add(1).filter(|bits| *bits < 32)?;
            }
            let count = u32::from(*length_bits) + passes.ilog2();
            total = total.checked_add(bits.number(count)?)?;
        }
        Some(total)
    }
}

/// The bits of a packet header. A byte behind 0xff has seven.
struct Bits<'w, 'a> {
    walk: &'w mut Walk<'a>,
    place: u64,
    end: u64,
    byte: u8,
    left: u8,
}

impl Bits<'_, '_> {
    fn bit(&mut self) -> Option<bool> {
        if self.left == 0 {
            self.left = if self.byte == 0xff { 7 } else { 8 };
            self.byte = self.walk.byte(self.place, self.end)?;
            self.place += 1;
        }
        self.left -= 1;
        Some(self.byte >> self.left & 1 != 0)
    }

    fn number(&mut self, count: u32) -> Option<u64> {
        (0..count).try_fold(0, |number, _| Some(number << 1 | u64::from(self.bit()?)))
    }

    /// Number of coding passes (table B.4).
    fn passes(&mut self) -> Option<u64> {
        // Bits of each code, and the number that it counts from.
        for (bits, first) in [(1, 1), (1, 2), (2, 3), (5, 6)] {
            let code = self.number(bits)?;
            if code < (1 << bits) - 1 {
                return Some(first + code);
            }
        }
        Some(37 + self.number(7)?)
    }

    /// The place behind the header. One that ends with 0xff has a byte more.
    fn behind(&self) -> Option<u64> {
        if self.byte == 0xff { self.place.checked_add(1) } else { Some(self.place) }
    }
}

const SOP: u16 = 0xff91;
const EPH: u16 = 0xff92;

/// Styles of code-blocks (table A.19; Part 15, A.4).
const BYPASS: u8 = 1;
const TERMINATION: u8 = 4;
const HIGH_THROUGHPUT: u8 = 0x40;

/// Bit-planes without a bit, at most.
const MAX_ZEROS: u32 = 80;

/// Bytes that are read at once: most headers, of most packets not much more.
const BUFFER: usize = 4 << 10;
