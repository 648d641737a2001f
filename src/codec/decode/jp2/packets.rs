//! Where the packets of a tile are, by its PLT marker segments (ITU-T T.800, A.7.3).

use std::sync::Arc;

use super::codestream::Codestream;
use super::coding::Coding;
use super::parts::{PartPackets, Parts, Tiles};
use super::precincts::Precincts;
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
    /// Those of a tile; `None` when the file does not list them. They are kept when there is only
    /// one tile, and not too many of them.
    pub(super) fn of(
        source: &dyn ReadAt,
        stream: &Codestream,
        parts: &Parts,
        tile: Tiles,
        coding: &Coding,
    ) -> Result<Option<Arc<Self>>, DecodeError> {
        let size = &stream.size;
        if let Some(kept) = parts.packets.get() {
            return Ok(kept.clone());
        }
        let (column, row) = (tile.columns.0, tile.rows.0);
        let listed = parts.packets(source, stream, column, row)?;
        let packets = listed.and_then(|listed| {
            let area = (size.across(tile.columns), size.down(tile.rows));
            let levels = coding.levels(size.components.len());
            let precincts = Precincts::new(coding, &size.components, area, levels)?;
            Self::placed(precincts, &listed).map(Arc::new)
        });
        let few = packets.as_ref().is_none_or(|packets| packets.starts.len() <= MAX_KEPT);
        if size.columns() == 1 && size.rows() == 1 && few {
            let _ = parts.packets.set(packets.clone());
        }
        Ok(packets)
    }

    /// `None` unless the lengths are those of all packets and fill all tile-parts.
    fn placed(precincts: Precincts, parts: &[PartPackets]) -> Option<Self> {
        let count = precincts.packets();
        let (mut starts, mut lengths) = (vec![0; count], vec![0; count]);
        let mut order = precincts.in_order().into_iter();
        for part in parts {
            let (mut place, end) = part.data;
            let mut length = 0_u32;
            for byte in &part.lengths {
                // Seven bits in each byte, the highest first; the eighth says that more follow.
                length = length.checked_mul(128)?.checked_add(u32::from(byte & 0x7f))?;
                if byte & 0x80 == 0 {
                    let number = precincts.number(&order.next()?)?;
                    *starts.get_mut(number)? = place;
                    *lengths.get_mut(number)? = length;
                    place = place.checked_add(length.into()).filter(|place| *place <= end)?;
                    if length == 0 {
                        return None;
                    }
                    length = 0;
                }
            }
            // The end of the codestream may count as one of the last part.
            if length != 0 || !matches!(end - place, 0 | 2) {
                return None;
            }
        }
        order.next().is_none().then_some(Self { precincts, starts, lengths })
    }

    /// Place and end of a packet.
    pub(super) fn place(&self, packet: &super::precincts::Packet) -> Option<(u64, u64)> {
        let number = self.precincts.number(packet)?;
        let start = *self.starts.get(number)?;
        Some((start, start + u64::from(*self.lengths.get(number)?)))
    }
}

/// Packets that an open image keeps the places of: 3 MiB.
const MAX_KEPT: usize = 1 << 18;
