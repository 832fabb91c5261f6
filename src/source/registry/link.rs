//! Reads the `Link` header (RFC 8288), by which registries name the next page of a list.

/// The target of the first link whose relation is `next`, as it stands there.
pub(super) fn next_of<'a>(fields: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    fields.into_iter().find_map(next_in)
}

fn next_in(field: &str) -> Option<&str> {
    let mut rest = field;
    loop {
        let (_, after) = rest.split_once('<')?;
        let (target, after) = after.split_once('>')?;
        let (parameters, after) = cut_at_comma(after);
        if is_next(parameters) {
            return Some(target);
        }
        rest = after;
    }
}

/// Cuts before the comma that ends a link: commas in quoted values do not.
fn cut_at_comma(text: &str) -> (&str, &str) {
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
        c => c == ',' && !is_quoted,
    });
    text.split_at(end.unwrap_or(text.len()))
}

fn is_next(parameters: &str) -> bool {
    parameters.split(';').any(|parameter| {
        parameter.split_once('=').is_some_and(|(name, value)| {
            let relations = value.trim().trim_matches('"');
            name.trim().eq_ignore_ascii_case("rel")
                && relations
                    .split_whitespace()
                    .any(|relation| relation.eq_ignore_ascii_case("next"))
        })
    })
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
        check(&["<a>; title=\"never closed, <b>; rel=next"], None);
    }
}
