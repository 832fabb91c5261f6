//! Page for an archive with several images, or with none.

use yew::prelude::*;

use crate::protocol::{FoundRow, OtherRow, OtherWhat, Warning};
use crate::ui::kit::icon::{Icon, icon};
use crate::ui::kit::notice::Notice;
use crate::ui::shell::use_shell;
use crate::ui::state::{Action, ArchiveTab, TabId};
use crate::ui::text::format::{count, day, rfc3339, short_digest, size};
use crate::ui::text::image::{Image, warning};
use crate::ui::text::shell;
use crate::ui::text::visible::visible_text;

/// Properties of [`ArchivePage`].
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct ArchivePageProps {
    /// Tab that shows the archive.
    pub tab: TabId,
    /// Images and other contents of the archive.
    pub archive: ArchiveTab,
}

/// Lists the archive's images, its other contents and its warnings.
#[component]
pub(crate) fn ArchivePage(props: &ArchivePageProps) -> Html {
    let shell = use_shell();
    let words = &shell.text.shell.archive;
    let archive = &props.archive;
    let tab = props.tab;
    let open = shell
        .act
        .reform(move |image: u32| Action::OpenFound { tab, image });
    html! {
        <div class="page page--wide stack">
            <header class="page__head">
                <p class="label num">{ (words.images)(archive.images.len() as u64) }</p>
                <h1 class="break">{ icon(Icon::Archive) }<bdi>{ visible_text(&archive.file.name) }</bdi></h1>
            </header>
            if let Some(missing) = &archive.missing {
                { Notice::warn().role("status").line(html! { <span>{ (words.missing)(&short_digest(missing)) }</span> }) }
            }
            if archive.images.is_empty() {
                <div class="empty card">
                    <h2>{ words.none }</h2>
                    if !archive.others.is_empty() {
                        <p class="muted">{ words.none_hint }</p>
                    }
                </div>
            } else {
                { images(words, &archive.images, &open) }
            }
            { others(words, &archive.others) }
            { warnings(words, shell.text.image, &archive.warnings) }
        </div>
    }
}

fn images(words: &'static shell::Archive, images: &[FoundRow], open: &Callback<u32>) -> Html {
    let row = |(position, image): (u32, &FoundRow)| {
        let onclick = open.reform(move |_: MouseEvent| position);
        let id = image.image_id.as_deref();
        html! {
            <tr key={position}>
                <th scope="row">
                    <button type="button" class="link" {onclick}>
                        if image.names.is_empty() {
                            <span class="muted">{ words.unnamed }</span>
                        }
                        { for image.names.iter().map(|name| html! { <bdi class="mono break">{ visible_text(name) }</bdi> }) }
                    </button>
                    <span class="faint small mono" title={id.map(str::to_owned)}>
                        { id.map(short_digest) }
                        { image.artifact_type.as_deref().map(|kind| format!(" {}", visible_text(kind))) }
                    </span>
                </th>
                <td data-label={words.platform} class="mono"><bdi>{ image.platform.as_deref().map_or_else(|| "–".to_owned(), visible_text) }</bdi></td>
                <td data-label={words.created} class="num" title={image.created.as_deref().map(rfc3339)}>
                    { image.created.as_deref().map_or_else(|| "–".to_owned(), day) }
                </td>
                <td data-label={words.size} class="num end" title={image.stored_bytes.map(count)}>
                    { image.stored_bytes.map_or_else(|| "–".to_owned(), size) }
                </td>
                <td data-label={words.layers} class="num end">{ image.n_layers }</td>
            </tr>
        }
    };
    html! {
        <table class="table card">
            <thead>
                <tr>
                    <th scope="col">{ words.name }</th>
                    <th scope="col">{ words.platform }</th>
                    <th scope="col">{ words.created }</th>
                    <th scope="col" class="end">{ words.size }</th>
                    <th scope="col" class="end">{ words.layers }</th>
                </tr>
            </thead>
            <tbody>{ for (0..).zip(images).map(row) }</tbody>
        </table>
    }
}

/// Returns two notes about content that is not an image: the reason, if the kind explains it, and a detail such as
/// the platform or the image it belongs to. Either may be empty.
fn other_words<'a>(words: &'static shell::Archive, what: &'a OtherWhat) -> (&'static str, &'a str) {
    match what {
        OtherWhat::Unknown => ("", ""),
        OtherWhat::BuildCache => (words.build_cache, ""),
        OtherWhat::NotSaved(platform) => (words.not_saved, platform.as_deref().unwrap_or_default()),
        OtherWhat::Attestation(of) => ("", of.as_deref().unwrap_or_default()),
        OtherWhat::Unavailable(why) => ("", why),
    }
}

fn others(words: &'static shell::Archive, others: &[OtherRow]) -> Html {
    if others.is_empty() {
        return Html::default();
    }
    html! {
        <section class="stack">
            <h2>{ words.others }</h2>
            <ul class="list">
                { for others.iter().map(|other| (other, other_words(words, &other.what))).map(|(other, (word, note))| html! {
                    <li class="list__text">
                        <bdi class="mono break">{ visible_text(&other.name) }</bdi>
                        <bdi class="faint small mono break">{ visible_text(&other.kind) }</bdi>
                        <span class="muted small break">{ word }</span>
                        <bdi class="muted small break">{ visible_text(note) }</bdi>
                    </li>
                }) }
            </ul>
        </section>
    }
}

fn warnings(words: &'static shell::Archive, text: &Image, warnings: &[Warning]) -> Html {
    if warnings.is_empty() {
        return Html::default();
    }
    html! {
        <section class="stack">
            <h2>{ words.warnings }</h2>
            <ul class="list">
                { for warnings.iter().map(|row| html! {
                    <li class="list__text"><bdi class="break">{ warning(text, row) }</bdi></li>
                }) }
            </ul>
        </section>
    }
}
