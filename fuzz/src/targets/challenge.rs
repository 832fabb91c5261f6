//! `WWW-Authenticate`: for any value, a token is fetched over https only and sent to the registry only. A challenge
//! that follows the grammar is understood.

use lamina::io::HttpRequest;
use lamina::source::registry::{Access, Asker};

use super::registry::{BASE, Set, TOKEN, reply};
use super::world::{LIMITS, finished};

/// Maximum number of requests for one list: the ping, and the list with at most two tokens.
const MOST_REQUESTS: usize = 8;

/// Sends the text as challenges, one per line, and the same text inside a well-formed challenge.
pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data).into_owned();
    for asker in [Asker::Native, Asker::HttpsPage] {
        check_raw(&text, asker);
    }
    let mut words = text.split(['\0', '\n']).map(|word| {
        let fits = |c: &char| !c.is_control();
        word.chars().filter(fits).collect::<String>()
    });
    let service = words.next().unwrap_or_default();
    let scope = words.next().unwrap_or_default();
    check_written(&service, &scope, words.next().as_deref());
}

/// Makes a client of a registry that sends tags only for the token.
fn set_of(fields: Vec<String>, asker: Asker) -> Set {
    let answer = move |request: &HttpRequest| {
        if !request.url.starts_with(&format!("{BASE}/v2/")) {
            let body = format!(r#"{{"token":"{TOKEN}"}}"#);
            return reply(request, 200, &[], body.as_bytes());
        }
        if request.headers.get("authorization").is_some() {
            return reply(request, 200, &[], br#"{"tags":["1"]}"#);
        }
        let fields: Vec<_> = fields
            .iter()
            .map(|field| ("www-authenticate", field.as_str()))
            .collect();
        reply(request, 401, &fields, b"")
    };
    Set::new(asker, LIMITS, Box::new(answer))
}

fn check_raw(text: &str, asker: Asker) {
    let set = set_of(text.lines().map(str::to_owned).collect(), asker);
    let connection = finished(set.client.connect()).expect("401 is an answer");
    assert_eq!(connection.base, BASE);
    let tags = finished(set.client.tags("app", None));
    match connection.access {
        Access::Hidden | Access::Login => assert!(tags.is_err()),
        Access::Token => {}
        Access::Open | Access::Unknown(_) => panic!("401 is a demand"),
    }
    let asked = set.asked();
    assert!(asked.len() <= MOST_REQUESTS, "{} requests", asked.len());
    let n_outside = asked.iter().filter(|url| !url.starts_with(BASE)).count();
    if connection.access != Access::Token {
        assert_eq!(n_outside, 0, "a token was asked for that nobody demanded");
    }
    if let Ok(page) = tags {
        assert_eq!(page.items, ["1"]);
    }
}

/// Checks a challenge written by the grammar, with quotes and backslashes escaped, perhaps after another one.
fn check_written(service: &str, scope: &str, before: Option<&str>) {
    let quoted = |text: &str| text.replace('\\', r"\\").replace('"', "\\\"");
    let before = before.map_or(String::new(), |realm| {
        format!("Basic realm=\"{}\", ", quoted(realm))
    });
    let field = format!(
        "{before}Bearer realm=\"https://auth.example/token\",service=\"{}\" , scope=\"{}\"",
        quoted(service),
        quoted(scope),
    );
    let set = set_of(vec![field], Asker::Native);
    let tags = finished(set.client.tags("app", None));
    assert!(tags.is_ok(), "the challenge is not read: {:?}", tags.err());
    let asked = set.asked();
    let token = asked
        .iter()
        .find_map(|url| url.strip_prefix("https://auth.example/token?"))
        .expect("the token server is asked");
    let value = |name: &str| {
        let pairs = token.split('&').filter_map(|pair| pair.split_once('='));
        let values = pairs.filter(|(n, _)| *n == name);
        values
            .map(|(_, value)| percent_decoded(value))
            .collect::<Vec<_>>()
    };
    let filled: Vec<_> = Some(service.to_owned())
        .filter(|service| !service.is_empty())
        .into_iter()
        .collect();
    assert_eq!(value("service"), filled);
    let scopes = value("scope");
    let own = "repository:app:pull";
    assert!(scopes.iter().any(|scope| scope == own));
    // Whatever a challenge lists, the client only asks for a pull.
    for scope in &scopes {
        let is_own = scope
            .strip_prefix("repository:")
            .and_then(|scope| scope.strip_suffix(":pull"))
            .is_some_and(|name| name == "app" || name.ends_with("/app"));
        assert!(is_own, "{scope:?} is asked for");
    }
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&byte, later)) = rest.split_first() {
        rest = later;
        if byte == b'%' {
            let (digits, later) = rest.split_at(2);
            let digits = std::str::from_utf8(digits).expect("are digits");
            bytes.push(u8::from_str_radix(digits, 16).expect("are hex digits"));
            rest = later;
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).expect("was a text")
}
