//! Errors of sources: why an image or one of its parts could not be read. `protocol::problem` turns each into
//! words and a way out.

use std::fmt;

use crate::image::Digest;
use crate::io;
use crate::message::{Code, Message};

/// A failure of a source. `what` always names the object as a person knows it: a file, a URL, a reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// A file, the network or storage failed.
    Io {
        /// The object that was being read.
        what: Message,
        /// The error of the system.
        cause: io::Error,
    },
    /// The bytes are not an image.
    NotAnImage {
        /// The name of the file.
        what: Message,
        /// A description of the file's actual content.
        found: Message,
    },
    /// A document does not parse or violates its specification.
    Malformed {
        /// The name of the document.
        what: Message,
        /// The part that is wrong, in words.
        reason: Message,
    },
    /// A blob or member that a document names does not exist.
    Missing {
        /// The member's name or the digest.
        what: Message,
    },
    /// A document's bytes do not match the digest by which they were requested, so they are not trusted.
    DigestMismatch {
        /// The name of the document.
        what: Message,
        /// The requested digest.
        expected: Digest,
        /// The digest of the received bytes.
        actual: Digest,
    },
    /// A bound of `bounds` was reached.
    TooLarge {
        /// The object that is too large.
        what: Message,
        /// The bound with its unit.
        limit: Message,
    },
    /// The outer compression of an archive is damaged.
    Damaged {
        /// The name of the file.
        what: Message,
        /// The position and kind of the damage.
        reason: Message,
    },
    /// A registry refused a request with a status code.
    Refused {
        /// The reference or URL, without credentials.
        what: Message,
        /// The HTTP status code.
        status: u16,
        /// The kind of request.
        deed: Deed,
        /// The registry's own `code: message` lines, bounded and as text.
        messages: Vec<String>,
        /// Seconds to wait, if the registry said so.
        retry_after_seconds: Option<u64>,
    },
    /// The registry requires a login: nobody has signed in, or the account has no permission.
    LoginNeeded {
        /// The reference or URL.
        what: Message,
        /// The registry to sign in to, `scheme://host[:port][/prefix]`.
        registry: String,
        /// The kind of request.
        deed: Deed,
        /// True if credentials were sent and not accepted.
        signed_in: bool,
        /// The place that keeps the credentials: a file and its entry, or a program. Empty if they were given directly.
        kept_in: String,
        /// True if `WWW-Authenticate` could be read; false if CORS does not expose it.
        challenge_visible: bool,
    },
    /// A host that the registry redirects to, or that a manifest names, requires its own login.
    LoginElsewhere {
        /// The reference or blob that was requested.
        what: Message,
        /// The host that requires the login.
        host: String,
    },
    /// The token server of a registry cannot be used, or does not answer.
    TokenServer {
        /// The server, or the login that it is for.
        what: Message,
        /// The error of the system.
        cause: io::Error,
    },
    /// The registry does not state the address at which an upload continues.
    NoLocation {
        /// The digest of the blob.
        what: Message,
        /// True in a browser page: the header may be sent, but hidden from the page.
        is_page: bool,
    },
    /// A web page answered instead of a registry: a sign-in page, a proxy's page or another server.
    WebPage {
        /// The reference or URL.
        what: Message,
        /// The page's title, bounded and as text; empty if it has none.
        title: String,
        /// The host that answered, after redirects; empty if it is not known.
        host: String,
    },
    /// A registry accepted something, but does not have it afterwards in the form that was sent.
    NotStored {
        /// The blob, or the reference of the manifest.
        what: Message,
        /// The registry's actual content.
        reason: Unstored,
    },
    /// A push of several tags ended before all of them were written.
    PartlyTagged {
        /// The state of each tag.
        tags: TagsLeft,
        /// The error that ended the push.
        cause: Box<Error>,
    },
    /// An index names platforms whose content is not available at its source.
    AbsentPlatforms {
        /// The index that names them.
        what: Message,
        /// The platforms, and any other absent content that it names.
        platforms: Vec<String>,
    },
    /// The image does not have the requested object, or the object was not read. Nothing is missing.
    NotHere {
        /// The requested object.
        what: Message,
        /// The reason, with the way out.
        reason: Message,
    },
    /// A format that Lamina recognises but does not read, such as schema 1 manifests.
    Unsupported {
        /// The unsupported object.
        what: Message,
        /// The reason, in plain words.
        reason: Message,
    },
}

/// The kind of request made to a registry or its token server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// A download.
    Read,
    /// An upload.
    Write,
    /// A sign-in with a name and a password, or a request for a token.
    SignIn,
}

/// The content of a registry in place of what it accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unstored {
    /// Nothing is there.
    Absent,
    /// The registry answers this status code.
    Status(u16),
    /// Other bytes, with this digest.
    Other(Digest),
    /// Another length, in bytes.
    Length(u64),
}

impl From<&Unstored> for Message {
    fn from(unstored: &Unstored) -> Message {
        match unstored {
            Unstored::Absent => Message::stored_nothing(),
            Unstored::Status(status) => Message::stored_status(*status),
            Unstored::Other(digest) => Message::stored_digest(digest.to_string()),
            Unstored::Length(bytes) => Message::stored_length(*bytes),
        }
    }
}

/// The tags of a failed push, by their state.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TagsLeft {
    /// Tags that point to the pushed manifest.
    pub written: Vec<String>,
    /// The tag whose state is unknown, because the answer was lost.
    pub unknown: Option<String>,
    /// Tags that still point to their previous manifest.
    pub unwritten: Vec<String>,
}

impl Error {
    /// True if the object does not exist, as opposed to being unreachable.
    pub fn says_absent(&self) -> bool {
        matches!(
            self,
            Error::Missing { .. }
                | Error::Refused {
                    status: 404 | 410,
                    ..
                }
        )
    }

    /// True if a registry refused with this error code of its own.
    pub fn has_code(&self, code: &str) -> bool {
        match self {
            Error::Refused { messages, .. } => messages.iter().any(|line| line.starts_with(code)),
            _ => false,
        }
    }
}

impl Error {
    /// Returns the base URL of the registry that wants a login, if that is the failure, at its beginning or in the
    /// middle of a stream.
    pub fn registry_to_sign_in(&self) -> Option<&str> {
        match self {
            Error::LoginNeeded { registry, .. } => Some(registry),
            Error::Io { cause, .. } => cause.detail.text_of(Code::LoginAt),
            Error::PartlyTagged { cause, .. } => cause.registry_to_sign_in(),
            _ => None,
        }
    }
}

impl From<&Error> for Message {
    fn from(error: &Error) -> Message {
        match error {
            Error::Io { what, cause } => Message::cause(what.clone(), cause),
            Error::NotAnImage { what, found } => Message::not_an_image(what.clone(), found.clone()),
            Error::Malformed { what, reason } => Message::malformed(what.clone(), reason.clone()),
            Error::Missing { what } => Message::missing(what.clone()),
            Error::DigestMismatch {
                what,
                expected,
                actual,
            } => Message::digest_mismatch(what.clone(), actual.to_string(), expected.to_string()),
            Error::TooLarge { what, limit } => Message::too_large(what.clone(), limit.clone()),
            Error::Damaged { what, reason } => {
                Message::not_decompressed(what.clone(), reason.clone())
            }
            Error::Refused {
                what,
                status,
                deed,
                messages,
                retry_after_seconds,
            } => Message::refused(
                what.clone(),
                match deed {
                    Deed::Read | Deed::Write => Code::TheRegistry,
                    Deed::SignIn => Code::TheServer,
                },
                *status,
                meaning(*status, *deed),
                match *retry_after_seconds {
                    Some(seconds) if seconds > 0 => Message::wants_pause(seconds),
                    _ => Message::none(),
                },
                match messages.is_empty() {
                    true => Message::none(),
                    false => Message::in_brackets(messages.join("; ")),
                },
            ),
            Error::LoginNeeded {
                what,
                deed,
                signed_in,
                kept_in,
                challenge_visible,
                ..
            } => Message::needs_login(
                what.clone(),
                need(*deed, *signed_in, kept_in),
                match challenge_visible {
                    true => Code::None,
                    false => Code::ChallengeHidden,
                },
            ),
            Error::LoginElsewhere { what, host } => {
                Message::login_elsewhere(what.clone(), host.as_str())
            }
            Error::TokenServer { what, cause } => match cause.kind {
                io::ErrorKind::Forbidden => Message::not_supported_because(what.clone(), cause),
                _ => Message::cause(what.clone(), cause),
            },
            Error::NoLocation { what, is_page } => match is_page {
                true => Message::hidden_location(what.clone()),
                false => Message::no_location(what.clone()),
            },
            Error::WebPage { what, title, host } => {
                let unless_empty = |text: &str, words: fn(String) -> Message| match text {
                    "" => Message::none(),
                    text => words(text.to_owned()),
                };
                Message::web_page(
                    what.clone(),
                    unless_empty(host, Message::from_host),
                    unless_empty(title, Message::titled),
                )
            }
            Error::NotStored { what, reason } => Message::not_stored(what.clone(), reason),
            Error::PartlyTagged { tags, cause } => {
                let list = |tags: &[String], words: fn(String) -> Message| match tags {
                    [] => Message::none(),
                    tags => words(tags.join(", ")),
                };
                Message::partly_tagged(
                    &**cause,
                    list(&tags.written, Message::tags_written),
                    list(tags.unknown.as_slice(), Message::tags_unknown),
                    list(&tags.unwritten, Message::tags_unwritten),
                )
            }
            Error::AbsentPlatforms { what, platforms } => {
                Message::absent_platforms(what.clone(), platforms.join(", "))
            }
            Error::NotHere { what, reason } => Message::not_here(what.clone(), reason.clone()),
            Error::Unsupported { what, reason } => {
                Message::unsupported(what.clone(), reason.clone())
            }
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Message::from(self).fmt(f)
    }
}

impl std::error::Error for Error {}

fn need(deed: Deed, signed_in: bool, kept_in: &str) -> Message {
    match (signed_in, kept_in, deed) {
        (false, _, Deed::Write) => Message::login_to_write(),
        (false, _, _) => Message::login_to_read(),
        (true, "", Deed::Write) => Message::login_wrong_write(),
        (true, "", _) => Message::login_wrong_read(),
        (true, kept_in, Deed::Write) => Message::kept_login_wrong_write(kept_in),
        (true, kept_in, _) => Message::kept_login_wrong_read(kept_in),
    }
}

/// Explains a status code whose number alone is misleading: private and absent repositories look alike.
fn meaning(status: u16, deed: Deed) -> Code {
    match (status, deed) {
        (401 | 403, Deed::Write) => Code::WriteForbidden,
        (404, Deed::Write) => Code::WriteNoRepository,
        (401 | 403, Deed::SignIn) => Code::LoginNotTaken,
        (404, Deed::SignIn) => Code::NoLoginsThere,
        (403 | 404, Deed::Read) => Code::ReadForbidden,
        (405, _) => Code::NotDoneThere,
        (413, _) => Code::RequestSize,
        (429, _) => Code::TooManyRequests,
        _ => Code::None,
    }
}
