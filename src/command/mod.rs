//! The common command set: what a client asked for, free of any protocol.
//!
//! Everything here is plain data. Parsers in [`crate::protocol`] produce it, the planner consumes
//! it, and nothing in it depends on an image, a file or a setting.

mod adjust;
mod fact;
mod finite;
mod format;
mod view;

pub use adjust::{Adjust, Colormap, Curve, Kernel, Limit, Matrix, MatrixError, Stop, Stops};
pub use fact::{Fact, MetadataKey, Refusal};
pub use finite::Finite;
pub use format::Format;
pub use view::{
    ChromaSubsampling, ColorMode, Depth, Excess, Fit, Orient, Output, Region, Size,
    TiffCompression, Upscale, View,
};

/// One request, understood.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Command {
    /// The image meant; `None` only for facts about the server.
    pub image: Option<ImageRef>,
    /// What to do with it.
    pub action: Action,
}

/// An image as the client names it, percent-decoded.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct ImageRef {
    /// Path below the image root, with `/` between folders.
    pub name: Box<str>,
    /// View of a sequence or stack, `None` for the default one (0 and 90 degrees, page 0).
    pub angle: Option<Angle>,
}

/// View angles of an image sequence, or the page of a stack as `x`.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Angle {
    /// Horizontal angle, wavelength or page.
    pub x: i32,
    /// Vertical angle.
    pub y: i32,
}

impl Angle {
    /// The view meant when none is named; of a stack the first page.
    pub const DEFAULT: Self = Self { x: 0, y: 90 };
}

/// What the client wants of an image.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Action {
    /// Text about the image.
    Describe(Vec<Fact>),
    /// The sample values of one pixel of the full size (IIP `VAL`).
    Pixel {
        /// Column.
        x: u32,
        /// Row.
        y: u32,
    },
    /// Sample values along a line (IIP `PFL`).
    Profile(Profile),
    /// A picture of any part at any size.
    Region(View),
    /// All bands at one point (IIP `SPECTRA`).
    Spectrum(Point),
    /// One tile of the pyramid.
    Tile {
        /// Which one.
        tile: TileSelect,
        /// How to render it; its region and size are not used.
        view: View,
    },
    /// A block of tiles (IIP `TIL`).
    Tiles(TileRange),
    /// Anything of a volume (IIP3D `WLZ`).
    Volume,
}

/// A tile as each protocol numbers it. The planner resolves it against the image's levels.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum TileSelect {
    /// DeepZoom: level 0 is one pixel.
    DeepZoom {
        /// Level, counted from one pixel upwards.
        level: u32,
        /// Column from the left.
        column: u32,
        /// Row from the top.
        row: u32,
    },
    /// IIP: resolution 0 is the smallest stored level, tiles are counted row by row.
    Index {
        /// Resolution, counted from the smallest.
        resolution: u32,
        /// Tile number.
        index: u64,
    },
    /// Zoomify: tier 0 fits one tile.
    Zoomify {
        /// Tier, counted from the smallest.
        tier: u32,
        /// Column from the left.
        column: u32,
        /// Row from the top.
        row: u32,
    },
}

/// Tiles spanned by two corner tiles.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct TileRange {
    /// Resolution, 0 is the smallest.
    pub resolution: u32,
    /// Number of the first corner tile.
    pub first: u64,
    /// Number of the last corner tile.
    pub last: u64,
    /// JPEG quality as asked.
    pub quality: Option<i32>,
}

/// A line of pixels at one resolution.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Profile {
    /// Resolution, 0 is the smallest.
    pub resolution: u32,
    /// First pixel.
    pub from: (u32, u32),
    /// The pixel behind the last one, where there is one: it may lie outside of the image. A line
    /// to its start is that one pixel.
    pub to: (i32, i32),
}

/// A pixel of a tile, or a rectangle that starts there.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Point {
    /// Resolution, 0 is the smallest.
    pub resolution: u32,
    /// Tile number.
    pub tile: u64,
    /// Column inside the tile.
    pub x: u32,
    /// Row inside the tile.
    pub y: u32,
    /// Width and height of a rectangle, whose mean and deviation are wanted; it may leave the tile.
    pub size: Option<(u32, u32)>,
}
