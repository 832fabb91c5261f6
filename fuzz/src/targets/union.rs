//! Checks that hold for any union, in each of its views: the answers to different queries agree.

use std::collections::BTreeSet;

use lamina::bounds::Limits;
use lamina::layer::EntryKind;
use lamina::overlay::{
    Change, ChangeFilter, Filter, Found, LayerIdx, ListedPath, NodeId, Query, Totals, TreeRows,
    Union, View,
};
use lamina::workspace::{Detail, listing_line};

use super::reading::check_path;
use super::world::LIMITS;

/// Maximum number of paths per view that are checked one by one, and that are compared as a whole.
const LOOKED_AT: usize = 300;
const COMPARED: usize = 5_000;

/// Checks every query of the page, in the views of the base, the top and one layer in between.
pub(super) fn check(union: &Union, limits: &Limits) {
    for layer in 0..union.n_layers() {
        let warnings = union.warnings(LayerIdx(layer as u32));
        assert!(warnings.kept.len() <= limits.layer.warnings);
    }
    let Some(top) = union.last_layer() else {
        return;
    };
    let layers = BTreeSet::from([LayerIdx(0), LayerIdx(top.0 / 2), top]);
    for layer in layers {
        for view in [View::UpTo(layer), View::Layer(layer)] {
            check_view(union, view);
        }
        check_counts(union, layer);
    }
    check_nodes(union, top);
    // A layer that does not exist is like an empty one.
    let beyond = LayerIdx(top.0 + 1);
    assert_eq!(union.listing(View::Layer(beyond)).count(), 0);
    assert_eq!(union.node(NodeId(u32::MAX), View::UpTo(top)), None);
}

/// Checks that two unions of the same layers are equal, however they were made.
pub(super) fn check_same(one: &Union, other: &Union) {
    assert_eq!(one.n_nodes(), other.n_nodes());
    if let Some(top) = one.last_layer() {
        let view = View::UpTo(top);
        let pairs = one.listing(view).zip(other.listing(view));
        for (a, b) in pairs.take(COMPARED) {
            assert_eq!(a, b);
        }
    }
}

fn check_view(union: &Union, view: View) {
    let listed: Vec<_> = union.listing(view).take(COMPARED).collect();
    let is_whole = listed.len() < COMPARED;
    assert!(listed.windows(2).all(|pair| pair[0].path < pair[1].path));
    for listed in listed.iter().take(LOOKED_AT) {
        check_listed(union, view, listed);
    }
    if is_whole {
        check_totals(union, view, &listed);
        check_tree(union, view, &listed);
        for listed in listed.iter().take(3) {
            check_find(union, view, listed);
        }
    }
    if let (View::Layer(_), true) = (view, is_whole) {
        assert!(listed.iter().all(|listed| listed.change.is_some()));
    }
}

/// Checks one path: it is found by its name, in a directory that the view shows, and its history explains it.
fn check_listed(union: &Union, view: View, listed: &ListedPath<'_>) {
    check_path(&listed.path);
    assert!(!listed.path.is_empty());
    let id = listed.id;
    assert_eq!(union.path(id), listed.path);
    assert_eq!(union.lookup(&listed.path), Some(id));
    assert!(union.shows(id, view));
    let info = union.node(id, view).expect("what is listed is shown");
    assert_eq!(info, listed.info);
    let parent = union.parent(id).expect("only the root has none");
    assert!(union.children(parent, view).any(|child| child == id));
    let above = union.node(parent, view).expect("a directory is shown");
    if let View::UpTo(_) = view {
        assert_eq!(above.kind, EntryKind::Dir);
        // The path itself, without a link in it, leads where the link at its end leads.
        if info.kind != EntryKind::Symlink {
            assert_eq!(union.resolve(&listed.path, view), Ok(id));
        } else if let Ok(end) = union.follow(id, view) {
            let end = union
                .node(end, view)
                .expect("what a link leads to is shown");
            assert_ne!(end.kind, EntryKind::Symlink);
        }
        let links = union.links(id, view);
        assert_eq!(info.n_names as usize, links.len() + 1);
        for other in links.into_iter().take(8) {
            let other = union.node(other, view).expect("a name is shown");
            assert_eq!(
                (other.kind, other.size_bytes, other.content, other.metadata),
                (info.kind, info.size_bytes, info.content, info.metadata)
            );
        }
    }
    let touches = union.history(id);
    assert!(touches.windows(2).all(|pair| pair[0].layer < pair[1].layer));
    let first = touches.first().expect("a layer brought it");
    assert_eq!(first.change, Change::Added);
    for place in info.content.into_iter().chain(info.metadata) {
        assert!(union.entry(place).is_some());
        assert!(place.layer <= view.layer());
    }
    for detail in [Detail::Plain, Detail::Full] {
        let line = listing_line(union, view, listed, detail);
        let json: serde_json::Value = serde_json::from_str(&line).expect("a line is JSON");
        assert_eq!(json["type"], listed.type_word());
    }
    if union.sha256(id, view).is_some() {
        assert_eq!(info.kind, EntryKind::File);
    }
}

/// Checks that the totals of the root are those of the listing.
fn check_totals(union: &Union, view: View, listed: &[ListedPath<'_>]) {
    if let View::Layer(_) = view {
        return;
    }
    let mut expected = Totals::default();
    let (mut sum, mut seen) = (0_u128, BTreeSet::new());
    for listed in listed {
        match listed.info.kind {
            EntryKind::File => expected.n_files += 1,
            EntryKind::Dir => expected.n_dirs += 1,
            _ => expected.n_others += 1,
        }
        let content = listed.info.content.map(|place| (place.layer, place.entry));
        if content.is_some_and(|content| seen.insert(content)) {
            sum += u128::from(listed.info.size_bytes);
        }
    }
    expected.size_bytes = u64::try_from(sum).unwrap_or(u64::MAX);
    assert_eq!(union.totals(NodeId::ROOT, view), expected);
}

/// Checks that the tree with all directories open has the rows of the listing, and
/// that a filter shows some of them.
fn check_tree(union: &Union, view: View, listed: &[ListedPath<'_>]) {
    let mut tree = TreeRows::new(view);
    for listed in listed.iter().rev().take(LOOKED_AT) {
        let row = tree.expand_to(union, listed.id);
        assert!(row.is_some(), "what is listed has a row");
    }
    let n_rows = tree.n_rows(union);
    let rows = tree.rows(union, 0, usize::MAX);
    assert_eq!(rows.len(), n_rows);
    let ids: BTreeSet<_> = rows.iter().map(|row| row.id).collect();
    assert_eq!(ids.len(), n_rows, "a path has two rows");
    for row in &rows {
        assert!(union.shows(row.id, view));
        assert!(row.posinset >= 1 && row.posinset <= row.setsize);
        assert_eq!(row.name, union.name(row.id));
    }
    let Some(some) = listed.get(listed.len() / 2) else {
        return;
    };
    tree.set_filter(Filter {
        text: union.name(some.id).to_vec(),
        changes: None,
        kind: Some(some.info.kind),
    });
    assert!(
        tree.expand_to(union, some.id).is_some(),
        "the filter loses a match"
    );
    tree.set_filter(Filter {
        text: Vec::new(),
        changes: Some(ChangeFilter {
            added: true,
            changed: true,
            deleted: true,
        }),
        kind: None,
    });
    for row in tree.rows(union, 0, LOOKED_AT) {
        assert!(union.shows(row.id, view));
    }
}

/// Checks that a search for a whole name finds its path.
fn check_find(union: &Union, view: View, listed: &ListedPath<'_>) {
    let name = union.name(listed.id);
    let query = Query::literal(name);
    let found = union.find(&query, view, usize::MAX);
    let is_this = |found: &&Found| found.id == listed.id && found.in_view;
    assert_eq!(found.iter().filter(is_this).count(), 1);
    for found in found {
        assert!(!found.in_view || union.shows(found.id, view));
        assert!(union.node(found.id, View::UpTo(found.layer)).is_some());
        assert!(found.hidden.is_none_or(|(by, _)| by > found.layer));
    }
    assert!(union.find(&query, view, 1).len() == 1);
    // Whatever a person types, the best hits are the same however few are asked for.
    let typed = String::from_utf8_lossy(name);
    if let Ok(query) = Query::parse(&typed, &LIMITS.search) {
        let found = union.find(&query, view, 3);
        assert!(found.len() <= 3);
        for found in found {
            query.marks(&union.path(found.id), &LIMITS.search);
        }
    }
}

/// Checks that a layer's counts are those of its own changes.
fn check_counts(union: &Union, layer: LayerIdx) {
    let view = View::Layer(layer);
    let counts = union.counts(layer);
    let mut n = [0_u32; 3];
    for id in (1..union.n_nodes() as u32).map(NodeId) {
        match union.node(id, view).and_then(|info| info.change) {
            Some(Change::Added) => n[0] += 1,
            Some(Change::Changed) => n[1] += 1,
            Some(Change::Deleted) => n[2] += 1,
            None => {}
        }
    }
    assert_eq!([counts.n_added, counts.n_changed, counts.n_deleted], n);
}

/// Checks that every node can be queried, visible or not.
fn check_nodes(union: &Union, top: LayerIdx) {
    for id in (0..union.n_nodes() as u32).map(NodeId).take(LOOKED_AT) {
        let path = union.path(id);
        check_path(&path);
        assert_eq!(union.lookup(&path), Some(id));
        let view = View::UpTo(top);
        assert_eq!(union.shows(id, view), union.node(id, view).is_some());
        let _ = (union.history(id), union.totals(id, view));
        let _ = union.xattrs(id, view);
    }
}
