//! HTTP over native sockets.
//!
//! Redirects are followed here; a token is not carried to another host. What a status means is the conversation's.

use std::io::Read as _;
use std::time::Duration;

use ureq::ResponseExt as _;
use ureq::config::RedirectAuthHeaders;
use ureq::http;

use crate::io::{
    ByteStream, Error, ErrorKind, Headers, LocalFuture, Method, Request, Response, Transport,
};

/// Time for a connection to come about.
const CONNECT: Duration = Duration::from_secs(20);
/// Time between two pieces of an answer.
const SILENCE: Duration = Duration::from_secs(60);

/// Sends requests by native sockets, with TLS in Rust.
pub struct SocketTransport(ureq::Agent);

impl SocketTransport {
    /// A transport whose connections are kept for further requests.
    pub fn new() -> SocketTransport {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .redirect_auth_headers(RedirectAuthHeaders::SameHost)
            .user_agent(concat!("lamina/", env!("CARGO_PKG_VERSION")))
            .timeout_connect(Some(CONNECT))
            .timeout_recv_response(Some(SILENCE))
            .timeout_per_read(Some(SILENCE))
            .build();
        SocketTransport(config.new_agent())
    }

    fn send(&self, request: &Request) -> Result<Response, Error> {
        let mut builder = http::Request::builder()
            .method(request.method.as_str())
            .uri(&request.url);
        for (name, value) in request.headers.iter() {
            builder = builder.header(name, value);
        }
        let unfit = |cause: http::Error| Error::new(ErrorKind::Other, cause.to_string());
        let response = match request.method {
            Method::Get | Method::Head => self.0.run(builder.body(()).map_err(unfit)?),
            _ => self
                .0
                .run(builder.body(request.body.as_slice()).map_err(unfit)?),
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
            body: Box::new(Body(Some(response.into_body().into_reader()))),
        })
    }
}

impl Default for SocketTransport {
    fn default() -> SocketTransport {
        SocketTransport::new()
    }
}

impl Transport for SocketTransport {
    fn exchange(&self, request: Request) -> LocalFuture<'_, Result<Response, Error>> {
        Box::pin(std::future::ready(self.send(&request)))
    }
}

/// What the failure means: an address that cannot be asked at all, or a host that does not answer as it should.
fn explain(cause: &ureq::Error) -> Error {
    let kind = match cause {
        ureq::Error::BadUri(_)
        | ureq::Error::Http(_)
        | ureq::Error::TooManyRedirects
        | ureq::Error::RedirectFailed
        | ureq::Error::InvalidProxyUrl
        | ureq::Error::LargeResponseHeader(..) => ErrorKind::Other,
        _ => ErrorKind::Unreachable,
    };
    Error::new(kind, cause.to_string())
}

/// Bytes taken from the connection at a time.
const PIECE_BYTES: usize = 256 * 1024;

/// A body being read; dropping it ends the transfer.
struct Body(Option<ureq::BodyReader<'static>>);

impl Body {
    fn read(&mut self) -> Result<Option<Vec<u8>>, Error> {
        let Some(reader) = &mut self.0 else {
            return Ok(None);
        };
        let mut piece = vec![0; PIECE_BYTES];
        loop {
            match reader.read(&mut piece) {
                Ok(0) => {
                    self.0 = None;
                    return Ok(None);
                }
                Ok(n) => {
                    piece.truncate(n);
                    return Ok(Some(piece));
                }
                Err(cause) if cause.kind() == std::io::ErrorKind::Interrupted => {}
                Err(cause) => {
                    self.0 = None;
                    return Err(Error::new(ErrorKind::Unreachable, cause.to_string()));
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
