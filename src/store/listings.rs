use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use lru::LruCache;

use super::sequence::Sequences;
use super::{Root, StoreError};
use crate::image::FileVersion;

/// The sequences of a folder.
#[derive(Debug)]
pub struct Listing {
    pub(super) folder: Arc<Folder>,
    pub(super) sequences: Sequences,
}

/// A folder in the version it had when it was listed.
#[derive(Debug)]
pub(super) struct Folder {
    path: String,
    version: FileVersion,
    /// It had not changed for so long that a later change must show in its version.
    settled: bool,
}

impl Folder {
    /// Whether what was found in the folder is still true.
    pub(super) fn is_current(&self, root: &Root) -> bool {
        self.settled && root.folder_version(&self.path).is_ok_and(|now| now == self.version)
    }
}

/// Listings of the folders asked for last, each kept while its folder is unchanged.
pub(super) struct Listings {
    pattern: String,
    kept: Mutex<LruCache<String, Arc<Listing>>>,
}

impl Listings {
    /// For sequences whose files have this text before their angles.
    pub(super) fn new(pattern: String) -> Self {
        Self { pattern, kept: Mutex::new(LruCache::new(KEPT)) }
    }

    /// Text before the angles.
    pub(super) fn pattern(&self) -> &str {
        &self.pattern
    }

    /// The listing of a folder, if it is known in this version.
    pub(super) fn current(&self, folder: &str, version: &FileVersion) -> Option<Arc<Listing>> {
        let mut kept = self.lock();
        let listing = kept.get(folder)?;
        let known = &listing.folder;
        (known.settled && known.version == *version).then(|| Arc::clone(listing))
    }

    /// Lists a folder and keeps the listing.
    pub(super) fn read(&self, root: &Root, folder: &str) -> Result<Arc<Listing>, StoreError> {
        let began = SystemTime::now();
        // Before the names: a change while they are read makes the listing old at once.
        let version = root.folder_version(folder)?;
        let sequences = Sequences::read(root.names(folder)?, &self.pattern)?;
        let settled = is_settled(&version, began);
        let known = Folder { path: folder.to_owned(), version, settled };
        let listing = Arc::new(Listing { folder: Arc::new(known), sequences });
        // What is pushed out is dropped after the lock is released.
        let _evicted = self.lock().push(folder.to_owned(), Arc::clone(&listing));
        Ok(listing)
    }

    /// Forgets all listings.
    pub(super) fn clear(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, LruCache<String, Arc<Listing>>> {
        // Nothing panics while the lock is held.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Listings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listings").field("pattern", &self.pattern).finish_non_exhaustive()
    }
}

/// Whether a folder's version is old enough: two changes within one tick of the file system's
/// clock have the same time.
fn is_settled(version: &FileVersion, now: SystemTime) -> bool {
    let (seconds, nanos) = version.changed;
    let since = u64::try_from(seconds).unwrap_or(0);
    let changed =
        SystemTime::UNIX_EPOCH.checked_add(Duration::new(since, u32::try_from(nanos).unwrap_or(0)));
    changed.is_some_and(|at| now.duration_since(at).is_ok_and(|age| age > TICK))
}

/// Folders whose listings are kept.
const KEPT: NonZeroUsize = NonZeroUsize::new(32).expect("32 is not 0");

/// The coarsest clock of a file system (FAT).
const TICK: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_is_kept_while_its_folder_is_unchanged_and_settled() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a_pyr_000_090.tif"), b"").unwrap();
        let root = Root::open(Some(folder.path())).unwrap();
        let listings = Listings::new("_pyr_".into());
        let version = root.folder_version("").unwrap();
        assert!(listings.current("", &version).is_none());
        let listing = listings.read(&root, "").unwrap();
        assert!(listing.sequences.find("a").is_ok());
        // The folder was changed just now: the next change may have the same time.
        assert!(!listing.folder.is_current(&root));
        assert!(listings.current("", &version).is_none());
        drop(listing);
        let listing = Arc::into_inner(listings.lock().pop("").unwrap()).unwrap();
        let folder = Arc::into_inner(listing.folder).unwrap();
        let folder = Arc::new(Folder { settled: true, ..folder });
        assert!(folder.is_current(&root));
        listings.lock().push(String::new(), Arc::new(Listing { folder, ..listing }));
        assert!(listings.current("", &version).is_some());
        let later = FileVersion { modified: version.modified + 1, ..version };
        assert!(listings.current("", &later).is_none());
    }

    #[test]
    fn a_folder_changed_lately_is_not_settled() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        let version = |seconds| FileVersion { changed: (seconds, 0), ..FileVersion::default() };
        assert!(is_settled(&version(999_990), now));
        assert!(!is_settled(&version(999_999), now));
        assert!(!is_settled(&version(1_000_010), now));
    }
}
