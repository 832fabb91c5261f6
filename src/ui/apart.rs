//! Pieces of the page that lie in parts of the program: each is fetched when it is first to be drawn.
//!
//! Which piece lies in which part is said here; the binary says where each part begins.

use std::cell::Cell;

use yew::prelude::*;

use super::components::problem_line::ProblemLine;
use super::components::text_editor::TextEditor;
use super::pages::image::{details_tab, made_tab, push_dialog};
use super::pages::registry::RegistryPage;
use super::pages::repository::RepositoryPage;
use super::shell::{Shell, use_shell};
use super::state::image::container::{Editing, EditorAction};
use super::state::image::{ImageAction, ImageState, Tab};
use super::state::{RegistryTab, RepositoryTab, TabId};
use super::text::{Language, Text};
use crate::protocol::{Problem, ProblemCode};
use crate::web::{dom, part, task};

/// Where each part of the page begins. A function must not be called before its part was fetched.
#[derive(Clone, Copy)]
pub struct Parts {
    /// What an image says of itself.
    pub details: PartFn,
    /// Container layers, and what is made and pushed.
    pub make: PartFn,
    /// Lists of registries.
    pub lists: PartFn,
    /// The words in Chinese.
    pub chinese: fn(()) -> Words,
}

/// The words of a language.
pub struct Words(&'static Text);

impl Words {
    /// Those in Chinese.
    pub fn chinese() -> Words {
        Words(Text::chinese())
    }
}

/// Draws pieces that lie in a part.
pub type PartFn = for<'a> fn(Order<'a>) -> Drawn;

/// A piece to be drawn.
pub struct Order<'a> {
    piece: &'a Piece,
    shell: &'a Shell,
}

/// What was drawn.
pub struct Drawn(Html);

/// How long after a first image is read further parts are fetched, in milliseconds.
const AHEAD_MILLIS: u32 = 2_000;

thread_local! {
    static PARTS: Cell<Option<Parts>> = const { Cell::new(None) };
}

/// Says where the parts begin; before the page is drawn.
pub(super) fn begin(parts: Parts) {
    PARTS.set(Some(parts));
}

const CHINESE: &str = "chinese";

/// Fetches the words of a language that are not here.
pub(super) async fn fetch_words(language: Language) -> Result<(), Problem> {
    match language {
        Language::English => Ok(()),
        Language::Chinese => fetch(CHINESE).await,
    }
}

/// The words of a language; `None` where they are to be fetched first.
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

/// Fetches the parts that may be wanted next, once something else was seen. What does not come now is asked for again
/// when it is wanted.
pub(crate) fn fetch_ahead() {
    task::spawn("fetch ahead", async {
        task::pause(AHEAD_MILLIS).await;
        for name in ["details", "make", "lists"] {
            part::fetch(name).await.ok();
        }
    });
}

/// A piece of the page that lies in a part.
#[derive(Clone, PartialEq)]
pub(crate) enum Piece {
    /// The tab of an image that its state says, but for the files.
    Tab(ImageState, Callback<ImageAction>),
    /// The inside of the dialog for pushing, by the id of the field that takes the focus.
    Push(AttrValue, ImageState, Callback<ImageAction>),
    /// The text editor.
    Editor(Editing, Callback<EditorAction>),
    /// A registry.
    Registry(TabId, RegistryTab),
    /// A repository.
    Repository(TabId, RepositoryTab),
}

impl Piece {
    /// The part in which it lies, by the name that the binary gives it.
    fn part(&self) -> &'static str {
        match self {
            Piece::Tab(state, _) => match state.tab {
                Tab::Diff | Tab::Commit => "make",
                _ => "details",
            },
            Piece::Push(..) | Piece::Editor(..) => "make",
            Piece::Registry(..) | Piece::Repository(..) => "lists",
        }
    }

    /// What takes the focus, which whoever opened it cannot give it before it is drawn.
    fn focus(&self) -> Option<String> {
        match self {
            Piece::Push(id, ..) => Some(id.to_string()),
            _ => None,
        }
    }

    fn draw(&self, shell: &Shell) -> Option<Html> {
        let parts = PARTS.get()?;
        let draw = match self.part() {
            "make" => parts.make,
            "lists" => parts.lists,
            _ => parts.details,
        };
        Some(draw(Order { piece: self, shell }).0)
    }
}

impl Order<'_> {
    /// Draws what lies in the part for details.
    pub fn details(self) -> Drawn {
        Drawn(match self.piece {
            Piece::Tab(state, act) => details_tab(self.shell, state, act),
            _ => Html::default(),
        })
    }

    /// Draws what lies in the part for what is made.
    pub fn make(self) -> Drawn {
        Drawn(match self.piece {
            Piece::Tab(state, act) => made_tab(self.shell, state, act),
            Piece::Push(id, state, act) => push_dialog(self.shell, id, state, act),
            Piece::Editor(editing, act) => html! {
                <TextEditor
                    key={editing.path_hex.clone()}
                    editing={editing.clone()}
                    act={act.clone()}
                />
            },
            _ => Html::default(),
        })
    }

    /// Draws what lies in the part for lists.
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

/// A piece.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct ApartProps {
    /// Which one.
    pub piece: Piece,
}

/// What became of fetching a part.
#[derive(Clone, PartialEq)]
enum Fetched {
    Came(&'static str),
    Failed(&'static str, Problem),
}

/// The piece; until its part is here that it is on its way, or why it does not come.
#[component]
pub(crate) fn Apart(props: &ApartProps) -> Html {
    let shell = use_shell();
    let name = props.piece.part();
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
