//! TIFF and BigTIFF.

use std::sync::Arc;

use crate::codec::{Container, DecodeError, Decoder, Limits, ReadAt};

/// The container.
#[derive(Debug)]
pub struct Tiff;

impl Container for Tiff {
    fn name(&self) -> &'static str {
        "TIFF"
    }

    fn probe(&self, head: &[u8]) -> bool {
        matches!(head, [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..])
    }

    fn open(
        &self,
        _data: Arc<dyn ReadAt>,
        _limits: &Limits,
    ) -> Result<Box<dyn Decoder>, DecodeError> {
        Err(DecodeError::Unsupported("not yet".into()))
    }
}
