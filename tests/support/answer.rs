//! An answer, whichever way it came.

use super::Pixels;

/// Status, headers and body.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// Reads header lines (`Name: value`, ended by CRLF) after the status line, if there is one.
    pub(crate) fn parse(status: u16, head: &str, body: Vec<u8>) -> Self {
        let split = |line: &str| {
            let (name, value) = line.split_once(':').unwrap_or_else(|| panic!("header {line:?}"));
            (name.to_ascii_lowercase(), value.trim().to_owned())
        };
        let headers = head.lines().filter(|line| !line.is_empty()).map(split).collect();
        Self { status, headers, body }
    }

    /// The only header of this name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let name = name.to_ascii_lowercase();
        let mut values = self.headers.iter().filter(|header| header.0 == name);
        let value = values.next().map(|header| header.1.as_str());
        assert!(values.next().is_none(), "{name} was sent twice: {:?}", self.headers);
        value
    }

    /// The body as text.
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// This answer, when its status is the one expected.
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        self
    }

    /// The picture of a PNG answer.
    pub(crate) fn png(&self) -> Pixels {
        assert_eq!(self.status, 200, "{}", String::from_utf8_lossy(&self.body));
        assert_eq!(self.header("Content-Type"), Some("image/png"));
        Pixels::from_png(&self.body)
    }

    /// The picture of a JPEG answer.
    pub(crate) fn jpeg(&self) -> Pixels {
        assert_eq!(self.status, 200, "{}", String::from_utf8_lossy(&self.body));
        assert_eq!(self.header("Content-Type"), Some("image/jpeg"));
        Pixels::from_jpeg(&self.body)
    }
}
