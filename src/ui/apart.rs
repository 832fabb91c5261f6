//! Pieces of the page whose code is in parts of the program. Each part is fetched when a piece of it is first to be
//! drawn.
//!
//! This module assigns pieces to parts. The binary says at which function each part begins.

use std::cell::Cell;

use yew::prelude::*;

use super::feature::archive::view::ArchivePage;
use super::feature::doctor::offer::{Offer, OfferProps};
use super::feature::doctor::view::remedies;
use super::feature::frame::about::about_lamina;
use super::feature::guide::view::guide;
use super::feature::panel::{Panel, PanelProps};
use super::kit::loader::{failed, waiting};
use super::shell::{Shell, use_shell};
use super::state::image::container::{Editing, EditorAction};
use super::state::image::{DrawnBy, Head, ImageAction, ImageState};
use super::state::{ArchiveTab, FileSource, Guide, RegistryTab, RepositoryTab, Shared, TabId};
use super::text::{self, Language, Text};
use crate::protocol::{ImageKey, Message, Problem, ProblemCode, hex};
use crate::ui::components::sign_in::{SignInForm, SignInProps};
use crate::ui::feature::container::editor::TextEditor;
use crate::ui::feature::engines::load::LoadIntoEngine;
use crate::ui::feature::engines::view::EngineImages;
use crate::ui::feature::image::view::{contents_tab, details_tab, made_tab};
use crate::ui::feature::opening::linked::LinkedPage;
use crate::ui::feature::opening::wanted::WantedPage;
use crate::ui::feature::palette::view::{FIELD_ID, PaletteProps, palette};
use crate::ui::feature::push::view::push_dialog;
use crate::ui::feature::registry::view::RegistryPage;
use crate::ui::feature::repository::view::RepositoryPage;
use crate::web::files::Dropped;
use crate::web::{dom, part, task};

/// The entry function of each part of the page. It must not be called before its part was fetched.
#[derive(Clone, Copy)]
pub struct PageParts {
    /// The tabs of an image with its details, and the panel of a path.
    pub details: DrawFn,
    /// The tabs with what is found in an image's files.
    pub contents: DrawFn,
    /// Container layers, and everything that is made and pushed.
    pub make: DrawFn,
    /// Lists of a registry's repositories and tags and of an archive's images, the guide, and what helps.
    pub lists: DrawFn,
    /// The words of each language except English.
    pub words: &'static [LanguagePart],
}

/// A language, and the function of the part with its words.
type LanguagePart = (Language, fn(()) -> LanguageWords);

/// The words of a language, as the function of a part returns them.
pub struct LanguageWords(&'static Text);

macro_rules! words_of {
    ($($folder:ident $variant:ident $tag:literal $name:literal $label:literal,)*) => {
        impl LanguageWords {
            $(
                #[doc = $name]
                pub fn $folder() -> LanguageWords {
                    LanguageWords(&text::$folder::TEXT)
                }
            )*
        }
    };
}

crate::languages!(words_of);

/// A function that draws the pieces of a part.
pub type DrawFn = for<'a> fn(PieceOrder<'a>) -> Drawn;

/// An order to draw a piece.
pub struct PieceOrder<'a> {
    piece: &'a Piece,
    shell: &'a Shell,
}

/// The drawn piece.
pub struct Drawn(Html);

thread_local! {
    static PARTS: Cell<Option<PageParts>> = const { Cell::new(None) };
}

/// Sets the parts' entry functions. Called before the page is drawn.
pub(super) fn begin(parts: PageParts) {
    PARTS.set(Some(parts));
}

/// Fetches the words of a language that are not loaded.
pub(super) async fn fetch_words(language: Language) -> Result<(), Problem> {
    match language {
        Language::English => Ok(()),
        language => fetch(language.part()).await,
    }
}

/// Returns the words of a language; `None` if they have to be fetched first.
pub(super) fn words(language: Language) -> Option<&'static Text> {
    if language == Language::English {
        return Some(Text::english());
    }
    let parts = PARTS.get().filter(|_| part::is_here(language.part()))?;
    let (_, words) = parts.words.iter().find(|(of, _)| *of == language)?;
    Some(words(()).0)
}

async fn fetch(name: &'static str) -> Result<(), Problem> {
    let fetched = part::fetch(name).await;
    fetched.map_err(|why| {
        Problem::new(
            ProblemCode::PartMissing,
            Message::verbatim(name),
            Message::verbatim(why),
        )
    })
}

/// Fetches the parts that are likely to be needed next.
pub(crate) fn fetch_ahead() {
    let parts = [Part::Details, Part::Contents, Part::Make, Part::Lists].map(Part::name);
    task::spawn(
        "fetch ahead",
        async move { part::fetch_ahead(&parts).await },
    );
}

/// A part of the page that draws pieces.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Details,
    Contents,
    Make,
    Lists,
}

impl Part {
    /// Returns the name that the binary gives to the part.
    fn name(self) -> &'static str {
        match self {
            Part::Details => "details",
            Part::Contents => "contents",
            Part::Make => "make",
            Part::Lists => "lists",
        }
    }
}

/// A piece of the page whose code is in a part.
#[derive(Clone, PartialEq)]
pub(crate) enum Piece {
    /// The tab of an image that its state selects, except the files.
    Tab(Shared<ImageState>, Callback<ImageAction>),
    /// The panel of a path.
    Panel(PanelProps),
    /// The content of the push dialog, with the ID of the field that takes the focus.
    Push(AttrValue, Head, Callback<ImageAction>),
    /// The text editor.
    Editor(Editing, Callback<EditorAction>),
    /// The page of a registry.
    Registry(TabId, RegistryTab),
    /// The page of a repository.
    Repository(TabId, RepositoryTab),
    /// The images of the engines on this machine; true if the start page is visible, with the receiver of files.
    Engines(bool, Callback<Vec<Dropped>>),
    /// The form that loads an image into such an engine, with the image's names.
    LoadIntoEngine(ImageKey, AttrValue),
    /// The guide to a private registry.
    Guide(TabId, Guide),
    /// The list of an archive's images.
    Archive(TabId, ArchiveTab),
    /// The question before a link leads to a registry that was never asked.
    Linked(TabId, String),
    /// The request for a file that has to be handed over again, with the key of its handle and the receiver of files.
    Wanted(FileSource, Option<String>, Callback<Vec<Dropped>>),
    /// The form that signs in to a registry.
    SignIn(SignInProps),
    /// The offer to allow the extension a host, with what goes on then.
    Offer(OfferProps),
    /// The ways out of a problem, with what tries again.
    Remedies(Problem, Option<Callback<()>>),
    /// The text about Lamina, with what closes it.
    About(Callback<MouseEvent>),
    /// The box that goes everywhere.
    Palette(PaletteProps),
}

impl Piece {
    fn part(&self) -> Part {
        match self {
            Piece::Tab(state, _) => match state.tab.entry().drawn_by {
                DrawnBy::Make => Part::Make,
                DrawnBy::Contents => Part::Contents,
                DrawnBy::Details | DrawnBy::Main => Part::Details,
            },
            Piece::Panel(_) => Part::Details,
            Piece::Push(..) | Piece::Editor(..) => Part::Make,
            Piece::Registry(..)
            | Piece::Repository(..)
            | Piece::Engines(..)
            | Piece::LoadIntoEngine(..)
            | Piece::Guide(..)
            | Piece::Archive(..)
            | Piece::Linked(..)
            | Piece::Wanted(..)
            | Piece::SignIn(_)
            | Piece::Offer(_)
            | Piece::Remedies(..)
            | Piece::About(_)
            | Piece::Palette(_) => Part::Lists,
        }
    }

    /// Returns the ID of the element that takes the focus. The opener cannot focus it before it is drawn.
    fn focus(&self) -> Option<String> {
        match self {
            Piece::Push(id, ..) => Some(id.to_string()),
            Piece::Palette(_) => Some(FIELD_ID.to_owned()),
            _ => None,
        }
    }

    fn draw(&self, shell: &Shell) -> Option<Html> {
        let parts = PARTS.get()?;
        let draw = match self.part() {
            Part::Details => parts.details,
            Part::Contents => parts.contents,
            Part::Make => parts.make,
            Part::Lists => parts.lists,
        };
        Some(draw(PieceOrder { piece: self, shell }).0)
    }
}

impl PieceOrder<'_> {
    /// Draws a piece of the `details` part.
    pub fn details(self) -> Drawn {
        Drawn(match self.piece {
            Piece::Tab(state, act) => details_tab(self.shell, state, act),
            Piece::Panel(props) => html! { <Panel ..props.clone() /> },
            _ => Html::default(),
        })
    }

    /// Draws a piece of the `contents` part.
    pub fn contents(self) -> Drawn {
        Drawn(match self.piece {
            Piece::Tab(state, act) => contents_tab(self.shell, state, act),
            _ => Html::default(),
        })
    }

    /// Draws a piece of the `make` part.
    pub fn make(self) -> Drawn {
        Drawn(match self.piece {
            Piece::Tab(state, act) => made_tab(self.shell, state, act),
            Piece::Push(id, head, act) => push_dialog(self.shell, id, head, act),
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
            Piece::Engines(active, on_files) => html! {
                <EngineImages active={*active} on_files={on_files.clone()} />
            },
            Piece::LoadIntoEngine(image, names) => html! {
                <LoadIntoEngine image={*image} names={names.clone()} />
            },
            Piece::Guide(tab, state) => guide(self.shell, *tab, state),
            Piece::Archive(tab, archive) => html! {
                <ArchivePage tab={*tab} archive={archive.clone()} />
            },
            Piece::Linked(tab, address) => html! {
                <LinkedPage tab={*tab} address={address.clone()} />
            },
            Piece::Wanted(file, handle, on_files) => html! {
                <WantedPage file={file.clone()} handle={handle.clone()} on_files={on_files.clone()} />
            },
            Piece::SignIn(form) => html! { <SignInForm ..form.clone() /> },
            Piece::Offer(offer) => html! { <Offer ..offer.clone() /> },
            Piece::Remedies(problem, on_retry) => remedies(self.shell, problem, on_retry.clone()),
            Piece::About(close) => about_lamina(self.shell.text.shell, close),
            Piece::Palette(props) => palette(props),
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
        (None, Some(Fetched::Failed(part, problem))) if *part == name => {
            let problem = problem.clone();
            let on_retry = {
                let n_tried = n_tried.clone();
                Callback::from(move |()| {
                    fetched.set(None);
                    n_tried.set(*n_tried + 1);
                })
            };
            failed(&problem, Some(on_retry))
        }
        _ => waiting(shell.text.image.loading.into()),
    }
}
