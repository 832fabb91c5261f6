//! Reads a query: terms between spaces, quotes around what stands for itself, operators by name.

use super::glob::Glob;
use super::operator::{Account, Kinds, Mode, Operator, Owner};
use super::range::{numbers, sizes};
use super::terms::{Query, Word};
use crate::bounds::SearchLimits;
use crate::message::Message;

/// A term, without its quotes.
struct Term {
    text: String,
    /// Position of the first quoted byte of the text.
    quoted_from: Option<usize>,
}

impl Query {
    /// Reads a query.
    ///
    /// # Errors
    /// The reason that it makes no sense. Nothing of a query is ignored.
    pub fn parse(text: &str, limits: &SearchLimits) -> Result<Query, Message> {
        if text.len() > limits.query_bytes {
            return Err(Message::query_length(limits.query_bytes));
        }
        let terms = terms(text);
        if terms.len() > limits.terms {
            return Err(Message::query_terms(limits.terms));
        }
        let mut query = Query::default();
        for term in terms {
            add(&mut query, &term)?;
        }
        Ok(query)
    }
}

fn terms(text: &str) -> Vec<Term> {
    let mut terms = Vec::new();
    let mut term: Option<Term> = None;
    let mut is_quoted = false;
    for c in text.chars() {
        match c {
            '"' => {
                is_quoted = !is_quoted;
                let term = term.get_or_insert_with(Term::empty);
                term.quoted_from.get_or_insert(term.text.len());
            }
            c if c.is_whitespace() && !is_quoted => terms.extend(term.take()),
            c => term.get_or_insert_with(Term::empty).text.push(c),
        }
    }
    terms.extend(term);
    terms
}

impl Term {
    fn empty() -> Term {
        Term {
            text: String::new(),
            quoted_from: None,
        }
    }

    /// Returns the name of an operator and its value. A name has only letters, so `libc6:amd64` is a word.
    fn operator(&self) -> Option<(&str, &str)> {
        let (name, value) = self.text.split_once(':')?;
        let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphabetic());
        let is_plain = self.quoted_from.is_none_or(|from| from > name.len());
        (is_name && is_plain).then_some((name, value))
    }
}

fn add(query: &mut Query, term: &Term) -> Result<(), Message> {
    if let Some((name, value)) = term.operator() {
        query.operators.push(operator(name, value)?);
        return Ok(());
    }
    let text = term.text.as_bytes();
    if text.is_empty() {
        return Ok(());
    }
    match term.quoted_from {
        Some(_) => query.words.push(Word::new(text, false)),
        None if text.iter().any(|byte| b"*?[".contains(byte)) => query.globs.push(Glob::new(text)),
        None => query.words.push(Word::new(text, true)),
    }
    Ok(())
}

fn operator(name: &str, value: &str) -> Result<Operator, Message> {
    let lower = value.to_ascii_lowercase();
    let lower = lower.as_str();
    let wrong = |reason: fn(String) -> Message| reason(value.to_owned());
    Ok(match name.to_ascii_lowercase().as_str() {
        "size" => Operator::Size(sizes(lower).ok_or_else(|| wrong(Message::query_size))?),
        "layer" => Operator::Layer(numbers(lower).ok_or_else(|| wrong(Message::query_layer))?),
        "owner" => Operator::Owner(owner(value).ok_or_else(|| wrong(Message::query_owner))?),
        "kind" => Operator::Kind(kinds(lower).ok_or_else(|| wrong(Message::query_kind))?),
        "mode" => Operator::Mode(mode(lower).ok_or_else(|| wrong(Message::query_mode))?),
        "deleted" => Operator::Deleted(answer(lower).ok_or_else(|| wrong(Message::query_answer))?),
        "overwritten" => {
            Operator::Overwritten(answer(lower).ok_or_else(|| wrong(Message::query_answer))?)
        }
        _ => return Err(Message::query_operator(name.to_owned())),
    })
}

fn answer(text: &str) -> Option<bool> {
    match text {
        "" | "yes" | "true" => Some(true),
        "no" | "false" => Some(false),
        _ => None,
    }
}

fn kinds(text: &str) -> Option<Kinds> {
    Some(match text {
        "file" => Kinds::File,
        "dir" | "directory" | "folder" => Kinds::Dir,
        "link" | "symlink" => Kinds::Link,
        "device" => Kinds::Device,
        "pipe" | "fifo" => Kinds::Pipe,
        _ => return None,
    })
}

fn mode(text: &str) -> Option<Mode> {
    Some(match text {
        "setuid" | "suid" => Mode::Has(0o4000),
        "setgid" | "sgid" => Mode::Has(0o2000),
        "sticky" => Mode::Has(0o1000),
        "exec" => Mode::Any(0o111),
        "writable" => Mode::Has(0o002),
        digits => {
            let is_octal =
                (3..=4).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
            let bits = is_octal.then(|| u16::from_str_radix(digits, 8).ok());
            Mode::Is(bits.flatten()?)
        }
    })
}

fn owner(text: &str) -> Option<Owner> {
    let (user, group) = text.split_once(':').unwrap_or((text, ""));
    let account = |text: &str| {
        (!text.is_empty()).then(|| match text.parse() {
            Ok(id) => Account::Id(id),
            Err(_) => Account::Name(text.to_owned()),
        })
    };
    let owner = Owner {
        user: account(user),
        group: account(group),
    };
    (owner.user.is_some() || owner.group.is_some()).then_some(owner)
}
