//! Sets of instructions that pictures can be written with: all write the same bytes.

#[cfg(target_arch = "aarch64")]
use pulp::aarch64::Neon;
#[cfg(target_arch = "x86_64")]
use pulp::x86::{V3, V4};

#[cfg(target_arch = "x86_64")]
use super::entropy::Avx512;
use super::entropy::{Coder, Scalar};
use crate::codec::jpeg::lanes::{Lanes, Portable};

/// A set that this processor has.
#[derive(Debug, Clone, Copy)]
pub enum Instructions {
    /// AVX-512 (F, BW, CD, DQ, VL) for the coding of coefficients, AVX2 for everything else.
    #[cfg(target_arch = "x86_64")]
    Avx512(V4),
    /// AVX2.
    #[cfg(target_arch = "x86_64")]
    Avx2(V3),
    /// NEON.
    #[cfg(target_arch = "aarch64")]
    Neon(Neon),
    /// No special ones.
    Portable,
}

impl Instructions {
    /// All of this processor, the best first.
    pub fn all() -> impl Iterator<Item = Self> {
        #[cfg(target_arch = "x86_64")]
        let special = [V4::try_new().map(Self::Avx512), V3::try_new().map(Self::Avx2)];
        #[cfg(target_arch = "aarch64")]
        let special = [Neon::try_new().map(Self::Neon)];
        #[cfg(not(any(target_arch = "aarch64", target_arch = "x86_64")))]
        let special = [None];
        special.into_iter().flatten().chain([Self::Portable])
    }

    /// Their usual name.
    pub fn name(self) -> &'static str {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(_) => "AVX-512",
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(_) => "AVX2",
            #[cfg(target_arch = "aarch64")]
            Self::Neon(_) => "NEON",
            Self::Portable => "portable",
        }
    }

    pub(super) fn best() -> Self {
        Self::all().next().unwrap_or(Self::Portable)
    }
}

/// What a set has for each part of the work.
pub(super) trait Set: Copy {
    type Lanes: Lanes;
    type Coder: Coder;

    fn lanes(self) -> Self::Lanes;
    fn coder(self) -> Self::Coder;
}

#[cfg(target_arch = "x86_64")]
impl Set for V4 {
    type Lanes = V3;
    type Coder = Avx512;

    #[inline(always)]
    fn lanes(self) -> V3 {
        *self
    }

    #[inline(always)]
    fn coder(self) -> Avx512 {
        Avx512::new(self)
    }
}

#[cfg(target_arch = "x86_64")]
impl Set for V3 {
    type Lanes = Self;
    type Coder = Scalar<Self>;

    #[inline(always)]
    fn lanes(self) -> Self {
        self
    }

    #[inline(always)]
    fn coder(self) -> Scalar<Self> {
        Scalar::new(self)
    }
}

#[cfg(target_arch = "aarch64")]
impl Set for Neon {
    type Lanes = Self;
    type Coder = Scalar<Self>;

    #[inline(always)]
    fn lanes(self) -> Self {
        self
    }

    #[inline(always)]
    fn coder(self) -> Scalar<Self> {
        Scalar::new(self)
    }
}

impl Set for Portable {
    type Lanes = Self;
    type Coder = Scalar<Self>;

    #[inline(always)]
    fn lanes(self) -> Self {
        self
    }

    #[inline(always)]
    fn coder(self) -> Scalar<Self> {
        Scalar::new(self)
    }
}
