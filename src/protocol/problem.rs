//! Failures as the page explains them: the object, the event, the likely cause and the way out.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use crate::bounds::{Bound, Reached};
use crate::image::Digest;
use crate::message::Message;
use crate::{io, layer, source};

/// A failure as data. The page words it in the reader's language by `code`, and its subject and detail by theirs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{detail}")]
pub struct Problem {
    /// The kind of failure.
    pub code: ProblemCode,
    /// The object being read: a file, a URL, a reference, a digest or a path.
    pub subject: Message,
    /// The exact message, which the page words in the reader's language.
    pub detail: Message,
    /// The limit that was reached, if this person may raise it and continue.
    pub limit: Option<Box<LimitRow>>,
    /// The registry's base URL, if signing in there may help.
    pub sign_in: Option<String>,
    /// The digest that did not match, if that was the failure.
    pub refuted: Option<Box<Digest>>,
    /// The state of the tags after a push that failed when some were written.
    pub tags: Option<Box<source::TagsLeft>>,
    /// Seconds after which the registry wants to be asked again.
    pub pause_seconds: Option<NonZeroU32>,
}

/// A limit that was reached, and that protects only the person who reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitRow {
    /// The limit's kind.
    pub bound: Bound,
    /// The limit's value.
    pub limit: u64,
    /// The amount that was met, at least.
    pub seen: u64,
    /// The value to continue with; `None` if a browser can hold no more.
    pub next: Option<u64>,
}

/// Kinds of failure, each with its own explanation and way out on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProblemCode {
    /// The typed text is not an address.
    BadAddress,
    /// Docker Hub sends no CORS headers: no browser page can read it.
    DockerHub,
    /// No answer: the name, the port, TLS, or the network.
    Unreachable,
    /// The host answers, but not to pages of this origin (CORS).
    CorsRefused,
    /// The host refuses pages by http (CORS) and does not answer by https: headers are missing, or its certificate is
    /// not trusted.
    CorsOrCertificate,
    /// The host lets pages read, but refuses the preflight of the request.
    PreflightRefused,
    /// The host shows this page other answers, but not this one.
    AnswerWithheld,
    /// An http registry is asked from an https page.
    MixedContent,
    /// No answer by https, and the page may not try http.
    HttpsUnreachable,
    /// The redirect's target (object storage) refuses pages of this origin.
    RedirectRefused,
    /// The redirect's target does not answer.
    StoreUnreachable,
    /// The redirect's target requires its own login.
    LoginElsewhere,
    /// The origin policy refuses the address: neither the person nor the registry named it, or the registry may not
    /// name it.
    NotAsked,
    /// The token server refuses pages of this origin.
    TokenServerRefused,
    /// The token server does not answer, or may not be asked.
    TokenServerUnusable,
    /// `lamina serve`, which asks for this page, does not answer, or does not know the page any more.
    RelayLost,
    /// Not found, or not visible without a login.
    NotFound,
    /// A login is needed.
    LoginNeeded,
    /// The login that was given is not accepted.
    LoginRefused,
    /// The registry does not allow this login to write there.
    WriteRefused,
    /// Too many requests.
    RateLimited,
    /// The registry reports a failure of its own.
    RegistryFailed,
    /// The registry's answer cannot be interpreted.
    BadAnswer,
    /// A web page answers where a registry should.
    WebPage,
    /// The registry accepted an object and does not have it.
    NotStored,
    /// The registry, or a proxy in front of it, refuses a request of this size.
    RequestTooLarge,
    /// The registry calls the request invalid.
    RequestInvalid,
    /// The registry has received other bytes of an upload than were sent.
    UploadOutOfStep,
    /// The registry does not say where an upload continues.
    NoLocation,
    /// The registry does not allow the operation; it may be read-only.
    NotAllowed,
    /// The bytes are not an image.
    NotAnImage,
    /// The archive ends early.
    Truncated,
    /// A document is malformed.
    Malformed,
    /// A part is missing.
    Missing,
    /// An index names platforms whose content is not available.
    AbsentPlatforms,
    /// A digest does not match.
    DigestMismatch,
    /// A layer or archive is damaged.
    Damaged,
    /// A limit that protects this browser was reached.
    TooLarge,
    /// The browser's storage is full.
    StorageFull,
    /// The file changed or vanished, or permission is missing.
    Unreadable,
    /// A known feature that is not supported.
    Unsupported,
    /// The path has no content to show: a directory, a device, a deleted file.
    NoContent,
    /// An edit that is not possible: a name, a path, or something in the way.
    Refused,
    /// A query that makes no sense.
    BadQuery,
    /// The person cancelled.
    Cancelled,
    /// The image or archive was closed meanwhile.
    Closed,
    /// A part of the page's own program does not load.
    PartMissing,
    /// The worker died, or its messages cannot be understood.
    WorkerLost,
    /// The worker does not start.
    WorkerNotStarted,
    /// A layer that is not read because the worker died over it.
    LeftOut,
    /// A bug in Lamina itself.
    Internal,
}

// A problem is the error of every answer, so it stays small: what is large is boxed.
const _: () = assert!(size_of::<Problem>() < 128);

impl Problem {
    /// Makes a problem of this kind about this object.
    pub fn new(
        code: ProblemCode,
        subject: impl Into<Message>,
        detail: impl Into<Message>,
    ) -> Problem {
        Problem {
            code,
            subject: subject.into(),
            detail: detail.into(),
            limit: None,
            sign_in: None,
            refuted: None,
            tags: None,
            pause_seconds: None,
        }
    }
}

impl From<Reached> for LimitRow {
    fn from(reached: Reached) -> LimitRow {
        let Reached { bound, limit, seen } = reached;
        LimitRow {
            bound,
            limit,
            seen,
            next: bound.above(limit),
        }
    }
}

impl From<&source::Error> for Problem {
    /// Distinguishes the failures that a person can do something about.
    fn from(error: &source::Error) -> Problem {
        use source::Error;
        let (code, subject) = match error {
            Error::Io { what, cause } => (code_of_io(cause.kind), what),
            Error::NotAnImage { what, .. } => (ProblemCode::NotAnImage, what),
            Error::Malformed { what, .. } => (ProblemCode::Malformed, what),
            Error::Missing { what } => (ProblemCode::Missing, what),
            Error::AbsentPlatforms { what, .. } => (ProblemCode::AbsentPlatforms, what),
            Error::DigestMismatch { what, .. } => (ProblemCode::DigestMismatch, what),
            Error::TooLarge { what, .. } => (ProblemCode::TooLarge, what),
            Error::Damaged { what, .. } => (ProblemCode::Damaged, what),
            Error::Refused {
                what,
                status: 401 | 403 | 404,
                deed: source::Deed::Write,
                ..
            } => (ProblemCode::WriteRefused, what),
            Error::Refused { what, status, .. } => (code_of_status(*status), what),
            Error::WebPage { what, .. } => (ProblemCode::WebPage, what),
            Error::NotStored { what, .. } => (ProblemCode::NotStored, what),
            Error::PartlyTagged { tags, cause } => {
                return Problem {
                    tags: Some(Box::new(tags.clone())),
                    ..Problem::from(&**cause)
                };
            }
            Error::LoginNeeded {
                what, signed_in, ..
            } => match signed_in {
                true => (ProblemCode::LoginRefused, what),
                false => (ProblemCode::LoginNeeded, what),
            },
            Error::LoginElsewhere { what, .. } => (ProblemCode::LoginElsewhere, what),
            Error::TokenServer { what, cause } => (code_of_token_server(cause.kind), what),
            Error::NoLocation { what, .. } => (ProblemCode::NoLocation, what),
            Error::Unsupported { what, .. } => (ProblemCode::Unsupported, what),
            Error::NotHere { what, .. } => (ProblemCode::Refused, what),
        };
        let mut problem = Problem::new(code, subject.clone(), error);
        if let Error::Refused {
            retry_after_seconds: Some(seconds),
            ..
        } = error
        {
            // A longer pause is cut to one year.
            let seconds = u32::try_from(*seconds)
                .unwrap_or(u32::MAX)
                .min(365 * 86_400);
            problem.pause_seconds = NonZeroU32::new(seconds);
        }
        problem.sign_in = error.registry_to_sign_in().map(str::to_owned);
        if let Error::DigestMismatch { expected, .. } = error {
            problem.refuted = Some(Box::new(expected.clone()));
        }
        problem
    }
}

impl Problem {
    /// Makes a problem of damage in a layer's bytes.
    pub fn of_layer(damage: &layer::Error, layer: usize) -> Problem {
        let reached = damage.reached();
        let code = match (reached, damage) {
            (Some(_), _) => ProblemCode::TooLarge,
            (None, layer::Error::Truncated { .. } | layer::Error::TarTruncated { .. }) => {
                ProblemCode::Truncated
            }
            (None, layer::Error::NoDecoder { .. }) => ProblemCode::PartMissing,
            (None, _) => ProblemCode::Damaged,
        };
        let problem = Problem::new(code, Message::layer(layer), damage);
        Problem {
            limit: reached.map(|reached| Box::new(reached.into())),
            ..problem
        }
    }
}

fn code_of_io(kind: io::ErrorKind) -> ProblemCode {
    match kind {
        io::ErrorKind::Unreachable | io::ErrorKind::Silent | io::ErrorKind::Certificate => {
            ProblemCode::Unreachable
        }
        io::ErrorKind::Cors => ProblemCode::CorsRefused,
        io::ErrorKind::CorsByHttp => ProblemCode::CorsOrCertificate,
        io::ErrorKind::Preflight => ProblemCode::PreflightRefused,
        io::ErrorKind::Withheld => ProblemCode::AnswerWithheld,
        io::ErrorKind::RedirectCors => ProblemCode::RedirectRefused,
        io::ErrorKind::RedirectUnreachable => ProblemCode::StoreUnreachable,
        io::ErrorKind::MixedContent => ProblemCode::MixedContent,
        io::ErrorKind::Forbidden => ProblemCode::NotAsked,
        io::ErrorKind::RelayLost => ProblemCode::RelayLost,
        io::ErrorKind::Login => ProblemCode::LoginNeeded,
        io::ErrorKind::Unreadable => ProblemCode::Unreadable,
        io::ErrorKind::OutOfRange => ProblemCode::Truncated,
        io::ErrorKind::StorageFull => ProblemCode::StorageFull,
        io::ErrorKind::Cancelled => ProblemCode::Cancelled,
        io::ErrorKind::Lost => ProblemCode::WorkerLost,
        io::ErrorKind::Misbehaved => ProblemCode::BadAnswer,
        io::ErrorKind::PartMissing => ProblemCode::PartMissing,
        io::ErrorKind::Other => ProblemCode::Internal,
    }
}

/// Maps an error of a token server to its own codes: the registry's configuration does not repair it.
fn code_of_token_server(kind: io::ErrorKind) -> ProblemCode {
    match kind {
        io::ErrorKind::Cors
        | io::ErrorKind::Preflight
        | io::ErrorKind::Withheld
        | io::ErrorKind::RedirectCors => ProblemCode::TokenServerRefused,
        _ => ProblemCode::TokenServerUnusable,
    }
}

fn code_of_status(status: u16) -> ProblemCode {
    match status {
        401 | 403 => ProblemCode::LoginNeeded,
        404 | 410 => ProblemCode::NotFound,
        400 | 409 | 415 | 422 => ProblemCode::RequestInvalid,
        405 => ProblemCode::NotAllowed,
        416 => ProblemCode::UploadOutOfStep,
        413 => ProblemCode::RequestTooLarge,
        429 => ProblemCode::RateLimited,
        500.. => ProblemCode::RegistryFailed,
        _ => ProblemCode::BadAnswer,
    }
}
