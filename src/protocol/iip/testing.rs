//! Shorthands for tests of this module.

use super::parse;
use crate::command::{Action, Command, Fact, Refusal, View};
use crate::http::Request;
use crate::image::{ImageInfo, Level, Resolution, ResolutionUnit};
use crate::protocol::{Documents, Parsed};
use crate::raster::{ColorSpace, SampleType, Shape};

pub(super) fn command(input: &str) -> Command {
    match parse(input, &Request::default(), &Documents::default()) {
        Ok(Parsed::Command(command)) => command,
        other => panic!("{input}: {other:?}"),
    }
}

/// The picture a request wants.
pub(super) fn view(input: &str) -> View {
    match command(input).action {
        Action::Region(view) | Action::Tile { view, .. } => view,
        other => panic!("{input}: {other:?}"),
    }
}

/// The facts a request asks for.
pub(super) fn facts(input: &str) -> Vec<Fact> {
    match command(input).action {
        Action::Describe(facts) => facts,
        other => panic!("{input}: {other:?}"),
    }
}

/// The refusals among the facts.
pub(super) fn refused(input: &str) -> Vec<Refusal> {
    let refusal = |fact| if let Fact::Refused(refusal) = fact { Some(refusal) } else { None };
    facts(input).into_iter().filter_map(refusal).collect()
}

/// The field that makes a request unreadable.
pub(super) fn error(input: &str) -> &'static str {
    parse(input, &Request::default(), &Documents::default()).unwrap_err().field
}

/// Image A of the behaviour specification, with 300 by 200 pixels per inch.
pub(super) fn image_a() -> ImageInfo {
    let level = |width, height| Level { width, height, tile_width: 256, tile_height: 256 };
    let rgb = Shape::new(1, 1, 3, SampleType::U8, ColorSpace::Rgb);
    let levels = vec![level(1000, 700), level(500, 350), level(250, 175)];
    let resolution = Resolution { x: 300.0, y: 200.0, unit: ResolutionUnit::Inch };
    ImageInfo { resolution: Some(resolution), ..ImageInfo::new(levels, rgb) }
}
