use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use quick_cache::sync::{Cache, DefaultLifecycle, GuardResult};
use quick_cache::{DefaultHashBuilder, OptionsBuilder, Weighter};

use super::demand::Demand;
use crate::codec::DecodeError;
use crate::image::{Selection, TileRef};
use crate::raster::Raster;

/// Decoded blocks of images without small tiles, and levels made of them, of all images under one
/// budget of bytes. What is pushed out is decoded again when it is asked for.
///
/// Of large blocks one is decoded at a time, so that the memory in use stays near the budget
/// whatever is asked for at once. Blocks wait for nothing while they are decoded, and levels only
/// for blocks, so nobody waits in a circle.
pub struct Blocks {
    cache: Cache<Key, Value, Weigh>,
    large_block: Mutex<()>,
    large_levels: Mutex<()>,
    ids: AtomicU64,
}

/// A part of an image.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(super) struct Key {
    /// See [`Blocks::next_id`].
    pub(super) image: u64,
    /// Which part.
    pub(super) part: Part,
    /// Which samples of it.
    pub(super) selection: Selection,
}

/// Which part of an image.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) enum Part {
    /// A block as it is stored.
    Block(TileRef),
    /// What is asked of a block.
    Demand(TileRef),
    /// All levels that the file lacks.
    Levels,
}

#[derive(Clone)]
enum Value {
    Block(Arc<Raster>),
    Demand(Arc<Demand>),
    Levels(Arc<[Raster]>),
}

impl Blocks {
    /// Bytes above which work is done one at a time.
    const LARGE: usize = 32 << 20;

    /// A cache of this many bytes.
    pub fn new(bytes: u64) -> Self {
        let options = OptionsBuilder::new()
            .estimated_items_capacity(1024)
            .weight_capacity(bytes)
            // One entry may be as large as half of the budget, so the budget is not divided.
            .shards(1)
            .build();
        let cache = options.map_or_else(
            |_| Cache::with_weighter(1024, bytes, Weigh),
            |options| {
                let hasher = DefaultHashBuilder::default();
                Cache::with_options(options, Weigh, hasher, DefaultLifecycle::default())
            },
        );
        let (large_block, large_levels) = (Mutex::new(()), Mutex::new(()));
        Self { cache, large_block, large_levels, ids: AtomicU64::new(0) }
    }

    /// A number for an open file.
    pub(super) fn next_id(&self) -> u64 {
        self.ids.fetch_add(1, Ordering::Relaxed)
    }

    /// A block of about so many bytes; decoded here if it is not kept. Only one thread decodes it,
    /// the others wait. `decode` must wait for nothing.
    pub(super) fn block(
        &self,
        key: &Key,
        bytes: usize,
        decode: impl FnOnce() -> Result<Raster, DecodeError>,
    ) -> Result<Arc<Raster>, DecodeError> {
        let make = || one_at_a_time(&self.large_block, bytes, decode).map(Arc::new);
        match self.cache.get_value_or_guard(key, None) {
            GuardResult::Value(Value::Block(block)) => Ok(block),
            GuardResult::Guard(guard) => {
                let block = make()?;
                let _ = guard.insert(Value::Block(Arc::clone(&block)));
                self.forget_demand(key);
                Ok(block)
            }
            GuardResult::Value(_) | GuardResult::Timeout => make(),
        }
    }

    /// What has been asked of a block; `None` when the block is kept. It waits for nothing.
    pub(super) fn demand(
        &self,
        image: u64,
        at: TileRef,
        selection: &Selection,
    ) -> Option<Arc<Demand>> {
        let mut key = Key { image, part: Part::Block(at), selection: selection.clone() };
        if matches!(self.cache.get(&key), Some(Value::Block(_))) {
            return None;
        }
        key.part = Part::Demand(at);
        match self.cache.get_value_or_guard(&key, None) {
            GuardResult::Value(Value::Demand(demand)) => Some(demand),
            GuardResult::Guard(guard) => {
                let demand = Arc::<Demand>::default();
                let _ = guard.insert(Value::Demand(Arc::clone(&demand)));
                Some(demand)
            }
            GuardResult::Value(_) | GuardResult::Timeout => None,
        }
    }

    /// Once a block is kept, what was asked of it before says nothing of the time after.
    fn forget_demand(&self, block: &Key) {
        if let Part::Block(at) = block.part {
            self.cache.remove(&Key { part: Part::Demand(at), ..block.clone() });
        }
    }

    /// Made levels; made here if they are not kept. `make` waits for blocks only.
    pub(super) fn levels(
        &self,
        key: &Key,
        bytes: usize,
        make: impl FnOnce() -> Result<Arc<[Raster]>, DecodeError>,
    ) -> Result<Arc<[Raster]>, DecodeError> {
        let make = || one_at_a_time(&self.large_levels, bytes, make);
        match self.cache.get_value_or_guard(key, None) {
            GuardResult::Value(Value::Levels(levels)) => Ok(levels),
            GuardResult::Guard(guard) => {
                let levels = make()?;
                let _ = guard.insert(Value::Levels(Arc::clone(&levels)));
                Ok(levels)
            }
            GuardResult::Value(_) | GuardResult::Timeout => make(),
        }
    }

    /// Forgets everything.
    pub fn clear(&self) {
        self.cache.clear();
    }

    /// Bytes kept now.
    pub fn bytes(&self) -> u64 {
        self.cache.weight()
    }
}

impl fmt::Debug for Blocks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Blocks").field("bytes", &self.bytes()).finish_non_exhaustive()
    }
}

fn one_at_a_time<T>(lock: &Mutex<()>, bytes: usize, work: impl FnOnce() -> T) -> T {
    let large = bytes > Blocks::LARGE;
    // There is nothing to be found half done after a panic.
    let _alone = large.then(|| lock.lock().unwrap_or_else(PoisonError::into_inner));
    work()
}

#[derive(Clone, Debug)]
struct Weigh;

impl Weighter<Key, Value> for Weigh {
    fn weight(&self, _: &Key, value: &Value) -> u64 {
        let bytes = |raster: &Raster| raster.shape().bytes().unwrap_or(usize::MAX) as u64;
        let payload = match value {
            Value::Block(block) => bytes(block),
            Value::Demand(_) => 0,
            Value::Levels(levels) => levels.iter().map(bytes).sum(),
        };
        payload.saturating_add(256)
    }
}
