//! Stored samples to the samples everybody else works with: black is 0.

/// Makes black white.
pub(super) fn invert(samples: &mut [u8]) {
    for sample in samples {
        *sample = !*sample;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inversion_exchanges_black_and_white() {
        let mut samples = [0, 1, 128, 255];
        invert(&mut samples);
        assert_eq!(samples, [255, 254, 127, 0]);
    }
}
