//! Objects: what `OBJ` can ask for.

#![expect(clippy::unnecessary_wraps, reason = "all commands have one signature")]

use super::draft::Draft;
use crate::command::{Fact, MetadataKey, Refusal};
use crate::protocol::{ParseError, number};

/// Names of all objects and what they tell.
pub fn objects() -> impl Iterator<Item = (&'static str, &'static str)> {
    OBJECTS.iter().map(|object| (object.name, object.doc))
}

/// Reads `OBJ`.
pub(super) fn ask(draft: &mut Draft<'_>, text: &str) -> Result<(), ParseError> {
    let name = text.to_ascii_lowercase();
    let object = find(&name)
        .filter(|object| object.fact != Some(Fact::Subject) || draft.settings.visiomatic);
    if draft.image.is_none() && object.is_none_or(|object| object.need == Need::Image) {
        // Without an image nobody can tell a wrong name from one that would need an image.
        draft.refuse_without_image(&name);
        return Ok(());
    }
    match object {
        Some(Object { fact: Some(fact), .. }) => draft.tell(asked(fact, &name, draft)),
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
        name if name.starts_with("histogram,") => "histogram",
        name if name.starts_with("statistics,") => "statistics",
        name if name.contains("colorspace") => "colorspace",
        name => name,
    };
    OBJECTS.iter().find(|object| object.name.eq_ignore_ascii_case(name))
}

/// The fact, as the rotation before it and the number behind its name want it.
fn asked(fact: &Fact, name: &str, draft: &Draft<'_>) -> Fact {
    let bins = || match name.split_once(',') {
        Some((_, bins)) => {
            u16::try_from(number::integer(bins).clamp(1, MOST_BINS.into())).unwrap_or(MOST_BINS)
        }
        None => BINS,
    };
    match fact {
        Fact::BasicInfo { .. } => Fact::BasicInfo { turned: draft.turned() },
        Fact::MaxSize { .. } => Fact::MaxSize { turned: draft.turned() },
        Fact::Histogram { .. } => Fact::Histogram { bins: bins() },
        Fact::Statistics { .. } => Fact::Statistics { bins: bins() },
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

/// Parts of a histogram, unless they are given.
const BINS: u16 = 256;

/// Most parts of a histogram.
const MOST_BINS: u16 = 4096;

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
    of_image(
        "histogram",
        "`histogram[,<bins>]`: counts of the values of each channel, as JSON",
        Fact::Histogram { bins: BINS },
    ),
    of_image(
        "statistics",
        "`statistics[,<bins>]`: extremes, mean, deviation, percentiles and histogram of each channel, as JSON",
        Fact::Statistics { bins: BINS },
    ),
    text("rights", "copyright", MetadataKey::Rights),
    of_image("subject", "with `VISIOMATIC`: description, labelled", Fact::Subject),
    text("title", "title", MetadataKey::Title),
    text("description", "description", MetadataKey::Description),
    text("creator", "artist", MetadataKey::Creator),
    text("date", "date and time", MetadataKey::Date),
    text("software", "software", MetadataKey::Software),
    text("make", "maker of the device", MetadataKey::Make),
    text("model", "model of the device", MetadataKey::Model),
    text("scale", "factor of sample values", MetadataKey::Scale),
    text("geotiff", "keys of GeoTIFF, one to a line", MetadataKey::GeoTiff),
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
    fn histograms_have_the_parts_asked_for() {
        for (name, bins) in
            [("", 256), (",64", 64), (",0", 1), (",-7", 1), (",99999999999", 4096), (",x", 1)]
        {
            assert_eq!(facts(&format!("FIF=a&OBJ=Histogram{name}")), [Fact::Histogram { bins }]);
            assert_eq!(facts(&format!("FIF=a&OBJ=statistics{name}")), [Fact::Statistics { bins }]);
        }
        let unknown = [Refusal::UnknownObject("histograms".into())];
        assert_eq!(refused("FIF=a&OBJ=histograms"), unknown);
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
