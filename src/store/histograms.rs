use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use lru::LruCache;

use crate::image::Selection;
use crate::process::{Histogram, Op};

/// Histograms of one image, each of what is read of it and what is done to that. Those that were
/// used last are kept.
#[derive(Debug)]
pub struct Histograms(Mutex<LruCache<Key, Arc<Histogram>>>);

type Key = (Selection, Vec<Op>);

impl Histograms {
    /// Each takes 2 KiB and its key.
    const KEPT: NonZeroUsize = NonZeroUsize::new(8).unwrap();

    /// The histogram, if it is kept.
    pub fn get(&self, selection: &Selection, ops: &[Op]) -> Option<Arc<Histogram>> {
        let key = (selection.clone(), ops.to_vec());
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned()
    }

    /// Keeps a histogram for a while.
    pub fn keep(&self, selection: Selection, ops: Vec<Op>, histogram: Arc<Histogram>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.put((selection, ops), histogram);
    }
}

impl Default for Histograms {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(Self::KEPT)))
    }
}
