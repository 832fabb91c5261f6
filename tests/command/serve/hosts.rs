//! Hosts of a test: registries, token servers and stores, each on a port of its own.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A request as a host sees it.
pub(super) struct Seen {
    /// The method and path.
    pub(super) line: String,
    /// The header fields, names in lower case.
    pub(super) fields: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Seen {
    pub(super) fn get(&self, name: &str) -> &str {
        let found = self.fields.iter().find(|(own, _)| own == name);
        found.map_or("", |(_, value)| value)
    }
}

/// The status, further header lines and the body of an answer.
pub(super) type Answer = (u16, String, Vec<u8>);

/// A host that answers until the test ends, with what it has seen.
#[derive(Clone)]
pub(super) struct Host {
    /// `http://host:port`.
    pub(super) url: String,
    pub(super) seen: Arc<Mutex<Vec<Seen>>>,
}

impl Host {
    pub(super) fn start(answering: impl Fn(&Seen) -> Answer + Send + Sync + 'static) -> Host {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (kept, answering) = (Arc::clone(&seen), Arc::new(answering));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (kept, answering) = (Arc::clone(&kept), Arc::clone(&answering));
                std::thread::spawn(move || {
                    let mut stream = BufReader::new(stream);
                    while let Some(asked) = next(&mut stream) {
                        let (status, fields, body) = answering(&asked);
                        let is_head = asked.line.starts_with("HEAD");
                        kept.lock().unwrap().push(asked);
                        let head = format!(
                            "HTTP/1.1 {status} X\r\nContent-Length: {}\r\n{fields}\r\n",
                            body.len()
                        );
                        let body = if is_head { &[][..] } else { &body };
                        let sent = stream
                            .get_mut()
                            .write_all(&[head.as_bytes(), body].concat());
                        if sent.is_err() {
                            return;
                        }
                    }
                });
            }
        });
        Host { url, seen }
    }

    /// Returns the lines of the requests so far.
    pub(super) fn lines(&self) -> Vec<String> {
        self.seen
            .lock()
            .unwrap()
            .iter()
            .map(|seen| seen.line.clone())
            .collect()
    }
}

fn next(stream: &mut BufReader<TcpStream>) -> Option<Seen> {
    let mut line = String::new();
    stream.read_line(&mut line).ok().filter(|n| *n > 0)?;
    let mut fields = Vec::new();
    loop {
        let mut field = String::new();
        stream.read_line(&mut field).ok()?;
        match field.trim_end().split_once(": ") {
            Some((name, value)) => fields.push((name.to_ascii_lowercase(), value.to_owned())),
            None => break,
        }
    }
    let mut seen = Seen {
        line: line.trim_end().trim_end_matches(" HTTP/1.1").to_owned(),
        fields,
        body: Vec::new(),
    };
    let len = seen.get("content-length").parse().unwrap_or(0);
    stream.take(len).read_to_end(&mut seen.body).ok()?;
    Some(seen)
}

/// Answers with a status, a text and nothing else: no CORS header above all.
pub(super) fn plain(status: u16, body: &str) -> Answer {
    (status, String::new(), body.as_bytes().to_vec())
}
