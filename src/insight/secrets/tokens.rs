//! Finds tokens of known forms in bytes: one look at each place where a word begins. Each byte is looked at a bounded
//! number of times, whatever the bytes are.

use std::ops::Range;

use super::placeholder::is_placeholder;
use super::rules::{FORMS, Part, SecretRule, TokenForm};

/// A token in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FoundToken {
    pub(super) rule: SecretRule,
    pub(super) at: Range<usize>,
}

/// The forms by the first byte of their prefix.
pub(super) struct Forms {
    by_first: Vec<Vec<&'static TokenForm>>,
}

/// Marks after a token that are looked at.
const MOST_MARKS: usize = 8;

/// The result of looking for one form at one place.
enum Look {
    Nothing,
    /// The end of a token, or of what stands in for one.
    Token(usize),
    StandIn(usize),
}

impl Forms {
    pub(super) fn new() -> Forms {
        let mut by_first: Vec<Vec<&'static TokenForm>> = vec![Vec::new(); 256];
        for form in FORMS {
            let first = form.prefix.as_bytes().first().copied().unwrap_or_default();
            if let Some(forms) = by_first.get_mut(usize::from(first)) {
                forms.push(form);
            }
        }
        Forms { by_first }
    }

    /// Gives all tokens.
    pub(super) fn scan(&self, bytes: &[u8], give: &mut dyn FnMut(FoundToken)) {
        let mut runs = Runs::new(bytes);
        let (mut before, mut earlier) = (b' ', b' ');
        let mut done = 0;
        for (at, &byte) in bytes.iter().enumerate() {
            // A line end that is spelt out ends a word, too.
            let is_spelt = earlier == b'\\' && matches!(before, b'n' | b'r' | b't');
            let is_start = is_word(byte) && (!is_word(before) || is_spelt);
            (earlier, before) = (before, byte);
            if !is_start || at < done {
                continue;
            }
            let forms = self.by_first.get(usize::from(byte));
            for form in forms.into_iter().flatten() {
                match look(form, at, bytes, &mut runs) {
                    Look::Nothing => continue,
                    Look::StandIn(end) => done = end,
                    Look::Token(end) => {
                        done = end;
                        let rule = form.rule;
                        give(FoundToken { rule, at: at..end });
                    }
                }
                break;
            }
        }
    }
}

/// Looks for the token of a form at a place.
fn look(form: &TokenForm, at: usize, bytes: &[u8], runs: &mut Runs<'_>) -> Look {
    let prefix = form.prefix.as_bytes();
    if bytes.get(at..).is_none_or(|rest| !rest.starts_with(prefix)) {
        return Look::Nothing;
    }
    let (least, most) = form.len;
    let start = at + prefix.len();
    let run = runs.end(form.part, start) - start;
    if run < least || run > most + MOST_MARKS {
        return Look::Nothing;
    }
    // A full stop or a dash ends the sentence, not the token.
    let is_mark = |byte: &&u8| matches!(byte, b'.' | b'-');
    let body = bytes.get(start..start + run).unwrap_or_default();
    let marks = body.iter().rev().take(MOST_MARKS).take_while(is_mark);
    let len = (run - marks.count()).max(least);
    let end = start + len;
    if len > most || bytes.get(end).is_some_and(|&next| is_word(next)) {
        return Look::Nothing;
    }
    let (body, token) = (bytes.get(start..end), bytes.get(at..end));
    if !(form.holds)(token.unwrap_or_default()) {
        return Look::Nothing;
    }
    match is_placeholder(body.unwrap_or_default()) {
        true => Look::StandIn(end),
        false => Look::Token(end),
    }
}

/// The ends of runs of characters, each looked for once.
struct Runs<'b> {
    bytes: &'b [u8],
    /// A run of each kind: its beginning, as far as that is known, and its end.
    known: [(usize, usize); Part::N],
}

impl Runs<'_> {
    fn new(bytes: &[u8]) -> Runs<'_> {
        Runs {
            bytes,
            known: [(0, 0); Part::N],
        }
    }

    /// Returns the end of the run that begins, or goes on, at a place.
    fn end(&mut self, part: Part, start: usize) -> usize {
        let Some(known) = self.known.get_mut(part as usize) else {
            return start;
        };
        if !(known.0..known.1).contains(&start) {
            let rest = self.bytes.get(start..).unwrap_or_default();
            let run = rest.iter().take_while(|&&byte| part.has(byte)).count();
            *known = (start, start + run);
        }
        known.1
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
