//! A program of an engine, run for what it prints.

use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::watch::Watch;

/// Bytes that are read from a program at a time.
const PIECE_BYTES: usize = 256 * 1024;
/// Bytes of a program's complaint that are repeated at most.
const SAID_BYTES: u64 = 4 * 1024;
/// Time after which who waits is told that nothing came.
const TICK: Duration = Duration::from_secs(1);
/// Time between two looks at whether a program has ended.
const PAUSE: Duration = Duration::from_millis(10);

/// Returns the path of a program, as a shell finds it.
pub(super) fn find(name: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    let mut paths = std::env::split_paths(&folders).map(|folder| folder.join(name));
    paths.find(|path| path.is_file())
}

/// The output of a program. Dropping it ends the program.
pub(super) struct Output<'a> {
    child: Child,
    pieces: Receiver<io::Result<Vec<u8>>>,
    complaint: Option<JoinHandle<String>>,
    current: Vec<u8>,
    at: usize,
    n_bytes: u64,
    silence: Duration,
    watch: &'a mut dyn Watch,
}

/// Runs a program, which has to say something every `silence`.
pub(super) fn run<'a>(
    program: &Path,
    arguments: &[&str],
    silence: Duration,
    watch: &'a mut dyn Watch,
) -> io::Result<Output<'a>> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let (tell, pieces) = sync_channel(2);
    let gone = || io::Error::from(ErrorKind::BrokenPipe);
    let mut stdout = child.stdout.take().ok_or_else(gone)?;
    let stderr = child.stderr.take().ok_or_else(gone)?;
    std::thread::spawn(move || {
        loop {
            let mut piece = vec![0; PIECE_BYTES];
            let read = stdout.read(&mut piece).map(|n| {
                piece.truncate(n);
                piece
            });
            let is_end = read.as_ref().map_or(true, Vec::is_empty);
            // Who has stopped reading hears nothing.
            if tell.send(read).is_err() || is_end {
                return;
            }
        }
    });
    let complaint = std::thread::spawn(move || {
        let mut said = Vec::new();
        let mut stderr = stderr;
        // What cannot be read is not repeated.
        let _ = stderr.by_ref().take(SAID_BYTES).read_to_end(&mut said);
        let _ = io::copy(&mut stderr, &mut io::sink());
        String::from_utf8_lossy(&said).trim().to_owned()
    });
    Ok(Output {
        child,
        pieces,
        complaint: Some(complaint),
        current: Vec::new(),
        at: 0,
        n_bytes: 0,
        silence,
        watch,
    })
}

impl Output<'_> {
    /// Waits for the next piece; it is empty at the end.
    fn next(&mut self) -> io::Result<Vec<u8>> {
        let began = Instant::now();
        loop {
            self.watch.hear(self.n_bytes)?;
            match self.pieces.recv_timeout(TICK) {
                Ok(piece) => return piece,
                Err(RecvTimeoutError::Disconnected) => return Ok(Vec::new()),
                Err(RecvTimeoutError::Timeout) if began.elapsed() < self.silence => {}
                Err(RecvTimeoutError::Timeout) => return Err(ErrorKind::TimedOut.into()),
            }
        }
    }

    /// Waits for the program's end, which follows that of its output.
    fn wait(&mut self) -> io::Result<ExitStatus> {
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            if began.elapsed() >= self.silence {
                // It may have ended by now.
                let _ = self.child.kill();
                return Err(ErrorKind::TimedOut.into());
            }
            self.watch.hear(self.n_bytes)?;
            std::thread::sleep(PAUSE);
        }
    }

    /// Returns the program's complaint if it failed.
    fn end(&mut self) -> io::Result<()> {
        if self.complaint.is_none() {
            return Ok(());
        }
        let status = self.wait()?;
        let Some(complaint) = self.complaint.take() else {
            return Ok(());
        };
        let said = complaint.join().unwrap_or_default();
        match status.success() {
            true => Ok(()),
            false if said.contains("permission denied") => {
                Err(io::Error::new(ErrorKind::PermissionDenied, said))
            }
            false if said.is_empty() => Err(io::Error::other(status.to_string())),
            false => Err(io::Error::other(said)),
        }
    }
}

impl Read for Output<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.current.len() {
            self.current = self.next()?;
            self.at = 0;
            self.n_bytes = self.n_bytes.saturating_add(self.current.len() as u64);
            if self.current.is_empty() {
                self.end()?;
                return Ok(0);
            }
        }
        let rest = self.current.get(self.at..).unwrap_or_default();
        let n = rest.len().min(into.len());
        if let (Some(into), Some(bytes)) = (into.get_mut(..n), rest.get(..n)) {
            into.copy_from_slice(bytes);
        }
        self.at += n;
        Ok(n)
    }
}

impl Drop for Output<'_> {
    fn drop(&mut self) {
        if self.complaint.is_some() {
            // It may have ended by itself.
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}
