use bytes::Bytes;

use super::{Error, name_value};

/// The CGI variables of a request, kept as they were sent and known to be well-formed.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Params(Bytes);

impl Params {
    /// Checks a complete PARAMS stream.
    pub(super) fn new(stream: Bytes) -> Result<Self, Error> {
        let mut rest = &stream[..];
        while !rest.is_empty() {
            (_, _, rest) = name_value::split_first(rest).ok_or(Error::NameValue)?;
        }
        Ok(Self(stream))
    }

    /// Names and values in the order they were sent.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let mut rest = &self.0[..];
        std::iter::from_fn(move || {
            let (name, value, behind) = name_value::split_first(rest)?;
            rest = behind;
            Some((name, value))
        })
    }

    /// Value of this name. The last one counts, so that an operator can overwrite a variable by
    /// sending it again.
    pub fn value(&self, name: &[u8]) -> Option<&[u8]> {
        self.iter().filter(|(key, _)| *key == name).last().map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_come_in_order_and_the_last_value_counts() {
        let params = Params::new(Bytes::from_static(b"\x01\x02Axy\x01\x00B\x01\x01Az")).unwrap();
        let pairs: Vec<_> = params.iter().collect();
        assert_eq!(pairs, [(&b"A"[..], &b"xy"[..]), (b"B", b""), (b"A", b"z")]);
        assert_eq!(params.value(b"A"), Some(&b"z"[..]));
        assert_eq!(params.value(b"B"), Some(&b""[..]));
        assert_eq!(params.value(b"a"), None);
    }

    #[test]
    fn no_pairs_are_well_formed() {
        assert_eq!(Params::new(Bytes::new()).unwrap().iter().count(), 0);
    }

    #[test]
    fn a_stream_that_ends_inside_a_pair_is_refused() {
        assert_eq!(Params::new(Bytes::from_static(b"\x01\x01AB\x01")), Err(Error::NameValue));
    }
}
