//! The page of one tab. All tabs stay mounted to keep their state; only one is visible.

use yew::prelude::*;

use crate::ui::apart::{Apart, Piece};
use crate::ui::feature::home::view::HomePage;
use crate::ui::feature::image::view::ImagePage;
use crate::ui::feature::opening::problem::ProblemPage;
use crate::ui::feature::opening::strip::OpeningStrip;
use crate::ui::feature::opening::view::OpeningPage;
use crate::ui::shell::use_shell;
use crate::ui::state::{Body, ImageTab, Recent, Tab, TabId};
use crate::web::files::Dropped;

/// Properties of [`Panel`].
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct PanelProps {
    /// Tab to draw.
    pub tab: Tab,
    /// True if the tab is the visible one.
    pub active: bool,
    /// Recently opened images and registries, for the start page.
    pub recent: Vec<Recent>,
    /// DOM id of the start page's address field.
    pub field_id: AttrValue,
    /// Receives the files that the user chooses.
    pub on_files: Callback<Vec<Dropped>>,
}

/// The page of a tab.
#[component]
pub(crate) fn Panel(props: &PanelProps) -> Html {
    let id = props.tab.id;
    let page = match &props.tab.body {
        Body::Home => html! {
            <HomePage recent={props.recent.clone()} active={props.active} field_id={props.field_id.clone()} on_files={props.on_files.clone()} />
        },
        Body::Guide(guide) => html! { <Apart piece={Piece::Guide(id, guide.clone())} /> },
        Body::Opening(opening) => html! { <OpeningPage tab={id} opening={opening.clone()} /> },
        Body::Registry(registry) => {
            html! { <Apart piece={Piece::Registry(id, registry.clone())} /> }
        }
        Body::Repository(repository) => {
            html! { <Apart piece={Piece::Repository(id, repository.clone())} /> }
        }
        Body::Archive(archive) => html! { <Apart piece={Piece::Archive(id, archive.clone())} /> },
        Body::Image(image) => html! {
            <ImagePanel tab={id} image={image.clone()} active={props.active} />
        },
        Body::Wanted { file, handle, .. } => {
            let on_files = props.on_files.clone();
            html! { <Apart piece={Piece::Wanted(file.clone(), handle.clone(), on_files)} /> }
        }
        // Its content is opened before the tab becomes visible.
        Body::Later { .. } => Html::default(),
        Body::Linked { text, .. } => html! { <Apart piece={Piece::Linked(id, text.clone())} /> },
        Body::Failed { problem, .. } => {
            html! { <ProblemPage tab={id} problem={problem.clone()} /> }
        }
    };
    html! {
        <section
            id={format!("panel-{}", id.0)}
            class={classes!("panel", (!props.active).then_some("panel--away"))}
            role="tabpanel"
            aria-labelledby={format!("tab-{}", id.0)}
        >
            { page }
        </section>
    }
}

/// Properties of [`ImagePanel`].
#[derive(Clone, PartialEq, Properties)]
struct ImagePanelProps {
    tab: TabId,
    image: ImageTab,
    active: bool,
}

/// The image's page, below the progress of another platform that is being opened.
#[component]
fn ImagePanel(props: &ImagePanelProps) -> Html {
    let shell = use_shell();
    let tab = props.tab;
    let image = &props.image;
    let words = &shell.text.shell.unsaved;
    html! {
        <>
            if let Some(unsaved) = &image.unsaved {
                <p class="unsaved small" role="status">
                    <span class="unsaved__dot" aria-hidden="true" />
                    { match unsaved {
                        unsaved if unsaved.is_being_written() => words.keeping,
                        unsaved if unsaved.is_kept() => words.kept,
                        _ => words.not_kept,
                    } }
                </p>
            }
            if let Some(switching) = &image.switching {
                <OpeningStrip {tab} opening={switching.clone()} />
            }
            <ImagePage
                key={image.state.image.key.0}
                {tab}
                image={image.state.clone()}
                active={props.active}
            />
        </>
    }
}
