//! From settings to a service.

use std::num::NonZeroUsize;
use std::path::Path;
use std::time::Duration;

use super::answer::Headers;
use super::metrics::Counters;
use super::service::{Flights, Service};
use crate::cache::TileCache;
use crate::codec::{Limits, OpenOptions};
use crate::command::{ChromaSubsampling, TiffCompression};
use crate::config::{Config, Watermark};
use crate::plan::Policy;
use crate::process::Lookups;
use crate::protocol::{Documents, UriMap, UriMapError};
use crate::store::{self, Images, ImagesConfig, Root, RootError, WatermarkError};
use crate::web;
use crate::workers::{PoolSize, Workers};

/// A service that cannot be set up. The text is written for an operator.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The image folder cannot be opened.
    #[error(transparent)]
    Root(#[from] RootError),
    /// The threads cannot be started.
    #[error("worker threads cannot be started: {0}")]
    Threads(std::io::Error),
    /// The path mappings cannot be read.
    #[error("URI_MAP: {0}")]
    UriMap(#[from] UriMapError),
    /// The watermark cannot be read.
    #[error(transparent)]
    Watermark(#[from] WatermarkError),
}

/// Whether the sample picture is among the images.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Sample {
    /// It is not: a web server in front shows the images of its root only.
    Hidden,
    /// It is, so that a first look needs no image.
    Shown,
}

impl Service {
    /// A service with these settings.
    pub fn new(config: &Config, sample: Sample) -> Result<Self, BuildError> {
        let Watermark { path, probability, opacity } = &config.watermark;
        let read = |path: &Path| store::watermark(path, *probability, *opacity);
        let watermark = path.as_deref().map(read).transpose()?;
        let root = Root::open(config.images.root.as_deref())?;
        let mut images = Images::new(root, images(config));
        if sample == Sample::Shown {
            images = images.with_bundled(web::SAMPLE_ID, web::SAMPLE);
        }
        Ok(Self {
            images,
            lookups: Lookups::default(),
            tiles: TileCache::new(config.cache.tile_bytes.unwrap_or(u64::MAX)),
            workers: Workers::new(pool(config)).map_err(BuildError::Threads)?,
            map: UriMap::parse(&config.headers.uri_map)?,
            documents: documents(config),
            policy: Policy { watermark, ..policy(config) },
            headers: Headers {
                cors: config.headers.cors.clone().unwrap_or_default().into(),
                cache_control: config.headers.cache_control.clone().into(),
            },
            timeout: config.timeouts.request.max(Duration::from_millis(1)),
            flights: Flights::default(),
            counters: Counters::default(),
        })
    }
}

fn images(config: &Config) -> ImagesConfig {
    ImagesConfig {
        suffix: config.images.suffix.clone(),
        pattern: config.images.pattern.clone(),
        capacity: config.cache.images,
        stat_interval: config.cache.stat_interval,
        options: OpenOptions {
            limits: limits(config.sources.untiled_bytes),
            orientation: config.sources.orientation,
            page: 0,
        },
        to_srgb: config.encode.to_srgb,
        untiled_bytes: config.sources.untiled_bytes,
    }
}

/// Bounds on files that follow from the memory for images without small tiles: a block is kept
/// beside what is made of it, and a third of an image are its smaller levels.
fn limits(untiled_bytes: u64) -> Limits {
    let bytes = |bytes: u64| usize::try_from(bytes).unwrap_or(usize::MAX);
    Limits {
        tile_bytes: bytes(untiled_bytes / 2).max(32 << 20),
        flat_bytes: bytes(untiled_bytes.saturating_mul(2)),
        ..Limits::default()
    }
}

/// Threads for sockets and short work.
pub fn io_threads(config: &Config) -> usize {
    let work = &config.work;
    // One alone would keep all waiting for the work of one.
    work.io_threads.map_or_else(|| threads(work.workers).max(2), NonZeroUsize::get)
}

/// As set, otherwise one per core.
fn threads(set: Option<NonZeroUsize>) -> usize {
    let cores = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    set.map_or_else(cores, NonZeroUsize::get)
}

fn pool(config: &Config) -> PoolSize {
    let tile_threads = threads(config.work.workers);
    PoolSize {
        tile_threads,
        // With fewer threads for sockets, cores would be idle while these work.
        at_once: io_threads(config) >= tile_threads,
        region_threads: threads(config.work.region_workers.or(config.work.workers)),
        queued_tiles: config.work.queued_tiles,
        queued_regions: config.work.queued_regions,
        region_bytes: config.work.region_bytes,
    }
}

fn documents(config: &Config) -> Documents {
    Documents {
        base_url: config.iiif.base_url.clone(),
        copyright: config.iiif.copyright.clone(),
        delimiter: config.iiif.delimiter.clone(),
        iiif_version: config.iiif.version,
        extra_info: config.iiif.extra_info.clone(),
        extensions: config.iiif.extensions,
        max_side: config.limits.max_side,
        max_area: config.limits.max_area,
        upscaling: config.limits.upscaling,
        visiomatic: config.iip.visiomatic,
    }
}

fn policy(config: &Config) -> Policy {
    let quality = |value: i32| u8::try_from(value).unwrap_or(0);
    let signed = |value: i32| i8::try_from(value).unwrap_or(-1);
    Policy {
        max_side: config.limits.max_side,
        max_area: config.limits.max_area,
        upscaling: config.limits.upscaling,
        strict_box: config.iiif.strict_box,
        jpeg_quality: quality(config.encode.jpeg_quality),
        jpeg_chroma: chroma(config.encode.jpeg_subsampling),
        png_quality: quality(config.encode.png_quality),
        webp_quality: signed(config.encode.webp_quality),
        avif_quality: signed(config.encode.avif_quality),
        tiff_compression: tiff_compression(config.encode.tiff_compression),
        tiff_quality: quality(config.encode.tiff_quality),
        rights: Some(config.iiif.copyright.as_str())
            .filter(|text| !text.is_empty())
            .map(Into::into),
        max_icc: config.encode.max_icc.map(|max| usize::try_from(max).unwrap_or(usize::MAX)),
        passthrough: config.encode.passthrough,
        filter: config.encode.filter,
        max_layers: config.sources.max_layers,
        max_memory: config.work.region_bytes,
        watermark: None,
    }
}

/// The numbers of `JPEG_SUBSAMPLING`.
fn chroma(number: i32) -> ChromaSubsampling {
    match number {
        444 => ChromaSubsampling::None,
        422 => ChromaSubsampling::Horizontal,
        _ => ChromaSubsampling::Both,
    }
}

/// The numbers of `TIFF_COMPRESSION` (behaviour specification, 19).
fn tiff_compression(number: i32) -> TiffCompression {
    match number {
        1 => TiffCompression::Lzw,
        2 => TiffCompression::Deflate,
        3 => TiffCompression::Jpeg,
        4 => TiffCompression::Webp,
        5 => TiffCompression::Zstd,
        _ => TiffCompression::None,
    }
}
