//! Lists repositories and tags, one page at a time.
//!
//! A registry names the next page in `Link`, which a browser hides from pages unless the registry exposes it. In that
//! case the next page is requested as the names after the last one. Sorting and filtering are left to the page.

use crate::message::Message;
use std::collections::BTreeSet;

use crate::image::{self, Json};
use crate::io::{Cache, HttpRequest};

use super::super::Error;
use super::auth::Scope;
use super::conversation::Conversation;
use super::document::{Asked, Document};
use super::host::Asker;
use super::{link, url};

/// One page of a list, and the place of the next one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The names in the registry's order.
    pub items: Vec<String>,
    /// The next page; `None` at the end.
    pub next: Option<Cursor>,
    /// True if there may be more names that the registry does not return: asked for the names after the last one,
    /// it repeats the same names.
    pub is_cut_off: bool,
}

/// A position in a list. Only the client that returned it can continue from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    url: String,
    /// The first and last name of the previous page. A page that repeats them ends the list.
    before: (String, String),
}

/// A list of repositories or tags, or the reason why there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listed {
    /// A page of the list.
    Offered(Page),
    /// The registry offers no such list to this reader. Docker Hub and GHCR, for example, do not list
    /// repositories. Its images open by name.
    NotOffered(Error),
}

/// Names requested at once.
const PAGE_NAMES: usize = 1_000;
/// Names requested at once from a registry that refuses more.
const SMALL_PAGE_NAMES: usize = 100;

/// The kind of list, and its URL.
pub(super) struct List<'a> {
    /// The path below `/v2/`.
    path: String,
    /// The field of the answer that holds the names.
    field: &'static str,
    scope: Scope,
    what: &'a Message,
}

impl Cursor {
    /// Returns the cursor as text, to be kept in an address bar or a message.
    pub fn to_text(&self) -> String {
        serde_json::json!([self.url, self.before.0, self.before.1]).to_string()
    }

    /// Parses the text of [`Cursor::to_text`]; `None` for anything else.
    pub fn parse(text: &str) -> Option<Cursor> {
        let (url, first, last) = serde_json::from_str(text).ok()?;
        Some(Cursor {
            url,
            before: (first, last),
        })
    }
}

impl List<'_> {
    pub(super) fn catalog(what: &Message) -> List<'_> {
        List {
            path: "_catalog".to_owned(),
            field: "repositories",
            scope: Scope::Catalog,
            what,
        }
    }

    pub(super) fn tags<'a>(repository: &str, what: &'a Message) -> List<'a> {
        List {
            path: format!("{}/tags/list", url::encode_path(repository)),
            field: "tags",
            scope: Scope::Pull(repository.to_owned()),
            what,
        }
    }

    fn first_url(&self, registry: &Conversation, n_names: usize) -> String {
        format!("{}?n={n_names}", registry.address(&self.path))
    }

    /// Returns the page at `cursor`, or the first one.
    pub(super) async fn page(
        &self,
        registry: &Conversation,
        cursor: Option<&Cursor>,
    ) -> Result<Page, Error> {
        let address = match cursor {
            // A cursor may come from an address bar: it must not lead to another registry.
            Some(cursor) if !url::same_origin(&cursor.url, &registry.base) => {
                return Err(Error::Malformed {
                    what: self.what.clone(),
                    reason: Message::list_of_another_registry(),
                });
            }
            Some(cursor) => cursor.url.clone(),
            None => self.first_url(registry, PAGE_NAMES),
        };
        match self.ask(registry, &address).await {
            Err(error) if refuses_number(&error) => {
                let small = with_parameter(&address, "n", &SMALL_PAGE_NAMES.to_string());
                let document = self.ask(registry, &small).await?;
                self.read(registry, &small, cursor, &document)
            }
            document => self.read(registry, &address, cursor, &document?),
        }
    }

    /// Returns all pages up to `RegistryLimits::pages`, without duplicate names. `next` is set if the limit was reached.
    pub(super) async fn all(&self, registry: &Conversation) -> Result<Page, Error> {
        let mut seen = BTreeSet::new();
        let mut all = Page {
            items: Vec::new(),
            next: None,
            is_cut_off: false,
        };
        for _ in 0..registry.limits.registry.pages.max(1) {
            let page = self.page(registry, all.next.as_ref()).await?;
            let n_before = all.items.len();
            for item in page.items {
                if seen.insert(item.clone()) {
                    all.items.push(item);
                }
            }
            let brings_some = all.items.len() > n_before;
            all.is_cut_off = page.is_cut_off || (page.next.is_some() && !brings_some);
            all.next = page.next.filter(|_| brings_some);
            if all.next.is_none() || all.items.len() >= registry.limits.registry.listed_names {
                break;
            }
        }
        Ok(all)
    }

    async fn ask(&self, registry: &Conversation, address: &str) -> Result<Document, Error> {
        let request = HttpRequest::get(address, Cache::Bypassed);
        let limit = registry.limits.registry.answer_bytes;
        let asked = registry.document(request, &self.scope, self.what, limit);
        match asked.await? {
            Asked::Document(document) => Ok(document),
            Asked::Refused(error) => Err(error),
        }
    }

    fn read(
        &self,
        registry: &Conversation,
        address: &str,
        cursor: Option<&Cursor>,
        document: &Document,
    ) -> Result<Page, Error> {
        let mut items = self.names(&document.body, registry.limits.image.name_bytes)?;
        let n_given = items.len();
        let end = |is_cut_off| Page {
            items: Vec::new(),
            next: None,
            is_cut_off,
        };
        let (Some(first), Some(last)) = (items.first().cloned(), items.last().cloned()) else {
            return Ok(end(false));
        };
        let linked = link::next_of(document.headers.all("link"))
            .and_then(|target| url::resolve(address, target))
            .and_then(|target| on_registry(&target, address));
        let asked = asked_names(address);
        if let Some(cursor) = cursor {
            // Registries that ignore `last` return the same names again; some begin with the last name.
            if cursor.before.0 == first || cursor.before == (first.clone(), last.clone()) {
                // A registry that ignores both `last` and `n`, and returns more or fewer names than requested, has
                // returned all.
                return Ok(end(n_given == asked || linked.is_some()));
            }
            items.retain(|item| *item != cursor.before.1);
        }
        // `Link` may be hidden from a page. A round number may then be the page size of a registry that returns
        // fewer names than requested; one more request tells.
        let may_be_bound = registry.asker != Asker::Native && n_given.is_multiple_of(10);
        let may_go_on = may_be_bound || n_given >= asked;
        let leads_nowhere = linked.as_deref() == Some(address);
        let next = linked
            .or_else(|| may_go_on.then(|| with_parameter(address, "last", &last)))
            .filter(|next| next != address)
            .map(|url| Cursor {
                url,
                before: (first, last),
            });
        Ok(Page {
            items,
            next,
            is_cut_off: leads_nowhere,
        })
    }

    fn names(&self, body: &[u8], name_bytes: usize) -> Result<Vec<String>, Error> {
        let malformed = |reason: Message| Error::Malformed {
            what: self.what.clone(),
            reason,
        };
        // The length was limited when the body was read.
        let tree = Json::parse(body, u64::MAX).map_err(|error| {
            malformed(match error {
                image::Error::Json { .. } => Message::answer_no_json(),
                error => (&error).into(),
            })
        })?;
        let tree = tree.value;
        let items = match tree.get(self.field) {
            None | Some(serde_json::Value::Null) if tree.is_object() => &[][..],
            Some(serde_json::Value::Array(items)) => items,
            _ => {
                return Err(malformed(Message::answer_no_list(self.field.to_string())));
            }
        };
        let texts = items.iter().filter_map(serde_json::Value::as_str);
        let names = texts.filter(|name| name.len() <= name_bytes);
        Ok(names.map(str::to_owned).collect())
    }
}

/// True if the registry refuses the requested number of names.
fn refuses_number(error: &Error) -> bool {
    matches!(error, Error::Refused { status: 400, .. })
}

/// Returns the next page from the registry's link, under the address by which the registry is reached: behind a
/// proxy the link may have another scheme or port. A link to another host is not a page of this list.
fn on_registry(target: &str, address: &str) -> Option<String> {
    let (target, own) = (url::parts(target)?, url::parts(address)?);
    let is_same_host = target.host_and_port().0 == own.host_and_port().0;
    let query = target
        .query
        .map_or(String::new(), |query| format!("?{query}"));
    is_same_host.then(|| format!("{}{}{query}", own.origin(), target.path))
}

/// Returns the number of names that a URL requests.
fn asked_names(address: &str) -> usize {
    let query = url::parts(address).and_then(|parts| parts.query);
    let mut parameters = query.unwrap_or_default().split('&');
    parameters
        .find_map(|parameter| parameter.strip_prefix("n=")?.parse().ok())
        .unwrap_or(PAGE_NAMES)
}

/// Returns the URL with one query parameter replaced.
fn with_parameter(address: &str, name: &str, value: &str) -> String {
    let (before, query) = address.split_once('?').unwrap_or((address, ""));
    let is_other = |parameter: &&str| {
        !parameter.is_empty() && parameter.split_once('=').map_or(*parameter, |(n, _)| n) != name
    };
    let mut parameters: Vec<String> = query
        .split('&')
        .filter(is_other)
        .map(str::to_owned)
        .collect();
    parameters.push(format!("{name}={}", url::encode_value(value)));
    format!("{before}?{}", parameters.join("&"))
}
