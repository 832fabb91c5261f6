//! Findings, a line each: a number, what it is, where, and what can be done.

use yew::prelude::*;

use super::sentence::{path_text, places, runs_as};
use super::view::Drawing;
use crate::protocol::{
    Agreement, ImagePath, Overview, SecretList, Shipped, SquashRange, Standing, TreeView, Waste,
    WasteKind, WastePlace, visible_text,
};
use crate::ui::components::layer_chip::LayerLink;
use crate::ui::feature::container::squash_field;
use crate::ui::kit::button::Button;
use crate::ui::state::image::{ImageAction, ImagePart};
use crate::ui::text::format;
use crate::ui::text::words::fill;
use crate::web::dom;

/// Largest number of causes of dead bytes.
const MOST_WASTE: usize = 5;
/// Lines whose place is kept while the findings are not known.
const AWAITED_LINES: usize = 4;
/// The part of the content below which a cause of dead bytes is not told.
const LEAST_PART: u64 = 1_000;

/// A finding.
struct Finding {
    number: String,
    what: Html,
    place: Html,
    deed: Html,
}

/// Draws all findings.
pub(super) fn findings(drawing: &Drawing<'_>) -> Html {
    let words = drawing.words;
    let overview = drawing.answer.and_then(|answer| answer.overview.as_ref());
    let mut found: Vec<Finding> = Vec::new();
    if let Some(overview) = overview {
        found.extend(overview.squash.map(|range| squash(drawing, range)));
        found.extend(waste(drawing, overview));
        found.extend(overview.shipped.iter().map(|one| shipped(drawing, one)));
    }
    found.extend(architecture(drawing));
    if found.is_empty() && overview.is_some() {
        found.push(Finding {
            number: String::new(),
            what: html! { <span class="muted">{ words.findings_none }</span> },
            place: Html::default(),
            deed: Html::default(),
        });
    }
    found.push(packages(drawing));
    found.push(secrets(drawing));
    found.extend(configured(drawing));
    let line = |finding: Finding| {
        html! {
            <li class="finding">
                <span class="finding__number num">{ finding.number }</span>
                <span class="finding__what">{ finding.what }</span>
                <span class="finding__place">{ finding.place }</span>
                <span class="finding__deed">{ finding.deed }</span>
            </li>
        }
    };
    html! {
        <section class="overview__findings" aria-label={words.findings}>
            <h2>{ words.findings }</h2>
            if drawing.answer.is_none() && drawing.is_awaited() {
                <div class="findings" aria-hidden="true">
                    { for (0..AWAITED_LINES).map(|_| html! { <div class="finding"><span class="skeleton" /></div> }) }
                </div>
            } else {
                <ul class="findings">{ for found.into_iter().map(line) }</ul>
            }
        </section>
    }
}

fn squash(drawing: &Drawing<'_>, range: SquashRange) -> Finding {
    let words = drawing.words;
    let (from, to) = (range.from.0, range.to.0);
    let what = match from {
        0 => words.squash_one,
        _ => words.squash,
    };
    let what = fill(what, &[&from.to_string(), &to.to_string()]);
    let image = drawing.state.image.key;
    let prepare = drawing.links.act.reform(move |_: MouseEvent| {
        dom::focus_soon(squash_field(image));
        ImageAction::PrepareSquash(from)
    });
    // A container layer is committed or thrown away first, which its own card offers.
    let deed = match drawing.state.container.is_open() {
        true => Html::default(),
        false => Button::new(words.squash_do)
            .name(format!("{} {what}", words.squash_do))
            .title(words.squash_why)
            .primary()
            .on_click(prepare)
            .html(),
    };
    Finding {
        // Links and holes may take some of it back, which the preparation knows.
        number: fill(words.squash_saves, &[&format::size(range.saved_bytes)]),
        what: html! { <strong>{ what }</strong> },
        place: html! { <span class="faint">{ words.squash_why }</span> },
        deed,
    }
}

/// Returns the causes of dead bytes that are worth a line, and a line for the rest.
fn waste(drawing: &Drawing<'_>, overview: &Overview) -> Vec<Finding> {
    let words = drawing.words;
    let strata = drawing
        .answer
        .and_then(|answer| answer.strata.as_ref().ok());
    let least = strata.map_or(0, |strata| strata.content_bytes / LEAST_PART);
    let is_told = |waste: &&Waste| waste.bytes > least;
    let told: Vec<&Waste> = overview
        .waste
        .iter()
        .filter(is_told)
        .take(MOST_WASTE)
        .collect();
    let left_out = overview.waste.iter().skip(told.len());
    let rest = left_out.fold(
        (
            overview.waste_left_out.n_rows,
            overview.waste_left_out.bytes,
        ),
        |(n, bytes), waste| (n + 1, bytes.saturating_add(waste.bytes)),
    );
    let mut lines: Vec<Finding> = told
        .into_iter()
        .map(|waste| Finding {
            number: format::size(waste.bytes),
            what: what_died(drawing, waste),
            place: died_at(drawing, waste),
            deed: Html::default(),
        })
        .collect();
    if rest.1 > 0 {
        let (n, bytes) = (format::count(rest.0), format::size(rest.1));
        let go = drawing
            .links
            .act
            .reform(|_: MouseEvent| ImageAction::ShowTab(ImagePart::Space));
        lines.push(Finding {
            number: String::new(),
            what: html! { <span class="muted">{ fill(words.more, &[&n, &bytes]) }</span> },
            place: Html::default(),
            deed: Button::new(words.all_of_it).on_click(go).html(),
        });
    }
    lines
}

fn what_died(drawing: &Drawing<'_>, waste: &Waste) -> Html {
    let words = drawing.words;
    let how = match waste.kind {
        WasteKind::Deleted => words.find_deleted,
        WasteKind::Overwritten => words.find_overwritten,
        WasteKind::Metadata => words.find_metadata,
        WasteKind::Again => words.find_again,
        WasteKind::Unreachable => words.find_unreachable,
    };
    let n_files = fill(words.find_files, &[&format::count(waste.n_files)]);
    let is_known = waste.places.iter().any(|place| place.known.is_some());
    let what = match is_known {
        true => places(words, waste),
        false => n_files.clone(),
    };
    html! { <span title={n_files}>{ what }{ ", " }{ how }</span> }
}

fn died_at(drawing: &Drawing<'_>, waste: &Waste) -> Html {
    let words = drawing.words;
    let (by, hidden_by) = (waste.stored_by.0, waste.hidden_by.0);
    let view = TreeView::UpTo(by);
    let link = |place: &WastePlace| {
        let shown = match waste.kind {
            // No view has it.
            WasteKind::Unreachable => {
                html! { <bdi class="mono">{ path_text(&place.path, place.is_dir) }</bdi> }
            }
            _ => path(drawing, &place.path, place.is_dir, view),
        };
        html! { <span class="finding__path">{ shown }</span> }
    };
    let title = match by == hidden_by {
        true => fill(words.stored_by, &[&by.to_string()]),
        false => fill(
            words.stored_and_hidden,
            &[&by.to_string(), &hidden_by.to_string()],
        ),
    };
    html! {
        <>
            { for waste.places.iter().map(link) }
            <span class="finding__layers">
                <span class="sr-only">{ title }</span>
                <LayerLink layer={by} />
                if by != hidden_by {
                    <span aria-hidden="true">{ " → " }</span>
                    <LayerLink layer={hidden_by} />
                }
            </span>
        </>
    }
}

/// Draws a path as a link into a view of the tree.
fn path(drawing: &Drawing<'_>, path: &[u8], is_dir: bool, view: TreeView) -> Html {
    let words = drawing.words;
    let shown = path_text(path, is_dir);
    let Ok(path_key) = ImagePath::normalise(path) else {
        return html! { <bdi class="mono">{ shown }</bdi> };
    };
    let title = match view {
        TreeView::UpTo(layer) => fill(words.go_upto, &[&shown, &layer.to_string()]),
        _ => fill(words.go, &[&shown]),
    };
    drawing.links.draw(shown, title, path_key, view)
}

fn shipped(drawing: &Drawing<'_>, shipped: &Shipped) -> Finding {
    let words = drawing.words;
    let what = fill(words.shipped, &[(words.known)(shipped.known)]);
    Finding {
        number: format::size(shipped.bytes),
        what: html! { <span title={words.shipped_why}>{ what }</span> },
        place: html! { <span class="finding__path">{ path(drawing, &shipped.path, true, TreeView::Union) }</span> },
        deed: Html::default(),
    }
}

/// Draws a line whose button goes to a tab.
fn leads_to(drawing: &Drawing<'_>, tab: ImagePart, what: Html, said: &str, deed: &str) -> Finding {
    let go = drawing
        .links
        .act
        .reform(move |_: MouseEvent| ImageAction::ShowTab(tab));
    Finding {
        number: String::new(),
        what,
        place: Html::default(),
        deed: Button::new(deed.to_owned())
            .quiet()
            .name(format!("{deed}: {said}"))
            .on_click(go)
            .html(),
    }
}

/// Returns the number of packages, or the way to their list: it reads the databases of all layers, and so is asked for.
fn packages(drawing: &Drawing<'_>) -> Finding {
    let words = drawing.words;
    let (said, deed) = match drawing.packages {
        Some(list) => {
            let n = list.standing(Standing::Installed).count() as u64;
            let is_whole = list.gaps.is_empty() && list.n_left_out == 0;
            let said = if is_whole {
                words.packages_n
            } else {
                words.packages_partly
            };
            (fill(said, &[&format::count(n)]), words.show)
        }
        None => (words.packages_ask.to_owned(), words.packages_do),
    };
    let what = html! { { said.clone() } };
    leads_to(drawing, ImagePart::Packages, what, &said, deed)
}

/// Returns the number of secrets, or the way to the search: it reads all layers again, and so is asked for.
fn secrets(drawing: &Drawing<'_>) -> Finding {
    let words = drawing.words;
    let is_whole = |list: &SecretList| list.gaps.is_empty() && list.n_cut == 0;
    let (said, deed) = match drawing.secrets {
        None => (words.secrets_ask.to_owned(), words.secrets_do),
        Some(list) if list.n_secrets() > 0 => {
            let said = fill(words.secrets_n, &[&format::count(list.n_secrets())]);
            let what = html! { <span class="badge badge--bad">{ said.clone() }</span> };
            return leads_to(drawing, ImagePart::Findings, what, &said, words.show);
        }
        Some(list) if is_whole(list) => (words.secrets_none.to_owned(), words.show),
        Some(_) => (words.secrets_partly.to_owned(), words.show),
    };
    let what = html! { { said.clone() } };
    leads_to(drawing, ImagePart::Findings, what, &said, deed)
}

/// Returns the finding that programs are for another machine than the configuration says.
fn architecture(drawing: &Drawing<'_>) -> Option<Finding> {
    let found = &drawing.system?.architecture;
    let program = found
        .differing()
        .filter(|_| found.agreement == Agreement::Differs)?;
    let declared = visible_text(&found.declared_text());
    let built_for = program.architecture().unwrap_or("?");
    let what = fill(drawing.words.arch_differs, &[&declared, built_for]);
    let file = &program.file.path;
    Some(Finding {
        number: String::new(),
        what: html! { <span class="badge badge--warn"><bdi>{ what }</bdi></span> },
        place: html! { <span class="finding__path">{ path(drawing, file, false, TreeView::Union) }</span> },
        deed: Html::default(),
    })
}

/// Returns what the configuration says of the user, the ports and the volumes.
fn configured(drawing: &Drawing<'_>) -> Vec<Finding> {
    let words = drawing.words;
    let Some(config) = &drawing.state.image.config else {
        return Vec::new();
    };
    let line = |what: String, why: &'static str| {
        let shown = html! { <bdi>{ what.clone() }</bdi> };
        Finding {
            place: html! { <span class="faint">{ why }</span> },
            ..leads_to(drawing, ImagePart::Configuration, shown, &what, words.show)
        }
    };
    let listed = |values: &[String]| visible_text(&values.join(", "));
    // Accounts of an image that was read in part may not be the last ones.
    let system = drawing.system.filter(|system| system.gaps.is_empty());
    let platform = drawing.state.image.platform.as_ref();
    let is_windows = platform.is_some_and(|platform| platform.os == "windows");
    let mut lines = match runs_as(&config.user, system) {
        Some(user) => vec![line(fill(words.runs_as, &[&user]), "")],
        // Its default user is no root.
        None if is_windows => Vec::new(),
        None => {
            let is_named = !config.user.trim().is_empty();
            let why = if is_named { "" } else { words.runs_as_root_why };
            vec![line(words.runs_as_root.to_owned(), why)]
        }
    };
    if !config.exposed_ports.is_empty() {
        lines.push(line(
            fill(words.ports, &[&listed(&config.exposed_ports)]),
            "",
        ));
    }
    if !config.volumes.is_empty() {
        lines.push(line(fill(words.volumes, &[&listed(&config.volumes)]), ""));
    }
    lines
}
