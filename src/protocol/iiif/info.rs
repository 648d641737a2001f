//! The image information document, info.json.

use serde_json::{Map, Value, json};

use super::accept::explicit_weight;
use super::tiles::{sizes, tile_sets};
use super::{Version, id, quality, version};
use crate::command::{Format, MetadataKey};
use crate::http::{Response, Status};
use crate::image::ImageInfo;
use crate::protocol::{Context, Documents};
use crate::raster::Alpha;

/// Writes info.json in the version and media type the client accepts.
pub fn describe(info: &ImageInfo, context: &Context<'_>) -> Response {
    let version = version(context.request, context.settings);
    let id = id(context);
    let mut document = match version {
        Version::V1 => version_1(info, context.settings, id),
        Version::V2 => version_2(info, context.settings, id),
        Version::V3 => version_3(info, context.settings, id),
    };
    for (name, value) in &context.settings.extra_info {
        document.entry(name.as_str()).or_insert_with(|| value.clone());
    }
    add_rights(&mut document, info, context.settings, version);
    let body = format!("{:#}\n", Value::Object(document));

    let linked = wants_json_ld(context.request.accept, version);
    let media_type = match (linked, version) {
        (false, _) => "application/json",
        (true, Version::V1 | Version::V2) => "application/ld+json",
        (true, Version::V3) => {
            "application/ld+json;profile=\"http://iiif.io/api/image/3/context.json\""
        }
    };
    let response = Response::with_body(Status::Ok, media_type, body).header("Vary", "Accept");
    match version {
        // Image API 2.1, 5.2: plain JSON names its context in a header.
        Version::V1 | Version::V2 if !linked => {
            let context = version.context();
            let relation = "http://www.w3.org/ns/json-ld#context";
            let link = format!("<{context}>;rel=\"{relation}\";type=\"application/ld+json\"");
            response.header("Link", link)
        }
        Version::V1 | Version::V2 | Version::V3 => response,
    }
}

/// Whether the answer is called JSON-LD. Version 3 does so unless the client knows only JSON;
/// browsers opening the address as a page show plain JSON and would save the other to disk.
fn wants_json_ld(accept: Option<&str>, version: Version) -> bool {
    let weight = |media_type| explicit_weight(accept, media_type).unwrap_or(0.0);
    let (linked, plain) = (weight("application/ld+json"), weight("application/json"));
    if linked > 0.0 || plain > 0.0 {
        linked >= plain
    } else {
        version == Version::V3 && weight("text/html") <= 0.0
    }
}

fn version_1(info: &ImageInfo, settings: &Documents, id: String) -> Map<String, Value> {
    let tile_sets = tile_sets(info, settings);
    let factors: Vec<u64> = {
        let mut all: Vec<_> = tile_sets.iter().flat_map(|set| &set.factors).copied().collect();
        all.sort_unstable();
        all
    };
    let mut document = Map::new();
    document.insert("@context".into(), Version::V1.context().into());
    document.insert("@id".into(), id.into());
    document.insert("width".into(), info.width().into());
    document.insert("height".into(), info.height().into());
    document.insert("scale_factors".into(), factors.into());
    if let Some(first) = tile_sets.first() {
        document.insert("tile_width".into(), first.width.into());
        document.insert("tile_height".into(), first.height.into());
    }
    document.insert("formats".into(), formats().into());
    document.insert("qualities".into(), image_qualities(info, settings, Version::V1).into());
    document.insert("profile".into(), Version::V1.profile().into());
    document
}

fn version_2(info: &ImageInfo, settings: &Documents, id: String) -> Map<String, Value> {
    let mut document = dimensions(info, settings, Version::V2);
    document.insert("@id".into(), id.into());
    let mut supports = vec![
        "canonicalLinkHeader",
        "mirroring",
        "profileLinkHeader",
        "regionSquare",
        "rotationArbitrary",
        "sizeByConfinedWh",
        "sizeByDistortedWh",
    ];
    if settings.upscaling {
        supports.push("sizeAboveFull");
    }
    let mut profile = Map::new();
    profile.insert("formats".into(), formats().into());
    profile.insert("qualities".into(), image_qualities(info, settings, Version::V2).into());
    profile.insert("supports".into(), supports.into());
    add_limits(&mut profile, settings);
    document.insert("profile".into(), json!([Version::V2.profile(), profile]));
    document
}

fn version_3(info: &ImageInfo, settings: &Documents, id: String) -> Map<String, Value> {
    let mut document = dimensions(info, settings, Version::V3);
    document.insert("id".into(), id.into());
    document.insert("type".into(), "ImageService3".into());
    document.insert("profile".into(), "level2".into());
    add_limits(&mut document, settings);
    // `default` goes without saying.
    let mut qualities = image_qualities(info, settings, Version::V3);
    qualities.retain(|quality| *quality != "default");
    document.insert("extraQualities".into(), qualities.into());
    let mut formats = formats();
    formats.retain(|format| !matches!(*format, "jpg" | "png"));
    if !formats.is_empty() {
        document.insert("extraFormats".into(), formats.into());
    }
    let mut features =
        vec!["canonicalLinkHeader", "mirroring", "profileLinkHeader", "rotationArbitrary"];
    if settings.upscaling {
        features.push("sizeUpscaling");
    }
    document.insert("extraFeatures".into(), features.into());
    document
}

/// Members that versions 2 and 3 share.
fn dimensions(info: &ImageInfo, settings: &Documents, version: Version) -> Map<String, Value> {
    let mut document = Map::new();
    document.insert("@context".into(), version.context().into());
    document.insert("protocol".into(), "http://iiif.io/api/image".into());
    document.insert("width".into(), info.width().into());
    document.insert("height".into(), info.height().into());
    let sizes: Vec<_> = sizes(info, settings)
        .map(|level| json!({ "width": level.width, "height": level.height }))
        .collect();
    if !sizes.is_empty() {
        document.insert("sizes".into(), sizes.into());
    }
    let tiles: Vec<_> = tile_sets(info, settings)
        .into_iter()
        .map(|set| json!({ "width": set.width, "height": set.height, "scaleFactors": set.factors }))
        .collect();
    document.insert("tiles".into(), tiles.into());
    document
}

fn formats() -> Vec<&'static str> {
    Format::pictures().map(Format::extension).collect()
}

fn image_qualities(info: &ImageInfo, settings: &Documents, version: Version) -> Vec<&'static str> {
    let alpha = u16::from(info.alpha != Alpha::None);
    let colored = info.channels.saturating_sub(alpha) >= 3;
    quality::names(version, settings.extensions)
        .filter(|quality| colored || *quality != "color")
        .collect()
}

fn add_limits(document: &mut Map<String, Value>, settings: &Documents) {
    if let Some(side) = settings.max_side {
        document.insert("maxWidth".into(), side.into());
        document.insert("maxHeight".into(), side.into());
    }
    if let Some(area) = settings.max_area {
        document.insert("maxArea".into(), area.into());
    }
}

/// Rights of the file, else of the settings, where the version has a member of that meaning:
/// links in `license` or `rights`, text only in `attribution` of version 2.
fn add_rights(
    document: &mut Map<String, Value>,
    info: &ImageInfo,
    settings: &Documents,
    version: Version,
) {
    let rights = info.metadata.text(MetadataKey::Rights).unwrap_or(&settings.copyright).trim();
    let member = match (version, is_uri(rights)) {
        _ if rights.is_empty() => return,
        (Version::V1, _) | (Version::V3, false) => return,
        (Version::V2, false) => "attribution",
        (Version::V2, true) => "license",
        (Version::V3, true) => "rights",
    };
    document.entry(member).or_insert_with(|| rights.into());
}

fn is_uri(text: &str) -> bool {
    let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    rest.is_some_and(|rest| {
        !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"')
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Request;
    use crate::protocol::fixture;

    const WRITTEN: &[&str] = if cfg!(feature = "avif") {
        &["jpg", "png", "webp", "avif", "tif"]
    } else {
        &["jpg", "png", "webp", "tif"]
    };

    const PYRAMID: [(u32, u32, u32, u32); 4] =
        [(1000, 700, 128, 128), (500, 350, 128, 128), (250, 175, 128, 128), (125, 87, 128, 128)];

    fn settings(iiif_version: u8) -> Documents {
        Documents { iiif_version, max_side: Some(5000), upscaling: true, ..Documents::default() }
    }

    fn answer(info: &ImageInfo, settings: &Documents, accept: Option<&str>) -> Response {
        let input = "rgb_t128.tif/info.json";
        let request = Request {
            path: "/iiif/rgb_t128.tif/info.json",
            host: Some("example.org"),
            accept,
            ..Request::default()
        };
        let context = Context {
            request: &request,
            input,
            name: "rgb_t128.tif",
            views: None,
            statistics: None,
            settings,
        };
        describe(info, &context)
    }

    fn document(info: &ImageInfo, settings: &Documents) -> Value {
        serde_json::from_slice(answer(info, settings, None).body()).unwrap()
    }

    #[test]
    fn version_3_has_the_members_of_the_specification() {
        // Behaviour specification, 14.3, with extra lists of what level 2 does not have already.
        let expected = json!({
            "@context": "http://iiif.io/api/image/3/context.json",
            "protocol": "http://iiif.io/api/image",
            "width": 1000,
            "height": 700,
            "sizes": [
                { "width": 125, "height": 87 },
                { "width": 250, "height": 175 },
                { "width": 500, "height": 350 },
            ],
            "tiles": [{ "width": 128, "height": 128, "scaleFactors": [1, 2, 4, 8] }],
            "id": "http://example.org/iiif/rgb_t128.tif",
            "type": "ImageService3",
            "profile": "level2",
            "maxWidth": 5000,
            "maxHeight": 5000,
            "extraQualities": ["color", "gray", "bitonal"],
            "extraFormats": WRITTEN[2..],
            "extraFeatures": [
                "canonicalLinkHeader", "mirroring", "profileLinkHeader", "rotationArbitrary",
                "sizeUpscaling",
            ],
        });
        let found = document(&fixture::image(&PYRAMID), &settings(3));
        assert_eq!(found, expected);
        let order = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(order(&found), order(&expected));
    }

    #[test]
    fn version_2_has_the_members_of_the_specification() {
        // Behaviour specification, 14.4.
        let expected = json!({
            "@context": "http://iiif.io/api/image/2/context.json",
            "protocol": "http://iiif.io/api/image",
            "width": 1000,
            "height": 700,
            "sizes": [
                { "width": 125, "height": 87 },
                { "width": 250, "height": 175 },
                { "width": 500, "height": 350 },
            ],
            "tiles": [{ "width": 128, "height": 128, "scaleFactors": [1, 2, 4, 8] }],
            "@id": "http://example.org/iiif/rgb_t128.tif",
            "profile": [
                "http://iiif.io/api/image/2/level2.json",
                {
                    "formats": WRITTEN,
                    "qualities": ["default", "color", "gray", "bitonal"],
                    "supports": [
                        "canonicalLinkHeader", "mirroring", "profileLinkHeader", "regionSquare",
                        "rotationArbitrary", "sizeByConfinedWh", "sizeByDistortedWh",
                        "sizeAboveFull",
                    ],
                    "maxWidth": 5000,
                    "maxHeight": 5000,
                },
            ],
        });
        assert_eq!(document(&fixture::image(&PYRAMID), &settings(2)), expected);
    }

    #[test]
    fn version_1_has_the_members_of_its_own_specification() {
        // Image API 1.1, 5.
        let expected = json!({
            "@context": "http://library.stanford.edu/iiif/image-api/1.1/context.json",
            "@id": "http://example.org/iiif/rgb_t128.tif",
            "width": 1000,
            "height": 700,
            "scale_factors": [1, 2, 4, 8],
            "tile_width": 128,
            "tile_height": 128,
            "formats": WRITTEN,
            "qualities": ["native", "color", "grey", "bitonal"],
            "profile": "http://library.stanford.edu/iiif/image-api/1.1/compliance.html#level2",
        });
        assert_eq!(document(&fixture::image(&PYRAMID), &settings(1)), expected);
    }

    #[test]
    fn color_is_offered_for_colored_images_only() {
        let mut gray = fixture::image(&PYRAMID);
        gray.channels = 2;
        gray.alpha = Alpha::Straight;
        assert_eq!(document(&gray, &settings(3))["extraQualities"], json!(["gray", "bitonal"]));
        let extended = Documents { extensions: true, ..settings(3) };
        assert_eq!(
            document(&gray, &extended)["extraQualities"],
            json!(["gray", "bitonal", "negative", "stretch", "equalization", "log"])
        );
    }

    #[test]
    fn rights_are_links_and_text_is_attribution() {
        let with = |text: &str, version| {
            let mut info = fixture::image(&PYRAMID);
            info.metadata.texts.insert(MetadataKey::Rights, text.to_owned());
            document(&info, &settings(version))
        };
        let link = "http://creativecommons.org/licenses/by/4.0/";
        assert_eq!(with(link, 3)["rights"], link);
        assert_eq!(with(link, 2)["license"], link);
        let text = "\u{a9} \"me\"";
        assert_eq!(with(text, 3).get("rights"), None);
        assert_eq!(with(text, 2)["attribution"], text);
        assert_eq!(with(text, 1).get("attribution"), None);
        let configured = Documents { copyright: link.into(), ..settings(3) };
        assert_eq!(document(&fixture::image(&PYRAMID), &configured)["rights"], link);
    }

    #[test]
    fn extra_members_are_added_and_cannot_replace_computed_ones() {
        let extra = json!({ "width": 1, "rights": "http://x/", "seeAlso": [] });
        let extra_info = extra.as_object().unwrap().clone();
        let extended = Documents { extra_info, copyright: "http://y/".into(), ..settings(3) };
        let found = document(&fixture::image(&PYRAMID), &extended);
        assert_eq!(found["width"], 1000);
        assert_eq!(found["rights"], "http://x/");
        assert_eq!(found["seeAlso"], json!([]));
    }

    #[test]
    fn the_media_type_is_negotiated() {
        const LD_3: &str =
            "application/ld+json;profile=\"http://iiif.io/api/image/3/context.json\"";
        const LD: &str = "application/ld+json";
        const JSON: &str = "application/json";
        let page = "text/html,application/xhtml+xml,*/*;q=0.8";
        for (version, accept, expected) in [
            (3, None, LD_3),
            (3, Some("*/*"), LD_3),
            (3, Some(LD), LD_3),
            (3, Some("application/ld+json;q=0.9, application/json;q=0.9"), LD_3),
            (3, Some(JSON), JSON),
            (3, Some("application/json, application/ld+json;q=0.5"), JSON),
            (3, Some("application/ld+json;q=0"), LD_3),
            (3, Some(page), JSON),
            (2, None, JSON),
            (2, Some("*/*"), JSON),
            (2, Some(LD), LD),
            (1, None, JSON),
            (1, Some(LD), LD),
        ] {
            let response = answer(&fixture::image(&PYRAMID), &settings(version), accept);
            assert_eq!(response.value("Content-Type"), Some(expected), "{version} {accept:?}");
            assert_eq!(response.value("Vary"), Some("Accept"));
            let linked = version < 3 && expected == JSON;
            assert_eq!(response.value("Link").is_some(), linked, "{version} {accept:?}");
        }
        let response = answer(&fixture::image(&PYRAMID), &settings(2), None);
        assert_eq!(
            response.value("Link"),
            Some(
                "<http://iiif.io/api/image/2/context.json>\
                 ;rel=\"http://www.w3.org/ns/json-ld#context\";type=\"application/ld+json\""
            )
        );
    }
}
