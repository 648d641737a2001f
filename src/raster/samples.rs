use super::{SampleType, ShapeError};

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

/// Runs one expression with the vector of each type.
macro_rules! with_samples {
    ($samples:expr, $vector:ident => $result:expr) => {
        match $samples {
            $crate::raster::Samples::F32($vector) => $result,
            $crate::raster::Samples::U16($vector) => $result,
            $crate::raster::Samples::U32($vector) => $result,
            $crate::raster::Samples::U8($vector) => $result,
        }
    };
}

pub(crate) use with_samples;

impl Samples {
    /// So many zeros, or an error when there is no memory for them.
    pub fn zeroed(sample: SampleType, count: usize) -> Result<Self, ShapeError> {
        fn zeros<T: Copy + Default>(count: usize) -> Result<Vec<T>, ShapeError> {
            let mut samples = Vec::new();
            samples.try_reserve_exact(count).map_err(|_| ShapeError::TooLarge)?;
            samples.resize(count, T::default());
            Ok(samples)
        }
        Ok(match sample {
            SampleType::F32 => Self::F32(zeros(count)?),
            SampleType::U16 => Self::U16(zeros(count)?),
            SampleType::U32 => Self::U32(zeros(count)?),
            SampleType::U8 => Self::U8(zeros(count)?),
        })
    }

    /// The value of a sample, exactly.
    pub fn value(&self, index: usize) -> Option<f64> {
        with_samples!(self, samples => samples.get(index).map(|value| f64::from(*value)))
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        with_samples!(self, samples => samples.len())
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
