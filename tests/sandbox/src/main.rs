//! A sandbox as a process of its own: prints one line of JSON once it is ready and runs until it is ended.

use std::io::Write as _;
use std::net::ToSocketAddrs as _;
use std::path::PathBuf;
use std::process::ExitCode;

use telewire_sandbox::{Builder, Sandbox};

const USAGE: &str = "\
usage: telewire-sandbox [--listen HOST:PORT] [--seed N] [--keep DIR]

  --listen HOST:PORT  where to listen (127.0.0.1:0, a free port)
  --seed N            what everything random comes from (1)
  --keep DIR          keeps the state in this folder; otherwise it ends with the process

Prints one line of JSON with the address, the public key, the code and the accounts.";

fn main() -> ExitCode {
    let builder = match parse(std::env::args().skip(1)) {
        Ok(Some(builder)) => builder,
        Ok(None) => return say(USAGE),
        Err(problem) => return fail(&format!("{problem}\n\n{USAGE}")),
    };
    let sandbox = match builder.start() {
        Ok(sandbox) => sandbox,
        Err(e) => return fail(&format!("cannot start: {e}")),
    };
    say(&sandbox.json());
    loop {
        std::thread::park();
    }
}

/// The settings, `None` when help was asked for.
fn parse(mut args: impl Iterator<Item = String>) -> Result<Option<Builder>, String> {
    let mut builder = Sandbox::builder();
    while let Some(arg) = args.next() {
        if arg == "--help" || arg == "-h" {
            return Ok(None);
        }
        let (name, value) = match arg.split_once('=') {
            Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
            None => (arg, None),
        };
        let value = value
            .or_else(|| args.next())
            .ok_or_else(|| format!("{name} needs a value"))?;
        builder = match name.as_str() {
            "--listen" => {
                let addresses = value
                    .to_socket_addrs()
                    .map_err(|e| format!("{value}: {e}"))?;
                let first = addresses
                    .into_iter()
                    .next()
                    .ok_or_else(|| format!("{value}: no such address"))?;
                builder.listen(first)
            }
            "--seed" => builder.seed(value.parse().map_err(|_| format!("{value} is no seed"))?),
            "--keep" => builder.keep(PathBuf::from(value)),
            _ => return Err(format!("unknown option {name}")),
        };
    }
    Ok(Some(builder))
}

fn say(text: &str) -> ExitCode {
    let mut out = std::io::stdout().lock();
    let done = writeln!(out, "{text}").and_then(|()| out.flush());
    if done.is_ok() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn fail(text: &str) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "telewire-sandbox: {text}");
    ExitCode::from(2)
}
