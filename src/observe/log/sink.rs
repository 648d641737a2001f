//! Where lines go.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};

use tracing::{Level, Metadata};
use tracing_subscriber::fmt::MakeWriter;

use super::LogError;
use super::syslog::{self, Syslog};
use crate::config::LogTarget;

/// An open log.
#[derive(Debug)]
pub(super) enum Sink {
    File(File),
    Stderr,
    Stdout,
    Syslog(Syslog),
}

impl Sink {
    pub(super) fn open(target: &LogTarget) -> Result<Self, LogError> {
        match target {
            LogTarget::File(path) => OpenOptions::new()
                .append(true)
                .create(true)
                .open(path)
                .map(Self::File)
                .map_err(|source| LogError::File { path: path.clone(), source }),
            LogTarget::Stderr => Ok(Self::Stderr),
            LogTarget::Stdout => Ok(Self::Stdout),
            LogTarget::Syslog => Syslog::open(syslog::SOCKET.as_ref())
                .map(Self::Syslog)
                .map_err(|source| LogError::Syslog { path: syslog::SOCKET.into(), source }),
        }
    }
}

impl<'a> MakeWriter<'a> for Sink {
    type Writer = LineWriter<'a>;

    fn make_writer(&'a self) -> LineWriter<'a> {
        LineWriter { sink: self, level: Level::INFO }
    }

    fn make_writer_for(&'a self, event: &Metadata<'_>) -> LineWriter<'a> {
        LineWriter { sink: self, level: *event.level() }
    }
}

/// Writes one line in one piece, so that lines of several threads never mix.
pub(super) struct LineWriter<'a> {
    sink: &'a Sink,
    level: Level,
}

impl Write for LineWriter<'_> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        match self.sink {
            Sink::File(file) => (&*file).write(line),
            Sink::Stderr => io::stderr().write(line),
            Sink::Stdout => io::stdout().write(line),
            Sink::Syslog(syslog) => {
                syslog.send(self.level, line);
                Ok(line.len())
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
