//! Whether a block is decoded whole, or only what is asked for.
//!
//! A whole block costs as much as some five of its tiles one by one, since the wavelets of a tile
//! reach into its neighbours. Whether the other tiles will be asked for is not known. Somebody who
//! looks at the picture asks for neighbours, or for several tiles at the same time: then the block
//! is decoded. Otherwise as many parts are decoded alone as cost no more than the block, so that
//! what is done in vain is bounded both ways.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::image::Rect;

/// What has been asked of a block since it was last kept.
#[derive(Debug, Default)]
pub(super) struct Demand(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Parts that were decoded alone.
    parts: Vec<Rect>,
    /// Whether one is being decoded.
    busy: bool,
    /// Whether the block is wanted.
    all: bool,
}

/// Leave to decode a part alone. It is given back when this is dropped.
pub(super) struct Turn<'a>(&'a Demand);

impl Demand {
    /// Leave to decode a part alone, unless the whole block is the better choice.
    pub(super) fn alone(&self, part: Rect) -> Option<Turn<'_>> {
        let mut state = self.state();
        let near = state.parts.iter().any(|other| touches(*other, part));
        state.all |= state.busy || near || state.parts.len() >= PARTS;
        if state.all {
            return None;
        }
        state.parts.push(part);
        state.busy = true;
        Some(Turn(self))
    }

    /// Most of the block will be asked for.
    pub(super) fn all(&self) {
        self.state().all = true;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Each change of it is a single step.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.state().busy = false;
    }
}

/// Whether a part of a block is so small that it costs much less.
pub(super) fn is_small(part: Rect, block: Rect) -> bool {
    part.area().saturating_mul(3) <= block.area()
}

/// Whether two parts overlap or have an edge in common.
fn touches(a: Rect, b: Rect) -> bool {
    let wide = |rect: Rect| Rect {
        x: rect.x.saturating_sub(1),
        width: rect.width.saturating_add(2),
        ..rect
    };
    let tall = |rect: Rect| Rect {
        y: rect.y.saturating_sub(1),
        height: rect.height.saturating_add(2),
        ..rect
    };
    wide(a).intersection(&b).is_some() || tall(a).intersection(&b).is_some()
}

/// Parts of a block that are decoded alone.
const PARTS: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    /// A tile of a block.
    fn tile(column: u32, row: u32) -> Rect {
        Rect { x: 256 * column, y: 256 * row, width: 256, height: 256 }
    }

    #[test]
    fn parts_here_and_there_are_decoded_alone_up_to_the_price_of_the_block() {
        let demand = Demand::default();
        for (column, row) in [(0, 0), (2, 0), (1, 1), (3, 3)] {
            assert!(demand.alone(tile(column, row)).is_some());
        }
        assert!(demand.alone(tile(0, 3)).is_none());
        assert!(demand.alone(tile(1, 2)).is_none());
    }

    #[test]
    fn neighbours_are_cut_from_the_block() {
        for (column, row) in [(1, 1), (0, 1), (2, 1), (1, 0), (1, 2)] {
            let demand = Demand::default();
            assert!(demand.alone(tile(1, 1)).is_some());
            assert!(demand.alone(tile(column, row)).is_none());
        }
    }

    #[test]
    fn parts_at_the_same_time_are_cut_from_the_block() {
        let demand = Demand::default();
        let turn = demand.alone(tile(0, 0));
        assert!(turn.is_some());
        assert!(demand.alone(tile(3, 3)).is_none());
        drop(turn);
        assert!(demand.alone(tile(0, 3)).is_none(), "it is being decoded, or kept");
    }

    #[test]
    fn what_is_known_before_counts() {
        let demand = Demand::default();
        demand.all();
        assert!(demand.alone(tile(0, 0)).is_none());
        let side = |width, height| Rect { x: 0, y: 0, width, height };
        assert!(is_small(side(256, 256), side(1024, 1024)));
        // A quarter, but for a pixel that the level lacks.
        assert!(is_small(side(256, 256), side(511, 511)));
        assert!(!is_small(side(1024, 512), side(1024, 1024)));
        assert!(!is_small(side(256, 256), side(256, 256)));
    }
}
