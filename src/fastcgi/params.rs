use bytes::Bytes;

use super::{Error, name_value};

/// Parameters of a request, checked once.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Params(Bytes);

impl Params {
    /// Parameters from the joined content of all their records.
    pub(super) fn new(bytes: Bytes) -> Result<Self, Error> {
        let mut rest = bytes.as_ref();
        while !rest.is_empty() {
            name_value::take(&mut rest).ok_or(Error::Params)?;
        }
        Ok(Self(bytes))
    }

    /// Names and values in the order they were sent.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let mut rest = self.0.as_ref();
        std::iter::from_fn(move || name_value::take(&mut rest))
    }

    /// The first value of a name.
    pub fn value(&self, name: &[u8]) -> Option<&[u8]> {
        self.iter().find(|(key, _)| *key == name).map(|(_, value)| value)
    }
}
