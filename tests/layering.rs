//! The rule of the layers: which module may know which, as a table that equals the code.
//!
//! The sources are scanned as text: `use crate::x` and paths inside functions alike. Test code is
//! left out; it may look at everything.

#![allow(
    clippy::unwrap_used,
    clippy::string_slice,
    clippy::panic,
    reason = "a failure here is a failed test"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Each module and what it may use. An edge that is not in the code any more has to go too.
const ALLOWED: &[(&str, &[&str])] = &[
    ("allocator", &[]),
    ("cache", &["command", "image", "lock", "plan", "raster"]),
    ("codec", &["color", "command", "image", "raster"]),
    ("color", &[]),
    ("command", &[]),
    ("config", &["process"]),
    (
        "error",
        &["cache", "codec", "http", "pipeline", "plan", "process", "protocol", "store", "workers"],
    ),
    ("fastcgi", &[]),
    ("http", &[]),
    ("image", &["command", "raster"]),
    ("lock", &[]),
    ("observe", &["config"]),
    ("pipeline", &["cache", "codec", "command", "image", "plan", "process", "raster", "store"]),
    ("plan", &["codec", "command", "image", "process", "raster"]),
    ("process", &["command", "lock", "raster"]),
    ("protocol", &["command", "http", "image", "raster"]),
    ("raster", &[]),
    (
        "server",
        &[
            "cache", "codec", "command", "config", "error", "fastcgi", "http", "image", "observe",
            "pipeline", "plan", "process", "protocol", "raster", "store", "web", "workers",
        ],
    ),
    ("store", &["codec", "command", "image", "lock", "process", "raster"]),
    ("web", &["http"]),
    ("workers", &["codec", "lock"]),
];

/// Where each kind of contact with the outside is allowed: modules, or single files.
const CONTACTS: &[(&str, &[&str])] = &[
    // Sockets, timers and tasks.
    ("tokio", &["cache/flight.rs", "main.rs", "server", "workers.rs"]),
    // Files.
    ("std::fs", &["codec/read_at.rs", "main.rs", "observe", "server/listener.rs", "store"]),
    // What the compiler cannot check.
    ("unsafe_code", &["allocator.rs", "codec/decode/jp2/openjpeg.rs"]),
    // Threads.
    ("std::thread", &["pipeline/rows.rs", "server/build.rs", "workers.rs"]),
    // The environment and the command line.
    ("std::env", &["main.rs"]),
    // Clocks.
    ("Instant::now", &["pipeline", "server", "store"]),
    // The log.
    ("tracing", &["main.rs", "observe", "server"]),
];

#[test]
fn modules_use_only_what_the_table_allows() {
    let mut edges: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (path, text) in sources() {
        let module = module(&path);
        if matches!(module.as_str(), "lib" | "main") {
            continue;
        }
        let used = edges.entry(module.clone()).or_default();
        used.extend(named(&text).into_iter().filter(|other| *other != module));
    }
    let allowed: BTreeMap<_, BTreeSet<_>> = ALLOWED
        .iter()
        .map(|(module, uses)| {
            ((*module).to_owned(), uses.iter().map(|m| (*m).to_owned()).collect())
        })
        .collect();
    assert_eq!(edges.keys().collect::<Vec<_>>(), allowed.keys().collect::<Vec<_>>(), "modules");
    let mut wrong = Vec::new();
    for (module, used) in &edges {
        let added = used.difference(&allowed[module]);
        wrong.extend(added.map(|other| format!("{module} may not use {other}")));
        let gone = allowed[module].difference(used);
        wrong.extend(gone.map(|other| format!("{module} does not use {other} any more")));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_layers_have_no_cycle() {
    let mut left: BTreeMap<_, BTreeSet<_>> =
        ALLOWED.iter().map(|(module, uses)| (*module, uses.iter().copied().collect())).collect();
    while !left.is_empty() {
        let leaves: Vec<_> =
            left.iter().filter(|(_, uses)| uses.is_empty()).map(|(module, _)| *module).collect();
        assert!(!leaves.is_empty(), "a cycle among {left:?}");
        left.retain(|module, _| !leaves.contains(module));
        for uses in left.values_mut() {
            uses.retain(|module| !leaves.contains(module));
        }
    }
}

#[test]
fn only_named_places_touch_the_outside() {
    let mut wrong = Vec::new();
    for (contact, places) in CONTACTS {
        let mut unused: BTreeSet<_> = places.iter().copied().collect();
        for (path, text) in sources() {
            let path = path.to_str().unwrap();
            let matches = |place: &&str| {
                path == *place || path.strip_prefix(place).is_some_and(|at| at.starts_with('/'))
            };
            if text.contains(contact) {
                match places.iter().copied().find(matches) {
                    Some(place) => _ = unused.remove(place),
                    None => wrong.push(format!("{path} may not use {contact}")),
                }
            }
        }
        wrong.extend(unused.iter().map(|place| format!("{place} does not use {contact} any more")));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The modules named by `crate::`, also in lists such as `crate::{a, b::c}`.
fn named(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (place, _) in text.match_indices("crate::") {
        let rest = &text[place + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(list) => {
                let mut depth = 0;
                for part in list.split_inclusive([',', '{', '}']) {
                    if depth == 0 {
                        names.push(identifier(part.trim_start()));
                    }
                    match part.chars().last() {
                        Some('{') => depth += 1,
                        Some('}') if depth == 0 => break,
                        Some('}') => depth -= 1,
                        _ => {}
                    }
                }
            }
            None => names.push(identifier(rest)),
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

fn identifier(text: &str) -> String {
    text.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect()
}

/// The first part of a path below `src`.
fn module(path: &Path) -> String {
    let first = path.components().next().unwrap().as_os_str().to_str().unwrap();
    first.trim_end_matches(".rs").to_owned()
}

/// All sources below `src` by their paths there, without test code and comments.
fn sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut folders, mut found) = (vec![root.clone()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if path.is_dir() {
                if name != "tests" {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|extension| extension == "rs")
                && !TEST_FILES.contains(&name)
            {
                let text = without_tests(&fs::read_to_string(&path).unwrap());
                found.push((path.strip_prefix(&root).unwrap().to_owned(), text));
            }
        }
    }
    assert!(found.len() > 100, "{} sources", found.len());
    found
}

/// Modules that are compiled for tests only.
const TEST_FILES: &[&str] = &["fixture.rs", "testing.rs", "tests.rs"];

/// The text up to its test module, without comments.
fn without_tests(text: &str) -> String {
    let end = text.find("#[cfg(test)]\nmod tests").unwrap_or(text.len());
    let lines = text[..end].lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn names_are_found_in_every_form_of_path() {
    let text = "use crate::a::B;\nuse crate::{c, d::{E, f}, g};\nlet x = crate::h::i();\n";
    assert_eq!(named(text), ["a", "c", "d", "g", "h"]);
}
