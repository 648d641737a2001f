use super::OpError;
use crate::raster::{Raster, Shape};

pub(super) fn turned(input: Shape, quarters: u8) -> Shape {
    if quarters % 2 == 1 { input.resized(input.height, input.width) } else { input }
}

pub(super) fn flip(input: Raster) -> Result<Raster, OpError> {
    Ok(input)
}

pub(super) fn turn(input: Raster, _quarters: u8) -> Result<Raster, OpError> {
    Ok(input)
}
