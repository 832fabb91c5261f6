//! `Link` and paging: for any link, only the registry is contacted, each page once, and a list ends.
//!
//! An input consists of `Link` fields, one per line, and after a NUL the body of the response. Without a NUL, the
//! body is a list of names.

use std::cell::Cell;

use lamina::io::HttpRequest;
use lamina::source::registry::{Asker, Cursor, Listed};

use super::cuts::number_of;
use super::registry::{BASE, Set, reply};
use super::world::{LIMITS, finished};

/// Maximum number of requests per page: the page, and a smaller one if the registry refuses so many names.
const REQUESTS_A_PAGE: usize = 2;

/// Sends the text with every page of a list, and uses the text itself as a cursor.
pub fn run(data: &[u8]) {
    let split = data.iter().position(|&byte| byte == 0);
    let (fields, body) = data.split_at(split.unwrap_or(data.len()));
    let fields = String::from_utf8_lossy(fields).into_owned();
    let body = body.strip_prefix(b"\0").map(<[u8]>::to_vec);
    for asker in [Asker::Native, Asker::HttpsPage] {
        check_list(&fields, body.clone(), asker);
    }
    check_cursor(&fields);
    check_written(data);
}

/// Makes a registry that sends the fields with `body`, or with new names each time.
fn set_of(fields: Vec<String>, body: Option<Vec<u8>>, asker: Asker) -> Set {
    let n_asked = Cell::new(0);
    let answer = move |request: &HttpRequest| {
        let n = n_asked.replace(n_asked.get() + 1);
        let fields: Vec<_> = fields
            .iter()
            .map(|field| ("link", field.as_str()))
            .collect();
        let names = format!(r#"{{"repositories":["a{n}","b{n}"],"tags":["a{n}","b{n}"]}}"#);
        let body = body.as_deref().unwrap_or(names.as_bytes());
        // A registry may refuse the requested number of names.
        let status = if body.len() % 7 == 6 && n == 1 {
            400
        } else {
            200
        };
        reply(request, status, &fields, body)
    };
    Set::new(asker, LIMITS, Box::new(answer))
}

fn check_list(fields: &str, body: Option<Vec<u8>>, asker: Asker) {
    let lines: Vec<_> = fields.lines().map(str::to_owned).collect();
    let set = set_of(lines.clone(), body.clone(), asker);
    if let Ok(all) = finished(set.client.all_tags("app")) {
        let mut once = all.items.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), all.items.len(), "a name comes twice");
    }
    check_asked(&set, 1 + LIMITS.registry.pages * REQUESTS_A_PAGE);
    let set = set_of(lines, body, asker);
    let mut next = None;
    for _ in 0..3 {
        let Ok(Listed::Offered(page)) = finished(set.client.catalog(next.as_ref())) else {
            break;
        };
        let Some(cursor) = page.next else {
            break;
        };
        assert_eq!(Cursor::parse(&cursor.to_text()).as_ref(), Some(&cursor));
        next = Some(cursor);
    }
    check_asked(&set, 1 + 3 * REQUESTS_A_PAGE);
}

/// Checks that only the registry is contacted, below its API or where it links to, and not too often.
fn check_asked(set: &Set, most: usize) {
    let asked = set.asked();
    assert!(asked.len() <= most, "{} requests", asked.len());
    for url in asked {
        let path = url.strip_prefix(BASE);
        assert!(path.is_some_and(|path| path.is_empty() || path.starts_with(['/', '?'])));
    }
}

/// Checks that a cursor from an address bar leads to this registry or nowhere.
fn check_cursor(text: &str) {
    let parsed = Cursor::parse(text);
    let of_url = Cursor::parse(&serde_json::json!([text, "a", "b"]).to_string());
    for cursor in parsed.into_iter().chain(of_url) {
        let set = set_of(Vec::new(), None, Asker::Native);
        let _ = finished(set.client.tags("app", Some(&cursor)));
        for url in set.asked() {
            let rest = url.to_ascii_lowercase();
            let rest = rest.strip_prefix(BASE).expect("only the registry is asked");
            assert!(rest.is_empty() || rest.starts_with(['/', '?', '#', ':']));
        }
    }
}

/// Checks that a link by the grammar leads to its target.
fn check_written(data: &[u8]) {
    const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789-_~:@!$'()*+";
    let name: String = data
        .iter()
        .take(60)
        .map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()]))
        .collect();
    let address = format!("{BASE}/v2/app/tags/list?n=1000&last={name}");
    let target = address.strip_prefix(BASE).expect("is on the registry");
    let relation = match number_of(data) % 4 {
        0 => "rel=next",
        1 => "rel=\"next\"",
        2 => "title=\"a, <b>; rel=prev\" ; rel=\"prev next\"",
        _ => "REL=\"Next\"",
    };
    for target in [target, &address, &target["/v2/app/tags/".len()..]] {
        let field = format!("</first>; rel=first, <{target}>; {relation}, </x>;rel=last");
        let set = set_of(vec![field], None, Asker::Native);
        let page = finished(set.client.tags("app", None)).expect("is a list");
        let next = page.next.expect("there is a next page");
        assert!(next.to_text().contains(&name));
        finished(set.client.tags("app", Some(&next))).expect("is a list");
        assert_eq!(set.asked().last(), Some(&address));
    }
}
