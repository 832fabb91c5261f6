//! Why an image or one of its parts could not be had. `protocol::problem` turns each into words and a way out.

use std::fmt;

use crate::image::Digest;
use crate::io;

/// A failure of a source. `what` always names the object as a person knows it: a file, a URL, a reference.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The world did not answer: file, network, storage.
    #[error("{what}: {cause}")]
    Io {
        /// What was being read.
        what: String,
        /// What the system said.
        cause: io::Error,
    },
    /// The bytes are no image; `found` says what they are instead.
    #[error("{what} is no container image: {found}")]
    NotAnImage {
        /// The file.
        what: String,
        /// What was found.
        found: String,
    },
    /// A document does not parse or breaks its specification.
    #[error("{what} is malformed: {reason}")]
    Malformed {
        /// The document.
        what: String,
        /// Why.
        reason: String,
    },
    /// A blob or member that a document names is not there.
    #[error("{what} is missing")]
    Missing {
        /// The member's name or the digest.
        what: String,
    },
    /// A document's bytes do not have the digest by which they were asked for: not to be trusted.
    #[error("{what} has the digest {actual}, not {expected}")]
    DigestMismatch {
        /// The document.
        what: String,
        /// What was asked for.
        expected: Digest,
        /// What came.
        actual: Digest,
    },
    /// A bound of `layer::Limits` was reached.
    #[error("{what} exceeds the limit of {limit}")]
    TooLarge {
        /// The object.
        what: String,
        /// The bound with its unit.
        limit: String,
    },
    /// The outer compression of an archive is damaged.
    #[error("{what} cannot be decompressed: {reason}")]
    Damaged {
        /// The file.
        what: String,
        /// Where and why.
        reason: String,
    },
    /// A registry answered, but not with what was asked for.
    #[error("{what}: {} answered {status}{}{}{}", .deed.answerer(), meaning(*.status, *.deed), pause(*.retry_after_seconds), explain(.messages))]
    Refused {
        /// The reference or URL, without credentials.
        what: String,
        /// The status code.
        status: u16,
        /// The deed that was asked for.
        deed: Deed,
        /// The registry's own `code: message` lines, bounded and as text.
        messages: Vec<String>,
        /// Seconds to wait, where the registry said.
        retry_after_seconds: Option<u64>,
    },
    /// The registry wants a login: nobody has signed in, or whoever did may not do this.
    #[error("{what} {}{}", need(*.deed, *.signed_in, .kept_in), if *.challenge_visible { "" } else { " (the registry hides its challenge)" })]
    LoginNeeded {
        /// The reference or URL.
        what: String,
        /// The registry by which to sign in, `scheme://host[:port][/prefix]`.
        registry: String,
        /// The deed that was asked for.
        deed: Deed,
        /// Whether credentials were sent, and not accepted.
        signed_in: bool,
        /// The keeper of these: a file and its entry, or a program; empty where the person gave them.
        kept_in: String,
        /// Whether WWW-Authenticate could be read; false where CORS does not expose it.
        challenge_visible: bool,
    },
    /// A host to which the registry redirects, or that a manifest names, wants a login of its own.
    #[error(
        "{what}: {host}, to which it leads, asks for a login of its own; nothing that you sign in with is sent there. Where {host} is the registry, name it"
    )]
    LoginElsewhere {
        /// The reference or the blob.
        what: String,
        /// The host.
        host: String,
    },
    /// The server that gives out tokens for a registry cannot be asked, or does not answer.
    #[error("{what}{}: {cause}", if .cause.kind == io::ErrorKind::Forbidden { " is not supported" } else { "" })]
    TokenServer {
        /// The server, or the login that it is for.
        what: String,
        /// Why.
        cause: io::Error,
    },
    /// An upload goes on at an address that the registry does not tell.
    #[error("{what}: {}", if *.is_page { HIDDEN_LOCATION } else { NO_LOCATION })]
    NoLocation {
        /// The blob.
        what: String,
        /// True where a page asks: then it may be there and hidden.
        is_page: bool,
    },
    /// A web page answered where a registry was asked: a sign-in page, a proxy's, or another server's.
    #[error("{what}: a web page answered{}, and no registry{}", at_host(.host), titled(.title))]
    WebPage {
        /// The reference or URL.
        what: String,
        /// Its title, bounded and as text; empty when it has none.
        title: String,
        /// The host that it came from, after redirects; empty where that is not known.
        host: String,
    },
    /// A registry accepted something, and does not have it afterwards as it was sent.
    #[error("{what} was accepted, and the registry does not have it: {reason}")]
    NotStored {
        /// The blob, or the reference of the manifest.
        what: String,
        /// What it has instead.
        reason: Unstored,
    },
    /// A push that was to write several tags ended before all of them were written.
    #[error("{cause}{tags}")]
    PartlyTagged {
        /// What became of each tag.
        tags: TagsLeft,
        /// What ended it.
        cause: Box<Error>,
    },
    /// An index names platforms whose content is not where it came from.
    #[error("{what} names what is not here: {}", platforms.join(", "))]
    AbsentPlatforms {
        /// The index.
        what: String,
        /// The platforms, and what else it names.
        platforms: Vec<String>,
    },
    /// Something that was asked for and that this image does not have, or that was not read of it. Nothing is missing.
    #[error("{what} cannot be had: {reason}")]
    NotHere {
        /// The thing that was asked for.
        what: String,
        /// The reason, with the way out.
        reason: String,
    },
    /// Something that Lamina knows and does not read, such as schema 1 manifests.
    #[error("{what} is not supported: {reason}")]
    Unsupported {
        /// The object.
        what: String,
        /// Why, in plain words.
        reason: String,
    },
}

const NO_LOCATION: &str = "the registry does not say where the bytes go (Location)";
const HIDDEN_LOCATION: &str = "the registry hides from pages where the bytes go: add Location to its Access-Control-Expose-Headers";
/// A deed that a registry, or the server of its tokens, is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// To give something.
    Read,
    /// To take something.
    Write,
    /// To accept a name and a password, or to give a token.
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

/// What a registry has in place of what it accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unstored {
    /// Nothing.
    Absent,
    /// It answers so when asked for it.
    Status(u16),
    /// Other bytes, which have this digest.
    Other(Digest),
    /// So many bytes in place of those that were sent.
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

/// What became of the tags of a push that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagsLeft {
    /// They point to what was pushed.
    pub written: Vec<String>,
    /// Whether it was written is not known: its answer was lost.
    pub unknown: Option<String>,
    /// They point to where they pointed before.
    pub unwritten: Vec<String>,
}

impl Error {
    /// Whether something is not there, rather than out of reach.
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

    /// Whether a registry refused with this error code of its own.
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

/// What a status means where the number alone misleads: private and absent repositories look alike.
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
