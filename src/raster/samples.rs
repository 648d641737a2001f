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
        let mut samples = Self::with_capacity(sample, count)?;
        with_samples!(&mut samples, samples => samples.resize(count, Default::default()));
        Ok(samples)
    }

    /// None, but room for so many, or an error when there is no memory for them.
    pub fn with_capacity(sample: SampleType, count: usize) -> Result<Self, ShapeError> {
        let mut samples = match sample {
            SampleType::F32 => Self::F32(Vec::new()),
            SampleType::U16 => Self::U16(Vec::new()),
            SampleType::U32 => Self::U32(Vec::new()),
            SampleType::U8 => Self::U8(Vec::new()),
        };
        samples.reserve(count)?;
        Ok(samples)
    }

    fn reserve(&mut self, count: usize) -> Result<(), ShapeError> {
        with_samples!(self, samples => samples.try_reserve_exact(count))
            .map_err(|_| ShapeError::TooLarge)
    }

    /// Adds others of the same type behind them.
    pub fn append(&mut self, others: &Self) -> Result<(), ShapeError> {
        self.reserve(others.len())?;
        match (self, others) {
            (Self::F32(to), Self::F32(from)) => to.extend_from_slice(from),
            (Self::U16(to), Self::U16(from)) => to.extend_from_slice(from),
            (Self::U32(to), Self::U32(from)) => to.extend_from_slice(from),
            (Self::U8(to), Self::U8(from)) => to.extend_from_slice(from),
            (to, from) => {
                let (shape, samples) = (to.sample_type(), from.sample_type());
                return Err(ShapeError::Type { shape, samples });
            }
        }
        Ok(())
    }

    /// Takes away the first ones and puts zeros at the end until there are so many.
    pub(super) fn shift(&mut self, away: usize, count: usize) -> Result<(), ShapeError> {
        let away = away.min(self.len());
        self.reserve(count.saturating_sub(self.len()))?;
        with_samples!(self, samples => {
            samples.drain(..away);
            samples.resize(count, Default::default());
        });
        Ok(())
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
