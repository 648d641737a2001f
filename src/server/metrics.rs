//! What the server has done so far and does now, in the text format of Prometheus (0.0.4).

use std::fmt::{Display, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::service::Service;
use super::trace::{Outcome, Trace};
use crate::http::{Response, Status};

/// Sums since the start.
#[derive(Debug, Default)]
pub struct Counters {
    /// Answers by the first digit of their status, from 1.
    answers: [AtomicU64; 5],
    bytes: AtomicU64,
    micros: AtomicU64,
    hits: AtomicU64,
    misses: AtomicU64,
    gather: AtomicU64,
    process: AtomicU64,
    encode: AtomicU64,
}

impl Counters {
    /// Adds an answer.
    pub(super) fn count(&self, trace: &Trace, response: &Response, took: Duration) {
        let class = usize::from(response.status().code() / 100).clamp(1, 5) - 1;
        add(&self.answers[class], 1);
        add(&self.bytes, response.body().len() as u64);
        add(&self.micros, micros(took));
        match trace.outcome {
            Outcome::Hit => add(&self.hits, 1),
            Outcome::Miss => {
                add(&self.misses, 1);
                add(&self.gather, micros(trace.stages.gather));
                add(&self.process, micros(trace.stages.process));
                add(&self.encode, micros(trace.stages.encode));
            }
            Outcome::None => {}
        }
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

fn add(sum: &AtomicU64, number: u64) {
    sum.fetch_add(number, Ordering::Relaxed);
}

const MEDIA_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The page that Prometheus reads.
pub(super) fn page(service: &Service) -> Response {
    Response::with_body(Status::Ok, MEDIA_TYPE, text(service))
}

fn text(service: &Service) -> String {
    let Counters { answers, bytes, micros, hits, misses, gather, process, encode } =
        &service.counters;
    let count = |sum: &AtomicU64| sum.load(Ordering::Relaxed);
    let seconds = |sum: &AtomicU64| Duration::from_micros(count(sum)).as_secs_f64();
    let mut text = Text::default();

    text.metric("pyramis_answers_total", "counter", "Answers by the class of their status.");
    for (class, sum) in ["1xx", "2xx", "3xx", "4xx", "5xx"].iter().zip(answers) {
        text.sample(Some(("status", class)), count(sum));
    }
    text.metric("pyramis_answer_bytes_total", "counter", "Bytes of all bodies.");
    text.sample(None, count(bytes));
    text.metric("pyramis_answer_seconds_total", "counter", "Time from requests to answers.");
    text.sample(None, seconds(micros));
    text.metric("pyramis_pictures_total", "counter", "Pictures from the cache, and made.");
    text.sample(Some(("from", "cache")), count(hits));
    text.sample(Some(("from", "work")), count(misses));
    text.metric("pyramis_stage_seconds_total", "counter", "Time that pictures took to be made.");
    for (stage, sum) in [("gather", gather), ("process", process), ("encode", encode)] {
        text.sample(Some(("stage", stage)), seconds(sum));
    }

    text.metric("pyramis_cache_bytes", "gauge", "Finished pictures and decoded tiles.");
    text.sample(None, service.tiles.bytes());
    text.metric("pyramis_cache_entries", "gauge", "Finished pictures and decoded tiles.");
    text.sample(None, service.tiles.entries());
    let [tiles, regions] = service.workers.load();
    let lanes = [("tiles", tiles), ("regions", regions)];
    text.metric("pyramis_jobs_waiting", "gauge", "Jobs that wait for a thread of their lane.");
    for (lane, load) in &lanes {
        text.sample(Some(("lane", lane)), load.waiting);
    }
    text.metric("pyramis_jobs_running", "gauge", "Jobs that are worked on.");
    for (lane, load) in &lanes {
        text.sample(Some(("lane", lane)), load.running);
    }
    text.metric("pyramis_jobs_refused_total", "counter", "Jobs for which the queue was full.");
    for (lane, load) in &lanes {
        text.sample(Some(("lane", lane)), load.refused);
    }

    text.metric("pyramis_lock_waits_total", "counter", "How often a lock was not free.");
    let waits = [
        ("tile queue", lanes[0].1.lock_waits),
        ("region queue", lanes[1].1.lock_waits),
        ("flights", service.flights.lock_waits()),
        ("open images", service.images.lock_waits()),
        ("tiles asked for", service.tiles.lock_waits()),
        ("tables", service.lookups.lock_waits()),
    ];
    for (lock, waits) in waits {
        text.sample(Some(("lock", lock)), waits);
    }
    text.lines
}

#[derive(Default)]
struct Text {
    lines: String,
    name: &'static str,
}

impl Text {
    /// Begins a metric.
    fn metric(&mut self, name: &'static str, kind: &str, help: &str) {
        self.name = name;
        // Writing to a string cannot fail.
        let _ = writeln!(self.lines, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    /// Adds a value of the metric, with a label that needs no escapes.
    fn sample(&mut self, label: Option<(&str, &str)>, value: impl Display) {
        let name = self.name;
        let _ = match label {
            Some((label, of)) => writeln!(self.lines, "{name}{{{label}=\"{of}\"}} {value}"),
            None => writeln!(self.lines, "{name} {value}"),
        };
    }
}
