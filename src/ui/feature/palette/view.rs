//! The box: a field with one list of entries and paths, a combobox by the ARIA practices.

use yew::prelude::*;

use crate::protocol::MatchRow;
use crate::ui::components::marked::hit_line;
use crate::ui::feature::frame::theme::Theme;
use crate::ui::feature::palette::entries::{
    Around, BoxDeed, BoxEntry, ThemeName, entries, grid_id,
};
use crate::ui::feature::palette::fitting::{COMMANDS, fitting, query_of};
use crate::ui::kit::field::{Field, FieldList};
use crate::ui::kit::glyph::Glyph;
use crate::ui::shell::{Shell, use_image, use_shell};
use crate::ui::state::image::{
    FindAction, FindState, ImageAction, ImageState, Loadable, visible_text,
};
use crate::ui::state::{Action, Shared};
use crate::ui::text::palette::PaletteWords;
use crate::ui::text::words::fill;
use crate::ui::text::{Language, format, said};
use crate::web::{clipboard, dom, task};

/// DOM id of the field.
pub(crate) const FIELD_ID: &str = "palette-field";
const LIST_ID: &str = "palette-list";
/// Examples of what paths are searched by, the same in every language.
const EXAMPLES: &str =
    "etc passwd   *.pyc   /usr/**/x   size:>1M   layer:2   owner:app   kind:link   deleted:";

/// Properties of [`Palette`].
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct PaletteProps {
    /// Everything open.
    pub around: Around,
    /// The image that is shown.
    pub image: Option<Shared<ImageState>>,
    /// Closes the box; true if the focus is to go back to where it was.
    pub on_close: Callback<bool>,
    /// Receives another language.
    pub on_speak: Callback<Language>,
    /// Receives another theme.
    pub on_wear: Callback<Theme>,
}

/// Draws the box, which follows the image that is shown.
pub(crate) fn palette(props: &PaletteProps) -> Html {
    match &props.image {
        Some(image) => html! { <PaletteOfImage image={image.clone()} all={props.clone()} /> },
        None => html! { <Palette all={props.clone()} /> },
    }
}

#[derive(Clone, PartialEq, Properties)]
struct OfImageProps {
    image: Shared<ImageState>,
    all: PaletteProps,
}

/// The box over an image.
#[component]
fn PaletteOfImage(props: &OfImageProps) -> Html {
    let shell = use_shell();
    let image = use_image(&shell, &props.image);
    let all = PaletteProps {
        image: Some(image),
        ..props.all.clone()
    };
    html! { <Palette {all} /> }
}

#[derive(Clone, PartialEq, Properties)]
struct BoxProps {
    all: PaletteProps,
}

/// An option of the list.
enum Choice<'a> {
    Entry(&'a BoxEntry),
    Address(String),
    Hit(usize, &'a MatchRow),
}

/// The box.
#[component]
fn Palette(props: &BoxProps) -> Html {
    let props = &props.all;
    let shell = use_shell();
    let words = PaletteWords::of(shell.language);
    let typed = use_state_eq(String::new);
    let chosen = use_state_eq(|| 0_usize);
    // True if Enter was pressed before the paths arrived.
    let is_awaited = use_state_eq(|| false);
    let copied = use_state_eq(|| None::<bool>);
    let image = props.image.as_ref().filter(|image| image.has_tree());
    let find = image.map(|image| image.find.clone());
    let query = query_of(&typed).filter(|query| !query.is_empty());
    let all = entries(&props.around, props.image.as_deref(), shell.text, words);
    let fits = fitting(&all, &typed);
    let choices = choices(&fits, find.as_deref(), query);
    let n = choices.len();
    let at = (*chosen).min(n.saturating_sub(1));
    let is_searching = find
        .as_ref()
        .is_some_and(|find| query.is_some() && !find.is_answered);
    let run = use_run(&shell, props, copied.setter());
    {
        let (run, is_awaited) = (run.clone(), is_awaited.clone());
        let first = choices.first().map(deed_of);
        use_effect_with((*is_awaited, is_searching), move |(awaited, searching)| {
            if *awaited && !*searching {
                is_awaited.set(false);
                if let Some(first) = first {
                    run.emit(first);
                }
            }
        });
    }
    use_effect_with((n > 0).then_some(at), |at| {
        if let Some(at) = at {
            dom::reveal_id(&option_id(*at));
        }
    });
    let oninput = {
        let (typed, chosen, is_awaited, copied) = (
            typed.setter(),
            chosen.setter(),
            is_awaited.setter(),
            copied.setter(),
        );
        let search = search(&shell, image);
        Callback::from(move |event: InputEvent| {
            let text = dom::value_of(&event);
            search.emit(query_of(&text).unwrap_or_default().to_owned());
            typed.set(text);
            chosen.set(0);
            is_awaited.set(false);
            copied.set(None);
        })
    };
    let onkeydown = {
        let (chosen, is_awaited, run) = (chosen.setter(), is_awaited.setter(), run.clone());
        let deed = choices.get(at).map(deed_of);
        let waits = is_searching && !matches!(choices.get(at), Some(Choice::Entry(_)));
        Callback::from(move |event: KeyboardEvent| {
            match event.key().as_str() {
                "ArrowDown" if n > 0 => chosen.set((at + 1) % n),
                "ArrowUp" if n > 0 => chosen.set((at + n - 1) % n),
                "Enter" if waits => is_awaited.set(true),
                "Enter" => {
                    if let Some(deed) = deed.clone() {
                        run.emit(deed);
                    }
                }
                _ => return,
            }
            event.prevent_default();
        })
    };
    let hint = match image {
        Some(_) => words.hint,
        None => words.hint_no_image,
    };
    let field = Field::search()
        .id(FIELD_ID)
        .name(words.label)
        .hint(AttrValue::from(hint))
        .value((*typed).clone())
        .list(FieldList {
            id: LIST_ID.to_owned(),
            is_open: true,
            active: (n > 0).then(|| option_id(at)),
        })
        .on_input(oninput)
        .on_key(onkeydown)
        .behind(Some(Glyph::Search), "", Html::default());
    let options = choices.iter().enumerate().map(|(position, choice)| {
        let (run, deed) = (run.clone(), deed_of(choice));
        let onmousedown = Callback::from(move |event: MouseEvent| {
            event.prevent_default();
            run.emit(deed.clone());
        });
        html! {
            <li
                key={position}
                role="option"
                id={option_id(position)}
                aria-selected={(position == at).to_string()}
                {onmousedown}
            >
                { drawn(&shell, words, choice) }
            </li>
        }
    });
    let foot = match *copied {
        Some(true) => shell.text.image.copied.to_owned(),
        Some(false) => shell.text.image.copy_refused.to_owned(),
        None => foot(&shell, words, find.as_deref(), query, is_searching, n),
    };
    html! {
        <div class="palette">
            { field }
            <ul class="find__hits palette__list" role="listbox" id={LIST_ID} aria-label={words.list}>{ for options }</ul>
            <p class="find__foot muted break" role="status">{ foot }</p>
            if image.is_some() {
                <p class="find__foot palette__help faint small mono">{ EXAMPLES }</p>
            }
        </div>
    }
}

fn option_id(position: usize) -> String {
    format!("palette-{position}")
}

/// Returns the options: entries, then paths, then what is typed as an address.
fn choices<'a>(
    fits: &[&'a BoxEntry],
    find: Option<&'a FindState>,
    query: Option<&str>,
) -> Vec<Choice<'a>> {
    let mut all: Vec<Choice<'a>> = fits.iter().map(|entry| Choice::Entry(entry)).collect();
    if let (Some(find), Some(_)) = (find, query)
        && let Loadable::Ready(hits) = &find.hits
    {
        let hits = hits.iter().enumerate();
        all.extend(hits.map(|(position, hit)| Choice::Hit(position, hit)));
    }
    let is_address = |query: &&str| {
        let (host, path) = query.split_once('/').unwrap_or_default();
        (host.contains(['.', ':']) || query.contains("://")) && !path.is_empty()
    };
    if let Some(address) = query
        .filter(|query| !query.contains(['*', ' ']))
        .filter(is_address)
    {
        all.push(Choice::Address(address.to_owned()));
    }
    all
}

/// The effect of choosing an option.
#[derive(Clone, PartialEq)]
enum Chosen {
    Deed(BoxDeed, Option<String>),
    Hit(usize),
}

fn deed_of(choice: &Choice<'_>) -> Chosen {
    match choice {
        Choice::Entry(entry) => Chosen::Deed(entry.deed.clone(), entry.focus.clone()),
        Choice::Address(text) => {
            Chosen::Deed(BoxDeed::Act(Box::new(Action::Typed(text.clone()))), None)
        }
        Choice::Hit(position, _) => Chosen::Hit(*position),
    }
}

/// Returns what searches the image's paths, and shows no hits beside the tree.
fn search(shell: &Shell, image: Option<&Shared<ImageState>>) -> Callback<String> {
    let Some(key) = image.map(|image| image.image.key) else {
        return Callback::noop();
    };
    shell.act.reform(move |text| Action::Image {
        image: key,
        action: ImageAction::Find(FindAction::Quietly(text)),
    })
}

/// Returns what carries out a choice and closes the box.
#[hook]
fn use_run(
    shell: &Shell,
    props: &PaletteProps,
    copied: UseStateSetter<Option<bool>>,
) -> Callback<Chosen> {
    let image = props.image.clone();
    let clear = search(shell, image.as_ref());
    use_effect_with((), {
        let clear = clear.clone();
        move |()| move || clear.emit(String::new())
    });
    let act = shell.act.clone();
    let PaletteProps {
        on_close,
        on_speak,
        on_wear,
        ..
    } = props.clone();
    Callback::from(move |chosen: Chosen| match chosen {
        Chosen::Hit(position) => {
            if let Some(image) = &image {
                act.emit(Action::Image {
                    image: image.image.key,
                    action: ImageAction::Find(FindAction::Take(Some(position))),
                });
                dom::focus_soon(grid_id(image));
            }
            on_close.emit(false);
        }
        Chosen::Deed(BoxDeed::Copy(text), _) => {
            let copied = copied.clone();
            task::spawn("copy", async move {
                copied.set(Some(clipboard::copy(&text).await));
            });
        }
        Chosen::Deed(deed, focus) => {
            on_close.emit(focus.is_none());
            match deed {
                BoxDeed::Act(action) => act.emit(*action),
                BoxDeed::Speak(language) => on_speak.emit(language),
                BoxDeed::Wear(look) => on_wear.emit(match look {
                    ThemeName::System => Theme::System,
                    ThemeName::Light => Theme::Light,
                    ThemeName::Dark => Theme::Dark,
                }),
                // The rest of the page is inert until the dialog is gone.
                BoxDeed::ShowKeys => task::spawn("show keys", async {
                    task::next().await;
                    dom::click_id(crate::ui::feature::frame::about::BUTTON_ID);
                }),
                BoxDeed::Copy(_) => {}
            }
            if let Some(focus) = focus {
                dom::focus_soon(focus);
            }
        }
    })
}

fn drawn(shell: &Shell, words: &'static PaletteWords, choice: &Choice<'_>) -> Html {
    match choice {
        Choice::Hit(_, hit) => hit_line(shell.text.image, hit),
        Choice::Address(text) => html! {
            <bdi class="find__path">{ fill(words.open, &[&visible_text(text)]) }</bdi>
        },
        Choice::Entry(entry) => html! {
            <>
                <span class="palette__label">
                    if entry.is_command {
                        <span class="faint" aria-hidden="true">{ COMMANDS }{ " " }</span>
                    }
                    <bdi>{ entry.label.clone() }</bdi>
                    { " " }<bdi class="faint small">{ entry.note.clone() }</bdi>
                </span>
                if let Some(twin) = &entry.twin {
                    <code class="palette__twin faint small ellipsis"><bdi>{ visible_text(twin) }</bdi></code>
                }
                { for entry.keys.iter().map(|key| html! { <kbd class="key">{ *key }</kbd> }) }
            </>
        },
    }
}

/// Returns what is said below the list.
fn foot(
    shell: &Shell,
    words: &'static PaletteWords,
    find: Option<&FindState>,
    query: Option<&str>,
    is_searching: bool,
    n: usize,
) -> String {
    let text = shell.text.image;
    let searched = find.filter(|_| query.is_some());
    match searched {
        Some(_) if is_searching => text.finding.to_owned(),
        Some(find) => match &find.hits {
            Loadable::Failed(problem) => said(text.said, &problem.detail),
            _ if n == 0 && find.is_whole => words.none.to_owned(),
            _ if n == 0 => words.none_read.to_owned(),
            Loadable::Ready(hits) if find.more => {
                crate::ui::text::image::fill(text.find_more, &[&format::count(hits.len() as u64)])
            }
            _ => fill(words.found, &[&format::count(n as u64)]),
        },
        None if n == 0 => words.none_here.to_owned(),
        None => fill(words.found, &[&format::count(n as u64)]),
    }
}
