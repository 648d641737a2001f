//! Samples of components: as many rows as it takes to make pixels of them.

use super::dct;
use super::entropy::Block;
use super::header::Component;
use crate::codec::jpeg::lanes::Lanes;

/// A component between its coefficients and the pixels.
#[derive(Debug)]
pub(super) struct Plane {
    /// Coefficients of one row of MCUs: rows of blocks, an even number in each.
    blocks: Vec<Block>,
    /// Whether a block has more than its DC.
    detailed: Vec<bool>,
    /// Two rows of MCUs, of which the last one overwrites the one before the previous.
    samples: Vec<u8>,
    /// Blocks in a row.
    columns: usize,
    /// Rows of blocks of an MCU.
    vertical: usize,
    /// Samples that belong to the picture.
    pub(super) width: usize,
    pub(super) height: usize,
}

impl Plane {
    /// For rows of so many MCUs.
    pub(super) fn new(component: &Component, mcus: usize, (width, height): (usize, usize)) -> Self {
        let columns = (mcus * component.horizontal).next_multiple_of(2);
        let vertical = component.vertical;
        let blocks = columns * vertical;
        Self {
            blocks: vec![[0; 64]; blocks],
            detailed: vec![false; blocks],
            samples: vec![0; 2 * 64 * blocks],
            columns,
            vertical,
            width,
            height,
        }
    }

    /// Forgets the coefficients.
    pub(super) fn clear(&mut self) {
        self.blocks.as_flattened_mut().fill(0);
    }

    /// A block of the row of MCUs, and where to note whether it has more than its DC.
    #[inline(always)]
    pub(super) fn block(&mut self, column: usize, row: usize) -> (&mut Block, &mut bool) {
        let place = row * self.columns + column;
        (&mut self.blocks[place], &mut self.detailed[place])
    }

    /// Makes samples of the coefficients of a row of MCUs.
    #[inline(always)]
    pub(super) fn transform<L: Lanes>(&mut self, lanes: L, steps: &[i16; 64], mcu_row: usize) {
        let width = 8 * self.columns;
        let band = mcu_row % 2 * self.vertical * 8 * width;
        let rows = self.samples[band..].chunks_exact_mut(8 * width);
        let blocks = self.blocks.chunks_exact(self.columns);
        let detailed = self.detailed.chunks_exact(self.columns);
        for ((rows, blocks), detailed) in rows.zip(blocks).zip(detailed) {
            let pairs = blocks.as_chunks::<2>().0.iter().zip(detailed.as_chunks::<2>().0);
            for (n, ([left, right], detailed)) in pairs.enumerate() {
                let samples = if *detailed == [false; 2] {
                    let mut row = [dct::flat(left[0], steps[0]); 16];
                    row[8..].fill(dct::flat(right[0], steps[0]));
                    [row; 8]
                } else {
                    dct::inverse(lanes, [left, right], steps)
                };
                for (row, samples) in rows.chunks_exact_mut(width).zip(&samples) {
                    row[16 * n..][..16].copy_from_slice(samples);
                }
            }
        }
    }

    /// A row of samples, a multiple of sixteen. Rows of the picture beyond the last two rows of MCUs
    /// are not there any more.
    #[inline(always)]
    pub(super) fn row(&self, y: usize) -> &[u8] {
        let width = 8 * self.columns;
        let rows = 16 * self.vertical;
        &self.samples[y % rows * width..][..width]
    }
}
