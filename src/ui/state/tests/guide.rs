//! Tests the guide: its registry is asked on request only, and a late answer belongs to the host that was asked.

use super::*;
use crate::ui::state::{Guide, GuideAction, RegistryCheck};

fn opened() -> Page {
    let mut page = Page::new();
    page.act(Action::Hash("#guide".to_owned()));
    page
}

fn guide(page: &Page) -> &Guide {
    match &page.state.selected_tab().expect("a tab").body {
        Body::Guide(guide) => guide,
        other => panic!("the guide is shown: {other:?}"),
    }
}

fn act(page: &mut Page, action: GuideAction) {
    let tab = page.state.selected;
    page.act(Action::Guide { tab, action });
}

fn types(page: &mut Page, host: &str) {
    act(page, GuideAction::Host(host.to_owned()));
}

fn registry(names: &[&str], offered: bool) -> Answer {
    Answer::Address(OpenedAddress::Registry(RegistryView {
        url: "http://r.test:5000".to_owned(),
        host: "r.test:5000".to_owned(),
        catalog: CatalogAnswer {
            offered,
            wants_sign_in: false,
            repositories: names.iter().map(|name| (*name).to_owned()).collect(),
            cursor: None,
            is_cut_off: false,
        },
        other_reading: None,
    }))
}

#[test]
fn it_has_an_address_of_its_own_and_asks_nobody_unasked() {
    let mut page = opened();
    let route = page.state.selected_tab().expect("a tab").route();
    assert_eq!(route.to_hash(), "#guide");
    types(&mut page, "r.test:5000");
    assert!(page.asked().is_none());
    assert_eq!(guide(&page).check, RegistryCheck::Undone);
    act(&mut page, GuideAction::Check("r.test:5000".to_owned()));
    assert!(page.asked().is_some());
    // One guide is enough.
    page.act(Action::Hash("#/".to_owned()));
    page.act(Action::Hash("#guide".to_owned()));
    let is_guide = |tab: &&Tab| matches!(tab.body, Body::Guide(_));
    assert_eq!(page.state.tabs.iter().filter(is_guide).count(), 1);
}

#[test]
fn a_check_counts_what_the_registry_lists() {
    let known = |n_repositories| RegistryCheck::Answers {
        n_repositories,
        has_more: false,
    };
    for (answer, expected) in [
        (registry(&["a", "b"], true), known(Some(2))),
        (registry(&[], false), known(None)),
    ] {
        let mut page = opened();
        types(&mut page, "r.test:5000");
        act(&mut page, GuideAction::Check("r.test:5000".to_owned()));
        page.answer(Ok(answer));
        assert_eq!(guide(&page).check, expected);
    }
}

#[test]
fn an_answer_of_another_host_is_dropped() {
    let mut page = opened();
    types(&mut page, "one.test");
    act(&mut page, GuideAction::Check("r.test:5000".to_owned()));
    let (tab, id, request) = page.asked().expect("a question");
    types(&mut page, "two.test");
    page.answers_tab(tab, id, request, Ok(registry(&["a"], true)));
    assert_eq!(guide(&page).check, RegistryCheck::Undone);
}

#[test]
fn a_registry_with_a_password_answers() {
    let refusal = Problem::new(ProblemCode::LoginNeeded, "r.test:5000", "401");
    let mut closed = registry(&[], false);
    if let Answer::Address(OpenedAddress::Registry(view)) = &mut closed {
        view.catalog.wants_sign_in = true;
    }
    for answer in [Err(refusal), Ok(closed)] {
        let mut page = opened();
        types(&mut page, "r.test:5000");
        act(&mut page, GuideAction::Check("r.test:5000".to_owned()));
        page.answer(answer);
        assert_eq!(guide(&page).check, RegistryCheck::AsksForLogin);
    }
}

#[test]
fn what_was_typed_stays_over_a_reload_and_a_link_may_name_it() {
    let mut page = opened();
    types(&mut page, "r.test:5000");
    act(&mut page, GuideAction::Image("team/app:1".to_owned()));
    let hash = page.state.selected_tab().expect("a tab").route().to_hash();
    assert_eq!(hash, "#guide?host=r.test:5000&image=team/app:1");
    let mut after = Page::new();
    after.state = after.state.with_tabs(page.state.saved.clone());
    after.act(Action::Hash(hash));
    let names = |page: &Page| (guide(page).host.clone(), guide(page).image.clone());
    assert_eq!(names(&after), names(&page));
    // A link without names leaves them.
    after.act(Action::Hash("#guide".to_owned()));
    assert_eq!(names(&after), names(&page));
    after.act(Action::Hash("#guide?host=two.test".to_owned()));
    assert_eq!(guide(&after).host, "two.test");
    assert_eq!(after.state.tabs.len(), 1);
}

#[test]
fn a_failure_is_kept_with_its_reason() {
    let mut page = opened();
    types(&mut page, "r.test:5000");
    act(&mut page, GuideAction::Check("r.test:5000".to_owned()));
    let problem = Problem::new(ProblemCode::Unreachable, "r.test:5000", "nothing");
    page.answer(Err(problem.clone()));
    assert_eq!(guide(&page).check, RegistryCheck::Fails(problem));
}
