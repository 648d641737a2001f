//! The pages of the HTTP server: a gallery, a deep-zoom viewer and the files they need.
//!
//! Pure functions from data to answers. The pages are files of this folder, embedded in the
//! program: no framework, nothing from other hosts, no inline scripts or styles. Everything that
//! changes from image to image reaches them through `info.json` and [`listing`], so this module
//! knows nothing of files, codecs or settings.
//!
//! | address | answer |
//! | --- | --- |
//! | `/` | [`gallery`] |
//! | `/view/<id>` | [`viewer`] |
//! | `/api/images?folder=<path>&page=<n>` | [`listing`] |
//! | `/static/<name>`, `/favicon.svg` | [`asset`] |

mod assets;
mod listing;
mod page;

pub use assets::asset;
pub use listing::{Folder, Image, Listing, PAGE_SIZE, listing};
pub use page::{gallery, viewer};

use crate::http::Response;

/// Id of the sample picture; the gallery marks the image of this id as the sample.
pub const SAMPLE_ID: &str = "sample.tif";

/// The sample picture: a tiled pyramid TIFF, JPEG in YCbCr, of 4080 by 2000 pixels.
///
/// `sample/LICENSE.md` names its author, source and licence.
pub static SAMPLE: &[u8] = include_bytes!("sample/sample.tif");

/// The headers that keep an answer of this module from being read as anything else.
fn guarded(response: Response) -> Response {
    response
        .header("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        .header("X-Content-Type-Options", "nosniff")
        .header("Referrer-Policy", "no-referrer")
}

/// All comes from this server, nothing is inline, and only this server's pages may frame a page.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'self'";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_carries_the_security_headers() {
        let answers = [
            gallery(""),
            viewer("a.tif", ""),
            listing(&Listing::default()),
            asset("/static/viewer.js").unwrap(),
            asset("/favicon.svg").unwrap(),
        ];
        for answer in answers {
            let policy = answer.value("Content-Security-Policy").unwrap();
            assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"));
            assert!(!policy.contains("unsafe") && !policy.contains("  "));
            assert_eq!(answer.value("X-Content-Type-Options"), Some("nosniff"));
            assert_eq!(answer.value("Referrer-Policy"), Some("no-referrer"));
        }
    }

    #[test]
    fn the_sample_is_a_small_tiff() {
        assert!(SAMPLE.starts_with(b"II*\0"));
        assert!(SAMPLE.len() < 1_500_000);
    }
}
