//! Where the packets of a tile are: by its PLT marker segments (ITU-T T.800, A.7.3), or else by
//! the headers of the packets.

use std::sync::Arc;

use super::codestream::Codestream;
use super::coding::Coding;
use super::parts::{PartPackets, Parts, Tiles};
use super::precincts::{Packet, Precincts};
use super::walk::{Edges, Walk};
use crate::codec::{DecodeError, ReadAt};

/// Place and length of each packet of a tile.
#[derive(Debug)]
pub(super) struct Packets {
    precincts: Precincts,
    /// By the numbers of [`Precincts::number`].
    starts: Vec<u64>,
    lengths: Vec<u32>,
}

impl Packets {
    /// Those of a tile; `None` when they are not to be found without much ado. They are kept when
    /// there is only one tile, and not too many of them.
    pub(super) fn of(
        source: &dyn ReadAt,
        stream: &Codestream,
        parts: &Parts,
        tile: Tiles,
        coding: &Coding,
    ) -> Result<Option<Arc<Self>>, DecodeError> {
        if let Some(kept) = parts.packets.get() {
            return Ok(kept.clone());
        }
        let size = &stream.size;
        let tile_parts = parts.packets(source, stream, tile.columns.0, tile.rows.0)?;
        let packets = tile_parts.and_then(|parts| {
            let area = (size.across(tile.columns), size.down(tile.rows));
            let levels = coding.levels(size.components.len());
            let precincts = Precincts::new(coding, &size.components, area, levels)?;
            if parts.iter().all(|part| !part.lengths.is_empty()) {
                return Self::listed(precincts, &parts);
            }
            let blocks = coding.cost(size, area.0, area.1).blocks;
            let steps = blocks.saturating_mul(coding.layers.into());
            if precincts.packets() > MAX_KEPT || steps > MAX_STEPS {
                return None;
            }
            let areas = size.components.iter().map(|component| in_samples(area, component.step));
            Self::walked(precincts, &parts, Walk::new(source, coding, levels, areas.collect())?)
        });
        let packets = packets.map(Arc::new);
        let few = packets.as_ref().is_none_or(|packets| packets.starts.len() <= MAX_KEPT);
        if size.columns() == 1 && size.rows() == 1 && few {
            let _ = parts.packets.set(packets.clone());
        }
        Ok(packets)
    }

    fn listed(precincts: Precincts, parts: &[PartPackets]) -> Option<Self> {
        let (mut current, mut lengths) = (0, parts.first()?.lengths.iter());
        Self::placed(precincts, parts, |index, _, _, _| {
            if current != index {
                (current, lengths) = (index, parts.get(index)?.lengths.iter());
            }
            // Seven bits in each byte, the highest first; the eighth says that more follow.
            let mut length = 0_u64;
            loop {
                let byte = lengths.next()?;
                length = length.checked_mul(128)?.checked_add(u64::from(byte & 0x7f))?;
                if byte & 0x80 == 0 {
                    return Some(length);
                }
            }
        })
    }

    fn walked(precincts: Precincts, parts: &[PartPackets], mut walk: Walk<'_>) -> Option<Self> {
        Self::placed(precincts, parts, |_, packet, place, end| walk.length(packet, place, end))
    }

    /// `None` unless the lengths, which are asked for with the number of a tile-part, are those of
    /// all packets and fill all tile-parts.
    fn placed(
        precincts: Precincts,
        parts: &[PartPackets],
        mut length: impl FnMut(usize, &Packet, u64, u64) -> Option<u64>,
    ) -> Option<Self> {
        let count = precincts.packets();
        let (mut starts, mut lengths) = (vec![0; count], vec![0; count]);
        let mut order = precincts.in_order().into_iter();
        for (index, part) in parts.iter().enumerate() {
            let (mut place, end) = part.data;
            while place < end {
                let Some(packet) = order.next() else {
                    // The end of the codestream may count as one of the last part.
                    return (end - place == 2).then_some(Self { precincts, starts, lengths });
                };
                let length = length(index, &packet, place, end).filter(|length| *length > 0)?;
                let number = precincts.number(&packet)?;
                *starts.get_mut(number)? = place;
                *lengths.get_mut(number)? = u32::try_from(length).ok()?;
                place = place.checked_add(length).filter(|place| *place <= end)?;
            }
        }
        order.next().is_none().then_some(Self { precincts, starts, lengths })
    }

    #[cfg(test)]
    pub(super) fn lengths(&self) -> &[u32] {
        &self.lengths
    }

    /// Place and end of a packet.
    pub(super) fn place(&self, packet: &Packet) -> Option<(u64, u64)> {
        let number = self.precincts.number(packet)?;
        let start = *self.starts.get(number)?;
        Some((start, start + u64::from(*self.lengths.get(number)?)))
    }
}

/// Edges in samples of a component.
fn in_samples((x, y): Edges, step: (u8, u8)) -> Edges {
    let samples = |(from, to): (u32, u32), step: u8| {
        let step = u32::from(step.max(1));
        (from.div_ceil(step), to.div_ceil(step))
    };
    (samples(x, step.0), samples(y, step.1))
}

/// Packets that an open image keeps the places of, 3 MiB, and that are looked for one by one.
const MAX_KEPT: usize = 1 << 18;

/// Code-blocks of all packets that are looked at to find these.
const MAX_STEPS: u64 = 1 << 22;
