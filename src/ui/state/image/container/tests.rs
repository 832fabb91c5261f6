//! Tests the container layer on the page, without a browser.

use crate::protocol::Check;
use crate::protocol::{
    Answer, Change, ChangeRow, ConfigField, ContainerRequest, ContainerView, EditOrder, EntryKind,
    FileText, ImagePath, Name, Problem, ProblemCode, Request, TreeView, ask,
};
use crate::ui::state::ImagePlace;
use crate::ui::state::image::tests::driver::{Page, at, image, layer, read};
use crate::ui::state::image::{ImageAction, ImagePart, ImageState, Loadable, TreeAction};

use super::UploadId;
use super::{
    CommitAction, CommitText, ContainerAction, EditorAction, FormField, FormKind, FormProblem,
    language_of, name_problem,
};

fn view(paths: &[&str]) -> ContainerView {
    ContainerView {
        layer: 1,
        changes: paths
            .iter()
            .map(|path| ChangeRow {
                change: Change::Changed,
                path: Name {
                    text: format!("/{path}"),
                    hex: None,
                },
                path_key: at(path),
                kind: EntryKind::File,
                size_bytes: 1,
                below_bytes: 1,
            })
            .collect(),
        n_more: 0,
        n_added: 0,
        n_changed: u32::try_from(paths.len()).unwrap(),
        n_deleted: 0,
        size_bytes: 1,
        undo: None,
        redo: None,
        lasts: true,
        lost: None,
    }
}

fn layer_answer(view: Option<ContainerView>) -> Answer {
    Answer::Container(view)
}

/// Returns a page whose layers are all available.
fn read_page() -> Page {
    let mut view_of_image = image(vec![layer(0, read(Check::Ok))]);
    view_of_image.n_layers_ready = 1;
    Page::of(ImageState::new(view_of_image, &ImagePlace::default()))
}

/// Returns such a page with a container layer and rows.
fn page() -> Page {
    let mut page = read_page();
    answer(&mut page, layer_answer(Some(view(&[]))));
    page.rows(2, &["a", "b"]);
    while page.asks_for_tree().is_some() {
        page.rows(2, &["a", "b"]);
    }
    page
}

/// Answers the oldest request about the container layer.
fn answer(page: &mut Page, with: Answer) -> ContainerRequest {
    let request = page.answer(
        |request| matches!(request, Request::Container(_)).then(|| with.clone()),
        b"",
    );
    match request {
        Request::Container(ask::Container { ask, .. }) => ask,
        _ => unreachable!("only these are answered"),
    }
}

/// Answers the editor's request for a text.
fn answer_text(page: &mut Page, text: FileText) {
    let asks_text = |request: &Request| matches!(request, Request::Text(_));
    page.answer(
        |request| asks_text(request).then(|| Answer::Text(text.clone())),
        b"",
    );
}

fn act(page: &mut Page, action: ContainerAction) {
    page.act(ImageAction::Container(action));
}

fn asks(page: &Page) -> Vec<&ContainerRequest> {
    let asks = page.open.iter().filter_map(|(_, request)| match request {
        Request::Container(ask::Container { ask, .. }) => Some(ask),
        _ => None,
    });
    asks.collect()
}

#[test]
fn what_is_kept_is_looked_for_once_all_layers_are_there() {
    let mut page = Page::new(&ImagePlace::default());
    assert!(asks(&page).is_empty());
    page.layer_done(layer(0, read(Check::Ok)), 1);
    page.layer_done(layer(1, read(Check::Ok)), 2);
    assert!(asks(&page).is_empty());
    let mut done = image(vec![layer(0, read(Check::Ok)), layer(1, read(Check::Ok))]);
    done.n_layers_ready = 2;
    let reading = |request: &Request| {
        matches!(request, Request::ReadLayers(_)).then(|| Answer::Image(done.clone()))
    };
    page.answer(reading, b"");
    assert_eq!(asks(&page), [&ContainerRequest::Look]);
    answer(&mut page, layer_answer(None));
    assert!(!page.state.container.is_open());
    act(&mut page, ContainerAction::Start);
    assert_eq!(asks(&page), [&ContainerRequest::Start]);
}

#[test]
fn a_form_asks_for_one_edit_and_goes_to_what_came_of_it() {
    let mut page = page();
    page.tree(TreeAction::Choose(0));
    act(&mut page, ContainerAction::OpenForm(FormKind::NewFile));
    act(&mut page, ContainerAction::Submit);
    let problem = |page: &Page| page.state.container.form.as_ref().unwrap().problem;
    assert_eq!(problem(&page), Some(FormProblem::NoName));
    let name = |text: &str| ContainerAction::Field(FormField::Name, text.to_owned());
    act(&mut page, name(".wh.a"));
    assert_eq!(problem(&page), Some(FormProblem::Whiteout));
    act(&mut page, ContainerAction::Submit);
    assert!(asks(&page).is_empty());
    act(&mut page, name("new"));
    assert_eq!(problem(&page), None);
    act(&mut page, ContainerAction::Submit);
    // A second Enter requests nothing more.
    act(&mut page, ContainerAction::Submit);
    assert_eq!(asks(&page).len(), 1);
    let asked = answer(&mut page, layer_answer(Some(view(&["new"]))));
    let ContainerRequest::Edit { edits } = asked else {
        panic!("an edit was to be asked for: {asked:?}");
    };
    assert!(matches!(&edits[..], [EditOrder::NewFile { path }] if path.text == "new"));
    assert_eq!(page.state.container.form, None);
    assert_eq!(page.state.panel.as_ref().unwrap().path_key, at("new"));
}

#[test]
fn what_is_refused_stays_in_the_form_with_its_reason() {
    let mut page = page();
    page.tree(TreeAction::Choose(0));
    act(&mut page, ContainerAction::OpenForm(FormKind::Rename));
    act(&mut page, ContainerAction::Submit);
    assert_eq!(
        page.state.container.form, None,
        "the same name is no change"
    );
    act(&mut page, ContainerAction::OpenForm(FormKind::Attributes));
    act(
        &mut page,
        ContainerAction::Field(FormField::Mode, "0999".to_owned()),
    );
    act(&mut page, ContainerAction::Submit);
    let problem = page.state.container.form.as_ref().unwrap().problem;
    assert_eq!(problem, Some(FormProblem::Mode));
    act(
        &mut page,
        ContainerAction::Field(FormField::Mode, "0600".to_owned()),
    );
    act(&mut page, ContainerAction::Submit);
    let (id, request) = page.open.pop().unwrap();
    let refused = Problem::new(ProblemCode::Refused, "/a", "there is something in the way");
    page.act(ImageAction::Answered {
        id,
        exchange: Box::new(request.with(Err(refused.clone()))),
        bytes: Vec::new(),
    });
    assert!(page.state.container.form.is_some());
    assert_eq!(page.state.container.problem, Some(refused));
    act(&mut page, ContainerAction::DismissProblem);
    assert_eq!(page.state.container.problem, None);
}

#[test]
fn the_editor_keeps_what_is_written_and_asks_before_it_is_lost() {
    let mut page = page();
    page.tree(TreeAction::Choose(0));
    act(&mut page, ContainerAction::Editor(EditorAction::Open));
    answer_text(&mut page, FileText::Utf8("one".to_owned()));
    let editing = page.state.container.editing.clone().unwrap();
    assert!(matches!(&editing.text, Loadable::Ready(text) if **text == "one"));
    let editor = |page: &mut Page, action| act(page, ContainerAction::Editor(action));
    editor(&mut page, EditorAction::Changed);
    editor(&mut page, EditorAction::Leave);
    assert!(page.state.container.editing.as_ref().unwrap().asks_leave);
    editor(&mut page, EditorAction::Save("two".to_owned()));
    answer(&mut page, layer_answer(Some(view(&["a"]))));
    assert_eq!(page.state.container.editing, None, "it was to be left");
    let shown = page.state.container.layer.as_ref().unwrap();
    assert_eq!(shown.n_changed, 1);
}

#[test]
fn bytes_that_are_no_text_are_not_edited() {
    let mut page = page();
    page.tree(TreeAction::Choose(0));
    act(&mut page, ContainerAction::Editor(EditorAction::Open));
    answer_text(&mut page, FileText::Binary);
    let editing = page.state.container.editing.as_ref().unwrap();
    assert!(matches!(editing.text, Loadable::Failed(_)));
}

#[test]
fn thrown_away_its_view_and_its_tab_are_left() {
    let mut page = page();
    page.tree(TreeAction::View(TreeView::Layer(1)));
    page.act(ImageAction::ShowTab(ImagePart::Diff));
    act(&mut page, ContainerAction::AskThrowAway(true));
    assert!(page.state.container.asks_throw_away);
    act(&mut page, ContainerAction::ThrowAway);
    answer(&mut page, layer_answer(None));
    assert!(!page.state.container.is_open());
    assert_eq!(page.state.tree.view, TreeView::Union);
    assert_eq!(page.state.tab, ImagePart::Files);
}

#[test]
fn only_changed_fields_are_committed() {
    let mut page = page();
    page.act(ImageAction::ShowTab(ImagePart::Commit));
    let own = vec![
        (ConfigField::User, "root".to_owned()),
        (ConfigField::Cmd, "[\"a\"]".to_owned()),
    ];
    let fields = |request: &Request| {
        matches!(request, Request::FormFields(_)).then(|| Answer::FormFields(own.clone()))
    };
    page.answer(fields, b"");
    assert_eq!(page.state.container.commit.n_changed(), 0);
    let set = |page: &mut Page, place, text: &str| {
        let text = CommitAction::Text(place, text.to_owned());
        act(page, ContainerAction::Commit(text));
    };
    set(&mut page, CommitText::Field(ConfigField::User), "app");
    set(&mut page, CommitText::Names, "a:1\n  b:2 , c");
    set(&mut page, CommitText::Message, " why ");
    act(&mut page, ContainerAction::Commit(CommitAction::Commit));
    act(&mut page, ContainerAction::Commit(CommitAction::Commit));
    let commits = page.open.iter().filter_map(|(_, request)| match request {
        Request::Commit(asked) => Some(&asked.form),
        _ => None,
    });
    let commits: Vec<_> = commits.collect();
    let [form] = commits[..] else {
        panic!("one commit was to be asked for: {commits:?}");
    };
    assert_eq!(form.fields, [(ConfigField::User, "app".to_owned())]);
    assert_eq!(form.names, ["a:1", "b:2", "c"]);
    assert_eq!(form.message, "why");
}

#[test]
fn names_that_can_never_be_are_told_apart() {
    for (text, problem) in [
        ("a", None),
        ("/a/b/", None),
        ("", Some(FormProblem::NoName)),
        ("/", Some(FormProblem::NoName)),
        ("a/../b", Some(FormProblem::Dots)),
        (".wh.a", Some(FormProblem::Whiteout)),
        ("a/.wh..wh..opq", Some(FormProblem::Whiteout)),
        (".whale", None),
    ] {
        assert_eq!(name_problem(text), problem, "{text}");
    }
}

#[test]
fn languages_go_by_name_then_by_first_line() {
    for (path, text, language) in [
        ("/etc/nginx/nginx.conf", "", "nginx"),
        ("/app/Dockerfile", "", "dockerfile"),
        ("/a/b.json", "", "json"),
        ("/usr/bin/tool", "#!/usr/bin/env python3\n", "python"),
        ("/usr/bin/tool", "#!/bin/sh -e\n", "shell"),
        ("/etc/hosts", "127.0.0.1", ""),
    ] {
        assert_eq!(language_of(path, text), language, "{path}");
    }
}

#[test]
fn the_editors_save_is_told_from_other_changes() {
    let mut page = page();
    page.tree(TreeAction::Choose(0));
    act(&mut page, ContainerAction::Editor(EditorAction::Open));
    answer_text(&mut page, FileText::Utf8("one".to_owned()));
    let editor = |page: &mut Page, action| act(page, ContainerAction::Editor(action));
    editor(&mut page, EditorAction::Changed);
    editor(&mut page, EditorAction::Save("two".to_owned()));
    // What is dropped meanwhile waits for the user, and is not taken for the save.
    act(
        &mut page,
        ContainerAction::Upload {
            files: UploadId(1),
            dir: ImagePath::root(),
            paths: vec!["x".to_owned()],
        },
    );
    let problem = page.state.container.problem.take().expect("it is refused");
    assert_eq!(problem.code, ProblemCode::Refused);
    let asked = asks(&page);
    assert!(
        matches!(asked[..], [ContainerRequest::Edit { .. }]),
        "{asked:?}"
    );
    answer(&mut page, layer_answer(Some(view(&["a"]))));
    assert!(!page.state.container.editing.as_ref().unwrap().is_saving);
    assert!(!page.state.container.is_busy);
}

#[test]
fn a_form_whose_fields_did_not_come_is_asked_for_again() {
    let mut page = page();
    page.act(ImageAction::ShowTab(ImagePart::Commit));
    let gone = Problem::new(ProblemCode::PartMissing, "make", "404");
    let asked = |request: &Request| matches!(request, Request::FormFields(_));
    page.end(asked, Err(gone.clone()), b"");
    let commit = |page: &Page| page.state.container.commit.clone();
    assert_eq!(commit(&page).own_problem, Some(gone));
    assert!(!commit(&page).has_fields());
    act(&mut page, ContainerAction::Commit(CommitAction::RetryForm));
    let own = vec![(ConfigField::User, "root".to_owned())];
    page.answer(
        |request| asked(request).then(|| Answer::FormFields(own.clone())),
        b"",
    );
    assert_eq!(commit(&page).own_problem, None);
    assert!(commit(&page).has_fields());
}

#[test]
fn a_layer_that_could_not_be_looked_for_is_looked_for_before_another_is_started() {
    let mut page = read_page();
    let looks = |request: &Request| matches!(request, Request::Container(_));
    let gone = Problem::new(ProblemCode::PartMissing, "make", "404");
    page.end(looks, Err(gone), b"");
    act(&mut page, ContainerAction::Start);
    assert_eq!(asks(&page), [&ContainerRequest::Look]);
    answer(&mut page, layer_answer(Some(view(&["a"]))));
    assert!(page.state.container.is_open());
}
