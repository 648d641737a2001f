use std::time::Duration;

use crate::error::Error;
use crate::http::{Request, Response};
use crate::observe::log::REQUEST;
use crate::pipeline::Stages;
use crate::store::StoreError;

/// What is known of a request when it ends: one line of the log.
#[derive(Debug, Default)]
pub(super) struct Trace {
    /// Where the picture came from.
    pub(super) outcome: Outcome,
    /// Where the time went.
    pub(super) stages: Stages,
    error: Option<String>,
    /// Only the operator can put it right.
    warns: bool,
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
        self.warns = matches!(error, Error::Store(StoreError::Mixed { .. }));
    }

    /// Writes the line: errors of the server as errors, faults in the image folder as
    /// warnings, everything else when requests are logged.
    pub(super) fn log(&self, request: &Request<'_>, response: &Response, took: Duration) {
        let status = response.status().code();
        let micros = |stage: Duration| u64::try_from(stage.as_micros()).unwrap_or(u64::MAX);
        let cause = self.error.as_deref().unwrap_or_default();
        if status == 500 {
            tracing::error!(status, path = request.path, query = request.query, cause, "failed");
        } else if self.warns {
            tracing::warn!(status, path = request.path, query = request.query, cause, "refused");
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
            cause,
            "request"
        );
    }
}
