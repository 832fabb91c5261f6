//! One question to an engine, over its socket.

use std::io::{self, BufRead as _, BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs as _};
use std::path::Path;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use serde::Deserialize;
use socket2::{Domain, SockAddr, Socket, Type};

use crate::io::{EngineCause, EngineTrouble};

use super::address::Address;
use super::watch::Watch;

/// Bytes of an answer's head at most.
const HEAD_BYTES: u64 = 64 * 1024;
/// Bytes of an engine's explanation that are repeated at most.
const SAID_BYTES: u64 = 4 * 1024;
/// Time in which a connection is established.
const CONNECT: Duration = Duration::from_secs(5);
/// Time after which a connection is tried again.
const PAUSE: Duration = Duration::from_millis(50);
/// Time after which who waits for an engine is told that nothing came.
const TICK: Duration = Duration::from_secs(1);

/// An answer of an engine.
pub(super) struct EngineAnswer<'a> {
    pub(super) status: u16,
    /// The body, which ends with the connection.
    pub(super) body: Box<dyn Read + 'a>,
}

/// Asks an engine, which has to say something every `silence`. `line` is the method and the path.
pub(super) fn ask<'a>(
    engine: &Address,
    line: &str,
    silence: Duration,
    watch: &'a mut dyn Watch,
) -> io::Result<EngineAnswer<'a>> {
    ask_with(engine, (line, ""), silence, watch)
}

/// Asks an engine with a JSON document; an empty text is none.
pub(super) fn ask_with<'a>(
    engine: &Address,
    (line, json): (&str, &str),
    silence: Duration,
    watch: &'a mut dyn Watch,
) -> io::Result<EngineAnswer<'a>> {
    let kind = match json {
        "" => "",
        _ => "Content-Type: application/json\r\n",
    };
    let len = json.len();
    // Of HTTP/1.0, so that the body comes in one piece and without chunks.
    let request =
        format!("{line} HTTP/1.0\r\nHost: localhost\r\n{kind}Content-Length: {len}\r\n\r\n{json}");
    let mut stream = Patient::new(connect(engine)?, silence, watch);
    stream.send(request.as_bytes())?;
    read(stream)
}

/// Sends a tar of known length to an engine. `piece` gives its next bytes, until all are there.
///
/// An engine that hangs up before the end may have said why: its answer is read then, too.
pub(super) fn post<'a>(
    engine: &Address,
    (path, mut left_bytes): (&str, u64),
    piece: &mut dyn FnMut() -> io::Result<Vec<u8>>,
    silence: Duration,
    watch: &'a mut dyn Watch,
) -> io::Result<EngineAnswer<'a>> {
    let request = format!(
        "POST {path} HTTP/1.0\r\nHost: localhost\r\nContent-Type: application/x-tar\r\nContent-Length: {left_bytes}\r\n\r\n"
    );
    let mut stream = Patient::new(connect(engine)?, silence, watch);
    stream.send(request.as_bytes())?;
    while left_bytes > 0 {
        let bytes = piece()?;
        left_bytes = left_bytes.saturating_sub(bytes.len() as u64);
        match stream.send(&bytes) {
            Err(cause) if is_hung_up(cause.kind()) => break,
            sent => sent?,
        }
    }
    read(stream)
}

fn is_hung_up(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::BrokenPipe
            | ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::WriteZero
    )
}

/// An engine's explanation.
#[derive(Deserialize)]
struct Explained {
    message: String,
}

impl EngineAnswer<'_> {
    /// Returns the refusal that this answer is.
    pub(super) fn refusal(self) -> EngineTrouble {
        let mut said = Vec::new();
        // What cannot be read is not repeated.
        let _ = self.body.take(SAID_BYTES).read_to_end(&mut said);
        let said = match serde_json::from_slice::<Explained>(&said) {
            Ok(explained) => explained.message,
            Err(_) => String::from_utf8_lossy(&said).into_owned(),
        };
        EngineTrouble {
            cause: match self.status {
                404 => EngineCause::NoSuchImage,
                _ => EngineCause::Other,
            },
            said: format!("{}: {}", self.status, said.trim()),
        }
    }
}

/// A connection to an engine, on which each second without bytes is an error.
trait Stream: Read + Write {}

impl<T: Read + Write> Stream for T {}

fn connect(engine: &Address) -> io::Result<Box<dyn Stream>> {
    let socket: Socket = match engine {
        Address::Socket(path) => connect_socket(path)?,
        Address::Containerd(_) => return Err(ErrorKind::Unsupported.into()),
        Address::Tcp(host) => connect_first(&resolved(host)?)?.into(),
    };
    socket.set_read_timeout(Some(TICK))?;
    socket.set_write_timeout(Some(TICK))?;
    Ok(Box::new(socket))
}

/// Connects to a socket. One whose engine takes no more connections for now is tried again for a while.
fn connect_socket(path: &Path) -> io::Result<Socket> {
    let began = Instant::now();
    let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    let address = SockAddr::unix(path)?;
    socket.set_nonblocking(true)?;
    loop {
        match socket.connect(&address) {
            Err(cause) if cause.kind() == ErrorKind::WouldBlock && began.elapsed() < CONNECT => {
                std::thread::sleep(PAUSE);
            }
            connected => {
                connected?;
                break;
            }
        }
    }
    socket.set_nonblocking(false)?;
    Ok(socket)
}

/// Returns the addresses of a host, for which the system may ask others.
fn resolved(host: &str) -> io::Result<Vec<SocketAddr>> {
    let (tell, told) = channel();
    let host = host.to_owned();
    std::thread::spawn(move || {
        let addresses = host.to_socket_addrs().map(Vec::from_iter);
        // Who waited has given up.
        let _ = tell.send(addresses);
    });
    let told = told.recv_timeout(CONNECT);
    told.unwrap_or_else(|_| Err(ErrorKind::TimedOut.into()))
}

/// Connects to the first of these addresses where somebody listens.
fn connect_first(addresses: &[SocketAddr]) -> io::Result<TcpStream> {
    let mut failed = io::Error::from(ErrorKind::NotFound);
    for address in addresses {
        match TcpStream::connect_timeout(address, CONNECT) {
            Ok(stream) => return Ok(stream),
            Err(cause) => failed = cause,
        }
    }
    Err(failed)
}

/// The bytes of a connection that may rest, but not for too long.
struct Patient<'a> {
    stream: Box<dyn Stream>,
    n_bytes: u64,
    silence: Duration,
    watch: &'a mut dyn Watch,
}

impl<'a> Patient<'a> {
    fn new(stream: Box<dyn Stream>, silence: Duration, watch: &'a mut dyn Watch) -> Patient<'a> {
        Patient {
            stream,
            n_bytes: 0,
            silence,
            watch,
        }
    }

    /// Sends all of these bytes.
    fn send(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        let mut began = Instant::now();
        while !bytes.is_empty() {
            match self.stream.write(bytes) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(n) => {
                    bytes = bytes.get(n..).unwrap_or_default();
                    began = Instant::now();
                }
                Err(cause) => self.wait(cause, began)?,
            }
            self.watch.hear(self.n_bytes)?;
        }
        Ok(())
    }

    /// Returns the error of a read or write, unless it is to be tried again.
    fn wait(&mut self, cause: io::Error, began: Instant) -> io::Result<()> {
        match cause.kind() {
            ErrorKind::Interrupted => Ok(()),
            ErrorKind::WouldBlock | ErrorKind::TimedOut => match began.elapsed() < self.silence {
                true => Ok(()),
                false => Err(ErrorKind::TimedOut.into()),
            },
            _ => Err(cause),
        }
    }
}

impl Read for Patient<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let began = Instant::now();
        loop {
            let read = self.stream.read(into);
            let n = read.as_ref().map_or(0, |n| *n);
            self.n_bytes = self.n_bytes.saturating_add(n as u64);
            self.watch.hear(self.n_bytes)?;
            match read {
                Ok(n) => return Ok(n),
                Err(cause) => self.wait(cause, began)?,
            }
        }
    }
}

fn unfit(what: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, what)
}

fn read<'a>(stream: Patient<'a>) -> io::Result<EngineAnswer<'a>> {
    let mut stream = BufReader::with_capacity(256 * 1024, stream);
    let mut head = Vec::new();
    let mut room = HEAD_BYTES;
    loop {
        let mut line = Vec::new();
        let n = stream.by_ref().take(room).read_until(b'\n', &mut line)?;
        room = room.saturating_sub(n as u64);
        match line.as_slice() {
            _ if !line.ends_with(b"\n") => {
                let kind = match room {
                    0 => ErrorKind::InvalidData,
                    _ => ErrorKind::UnexpectedEof,
                };
                return Err(io::Error::new(kind, "the answer has no end of its head"));
            }
            b"\n" | b"\r\n" => break,
            line => head.push(String::from_utf8_lossy(line).trim().to_ascii_lowercase()),
        }
    }
    let status = head
        .first()
        .and_then(|line| line.split(' ').nth(1)?.parse().ok());
    let status = status.ok_or_else(|| unfit("the answer is no HTTP"))?;
    if head
        .iter()
        .any(|line| line.starts_with("transfer-encoding:"))
    {
        return Err(unfit(
            "the answer comes in chunks, which were not asked for",
        ));
    }
    let len = head
        .iter()
        .find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    let body: Box<dyn Read + 'a> = match len {
        Some(len) => Box::new(Whole { stream, left: len }),
        None => Box::new(stream),
    };
    Ok(EngineAnswer { status, body })
}

/// A body of known length, which must come whole.
struct Whole<R> {
    stream: R,
    left: u64,
}

impl<R: Read> Read for Whole<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).map_or(into.len(), |left| left.min(into.len()));
        let n = self.stream.read(into.get_mut(..most).unwrap_or_default())?;
        self.left = self.left.saturating_sub(n as u64);
        match n == 0 && self.left > 0 && !into.is_empty() {
            true => Err(ErrorKind::UnexpectedEof.into()),
            false => Ok(n),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv6Addr, TcpListener};

    use super::super::watch::{Over, Until};
    use super::*;

    #[test]
    fn an_engine_listens_at_any_of_the_addresses_of_its_name() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a listener");
        let own = listener.local_addr().expect("its address");
        let other = SocketAddr::from((Ipv6Addr::LOCALHOST, own.port()));
        assert!(connect_first(&[other, own]).is_ok());
        drop(listener);
        let refused = connect_first(&[own, other]).expect_err("nobody");
        assert_ne!(refused.kind(), ErrorKind::NotFound);
    }

    #[test]
    fn a_socket_that_takes_no_more_is_tried_again_and_not_waited_in() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("engine.sock");
        let listener = Socket::new(Domain::UNIX, Type::STREAM, None)?;
        listener.bind(&SockAddr::unix(&path)?)?;
        listener.listen(0)?;
        // Those whom nobody takes.
        let mut others = Vec::new();
        loop {
            let other = Socket::new(Domain::UNIX, Type::STREAM, None)?;
            other.set_nonblocking(true)?;
            match other.connect(&SockAddr::unix(&path)?) {
                Ok(()) => others.push(other),
                Err(cause) => break assert_eq!(cause.kind(), ErrorKind::WouldBlock),
            }
        }
        let taking = std::thread::spawn(move || {
            std::thread::sleep(PAUSE * 3);
            let taken = listener.accept();
            (taken, listener)
        });
        assert!(connect_socket(&path).is_ok());
        assert!(taking.join().is_ok_and(|(taken, _)| taken.is_ok()));
        Ok(())
    }

    /// Reads from somebody who sends a byte now and then, with this patience.
    fn drip(silence_millis: u64, within_millis: u64) -> io::Result<usize> {
        let (ours, mut theirs) = Socket::pair(Domain::UNIX, Type::STREAM, None)?;
        ours.set_read_timeout(Some(Duration::from_millis(20)))?;
        std::thread::spawn(move || {
            for _ in 0..200 {
                std::thread::sleep(Duration::from_millis(50));
                if theirs.write_all(b"x").is_err() {
                    return;
                }
            }
        });
        let within = Duration::from_millis(within_millis);
        let mut until = Until::within(&Over::default(), within);
        let silence = Duration::from_millis(silence_millis);
        let mut stream = Patient::new(Box::new(ours), silence, &mut until);
        stream.read_to_end(&mut Vec::new())
    }

    #[test]
    fn nobody_is_waited_for_who_is_silent_or_only_seems_to_work() {
        for (silence, within) in [(10, 60_000), (60_000, 300)] {
            let failed = drip(silence, within).expect_err("it has no end");
            assert_eq!(failed.kind(), ErrorKind::TimedOut, "{silence} {within}");
        }
    }
}
