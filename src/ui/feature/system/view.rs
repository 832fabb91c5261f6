//! The System tab: the root file system's distribution, architecture, programs, users and groups.

use crate::ui::text::Text;
use yew::prelude::*;

use crate::protocol::{
    Accounts, Agreement, Architecture, Basis, FilePlace, Gap, ImagePath, Places, System, TreeView,
    visible_text,
};
use crate::ui::components::gaps::gaps;
use crate::ui::components::layer_chip::LayerLink;
use crate::ui::components::tree_link::TreeLinks;
use crate::ui::feature::analysis::view::{Pending, analysis};
use crate::ui::kit::table::{Column, table};
use crate::ui::state::Shared;
use crate::ui::state::image::{ImageAction, ImageState};
use crate::ui::text::format;
use crate::ui::text::image::fill;
use crate::ui::text::system::SystemWords;

/// Context for drawing the parts.
struct Drawing<'a> {
    words: &'static SystemWords,
    links: TreeLinks<'a>,
    /// True if a layer is missing, or entries of one: what was not found may be there.
    is_partly_read: bool,
}

impl Drawing<'_> {
    /// Returns the words for something that was not found.
    fn absent(&self) -> &'static str {
        match self.is_partly_read {
            true => self.words.partly_read,
            false => self.words.none,
        }
    }
}

/// Draws the System tab.
pub(crate) fn system(
    text: &'static Text,
    state: &Shared<ImageState>,
    act: &Callback<ImageAction>,
) -> Html {
    let words = SystemWords::of(text.language);
    let pending = Pending::new(text, words.waiting, words.computing);
    analysis(state, act, pending, found)
}

fn found(
    text: &'static Text,
    state: &ImageState,
    act: &Callback<ImageAction>,
    system: &System,
) -> Html {
    let words = SystemWords::of(text.language);
    let is_layer = |gap: &Gap| matches!(gap, Gap::Layer { .. });
    let drawing = Drawing {
        words,
        links: TreeLinks {
            platform: state.place().platform,
            act,
        },
        is_partly_read: system.gaps.iter().any(is_layer),
    };
    html! {
        <div class="sheet">
            { gaps(text, &system.gaps, act) }
            { facts(&drawing, system) }
            { users(&drawing, system) }
            { groups(&drawing, system) }
        </div>
    }
}

fn facts(drawing: &Drawing<'_>, system: &System) -> Html {
    let words = drawing.words;
    let release = &system.distribution.release;
    let version = release.shown_version();
    let derives = release.id_like.join(", ");
    let text = |text: &str| html! { <bdi class="break">{ visible_text(text) }</bdi> };
    let rows = [
        (words.distribution, Some(distribution(drawing, system))),
        (words.version, (!version.is_empty()).then(|| text(version))),
        (
            words.derives_from,
            (!derives.is_empty()).then(|| text(&derives)),
        ),
        (
            words.architecture,
            Some(architecture(drawing, &system.architecture)),
        ),
        (
            words.libc,
            Some(list(
                drawing,
                system
                    .loaders
                    .iter()
                    .map(|loader| (loader.libc.word(), &loader.file)),
            )),
        ),
        (
            words.shell,
            Some(list(drawing, system.shell.iter().map(|file| ("", file)))),
        ),
        (
            words.init,
            Some(list(drawing, system.init.iter().map(|file| ("", file)))),
        ),
        (
            words.package_managers,
            Some(list(
                drawing,
                system
                    .package_managers
                    .iter()
                    .map(|tool| (tool.manager.word(), &tool.file)),
            )),
        ),
        (words.kernel, Some(kernel(drawing, system))),
    ];
    let rows = rows
        .into_iter()
        .filter_map(|(name, value)| Some(html! { <><dt>{ name }</dt><dd>{ value? }</dd></> }));
    html! {
        <section class="card sheet__card">
            <h2>{ words.system }</h2>
            <dl class="facts">{ for rows }</dl>
        </section>
    }
}

fn distribution(drawing: &Drawing<'_>, system: &System) -> Html {
    let words = drawing.words;
    let found = &system.distribution;
    let release = &found.release;
    let name = [&release.pretty_name, &release.name, &release.id]
        .into_iter()
        .find(|name| !name.is_empty());
    let name = match (found.basis, name) {
        (_, Some(name)) => visible_text(name),
        (Basis::Scratch, None) => words.scratch.to_owned(),
        (Basis::Windows, None) => "Windows".to_owned(),
        (Basis::Busybox, None) => "BusyBox".to_owned(),
        (Basis::StatusD, None) => words.distroless.to_owned(),
        (_, None) if !system.gaps.is_empty() => words.partly_read.to_owned(),
        (_, None) => words.unknown.to_owned(),
    };
    html! {
        <>
            <bdi class="break">{ name }</bdi>
            if found.is_distroless && found.basis != Basis::StatusD {
                { " " }<span class="badge">{ words.distroless }</span>
            }
            if let Some(file) = &found.file {
                { " " }{ place(drawing, file) }
            }
        </>
    }
}

fn architecture(drawing: &Drawing<'_>, found: &Architecture) -> Html {
    let words = drawing.words;
    let declared = visible_text(&found.declared_text());
    let proof = match found.agreement {
        Agreement::Agrees => {
            let n = found
                .executables
                .iter()
                .filter(|program| program.agrees == Some(true));
            html! { <span class="muted">{ fill(words.agrees, &[&n.count().to_string()]) }</span> }
        }
        Agreement::Differs => {
            let program = found.differing();
            let built_for = program
                .and_then(|program| program.architecture())
                .unwrap_or("?");
            html! {
                <>
                    <span class="badge badge--warn">{ fill(words.differs, &[&declared, built_for]) }</span>
                    if let Some(program) = program {
                        { " " }{ place(drawing, &program.file) }
                    }
                </>
            }
        }
        Agreement::Unknown if found.declared.is_empty() => {
            return match found.found() {
                Some(found) => html! { <bdi>{ found }</bdi> },
                None => html! { <span class="muted">{ words.none }</span> },
            };
        }
        Agreement::Unknown => html! { <span class="muted">{ words.unproved }</span> },
    };
    html! { <><bdi>{ declared.clone() }</bdi>{ " " }{ proof }</> }
}

/// Draws files, each behind a word.
fn list<'a>(
    drawing: &Drawing<'_>,
    files: impl Iterator<Item = (&'static str, &'a FilePlace)>,
) -> Html {
    let lines: Vec<Html> = files
        .map(|(word, file)| html! { <div>{ word }{ " " }{ place(drawing, file) }</div> })
        .collect();
    match lines.is_empty() {
        true => html! { <span class="muted">{ drawing.absent() }</span> },
        false => lines.into_iter().collect(),
    }
}

fn kernel(drawing: &Drawing<'_>, system: &System) -> Html {
    let words = drawing.words;
    let n = system.kernels.n + system.modules.n;
    if n == 0 && drawing.is_partly_read {
        return html! { <span class="muted">{ words.partly_read }</span> };
    }
    if n == 0 {
        return html! { <span class="muted">{ words.no_kernel }</span> };
    }
    let line = |file: &FilePlace| html! { <div>{ place(drawing, file) }</div> };
    let places = |places: &Places| places.first.iter().map(line).collect::<Html>();
    let n_shown = system.kernels.first.len() + system.modules.first.len();
    html! {
        <>
            <div class="muted">{ words.kernel_unused }</div>
            { places(&system.kernels) }
            { places(&system.modules) }
            { more(words, n.into(), n_shown) }
        </>
    }
}

/// Draws a file as a link into the tree, with its layer.
fn place(drawing: &Drawing<'_>, file: &FilePlace) -> Html {
    let Ok(path_key) = ImagePath::normalise(&file.path) else {
        return Html::default();
    };
    let shown = visible_text(&format!("/{path_key}"));
    let title = fill(drawing.words.go, &[&shown]);
    html! {
        <span class="system__place">
            { drawing.links.draw(shown, title, path_key, TreeView::Union) }
            { " " }
            <LayerLink layer={file.layer.0} />
        </span>
    }
}

fn users(drawing: &Drawing<'_>, system: &System) -> Html {
    let words = drawing.words;
    let head = [
        words.name,
        words.uid,
        words.gid,
        words.home,
        words.login_shell,
    ];
    let rows = system.users.first.iter().map(|user| {
        html! {
            <tr>
                <th scope="row" class="mono break"><bdi>{ visible_text(&user.name) }</bdi></th>
                <td class="num" data-label={words.uid}>{ user.uid }</td>
                <td class="num" data-label={words.gid}>{ user.gid }</td>
                <td class="mono break" data-label={words.home}><bdi>{ visible_text(&user.home) }</bdi></td>
                <td class="mono break" data-label={words.login_shell}><bdi>{ visible_text(&user.shell) }</bdi></td>
            </tr>
        }
    });
    accounts(drawing, words.users, &head, &system.users, rows.collect())
}

fn groups(drawing: &Drawing<'_>, system: &System) -> Html {
    let words = drawing.words;
    let rows = system.groups.first.iter().map(|group| {
        html! {
            <tr>
                <th scope="row" class="mono break"><bdi>{ visible_text(&group.name) }</bdi></th>
                <td class="num" data-label={words.gid}>{ group.gid }</td>
            </tr>
        }
    });
    let head = [words.name, words.gid];
    accounts(drawing, words.groups, &head, &system.groups, rows.collect())
}

fn accounts<T>(
    drawing: &Drawing<'_>,
    title: &'static str,
    head: &[&'static str],
    accounts: &Accounts<T>,
    rows: Html,
) -> Html {
    let Some(file) = &accounts.file else {
        return Html::default();
    };
    let words = drawing.words;
    let columns: Vec<Column> = head.iter().map(|name| Column::Text(name)).collect();
    let n = format::count(accounts.n.into());
    let n = match accounts.is_cut {
        true => fill(words.at_least, &[&n]),
        false => n,
    };
    html! {
        <section class="card sheet__card">
            <h2>{ title }{ " " }<span class="muted num">{ n }</span></h2>
            <p class="small">{ place(drawing, file) }</p>
            if !accounts.first.is_empty() {
                { table("", &columns, rows) }
            }
            { more(words, accounts.n.into(), accounts.first.len()) }
            if accounts.n_malformed > 0 {
                <p class="muted small">{ fill(words.malformed, &[&accounts.n_malformed.to_string()]) }</p>
            }
        </section>
    }
}

/// Counts what is not shown.
fn more(words: &SystemWords, n: u64, n_shown: usize) -> Html {
    match n.saturating_sub(n_shown as u64) {
        0 => Html::default(),
        n => html! { <p class="faint small num">{ fill(words.more, &[&format::count(n)]) }</p> },
    }
}
