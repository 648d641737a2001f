//! How components are coded (COD and COC; ITU-T T.800, A.6), and what that costs to decode.

use std::collections::BTreeMap;

use super::bytes::Bytes;
use super::codestream::{Size, malformed};
use crate::codec::DecodeError;

/// Coding of the components of an image or of a tile.
#[derive(Clone, Debug)]
pub(super) struct Coding {
    /// Quality layers, at least 1.
    pub(super) layers: u16,
    /// Whether components are mixed, so that one cannot be had without the others.
    pub(super) mixed_components: bool,
    /// Progression order (table A.16).
    pub(super) progression: u8,
    /// Whether packets may begin with a marker (SOP).
    pub(super) marked_packets: bool,
    /// Whether packet headers end with a marker (EPH).
    pub(super) marked_headers: bool,
    style: Style,
    /// Components that are coded in another way.
    own: BTreeMap<u16, Style>,
}

/// Wavelet levels, code-blocks and precincts of a component.
#[derive(Clone, Copy, Debug)]
struct Style {
    levels: u8,
    /// Exponents of the sides of a code-block.
    block: (u8, u8),
    /// Style of its code-blocks (table A.19).
    flags: u8,
    /// Exponents of the sides of the precincts, smallest resolution first.
    precincts: [(u8, u8); 33],
}

impl Coding {
    /// The body of a COD marker segment.
    pub(super) fn parse(mut body: Bytes<'_>) -> Result<Self, DecodeError> {
        let (flags, progression) = (body.u8()?, body.u8()?);
        let (layers, mixing) = (body.u16()?, body.u8()?);
        let style = Style::parse(body, flags & 1 != 0)?;
        if layers == 0 {
            return Err(malformed("its codestream has no quality layer"));
        }
        Ok(Self {
            layers,
            mixed_components: mixing != 0,
            progression,
            marked_packets: flags & 2 != 0,
            marked_headers: flags & 4 != 0,
            style,
            own: BTreeMap::new(),
        })
    }

    /// The body of a COC marker segment.
    pub(super) fn parse_component(
        &mut self,
        mut body: Bytes<'_>,
        components: usize,
    ) -> Result<(), DecodeError> {
        let component = if components < 257 { body.u8()?.into() } else { body.u16()? };
        let flags = body.u8()?;
        let style = Style::parse(body, flags & 1 != 0)?;
        if usize::from(component) < components {
            self.own.insert(component, style);
        }
        Ok(())
    }

    /// Whether all components are coded alike.
    pub(super) fn is_uniform(&self) -> bool {
        self.own.is_empty()
    }

    /// Exponents of the sides of precincts of a resolution, of components that are coded alike.
    pub(super) fn precinct(&self, resolution: u8) -> (u8, u8) {
        self.style.precincts.get(usize::from(resolution)).copied().unwrap_or((15, 15))
    }

    /// Exponents of the sides of a code-block, and its style (table A.19), of components that are
    /// coded alike.
    pub(super) fn block(&self) -> ((u8, u8), u8) {
        (self.style.block, self.style.flags)
    }

    /// Wavelet levels that all components have.
    pub(super) fn levels(&self, components: usize) -> u8 {
        let own = self.own.values().map(|style| style.levels).min();
        match own {
            Some(own) if self.own.len() >= components => own,
            Some(own) => own.min(self.style.levels),
            None => self.style.levels,
        }
    }

    /// What a tile with these edges on the reference grid costs.
    pub(super) fn cost(&self, size: &Size, x: (u32, u32), y: (u32, u32)) -> Cost {
        let mut cost = Cost::default();
        let mut last = None;
        for (number, component) in (0..).zip(&size.components) {
            let own = self.own.get(&number);
            // Most often all components are alike.
            if own.is_some() || last.is_none_or(|(step, _)| step != component.step) {
                let style = own.unwrap_or(&self.style);
                let (dx, dy) = (u32::from(component.step.0), u32::from(component.step.1));
                let x = (x.0.div_ceil(dx), x.1.div_ceil(dx));
                let y = (y.0.div_ceil(dy), y.1.div_ceil(dy));
                last = Some((component.step, style.cost(x, y)));
            }
            if let Some((_, one)) = last {
                cost.blocks = cost.blocks.saturating_add(one.blocks);
                cost.precincts = cost.precincts.saturating_add(one.precincts);
                cost.steps = (cost.steps.0.max(one.steps.0), cost.steps.1.max(one.steps.1));
                cost.resolutions = cost.resolutions.saturating_add(one.resolutions);
            }
            if own.is_some() {
                last = None;
            }
        }
        cost.packets = cost.precincts.saturating_mul(self.layers.into());
        cost
    }
}

impl Style {
    /// `SPcod` and `SPcoc` (tables A.15 and A.20).
    fn parse(mut body: Bytes<'_>, has_precincts: bool) -> Result<Self, DecodeError> {
        let (levels, width, height) = (body.u8()?, body.u8()?, body.u8()?);
        let (flags, _transformation) = (body.u8()?, body.u8()?);
        let block = ((width & 15) + 2, (height & 15) + 2);
        if levels > 32 || block.0 > 10 || block.1 > 10 || block.0 + block.1 > 12 {
            return Err(malformed("the coding style of its codestream is wrong"));
        }
        let mut precincts = [(15, 15); 33];
        if has_precincts {
            for precinct in precincts.iter_mut().take(usize::from(levels) + 1) {
                let exponents = body.u8()?;
                *precinct = (exponents & 15, exponents >> 4);
            }
        }
        Ok(Self { levels, block, flags, precincts })
    }

    /// Costs of a tile-component with these edges (B.5 to B.7).
    fn cost(&self, x: (u32, u32), y: (u32, u32)) -> Cost {
        let mut cost = Cost::default();
        for (resolution, precinct) in (0..=self.levels).zip(&self.precincts) {
            let halvings = u32::from(self.levels - resolution);
            let bands = if resolution == 0 { 1 } else { 3 };
            let side = |(from, to): (u32, u32), precinct: u8, block: u8| {
                let edge = |edge: u32| u64::from(edge).div_ceil(1 << halvings);
                let (from, to) = (edge(from), edge(to));
                if from >= to {
                    return (0, 0);
                }
                let precincts = to.div_ceil(1 << precinct) - (from >> precinct);
                // A sub-band has half the side of its resolution, and so have its precincts.
                let half = u8::from(resolution > 0);
                let block = block.min(precinct.saturating_sub(half));
                let blocks = (((to - from) >> half) >> block) + precincts + 1;
                (precincts, blocks)
            };
            let (columns, across) = side(x, precinct.0, self.block.0);
            let (rows, down) = side(y, precinct.1, self.block.1);
            cost.precincts = cost.precincts.saturating_add(columns * rows);
            cost.blocks = cost.blocks.saturating_add(across.saturating_mul(down) * bands);
            cost.steps = (cost.steps.0.max(columns), cost.steps.1.max(rows));
            cost.resolutions += 1;
        }
        cost
    }
}

/// What a decoder has to allocate and to walk through for one tile, whatever part of it is wanted.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Cost {
    /// Code-blocks, rounded up.
    pub(super) blocks: u64,
    /// Precincts of all components and resolutions.
    precincts: u64,
    /// Packets: a precinct has one for each layer.
    packets: u64,
    /// Most columns and most rows of precincts of one resolution.
    steps: (u64, u64),
    /// Resolutions of all components.
    resolutions: u64,
}

impl Cost {
    /// Steps of a walk through all packets in order of position, which may meet each corner of a
    /// grid that no single resolution has.
    pub(super) fn walk(&self) -> u64 {
        let corners = self.steps.0.saturating_mul(self.steps.1);
        self.packets.max(corners.saturating_mul(self.resolutions))
    }

    /// Bytes of memory, about.
    pub(super) fn memory(&self) -> u64 {
        let blocks = self.blocks.saturating_mul(BLOCK);
        let precincts = self.precincts.saturating_mul(PRECINCT);
        blocks.saturating_add(precincts).saturating_add(self.packets.saturating_mul(PACKET))
    }
}

/// Bytes `OpenJPEG` takes for a code-block with its part of two tag trees and its segments; for a
/// precinct in its three sub-bands; and for a packet in the list of those seen.
const BLOCK: u64 = 500;
const PRECINCT: u64 = 600;
const PACKET: u64 = 2;
