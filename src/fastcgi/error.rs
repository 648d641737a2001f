/// Bytes that are not FastCGI. The connection cannot go on: where the next record begins is not
/// known any more.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A begin-request body is not 8 bytes long (FastCGI 1.0, 5.1).
    #[error("begin-request record of {0} bytes")]
    BeginLength(usize),
    /// Parameters are not name-value pairs (FastCGI 1.0, 3.4).
    #[error("parameters end inside a name-value pair")]
    Params,
    /// A record of another protocol version (FastCGI 1.0, 3.3).
    #[error("record of version {0}")]
    Version(u8),
}
