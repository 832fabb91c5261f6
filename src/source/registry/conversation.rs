//! One registry's conversation: requests with their retries, and the warnings that come along.
//!
//! What is asked for, and what the answers mean, is decided by the files that ask: `list`, `manifest`, `blob`, `push`.
//! What is sent along to prove who asks is `login`'s.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::io::{self, Clock, ErrorKind, Method, Request, Response, Transport};
use crate::layer::{Limits, Warning};

use super::super::{Deed, Error};
use super::answer::{self, Body};
use super::auth::Scope;
use super::gate::Gate;
use super::host::Asker;
use super::login::Login;
use super::url;

/// What one registry has been found to be so far; shared by the client and its blobs.
pub(super) struct Conversation {
    pub(super) gate: Gate,
    pub(super) clock: Rc<dyn Clock>,
    pub(super) limits: Limits,
    pub(super) asker: Asker,
    /// `scheme://host[:port][/prefix]`: where `/v2/` lies.
    pub(super) base: String,
    /// Who asks, as far as it is known.
    pub(super) login: RefCell<Login>,
    warnings: RefCell<Vec<Warning>>,
    /// Whether any answer has come: then silence is more likely a passing fault than a wrong address.
    has_answered: Cell<bool>,
    /// The same of an answer of its own, and of none whom it named.
    has_answered_itself: Cell<bool>,
}

/// An answer whose body has been read.
pub(super) struct Document {
    pub(super) headers: io::Headers,
    pub(super) body: Vec<u8>,
}

/// What came of asking for a document.
pub(super) enum Asked {
    /// It, with status 200.
    Document(Document),
    /// Another status.
    Refused(Error),
}

/// Milliseconds before the second attempt; doubled for each further one.
const FIRST_PAUSE_MILLIS: u64 = 500;

impl Conversation {
    pub(super) fn new(
        transport: Rc<dyn Transport>,
        clock: Rc<dyn Clock>,
        limits: Limits,
        asker: Asker,
        base: String,
    ) -> Conversation {
        Conversation {
            gate: Gate::new(transport, asker, &base, &limits),
            clock,
            limits,
            asker,
            base,
            login: RefCell::default(),
            warnings: RefCell::default(),
            has_answered: Cell::new(false),
            has_answered_itself: Cell::new(false),
        }
    }

    /// The URL of something below `/v2/`.
    pub(super) fn address(&self, rest: &str) -> String {
        format!("{}/v2/{rest}", self.base)
    }

    /// What the registry has warned of so far, each once.
    pub(super) fn warnings(&self) -> Vec<Warning> {
        self.warnings.borrow().clone()
    }

    /// Asks for a whole body of at most `limit_bytes`; a body that breaks off is asked for again.
    ///
    /// # Errors
    /// As [`Conversation::ask`]; and when the body is too large or does not come whole.
    pub(super) async fn document(
        &self,
        request: Request,
        scope: &Scope,
        what: &str,
        limit_bytes: u64,
    ) -> Result<Asked, Error> {
        let mut n_broken = 0;
        loop {
            let mut response = self.ask(request.clone(), scope, what).await?;
            if response.status != 200 {
                return Ok(Asked::Refused(self.refusal(what, response).await));
            }
            match answer::read_body(&mut response, limit_bytes).await {
                Ok(Body::Whole(body)) => {
                    if let Some(page) = answer::web_page(what, &body, &response.url) {
                        return Ok(Asked::Refused(page));
                    }
                    let headers = response.headers;
                    return Ok(Asked::Document(Document { headers, body }));
                }
                Ok(Body::Cut) => {
                    return Err(Error::TooLarge {
                        what: what.to_owned(),
                        limit: format!("{limit_bytes} bytes"),
                    });
                }
                Err(cause)
                    if cause.kind == ErrorKind::Cancelled || n_broken >= self.limits.retries =>
                {
                    return Err(io_error(what, cause));
                }
                Err(_) => self.pause_before(&mut n_broken).await,
            }
        }
    }

    /// One exchange with its retries: too many requests, a server in trouble, a broken connection. What changes
    /// something is sent again only after 429: any other failure leaves open whether it was done.
    ///
    /// # Errors
    /// When there is no answer at all.
    pub(super) async fn exchange(&self, request: Request, what: &str) -> Result<Response, Error> {
        self.exchange_for(&self.base, request, what).await
    }

    /// The same with a token that is meant for the host of `owner` alone.
    ///
    /// # Errors
    /// As [`Conversation::exchange`].
    pub(super) async fn exchange_for(
        &self,
        owner: &str,
        request: Request,
        what: &str,
    ) -> Result<Response, Error> {
        let only_asks = matches!(request.method, Method::Get | Method::Head);
        let is_own = url::same_origin(&request.url, &self.base);
        let mut n_failed = 0;
        loop {
            match self.gate.exchange(owner, request.clone()).await {
                Ok(response) => {
                    self.has_answered.set(true);
                    self.has_answered_itself
                        .set(self.has_answered_itself.get() || is_own);
                    self.note_warnings(&response);
                    let is_last = n_failed >= self.limits.retries;
                    let may_repeat = only_asks || response.status == 429;
                    match self.wait_asked(&response).filter(|_| may_repeat) {
                        Some(millis) if !is_last => {
                            self.pause(millis.max(backoff_millis(n_failed))).await;
                            n_failed += 1;
                        }
                        _ => return Ok(response),
                    }
                }
                Err(cause) => {
                    let may_pass = only_asks
                        && self.has_answered.get()
                        && n_failed < self.n_repeats(cause.kind);
                    if !may_pass {
                        return Err(io_error(what, self.told_by_what_was(is_own, cause)));
                    }
                    self.pause_before(&mut n_failed).await;
                }
            }
        }
    }

    /// Tells a cause more exactly: a registry that has let this page read before sends CORS headers, and one answer lacks
    /// them.
    fn told_by_what_was(&self, is_own: bool, mut cause: io::Error) -> io::Error {
        if is_own && cause.kind == ErrorKind::Cors && self.has_answered_itself.get() {
            cause.kind = ErrorKind::Withheld;
        }
        cause
    }

    /// How often a failure is borne from a registry that has answered before. A browser says the same of a lost
    /// connection and of a refused CORS request: one attempt more mends the first, and further ones only delay the
    /// explanation of the second. Silence has taken its time already.
    fn n_repeats(&self, kind: ErrorKind) -> u32 {
        match (kind, self.asker) {
            (ErrorKind::Unreachable, Asker::Native) => self.limits.retries,
            (ErrorKind::Unreachable | ErrorKind::Silent, _) => self.limits.retries.min(1),
            _ => 0,
        }
    }

    /// The error that an answer stands for; an answer of another host than the registry names that host.
    pub(super) async fn refusal(&self, what: &str, response: Response) -> Error {
        match url::host_of(&response.url).filter(|_| !self.is_own(&response)) {
            Some(host) => {
                let what = format!("{what} at {host}");
                self.plain_refusal(&what, response).await
            }
            None => self.plain_refusal(what, response).await,
        }
    }

    async fn plain_refusal(&self, what: &str, response: Response) -> Error {
        let now = self.clock.unix_millis();
        answer::refusal(what, response, self.limits.answer_bytes, now).await
    }

    /// The error that an answer to anything else than a question stands for.
    pub(super) async fn refusal_of(&self, asked: Deed, what: &str, response: Response) -> Error {
        let mut error = match asked {
            // What is asked for has the name of the server already.
            Deed::SignIn => self.plain_refusal(what, response).await,
            Deed::Read | Deed::Write => self.refusal(what, response).await,
        };
        if let Error::Refused { deed, .. } = &mut error {
            *deed = asked;
        }
        error
    }

    /// Counts a failure and waits, twice as long as after the one before.
    pub(super) async fn pause_before(&self, n_failed: &mut u32) {
        self.pause(backoff_millis(*n_failed)).await;
        *n_failed += 1;
    }

    async fn pause(&self, millis: u64) {
        let longest = self.limits.retry_after_seconds.saturating_mul(1_000);
        self.clock.pause(millis.min(longest)).await;
    }

    /// For how long to wait before asking again; `None` when the answer stands.
    fn wait_asked(&self, response: &Response) -> Option<u64> {
        if !matches!(response.status, 408 | 429 | 500 | 502 | 503 | 504) {
            return None;
        }
        let now = self.clock.unix_millis();
        match answer::retry_after_seconds(&response.headers, now) {
            Some(seconds) if seconds > self.limits.retry_after_seconds => None,
            Some(seconds) => Some(seconds.saturating_mul(1_000)),
            None => Some(0),
        }
    }

    fn note_warnings(&self, response: &Response) {
        let mut kept = self.warnings.borrow_mut();
        for warning in answer::warnings(&response.headers) {
            if kept.len() < self.limits.warnings && !kept.contains(&warning) {
                kept.push(warning);
            }
        }
    }

    /// Whether the registry itself answered, and not a store that it redirected to.
    pub(super) fn is_own(&self, response: &Response) -> bool {
        response.url.is_empty() || url::same_origin(&response.url, &self.base)
    }
}

fn backoff_millis(n_failed: u32) -> u64 {
    FIRST_PAUSE_MILLIS.saturating_mul(1 << n_failed.min(20))
}

pub(super) fn io_error(what: &str, cause: io::Error) -> Error {
    Error::Io {
        what: what.to_owned(),
        cause,
    }
}

pub(super) fn as_io(error: Error) -> io::Error {
    match error {
        Error::Io { cause, .. } => cause,
        other => io::Error::new(ErrorKind::Other, other.to_string()),
    }
}
