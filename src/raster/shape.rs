/// How one sample is stored.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum SampleType {
    /// IEEE 754 single precision.
    F32,
    /// Unsigned 16-bit integer.
    U16,
    /// Unsigned 32-bit integer.
    U32,
    /// Unsigned 8-bit integer.
    U8,
}

impl SampleType {
    /// Bytes of one sample.
    pub fn bytes(self) -> usize {
        match self {
            Self::U8 => 1,
            Self::U16 => 2,
            Self::F32 | Self::U32 => 4,
        }
    }
}

/// Order of the samples in memory.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Layout {
    /// All channels of a pixel together.
    Interleaved,
    /// All pixels of a channel together.
    Planar,
}

/// What the colour channels mean. Alpha is counted apart, see [`Alpha`].
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum ColorSpace {
    /// Cyan, magenta, yellow, black.
    Cmyk,
    /// One channel, 0 is black.
    Gray,
    /// Bands without a meaning as colour.
    Multiband,
    /// Red, green, blue.
    Rgb,
}

/// Whether the last channel is opacity.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Alpha {
    /// No channel is opacity.
    None,
    /// Colours were multiplied by opacity (TIFF: associated alpha).
    Premultiplied,
    /// Colours are independent of opacity (TIFF: unassociated alpha).
    Straight,
}

/// Size, type and meaning of the samples of a raster.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Shape {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Samples of a pixel, alpha included.
    pub channels: u16,
    /// Type of each sample.
    pub sample: SampleType,
    /// Order of the samples.
    pub layout: Layout,
    /// Meaning of the colour channels.
    pub color: ColorSpace,
    /// Meaning of the last channel.
    pub alpha: Alpha,
}

impl Shape {
    /// An interleaved shape without alpha.
    pub fn new(
        width: u32,
        height: u32,
        channels: u16,
        sample: SampleType,
        color: ColorSpace,
    ) -> Self {
        let layout = Layout::Interleaved;
        Self { width, height, channels, sample, layout, color, alpha: Alpha::None }
    }

    /// The same shape at another size.
    #[must_use]
    pub fn resized(self, width: u32, height: u32) -> Self {
        Self { width, height, ..self }
    }

    /// Channels that carry colour, without alpha.
    pub fn color_channels(&self) -> u16 {
        match self.alpha {
            Alpha::None => self.channels,
            Alpha::Premultiplied | Alpha::Straight => self.channels.saturating_sub(1),
        }
    }

    /// Number of samples.
    pub fn samples(&self) -> Result<usize, ShapeError> {
        usize::try_from(u64::from(self.width) * u64::from(self.height))
            .ok()
            .and_then(|pixels| pixels.checked_mul(usize::from(self.channels)))
            .ok_or(ShapeError::TooLarge)
    }

    /// Bytes the samples take in memory.
    pub fn bytes(&self) -> Result<usize, ShapeError> {
        self.samples()?.checked_mul(self.sample.bytes()).ok_or(ShapeError::TooLarge)
    }

    /// Samples of one interleaved row.
    pub fn row_samples(&self) -> usize {
        self.width as usize * usize::from(self.channels)
    }
}

/// Samples that do not fit their shape.
#[derive(Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ShapeError {
    /// More or fewer samples than pixels times channels.
    #[error("{found} samples where the shape has {expected}")]
    Count {
        /// Samples of the shape.
        expected: usize,
        /// Samples given.
        found: usize,
    },
    /// The shape does not fit the address space.
    #[error("shape is too large for memory")]
    TooLarge,
    /// A rectangle outside of the raster, or of another kind of pixels.
    #[error("a part does not fit the raster")]
    Window,
    /// Samples of another type.
    #[error("{samples:?} samples for a shape of {shape:?}")]
    Type {
        /// Type of the shape.
        shape: SampleType,
        /// Type given.
        samples: SampleType,
    },
}
