use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How long small pictures and numbers of an image have taken of late, whatever they waited for: the disk, a
/// slow codec, a core.
///
/// A moving average. When two threads add to it at once, one of the two may be lost.
#[derive(Debug)]
pub struct Pace {
    nanos: AtomicU64,
}

impl Pace {
    /// Above it another thread is worth the way there and back: about what the kernel gives to a
    /// thread before the next one has its turn.
    const SHORT: Duration = Duration::from_millis(4);
    /// What counts of one: a thread that lost its core for a while says little of the image.
    const LONGEST: Duration = Duration::from_millis(8);
    /// Nothing has been made yet.
    const UNKNOWN: u64 = u64::MAX;

    /// Whether the next one will probably be short.
    pub fn is_short(&self) -> bool {
        Duration::from_nanos(self.nanos.load(Ordering::Relaxed)) <= Self::SHORT
    }

    /// Adds a picture.
    pub fn count(&self, took: Duration) {
        let took = u64::try_from(took.min(Self::LONGEST).as_nanos()).unwrap_or(Self::UNKNOWN);
        let average = match self.nanos.load(Ordering::Relaxed) {
            Self::UNKNOWN => took,
            average => average - average / 8 + took / 8,
        };
        self.nanos.store(average, Ordering::Relaxed);
    }
}

impl Default for Pace {
    fn default() -> Self {
        Self { nanos: AtomicU64::new(Self::UNKNOWN) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUICK: Duration = Duration::from_micros(300);
    const SLOW: Duration = Duration::from_millis(60);

    #[test]
    fn an_image_is_short_once_it_has_shown_it() {
        let pace = Pace::default();
        assert!(!pace.is_short());
        pace.count(QUICK);
        assert!(pace.is_short());
        let pace = Pace::default();
        pace.count(SLOW);
        assert!(!pace.is_short());
    }

    #[test]
    fn one_slow_picture_among_many_says_little() {
        let pace = Pace::default();
        pace.count(QUICK);
        for _ in 0..100 {
            pace.count(SLOW);
            assert!(pace.is_short());
            for _ in 0..3 {
                pace.count(QUICK);
            }
        }
    }

    #[test]
    fn an_image_that_becomes_slow_is_known_after_five() {
        let pace = Pace::default();
        pace.count(QUICK);
        // 8 - 7.7 * (7/8)^n ms: 3.49 after four, 4.05 after five.
        for _ in 0..5 {
            assert!(pace.is_short());
            pace.count(SLOW);
        }
        assert!(!pace.is_short());
        pace.count(Duration::ZERO);
        assert!(pace.is_short());
    }
}
