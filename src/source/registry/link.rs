//! Parses the `Link` header (RFC 8288), in which registries name the next page of a list.

/// Returns the target of the first link with the relation `next`, unresolved.
pub(super) fn next_of<'a>(fields: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    fields.into_iter().find_map(next_in)
}

fn next_in(field: &str) -> Option<&str> {
    let mut rest = field;
    loop {
        let (_, after) = rest.split_once('<')?;
        let (target, after) = after.split_once('>')?;
        let (parameters, after) = cut_at(',', after);
        if is_next(parameters) {
            return Some(target);
        }
        rest = after;
    }
}

/// Cuts before the first `separator` outside a quoted value.
fn cut_at(separator: char, text: &str) -> (&str, &str) {
    let mut is_quoted = false;
    let mut is_escaped = false;
    let end = text.find(|c| match c {
        _ if is_escaped => {
            is_escaped = false;
            false
        }
        '\\' if is_quoted => {
            is_escaped = true;
            false
        }
        '"' => {
            is_quoted = !is_quoted;
            false
        }
        c => c == separator && !is_quoted,
    });
    text.split_at(end.unwrap_or(text.len()))
}

fn is_next(parameters: &str) -> bool {
    let mut rest = parameters;
    while !rest.is_empty() {
        let (parameter, after) = cut_at(';', rest);
        rest = after.strip_prefix(';').unwrap_or_default();
        let (name, value) = parameter.split_once('=').unwrap_or_default();
        let relations = value.trim().trim_matches('"');
        let mut relations = relations.split_whitespace();
        let is_relation = name.trim().eq_ignore_ascii_case("rel");
        if is_relation && relations.any(|relation| relation.eq_ignore_ascii_case("next")) {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(fields: &[&str], next: Option<&str>) {
        assert_eq!(next_of(fields.iter().copied()), next, "from {fields:?}");
    }

    #[test]
    fn rp_16_reads_links_of_every_make() {
        check(
            &["</v2/_catalog?last=b&n=2>; rel=\"next\""],
            Some("/v2/_catalog?last=b&n=2"),
        );
        check(&["<a>;rel=next"], Some("a"));
        check(
            &["<a>; title=\"x, <y>; rel=next\"; REL=\"prev Next\""],
            Some("a"),
        );
        check(&["<a>; rel=prev, <b,c>; rel=next"], Some("b,c"));
        check(&["<a>; rel=prev", "<b>; rel=next"], Some("b"));
        check(&["<a>; rel=\"nextish\""], None);
        check(&["<a"], None);
        check(&["rel=next"], None);
        check(&["<a>; title=\"x; rel=next\""], None);
        check(&["<a>; title=\"never closed, <b>; rel=next"], None);
    }
}
