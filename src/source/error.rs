//! Errors of sources: why an image or one of its parts could not be read. `protocol::problem` turns each into
//! words and a way out.

use std::fmt;

use crate::image::Digest;
use crate::io;

/// A failure of a source. `what` always names the object as a person knows it: a file, a URL, a reference.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A file, the network or storage failed.
    #[error("{what}: {cause}")]
    Io {
        /// The object that was being read.
        what: String,
        /// The error of the system.
        cause: io::Error,
    },
    /// The bytes are not an image.
    #[error("{what} is no container image: {found}")]
    NotAnImage {
        /// The name of the file.
        what: String,
        /// A description of the file's actual content.
        found: String,
    },
    /// A document does not parse or violates its specification.
    #[error("{what} is malformed: {reason}")]
    Malformed {
        /// The name of the document.
        what: String,
        /// The part that is wrong, in words.
        reason: String,
    },
    /// A blob or member that a document names does not exist.
    #[error("{what} is missing")]
    Missing {
        /// The member's name or the digest.
        what: String,
    },
    /// A document's bytes do not match the digest by which they were requested, so they are not trusted.
    #[error("{what} has the digest {actual}, not {expected}")]
    DigestMismatch {
        /// The name of the document.
        what: String,
        /// The requested digest.
        expected: Digest,
        /// The digest of the received bytes.
        actual: Digest,
    },
    /// A bound of `layer::Limits` was reached.
    #[error("{what} exceeds the limit of {limit}")]
    TooLarge {
        /// The object that is too large.
        what: String,
        /// The bound with its unit.
        limit: String,
    },
    /// The outer compression of an archive is damaged.
    #[error("{what} cannot be decompressed: {reason}")]
    Damaged {
        /// The name of the file.
        what: String,
        /// The position and kind of the damage.
        reason: String,
    },
    /// A registry refused a request with a status code.
    #[error("{what}: {} answered {status}{}{}{}", .deed.answerer(), meaning(*.status, *.deed), pause(*.retry_after_seconds), explain(.messages))]
    Refused {
        /// The reference or URL, without credentials.
        what: String,
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
    #[error("{what} {}{}", need(*.deed, *.signed_in, .kept_in), if *.challenge_visible { "" } else { " (the registry hides its challenge)" })]
    LoginNeeded {
        /// The reference or URL.
        what: String,
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
    #[error(
        "{what}: {host}, to which it leads, asks for a login of its own; nothing that you sign in with is sent there. Where {host} is the registry, name it"
    )]
    LoginElsewhere {
        /// The reference or blob that was requested.
        what: String,
        /// The host that requires the login.
        host: String,
    },
    /// The token server of a registry cannot be used, or does not answer.
    #[error("{what}{}: {cause}", if .cause.kind == io::ErrorKind::Forbidden { " is not supported" } else { "" })]
    TokenServer {
        /// The server, or the login that it is for.
        what: String,
        /// The error of the system.
        cause: io::Error,
    },
    /// The registry does not state the address at which an upload continues.
    #[error("{what}: {}", if *.is_page { HIDDEN_LOCATION } else { NO_LOCATION })]
    NoLocation {
        /// The digest of the blob.
        what: String,
        /// True in a browser page: the header may be sent, but hidden from the page.
        is_page: bool,
    },
    /// A web page answered instead of a registry: a sign-in page, a proxy's page or another server.
    #[error("{what}: a web page answered{}, and no registry{}", at_host(.host), titled(.title))]
    WebPage {
        /// The reference or URL.
        what: String,
        /// The page's title, bounded and as text; empty if it has none.
        title: String,
        /// The host that answered, after redirects; empty if it is not known.
        host: String,
    },
    /// A registry accepted something, but does not have it afterwards in the form that was sent.
    #[error("{what} was accepted, and the registry does not have it: {reason}")]
    NotStored {
        /// The blob, or the reference of the manifest.
        what: String,
        /// The registry's actual content.
        reason: Unstored,
    },
    /// A push of several tags ended before all of them were written.
    #[error("{cause}{tags}")]
    PartlyTagged {
        /// The state of each tag.
        tags: TagsLeft,
        /// The error that ended the push.
        cause: Box<Error>,
    },
    /// An index names platforms whose content is not available at its source.
    #[error("{what} names what is not here: {}", platforms.join(", "))]
    AbsentPlatforms {
        /// The index that names them.
        what: String,
        /// The platforms, and any other absent content that it names.
        platforms: Vec<String>,
    },
    /// The image does not have the requested object, or the object was not read. Nothing is missing.
    #[error("{what} cannot be had: {reason}")]
    NotHere {
        /// The requested object.
        what: String,
        /// The reason, with the way out.
        reason: String,
    },
    /// A format that Lamina recognises but does not read, such as schema 1 manifests.
    #[error("{what} is not supported: {reason}")]
    Unsupported {
        /// The unsupported object.
        what: String,
        /// The reason, in plain words.
        reason: String,
    },
}

const NO_LOCATION: &str = "the registry does not say where the bytes go (Location)";
const HIDDEN_LOCATION: &str = "the registry hides from pages where the bytes go: add Location to its Access-Control-Expose-Headers";
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

impl Deed {
    fn answerer(self) -> &'static str {
        match self {
            Deed::Read | Deed::Write => "the registry",
            Deed::SignIn => "it",
        }
    }
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

impl fmt::Display for Unstored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unstored::Absent => f.write_str("asked for it, it has nothing"),
            Unstored::Status(status) => write!(f, "asked for it, it answers {status}"),
            Unstored::Other(digest) => write!(f, "it gives what has the digest {digest}"),
            Unstored::Length(bytes) => write!(f, "it has {bytes} bytes under this digest"),
        }
    }
}

/// The tags of a failed push, by their state.
#[derive(Clone, Debug, PartialEq, Eq)]
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

impl fmt::Display for TagsLeft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unknown: Vec<String> = self.unknown.iter().cloned().collect();
        for (word, tags) in [
            ("written", &self.written),
            ("perhaps written, the answer was lost", &unknown),
            ("not written", &self.unwritten),
        ] {
            if !tags.is_empty() {
                write!(f, "; {word}: {}", tags.join(", "))?;
            }
        }
        Ok(())
    }
}

fn at_host(host: &str) -> String {
    match host {
        "" => String::new(),
        host => format!(" from {host}"),
    }
}

fn titled(title: &str) -> String {
    match title {
        "" => String::new(),
        title => format!(": \"{title}\""),
    }
}

fn need(deed: Deed, signed_in: bool, kept_in: &str) -> String {
    let is_write = deed == Deed::Write;
    let suffices = match is_write {
        true => "may not write there",
        false => "do not suffice for it",
    };
    match (signed_in, kept_in) {
        (false, _) if is_write => "needs a login that may write there".to_owned(),
        (false, _) => "needs a login, or does not exist".to_owned(),
        (true, "") => {
            format!("is refused: the name or the password is wrong, or they {suffices}")
        }
        (true, kept_in) => format!(
            "is refused: the login that {kept_in} is wrong or out of date, or it {}",
            suffices.replace("do not suffice", "does not suffice")
        ),
    }
}

/// Explains a status code whose number alone is misleading: private and absent repositories look alike.
fn meaning(status: u16, deed: Deed) -> &'static str {
    match (status, deed) {
        (401 | 403, Deed::Write) => {
            ": whoever asks may not write there, or nobody may: it may be read-only"
        }
        (404, Deed::Write) => {
            ": it has no such repository to write to, or whoever asks may not write there"
        }
        (401 | 403, Deed::SignIn) => ": it does not take this name with this password",
        (404, Deed::SignIn) => ": no logins are given there",
        (403 | 404, Deed::Read) => ": it does not exist there, or it is private and needs a login",
        (405, _) => ": it does not do this: it may be read-only, or a cache of another registry",
        (413, _) => ": it, or the proxy before it, takes no request of this size",
        (429, _) => ": too many requests",
        _ => "",
    }
}

fn pause(seconds: Option<u64>) -> String {
    match seconds {
        Some(seconds) if seconds > 0 => format!(", and wants to be asked again in {seconds} s"),
        _ => String::new(),
    }
}

fn explain(messages: &[String]) -> String {
    if messages.is_empty() {
        String::new()
    } else {
        format!(" ({})", messages.join("; "))
    }
}
