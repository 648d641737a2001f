use std::hash::{Hash, Hasher};

/// A number that is neither infinite nor NaN, so that commands can be compared and hashed.
///
/// Negative zero becomes zero: equal numbers have equal bits.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Finite(f64);

impl Finite {
    /// Zero.
    pub const ZERO: Self = Self(0.0);
    /// One.
    pub const ONE: Self = Self(1.0);

    /// The number, unless it is infinite or NaN.
    pub fn new(value: f64) -> Option<Self> {
        // Adding zero turns -0.0 into 0.0 and changes nothing else.
        value.is_finite().then_some(Self(value + 0.0))
    }

    /// The plain number.
    pub fn value(self) -> f64 {
        self.0
    }
}

impl Eq for Finite {}

impl Hash for Finite {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.to_bits().hash(state);
    }
}

impl From<u32> for Finite {
    fn from(value: u32) -> Self {
        Self(f64::from(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_finite_numbers_can_be_built() {
        assert_eq!(Finite::new(f64::NAN), None);
        assert_eq!(Finite::new(f64::INFINITY), None);
        assert_eq!(Finite::new(1.5).map(Finite::value), Some(1.5));
    }

    #[test]
    fn negative_zero_is_zero() {
        let zero = Finite::new(-0.0).unwrap();
        assert!(zero.value().is_sign_positive());
    }
}
