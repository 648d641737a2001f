//! The scan of a picture: rows of MCUs to planes, planes to coefficients, these to bits.

use pulp::NullaryFnOnce;

use super::dct::{Block, Quantizer};
use super::entropy::Coder;
use super::instructions::{Instructions, Set};
use super::planes::{Pixels, Planes};
use super::sampling::{Component, Sampling};
use crate::codec::jpeg::lanes::{Lanes, Portable};

/// What is to be written.
#[derive(Debug)]
pub(super) struct Scan<'a> {
    pub(super) pixels: &'a Pixels<'a>,
    pub(super) sampling: Sampling,
    pub(super) quantizers: &'a [Quantizer; 2],
}

/// Adds the data of a scan with all components.
pub(super) fn write(scan: &Scan<'_>, instructions: Instructions, out: &mut Vec<u8>) {
    match instructions {
        #[cfg(target_arch = "x86_64")]
        Instructions::Avx512(set) => set.vectorize(With { set, scan, out }),
        #[cfg(target_arch = "x86_64")]
        Instructions::Avx2(set) => set.vectorize(With { set, scan, out }),
        #[cfg(target_arch = "aarch64")]
        Instructions::Neon(set) => set.vectorize(With { set, scan, out }),
        Instructions::Portable => With { set: Portable, scan, out }.call(),
    }
}

/// A scan with the instructions it is to use: they are there in all that is inlined into `call`.
struct With<'a, S> {
    set: S,
    scan: &'a Scan<'a>,
    out: &'a mut Vec<u8>,
}

impl<S: Set> NullaryFnOnce for With<'_, S> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        self.scan.write(self.set, self.out);
    }
}

impl Scan<'_> {
    /// MCUs are transformed in pairs: sixteen columns of halved chrominance belong to two.
    #[inline(always)]
    fn write<S: Set>(&self, set: S, out: &mut Vec<u8>) {
        let Self { pixels, sampling, quantizers } = *self;
        let (lanes, mut coder) = (set.lanes(), set.coder());
        let (width, height) = sampling.mcu();
        let (columns, rows) = (pixels.width.div_ceil(width), pixels.height.div_ceil(height));
        let pairs = columns.div_ceil(2);
        let mut planes = Planes::new();
        let mut blocks = [[0; 64]; 2 * Sampling::MAX_BLOCKS];
        let mut before = [0; 3];
        for row in 0..rows {
            for pair in 0..pairs {
                planes.fill(lanes, pixels, sampling, (pair * 2 * width, row * height));
                transform(lanes, sampling, quantizers, &planes, &mut blocks);
                let count = (columns - 2 * pair).min(2);
                let mut blocks = blocks.iter();
                for _ in 0..count {
                    for (component, before) in sampling.components().iter().zip(&mut before) {
                        for block in blocks.by_ref().take(component.blocks()) {
                            *before = coder.block(block, *before, component.tables);
                        }
                    }
                }
                coder.drain(2 * Sampling::MAX_BLOCKS, out);
            }
        }
        coder.finish(out);
    }
}

/// The blocks of two MCUs, in the order they are coded.
#[inline(always)]
fn transform<L: Lanes>(
    lanes: L,
    sampling: Sampling,
    quantizers: &[Quantizer; 2],
    planes: &Planes,
    blocks: &mut [Block],
) {
    let mut first = 0;
    for (number, component) in sampling.components().iter().enumerate() {
        let Component { horizontal, vertical, tables } = component;
        let [horizontal, vertical, tables] =
            [horizontal, vertical, tables].map(|n| usize::from(*n));
        for row in 0..vertical {
            for column in 0..horizontal {
                let chunk = row * 8 * horizontal + column;
                let samples = planes.rows(number, chunk, horizontal);
                // Sixteen columns are two blocks of one MCU, or one of each.
                let left = first + row * horizontal;
                let pair = match horizontal {
                    1 => [left, left + sampling.blocks()],
                    _ => [left, left + 1].map(|block| block + column * sampling.blocks()),
                };
                if let Ok(pair) = blocks.get_disjoint_mut(pair) {
                    quantizers[tables].transform(lanes, samples, pair);
                }
            }
        }
        first += horizontal * vertical;
    }
}
