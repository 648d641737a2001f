/// A rectangle of pixels.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Rect {
    /// Left edge.
    pub x: u32,
    /// Upper edge.
    pub y: u32,
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

impl Rect {
    /// Pixels inside.
    pub fn area(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// First column right of the rectangle.
    pub fn right(&self) -> u64 {
        u64::from(self.x) + u64::from(self.width)
    }

    /// First row below the rectangle.
    pub fn bottom(&self) -> u64 {
        u64::from(self.y) + u64::from(self.height)
    }

    /// Pixels in both rectangles.
    pub fn intersection(&self, other: &Self) -> Option<Self> {
        let (x, y) = (self.x.max(other.x), self.y.max(other.y));
        let right = self.right().min(other.right());
        let bottom = self.bottom().min(other.bottom());
        let width = u32::try_from(right.checked_sub(u64::from(x))?).ok()?;
        let height = u32::try_from(bottom.checked_sub(u64::from(y))?).ok()?;
        (width > 0 && height > 0).then_some(Self { x, y, width, height })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intersections_are_what_both_cover() {
        let a = Rect { x: 0, y: 0, width: 10, height: 10 };
        let b = Rect { x: 6, y: 8, width: u32::MAX, height: u32::MAX };
        let both = Rect { x: 6, y: 8, width: 4, height: 2 };
        assert_eq!(a.intersection(&b), Some(both));
        assert_eq!(b.intersection(&a), Some(both));
        assert_eq!(a.intersection(&Rect { x: 10, ..a }), None);
    }
}
