use super::SampleType;

/// The samples of a raster, in their own type.
#[derive(Clone, Debug, PartialEq)]
pub enum Samples {
    /// Single precision floating point.
    F32(Vec<f32>),
    /// 16-bit unsigned.
    U16(Vec<u16>),
    /// 32-bit unsigned.
    U32(Vec<u32>),
    /// 8-bit unsigned.
    U8(Vec<u8>),
}

impl Samples {
    /// Number of samples.
    pub fn len(&self) -> usize {
        match self {
            Self::F32(samples) => samples.len(),
            Self::U16(samples) => samples.len(),
            Self::U32(samples) => samples.len(),
            Self::U8(samples) => samples.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Type of the samples.
    pub fn sample_type(&self) -> SampleType {
        match self {
            Self::F32(_) => SampleType::F32,
            Self::U16(_) => SampleType::U16,
            Self::U32(_) => SampleType::U32,
            Self::U8(_) => SampleType::U8,
        }
    }
}
