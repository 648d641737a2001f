//! A lock that knows how often somebody had to wait for it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

/// A mutex for a few instructions at a time. A panic while it is held changes nothing for others:
/// what it protects must be right between any two instructions that may panic.
#[derive(Debug, Default)]
pub struct Lock<T> {
    value: Mutex<T>,
    waits: AtomicU64,
}

impl<T> Lock<T> {
    /// A lock that is free.
    pub fn new(value: T) -> Self {
        Self { value: Mutex::new(value), waits: AtomicU64::new(0) }
    }

    /// Takes the lock, when it is free.
    pub fn lock(&self) -> MutexGuard<'_, T> {
        match self.value.try_lock() {
            Ok(guard) => guard,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => {
                self.waits.fetch_add(1, Ordering::Relaxed);
                self.value.lock().unwrap_or_else(PoisonError::into_inner)
            }
        }
    }

    /// How often the lock was not free.
    pub fn waits(&self) -> u64 {
        self.waits.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::thread;

    use super::*;

    #[test]
    fn only_waiting_is_counted() {
        let lock = Lock::new(1);
        *lock.lock() += 1;
        assert_eq!((*lock.lock(), lock.waits()), (2, 0));
        thread::scope(|scope| {
            let guard = lock.lock();
            let waiting = scope.spawn(|| *lock.lock());
            while lock.waits() == 0 {
                thread::yield_now();
            }
            drop(guard);
            assert_eq!(waiting.join().unwrap(), 2);
        });
        assert_eq!(lock.waits(), 1);
    }

    #[test]
    fn a_panic_leaves_it_usable() {
        let lock = Lock::new(1);
        let panicking = || {
            let _guard = lock.lock();
            panic!("on purpose");
        };
        assert!(catch_unwind(AssertUnwindSafe(panicking)).is_err());
        assert_eq!(*lock.lock(), 1);
    }
}
