//! Addresses of images as clients see them.

use std::fmt::Write;

use super::Version;
use crate::http::{self, Request};
use crate::protocol::{Context, Documents};

/// The `id` of an image: `X-IIIF-ID`, else the configured base and the name, else the address of
/// the request up to the name. Percent-encoding stays as received.
///
/// Without a valid host it is the path alone.
pub fn id(context: &Context<'_>) -> String {
    let Context { request, input, name, settings, .. } = *context;
    image_address(request, settings, request.path, input, name)
}

/// Where the info.json of an image is, for the redirect from its identifier alone.
///
/// `name` is percent-encoded as received, see [`identifier`](super::identifier).
pub fn info_url(request: &Request<'_>, settings: &Documents, name: &str) -> String {
    let path = request.path.trim_end_matches('/');
    image_address(request, settings, path, name, name) + "/info.json"
}

/// Value of the `Link` header of an image answer: profile, and before it the canonical address,
/// which version 1 does not have. `canonical` is the text of [`canonical`](super::canonical).
///
/// One header, not two: some clients keep only the last of several.
pub fn image_link(version: Version, id: &str, canonical: &str) -> String {
    let profile = format!("<{}>;rel=\"profile\"", version.profile());
    match version {
        Version::V1 => profile,
        Version::V2 | Version::V3 => format!("<{id}/{canonical}>;rel=\"canonical\",{profile}"),
    }
}

fn image_address(
    request: &Request<'_>,
    settings: &Documents,
    path: &str,
    input: &str,
    name: &str,
) -> String {
    if let Some(id) = request.iiif_id.filter(|id| !id.is_empty()) {
        return escaped(id);
    }
    if !settings.base_url.is_empty() {
        return escaped(&format!("{}{name}", settings.base_url));
    }
    let base = http::base_url(request).unwrap_or_default();
    // A request string that is not the end of the path came in the query.
    escaped(&match path.strip_suffix(input) {
        Some(prefix) => format!("{base}{prefix}{name}"),
        None => format!("{base}{path}?IIIF={name}"),
    })
}

/// Percent-encodes what can stand nowhere in a URI (RFC 3986, 2), so that no quote or angle
/// bracket of a sloppy client ends up in a header. A valid URI stays as it is.
fn escaped(uri: &str) -> String {
    let mut out = String::with_capacity(uri.len());
    for byte in uri.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte) {
            out.push(char::from(byte));
        } else {
            write!(out, "%{byte:02X}").expect("writing to a string cannot fail");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id_of(request: &Request<'_>, settings: &Documents, input: &str) -> String {
        let name = super::super::identifier(input);
        id(&Context { request, input, name, views: None, statistics: None, settings })
    }

    const REQUEST: Request<'static> = Request {
        method: None,
        path: "/iiif/dir/a%20b.tif/info.json",
        query: "x=1",
        body: &[],
        https: true,
        host: Some("example.org"),
        accept: None,
        forwarded: None,
        if_modified_since: None,
        if_none_match: None,
        forwarded_host: None,
        forwarded_prefix: None,
        forwarded_proto: None,
        iiif_id: None,
    };
    const INPUT: &str = "dir/a%20b.tif/info.json";

    #[test]
    fn the_id_is_the_address_without_info_json_and_query() {
        let settings = Documents::default();
        let expected = "https://example.org/iiif/dir/a%20b.tif";
        assert_eq!(id_of(&REQUEST, &settings, INPUT), expected);
        let input = "dir/a%20b.tif/full/max/0/default.jpg";
        let image = Request { path: &format!("/iiif/{input}"), ..REQUEST };
        assert_eq!(id_of(&image, &settings, input), expected);
    }

    #[test]
    fn a_name_like_a_parameter_does_not_confuse_the_id() {
        let request = Request { path: "/full/full/full/max/0/default.jpg", ..REQUEST };
        let id = id_of(&request, &Documents::default(), "full/full/max/0/default.jpg");
        assert_eq!(id, "https://example.org/full/full");
    }

    #[test]
    fn settings_and_headers_come_first() {
        let settings =
            Documents { base_url: "https://cdn.example.net/i/".into(), ..Documents::default() };
        assert_eq!(id_of(&REQUEST, &settings, INPUT), "https://cdn.example.net/i/dir/a%20b.tif");
        let request = Request { iiif_id: Some("http://public/a"), ..REQUEST };
        assert_eq!(id_of(&request, &settings, INPUT), "http://public/a");
    }

    #[test]
    fn a_request_string_in_the_query_stays_there() {
        let request = Request { path: "/fcgi-bin/iipsrv.fcgi", ..REQUEST };
        assert_eq!(
            id_of(&request, &Documents::default(), INPUT),
            "https://example.org/fcgi-bin/iipsrv.fcgi?IIIF=dir/a%20b.tif"
        );
    }

    #[test]
    fn the_redirect_goes_to_the_info_json_of_the_id() {
        let settings = Documents::default();
        for path in ["/iiif/a%2Fb.tif", "/iiif/a%2Fb.tif/"] {
            let request = Request { path, ..REQUEST };
            let url = info_url(&request, &settings, "a%2Fb.tif");
            assert_eq!(url, "https://example.org/iiif/a%2Fb.tif/info.json");
            let request = Request { host: None, ..request };
            let url = info_url(&request, &settings, "a%2Fb.tif");
            assert_eq!(url, "/iiif/a%2Fb.tif/info.json");
        }
    }

    #[test]
    fn an_address_cannot_break_out_of_a_header() {
        let request = Request { iiif_id: Some("http://a/\"><b>\r\nü%22"), ..REQUEST };
        assert_eq!(
            id_of(&request, &Documents::default(), INPUT),
            "http://a/%22%3E%3Cb%3E%0D%0A%C3%BC%22"
        );
    }

    #[test]
    fn image_links_are_one_header_with_profile_and_canonical() {
        let canonical = "full/max/0/default.jpg";
        assert_eq!(
            image_link(Version::V3, "http://h/a", canonical),
            "<http://h/a/full/max/0/default.jpg>;rel=\"canonical\",\
             <http://iiif.io/api/image/3/level2.json>;rel=\"profile\""
        );
        assert_eq!(
            image_link(Version::V1, "http://h/a", canonical),
            "<http://library.stanford.edu/iiif/image-api/1.1/compliance.html#level2>;rel=\"profile\""
        );
    }
}
