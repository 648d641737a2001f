/// What the values of one channel of a level are like, in numbers to be told.
#[derive(Clone, Debug, PartialEq)]
pub struct ChannelStatistics {
    /// Values that count.
    pub count: u64,
    /// Values that do not: not finite, or the mark for "nothing here".
    pub missing: u64,
    /// The lowest value, if there is any.
    pub min: Option<f32>,
    /// The highest value.
    pub max: Option<f32>,
    /// The arithmetic mean.
    pub mean: Option<f64>,
    /// The standard deviation.
    pub deviation: Option<f64>,
    /// Each of [`PERCENTS`].
    pub percentiles: Vec<Option<f32>>,
    /// One for each number of parts asked for.
    pub histograms: Vec<ChannelHistogram>,
}

/// How many values are in each of equal parts of a range.
#[derive(Clone, Debug, PartialEq)]
pub struct ChannelHistogram {
    /// Lower end of the first part.
    pub min: f32,
    /// Upper end of the last part.
    pub max: f32,
    /// Values in each part.
    pub counts: Vec<u64>,
}

/// Percentiles that are told.
pub const PERCENTS: [f64; 11] = [0.5, 1.0, 2.0, 5.0, 25.0, 50.0, 75.0, 95.0, 98.0, 99.0, 99.5];
