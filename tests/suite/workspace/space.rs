//! The page's view of an image's space.

use lamina::insight::Dead;
use lamina::overlay::LayerIdx;
use lamina::protocol::{
    ContainerRequest, DeathCause, EditOrder, ExportKind, ImageView, LayerSpace, ProblemCode,
    Request, SpaceAnswer, SpaceGap, SpaceView, ask,
};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::archive::fixture::docker_save;
use crate::support::tar_of;

use super::containers::{edit, layer, started, text};
use super::world::{Asked, at};

const LAYERS: [&str; 3] = [
    "a = @10\ncache/x = @70\ncache/y\\xff = @50\nkept = @30\nlib -> usr",
    "a = @10\n.wh.cache =",
    "kept = @30 | mode=0600\n.wh.a =\nlib/n = @5\n.wh..wh.aufs = @7",
];

fn asked_for(layers: &[&str]) -> (Asked, ImageView) {
    let asked = Asked::new(None);
    let tars: Vec<_> = layers.iter().map(|layer| tar_of(layer)).collect();
    let tars: Vec<&[u8]> = tars.iter().map(Vec::as_slice).collect();
    let image = asked.found(docker_save(&["demo/app:1"], &tars).tar());
    (asked, image)
}

fn space(asked: &Asked, image: &ImageView) -> SpaceAnswer {
    asked.findings(image.key).unwrap()
}

fn known(layers: &[&str]) -> SpaceView {
    let (asked, image) = asked_for(layers);
    asked.read(image.key);
    known_of(&asked, &image)
}

/// Returns a row's path, and whether the tree has it.
fn shown(row: &Dead) -> String {
    let (slash, place) = (
        if row.is_dir { "/" } else { "" },
        if row.node.is_some() {
            " in the tree"
        } else {
            ""
        },
    );
    format!("{}{slash}{place}", String::from_utf8_lossy(&row.path))
}

fn known_of(asked: &Asked, image: &ImageView) -> SpaceView {
    match space(asked, image) {
        SpaceAnswer::Known(space) => space,
        other => panic!("all layers are there: {other:?}"),
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_page_is_told_what_is_dead_and_where_it_stands_in_the_tree() {
    let space = known(&LAYERS);
    let space = space.analysis;
    assert_eq!(space.stored_bytes, 160 + 10 + 42);
    assert_eq!(space.dead_bytes, 120 + 10 + 10 + 30 + 7);
    assert_eq!(space.live_bytes(), 35);
    let layers: Vec<_> = space.layers.iter().map(|layer| layer.dead_bytes).collect();
    assert_eq!(layers, [160, 10, 7]);
    let rows: Vec<_> = space
        .dead
        .iter()
        .map(|row| {
            let (stored_by, hidden_by) = (row.stored_by.0, row.hidden_by.0);
            (shown(row), row.n_files, stored_by, hidden_by, row.how)
        })
        .collect();
    let expected = [
        ("cache/ in the tree", 2, 0, 1, DeathCause::Whiteout),
        ("kept in the tree", 1, 0, 2, DeathCause::MetadataOnly),
        ("a in the tree", 1, 0, 1, DeathCause::SameContent),
        ("a in the tree", 1, 1, 2, DeathCause::Whiteout),
        (".wh..wh.aufs", 1, 2, 2, DeathCause::LeftOut),
    ];
    let expected =
        expected.map(|(path, n, by, hidden_by, how)| (path.to_owned(), n, by, hidden_by, how));
    assert_eq!(rows, expected);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_repeated_path_leads_to_the_last_layer_that_has_it() {
    let space = known(&LAYERS);
    let dive = space.analysis.dive;
    let rows: Vec<_> = dive
        .wasted
        .iter()
        .map(|row| (row.path.as_slice(), row.copies, row.bytes, row.seen_upto))
        .collect();
    let upto = Some(LayerIdx(1));
    assert_eq!(rows, [(&b"kept"[..], 2, 60, None), (b"a", 3, 20, upto)]);
    assert_eq!(dive.wasted_bytes, 80);
    // A path that is only written through a link is not a path of the tree.
    let space = known(&["lib -> usr\nusr/", "lib/n = @5", "lib/n = @6"]);
    let space = space.analysis;
    assert_eq!(space.dive.wasted[0].path, b"lib/n");
    assert_eq!(space.dive.wasted[0].node, None);
    assert_eq!(shown(&space.dead[0]), "usr/n in the tree");
}

#[wasm_bindgen_test(unsupported = test)]
fn nothing_is_told_before_every_layer_is_whole() {
    let (asked, image) = asked_for(&LAYERS);
    let waiting = SpaceAnswer::Unknown {
        layer: 0,
        gap: SpaceGap::Waiting,
    };
    assert_eq!(space(&asked, &image), waiting);
    let asked = Asked::new(None);
    let cut = tar_of("b = @600");
    let tars = [&tar_of("a = @10")[..], &cut[..1000]];
    let image = asked.open(docker_save(&["demo/app:1"], &tars).tar());
    let damaged = SpaceAnswer::Unknown {
        layer: 1,
        gap: SpaceGap::Incomplete,
    };
    assert_eq!(space(&asked, &image), damaged);
    asked
        .ask(Request::Close(ask::Close { image: image.key }))
        .unwrap();
    let problem = asked.findings::<SpaceAnswer>(image.key).unwrap_err();
    assert_eq!(problem.code, ProblemCode::Closed);
}

#[wasm_bindgen_test(unsupported = test)]
fn edits_that_nobody_has_committed_stand_beside_the_figures_of_the_image() {
    let (asked, image) = started();
    let report = || {
        let kind = ExportKind::Report;
        let request = Request::Export(ask::Export {
            image: image.key,
            kind,
        });
        asked.ask(request).unwrap().file
    };
    let (before, said) = (known_of(&asked, &image), report());
    let analysis = &before.analysis;
    assert_eq!((analysis.stored_bytes, analysis.dead_bytes), (17, 0));
    let delete = |path: &str| edit(EditOrder::Delete { path_key: at(path) });
    layer(&asked, &image, text("etc/hosts", "::1\n"));
    layer(&asked, &image, delete("etc/motd"));
    let with_container = LayerSpace {
        stored_bytes: 17 + 4,
        dead_bytes: 9 + 5,
    };
    let after = known_of(&asked, &image);
    assert_eq!(after.container, Some(with_container));
    let container = before.container;
    assert_eq!(
        SpaceView { container, ..after },
        before,
        "the image's figures"
    );
    assert_eq!(report(), said, "and its report");
    layer(&asked, &image, ContainerRequest::Undo);
    layer(&asked, &image, ContainerRequest::Undo);
    assert_eq!(known_of(&asked, &image), before);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_repeated_path_that_the_container_deleted_leads_below_it() {
    let (asked, image) = asked_for(&["a = @10", "a = @11"]);
    asked.read(image.key);
    let seen_upto = || known_of(&asked, &image).analysis.dive.wasted[0].seen_upto;
    layer(&asked, &image, ContainerRequest::Start);
    assert_eq!(seen_upto(), None);
    let path_key = at("a");
    layer(&asked, &image, edit(EditOrder::Delete { path_key }));
    assert_eq!(seen_upto(), Some(LayerIdx(1)));
}
