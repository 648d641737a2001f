//! IIIF Image API 3.0, 2.1 and 1.1.
//!
//! One grammar with the differences of the versions named where they apply. The module looks at
//! no image while parsing: whether a size is an enlargement is for the planner to see.
//!
//! | | 1.1 | 2.1 | 3.0 |
//! | --- | --- | --- | --- |
//! | size `full` | yes | yes | 400 |
//! | size `^…` | 400 | 400 | enlarges |
//! | larger than the region | enlarges | enlarges | refused |
//! | quality `native`, `grey` | yes | yes | 400 |
//! | no format | negotiated | 400 | 400 |
//! | canonical `Link` | no | yes | yes |

mod accept;
mod address;
mod canonical;
mod image;
mod info;
mod quality;
mod region;
mod rotation;
mod size;
mod target;
mod version;

pub use address::{id, image_link, info_url};
pub use canonical::{Resolved, canonical};
pub use image::parse;
pub use info::describe;
pub use target::identifier;
pub use version::{Version, version};

use super::{Documents, Parsed};
use crate::command::Action;
use crate::http::Request;

/// Reads anything in any version; what is read has a name, and sides above 0.
#[doc(hidden)]
pub fn fuzz(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (accept, input) = text.split_once('\n').unwrap_or(("", &text));
    for iiif_version in [1, 2, 3] {
        let settings = Documents { iiif_version, extensions: true, ..Documents::default() };
        let request = Request { accept: Some(accept), path: input, ..Request::default() };
        match parse(input, &request, &settings) {
            Ok(Parsed::Command(command)) => {
                assert!(command.image.is_some_and(|image| !image.name.is_empty()), "a name");
                if let Action::Region(view) = command.action {
                    image::assert_sides(&view);
                }
            }
            Ok(Parsed::Redirect(image)) => assert!(!image.name.is_empty(), "a name"),
            Err(error) => assert!(!error.reason.is_empty(), "a reason"),
        }
    }
}
