//! Reads a health check as builders print it into the history.

use super::words::{go_strings, json_list};

/// Returns the arguments of `HEALTHCHECK` from Go's print of its settings: `&{["CMD-SHELL" "x"] "30s" "3s" "0s" '\x02'}`.
/// Newer builders print the interval while starting before the number. `None` for any other text.
pub(super) fn arguments(text: &str) -> Option<String> {
    let inner = text.strip_prefix("&{[")?.strip_suffix('}')?;
    let (test, rest) = go_strings(inner);
    let (durations, rest) = go_strings(rest.trim_start().strip_prefix(']')?);
    let retries = number(rest.trim())?;
    let names: &[&str] = match durations.len() {
        3 => &["interval", "timeout", "start-period"],
        4 => &["interval", "timeout", "start-period", "start-interval"],
        _ => return None,
    };
    let set = names
        .iter()
        .zip(&durations)
        .filter(|(_, time)| *time != "0s");
    let mut parts: Vec<String> = set.map(|(name, time)| format!("--{name}={time}")).collect();
    if retries > 0 {
        parts.push(format!("--retries={retries}"));
    }
    match test.split_first()? {
        (kind, _) if kind == "NONE" => return Some("NONE".to_owned()),
        (kind, [line]) if kind == "CMD-SHELL" => parts.push(format!("CMD {line}")),
        (kind, words) if kind == "CMD" => parts.push(format!("CMD {}", json_list(words))),
        _ => return None,
    }
    Some(parts.join(" "))
}

/// Reads a number that Go prints as a character: `'\x02'`, `'\n'`, `'A'`.
fn number(text: &str) -> Option<u32> {
    let inner = text.strip_prefix('\'')?.strip_suffix('\'')?;
    // A quoted string of one character has the same escapes.
    let (items, _) = match inner {
        "\"" => return Some(u32::from('"')),
        _ => {
            let quoted = format!("\"{inner}\"");
            let (items, rest) = go_strings(&quoted);
            (items, rest.len())
        }
    };
    let [item] = items.as_slice() else {
        return None;
    };
    item.chars().next().map(u32::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn health_checks_of_all_builders() {
        for (text, expected) in [
            (
                r#"&{["CMD-SHELL" "wget -q http://localhost/ || exit 1"] "30s" "3s" "0s" '\x02'}"#,
                Some(
                    "--interval=30s --timeout=3s --retries=2 CMD wget -q http://localhost/ || exit 1",
                ),
            ),
            (r#"&{["NONE"] "0s" "0s" "0s" '\x00'}"#, Some("NONE")),
            (
                r#"&{["CMD" "/bin/true" "x y"] "1m30s" "0s" "5s" "2s" '\n'}"#,
                Some(
                    r#"--interval=1m30s --start-period=5s --start-interval=2s --retries=10 CMD ["/bin/true", "x y"]"#,
                ),
            ),
            (
                r#"&{["CMD-SHELL" "x"] "0s" "0s" "0s" '\''}"#,
                Some("--retries=39 CMD x"),
            ),
            ("--interval=30s CMD true", None),
            (r#"&{["CMD-SHELL" "x"] "30s"}"#, None),
            ("&{[", None),
            (r#"&{[] "0s" "0s" "0s" '\x00'}"#, None),
        ] {
            assert_eq!(arguments(text).as_deref(), expected, "{text}");
        }
    }
}
