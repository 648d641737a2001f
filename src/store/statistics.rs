use std::fmt;
use std::sync::Arc;

use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, OptionsBuilder, Weighter};

use crate::image::{Bands, ImageId};
use crate::process::Statistics;

/// Statistics of all open images under one budget of bytes. What is pushed out is counted again.
pub(super) struct KeptStatistics(Cache<Key, Arc<Statistics>, Weigh>);

type Key = (ImageId, Bands);

impl KeptStatistics {
    /// Bytes of all of them. One takes at most a quarter: see `process::Collector`.
    const BYTES: u64 = 64 << 20;

    pub(super) fn get(&self, image: ImageId, bands: &Bands) -> Option<Arc<Statistics>> {
        self.0.get(&(image, bands.clone()))
    }

    pub(super) fn keep(&self, image: ImageId, bands: Bands, statistics: Arc<Statistics>) {
        self.0.insert((image, bands), statistics);
    }

    pub(super) fn clear(&self) {
        self.0.clear();
    }
}

impl Default for KeptStatistics {
    fn default() -> Self {
        let options = OptionsBuilder::new()
            .estimated_items_capacity(1024)
            .weight_capacity(Self::BYTES)
            // One entry may be a quarter of the budget, so the budget is not divided.
            .shards(1)
            .build();
        Self(options.map_or_else(
            |_| Cache::with_weighter(1024, Self::BYTES, Weigh),
            |options| {
                let hasher = DefaultHashBuilder::default();
                Cache::with_options(options, Weigh, hasher, DefaultLifecycle::default())
            },
        ))
    }
}

impl fmt::Debug for KeptStatistics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeptStatistics").field("bytes", &self.0.weight()).finish_non_exhaustive()
    }
}

#[derive(Clone, Debug)]
struct Weigh;

impl Weighter<Key, Arc<Statistics>> for Weigh {
    fn weight(&self, _: &Key, statistics: &Arc<Statistics>) -> u64 {
        statistics.bytes().saturating_add(256)
    }
}
