//! The page of an image: header, layers, tree, panel and the tabs about its documents.
//!
//! `state::image` decides what is shown. This module composes the parts and passes events on.

mod announce;
mod artifact;
mod configuration;
mod container;
mod export;
mod files;
mod find;
mod header;
mod history;
mod push;
mod save_form;
mod store;
mod tags;
mod toolbar;
mod uploads;

use std::collections::BTreeSet;

use yew::prelude::*;

use crate::protocol::{ImageView, PlatformRow};
use crate::ui::apart::{Apart, Piece, fetch_ahead};
use crate::ui::feature::space::view::space;
use crate::ui::feature::system::view::system;
use crate::ui::shell::{Shell, use_shell};
use crate::ui::state::image::container::{CommitAction, CommitText, ContainerAction};
use crate::ui::state::image::{ImageAction, ImageState, Summary, Tab, summary};
use crate::ui::state::{ImagePlace, Pace, Shared};
use crate::web::{dom, storage, task};

use announce::Announcer;
use artifact::Artifact;
use configuration::Configuration;
use container::{AUTHOR_KEY, Drawing, commit_tab, diff_tab};
use files::Files;
use header::Header;
use history::History;
pub(crate) use push::push_dialog;
use store::{use_image, use_place};
use tags::Tags;
use uploads::{Upload, UploadedFiles};

/// Properties of [`ImagePage`].
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct ImagePageProps {
    /// The image as it was when it opened. The page keeps its own copy up to date from events.
    pub image: Shared<ImageView>,
    /// Place within the image: the initial one, and then each one that the address bar gets by hand or by Back.
    pub place: ImagePlace,
    /// Layers that are read only on request.
    pub left_out: BTreeSet<u32>,
    /// True if the tab is visible; hidden pages stay mounted.
    pub active: bool,
    /// Reports each new place for the address bar, and the pace at which the user went there.
    pub on_place: Callback<(ImagePlace, Pace)>,
    /// Asks for another platform. The shell opens it and puts it into this tab.
    pub on_platform: Callback<PlatformRow>,
}

/// The image's page.
#[component]
pub(crate) fn ImagePage(props: &ImagePageProps) -> Html {
    let shell = use_shell();
    let text = shell.text.image;
    let uploads = use_mut_ref(UploadedFiles::default);
    let store = use_image(
        &shell,
        &props.image,
        &props.place,
        &props.left_out,
        &uploads,
    );
    use_place(&store, &props.place, &props.on_place);
    let act = {
        let dispatch = store.dispatcher();
        use_callback((), move |action: ImageAction, ()| dispatch.dispatch(action))
    };
    let on_upload = {
        let act = act.clone();
        use_callback((), move |(dir, dropped): Upload, ()| {
            if let Some(action) = uploads.borrow_mut().keep(dir, dropped) {
                act.emit(ImageAction::Container(action));
            }
        })
    };
    {
        // Restores the author of the previous commit.
        let act = act.clone();
        use_effect_with((), move |()| {
            if let Some(author) = storage::get(AUTHOR_KEY) {
                let author = CommitAction::Text(CommitText::Author, author);
                act.emit(ImageAction::Container(ContainerAction::Commit(author)));
            }
        });
    }
    let state = &store.0;
    let is_verified = matches!(summary(&state.image), Summary::Verified { .. });
    use_effect_with(props.active && is_verified, |is_seen| {
        if *is_seen {
            fetch_ahead();
        }
    });
    let id: AttrValue = format!("image-{}", state.image.key.0).into();
    use_find_key(props.active && state.has_tree(), &id, &act);
    let is_begun = use_next_task();
    let body = match state.tab {
        _ if !is_begun => Html::default(),
        Tab::Files if !state.has_tree() => html! {
            <Artifact {text} image={state.image.clone()} act={act.clone()} />
        },
        Tab::Files => html! {
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
    html! {
        <div class="image">
            <Header
                {text}
                id={id.clone()}
                state={state.clone()}
                act={act.clone()}
                on_platform={props.on_platform.clone()}
            />
            { tab_list(&shell, state, &act, &id) }
            <div
                class={classes!("image__body", (state.tab == Tab::Files && state.has_tree()).then_some("image__body--files"))}
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

/// Draws the tabs about the image itself: configuration, history, space and names.
pub(crate) fn details_tab(shell: &Shell, state: &ImageState, act: &Callback<ImageAction>) -> Html {
    let text = shell.text.image;
    let image = state.image.clone();
    match state.tab {
        Tab::Configuration => html! { <Configuration {text} {image} /> },
        Tab::History => html! { <History {text} {image} /> },
        Tab::Space => space(text, state, act),
        Tab::System => system(shell, state, act),
        Tab::Tags => html! { <Tags {text} state={state.clone()} act={act.clone()} /> },
        Tab::Files | Tab::Diff | Tab::Commit => Html::default(),
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
        Tab::Diff => diff_tab(drawing),
        Tab::Commit => commit_tab(drawing),
        _ => Html::default(),
    }
}

/// Returns false on the first render, and true from the next task on. The whole page at once would block the thread
/// for more than 50 ms, since its code is compiled on its first call.
#[hook]
fn use_next_task() -> bool {
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

fn tab_list(
    shell: &Shell,
    state: &ImageState,
    act: &Callback<ImageAction>,
    id: &AttrValue,
) -> Html {
    let (text, shown) = (shell.text, state.tab);
    let offered = |tab: &Tab| (tab.entry().is_offered)(state);
    let tabs: Vec<Tab> = Tab::ALL.into_iter().filter(offered).collect();
    let buttons = tabs.iter().map(|&tab| {
        let entry = tab.entry();
        let label = (entry.label)(text);
        let onclick = {
            let act = act.clone();
            Callback::from(move |_: MouseEvent| act.emit(ImageAction::ShowTab(tab)))
        };
        let is_shown = tab == shown;
        html! {
            <button
                type="button"
                role="tab"
                id={format!("{id}-tab-{}", entry.word)}
                aria-selected={is_shown.to_string()}
                aria-controls={is_shown.then(|| format!("{id}-body"))}
                tabindex={if is_shown { "0" } else { "-1" }}
                {onclick}
            >
                { label }
            </button>
        }
    });
    let buttons: Vec<Html> = buttons.collect();
    let onkeydown = {
        let (act, id) = (act.clone(), id.clone());
        Callback::from(move |event: KeyboardEvent| {
            let at = tabs.iter().position(|tab| *tab == shown).unwrap_or(0);
            let to = match event.key().as_str() {
                "ArrowRight" => (at + 1) % tabs.len(),
                "ArrowLeft" => (at + tabs.len() - 1) % tabs.len(),
                "Home" => 0,
                "End" => tabs.len() - 1,
                _ => return,
            };
            if let Some(tab) = tabs.get(to) {
                event.prevent_default();
                act.emit(ImageAction::ShowTab(*tab));
                dom::focus_id(&format!("{id}-tab-{}", tab.entry().word));
            }
        })
    };
    html! {
        <div class="image__tabs" role="tablist" aria-label={text.image.tabs_label} {onkeydown}>{ for buttons }</div>
    }
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
                if wanted {
                    event.prevent_default();
                    act.emit(ImageAction::ShowTab(Tab::Files));
                    // The field may not be in the DOM yet.
                    dom::focus_soon(format!("{id}-find"));
                }
            })
        });
        move || drop(listening)
    });
}
