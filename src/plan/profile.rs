//! What becomes of the colour profile of an image.

use super::{Facts, Policy};
use crate::command::{Adjust, ColorMode, Depth, Format, View};
use crate::process::IccProfile;

/// The profile that the colours of a picture are converted by. Numbers stay what they are.
pub(super) fn of<'a>(view: &View, facts: &Facts<'a>) -> Option<&'a IccProfile> {
    let is_picture = view.output.depth == Depth::Eight && view.output.format != Format::Raw;
    facts.profile.filter(|_| is_picture && has_meaning(view))
}

/// Whether the profile of the image is embedded.
pub(super) fn is_embedded(view: &View, facts: &Facts<'_>, policy: &Policy) -> bool {
    let kept = view.color == ColorMode::Native && has_meaning(view) && of(view, facts).is_none();
    let icc = facts.info.metadata.icc.as_ref().filter(|_| kept);
    icc.is_some_and(|icc| policy.max_icc.is_none_or(|max| icc.len() < max))
}

/// A profile has no meaning for colours that are not those of the image.
fn has_meaning(view: &View) -> bool {
    !view.adjust.iter().any(|adjust| {
        matches!(adjust, Adjust::Colormap(_) | Adjust::Shade { .. } | Adjust::Twist(_))
    })
}
