//! Pieces of the page whose code is in parts of the program. Each part is fetched when a piece of it is first to be
//! drawn.
//!
//! This module assigns pieces to parts. The binary says at which function each part begins.

use std::cell::Cell;

use yew::prelude::*;

use super::components::problem_line::ProblemLine;
use super::components::text_editor::TextEditor;
use super::pages::image::{details_tab, made_tab, push_dialog};
use super::pages::registry::RegistryPage;
use super::pages::repository::RepositoryPage;
use super::shell::{Shell, use_shell};
use super::state::image::container::{Editing, EditorAction};
use super::state::image::{DrawnBy, ImageAction, ImageState};
use super::state::{RegistryTab, RepositoryTab, TabId};
use super::text::{Language, Text};
use crate::protocol::{Problem, ProblemCode, hex};
use crate::web::{dom, part, task};

/// The entry function of each part of the page. It must not be called before its part was fetched.
#[derive(Clone, Copy)]
pub struct Parts {
    /// The tabs of an image with its details.
    pub details: PartFn,
    /// Container layers, and everything that is made and pushed.
    pub make: PartFn,
    /// Lists of a registry's repositories and tags.
    pub lists: PartFn,
    /// The words in Chinese.
    pub chinese: fn(()) -> Words,
}

/// The words of a language, as the function of a part returns them.
pub struct Words(&'static Text);

impl Words {
    /// Returns the words in Chinese.
    pub fn chinese() -> Words {
        Words(Text::chinese())
    }
}

/// A function that draws the pieces of a part.
pub type PartFn = for<'a> fn(Order<'a>) -> Drawn;

/// An order to draw a piece.
pub struct Order<'a> {
    piece: &'a Piece,
    shell: &'a Shell,
}

/// The drawn piece.
pub struct Drawn(Html);

thread_local! {
    static PARTS: Cell<Option<Parts>> = const { Cell::new(None) };
}

/// Sets the parts' entry functions. Called before the page is drawn.
pub(super) fn begin(parts: Parts) {
    PARTS.set(Some(parts));
}

const CHINESE: &str = "chinese";

/// Fetches the words of a language that are not loaded.
pub(super) async fn fetch_words(language: Language) -> Result<(), Problem> {
    match language {
        Language::English => Ok(()),
        Language::Chinese => fetch(CHINESE).await,
    }
}

/// Returns the words of a language; `None` if they have to be fetched first.
pub(super) fn words(language: Language) -> Option<&'static Text> {
    match language {
        Language::English => Some(Text::english()),
        Language::Chinese if part::is_here(CHINESE) => {
            PARTS.get().map(|parts| (parts.chinese)(()).0)
        }
        Language::Chinese => None,
    }
}

async fn fetch(name: &'static str) -> Result<(), Problem> {
    let fetched = part::fetch(name).await;
    fetched.map_err(|why| Problem::new(ProblemCode::PartMissing, name, why))
}

/// Fetches the parts that are likely to be needed next.
pub(crate) fn fetch_ahead() {
    let parts = [Part::Details, Part::Make, Part::Lists].map(Part::name);
    task::spawn(
        "fetch ahead",
        async move { part::fetch_ahead(&parts).await },
    );
}

/// A part of the page that draws pieces.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Details,
    Make,
    Lists,
}

impl Part {
    /// Returns the name that the binary gives to the part.
    fn name(self) -> &'static str {
        match self {
            Part::Details => "details",
            Part::Make => "make",
            Part::Lists => "lists",
        }
    }
}

/// A piece of the page whose code is in a part.
#[derive(Clone, PartialEq)]
pub(crate) enum Piece {
    /// The tab of an image that its state selects, except the files.
    Tab(ImageState, Callback<ImageAction>),
    /// The content of the push dialog, with the ID of the field that takes the focus.
    Push(AttrValue, ImageState, Callback<ImageAction>),
    /// The text editor.
    Editor(Editing, Callback<EditorAction>),
    /// The page of a registry.
    Registry(TabId, RegistryTab),
    /// The page of a repository.
    Repository(TabId, RepositoryTab),
}

impl Piece {
    fn part(&self) -> Part {
        match self {
            Piece::Tab(state, _) => match state.tab.entry().drawn_by {
                DrawnBy::Make => Part::Make,
                DrawnBy::Details | DrawnBy::Main => Part::Details,
            },
            Piece::Push(..) | Piece::Editor(..) => Part::Make,
            Piece::Registry(..) | Piece::Repository(..) => Part::Lists,
        }
    }

    /// Returns the ID of the element that takes the focus. The opener cannot focus it before it is drawn.
    fn focus(&self) -> Option<String> {
        match self {
            Piece::Push(id, ..) => Some(id.to_string()),
            _ => None,
        }
    }

    fn draw(&self, shell: &Shell) -> Option<Html> {
        let parts = PARTS.get()?;
        let draw = match self.part() {
            Part::Details => parts.details,
            Part::Make => parts.make,
            Part::Lists => parts.lists,
        };
        Some(draw(Order { piece: self, shell }).0)
    }
}

impl Order<'_> {
    /// Draws a piece of the `details` part.
    pub fn details(self) -> Drawn {
        Drawn(match self.piece {
            Piece::Tab(state, act) => details_tab(self.shell, state, act),
            _ => Html::default(),
        })
    }

    /// Draws a piece of the `make` part.
    pub fn make(self) -> Drawn {
        Drawn(match self.piece {
            Piece::Tab(state, act) => made_tab(self.shell, state, act),
            Piece::Push(id, state, act) => push_dialog(self.shell, id, state, act),
            Piece::Editor(editing, act) => html! {
                <TextEditor
                    key={hex(editing.path_key.as_bytes())}
                    editing={editing.clone()}
                    act={act.clone()}
                />
            },
            _ => Html::default(),
        })
    }

    /// Draws a piece of the `lists` part.
    pub fn lists(self) -> Drawn {
        Drawn(match self.piece {
            Piece::Registry(tab, registry) => html! {
                <RegistryPage tab={*tab} registry={registry.clone()} />
            },
            Piece::Repository(tab, repository) => html! {
                <RepositoryPage tab={*tab} repository={repository.clone()} />
            },
            _ => Html::default(),
        })
    }
}

/// The properties of [`Apart`].
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct ApartProps {
    /// The piece to draw.
    pub piece: Piece,
}

/// The result of fetching a part.
#[derive(Clone, PartialEq)]
enum Fetched {
    Came(&'static str),
    Failed(&'static str, Problem),
}

/// Draws the piece. Until its part is loaded, shows that it is loading, or the reason that it failed.
#[component]
pub(crate) fn Apart(props: &ApartProps) -> Html {
    let shell = use_shell();
    let name = props.piece.part().name();
    let fetched = use_state_eq(|| None::<Fetched>);
    let n_tried = use_state_eq(|| 0_u32);
    {
        let (fetched, focus) = (fetched.setter(), props.piece.focus());
        use_effect_with((name, *n_tried), move |(name, _)| {
            let name = *name;
            if !part::is_here(name) {
                task::spawn("fetch a part", async move {
                    match fetch(name).await {
                        Ok(()) => {
                            fetched.set(Some(Fetched::Came(name)));
                            if let Some(id) = focus {
                                dom::focus_soon(id);
                            }
                        }
                        Err(problem) => fetched.set(Some(Fetched::Failed(name, problem))),
                    }
                });
            }
        });
    }
    let drawn = part::is_here(name).then(|| props.piece.draw(&shell));
    match (drawn.flatten(), &*fetched) {
        (Some(drawn), _) => drawn,
        (None, Some(Fetched::Failed(failed, problem))) if *failed == name => {
            let problem = problem.clone();
            let on_retry = {
                let n_tried = n_tried.clone();
                Callback::from(move |()| {
                    fetched.set(None);
                    n_tried.set(*n_tried + 1);
                })
            };
            html! { <div class="sheet"><ProblemLine {problem} {on_retry} /></div> }
        }
        _ => html! { <p class="empty" role="status">{ shell.text.image.loading }</p> },
    }
}
