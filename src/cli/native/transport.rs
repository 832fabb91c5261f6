//! HTTP over native sockets.
//!
//! A redirect is returned as the answer. The conversation decides whether to follow it, as it interprets every status.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, Read as _};
use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ureq::ResponseExt as _;
use ureq::http;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};

use crate::io::{
    ByteStream, Error, ErrorKind, Headers, LocalFuture, Method, Request, Response, Transport,
};
use crate::layer::Limits;

use super::trust::Trust;
use super::watch::Watch;

/// Sends requests over native sockets, with TLS in Rust.
///
/// Each name is resolved once, so the addresses that were checked are the ones that are used.
pub struct SocketTransport {
    trust: Trust,
    /// One agent per host, since each may have certificates of its own.
    agents: RefCell<BTreeMap<String, ureq::Agent>>,
    names: Names,
    connect: Duration,
    silence_seconds: u64,
    watch: Watch,
}

/// Addresses by the host's name and port.
type Resolved = BTreeMap<(String, u16), Vec<SocketAddr>>;

/// Resolved names. Each is resolved once, so the connection uses the addresses that were checked.
#[derive(Clone, Debug, Default)]
struct Names(Arc<Mutex<Resolved>>);

impl Names {
    fn addresses(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        let key = (host.to_ascii_lowercase(), port);
        let known = |names: &Names| {
            let known = names.0.lock().unwrap_or_else(PoisonError::into_inner);
            known.get(&key).cloned()
        };
        if let Some(addresses) = known(self) {
            return Ok(addresses);
        }
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let addresses: Vec<SocketAddr> = (bare, port).to_socket_addrs()?.collect();
        let mut resolved = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(resolved.entry(key).or_insert(addresses).clone())
    }
}

impl Resolver for Names {
    fn resolve(
        &self,
        uri: &http::Uri,
        _config: &ureq::config::Config,
        _timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let host = uri.host().ok_or(ureq::Error::HostNotFound)?;
        let usual = if uri.scheme() == Some(&http::uri::Scheme::HTTPS) {
            443
        } else {
            80
        };
        let port = uri.port_u16().unwrap_or(usual);
        let addresses = self.addresses(host, port)?;
        let mut resolved = self.empty();
        for address in addresses.into_iter().take(MOST_ADDRESSES) {
            resolved.push(address);
        }
        match resolved.is_empty() {
            true => Err(ureq::Error::HostNotFound),
            false => Ok(resolved),
        }
    }
}

/// Largest number of addresses of one name that are tried.
const MOST_ADDRESSES: usize = 16;

impl SocketTransport {
    /// Creates a transport that keeps its connections for further requests. A silent connection is closed after
    /// the time in `limits`.
    pub fn new(trust: Trust, limits: &Limits) -> SocketTransport {
        SocketTransport {
            trust,
            agents: RefCell::default(),
            names: Names::default(),
            connect: Duration::from_secs(limits.connect_seconds),
            silence_seconds: limits.silence_seconds,
            watch: Watch::default(),
        }
    }

    fn agent(&self, authority: &str) -> Result<ureq::Agent, Error> {
        if let Some(agent) = self.agents.borrow().get(authority) {
            return Ok(agent.clone());
        }
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .user_agent(concat!("lamina/", env!("CARGO_PKG_VERSION")))
            .tls_config(self.trust.config_for(authority)?)
            .timeout_connect(Some(self.connect))
            .timeout_per_read(Some(Duration::from_secs(self.silence_seconds)))
            .build();
        let agent =
            ureq::Agent::with_parts(config, DefaultConnector::default(), self.names.clone());
        let mut agents = self.agents.borrow_mut();
        Ok(agents.entry(authority.to_owned()).or_insert(agent).clone())
    }

    /// Returns the timeout for the start of an answer. It is longer after an upload, which a registry has to process.
    fn patience(&self, method: Method) -> Duration {
        let times = match method {
            Method::Get | Method::Head => 1,
            _ => 10,
        };
        Duration::from_secs(self.silence_seconds.saturating_mul(times))
    }

    fn send(&self, request: &Request) -> Result<Response, Error> {
        let authority = request.url.split_once("://").map_or("", |(_, rest)| rest);
        let authority = authority.split(['/', '?', '#']).next().unwrap_or_default();
        let agent = self.agent(authority)?;
        let host: Arc<str> = Arc::from(authority);
        let _waiting = self.watch.over(&host);
        let mut builder = http::Request::builder()
            .method(request.method.as_str())
            .uri(&request.url)
            // Digests are of the stored bytes, so nothing may be encoded in transit.
            .header("accept-encoding", "identity");
        for (name, value) in request.headers.iter() {
            builder = builder.header(name, value);
        }
        let unfit = |cause: http::Error| Error::new(ErrorKind::Other, cause.to_string());
        let patience = self.patience(request.method);
        let response = match request.method {
            Method::Get | Method::Head => {
                let asked = agent.configure_request(builder.body(()).map_err(unfit)?);
                agent.run(asked.timeout_recv_response(Some(patience)).build())
            }
            _ if request.part.is_some() => {
                let detail = "bytes of a browser cannot be sent here";
                return Err(Error::new(ErrorKind::Other, detail));
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
    fn exchange(&self, request: Request) -> LocalFuture<'_, Result<Response, Error>> {
        Box::pin(std::future::ready(self.send(&request)))
    }

    fn addresses(&self, host: &str, port: u16) -> Vec<IpAddr> {
        // A name that cannot be resolved fails when it is used.
        let addresses = self.names.addresses(host, port).unwrap_or_default();
        addresses.iter().map(SocketAddr::ip).collect()
    }
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
    Error::new(kind, detail)
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

/// Bytes read from the connection at a time.
const PIECE_BYTES: usize = 256 * 1024;

/// A body being read. Dropping it ends the transfer.
struct Body {
    reader: Option<ureq::BodyReader<'static>>,
    watch: Watch,
    host: Arc<str>,
}

impl Body {
    fn read(&mut self) -> Result<Option<Vec<u8>>, Error> {
        let Some(reader) = &mut self.reader else {
            return Ok(None);
        };
        let _waiting = self.watch.over(&self.host);
        let mut piece = vec![0; PIECE_BYTES];
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
                    return Err(Error::new(kind, cause.to_string()));
                }
            }
        }
    }
}

impl ByteStream for Body {
    fn next(&mut self) -> LocalFuture<'_, Result<Option<Vec<u8>>, Error>> {
        Box::pin(std::future::ready(self.read()))
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::net::TcpListener;

    use super::*;
    use crate::io::Cache;

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
        let request = Request::get(format!("http://{address}/v2/"), Cache::Bypassed);
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
