use super::PlanError;
use crate::command::Region;
use crate::image::{ImageInfo, Rect};

/// A part of an image in pixels of its full size, with fractions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Area {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Area {
    /// The part a region names, clipped to the image.
    pub(super) fn of(region: &Region, info: &ImageInfo) -> Result<Self, PlanError> {
        let (width, height) = (info.width(), info.height());
        let area = match *region {
            Region::Full => Rect { x: 0, y: 0, width, height }.into(),
            Region::Square => {
                let side = width.min(height);
                let (x, y) = ((width - side) / 2, (height - side) / 2);
                Rect { x, y, width: side, height: side }.into()
            }
            Region::Pixels { x, y, width, height } => Rect { x, y, width, height }.into(),
            Region::Ratio { x, y, width: w, height: h } => {
                let (across, down) = (f64::from(width), f64::from(height));
                Self {
                    x: x.value() * across,
                    y: y.value() * down,
                    width: w.value() * across,
                    height: h.value() * down,
                }
            }
        };
        area.clipped(width, height).ok_or(PlanError::EmptyRegion { width, height })
    }

    /// The whole pixels nearest to the area, at least one, inside the image.
    pub(super) fn rect(&self, info: &ImageInfo) -> Rect {
        let x = whole(self.x).min(info.width().saturating_sub(1));
        let y = whole(self.y).min(info.height().saturating_sub(1));
        let width = whole(self.width).clamp(1, info.width() - x);
        let height = whole(self.height).clamp(1, info.height() - y);
        Rect { x, y, width, height }
    }

    fn clipped(self, width: u32, height: u32) -> Option<Self> {
        let right = (self.x + self.width).min(f64::from(width));
        let bottom = (self.y + self.height).min(f64::from(height));
        let (x, y) = (self.x.max(0.0), self.y.max(0.0));
        let (width, height) = (right - x, bottom - y);
        (width > 0.0 && height > 0.0).then_some(Self { x, y, width, height })
    }
}

impl From<Rect> for Area {
    fn from(rect: Rect) -> Self {
        Self {
            x: rect.x.into(),
            y: rect.y.into(),
            width: rect.width.into(),
            height: rect.height.into(),
        }
    }
}

/// The nearest whole number, halves away from zero; saturates.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates")]
pub(super) fn whole(value: f64) -> u32 {
    value.round() as u32
}
