//! The log: which events are written at which verbosity, and to where.
//!
//! Levels are those of iipsrv's `VERBOSITY`. An event says how much it matters by its `tracing`
//! level; the one line of each request has the target [`REQUEST`].
//!
//! | verbosity | written |
//! |---|---|
//! | 0 | nothing |
//! | 1 | errors, warnings, and information about the server (start, signals) |
//! | 2 | and one line for each request |
//! | 3 | and `debug` events: caches, choices |
//! | 4 | and `trace` events: times of each step |
//! | 5, 6 | and all events of libraries |

mod line;
mod sink;
mod syslog;

use std::io;
use std::path::PathBuf;

use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::{fmt, registry};

use crate::config::Log;
use line::Line;
use sink::Sink;

/// Target of the one line that each request writes: `info!(target: REQUEST, ..)`.
pub const REQUEST: &str = "pyramis::request";

/// The log cannot be set up. The text is written for an operator.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// The file cannot be opened.
    #[error(
        "LOGFILE: `{}` cannot be opened for writing ({source}); give a path that can be written, \
         `syslog`, or `-` for standard error",
        path.display()
    )]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The process logs already.
    #[error("the log is set up already")]
    Installed,
    /// The system's log is not there.
    #[error(
        "LOGFILE: the system's log at `{}` cannot be reached ({source}); give a path that can be \
         written, or `-` for standard error",
        path.display()
    )]
    Syslog {
        /// The socket.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Sends the events of this process to the log, from here on.
pub fn install(log: &Log) -> Result<(), LogError> {
    // Without a word to write, the target need not exist.
    if log.verbosity == 0 {
        return Ok(());
    }
    let subscriber = subscriber(log.verbosity, Sink::open(&log.target)?);
    tracing::subscriber::set_global_default(subscriber).map_err(|_| LogError::Installed)
}

fn subscriber(verbosity: u8, sink: Sink) -> impl Subscriber + Send + Sync {
    let format = Line { timed: !matches!(sink, Sink::Syslog(_)) };
    // A full disk is no reason to write to standard error on every request.
    let layer = fmt::layer()
        .with_ansi(false)
        .log_internal_errors(false)
        .event_format(format)
        .with_writer(sink);
    registry().with(layer.with_filter(filter_fn(move |event| is_written(event, verbosity))))
}

/// Whether an event is written at a verbosity.
fn is_written(event: &Metadata<'_>, verbosity: u8) -> bool {
    let least = match *event.level() {
        Level::INFO if event.target() == REQUEST => 2,
        Level::ERROR | Level::WARN | Level::INFO => 1,
        Level::DEBUG => 3,
        Level::TRACE => 4,
    };
    let ours = event.target().split("::").next() == Some(env!("CARGO_CRATE_NAME"));
    let least = if ours || *event.level() <= Level::WARN { least } else { 5 };
    verbosity >= least
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::LogTarget;
    use std::fs;
    use tracing::{debug, error, info, trace, warn};

    /// What a verbosity leaves of one event of each kind, without timestamps.
    fn written(verbosity: u8, events: impl Fn()) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let sink = Sink::open(&LogTarget::File(path.clone())).unwrap();
        tracing::subscriber::with_default(subscriber(verbosity, sink), events);
        let text = fs::read_to_string(path).unwrap();
        text.lines().map(|line| line.split_once(' ').unwrap().1.to_owned()).collect()
    }

    #[test]
    fn verbosity_chooses_events_as_in_iipsrv() {
        let events = || {
            error!("e");
            warn!("w");
            info!("i");
            info!(target: REQUEST, "r");
            debug!("d");
            trace!("t");
            info!(target: "hyper::proto", "h");
            error!(target: "hyper::proto", "x");
        };
        let all =
            ["ERROR e", "WARN w", "INFO i", "INFO r", "DEBUG d", "TRACE t", "INFO h", "ERROR x"];
        for (verbosity, expected) in [
            (0, ""),
            (1, "ewix"),
            (2, "ewirx"),
            (3, "ewirdx"),
            (4, "ewirdtx"),
            (5, "ewirdthx"),
            (6, "ewirdthx"),
        ] {
            let expected: Vec<&str> = all
                .into_iter()
                .filter(|line| line.chars().last().is_some_and(|last| expected.contains(last)))
                .collect();
            assert_eq!(written(verbosity, events), expected, "verbosity {verbosity}");
        }
    }

    #[test]
    fn a_request_cannot_forge_a_line() {
        let lines = written(2, || {
            info!(target: REQUEST, path = "/a\n2026-01-01 ERROR \u{1b}[31mowned", status = 200, "a\rb");
            info!(error = %"x\u{2028}\u{85}y", image = ?"q\"\n", "ok");
        });
        assert_eq!(
            lines,
            [
                r#"INFO a\rb path="/a\n2026-01-01 ERROR \u{1b}[31mowned" status=200"#,
                r#"INFO ok error=x\u{2028}\u{85}y image="q\"\n""#,
            ]
        );
    }

    #[test]
    fn a_log_that_cannot_be_written_says_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("missing/log");
        let log = Log { verbosity: 1, target: LogTarget::File(path.clone()) };
        assert_eq!(
            install(&log).unwrap_err().to_string(),
            format!(
                "LOGFILE: `{}` cannot be opened for writing (No such file or directory (os error \
                 2)); give a path that can be written, `syslog`, or `-` for standard error",
                path.display()
            )
        );
    }

    #[test]
    fn a_silent_server_opens_no_log() {
        let target = LogTarget::File("/missing/folder/log".into());
        assert!(install(&Log { verbosity: 0, target }).is_ok());
    }
}
