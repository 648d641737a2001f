//! One directory as an image: checked once, so that decoding needs no further checks.

use super::chunks::Chunks;
use super::coding::Coding;
use super::color::Conversion;
use super::header::Source;
use super::ifd::Ifd;
use super::layout::Layout;
use super::tags;
use crate::codec::{DecodeError, Limits};
use crate::color::cmyk::Cmyk;
use crate::image::Level;

/// An image this decoder can show.
#[derive(Debug)]
pub(super) struct Page {
    /// Sizes. Its tiles are the blocks that are decoded at once.
    pub(super) level: Level,
    /// How it is divided in the file.
    pub(super) layout: Layout,
    /// Where the chunks are.
    pub(super) chunks: Chunks,
    /// How the chunks are stored.
    pub(super) coding: Coding,
}

impl Page {
    /// Checks a directory. `Unsupported` says what the file is, in words for its owner.
    pub(super) fn read(source: &Source, ifd: &Ifd, limits: &Limits) -> Result<Self, DecodeError> {
        let layout = Layout::read(source, ifd)?;
        let coding = Coding::read(source, ifd, limits)?;
        let limit =
            DecodeError::Limit { what: "size of a decoded tile", limit: limits.tile_bytes as u64 };
        // A row takes memory as it is stored, as it is unpacked and as it is shown.
        let stored = coding.chunk_bytes(layout.chunk_width, 1).ok_or_else(|| limit.clone())?;
        let decoded = coding.widest(layout.chunk_width).bytes()?;
        let most = (limits.tile_bytes / stored.max(decoded).max(1)) as u64;
        let blocks = layout.blocks(most, coding.splits());
        let (width, height) = layout.size();
        let too_large = if layout.strips { DecodeError::too_large(width, height) } else { limit };
        let level = blocks.ok_or(too_large)?;
        let planes = if coding.separate { u64::from(coding.samples) } else { 1 };
        let count = layout.chunks().checked_mul(planes);
        let count = count.ok_or_else(|| DecodeError::Malformed("it has too many chunks".into()))?;
        let chunks = Chunks::new(source, ifd, count, coding.is_packed(), limits)?;
        Ok(Self { level, layout, chunks, coding })
    }
}

/// Makes all pages convert inks by the profile of the first directory, which is read once.
pub(super) fn use_profile(
    source: &Source,
    main: &Ifd,
    pages: &mut [Page],
    limits: &Limits,
) -> Result<(), DecodeError> {
    if !pages.iter().any(|page| matches!(page.coding.conversion, Conversion::Cmyk(_))) {
        return Ok(());
    }
    let profile = match main.bytes(source, tags::ICC_PROFILE, limits.metadata_bytes) {
        // A damaged profile is as if it were not there.
        Err(DecodeError::Limit { .. } | DecodeError::Malformed(_)) => None,
        profile => profile?,
    };
    if let Some(inks) = profile.and_then(|profile| Cmyk::with_profile(&profile)) {
        for page in pages {
            page.coding.use_inks(&inks);
        }
    }
    Ok(())
}
