//! The system's log: RFC 3164 datagrams to a local socket.

use std::io;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};

use tracing::Level;

/// Where the system's log listens.
pub(super) const SOCKET: &str = "/dev/log";

/// An open way to the system's log.
#[derive(Debug)]
pub(super) struct Syslog {
    socket: UnixDatagram,
    path: PathBuf,
}

impl Syslog {
    /// Fails when nothing listens.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        UnixDatagram::unbound()?.connect(path)?;
        let socket = UnixDatagram::unbound()?;
        // A log that does not keep up loses lines; requests do not wait for it.
        socket.set_nonblocking(true)?;
        Ok(Self { socket, path: path.to_owned() })
    }

    /// Sends a line. The address is looked up each time, so a restarted log is found again.
    pub(super) fn send(&self, level: Level, line: &[u8]) {
        let _ = self.socket.send_to(&datagram(level, std::process::id(), line), &self.path);
    }
}

/// RFC 3164, 4.1, without time and host: local clients leave them to the log (4.3.3).
fn datagram(level: Level, process: u32, line: &[u8]) -> Vec<u8> {
    let priority = DAEMON * 8 + severity(level);
    let mut datagram = format!("<{priority}>pyramis[{process}]: ").into_bytes();
    datagram.extend(line.trim_ascii_end().iter().take(LONGEST));
    datagram
}

/// RFC 3164, table 2.
fn severity(level: Level) -> u8 {
    match level {
        Level::ERROR => 3,
        Level::WARN => 4,
        Level::INFO => 6,
        Level::DEBUG | Level::TRACE => 7,
    }
}

/// The facility of system daemons: RFC 3164, table 1.
const DAEMON: u8 = 3;

/// Bytes of a line; common logs cut at 8 KiB.
const LONGEST: usize = 8000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn priorities_are_those_of_the_rfc() {
        // Facility 3 times 8, and severity.
        for (level, expected) in [
            (Level::ERROR, "<27>pyramis[7]: x"),
            (Level::WARN, "<28>pyramis[7]: x"),
            (Level::INFO, "<30>pyramis[7]: x"),
            (Level::DEBUG, "<31>pyramis[7]: x"),
        ] {
            assert_eq!(datagram(level, 7, b"x\n"), expected.as_bytes());
        }
    }

    #[test]
    fn a_line_is_one_datagram_and_a_restarted_log_is_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        assert!(Syslog::open(&path).is_err());
        let listener = UnixDatagram::bind(&path).unwrap();
        let syslog = Syslog::open(&path).unwrap();
        let expected = datagram(Level::INFO, std::process::id(), b"hello");
        let received = |listener: &UnixDatagram| {
            let mut buffer = [0; 100];
            let count = listener.recv(&mut buffer).unwrap();
            buffer[..count].to_vec()
        };
        syslog.send(Level::INFO, b"hello\n");
        assert_eq!(received(&listener), expected);

        drop(listener);
        std::fs::remove_file(&path).unwrap();
        syslog.send(Level::INFO, b"lost\n");
        let listener = UnixDatagram::bind(&path).unwrap();
        syslog.send(Level::INFO, b"hello\n");
        assert_eq!(received(&listener), expected);
    }
}
