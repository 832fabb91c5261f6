//! Simulates the page without a browser: posts the state's requests, and answers them as a worker does.

use crate::protocol::{
    Answer, Check, Differences, EntryKind, ImageKey, ImageView, LayerRow, LayerState, Name,
    Problem, Request, RequestId, Totals, TreeChange, TreeRow, TreeView, TreeWindow, Verdict, ask,
};
use crate::protocol::{ImagePath, Origin};
use crate::ui::state::image::{ImageAction, ImageState, Outgoing, TreeAction, TreeKey};
use crate::ui::state::{ImagePlace, MoveKind};

pub(in crate::ui) fn layer(layer: u32, state: LayerState) -> LayerRow {
    LayerRow {
        layer,
        digest: None,
        diff_id: None,
        chain_id: None,
        media_type: None,
        title: None,
        compression: None,
        stored_bytes: Some(10),
        decoded_bytes: None,
        n_entries: None,
        n_added: Some(1),
        n_changed: Some(0),
        n_deleted: Some(0),
        command: String::new(),
        raw_command: String::new(),
        created: None,
        author: String::new(),
        comment: String::new(),
        state,
        warnings: Vec::new(),
        n_more_warnings: 0,
        left_out: crate::protocol::LeftOut::default(),
    }
}

/// A check that does not hold.
pub(in crate::ui::state) fn refuted() -> Check {
    Check::Mismatch {
        expected: "a".to_owned(),
        actual: "b".to_owned(),
    }
}

pub(in crate::ui) fn read(digest: Check) -> LayerState {
    LayerState::Read {
        verdict: Verdict {
            digest,
            size: Check::Absent,
            diff_id: Check::Absent,
            checksum: Check::Absent,
        },
        damage: None,
    }
}

pub(in crate::ui) fn image(layers: Vec<LayerRow>) -> ImageView {
    ImageView {
        key: ImageKey(7),
        title: "app".to_owned(),
        address: None,
        archive: None,
        file_name: None,
        names: Vec::new(),
        origin: Origin::Registry,
        image_id: None,
        manifest_digest: None,
        index_digest: None,
        platform: None,
        platforms: Vec::new(),
        created: None,
        author: String::new(),
        comment: String::new(),
        stored_bytes: None,
        decoded_bytes: 0,
        n_entries: 0,
        n_layers_ready: 0,
        layers,
        history: Vec::new(),
        config: None,
        config_problem: None,
        annotations: Vec::new(),
        artifact_type: None,
        artifact: None,
        warnings: Vec::new(),
    }
}

/// A page with the requests that it has posted and that are not answered yet.
pub(in crate::ui::state) struct Page {
    pub(in crate::ui::state) state: ImageState,
    pub(in crate::ui::state) open: Vec<(RequestId, Request)>,
    pub(in crate::ui::state) cancelled: Vec<RequestId>,
    /// The way of the last move.
    pub(in crate::ui::state) pace: Option<MoveKind>,
    next: u32,
}

impl Page {
    pub(in crate::ui::state) fn new(place: &ImagePlace) -> Page {
        let layers = vec![layer(0, LayerState::Waiting), layer(1, LayerState::Waiting)];
        Page::of(ImageState::new(image(layers), place))
    }

    pub(in crate::ui::state) fn of(state: ImageState) -> Page {
        let mut page = Page {
            state,
            open: Vec::new(),
            cancelled: Vec::new(),
            pace: None,
            next: 0,
        };
        page.post();
        page
    }

    pub(in crate::ui::state) fn post(&mut self) {
        let number = &mut || {
            self.next += 1;
            RequestId(self.next)
        };
        for order in self.state.take_orders(number) {
            match order {
                Outgoing::Ask { id, question, .. } => self.open.push((id, question)),
                Outgoing::Cancel(id) => self.cancelled.push(id),
            }
        }
    }

    pub(in crate::ui::state) fn act(&mut self, action: ImageAction) {
        self.pace = self.state.reduce(action).or(self.pace);
        self.post();
    }

    pub(in crate::ui::state) fn tree(&mut self, action: TreeAction) {
        self.act(ImageAction::Tree(action));
    }

    pub(in crate::ui::state) fn key(&mut self, key: TreeKey) {
        self.tree(TreeAction::Key(key));
    }

    /// Answers the oldest open request for which `answer` has an answer.
    pub(in crate::ui::state) fn answer(
        &mut self,
        answer: impl Fn(&Request) -> Option<Answer>,
        bytes: &[u8],
    ) -> Request {
        let found = self.open.iter().find_map(|(_, request)| answer(request));
        let outcome = Ok(found.expect("this is asked"));
        self.end(|request| answer(request).is_some(), outcome, bytes)
    }

    /// Ends the oldest open request of a kind; gives it back.
    pub(in crate::ui::state) fn end(
        &mut self,
        is_meant: impl Fn(&Request) -> bool,
        outcome: Result<Answer, Problem>,
        bytes: &[u8],
    ) -> Request {
        let at = self.open.iter().position(|(_, request)| is_meant(request));
        let (id, request) = self.open.remove(at.expect("this is asked"));
        self.act(ImageAction::Answered {
            id,
            exchange: Box::new(request.clone().with(outcome)),
            bytes: bytes.to_vec(),
        });
        request
    }

    /// Answers the oldest request about the tree from a list of paths.
    pub(in crate::ui::state) fn rows(&mut self, n_layers_ready: u32, paths: &[&str]) -> Request {
        let window = |request: &Request| match request {
            Request::Tree(ask::Tree {
                change, start, len, ..
            }) => {
                let focus_row = match change {
                    Some(TreeChange::Reveal { path_key }) => paths
                        .iter()
                        .position(|path| at(path) == *path_key)
                        .map(|row| row as u32),
                    _ => None,
                };
                Some(Answer::Tree(TreeWindow {
                    view: TreeView::Union,
                    n_rows: paths.len() as u32,
                    start: *start,
                    rows: paths
                        .iter()
                        .skip(*start as usize)
                        .take(*len as usize)
                        .map(|path| row(path))
                        .collect(),
                    focus_row,
                    totals: Totals::default(),
                    n_layers_ready,
                }))
            }
            _ => None,
        };
        self.answer(window, b"")
    }

    pub(in crate::ui::state) fn asks_for_tree(&self) -> Option<&Request> {
        self.open
            .iter()
            .map(|(_, request)| request)
            .find(|request| matches!(request, Request::Tree(_)))
    }

    pub(in crate::ui::state) fn focused(&self) -> Option<String> {
        self.state
            .tree
            .focused_row()
            .map(|row| row.name.text.clone())
    }

    pub(in crate::ui::state) fn layer_done(&mut self, row: LayerRow, n_layers_ready: u32) {
        self.act(ImageAction::LayerDone {
            row: Box::new(row),
            decoded_bytes: 1,
            n_entries: 1,
            n_layers_ready,
        });
    }
}

pub(in crate::ui::state) fn at(path: &str) -> ImagePath {
    ImagePath::normalise(path.as_bytes()).expect("holds no NUL")
}

/// Returns the row of a path such as `a/b`. A path that ends with `/` is an expanded directory, one with `+`
/// a collapsed one.
pub(in crate::ui::state) fn row(path: &str) -> TreeRow {
    let plain = path.trim_end_matches(['/', '+']);
    TreeRow {
        node: plain.len() as u32,
        path_key: at(plain),
        name: Name {
            text: plain.rsplit('/').next().unwrap_or(plain).to_owned(),
            hex: None,
        },
        depth: plain.matches('/').count() as u32,
        kind: match path == plain {
            true => EntryKind::File,
            false => EntryKind::Dir,
        },
        mode: 0o644,
        uid: 0,
        gid: 0,
        size_bytes: 5,
        mtime: 0,
        layer: 0,
        change: None,
        differs: Differences::default(),
        deleted_by: None,
        link: None,
        device: None,
        has_children: path != plain,
        expanded: path.ends_with('/'),
        implied: false,
        n_links: 1,
        pos_in_set: 1,
        set_size: 1,
    }
}

pub(in crate::ui::state) fn many(n: usize) -> Vec<String> {
    (0..n).map(|i| format!("file-{i:05}")).collect()
}

pub(in crate::ui::state) fn strs(paths: &[String]) -> Vec<&str> {
    paths.iter().map(String::as_str).collect()
}
