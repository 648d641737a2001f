use crate::process::OpError;
use crate::raster::ShapeError;

/// A picture that cannot be made. The text goes to the client.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// The format has no samples of this depth.
    #[error("{format} output has no depth {depth}; depths above 8 are for png, tif and raw")]
    Depth {
        /// Extension of the format.
        format: &'static str,
        /// Depth asked for.
        depth: &'static str,
    },
    /// The region has no pixel inside the image.
    #[error("region is outside the image of {width} x {height} pixels")]
    EmptyRegion {
        /// Width of the image.
        width: u32,
        /// Height of the image.
        height: u32,
    },
    /// No encoder for the format.
    #[error("{0} output is not available")]
    Format(&'static str),
    /// The caller has to supply the histogram of the image.
    #[error("histogram is missing")]
    NeedsHistogram,
    /// The caller has to supply the statistics of the image.
    #[error("statistics are missing")]
    NeedsStatistics,
    /// The command asks for no picture.
    #[error("command asks for no picture")]
    NoPicture,
    /// There is no such resolution, level or tier.
    #[error("image has no level {0}")]
    NoLevel(u32),
    /// There is no such tile in the level.
    #[error("level has no such tile")]
    NoTile,
    /// The command is understood, its processing is not built yet.
    #[error("{0} is not available yet")]
    NotYet(&'static str),
    /// An operation does not fit the picture.
    #[error(transparent)]
    Op(#[from] OpError),
    /// Pixels outside of the level are asked for.
    #[error("coordinates are outside of the level of {width} x {height} pixels")]
    OutsideLevel {
        /// Width of the level.
        width: u32,
        /// Height of the level.
        height: u32,
    },
    /// A point outside of its tile is asked for.
    #[error("x,y coordinates are outside of the tile of {width} x {height} pixels")]
    OutsideTile {
        /// Width of a tile.
        width: u32,
        /// Height of a tile.
        height: u32,
    },
    /// The picture is longer than the format can say.
    #[error("{format} output has at most {limit} pixels per side")]
    Side {
        /// Extension of the format.
        format: &'static str,
        /// Longest side.
        limit: u32,
    },
    /// The image has no level that is small enough for this picture.
    #[error(
        "this would read {asked} MB of pixels, {allowed} MB are allowed: the image needs smaller \
         levels (vips tiffsave in.tif out.tif --tile --pyramid --bigtiff)"
    )]
    SourceTooLarge {
        /// Megabytes needed.
        asked: u64,
        /// Megabytes allowed.
        allowed: u64,
    },
    /// The size is over the server's limits.
    #[error("a size of {width} x {height} is over the limit of this server, see maxWidth")]
    TooLarge {
        /// Width asked for.
        width: u32,
        /// Height asked for.
        height: u32,
    },
    /// Sample values are asked for that are too many for one answer.
    #[error(
        "{asked} {what} are asked for, {allowed} are allowed: ask for a smaller resolution or part"
    )]
    TooMany {
        /// What is counted.
        what: &'static str,
        /// How many are needed.
        asked: u64,
        /// How many are allowed.
        allowed: u64,
    },
    /// The size is larger than the region, and enlarging was not asked for or is switched off.
    #[error("size {width} x {height} is larger than the region of {from_width} x {from_height}")]
    Upscaling {
        /// Width asked for.
        width: u32,
        /// Height asked for.
        height: u32,
        /// Width of the region.
        from_width: u32,
        /// Height of the region.
        from_height: u32,
    },
}

impl From<ShapeError> for PlanError {
    fn from(_: ShapeError) -> Self {
        Self::Op(OpError::TooLarge)
    }
}
