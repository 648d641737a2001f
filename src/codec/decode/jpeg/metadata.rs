//! Profiles, texts and resolution.

use std::collections::BTreeMap;

use super::header::Head;
use crate::codec::exif::{self, Exif};
use crate::command::MetadataKey;
use crate::image::{Metadata, Resolution, ResolutionUnit};

/// Everything the head carries beside the picture. The profile is left out when it does not fit
/// the decoded colours.
pub(super) fn metadata(head: &Head, exif: &Exif, profile_fits: bool) -> Metadata {
    let mut texts: BTreeMap<_, _> = exif.texts.clone();
    let xmp = head.xmp.as_ref().map(|xmp| exif::text(xmp.to_vec())).filter(|xmp| !xmp.is_empty());
    texts.extend(xmp.map(|xmp| (MetadataKey::Xmp, xmp)));
    Metadata {
        texts,
        icc: head.icc.clone().filter(|_| profile_fits),
        xmp: head.xmp.clone(),
        exif: head.exif.as_ref().and_then(exif::upright),
    }
}

/// A length from JFIF, else from EXIF, else the ratio JFIF gives.
pub(super) fn resolution(head: &Head, exif: &Exif) -> Option<Resolution> {
    let jfif = head.jfif.and_then(|(unit, x, y)| {
        let unit = match unit {
            1 => ResolutionUnit::Inch,
            2 => ResolutionUnit::Centimetre,
            _ => ResolutionUnit::Unknown,
        };
        (x > 0 && y > 0).then(|| Resolution { x: x.into(), y: y.into(), unit })
    });
    match jfif {
        Some(Resolution { unit: ResolutionUnit::Unknown, .. }) => exif.resolution.or(jfif),
        Some(_) => jfif,
        None => exif.resolution,
    }
}
