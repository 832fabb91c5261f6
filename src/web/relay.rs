//! The page's side of the relay of `lamina serve`, which asks registries on its behalf: `cli/serve/protocol.rs` is
//! the other side.
//!
//! The address that the page is opened by has a one-time token in its fragment. The page exchanges it for a key, keeps
//! that in the storage of its tab, and gives it to its worker in the fragment of the script's address.

use std::cell::RefCell;
use std::rc::Rc;

use serde::Deserialize;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::fetch::{FetchTransport, plain};
use super::location::{self, HashStep};
use super::storage;
use crate::io::{
    Cache, Error, ErrorKind, Headers, HttpRequest, LocalFuture, Method, ReadAt, Redirects,
    Transport, relay,
};
use crate::message::Message;

/// The key under which the tab's storage has the session.
const SESSION_KEY: &str = "lamina.session";

thread_local! {
    /// The session that this page began, which the storage may have no room for.
    static SESSION: RefCell<Option<RelaySession>> = const { RefCell::new(None) };
}

/// The program's answer to the page when it came.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct RelaySession {
    key: String,
    /// The address that it was told to open.
    pub address: Option<String>,
    /// The name of the file or folder that it was told to open.
    pub name: Option<String>,
    /// True if that is a folder.
    pub is_folder: bool,
    /// The files, in the order of their numbers.
    pub files: Vec<ServedFile>,
}

impl RelaySession {
    /// Returns the key to the relay.
    pub(super) fn key(&self) -> &str {
        &self.key
    }
}

/// A file that the program serves to this page.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct ServedFile {
    /// The path in the folder.
    pub path: String,
    /// The length in bytes.
    pub size_bytes: f64,
}

/// True if an address was put into the address bar of the open page that lets it in when it is loaded.
pub fn is_token(hash: &str) -> bool {
    token_of(hash).is_some()
}

/// Returns the token in the hash that the page is opened by.
fn token_of(hash: &str) -> Option<&str> {
    let (name, token) = hash.strip_prefix('#')?.split_once('=')?;
    (name == relay::TOKEN).then_some(token)
}

/// Exchanges the token that the page was opened by, if there is one. The token leaves the address bar in any case. True if
/// the page has come by a token, and not by a reload.
///
/// # Errors
/// When the program does not take it.
pub async fn begin() -> Result<bool, Error> {
    let hash = location::hash();
    let Some(token) = token_of(&hash) else {
        return Ok(false);
    };
    location::set_hash("#/", HashStep::Same);
    let mut fields = Headers::default();
    fields.add(relay::TOKEN, token);
    let init = plain(Method::Post, Cache::Bypassed);
    let exchanged = async {
        init.set_headers(&super::fetch::fields(&fields)?);
        let response = JsFuture::from(super::global::fetch(relay::SESSION, &init)?).await?;
        let response: web_sys::Response = response.dyn_into()?;
        let text = JsFuture::from(response.text()?).await?;
        Ok::<_, JsValue>((response.ok(), text.as_string().unwrap_or_default()))
    };
    match exchanged.await {
        Ok((true, json)) => {
            let session = storage::of_json::<RelaySession>(&json);
            let session =
                session.ok_or_else(|| Error::new(ErrorKind::RelayLost, Message::relay_key()))?;
            SESSION.set(Some(session));
            storage::set_json_of_tab(SESSION_KEY, &json);
            Ok(true)
        }
        Ok((false, refusal)) => Err(Error::new(ErrorKind::RelayLost, Message::verbatim(refusal))),
        Err(error) => Err(Error::new(
            ErrorKind::RelayLost,
            Message::verbatim(super::describe(&error)),
        )),
    }
}

/// Returns the session of this tab; `None` in a page of a static host.
pub fn session() -> Option<RelaySession> {
    let kept = SESSION.with_borrow(Clone::clone);
    kept.or_else(|| storage::get_of_tab(SESSION_KEY))
}

/// True if a reload of this tab finds the session. The storage may have no room for the files of a large folder.
pub fn is_kept() -> bool {
    storage::get_of_tab::<RelaySession>(SESSION_KEY) == session()
}

/// Returns the address of a worker's script with the key that its requests need.
pub fn with_key(script: String) -> String {
    match session() {
        Some(session) => format!("{script}#{}", session.key),
        None => script,
    }
}

/// Returns the header fields of a question to the relay.
pub(super) fn question(key: &str, request: &HttpRequest) -> Headers {
    let mut fields = Headers::default();
    fields.add(relay::KEY, key);
    fields.add(relay::TARGET, request.url.as_str());
    fields.add(relay::METHOD, request.method.as_str());
    fields.add(relay::REGISTRY, &*request.behalf.registry);
    if request.behalf.is_signed_in {
        fields.add(relay::LOGIN, "own");
    }
    if request.behalf.is_scheme_named {
        fields.add(relay::SCHEME, "named");
    }
    if request.redirects == Redirects::Refused {
        fields.add(relay::REDIRECTS, "refused");
    }
    for (name, value) in request.headers.iter() {
        fields.add(&format!("{}{name}", relay::PASSED), value);
    }
    fields
}

/// Reads the relay's answer: status, address and header fields of what the registry answered.
///
/// # Errors
/// Failures on the way to the registry, or the reason why the relay does not ask.
pub(super) async fn answer(
    response: &web_sys::Response,
    headers: &Headers,
) -> Result<(u16, String, Headers), Error> {
    if response.status() == 403 {
        return Err(Error::new(ErrorKind::RelayLost, Message::relay_key()));
    }
    let status = headers.get(relay::STATUS).map(str::parse);
    let Some(Ok(status)) = status else {
        let lost = |error: JsValue| {
            Error::new(
                ErrorKind::Unreachable,
                Message::verbatim(super::describe(&error)),
            )
        };
        let body = JsFuture::from(response.array_buffer().map_err(lost)?).await;
        let body = js_sys::Uint8Array::new(&body.map_err(lost)?).to_vec();
        let told = postcard::from_bytes::<(ErrorKind, Message)>(&body).ok();
        let told = told.filter(|_| headers.get(relay::ERROR).is_some());
        let (kind, detail) = told.unwrap_or_else(|| {
            let told = String::from_utf8_lossy(&body).trim().to_owned();
            (ErrorKind::Other, Message::verbatim(told))
        });
        return Err(Error::new(kind, detail));
    };
    let url = headers.get(relay::URL).unwrap_or_default().to_owned();
    let mut passed = Headers::default();
    for (name, value) in headers.iter() {
        if let Some(name) = name.strip_prefix(relay::PASSED) {
            passed.add(name, value);
        }
    }
    Ok((status, url, passed))
}

/// The type of an empty blob that stands for a file which the program serves.
const STAND_IN: &str = "application/x-lamina-served";

/// Returns the type of a blob that stands for a served file. No file of a person has such a type.
pub(super) fn stand_in_type(number: usize, size_bytes: f64) -> String {
    format!("{STAND_IN};{number};{size_bytes}")
}

/// Returns the number of the served file that a blob of this type stands for.
pub(super) fn number_of(kind: &str) -> Option<u64> {
    parts_of(kind)?.0.parse().ok()
}

fn parts_of(kind: &str) -> Option<(&str, &str)> {
    let rest = kind.strip_prefix(STAND_IN)?.strip_prefix(';')?;
    rest.split_once(';')
}

/// Bytes of a served file per read.
const PIECE_BYTES: usize = 4 * 1024 * 1024;

/// A file that the program serves, read by ranges.
pub struct ServedBytes {
    transport: Rc<dyn Transport>,
    url: String,
    len_bytes: u64,
}

impl ServedBytes {
    /// Returns the file that a blob stands for; `None` for a file of a person.
    pub fn of(
        blob: &web_sys::Blob,
        transport: impl FnOnce() -> Rc<dyn Transport>,
    ) -> Option<ServedBytes> {
        let kind = blob.type_();
        let (number, len) = parts_of(&kind)?;
        Some(ServedBytes {
            transport: transport(),
            url: format!("{}{number}", relay::LOCAL),
            len_bytes: len.parse().ok()?,
        })
    }
}

impl ReadAt for ServedBytes {
    fn len_bytes(&self) -> u64 {
        self.len_bytes
    }

    fn piece_bytes(&self) -> usize {
        PIECE_BYTES
    }

    fn read_at(&self, offset: u64, len: usize) -> LocalFuture<'_, Result<Vec<u8>, Error>> {
        Box::pin(async move {
            let end = offset.saturating_add(len as u64);
            if end > self.len_bytes {
                return Err(Error::new(ErrorKind::OutOfRange, Message::file_past_end()));
            }
            let mut bytes = Vec::new();
            if len > 0 {
                let range = format!("bytes={offset}-{}", end - 1);
                let request = HttpRequest::get(self.url.as_str(), Cache::Bypassed);
                let asked = self.transport.exchange(request.with_header("range", range));
                let mut response = asked.await?;
                while let Some(piece) = response.body.next().await? {
                    bytes.extend(piece);
                }
            }
            match bytes.len() == len {
                true => Ok(bytes),
                false => Err(Error::new(
                    ErrorKind::Unreadable,
                    Message::file_ends_early(),
                )),
            }
        })
    }
}

/// Creates a transport that asks by the relay, if the fragment of this worker's address has a key.
pub fn transport(silence_seconds: u64, hash: &str) -> FetchTransport {
    let key = hash.strip_prefix('#').filter(|key| !key.is_empty());
    FetchTransport::new(silence_seconds).by_relay(key)
}
