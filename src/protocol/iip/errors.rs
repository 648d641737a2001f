//! Error lines: what IIP says of parts of a request that cannot be answered.

use super::til::MEDIA_TYPE;
use crate::command::Refusal;
use crate::http::{Response, Status};

/// Error lines, one for each refused part.
///
/// They are an answer to IIP clients, so the status is 200, but no cache shall keep them.
pub(super) fn answer(refusals: &[&Refusal]) -> Response {
    Response::with_body(Status::Ok, MEDIA_TYPE, lines(refusals))
        .header("Cache-Control", "no-cache")
        .header("Content-Disposition", "inline;filename=\"error.netfpx\"")
}

/// The text of an answer.
pub(super) fn lines(refusals: &[&Refusal]) -> String {
    refusals.iter().map(|refusal| line(refusal)).collect()
}

/// Length of what follows the colon, code, and the part that was refused.
fn line(refusal: &Refusal) -> String {
    let (code, part) = match refusal {
        Refusal::NoImage(part) => ("1 3", part),
        Refusal::NothingAsked(part) => ("2 1", part),
        Refusal::UnknownCommand(part) => ("2 2", part),
        Refusal::UnknownObject(part) => ("3 2", part),
    };
    let length = code.len() + 1 + part.len();
    format!("Error/{length}:{code} {part}\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::iip::testing::refused;

    #[test]
    fn error_lines_have_the_bytes_of_the_specification() {
        // Behaviour specification, 4, without the limit of 31 characters.
        for (input, lines) in [
            ("OBJ=Max-size", "Error/12:1 3 max-size\r\n"),
            ("JTL=0,0", "Error/4:1 3 \r\n"),
            ("WID=100", "Error/11:2 1 WID=100\r\n"),
            ("FIF=a&FOO=1", "Error/7:2 2 FOO\r\n"),
            ("FIF=a&OBJ=*", "Error/5:3 2 *\r\n"),
            (
                "FIF=a&OBJ=whatever-object-name-this-is",
                "Error/32:3 2 whatever-object-name-this-is\r\n",
            ),
            ("FIF=a&FOO=1&OBJ=Bar", "Error/7:2 2 FOO\r\nError/7:3 2 bar\r\n"),
        ] {
            let refusals = refused(input);
            let answer = answer(&refusals.iter().collect::<Vec<_>>());
            assert_eq!(answer.body().as_ref(), lines.as_bytes(), "{input}");
            assert_eq!(answer.status(), Status::Ok);
            assert_eq!(answer.value("Content-Type"), Some("application/vnd.netfpx"));
            assert_eq!(answer.value("Cache-Control"), Some("no-cache"));
        }
    }

    #[test]
    fn lengths_count_bytes() {
        let refusal = Refusal::UnknownCommand("\u{e9}".into());
        assert_eq!(line(&refusal), "Error/6:2 2 \u{e9}\r\n");
    }
}
