//! The fixed pool of CPU threads: two lanes, bounded queues, refusal at once when they are full.

use std::collections::VecDeque;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::codec::Scratch;

/// Which queue a job waits in.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Lane {
    /// Large pictures: never on all threads at once, and bounded by their memory in bytes.
    Region {
        /// Memory the job needs at its peak.
        bytes: u64,
    },
    /// Tiles, file openings and all else that is short.
    Tile,
}

/// Sizes of the pool.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PoolSize {
    /// Threads, at least 1.
    pub threads: usize,
    /// Threads that large pictures may hold at once, at least 1.
    pub region_threads: usize,
    /// Tiles that may wait.
    pub queued_tiles: usize,
    /// Large pictures that may wait.
    pub queued_regions: usize,
    /// Memory of all large pictures that are worked on at once.
    pub region_bytes: u64,
}

/// A job that did not end.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum WorkError {
    /// The queue of the lane is full.
    #[error("all workers are busy")]
    Overload,
    /// The job panicked; the thread goes on with a new scratch.
    #[error("worker failed")]
    Panicked,
}

/// How long a thread waits for a job before it gives its buffers back.
const REST: Duration = Duration::from_secs(2);

type Job = Box<dyn FnOnce(&mut Scratch) + Send>;

/// The pool. Dropping it ends the threads after the jobs they have in hand.
#[derive(Debug)]
pub struct Workers {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    size: PoolSize,
    queues: Mutex<Queues>,
    changed: Condvar,
}

#[derive(Default)]
struct Queues {
    tiles: VecDeque<Queued>,
    regions: VecDeque<Queued>,
    next: u64,
    running_regions: usize,
    region_bytes: u64,
    closed: bool,
}

struct Queued {
    number: u64,
    bytes: u64,
    job: Job,
}

impl Workers {
    /// Starts the threads.
    pub fn new(size: PoolSize) -> std::io::Result<Self> {
        let shared =
            Arc::new(Shared { size, queues: Mutex::default(), changed: Condvar::default() });
        let start = |number| {
            let shared = Arc::clone(&shared);
            Builder::new().name(format!("worker-{number}")).spawn(move || shared.work())
        };
        let threads = (0..size.threads.max(1)).map(start).collect::<Result<_, _>>()?;
        Ok(Self { shared, threads })
    }

    /// Runs a job on a CPU thread.
    pub async fn run<T: Send + 'static>(
        &self,
        lane: Lane,
        work: impl FnOnce(&mut Scratch) -> T + Send + 'static,
    ) -> Result<T, WorkError> {
        let (sender, result) = oneshot::channel();
        let job = Box::new(move |scratch: &mut Scratch| {
            // The one who waited may be gone.
            let _ = sender.send(work(scratch));
        });
        self.shared.submit(lane, job)?;
        result.await.map_err(|_| WorkError::Panicked)
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.changed.notify_all();
        for thread in self.threads.drain(..) {
            // A worker catches the panics of its jobs.
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn submit(&self, lane: Lane, job: Job) -> Result<(), WorkError> {
        let mut queues = self.lock();
        let number = queues.next;
        queues.next += 1;
        match lane {
            Lane::Tile => {
                if queues.tiles.len() >= self.size.queued_tiles {
                    return Err(WorkError::Overload);
                }
                queues.tiles.push_back(Queued { number, bytes: 0, job });
            }
            Lane::Region { bytes } => {
                if queues.regions.len() >= self.size.queued_regions {
                    return Err(WorkError::Overload);
                }
                queues.regions.push_back(Queued { number, bytes, job });
            }
        }
        drop(queues);
        self.changed.notify_one();
        Ok(())
    }

    fn work(&self) {
        let mut scratch = Scratch::default();
        while let Some((queued, is_region)) = self.next_job(&mut scratch) {
            let job = queued.job;
            if catch_unwind(AssertUnwindSafe(|| job(&mut scratch))).is_err() {
                scratch = Scratch::default();
            }
            scratch.trim();
            if is_region {
                let mut queues = self.lock();
                queues.running_regions -= 1;
                queues.region_bytes = queues.region_bytes.saturating_sub(queued.bytes);
                drop(queues);
                // A region that waited for a thread of its lane can start now.
                self.changed.notify_one();
            }
        }
    }

    /// The oldest job whose lane has a thread left, and memory; waits for one. `None` when the pool closes.
    fn next_job(&self, scratch: &mut Scratch) -> Option<(Queued, bool)> {
        let mut queues = self.lock();
        loop {
            let region = queues.regions.front().filter(|job| self.admits(&queues, job));
            let region = region.map(|job| job.number);
            let tile = queues.tiles.front().map(|job| job.number);
            let region_first = match (region, tile) {
                (Some(region), Some(tile)) => region < tile,
                (region, _) => region.is_some(),
            };
            if region_first {
                let job = queues.regions.pop_front()?;
                queues.running_regions += 1;
                queues.region_bytes = queues.region_bytes.saturating_add(job.bytes);
                return Some((job, true));
            }
            if let Some(job) = queues.tiles.pop_front() {
                return Some((job, false));
            }
            if queues.closed {
                return None;
            }
            let waited = self.changed.wait_timeout(queues, REST);
            let (locked, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
            queues = locked;
            if timeout.timed_out() {
                scratch.rest();
            }
        }
    }

    /// Whether a large picture can be worked on now. It keeps its place until it can, so that
    /// smaller ones do not hold it up for ever.
    fn admits(&self, queues: &Queues, job: &Queued) -> bool {
        let total = queues.region_bytes.saturating_add(job.bytes);
        // A single job always fits: the planner has refused what is too large by itself.
        let fits = queues.running_regions == 0 || total <= self.size.region_bytes;
        fits && queues.running_regions < self.size.region_threads.max(1)
    }

    fn lock(&self) -> MutexGuard<'_, Queues> {
        // Jobs run without the lock, so nothing can panic while it is held.
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Queues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queues")
            .field("tiles", &self.tiles.len())
            .field("regions", &self.regions.len())
            .field("running_regions", &self.running_regions)
            .field("region_bytes", &self.region_bytes)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    const SIZE: PoolSize = PoolSize {
        threads: 2,
        region_threads: 1,
        queued_tiles: 2,
        queued_regions: 2,
        region_bytes: 100,
    };
    const REGION: Lane = Lane::Region { bytes: 10 };

    /// A job that runs until the sender is dropped, and says when it has begun.
    async fn block(
        workers: &Arc<Workers>,
        lane: Lane,
    ) -> (mpsc::Sender<()>, tokio::task::JoinHandle<Result<(), WorkError>>) {
        let (release, blocked) = mpsc::channel::<()>();
        let (begun, has_begun) = oneshot::channel();
        let workers = Arc::clone(workers);
        let handle = tokio::spawn(async move {
            let job = move |_: &mut Scratch| {
                begun.send(()).unwrap();
                let _ = blocked.recv();
            };
            workers.run(lane, job).await
        });
        has_begun.await.unwrap();
        (release, handle)
    }

    #[tokio::test]
    async fn regions_never_hold_every_thread() {
        let workers = Arc::new(Workers::new(SIZE).unwrap());
        let (release, running) = block(&workers, REGION).await;
        let waiting = {
            let workers = Arc::clone(&workers);
            tokio::spawn(async move { workers.run(REGION, |_| 2).await })
        };
        while workers.shared.lock().regions.len() != 1 {
            tokio::task::yield_now().await;
        }
        assert_eq!(workers.run(Lane::Tile, |_| 1).await, Ok(1));
        assert_eq!(workers.shared.lock().regions.len(), 1);
        drop(release);
        assert_eq!(running.await.unwrap(), Ok(()));
        assert_eq!(waiting.await.unwrap(), Ok(2));
    }

    #[tokio::test]
    async fn a_full_queue_refuses_at_once() {
        let size = PoolSize { threads: 1, queued_tiles: 0, ..SIZE };
        let workers = Arc::new(Workers::new(size).unwrap());
        assert_eq!(workers.run(Lane::Tile, |_| 1).await, Err(WorkError::Overload));
    }

    #[tokio::test]
    async fn regions_wait_for_memory() {
        let size = PoolSize { threads: 3, region_threads: 2, ..SIZE };
        let workers = Arc::new(Workers::new(size).unwrap());
        let (release, running) = block(&workers, Lane::Region { bytes: 95 }).await;
        let waiting = |lane| {
            let workers = Arc::clone(&workers);
            tokio::spawn(async move { workers.run(lane, |_| 2).await })
        };
        let (large, small) = (waiting(REGION), waiting(Lane::Region { bytes: 1 }));
        while workers.shared.lock().regions.len() != 2 {
            tokio::task::yield_now().await;
        }
        // A thread of the lane is free, as a tile shows, and nothing runs on it.
        assert_eq!(workers.run(Lane::Tile, |_| 1).await, Ok(1));
        assert_eq!(workers.shared.lock().running_regions, 1);
        assert_eq!(workers.run(REGION, |_| 1).await, Err(WorkError::Overload));
        drop(release);
        running.await.unwrap().unwrap();
        assert_eq!(large.await.unwrap(), Ok(2));
        assert_eq!(small.await.unwrap(), Ok(2));
        while workers.shared.lock().region_bytes != 0 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn a_region_beyond_the_memory_of_all_runs_alone() {
        let workers = Workers::new(SIZE).unwrap();
        assert_eq!(workers.run(Lane::Region { bytes: u64::MAX }, |_| 1).await, Ok(1));
    }

    #[tokio::test]
    async fn a_panic_fails_one_job_and_leaves_the_thread_alive() {
        let workers = Workers::new(PoolSize { threads: 1, ..SIZE }).unwrap();
        let fails = |_: &mut Scratch| panic!("on purpose");
        assert_eq!(workers.run::<()>(REGION, fails).await, Err(WorkError::Panicked));
        assert_eq!(workers.run(REGION, |_| 3).await, Ok(3));
    }
}
