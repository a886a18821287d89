//! Asking on the terminal.

use std::fmt;
use std::io::{self, BufRead, IsTerminal as _, Read, Write};
use std::sync::{Arc, Mutex, PoisonError};

use telewire_core::client::{Console, Platform};

/// The terminal that the program was started on: questions and results go to the standard output, what else there is to
/// say to the standard error, and answers come from the standard input. A password is not shown while it is typed.
///
/// Where the standard input is no terminal, such as a pipe, answers are its lines, passwords included.
#[derive(Default)]
pub struct Terminal {
    streams: Option<Mutex<Streams>>,
}

/// Streams that stand in for the terminal's.
struct Streams {
    input: Box<dyn BufRead + Send>,
    output: Box<dyn Write + Send>,
    errors: Box<dyn Write + Send>,
}

impl Terminal {
    /// The program's own.
    pub fn new() -> Self {
        Self::default()
    }

    /// These streams in place of the program's own. What is read from them is shown nowhere.
    ///
    /// ```
    /// use telewire_core::client::Console as _;
    /// use telewire_native::Terminal;
    ///
    /// let terminal = Terminal::with_streams(&b"22222\n"[..], std::io::sink(), std::io::sink());
    /// assert_eq!(terminal.ask("Code: ")?, "22222");
    /// # Ok::<_, std::io::Error>(())
    /// ```
    pub fn with_streams(
        input: impl Read + Send + 'static,
        output: impl Write + Send + 'static,
        errors: impl Write + Send + 'static,
    ) -> Self {
        let streams = Streams {
            input: Box::new(io::BufReader::new(input)),
            output: Box::new(output),
            errors: Box::new(errors),
        };
        Self {
            streams: Some(Mutex::new(streams)),
        }
    }

    fn with<T>(&self, f: impl FnOnce(&mut dyn BufRead, &mut dyn Write, &mut dyn Write) -> T) -> T {
        match &self.streams {
            Some(streams) => {
                let mut guard = streams.lock().unwrap_or_else(PoisonError::into_inner);
                let streams = &mut *guard;
                f(
                    &mut *streams.input,
                    &mut *streams.output,
                    &mut *streams.errors,
                )
            }
            None => f(
                &mut io::stdin().lock(),
                &mut io::stdout().lock(),
                &mut io::stderr().lock(),
            ),
        }
    }
}

impl Console for Terminal {
    fn ask(&self, question: &str) -> io::Result<String> {
        self.with(|input, output, _| {
            output.write_all(question.as_bytes())?;
            output.flush()?;
            let mut line = String::new();
            if input.read_line(&mut line)? == 0 {
                let end = "the input has ended";
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, end));
            }
            line.truncate(line.trim_end_matches(['\r', '\n']).len());
            Ok(line)
        })
    }

    fn ask_secret(&self, question: &str) -> io::Result<String> {
        if self.streams.is_none() && io::stdin().is_terminal() {
            return rpassword::prompt_password(question);
        }
        let answer = self.ask(question);
        // Nobody's Enter has ended the line of the question.
        self.with(|_, output, _| say(output, ""));
        answer
    }

    fn tell(&self, text: &str) {
        self.with(|_, _, errors| say(errors, text));
    }

    fn announce(&self, text: &str) {
        self.with(|_, output, _| say(output, text));
    }
}

impl fmt::Debug for Terminal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Terminal")
    }
}

/// Writes a line, in ASCII where the terminal cannot take more. That nobody reads it is no reason to fail.
fn say(to: &mut dyn Write, text: &str) {
    let result = writeln!(to, "{text}").and_then(|()| to.flush());
    if result.is_err_and(|e| e.kind() == io::ErrorKind::InvalidData) {
        let ascii: String = text.chars().filter(char::is_ascii).collect();
        let _ = writeln!(to, "{ascii}").and_then(|()| to.flush());
    }
}

/// What this machine is like, and its terminal: what adapters give
/// [`Builder::platform`](telewire_core::client::Builder::platform).
pub fn platform() -> Platform {
    let mut platform = Platform::new();
    platform.console = Some(Arc::new(Terminal::new()));
    platform.device_model = system_name();
    platform.system_version = system_release();
    platform
}

/// The operating system's name as it writes it itself.
fn system_name() -> Option<String> {
    let name = match std::env::consts::OS {
        "" => return None,
        "linux" => "Linux",
        "android" => "Android",
        "macos" => "macOS",
        "ios" => "iOS",
        "windows" => "Windows",
        "freebsd" => "FreeBSD",
        "netbsd" => "NetBSD",
        "openbsd" => "OpenBSD",
        other => other,
    };
    Some(name.into())
}

/// The release of the kernel, where a file tells it.
fn system_release() -> Option<String> {
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").ok()?;
    Some(release.trim().to_owned()).filter(|r| !r.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was written, and only ASCII if that is all it takes.
    #[derive(Clone, Default)]
    struct Paper {
        text: Arc<Mutex<Vec<u8>>>,
        ascii: bool,
    }

    impl Paper {
        fn text(&self) -> String {
            String::from_utf8(self.text.lock().unwrap().clone()).unwrap()
        }
    }

    impl Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.ascii && !bytes.is_ascii() {
                return Err(io::ErrorKind::InvalidData.into());
            }
            self.text.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn questions_go_out_and_lines_come_in() {
        let (out, err) = (Paper::default(), Paper::default());
        let input = &b"+34 600\r\n\nhunter2\nlast"[..];
        let terminal = Terminal::with_streams(input, out.clone(), err.clone());
        assert_eq!(terminal.ask("Phone: ").unwrap(), "+34 600");
        assert_eq!(terminal.ask("Code: ").unwrap(), "");
        assert_eq!(terminal.ask_secret("Password: ").unwrap(), "hunter2");
        assert_eq!(terminal.ask("? ").unwrap(), "last");
        let end = terminal.ask("? ").unwrap_err();
        assert_eq!(end.kind(), io::ErrorKind::UnexpectedEof);
        assert_eq!(out.text(), "Phone: Code: Password: \n? ? ");
        assert_eq!(err.text(), "", "and the password is nowhere");
    }

    #[test]
    fn results_and_remarks_go_different_ways() {
        // parity: M-auth.start.print
        let (out, err) = (Paper::default(), Paper::default());
        let terminal = Terminal::with_streams(io::empty(), out.clone(), err.clone());
        terminal.announce("Signed in as Zoë.");
        terminal.tell("The code is wrong.");
        assert_eq!(out.text(), "Signed in as Zoë.\n");
        assert_eq!(err.text(), "The code is wrong.\n");
        // A terminal that cannot show it gets what it can.
        let poor = Paper {
            ascii: true,
            ..Paper::default()
        };
        let terminal = Terminal::with_streams(io::empty(), poor.clone(), io::sink());
        terminal.announce("Zoë");
        assert_eq!(poor.text(), "Zo\n");
    }

    #[test]
    fn the_platform_is_named() {
        // parity: N-ctor.device_model, N-ctor.system_version
        let platform = platform();
        assert!(platform.console.is_some());
        let model = platform.device_model.unwrap();
        assert!(model.eq_ignore_ascii_case(std::env::consts::OS), "{model}");
        if cfg!(target_os = "linux") {
            let release = platform.system_version.unwrap();
            assert!(
                release.starts_with(|c: char| c.is_ascii_digit()),
                "{release}"
            );
        }
    }
}
