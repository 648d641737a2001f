//! Facts as IIP words them.
//!
//! Each fact is a line of text; the answer has the media type of the last one that has its own.
//! As soon as one part of a request cannot be answered, the answer is error lines alone.

use std::fmt::Write;

use super::til::MEDIA_TYPE;
use super::{commands, delegated, errors, samples, stack};
use crate::command::{Fact, MetadataKey, Refusal};
use crate::http::{Response, Status};
use crate::image::{ImageInfo, ResolutionUnit};
use crate::protocol::{Context, number};
use crate::raster::ColorSpace;

/// Words facts as text. Without any fact, the answer is a page about the server.
pub fn describe(facts: &[Fact], info: Option<&ImageInfo>, context: &Context<'_>) -> Response {
    if facts.is_empty() {
        return banner();
    }
    // Only a document of an image ends up in another module, so this cannot go in circles.
    if let ([Fact::Document], Some(_)) = (facts, info)
        && let Some((protocol, input)) = delegated(context.input)
    {
        return protocol.describe(facts, info, &Context { input, ..*context });
    }
    let refusals: Vec<&Refusal> = facts.iter().filter_map(refusal).collect();
    let kept = context.settings.visiomatic
        && refusals.len() < facts.len()
        && refusals.iter().all(|refusal| matches!(refusal, Refusal::UnknownObject(_)));
    if !refusals.is_empty() && !kept {
        return errors::answer(&refusals);
    }
    let mut answer = Answer::default();
    for fact in facts {
        answer.add(fact, info, context);
    }
    // A version is an answer, although it has no text.
    if answer.text.is_empty() && !facts.contains(&Fact::IipVersion) {
        return errors::answer(&[&Refusal::NothingAsked(context.input.into())]);
    }
    answer.text.push_str(&errors::lines(&refusals));
    let mut response = Response::with_body(Status::Ok, answer.media_type, answer.text);
    if !refusals.is_empty() {
        response = response.header("Cache-Control", "no-cache");
    }
    if facts.contains(&Fact::IipVersion) { response.header("IIP", VERSION) } else { response }
}

/// Text and its media type.
struct Answer {
    text: String,
    media_type: &'static str,
}

impl Default for Answer {
    fn default() -> Self {
        Self { text: String::new(), media_type: MEDIA_TYPE }
    }
}

impl Answer {
    fn add(&mut self, fact: &Fact, info: Option<&ImageInfo>, context: &Context<'_>) {
        match (fact, info) {
            (Fact::IipVersion, _) if context.settings.visiomatic => {
                self.line(&format!("IIP:{VERSION}"));
            }
            (Fact::OptionalCommands, _) => self.line(OPTIONAL_COMMANDS),
            (Fact::OptionalObjects, _) => self.line(OPTIONAL_OBJECTS),
            (Fact::ServerVersion, _) => self.line(SERVER),
            (fact, Some(info)) => self.add_of_image(fact, info, context),
            (_, None) => {}
        }
    }

    fn add_of_image(&mut self, fact: &Fact, info: &ImageInfo, context: &Context<'_>) {
        match fact {
            Fact::BasicInfo { turned } => {
                self.line(SERVER);
                self.line(&max_size(info, *turned));
                self.line(&format!("Resolution-number:{}", info.levels.len()));
                self.line(&colorspace(info));
            }
            Fact::BitsPerChannel => self.line(&format!("Bits-per-channel:{}", info.bits)),
            Fact::Colorspace => self.line(&colorspace(info)),
            Fact::Dpi => self.lines(dpi(info)),
            Fact::Histogram { bins } => {
                self.json(context.statistics.map(|told| samples::histogram(info, told, *bins)));
            }
            Fact::HorizontalViews => {
                self.line(&format!("Horizontal-views:{}", list(&stack::horizontal(info, context))));
            }
            Fact::MaxSize { turned } => self.line(&max_size(info, *turned)),
            Fact::Metadata => {
                self.media_type = "application/json";
                self.line(&metadata(info, context));
            }
            Fact::MetadataText(key) => {
                self.media_type =
                    if *key == MetadataKey::Xmp { "application/xml" } else { "text/plain" };
                self.lines(text(info, *key, context));
            }
            Fact::MinMaxSampleValues => self.line(&ranges(info)),
            Fact::ResolutionNumber => {
                self.line(&format!("Resolution-number:{}", info.levels.len()));
            }
            Fact::Resolutions => self.line(&resolutions(info)),
            Fact::Statistics { bins } => {
                self.json(context.statistics.map(|told| samples::statistics(info, told, *bins)));
            }
            Fact::Subject => {
                let text = text(info, MetadataKey::Description, context).unwrap_or_default();
                self.line(&format!("subject/{}:{text}", text.len()));
            }
            Fact::SummaryInfo => {
                self.media_type = "text/plain";
                for key in SUMMARY {
                    self.lines(text(info, key, context));
                }
            }
            Fact::TileSize => self.lines(tile_size(info)),
            Fact::Stack => self.json(stack::document(info, context)),
            Fact::VerticalViews => {
                self.line(&format!("Vertical-views:{}", list(&stack::vertical(context))));
            }
            // These have no text, or do not need an image.
            Fact::Document
            | Fact::IipVersion
            | Fact::OptionalCommands
            | Fact::OptionalObjects
            | Fact::Refused(_)
            | Fact::ServerVersion => {}
        }
    }

    fn json(&mut self, document: Option<String>) {
        if document.is_some() {
            self.media_type = "application/json";
            self.lines(document);
        }
    }

    fn line(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push_str("\r\n");
    }

    fn lines(&mut self, text: Option<String>) {
        if let Some(text) = text {
            self.line(&text);
        }
    }
}

fn list(numbers: &[i32]) -> String {
    let texts: Vec<String> = numbers.iter().map(i32::to_string).collect();
    texts.join(" ")
}

fn max_size(info: &ImageInfo, turned: bool) -> String {
    let (width, height) = (info.width(), info.height());
    let (width, height) = if turned { (height, width) } else { (width, height) };
    format!("Max-size:{width} {height}")
}

fn resolutions(info: &ImageInfo) -> String {
    let sizes: Vec<String> =
        info.levels.iter().rev().map(|level| format!("{} {}", level.width, level.height)).collect();
    format!("Resolutions:{}", sizes.join(","))
}

fn tile_size(info: &ImageInfo) -> Option<String> {
    let level = info.levels.first()?;
    Some(format!("Tile-size:{} {}", level.tile_width, level.tile_height))
}

/// Resolutions, then: calibrated, 0, colour space, number of planes, planes. Images of one bit
/// are RGB to old clients.
fn colorspace(info: &ImageInfo) -> String {
    let last = info.levels.len().saturating_sub(1);
    let space = match info.color {
        _ if info.from_lab => "1 0 4 3 0 1 2",
        ColorSpace::Gray if info.bits > 1 => "0 0 1 1 0",
        ColorSpace::Cmyk | ColorSpace::Gray | ColorSpace::Multiband | ColorSpace::Rgb => {
            "0 0 3 3 0 1 2"
        }
    };
    format!("Colorspace,0-{last},0:{space}")
}

/// Pixels per metre, or the plain numbers when the unit is not a length. Nothing when unknown.
fn dpi(info: &ImageInfo) -> Option<String> {
    let resolution = info.resolution.as_ref()?;
    let (x, y) = match resolution.unit {
        ResolutionUnit::Unknown => (resolution.x, resolution.y),
        ResolutionUnit::Centimetre | ResolutionUnit::Inch => resolution.per_metre()?,
    };
    let known = |value: f64| value.is_finite() && value > 0.0;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "clients know the digits of this precision"
    )]
    let single = |value: f64| f64::from(value as f32);
    (known(x) && known(y)).then(|| format!("DPI:{:.6} {:.6}", single(x), single(y)))
}

fn ranges(info: &ImageInfo) -> String {
    let values = info.ranges.iter().flat_map(|range| [range.min, range.max]);
    let values: Vec<String> = values.map(|value| number::general(f64::from(value), 9)).collect();
    format!("Min-Max-sample-values: {}", values.join("  "))
}

/// A text of the file; the server knows rights for files without.
fn text(info: &ImageInfo, key: MetadataKey, context: &Context<'_>) -> Option<String> {
    let own = info.metadata.text(key).map(str::to_owned);
    match key {
        MetadataKey::Rights => {
            let copyright = &context.settings.copyright;
            own.or_else(|| (!copyright.is_empty()).then(|| copyright.clone()))
        }
        MetadataKey::Xmp => {
            let packet = info.metadata.xmp.as_ref();
            own.or_else(|| packet.map(|xmp| String::from_utf8_lossy(xmp).into_owned()))
        }
        _ => own,
    }
}

/// Texts as a JSON object, sorted by name, one to a line.
fn metadata(info: &ImageInfo, context: &Context<'_>) -> String {
    let keys = MetadataKey::ALL.into_iter().filter(|key| *key != MetadataKey::Xmp);
    let members: Vec<String> = keys
        .filter_map(|key| {
            let value = serde_json::Value::String(text(info, key, context)?);
            Some(format!("\n\t\"{}\": {value}", key.name()))
        })
        .collect();
    let space = if members.is_empty() { "" } else { " " };
    format!("{{{space}{}\n}}", members.join(","))
}

fn refusal(fact: &Fact) -> Option<&Refusal> {
    if let Fact::Refused(refusal) = fact { Some(refusal) } else { None }
}

/// The answer to an empty request.
fn banner() -> Response {
    let mut names = String::new();
    for (name, _) in commands() {
        let _ = write!(names, " {name}");
    }
    let version = env!("CARGO_PKG_VERSION");
    let page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>Pyramis</title>\n\
         <h1>Pyramis {version}</h1>\n<p>Image server for IIP, IIIF, DeepZoom and Zoomify.</p>\n\
         <p>IIP commands:{names}</p>\n</html>\n"
    );
    Response::with_body(Status::Ok, "text/html; charset=utf-8", page)
        .header("Content-Disposition", "inline;filename=\"pyramis.html\"")
}

const SUMMARY: [MetadataKey; 5] = [
    MetadataKey::Rights,
    MetadataKey::Description,
    MetadataKey::Creator,
    MetadataKey::Date,
    MetadataKey::Software,
];

/// Version of the Internet Imaging Protocol.
const VERSION: &str = "1.0";

/// What old clients take for the capabilities of the server.
const SERVER: &str = "IIP-server:3.65";

const OPTIONAL_COMMANDS: &str =
    "IIP-opt-comm:CVT CNT QLT JTL JTLS WID HEI RGN MINMAX SHD CMP INV CTW";

const OPTIONAL_OBJECTS: &str = "IIP-opt-obj:Horizontal-views Vertical-views Tile-size \
                                Bits-per-channel Min-Max-sample-values Resolutions";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Request;
    use crate::image::{Range, Resolution};
    use crate::protocol::Documents;
    use crate::protocol::iip::testing::{facts, image_a};

    /// Answer to a request about this image.
    fn answer(input: &str, info: &ImageInfo) -> Response {
        let settings = Documents { copyright: "CC0".into(), ..Documents::default() };
        let request = Request { query: input, ..Request::default() };
        let context = Context {
            request: &request,
            input,
            name: "a",
            views: None,
            statistics: None,
            settings: &settings,
        };
        describe(&facts(input), Some(info), &context)
    }

    fn body(input: &str, info: &ImageInfo) -> String {
        String::from_utf8(answer(input, info).body().to_vec()).unwrap()
    }

    #[test]
    fn every_object_has_the_bytes_of_the_specification() {
        // Behaviour specification, 6.
        for (object, line) in [
            ("IIP-server", "IIP-server:3.65"),
            (
                "IIP-opt-comm",
                "IIP-opt-comm:CVT CNT QLT JTL JTLS WID HEI RGN MINMAX SHD CMP INV CTW",
            ),
            (
                "IIP-opt-obj",
                "IIP-opt-obj:Horizontal-views Vertical-views Tile-size Bits-per-channel Min-Max-sample-values Resolutions",
            ),
            ("Max-size", "Max-size:1000 700"),
            ("Resolution-number", "Resolution-number:3"),
            ("Resolutions", "Resolutions:250 175,500 350,1000 700"),
            ("Tile-size", "Tile-size:256 256"),
            ("Bits-per-channel", "Bits-per-channel:8"),
            ("Colorspace", "Colorspace,0-2,0:0 0 3 3 0 1 2"),
            ("Colorspace,*,*", "Colorspace,0-2,0:0 0 3 3 0 1 2"),
            ("Horizontal-views", "Horizontal-views:0"),
            ("Vertical-views", "Vertical-views:90"),
            ("Min-Max-sample-values", "Min-Max-sample-values: 0  255  0  255  0  255"),
            ("DPI", "DPI:11811.023438 7874.015625"),
            (
                "Basic-info",
                "IIP-server:3.65\r\nMax-size:1000 700\r\nResolution-number:3\r\nColorspace,0-2,0:0 0 3 3 0 1 2",
            ),
        ] {
            let answer = answer(&format!("FIF=a&obj={object}"), &image_a());
            assert_eq!(answer.body().as_ref(), format!("{line}\r\n").as_bytes());
            assert_eq!(answer.value("Content-Type"), Some("application/vnd.netfpx"), "{object}");
            assert_eq!(answer.value("IIP"), None);
        }
    }

    #[test]
    fn objects_are_told_in_the_order_of_the_request() {
        let input = "FIF=a&obj=IIP,1.0&obj=Max-size&obj=Tile-size&obj=Resolution-number";
        let answer = answer(input, &image_a());
        let lines = "Max-size:1000 700\r\nTile-size:256 256\r\nResolution-number:3\r\n";
        assert_eq!(answer.body().as_ref(), lines.as_bytes());
        assert_eq!(answer.value("IIP"), Some("1.0"));
    }

    #[test]
    fn a_version_alone_is_an_answer_without_text() {
        let answer = answer("FIF=a&OBJ=IIP,1.0", &image_a());
        assert_eq!((answer.body().len(), answer.value("IIP")), (0, Some("1.0")));
    }

    #[test]
    fn sizes_are_turned_by_rotations_before_them() {
        let input = "FIF=a&ROT=90&OBJ=Max-size&ROT=0&OBJ=Max-size";
        assert_eq!(body(input, &image_a()), "Max-size:700 1000\r\nMax-size:1000 700\r\n");
        assert_eq!(body("FIF=a&ROT=-90&OBJ=Max-size", &image_a()), "Max-size:700 1000\r\n");
    }

    #[test]
    fn colour_spaces_have_the_numbers_of_flashpix() {
        let line = |color, bits| {
            let info = ImageInfo { bits, color, ..image_a() };
            body("FIF=a&OBJ=Colorspace", &info)
        };
        assert_eq!(line(ColorSpace::Gray, 16), "Colorspace,0-2,0:0 0 1 1 0\r\n");
        assert_eq!(line(ColorSpace::Gray, 1), "Colorspace,0-2,0:0 0 3 3 0 1 2\r\n");
        assert_eq!(line(ColorSpace::Cmyk, 8), "Colorspace,0-2,0:0 0 3 3 0 1 2\r\n");
        let lab = ImageInfo { from_lab: true, ..image_a() };
        let line = body("FIF=a&OBJ=Colorspace", &lab);
        assert_eq!(line, "Colorspace,0-2,0:1 0 4 3 0 1 2\r\n");
    }

    #[test]
    fn sample_values_have_nine_digits() {
        let ranges = vec![Range { min: -0.1, max: 1000.0 }, Range { min: 0.5, max: 65535.0 }];
        let info = ImageInfo { ranges, ..image_a() };
        let line = "Min-Max-sample-values: -0.100000001  1000  0.5  65535\r\n";
        assert_eq!(body("FIF=a&OBJ=min-max-sample-values", &info), line);
    }

    #[test]
    fn a_resolution_without_unit_is_told_as_it_is() {
        let resolution =
            |x, y, unit| ImageInfo { resolution: Some(Resolution { x, y, unit }), ..image_a() };
        let info = resolution(1.0, 1.0, ResolutionUnit::Unknown);
        assert_eq!(body("FIF=a&OBJ=DPI", &info), "DPI:1.000000 1.000000\r\n");
        let info = resolution(10.0, 20.0, ResolutionUnit::Centimetre);
        assert_eq!(body("FIF=a&OBJ=DPI", &info), "DPI:1000.000000 2000.000000\r\n");
    }

    #[test]
    fn objects_with_nothing_to_say_quote_the_request() {
        let info = ImageInfo { resolution: None, ..image_a() };
        for input in ["FIF=a&OBJ=DPI", "FIF=a&OBJ=stack", "FIF=a&OBJ=title", "FIF=a&OBJ=xmp"] {
            let line = format!("Error/{}:2 1 {input}\r\n", 4 + input.len());
            assert_eq!(body(input, &info), line);
        }
    }

    #[test]
    fn texts_are_told_without_name() {
        let mut info = image_a();
        info.metadata.texts.insert(MetadataKey::Creator, "An Artist".into());
        info.metadata.texts.insert(MetadataKey::Software, "x".into());
        info.metadata.xmp = Some("<x/>".into());
        let told = |object: &str| {
            let answer = answer(&format!("FIF=a&OBJ={object}"), &info);
            let media_type = answer.value("Content-Type").map(str::to_owned);
            (String::from_utf8(answer.body().to_vec()).unwrap(), media_type.unwrap())
        };
        let plain = |text: &str| (text.to_owned(), "text/plain".to_owned());
        assert_eq!(told("creator"), plain("An Artist\r\n"));
        assert_eq!(told("Rights"), plain("CC0\r\n"));
        assert_eq!(told("Summary-info"), plain("CC0\r\nAn Artist\r\nx\r\n"));
        assert_eq!(told("Max-size&OBJ=creator"), plain("Max-size:1000 700\r\nAn Artist\r\n"));
        assert_eq!(told("xmp"), ("<x/>\r\n".into(), "application/xml".into()));
    }

    #[test]
    fn metadata_is_json_with_the_layout_of_the_specification() {
        let mut info = image_a();
        info.metadata.texts.insert(MetadataKey::Creator, "An Artist".into());
        info.metadata.texts.insert(MetadataKey::Description, "A \"q\" \\ b\n".into());
        let text = body("FIF=a&OBJ=metadata", &info);
        let expected = "{ \n\t\"creator\": \"An Artist\",\n\t\"description\": \
                        \"A \\\"q\\\" \\\\ b\\n\",\n\t\"rights\": \"CC0\"\n}\r\n";
        assert_eq!(text, expected);
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["description"], "A \"q\" \\ b\n");
    }

    #[test]
    fn metadata_of_a_file_without_texts_is_an_empty_object() {
        let request = Request::default();
        let settings = Documents::default();
        let context = Context {
            request: &request,
            input: "",
            name: "",
            views: None,
            statistics: None,
            settings: &settings,
        };
        let answer = describe(&[Fact::Metadata], Some(&image_a()), &context);
        assert_eq!(answer.body().as_ref(), b"{\n}\r\n");
        assert_eq!(answer.value("Content-Type"), Some("application/json"));
    }

    #[test]
    fn one_refused_part_replaces_all_objects() {
        let lines = "Error/7:2 2 FOO\r\nError/7:3 2 bar\r\n";
        assert_eq!(body("FIF=a&OBJ=IIP,1.0&OBJ=Max-size&FOO=1&OBJ=Bar", &image_a()), lines);
    }

    #[test]
    fn an_empty_request_gets_a_page_about_the_server() {
        let answer = answer("", &image_a());
        assert_eq!(answer.status(), Status::Ok);
        assert_eq!(answer.value("Content-Type"), Some("text/html; charset=utf-8"));
        let page = String::from_utf8(answer.body().to_vec()).unwrap();
        assert!(page.contains(concat!("Pyramis ", env!("CARGO_PKG_VERSION"))));
    }
}
