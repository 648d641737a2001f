use std::hash::{DefaultHasher, Hash, Hasher};
use std::num::NonZeroUsize;
use std::sync::Arc;

use bytes::Bytes;
use lru::LruCache;
use quick_cache::sync::{Cache, GuardResult};
use quick_cache::{Equivalent, Weighter};

use crate::command::Format;
use crate::image::{ImageId, Selection, TileRef};
use crate::lock::Lock;
use crate::plan::Plan;
use crate::raster::Raster;

/// A finished picture.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Encoded {
    /// Its format.
    pub format: Format,
    /// The file.
    pub bytes: Bytes,
}

/// Samples of a decoded tile.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct RawTile {
    /// The image, in one version.
    pub image: ImageId,
    /// The tile.
    pub at: TileRef,
    /// Which of its samples.
    pub selection: Selection,
}

/// Decoded tiles and finished pictures of all images, protocols and threads, under one budget of
/// bytes.
///
/// The policy is of the LRU family (CLOCK-Pro with ghost entries, by `quick_cache`): a scan through
/// a large image does not push out what is in use.
#[derive(Debug)]
pub struct TileCache {
    kept: Cache<Key, Value, Weigh>,
    /// Hashes of the tiles that were asked for last, kept or not.
    asked: Lock<LruCache<u64, ()>>,
}

impl TileCache {
    /// Tiles that are remembered to have been asked for: those of some hundred screens.
    const REMEMBERED: NonZeroUsize = NonZeroUsize::new(1 << 14).unwrap();

    /// Typical weight of an entry, to size the index.
    const TYPICAL: u64 = 32 << 10;

    /// A cache of this many bytes, keys included; 0 keeps nothing.
    pub fn new(bytes: u64) -> Self {
        let items = usize::try_from(bytes / Self::TYPICAL).unwrap_or(usize::MAX).max(64);
        let asked = Lock::new(LruCache::new(Self::REMEMBERED));
        Self { kept: Cache::with_weighter(items, bytes, Weigh), asked }
    }

    /// Whether a tile was asked for before, not too long ago. Who looks at an image once needs its
    /// decoded tiles once; who changes how it is shown needs them again.
    pub fn asked_again(&self, tile: &RawTile) -> bool {
        let mut hasher = DefaultHasher::new();
        tile.hash(&mut hasher);
        let mut asked = self.asked.lock();
        asked.put(hasher.finish(), ()).is_some()
    }

    /// A finished picture.
    pub fn encoded(&self, plan: &Plan) -> Option<Encoded> {
        match self.kept.get(&KeyRef::Encoded(plan)) {
            Some(Value::Encoded(encoded)) => Some(encoded),
            Some(Value::Raw(_)) | None => None,
        }
    }

    /// Keeps a finished picture.
    pub fn insert_encoded(&self, plan: Arc<Plan>, encoded: Encoded) {
        self.kept.insert(Key::Encoded(plan), Value::Encoded(encoded));
    }

    /// A decoded tile, if it is here.
    pub fn raw(&self, tile: &RawTile) -> Option<Arc<Raster>> {
        match self.kept.get(&KeyRef::Raw(tile)) {
            Some(Value::Raw(raster)) => Some(raster),
            Some(Value::Encoded(_)) | None => None,
        }
    }

    /// A decoded tile; decoded here and kept if it is not in the cache. Only one thread decodes
    /// it, the others wait. `decode` must wait for nothing.
    pub fn raw_or<E>(
        &self,
        tile: RawTile,
        decode: impl FnOnce() -> Result<Raster, E>,
    ) -> Result<Arc<Raster>, E> {
        match self.kept.get_value_or_guard(&Key::Raw(tile), None) {
            GuardResult::Value(Value::Raw(raster)) => Ok(raster),
            GuardResult::Guard(guard) => {
                let raster = Arc::new(decode()?);
                // The value was removed while it was decoded: nobody waits for it.
                let _ = guard.insert(Value::Raw(Arc::clone(&raster)));
                Ok(raster)
            }
            GuardResult::Value(Value::Encoded(_)) | GuardResult::Timeout => decode().map(Arc::new),
        }
    }

    /// Forgets everything.
    pub fn clear(&self) {
        self.asked.lock().clear();
        self.kept.clear();
    }

    /// How often a thread had to wait for the list of tiles that were asked for.
    pub fn lock_waits(&self) -> u64 {
        self.asked.waits()
    }

    /// Bytes kept now.
    pub fn bytes(&self) -> u64 {
        self.kept.weight()
    }

    /// Entries kept now.
    pub fn entries(&self) -> usize {
        self.kept.len()
    }
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Key {
    Encoded(Arc<Plan>),
    Raw(RawTile),
}

/// A key to look up with, borrowed.
#[derive(Debug, Eq, Hash, PartialEq)]
enum KeyRef<'a> {
    Encoded(&'a Plan),
    Raw(&'a RawTile),
}

impl Key {
    fn as_ref(&self) -> KeyRef<'_> {
        match self {
            Self::Encoded(plan) => KeyRef::Encoded(plan),
            Self::Raw(tile) => KeyRef::Raw(tile),
        }
    }
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_ref().hash(state);
    }
}

impl Equivalent<Key> for KeyRef<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        *self == key.as_ref()
    }
}

#[derive(Clone, Debug)]
enum Value {
    Encoded(Encoded),
    Raw(Arc<Raster>),
}

#[derive(Clone, Debug)]
struct Weigh;

impl Weigh {
    /// Key, value and index of an entry.
    const OVERHEAD: u64 = 384;
}

impl Weighter<Key, Value> for Weigh {
    fn weight(&self, _: &Key, value: &Value) -> u64 {
        let payload = match value {
            Value::Encoded(encoded) => encoded.bytes.len(),
            Value::Raw(raster) => raster.shape().bytes().unwrap_or(usize::MAX),
        };
        (payload as u64).saturating_add(Self::OVERHEAD)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::{FileVersion, ImageIds};
    use crate::raster::{ColorSpace, SampleType, Samples, Shape};
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn raster(side: u32) -> Raster {
        let shape = Shape::new(side, side, 1, SampleType::U8, ColorSpace::Gray);
        Raster::new(shape, Samples::U8(vec![7; (side * side) as usize])).unwrap()
    }

    fn id() -> ImageId {
        ImageIds::default().id("a", (0, 90), &FileVersion::default())
    }

    fn tile(image: ImageId, column: u32) -> RawTile {
        let at = TileRef { level: 0, column, row: 0 };
        RawTile { image, at, selection: Selection::default() }
    }

    #[test]
    fn the_budget_of_bytes_is_never_exceeded() {
        let cache = TileCache::new(1 << 20);
        let image = id();
        for column in 0..500 {
            let raster = cache.raw_or(tile(image, column), || Ok::<_, ()>(raster(100))).unwrap();
            assert_eq!(raster.shape().width, 100);
            assert!(cache.bytes() <= 1 << 20);
        }
        assert!(cache.entries() > 50);
    }

    #[test]
    fn a_cache_without_room_keeps_nothing() {
        let cache = TileCache::new(0);
        cache.raw_or(tile(id(), 0), || Ok::<_, ()>(raster(1))).unwrap();
        assert_eq!((cache.bytes(), cache.entries()), (0, 0));
    }

    #[test]
    fn threads_that_want_the_same_tile_decode_it_once() {
        let cache = TileCache::new(1 << 20);
        let (image, barrier, decoded) = (id(), Barrier::new(8), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    barrier.wait();
                    let decode = || {
                        decoded.fetch_add(1, Ordering::Relaxed);
                        Ok::<_, ()>(raster(10))
                    };
                    cache.raw_or(tile(image, 3), decode).unwrap();
                });
            }
        });
        assert_eq!(decoded.into_inner(), 1);
    }

    #[test]
    fn a_failed_decode_is_not_kept() {
        let cache = TileCache::new(1 << 20);
        let image = id();
        assert_eq!(cache.raw_or(tile(image, 0), || Err("broken")), Err("broken"));
        assert!(cache.raw_or(tile(image, 0), || Ok::<_, &str>(raster(1))).is_ok());
    }
}
