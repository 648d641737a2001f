//! Image requests: region, size, rotation, quality and format.

use super::accept::preferred;
use super::target::Target;
use super::{Version, quality, region, rotation, size, version};
use crate::command::{
    Action, Angle, Command, Depth, Fact, Fit, Format, ImageRef, Output, Region, View,
};
use crate::http::Request;
use crate::protocol::{Documents, ParseError, Parsed, strict};

/// Reads the path behind the mapping, percent-encoded as received.
pub fn parse(
    input: &str,
    request: &Request<'_>,
    settings: &Documents,
) -> Result<Parsed, ParseError> {
    let image =
        |identifier| Ok(paged(strict::image(identifier, "identifier")?, &settings.delimiter));
    match Target::new(input) {
        Target::Bare(identifier) => Ok(Parsed::Redirect(image(identifier)?)),
        Target::Image { identifier, parameters } => {
            let image = Some(image(identifier)?);
            let action = Action::Region(view(parameters, request, settings)?);
            Ok(Parsed::Command(Command { image, action }))
        }
        Target::Info(identifier) => {
            let image = Some(image(identifier)?);
            let action = Action::Describe(vec![Fact::Document]);
            Ok(Parsed::Command(Command { image, action }))
        }
    }
}

/// The image of an identifier that may end with a delimiter and the number of a page or view.
///
/// A name with the delimiter but no number behind it is a name: files may be called so.
fn paged(image: ImageRef, delimiter: &str) -> ImageRef {
    if delimiter.is_empty() {
        return image;
    }
    let Some((name, page)) = image.name.rsplit_once(delimiter) else { return image };
    let is_number = !page.is_empty() && page.bytes().all(|byte| byte.is_ascii_digit());
    if name.is_empty() || !is_number {
        return image;
    }
    // A number too large to be read is too large to be a page.
    let x = page.parse().unwrap_or(i32::MAX);
    ImageRef { name: name.into(), angle: Some(Angle { x, ..Angle::DEFAULT }) }
}

/// Reads anything in any version; what is read has a name, and sides above 0.
#[doc(hidden)]
pub fn fuzz(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (accept, input) = text.split_once('\n').unwrap_or(("", &text));
    for iiif_version in [1, 2, 3] {
        let settings = Documents { iiif_version, extensions: true, ..Documents::default() };
        let request = Request { accept: Some(accept), path: input, ..Request::default() };
        match parse(input, &request, &settings) {
            Ok(Parsed::Command(Command { image, action })) => {
                assert!(image.is_some_and(|image| !image.name.is_empty()), "a name was read");
                if let Action::Region(view) = action {
                    assert!(has_sides(&view), "{view:?}");
                }
            }
            Ok(Parsed::Redirect(image)) => assert!(!image.name.is_empty(), "a name was read"),
            Err(error) => assert!(!error.reason.is_empty(), "an error has a reason"),
        }
    }
}

fn view(
    parameters: [&str; 4],
    request: &Request<'_>,
    settings: &Documents,
) -> Result<View, ParseError> {
    let version = version(request, settings);
    let [region, size, rotation, quality] = parameters;
    let quality = strict::decode(quality, "quality")?;
    let (quality, format) = split_format(&quality, version, request)?;
    let (color, adjust) = quality::read(quality, version, settings.extensions)?;
    Ok(View {
        region: region::read(&strict::decode(region, "region")?)?,
        size: size::read(&strict::decode(size, "size")?, version)?,
        orient: rotation::read(&strict::decode(rotation, "rotation")?)?,
        color,
        adjust: adjust.into_iter().collect(),
        layers: None,
        output: Output { depth: depth(request)?, ..Output::new(format) },
    })
}

/// Quality and format of `quality.format`.
fn split_format<'a>(
    text: &'a str,
    version: Version,
    request: &Request<'_>,
) -> Result<(&'a str, Format), ParseError> {
    let Some((quality, extension)) = text.rsplit_once('.') else {
        return match version {
            Version::V1 => Ok((text, negotiated(request))),
            Version::V2 | Version::V3 => Err(formats("is missing")),
        };
    };
    let format = Format::of_picture(extension).ok_or_else(|| formats("is not supported"))?;
    Ok((quality, format))
}

/// Numbers instead of a picture: `depth=16` or `depth=float` in the query, an extension.
fn depth(request: &Request<'_>) -> Result<Depth, ParseError> {
    match request.query.split('&').find_map(|piece| piece.strip_prefix("depth=")) {
        None => Ok(Depth::default()),
        Some(name) => Depth::from_name(name)
            .ok_or_else(|| ParseError::new("depth", "expected 8, 16 or float")),
    }
}

/// The format of a version 1 request without one: the best that `Accept` names, else JPEG.
fn negotiated(request: &Request<'_>) -> Format {
    let named = |name: &str, format: &Format| format.media_type().eq_ignore_ascii_case(name);
    preferred(request.accept, |range| Format::pictures().find(|format| named(range.name, format)))
        .unwrap_or(Format::Jpeg)
}

fn formats(reason: &str) -> ParseError {
    let supported: Vec<_> = Format::pictures().map(Format::extension).collect();
    ParseError::new("format", format!("{reason}, expected one of {}", supported.join(", ")))
}

/// Whether region and size are above 0, as their types promise.
fn has_sides(view: &View) -> bool {
    let region = match view.region {
        Region::Pixels { width, height, .. } => width > 0 && height > 0,
        Region::Ratio { width, height, .. } => width.value() > 0.0 && height.value() > 0.0,
        Region::Full | Region::Square => true,
    };
    let size = match view.size.fit {
        Fit::Exact { width, height } | Fit::Within { width, height } => width > 0 && height > 0,
        Fit::Height(side) | Fit::Width(side) => side > 0,
        Fit::Percent(percent) => percent.value() > 0.0,
        Fit::Max | Fit::Natural => true,
    };
    region && size
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::command::{ColorMode, Excess, Finite, Orient, Size, Upscale};

    fn settings(iiif_version: u8) -> Documents {
        Documents { iiif_version, ..Documents::default() }
    }

    fn read(input: &str, iiif_version: u8) -> Result<Parsed, ParseError> {
        parse(input, &Request::default(), &settings(iiif_version))
    }

    fn read_view(input: &str, iiif_version: u8) -> Result<View, ParseError> {
        match read(input, iiif_version)? {
            Parsed::Command(Command { action: Action::Region(view), .. }) => Ok(view),
            other => panic!("no image request: {other:?}"),
        }
    }

    #[test]
    fn an_image_request_becomes_a_view() {
        let parsed = read("dir/a%252Fb%20c/pct%3A0,0,50,50/%5E200,/!90/gray.png", 3).unwrap();
        let Parsed::Command(Command { image, action: Action::Region(view) }) = parsed else {
            panic!("{parsed:?}");
        };
        assert_eq!(&*image.unwrap().name, "dir/a%2Fb c");
        let half = Finite::new(0.5).unwrap();
        let zero = Finite::ZERO;
        assert_eq!(
            view,
            View {
                region: Region::Ratio { x: zero, y: zero, width: half, height: half },
                size: Size {
                    fit: Fit::Width(200),
                    upscale: Upscale::Allow,
                    excess: Excess::Refuse
                },
                orient: Orient { mirror: true, degrees: 90.into() },
                color: ColorMode::Gray,
                ..View::whole(Format::Png)
            }
        );
    }

    #[test]
    fn info_json_asks_for_the_document() {
        let parsed = read("dir/a.tif/info.json", 3).unwrap();
        let Parsed::Command(Command { image, action }) = parsed else { panic!("{parsed:?}") };
        assert_eq!(&*image.unwrap().name, "dir/a.tif");
        assert_eq!(action, Action::Describe(vec![Fact::Document]));
    }

    #[test]
    fn an_identifier_alone_is_a_redirect() {
        for input in ["dir/a%20b.tif", "dir%2Fa%20b.tif", "dir/a%20b.tif/"] {
            let Ok(Parsed::Redirect(image)) = read(input, 3) else { panic!("{input}") };
            assert_eq!(&*image.name, "dir/a b.tif");
        }
    }

    #[test]
    fn an_identifier_may_end_with_a_page() {
        for (delimiter, identifier, name, x) in [
            (";", "a.tif;2", "a.tif", Some(2)),
            (";", "a.tif%3B2", "a.tif", Some(2)),
            (";", "a;1;02", "a;1", Some(2)),
            (";", "d/a.tif;0", "d/a.tif", Some(0)),
            (";", "a;99999999999", "a", Some(i32::MAX)),
            (";", "a.tif", "a.tif", None),
            (";", "a;b.tif", "a;b.tif", None),
            (";", "a;-1", "a;-1", None),
            (";", "a;", "a;", None),
            (";", ";1", ";1", None),
            ("--", "a.tif--12", "a.tif", Some(12)),
            ("--", "a---1", "a-", Some(1)),
            ("", "a;1", "a;1", None),
        ] {
            let settings = Documents { delimiter: delimiter.into(), ..settings(3) };
            for rest in ["/info.json", "/full/max/0/default.jpg", ""] {
                let input = format!("{identifier}{rest}");
                let image = match parse(&input, &Request::default(), &settings).unwrap() {
                    Parsed::Command(command) => command.image.unwrap(),
                    Parsed::Redirect(image) => image,
                };
                let angle = x.map(|x| Angle { x, y: 90 });
                assert_eq!((&*image.name, image.angle), (name, angle), "{input}");
            }
        }
    }

    #[test]
    fn a_request_needs_an_identifier() {
        for input in ["", "/", "/info.json", "/full/max/0/default.jpg", "%00/info.json"] {
            assert_eq!(read(input, 3).unwrap_err().field, "identifier", "{input}");
        }
    }

    const WRITTEN: &str =
        if cfg!(feature = "avif") { "jpg, png, webp, avif, tif" } else { "jpg, png, webp, tif" };

    #[test]
    fn formats_that_cannot_be_written_are_refused_with_a_list() {
        for format in ["raw", "gif", "jp2", "pdf", "jpeg", "", "jpg%3F"] {
            let error = read_view(&format!("a/full/max/0/default.{format}"), 3).unwrap_err();
            let expected = format!("format: is not supported, expected one of {WRITTEN}");
            assert_eq!(error.to_string(), expected, "{format}");
        }
        assert_eq!(
            read_view("a/full/max/0/default", 2).unwrap_err().to_string(),
            format!("format: is missing, expected one of {WRITTEN}")
        );
    }

    #[test]
    fn the_query_may_ask_for_numbers() {
        let depth = |query| {
            let request = Request { query, ..Request::default() };
            match parse("a/full/max/0/default.png", &request, &settings(3)) {
                Ok(Parsed::Command(Command { action: Action::Region(view), .. })) => {
                    Ok(view.output.depth)
                }
                Ok(other) => panic!("{other:?}"),
                Err(error) => Err(error.field),
            }
        };
        assert_eq!(depth(""), Ok(Depth::Eight));
        assert_eq!(depth("depth=16"), Ok(Depth::Sixteen));
        assert_eq!(depth("x=1&depth=float&depth=8"), Ok(Depth::Float));
        assert_eq!(depth("depth=12"), Err("depth"));
        assert_eq!(depth("depth"), Ok(Depth::Eight));
    }

    #[test]
    fn version_1_negotiates_a_missing_format() {
        for (accept, format) in [
            (None, Format::Jpeg),
            (Some("image/png;q=1.0"), Format::Png),
            (Some("image/jp2, image/jpeg;q=0.5, image/png;q=0.8"), Format::Png),
            (Some("image/webp, image/jpeg;q=0.5"), Format::Webp),
            (Some("image/png;q=0, */*"), Format::Jpeg),
        ] {
            let request = Request { accept, ..Request::default() };
            let parsed = parse("a/full/full/0/native", &request, &settings(1)).unwrap();
            let Parsed::Command(Command { action: Action::Region(view), .. }) = parsed else {
                panic!("{parsed:?}");
            };
            assert_eq!(view.output.format, format, "{accept:?}");
        }
    }

    #[test]
    fn each_wrong_parameter_is_named() {
        for (input, field) in [
            ("a/x/max/0/default.jpg", "region"),
            ("a/full/x/0/default.jpg", "size"),
            ("a/full/full/0/default.jpg", "size"),
            ("a/full/max/x/default.jpg", "rotation"),
            ("a/full/max//default.jpg", "rotation"),
            ("a/full/max/0/x.jpg", "quality"),
            ("a/full/max/0/default.x", "format"),
            ("a/%FF/max/0/default.jpg", "region"),
        ] {
            assert_eq!(read(input, 3).unwrap_err().field, field, "{input}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(
            accept: String,
            text: String,
            request in "[a-c/%]{1,4}(/[a-z0-9,:.!%^]{0,8}){4}",
        ) {
            fuzz(format!("{accept}\n{text}").as_bytes());
            fuzz(format!("{accept}\n{request}").as_bytes());
            fuzz(text.as_bytes());
        }
    }
}
