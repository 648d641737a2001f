use super::OpError;
use crate::raster::{Raster, Shape};

pub(super) fn shape(input: Shape) -> Result<Shape, OpError> {
    Ok(input)
}

pub(super) fn gray(input: Raster) -> Result<Raster, OpError> {
    Ok(input)
}
