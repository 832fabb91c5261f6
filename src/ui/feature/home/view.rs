//! The start page: the address field, a drop area for files, a sample image and recently opened images.

use yew::prelude::*;

use crate::ui::apart::{Apart, Piece};
use crate::ui::components::file_buttons::FileButtons;
use crate::ui::feature::frame::address_field::AddressField;
use crate::ui::feature::home::recent_list::RecentList;
use crate::ui::feature::home::storage::{storage_section, use_storage};
use crate::ui::kit::icon::{Icon, icon};
use crate::ui::shell::use_shell;
use crate::ui::state::{Recent, Route};
use crate::web::files::Dropped;
use crate::web::{extension, location};

/// Properties of [`HomePage`].
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct HomePageProps {
    /// Recently opened images and registries.
    pub recent: Vec<Recent>,
    /// True if the page is visible.
    pub active: bool,
    /// DOM id of the address field.
    pub field_id: AttrValue,
    /// Receives the files that the user chooses.
    pub on_files: Callback<Vec<Dropped>>,
}

/// The start page.
#[component]
pub(crate) fn HomePage(props: &HomePageProps) -> Html {
    let shell = use_shell();
    let home = &shell.text.shell.home;
    let kept = use_storage(props.active);
    let origin = location::origin();
    let folder = location::page_folder();
    // The sample is served next to the page. If the page is in a folder, the address must say where
    // the paths of the registry API begin.
    let sample = match folder.strip_prefix(&origin) {
        Some("/") => origin.clone(),
        _ => format!("{folder}v2"),
    };
    let is_extension = extension::is_here();
    let reading = match (shell.is_relayed, is_extension) {
        (true, _) => shell.text.shell.list.relayed.to_owned(),
        (false, true) => home.extension.to_owned(),
        (false, false) => (home.cors)(&origin),
    };
    let examples = [
        ("localhost:5000", home.registry),
        ("ghcr.io/owner/app", home.repository),
        ("registry.example.com/team/app:1.0", home.image),
    ];
    html! {
        <div class="page home">
            <div class="home__main">
                <header class="home__head">
                    <h1>{ home.title }</h1>
                    <p class="muted">{ home.lead }</p>
                </header>
                <AddressField id={props.field_id.clone()} large=true />
                <dl class="examples small" aria-label={home.examples}>
                    { for examples.iter().map(|(example, what)| html! {
                        <div><dt class="mono">{ *example }</dt><dd class="faint">{ *what }</dd></div>
                    }) }
                </dl>
                if shell.is_relayed {
                    <Apart piece={Piece::Engines(props.active, props.on_files.clone())} />
                }
                <section class="dropzone" aria-label={home.from_file}>
                    <h2>{ home.from_file }</h2>
                    <p class="muted small">{ home.file_hint }</p>
                    <FileButtons on_files={props.on_files.clone()} />
                </section>
                // A registry has an address of http, which no file of an extension has.
                if !is_extension {
                    { card(Icon::Registry, Route::address(sample).to_hash(), home.sample, home.sample_hint) }
                }
                { card(Icon::Repository, Route::guide().to_hash(), home.guide, home.guide_hint) }
            </div>
            <div class="home__side">
                <RecentList recent={props.recent.clone()} />
                { storage_section(&shell, &kept) }
            </div>
            <footer class="home__foot small muted">
                <p>{ home.privacy }</p>
                <p>{ reading }</p>
            </footer>
        </div>
    }
}

/// Draws a card that leads somewhere.
fn card(which: Icon, href: String, title: &'static str, hint: &'static str) -> Html {
    html! {
        <a class="card sample" {href}>
            { icon(which) }
            <span>
                <strong>{ title }</strong>
                <span class="muted small">{ hint }</span>
            </span>
        </a>
    }
}
