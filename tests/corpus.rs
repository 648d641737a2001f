//! Replays the inputs of the fuzz targets, and every input that ever broke one.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use pyramis::{codec, fastcgi, protocol};

/// The targets of `tests/fuzz`.
fn targets() -> BTreeMap<&'static str, fn(&[u8])> {
    BTreeMap::from([
        ("deepzoom", protocol::deepzoom::fuzz as fn(&[u8])),
        ("fastcgi", fastcgi::fuzz),
        ("iiif", protocol::iiif::fuzz),
        ("iip", protocol::iip::fuzz),
        ("tiff", codec::decode::tiff::fuzz),
        ("zoomify", protocol::zoomify::fuzz),
    ])
}

/// All files of a folder and of the folders in it.
fn inputs(folder: &Path) -> Vec<Vec<u8>> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let inputs = entries.map(|entry| entry.unwrap().path()).flat_map(|path| {
        if path.is_dir() { inputs(&path) } else { vec![fs::read(&path).unwrap()] }
    });
    inputs.collect()
}

#[test]
fn every_seed_of_every_target_holds() {
    for (name, target) in targets() {
        let seeds = inputs(&Path::new("tests/fuzz/corpus").join(name));
        assert!(!seeds.is_empty(), "{name} has no seeds");
        for seed in seeds {
            target(&seed);
        }
    }
}

/// Inputs that broke a target lie in `tests/corpus/<target>/`, by class of failure.
#[test]
fn what_broke_us_once_holds_now() {
    for (name, target) in targets() {
        for input in inputs(&Path::new("tests/corpus").join(name)) {
            target(&input);
        }
    }
}

#[test]
fn the_targets_are_those_that_are_built() {
    let manifest = fs::read_to_string("tests/fuzz/Cargo.toml").unwrap();
    let built: Vec<_> =
        manifest.split("[[bin]]").skip(1).map(|table| table.split('"').nth(1).unwrap()).collect();
    assert_eq!(built, targets().into_keys().collect::<Vec<_>>());
}
