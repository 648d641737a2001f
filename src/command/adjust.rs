use super::Finite;

/// One change of sample values.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Adjust {
    /// Map grey values to colours.
    Colormap(Colormap),
    /// Multiply by a factor.
    Contrast(Finite),
    /// Convolve with a kernel.
    Convolve(Kernel),
    /// Equalise the histogram.
    Equalize,
    /// Raise to a power.
    Gamma(Finite),
    /// Exchange dark and bright.
    Invert,
    /// Logarithmic scale.
    Log,
    /// Range of sample values shown from black to white.
    Range {
        /// Channel from 0, or all.
        channel: Option<u16>,
        /// Shown black.
        min: Finite,
        /// Shown white.
        max: Finite,
    },
    /// Hill shading.
    Shade {
        /// Direction of the light, degrees clockwise from north.
        azimuth: i32,
        /// Elevation of the light in degrees.
        elevation: i32,
    },
    /// Stretch the histogram to the full range.
    Stretch,
    /// Recombine channels by a matrix.
    Twist(Matrix),
}

impl Adjust {
    /// The IIP command that asks for it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Colormap(_) => "CMP",
            Self::Contrast(_) | Self::Equalize | Self::Stretch => "CNT",
            Self::Convolve(_) => "CNV",
            Self::Gamma(_) | Self::Log => "GAM",
            Self::Invert => "INV",
            Self::Range { .. } => "MINMAX",
            Self::Shade { .. } => "SHD",
            Self::Twist(_) => "CTW",
        }
    }
}

/// Named colour maps of IIP.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Colormap {
    /// Black to blue.
    Blue,
    /// Black, blue, cyan, white.
    Cold,
    /// Black to green.
    Green,
    /// Black, red, yellow, white.
    Hot,
    /// Blue, cyan, yellow, red.
    Jet,
    /// Black to red.
    Red,
}

/// A square convolution kernel of odd side, row by row.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Kernel(Matrix);

impl Kernel {
    /// Longest side accepted.
    pub const MAX_SIDE: usize = 5;

    /// A kernel of 1, 9 or 25 weights.
    pub fn new(weights: &[Finite]) -> Result<Self, MatrixError> {
        let side = match weights.len() {
            1 => 1,
            9 => 3,
            25 => Self::MAX_SIDE,
            _ => return Err(MatrixError::Size),
        };
        Matrix::new(weights.chunks(side).map(<[Finite]>::to_vec).collect()).map(Self)
    }

    /// Rows of weights.
    pub fn rows(&self) -> &[Vec<Finite>] {
        self.0.rows()
    }
}

/// Rows of coefficients; a short row has zeros at its end.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Matrix(Vec<Vec<Finite>>);

impl Matrix {
    /// Most rows accepted: output channels.
    pub const MAX_ROWS: usize = 16;
    /// Most columns accepted: input bands.
    pub const MAX_COLUMNS: usize = 1024;

    /// A matrix of 1 to [`Self::MAX_ROWS`] rows of 1 to [`Self::MAX_COLUMNS`] coefficients.
    pub fn new(rows: Vec<Vec<Finite>>) -> Result<Self, MatrixError> {
        let sizes = 1..=Self::MAX_COLUMNS;
        let fits = (1..=Self::MAX_ROWS).contains(&rows.len())
            && rows.iter().all(|row| sizes.contains(&row.len()));
        if fits { Ok(Self(rows)) } else { Err(MatrixError::Size) }
    }

    /// The rows.
    pub fn rows(&self) -> &[Vec<Finite>] {
        &self.0
    }
}

/// A matrix or kernel that cannot be used.
#[derive(Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum MatrixError {
    /// Too few or too many rows or columns.
    #[error("matrix has a size that is not supported")]
    Size,
}
