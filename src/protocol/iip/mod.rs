//! Internet Imaging Protocol, with the extensions of iipsrv.
//!
//! A request is a list of commands, `FIF=a.tif&WID=500&CVT=jpeg`, read from left to right. A
//! command sees only what stands before it. The first command that sends something settles the
//! answer; without one, the answer is the text of the objects asked for. One request has one
//! answer, and facts are told of the image named last.
//!
//! Names of images may lead anywhere: what may be read is decided where files are opened.

mod adjusting;
mod arguments;
mod commands;
mod draft;
mod errors;
mod facts;
mod kernels;
mod modifying;
mod objects;
mod samples;
mod sending;
mod stack;
#[cfg(test)]
mod testing;
mod til;

pub use commands::commands;
pub use facts::describe;
pub use objects::objects;
pub use samples::{Reflectance, Values, pixel, profile, spectrum};
pub use til::{MEDIA_TYPE, tile_block};

use super::{Documents, ParseError, Parsed, Protocol};
use crate::command::{Action, Command};
use crate::http::Request;
use draft::Draft;

/// Most commands of a request.
pub const MAX_COMMANDS: usize = 64;

/// Longest request in bytes.
pub const MAX_LENGTH: usize = 65_536;

/// Reads a request string. An empty one asks about the server.
pub fn parse(
    input: &str,
    request: &Request<'_>,
    settings: &Documents,
) -> Result<Parsed, ParseError> {
    if input.len() > MAX_LENGTH {
        return Err(ParseError::new("request", format!("at most {MAX_LENGTH} bytes are allowed")));
    }
    if input.is_empty() {
        return Ok(Parsed::Command(Command { image: None, action: Action::Describe(Vec::new()) }));
    }
    let mut draft = Draft::new(request, settings);
    for (count, (name, argument)) in pieces(input).enumerate() {
        if count == MAX_COMMANDS {
            let reason = format!("at most {MAX_COMMANDS} commands are allowed");
            return Err(ParseError::new("request", reason));
        }
        if draft.read(name, argument)? {
            break;
        }
    }
    Ok(draft.finish(input))
}

/// The request of another protocol inside one that was read and answers with its document.
pub fn delegated(input: &str) -> Option<(Protocol, &str)> {
    pieces(input).take(MAX_COMMANDS).find_map(|(name, argument)| {
        let named = |(known, _): &&(&str, _)| name.eq_ignore_ascii_case(known);
        let (_, protocol) = DELEGATES.iter().find(named)?;
        Some((*protocol, argument))
    })
}

/// Names and arguments. Without `=` a piece is both; with nothing on one side of it, neither.
fn pieces(input: &str) -> impl Iterator<Item = (&str, &str)> {
    let pieces = input.split('&').map(|piece| piece.split_once('=').unwrap_or((piece, piece)));
    pieces.filter(|(name, argument)| !name.is_empty() && !argument.is_empty())
}

const DELEGATES: [(&str, Protocol); 3] =
    [("DeepZoom", Protocol::DeepZoom), ("IIIF", Protocol::Iiif), ("Zoomify", Protocol::Zoomify)];

/// Checks that what comes out of any request is bounded.
#[doc(hidden)]
pub fn fuzz(data: &[u8]) {
    let input = String::from_utf8_lossy(data);
    let Ok(Parsed::Command(command)) = parse(&input, &Request::default(), &Documents::default())
    else {
        return;
    };
    match command.action {
        Action::Describe(facts) => assert!(facts.len() <= MAX_COMMANDS),
        Action::Region(view) | Action::Tile { view, .. } => {
            assert!(view.adjust.len() <= MAX_COMMANDS);
            assert!((0.0..360.0).contains(&view.orient.degrees.value()));
        }
        Action::Tiles(range) => assert!(range.first <= range.last),
        Action::Pixel { .. } | Action::Profile(_) | Action::Spectrum(_) | Action::Volume => {}
    }
}

#[cfg(test)]
mod tests {
    use super::testing::{command, facts, refused, view};
    use super::*;
    use crate::command::{Fact, Fit, Refusal};

    #[test]
    fn an_empty_request_asks_about_the_server() {
        assert_eq!(command("").image, None);
        assert_eq!(facts(""), []);
    }

    #[test]
    fn pieces_without_equals_sign_are_name_and_argument() {
        let read = |text| pieces(text).collect::<Vec<_>>();
        assert_eq!(read("INV&FIF=a=b&&=5&CNT=&=&x"), [("INV", "INV"), ("FIF", "a=b"), ("x", "x")]);
    }

    #[test]
    fn names_of_commands_have_any_case() {
        assert_eq!(view("fif=a&wid=5&Cvt=JPEG").size.fit, Fit::Width(5));
    }

    #[test]
    fn only_what_stands_before_a_sending_command_matters() {
        assert_eq!(view("WID=5&FIF=a&CVT=jpeg").size.fit, Fit::Width(5));
        assert_eq!(view("FIF=a&CVT=jpeg&WID=5&JTL=nonsense,-1").size.fit, Fit::Natural);
        assert_eq!(view("FIF=a&OBJ=Max-size&FOO=1&CVT=jpeg").size.fit, Fit::Natural);
    }

    #[test]
    fn the_image_named_last_is_the_image() {
        let image = command("FIF=a&FIF=b&OBJ=Max-size").image;
        assert_eq!(image.map(|image| image.name), Some("b".into()));
    }

    #[test]
    fn requests_that_ask_for_nothing_are_quoted() {
        for input in
            ["FIF=a.tif", "WID=100", "FIF=a&ICC=1", "FIF=a&JTLS=0,1,2", "FIF=a&OBJ=comment"]
        {
            assert_eq!(refused(input), [Refusal::NothingAsked(input.into())], "{input}");
        }
    }

    #[test]
    fn unknown_commands_are_named_as_sent() {
        let unknown = |name: &str| Refusal::UnknownCommand(name.into());
        assert_eq!(refused("FIF=a&Foo=1&BAZ"), [unknown("Foo"), unknown("BAZ")]);
        assert_eq!(facts("FOO=1&OBJ=IIP-server").len(), 2);
    }

    #[test]
    fn reading_stops_where_an_image_is_missing() {
        let missing = |name: &str| Refusal::NoImage(name.into());
        assert_eq!(refused("OBJ=Max-size&FOO=1"), [missing("max-size")]);
        for sending in [
            "JTL=0,0",
            "CVT=jpeg",
            "TIL=0,0",
            "SPECTRA=0,0,0,0",
            "PFL=0:0,0",
            "VAL=0,0",
            "JTLS=0,0,0,0",
        ] {
            assert_eq!(refused(sending), [missing("")], "{sending}");
        }
        let both = [Refusal::UnknownCommand("FOO".into()), missing("")];
        assert_eq!(refused("FOO=1&JTL=0,0&BAR=2"), both);
    }

    #[test]
    fn number_and_length_of_commands_are_bounded() {
        let read = |input: &str| parse(input, &Request::default(), &Documents::default());
        assert!(read(&"INV&".repeat(MAX_COMMANDS)).is_ok());
        assert!(read(&"INV&".repeat(MAX_COMMANDS + 1)).is_err());
        assert!(read(&"&".repeat(MAX_LENGTH)).is_ok());
        assert!(read(&"&".repeat(MAX_LENGTH + 1)).is_err());
    }

    #[test]
    fn no_command_or_object_is_listed_twice() {
        for names in [commands().collect::<Vec<_>>(), objects().collect()] {
            let mut lower: Vec<_> = names.iter().map(|(name, _)| name.to_lowercase()).collect();
            lower.sort();
            lower.dedup();
            assert_eq!(lower.len(), names.len());
        }
    }

    #[test]
    fn documents_of_other_protocols_find_their_request_again() {
        let found = delegated("CNT=2&iiif=a=b/info.json&Zoomify=x");
        assert_eq!(found, Some((Protocol::Iiif, "a=b/info.json")));
        assert_eq!(delegated("FIF=IIIF&OBJ=IIP"), None);
    }

    proptest::proptest! {
        #[test]
        fn any_text_can_be_read(input in ".{0,80}") {
            fuzz(input.as_bytes());
        }

        #[test]
        fn any_argument_can_be_read(
            pieces in proptest::collection::vec((0..commands().count(), "[-!0-9,:;.%a-z\\[\\]]{0,12}"), 0..8)
        ) {
            let named = |(index, argument): &(usize, String)| {
                commands().nth(*index).map(|(name, _)| format!("{name}={argument}"))
            };
            let input: Vec<String> = pieces.iter().filter_map(named).collect();
            fuzz(input.join("&").as_bytes());
        }

        #[test]
        fn the_order_of_modifiers_and_image_does_not_matter(
            modifiers in proptest::sample::subsequence(
                vec!["WID=5", "HEI=7", "ROT=90", "QLT=3", "RGN=0,0,1,.5", "COL=grey", "SDS=1"], 0..7
            ),
            at in 0_usize..7,
        ) {
            let mut pieces = modifiers.clone();
            pieces.insert(at.min(pieces.len()), "FIF=a");
            let first = format!("FIF=a&{}&CVT=png", modifiers.join("&"));
            let within = format!("{}&CVT=png", pieces.join("&"));
            proptest::prop_assert_eq!(command(&first), command(&within));
        }
    }

    #[test]
    fn facts_without_text_are_still_asked_for() {
        assert_eq!(facts("OBJ=IIP,1.0"), [Fact::IipVersion]);
    }
}
