//! Tests a path's panel: the version it shows, and the answers it accepts.

use super::{Page, at, layer, read, row};
use crate::protocol::Check;
use crate::protocol::{
    Answer, Cause, Change, ContentAnswer, ContentKind, DetailAnswer, EntryKind, Name, PathDetail,
    Problem, ProblemCode, Request, TouchRow, TreeRow, ask,
};
use crate::ui::state::ImagePlace;
use crate::ui::state::image::{ImageAction, Loadable, PanelAction, Said, TreeAction};

fn touch(layer: u32, change: Change, has_content: bool) -> TouchRow {
    TouchRow {
        layer,
        change,
        cause: Cause::Entry,
        content_identical: false,
        kind: (change != Change::Deleted).then_some(EntryKind::File),
        mode: 0o644,
        uid: 0,
        gid: 0,
        size_bytes: 5,
        mtime: 0,
        has_content,
        passed_bytes: 0,
    }
}

fn detail(request: &Request, row: Option<TreeRow>, history: Vec<TouchRow>) -> Option<Answer> {
    let Request::Detail(ask::Detail { path_key, .. }) = request else {
        return None;
    };
    Some(Answer::Detail(DetailAnswer::Known(PathDetail {
        path: Name {
            text: "/etc/hosts".to_owned(),
            hex: None,
        },
        path_key: path_key.clone(),
        row,
        mtime_nanos: 0,
        resolved: None,
        resolve_problem: None,
        xattrs: Vec::new(),
        links: Vec::new(),
        totals: None,
        history,
        incomplete: false,
    })))
}

fn content(request: &Request) -> Option<Answer> {
    matches!(request, Request::Content(_)).then_some(Answer::Content(ContentAnswer {
        size_bytes: 5,
        offset: 0,
        kind: ContentKind::Text,
    }))
}

#[test]
fn a_file_far_into_a_layer_of_one_piece_can_be_waited_for_or_not() {
    let mut page = Page::new(&ImagePlace::default());
    page.rows(1, &["far"]);
    page.tree(TreeAction::Choose(0));
    let far = TouchRow {
        passed_bytes: 500_000_000,
        ..touch(0, Change::Added, true)
    };
    page.answer(|r| detail(r, Some(row("far")), vec![far.clone()]), b"");
    let shown = |page: &Page| {
        let panel = page.state.panel.as_ref();
        panel
            .and_then(|panel| panel.content.clone())
            .expect("a version is shown")
    };
    assert!(shown(&page).is_far() && shown(&page).loading.is_some());
    let mut decoding = |layer, done| {
        page.act(ImageAction::Decoding {
            layer,
            progress: (done, 500_000_005),
        });
        shown(&page).progress
    };
    assert_eq!(decoding(0, 7_000_000), Some((7_000_000, 500_000_005)));
    assert_eq!(
        decoding(1, 9_000_000),
        Some((7_000_000, 500_000_005)),
        "of another version"
    );
    let asked = page
        .open
        .iter()
        .position(|(_, r)| matches!(r, Request::Content(_)));
    let (id, request) = page.open.remove(asked.expect("its beginning is asked for"));
    page.act(ImageAction::Panel(PanelAction::Stop));
    assert_eq!(page.cancelled, [id]);
    let cancelled = Problem::new(ProblemCode::Cancelled, "", "cancelled");
    page.act(ImageAction::Answered {
        id,
        exchange: Box::new(request.with(Err(cancelled.clone()))),
        bytes: Vec::new(),
    });
    let content_then = shown(&page);
    assert_eq!((content_then.progress, content_then.loading), (None, None));
    assert_eq!(content_then.problem, Some(cancelled));
    page.act(ImageAction::Panel(PanelAction::Retry));
    page.answer(content, b"a\nb\nc");
    assert!(shown(&page).is_whole());
}

#[test]
fn the_panel_shows_the_version_of_the_view_and_any_other_on_demand() {
    let mut page = Page::new(&ImagePlace::default());
    page.rows(1, &["hosts"]);
    page.tree(TreeAction::Choose(0));
    let history = || {
        vec![
            touch(0, Change::Added, true),
            touch(1, Change::Changed, true),
        ]
    };
    page.answer(|r| detail(r, Some(row("hosts")), history()), b"");
    // Layer 0 supplies the row.
    assert!(matches!(
        page.answer(content, b"a\nb\nc"),
        Request::Content(ask::Content { layer: 0, .. })
    ));
    let shown = page.state.panel.as_ref().and_then(|p| p.content.as_ref());
    assert_eq!(shown.map(|content| content.text.n_lines()), Some(3));
    page.act(ImageAction::Panel(PanelAction::Version(1)));
    assert!(matches!(
        page.answer(content, b"x"),
        Request::Content(ask::Content { layer: 1, .. })
    ));
}

#[test]
fn a_deleted_path_has_no_content_until_a_version_is_chosen() {
    let mut page = Page::new(&ImagePlace::default());
    page.rows(1, &["hosts"]);
    page.tree(TreeAction::Choose(0));
    let history = || {
        vec![
            touch(0, Change::Added, true),
            touch(1, Change::Deleted, false),
        ]
    };
    page.answer(|r| detail(r, None, history()), b"");
    let content_of = |page: &Page| page.state.panel.as_ref().and_then(|p| p.content.clone());
    assert_eq!(content_of(&page), None);
    page.act(ImageAction::Panel(PanelAction::Version(1)));
    assert_eq!(content_of(&page), None, "a deletion is no version");
    page.act(ImageAction::Panel(PanelAction::Version(0)));
    page.answer(content, b"12345");
    assert!(content_of(&page).is_some_and(|content| content.is_whole()));
    // Another layer arrives: the chosen version stays, although the view does not have the path.
    page.layer_done(layer(1, read(Check::Ok)), 2);
    page.answer(|r| detail(r, None, history()), b"");
    assert_eq!(content_of(&page).map(|content| content.layer), Some(0));
}

#[test]
fn an_answer_about_a_path_left_behind_changes_nothing() {
    let mut page = Page::new(&ImagePlace::default());
    page.rows(1, &["a", "b"]);
    page.tree(TreeAction::Choose(0));
    page.tree(TreeAction::Choose(1));
    assert_eq!(page.cancelled.len(), 1);
    page.answer(|r| detail(r, None, Vec::new()), b"");
    let panel = page.state.panel.as_ref().expect("is open");
    assert_eq!(panel.detail, Loadable::Loading);
    page.answer(|r| detail(r, None, Vec::new()), b"");
    assert!(page.state.panel.expect("is open").detail().is_some());
}

#[test]
fn a_path_that_the_view_does_not_have_keeps_its_panel() {
    let mut page = Page::new(&ImagePlace::default());
    page.rows(1, &["a", "b"]);
    page.tree(TreeAction::Choose(0));
    page.tree(TreeAction::Reveal(at("gone")));
    page.rows(1, &["a", "b"]);
    assert_eq!(page.state.tree.focus, None);
    assert!(matches!(page.state.said, Some((_, Said::NotInView))));
    assert_eq!(
        page.state.panel.map(|panel| panel.path_key.clone()),
        Some(at("gone"))
    );
}
