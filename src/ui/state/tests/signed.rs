//! Tests signing in from a tab, and lists that learn of a push.

use super::*;
use crate::protocol::{Digest, Done, PushedView, Secret, Throughput, ask};

fn sign_in(tab: TabId) -> Action {
    Action::SignIn {
        tab,
        registry: "http://r.test:5000".to_owned(),
        name: Secret::new("me"),
        password: Secret::new("hunter2"),
    }
}

#[test]
fn what_needed_a_login_opens_after_it() {
    let mut page = Page::new();
    let login = Problem::new(ProblemCode::LoginNeeded, "r.test:5000", "needs a login");
    page.act(Action::Typed("r.test:5000".to_owned()))
        .answer(Err(login.clone()));
    assert_eq!(page.tabs(), "[failed]");
    let tab = page.state.selected;
    page.act(sign_in(tab));
    assert!(matches!(page.asked(), Some((_, _, Request::SignIn(_)))));
    assert_eq!(page.tabs(), "[opening]");
    assert!(!format!("{:?} {:?}", page.state, page.effects).contains("hunter2"));
    page.answer(Err(login));
    assert_eq!(page.tabs(), "[failed]", "a wrong password");
    page.act(sign_in(tab)).answer(Ok(Answer::Done(Done)));
    let Some((_, _, Request::OpenAddress(ask::OpenAddress { text, .. }))) = page.asked() else {
        panic!("it is opened: {:?}", page.effects);
    };
    assert_eq!(text, "r.test:5000");
    page.answer(registry());
    assert_eq!(page.tabs(), "[registry]");
}

#[test]
fn a_typed_login_is_used_and_stays_nowhere() {
    let mut page = Page::new();
    page.act(Action::Typed(
        "https://me:hunter2@r.test:5000/a:1".to_owned(),
    ));
    let Some((
        _,
        _,
        Request::SignIn(ask::SignIn {
            registry,
            name,
            password,
        }),
    )) = page.asked()
    else {
        panic!("it signs in: {:?}", page.effects);
    };
    assert_eq!(registry, "https://r.test:5000");
    assert_eq!((name.reveal(), password.reveal()), ("me", "hunter2"));
    assert_eq!(page.hash(), "#/https://r.test:5000/a:1");
    let told = |page: &Page| format!("{:?} {:?}", page.state, page.effects);
    assert!(!told(&page).contains("hunter2"));
    page.answer(Ok(Answer::Done(Done)));
    let Some((_, _, Request::OpenAddress(ask::OpenAddress { text, .. }))) = page.asked() else {
        panic!("it is opened: {:?}", page.effects);
    };
    assert_eq!(text, "https://r.test:5000/a:1");
    // A name alone is cut as well, and so is a login for an address that is no registry's.
    for text in [
        "https://hunter2@r.test/a:1",
        "me:hunter2@alpine",
        "https://me:hunt/er2@r.test/a",
    ] {
        let mut page = Page::new();
        page.act(Action::Typed(text.to_owned()));
        assert!(matches!(
            page.asked(),
            Some((_, _, Request::OpenAddress(_)))
        ));
        assert!(!told(&page).contains("er2"), "{}", told(&page));
    }
}

#[test]
fn a_login_in_a_link_leaves_the_address_bar_at_once_and_is_not_used() {
    let mut page = Page::new();
    page.act(Action::Typed("r.test:5000".to_owned()))
        .answer(registry());
    for host in ["r.test:5000", "unknown.test"] {
        page.act(Action::Hash(format!(
            "#/https://me:hunter2@{host}/a:1?path=/etc"
        )));
        let hash = format!("#/https://{host}/a:1?path=/etc");
        let written = Effect::WriteHash {
            hash: hash.clone(),
            is_new: false,
        };
        assert!(page.effects.contains(&written), "{:?}", page.effects);
        assert_eq!(page.hash(), hash);
        assert!(!matches!(page.asked(), Some((_, _, Request::SignIn(_)))));
        let told = format!("{:?} {:?}", page.state, page.effects);
        assert!(!told.contains("hunter2"), "{told}");
    }
}

#[test]
fn a_list_that_is_open_shows_what_was_pushed() {
    let mut page = Page::new();
    page.act(Action::Typed("r.test:5000".to_owned()))
        .answer(registry());
    let pushed = |registry: &str| PushedView {
        registry: registry.to_owned(),
        repository: "demo/new".to_owned(),
        tags: vec!["1".to_owned()],
        digest: Digest::sha256_of(b""),
        n_sent: 0,
        n_spared: 0,
        sent: Throughput {
            bytes: 0,
            millis: 2_000,
        },
        compressed: None,
    };
    for registry in [
        "http://r.test:5000",
        "http://elsewhere.test",
        "http://r.test:5000",
    ] {
        page.act(Action::Told(Event::Pushed(pushed(registry))));
    }
    let Some(Body::Registry(registry)) = page.state.selected_tab().map(|tab| &tab.body) else {
        panic!("the registry is shown");
    };
    assert_eq!(*registry.repositories.names, ["demo/app", "demo/new"]);
    // The user named the registry for the push, so a link to it asks nothing first.
    for (address, is_asked) in [
        ("elsewhere.test/demo/new:1", true),
        ("third.test/a:1", false),
    ] {
        page.act(Action::Hash(format!("#/http://{address}")));
        assert_eq!(page.asked().is_some(), is_asked, "{address}");
    }
}
