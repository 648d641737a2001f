/// Counts of 8-bit grey values.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Histogram(Box<[u64; 256]>);
