//! Finds the cause of a failed request that a browser does not explain, by sending further requests.
//!
//! They can show which other requests the same host answers, and whether a page may see the response. Sending them
//! is left to `web::fetch`.

use crate::message::Message;

use super::{Error, ErrorKind, Headers, HttpRequest, Method, Redirects};

/// A request without a body that reveals something about a failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostProbe {
    /// Method to send.
    pub method: Method,
    /// Absolute URL to send it to.
    pub url: String,
    /// Header fields to send.
    pub headers: Headers,
    /// Responses that count.
    pub look: Look,
}

/// The responses to a probe that count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// The first one, if the page may see it. Redirects are not followed.
    First,
    /// The last one, if the page may see it.
    Last,
    /// Any response at the end of all redirects, visible or not.
    Any,
}

/// The outcome of a probe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// No response, or none that the page may see.
    Nothing,
    /// A response that does not redirect.
    Answer,
    /// A response that redirects.
    Redirect,
}

/// Finds the cause of a failed request. `said` is the browser's own message.
pub async fn diagnose(
    request: &HttpRequest,
    said: String,
    probe: impl AsyncFn(HostProbe) -> Seen,
) -> Error {
    let kind = cause(request, &probe).await;
    let detail = match kind {
        ErrorKind::Cors => Message::host_without_cors(),
        ErrorKind::Preflight => Message::host_preflight(),
        ErrorKind::Withheld => Message::host_withheld(),
        ErrorKind::RedirectCors => Message::redirect_without_cors(),
        ErrorKind::RedirectUnreachable => Message::redirect_unanswered(),
        ErrorKind::Forbidden => Message::answer_redirects(),
        _ => Message::verbatim(said),
    };
    Error::new(kind, detail)
}

async fn cause(request: &HttpRequest, probe: &impl AsyncFn(HostProbe) -> Seen) -> ErrorKind {
    let url = request.url.as_str();
    let ask = async |method, url: &str, headers: Headers, look| {
        let url = url.to_owned();
        let asked = HostProbe {
            method,
            url,
            headers,
            look,
        };
        probe(asked).await
    };
    let is_there =
        async || ask(Method::Get, url, Headers::default(), Look::Any).await != Seen::Nothing;
    let first = async |url: &str| ask(Method::Get, url, Headers::default(), Look::First).await;
    // A request that only reads can be repeated unchanged.
    if matches!(request.method, Method::Get | Method::Head) {
        let again = async |look| ask(request.method, url, request.headers.clone(), look).await;
        match again(Look::First).await {
            // It succeeded this time: the connection broke off before.
            Seen::Answer => return ErrorKind::Unreachable,
            Seen::Redirect if request.redirects == Redirects::Refused => {
                return ErrorKind::Forbidden;
            }
            Seen::Redirect if again(Look::Last).await != Seen::Nothing => {
                return ErrorKind::Unreachable;
            }
            Seen::Redirect if is_there().await => return ErrorKind::RedirectCors,
            Seen::Redirect => return ErrorKind::RedirectUnreachable,
            Seen::Nothing => {}
        }
    }
    let root = root_of(url);
    let may_read = match first(url).await {
        Seen::Redirect if request.redirects == Redirects::Refused => return ErrorKind::Forbidden,
        Seen::Nothing => root != url && first(root).await != Seen::Nothing,
        Seen::Answer | Seen::Redirect => true,
    };
    if !needs_preflight(request) {
        return match (is_there().await, may_read) {
            (true, true) => ErrorKind::Withheld,
            (true, false) => ErrorKind::Cors,
            (false, _) => ErrorKind::Unreachable,
        };
    }
    // Tries the same method and header fields where they change nothing: the host allows them, or it does not.
    match ask(request.method, root, request.headers.clone(), Look::First).await {
        Seen::Nothing if may_read => ErrorKind::Preflight,
        Seen::Nothing if is_there().await => ErrorKind::Cors,
        Seen::Nothing => ErrorKind::Unreachable,
        _ => ErrorKind::Withheld,
    }
}

/// Returns the URL at which a registry identifies itself; for other hosts `url` itself.
fn root_of(url: &str) -> &str {
    const ROOT: &str = "/v2/";
    let end = url.find(ROOT).map(|at| at + ROOT.len());
    end.and_then(|end| url.get(..end)).unwrap_or(url)
}

/// Maximum length of an `Accept` value without a preflight, in bytes.
const ACCEPT_BYTES: usize = 128;

/// True if a browser sends an OPTIONS preflight before the request (Fetch, "CORS-safelisted").
pub fn needs_preflight(request: &HttpRequest) -> bool {
    let is_simple_method = matches!(request.method, Method::Get | Method::Head | Method::Post);
    let is_simple = |(name, value): (&str, &str)| match name {
        "accept" => value.len() <= ACCEPT_BYTES,
        "range" => value.starts_with("bytes=") && !value.starts_with("bytes=-"),
        "content-type" => value == "application/x-www-form-urlencoded",
        _ => false,
    };
    !is_simple_method || !request.headers.iter().all(is_simple)
}
