//! JPEG 2000: JP2 and JPX files and plain codestreams, of Part 1 and of Part 15 (HTJ2K).
//!
//! The index, that is boxes, main header and tile-parts, is read here, and every size is checked
//! here. Coefficients are decoded by `OpenJPEG`, which sees codestreams only, never boxes.
//!
//! - `boxes`, `header`: JP2 and JPX boxes, and what they say of samples and colours
//! - `codestream`, `coding`: the main header, and what a tile costs to decode
//! - `parts`: where the tile-parts are, and codestreams of some tiles
//! - `precincts`, `packets`: the order of packets in a tile, and where they are
//! - `walk`, `tag_tree`: the headers of packets, in files that do not list them
//! - `excerpt`: codestreams of the packets that an area needs
//! - `grid`: from the reference grid to pixels and samples of a level
//! - `stream`, `openjpeg`: the bytes `OpenJPEG` asks for, and the calls to it
//! - `block`: a rectangle of one level as planes of components
//! - `meaning`, `convert`: planes to a raster of grey, RGB or bands
//! - `in_tiff`: the same for TIFF tiles of this compression

mod block;
mod boxes;
mod bytes;
mod codestream;
mod coding;
mod convert;
mod decoder;
mod excerpt;
mod grid;
mod header;
mod in_tiff;
mod meaning;
mod openjpeg;
mod packets;
mod parts;
mod precincts;
mod stream;
mod tag_tree;
#[cfg(test)]
mod tests;
mod walk;

use std::sync::Arc;

use crate::codec::{Container, DecodeError, Decoder, Limits, OpenOptions, ReadAt};

use boxes::File;
use codestream::{Codestream, HighThroughput, malformed};
use decoder::Jp2Decoder;

pub use in_tiff::{Decoded, decode_stream};

/// The container.
#[derive(Debug)]
pub struct Jp2;

impl Container for Jp2 {
    fn name(&self) -> &'static str {
        "JPEG 2000"
    }

    fn probe(&self, head: &[u8]) -> bool {
        head.starts_with(SIGNATURE) || head.starts_with(CODESTREAM)
    }

    fn open(
        &self,
        data: Arc<dyn ReadAt>,
        options: &OpenOptions,
    ) -> Result<Box<dyn Decoder>, DecodeError> {
        Ok(Box::new(Jp2Decoder::open(data, &options.limits)?))
    }
}

/// The boxes, when there are any, and the main header.
fn index(source: &dyn ReadAt, limits: &Limits) -> Result<(File, Codestream), DecodeError> {
    let mut head = [0; 4];
    source.read_exact_at(&mut head, 0)?;
    let file = if head == *CODESTREAM {
        File { codestream: Some((0, source.len())), ..File::default() }
    } else {
        File::read(source, limits)?
    };
    let (start, end) = file.codestream.ok_or_else(|| malformed("it has no codestream"))?;
    let stream = Codestream::read(source, start, end, limits)?;
    Ok((file, stream))
}

/// Refuses what is known not to be decoded right.
fn openable(stream: &Codestream) -> Result<(), DecodeError> {
    let refused = |what: &str| {
        Err(DecodeError::Unsupported(format!(
            "HTJ2K with {what} cannot be shown; write the file without, or as JPEG 2000"
        )))
    };
    match stream.high_throughput {
        Some(HighThroughput { mixed: true, .. }) => {
            refused("code-blocks of the first part of JPEG 2000 among its own")
        }
        Some(HighThroughput { regions: true, .. }) => refused("regions of interest"),
        _ => Ok(()),
    }
}

/// Several layers of HTJ2K need passes that `OpenJPEG` does not have, which no header announces.
fn explain(error: DecodeError, stream: &Codestream) -> DecodeError {
    match error {
        DecodeError::Malformed(_)
            if stream.high_throughput.is_some() && stream.coding.layers > 1 =>
        {
            DecodeError::Unsupported(
                "quality layers of this HTJ2K file cannot be decoded; write it with one layer"
                    .into(),
            )
        }
        error => error,
    }
}

/// A file that would take too much memory.
fn too_large(what: &str) -> DecodeError {
    DecodeError::TooLarge(format!(
        "the JPEG 2000 file needs too much memory ({what}); convert it to tiles: \
         vips jp2ksave in.jp2 out.jp2 --tile-width 1024 --tile-height 1024 --lossless"
    ))
}

/// Opens any bytes and decodes what they hold. Must never panic.
#[doc(hidden)]
pub fn fuzz(data: &[u8]) {
    super::fuzz(&Jp2, data, 4 << 20);
}

/// The signature box (T.800, I.5.1), and SOC followed by SIZ (A.4.1).
const SIGNATURE: &[u8] = b"\0\0\0\x0cjP  \r\n\x87\n";
const CODESTREAM: &[u8; 4] = b"\xff\x4f\xff\x51";
