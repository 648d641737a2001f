use std::time::Duration;

use crate::error::Error;
use crate::http::{Request, Response};
use crate::observe::log::REQUEST;
use crate::pipeline::Stages;

/// What is known of a request when it ends: one line of the log.
#[derive(Debug, Default)]
pub(super) struct Trace {
    /// Where the picture came from.
    pub(super) outcome: Outcome,
    /// Where the time went.
    pub(super) stages: Stages,
    error: Option<String>,
}

/// Where a picture came from.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Outcome {
    /// From the cache.
    Hit,
    /// Made for this request, or for another one at the same time.
    Miss,
    /// No picture.
    #[default]
    None,
}

impl Outcome {
    fn name(self) -> &'static str {
        match self {
            Self::Hit => "hit",
            Self::Miss => "miss",
            Self::None => "-",
        }
    }
}

impl Trace {
    /// Keeps the whole cause; the client gets less.
    pub(super) fn failed(&mut self, error: &Error) {
        self.error = Some(error.to_string());
    }

    /// Writes the line: errors of the server as errors, everything else when requests are logged.
    pub(super) fn log(&self, request: &Request<'_>, response: &Response, took: Duration) {
        let status = response.status().code();
        let micros = |stage: Duration| u64::try_from(stage.as_micros()).unwrap_or(u64::MAX);
        if status == 500 {
            let cause = self.error.as_deref().unwrap_or_default();
            tracing::error!(status, path = request.path, query = request.query, cause, "failed");
        }
        tracing::info!(
            target: REQUEST,
            status,
            path = request.path,
            query = request.query,
            cache = self.outcome.name(),
            bytes = response.body().len(),
            us = micros(took),
            gather_us = micros(self.stages.gather),
            process_us = micros(self.stages.process),
            encode_us = micros(self.stages.encode),
            cause = self.error.as_deref().unwrap_or_default(),
            "request"
        );
    }
}
