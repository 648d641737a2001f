//! Commands that settle the answer.

#![expect(clippy::unnecessary_wraps, reason = "all commands have one signature")]

use super::draft::Draft;
use crate::command::{
    Action, Angle, ColorMode, Command, Depth, Format, Orient, Point, Profile, TileRange, TileSelect,
};
use crate::protocol::{self, ParseError, Parsed, number};

/// One number stands for both.
pub(super) fn tile(
    draft: &mut Draft<'_>,
    field: &'static str,
    format: Format,
    text: &str,
) -> Result<(), ParseError> {
    let (resolution, index) = text.split_once(',').unwrap_or((text, text));
    send_tile(draft, field, format, (resolution, index))
}

/// Too few numbers are ignored.
pub(super) fn view_tile(draft: &mut Draft<'_>, text: &str) -> Result<(), ParseError> {
    let mut numbers = text.split(',');
    if let (Some(x), Some(resolution), Some(index), Some(y)) =
        (numbers.next(), numbers.next(), numbers.next(), numbers.next())
    {
        draft.angle = Some(Angle { x: number::signed(x), y: number::signed(y) });
        send_tile(draft, "JTLS", Format::Jpeg, (resolution, index))?;
    }
    Ok(())
}

pub(super) fn tiles(draft: &mut Draft<'_>, text: &str) -> Result<(), ParseError> {
    let (resolution, corners) = text.split_once(',').unwrap_or((text, text));
    let (first, last) = corner_pair(corners);
    let first = number::unsigned_long("TIL", first)?;
    let last = last.map_or(Ok(first), |last| number::unsigned_long("TIL", last))?;
    let range = TileRange {
        resolution: number::unsigned("TIL", resolution)?,
        first,
        last: last.max(first),
        quality: draft.quality,
    };
    draft.send(Action::Tiles(range));
    Ok(())
}

/// Any other format is JPEG. A viewer that asks again appends `?` and the time.
pub(super) fn region(draft: &mut Draft<'_>, text: &str) -> Result<(), ParseError> {
    let name = text.split('?').next().unwrap_or_default();
    let format = match name.to_ascii_lowercase().as_str() {
        "avif" => Format::Avif,
        "png" => Format::Png,
        "raw" => Format::Raw,
        "tiff" => Format::Tiff,
        "webp" => Format::Webp,
        _ => Format::Jpeg,
    };
    draft.send(Action::Region(draft.region_view(format)));
    Ok(())
}

/// Nothing is read behind the name: volumes are not served yet.
pub(super) fn volume(draft: &mut Draft<'_>, _: &str) -> Result<(), ParseError> {
    draft.settle(Parsed::Command(Command { image: None, action: Action::Volume }));
    Ok(())
}

/// Without an end the line is one point.
pub(super) fn profile(draft: &mut Draft<'_>, text: &str) -> Result<(), ParseError> {
    let (resolution, points) = text
        .split_once(':')
        .ok_or_else(|| ParseError::new("PFL", "`<resolution>:<x1>,<y1>[-<x2>,<y2>]` expected"))?;
    let (from, to) = corner_pair(points);
    let from = pixel("PFL", from)?;
    let to = to.unwrap_or_default();
    let (x, y) = to.split_once(',').unwrap_or((to, ""));
    let point = |from: u32| i32::try_from(from).unwrap_or(i32::MAX);
    let to = match to {
        "" => (point(from.0), point(from.1)),
        _ => (number::signed(x), number::signed(y)),
    };
    let resolution = number::unsigned("PFL", resolution)?;
    draft.send(Action::Profile(Profile { resolution, from, to }));
    Ok(())
}

/// Numbers that are not there are 0.
pub(super) fn spectrum(draft: &mut Draft<'_>, text: &str) -> Result<(), ParseError> {
    let mut numbers = text.split(',');
    let mut next = || numbers.next().unwrap_or_default();
    let point = Point {
        resolution: number::unsigned("SPECTRA", next())?,
        tile: number::unsigned_long("SPECTRA", next())?,
        x: number::unsigned("SPECTRA", next())?,
        y: number::unsigned("SPECTRA", next())?,
        size: None,
    };
    let size = match (numbers.next(), numbers.next()) {
        (Some(width), Some(height)) => {
            Some((number::unsigned("SPECTRA", width)?, number::unsigned("SPECTRA", height)?))
        }
        _ => None,
    };
    draft.send(Action::Spectrum(Point { size, ..point }));
    Ok(())
}

pub(super) fn pixel_values(draft: &mut Draft<'_>, text: &str) -> Result<(), ParseError> {
    let (x, y) = pixel("VAL", text)?;
    draft.send(Action::Pixel { x, y });
    Ok(())
}

pub(super) fn iiif(draft: &mut Draft<'_>, text: &str) -> Result<(), ParseError> {
    let answer = protocol::iiif::parse(text, draft.request, draft.settings)?;
    // The path says itself how the image is turned.
    draft.orient = Orient::default();
    settle_modified(draft, answer);
    Ok(())
}

pub(super) fn deepzoom(draft: &mut Draft<'_>, text: &str) -> Result<(), ParseError> {
    let answer = protocol::deepzoom::parse(text).map(Parsed::Command)?;
    settle_modified(draft, answer);
    Ok(())
}

pub(super) fn zoomify(draft: &mut Draft<'_>, text: &str) -> Result<(), ParseError> {
    let answer = protocol::zoomify::parse(text).map(Parsed::Command)?;
    settle_modified(draft, answer);
    Ok(())
}

fn send_tile(
    draft: &mut Draft<'_>,
    field: &'static str,
    format: Format,
    (resolution, index): (&str, &str),
) -> Result<(), ParseError> {
    let tile = TileSelect::Index {
        resolution: number::unsigned(field, resolution)?,
        index: number::unsigned_long(field, index)?,
    };
    draft.send(Action::Tile { tile, view: draft.tile_view(format) });
    Ok(())
}

/// Settles what another protocol read, as the modifiers before it want it. What that protocol
/// says itself counts more.
fn settle_modified(draft: &mut Draft<'_>, mut answer: Parsed) {
    if let Parsed::Command(Command { image: Some(image), .. }) | Parsed::Redirect(image) =
        &mut answer
    {
        image.angle = image.angle.or(draft.angle);
    }
    if let Parsed::Command(Command { action, .. }) = &mut answer
        && let Action::Region(view) | Action::Tile { view, .. } = action
    {
        if view.orient == Orient::default() {
            view.orient = draft.orient;
        }
        if view.color == ColorMode::Native {
            view.color = draft.color;
        }
        view.adjust.extend_from_slice(&draft.adjust);
        view.layers = view.layers.or(draft.layers);
        view.output.quality = view.output.quality.or(draft.quality);
        view.output.compression = view.output.compression.or(draft.compression);
        if view.output.depth == Depth::default() {
            view.output.depth = draft.depth;
        }
    }
    draft.settle(answer);
}

/// Two numbers or points with a dash between them. A dash at the start is a sign.
fn corner_pair(text: &str) -> (&str, Option<&str>) {
    let sign = usize::from(text.starts_with('-'));
    let dash = text.bytes().skip(sign).position(|byte| byte == b'-').map(|at| at + sign);
    match dash.and_then(|at| text.split_at_checked(at)) {
        Some((first, last)) => (first, last.strip_prefix('-')),
        None => (text, None),
    }
}

fn pixel(field: &'static str, text: &str) -> Result<(u32, u32), ParseError> {
    let (x, y) = text.split_once(',').unwrap_or((text, ""));
    Ok((number::unsigned(field, x)?, number::unsigned(field, y)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{Adjust, Fact, Fit, ImageRef, Region, View};
    use crate::http::Request;
    use crate::protocol::Documents;
    use crate::protocol::iip::testing::{command, error, view};

    fn action(sending: &str) -> Action {
        command(&format!("FIF=a&{sending}")).action
    }

    fn selected(sending: &str) -> (u32, u64, Format) {
        match action(sending) {
            Action::Tile { tile: TileSelect::Index { resolution, index }, view } => {
                (resolution, index, view.output.format)
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_volume_is_asked_for_whatever_follows() {
        for request in ["WLZ=a.wlz&OBJ=Wlz-distance-range", "wlz=a&sel=0&PTL=0,3", "FIF=a&WLZ=b"] {
            assert_eq!(command(request).action, Action::Volume, "{request}");
        }
    }

    #[test]
    fn tiles_have_a_command_for_each_format() {
        for (sending, expected) in [
            ("JTL=2,11", (2, 11, Format::Jpeg)),
            ("PTL=2,11", (2, 11, Format::Png)),
            ("WTL=2,11", (2, 11, Format::Webp)),
            ("ATL=2,11", (2, 11, Format::Avif)),
            ("TTL=2,11", (2, 11, Format::Tiff)),
            ("RTL=2,11", (2, 11, Format::Raw)),
            ("JTLS=5,2,11,90", (2, 11, Format::Jpeg)),
            ("JTL=1", (1, 1, Format::Jpeg)),
            ("JTL", (0, 0, Format::Jpeg)),
            ("JTL=2,0?1700000000000", (2, 0, Format::Jpeg)),
            ("JTL=99999999999,99999999999", (u32::MAX, 99_999_999_999, Format::Jpeg)),
        ] {
            assert_eq!(selected(sending), expected, "{sending}");
        }
        for (sending, name) in [("JTL=-1,0", "JTL"), ("PTL=0,-1", "PTL"), ("TIL=-1,0", "TIL")] {
            assert_eq!(error(&format!("FIF=a&{sending}")), name);
        }
    }

    #[test]
    fn a_tile_can_name_its_view() {
        let image = command("FIF=a&JTLS=5,2,11,45").image.unwrap();
        assert_eq!(image.angle, Some(Angle { x: 5, y: 45 }));
    }

    #[test]
    fn tiles_have_no_region_and_no_size() {
        let tile = view("FIF=a&RGN=0,0,.5,.5&WID=5&INV&QLT=9&JTL=0,0");
        assert_eq!((tile.region, tile.size.fit), (Region::Full, Fit::Natural));
        assert_eq!((tile.adjust, tile.output.quality), (vec![Adjust::Invert], Some(9)));
    }

    #[test]
    fn blocks_are_spanned_by_two_tiles() {
        let range = |sending| match action(sending) {
            Action::Tiles(TileRange { resolution, first, last, quality }) => {
                (resolution, first, last, quality)
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(range("TIL=2,0-5"), (2, 0, 5, None));
        assert_eq!(range("QLT=80&TIL=2,7"), (2, 7, 7, Some(80)));
        assert_eq!(range("TIL=2,5-3"), (2, 5, 5, None));
    }

    #[test]
    fn formats_that_are_not_known_are_jpeg() {
        for (argument, format) in [
            ("jpeg", Format::Jpeg),
            ("JPG", Format::Jpeg),
            ("jpeg?1700000000000", Format::Jpeg),
            ("png", Format::Png),
            ("PNG?17", Format::Png),
            ("webp", Format::Webp),
            ("avif", Format::Avif),
            ("tiff", Format::Tiff),
            ("raw", Format::Raw),
            ("tif", Format::Jpeg),
            ("gif", Format::Jpeg),
        ] {
            assert_eq!(view(&format!("FIF=a&CVT={argument}")).output.format, format, "{argument}");
        }
    }

    #[test]
    fn lines_end_before_their_second_point() {
        let line = |sending| match action(sending) {
            Action::Profile(Profile { resolution, from, to }) => (resolution, from, to),
            other => panic!("{other:?}"),
        };
        assert_eq!(line("PFL=1:2,3-9,4"), (1, (2, 3), (9, 4)));
        assert_eq!(line("PFL=1:2,3"), (1, (2, 3), (2, 3)));
        assert_eq!(line("PFL=1:9,3--1,3"), (1, (9, 3), (-1, 3)));
        for sending in ["PFL=1", "PFL=-1:0,0", "PFL=0:-1,0"] {
            assert_eq!(error(&format!("FIF=a&{sending}")), "PFL", "{sending}");
        }
    }

    #[test]
    fn a_spectrum_is_taken_inside_a_tile() {
        let point = Point { resolution: 1, tile: 2, x: 3, y: 4, size: None };
        assert_eq!(action("SPECTRA=1,2,3,4"), Action::Spectrum(point));
        assert_eq!(action("SPECTRA=1,2,3,4,5"), Action::Spectrum(point));
        let area = Point { size: Some((5, 6)), ..point };
        assert_eq!(action("SPECTRA=1,2,3,4,5,6"), Action::Spectrum(area));
        let point = Point { resolution: 1, tile: 2, x: 0, y: 0, size: None };
        assert_eq!(action("SPECTRA=1,2"), Action::Spectrum(point));
        assert_eq!(error("FIF=a&SPECTRA=0,0,-1,0"), "SPECTRA");
    }

    #[test]
    fn modifiers_reach_what_another_protocol_sends() {
        let request = Request::default();
        let settings = Documents::default();
        let mut draft = Draft::new(&request, &settings);
        for (name, argument) in [("INV", "1"), ("SDS", "3"), ("QLT", "5"), ("ROT", "90")] {
            draft.read(name, argument).unwrap();
        }
        let image = ImageRef { name: "a".into(), angle: None };
        let tile = TileSelect::Zoomify { tier: 0, column: 0, row: 0 };
        let action = Action::Tile { tile, view: View::whole(Format::Jpeg) };
        settle_modified(&mut draft, Parsed::Command(Command { image: Some(image), action }));
        let Parsed::Command(command) = draft.finish("") else { panic!("a command") };
        assert_eq!(command.image.unwrap().angle, Some(Angle { x: 3, y: 90 }));
        let Action::Tile { view, .. } = command.action else { panic!("a tile") };
        assert_eq!((view.adjust, view.output.quality), (vec![Adjust::Invert], Some(5)));
        assert_eq!(view.orient.degrees, 90.into());
    }

    #[test]
    fn documents_of_other_protocols_keep_their_image() {
        let image = ImageRef { name: "a".into(), angle: Some(Angle { x: 1, y: 90 }) };
        let request = Request::default();
        let settings = Documents::default();
        let mut draft = Draft::new(&request, &settings);
        draft.read("SDS", "3").unwrap();
        let document = Action::Describe(vec![Fact::Document]);
        let sent = Parsed::Command(Command { image: Some(image), action: document });
        settle_modified(&mut draft, sent.clone());
        assert_eq!(draft.finish(""), sent);
    }
}
