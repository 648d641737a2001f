use std::collections::HashMap;
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use lru::LruCache;

use super::root::version_of;
use super::{Root, StoreError, name};
use crate::codec::{DecodeError, Decoder, FileReader, Limits, ReadAt, decode};
use crate::command::ImageRef;
use crate::image::{FileVersion, ImageId, ImageIds, ImageInfo};
use crate::process::Histogram;

/// An open image in one version. Lives as long as anybody uses it, whatever happens to its name.
#[derive(Debug)]
pub struct Image {
    /// Key of everything that is made from it.
    pub id: ImageId,
    /// What tells this version from others.
    pub version: FileVersion,
    /// Reads its tiles.
    pub decoder: Box<dyn Decoder>,
    /// Clean path below the root.
    pub name: String,
    histogram: OnceLock<Histogram>,
}

impl Image {
    /// What the file's index says.
    pub fn info(&self) -> &ImageInfo {
        self.decoder.info()
    }

    /// Time of the last change.
    pub fn modified(&self) -> SystemTime {
        let since = Duration::new(
            u64::try_from(self.version.modified).unwrap_or(0),
            self.version.modified_nanos,
        );
        SystemTime::UNIX_EPOCH.checked_add(since).unwrap_or(SystemTime::UNIX_EPOCH)
    }

    /// Name without folders and extension, for downloads.
    pub fn stem(&self) -> &str {
        let file = self.name.rsplit('/').next().unwrap_or(&self.name);
        file.rsplit_once('.').map_or(file, |(stem, _)| stem)
    }

    /// Grey values of the smallest level, once they were counted.
    pub fn histogram(&self) -> Option<&Histogram> {
        self.histogram.get()
    }

    /// Keeps the histogram; the first one counts.
    pub fn set_histogram(&self, histogram: Histogram) {
        let _ = self.histogram.set(histogram);
    }
}

/// Settings of [`Images`].
#[derive(Clone, Debug)]
pub struct ImagesConfig {
    /// Appended to every identifier (`FILESYSTEM_SUFFIX`).
    pub suffix: String,
    /// Open images kept; `None` is unlimited, 0 keeps none.
    pub capacity: Option<usize>,
    /// How long the version of a file is believed without asking the file system.
    pub stat_interval: Duration,
    /// Bounds for decoders.
    pub limits: Limits,
}

/// All images below a root, and the ones that are open.
pub struct Images {
    root: Root,
    config: ImagesConfig,
    bundled: HashMap<&'static str, &'static [u8]>,
    ids: ImageIds,
    open: Mutex<LruCache<String, Entry>>,
}

#[derive(Debug)]
struct Entry {
    image: Arc<Image>,
    checked: Instant,
}

impl Images {
    /// Images below a root.
    pub fn new(root: Root, config: ImagesConfig) -> Self {
        let open = match config.capacity.and_then(NonZeroUsize::new) {
            Some(capacity) => LruCache::new(capacity),
            None => LruCache::unbounded(),
        };
        let ids = ImageIds::default();
        Self { root, config, bundled: HashMap::new(), ids, open: Mutex::new(open) }
    }

    /// Adds a picture that is part of the program; a file of the same name comes first.
    #[must_use]
    pub fn with_bundled(mut self, name: &'static str, bytes: &'static [u8]) -> Self {
        self.bundled.insert(name, bytes);
        self
    }

    /// The root.
    pub fn root(&self) -> &Root {
        &self.root
    }

    /// Names of the pictures that are part of the program.
    pub fn bundled(&self) -> impl Iterator<Item = &'static str> {
        self.bundled.keys().copied()
    }

    /// The path an image is kept under.
    pub fn path(&self, image: &ImageRef) -> Result<String, StoreError> {
        Ok(name::clean(&image.name)? + &self.config.suffix)
    }

    /// The image under this path, if it is open in the version the file system has now.
    pub fn current(&self, path: &str) -> Option<Arc<Image>> {
        let (image, checked) = {
            let mut open = self.lock();
            let entry = open.get(path)?;
            (Arc::clone(&entry.image), entry.checked)
        };
        let interval = self.config.stat_interval;
        if !interval.is_zero() && checked.elapsed() < interval {
            return Some(image);
        }
        if self.version(path).ok()? != image.version {
            return None;
        }
        if !interval.is_zero()
            && let Some(entry) = self.lock().peek_mut(path)
        {
            entry.checked = Instant::now();
        }
        Some(image)
    }

    /// Opens the image under this path and keeps it open. Reads the file: not for an IO thread.
    pub fn open(&self, path: &str) -> Result<Arc<Image>, OpenError> {
        let (data, version) = self.data(path)?;
        let decoder = decode::open(data, &self.config.limits.into())?;
        let image = Arc::new(Image {
            id: self.ids.id(path, (0, 90), &version),
            version,
            decoder,
            name: path.to_owned(),
            histogram: OnceLock::new(),
        });
        if self.config.capacity != Some(0) {
            let entry = Entry { image: Arc::clone(&image), checked: Instant::now() };
            // What is pushed out is closed after the lock is released.
            let _evicted = self.lock().push(path.to_owned(), entry);
        }
        Ok(image)
    }

    /// The version the file system has now.
    pub fn version(&self, path: &str) -> Result<FileVersion, StoreError> {
        match self.root.version(path) {
            Err(_) if self.bundled.contains_key(path) => Ok(bundled_version()),
            version => Ok(version?),
        }
    }

    /// Closes all images that nobody uses.
    pub fn clear(&self) {
        self.lock().clear();
    }

    fn data(&self, path: &str) -> Result<(Arc<dyn ReadAt>, FileVersion), StoreError> {
        match self.root.file(path) {
            Ok(file) => {
                // The version of the very file that is read, whatever its name means by now.
                let version = version_of(&file.metadata()?)?;
                Ok((Arc::new(FileReader::new(file)?), version))
            }
            Err(error) => match (self.bundled.get(path), &self.root) {
                (Some(bytes), _) => Ok((Arc::new(Bytes::from_static(bytes)), bundled_version())),
                (None, Root::None) => Err(StoreError::NoRoot),
                (None, _) => Err(error.into()),
            },
        }
    }

    fn lock(&self) -> MutexGuard<'_, LruCache<String, Entry>> {
        // Nothing panics while the lock is held.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A picture of the program never changes while it runs; its date is that of this release.
fn bundled_version() -> FileVersion {
    FileVersion { modified: 1_795_305_600, ..FileVersion::default() }
}

impl fmt::Debug for Images {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Images")
            .field("root", &self.root)
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

/// An image that could not be opened.
#[derive(Clone, Debug, thiserror::Error)]
pub enum OpenError {
    /// The file is wrong.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// There is no such file.
    #[error(transparent)]
    Store(#[from] StoreError),
}
