use std::collections::HashMap;
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use lru::LruCache;

use super::histograms::Histograms;
use super::listings::{Folder, Listing, Listings};
use super::pace::Pace;
use super::profiles::Profiles;
use super::root::version_of;
use super::statistics::KeptStatistics;
use super::{Address, Image, Root, StoreError};
use crate::codec::{Blocks, DecodeError, FileReader, OpenOptions, ReadAt, decode};
use crate::command::Angle;
use crate::image::{FileVersion, ImageIds, Views};
use crate::lock::Lock;

/// Settings of [`Images`].
#[derive(Clone, Debug)]
pub struct ImagesConfig {
    /// Appended to every identifier (`FILESYSTEM_SUFFIX`).
    pub suffix: String,
    /// Text between the stem and the angles of a sequence (`FILENAME_PATTERN`).
    pub pattern: String,
    /// Open images kept; `None` is unlimited, 0 keeps none.
    pub capacity: Option<usize>,
    /// How long the version of a file is believed without asking the file system.
    pub stat_interval: Duration,
    /// How files are opened; the page is that of each request.
    pub options: OpenOptions,
    /// Whether colours are converted to sRGB by the profiles of images.
    pub to_srgb: bool,
    /// Memory for decoded parts of images without small tiles, in bytes.
    pub untiled_bytes: u64,
}

/// All images below a root, and the ones that are open.
pub struct Images {
    root: Root,
    config: ImagesConfig,
    bundled: HashMap<&'static str, &'static [u8]>,
    ids: ImageIds,
    blocks: Arc<Blocks>,
    statistics: Arc<KeptStatistics>,
    profiles: Profiles,
    open: Lock<LruCache<Address, Entry>>,
    listings: Listings,
}

#[derive(Clone, Debug)]
struct Entry {
    image: Arc<Image>,
    /// The folder in which the image was found to be a view of a sequence.
    folder: Option<Arc<Folder>>,
    checked: Instant,
}

/// The file of an address, in the version the file system had a moment ago.
#[derive(Clone, Debug)]
pub struct Found {
    /// Clean path of the file below the root.
    path: String,
    /// Its version.
    pub version: FileVersion,
    /// The folder in which it was found to be a view of a sequence, and the views of that.
    sequence: Option<(Arc<Folder>, Arc<Views>)>,
}

/// Result of a search that lists no folder.
#[derive(Clone, Debug)]
pub enum Search {
    /// The file.
    Found(Found),
    /// There is no such file. It may be a sequence: this folder has to be listed.
    Unlisted {
        /// Clean path below the root.
        folder: String,
        /// The version it has now.
        version: FileVersion,
    },
}

impl Images {
    /// Images below a root.
    pub fn new(root: Root, config: ImagesConfig) -> Self {
        let open = match config.capacity.and_then(NonZeroUsize::new) {
            Some(capacity) => LruCache::new(capacity),
            None => LruCache::unbounded(),
        };
        let listings = Listings::new(config.pattern.clone());
        let (bundled, ids) = (HashMap::new(), ImageIds::default());
        let blocks = Arc::new(Blocks::new(config.untiled_bytes));
        let (open, statistics) = (Lock::new(open), Arc::default());
        let profiles = Profiles::default();
        Self { root, config, bundled, ids, blocks, statistics, profiles, open, listings }
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

    /// The image at this address, if it is open in the version the file system has now.
    pub fn current(&self, address: &Address) -> Option<Arc<Image>> {
        let (key, entry) = self.kept(address)?;
        let interval = self.config.stat_interval;
        if !interval.is_zero() && entry.checked.elapsed() < interval {
            return Some(entry.image);
        }
        // An added file may be a view, or have the name that was found to be none of a file.
        if entry.folder.as_ref().is_some_and(|folder| !folder.is_current(&self.root)) {
            return None;
        }
        let Image { name, version, .. } = &*entry.image;
        // A picture of the program has no file.
        if !self.root.has(name, version) && self.version(name).ok()? != *version {
            return None;
        }
        if !interval.is_zero()
            && let Some(entry) = self.open.lock().peek_mut(&key)
        {
            entry.checked = Instant::now();
        }
        Some(entry.image)
    }

    /// The file of an address: a file of that name, else a view of a sequence. Asks the file
    /// system for versions only.
    pub fn search(&self, address: &Address) -> Result<Search, StoreError> {
        let path = format!("{}{}", address.name, self.config.suffix);
        match self.version(&path) {
            Ok(version) => return Ok(Search::Found(Found { path, version, sequence: None })),
            Err(_) if matches!(self.root, Root::None) => return Err(StoreError::NoRoot),
            Err(StoreError::NotFound) => {}
            Err(error) => return Err(error),
        }
        let (folder, _) = address.split();
        let version = self.root.folder_version(folder)?;
        match self.listings.current(folder, &version) {
            Some(listing) => self.view(address, &listing).map(Search::Found),
            None => Ok(Search::Unlisted { folder: folder.to_owned(), version }),
        }
    }

    /// Lists a folder and keeps the listing. Reads the folder: not for an IO thread.
    pub fn list(&self, folder: &str) -> Result<Arc<Listing>, StoreError> {
        self.listings.read(&self.root, folder)
    }

    /// The file of a view of a sequence in a listed folder.
    pub fn view(&self, address: &Address, listing: &Listing) -> Result<Found, StoreError> {
        let (_, stem) = address.split();
        let sequence = listing.sequences.find(stem)?;
        let path = sequence.file(&address.name, self.listings.pattern(), address.angle)?;
        let version = self.version(&path)?;
        let sequence = Some((Arc::clone(&listing.folder), Arc::clone(sequence.views())));
        Ok(Found { path, version, sequence })
    }

    /// Opens the file that was found at an address and keeps it open. Reads the file: not for an
    /// IO thread.
    pub fn open(&self, address: &Address, found: Found) -> Result<Arc<Image>, OpenError> {
        let Found { path, version, sequence } = found;
        let (folder, views) = sequence.unzip();
        if let Some(views) = &views
            && let Some(image) = self.unchanged(address, &path, &version, views)
        {
            return Ok(self.keep(address.clone(), image, folder));
        }
        let (data, version) = self.data(&path)?;
        // The files of a sequence show their first page.
        let page = if views.is_some() { 0 } else { address.page() };
        let options = OpenOptions { page, ..self.config.options };
        let decoder = decode::open(data, &options, &self.blocks)?;
        let profile = if self.config.to_srgb { self.profiles.of(decoder.info()) } else { Ok(None) };
        let (key, stem) = match &views {
            Some(_) => (address.clone(), address.split().1),
            None if decoder.info().stack.is_empty() => (address.of_default(), stem(&path)),
            None => (address.of_page(), stem(&path)),
        };
        // The view of a sequence is its file, under whatever name it is asked for.
        let Angle { x, y } = if views.is_some() { Angle::DEFAULT } else { key.angle };
        let image = Arc::new(Image {
            id: self.ids.id(&path, (x, y), &version),
            version,
            decoder,
            views,
            profile,
            stem: stem.to_owned(),
            name: path,
            pace: Pace::default(),
            histograms: Histograms::default(),
            statistics: Arc::clone(&self.statistics),
        });
        if key != *address {
            // What the name meant before must not hide what it means now.
            let _stale = self.open.lock().pop(address);
        }
        Ok(self.keep(key, image, folder))
    }

    /// The version the file system has now of the file of a path.
    fn version(&self, path: &str) -> Result<FileVersion, StoreError> {
        match self.root.version(path) {
            Err(_) if self.bundled.contains_key(path) => Ok(bundled_version()),
            version => Ok(version?),
        }
    }

    /// Closes all images that nobody uses, and forgets what is in the folders.
    pub fn clear(&self) {
        self.open.lock().clear();
        self.listings.clear();
        self.blocks.clear();
        self.statistics.clear();
    }

    /// What is kept for an address, and under which one. A single image shows itself at every
    /// angle; of a stack only the page counts.
    fn kept(&self, address: &Address) -> Option<(Address, Entry)> {
        let mut open = self.open.lock();
        if let Some(entry) = open.get(address) {
            return Some((address.clone(), entry.clone()));
        }
        let key = address.of_default();
        if let Some(entry) = open.get(&key)
            && entry.folder.is_none()
            && entry.image.info().stack.is_empty()
        {
            return Some((key, entry.clone()));
        }
        let key = address.of_page();
        let entry = open.get(&key).filter(|entry| entry.folder.is_none())?.clone();
        Some((key, entry))
    }

    /// The open view of a sequence whose folder changed, but not in what concerns this image.
    fn unchanged(
        &self,
        address: &Address,
        path: &str,
        version: &FileVersion,
        views: &Views,
    ) -> Option<Arc<Image>> {
        let image = Arc::clone(&self.open.lock().get(address)?.image);
        let same = image.name == path
            && image.version == *version
            && image.views.as_deref() == Some(views);
        same.then_some(image)
    }

    fn keep(&self, key: Address, image: Arc<Image>, folder: Option<Arc<Folder>>) -> Arc<Image> {
        if self.config.capacity != Some(0) {
            let entry = Entry { image: Arc::clone(&image), folder, checked: Instant::now() };
            // What is pushed out is closed after the lock is released.
            let _evicted = self.open.lock().push(key, entry);
        }
        image
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

    /// How often somebody had to wait for the list of open images.
    pub fn lock_waits(&self) -> u64 {
        self.open.waits()
    }
}

/// Name of a file without folders and extension.
fn stem(path: &str) -> &str {
    let file = path.rsplit('/').next().unwrap_or(path);
    file.rsplit_once('.').map_or(file, |(stem, _)| stem)
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
