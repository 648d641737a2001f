//! Files of other writers, when the corpus is there.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::super::testing;
use crate::codec::decode;
use crate::codec::{Blocks, DecodeError, Decoder, FileReader, OpenOptions};

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
    let blocks = Arc::new(Blocks::new(1 << 20));
    let file = FileReader::new(File::open(path)?)?;
    decode::open(Arc::new(file), &OpenOptions::default(), &blocks)
}

/// The checksum of a band as the tools of GDAL print it.
fn checksum(band: impl Iterator<Item = u8>) -> u32 {
    const PRIMES: [u32; 11] = [7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43];
    band.zip(PRIMES.iter().cycle())
        .fold(0, |sum, (value, prime)| (sum + u32::from(value) % prime) & 0xffff)
}

#[test]
fn lossless_files_decode_as_with_gdal() {
    let Some(corpus) = corpus() else { return };
    let index = fs::read_to_string(corpus.join("index.tsv")).unwrap();
    let mut lines = index.lines();
    let names: Vec<_> = lines.next().unwrap().split('\t').collect();
    let mut compared = 0;
    for line in lines {
        let row = Row { names: &names, values: line.split('\t').collect() };
        let sums = row.get("gdal_checksums");
        let valid = row.get("kind") == "tiff" && row.get("expect") == "valid-expected";
        if !valid || row.get("compression").contains("JPEG") || sums.is_empty() {
            continue;
        }
        let path = corpus.join(row.get("path"));
        let decoder = match open(&path) {
            Ok(decoder) => decoder,
            Err(DecodeError::Unsupported(_)) => continue,
            Err(error) => panic!("{}: {error}", path.display()),
        };
        let channels = usize::from(decoder.info().channels);
        let pixels = testing::level(&*decoder, 0).unwrap();
        let bands = (0..channels).map(|band| pixels.iter().copied().skip(band).step_by(channels));
        let ours: Vec<_> = bands.map(|band| checksum(band).to_string()).collect();
        assert_eq!(ours.join(","), sums, "{}", path.display());
        compared += 1;
    }
    assert!(compared > 15, "only {compared} files could be compared");
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
                        let _ = testing::level(&*decoder, level);
                    }
                }
            }
            assert!(start.elapsed() < Duration::from_secs(2), "{}", path.display());
        }
    }
}
