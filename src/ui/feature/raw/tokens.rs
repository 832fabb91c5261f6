//! Cuts a JSON document into tokens, to tell them apart by colour.

/// A part of a document. All of them together are the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    /// The kind of the token.
    pub kind: TokenKind,
    /// Its text, with the quotation marks of a string.
    pub text: &'a str,
}

/// The kinds of tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// The name of a member.
    Name,
    /// A string that is a digest.
    Digest,
    /// Another string.
    Text,
    /// A number, `true`, `false` or `null`.
    Value,
    /// Space, brackets, commas and colons, and what is no JSON.
    Other,
}

/// Returns the tokens of a document, at most `most`; the last one has the rest.
pub fn tokens(json: &str, most: usize) -> Vec<Token<'_>> {
    let mut tokens: Vec<Token<'_>> = Vec::new();
    let mut rest = json;
    while !rest.is_empty() {
        if tokens.len() + 1 >= most {
            tokens.push(Token {
                kind: TokenKind::Other,
                text: rest,
            });
            break;
        }
        let (kind, len) = first(rest);
        let (text, after) = rest.split_at(len);
        tokens.push(Token { kind, text });
        rest = after;
    }
    tokens
}

/// Returns the kind of the first token of a text that is not empty, and its length in bytes.
fn first(rest: &str) -> (TokenKind, usize) {
    let is_value = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.');
    if let Some(inside) = rest.strip_prefix('"') {
        let len = string_len(inside) + 1;
        let (text, after) = rest.split_at(len);
        let is_name = after.trim_start().starts_with(':');
        let kind = match is_name {
            true => TokenKind::Name,
            false if is_digest(text.trim_matches('"')) => TokenKind::Digest,
            false => TokenKind::Text,
        };
        return (kind, len);
    }
    let begins_value = rest.starts_with(is_value);
    let ends = |c: char| match begins_value {
        true => !is_value(c),
        false => c == '"' || is_value(c),
    };
    let kind = match begins_value {
        true => TokenKind::Value,
        false => TokenKind::Other,
    };
    (kind, rest.find(ends).unwrap_or(rest.len()))
}

/// Returns the length of a string after its first quotation mark, with the last one if there is any.
fn string_len(inside: &str) -> usize {
    let mut is_escaped = false;
    for (at, c) in inside.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    inside.len()
}

/// True for an algorithm and at least 32 hexadecimal digits.
fn is_digest(text: &str) -> bool {
    let Some((algorithm, hex)) = text.split_once(':') else {
        return false;
    };
    let is_algorithm = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '.' | '_' | '-');
    !algorithm.is_empty()
        && algorithm.chars().all(is_algorithm)
        && hex.len() >= 32
        && hex.chars().all(|c| c.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes the kind of each token that is not space or a sign before its text.
    fn check(json: &str, expected: &str) {
        let tokens = tokens(json, 1_000);
        let whole: String = tokens.iter().map(|token| token.text).collect();
        assert_eq!(whole, json, "nothing is lost");
        let told: Vec<String> = tokens
            .iter()
            .filter(|token| token.kind != TokenKind::Other)
            .map(|token| format!("{:?} {}", token.kind, token.text))
            .collect();
        assert_eq!(told.join(", "), expected);
    }

    #[test]
    fn documents_are_cut_into_tokens() {
        check(
            r#"{"a" : "b:\"c", "n":[-1.5e+3,true,null]}"#,
            r#"Name "a", Text "b:\"c", Name "n", Value -1.5e+3, Value true, Value null"#,
        );
        let digest = format!("sha256:{}", "0f".repeat(32));
        check(
            &format!(r#"["{digest}", "sha256:0f"]"#),
            &format!(r#"Digest "{digest}", Text "sha256:0f""#),
        );
        check(r#"{"open": "no end\"#, r#"Name "open", Text "no end\"#);
        check("", "");
        check("é 世 \u{1}", "");
    }

    #[test]
    fn a_large_document_ends_in_one_piece() {
        let json = format!("[{}1]", "1,".repeat(5_000));
        let tokens = tokens(&json, 100);
        assert_eq!(tokens.len(), 100);
        let whole: String = tokens.iter().map(|token| token.text).collect();
        assert_eq!(whole, json);
    }
}
