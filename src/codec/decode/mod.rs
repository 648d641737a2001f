//! Input formats, one folder or file each.

pub mod jp2;
pub mod jpeg;
pub mod png;
pub mod tiff;

use std::sync::Arc;

use super::arrange::arrange;
use super::{Blocks, Container, DecodeError, Decoder, OpenOptions, ReadAt};

/// All formats that can be opened, in the order they are probed.
pub const CONTAINERS: &[&dyn Container] = &[&jp2::Jp2, &jpeg::Jpeg, &png::Png, &tiff::Tiff];

/// Bytes a probe looks at.
const HEAD: usize = 16;

/// Opens a file by its content, ready to be served. Blocks that are larger than tiles are kept in
/// `blocks`.
pub fn open(
    data: Arc<dyn ReadAt>,
    options: &OpenOptions,
    blocks: &Arc<Blocks>,
) -> Result<Box<dyn Decoder>, DecodeError> {
    let mut head = [0; HEAD];
    let len = data.len().min(HEAD as u64);
    let head = &mut head[..usize::try_from(len).unwrap_or(HEAD)];
    data.read_exact_at(head, 0)?;
    let container = CONTAINERS.iter().find(|container| container.probe(head));
    let container = container.ok_or_else(|| {
        DecodeError::Unsupported(format!("the file is {}, which cannot be shown", kind(head)))
    })?;
    arrange(container.open(data, options)?, options, blocks)
}

/// A word for files of other kinds, so that the operator knows what was found.
fn kind(head: &[u8]) -> &'static str {
    const KINDS: &[(&[u8], &str)] = &[
        (b"", "empty"),
        (b"RIFF", "a WebP or other RIFF file"),
        (b"GIF8", "a GIF file"),
        (b"%PDF", "a PDF document"),
    ];
    if head.is_empty() {
        return KINDS[0].1;
    }
    KINDS[1..]
        .iter()
        .find(|(magic, _)| head.starts_with(magic))
        .map_or("of an unknown kind", |k| k.1)
}
