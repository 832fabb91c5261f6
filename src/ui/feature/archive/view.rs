//! Page for an archive with several images, or with none.

use crate::ui::text::said;
use yew::prelude::*;

use crate::protocol::{FoundRow, OtherRow, OtherWhat, Warning};
use crate::ui::kit::icon::{Icon, icon};
use crate::ui::kit::notice::Notice;
use crate::ui::kit::table::{Column, table};
use crate::ui::shell::use_shell;
use crate::ui::state::{Action, ArchiveTab, TabId};
use crate::ui::text::format::{count, day, rfc3339, size};
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
                { Notice::warn().role("status").line(html! { <span>{ (words.missing)(missing.short()) }</span> }) }
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
            { others(shell.text.shell, &archive.others) }
            { warnings(words, shell.text.image, &archive.warnings) }
        </div>
    }
}

fn images(words: &'static shell::Archive, images: &[FoundRow], open: &Callback<u32>) -> Html {
    let row = |(position, image): (u32, &FoundRow)| {
        let onclick = open.reform(move |_: MouseEvent| position);
        let id = image.image_id.as_ref();
        html! {
            <tr key={position}>
                <th scope="row">
                    <button type="button" class="link" {onclick}>
                        if image.names.is_empty() {
                            <span class="muted">{ words.unnamed }</span>
                        }
                        { for image.names.iter().map(|name| html! { <bdi class="mono break">{ visible_text(name) }</bdi> }) }
                    </button>
                    <span class="faint small mono" title={id.map(ToString::to_string)}>
                        { id.map(|id| id.short().to_owned()) }
                        { image.artifact_type.as_deref().map(|kind| format!(" {}", visible_text(kind))) }
                    </span>
                </th>
                <td data-label={words.platform} class="mono"><bdi>{ image.platform.as_ref().map_or_else(|| "–".to_owned(), |platform| visible_text(&platform.to_string())) }</bdi></td>
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
    let columns = [
        Column::Text(words.name),
        Column::Text(words.platform),
        Column::Text(words.created),
        Column::Figures(words.size),
        Column::Figures(words.layers),
    ];
    table("card", &columns, (0..).zip(images).map(row).collect())
}

/// Returns two notes about content that is not an image: the reason, if the kind explains it, and a detail such as
/// the platform or the image it belongs to. Either may be empty.
fn other_words(text: &shell::Shell, what: &OtherWhat) -> (&'static str, String) {
    match what {
        OtherWhat::Unknown => ("", String::new()),
        OtherWhat::BuildCache => (text.archive.build_cache, String::new()),
        OtherWhat::NotSaved(platform) => (text.archive.not_saved, shown(platform)),
        OtherWhat::Attestation(of) => ("", shown(of)),
        OtherWhat::Unavailable(why) => ("", said(text.said, why)),
    }
}

fn shown(name: &Option<impl ToString>) -> String {
    visible_text(&name.as_ref().map(ToString::to_string).unwrap_or_default())
}

fn others(text: &'static shell::Shell, others: &[OtherRow]) -> Html {
    if others.is_empty() {
        return Html::default();
    }
    html! {
        <section class="stack">
            <h2>{ text.archive.others }</h2>
            <ul class="list">
                { for others.iter().map(|other| (other, other_words(text, &other.what))).map(|(other, (word, note))| html! {
                    <li class="list__text">
                        <bdi class="mono break">{ visible_text(&other.name) }</bdi>
                        <bdi class="faint small mono break">{ visible_text(&shown(&other.media_type)) }</bdi>
                        <span class="muted small break">{ word }</span>
                        <bdi class="muted small break">{ note }</bdi>
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
