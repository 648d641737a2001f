use std::collections::HashMap;
use std::fmt::Debug;
use std::future::Future;
use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;

use crate::lock::Lock;

/// One computation for all that want the same at the same time.
///
/// The work is detached from whoever asked first: it goes on when that client leaves, and is
/// cancelled when the last one does. Results are shared with those who wait, and not kept.
#[derive(Debug)]
pub struct Flight<K, V>(Arc<Lock<HashMap<K, Running<V>>>>);

#[derive(Debug)]
struct Running<V> {
    result: watch::Receiver<Option<V>>,
    waiting: usize,
    cancel: Cancel,
}

/// Tells work that nobody waits for it any more.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Asks the work to stop.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the work should stop.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The work ended without a result: it panicked.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the work ended without a result")]
pub struct FlightError;

impl<K, V> Default for Flight<K, V> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<K, V> Flight<K, V> {
    /// How often somebody had to wait for the list of flights, not for their work.
    pub fn lock_waits(&self) -> u64 {
        self.0.waits()
    }
}

impl<K, V> Flight<K, V>
where
    K: Clone + Debug + Eq + Hash + Send + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// The result of `start`, or of the same work somebody else started and has not finished.
    pub async fn run<F>(&self, key: K, start: impl FnOnce(Cancel) -> F) -> Result<V, FlightError>
    where
        F: Future<Output = V> + Send + 'static,
    {
        let (waiter, mut result) = self.join(key, start);
        let value = result.wait_for(Option::is_some).await.ok().and_then(|value| value.clone());
        drop(waiter);
        value.ok_or(FlightError)
    }

    fn join<F>(
        &self,
        key: K,
        start: impl FnOnce(Cancel) -> F,
    ) -> (Waiter<K, V>, watch::Receiver<Option<V>>)
    where
        F: Future<Output = V> + Send + 'static,
    {
        let mut flights = self.0.lock();
        if let Some(running) = flights.get_mut(&key) {
            running.waiting += 1;
            let result = running.result.clone();
            let waiter =
                Waiter { flights: Arc::clone(&self.0), key, cancel: running.cancel.clone() };
            return (waiter, result);
        }
        let cancel = Cancel::default();
        let (sender, result) = watch::channel(None);
        let running = Running { result: result.clone(), waiting: 1, cancel: cancel.clone() };
        flights.insert(key.clone(), running);
        drop(flights);
        let work = start(cancel.clone());
        let done = Done { flights: Arc::clone(&self.0), key: key.clone(), cancel: cancel.clone() };
        tokio::spawn(async move {
            let value = work.await;
            // Whoever asks from here on starts anew.
            drop(done);
            // Nobody may be left to receive it.
            let _ = sender.send(Some(value));
        });
        (Waiter { flights: Arc::clone(&self.0), key, cancel }, result)
    }
}

/// One of those who wait; the last one to leave cancels the work.
struct Waiter<K: Eq + Hash, V> {
    flights: Arc<Lock<HashMap<K, Running<V>>>>,
    key: K,
    cancel: Cancel,
}

impl<K: Eq + Hash, V> Drop for Waiter<K, V> {
    fn drop(&mut self) {
        let mut flights = self.flights.lock();
        let Some(running) = flights.get_mut(&self.key) else { return };
        if !Arc::ptr_eq(&running.cancel.0, &self.cancel.0) {
            return;
        }
        running.waiting -= 1;
        if running.waiting == 0 {
            running.cancel.cancel();
            flights.remove(&self.key);
        }
    }
}

/// Ends a flight, also when its work panics.
struct Done<K: Eq + Hash, V> {
    flights: Arc<Lock<HashMap<K, Running<V>>>>,
    key: K,
    cancel: Cancel,
}

impl<K: Eq + Hash, V> Drop for Done<K, V> {
    fn drop(&mut self) {
        let mut flights = self.flights.lock();
        let same = |running: &Running<V>| Arc::ptr_eq(&running.cancel.0, &self.cancel.0);
        if flights.get(&self.key).is_some_and(same) {
            flights.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;
    use std::sync::atomic::AtomicUsize;
    use tokio::sync::Notify;

    #[tokio::test]
    async fn fifty_callers_share_one_computation() {
        let flight = Arc::new(Flight::<u8, usize>::default());
        let (started, release) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
        let mut callers = Vec::new();
        for _ in 0..50 {
            let (flight, started, release) =
                (Arc::clone(&flight), Arc::clone(&started), Arc::clone(&release));
            callers.push(tokio::spawn(async move {
                let work = |_| async move {
                    let runs = started.fetch_add(1, Ordering::Relaxed) + 1;
                    release.notified().await;
                    runs
                };
                flight.run(1, work).await
            }));
        }
        while flight.0.lock().get(&1).map(|running| running.waiting) != Some(50) {
            tokio::task::yield_now().await;
        }
        release.notify_one();
        for caller in callers {
            assert_eq!(caller.await.unwrap(), Ok(1));
        }
        assert!(flight.0.lock().is_empty());
    }

    #[tokio::test]
    async fn work_goes_on_without_its_first_caller_and_stops_without_any() {
        let flight = Arc::new(Flight::<u8, u8>::default());
        let (release, cancel) = (Arc::new(Notify::new()), Arc::new(Mutex::new(None)));
        let join = || {
            let (release, cancel) = (Arc::clone(&release), Arc::clone(&cancel));
            flight.join(1, move |given| async move {
                *cancel.lock().unwrap() = Some(given);
                release.notified().await;
                7
            })
        };
        let (first, _) = join();
        let (second, mut result) = join();
        drop(first);
        tokio::task::yield_now().await;
        let given: Cancel = cancel.lock().unwrap().clone().unwrap();
        assert!(!given.is_cancelled());
        release.notify_one();
        assert_eq!(*result.wait_for(Option::is_some).await.unwrap(), Some(7));
        drop(second);

        let (only, _) = join();
        tokio::task::yield_now().await;
        let given: Cancel = cancel.lock().unwrap().clone().unwrap();
        drop(only);
        assert!(given.is_cancelled());
        assert!(flight.0.lock().is_empty());
    }

    #[tokio::test]
    async fn work_that_panics_ends_for_all_and_can_be_tried_again() {
        let flight = Flight::<u8, u8>::default();
        let fails = |_| async { panic!("on purpose") };
        assert_eq!(flight.run(1, fails).await, Err(FlightError));
        assert_eq!(flight.run(1, |_| async { 2 }).await, Ok(2));
    }
}
