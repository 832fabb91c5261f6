//! The page of an image: header, layers, tree, panel and the tabs about its documents.
//!
//! `state::image` decides what is shown. This module composes the parts and passes events on.

use yew::prelude::*;

use crate::protocol::{LayerRow, PlatformRow, TreeView};
use crate::ui::apart::{Apart, Piece, fetch_ahead};
use crate::ui::components::layer_chip::LAYER_ATTRIBUTE;
use crate::ui::feature::artifact::view::Artifact;
use crate::ui::feature::configuration::view::Configuration;
use crate::ui::feature::container::{AUTHOR_KEY, Drawing, commit_tab, diff_tab};
use crate::ui::feature::files::view::Files;
use crate::ui::feature::findings::view::findings;
use crate::ui::feature::history::view::History;
use crate::ui::feature::image::announce::Announcer;
use crate::ui::feature::image::header::Header;
use crate::ui::feature::overview::view::OverviewPage;
use crate::ui::feature::packages::view::packages;
use crate::ui::feature::raw::view::Raw;
use crate::ui::feature::space::view::space;
use crate::ui::feature::system::view::system;
use crate::ui::feature::tags::view::Tags;
use crate::ui::kit::copy::CopyButton;
use crate::ui::kit::tabs::{self as kit, TabButton};
use crate::ui::shell::{Shell, use_image, use_shell};
use crate::ui::state::image::container::{CommitAction, CommitText, ContainerAction};
use crate::ui::state::image::{ImageAction, ImagePart, ImageState, Summary, summary, visible_text};
use crate::ui::state::{Action, ImagePlace, Shared, TabId};
use crate::ui::text::format;
use crate::ui::text::image::{Image, fill};
use crate::ui::uploads::Upload;
use crate::web::{dom, storage, task};

/// Properties of [`ImagePage`].
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct ImagePageProps {
    /// Tab of the image.
    pub tab: TabId,
    /// The image as it is when the tab is drawn. The page follows it by itself from then on.
    pub image: Shared<ImageState>,
    /// True if the tab is visible; hidden pages stay mounted.
    pub active: bool,
}

/// The image's page.
#[component]
pub(crate) fn ImagePage(props: &ImagePageProps) -> Html {
    let shell = use_shell();
    let text = shell.text.image;
    let state = use_image(&shell, &props.image);
    let key = state.image.key;
    let act = {
        let act = shell.act.clone();
        use_callback(key, move |action: ImageAction, &image| {
            act.emit(Action::Image { image, action })
        })
    };
    let on_upload = {
        let on_upload = shell.on_upload.clone();
        use_callback(key, move |upload: Upload, &image| {
            on_upload.emit((image, upload))
        })
    };
    let on_platform = {
        let act = shell.act.clone();
        use_callback(props.tab, move |row: PlatformRow, &tab| {
            act.emit(Action::Platform {
                tab,
                platform: row.choice,
                image: row.image,
            })
        })
    };
    {
        // Restores the author of the previous commit.
        let act = act.clone();
        let is_free = state.container.commit.author.is_empty();
        use_effect_with((), move |()| {
            if let Some(author) = storage::get(AUTHOR_KEY).filter(|_| is_free) {
                let author = CommitAction::Text(CommitText::Author, author);
                act.emit(ImageAction::Container(ContainerAction::Commit(author)));
            }
        });
    }
    let is_verified = matches!(summary(&state.image), Summary::Verified { .. });
    use_effect_with(props.active && is_verified, |is_seen| {
        if *is_seen {
            fetch_ahead();
        }
    });
    let id: AttrValue = format!("image-{}", state.image.key.0).into();
    use_find_key(props.active && state.has_tree(), &id, &act);
    {
        // Whatever led to another tab may be gone with the old one.
        let button = format!("{id}-tab-{}", state.tab.entry().word);
        use_effect_with((props.active, state.tab), move |(is_active, _)| {
            if *is_active {
                task::spawn("find the focus", async move {
                    task::next().await;
                    if dom::focus_is_lost() {
                        dom::focus_id(&button);
                    }
                });
            }
        });
    }
    let is_begun = use_next_task();
    let body = match state.tab {
        _ if !is_begun => Html::default(),
        ImagePart::Files if !state.has_tree() => html! {
            <Artifact {text} image={state.image.clone()} act={act.clone()} />
        },
        ImagePart::Files | ImagePart::Overview => html! {
            <Files
                {text}
                id={id.clone()}
                state={state.clone()}
                active={props.active}
                act={act.clone()}
                {on_upload}
            />
        },
        _ => html! { <Apart piece={Piece::Tab(state.clone(), act.clone())} /> },
    };
    let onclick = {
        let (act, platform) = (act.clone(), state.place().platform);
        Callback::from(move |event: MouseEvent| {
            let Some(layer) = layer_above(&event) else {
                return;
            };
            let view = match event.shift_key() {
                true => TreeView::UpTo(layer),
                false => TreeView::Layer(layer),
            };
            act.emit(ImageAction::Go(ImagePlace {
                platform: platform.clone(),
                view,
                path_key: None,
                part: ImagePart::Files,
            }));
        })
    };
    let onmouseover = {
        let image = state.image.clone();
        // A command may have a secret in it, which that tab masks.
        let tells_command = state.tab != ImagePart::Findings;
        Callback::from(move |event: MouseEvent| {
            let Some(layer) = layer_above(&event) else {
                return;
            };
            let row = image.layers.get(layer as usize);
            let title = row.map(|row| layer_title(text, row, tells_command));
            let title = title.unwrap_or_else(|| fill(text.go_layer, &[&layer.to_string()]));
            dom::set_attribute_above(&event, LAYER_ATTRIBUTE, "title", &title);
        })
    };
    html! {
        <div class="image" {onclick} {onmouseover}>
            <Header
                {text}
                id={id.clone()}
                head={state.head()}
                act={act.clone()}
                {on_platform}
            />
            <div class="image__parts">
                { tab_list(&shell, &state, &act, &id) }
                { twin(&shell, &state) }
            </div>
            <div
                class={classes!("image__body", (matches!(state.tab, ImagePart::Files | ImagePart::Overview) && state.has_tree()).then_some("image__body--files"))}
                role="tabpanel"
                id={format!("{id}-body")}
                aria-labelledby={format!("{id}-tab-{}", state.tab.entry().word)}
            >
                { body }
            </div>
            <Announcer {text} said={state.said.clone()} active={props.active} />
        </div>
    }
}

/// Draws the tabs of a first look: the Overview, and the two that it is made of.
pub(crate) fn details_tab(
    shell: &Shell,
    state: &Shared<ImageState>,
    act: &Callback<ImageAction>,
) -> Html {
    match state.tab {
        ImagePart::Overview => html! { <OverviewPage state={state.clone()} act={act.clone()} /> },
        ImagePart::Space => space(shell.text, state, act),
        ImagePart::System => system(shell.text, state, act),
        _ => Html::default(),
    }
}

/// Draws the tabs about what an image says of itself, and about what is in its files.
pub(crate) fn contents_tab(
    shell: &Shell,
    state: &Shared<ImageState>,
    act: &Callback<ImageAction>,
) -> Html {
    let text = shell.text.image;
    let image = state.image.clone();
    match state.tab {
        ImagePart::Raw => html! { <Raw state={state.clone()} act={act.clone()} /> },
        ImagePart::Configuration => html! { <Configuration {text} {image} /> },
        ImagePart::History => html! { <History state={state.clone()} act={act.clone()} /> },
        ImagePart::Tags => html! { <Tags {text} state={state.clone()} act={act.clone()} /> },
        ImagePart::Packages => packages(shell.text, state, act),
        ImagePart::Findings => findings(shell.text, state, act),
        _ => Html::default(),
    }
}

/// Draws the tabs about the container layer: diff and commit.
pub(crate) fn made_tab(shell: &Shell, state: &ImageState, act: &Callback<ImageAction>) -> Html {
    let drawing = Drawing {
        text: shell.text.container,
        image: shell.text.image,
        state,
        act,
    };
    match state.tab {
        ImagePart::Diff => diff_tab(drawing),
        ImagePart::Commit => commit_tab(drawing),
        _ => Html::default(),
    }
}

/// Returns false on the first render, and true from the next task on. The whole page at once would block the thread
/// for more than 50 ms, since its code is compiled on its first call.
#[hook]
pub(crate) fn use_next_task() -> bool {
    let is_begun = use_state_eq(|| false);
    let begin = is_begun.setter();
    use_effect_with((), move |()| {
        task::spawn("draw the rest", async move {
            task::next().await;
            begin.set(true);
        });
    });
    *is_begun
}

/// Returns the layer that the chip under an event leads to.
fn layer_above(event: &MouseEvent) -> Option<u32> {
    dom::attribute_above(event, LAYER_ATTRIBUTE)?.parse().ok()
}

/// Says what a layer is: its command, its compressed size and its day.
fn layer_title(text: &Image, row: &LayerRow, tells_command: bool) -> String {
    let command = match (tells_command, row.command.is_empty()) {
        (false, _) => String::new(),
        (true, true) => text.no_command.to_owned(),
        (true, false) => visible_text(&row.command),
    };
    let size = row.stored_bytes.map(format::size);
    let day = row.created.as_deref().map(format::day);
    let facts: Vec<String> = [size, day].into_iter().flatten().collect();
    let number = row.layer.to_string();
    let mut title = fill(text.pick_layer, &[&number, &command]);
    if !facts.is_empty() {
        title = format!("{title}\n{}", facts.join(" · "));
    }
    title
}

/// Draws the command that tells the same as the page, ready to copy.
fn twin(shell: &Shell, state: &ImageState) -> Html {
    let words = shell.text.image;
    match state.twin(words.twin_file) {
        Some(command) => {
            let shown = visible_text(&command);
            html! {
                <div class="twin">
                    <code class="ellipsis" title={shown.clone()}><bdi>{ shown }</bdi></code>
                    <CopyButton text={shell.text.image} value={command} what={words.twin} />
                </div>
            }
        }
        None => Html::default(),
    }
}

fn tab_list(
    shell: &Shell,
    state: &ImageState,
    act: &Callback<ImageAction>,
    id: &AttrValue,
) -> Html {
    let (text, shown) = (shell.text, state.tab);
    let offered = |tab: &ImagePart| (tab.entry().is_offered)(state);
    let tabs: Vec<ImagePart> = ImagePart::ALL.into_iter().filter(offered).collect();
    let buttons = tabs.iter().map(|&tab| {
        let entry = tab.entry();
        let label = (entry.label)(text);
        let onclick = {
            let act = act.clone();
            Callback::from(move |_: MouseEvent| act.emit(ImageAction::ShowTab(tab)))
        };
        let is_shown = tab == shown;
        TabButton {
            id: format!("{id}-tab-{}", entry.word),
            controls: is_shown.then(|| format!("{id}-body")),
            class: Classes::new(),
            title: None,
            shortcut: None,
            is_selected: is_shown,
            content: html! { { label } },
            onclick,
            onauxclick: None,
        }
    });
    let buttons: Vec<TabButton> = buttons.collect();
    let onkeydown = {
        let (act, id) = (act.clone(), id.clone());
        Callback::from(move |event: KeyboardEvent| {
            let at = tabs.iter().position(|tab| *tab == shown).unwrap_or(0);
            let to = kit::tab_at_key(&event.key(), at, tabs.len());
            if let Some(tab) = to.and_then(|to| tabs.get(to)) {
                event.prevent_default();
                act.emit(ImageAction::ShowTab(*tab));
                dom::focus_id(&format!("{id}-tab-{}", tab.entry().word));
            }
        })
    };
    kit::tab_list("image__tabs", text.image.tabs_label, buttons, onkeydown)
}

/// Handles the keys of the two fields: Ctrl+F, Cmd+F and, outside the tree, `f` focus the search by name. `/`
/// focuses the address field, as on all pages.
#[hook]
fn use_find_key(is_on: bool, id: &AttrValue, act: &Callback<ImageAction>) {
    let (act, id) = (act.clone(), id.clone());
    use_effect_with((is_on, id), move |(is_on, id)| {
        let id = id.clone();
        let listening = is_on.then(|| {
            dom::on_key(move |event| {
                let is_command = (event.ctrl_key() || event.meta_key()) && !event.alt_key();
                let is_plain = !event.ctrl_key() && !event.meta_key() && !event.alt_key();
                let wanted = match event.key().as_str() {
                    "f" if is_command && !event.shift_key() => true,
                    // In the tree, a letter selects the next name that begins with it.
                    "f" if is_plain => !dom::typing() && !dom::target_is(event, "[role=treegrid]"),
                    _ => false,
                };
                if wanted && !dom::dialog_is_open() {
                    event.prevent_default();
                    act.emit(ImageAction::ShowTab(ImagePart::Files));
                    // The field may not be in the DOM yet.
                    dom::focus_soon(format!("{id}-find"));
                }
            })
        });
        move || drop(listening)
    });
}
