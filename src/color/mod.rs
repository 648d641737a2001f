//! Colour models of files to RGB.
//!
//! Numbers in, numbers out: nothing here knows of files, images or rasters. Each function fills
//! as many whole pixels as both of its slices hold.
//!
//! - `cmyk`: inks, by the profile of the file or by the simple formula
//! - `lab`: CIELab to sRGB
//! - `ycc`: luma and colour differences

pub mod cmyk;
pub mod lab;
pub mod ycc;
