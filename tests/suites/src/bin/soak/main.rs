//! Runs storms, many or one.
//!
//! ```text
//! cargo run --release -p telewire-tests --bin soak -- --seeds N [--from SEED]
//! cargo run --release -p telewire-tests --bin soak -- --seed SEED [--log]
//! cargo run --release -p telewire-tests --bin soak -- --seeds 200 --break Acks
//! ```
//!
//! Each prints how much account time was lived and what went wrong in it, or the first seed whose storm something did not
//! survive, with the command that repeats it.
#![allow(clippy::print_stdout, reason = "that is what it is for")]

mod log;

use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use telewire_core::internals::Broken;
use telewire_sandbox::{FaultKind, Injected};
use telewire_tests::workload::{self, Report, Setup};

/// What is asked for.
struct Args {
    from: u64,
    seeds: u64,
    threads: usize,
    /// Go on after a failure.
    all: bool,
    /// Print what happens.
    log: bool,
    /// A mechanism that the clients lack.
    broken: Option<Broken>,
}

/// What all storms came to.
#[derive(Default)]
struct Sum {
    storms: u64,
    account_time: Duration,
    injected: Injected,
    requests: usize,
    messages: usize,
    failed: Vec<u64>,
}

fn main() -> ExitCode {
    let args = match Args::parse(std::env::args().skip(1)) {
        Ok(args) => args,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    if args.log {
        // There is no other yet.
        let _ = tracing::subscriber::set_global_default(log::Log::default());
    }
    std::panic::set_hook(Box::new(|info| {
        // Its text comes with the seed.
        if std::env::var_os("RUST_BACKTRACE").is_some() {
            eprintln!("{info}\n{}", std::backtrace::Backtrace::force_capture());
        }
    }));
    let began = Instant::now();
    let sum = run(&args);
    sum.print(began.elapsed());
    if sum.failed.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn run(args: &Args) -> Sum {
    let next = AtomicU64::new(args.from);
    let end = args.from + args.seeds;
    let sum = Mutex::new(Sum::default());
    std::thread::scope(|scope| {
        for _ in 0..args.threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= end {
                        return;
                    }
                    let setup = Setup {
                        broken: args.broken,
                        ..Setup::from_seed(seed)
                    };
                    let outcome = workload::run(&setup);
                    let mut sum = sum.lock().expect("nobody panics while it is held");
                    sum.add(&setup, outcome);
                    if !sum.failed.is_empty() && !args.all {
                        next.store(end, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    sum.into_inner().expect("nobody panics while it is held")
}

impl Sum {
    fn add(&mut self, setup: &Setup, outcome: Result<Report, String>) {
        self.storms += 1;
        match outcome {
            Ok(report) => {
                self.account_time += report.account_time;
                self.injected.add(&report.injected);
                self.requests += report.requests;
                self.messages += report.messages;
            }
            Err(why) => {
                self.failed.push(setup.seed);
                println!("{}", workload::failure(setup, &why));
            }
        }
    }

    fn print(&self, took: Duration) {
        println!(
            "{} storms in {:.1} s, {} of them survived; {:.1} hours of account time, {} requests, {} messages",
            self.storms,
            took.as_secs_f64(),
            self.storms - self.failed.len() as u64,
            self.account_time.as_secs_f64() / 3600.0,
            self.requests,
            self.messages,
        );
        for kind in FaultKind::ALL {
            println!("{:>10} {kind}", self.injected.of(kind));
        }
        if !self.failed.is_empty() {
            println!("failed: {:?}", self.failed);
        }
    }
}

impl Args {
    fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut args = Self {
            from: 0,
            seeds: 1000,
            threads: std::thread::available_parallelism().map_or(2, usize::from),
            all: false,
            log: false,
            broken: None,
        };
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or(format!("{word} wants a value"));
            match word.as_str() {
                "--seeds" => args.seeds = number(&value()?)?,
                "--from" => args.from = number(&value()?)?,
                "--seed" => (args.from, args.seeds) = (number(&value()?)?, 1),
                "--threads" => args.threads = number(&value()?)?.clamp(1, 256) as usize,
                "--break" => args.broken = Some(mechanism(&value()?)?),
                "--all" => args.all = true,
                "--log" => args.log = true,
                other => {
                    return Err(format!(
                        "{other} is not known; see the top of the program's source"
                    ));
                }
            }
        }
        Ok(args)
    }
}

fn number(text: &str) -> Result<u64, String> {
    text.parse().map_err(|e| format!("{text}: {e}"))
}

fn mechanism(name: &str) -> Result<Broken, String> {
    let mut all = Broken::ALL.into_iter();
    all.find(|b| format!("{b:?}").eq_ignore_ascii_case(name))
        .ok_or_else(|| format!("{name} is none of {:?}", Broken::ALL))
}
