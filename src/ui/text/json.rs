//! Indents a JSON document for reading. The configuration page explains its values.

/// The deepest level that is indented: beyond it, the spaces before each line would outgrow the document.
const LEVELS: usize = 64;

/// Writes each value of a document on its own line, with two spaces per level. Names, numbers and strings stay as
/// they are written. If braces do not match, or too many are open, the document is returned unchanged.
pub fn indented(json: &str) -> String {
    laid_out(json).unwrap_or_else(|| json.to_owned())
}

fn laid_out(json: &str) -> Option<String> {
    let mut out = String::with_capacity(json.len() * 2);
    let mut open = Vec::new();
    let mut chars = json.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => {
                out.push(c);
                loop {
                    let inside = chars.next()?;
                    out.push(inside);
                    match inside {
                        '\\' => out.push(chars.next()?),
                        '"' => break,
                        _ => {}
                    }
                }
            }
            '{' | '[' => {
                out.push(c);
                while chars.next_if(|c| c.is_ascii_whitespace()).is_some() {}
                let end = if c == '{' { '}' } else { ']' };
                if chars.next_if_eq(&end).is_some() {
                    out.push(end);
                } else {
                    open.push(end);
                    new_line(&mut out, open.len())?;
                }
            }
            '}' | ']' => {
                open.pop_if(|end| *end == c)?;
                new_line(&mut out, open.len())?;
                out.push(c);
            }
            ',' => {
                out.push(c);
                new_line(&mut out, open.len())?;
            }
            ':' => out.push_str(": "),
            c if c.is_ascii_whitespace() => {}
            c => out.push(c),
        }
    }
    open.is_empty().then_some(out)
}

fn new_line(out: &mut String, level: usize) -> Option<()> {
    out.push('\n');
    (0..level).for_each(|_| out.push_str("  "));
    (level <= LEVELS).then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(json: &str, lines: &[&str]) {
        assert_eq!(indented(json).lines().collect::<Vec<_>>(), lines, "{json}");
    }

    #[test]
    fn documents_get_a_line_for_each_value() {
        check(
            r#"{"a":1.50,"a":[true , null],"b":{ },"c":[]}"#,
            &[
                "{",
                r#"  "a": 1.50,"#,
                r#"  "a": ["#,
                "    true,",
                "    null",
                "  ],",
                r#"  "b": {},"#,
                r#"  "c": []"#,
                "}",
            ],
        );
        check("\n[1]\r\n", &["[", "  1", "]"]);
        check("12345678901234567890", &["12345678901234567890"]);
        check("", &[]);
    }

    #[test]
    fn signs_inside_strings_are_no_signs() {
        check(
            r#"{"{\"[\\":"a, b: c\\"}"#,
            &["{", r#"  "{\"[\\": "a, b: c\\""#, "}"],
        );
    }

    #[test]
    fn what_does_not_fit_together_stays_as_it_is() {
        for json in ["{", "[1}", "]", r#""a"#, r#""a\"#, r#"{"a":[1, 2…"#, "[{]}"] {
            check(json, &[json]);
        }
        let deep = "[1,".repeat(100_000);
        assert_eq!(indented(&deep), deep);
        let deep = format!("{}1{}", "[".repeat(65), "]".repeat(65));
        assert_eq!(indented(&deep), deep);
    }
}
