use std::borrow::Cow;

use super::Protocol;

/// Paths that select a protocol.
#[derive(Clone, Debug, Default)]
pub struct UriMap(Vec<Mapping>);

/// A path prefix and the protocol spoken below it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Mapping {
    /// Path segments, without slashes at the ends.
    pub prefix: String,
    /// The protocol.
    pub protocol: Protocol,
}

/// A mapping that cannot be read.
#[derive(Debug, Eq, PartialEq, thiserror::Error)]
#[error("no mapping")]
pub struct UriMapError;

/// A request string and the protocol that reads it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Route<'a> {
    /// The protocol.
    pub protocol: Protocol,
    /// What the protocol parses, as the client sent it.
    pub input: Cow<'a, str>,
}

impl UriMap {
    /// The mappings.
    pub fn mappings(&self) -> &[Mapping] {
        &self.0
    }
}
