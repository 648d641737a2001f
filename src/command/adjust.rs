use std::sync::Arc;

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
    /// A curve from dark to bright.
    Curve(Curve),
    /// Exchange dark and bright.
    Invert,
    /// Range of sample values shown from black to white.
    Range {
        /// Channel from 0, or all.
        channel: Option<u16>,
        /// Shown black.
        min: Limit,
        /// Shown white.
        max: Limit,
    },
    /// Hill shading.
    Shade {
        /// Direction of the light, degrees clockwise from north.
        azimuth: i32,
        /// Elevation of the light in degrees.
        elevation: i32,
        /// Factor of the heights of an elevation model.
        z: Finite,
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
            Self::Curve(_) => "GAM",
            Self::Invert => "INV",
            Self::Range { .. } => "MINMAX",
            Self::Shade { .. } => "SHD",
            Self::Twist(_) => "CTW",
        }
    }
}

/// A curve that maps 0..1 to 0..1.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Curve {
    /// Inverse hyperbolic sine: linear in the dark, logarithmic in the bright.
    Asinh,
    /// This power, not negative.
    Gamma(Finite),
    /// Logarithm.
    Log,
    /// Square root.
    Sqrt,
}

/// One end of a range of sample values.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Limit {
    /// The value that so many percent of the samples do not exceed, 0 to 100.
    Percentile(Finite),
    /// The value itself.
    Value(Finite),
}

/// A colour map.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Colormap {
    /// Black to blue.
    Blue,
    /// Dark blue to yellow, the same for the colour-blind.
    Cividis,
    /// Black, blue, cyan, white.
    Cold,
    /// Black to green.
    Green,
    /// Black to white.
    Grey,
    /// Black, red, yellow, white.
    Hot,
    /// Black, purple, orange, pale yellow.
    Inferno,
    /// Blue, cyan, yellow, red.
    Jet,
    /// Black, purple, pink, pale yellow.
    Magma,
    /// Blue, pink, yellow.
    Plasma,
    /// Black to red.
    Red,
    /// Colours at positions of the client's choice.
    Stops(Stops),
    /// The rainbow, smooth.
    Turbo,
    /// Purple, green, yellow.
    Viridis,
}

impl Colormap {
    /// Maps with a name, sorted by it.
    pub const NAMED: [(&'static str, Self); 13] = [
        ("blue", Self::Blue),
        ("cividis", Self::Cividis),
        ("cold", Self::Cold),
        ("green", Self::Green),
        ("grey", Self::Grey),
        ("hot", Self::Hot),
        ("inferno", Self::Inferno),
        ("jet", Self::Jet),
        ("magma", Self::Magma),
        ("plasma", Self::Plasma),
        ("red", Self::Red),
        ("turbo", Self::Turbo),
        ("viridis", Self::Viridis),
    ];
}

/// A colour at a position of a colour map.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Stop {
    /// Grey value, 0 is black and 1 white.
    pub position: Finite,
    /// Red, green and blue.
    pub color: [u8; 3],
}

/// Two or more stops in ascending order.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Stops(Arc<[Stop]>);

impl Stops {
    /// Most stops accepted.
    pub const MAX: usize = 256;

    /// Stops in the order of their positions; two at one place are an edge.
    pub fn new(stops: &[Stop]) -> Option<Self> {
        let sorted = stops.is_sorted_by(|a, b| a.position <= b.position);
        ((2..=Self::MAX).contains(&stops.len()) && sorted).then(|| Self(stops.into()))
    }

    /// The stops.
    pub fn as_slice(&self) -> &[Stop] {
        &self.0
    }
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
