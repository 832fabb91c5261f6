//! The layers of an image on the left, and beside them the Overview, or the tree and the panel of a path.

use yew::prelude::*;

use crate::protocol::{ImageKey, ImagePath, TreeView};
use crate::ui::apart::{Apart, Piece};
use crate::ui::feature::files::tree::Tree;
use crate::ui::feature::panel::PanelProps;
use crate::ui::feature::strata::{Higher, LayerKey, LayerList, layer_id};
use crate::ui::kit::problem_line::ProblemLine;
use crate::ui::kit::splitter::Splitter;
use crate::ui::shell::use_shell;
use crate::ui::state::Shared;
use crate::ui::state::image::container::{ContainerAction, EditorAction, FormKind};
use crate::ui::state::image::{
    ImageAction, ImagePart, ImageState, LayerPhase, PanelAction, Reading, TreeAction,
};
use crate::ui::text::format;
use crate::ui::text::image::Image;
use crate::ui::uploads::Upload;
use crate::web::dom;

use crate::ui::feature::container::{
    Drawing, Uploads, container_layer, edit_bar, form_field_id, open_form,
};
use crate::ui::feature::files::toolbar::Toolbar;
use crate::ui::feature::image::view::use_next_task;

/// Initial width of the panel in pixels, and its bounds.
const PANEL_PX: f64 = 440.0;
const LEAST_PANEL_PX: f64 = 300.0;
const MOST_PANEL_PX: f64 = 900.0;

/// Media query for the one-column page, where the panel slides in from below.
const NARROW: &str = "(max-width: 700px) and (min-height: 601px)";
/// Media query for a page that scrolls as a whole, with the panel below the tree.
const LOW: &str = "(max-width: 1100px) and (max-height: 600px)";

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct FilesProps {
    pub text: &'static Image,
    pub id: AttrValue,
    pub state: Shared<ImageState>,
    pub active: bool,
    pub act: Callback<ImageAction>,
    pub on_upload: Callback<Upload>,
}

/// The layers, and the part of the page beside them.
#[component]
pub(crate) fn Files(props: &FilesProps) -> Html {
    let (text, state) = (props.text, &props.state);
    let container = use_shell().text.container;
    let (files, folder) = (use_node_ref(), use_node_ref());
    let tree = use_node_ref();
    let panel_px = use_state_eq(|| PANEL_PX);
    let layers_open = use_state_eq(|| dom::media_matches("(min-width: 900px)"));
    let top = state.image.layers.last().map(|row| row.layer);
    // Layer that the view buttons refer to: the one picked last.
    let last_picked = use_state_eq(|| None::<u32>);
    let picked = match state.tree.view {
        TreeView::UpTo(layer) | TreeView::Layer(layer) => Some(layer),
        TreeView::Union => (*last_picked).or(top),
    };
    let act_tree = {
        let act = props.act.clone();
        use_callback((), move |action: TreeAction, ()| {
            act.emit(ImageAction::Tree(action))
        })
    };
    let act_panel = {
        let act = props.act.clone();
        let tree = tree.clone();
        use_callback((), move |action: PanelAction, ()| {
            if action == PanelAction::Close {
                dom::focus_in_place(&tree);
            }
            act.emit(ImageAction::Panel(action));
        })
    };
    let on_reveal = {
        let act = act_tree.clone();
        use_callback((), move |path: ImagePath, ()| {
            act.emit(TreeAction::Reveal(path))
        })
    };
    let on_pick = {
        let act = act_tree.clone();
        let last_picked = last_picked.setter();
        use_callback(state.tree.view, move |layer: u32, view: &TreeView| {
            last_picked.set(Some(layer));
            act.emit(TreeAction::View(match view {
                TreeView::UpTo(_) => TreeView::UpTo(layer),
                // A second click on the same layer returns to the union.
                TreeView::Layer(shown) if *shown == layer => TreeView::Union,
                _ => TreeView::Layer(layer),
            }));
        })
    };
    let on_layer_key = {
        let (act, tree) = (props.act.clone(), tree.clone());
        let last_picked = last_picked.setter();
        use_callback(state.tree.view, move |key: LayerKey, view: &TreeView| {
            let of = |layer: u32| match view {
                TreeView::UpTo(_) => TreeView::UpTo(layer),
                _ => TreeView::Layer(layer),
            };
            match key {
                LayerKey::Walk(layer) => {
                    last_picked.set(Some(layer));
                    act.emit(ImageAction::Tree(TreeAction::Walk(of(layer))));
                }
                LayerKey::Enter(layer) => {
                    last_picked.set(Some(layer));
                    act.emit(ImageAction::Tree(TreeAction::View(of(layer))));
                    dom::focus_node_soon(&tree);
                }
                LayerKey::Leave => {
                    act.emit(ImageAction::Tree(TreeAction::Walk(TreeView::Union)));
                }
            }
        })
    };
    let on_again = {
        let act = props.act.clone();
        use_callback((), move |layer: u32, ()| {
            act.emit(ImageAction::ReadAgain(layer))
        })
    };
    let on_higher = {
        let act = props.act.clone();
        use_callback((), move |(layer, bound, value): Higher, ()| {
            act.emit(ImageAction::ReadHigher {
                layer,
                bound,
                value,
            })
        })
    };
    let tree_id = format!("{}-tree", props.id);
    let is_begun = use_next_task();
    let shows_tree = state.tab == ImagePart::Files;
    let has_side = state.panel.is_some() || state.container.editing.is_some();
    use_layer_keys(
        props.active && is_begun,
        state,
        picked,
        &on_layer_key,
        &tree,
        has_side,
    );
    {
        // If the panel slides in from below, the tree must stay visible above it.
        let path = state.panel.as_ref().map(|panel| panel.path_key.clone());
        let tree_id = tree_id.clone();
        use_effect_with(path, move |path| {
            if path.is_some() && dom::media_matches(NARROW) {
                dom::reveal_id(&tree_id);
            }
        });
    }
    let panel_id: AttrValue = format!("{}-panel", props.id).into();
    use_effect_with(
        (state.panel.is_some(), panel_id.clone()),
        |(is_open, id)| {
            if *is_open && dom::media_matches(LOW) {
                dom::reveal_id(id);
            }
        },
    );
    let phases: Vec<LayerPhase> = state
        .image
        .layers
        .iter()
        .map(|row| state.phase(row.layer))
        .collect();
    let n_layers = u32::try_from(state.image.layers.len()).unwrap_or(u32::MAX);
    let layers_of = |wanted: fn(&LayerPhase) -> bool| -> Vec<u32> {
        let rows = state.image.layers.iter().zip(&phases);
        let wanted = rows.filter(|(_, phase)| wanted(phase));
        wanted.map(|(row, _)| row.layer).collect()
    };
    let untrusted = layers_of(LayerPhase::is_doubtful);
    let listed = layers_of(|phase| matches!(phase, LayerPhase::Listed { .. }));
    let known = layers_of(|phase| *phase == LayerPhase::Known);
    let toggle_layers = {
        let layers_open = layers_open.clone();
        Callback::from(move |event: MouseEvent| {
            event.prevent_default();
            layers_open.set(!*layers_open);
        })
    };
    let drawing = Drawing {
        text: container,
        image: text,
        state,
        act: &props.act,
    };
    let uploads = Uploads {
        files,
        folder,
        on_files: {
            let on_upload = props.on_upload.clone();
            let dir = state.upload_dir();
            Callback::from(move |chosen| on_upload.emit((dir.clone(), chosen)))
        },
    };
    let editing = state.container.editing.clone();
    let style = format!("--panel:{}px", *panel_px);
    let has_panel = shows_tree && has_side;
    html! {
        <div
            class={classes!("files", has_panel.then_some("files--panel"), (has_panel && editing.is_some()).then_some("files--editing"))}
            {style}
            onkeydown={container_keys(props)}
        >
            <details class="files__layers" open={*layers_open}>
                <summary onclick={toggle_layers}>
                    <h2>{ text.layers }</h2>
                    <span class="badge num">{ format::count(state.image.layers.len() as u64) }</span>
                </summary>
                { container_layer(drawing) }
                <LayerList
                    {text}
                    image={state.image.clone()}
                    {phases}
                    strata={state.analyses.strata().cloned()}
                    picked={if state.tree.view == TreeView::Union { None } else { picked }}
                    view={state.tree.view}
                    {on_pick}
                    on_key={on_layer_key}
                    {on_again}
                    {on_higher}
                />
            </details>
            if !shows_tree {
                <div class="files__overview" id={overview_id(state.image.key)} tabindex="-1">
                    <Apart piece={Piece::Tab(state.clone(), props.act.clone())} />
                </div>
            } else {
            // The tools stand above the tree, and come after it in the order of the Tab key.
            <section class="files__tree" id={tree_id} aria-label={text.tab_files}>
                if is_begun {
                    <Tree
                        {text}
                        id={props.id.clone()}
                        tree={state.tree.clone()}
                        {n_layers}
                        untrusted={untrusted.clone()}
                        active={props.active}
                        node={tree.clone()}
                        act={act_tree}
                        on_upload={state.container.is_open().then(|| props.on_upload.clone())}
                    />
                    <Toolbar
                        {text}
                        id={props.id.clone()}
                        tree={state.tree.clone()}
                        find={state.find.clone()}
                        {picked}
                        {n_layers}
                        known={known.clone()}
                        is_reading={state.reading == Reading::UnderWay}
                        tree_node={tree}
                        act={props.act.clone()}
                    />
                    { edit_bar(drawing, &props.id, &uploads) }
                    { tree_problem(props) }
                }
            </section>
            }
            if let Some(editing) = editing.as_ref().filter(|_| shows_tree) {
                <Apart piece={Piece::Editor(
                    editing.clone(),
                    props.act.reform(|action| ImageAction::Container(ContainerAction::Editor(action))),
                )} />
            } else if let Some(panel) = state.panel.as_ref().filter(|_| shows_tree) {
                <Splitter
                    label={text.panel_width}
                    controls={panel_id.clone()}
                    width_px={*panel_px}
                    least_px={LEAST_PANEL_PX}
                    most_px={MOST_PANEL_PX}
                    on_width={let panel_px = panel_px.setter(); Callback::from(move |px| panel_px.set(px))}
                />
                <Apart piece={Piece::Panel(PanelProps {
                    text,
                    id: panel_id,
                    panel: panel.clone(),
                    is_reading: state.reading == Reading::UnderWay,
                    untrusted,
                    listed,
                    known,
                    act: act_panel,
                    on_reveal,
                })} />
            }
        </div>
    }
}

/// Returns the DOM id of the pane with the Overview.
fn overview_id(image: ImageKey) -> String {
    format!("image-{}-overview", image.0)
}

/// Handles the keys that go to a layer or a pane from anywhere on the page, and gives the layers the focus at first.
#[hook]
fn use_layer_keys(
    is_on: bool,
    state: &Shared<ImageState>,
    picked: Option<u32>,
    on_key: &Callback<LayerKey>,
    tree: &NodeRef,
    has_side: bool,
) {
    let image = state.image.key;
    let top = state.image.layers.last().map(|row| row.layer);
    let current = picked.filter(|layer| Some(*layer) <= top).or(top);
    use_effect_with(is_on, move |is_on| {
        if let Some(layer) = current.filter(|_| *is_on && dom::focus_is_idle()) {
            dom::focus_id_in_place(&layer_id(image, layer));
        }
    });
    let (on_key, tree) = (on_key.clone(), tree.clone());
    let seen = (is_on, current, on_key, has_side);
    use_effect_with(seen, move |(is_on, current, on_key, has_side)| {
        let (current, on_key, has_side) = (*current, on_key.clone(), *has_side);
        let listening = is_on.then(|| {
            dom::on_key(move |event| {
                // Many keyboards have the brackets on AltGr, which counts as Ctrl and Alt.
                let is_plain = event.get_modifier_state("AltGraph")
                    || !(event.ctrl_key() || event.meta_key() || event.alt_key());
                let Some(layer) = current.filter(|_| is_plain && !dom::dialog_is_open()) else {
                    return;
                };
                let walked = match event.key().as_str() {
                    "]" => Some(layer.saturating_add(1)).filter(|next| Some(*next) <= top),
                    "[" => layer.checked_sub(1),
                    "Escape" if !has_side && dom::has_focus(&tree) => {
                        return dom::focus_id(&layer_id(image, layer));
                    }
                    "F6" => {
                        event.prevent_default();
                        return match dom::has_focus(&tree) {
                            true => dom::focus_id(&layer_id(image, layer)),
                            false if tree.get().is_some() => dom::focus_in_place(&tree),
                            // On the Overview the other pane is the Overview.
                            false => dom::swap_focus(&layer_id(image, layer), &overview_id(image)),
                        };
                    }
                    _ => return,
                };
                if let Some(layer) = walked.filter(|_| !dom::typing()) {
                    event.prevent_default();
                    on_key.emit(LayerKey::Walk(layer));
                }
            })
        });
        move || drop(listening)
    });
}

fn tree_problem(props: &FilesProps) -> Html {
    let Some(problem) = &props.state.tree.problem else {
        return Html::default();
    };
    let on_retry = props.act.reform(|()| ImageAction::Tree(TreeAction::Retry));
    html! { <ProblemLine problem={problem.clone()} {on_retry} /> }
}

/// Returns the key handler of the container layer. Its keys are those of a file manager and act on the selected
/// row. Undo and redo work everywhere except in text fields.
fn container_keys(props: &FilesProps) -> Option<Callback<KeyboardEvent>> {
    props.state.container.is_open().then(|| {
        let act = props.act.clone();
        let field_id = form_field_id(&props.id);
        Callback::from(move |event: KeyboardEvent| {
            let is_command = (event.ctrl_key() || event.meta_key()) && !event.alt_key();
            let is_plain = !event.ctrl_key() && !event.meta_key() && !event.alt_key();
            let in_tree = dom::target_is(&event, "[role=treegrid]");
            let action = match event.key().as_str() {
                "z" | "Z" if is_command && dom::typing() => return,
                "z" if is_command && !event.shift_key() => ContainerAction::Undo,
                "z" | "Z" if is_command => ContainerAction::Redo,
                "y" if is_command && !dom::typing() => ContainerAction::Redo,
                "Delete" if is_plain && in_tree => ContainerAction::Delete,
                "F4" if is_plain && in_tree => ContainerAction::Editor(EditorAction::Open),
                "F2" if is_plain && in_tree => {
                    event.prevent_default();
                    return open_form(&act, &field_id, FormKind::Rename);
                }
                _ => return,
            };
            event.prevent_default();
            act.emit(ImageAction::Container(action));
        })
    })
}
