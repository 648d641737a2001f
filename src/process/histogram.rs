use super::OpError;
use crate::raster::Raster;

/// Counts of 8-bit grey values.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Histogram(Box<[u64; 256]>);

impl Default for Histogram {
    fn default() -> Self {
        Self(Box::new([0; 256]))
    }
}

impl Histogram {
    /// Counts the pixels of a raster.
    pub fn add(&mut self, _raster: &Raster) -> Result<(), OpError> {
        Ok(())
    }

    /// Otsu.
    pub fn otsu(&self) -> u8 {
        0
    }
}
