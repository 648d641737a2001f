//! The settings table: the only place that knows names, types, defaults, ranges and meanings.
//!
//! Names, defaults and clamps of iipsrv's settings are those of its documentation and observed
//! behaviour. A row's closure fills one field of [`Config`]; groups that are not active
//! check their values and keep nothing.

use std::ffi::OsStr;
use std::num::NonZeroUsize;
use std::time::Duration;

use serde_json::{Map, Value};

use super::Bind;
use super::kind::Kind;
use super::kind::Outside::{self, Clamp, Refuse, Rule};
use super::setting::{Group, Setting};
use super::values::{Config, LogTarget};
use crate::process::{Filter, Share};

/// Every setting, by group, in the order of the documentation.
pub const GROUPS: &[Group] = &[
    active("Listeners", LISTENERS),
    active("Images", IMAGES),
    active("Sources", SOURCES),
    active("Caches", CACHES),
    active("Limits of a request", LIMITS),
    active("Threads and queues", WORK),
    active("Timeouts", TIMEOUTS),
    active("Pictures", PICTURES),
    active("Headers and paths", HEADERS),
    active("IIP", IIP),
    active("IIIF", IIIF),
    active("Log", LOG),
    active("Watermark", WATERMARK),
    Group { title: "Accepted, not active yet", active: false, settings: NOT_ACTIVE },
];

/// Every setting, in the order of the documentation.
pub fn settings() -> impl Iterator<Item = &'static Setting> {
    GROUPS.iter().flat_map(|group| group.settings)
}

const LISTENERS: &[Setting] = &[
    Setting::new(
        "BIND",
        Kind::Parsed {
            name: "address",
            allowed: "`host:port`, `:port` (all IPv4 addresses), `[ipv6]:port` or the path of a \
                      unix socket",
            list: true,
            store: |config, value| {
                config.listen.bind.push(Bind::parse(value)?);
                Ok(())
            },
        },
        "",
        "127.0.0.1:9000",
        "Address of a FastCGI listener. The flag can be repeated; the variable separates several \
         by commas. Port 0 is any free port.",
    )
    .unset("inherited sockets, else HTTP"),
    Setting::new(
        "BACKLOG",
        integer(1, 65_535, Clamp, |config, value| config.listen.backlog = fit(value)),
        "2048",
        "1024",
        "Connections that the system holds for a listener before they are accepted. The system \
         may have a lower limit of its own.",
    ),
    Setting::new(
        "HTTP",
        Kind::Parsed {
            name: "address",
            allowed: "`host:port`, `:port` (all IPv4 addresses), `[ipv6]:port` or the path of a \
                      unix socket",
            list: false,
            store: |config, value| {
                config.listen.http = Some(Bind::parse(value)?);
                Ok(())
            },
        },
        "",
        "127.0.0.1:8080",
        "Address of the HTTP listener. Without any listener it is 127.0.0.1:8080.",
    ),
    Setting::new(
        "SOCKET_MODE",
        Kind::Parsed {
            name: "mode",
            allowed: "an octal number from 0 to 0777",
            list: false,
            store: |config, value| {
                config.listen.socket_mode = mode(value).ok_or_else(String::new)?;
                Ok(())
            },
        },
        "0755",
        "0660",
        "Permissions of unix sockets. Clients need the permission to write: use 0660 when the web \
         server shares the group, 0666 for everybody.",
    ),
];

const IMAGES: &[Setting] = &[
    Setting::new(
        "FILESYSTEM_PREFIX",
        Kind::Path { store: |config, value| config.images.root = Some(value) },
        "",
        "/srv/images",
        "The image root: a folder. Nothing outside it is read, and without one no file is served. \
         `/` allows every path. DIR on the command line comes before it.",
    ),
    Setting::new(
        "FILESYSTEM_SUFFIX",
        text(|config, value| config.images.suffix = value),
        "",
        ".tif",
        "Text added to the end of every image name.",
    ),
    Setting::new(
        "FILENAME_PATTERN",
        Kind::Parsed {
            name: "text",
            allowed: "text on one line without `/`",
            list: false,
            store: |config, value| {
                config.images.pattern = part_of_name(value).ok_or_else(String::new)?;
                Ok(())
            },
        },
        "_pyr_",
        "_seq_",
        "Text between the name and the angles of an image sequence: \
         `<name>_pyr_<x>_<y>.<extension>`, with at least three digits for each angle. A name that \
         no file has is looked for among them.",
    ),
];

const SOURCES: &[Setting] = &[
    Setting::new(
        "APPLY_ORIENTATION",
        Kind::Switch { store: |config, value| config.sources.orientation = value },
        "1",
        "0",
        "Show images upright by the orientation tag of TIFF and EXIF. 0 shows them as stored, as \
         iipsrv does.",
    ),
    Setting::new(
        "UNTILED_MEMORY",
        Kind::Bytes {
            min: 16 << 20,
            max: 1 << 40,
            store: |config, value| config.sources.untiled_bytes = value,
        },
        "512M",
        "2G",
        "Memory for decoded parts of images without small tiles and levels of their own: JPEG, \
         PNG, striped TIFF, JPEG 2000. An image needs half of it in one piece at most, and twice \
         of it before its smaller levels are made; larger ones are answered with advice how to \
         convert them.",
    ),
    Setting::new(
        "MAX_LAYERS",
        integer(I32_MIN, I32_MAX, Clamp, |config, value| config.sources.max_layers = fit(value)),
        "0",
        "-1",
        "JPEG 2000 quality layers: 0 decodes half of them, -1 all, more is a cap.",
    ),
];

const CACHES: &[Setting] = &[
    Setting::new(
        "MAX_IMAGE_CACHE_SIZE",
        number(
            -1.0,
            1e9,
            Rule("negative is unlimited", |value| if value < 0.0 { -1.0 } else { value }),
            |config, value| {
                config.cache.tile_bytes = cache_bytes(value);
            },
        ),
        "10",
        "512",
        "Memory for tiles and answers, in units of 1,024,000 bytes. 0 keeps nothing.",
    ),
    Setting::new(
        "MAX_METADATA_CACHE_SIZE",
        integer(-1, 100_000_000, Clamp, |config, value| {
            config.cache.images = usize::try_from(value).ok();
        }),
        "1000",
        "5000",
        "Images kept open. 0 keeps none, -1 is unlimited; each one holds a file descriptor.",
    )
    .aliases(&["MAX_IMAGE_METADATA_CACHE_SIZE"]),
    Setting::new(
        "STAT_INTERVAL",
        seconds(0.0, 86_400.0, |config, value| config.cache.stat_interval = value),
        "0",
        "10",
        "Seconds for which a file is trusted to be unchanged. 0 asks the system on each request.",
    ),
];

const LIMITS: &[Setting] = &[
    Setting::new(
        "MAX_CVT",
        integer(-1, U32_MAX, Rule("0 means 5000, below -1 means 1", max_cvt), |config, value| {
            config.limits.max_side = u32::try_from(value).ok();
        }),
        "5000",
        "10000",
        "Longest side of an answer in pixels. -1 is unlimited.",
    ),
    Setting::new(
        "MAX_AREA",
        integer(
            -1,
            PIXELS_MAX,
            Rule("below 1 means -1", |value| if value < 1 { -1 } else { value }),
            |config, value| {
                config.limits.max_area = u64::try_from(value).ok();
            },
        ),
        "-1",
        "25000000",
        "Most pixels of an answer (maxArea of IIIF). -1 is unlimited.",
    ),
    Setting::new(
        "ALLOW_UPSCALING",
        Kind::Switch { store: |config, value| config.limits.upscaling = value },
        "1",
        "0",
        "Whether a region can be enlarged.",
    ),
    Setting::new(
        "MAX_BODY",
        Kind::Bytes {
            min: 0,
            max: 16 << 20,
            store: |config, value| config.limits.body_bytes = fit_bytes(value),
        },
        "64K",
        "1M",
        "Bytes of a request's body.",
    ),
    Setting::new(
        "MAX_PARAMS",
        Kind::Bytes {
            min: 1 << 10,
            max: 16 << 20,
            store: |config, value| config.limits.params_bytes = fit_bytes(value),
        },
        "64K",
        "128K",
        "Bytes of a FastCGI request's parameters, which hold its headers and query.",
    ),
    Setting::new(
        "MAX_CONNECTIONS",
        integer(1, 1_000_000, Refuse, |config, value| config.limits.connections = fit(value)),
        "1024",
        "4096",
        "Open connections. More wait until one is closed.",
    ),
];

const WORK: &[Setting] = &[
    Setting::new(
        "WORKERS",
        integer(1, 1024, Refuse, |config, value| config.work.workers = some(value)),
        "",
        "4",
        "Threads that decode and encode tiles and other small pictures.",
    )
    .unset("one per core"),
    Setting::new(
        "REGION_WORKERS",
        integer(1, 1024, Refuse, |config, value| config.work.region_workers = some(value)),
        "",
        "2",
        "Threads for large regions. They have a low priority, so that they use what tiles leave.",
    )
    .unset("as many as `WORKERS`"),
    Setting::new(
        "IO_THREADS",
        integer(1, 1024, Refuse, |config, value| config.work.io_threads = some(value)),
        "",
        "2",
        "Threads that read and write sockets. Unless they are fewer than `WORKERS`, they also make \
         what takes less time than another thread is worth.",
    )
    .unset("as many as `WORKERS`, at least 2"),
    Setting::new(
        "MAX_QUEUED_TILES",
        integer(1, 1_000_000, Refuse, |config, value| config.work.queued_tiles = fit(value)),
        "1024",
        "256",
        "Tiles that wait for a worker. More are refused with 503.",
    ),
    Setting::new(
        "MAX_QUEUED_REGIONS",
        integer(1, 1_000_000, Refuse, |config, value| config.work.queued_regions = fit(value)),
        "64",
        "16",
        "Regions that wait for a worker. More are refused with 503.",
    ),
    Setting::new(
        "MAX_REGION_MEMORY",
        Kind::Bytes {
            min: 1 << 20,
            max: 1 << 50,
            store: |config, value| config.work.region_bytes = value,
        },
        "512M",
        "2G",
        "Memory of all regions that are worked on at once. A region that needs more is refused.",
    ),
];

const TIMEOUTS: &[Setting] = &[
    Setting::new(
        "REQUEST_TIMEOUT",
        seconds(0.01, 86_400.0, |config, value| config.timeouts.request = value),
        "60",
        "20",
        "Seconds from a complete request to its answer. Later, 503 is the answer.",
    ),
    Setting::new(
        "READ_TIMEOUT",
        seconds(0.01, 86_400.0, |config, value| config.timeouts.read = value),
        "30",
        "10",
        "Seconds of silence allowed on a new connection and inside a request. Connections that a \
         web server keeps open after a request are left alone.",
    ),
    Setting::new(
        "WRITE_TIMEOUT",
        seconds(0.01, 86_400.0, |config, value| config.timeouts.write = value),
        "60",
        "20",
        "Seconds that a client may leave an answer untouched.",
    ),
    Setting::new(
        "DRAIN_TIMEOUT",
        seconds(0.0, 86_400.0, |config, value| config.timeouts.drain = value),
        "10",
        "30",
        "Seconds for requests in hand when the server is told to stop.",
    ),
];

const PICTURES: &[Setting] = &[
    Setting::new(
        "JPEG_QUALITY",
        integer(1, 100, Clamp, |config, value| config.encode.jpeg_quality = fit(value)),
        "75",
        "90",
        "Quality of JPEG answers when the request names none.",
    ),
    Setting::new(
        "JPEG_SUBSAMPLING",
        integer(
            420,
            444,
            Rule("others mean 420", |value| if matches!(value, 422 | 444) { value } else { 420 }),
            |config, value| config.encode.jpeg_subsampling = fit(value),
        ),
        "420",
        "444",
        "How often the colour of JPEG answers is sampled: 420 once for four pixels, 422 once for \
         two in a row, 444 for each. Fine lines of colour need 444, which is larger.",
    ),
    Setting::new(
        "PNG_QUALITY",
        integer(0, 9, Clamp, |config, value| config.encode.png_quality = fit(value)),
        "1",
        "6",
        "Compression level of PNG answers when the request names none. Pixels are never changed.",
    ),
    Setting::new(
        "WEBP_QUALITY",
        integer(-1, 100, Clamp, |config, value| config.encode.webp_quality = fit(value)),
        "50",
        "80",
        "Quality of WebP answers when the request names none; below 1 they are lossless.",
    ),
    Setting::new(
        "AVIF_QUALITY",
        integer(-1, 100, Clamp, |config, value| config.encode.avif_quality = fit(value)),
        "50",
        "80",
        "Quality of AVIF answers when the request names none, in programs that have AVIF; -1 keeps \
         colours whole and is as fine as the encoder can, but not lossless.",
    ),
    Setting::new(
        "TIFF_COMPRESSION",
        integer(
            0,
            5,
            Rule("others mean 0", |value| if (0..=5).contains(&value) { value } else { 0 }),
            |config, value| config.encode.tiff_compression = fit(value),
        ),
        "2",
        "1",
        "Compression of TIFF answers when the request names none: 0 none, 1 LZW, 2 Deflate, 3 JPEG, 4 WebP, 5 Zstandard.",
    ),
    Setting::new(
        "TIFF_QUALITY",
        integer(0, 100, Clamp, |config, value| config.encode.tiff_quality = fit(value)),
        "1",
        "9",
        "Level of TIFF answers when the request names none, 0 to 9 for Deflate and 0 to 19 for \
         Zstandard; quality, 0 to 100, for JPEG and WebP. A higher number is the highest one.",
    ),
    Setting::new(
        "INTERPOLATION",
        integer(
            0,
            2,
            Rule("others mean 1", |value| if (0..=2).contains(&value) { value } else { 1 }),
            |config, value| {
                config.encode.filter = match value {
                    0 => Filter::Nearest,
                    1 => Filter::Bilinear,
                    _ => Filter::Antialias,
                };
            },
        ),
        "2",
        "1",
        "How regions are resized. 0 takes the nearest sample, 1 is bilinear as in iipsrv, 2 is \
         anti-aliased.",
    ),
    Setting::new(
        "MAX_ICC",
        integer(-1, PIXELS_MAX, Clamp, |config, value| {
            config.encode.max_icc = u64::try_from(value).ok();
        }),
        "65536",
        "-1",
        "Colour profiles of fewer bytes are embedded. 0 embeds none, -1 all.",
    ),
    Setting::new(
        "EMBED_ICC",
        Kind::Switch {
            store: |config, value| {
                if !value {
                    config.encode.max_icc = Some(0);
                }
            },
        },
        "1",
        "0",
        "Older spelling of `MAX_ICC`: 0 embeds no profile whatever `MAX_ICC` says.",
    ),
    Setting::new(
        "ICC_TO_SRGB",
        Kind::Switch { store: |config, value| config.encode.to_srgb = value },
        "0",
        "1",
        "Whether pictures are converted to sRGB by the grey or RGB profile of their image, which \
         is then not embedded. Their stored tiles are not sent as they are.",
    ),
    Setting::new(
        "CODEC_PASSTHROUGH",
        Kind::Switch { store: |config, value| config.encode.passthrough = value },
        "1",
        "0",
        "Whether tiles stored in the format asked for are sent as they are.",
    ),
];

const HEADERS: &[Setting] = &[
    Setting::new(
        "CORS",
        header(|config, value| config.headers.cors = Some(value)),
        "",
        "*",
        "Value of `Access-Control-Allow-Origin`.",
    )
    .unset("no header"),
    Setting::new(
        "CACHE_CONTROL",
        header(|config, value| config.headers.cache_control = value),
        "max-age=86400",
        "public, max-age=604800",
        "Value of `Cache-Control` for pictures and documents.",
    ),
    Setting::new(
        "URI_MAP",
        text(|config, value| config.headers.uri_map = value),
        "",
        "scans=>IIIF,iip=>IIP",
        "Path prefixes and the protocol spoken below them (IIP, IIIF, Zoomify or DeepZoom), \
         separated by commas. They come before the built-in ones.",
    )
    .unset("built-in paths"),
    Setting::new(
        "BASE_URL",
        header(|config, value| config.iiif.base_url = value),
        "",
        "https://images.example.org/iiif/",
        "What ids in IIIF documents begin with, including the final slash.",
    )
    .unset("from the request"),
];

const IIP: &[Setting] = &[Setting::new(
    "VISIOMATIC",
    Kind::Switch { store: |config, value| config.iip.visiomatic = value },
    "0",
    "1",
    "Whether IIP is spoken as VisiOmatic 1 and 2 expect: the channels of MINMAX count from 1, \
     `OBJ=subject` is the description, the version is a line of the text too, an unknown object \
     does not replace what is known, and CVT names no file.",
)];

const IIIF: &[Setting] = &[
    Setting::new(
        "IIIF_VERSION",
        integer(
            1,
            3,
            Rule("others mean 3", |value| if (1..=3).contains(&value) { value } else { 3 }),
            |config, value| config.iiif.version = fit(value),
        ),
        "3",
        "2",
        "Version of the Image API when the client names none.",
    ),
    Setting::new(
        "IIIF_STRICT_BOX",
        Kind::Switch { store: |config, value| config.iiif.strict_box = value },
        "0",
        "1",
        "Answer to `!w,h` larger than the region without `^` in version 3: 0 is the region's own \
         size, by the letter of the text; 1 is an error, as the validator wants it. With 1, `^max` \
         is the region's own size too, not enlarged to the limits.",
    ),
    Setting::new(
        "IIIF_DELIMITER",
        text(|config, value| config.iiif.delimiter = value),
        "",
        ";",
        "Text between an identifier and the number of a page or view: with `;` the identifier \
         `a.tif;2` is page 2 of `a.tif`, the first one being 0. The last one in the identifier \
         counts, if digits follow it.",
    ),
    Setting::new(
        "IIIF_EXTRA_INFO",
        Kind::Parsed {
            name: "JSON",
            allowed: "JSON members, with or without braces around them",
            list: false,
            store: |config, value| {
                config.iiif.extra_info = members(value)?;
                Ok(())
            },
        },
        "",
        r#""attribution": "Example Library""#,
        "Members added to info.json.",
    ),
    Setting::new(
        "IIIF_EXTENSIONS",
        Kind::Switch { store: |config, value| config.iiif.extensions = value },
        "0",
        "1",
        "Whether the qualities negative, stretch, equalization and log are there.",
    ),
    Setting::new(
        "COPYRIGHT",
        text(|config, value| config.iiif.copyright = value),
        "",
        "https://creativecommons.org/publicdomain/mark/1.0/",
        "Rights of images whose files name none.",
    ),
];

const LOG: &[Setting] = &[
    Setting::new(
        "VERBOSITY",
        integer(0, 6, Clamp, |config, value| config.log.verbosity = fit(value)),
        "1",
        "2",
        "How much is logged, 0 to 6. 0 nothing; 1 start, signals and errors; 2 a line for each request; 3 \
         caches and choices; 4 times of each step; 5 and 6 details of libraries too.",
    ),
    Setting::new(
        "LOGFILE",
        Kind::Parsed {
            name: "path",
            allowed: "a path, `syslog`, or `-` for standard error",
            list: false,
            store: |config, value| {
                config.log.target = log_target(value);
                Ok(())
            },
        },
        "-",
        "/var/log/pyramis.log",
        "Where the log goes: a file that is appended to, `syslog`, or `-` for standard error.",
    ),
];

const WATERMARK: &[Setting] = &[
    Setting::new(
        "WATERMARK",
        Kind::Path { store: |config, value| config.watermark.path = Some(value) },
        "",
        "/srv/watermark.png",
        "Image file that is put on all pictures, of any kind that can be read. With opacity it \
         lies over them; without, it is added to them, so that black shows nothing.",
    ),
    Setting::new(
        "WATERMARK_PROBABILITY",
        number(0.0, 1.0, Clamp, |config, value| config.watermark.probability = Share::new(value)),
        "1",
        "0.5",
        "Share of tiles that have the watermark; of larger pictures, of squares of two tiles. Each \
         has it at a place of its own, the same each time.",
    ),
    Setting::new(
        "WATERMARK_OPACITY",
        number(0.0, 1.0, Clamp, |config, value| config.watermark.opacity = Share::new(value)),
        "1",
        "0.5",
        "How strong the watermark is.",
    ),
];

const NOT_ACTIVE: &[Setting] = &[
    Setting::new(
        "AVIF_CODEC",
        integer(
            0,
            3,
            Rule("others mean 0", |value| if (0..=3).contains(&value) { value } else { 0 }),
            ignore,
        ),
        "0",
        "1",
        "Encoder of AVIF answers: 0 automatic, 1 aom, 2 rav1e, 3 svt. There is one: rav1e.",
    ),
    Setting::new(
        "KAKADU_READMODE",
        integer(0, 2, Clamp, ignore),
        "0",
        "1",
        "JPEG 2000 error handling: 0 fast, 1 fussy, 2 resilient.",
    ),
    Setting::new(
        "MEMCACHED_SERVERS",
        text(ignore),
        "",
        "localhost",
        "Servers of a shared cache, `host:port` separated by commas.",
    ),
    Setting::new(
        "MEMCACHED_TIMEOUT",
        integer(0, U32_MAX, Clamp, ignore),
        "86400",
        "3600",
        "Seconds for which the shared cache keeps an answer.",
    ),
    Setting::new(
        "DECODER_MODULES",
        text(ignore),
        "",
        "/usr/lib/decoder.so",
        "Decoders of iipsrv that are loaded at start.",
    ),
    Setting::new(
        "OMP_NUM_THREADS",
        text(ignore),
        "",
        "1",
        "Threads inside one request of iipsrv. `WORKERS` is the number of threads here.",
    ),
];

const U32_MAX: i64 = 0xffff_ffff;
const I32_MIN: i64 = -0x8000_0000;
const I32_MAX: i64 = 0x7fff_ffff;

/// Largest exact integer of a JSON number.
const PIXELS_MAX: i64 = (1 << 53) - 1;

/// Unit of `MAX_IMAGE_CACHE_SIZE` in iipsrv.
const CACHE_UNIT: f64 = 1_024_000.0;

const fn active(title: &'static str, settings: &'static [Setting]) -> Group {
    Group { title, active: true, settings }
}

const fn integer(min: i64, max: i64, outside: Outside<i64>, store: fn(&mut Config, i64)) -> Kind {
    Kind::Integer { min, max, outside, store }
}

const fn number(min: f64, max: f64, outside: Outside<f64>, store: fn(&mut Config, f64)) -> Kind {
    Kind::Number { min, max, outside, store }
}

const fn seconds(min: f64, max: f64, store: fn(&mut Config, Duration)) -> Kind {
    Kind::Seconds { min, max, store }
}

const fn header(store: fn(&mut Config, String)) -> Kind {
    Kind::Header { store }
}

/// Text that can stand inside the name of a file.
fn part_of_name(value: &OsStr) -> Option<String> {
    let text = value.to_str()?.trim();
    let fits = !text.contains('/') && !text.chars().any(char::is_control);
    fits.then(|| text.to_owned())
}

const fn text(store: fn(&mut Config, String)) -> Kind {
    Kind::Text { store }
}

/// The field of a setting that is not active.
fn ignore<T>(_: &mut Config, _: T) {}

/// A number in the type of its field.
fn fit<T: TryFrom<i64>>(value: i64) -> T {
    T::try_from(value).ok().expect("the range of a row lies within the type of its field")
}

fn fit_bytes(value: u64) -> usize {
    usize::try_from(value).expect("the range of a row lies within the type of its field")
}

fn some(value: i64) -> Option<NonZeroUsize> {
    NonZeroUsize::new(fit(value))
}

fn max_cvt(value: i64) -> i64 {
    match value {
        0 => 5000,
        ..=-2 => 1,
        _ => value,
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the row's range keeps the product below 2^53, and negative is handled"
)]
fn cache_bytes(units: f64) -> Option<u64> {
    (units >= 0.0).then_some((units * CACHE_UNIT) as u64)
}

fn mode(value: &OsStr) -> Option<u32> {
    let text = value.to_str()?.trim();
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let mode = u32::from_str_radix(text, 8).ok()?;
    (digits && mode <= 0o777).then_some(mode)
}

fn members(value: &OsStr) -> Result<Map<String, Value>, String> {
    let text = value.to_str().ok_or("it is not UTF-8")?.trim();
    let object = if text.starts_with('{') {
        text.to_owned()
    } else {
        format!("{{{}}}", text.trim_matches(','))
    };
    serde_json::from_str(&object).map_err(|error| format!("it is not JSON ({error})"))
}

fn log_target(value: &OsStr) -> LogTarget {
    match value.to_str() {
        Some("-" | "/dev/stderr") => LogTarget::Stderr,
        // Opening it fails when it is a socket, as under systemd; writing to it does not.
        Some("/dev/stdout") => LogTarget::Stdout,
        Some("syslog") => LogTarget::Syslog,
        _ => LogTarget::File(value.into()),
    }
}
