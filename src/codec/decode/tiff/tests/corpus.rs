//! Files of other writers, when the corpus is there.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::super::{Tiff, testing};
use crate::codec::decode;
use crate::codec::{Blocks, Container, DecodeError, Decoder, FileReader, OpenOptions};
use crate::image::Selection;
use crate::raster::{Raster, Samples};

/// Where the corpus is; `None`, with a message, when it is not there.
fn corpus() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    if path.join("index.tsv").is_file() {
        return Some(path);
    }
    eprintln!("skipped: there is no corpus at {}", path.display());
    None
}

/// A row of the index: the path, and the values by their column.
struct Row<'a> {
    names: &'a [&'a str],
    values: Vec<&'a str>,
}

impl Row<'_> {
    fn get(&self, name: &str) -> &str {
        let column = self.names.iter().position(|column| *column == name).unwrap();
        self.values.get(column).copied().unwrap_or_default()
    }
}

fn open(path: &Path) -> Result<Box<dyn Decoder>, DecodeError> {
    let blocks = Arc::new(Blocks::new(64 << 20));
    let file = FileReader::new(File::open(path)?)?;
    decode::open(Arc::new(file), &OpenOptions::default(), &blocks)
}

/// The decoder alone, without turning and cutting.
fn as_stored(path: &Path) -> Result<Box<dyn Decoder>, DecodeError> {
    Tiff.open(Arc::new(FileReader::new(File::open(path)?)?), &OpenOptions::default())
}

/// The checksum of a band as the tools of GDAL print it.
fn checksum(band: impl Iterator<Item = i32>) -> i32 {
    const PRIMES: [i32; 11] = [7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43];
    band.zip(PRIMES.iter().cycle()).fold(0, |sum, (value, prime)| (sum + value % prime) & 0xffff)
}

/// The samples as GDAL counts them: those of the file, rounded, and limited to 32 bits.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the conversion of a float to an integer saturates; samples are exact"
)]
fn stored(raster: &Raster, row: &Row<'_>) -> Vec<i32> {
    let bits: u32 = row.get("bits").parse().unwrap();
    let most = u32::MAX >> 32_u32.saturating_sub(bits);
    let inverted = row.get("photometric") == "min-is-white";
    let integer = |value: u32| {
        let value = if inverted { most - value } else { value };
        i32::try_from(value).unwrap_or(i32::MAX)
    };
    let signed_byte = bits == 8;
    let number = |value: f32| {
        let value = if inverted { -value } else { value };
        match value {
            value if !value.is_finite() => i32::MIN,
            // GDAL takes them as unsigned.
            value if signed_byte => (value as i32) & 0xff,
            value => ((f64::from(value) + 0.5).floor() as i32).max(-i32::MAX),
        }
    };
    match raster.samples() {
        Samples::F32(samples) => samples.iter().map(|value| number(*value)).collect(),
        Samples::U16(samples) => samples.iter().map(|value| integer((*value).into())).collect(),
        Samples::U32(samples) => samples.iter().map(|value| integer(*value)).collect(),
        Samples::U8(samples) => {
            samples.iter().map(|value| integer(u32::from(*value) >> (8 - bits))).collect()
        }
    }
}

#[test]
fn lossless_files_decode_as_with_gdal() {
    let Some(corpus) = corpus() else { return };
    let index = fs::read_to_string(corpus.join("index.tsv")).unwrap();
    let mut lines = index.lines();
    let names: Vec<_> = lines.next().unwrap().split('\t').collect();
    let (mut same, mut other, mut refused, mut wrong) = (0, 0, Vec::new(), Vec::new());
    for line in lines {
        let row = Row { names: &names, values: line.split('\t').collect() };
        // GDAL cannot read all of these files itself.
        let known =
            row.get("expect") == "valid-expected" && !row.get("gdal_checksums").contains("ERR");
        if row.get("kind") != "tiff" || !known {
            continue;
        }
        let path = corpus.join(row.get("path"));
        let found = as_stored(&path)
            .and_then(|decoder| testing::raster(&*decoder, 0, &Selection::default()));
        let raster = match found {
            Ok(raster) => raster,
            Err(error @ (DecodeError::Unsupported(_) | DecodeError::TooLarge(_))) => {
                refused.push(format!("{}: {error}", row.get("path")));
                continue;
            }
            Err(error) => {
                wrong.push(format!("{}: {error}", row.get("path")));
                continue;
            }
        };
        // Lossy samples, those that become other colours, and those single precision cannot hold.
        let sums = row.get("gdal_checksums");
        let plain =
            matches!(row.get("photometric"), "" | "min-is-black" | "min-is-white" | "RGB color");
        let wide = row.get("bits") == "64" && !row.get("sample_format").contains("floating");
        if !plain || wide || row.get("compression").contains("JPEG") || sums.is_empty() {
            other += 1;
            continue;
        }
        let samples = stored(&raster, &row);
        let channels = usize::from(raster.shape().channels);
        let bands = (0..channels).map(|band| samples.iter().copied().skip(band).step_by(channels));
        let ours: Vec<_> = bands.map(|band| checksum(band).to_string()).collect();
        if ours.join(",") == sums {
            same += 1;
        } else {
            wrong.push(format!("{}: {} and not {sums}", row.get("path"), ours.join(",")));
        }
    }
    eprintln!("{same} as with GDAL, {other} shown without comparison");
    eprintln!("{} refused:\n{}", refused.len(), refused.join("\n"));
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(same > 200, "only {same} files could be compared");
}

#[test]
fn every_file_is_answered_soon() {
    let Some(corpus) = corpus() else { return };
    let mut folders = vec![corpus];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let start = Instant::now();
            if let Ok(decoder) = open(&path) {
                // The largest level is left out: this is about damaged files, which are small.
                for level in 0..u8::try_from(decoder.info().levels.len()).unwrap() {
                    if decoder.info().levels[usize::from(level)].tiles() < 200 {
                        let _ = testing::raster(&*decoder, level, &Selection::default());
                    }
                }
            }
            assert!(start.elapsed() < Duration::from_secs(2), "{}", path.display());
        }
    }
}
