//! Tests the tree, its keys and the search: the visible rows, the chosen row and the requests.

use super::{Page, at, layer, many, read, strs};
use crate::protocol::Check;
use crate::protocol::{
    Answer, ChangeFilter, Direction, EntryKind, MatchRow, Matches, Name, Problem, ProblemCode,
    Request, SortKey, TreeChange, TreeView, ask,
};
use crate::ui::state::image::{
    FindAction, ImageAction, ImagePart, Loadable, PanelAction, Reading, Said, TreeAction, TreeKey,
};
use crate::ui::state::{ImagePlace, MoveKind};

#[test]
fn an_opened_image_reads_its_layers_and_asks_for_rows() {
    let page = Page::new(&ImagePlace::default());
    assert_eq!(page.state.reading, Reading::UnderWay);
    let kinds: Vec<bool> = page
        .open
        .iter()
        .map(|(_, request)| matches!(request, Request::ReadLayers(_)))
        .collect();
    assert_eq!(kinds, [true, false]);
}

#[test]
fn only_what_is_in_sight_is_asked_for_one_question_at_a_time() {
    let mut page = Page::new(&ImagePlace::default());
    let paths = many(10_000);
    while page.asks_for_tree().is_some() {
        page.rows(1, &strs(&paths));
    }
    for first_row in [2_000, 5_000, 9_000] {
        page.tree(TreeAction::Viewport {
            first_row,
            n_visible: 40,
        });
    }
    let mut starts = Vec::new();
    while page.asks_for_tree().is_some() {
        if let Request::Tree(ask::Tree { start, .. }) = page.rows(1, &strs(&paths)) {
            starts.push(start);
        }
    }
    // The first of the three was in flight already; the second was never requested. Its neighbours come last.
    assert_eq!(starts.get(..2), Some(&[1_920, 8_960][..]));
    assert!(starts.iter().all(|start| start.abs_diff(5_000) > 1_000));
    assert_eq!(
        page.state
            .tree
            .rows
            .row(9_000)
            .map(|row| row.name.text.as_str()),
        Some("file-09000")
    );
}

#[test]
fn keys_move_open_and_go_to_the_parent() {
    let mut page = Page::new(&ImagePlace::default());
    let paths = ["bin+", "etc/", "etc/hosts", "etc/passwd", "usr+"];
    page.rows(1, &paths);
    page.key(TreeKey::Down);
    assert_eq!(page.focused().as_deref(), Some("bin"));
    page.key(TreeKey::End);
    assert_eq!(page.focused().as_deref(), Some("usr"));
    page.key(TreeKey::Up);
    page.key(TreeKey::Left);
    assert_eq!(page.focused().as_deref(), Some("etc"));
    page.key(TreeKey::Right);
    assert_eq!(page.focused().as_deref(), Some("hosts"));
    page.key(TreeKey::Typed("p".to_owned()));
    assert_eq!(page.focused().as_deref(), Some("passwd"));
    page.key(TreeKey::Typed("b".to_owned()));
    assert_eq!(page.focused().as_deref(), Some("bin"));
    page.key(TreeKey::Right);
    let asked = page.rows(1, &paths);
    assert!(matches!(
        asked,
        Request::Tree(ask::Tree {
            change: Some(TreeChange::Toggle { expanded: true, .. }),
            ..
        })
    ));
}

#[test]
fn the_chosen_row_and_the_scroll_position_outlive_a_new_layer() {
    let mut page = Page::new(&ImagePlace::default());
    let before = many(1_000);
    page.rows(1, &strs(&before));
    page.tree(TreeAction::Viewport {
        first_row: 100,
        n_visible: 40,
    });
    page.tree(TreeAction::Choose(110));
    assert_eq!(page.focused().as_deref(), Some("file-00110"));
    page.layer_done(layer(1, read(Check::Ok)), 2);
    let mut after: Vec<String> = (0..30).map(|i| format!("added-{i}")).collect();
    after.extend(before);
    while page.asks_for_tree().is_some() {
        page.rows(2, &strs(&after));
    }
    assert_eq!(page.focused().as_deref(), Some("file-00110"));
    assert_eq!(page.state.tree.first_row, 130);
    assert!(page.state.tree.scroll.keeps_fraction);
}

#[test]
fn a_path_of_the_address_bar_is_awaited_until_its_layer_is_there() {
    let place = ImagePlace {
        path_key: Some(at("etc/new")),
        ..ImagePlace::default()
    };
    let mut page = Page::new(&place);
    page.rows(1, &["etc+"]);
    assert_eq!(page.state.tree.focus, None);
    assert_eq!(page.state.said, None);
    page.layer_done(layer(1, read(Check::Ok)), 2);
    page.rows(2, &["etc/", "etc/new"]);
    assert_eq!(page.focused().as_deref(), Some("new"));
    assert_eq!(page.state.place(), place);
}

fn found(text: &str, path: &str, in_view: bool, deleted_by: Option<u32>) -> MatchRow {
    MatchRow {
        path: Name {
            text: text.to_owned(),
            hex: None,
        },
        path_key: at(path),
        marks: Vec::new(),
        kind: EntryKind::File,
        size_bytes: 1,
        layer: 0,
        in_view,
        deleted_by,
        overwritten_by: None,
    }
}

/// Takes the hits of a search made in one view after another, and checks the view that each leads to.
#[test]
fn a_hit_leads_to_a_view_that_shows_it() {
    for (from, rows) in [
        (
            TreeView::Union,
            [
                (found("k", "key", false, Some(1)), TreeView::UpTo(0)),
                (found("k", "kept", true, None), TreeView::Union),
            ],
        ),
        (
            TreeView::Layer(1),
            [
                (found("k", "kept", false, None), TreeView::Union),
                (found("k", "key", true, Some(1)), TreeView::UpTo(0)),
            ],
        ),
    ] {
        let mut page = Page::new(&ImagePlace {
            view: from,
            ..ImagePlace::default()
        });
        page.act(ImageAction::Find(FindAction::Text("k".to_owned())));
        let hits = || rows.iter().map(|(row, _)| row.clone()).collect();
        let answer = |request: &Request| match request {
            Request::Find(_) => Some(Answer::Matches(Matches {
                rows: hits(),
                more: false,
                is_whole: true,
            })),
            _ => None,
        };
        page.answer(answer, b"");
        for (position, (row, view)) in rows.iter().enumerate() {
            page.act(ImageAction::Find(FindAction::Take(Some(position))));
            let place = page.state.place();
            assert_eq!(
                (place.view, place.path_key),
                (*view, Some(row.path_key.clone()))
            );
        }
    }
}

#[test]
fn a_newer_search_takes_the_place_of_an_older_one() {
    let mut page = Page::new(&ImagePlace::default());
    page.rows(1, &["etc+"]);
    page.act(ImageAction::Find(FindAction::Text("ho".to_owned())));
    page.act(ImageAction::Find(FindAction::Text("hos".to_owned())));
    assert_eq!(page.cancelled.len(), 1);
    let hit = |request: &Request| match request {
        Request::Find(ask::Find { text, .. }) => Some(Answer::Matches(Matches {
            rows: vec![found(text, "etc/hosts", true, None)],
            more: false,
            is_whole: true,
        })),
        _ => None,
    };
    page.answer(hit, b"");
    assert_eq!(page.state.find.hits, Loadable::Loading, "the older one");
    page.answer(hit, b"");
    assert!(matches!(
        page.state.said,
        Some((
            _,
            Said::Found {
                n: 1,
                more: false,
                ..
            }
        ))
    ));
    page.act(ImageAction::Find(FindAction::Take(None)));
    page.rows(1, &["etc/", "etc/hosts"]);
    assert_eq!(page.focused().as_deref(), Some("hosts"));
    assert!(page.state.panel.is_some());
    // The same text, typed again, shows its hits again.
    page.act(ImageAction::Find(FindAction::Close));
    assert!(!page.state.find.is_open);
    page.act(ImageAction::Find(FindAction::Text("hos".to_owned())));
    assert!(page.state.find.is_open);
}

#[test]
fn enter_waits_for_the_hits_of_what_is_typed() {
    let mut page = Page::new(&ImagePlace::default());
    page.rows(1, &["etc+"]);
    let answer = |path: &'static str| {
        move |request: &Request| match request {
            Request::Find(_) => Some(Answer::Matches(Matches {
                rows: match path {
                    "" => Vec::new(),
                    path => vec![found(path, path, true, None)],
                },
                more: false,
                is_whole: true,
            })),
            _ => None,
        }
    };
    page.act(ImageAction::Find(FindAction::Text("old".to_owned())));
    page.answer(answer("old"), b"");
    page.act(ImageAction::Find(FindAction::Text("new".to_owned())));
    page.pace = None;
    page.act(ImageAction::Find(FindAction::Take(None)));
    assert_eq!(page.state.panel, None, "the hit of an older text");
    page.answer(answer("new"), b"");
    assert_eq!(page.state.place().path_key, Some(at("new")));
    assert_eq!(page.pace, Some(MoveKind::Step), "Back returns from it");
    // What is taken back, or finds nothing, goes nowhere.
    page.act(ImageAction::Panel(PanelAction::Close));
    for (action, path) in [
        (FindAction::Close, "gone"),
        (FindAction::Text("more".to_owned()), "gone"),
        (FindAction::Take(None), ""),
    ] {
        page.act(ImageAction::Find(FindAction::Text(format!(
            "find {action:?}"
        ))));
        page.act(ImageAction::Find(FindAction::Take(None)));
        page.act(ImageAction::Find(action));
        while page
            .open
            .iter()
            .any(|(_, request)| matches!(request, Request::Find(_)))
        {
            page.answer(answer(path), b"");
        }
        assert_eq!(page.state.panel, None);
    }
}

#[test]
fn the_few_changes_of_a_layer_are_all_opened() {
    let mut page = Page::new(&ImagePlace::default());
    page.rows(1, &["etc+"]);
    page.layer_done(layer(1, read(Check::Ok)), 2);
    page.rows(2, &["etc+"]);
    page.tree(TreeAction::View(TreeView::Layer(1)));
    assert_eq!(page.state.tree.filter.changes, Some(ChangeFilter::ALL));
    assert!(page.state.tree.is_unfiltered());
    while page.asks_for_tree().is_some() {
        page.rows(2, &["etc/", "etc/new"]);
    }
    page.tree(TreeAction::View(TreeView::Union));
    assert!(page.state.tree.filter.changes.is_none());
}

#[test]
fn a_failed_tree_is_asked_for_again_only_on_demand() {
    let mut page = Page::new(&ImagePlace::default());
    let gone = Problem::new(ProblemCode::WorkerLost, "worker", "gone");
    page.end(
        |request| matches!(request, Request::Tree(_)),
        Err(gone),
        b"",
    );
    assert!(page.state.tree.problem.is_some());
    assert!(page.asks_for_tree().is_none());
    page.tree(TreeAction::Retry);
    assert!(page.asks_for_tree().is_some());
}

#[test]
fn the_first_click_on_a_column_shows_what_one_looks_for() {
    let mut page = Page::new(&ImagePlace::default());
    page.rows(1, &["etc+"]);
    for (column, first) in [
        (SortKey::Size, Direction::Descending),
        (SortKey::Owner, Direction::Ascending),
        (SortKey::Time, Direction::Descending),
        (SortKey::Layer, Direction::Descending),
        (SortKey::Mode, Direction::Ascending),
        (SortKey::Name, Direction::Ascending),
    ] {
        page.tree(TreeAction::Sort(column));
        assert_eq!(page.state.tree.sort.direction, first, "{column:?}");
        let asked = page.rows(1, &["etc+"]);
        let Request::Tree(ask::Tree {
            change: Some(TreeChange::Sort { sort }),
            ..
        }) = asked
        else {
            panic!("{column:?}: another order is asked for: {asked:?}");
        };
        assert_eq!(sort.direction, first, "{column:?}");
        page.tree(TreeAction::Sort(column));
        assert_ne!(page.state.tree.sort.direction, first, "{column:?} again");
        page.rows(1, &["etc+"]);
        page.tree(TreeAction::Sort(column));
        assert_eq!(
            page.state.tree.sort.direction, first,
            "{column:?} a third time"
        );
        page.rows(1, &["etc+"]);
    }
}

#[test]
fn a_click_opens_a_directory_in_the_tree_and_a_file_in_the_panel() {
    let mut page = Page::new(&ImagePlace::default());
    page.rows(1, &["etc+", "motd"]);
    let toggles = |page: &mut Page, paths: &[&str]| match page.rows(1, paths) {
        Request::Tree(ask::Tree {
            change: Some(TreeChange::Toggle { expanded, .. }),
            ..
        }) => expanded,
        other => panic!("the directory is opened or closed: {other:?}"),
    };
    page.tree(TreeAction::Choose(0));
    assert!(toggles(&mut page, &["etc/", "etc/hosts", "motd"]));
    assert_eq!(page.focused().as_deref(), Some("etc"));
    assert_eq!(page.state.panel, None, "no room is taken from the tree");
    page.tree(TreeAction::Choose(0));
    assert!(!toggles(&mut page, &["etc+", "motd"]));
    page.tree(TreeAction::Choose(1));
    let panel = |page: &Page| page.state.panel.as_ref().map(|panel| panel.path.clone());
    assert_eq!(panel(&page).as_deref(), Some("/motd"));
    // An open panel follows the chosen row; a closed one opens on request.
    page.tree(TreeAction::Choose(0));
    toggles(&mut page, &["etc/", "etc/hosts", "motd"]);
    assert_eq!(panel(&page).as_deref(), Some("/etc"));
    page.act(ImageAction::Panel(PanelAction::Close));
    page.key(TreeKey::Space);
    assert_eq!(panel(&page).as_deref(), Some("/etc"));
}

#[test]
fn each_deed_is_a_step_and_the_rows_that_keys_go_through_are_a_walk() {
    let mut page = Page::new(&ImagePlace::default());
    let paths = ["a", "b", "c", "d"];
    page.rows(1, &paths);
    let step = |page: &mut Page, action: ImageAction| {
        let before = page.state.place();
        page.act(action);
        assert_ne!(page.state.place(), before);
        page.pace.expect("it moved")
    };
    let tree = ImageAction::Tree;
    let key = |key| ImageAction::Tree(TreeAction::Key(key));
    for (action, pace) in [
        (tree(TreeAction::Choose(0)), MoveKind::Step),
        (key(TreeKey::Down), MoveKind::Walk),
        (key(TreeKey::End), MoveKind::Walk),
        (tree(TreeAction::Reveal(at("b"))), MoveKind::Step),
        (tree(TreeAction::View(TreeView::UpTo(0))), MoveKind::Step),
        (ImageAction::ShowTab(ImagePart::Space), MoveKind::Step),
        (ImageAction::Panel(PanelAction::Close), MoveKind::Step),
    ] {
        let what = format!("{action:?}");
        assert_eq!(step(&mut page, action), pace, "{what}");
    }
}

#[test]
fn a_row_that_comes_late_is_where_the_walk_went() {
    let mut page = Page::new(&ImagePlace::default());
    let paths = many(1_000);
    page.rows(1, &strs(&paths));
    page.tree(TreeAction::Choose(0));
    let before = page.state.place();
    page.key(TreeKey::End);
    assert_eq!(page.state.place(), before, "its name is not known yet");
    page.tree(TreeAction::Viewport {
        first_row: 960,
        n_visible: 40,
    });
    while page.asks_for_tree().is_some() {
        page.rows(1, &strs(&paths));
    }
    assert_eq!(page.state.place().path_key, Some(at("file-00999")));
    assert_eq!(page.pace, Some(MoveKind::Walk));
}
