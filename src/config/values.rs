//! The settings as typed values, ready to be used.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Map, Value};

use super::address::Bind;
use super::resolve::{Effective, Notice};
use crate::process::{Filter, Share};

/// Everything an operator can choose. [`Config::default`] holds the defaults of the table.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Config {
    /// Where requests come from.
    pub listen: Listen,
    /// Where images are.
    pub images: Images,
    /// How image files are read.
    pub sources: Sources,
    /// What is kept in memory.
    pub cache: Cache,
    /// What one request may ask for.
    pub limits: Limits,
    /// Threads and queues.
    pub work: Work,
    /// How long anything may take.
    pub timeouts: Timeouts,
    /// How pictures are made.
    pub encode: Encode,
    /// What is put on pictures.
    pub watermark: Watermark,
    /// Headers and addresses.
    pub headers: Headers,
    /// How IIP is spoken.
    pub iip: Iip,
    /// IIIF documents and rules.
    pub iiif: Iiif,
    /// What is logged, and where.
    pub log: Log,
    /// What the operator should be told at start.
    pub notices: Vec<Notice>,
    /// Every setting as it was understood, in the order of the table.
    pub effective: Vec<Effective>,
}

/// Where requests come from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Listen {
    /// FastCGI listeners, in the order given (`BIND`).
    pub bind: Vec<Bind>,
    /// Connections the system holds before they are accepted (`BACKLOG`).
    pub backlog: u32,
    /// HTTP listener, when asked for (`HTTP`).
    pub http: Option<Bind>,
    /// Permissions of unix sockets (`SOCKET_MODE`).
    pub socket_mode: u32,
}

/// Where images are.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Images {
    /// The image root (`FILESYSTEM_PREFIX` or DIR); without one, no file is served.
    pub root: Option<PathBuf>,
    /// Text added to every image name (`FILESYSTEM_SUFFIX`).
    pub suffix: String,
    /// Text between the stem and the angles of a sequence (`FILENAME_PATTERN`).
    pub pattern: String,
}

/// What is kept in memory.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Cache {
    /// Bytes of tiles and answers (`MAX_IMAGE_CACHE_SIZE`); `None` is unlimited, 0 is off.
    pub tile_bytes: Option<u64>,
    /// Open images (`MAX_METADATA_CACHE_SIZE`); `None` is unlimited, 0 is off.
    pub images: Option<usize>,
    /// How long a file is trusted to be unchanged (`STAT_INTERVAL`); zero asks on each request.
    pub stat_interval: Duration,
}

/// What one request may ask for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Limits {
    /// Longest side of an answer (`MAX_CVT`); `None` is unlimited.
    pub max_side: Option<u32>,
    /// Most pixels of an answer (`MAX_AREA`); `None` is unlimited.
    pub max_area: Option<u64>,
    /// Whether regions can be enlarged (`ALLOW_UPSCALING`).
    pub upscaling: bool,
    /// Bytes of a request's body (`MAX_BODY`).
    pub body_bytes: usize,
    /// Bytes of a FastCGI request's parameters (`MAX_PARAMS`).
    pub params_bytes: usize,
    /// Open connections (`MAX_CONNECTIONS`).
    pub connections: usize,
}

/// Threads and queues.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Work {
    /// Threads for tiles and other short work (`WORKERS`); `None` is one per core.
    pub workers: Option<NonZeroUsize>,
    /// Threads for large regions (`REGION_WORKERS`); `None` is as many as for tiles.
    pub region_workers: Option<NonZeroUsize>,
    /// Threads for sockets and short work (`IO_THREADS`); `None` is as many as for tiles.
    pub io_threads: Option<NonZeroUsize>,
    /// Tiles that may wait for a worker (`MAX_QUEUED_TILES`).
    pub queued_tiles: usize,
    /// Regions that may wait for a worker (`MAX_QUEUED_REGIONS`).
    pub queued_regions: usize,
    /// Bytes of all regions being worked on (`MAX_REGION_MEMORY`).
    pub region_bytes: u64,
}

/// How long anything may take.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Timeouts {
    /// From a complete request to its answer (`REQUEST_TIMEOUT`).
    pub request: Duration,
    /// From the first byte of a request to its last (`READ_TIMEOUT`).
    pub read: Duration,
    /// Without the client taking any byte of the answer (`WRITE_TIMEOUT`).
    pub write: Duration,
    /// For requests in hand when the server is told to stop (`DRAIN_TIMEOUT`).
    pub drain: Duration,
}

/// How pictures are made.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Encode {
    /// JPEG quality when none is asked for, 1 to 100 (`JPEG_QUALITY`).
    pub jpeg_quality: i32,
    /// How often the colour of JPEG is sampled: 420, 422 or 444 (`JPEG_SUBSAMPLING`).
    pub jpeg_subsampling: i32,
    /// PNG compression level when none is asked for, 0 to 9 (`PNG_QUALITY`).
    pub png_quality: i32,
    /// WebP quality when none is asked for, up to 100; below 1 lossless (`WEBP_QUALITY`).
    pub webp_quality: i32,
    /// AVIF quality when none is asked for, 0 to 100; below it as fine as can be (`AVIF_QUALITY`).
    pub avif_quality: i32,
    /// Compression of TIFF when none is asked for, by its number (`TIFF_COMPRESSION`).
    pub tiff_compression: i32,
    /// Quality or level of it, 0 to 100 (`TIFF_QUALITY`).
    pub tiff_quality: i32,
    /// ICC profiles of fewer bytes are embedded (`MAX_ICC`); `None` is all, 0 is none.
    pub max_icc: Option<u64>,
    /// Whether colours are converted to sRGB (`ICC_TO_SRGB`).
    pub to_srgb: bool,
    /// Whether stored tiles are sent as they are where possible (`CODEC_PASSTHROUGH`).
    pub passthrough: bool,
    /// How regions are resized (`INTERPOLATION`).
    pub filter: Filter,
}

/// What is put on pictures.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Watermark {
    /// The file of the mark (`WATERMARK`); `None` is no mark.
    pub path: Option<PathBuf>,
    /// Share of tiles with a mark (`WATERMARK_PROBABILITY`).
    pub probability: Share,
    /// How strong it is (`WATERMARK_OPACITY`).
    pub opacity: Share,
}

/// How image files are read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sources {
    /// Whether images are shown upright (`APPLY_ORIENTATION`).
    pub orientation: bool,
    /// Memory for parts of images without small tiles (`UNTILED_MEMORY`).
    pub untiled_bytes: u64,
    /// Most quality layers of JPEG 2000; 0 is half, below 0 all (`MAX_LAYERS`).
    pub max_layers: i32,
}

/// Headers and addresses.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Headers {
    /// `Access-Control-Allow-Origin` (`CORS`); `None` sends none.
    pub cors: Option<String>,
    /// `Cache-Control` of pictures and documents (`CACHE_CONTROL`).
    pub cache_control: String,
    /// Mappings from path to protocol, as text (`URI_MAP`); empty for the built-in ones.
    pub uri_map: String,
}

/// How IIP is spoken.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Iip {
    /// As `VisiOmatic` 1 and 2 expect (`VISIOMATIC`).
    pub visiomatic: bool,
}

/// IIIF documents and rules.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Iiif {
    /// Version without negotiation: 1, 2 or 3 (`IIIF_VERSION`).
    pub version: u8,
    /// Prefix of ids (`BASE_URL`), empty for the address of the request.
    pub base_url: String,
    /// Text between an identifier and a page (`IIIF_DELIMITER`), empty for none.
    pub delimiter: String,
    /// Members added to info.json (`IIIF_EXTRA_INFO`).
    pub extra_info: Map<String, Value>,
    /// Whether extra qualities are advertised and accepted (`IIIF_EXTENSIONS`).
    pub extensions: bool,
    /// Rights of images that name none (`COPYRIGHT`).
    pub copyright: String,
    /// Whether a `!w,h` larger than the region is refused (`IIIF_STRICT_BOX`).
    pub strict_box: bool,
}

/// What is logged, and where.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Log {
    /// 0 nothing, 1 start and errors, 2 each request, 3 to 6 more and more (`VERBOSITY`).
    pub verbosity: u8,
    /// Where lines go (`LOGFILE`).
    pub target: LogTarget,
}

/// Where log lines go.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum LogTarget {
    /// A file, appended to.
    File(PathBuf),
    /// Standard error.
    Stderr,
    /// Standard output.
    Stdout,
    /// The system's log.
    Syslog,
}

impl Config {
    /// A value for every field, before the table's defaults are applied to it.
    pub(super) fn blank() -> Self {
        Self {
            listen: Listen { bind: Vec::new(), backlog: 0, http: None, socket_mode: 0 },
            images: Images { root: None, suffix: String::new(), pattern: String::new() },
            cache: Cache { tile_bytes: None, images: None, stat_interval: Duration::ZERO },
            limits: Limits {
                max_side: None,
                max_area: None,
                upscaling: false,
                body_bytes: 0,
                params_bytes: 0,
                connections: 0,
            },
            work: Work {
                workers: None,
                region_workers: None,
                io_threads: None,
                queued_tiles: 0,
                queued_regions: 0,
                region_bytes: 0,
            },
            timeouts: Timeouts {
                request: Duration::ZERO,
                read: Duration::ZERO,
                write: Duration::ZERO,
                drain: Duration::ZERO,
            },
            encode: Encode {
                jpeg_quality: 0,
                jpeg_subsampling: 0,
                png_quality: 0,
                webp_quality: 0,
                avif_quality: 0,
                tiff_compression: 0,
                tiff_quality: 0,
                max_icc: None,
                to_srgb: false,
                passthrough: false,
                filter: Filter::Antialias,
            },
            watermark: Watermark { path: None, probability: Share::NONE, opacity: Share::NONE },
            sources: Sources { orientation: false, untiled_bytes: 0, max_layers: 0 },
            headers: Headers { cors: None, cache_control: String::new(), uri_map: String::new() },
            iip: Iip { visiomatic: false },
            iiif: Iiif {
                version: 3,
                base_url: String::new(),
                delimiter: String::new(),
                extra_info: Map::new(),
                extensions: false,
                copyright: String::new(),
                strict_box: false,
            },
            log: Log { verbosity: 0, target: LogTarget::Stderr },
            notices: Vec::new(),
            effective: Vec::new(),
        }
    }
}
