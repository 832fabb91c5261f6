//! Typed and pasted text: a value that is parsed and printed parses as the same value again.

use std::fmt::{Debug, Display};

use lamina::image::{
    Address, Created, Digest, ImagePath, MediaType, Platform, Reference, RegistryHost, escape,
    shown_command,
};
use lamina::source::registry::{Cursor, Endpoint};
use lamina::ui::state::Route;
use lamina::workspace::{Remote, shown_address};

/// Maximum length of an error message in characters, for any text: the quoted and
/// escaped part, and words around it.
const MOST_MESSAGE: usize = 300 * 10 + 300;

/// Parses bytes as every kind of text that a user may type.
pub fn run(data: &[u8]) {
    check_path(data);
    let text = String::from_utf8_lossy(data);
    check_addresses(&text);
    check_again(&text, RegistryHost::parse);
    check_again(&text, Digest::parse);
    check_again(&text, |text| text.parse::<Platform>());
    check_again(&text, Endpoint::parse);
    let route = Route::parse(&text);
    assert_eq!(Route::parse(&route.to_hash()), route);
    assert!(route.same_target(&Route::parse(&text)));
    if let Some(cursor) = Cursor::parse(&text) {
        assert_eq!(Cursor::parse(&cursor.to_text()), Some(cursor));
    }
    let media_type = MediaType::new(&text);
    assert_eq!(MediaType::new(media_type.as_str()), media_type);
    let created = Created::new(text.as_ref());
    assert_eq!(created.raw, text);
    assert!(created.at.is_none_or(|at| at.nanos < 1_000_000_000));
    assert!(shown_command(&text).text.len() <= text.len() + 4);
}

/// Checks that a value is printed and parsed as the same, and that an error has a short message.
fn check_again<T, E>(text: &str, parse: impl Fn(&str) -> Result<T, E>) -> Option<T>
where
    T: PartialEq + Debug + Display,
    E: Display,
{
    match parse(text) {
        Ok(value) => {
            match parse(&value.to_string()) {
                Ok(again) => assert_eq!(again, value),
                Err(error) => panic!("{text:?} is read as {value}, and then refused: {error}"),
            }
            Some(value)
        }
        Err(error) => {
            let told = error.to_string();
            assert!(told.chars().count() <= MOST_MESSAGE, "a long message");
            None
        }
    }
}

fn check_addresses(text: &str) {
    if let Some(reference) = check_again(text, Reference::parse) {
        let familiar = Reference::parse(&reference.familiar());
        assert_eq!(familiar.as_ref(), Ok(&reference), "by its short form");
        assert!(!reference.target().is_empty());
        let repository = reference.repository();
        let path = repository.path();
        let is_safe = |part: &str| !matches!(part, "" | "." | "..");
        assert!(path.split('/').all(is_safe), "the path {path:?} leads out");
        assert!(!path.contains(['?', '#', '%', '\\', ' ']));
    }
    check_again(text, |text| Address::parse(text).map(|p| p.address));
    if let Ok(parsed) = Address::parse(text) {
        if let Some(other) = parsed.other_reading {
            let again = check_again(&other.to_string(), |text| {
                Address::parse(text).map(|p| p.address)
            });
            assert_eq!(again, Some(other), "the other reading of {text:?}");
        }
        let _ = (parsed.address.scheme(), parsed.address.is_docker_hub());
    }
    if let Ok(located) = Remote::locate(text) {
        let _ = located.remote.within.to_string();
        assert!(!located.remote.host.authority().contains(['@', '/', ' ']));
    }
    assert!(shown_address(text).chars().count() <= 200);
}

fn check_path(data: &[u8]) {
    let Ok(path) = ImagePath::normalise(data) else {
        assert!(data.contains(&0));
        return;
    };
    super::reading::check_path(path.as_bytes());
    let joined = path
        .components()
        .fold(ImagePath::root(), |path, name| path.join(name));
    assert_eq!(joined, path);
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) => assert_eq!(parent.join(name), path),
        (None, None) => assert!(path.is_root()),
        _ => panic!("{path:?} has only one of a parent and a name"),
    }
    let shown = escape(path.as_bytes());
    assert_eq!(path.to_string(), shown);
    if std::str::from_utf8(path.as_bytes()).is_ok() {
        assert_eq!(shown.as_bytes(), path.as_bytes());
    }
}
