//! Convolution kernels that have a name.

use crate::command::{Finite, Kernel};

/// The kernel of this name, in any case.
pub(super) fn named(name: &str) -> Option<Kernel> {
    let (_, weights) = NAMED.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))?;
    let weights: Vec<Finite> =
        weights.iter().filter_map(|weight| Finite::new(f64::from(*weight))).collect();
    Kernel::new(&weights).ok()
}

/// Three rows of three weights.
const NAMED: [(&str, [i8; 9]); 7] = [
    ("emboss", [-2, -1, 0, -1, 1, 1, 0, 1, 2]),
    ("gaussian", [1, 2, 1, 2, 4, 2, 1, 2, 1]),
    ("laplace", [-1, -1, -1, -1, 8, -1, -1, -1, -1]),
    ("prewitt", [1, 0, -1, 1, 0, -1, 1, 0, -1]),
    ("scharr", [-3, 0, 3, -10, 0, 10, -3, 0, 3]),
    ("sharpen", [0, -1, 0, -1, 5, -1, 0, -1, 0]),
    ("sobel", [-1, 0, 1, -2, 0, 2, -1, 0, 1]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_named_kernel_has_three_rows() {
        for (name, _) in NAMED {
            assert_eq!(named(name).unwrap().rows().len(), 3, "{name}");
        }
        assert_eq!(named("Sobel"), named("sobel"));
        assert_eq!(named("blur"), None);
    }

    #[test]
    fn sums_of_weights_say_what_a_kernel_does() {
        // Edge detectors answer 0 on an even area; sharpening and embossing keep its brightness.
        for (name, sum) in [
            ("emboss", 1),
            ("gaussian", 16),
            ("laplace", 0),
            ("prewitt", 0),
            ("scharr", 0),
            ("sharpen", 1),
            ("sobel", 0),
        ] {
            let weights: f64 =
                named(name).unwrap().rows().iter().flatten().map(|weight| weight.value()).sum();
            assert_eq!(Finite::new(weights), Finite::new(f64::from(sum)), "{name}");
        }
    }
}
