//! HTTP over native sockets.
//!
//! A redirect is returned as the answer. The conversation decides whether to follow it, as it interprets every status.

use std::io::{self, Read as _};
use std::net::IpAddr;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ureq::ResponseExt as _;
use ureq::http;
use ureq::unversioned::transport::DefaultConnector;

use crate::bounds::{LastUsed, Limits};
use crate::io::{
    ByteStream, Error, ErrorKind, Handle, Headers, HttpRequest, LocalFuture, Method, Response,
    Transport,
};
use crate::message::Message;

use super::names::Names;
use super::trust::Trust;
use super::watch::Watch;

/// Sends requests over native sockets, with TLS in Rust.
///
/// The addresses of a name that were checked are the ones that are used: see [`Names`]. A proxy of the environment
/// (`HTTPS_PROXY`) resolves names itself.
pub struct SocketTransport {
    trust: Trust,
    /// One agent per host, since each may have certificates of its own; another where the person named the host.
    agents: Mutex<LastUsed<(String, bool), ureq::Agent>>,
    names: Names,
    proxy: Option<ureq::Proxy>,
    connect: Duration,
    silence_seconds: u64,
    /// The teller of long waits, where one thread waits for one host at a time.
    watch: Option<Watch>,
}

/// Agents that are kept at once, with their idle connections.
const MOST_AGENTS: usize = 64;

impl SocketTransport {
    /// Creates a transport that keeps its connections for further requests. A silent connection is closed after
    /// the time in `limits`.
    pub fn new(trust: Trust, limits: &Limits) -> SocketTransport {
        SocketTransport {
            trust,
            agents: Mutex::new(LastUsed::new(MOST_AGENTS)),
            names: Names::default(),
            proxy: ureq::Proxy::try_from_env(),
            connect: Duration::from_secs(limits.registry.connect_seconds),
            silence_seconds: limits.registry.silence_seconds,
            watch: Some(Watch::default()),
        }
    }

    /// Returns the transport without reports of long waits, for several threads that share it.
    pub(in crate::cli) fn shared(mut self) -> SocketTransport {
        self.watch = None;
        self
    }

    fn agent(&self, authority: &str, is_named: bool) -> Result<ureq::Agent, Error> {
        let agents = || self.agents.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (authority.to_owned(), is_named);
        if let Some(agent) = agents().get(&key) {
            return Ok(agent.clone());
        }
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .user_agent(concat!("lamina/", env!("CARGO_PKG_VERSION")))
            .tls_config(self.trust.config_for(authority, is_named)?)
            .timeout_connect(Some(self.connect))
            .timeout_per_read(Some(Duration::from_secs(self.silence_seconds)))
            .timeout_per_write(Some(Duration::from_secs(self.silence_seconds)))
            .proxy(self.proxy.clone())
            .input_buffer_size(PIECE_BYTES)
            .build();
        let agent =
            ureq::Agent::with_parts(config, DefaultConnector::default(), self.names.clone());
        agents().insert(key, agent.clone());
        Ok(agent)
    }

    /// Returns the timeout for the start of an answer. It is longer after an upload, which a registry has to process.
    fn patience(&self, method: Method) -> Duration {
        let times = match method {
            Method::Get | Method::Head => 1,
            _ => 10,
        };
        Duration::from_secs(self.silence_seconds.saturating_mul(times))
    }

    /// True if a proxy resolves the name of this host.
    fn is_behind_a_proxy(&self, host: &str, port: u16) -> bool {
        let uri = format!("http://{host}:{port}").parse::<http::Uri>();
        let proxy = self.proxy.as_ref().filter(|proxy| !proxy.resolve_target());
        proxy.is_some_and(|proxy| uri.is_ok_and(|uri| !proxy.is_no_proxy(&uri)))
    }

    fn send(&self, request: &HttpRequest) -> Result<Response, Error> {
        let authority = authority_of(&request.url);
        let is_named = authority_of(&request.behalf.registry) == authority;
        let agent = self.agent(authority, is_named)?;
        if let Ok(uri) = request.url.parse() {
            self.names.allow(&uri, &request.addresses);
        }
        let host: Arc<str> = Arc::from(authority);
        let _waiting = self.watch.as_ref().map(|watch| watch.over(&host));
        let mut builder = http::Request::builder()
            .method(request.method.as_str())
            .uri(&request.url)
            // Digests are of the stored bytes, so nothing may be encoded in transit.
            .header("accept-encoding", "identity");
        for (name, value) in request.headers.iter() {
            builder = builder.header(name, value);
        }
        let unfit =
            |cause: http::Error| Error::new(ErrorKind::Other, Message::verbatim(cause.to_string()));
        let patience = self.patience(request.method);
        let response = match request.method {
            Method::Get | Method::Head => {
                let asked = agent.configure_request(builder.body(()).map_err(unfit)?);
                agent.run(asked.timeout_recv_response(Some(patience)).build())
            }
            _ if request.part.is_some() => {
                let part = request.part.as_ref();
                let part = part.and_then(|part| Some((Streamed::of(&part.handle)?, part)));
                let Some((mut stream, part)) = part else {
                    let detail = Message::sent_before();
                    return Err(Error::new(ErrorKind::Other, detail));
                };
                let sized = builder.header("content-length", part.len_bytes);
                let body = ureq::SendBody::from_reader(&mut *stream);
                let asked = agent.configure_request(sized.body(body).map_err(unfit)?);
                agent.run(asked.timeout_recv_response(Some(patience)).build())
            }
            _ => {
                let asked = agent.configure_request(builder.body(&*request.body).map_err(unfit)?);
                agent.run(asked.timeout_recv_response(Some(patience)).build())
            }
        };
        let response = response.map_err(|cause| explain(&cause))?;
        let mut headers = Headers::default();
        for (name, value) in response.headers() {
            headers.add(name.as_str(), String::from_utf8_lossy(value.as_bytes()));
        }
        Ok(Response {
            status: response.status().as_u16(),
            headers,
            url: response.get_uri().to_string(),
            body: Box::new(Body {
                reader: Some(response.into_body().into_reader()),
                watch: self.watch.clone(),
                host: Arc::clone(&host),
                spare: Vec::new(),
            }),
        })
    }
}

impl Default for SocketTransport {
    fn default() -> SocketTransport {
        SocketTransport::new(Trust::default(), &Limits::DEFAULT)
    }
}

impl Transport for SocketTransport {
    fn exchange(&self, request: HttpRequest) -> LocalFuture<'_, Result<Response, Error>> {
        Box::pin(std::future::ready(self.send(&request)))
    }

    fn addresses(&self, host: &str, port: u16) -> Result<Vec<IpAddr>, Error> {
        if self.is_behind_a_proxy(host, port) {
            return Ok(Vec::new());
        }
        let addresses = self.names.look_up(host, port);
        addresses.map_err(|cause| {
            let detail = format!("the name {host} cannot be resolved: {cause}");
            Error::new(ErrorKind::Unreachable, Message::verbatim(detail))
        })
    }
}

/// Returns the host and port of an address as they are written.
fn authority_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default()
}

/// Classifies a failure: an address that cannot be used at all, or a host that does not answer as it should.
fn explain(cause: &ureq::Error) -> Error {
    let kind = match cause {
        ureq::Error::Timeout(ureq::Timeout::Connect | ureq::Timeout::Resolve) => {
            ErrorKind::Unreachable
        }
        ureq::Error::Timeout(_) => ErrorKind::Silent,
        ureq::Error::Tls(_) | ureq::Error::Pem(_) => ErrorKind::Certificate,
        ureq::Error::Rustls(cause) if is_about_certificates(&cause.to_string()) => {
            ErrorKind::Certificate
        }
        ureq::Error::Io(cause) if is_about_certificates(&cause.to_string()) => {
            ErrorKind::Certificate
        }
        ureq::Error::BadUri(_)
        | ureq::Error::Http(_)
        | ureq::Error::TooManyRedirects
        | ureq::Error::RedirectFailed
        | ureq::Error::InvalidProxyUrl
        | ureq::Error::LargeResponseHeader(..) => ErrorKind::Other,
        _ => ErrorKind::Unreachable,
    };
    let detail = match kind {
        ErrorKind::Certificate => format!(
            "{cause}; where you trust it, name its authority by --ca-file FILE, or this one host by --insecure HOST"
        ),
        _ => cause.to_string(),
    };
    Error::new(kind, Message::verbatim(detail))
}

/// True for an error in which TLS itself works, but one side does not trust the other. The words are those of rustls.
fn is_about_certificates(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    [
        "certificate",
        "unknownca",
        "unknown_ca",
        "accessdenied",
        "handshakefailure",
    ]
    .iter()
    .any(|word| lower.contains(word))
}

/// A body that is read while it is sent, once: the bytes of a [`crate::io::BodyPart`] outside of a browser.
pub(in crate::cli) struct Streamed(Mutex<Option<Box<dyn io::Read>>>);

impl Streamed {
    /// Wraps a reader as the handle of a part.
    pub(in crate::cli) fn handle(reader: impl io::Read + 'static) -> Handle {
        Handle(Rc::new(Streamed(Mutex::new(Some(Box::new(reader))))))
    }

    /// Takes the reader out of a handle. `None` if it was taken before, or is of another medium.
    fn of(handle: &Handle) -> Option<Box<dyn io::Read>> {
        let streamed = handle.0.downcast_ref::<Streamed>()?;
        let mut reader = streamed.0.lock().unwrap_or_else(PoisonError::into_inner);
        reader.take()
    }
}

/// Bytes read from the connection at a time.
const PIECE_BYTES: usize = 256 * 1024;

/// A body being read. Dropping it ends the transfer.
struct Body {
    reader: Option<ureq::BodyReader<'static>>,
    watch: Option<Watch>,
    host: Arc<str>,
    /// A piece that was taken back. Fresh memory for each would cost as much as copying the bytes.
    spare: Vec<u8>,
}

impl Body {
    fn read(&mut self) -> Result<Option<Vec<u8>>, Error> {
        let Some(reader) = &mut self.reader else {
            return Ok(None);
        };
        let _waiting = self.watch.as_ref().map(|watch| watch.over(&self.host));
        let mut piece = std::mem::take(&mut self.spare);
        piece.resize(PIECE_BYTES, 0);
        loop {
            match reader.read(&mut piece) {
                Ok(0) => {
                    self.reader = None;
                    return Ok(None);
                }
                Ok(n) => {
                    piece.truncate(n);
                    return Ok(Some(piece));
                }
                Err(cause) if cause.kind() == std::io::ErrorKind::Interrupted => {}
                Err(cause) => {
                    self.reader = None;
                    let kind = match cause.kind() {
                        io::ErrorKind::TimedOut => ErrorKind::Silent,
                        _ => ErrorKind::Unreachable,
                    };
                    return Err(Error::new(kind, Message::verbatim(cause.to_string())));
                }
            }
        }
    }
}

impl ByteStream for Body {
    fn next(&mut self) -> LocalFuture<'_, Result<Option<Vec<u8>>, Error>> {
        Box::pin(std::future::ready(self.read()))
    }

    fn take_back(&mut self, piece: Vec<u8>) {
        self.spare = piece;
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::net::TcpListener;

    use super::*;
    use crate::io::Cache;

    #[test]
    fn a_connection_resolves_no_name() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let transport = SocketTransport::default();
        let url = format!("http://localhost:{port}/v2/");
        let refused = transport.send(&HttpRequest::get(&url, Cache::Bypassed));
        assert!(refused.is_err(), "nobody has checked it");
        let none = transport.addresses("nothing.invalid", 443);
        let error = none.expect_err("there is no such name");
        assert!(error.detail.to_string().contains("cannot be resolved"));
        let server = std::thread::spawn(move || drop(listener.accept()));
        let mut request = HttpRequest::get(url, Cache::Bypassed);
        request.addresses = Rc::from([IpAddr::from([127, 0, 0, 1])]);
        // It comes, though nothing answers.
        assert!(transport.send(&request).is_err());
        server.join().expect("it was asked");
    }

    #[test]
    fn a_host_that_stops_reading_is_given_up() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let address = listener.local_addr().expect("it is bound");
        let server = std::thread::spawn(move || listener.accept().expect("someone asks"));
        let mut limits = Limits::DEFAULT;
        limits.registry.silence_seconds = 1;
        let transport = SocketTransport::new(Trust::default(), &limits);
        let mut request = HttpRequest::change(Method::Put, format!("http://{address}/v2/"));
        let len_bytes = 256 * 1024 * 1024;
        let handle = Streamed::handle(io::repeat(0).take(len_bytes));
        request.part = Some(crate::io::BodyPart { handle, len_bytes });
        let error = transport.send(&request).err().expect("nobody reads");
        assert_eq!(error.kind, ErrorKind::Silent, "{}", error.detail);
        drop(server.join());
    }

    #[test]
    fn a_redirect_is_an_answer() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let address = listener.local_addr().expect("it is bound");
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("someone asks");
            let mut lines = BufReader::new(stream.try_clone().expect("it is open")).lines();
            let _ = lines.find(|line| line.as_ref().is_ok_and(String::is_empty));
            let answer =
                "HTTP/1.1 307 Gone\r\nLocation: http://127.0.0.1:1/x\r\nContent-Length: 0\r\n\r\n";
            stream.write_all(answer.as_bytes()).expect("it is open");
        });
        let request = HttpRequest::get(format!("http://{address}/v2/"), Cache::Bypassed);
        let response = SocketTransport::default()
            .send(&request)
            .expect("it answers");
        server.join().expect("it answered");
        assert_eq!(response.status, 307);
        assert_eq!(
            response.headers.get("location"),
            Some("http://127.0.0.1:1/x")
        );
        assert_eq!(response.url, request.url);
    }
}
