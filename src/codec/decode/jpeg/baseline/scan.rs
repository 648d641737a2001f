//! The scan of a picture: bits to coefficients, these to samples, these to pixels.

use pulp::NullaryFnOnce;

use super::Colors;
use super::entropy::{Bits, Data};
use super::header::Header;
use super::planes::Plane;
use super::rows::{self, Chroma, Sharing};
use crate::codec::jpeg::lanes::{Lanes, Portable};

/// What is made of a picture.
#[derive(Debug)]
pub(super) struct Scan<'a> {
    pub(super) header: &'a Header<'a>,
    pub(super) data: &'a Data,
    pub(super) colors: Colors,
    /// Rows of pixels, as many and as wide as there is room.
    pub(super) out: &'a mut [u8],
    /// Bytes from one row to the next, at least those of the picture.
    pub(super) stride: usize,
}

impl Scan<'_> {
    /// `None` when the data is damaged.
    pub(super) fn decode(self) -> Option<()> {
        #[cfg(target_arch = "x86_64")]
        if let Some(avx2) = pulp::x86::V3::try_new() {
            return avx2.vectorize(With { lanes: avx2, scan: self });
        }
        #[cfg(target_arch = "aarch64")]
        if let Some(neon) = pulp::aarch64::Neon::try_new() {
            return neon.vectorize(With { lanes: neon, scan: self });
        }
        self.decode_portable()
    }

    /// The same without special instructions.
    pub(super) fn decode_portable(self) -> Option<()> {
        With { lanes: Portable, scan: self }.call()
    }

    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L) -> Option<()> {
        let Self { header, data, colors, out, stride } = self;
        let (width, height) = (header.width, header.height);
        let components = header.components.as_slice();
        let luma = components.first()?;
        let (across, down) = (luma.horizontal, luma.vertical);
        let (columns, mcu_rows) = (width.div_ceil(8 * across), height.div_ceil(8 * down));
        let sharing = |n: usize| -> Sharing { if n == 0 { (1, 1) } else { (across, down) } };
        let mut planes: Vec<Plane> = (components.iter().enumerate())
            .map(|(n, component)| {
                let (across, down) = sharing(n);
                Plane::new(component, columns, (width.div_ceil(across), height.div_ceil(down)))
            })
            .collect();
        let mut chroma = [Chroma::new(width), Chroma::new(width)];
        let tables = components.iter().map(|component| {
            let dc = header.dc.get(component.dc)?.as_ref()?;
            let ac = header.ac.get(component.ac)?.as_ref()?;
            Some((component, dc, ac, header.steps.get(component.steps)?.as_ref()?))
        });
        let tables: Vec<_> = tables.collect::<Option<_>>()?;

        let mut intervals = data.intervals();
        let mut bits = Bits::new(intervals.next()?);
        let mut before = [0; 3];
        let mut until_restart = header.restart;
        let mut out_rows = out.chunks_mut(stride).take(height).enumerate().peekable();
        for mcu_row in 0..mcu_rows {
            for plane in &mut planes {
                plane.clear();
            }
            for column in 0..columns {
                if header.restart > 0 && until_restart == 0 {
                    if bits.is_overrun() {
                        return None;
                    }
                    bits = Bits::new(intervals.next()?);
                    before = [0; 3];
                    until_restart = header.restart;
                }
                until_restart = until_restart.wrapping_sub(1);
                for ((plane, (component, dc, ac, _)), before) in
                    planes.iter_mut().zip(&tables).zip(&mut before)
                {
                    for y in 0..component.vertical {
                        for x in 0..component.horizontal {
                            let (block, is_detailed) =
                                plane.block(column * component.horizontal + x, y);
                            *is_detailed = bits.block(dc, ac, before, block)?;
                        }
                    }
                }
            }
            if bits.is_overrun() {
                return None;
            }
            for (plane, (_, _, _, steps)) in planes.iter_mut().zip(&tables) {
                plane.transform(lanes, steps, mcu_row);
            }
            // The last row of pixels may need the chrominance below.
            let lag = if mcu_row + 1 == mcu_rows { 0 } else { down - 1 };
            let end = 8 * down * (mcu_row + 1) - lag;
            while let Some((y, pixels)) = out_rows.next_if(|(y, _)| *y < end) {
                match planes.as_slice() {
                    [gray] => {
                        let len = width.min(pixels.len());
                        pixels[..len].copy_from_slice(&gray.row(y)[..len]);
                    }
                    [luma, blue, red] => {
                        let [to_blue, to_red] = &mut chroma;
                        to_blue.fill(lanes, blue, (across, down), y);
                        to_red.fill(lanes, red, (across, down), y);
                        let len = (3 * width).min(pixels.len());
                        rows::interleave(lanes, luma.row(y), &chroma, colors, &mut pixels[..len]);
                    }
                    _ => return None,
                }
            }
            if out_rows.peek().is_none() {
                break;
            }
        }
        Some(())
    }
}

/// A scan with the instructions it is to use: they are there in all that is inlined into `call`.
struct With<'a, L> {
    lanes: L,
    scan: Scan<'a>,
}

impl<L: Lanes> NullaryFnOnce for With<'_, L> {
    type Output = Option<()>;

    #[inline(always)]
    fn call(self) -> Option<()> {
        self.scan.run(self.lanes)
    }
}
