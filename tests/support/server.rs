//! The program under test, on free ports, with a folder of its own.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::{Answer, fastcgi, http, tiff};

/// The longest time anything may take before a test fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The program, without anything of the surrounding environment.
pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pyramis"));
    command.env_clear().stdin(Stdio::null());
    command
}

/// How a server is to be started.
pub(crate) struct Setup {
    command: Command,
    folder: Arc<TempDir>,
    listeners: usize,
}

impl Setup {
    /// HTTP and FastCGI on free ports; the folder holds the usual picture as `a.tif`.
    pub(crate) fn new() -> Self {
        Self::bare().listening().file("a.tif", &tiff::usual())
    }

    /// Like the first time, in the folder of another server.
    pub(crate) fn again(server: &Server) -> Self {
        Self { folder: Arc::clone(&server.folder), ..Self::bare() }.listening()
    }

    /// HTTP and FastCGI on free ports.
    pub(crate) fn listening(mut self) -> Self {
        self.command.args(["--http", "127.0.0.1:0", "--bind", "127.0.0.1:0"]);
        self.listeners = 2;
        self
    }

    /// No listener and no image yet.
    pub(crate) fn bare() -> Self {
        let mut command = program();
        command.env("VERBOSITY", "2");
        Self { command, folder: Arc::new(TempDir::new().unwrap()), listeners: 0 }
    }

    /// A setting.
    pub(crate) fn set(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// A file in the folder.
    pub(crate) fn file(self, name: &str, bytes: &[u8]) -> Self {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
        self
    }

    /// One more FastCGI listener.
    pub(crate) fn bind(mut self, address: &str) -> Self {
        self.command.args(["--bind", address]);
        self.listeners += 1;
        self
    }

    /// A listening socket as descriptor 0.
    pub(crate) fn inherit(mut self, socket: impl Into<Stdio>) -> Self {
        self.command.stdin(socket);
        self.listeners += 1;
        self
    }

    /// Where the images are.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Starts the server and waits until it listens.
    pub(crate) fn start(mut self) -> Server {
        self.command.arg(self.folder.path());
        self.command.stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = self.command.spawn().unwrap();
        let log = Log::collect(child.stderr.take().unwrap());
        log.wait_for(|text| text.matches("listening for ").count() >= self.listeners);
        let addresses = |kind: &str| -> Vec<String> {
            let line = format!("listening for {kind} address=\"");
            let text = log.text();
            let found = text.lines().filter_map(|text| text.split_once(&line));
            found.map(|(_, rest)| rest.trim_end_matches('"').to_owned()).collect()
        };
        let http = addresses("HTTP").first().map(|address| address.parse().unwrap());
        let fastcgi = addresses("FastCGI").iter().filter_map(|at| at.parse().ok()).collect();
        Server { child, log, folder: self.folder, http, fastcgi, expected: Vec::new(), ended: None }
    }
}

/// A running server. When it is dropped it is stopped, and its log must be clean.
pub(crate) struct Server {
    child: Child,
    log: Log,
    folder: Arc<TempDir>,
    http: Option<SocketAddr>,
    fastcgi: Vec<SocketAddr>,
    expected: Vec<String>,
    ended: Option<ExitStatus>,
}

impl Server {
    /// A server with the usual picture and default settings.
    pub(crate) fn start() -> Self {
        Setup::new().start()
    }

    /// Address of the HTTP listener.
    pub(crate) fn http(&self) -> SocketAddr {
        self.http.unwrap()
    }

    /// Addresses of the FastCGI listeners that have one.
    pub(crate) fn fastcgi(&self) -> &[SocketAddr] {
        &self.fastcgi
    }

    /// Process number.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// A path in the image folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A GET request over HTTP.
    pub(crate) fn get(&self, target: &str) -> Answer {
        http::request(self.http(), "GET", target, &[], &[])
    }

    /// A GET request over HTTP with headers.
    pub(crate) fn get_with(&self, target: &str, headers: &[(&str, &str)]) -> Answer {
        http::request(self.http(), "GET", target, headers, &[])
    }

    /// An IIP request over FastCGI.
    pub(crate) fn iip(&self, query: &str) -> Answer {
        fastcgi::Connection::tcp(self.fastcgi[0]).request(1, &fastcgi::iip(query), false)
    }

    /// Replaces a file as a careful program does: written beside it, then renamed.
    pub(crate) fn replace(&self, name: &str, bytes: &[u8]) {
        let beside = self.path(&format!("{name}.new"));
        std::fs::write(&beside, bytes).unwrap();
        std::fs::rename(beside, self.path(name)).unwrap();
    }

    /// Allows lines of the log that contain this text to be warnings or errors.
    pub(crate) fn expect_in_log(&mut self, text: &str) {
        self.expected.push(text.to_owned());
    }

    /// The log up to now.
    pub(crate) fn log(&self) -> String {
        self.log.text()
    }

    /// Waits until the log has some property.
    pub(crate) fn wait_for_log(&self, is_there: impl Fn(&str) -> bool) {
        self.log.wait_for(is_there);
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(i32::try_from(self.child.id()).unwrap()).unwrap();
        kill_process(pid, signal).unwrap();
    }

    /// Waits for the end of the process.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                self.ended = Some(status);
                self.log.finish();
                return status;
            }
            assert!(Instant::now() < deadline, "the server does not end");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Fails when the log has a warning, an error or a panic that the test does not expect.
    pub(crate) fn assert_log_clean(&self) {
        let text = self.log.text();
        for line in text.lines() {
            let complains = [" WARN ", " ERROR ", "panick"].iter().any(|word| line.contains(word));
            let expected = self.expected.iter().any(|text| line.contains(text));
            assert!(!complains || expected, "in the log: {line}");
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let _ = self.child.kill();
            let _ = self.child.wait();
            eprintln!("log of the server:\n{}", self.log.text());
            return;
        }
        if self.ended.is_none() {
            self.signal(Signal::TERM);
            let status = self.wait();
            assert!(status.success(), "{status}");
        }
        self.assert_log_clean();
    }
}

/// What the server writes to standard error, collected by a thread.
struct Log {
    shared: Arc<(Mutex<(String, bool)>, Condvar)>,
    thread: Option<JoinHandle<()>>,
}

impl Log {
    fn collect(stream: impl Read + Send + 'static) -> Self {
        let shared = Arc::new((Mutex::new((String::new(), false)), Condvar::new()));
        let writer = Arc::clone(&shared);
        let thread = std::thread::spawn(move || {
            for line in BufReader::new(stream).lines() {
                let Ok(line) = line else { break };
                let mut log = writer.0.lock().unwrap();
                log.0.push_str(&line);
                log.0.push('\n');
                writer.1.notify_all();
            }
            writer.0.lock().unwrap().1 = true;
            writer.1.notify_all();
        });
        Self { shared, thread: Some(thread) }
    }

    fn text(&self) -> String {
        self.shared.0.lock().unwrap().0.clone()
    }

    fn wait_for(&self, is_there: impl Fn(&str) -> bool) {
        let log = self.shared.0.lock().unwrap();
        let waiting = |log: &mut (String, bool)| !is_there(&log.0) && !log.1;
        let (log, _) = self.shared.1.wait_timeout_while(log, PATIENCE, waiting).unwrap();
        assert!(is_there(&log.0), "not in the log:\n{}", log.0);
    }

    fn finish(&mut self) {
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}
