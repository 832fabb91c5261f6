//! Why the world did not answer, told apart by what a person can do about it.
//!
//! Which object was being read is added by whoever asked.

/// A failure outside the image's own bytes: file, network or storage.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Error {
    /// What kind of failure, for the explanation that a person sees.
    pub kind: ErrorKind,
    /// What the system said, without credentials.
    pub detail: String,
}

/// Kinds of failure that call for different ways out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum ErrorKind {
    /// No answer: the name does not resolve, nothing listens, TLS fails, or the browser refused (CORS, mixed
    /// content) without saying which.
    Unreachable,
    /// A host that is there says nothing for too long.
    Silent,
    /// The certificate of a host is not trusted, or the host wants one of whoever asks.
    Certificate,
    /// The browser is known to have refused the answer for want of CORS headers: the host itself answers.
    Cors,
    /// The same by http, of a host that does not answer by https: it speaks http alone, or the browser does not trust
    /// its certificate.
    CorsByHttp,
    /// The host lets the page read, but refuses the preflight of what the page sends, such as a password or bytes.
    Preflight,
    /// The host lets the page see other answers, and not this one: an error without CORS headers, or a broken connection.
    Withheld,
    /// The host redirects to another one that answers without CORS headers.
    RedirectCors,
    /// The host redirects to another one that does not answer the browser.
    RedirectUnreachable,
    /// The page is on https and the address is not: refused before it is asked.
    MixedContent,
    /// The address is not asked: neither the person nor the registry that the person named has named it, or it is
    /// not for the registry to name.
    Forbidden,
    /// The file changed or vanished after it was chosen, or permission was withdrawn.
    Unreadable,
    /// A read past the end.
    OutOfRange,
    /// Storage is full, or the spool's limit is reached.
    StorageFull,
    /// The person cancelled.
    Cancelled,
    /// The thread that was at it died.
    Lost,
    /// A host sends other than it stated, or so slowly that it never ends.
    Misbehaved,
    /// A part of this program that is needed for it cannot be fetched.
    PartMissing,
    /// Anything else.
    Other,
}

impl Error {
    /// An error of `kind` with the system's own words.
    pub fn new(kind: ErrorKind, detail: impl Into<String>) -> Error {
        Error {
            kind,
            detail: detail.into(),
        }
    }
}
