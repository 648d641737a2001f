//! Precincts of a tile, and the order of its packets (ITU-T T.800, B.6 and B.12).

use super::codestream::Component;
use super::coding::Coding;

/// The precincts of all components and resolutions of a tile.
#[derive(Clone, Debug)]
pub(super) struct Precincts {
    /// Component by component, from the smallest resolution on.
    grids: Vec<Grid>,
    resolutions: u8,
    layers: u16,
    progression: u8,
    packets: usize,
}

/// The precincts of a component at one resolution.
#[derive(Clone, Copy, Debug)]
struct Grid {
    x: Axis,
    y: Axis,
    /// Packets of the component and resolution before.
    before: usize,
}

/// One axis of them.
#[derive(Clone, Copy, Debug)]
struct Axis {
    /// The first one, counted from the origin as all are.
    first: u32,
    count: u32,
    /// Grid points from one to the next.
    step: u64,
    /// Where the first one is met on the reference grid.
    start: u64,
}

/// What tells a packet from the others of its tile.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Packet {
    pub(super) component: u16,
    pub(super) resolution: u8,
    pub(super) layer: u16,
    /// Column and row of its precinct, counted from the origin.
    pub(super) precinct: (u32, u32),
}

impl Precincts {
    /// Those of a tile with these edges and so many wavelet levels; `None` when there are too many
    /// packets, or they are in no order of the standard. Components must be coded alike.
    pub(super) fn new(
        coding: &Coding,
        components: &[Component],
        (x, y): ((u32, u32), (u32, u32)),
        levels: u8,
    ) -> Option<Self> {
        let grids = components.len().saturating_mul(usize::from(levels) + 1);
        if coding.progression > CPRL || grids > MAX_GRIDS {
            return None;
        }
        let mut grids = Vec::with_capacity(grids);
        let mut packets = 0_usize;
        for component in components {
            for resolution in 0..=levels {
                let (width, height) = coding.precinct(resolution);
                let halvings = levels - resolution;
                let x = Axis::new(x, component.step.0, halvings, width)?;
                let y = Axis::new(y, component.step.1, halvings, height)?;
                grids.push(Grid { x, y, before: packets });
                let precincts = u64::from(x.count).checked_mul(y.count.into())?;
                let more = usize::try_from(precincts.checked_mul(coding.layers.into())?).ok()?;
                packets = packets.checked_add(more).filter(|count| *count <= MAX_PACKETS)?;
            }
        }
        let (layers, progression) = (coding.layers, coding.progression);
        Some(Self { grids, resolutions: levels + 1, layers, progression, packets })
    }

    /// Number of packets.
    pub(super) fn packets(&self) -> usize {
        self.packets
    }

    /// A number for a packet, below that of packets; none for one of another tile.
    pub(super) fn number(&self, packet: &Packet) -> Option<usize> {
        if packet.resolution >= self.resolutions || packet.layer >= self.layers {
            return None;
        }
        let component = usize::from(packet.component) * usize::from(self.resolutions);
        let grid = self.grids.get(component + usize::from(packet.resolution))?;
        let place = |axis: Axis, precinct: u32| {
            precinct.checked_sub(axis.first).filter(|place| *place < axis.count)
        };
        let (column, row) = (place(grid.x, packet.precinct.0)?, place(grid.y, packet.precinct.1)?);
        let precinct = row as usize * grid.x.count as usize + column as usize;
        Some(grid.before + precinct * usize::from(self.layers) + usize::from(packet.layer))
    }

    /// All packets in the order of the codestream.
    pub(super) fn in_order(&self) -> Vec<Packet> {
        let mut packets = Vec::with_capacity(self.packets);
        let resolutions = usize::from(self.resolutions);
        let components = (0_u16..).zip(self.grids.chunks(resolutions));
        for (component, grids) in components {
            for (resolution, grid) in (0_u8..).zip(grids) {
                for row in grid.y.precincts() {
                    for column in grid.x.precincts() {
                        let precinct = (column, row);
                        let packet = |layer| Packet { component, resolution, layer, precinct };
                        let position = (grid.y.position(row), grid.x.position(column));
                        packets.extend((0..self.layers).map(|layer| (position, packet(layer))));
                    }
                }
            }
        }
        // Stable: precincts are in the order of rows already.
        packets.sort_by_key(|((y, x), packet)| {
            let Packet { component, resolution, layer, .. } = *packet;
            let (c, r, l) = (u64::from(component), u64::from(resolution), u64::from(layer));
            match self.progression {
                LRCP => [l, r, c, 0, 0],
                RLCP => [r, l, c, 0, 0],
                RPCL => [r, *y, *x, c, l],
                PCRL => [*y, *x, c, r, l],
                _ => [c, *y, *x, r, l],
            }
        });
        packets.into_iter().map(|(_, packet)| packet).collect()
    }
}

impl Axis {
    fn new((from, to): (u32, u32), step: u8, halvings: u8, exponent: u8) -> Option<Self> {
        let scale = u64::from(step.max(1)).checked_shl(halvings.into())?;
        let step = scale.checked_mul(1 << exponent)?;
        let edge = |edge: u32| u64::from(edge).div_ceil(scale);
        let (start, end) = (edge(from), edge(to));
        let first = start >> exponent;
        let last = end.div_ceil(1 << exponent);
        let count = if start < end { last - first } else { 0 };
        // One that begins before the tile is met where the tile begins.
        let start = if start % (1 << exponent) == 0 { first * step } else { from.into() };
        let (first, count) = (u32::try_from(first).ok()?, u32::try_from(count).ok()?);
        Some(Self { first, count, step, start })
    }

    fn precincts(&self) -> std::ops::Range<u32> {
        self.first..self.first.saturating_add(self.count)
    }

    /// Where a precinct is met on the reference grid.
    fn position(&self, precinct: u32) -> u64 {
        if precinct == self.first { self.start } else { u64::from(precinct) * self.step }
    }
}

/// Orders of progression (table A.16).
const LRCP: u8 = 0;
const RLCP: u8 = 1;
const RPCL: u8 = 2;
const PCRL: u8 = 3;
const CPRL: u8 = 4;

/// Resolutions of all components.
const MAX_GRIDS: usize = 1 << 16;

/// Packets of a tile that are listed.
const MAX_PACKETS: usize = 1 << 20;
