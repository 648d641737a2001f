//! Input formats, one folder or file each.

pub mod jp2;
pub mod jpeg;
pub mod png;
pub mod tiff;

use std::sync::Arc;

use bytes::Bytes;

use super::arrange::arrange;
use super::{Blocks, Container, DecodeError, Decoder, Limits, OpenOptions, ReadAt, Scratch};
use crate::image::{Bands, Selection, TileRef};

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

/// Opens any bytes and decodes the first and last tile of each level. Must never panic.
fn fuzz(container: &dyn Container, data: &[u8], tile_bytes: usize) {
    let limits =
        Limits { directories: 16, metadata_bytes: 64 << 10, tile_bytes, ..Limits::default() };
    // Every other one with a thread that helps.
    let mut scratch = Scratch { spare: data.len() % 2, ..Scratch::default() };
    let data = Arc::new(Bytes::copy_from_slice(data));
    let Ok(decoder) = container.open(data, &limits.into()) else { return };
    let info = decoder.info();
    for (index, level) in (0..).zip(&info.levels) {
        for (column, row) in [(0, 0), (level.columns() - 1, level.rows() - 1)] {
            let at = TileRef { level: index, column, row };
            // A refusal is as good as an answer here.
            if let (Ok(raster), Some(rect)) = (
                decoder.tile(at, &Selection::default(), &mut scratch),
                level.tile_rect(column, row),
            ) {
                assert_eq!(raster.shape(), info.shape(rect.width, rect.height, &Bands::All));
            }
            let _ = decoder.stored(at);
        }
    }
}
