use std::fmt;

/// What a CPU thread keeps between jobs: codec handles and buffers.
///
/// A thread that panicked drops its scratch and starts with a new one.
#[derive(Default)]
pub struct Scratch {
    /// Deflate decoder.
    pub inflate: Option<libdeflater::Decompressor>,
    /// Compressed bytes as read from the file.
    pub stored: Vec<u8>,
    /// Decompressed bytes of a whole stored tile, before it is clipped.
    pub decoded: Vec<u8>,
}

impl Scratch {
    /// Largest buffer kept between jobs, in bytes; larger ones are given back.
    const KEEP: usize = 4 << 20;

    /// Gives large buffers back after a job.
    pub fn trim(&mut self) {
        for buffer in [&mut self.stored, &mut self.decoded] {
            if buffer.capacity() > Self::KEEP {
                *buffer = Vec::new();
            }
        }
    }
}

impl fmt::Debug for Scratch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scratch").finish_non_exhaustive()
    }
}
