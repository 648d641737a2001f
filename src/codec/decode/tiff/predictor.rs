//! Undoes what was done to samples before compression (TIFF 6.0, section 14).

/// Adds to each 8-bit sample its left neighbour of the same channel, in rows of `row` samples.
pub(super) fn undo_horizontal(pixels: &mut [u8], row: usize, channels: u16) {
    for row in pixels.chunks_exact_mut(row) {
        match channels {
            1 => undo_row::<1>(row),
            3 => undo_row::<3>(row),
            _ => undo_row_any(row, usize::from(channels)),
        }
    }
}

/// The sums stay in registers: there is no load that waits for the store before it.
fn undo_row<const CHANNELS: usize>(row: &mut [u8]) {
    let mut sums = [0u8; CHANNELS];
    let (pixels, _) = row.as_chunks_mut::<CHANNELS>();
    for pixel in pixels {
        for (sum, sample) in sums.iter_mut().zip(pixel.iter_mut()) {
            *sum = sum.wrapping_add(*sample);
            *sample = *sum;
        }
    }
}

fn undo_row_any(row: &mut [u8], channels: usize) {
    for index in channels..row.len() {
        row[index] = row[index].wrapping_add(row[index - channels]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_summed_per_channel_and_row() {
        let mut gray = [1, 2, 3, 250, 10, 1];
        undo_horizontal(&mut gray, 3, 1);
        assert_eq!(gray, [1, 3, 6, 250, 4, 5]);
        let mut pair = [1, 100, 2, 200, 3, 0];
        undo_horizontal(&mut pair, 6, 2);
        assert_eq!(pair, [1, 100, 3, 44, 6, 44]);
        let mut rgb = [1, 2, 3, 10, 20, 30, 255, 255, 255];
        undo_horizontal(&mut rgb, 9, 3);
        assert_eq!(rgb, [1, 2, 3, 11, 22, 33, 10, 21, 32]);
    }
}
