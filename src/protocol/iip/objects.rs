//! Objects: what `OBJ` can ask for.

#![expect(clippy::unnecessary_wraps, reason = "all commands have one signature")]

use super::draft::Draft;
use crate::command::{Fact, MetadataKey, Refusal};
use crate::protocol::ParseError;

/// Names of all objects and what they tell.
pub fn objects() -> impl Iterator<Item = (&'static str, &'static str)> {
    OBJECTS.iter().map(|object| (object.name, object.doc))
}

/// Reads `OBJ`.
pub(super) fn ask(draft: &mut Draft<'_>, text: &str) -> Result<(), ParseError> {
    let name = text.to_ascii_lowercase();
    let object = find(&name);
    if draft.image.is_none() && object.is_none_or(|object| object.need == Need::Image) {
        // Without an image nobody can tell a wrong name from one that would need an image.
        draft.refuse_without_image(&name);
        return Ok(());
    }
    match object {
        Some(Object { fact: Some(fact), .. }) => draft.tell(turned(fact, draft)),
        Some(Object { fact: None, .. }) => {}
        None => draft.refuse(Refusal::UnknownObject(name.into())),
    }
    Ok(())
}

/// The object of a name in lower case. `IIP` needs its version, `Colorspace` may stand anywhere.
fn find(name: &str) -> Option<&'static Object> {
    let name = match name {
        "iip" => return None,
        name if name.starts_with("iip,") => "iip",
        name if name.contains("colorspace") => "colorspace",
        name => name,
    };
    OBJECTS.iter().find(|object| object.name.eq_ignore_ascii_case(name))
}

/// The fact, as the rotation before it wants it.
fn turned(fact: &Fact, draft: &Draft<'_>) -> Fact {
    match fact {
        Fact::BasicInfo { .. } => Fact::BasicInfo { turned: draft.turned() },
        Fact::MaxSize { .. } => Fact::MaxSize { turned: draft.turned() },
        fact => fact.clone(),
    }
}

/// An object of IIP.
struct Object {
    /// Name, in any case.
    name: &'static str,
    /// What it tells, for the reference.
    doc: &'static str,
    need: Need,
    /// The fact asked for; `None` for texts that no file has.
    fact: Option<Fact>,
}

#[derive(PartialEq)]
enum Need {
    Image,
    Nothing,
}

const fn of_image(name: &'static str, doc: &'static str, fact: Fact) -> Object {
    Object { name, doc, need: Need::Image, fact: Some(fact) }
}

const fn of_server(name: &'static str, doc: &'static str, fact: Fact) -> Object {
    Object { name, doc, need: Need::Nothing, fact: Some(fact) }
}

const fn text(name: &'static str, doc: &'static str, key: MetadataKey) -> Object {
    of_image(name, doc, Fact::MetadataText(key))
}

const fn empty(name: &'static str) -> Object {
    Object { name, doc: "always empty", need: Need::Image, fact: None }
}

const OBJECTS: &[Object] = &[
    of_server("IIP", "`IIP,<version>`: a header with the version of IIP", Fact::IipVersion),
    of_server("IIP-server", "version of the protocol server", Fact::ServerVersion),
    of_server("IIP-opt-comm", "optional commands", Fact::OptionalCommands),
    of_server("IIP-opt-obj", "optional objects", Fact::OptionalObjects),
    of_image("Max-size", "full size, turned by ROT", Fact::MaxSize { turned: false }),
    of_image("Resolution-number", "number of resolutions", Fact::ResolutionNumber),
    of_image("Resolutions", "sizes of all resolutions, smallest first", Fact::Resolutions),
    of_image("Tile-size", "size of a tile", Fact::TileSize),
    of_image("Bits-per-channel", "bits of a sample", Fact::BitsPerChannel),
    of_image("Colorspace", "colour space and planes", Fact::Colorspace),
    of_image("Horizontal-views", "horizontal angles or pages", Fact::HorizontalViews),
    of_image("Vertical-views", "vertical angles", Fact::VerticalViews),
    of_image("Min-Max-sample-values", "range of each channel", Fact::MinMaxSampleValues),
    of_image("DPI", "pixels per metre", Fact::Dpi),
    of_image("stack", "pages of a stack, or horizontal views of a sequence, as JSON", Fact::Stack),
    of_image(
        "Basic-info",
        "IIP-server, Max-size, Resolution-number and Colorspace",
        Fact::BasicInfo { turned: false },
    ),
    of_image("Summary-info", "rights, description, creator, date, software", Fact::SummaryInfo),
    of_image("metadata", "all texts as JSON", Fact::Metadata),
    text("rights", "copyright", MetadataKey::Rights),
    text("title", "title", MetadataKey::Title),
    text("description", "description", MetadataKey::Description),
    text("creator", "artist", MetadataKey::Creator),
    text("date", "date and time", MetadataKey::Date),
    text("software", "software", MetadataKey::Software),
    text("make", "maker of the device", MetadataKey::Make),
    text("model", "model of the device", MetadataKey::Model),
    text("scale", "factor of sample values", MetadataKey::Scale),
    text("xmp", "XMP packet", MetadataKey::Xmp),
    empty("keywords"),
    empty("comment"),
    empty("last-author"),
    empty("rev-number"),
    empty("edit-time"),
    empty("last-printed"),
    empty("last-save-dtm"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::iip::testing::{facts, refused};

    #[test]
    fn names_have_any_case() {
        assert_eq!(facts("FIF=a&obj=MAX-SIZE"), [Fact::MaxSize { turned: false }]);
        assert_eq!(facts("FIF=a&OBJ=dpi&OBJ=stack"), [Fact::Dpi, Fact::Stack]);
    }

    #[test]
    fn an_object_asked_for_again_is_told_once() {
        assert_eq!(facts("FIF=a&OBJ=xmp&OBJ=DPI&OBJ=XMP").len(), 2);
    }

    #[test]
    fn colour_space_may_stand_anywhere_and_the_version_needs_a_comma() {
        for name in ["Colorspace", "Colorspace,*,*", "x-colorspace-y"] {
            assert_eq!(facts(&format!("FIF=a&OBJ={name}")), [Fact::Colorspace], "{name}");
        }
        assert_eq!(facts("OBJ=iip,anything"), [Fact::IipVersion]);
        assert_eq!(refused("FIF=a&OBJ=IIP"), [Refusal::UnknownObject("iip".into())]);
    }

    #[test]
    fn names_that_are_not_objects_are_refused_in_lower_case() {
        for name in ["*", "pagename", "icc", "copyright", "Whatever"] {
            let expected = [Refusal::UnknownObject(name.to_lowercase().into())];
            assert_eq!(refused(&format!("FIF=a&OBJ={name}")), expected);
        }
    }

    #[test]
    fn only_objects_of_the_server_do_without_an_image() {
        for object in OBJECTS {
            let name = if object.name == "IIP" { "IIP,1.0" } else { object.name };
            let refusals = refused(&format!("OBJ={name}"));
            let expected = match object.need {
                Need::Image => vec![Refusal::NoImage(name.to_lowercase().into())],
                Need::Nothing => vec![],
            };
            assert_eq!(refusals, expected, "{name}");
        }
    }
}
