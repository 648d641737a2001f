//! Size of an answer, in the arithmetic of the IIIF Image API 3.0, 4.2 and of IIP's bounding box
//! (behaviour specification, 9.1).

use super::area::{Area, whole};
use super::{PlanError, Policy};
use crate::command::{Excess, Fit, Size, Upscale};

/// Width and height of the picture of an area, each at least 1.
pub(super) fn output(size: &Size, area: &Area, policy: &Policy) -> Result<(u32, u32), PlanError> {
    let asked = asked(size.fit, area, policy);
    let (width, height) = enlarged(size, asked, area, policy)?;
    let shrinks = size.excess == Excess::Shrink
        || matches!(size.fit, Fit::Max | Fit::Natural | Fit::Within { .. });
    if fits(width, height, policy) {
        Ok((width, height))
    } else if shrinks {
        Ok(reduced(f64::from(width), f64::from(height), policy))
    } else {
        Err(PlanError::TooLarge { width, height })
    }
}

/// The size as asked, before any limit.
fn asked(fit: Fit, area: &Area, policy: &Policy) -> (u32, u32) {
    let Area { width: w, height: h, .. } = *area;
    match fit {
        Fit::Exact { width, height } => (width, height),
        Fit::Height(height) => (side(f64::from(height) * w / h), height),
        Fit::Width(width) => (width, side(f64::from(width) * h / w)),
        Fit::Natural => (side(w), side(h)),
        Fit::Percent(percent) => {
            (side(w * percent.value() / 100.0), side(h * percent.value() / 100.0))
        }
        Fit::Within { width, height } => within(f64::from(width), f64::from(height), w, h),
        // The validators want `^max` to be the region's own size.
        Fit::Max if policy.strict_box => (side(w), side(h)),
        Fit::Max => match policy.max_side {
            Some(max) => {
                let (width, height) = within(f64::from(max), f64::from(max), w, h);
                reduced(f64::from(width), f64::from(height), policy)
            }
            None => (side(w), side(h)),
        },
    }
}

/// Applies the rules for sizes larger than the region.
fn enlarged(
    size: &Size,
    (width, height): (u32, u32),
    area: &Area,
    policy: &Policy,
) -> Result<(u32, u32), PlanError> {
    let (from_width, from_height) = (side(area.width), side(area.height));
    if width <= from_width && height <= from_height {
        return Ok((width, height));
    }
    let refused = PlanError::Upscaling { width, height, from_width, from_height };
    match (size.upscale, size.fit) {
        (Upscale::Allow, _) if policy.upscaling => Ok((width, height)),
        (Upscale::Refuse, Fit::Within { .. }) if !policy.strict_box => {
            Ok((from_width, from_height))
        }
        // Where enlarging is switched off, the region's own size is the best that can be sent,
        // unless the client wants another aspect.
        (Upscale::Refuse, _) | (Upscale::Allow, Fit::Exact { .. }) => Err(refused),
        (Upscale::Allow, _) => Ok((from_width, from_height)),
    }
}

fn fits(width: u32, height: u32, policy: &Policy) -> bool {
    let side = policy.max_side.is_none_or(|max| width <= max && height <= max);
    let area = u64::from(width) * u64::from(height);
    side && policy.max_area.is_none_or(|max| area <= max)
}

/// The largest size of this aspect inside the limits.
fn reduced(width: f64, height: f64, policy: &Policy) -> (u32, u32) {
    let max = policy.max_side.map_or(f64::MAX, f64::from);
    let (mut w, mut h) = if width > max || height > max {
        let (w, h) = within(max, max, width, height);
        (f64::from(w), f64::from(h))
    } else {
        (width, height)
    };
    if let Some(max) = policy.max_area {
        #[expect(clippy::cast_precision_loss, reason = "a limit of pixels is far below 2^53")]
        let scale = (max as f64 / (w * h)).sqrt();
        if scale < 1.0 {
            (w, h) = ((w * scale).floor(), (h * scale).floor());
        }
    }
    (side(w), side(h))
}

/// The largest size of the aspect `w : h` inside a box.
fn within(width: f64, height: f64, w: f64, h: f64) -> (u32, u32) {
    if width * h <= height * w {
        (side(width), side(width * h / w))
    } else {
        (side(height * w / h), side(height))
    }
}

fn side(value: f64) -> u32 {
    whole(value).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::Finite;
    use proptest::prelude::*;

    fn area(width: f64, height: f64) -> Area {
        Area { x: 0.0, y: 0.0, width, height }
    }

    fn iip(fit: Fit, area: &Area) -> (u32, u32) {
        let size = Size { fit, upscale: Upscale::Allow, excess: Excess::Shrink };
        output(&size, area, &Policy::default()).unwrap()
    }

    #[test]
    fn iip_sizes_are_those_of_the_specification() {
        // Behaviour specification, 9.3, on an image of 1001 x 601.
        let full = area(1001.0, 601.0);
        assert_eq!(iip(Fit::Width(100), &full), (100, 60));
        assert_eq!(iip(Fit::Width(250), &full), (250, 150));
        assert_eq!(iip(Fit::Width(251), &full), (251, 151));
        assert_eq!(iip(Fit::Width(501), &full), (501, 301));
        assert_eq!(iip(Fit::Within { width: 300, height: 300 }, &full), (300, 180));
        assert_eq!(iip(Fit::Width(2000), &full), (2000, 1201));
        assert_eq!(iip(Fit::Width(6000), &full), (5000, 3002));
        assert_eq!(iip(Fit::Width(250), &area(500.5, 300.5)), (250, 150));
        assert_eq!(iip(Fit::Width(100), &area(0.333 * 1001.0, 0.25 * 601.0)), (100, 45));
        assert_eq!(iip(Fit::Natural, &area(500.0, 350.0)), (500, 350));
    }

    #[test]
    fn an_asked_side_is_kept_exactly() {
        // The reference shrank 22, on 1000 x 700 to 21 x 15.
        assert_eq!(iip(Fit::Width(22), &area(1000.0, 700.0)), (22, 15));
        assert_eq!(iip(Fit::Width(123), &area(1000.0, 100.0)), (123, 12));
        assert_eq!(iip(Fit::Width(1), &area(1000.0, 100.0)), (1, 1));
    }

    #[test]
    fn enlarging_must_be_asked_for_in_iiif_3() {
        let size = |fit| Size { fit, upscale: Upscale::Refuse, excess: Excess::Refuse };
        let region = area(100.0, 50.0);
        let policy = Policy::default();
        let strict = Policy { strict_box: true, ..policy.clone() };
        let inside = Fit::Within { width: 200, height: 200 };
        assert!(output(&size(Fit::Width(101)), &region, &policy).is_err());
        assert!(output(&size(Fit::Percent(Finite::from(101))), &region, &policy).is_err());
        assert_eq!(output(&size(inside), &region, &policy), Ok((100, 50)));
        assert!(output(&size(inside), &region, &strict).is_err());
        assert_eq!(output(&size(Fit::Width(100)), &region, &strict), Ok((100, 50)));
    }

    #[test]
    fn explicit_iiif_sizes_over_the_limit_are_refused_and_boxes_are_reduced() {
        let size = |fit| Size { fit, upscale: Upscale::Allow, excess: Excess::Refuse };
        let region = area(9000.0, 6000.0);
        let policy = Policy { max_side: Some(3000), ..Policy::default() };
        let exact = Fit::Exact { width: 3001, height: 10 };
        let error = PlanError::TooLarge { width: 3001, height: 10 };
        assert_eq!(output(&size(exact), &region, &policy), Err(error));
        let inside = Fit::Within { width: 4000, height: 4000 };
        assert_eq!(output(&size(inside), &region, &policy), Ok((3000, 2000)));
        assert_eq!(output(&size(Fit::Max), &region, &policy), Ok((3000, 2000)));
        let small = area(90.0, 60.0);
        assert_eq!(output(&size(Fit::Max), &small, &policy), Ok((3000, 2000)));
        assert_eq!(output(&size(Fit::Natural), &small, &policy), Ok((90, 60)));
    }

    proptest! {
        #[test]
        fn boxes_are_filled_and_never_left(
            (w, h) in (1_u32..100_000, 1_u32..100_000),
            (width, height) in (1_u32..5000, 1_u32..5000),
        ) {
            let (ow, oh) = iip(Fit::Within { width, height }, &area(w.into(), h.into()));
            prop_assert!(ow <= width && oh <= height);
            prop_assert!(ow == width || oh == height);
        }

        #[test]
        fn limits_hold_for_every_reduced_size(
            (w, h) in (1_u32..1_000_000, 1_u32..1_000_000),
            max_side in 1_u32..10_000,
            max_area in 1_u64..50_000_000,
        ) {
            let policy = Policy {
                max_side: Some(max_side),
                max_area: Some(max_area),
                ..Policy::default()
            };
            for fit in [Fit::Natural, Fit::Max, Fit::Width(w), Fit::Percent(Finite::from(300))] {
                let size = Size { fit, upscale: Upscale::Allow, excess: Excess::Shrink };
                let (ow, oh) = output(&size, &area(w.into(), h.into()), &policy).unwrap();
                prop_assert!(ow <= max_side && oh <= max_side);
                // A side of one pixel cannot shrink further.
                prop_assert!(u64::from(ow) * u64::from(oh) <= max_area || ow == 1 || oh == 1);
            }
        }
    }
}
