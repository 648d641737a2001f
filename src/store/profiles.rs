use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use lru::LruCache;

use crate::image::ImageInfo;
use crate::process::{IccError, IccProfile};
use crate::raster::ColorSpace;

/// Ways from the profiles of images to sRGB, made once for all images with the same profile. Those
/// that were used last are kept; an open image keeps its own.
pub(super) struct Profiles(Mutex<LruCache<(Bytes, ColorSpace), Way>>);

/// `None` when nothing is to be done.
pub(super) type Way = Result<Option<IccProfile>, IccError>;

impl Profiles {
    /// One takes up to some hundred kilobytes, and its profile.
    const KEPT: NonZeroUsize = NonZeroUsize::new(16).unwrap();

    /// The way of an image whose colours are those of its profile.
    pub(super) fn of(&self, info: &ImageInfo) -> Way {
        let Some(icc) = info.metadata.icc.clone().filter(|_| !info.from_lab) else {
            return Ok(None);
        };
        if !matches!(info.color, ColorSpace::Gray | ColorSpace::Rgb) {
            return Ok(None);
        }
        let key = (icc, info.color);
        if let Some(way) = self.lock().get(&key) {
            return way.clone();
        }
        // Made outside of the lock: two may make the same at once, which does no harm.
        let way = IccProfile::read(&key.0, key.1);
        self.lock().put(key, way.clone());
        way
    }

    fn lock(&self) -> MutexGuard<'_, LruCache<(Bytes, ColorSpace), Way>> {
        // Nothing panics while the lock is held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Profiles {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(Self::KEPT)))
    }
}

impl fmt::Debug for Profiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Profiles").finish_non_exhaustive()
    }
}
