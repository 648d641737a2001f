//! Components against those of `opj_decompress`, when it and the corpus are there.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use bytes::Bytes;

use super::super::block::{Image, Wanted};
use super::super::grid::Grid;
use super::super::parts::Parts;
use super::super::{Jp2, decode_stream, index};
use super::corpus::{corpus, files};
use crate::codec::{Container, Limits, OpenOptions, Scratch};
use crate::image::{Bands, Rect, Selection, TileRef};
use crate::raster::Samples;

/// Values of each component as the tool writes them; `None` when it refuses.
pub(super) fn reference(
    input: &Path,
    folder: &Path,
    level: u8,
    layers: u16,
) -> Option<Vec<Vec<i32>>> {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|kind| kind == "pgx") {
            fs::remove_file(path).unwrap();
        }
    }
    let done = Command::new("opj_decompress")
        .arg("-i")
        .arg(input)
        .arg("-o")
        .arg(folder.join("out.pgx"))
        .args(["-r", &level.to_string(), "-l", &layers.to_string()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    if !done.success() {
        return None;
    }
    let component = |number: u32| {
        let bytes = fs::read(folder.join(format!("out_{number}.pgx"))).ok()?;
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let (signed, data) = (head.contains('-'), &bytes[end + 1..]);
        let words: Vec<_> = head.split_whitespace().collect();
        let depth: u32 = words[words.len() - 3].trim_matches(['+', '-']).parse().unwrap();
        let width = match depth {
            ..=8 => 1,
            9..=16 => 2,
            17.. => 4,
        };
        let number = |bytes: &[u8]| {
            let value = bytes.iter().fold(0_i32, |value, byte| (value << 8) | i32::from(*byte));
            let spare = 32 - 8 * u32::try_from(width).unwrap();
            if signed { (value << spare) >> spare } else { value }
        };
        Some(data.chunks_exact(width).map(number).collect())
    };
    Some((0..).map_while(component).collect())
}

#[test]
fn components_are_those_of_opj_decompress() {
    let Some(corpus) = corpus() else { return };
    if Command::new("opj_decompress").arg("-h").stdout(Stdio::null()).status().is_err() {
        eprintln!("skipped: there is no opj_decompress");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in.j2k");
    let limits = Limits::default();
    let (mut equal, mut refused) = (0, 0);
    let mut wrong = Vec::new();
    for path in files(&corpus.join("jp2")) {
        let bytes = Bytes::from(fs::read(&path).unwrap());
        let Ok((_, stream)) = index(&bytes, &limits) else { continue };
        let place = |place| usize::try_from(place).unwrap();
        let (start, end) = (place(stream.start), place(stream.end));
        fs::write(&input, &bytes[start..end]).unwrap();
        let count = stream.size.components.len();
        if count > 16 {
            // The tool writes no more.
            continue;
        }
        let parts = Parts::read(&bytes, &stream).unwrap();
        let limit = limits.tile_bytes;
        let image = Image { source: &bytes, stream: &stream, parts: &parts, limit, helpers: 0 };
        let grid = Grid::new(&stream.size);
        let components: Vec<u16> = (0..).take(count).collect();
        let levels = stream.coding.levels(count).min(3);
        let cases = (0..=levels).map(|level| (level, 0)).chain([(0, 1)]);
        for (level, layers) in cases {
            let (width, height) = grid.size(level);
            let rect = Rect { x: 0, y: 0, width, height };
            let wanted = Wanted { level, rect, layers, components: &components };
            let name = format!("{} level {level} layers {layers}", path.display());
            let ours = image.planes(&wanted);
            let Some(theirs) = reference(&input, folder.path(), level, layers) else {
                refused += 1;
                eprintln!("opj_decompress refuses {name}; we say {:?}", ours.map(|_| ()));
                continue;
            };
            let ours = match ours {
                Ok(ours) => ours,
                Err(error) => {
                    wrong.push(format!("{name}: {error}"));
                    continue;
                }
            };
            let steps: Vec<_> =
                stream.size.components.iter().map(|component| component.step).collect();
            if count == 3 && steps.windows(2).any(|pair| pair[0] != pair[1]) {
                // The tool believes these to be sYCC and writes RGB.
                continue;
            }
            let difference = ours.iter().zip(&theirs).map(|(ours, theirs)| {
                if ours.data.len() != theirs.len() {
                    return i32::MAX;
                }
                let pairs = ours.data.iter().zip(theirs);
                pairs.map(|(ours, theirs)| (ours - theirs).abs()).max().unwrap_or(0)
            });
            // Versions of the library round lossy coefficients differently.
            match difference.max() {
                Some(0..=1) if ours.len() == theirs.len() => equal += 1,
                difference => wrong.push(format!("{name}: differs by {difference:?}")),
            }
        }
    }
    eprintln!("{equal} equal, {refused} refused by opj_decompress");
    assert_eq!(wrong, [""; 0]);
    assert!(equal > 100, "only {equal} could be compared");
}

/// Pixels of a PGM or PPM file, and its largest value.
fn picture(bytes: &[u8]) -> (Vec<u16>, u32) {
    let (mut words, mut place) = (Vec::new(), 0);
    while words.len() < 4 {
        let rest = &bytes[place..];
        if rest[0] == b'#' {
            place += rest.iter().position(|byte| *byte == b'\n').unwrap() + 1;
            continue;
        }
        let end = rest.iter().position(u8::is_ascii_whitespace).unwrap();
        let word = String::from_utf8_lossy(&rest[..end]).into_owned();
        place += end + 1;
        if !word.is_empty() {
            words.push(word);
        }
    }
    let most: u32 = words[3].parse().unwrap();
    let data = &bytes[place..];
    let wide = |pair: &[u8]| u16::from_be_bytes([pair[0], pair[1]]);
    let narrow = |byte: &u8| u16::from(*byte);
    let values = if most > 255 {
        data.chunks_exact(2).map(wide).collect()
    } else {
        data.iter().map(narrow).collect()
    };
    (values, most)
}

#[test]
fn colours_are_those_of_opj_decompress() {
    let Some(corpus) = corpus() else { return };
    if Command::new("opj_decompress").arg("-h").stdout(Stdio::null()).status().is_err() {
        eprintln!("skipped: there is no opj_decompress");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (mut equal, mut wrong) = (0, Vec::new());
    for path in files(&corpus.join("jp2")) {
        let bytes = Bytes::from(fs::read(&path).unwrap());
        let Ok(decoder) = Jp2.open(std::sync::Arc::new(bytes), &OpenOptions::default()) else {
            continue;
        };
        let info = decoder.info();
        // The tool applies profiles, which are sent along here, and writes each of two components
        // to a file of its own.
        if info.metadata.icc.is_some()
            || info.levels[0].tiles() > 1
            || !matches!(info.channels, 1 | 3 | 4)
        {
            continue;
        }
        let bands = match info.channels {
            1 => Bands::All,
            _ => Bands::first(3),
        };
        let selection = Selection { bands, layers: None };
        let at = TileRef { level: 0, column: 0, row: 0 };
        let Ok(raster) = decoder.tile(at, &selection, &mut Scratch::default()) else { continue };
        let kind = if raster.shape().channels == 1 { "pgm" } else { "ppm" };
        let out = folder.path().join("out").with_extension(kind);
        let _ = fs::remove_file(&out);
        let mut tool = Command::new("opj_decompress");
        tool.arg("-i").arg(&path).arg("-o").arg(&out).stdout(Stdio::null()).stderr(Stdio::null());
        if !tool.status().unwrap().success() || !out.exists() {
            continue;
        }
        let theirs = fs::read(&out).unwrap();
        if theirs.starts_with(b"P7") {
            // With alpha: another format.
            continue;
        }
        let (theirs, most) = picture(&theirs);
        let ours: Vec<f32> = match raster.samples() {
            Samples::U8(samples) => samples.iter().map(|s| f32::from(*s) / 255.0).collect(),
            Samples::U16(samples) => {
                let most = f32::from(u16::MAX >> (16 - info.bits));
                samples.iter().map(|s| f32::from(*s) / most).collect()
            }
            _ => continue,
        };
        #[expect(clippy::cast_precision_loss, reason = "at most 16 bits")]
        let most = most as f32;
        let pairs = ours.iter().zip(&theirs);
        let worst = pairs.map(|(a, b)| (a - f32::from(*b) / most).abs()).fold(0.0, f32::max);
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if ours.len() != theirs.len() || worst > 2.01 / 255.0 {
            wrong.push(format!("{name}: {} and {} samples, {worst}", ours.len(), theirs.len()));
        } else {
            equal += 1;
        }
    }
    eprintln!("{equal} equal");
    assert_eq!(wrong, [""; 0]);
    assert!(equal > 20, "only {equal} could be compared");
}

#[test]
fn a_stream_in_a_tiff_gives_its_components() {
    let Some(corpus) = corpus() else { return };
    let limits = Limits::default();
    let read = |name: &str| fs::read(corpus.join("jp2").join(name)).unwrap();
    // ISO/IEC 15444-4: p0_01 is 128 × 128 of 8 bits, p0_03 is signed.
    let stream = read("openjpeg-data/p0_01.j2k");
    let decoded = decode_stream(&stream, 128, 100, &limits).unwrap();
    assert_eq!((decoded.channels, decoded.bits, decoded.signed), (1, 8, false));
    assert_eq!(decoded.samples.len(), 128 * 100);
    let whole = decode_stream(&stream, 128, 128, &limits).unwrap();
    assert_eq!(decoded.samples, whole.samples[..128 * 100]);
    let signed = decode_stream(&read("openjpeg-data/p0_03.j2k"), 256, 256, &limits).unwrap();
    assert!(signed.signed && signed.bits == 4);
    let jp2 = read("pillow/test-card-lossless.jp2");
    assert_eq!(decode_stream(&jp2, 640, 480, &limits).unwrap().channels, 3);
    assert!(decode_stream(&stream, 129, 128, &limits).is_err());
    assert!(decode_stream(&stream[..50], 128, 128, &limits).is_err());
}

#[test]
fn some_bands_are_the_same_alone() {
    let Some(corpus) = corpus() else { return };
    for name in
        ["openjpeg-data/p0_06.j2k", "cantaloupe/jp2-6res-rgba-64x56x16-multitiled-lossy.jp2"]
    {
        let bytes = Bytes::from(fs::read(corpus.join("jp2").join(name)).unwrap());
        let decoder = Jp2.open(std::sync::Arc::new(bytes), &OpenOptions::default()).unwrap();
        let at = TileRef { level: 0, column: 0, row: 0 };
        let tile = |bands| {
            let selection = Selection { bands, layers: None };
            match decoder.tile(at, &selection, &mut Scratch::default()).unwrap().into_parts().1 {
                Samples::U16(samples) => samples,
                _ => panic!("not 16 bits"),
            }
        };
        let all = tile(Bands::All);
        let third: Vec<_> = all.iter().skip(2).step_by(4).copied().collect();
        assert_eq!(tile(Bands::Only([2].into())), third, "{name}");
    }
}
