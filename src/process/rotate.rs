use super::OpError;
use crate::command::Finite;
use crate::raster::{Raster, Shape};

pub(super) fn shape(input: Shape, _degrees: Finite, _transparent: bool) -> Result<Shape, OpError> {
    Ok(input)
}

pub(super) fn rotate(input: Raster, _degrees: Finite, _clear: bool) -> Result<Raster, OpError> {
    Ok(input)
}
