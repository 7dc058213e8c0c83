//! The built program, started as a newcomer starts it.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::support::stores::Place;

const PROGRAM: &str = env!("CARGO_BIN_EXE_entente");

/// A running demo, stopped when it is dropped.
pub struct Demo {
    process: Child,
    /// Kept, so that the process can go on writing.
    _output: BufReader<ChildStdout>,
    /// The partner, whose people sign in.
    pub fabrikam: String,
    /// The first app.
    pub payroll: String,
    /// The second app.
    pub travel: String,
    /// The gateway.
    pub gateway: String,
    files: PathBuf,
    _temporary: tempfile::TempDir,
}

impl Demo {
    /// Starts it, and reads its addresses as a person would.
    pub fn start() -> Self {
        let temporary = Place::Memory.folder();
        let mut process = Command::new(PROGRAM)
            .arg("demo")
            .env("TMPDIR", temporary.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let mut introduction = String::new();
        while !introduction.contains("Ctrl-C") {
            assert_ne!(output.read_line(&mut introduction).unwrap(), 0, "the demo does not start: {introduction}");
        }
        let named = |name: &str| {
            let line = introduction.lines().find(|line| line.trim_start().starts_with(name)).unwrap();
            line.split_whitespace().last().unwrap().to_owned()
        };
        Self {
            fabrikam: named("Fabrikam,"),
            payroll: named("Payroll,"),
            travel: named("Travel,"),
            gateway: named("The gateway"),
            files: PathBuf::from(named("Its files")),
            process,
            _output: output,
            _temporary: temporary,
        }
    }

    /// What an administrator does in another process.
    pub fn administer(&self, arguments: &[&str]) -> String {
        let config = self.files.join("entente.toml");
        let done = Command::new(PROGRAM).args(arguments).arg("--config").arg(config).output().unwrap();
        assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
