//! Files of other writers, when the corpus is there.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::super::Jp2;
use crate::codec::{Container, DecodeError, Decoder, FileReader, OpenOptions, Scratch};
use crate::image::{Selection, TileRef};
use crate::raster::Samples;

/// Where the corpus is; `None`, with a message, when it is not there.
pub(super) fn corpus() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let path = std::env::var_os("PYRAMIS_CORPUS").map_or(path, PathBuf::from);
    if path.join("index.tsv").is_file() {
        return Some(path);
    }
    eprintln!("skipped: there is no corpus at {}", path.display());
    None
}

/// The JPEG 2000 files below a folder of the corpus.
pub(super) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let kind = path.extension().and_then(|kind| kind.to_str()).unwrap_or_default();
            if path.is_dir() {
                folders.push(path);
            } else if matches!(kind, "jp2" | "jpx" | "j2k" | "j2c") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

fn open(path: &Path) -> Result<Box<dyn Decoder>, DecodeError> {
    Jp2.open(Arc::new(FileReader::new(File::open(path)?)?), &OpenOptions::default())
}

/// Decodes each level and gives the samples of the first as floats, when it is one block.
fn decode_all(decoder: &dyn Decoder) -> Result<Option<Vec<f32>>, DecodeError> {
    let mut scratch = Scratch::default();
    let mut full = None;
    let info = decoder.info();
    for (index, level) in (0..).zip(&info.levels) {
        for number in 0..level.tiles() {
            let (column, row) = level.position(number).unwrap();
            let at = TileRef { level: index, column, row };
            let selection = Selection::default();
            let raster = decoder.tile(at, &selection, &mut scratch)?;
            let rect = level.tile_rect(column, row).unwrap();
            assert_eq!(raster.shape(), info.shape(rect.width, rect.height, &selection.bands));
            if (index, level.tiles()) == (0, 1) {
                full = Some(match raster.samples() {
                    Samples::U8(samples) => samples.iter().map(|s| f32::from(*s)).collect(),
                    Samples::U16(samples) => samples.iter().map(|s| f32::from(*s)).collect(),
                    Samples::F32(samples) => samples.clone(),
                    Samples::U32(_) => panic!("no such samples"),
                });
            }
        }
    }
    Ok(full)
}

/// Codestreams without a file format around them, and not large.
pub(super) fn streams(corpus: &Path) -> impl Iterator<Item = (PathBuf, Vec<u8>)> {
    files(&corpus.join("jp2")).into_iter().filter_map(|path| {
        let bytes = fs::read(&path).unwrap();
        (bytes.starts_with(&[0xff, 0x4f]) && bytes.len() < 200_000).then_some((path, bytes))
    })
}

/// A length that is odd puts out of step who looks for markers at even places.
#[test]
fn helpers_change_nothing() {
    let Some(corpus) = corpus() else { return };
    let mut equal = 0;
    for path in files(&corpus.join("jp2")) {
        let Ok(decoder) = open(&path) else { continue };
        for (index, level) in (0..).zip(&decoder.info().levels) {
            let (column, row) = level.position(level.tiles() / 2).unwrap();
            let at = TileRef { level: index, column, row };
            let tile = |spare| {
                let mut scratch = Scratch { spare, ..Scratch::default() };
                decoder.tile(at, &Selection::default(), &mut scratch)
            };
            let (alone, helped) = (tile(0), tile(3));
            assert_eq!(alone.is_ok(), helped.is_ok(), "{} {at:?}", path.display());
            if let (Ok(alone), Ok(helped)) = (alone, helped) {
                assert_eq!(alone.samples(), helped.samples(), "{} {at:?}", path.display());
                equal += 1;
            }
        }
    }
    assert!(equal > 100, "only {equal} could be compared");
}

#[test]
fn segments_that_nobody_knows_change_nothing() {
    let Some(corpus) = corpus() else { return };
    let decode = |bytes: Vec<u8>| {
        let decoder = Jp2.open(Arc::new(Bytes::from(bytes)), &OpenOptions::default())?;
        decode_all(&*decoder)
    };
    let mut count = 0;
    for (path, bytes) in streams(&corpus) {
        let Ok(expected) = decode(bytes.clone()) else { continue };
        let behind_size = 4 + usize::from(u16::from_be_bytes([bytes[4], bytes[5]]));
        let mut strange = bytes;
        strange.splice(behind_size..behind_size, [0xff, 0x43, 0, 5, 0xff, 0x90, 7]);
        assert_eq!(decode(strange).unwrap(), expected, "{}", path.display());
        count += 1;
    }
    assert!(count > 10, "{count} files");
}

/// Areas of HTJ2K are wrong in `OpenJPEG`, whole tiles are not.
#[test]
fn a_tile_that_is_asked_for_first_is_that_of_the_whole() {
    let Some(corpus) = corpus() else { return };
    let mut count = 0;
    for path in files(&corpus.join("jp2/openhtj2k")) {
        let Ok(first) = open(&path) else { continue };
        let levels = first.info().levels.clone();
        for (index, level) in (0..).zip(&levels) {
            let at = |number| {
                let (column, row) = level.position(number).unwrap();
                TileRef { level: index, column, row }
            };
            let last = at(level.tiles() - 1);
            let tile = |decoder: &dyn Decoder, at| {
                decoder.tile(at, &Selection::default(), &mut Scratch::default())
            };
            // One alone, and the same after all the others.
            let Ok(alone) = tile(&*open(&path).unwrap(), last) else { continue };
            let decoder = open(&path).unwrap();
            for number in 0..level.tiles() - 1 {
                tile(&*decoder, at(number)).unwrap();
            }
            assert_eq!(alone, tile(&*decoder, last).unwrap(), "{} {index}", path.display());
            count += 1;
        }
    }
    assert!(count > 10, "{count} levels");
}

#[test]
fn valid_files_are_shown_or_refused_with_a_reason() {
    let Some(corpus) = corpus() else { return };
    let index = fs::read_to_string(corpus.join("index.tsv")).unwrap();
    let mut lines = index.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let names = lines.next().unwrap();
    let rows: BTreeMap<_, _> = lines.map(|row| (row[0].to_owned(), row)).collect();
    let get = |path: &Path, name: &str| {
        let path = path.strip_prefix(&corpus).unwrap().to_str().unwrap();
        let column = names.iter().position(|column| *column == name).unwrap();
        rows.get(path).and_then(|row| row.get(column)).copied().unwrap_or_default().to_owned()
    };
    let mut counts = BTreeMap::<_, [u32; 4]>::new();
    let mut wrong = Vec::new();
    for path in files(&corpus.join("jp2")) {
        let folder = path.parent().unwrap().file_name().unwrap().to_owned();
        let counts = counts.entry(folder).or_default();
        let start = Instant::now();
        let result = open(&path).and_then(|decoder| Ok((decode_all(&*decoder)?, decoder)));
        let (pixels, decoder) = match result {
            Ok(done) => done,
            Err(error @ (DecodeError::Unsupported(_) | DecodeError::TooLarge(_))) => {
                eprintln!("refused {}: {error}", path.display());
                counts[2] += 1;
                continue;
            }
            // The file ends in its main header.
            Err(_) if path.ends_with("pillow/balloon_eciRGBv2_aware.jp2") => {
                counts[2] += 1;
                continue;
            }
            Err(error) => {
                wrong.push(format!("{}: {error}", path.display()));
                counts[3] += 1;
                continue;
            }
        };
        let info = decoder.info();
        let size = format!("{}x{}", info.width(), info.height());
        let seen = get(&path, "vips_seen");
        if !seen.is_empty() && seen.split(' ').next() != Some(&size) {
            wrong.push(format!("{}: {size}, not {seen}", path.display()));
            counts[3] += 1;
            continue;
        }
        let sums = get(&path, "gdal_checksums");
        let channels = usize::from(info.channels);
        let ours = pixels.filter(|_| sums.split(',').count() == channels).map(|pixels| {
            let bands = (0..channels).map(|band| pixels.iter().skip(band).step_by(channels));
            bands.map(|band| checksum(band.copied()).to_string()).collect::<Vec<_>>().join(",")
        });
        match ours {
            Some(ours) if !sums.is_empty() && !sums.contains("ERR") => {
                if ours == sums {
                    counts[1] += 1;
                } else {
                    eprintln!("other sums {}: {ours}, not {sums}", path.display());
                    counts[0] += 1;
                }
            }
            _ => counts[0] += 1,
        }
        eprintln!("{:?} {} {} {:?}", start.elapsed(), path.display(), size, info.color);
    }
    for (folder, [shown, equal, refused, failed]) in &counts {
        eprintln!(
            "{folder:?}: {shown} shown, {equal} as with GDAL, {refused} refused, {failed} wrong"
        );
    }
    assert_eq!(wrong, [""; 0]);
}

/// The checksum of a band as the tools of GDAL print it.
#[expect(clippy::cast_possible_truncation, reason = "whole samples")]
fn checksum(band: impl Iterator<Item = f32>) -> i32 {
    const PRIMES: [i32; 11] = [7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43];
    band.zip(PRIMES.iter().cycle())
        .fold(0, |sum, (value, prime)| (sum + value as i32 % prime) & 0xffff)
}

#[test]
fn damaged_files_are_answered_soon() {
    let Some(corpus) = corpus() else { return };
    let (mut shown, mut refused) = (0, 0);
    for path in files(&corpus.join("malformed")) {
        let start = Instant::now();
        match open(&path).and_then(|decoder| decode_all(&*decoder)) {
            Ok(_) => shown += 1,
            Err(error) => {
                refused += 1;
                eprintln!("{}: {error}", path.display());
            }
        }
        assert!(start.elapsed() < Duration::from_secs(2), "{}", path.display());
    }
    eprintln!("{shown} shown, {refused} refused");
    assert!(shown + refused > 20);
}
