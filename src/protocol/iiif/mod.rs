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
mod fields;
mod image;
mod info;
mod quality;
mod region;
mod rotation;
mod size;
mod target;
mod tiles;
mod version;

pub use address::{id, image_link, info_url};
pub use canonical::{Resolved, canonical};
#[doc(hidden)]
pub use image::fuzz;
pub use image::parse;
pub use info::describe;
pub use target::identifier;
pub use version::{Version, version};
