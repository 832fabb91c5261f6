//! A registry whose header fields and bodies come from the fuzzer, and the requests that a client may send anyway.

use std::rc::Rc;

use lamina::bounds::Limits;
use lamina::io::{Error, Headers, HttpRequest, MemoryClock, MemoryTransport, Response, VecStream};
use lamina::source::registry::{Asker, Client, Endpoint, RegistryWorld};

/// Address of the registry, and the secret that only it may receive.
pub(super) const BASE: &str = "https://r.example";
pub(super) const TOKEN: &str = "only-for-the-registry";

/// Responses of a registry.
pub(super) type Answer = Box<dyn Fn(&HttpRequest) -> Response>;

type Exchange = Box<dyn Fn(&HttpRequest) -> Result<Response, Error>>;

/// A client and a record of its requests.
pub(super) struct Set {
    pub(super) client: Client,
    transport: Rc<MemoryTransport<Exchange>>,
}

impl Set {
    pub(super) fn new(asker: Asker, limits: Limits, answer: Answer) -> Set {
        let answer = move |request: &HttpRequest| Ok(answer(request));
        let transport = Rc::new(MemoryTransport::new(Box::new(answer) as Exchange));
        let world = RegistryWorld {
            transport: Rc::clone(&transport) as Rc<_>,
            clock: Rc::new(MemoryClock::at(1_577_836_800_000)),
        };
        let endpoint = Endpoint::parse(BASE).expect("is a registry");
        Set {
            client: Client::new(world, endpoint, asker, limits),
            transport,
        }
    }

    /// Returns the URLs requested so far. Checks that all use https, like the registry, and that
    /// only the registry receives the token.
    pub(super) fn asked(&self) -> Vec<String> {
        let asked = self.transport.asked();
        for request in &asked {
            let url = &request.url;
            let is_plain = |c: char| !c.is_control() && !c.is_whitespace();
            assert!(url.chars().all(is_plain), "{url:?} is no address");
            let (scheme, rest) = url.split_once("://").expect("the address has a scheme");
            assert!(scheme.eq_ignore_ascii_case("https"), "{url:?} is not safe");
            let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
            assert!(!host.is_empty() && !host.contains(['@', '\\']));
            for (name, value) in request.headers.iter() {
                assert!(value.chars().all(|c| !c.is_control()));
                if name == "authorization" {
                    assert_eq!(value, format!("Bearer {TOKEN}"));
                    let host = host.to_ascii_lowercase();
                    assert!(
                        host == "r.example" || host == "r.example:443",
                        "told {url:?}"
                    );
                }
            }
        }
        asked.into_iter().map(|request| request.url).collect()
    }
}

/// Returns a response in memory, with its body in pieces.
pub(super) fn reply(
    request: &HttpRequest,
    status: u16,
    fields: &[(&str, &str)],
    body: &[u8],
) -> Response {
    let mut headers = Headers::default();
    for (name, value) in fields {
        headers.add(name, *value);
    }
    Response {
        status,
        headers,
        url: request.url.clone(),
        body: Box::new(VecStream::new(
            body.chunks(1000).map(<[u8]>::to_vec).collect(),
        )),
    }
}
