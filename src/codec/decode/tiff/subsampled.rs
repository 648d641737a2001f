//! Plain YCbCr whose pixels share their colour differences (TIFF 6.0, section 21): units of some
//! luma samples and one of each difference.

use super::samples::Sample;

/// Expands the units of a chunk that is `stored_width` pixels wide to the upper left part of it
/// that fits rows of `width` pixels of 3 samples. Each pixel of a unit gets its differences.
pub(super) fn expand(
    units: &[u8],
    stored_width: u32,
    (across, down): (u8, u8),
    out: &mut [u8],
    width: u32,
) {
    let (across, down) = (usize::from(across.max(1)), usize::from(down.max(1)));
    let unit = across * down + 2;
    let row_units = (stored_width as usize).div_ceil(across) * unit;
    let row = width as usize * 3;
    for (rows, units) in out.chunks_mut((row * down).max(1)).zip(units.chunks_exact(row_units)) {
        for (y, pixels) in rows.chunks_exact_mut(row).enumerate() {
            for (pixels, unit) in pixels.chunks_mut(3 * across).zip(units.chunks_exact(unit)) {
                let (luma, differences) = unit.split_at(across * down);
                let luma = luma.get(y * across..).unwrap_or_default();
                for (pixel, luma) in pixels.chunks_exact_mut(3).zip(luma) {
                    if let ([y, cb_cr @ ..], [_, _]) = (pixel, differences) {
                        *y = *luma;
                        cb_cr.copy_from_slice(differences);
                    }
                }
            }
        }
    }
}

/// Makes pixels of zeros black: differences of nothing are in the middle.
pub(super) fn blacken<T: Sample>(pixels: &mut [T], channels: usize) {
    for pixel in pixels.chunks_exact_mut(channels.max(1)) {
        if let [_, cb, cr, ..] = pixel {
            (*cb, *cr) = (T::from_number(128.0), T::from_number(128.0));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_expanded_and_clipped() {
        // 3 x 3 pixels in units of 2 x 2: the standard's order, row by row.
        let units = [
            [1, 2, 5, 6, 100, 200],
            [3, 4, 7, 8, 101, 201],
            [9, 10, 13, 14, 102, 202],
            [11, 12, 15, 16, 103, 203],
        ];
        let mut out = [0; 27];
        expand(units.as_flattened(), 3, (2, 2), &mut out, 3);
        let (a, b, c, d) = ([100, 200], [101, 201], [102, 202], [103, 203]);
        let expected = [(1, a), (2, a), (3, b), (5, a), (6, a), (7, b), (9, c), (10, c), (11, d)];
        let expected: Vec<_> = expected.iter().flat_map(|(y, [b, r])| [*y, *b, *r]).collect();
        assert_eq!(out, expected[..]);
    }

    #[test]
    fn differences_can_be_shared_in_one_direction() {
        let mut out = [0; 12];
        expand(&[1, 2, 3, 4, 9, 8], 4, (4, 1), &mut out, 4);
        assert_eq!(out, [1, 9, 8, 2, 9, 8, 3, 9, 8, 4, 9, 8]);
        let mut out = [0; 6];
        expand(&[1, 2, 9, 8], 1, (1, 2), &mut out, 1);
        assert_eq!(out, [1, 9, 8, 2, 9, 8]);
    }

    #[test]
    fn missing_units_leave_black() {
        let mut out = [0; 6];
        blacken(&mut out, 3);
        expand(&[], 2, (2, 2), &mut out, 2);
        assert_eq!(out, [0, 128, 128, 0, 128, 128]);
    }
}
