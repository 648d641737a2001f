/// Something to tell about an image or the server.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Fact {
    /// Several facts old IIP clients ask for at once.
    BasicInfo {
        /// Width and height are exchanged by an earlier rotation.
        turned: bool,
    },
    /// Bits of one sample in the file.
    BitsPerChannel,
    /// Colour space and number of planes.
    Colorspace,
    /// The protocol's own document: info.json, `.dzi`, `ImageProperties.xml`.
    Document,
    /// Pixels per metre.
    Dpi,
    /// Counts of the values of each channel, as JSON.
    Histogram {
        /// In how many parts.
        bins: u16,
    },
    /// Horizontal angles of a sequence, or pages of a stack.
    HorizontalViews,
    /// The version header of IIP.
    IipVersion,
    /// Full size in pixels.
    MaxSize {
        /// Width and height are exchanged by an earlier rotation.
        turned: bool,
    },
    /// All metadata as JSON.
    Metadata,
    /// One metadata text.
    MetadataText(MetadataKey),
    /// Lowest and highest value of each channel.
    MinMaxSampleValues,
    /// Optional commands the server knows.
    OptionalCommands,
    /// Optional objects the server knows.
    OptionalObjects,
    /// Part of the request that cannot be answered.
    Refused(Refusal),
    /// Number of stored levels.
    ResolutionNumber,
    /// Sizes of all stored levels, smallest first.
    Resolutions,
    /// Name and version of the protocol server.
    ServerVersion,
    /// Pages of a stack as JSON.
    Stack,
    /// What the values of each channel are like, as JSON.
    Statistics {
        /// Parts of the histogram.
        bins: u16,
    },
    /// The description, labelled as old clients want it.
    Subject,
    /// The metadata texts of a summary.
    SummaryInfo,
    /// Size of a tile of the full resolution.
    TileSize,
    /// Vertical angles of a sequence.
    VerticalViews,
}

/// Metadata texts by their IIP names.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum MetadataKey {
    /// TIFF `Artist`.
    Creator,
    /// TIFF `DateTime`.
    Date,
    /// TIFF `ImageDescription`.
    Description,
    /// Keys of `GeoTIFF`.
    GeoTiff,
    /// TIFF `Make`.
    Make,
    /// TIFF `Model`.
    Model,
    /// TIFF `PageName`.
    PageName,
    /// TIFF `Copyright`.
    Rights,
    /// Scale of a stack page.
    Scale,
    /// TIFF `Software`.
    Software,
    /// TIFF `DocumentName`.
    Title,
    /// XMP packet.
    Xmp,
}

impl MetadataKey {
    /// All keys, sorted by name.
    pub const ALL: [Self; 12] = [
        Self::Creator,
        Self::Date,
        Self::Description,
        Self::GeoTiff,
        Self::Make,
        Self::Model,
        Self::PageName,
        Self::Rights,
        Self::Scale,
        Self::Software,
        Self::Title,
        Self::Xmp,
    ];

    /// Name in `OBJ` requests and in the metadata document.
    pub fn name(self) -> &'static str {
        match self {
            Self::Creator => "creator",
            Self::Date => "date",
            Self::Description => "description",
            Self::GeoTiff => "geotiff",
            Self::Make => "make",
            Self::Model => "model",
            Self::PageName => "pagename",
            Self::Rights => "rights",
            Self::Scale => "scale",
            Self::Software => "software",
            Self::Title => "title",
            Self::Xmp => "xmp",
        }
    }
}

/// A part of an IIP request that gets an `Error/` line instead of an answer.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Refusal {
    /// `1 3`: no image was named before this object or command.
    NoImage(Box<str>),
    /// `2 1`: the request asks for nothing.
    NothingAsked(Box<str>),
    /// `2 2`: the command is not known.
    UnknownCommand(Box<str>),
    /// `3 2`: the object is not known.
    UnknownObject(Box<str>),
}
