//! The mark that is put on pictures, read once when the server starts.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::codec::{Blocks, DecodeError, FileReader, Limits, OpenOptions, Scratch, decode};
use crate::image::{Bands, Selection, TileRef};
use crate::process::{Mark, OpError, Share, Watermark};
use crate::raster::{Raster, Window};

/// A file that cannot be the mark. The text is written for an operator.
#[derive(Debug, thiserror::Error)]
#[error(
    "the watermark {} cannot be used: {reason}; name an image file, for example \
     --watermark /srv/watermark.png",
    path.display()
)]
pub struct WatermarkError {
    path: PathBuf,
    reason: Reason,
}

#[derive(Debug, thiserror::Error)]
enum Reason {
    #[error(transparent)]
    Decode(#[from] DecodeError),
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("it is no file")]
    NoFile,
    #[error(transparent)]
    Op(#[from] OpError),
    #[error("it has {0}x{1} pixels, and {MOST} are the most")]
    TooLarge(u32, u32),
}

/// Reads a mark from an image file of any kind that can be shown.
pub fn watermark(
    path: &Path,
    probability: Share,
    opacity: Share,
) -> Result<Watermark, WatermarkError> {
    let refused = |reason| WatermarkError { path: path.to_owned(), reason };
    let mark = read(path, opacity).map_err(refused)?;
    Ok(Watermark { mark, probability })
}

fn read(path: &Path, opacity: Share) -> Result<Mark, Reason> {
    // To open a pipe could take for ever.
    if !fs::metadata(path)?.is_file() {
        return Err(Reason::NoFile);
    }
    let limits = Limits { tile_bytes: BYTES, flat_bytes: BYTES, ..Limits::default() };
    let blocks = Arc::new(Blocks::new(BYTES as u64));
    let file = Arc::new(FileReader::new(File::open(path)?)?);
    let decoder = decode::open(file, &OpenOptions::from(limits), &blocks)?;
    let info = decoder.info();
    let (width, height) = (info.width(), info.height());
    let shape = info.shape(width, height, &Bands::All);
    let most = shape.bytes().unwrap_or(usize::MAX);
    if u64::from(width) * u64::from(height) > MOST || most > BYTES {
        return Err(Reason::TooLarge(width, height));
    }
    let level = info.level(0).ok_or_else(DecodeError::no_tile)?;
    let mut whole = Raster::zeroed(shape).map_err(DecodeError::from)?;
    let mut scratch = Scratch::default();
    for number in 0..level.tiles() {
        let (column, row) = level.position(number).ok_or_else(DecodeError::no_tile)?;
        let rect = level.tile_rect(column, row).ok_or_else(DecodeError::no_tile)?;
        let at = TileRef { level: 0, column, row };
        let tile = decoder.tile(at, &Selection::default(), &mut scratch)?;
        whole
            .paste(&tile, Window::whole(tile.shape()), rect.x, rect.y)
            .map_err(DecodeError::from)?;
    }
    let ranges: Vec<_> = info.ranges.iter().map(|range| (range.min, range.max)).collect();
    Ok(Mark::new(&whole, &ranges, opacity)?)
}

/// Pixels of the largest mark.
const MOST: u64 = 1 << 22;

/// Bytes of its samples, whatever their type.
const BYTES: usize = 64 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(path: &Path) -> String {
        watermark(path, Share::ALL, Share::ALL).unwrap_err().to_string()
    }

    #[test]
    fn what_is_no_mark_is_refused_with_a_sentence() {
        let folder = tempfile::tempdir().unwrap();
        let missing = refusal(&folder.path().join("missing.png"));
        assert!(missing.contains("missing.png") && missing.contains("--watermark"), "{missing}");
        assert!(refusal(folder.path()).contains("it is no file"));
        let text = folder.path().join("text.png");
        fs::write(&text, "no picture").unwrap();
        assert!(refusal(&text).contains("cannot be shown"));
        let wide = folder.path().join("wide.pgm");
        fs::write(&wide, "").unwrap();
        assert!(refusal(&wide).contains("empty"));
    }

    #[test]
    fn files_of_any_kind_are_marks() {
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus");
        for name in ["jp2/gray", "jpeg/rgb-422", "png/alpha-exif", "png/palette", "tiff/rgb-none"] {
            watermark(&corpus.join(name), Share::ALL, Share::ALL).unwrap();
        }
    }
}
