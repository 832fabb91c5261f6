//! Tests a reload: every tab returns, and its content is read when it is shown.

use super::*;
use crate::ui::state::image::ImagePart;

/// The state that the page saved last.
fn saved(page: &Page) -> String {
    page.state.saved.clone()
}

/// Returns the page after a reload, from its saved tabs and the hash in the address bar.
fn reloaded(page: &Page) -> Page {
    let mut after = Page::new();
    after.state = after.state.with_tabs(saved(page));
    after.act(Action::Hash(page.hash()));
    after
}

#[test]
fn every_tab_comes_back_and_only_the_one_that_is_shown_is_read() {
    let mut page = Page::new();
    page.act(Action::Typed("r.test:5000".to_owned()))
        .answer(registry());
    page.act(Action::go_to("http://r.test:5000/demo/app:1.0"))
        .answer(remote_image(1));
    let place = ImagePlace {
        view: TreeView::UpTo(1),
        part: ImagePart::Files,
        ..ImagePlace::default()
    };
    page.moves(place, MoveKind::Step);
    page.act(given(1, "a.tar")).answer(archive(1));
    page.answer(Ok(Answer::Image(view(3, None))));
    page.act(Action::NewTab);
    let image = page.state.tabs[1].id;
    page.act(Action::Select(image));
    assert_eq!(page.tabs(), "registry [image] image home");

    let mut after = reloaded(&page);
    assert_eq!(after.tabs(), "later [opening] later home");
    let titles: Vec<String> = after
        .state
        .tabs
        .iter()
        .map(|tab| tab.body.title())
        .collect();
    assert_eq!(
        titles,
        ["r.test:5000", "r.test:5000/demo/app:1.0", "a.tar", ""]
    );
    let (_, _, request) = after.asked().expect("what is shown is read");
    assert!(matches!(
        request,
        Request::OpenAddress(ask::OpenAddress { by_link: true, .. })
    ));
    after.answer(remote_image(1));
    assert!(after.hash().ends_with("?view=upto:1"), "{}", after.hash());
    assert_eq!(saved(&after), saved(&page), "nothing is lost by a reload");

    // The other tabs open when they are shown; a file has to be handed over again.
    let ids: Vec<TabId> = after.state.tabs.iter().map(|tab| tab.id).collect();
    after.act(Action::Select(ids[2]));
    assert_eq!(
        (after.asked(), after.tabs().as_str()),
        (None, "later image [wanted] home")
    );
    after.act(Action::Select(ids[0])).answer(registry());
    assert_eq!(after.tabs(), "[registry] image wanted home");
    assert_eq!(after.state.tabs.len(), reloaded(&after).state.tabs.len());
}

#[test]
fn files_that_are_served_again_go_where_they_were_and_nowhere_else() {
    let again = |name: &str| match given(7, name) {
        Action::Given(all) => Action::ServedAgain(all),
        other => other,
    };
    let mut page = Page::new();
    page.act(given(1, "a.tar")).answer(archive(2));
    page.act(Action::Typed("r.test:5000".to_owned()))
        .answer(registry());
    assert_eq!(page.tabs(), "archive [registry]");

    // Another tab is shown: its place stays, and the file is read when its tab is shown.
    let mut after = reloaded(&page);
    after.act(again("a.tar"));
    assert_eq!(after.tabs(), "later [opening]");
    let first = after.state.tabs[0].id;
    after.act(Action::Select(first));
    assert_eq!(after.tabs(), "[opening] opening");
    after.answer(archive(2));
    assert_eq!(after.tabs(), "[archive] opening");

    // The file's own tab is shown, and waits for it.
    let tab = page.state.tabs[0].id;
    page.act(Action::Select(tab));
    let mut after = reloaded(&page);
    assert_eq!(after.tabs(), "[wanted] later");
    after.act(again("a.tar"));
    assert_eq!(after.tabs(), "[opening] later");

    // The tab was closed, or waits for another file.
    let mut after = reloaded(&page);
    after.act(again("b.tar"));
    assert_eq!(after.tabs(), "[wanted] later");
}

#[test]
fn images_of_one_name_are_told_apart_by_their_files() {
    let served = |files: u32, number: u64| match given(files, "app:1") {
        Action::Given(mut all) => {
            all[0].served = Some(number);
            all
        }
        _ => Vec::new(),
    };
    let mut page = Page::new();
    page.act(Action::Given(served(1, 5))).answer(archive(2));
    page.act(Action::NewTab);
    page.act(Action::Given(served(2, 6))).answer(archive(3));
    assert_eq!(page.tabs(), "archive [archive]");
    assert!(page.hash().contains("served=6"), "{}", page.hash());

    let mut after = reloaded(&page);
    assert_eq!(after.tabs(), "later [wanted]");
    after.act(Action::ServedAgain(served(7, 5)));
    assert_eq!(after.tabs(), "later [wanted]", "another image of its name");
    assert!(!after.effects.contains(&Effect::DropFiles(FilesId(7))));
    after.act(Action::ServedAgain(served(8, 6)));
    assert_eq!(after.tabs(), "later [opening]");
    let is_own = |effect: &Effect| {
        let own = Attached::Files(FilesId(8));
        matches!(effect, Effect::Ask { attached, .. } if *attached == own)
    };
    assert!(after.effects.iter().any(is_own), "its own file is read");

    // A new export is not taken for the older image.
    let mut after = reloaded(&page);
    after.act(Action::Given(served(9, 9)));
    assert_eq!(after.tabs(), "later [opening]");
    assert!(after.hash().contains("served=9"), "{}", after.hash());

    // Another program's files have other numbers.
    let mut after = Page::new();
    after.state = after.state.with_tabs(saved(&page)).with_another_program();
    after.act(Action::ServedAgain(served(7, 5)));
    assert_eq!(after.tabs(), "[wanted] later");
    assert!(after.effects.contains(&Effect::DropFiles(FilesId(7))));

    // A file whose tab was closed is given back.
    let mut after = reloaded(&page);
    after.act(Action::ServedAgain(served(7, 4)));
    assert!(after.effects.contains(&Effect::DropFiles(FilesId(7))));
}

#[test]
fn a_neighbour_that_a_closed_tab_leaves_is_opened_and_back_finds_a_tab_of_before() {
    let mut page = Page::new();
    page.act(Action::Typed("r.test:5000".to_owned()))
        .answer(registry());
    page.act(Action::Typed("r.test:5000/demo/app:1.0".to_owned()))
        .answer(remote_image(1));
    let mut after = reloaded(&page);
    assert_eq!(after.tabs(), "later [opening]");
    after.act(Action::CloseTab(after.state.selected));
    assert_eq!(after.tabs(), "[opening]");
    let mut after = reloaded(&page);
    after.act(Action::Hash("#/http://r.test:5000".to_owned()));
    assert_eq!(after.tabs(), "[opening] opening");
}

#[test]
fn what_was_asked_about_before_a_reload_is_asked_about_after_it() {
    let mut page = Page::new();
    page.act(Action::Hash("#/http://other.test/app:1".to_owned()));
    page.act(Action::NewTab);
    let mut after = reloaded(&page);
    assert_eq!(after.tabs(), "later [home]");
    let linked = after.state.tabs[0].id;
    after.act(Action::Select(linked));
    assert_eq!(
        (after.asked(), after.tabs().as_str()),
        (None, "[linked] home")
    );
}

#[test]
fn an_address_that_was_no_tab_comes_beside_the_others() {
    let mut page = Page::new();
    page.act(given(1, "a.tar")).answer(archive(1));
    page.answer(Ok(Answer::Image(view(3, None))));
    let mut after = Page::new();
    after.state = after.state.with_tabs(saved(&page));
    after.act(Action::Hash("#/http://r.test:5000".to_owned()));
    assert_eq!(after.tabs(), "later [opening]");
    after.state = State::new(Vec::new(), "").with_tabs(String::new());
    assert_eq!(after.tabs(), "[home]");
}
