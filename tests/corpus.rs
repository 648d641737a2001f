//! Replays the inputs of all fuzz targets: their seeds, and what ever broke one of them.

#![allow(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use pyramis::codec::decode::tiff::inflate;
use pyramis::codec::decode::{jp2, jpeg, png, tiff};
use pyramis::codec::encode::jpeg as jpeg_encode;
use pyramis::fastcgi;
use pyramis::protocol::{deepzoom, iiif, iip, zoomify};

/// A function that must hold for all bytes.
type Target = fn(&[u8]);

/// The fuzz targets by their names in `tests/fuzz/Cargo.toml`.
const TARGETS: [(&str, Target); 11] = [
    ("deepzoom", deepzoom::fuzz),
    ("fastcgi", fastcgi::fuzz),
    ("iiif", iiif::fuzz),
    ("iip", iip::fuzz),
    ("inflate", inflate::fuzz),
    ("jp2", jp2::fuzz),
    ("jpeg", jpeg::fuzz),
    ("jpeg_encode", jpeg_encode::fuzz),
    ("png", png::fuzz),
    ("tiff", tiff::fuzz),
    ("zoomify", zoomify::fuzz),
];

#[test]
fn every_input_holds() {
    for (name, target) in TARGETS {
        for folder in ["tests/fuzz/corpus", "tests/corpus"] {
            for path in files(&root().join(folder).join(name)) {
                eprintln!("{}", path.display());
                target(&fs::read(path).unwrap());
            }
        }
    }
}

#[test]
fn every_target_has_seeds() {
    for (name, _) in TARGETS {
        let seeds = files(&root().join("tests/fuzz/corpus").join(name));
        assert!(seeds.len() >= 3, "{name} has {} seeds", seeds.len());
    }
}

#[test]
fn the_targets_are_those_of_the_fuzzer() {
    let manifest = fs::read_to_string(root().join("tests/fuzz/Cargo.toml")).unwrap();
    let bins = manifest.split("[[bin]]").skip(1);
    let names: BTreeSet<_> = bins.filter_map(|bin| bin.split('"').nth(1)).collect();
    assert_eq!(names, TARGETS.iter().map(|target| target.0).collect());
    for (name, _) in TARGETS {
        let path = root().join(format!("tests/fuzz/targets/{name}.rs"));
        let source = fs::read_to_string(path).unwrap();
        assert!(source.contains(&format!("{name}::fuzz(data)")), "{name}: {source}");
    }
}

#[test]
fn no_folder_of_inputs_is_without_a_target() {
    for folder in ["tests/fuzz/corpus", "tests/corpus"] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let name = entry.unwrap().file_name();
            assert!(TARGETS.iter().any(|target| *target.0 == *name), "{folder}/{}", name.display());
        }
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}
