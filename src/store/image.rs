use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::histograms::Histograms;
use super::pace::Pace;
use super::statistics::KeptStatistics;
use crate::codec::Decoder;
use crate::image::{Bands, FileVersion, ImageId, ImageInfo, Views};
use crate::process::{IccError, IccProfile, Statistics};

/// An open image in one version. Lives as long as anybody uses it, whatever happens to its name.
#[derive(Debug)]
pub struct Image {
    /// Key of everything that is made from it.
    pub id: ImageId,
    /// What tells this version from others.
    pub version: FileVersion,
    /// Reads its tiles.
    pub decoder: Box<dyn Decoder>,
    /// Clean path of its file below the root.
    pub name: String,
    /// The views of the sequence it was opened as a part of.
    pub views: Option<Arc<Views>>,
    /// The way of its colours to sRGB, when they are to be converted.
    pub profile: Result<Option<IccProfile>, IccError>,
    pub(super) stem: String,
    /// How long its small pictures take.
    pub pace: Pace,
    /// Grey values of its smallest level.
    pub histograms: Histograms,
    pub(super) statistics: Arc<KeptStatistics>,
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

    /// Name for downloads: without folders and extension, of a sequence also without angles.
    pub fn stem(&self) -> &str {
        &self.stem
    }

    /// Statistics of these bands of the smallest level, if they are kept.
    pub fn statistics(&self, bands: &Bands) -> Option<Arc<Statistics>> {
        self.statistics.get(self.id, bands)
    }

    /// Keeps statistics of these bands for a while.
    pub fn keep_statistics(&self, bands: Bands, statistics: Arc<Statistics>) {
        self.statistics.keep(self.id, bands, statistics);
    }
}
