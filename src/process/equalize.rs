//! Equalising (behaviour specification, 10.10): grey values by a table, each colour channel alike.

use super::{OpError, into_u8};
use crate::raster::{Raster, Samples};

/// A new value for each value of 8 bits.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Table(pub(super) Box<[u8; 256]>);

pub(super) fn equalize(input: Raster, table: &Table) -> Result<Raster, OpError> {
    let (shape, mut samples) = into_u8("equalize", input)?;
    let colors = usize::from(shape.color_channels());
    for pixel in samples.chunks_exact_mut(usize::from(shape.channels).max(1)) {
        for value in &mut pixel[..colors] {
            *value = table.0[usize::from(*value)];
        }
    }
    Ok(Raster::new(shape, Samples::U8(samples))?)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{gray, gray_alpha};
    use super::super::{Histogram, Op};

    /// Behaviour specification, 25.
    #[test]
    fn the_table_is_that_of_the_specification() {
        let samples = [[10; 100].as_slice(), &[20; 50], &[30; 200], &[200; 150]].concat();
        let table = Histogram::new(&gray(500, 1, &samples)).unwrap().equalized();
        let op = Op::Equalize(table);
        let output = op.apply(gray(5, 1, &[10, 20, 30, 100, 200])).unwrap();
        assert_eq!(output.as_u8(), Some(&[51, 77, 179, 179, 255][..]));
        let output = op.apply(gray_alpha(1, 1, &[10, 20])).unwrap();
        assert_eq!(output.as_u8(), Some(&[51, 20][..]));
    }
}
