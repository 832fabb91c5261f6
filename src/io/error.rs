//! Errors of files, network and storage, classified by what the user can do about them.
//!
//! The caller adds the object that was being read.

use crate::message::Message;

/// A failure outside the image's own bytes: file, network or storage.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Error {
    /// Kind of failure, which selects the explanation for the user.
    pub kind: ErrorKind,
    /// Message, most often the system's, without credentials.
    pub detail: Message,
}

/// Kinds of failure that need different remedies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum ErrorKind {
    /// No response: the name does not resolve, nothing listens, TLS fails, or the browser refused (CORS, mixed
    /// content) without giving the reason.
    Unreachable,
    /// A reachable host sends nothing for too long.
    Silent,
    /// A host's certificate is not trusted, or the host requires one from the client.
    Certificate,
    /// The browser is known to have refused the response for lack of CORS headers. The host itself responds.
    Cors,
    /// Like `Cors`, over http, for a host that does not respond over https: it supports http only, or the browser
    /// does not trust its certificate.
    CorsByHttp,
    /// The host lets the page read, but refuses the preflight for what the page sends, such as a password or bytes.
    Preflight,
    /// The host lets the page see other responses, but not this one: an error without CORS headers, or a broken
    /// connection.
    Withheld,
    /// The host redirects to another one that responds without CORS headers.
    RedirectCors,
    /// The host redirects to another one that does not respond to the browser.
    RedirectUnreachable,
    /// The page is on https and the address is not. Refused before any request.
    MixedContent,
    /// No request may go to the address: neither the user nor a registry of the user named it, or the registry may
    /// not name it.
    Forbidden,
    /// The program that asks for this page does not answer, or does not know the page any more.
    RelayLost,
    /// The registry wants a login before it gives the rest; `Code::LoginAt` in the message says which.
    Login,
    /// The file changed or vanished after it was chosen, or permission was withdrawn.
    Unreadable,
    /// A read past the end.
    OutOfRange,
    /// Storage is full, or the spool's limit is reached.
    StorageFull,
    /// The user cancelled.
    Cancelled,
    /// The thread that did the work died.
    Lost,
    /// A host sends other content than it announced, or sends so slowly that it never ends.
    Misbehaved,
    /// A part of this program that is needed for it cannot be fetched.
    PartMissing,
    /// Anything else.
    Other,
}

impl Error {
    /// Creates an error of `kind` with a message.
    pub fn new(kind: ErrorKind, detail: impl Into<Message>) -> Error {
        Error {
            kind,
            detail: detail.into(),
        }
    }
}

impl From<&Error> for Message {
    fn from(error: &Error) -> Message {
        error.detail.clone()
    }
}
