//! The page for Prometheus, seen from outside.

#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    reason = "a failure here is a failed test, and counts are exact"
)]

mod support;

use std::collections::BTreeMap;

use support::{Server, http};

/// All samples by their names with labels.
fn metrics(server: &Server) -> BTreeMap<String, f64> {
    let answer = http::request(server.http(), "GET", "/metrics", &[], &[]).expect(200);
    assert_eq!(answer.header("Content-Type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    let text = answer.text();
    let samples = text.lines().filter(|line| !line.starts_with('#'));
    let sample = |line: &str| {
        let (name, value) = line.rsplit_once(' ').expect("a name and a value");
        let described =
            text.contains(&format!("# TYPE {} ", name.split('{').next().unwrap_or(name)));
        assert!(described, "{line}");
        (name.to_owned(), value.parse().expect("a number"))
    };
    samples.map(sample).collect()
}

#[test]
fn answers_and_pictures_are_counted() {
    let server = Server::start();
    let before = metrics(&server);
    let ask =
        |path: &str, status| http::request(server.http(), "GET", path, &[], &[]).expect(status);
    let tile = "/iiif/a.tif/0,0,256,256/256,256/0/default.jpg";
    let first = ask(tile, 200).body.len();
    ask(tile, 200);
    ask("/iiif/missing.tif/info.json", 404);
    let after = metrics(&server);
    let grown = |name: &str| after[name] - before[name];
    assert_eq!(grown("pyramis_answers_total{status=\"2xx\"}"), 2.0);
    assert_eq!(grown("pyramis_answers_total{status=\"4xx\"}"), 1.0);
    assert_eq!(grown("pyramis_pictures_total{from=\"work\"}"), 1.0);
    assert_eq!(grown("pyramis_pictures_total{from=\"cache\"}"), 1.0);
    assert!(grown("pyramis_answer_bytes_total") >= 2.0 * f64::from(u32::try_from(first).unwrap()));
    assert!(grown("pyramis_answer_seconds_total") > 0.0);
    assert!(after["pyramis_cache_entries"] >= 1.0);
    assert_eq!(after["pyramis_jobs_waiting{lane=\"tiles\"}"], 0.0);
    assert!(after.contains_key("pyramis_lock_waits_total{lock=\"flights\"}"));
}
