//! The conversation with one registry: exchanges with their retries, and the warnings in the answers.
//!
//! `login` adds the authentication, and `document` reads whole bodies. `list`, `manifest`, `blob` and `push` decide what
//! is requested and what the answers mean.

use crate::message::Message;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::bounds::Limits;
use crate::io::{self, Behalf, Clock, ErrorKind, HttpRequest, Method, Response, Transport};
use crate::layer::Warning;

use super::super::{Deed, Error};
use super::answer;
use super::gate::Gate;
use super::host::Asker;
use super::sign_in::Login;
use super::url;

/// The state of one registry, shared by the client and its blobs.
pub(super) struct Conversation {
    pub(super) gate: Gate,
    pub(super) clock: Rc<dyn Clock>,
    pub(super) limits: Limits,
    pub(super) asker: Asker,
    /// `scheme://host[:port][/prefix]`, to which `/v2/` is appended.
    pub(super) base: String,
    /// True if the person named the registry with its scheme.
    pub(super) is_scheme_named: Cell<bool>,
    /// The login state.
    pub(super) login: RefCell<Login>,
    warnings: RefCell<Vec<Warning>>,
    /// True if any answer has arrived. Silence is then more likely a passing fault than a wrong address.
    has_answered: Cell<bool>,
    /// True if the registry itself has answered, as opposed to a host that it named.
    has_answered_itself: Cell<bool>,
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
            is_scheme_named: Cell::default(),
            login: RefCell::default(),
            warnings: RefCell::default(),
            has_answered: Cell::new(false),
            has_answered_itself: Cell::new(false),
        }
    }

    /// Returns the URL of a path below `/v2/`.
    pub(super) fn address(&self, rest: &str) -> String {
        format!("{}/v2/{rest}", self.base)
    }

    /// Returns the registry's warnings so far, without duplicates.
    pub(super) fn warnings(&self) -> Vec<Warning> {
        self.warnings.borrow().clone()
    }

    /// Makes one exchange, with retries after rate limiting, server errors and broken connections. A request that
    /// changes something is repeated only after 429: any other failure leaves open whether the change was made.
    ///
    /// # Errors
    /// When there is no answer at all.
    pub(super) async fn exchange(
        &self,
        request: HttpRequest,
        what: &Message,
    ) -> Result<Response, Error> {
        self.exchange_for(&self.base, request, what).await
    }

    /// Like [`Conversation::exchange`], with a token that only the host of `owner` may receive.
    ///
    /// # Errors
    /// As [`Conversation::exchange`].
    pub(super) async fn exchange_for(
        &self,
        owner: &str,
        mut request: HttpRequest,
        what: &Message,
    ) -> Result<Response, Error> {
        request.behalf = Behalf {
            registry: Rc::from(self.base.as_str()),
            is_signed_in: self.login.borrow().is_signed_in(),
            is_scheme_named: self.is_scheme_named.get(),
        };
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
                    let is_last = n_failed >= self.limits.registry.retries;
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
                    // Another program may take the relay's port, and would be sent what a person typed.
                    if cause.kind == ErrorKind::RelayLost {
                        self.login.borrow_mut().forget();
                    }
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

    /// Refines the cause of a failure: if this page could read the registry before, the registry sends CORS
    /// headers, and only this answer lacks them.
    fn told_by_what_was(&self, is_own: bool, mut cause: io::Error) -> io::Error {
        if is_own && cause.kind == ErrorKind::Cors && self.has_answered_itself.get() {
            cause.kind = ErrorKind::Withheld;
        }
        cause
    }

    /// Returns the number of retries after a failure of a registry that has answered before. A browser reports a
    /// lost connection and a refused CORS request alike: one retry fixes the first, and more would only delay the
    /// explanation of the second. A timeout has already taken its time.
    fn n_repeats(&self, kind: ErrorKind) -> u32 {
        match (kind, self.asker) {
            (ErrorKind::Unreachable, Asker::Native) => self.limits.registry.retries,
            (ErrorKind::Unreachable | ErrorKind::Silent, _) => self.limits.registry.retries.min(1),
            _ => 0,
        }
    }

    /// Returns the error that an answer stands for. It names the host if that is not the registry.
    pub(super) async fn refusal(&self, what: &Message, response: Response) -> Error {
        match url::host_of(&response.url).filter(|_| !self.is_own(&response)) {
            Some(host) => {
                let what = Message::at_host(what.clone(), host);
                self.plain_refusal(&what, response).await
            }
            None => self.plain_refusal(what, response).await,
        }
    }

    async fn plain_refusal(&self, what: &Message, response: Response) -> Error {
        let now = self.clock.unix_millis();
        answer::refusal(what, response, self.limits.registry.answer_bytes, now).await
    }

    /// Like [`Conversation::refusal`], for requests other than reads.
    pub(super) async fn refusal_of(
        &self,
        asked: Deed,
        what: &Message,
        response: Response,
    ) -> Error {
        let mut error = match asked {
            // `what` already names the server.
            Deed::SignIn => self.plain_refusal(what, response).await,
            Deed::Read | Deed::Write => self.refusal(what, response).await,
        };
        if let Error::Refused { deed, .. } = &mut error {
            *deed = asked;
        }
        error
    }

    /// Counts a failure and waits, twice as long as the time before.
    pub(super) async fn pause_before(&self, n_failed: &mut u32) {
        self.pause(backoff_millis(*n_failed)).await;
        *n_failed += 1;
    }

    async fn pause(&self, millis: u64) {
        let longest = self
            .limits
            .registry
            .retry_after_seconds
            .saturating_mul(1_000);
        self.clock.pause(millis.min(longest)).await;
    }

    /// Returns the delay before a retry in milliseconds; `None` if the answer is final.
    fn wait_asked(&self, response: &Response) -> Option<u64> {
        if !matches!(response.status, 408 | 429 | 500 | 502 | 503 | 504) {
            return None;
        }
        let now = self.clock.unix_millis();
        match answer::retry_after_seconds(&response.headers, now) {
            Some(seconds) if seconds > self.limits.registry.retry_after_seconds => None,
            Some(seconds) => Some(seconds.saturating_mul(1_000)),
            None => Some(0),
        }
    }

    fn note_warnings(&self, response: &Response) {
        let mut kept = self.warnings.borrow_mut();
        for warning in answer::warnings(&response.headers) {
            if kept.len() < self.limits.layer.warnings && !kept.contains(&warning) {
                kept.push(warning);
            }
        }
    }

    /// True if the registry itself answered, as opposed to a store that it redirected to.
    pub(super) fn is_own(&self, response: &Response) -> bool {
        response.url.is_empty() || url::same_origin(&response.url, &self.base)
    }
}

fn backoff_millis(n_failed: u32) -> u64 {
    FIRST_PAUSE_MILLIS.saturating_mul(1 << n_failed.min(20))
}

pub(super) fn io_error(what: &Message, cause: io::Error) -> Error {
    Error::Io {
        what: what.clone(),
        cause,
    }
}

pub(super) fn as_io(error: Error) -> io::Error {
    match error {
        Error::Io { cause, .. } => cause,
        Error::LoginNeeded { ref registry, .. } => {
            let detail = Message::login_at(registry.as_str(), &error);
            io::Error::new(ErrorKind::Login, detail)
        }
        other => io::Error::new(ErrorKind::Other, &other),
    }
}
