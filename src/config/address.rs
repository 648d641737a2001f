//! Addresses to listen on, as iipsrv spells them and a little more.

use std::ffi::OsStr;
use std::fmt;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

/// An address to listen on.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Bind {
    /// Host name or IP address (IPv6 without brackets), and port; port 0 is any free one.
    Tcp(String, u16),
    /// A unix socket.
    Unix(PathBuf),
}

impl Bind {
    /// Where the HTTP listener is when nothing is asked for: this machine only, port 8080.
    pub fn local_http() -> Self {
        Self::Tcp("127.0.0.1".to_owned(), 8080)
    }

    /// Reads `host:port`, `:port`, `[ipv6]:port` or the path of a unix socket. The error says
    /// what is wrong.
    pub fn parse(text: &OsStr) -> Result<Self, String> {
        match text.to_str() {
            Some(text) => Self::from_text(text),
            None => Self::unix(text),
        }
    }

    fn from_text(text: &str) -> Result<Self, String> {
        if let Some(path) = text.strip_prefix("unix:") {
            return Self::unix(OsStr::new(path));
        }
        if text.starts_with(['/', '.']) {
            return Self::unix(OsStr::new(text));
        }
        let Some((host, port)) = text.rsplit_once(':') else {
            // iipsrv makes a socket file of that name, which nobody means.
            if text.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err("a port alone needs a colon before it".to_owned());
            }
            return Self::unix(OsStr::new(text));
        };
        let number = port.bytes().all(|byte| byte.is_ascii_digit()).then(|| port.parse().ok());
        let Some(Some(port)) = number else {
            return Err(format!("`{}` is no port from 0 to 65535", port.escape_debug()));
        };
        let host = match host.strip_prefix('[').map(|rest| rest.strip_suffix(']')) {
            Some(Some(inside)) if !inside.is_empty() => inside,
            Some(_) => return Err("a `[` needs an IPv6 address and a `]`".to_owned()),
            None if host.contains(':') => {
                return Err("an IPv6 address needs brackets around it".to_owned());
            }
            None if host.is_empty() => ANY,
            None => host,
        };
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:%".contains(&byte);
        if !host.bytes().all(allowed) {
            return Err(format!("`{}` is no host name or address", host.escape_debug()));
        }
        Ok(Self::Tcp(host.to_owned(), port))
    }

    fn unix(path: &OsStr) -> Result<Self, String> {
        let bytes = path.as_bytes();
        if bytes.is_empty() || bytes.contains(&0) {
            return Err("the path of the socket is empty or holds a zero byte".to_owned());
        }
        if bytes.len() > SOCKET_PATH {
            return Err(format!("the path of a socket has {SOCKET_PATH} bytes at most"));
        }
        Ok(Self::Unix(path.into()))
    }
}

impl fmt::Display for Bind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(host, port) if host.contains(':') => write!(f, "[{host}]:{port}"),
            Self::Tcp(host, port) => write!(f, "{host}:{port}"),
            // A path without a slash would read as a host.
            Self::Unix(path) if !path.as_os_str().as_bytes().contains(&b'/') => {
                write!(f, "./{}", path.display())
            }
            Self::Unix(path) => write!(f, "{}", path.display()),
        }
    }
}

/// The host of `:port`, as in iipsrv: every IPv4 address of the machine.
const ANY: &str = "0.0.0.0";

/// Bytes of `sockaddr_un.sun_path` on Linux, less the final zero.
const SOCKET_PATH: usize = 107;

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Bind, String> {
        Bind::parse(OsStr::new(text))
    }

    #[test]
    fn addresses_are_read_as_iipsrv_spells_them() {
        let tcp = |host: &str, port| Ok(Bind::Tcp(host.to_owned(), port));
        let unix = |path: &str| Ok(Bind::Unix(path.into()));
        for (text, expected) in [
            ("127.0.0.1:9000", tcp("127.0.0.1", 9000)),
            ("localhost:9000", tcp("localhost", 9000)),
            (":9000", tcp("0.0.0.0", 9000)),
            ("[::1]:80", tcp("::1", 80)),
            ("[fe80::1%eth0]:80", tcp("fe80::1%eth0", 80)),
            ("127.0.0.1:0", tcp("127.0.0.1", 0)),
            ("/run/pyramis.sock", unix("/run/pyramis.sock")),
            ("./a:1", unix("./a:1")),
            ("../a", unix("../a")),
            ("pyramis.sock", unix("pyramis.sock")),
            ("unix:/run/a b", unix("/run/a b")),
        ] {
            assert_eq!(parse(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_with_an_address_is_said() {
        for (text, reason) in [
            ("9000", "a port alone needs a colon before it"),
            ("localhost:", "`` is no port from 0 to 65535"),
            ("localhost:fcgi", "`fcgi` is no port from 0 to 65535"),
            (":65536", "`65536` is no port from 0 to 65535"),
            (":+80", "`+80` is no port from 0 to 65535"),
            ("::1:80", "an IPv6 address needs brackets around it"),
            ("[::1:80", "a `[` needs an IPv6 address and a `]`"),
            ("http://a:80", "an IPv6 address needs brackets around it"),
            ("a b:80", "`a b` is no host name or address"),
            ("unix:", "the path of the socket is empty or holds a zero byte"),
            (&format!("/{}", "a".repeat(107)), "the path of a socket has 107 bytes at most"),
        ] {
            assert_eq!(parse(text), Err(reason.to_owned()), "{text}");
        }
    }

    #[test]
    fn a_written_address_reads_as_itself() {
        for text in ["127.0.0.1:80", "[::1]:80", "/run/a", "./a", "b"] {
            let bind = parse(text).unwrap();
            assert_eq!(parse(&bind.to_string()).unwrap().to_string(), bind.to_string());
        }
    }
}
