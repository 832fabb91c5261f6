//! Sentences and names that the core says, as data: a code with its arguments, which each language has a text for.
//!
//! English is here, since the command and the page share it; other languages are the page's. What a tool, a registry
//! or the system printed, and every name, path and digest, is an argument.

#[macro_use]
mod define;

mod codes;
mod template;

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

pub use codes::Code;
pub use template::{fill_template, has_places};

/// A sentence, or the name of something. `Display` writes it in English.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Message {
    code: Code,
    args: Box<[Arg]>,
}

/// An argument of a message.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
enum Arg {
    Number(u64),
    Text(String),
    Message(Message),
}

/// A number in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number(u64);

impl Message {
    fn new<const N: usize>(code: Code, args: [Arg; N]) -> Message {
        Message {
            code,
            args: Box::new(args),
        }
    }

    /// Returns the message's code.
    pub fn code(&self) -> Code {
        self.code
    }

    /// True if there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.code == Code::None || *self == Message::verbatim("")
    }

    /// Returns the first text among the arguments of the message with this code: this one, or one within it.
    pub fn text_of(&self, code: Code) -> Option<&str> {
        self.args.iter().find_map(|arg| match arg {
            Arg::Text(text) if self.code == code => Some(text.as_str()),
            Arg::Message(message) => message.text_of(code),
            Arg::Number(_) | Arg::Text(_) => None,
        })
    }

    /// Returns the sentence in the language whose texts are given.
    pub fn in_words(&self, text: fn(Code) -> &'static str) -> String {
        let args: Vec<String> = self
            .args
            .iter()
            .map(|arg| match arg {
                Arg::Number(number) => number.to_string(),
                Arg::Text(text) => text.clone(),
                Arg::Message(message) => message.in_words(text),
            })
            .collect();
        fill_template(text(self.code), &args)
    }
}

/// Writes the English sentence, with a lower-case start and no full stop.
impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.in_words(Code::english))
    }
}

/// Writes the English sentence in quotation marks.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.in_words(Code::english), f)
    }
}

/// A text of a test. Elsewhere [`Message::verbatim`] says that a text is of no language.
#[cfg(test)]
impl From<&str> for Message {
    fn from(text: &str) -> Message {
        Message::verbatim(text)
    }
}

/// The message of a code without arguments.
impl From<Code> for Message {
    fn from(code: Code) -> Message {
        Message::new(code, [])
    }
}

impl From<Number> for Arg {
    fn from(number: Number) -> Arg {
        Arg::Number(number.0)
    }
}

impl From<String> for Arg {
    fn from(text: String) -> Arg {
        Arg::Text(text)
    }
}

impl From<Message> for Arg {
    fn from(message: Message) -> Arg {
        Arg::Message(message)
    }
}

impl From<u64> for Number {
    fn from(number: u64) -> Number {
        Number(number)
    }
}

impl From<u32> for Number {
    fn from(number: u32) -> Number {
        Number(number.into())
    }
}

impl From<u16> for Number {
    fn from(number: u16) -> Number {
        Number(number.into())
    }
}

impl From<usize> for Number {
    fn from(number: usize) -> Number {
        Number(u64::try_from(number).unwrap_or(u64::MAX))
    }
}

/// Hashes the names of the codes in order (FNV-1a).
const fn fingerprint(names: &[&str]) -> u32 {
    let (mut hash, mut names) = (0x811c_9dc5_u32, names);
    while let [name, rest @ ..] = names {
        let mut bytes = name.as_bytes();
        while let [byte, others @ ..] = bytes {
            hash = (hash ^ *byte as u32).wrapping_mul(0x0100_0193);
            bytes = others;
        }
        // The names have no such byte: where one ends counts.
        hash = (hash ^ 0xff).wrapping_mul(0x0100_0193);
        names = rest;
    }
    hash
}

/// Writes the English text.
impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.english())
    }
}

/// Writes the English text in quotation marks.
impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.english(), f)
    }
}

/// A code crosses as its number: page and worker are of one build, and what is kept has
/// [`Code::FINGERPRINT`] in its version.
impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u16(*self as u16)
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Code, D::Error> {
        let number = usize::from(u16::deserialize(deserializer)?);
        let code = Code::ALL.get(number).copied();
        code.ok_or_else(|| de::Error::custom("no such code"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_crosses_and_is_worded() {
        let message = Message::malformed(Message::layer(3_u32), Message::no_digest());
        assert_eq!(
            message.to_string(),
            "layer 3 is malformed: it has no digest"
        );
        let bytes = postcard::to_allocvec(&message).expect("it can be written");
        assert!(bytes.len() < 16, "{}", bytes.len());
        assert_eq!(postcard::from_bytes(&bytes), Ok(message));
        assert!(postcard::from_bytes::<Message>(&[0xff, 0xff, 3, 0]).is_err());
    }

    #[test]
    fn a_text_within_a_message_is_found() {
        let asked = Message::host_asked("https://r.example", Message::host_without_cors());
        for (message, found) in [
            (asked.clone(), Some("https://r.example")),
            (
                Message::cause(Message::layer(1_u32), asked),
                Some("https://r.example"),
            ),
            (Message::verbatim("https://r.example"), None),
            (Message::host_without_cors(), None),
        ] {
            assert_eq!(message.text_of(Code::HostAsked), found, "{message}");
        }
    }

    #[test]
    fn the_fingerprint_tells_the_order_of_codes() {
        let all = fingerprint(&["None", "Cause"]);
        for other in [
            &["Cause", "None"][..],
            &["None"],
            &["NoneCause"],
            &["None", "Cause", "Layer"],
        ] {
            assert_ne!(fingerprint(other), all, "{other:?}");
        }
    }

    #[test]
    fn codes_have_their_place_as_a_number() {
        for (at, code) in Code::ALL.iter().enumerate() {
            assert_eq!(*code as usize, at, "{code}");
        }
    }
}
