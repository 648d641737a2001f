//! The `pyramis` program: reads the command line and the environment, then serves or answers.

mod allocator;

use std::fs::File;
use std::io::{self, BufRead, BufWriter, Write};
use std::process::ExitCode;

use pyramis::config::{self, Config, GetConfig, Invocation, Requests};
use pyramis::http::Response;
use pyramis::{observe, server};

fn main() -> ExitCode {
    allocator::configure();
    match run() {
        Ok(code) => code,
        Err(error) => {
            complain(error.as_ref());
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<ExitCode, Box<dyn std::error::Error>> {
    match config::parse(std::env::args_os(), |name| std::env::var_os(name))? {
        Invocation::Print(text) => {
            io::stdout().lock().write_all(text.as_bytes())?;
            Ok(ExitCode::SUCCESS)
        }
        Invocation::Serve(config) => serve(&config),
        Invocation::Get(get) => answer(get),
    }
}

fn serve(config: &Config) -> Result<ExitCode, Box<dyn std::error::Error>> {
    observe::log::install(&config.log)?;
    log_panics();
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "pyramis starts");
    for notice in &config.notices {
        tracing::warn!("{notice}");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(server::io_threads(config))
        .thread_name("io")
        .enable_all()
        .build()?;
    runtime.block_on(server::run(config, greet))?;
    Ok(ExitCode::SUCCESS)
}

/// Tells whoever started the program where to look.
fn greet(page: Option<String>) {
    if let Some(page) = page {
        // Without a reader on the other end there is nobody to tell.
        let _ = writeln!(io::stdout().lock(), "Pyramis is ready: open {page} in a browser");
    }
}

fn answer(get: GetConfig) -> Result<ExitCode, Box<dyn std::error::Error>> {
    observe::log::install(&get.config.log)?;
    let requests: Box<dyn Iterator<Item = String>> = match get.requests {
        Requests::Given(requests) => Box::new(requests.into_iter()),
        Requests::Stdin => {
            let lines = io::stdin().lock().lines().map_while(Result::ok);
            Box::new(lines.filter(|line| !line.trim().is_empty()))
        }
    };
    let mut out: Box<dyn Write> = match &get.output {
        None => Box::new(io::stdout().lock()),
        Some(path) => Box::new(BufWriter::new(File::create(path)?)),
    };
    let (mut failed, mut written) = (false, Ok(()));
    let write = |request: &str, response: &Response| {
        if response.status().code() >= 400 {
            failed = true;
            let reason = String::from_utf8_lossy(response.body());
            // There is no other place to complain to.
            let _ = writeln!(
                io::stderr(),
                "{}: {request}: {}",
                response.status().line(),
                reason.trim()
            );
        } else {
            written = out.write_all(response.body());
        }
        written.is_ok()
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(server::get(&get.config, requests, write))?;
    written?;
    out.flush()?;
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// A panic is a defect: it belongs into the log, wherever that is.
fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let payload = panic.payload();
        let text = payload.downcast_ref::<&str>().copied();
        let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
        let cause = text.unwrap_or("no text");
        tracing::error!(place, cause, "panic");
    }));
}

fn complain(error: &dyn std::error::Error) {
    // There is no other place to complain to.
    let _ = writeln!(io::stderr(), "pyramis: {error}");
}
