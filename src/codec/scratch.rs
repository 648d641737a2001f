use std::fmt;

use super::decode::tiff::inflate::Inflater;

/// What a CPU thread keeps between jobs: codec handles and buffers.
///
/// A thread that panicked drops its scratch and starts with a new one.
#[derive(Default)]
pub struct Scratch {
    /// Decoders of packed bytes.
    pub unpackers: Unpackers,
    /// Compressed bytes as read from the file.
    pub stored: Vec<u8>,
    /// Decompressed bytes of a whole stored tile, before it is clipped.
    pub decoded: Vec<u8>,
    /// Pixels of a region, put together from tiles. Fresh memory for each would cost more time in
    /// the kernel than the pixels take to copy.
    pub canvas: Vec<u8>,
    /// Cores that nobody uses as the job begins: a decoder that is slow may let them help.
    pub spare: usize,
}

/// Decoders of packed bytes, made when they are first needed. They are too large to be made for
/// each tile.
#[derive(Default)]
pub struct Unpackers {
    /// zlib streams.
    pub deflate: Option<Box<Inflater>>,
    /// Zstandard frames.
    pub zstd: Option<zstd::bulk::Decompressor<'static>>,
}

impl Scratch {
    /// Largest buffers kept between jobs, in bytes; larger ones are given back.
    const KEEP: usize = 4 << 20;
    const KEEP_CANVAS: usize = 16 << 20;

    /// Gives large buffers back after a job.
    pub fn trim(&mut self) {
        self.spare = 0;
        self.keep(Self::KEEP, Self::KEEP_CANVAS);
    }

    /// Gives all buffers back: no job has come for a while.
    pub fn rest(&mut self) {
        self.keep(0, 0);
    }

    fn keep(&mut self, most: usize, most_canvas: usize) {
        let Self { unpackers: _, stored, decoded, canvas, spare: _ } = self;
        for (buffer, most) in [(stored, most), (decoded, most), (canvas, most_canvas)] {
            if buffer.capacity() > most {
                *buffer = Vec::new();
            }
        }
    }
}

impl fmt::Debug for Unpackers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unpackers").finish_non_exhaustive()
    }
}

impl fmt::Debug for Scratch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scratch").finish_non_exhaustive()
    }
}
