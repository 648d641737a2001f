use super::OpError;
use crate::command::Finite;
use crate::raster::Raster;

/// Interpolation between samples.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Filter {
    /// Triangle as wide as the pixels of the smaller picture: the default.
    Antialias,
    /// Four neighbours, whatever the scale (`INTERPOLATION=1` of iipsrv).
    Bilinear,
    /// The sample at the same place (`INTERPOLATION=0`).
    Nearest,
}

/// A part of a picture in pixels, with fractions.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Part {
    /// Left edge.
    pub x: Finite,
    /// Upper edge.
    pub y: Finite,
    /// Width, above 0.
    pub width: Finite,
    /// Height, above 0.
    pub height: Finite,
}

pub(super) fn resize(
    input: &Raster,
    _part: &Part,
    _width: u32,
    _height: u32,
    _filter: Filter,
) -> Result<Raster, OpError> {
    Ok(input.clone())
}
