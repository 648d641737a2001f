//! The commands of IIP, from which the parser and the reference are made.

use super::draft::Draft;
use super::{adjusting, modifying, objects, sending};
use crate::command::Format;
use crate::protocol::ParseError;

/// Names of all commands and what they do.
pub fn commands() -> impl Iterator<Item = (&'static str, &'static str)> {
    COMMANDS.iter().map(|command| (command.name, command.doc))
}

/// A command of IIP.
#[derive(Debug)]
pub(super) struct Spec {
    /// Name, in any case.
    pub(super) name: &'static str,
    /// Argument and effect, for the reference.
    pub(super) doc: &'static str,
    /// Reads the argument.
    pub(super) apply: fn(&mut Draft<'_>, &str) -> Result<(), ParseError>,
}

/// All commands: those that choose, those that modify, those that send.
pub(super) const COMMANDS: &[Spec] = &[
    Spec { name: "FIF", doc: "`<path>`: names the image", apply: modifying::image },
    Spec { name: "OBJ", doc: "`<name>`: asks for a fact as text", apply: objects::ask },
    Spec {
        name: "SDS",
        doc: "`<x>[,<y>]`: view of a sequence, or page of a stack; y is 90 unless given",
        apply: modifying::angle,
    },
    Spec {
        name: "WID",
        doc: "`<int>`: width of the answer to CVT; with HEI, of a box around it",
        apply: modifying::width,
    },
    Spec {
        name: "HEI",
        doc: "`<int>`: height of the answer to CVT; with WID, of a box around it",
        apply: modifying::height,
    },
    Spec {
        name: "RGN",
        doc: "`<x>,<y>,<w>,<h>`: part of the image for CVT, as fractions",
        apply: modifying::region,
    },
    Spec {
        name: "ROT",
        doc: "`[!]<degrees>`: turns clockwise by a multiple of 90, `!` mirrors before",
        apply: modifying::orient,
    },
    Spec {
        name: "QLT",
        doc: "`[<codec>:]<int>`: quality, each format has its own range; codec is that of TIFF: lzw, deflate, jpeg, webp, zstd",
        apply: modifying::quality,
    },
    Spec {
        name: "DEPTH",
        doc: "`8`, `16` or `float`: samples of the answer; above 8, numbers instead of a picture",
        apply: modifying::depth,
    },
    Spec {
        name: "LYR",
        doc: "`<int>`: quality layers of JPEG 2000 to decode",
        apply: modifying::layers,
    },
    Spec {
        name: "COL",
        doc: "`grey`, `gray` or `binary`: colour of the answer",
        apply: modifying::color,
    },
    Spec { name: "ICC", doc: "accepted, without effect", apply: modifying::nothing },
    Spec {
        name: "MINMAX",
        doc: "`<channel>:<min>,<max>`: sample values shown black and white; `-` is all channels, `p2` in place of a value the 2nd percentile",
        apply: adjusting::range,
    },
    Spec {
        name: "CNT",
        doc: "`<factor>`, `eq`/`equalization` or `st`/`stretch`: contrast",
        apply: adjusting::contrast,
    },
    Spec {
        name: "GAM",
        doc: "`<exponent>`, `log`/`logarithm`, `asinh` or `sqrt`: curve from dark to bright",
        apply: adjusting::gamma,
    },
    Spec { name: "INV", doc: "exchanges dark and bright", apply: adjusting::invert },
    Spec {
        name: "CMP",
        doc: "`hot`, `cold`, `jet`, `red`, `green`, `blue`, `grey`, `viridis`, `magma`, `inferno`, `plasma`, `cividis` or `turbo`: colour map; `<position>:<red>,<green>,<blue>;…` are stops of one's own; another name is none",
        apply: adjusting::colormap,
    },
    Spec {
        name: "CTW",
        doc: "`[<a>,<b>,…;<c>,<d>,…]`: colour twist, a row for each channel of the answer",
        apply: adjusting::twist,
    },
    Spec {
        name: "CNV",
        doc: "`sobel`, `prewitt`, `scharr`, `laplace`, `gaussian`, `sharpen`, `emboss`, or the 1, 9 or 25 weights of a kernel: convolution",
        apply: adjusting::convolve,
    },
    Spec {
        name: "SHD",
        doc: "`<azimuth>,<elevation>[,<z>]`: light of a hill shading; z multiplies the heights of an elevation model",
        apply: adjusting::shade,
    },
    Spec {
        name: "JTL",
        doc: "`<resolution>,<tile>`: sends a tile as JPEG",
        apply: |draft, text| sending::tile(draft, "JTL", Format::Jpeg, text),
    },
    Spec {
        name: "PTL",
        doc: "`<resolution>,<tile>`: sends a tile as PNG",
        apply: |draft, text| sending::tile(draft, "PTL", Format::Png, text),
    },
    Spec {
        name: "WTL",
        doc: "`<resolution>,<tile>`: sends a tile as WebP",
        apply: |draft, text| sending::tile(draft, "WTL", Format::Webp, text),
    },
    Spec {
        name: "ATL",
        doc: "`<resolution>,<tile>`: sends a tile as AVIF",
        apply: |draft, text| sending::tile(draft, "ATL", Format::Avif, text),
    },
    Spec {
        name: "TTL",
        doc: "`<resolution>,<tile>`: sends a tile as TIFF",
        apply: |draft, text| sending::tile(draft, "TTL", Format::Tiff, text),
    },
    Spec {
        name: "RTL",
        doc: "`<resolution>,<tile>`: sends the samples of a tile",
        apply: |draft, text| sending::tile(draft, "RTL", Format::Raw, text),
    },
    Spec {
        name: "JTLS",
        doc: "`<x>,<resolution>,<tile>,<y>`: sends a tile of a view as JPEG",
        apply: sending::view_tile,
    },
    Spec {
        name: "TIL",
        doc: "`<resolution>,<tile>[-<tile>]`: sends the tiles between two corner tiles",
        apply: sending::tiles,
    },
    Spec {
        name: "CVT",
        doc: "`jpeg`, `jpg`, `png`, `webp`, `avif`, `tiff` or `raw`: sends a region; another name is `jpeg`",
        apply: sending::region,
    },
    Spec {
        name: "PFL",
        doc: "`<resolution>:<x1>,<y1>[-<x2>,<y2>]`: sends the sample values along a line, without its end",
        apply: sending::profile,
    },
    Spec {
        name: "SPECTRA",
        doc: "`<resolution>,<tile>,<x>,<y>[,<w>,<h>]`: sends the values of all bands at a point of a tile, or mean and deviation of a rectangle",
        apply: sending::spectrum,
    },
    Spec {
        name: "VAL",
        doc: "`<x>,<y>`: sends the sample values of a pixel of the full size",
        apply: sending::pixel_values,
    },
    Spec {
        name: "WLZ",
        doc: "names a volume; volumes are not served yet: 501",
        apply: sending::volume,
    },
    Spec { name: "IIIF", doc: "sends what IIIF sends for this path", apply: sending::iiif },
    Spec {
        name: "DeepZoom",
        doc: "sends what DeepZoom sends for this path",
        apply: sending::deepzoom,
    },
    Spec {
        name: "Zoomify",
        doc: "sends what Zoomify sends for this path",
        apply: sending::zoomify,
    },
];
