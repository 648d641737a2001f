//! The fixed pool of CPU threads: two lanes, bounded queues, refusal at once when they are full.
//!
//! Each lane has threads of its own, as many as there are cores. Those of large pictures have a low
//! priority: they use every core that tiles leave, and the kernel takes it from them when a tile
//! comes.

use std::collections::VecDeque;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::codec::Scratch;
use crate::lock::Lock;

/// Which threads a job is for.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Lane {
    /// Large pictures: behind tiles, and bounded by their memory in bytes.
    Region {
        /// Memory the job needs at its peak.
        bytes: u64,
    },
    /// What takes less time than the way to another thread and back is worth: it is done at once,
    /// by the thread that asks, if the pool allows it, otherwise like a tile.
    Short,
    /// Tiles, file openings and all else that is no large picture.
    Tile,
}

impl Lane {
    /// Whether it is that of tiles and what is as short.
    pub fn is_small(self) -> bool {
        !matches!(self, Self::Region { .. })
    }
}

/// Sizes of the pool.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PoolSize {
    /// Threads for tiles, at least 1.
    pub tile_threads: usize,
    /// Whether those who ask do short work themselves.
    pub at_once: bool,
    /// Threads for large pictures, at least 1.
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
    tiles: Arc<Queue>,
    regions: Arc<Queue>,
    threads: Vec<JoinHandle<()>>,
    at_once: bool,
    /// Threads that are meant to run at once.
    cores: usize,
}

impl Workers {
    /// Starts the threads.
    pub fn new(size: PoolSize) -> std::io::Result<Self> {
        let tiles = Arc::new(Queue::new(size.queued_tiles, 0));
        let regions = Arc::new(Queue::new(size.queued_regions, size.region_bytes));
        let mut threads = Vec::new();
        for number in 0..size.tile_threads.max(1) {
            let queue = Arc::clone(&tiles);
            let thread = Builder::new().name(format!("tiles-{number}"));
            threads.push(thread.spawn(move || queue.work())?);
        }
        for number in 0..size.region_threads.max(1) {
            let queue = Arc::clone(&regions);
            let thread = Builder::new().name(format!("regions-{number}"));
            threads.push(thread.spawn(move || {
                lower_priority();
                queue.work();
            })?);
        }
        let cores = size.region_threads.max(1);
        Ok(Self { tiles, regions, threads, at_once: size.at_once, cores })
    }

    /// Runs a job on a CPU thread. One that is short may block the caller for its time.
    pub async fn run<T: Send + 'static>(
        &self,
        lane: Lane,
        work: impl FnOnce(&mut Scratch) -> T + Send + 'static,
    ) -> Result<T, WorkError> {
        if lane == Lane::Short && self.at_once {
            return self.tiles.work_here(work);
        }
        let (sender, result) = oneshot::channel();
        let job = Box::new(move |scratch: &mut Scratch| {
            // The one who waited may be gone.
            let _ = sender.send(work(scratch));
        });
        match lane {
            Lane::Short | Lane::Tile => self.tiles.submit(Queued { bytes: 0, job })?,
            Lane::Region { bytes } => self.regions.submit(Queued { bytes, job })?,
        }
        result.await.map_err(|_| WorkError::Panicked)
    }

    /// Threads that are meant to run at once.
    pub fn cores(&self) -> usize {
        self.cores
    }

    /// Cores that no job works on.
    pub fn spare(&self) -> usize {
        let running = self.load().iter().map(|lane| lane.running).sum();
        self.cores.saturating_sub(running)
    }

    /// What the lanes of tiles and of regions do.
    pub fn load(&self) -> [Load; 2] {
        [self.tiles.load(), self.regions.load()]
    }
}

/// What a lane does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Load {
    /// Jobs that wait.
    pub waiting: usize,
    /// Jobs that are worked on.
    pub running: usize,
    /// Jobs that were refused so far.
    pub refused: u64,
    /// How often a thread had to wait for the queue itself so far.
    pub lock_waits: u64,
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.tiles.close();
        self.regions.close();
        let own = std::thread::current().id();
        for thread in self.threads.drain(..) {
            // The last owner may be a job: its thread cannot wait for its own end.
            if thread.thread().id() != own {
                // A worker catches the panics of its jobs.
                let _ = thread.join();
            }
        }
    }
}

/// Gives way to other threads of this process. Where threads have no priority of their own, or may
/// not lower it, large pictures and tiles share the cores evenly.
fn lower_priority() {
    // On Linux this is the priority of the calling thread; elsewhere it is that of all threads.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::setpriority_process(None, REGION_NICENESS);
}

/// A tenth of the time of a core for which a tile and a large picture compete.
#[cfg(target_os = "linux")]
const REGION_NICENESS: i32 = 10;

/// Jobs of a lane.
struct Queue {
    /// Jobs that may wait.
    capacity: usize,
    /// Memory of all jobs that run at once.
    most_bytes: u64,
    jobs: Lock<Jobs>,
    changed: Condvar,
    refused: AtomicU64,
    /// Jobs that are worked on by those who ask.
    here: AtomicUsize,
    /// Buffers of such jobs that nobody uses now.
    unused: Lock<Vec<Scratch>>,
}

#[derive(Default)]
struct Jobs {
    waiting: VecDeque<Queued>,
    running: usize,
    running_bytes: u64,
    closed: bool,
}

struct Queued {
    bytes: u64,
    job: Job,
}

impl Queue {
    fn new(capacity: usize, most_bytes: u64) -> Self {
        Self {
            capacity,
            most_bytes,
            jobs: Lock::default(),
            changed: Condvar::default(),
            refused: AtomicU64::new(0),
            here: AtomicUsize::new(0),
            unused: Lock::default(),
        }
    }

    fn submit(&self, queued: Queued) -> Result<(), WorkError> {
        let mut jobs = self.jobs.lock();
        if jobs.waiting.len() >= self.capacity {
            drop(jobs);
            self.refused.fetch_add(1, Ordering::Relaxed);
            return Err(WorkError::Overload);
        }
        jobs.waiting.push_back(queued);
        drop(jobs);
        self.changed.notify_one();
        Ok(())
    }

    /// Runs a job on this thread.
    fn work_here<T>(&self, work: impl FnOnce(&mut Scratch) -> T) -> Result<T, WorkError> {
        let mut scratch = self.unused.lock().pop().unwrap_or_default();
        self.here.fetch_add(1, Ordering::Relaxed);
        let done = catch_unwind(AssertUnwindSafe(|| work(&mut scratch)));
        self.here.fetch_sub(1, Ordering::Relaxed);
        let done = done.map_err(|_| WorkError::Panicked)?;
        scratch.trim();
        self.unused.lock().push(scratch);
        Ok(done)
    }

    fn close(&self) {
        self.jobs.lock().closed = true;
        self.changed.notify_all();
    }

    fn work(&self) {
        let mut scratch = Scratch::default();
        while let Some(Queued { bytes, job }) = self.next_job(&mut scratch) {
            if catch_unwind(AssertUnwindSafe(|| job(&mut scratch))).is_err() {
                scratch = Scratch::default();
            }
            scratch.trim();
            let mut jobs = self.jobs.lock();
            jobs.running -= 1;
            jobs.running_bytes = jobs.running_bytes.saturating_sub(bytes);
            let waits = !jobs.waiting.is_empty();
            drop(jobs);
            // A job that waited for memory may start now, on a thread besides this one.
            if bytes > 0 && waits {
                self.changed.notify_one();
            }
        }
    }

    /// The oldest job, once there is memory for it; waits for one. `None` when the pool closes.
    ///
    /// A job that has to wait for memory keeps its place, so that smaller ones do not hold it up
    /// for ever.
    fn next_job(&self, scratch: &mut Scratch) -> Option<Queued> {
        let mut jobs = self.jobs.lock();
        loop {
            if jobs.waiting.front().is_some_and(|job| self.admits(&jobs, job)) {
                let job = jobs.waiting.pop_front()?;
                jobs.running += 1;
                jobs.running_bytes = jobs.running_bytes.saturating_add(job.bytes);
                return Some(job);
            }
            if jobs.closed && jobs.waiting.is_empty() {
                return None;
            }
            let waited = self.changed.wait_timeout(jobs, REST);
            let (locked, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
            jobs = locked;
            if timeout.timed_out() {
                scratch.rest();
                self.unused.lock().iter_mut().for_each(Scratch::rest);
            }
        }
    }

    fn admits(&self, jobs: &Jobs, job: &Queued) -> bool {
        // A single job always fits: the planner has refused what is too large by itself.
        jobs.running == 0
            || job.bytes == 0
            || jobs.running_bytes.saturating_add(job.bytes) <= self.most_bytes
    }

    fn load(&self) -> Load {
        let jobs = self.jobs.lock();
        let waiting = jobs.waiting.len();
        let running = jobs.running + self.here.load(Ordering::Relaxed);
        let refused = self.refused.load(Ordering::Relaxed);
        Load { waiting, running, refused, lock_waits: self.jobs.waits() }
    }
}

impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let jobs = self.jobs.lock();
        f.debug_struct("Queue")
            .field("waiting", &jobs.waiting.len())
            .field("running", &jobs.running)
            .field("running_bytes", &jobs.running_bytes)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    const SIZE: PoolSize = PoolSize {
        tile_threads: 1,
        at_once: true,
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
    async fn tiles_run_beside_regions() {
        let workers = Arc::new(Workers::new(SIZE).unwrap());
        let (release, running) = block(&workers, REGION).await;
        let waiting = {
            let workers = Arc::clone(&workers);
            tokio::spawn(async move { workers.run(REGION, |_| 2).await })
        };
        while workers.regions.jobs.lock().waiting.len() != 1 {
            tokio::task::yield_now().await;
        }
        assert_eq!(workers.run(Lane::Tile, |_| 1).await, Ok(1));
        assert_eq!(workers.regions.jobs.lock().waiting.len(), 1);
        drop(release);
        assert_eq!(running.await.unwrap(), Ok(()));
        assert_eq!(waiting.await.unwrap(), Ok(2));
    }

    #[tokio::test]
    async fn a_job_may_be_the_last_owner() {
        let workers = Arc::new(Workers::new(SIZE).unwrap());
        let last = Arc::clone(&workers);
        let (release, blocked) = mpsc::channel::<()>();
        let (ended, end) = oneshot::channel();
        let job = move |_: &mut Scratch| {
            let _ = blocked.recv();
            let dropped = catch_unwind(AssertUnwindSafe(|| drop(last)));
            ended.send(dropped.is_ok()).unwrap();
        };
        // Submitted, and not waited for: the future borrows the pool.
        workers.tiles.submit(Queued { bytes: 0, job: Box::new(job) }).unwrap();
        drop(workers);
        drop(release);
        assert_eq!(end.await, Ok(true));
    }

    #[tokio::test]
    async fn a_full_queue_refuses_at_once() {
        let size = PoolSize { queued_tiles: 0, ..SIZE };
        let workers = Arc::new(Workers::new(size).unwrap());
        assert_eq!(workers.run(Lane::Tile, |_| 1).await, Err(WorkError::Overload));
    }

    #[tokio::test]
    async fn regions_wait_for_memory() {
        let size = PoolSize { region_threads: 2, ..SIZE };
        let workers = Arc::new(Workers::new(size).unwrap());
        let (release, running) = block(&workers, Lane::Region { bytes: 95 }).await;
        let waiting = |lane| {
            let workers = Arc::clone(&workers);
            tokio::spawn(async move { workers.run(lane, |_| 2).await })
        };
        let (large, small) = (waiting(REGION), waiting(Lane::Region { bytes: 1 }));
        while workers.regions.jobs.lock().waiting.len() != 2 {
            tokio::task::yield_now().await;
        }
        // There is a second thread, and nothing runs on it.
        assert_eq!(workers.regions.jobs.lock().running, 1);
        assert_eq!(workers.run(REGION, |_| 1).await, Err(WorkError::Overload));
        drop(release);
        running.await.unwrap().unwrap();
        assert_eq!(large.await.unwrap(), Ok(2));
        assert_eq!(small.await.unwrap(), Ok(2));
        while workers.regions.jobs.lock().running_bytes != 0 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn a_region_beyond_the_memory_of_all_runs_alone() {
        let workers = Workers::new(SIZE).unwrap();
        assert_eq!(workers.run(Lane::Region { bytes: u64::MAX }, |_| 1).await, Ok(1));
    }

    #[tokio::test]
    async fn short_work_is_done_by_the_one_who_asks() {
        let name = |_: &mut Scratch| std::thread::current().name().map(str::to_owned);
        let mine = std::thread::current().name().map(str::to_owned);
        let workers = Workers::new(SIZE).unwrap();
        assert_eq!(workers.run(Lane::Short, name).await, Ok(mine));
        assert_eq!(workers.run(Lane::Tile, name).await, Ok(Some("tiles-0".to_owned())));
        let workers = Workers::new(PoolSize { at_once: false, ..SIZE }).unwrap();
        assert_eq!(workers.run(Lane::Short, name).await, Ok(Some("tiles-0".to_owned())));
    }

    #[tokio::test]
    async fn a_panic_fails_one_job_and_leaves_the_thread_alive() {
        let workers = Workers::new(SIZE).unwrap();
        for lane in [REGION, Lane::Short, Lane::Tile] {
            let fails = |_: &mut Scratch| panic!("on purpose");
            assert_eq!(workers.run::<()>(lane, fails).await, Err(WorkError::Panicked));
            assert_eq!(workers.run(lane, |_| 3).await, Ok(3));
        }
        assert_eq!(workers.tiles.here.load(Ordering::Relaxed), 0);
    }
}
