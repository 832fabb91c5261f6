//! The Packages tab: the packages as a table, files of no package, and files of packages that are gone.

use std::rc::Rc;

use yew::prelude::*;

use super::rows::{PackageColumn, PackageOrder, shown};
use crate::protocol::{
    ExportKind, Gone, GoneFile, ImagePath, Package, PackageChange, PackageDatabase, PackageEvent,
    PackageKind, PackageList, Standing, TreeView, Unowned, UnownedFile, escape, visible_text,
};
use crate::ui::components::gaps::gaps;
use crate::ui::components::layer_chip::LayerLink;
use crate::ui::components::tree_link::TreeLinks;
use crate::ui::feature::analysis::view::{Pending, analysis};
use crate::ui::kit::button::Button;
use crate::ui::kit::filter_field::FilterField;
use crate::ui::kit::notice::Notice;
use crate::ui::kit::table::{Column, table_box};
use crate::ui::shell::use_shell;
use crate::ui::state::Shared;
use crate::ui::state::image::{ImageAction, ImageState};
use crate::ui::text::Text;
use crate::ui::text::format;
use crate::ui::text::packages::PackageWords;
use crate::ui::text::words::fill;

/// Rows that are drawn at first, and each time that more are asked for.
const STEP_ROWS: usize = 200;
/// Databases that are drawn.
const MOST_DATABASES: usize = 50;

/// Draws the Packages tab.
pub(crate) fn packages(
    text: &'static Text,
    state: &Shared<ImageState>,
    act: &Callback<ImageAction>,
) -> Html {
    let words = PackageWords::of(text.language);
    let pending = Pending::new(text, words.waiting, words.computing);
    analysis(state, act, pending, found)
}

fn found(
    text: &'static Text,
    state: &ImageState,
    act: &Callback<ImageAction>,
    list: &PackageList,
) -> Html {
    let words = PackageWords::of(text.language);
    let drawing = Drawing {
        words,
        commands: &state
            .image
            .layers
            .iter()
            .map(|row| visible_text(&row.command))
            .collect::<Vec<_>>(),
        links: TreeLinks {
            platform: state.place().platform,
            act,
        },
    };
    html! {
        <div class="sheet">
            { gaps(text, &list.gaps, act) }
            { figures(words, list) }
            if list.n_left_out > 0 {
                { beyond(words, list.n_left_out) }
            }
            if list.packages.is_empty() {
                if list.databases.is_empty() && list.gaps.is_empty() {
                    <p class="empty">{ words.nothing }</p>
                }
            } else {
                <PackageTable
                    list={Rc::new(list.clone())}
                    commands={drawing.commands.to_vec()}
                    platform={drawing.links.platform.clone()}
                    act={act.clone()}
                />
            }
            { unowned(&drawing, list) }
            { gone(&drawing, list) }
            { databases(&drawing, list) }
        </div>
    }
}

/// Context for drawing the parts.
struct Drawing<'a> {
    words: &'static PackageWords,
    /// The line of each layer.
    commands: &'a [String],
    links: TreeLinks<'a>,
}

impl Drawing<'_> {
    /// Draws a path as a link into the tree.
    fn path(&self, path: &[u8], view: TreeView) -> Html {
        let shown = visible_text(&format!("/{}", escape(path)));
        match ImagePath::normalise(path) {
            Ok(path_key) => {
                let title = fill(self.words.go, &[&shown]);
                self.links.draw(shown, title, path_key, view)
            }
            Err(_) => html! { <bdi class="mono break">{ shown }</bdi> },
        }
    }
}

fn figures(words: &PackageWords, list: &PackageList) -> Html {
    let installed = || list.standing(Standing::Installed);
    let n_of = |kind: PackageKind| installed().filter(|one| one.kind == kind).count() as u64;
    let kinds = PackageKind::ALL.into_iter().filter_map(|kind| {
        let n = n_of(kind);
        (n > 0).then(|| fill(words.n_of_kind, &[&format::count(n), kind.word()]))
    });
    let kinds: Vec<String> = kinds.collect();
    let n_installed = installed().count() as u64;
    let n_removed = list.standing(Standing::Removed).count() as u64;
    let removed_bytes = list.standing(Standing::Removed);
    let removed_bytes = removed_bytes.fold(0_u64, |sum, one| sum.saturating_add(one.owned_bytes));
    let n_unknown = list.standing(Standing::Unknown).count() as u64;
    let mut figures = vec![(
        words.installed,
        format::count(n_installed),
        kinds.join(" · "),
    )];
    if n_removed > 0 {
        let why = fill(words.removed_why, &[&format::size(removed_bytes)]);
        figures.push((words.removed, format::count(n_removed), why));
    }
    if n_unknown > 0 {
        let why = words.database_gone_why.to_owned();
        figures.push((words.database_gone, format::count(n_unknown), why));
    }
    if let Some(unowned) = &list.unowned {
        let why = fill(words.unowned_why, &[&format::count(unowned.n)]);
        figures.push((words.unowned, format::size(unowned.bytes), why));
    }
    let Gone {
        n_deleted, n_never, ..
    } = list.gone;
    if n_deleted + n_never > 0 {
        let why = match n_never {
            0 => words.gone_only.to_owned(),
            n => fill(words.gone_why, &[&format::count(n)]),
        };
        figures.push((words.gone, format::count(n_deleted), why));
    }
    let figure = |(name, value, why): (&'static str, String, String)| {
        html! {
            <div class="figure">
                <dt>{ name }</dt>
                <dd class="figure__value num">{ value }</dd>
                <dd class="figure__why">{ why }</dd>
            </div>
        }
    };
    html! { <dl class="card figures">{ for figures.into_iter().map(figure) }</dl> }
}

/// Properties of [`PackageTable`].
#[derive(Clone, PartialEq, Properties)]
struct PackageTableProps {
    list: Rc<PackageList>,
    commands: Vec<String>,
    platform: Option<crate::protocol::PlatformChoice>,
    act: Callback<ImageAction>,
}

/// The table, with its filter and its order.
#[component]
fn PackageTable(props: &PackageTableProps) -> Html {
    let shell = use_shell();
    let words = PackageWords::of(shell.text.language);
    let query = use_state_eq(String::new);
    let order = use_state_eq(|| PackageOrder::FIRST);
    let n_drawn = use_state_eq(|| STEP_ROWS);
    let drawing = Drawing {
        words,
        commands: &props.commands,
        links: TreeLinks {
            platform: props.platform.clone(),
            act: &props.act,
        },
    };
    let on_change = {
        let (query, n_drawn) = (query.setter(), n_drawn.setter());
        Callback::from(move |text: String| {
            query.set(text);
            n_drawn.set(STEP_ROWS);
        })
    };
    let column = |column, name, is_figure| {
        let setter = order.setter();
        let now = *order;
        Column::Sorted {
            name,
            is_figure,
            direction: (now.column == column).then_some(now.direction),
            on_sort: Callback::from(move |_: MouseEvent| setter.set(now.after(column))),
        }
    };
    let head = [
        column(PackageColumn::Name, words.name, false),
        column(PackageColumn::Version, words.version, false),
        column(PackageColumn::Kind, words.kind, false),
        column(PackageColumn::Size, words.size, true),
        column(PackageColumn::Files, words.files, true),
        column(PackageColumn::Layer, words.layer, false),
        column(PackageColumn::Licence, words.licence, false),
    ];
    let rows = shown(&props.list, &query, *order);
    let packages = rows.iter().take(*n_drawn);
    let packages = packages.filter_map(|&at| props.list.packages.get(at));
    let body: Html = packages.map(|package| row(&drawing, package)).collect();
    let n_more = rows.len().saturating_sub(*n_drawn);
    let on_more = {
        let (setter, now) = (n_drawn.setter(), *n_drawn);
        Callback::from(move |_: MouseEvent| setter.set(now + STEP_ROWS))
    };
    // The bill of materials, with the packages that no filter hides.
    let save = |kind: ExportKind, name: &str| {
        let act = props.act.clone();
        let on_save = Callback::from(move |_: MouseEvent| act.emit(ImageAction::Export(kind)));
        Button::new(fill(words.save_sbom, &[name]))
            .on_click(on_save)
            .html()
    };
    html! {
        <section class="space__section">
            <h2>{ words.title }</h2>
            <p class="muted small">{ words.title_why }</p>
            <div class="packages__tools">
                <FilterField label={words.filter} value={(*query).clone()} {on_change} />
                <span class="muted small num" role="status">
                    { fill(words.n_shown, &[&format::count(rows.len() as u64)]) }
                </span>
                { save(ExportKind::Spdx, "SPDX") }
                { save(ExportKind::CycloneDx, "CycloneDX") }
            </div>
            if rows.is_empty() {
                <p class="empty">{ words.no_match }</p>
            } else {
                { table_box(words.title, "packages__list", &head, body) }
            }
            if n_more > 0 {
                <p>
                    { Button::new(fill(words.more, &[&format::count(n_more as u64)])).on_click(on_more).html() }
                </p>
            }
        </section>
    }
}

fn row(drawing: &Drawing<'_>, package: &Package) -> Html {
    let words = drawing.words;
    let view = match package.ended_by() {
        Some(layer) => TreeView::UpTo(layer.0.saturating_sub(1)),
        None => TreeView::Union,
    };
    let name = visible_text(&package.name);
    let name = match ImagePath::normalise(&package.record.path) {
        Ok(path_key) => {
            let record = visible_text(&format!("/{path_key}"));
            let title = fill(words.go, &[&record]);
            drawing.links.draw(name, title, path_key, view)
        }
        Err(_) => html! { <bdi class="mono break">{ name }</bdi> },
    };
    let licences = package.licences.as_ref();
    let licences = licences.map(|licences| visible_text(&licences.join(", ")));
    let badge = match package.standing() {
        Standing::Installed => None,
        Standing::Removed => Some(words.badge_removed),
        Standing::Unknown => Some(words.badge_database_gone),
    };
    let layer = package.brought_by();
    let command = layer.and_then(|layer| drawing.commands.get(layer.0 as usize));
    html! {
        <tr>
            <th scope="row">
                { name }
                if !package.architecture.is_empty() {
                    { " " }<bdi class="faint small">{ visible_text(&package.architecture) }</bdi>
                }
                if let Some(badge) = badge {
                    { " " }<span class="badge badge--warn">{ badge }</span>
                }
            </th>
            <td class="mono break" data-label={words.version}><bdi>{ visible_text(&package.version) }</bdi></td>
            <td data-label={words.kind}>{ package.kind.word() }</td>
            <td class="end num" data-label={words.size}>{ format::size(package.owned_bytes) }</td>
            <td class="end num" data-label={words.files}>{ files_cell(drawing, package, view) }</td>
            <td data-label={words.layer}>
                <span class="packages__layers">{ for package.events.iter().map(|event| event_mark(words, event)) }</span>
                if let Some(command) = command {
                    <bdi class="packages__line faint small">{ command }</bdi>
                }
            </td>
            <td class="break small" data-label={words.licence}>
                { licences_cell(words, licences) }
            </td>
        </tr>
    }
}

fn event_mark(words: &PackageWords, event: &PackageEvent) -> Html {
    let (mark, mut what) = match event.change {
        PackageChange::Added => ("+", fill(words.added, &[&event.version])),
        PackageChange::Changed => ("±", fill(words.changed, &[&event.version])),
        PackageChange::Removed => ("−", words.removed_here.to_owned()),
        PackageChange::DatabaseGone => ("?", words.database_gone_here.to_owned()),
    };
    if !event.is_exact {
        what = format!("{what} ({})", words.inexact);
    }
    let what = visible_text(&what);
    html! {
        <span class="packages__event" title={what.clone()}>
            <span class="faint" aria-hidden="true">{ mark }</span>
            <LayerLink layer={event.layer.0} />
            if !event.is_exact {
                <span class="faint" aria-hidden="true">{ "?" }</span>
            }
            <span class="sr-only">{ what }</span>
        </span>
    }
}

/// Draws the number of a package's files, which leads to their list.
fn files_cell(drawing: &Drawing<'_>, package: &Package, view: TreeView) -> Html {
    let n = format::count(package.n_owned.into());
    let list = package.list.as_ref();
    match list.and_then(|list| ImagePath::normalise(&list.path).ok()) {
        Some(path_key) => {
            let list = visible_text(&format!("/{path_key}"));
            let title = fill(drawing.words.go, &[&list]);
            drawing.links.draw(n, title, path_key, view)
        }
        None => html! { { n } },
    }
}

fn licences_cell(words: &PackageWords, licences: Option<String>) -> Html {
    match licences {
        None => html! { <span class="faint">{ words.not_read }</span> },
        Some(licences) if licences.is_empty() => {
            html! { <span class="faint">{ words.unknown }</span> }
        }
        Some(licences) => {
            html! { <bdi class="packages__licence" title={licences.clone()}>{ licences }</bdi> }
        }
    }
}

fn beyond(words: &PackageWords, n: u32) -> Html {
    let line = fill(words.beyond, &[&format::count(n.into())]);
    Notice::warn()
        .role("status")
        .html(html! { <p>{ line }</p> })
}

/// Draws the databases, with what of each was not read.
fn databases(drawing: &Drawing<'_>, list: &PackageList) -> Html {
    let words = drawing.words;
    if list.databases.is_empty() {
        return Html::default();
    }
    let line = |database: &PackageDatabase| {
        let figure = |label: &'static str, n: u32| {
            html! { <td class="end num" data-label={label}>{ format::count(n.into()) }</td> }
        };
        let view = TreeView::UpTo(database.file.layer.0);
        html! {
            <tr>
                <th scope="row">{ drawing.path(&database.file.path, view) }</th>
                <td data-label={words.layer}><LayerLink layer={database.file.layer.0} /></td>
                { figure(words.installed, database.n_packages) }
                { figure(words.malformed, database.n_malformed) }
                { figure(words.left_out, database.n_left_out) }
                { figure(words.paths_left_out, database.n_paths_left_out) }
            </tr>
        }
    };
    let head = [
        Column::Text(words.path),
        Column::Text(words.layer),
        Column::Figures(words.installed),
        Column::Figures(words.malformed),
        Column::Figures(words.left_out),
        Column::Figures(words.paths_left_out),
    ];
    let drawn = list.databases.iter().take(MOST_DATABASES).map(line);
    let table = table_box(words.databases, "space__list", &head, drawn.collect());
    let n_more = list.databases.len().saturating_sub(MOST_DATABASES);
    section(
        words,
        words.databases,
        words.databases_why,
        table,
        n_more as u64,
    )
}

fn unowned(drawing: &Drawing<'_>, list: &PackageList) -> Html {
    let words = drawing.words;
    let Some(Unowned { largest, n, .. }) = list.unowned.as_ref().filter(|files| files.n > 0) else {
        return Html::default();
    };
    let line = |file: &UnownedFile| {
        html! {
            <tr>
                <th scope="row">{ drawing.path(&file.path, TreeView::Union) }</th>
                <td class="end num" data-label={words.size}>{ format::size(file.bytes) }</td>
                <td data-label={words.layer}><LayerLink layer={file.layer.0} /></td>
            </tr>
        }
    };
    let head = [
        Column::Text(words.path),
        Column::Figures(words.size),
        Column::Text(words.layer),
    ];
    let table = table_box(
        words.unowned,
        "space__list",
        &head,
        largest.iter().map(line).collect(),
    );
    let n_more = n.saturating_sub(largest.len() as u64);
    section(words, words.unowned, words.unowned_list_why, table, n_more)
}

fn gone(drawing: &Drawing<'_>, list: &PackageList) -> Html {
    let words = drawing.words;
    if list.gone.n_deleted == 0 {
        return Html::default();
    }
    let line = |file: &GoneFile| {
        let package = list.packages.get(file.package as usize);
        let package = package.map(|package| visible_text(&package.name));
        let below = TreeView::UpTo(file.deleted_by.0.saturating_sub(1));
        html! {
            <tr>
                <th scope="row">{ drawing.path(&file.path, below) }</th>
                <td class="mono break" data-label={words.name}><bdi>{ package.unwrap_or_default() }</bdi></td>
                <td data-label={words.deleted_by}><LayerLink layer={file.deleted_by.0} /></td>
            </tr>
        }
    };
    let head = [
        Column::Text(words.path),
        Column::Text(words.name),
        Column::Text(words.deleted_by),
    ];
    let table = table_box(
        words.gone,
        "space__list",
        &head,
        list.gone.first.iter().map(line).collect(),
    );
    let n_more = list
        .gone
        .n_deleted
        .saturating_sub(list.gone.first.len() as u64);
    section(words, words.gone, words.gone_list_why, table, n_more)
}

fn section(
    words: &PackageWords,
    title: &'static str,
    why: &'static str,
    body: Html,
    n_more: u64,
) -> Html {
    html! {
        <section class="space__section">
            <h2>{ title }</h2>
            <p class="muted small">{ why }</p>
            { body }
            if n_more > 0 {
                <p class="faint small num">{ fill(words.more_files, &[&format::count(n_more)]) }</p>
            }
        </section>
    }
}
