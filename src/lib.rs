//! Pyramis, an image server for tiled pyramids.
//!
//! Requests in IIP, IIIF, DeepZoom and Zoomify are parsed into one [`command`] set. A command is
//! resolved against one image to a plan, and the pipeline runs the plan: decode
//! ([`codec`]), process ([`process`]), encode. `docs/DESIGN.md` draws the whole picture.

pub mod cache;
pub mod codec;
pub mod color;
pub mod command;
pub mod config;
pub mod error;
pub mod fastcgi;
pub mod http;
pub mod image;
pub mod lock;
pub mod observe;
pub mod pipeline;
pub mod plan;
pub mod process;
pub mod protocol;
pub mod raster;
pub mod server;
pub mod store;
pub mod web;
pub mod workers;
