//! The page as a whole: bar, tabs and what floats over them.

mod feed;
mod going;

use gloo::timers::callback::Timeout;
use yew::prelude::*;

use super::apart::{self, PageParts};
use super::components::problem_view::ProblemView;
use super::kit::button::Button;
use super::kit::icon::{Icon, icon, mark};
use super::kit::segmented::{Choice, segmented};
use super::pause::Pause;
use super::shell::{Images, Shell};
use super::state::{Action, Body, Route, State, TabId, Worker};
use super::text::{Language, Text};
use super::uploads::Upload;
use super::world::{OpenedFiles, World};
use crate::protocol::{ImageKey, Message, Problem, ProblemCode};
use crate::ui::feature::frame::about::About;
use crate::ui::feature::frame::address_field::AddressField;
use crate::ui::feature::frame::loss;
use crate::ui::feature::frame::panel::Panel;
use crate::ui::feature::frame::tab_bar::TabBar;
use crate::ui::feature::frame::theme::{Theme, theme_menu};
use crate::ui::feature::frame::toasts::Toasts;
use crate::ui::feature::frame::worker_banner::WorkerBanner;
use crate::web::files::{self, Dropped};
use crate::web::{dom, held, location, relay, storage, task};
use going::Going;

const LANGUAGE_KEY: &str = "lamina.language";
const PAGE_ID: &str = "page";
const BAR_FIELD_ID: &str = "address";
const HOME_FIELD_ID: &str = "home-address";

/// Draws the page of a program with these parts.
pub fn start(parts: PageParts) {
    apart::begin(parts);
    let language = preferred();
    task::spawn("draw the page", async move {
        // The page in another language is better than no page.
        let trouble = apart::fetch_words(language).await.err();
        let served = relay::begin().await.map_err(|refused| {
            Problem::new(
                ProblemCode::RelayLost,
                Message::verbatim("lamina serve"),
                refused.detail,
            )
        });
        yew::Renderer::<App>::with_props(AppProps { trouble, served }).render();
    });
}

/// Returns the language that was chosen before, or the browser's.
fn preferred() -> Language {
    let tag: Option<String> = storage::get(LANGUAGE_KEY);
    Language::of_tag(&tag.unwrap_or_else(dom::browser_language))
}

/// The properties of the page.
#[derive(PartialEq, Properties)]
struct AppProps {
    /// The reason that the page does not speak the chosen language.
    trouble: Option<Problem>,
    /// True if `lamina serve` has just let the page in.
    served: Result<bool, Problem>,
}

/// The component of the whole page.
struct App {
    state: State,
    /// The open images, for their pages.
    images: Images,
    world: Result<World, Problem>,
    /// Events that are applied a moment later.
    pause: Pause,
    language: Language,
    theme: Theme,
    is_dragging: bool,
    /// True if `lamina serve` reads registries for this page.
    is_relayed: bool,
    focus: Option<Focus>,
    /// The box that goes everywhere, while it is open.
    going: Option<Going>,
    /// The timer during which an opening tab is not drawn yet.
    held: Option<Timeout>,
    /// The listener that lets the browser ask before an image is lost.
    leaving: Option<dom::Listening>,
    _hash: Option<dom::Listening>,
    _keys: Option<dom::Listening>,
}

/// The element that takes the focus after the next drawing.
#[derive(Clone, Copy, PartialEq)]
enum Focus {
    Page,
    Tab(TabId),
    Address,
}

/// A message from the page's own components; everything else is an [`Action`].
pub(super) enum Msg {
    /// An action for the state.
    Act(Action),
    /// A tab was chosen by keyboard, and the focus follows.
    SelectByKey(Action),
    /// Files were dropped or picked.
    Files(Vec<Dropped>),
    /// `lamina open` serves its files again after a reload.
    ServedAgain(Dropped),
    /// Files were opened again by their handle.
    Reopened(Reopened),
    /// Files were handed over for the container layer of an image.
    Upload(ImageKey, Upload),
    /// The events that waited are to be applied.
    EndPause,
    /// Another language was chosen.
    Speak(Language),
    /// Another theme was chosen.
    Wear(Theme),
    /// True if files are being dragged over the page, false once they are not.
    Drag(bool),
    /// The address field is to take the focus.
    FocusAddress,
    /// The box is to open.
    OpenBox,
    /// The box is to close; true if the focus goes back to where it was.
    CloseBox(bool),
    /// Opening takes long enough to be drawn.
    DrawOpening,
}

/// Files that were opened again by their handle.
pub(super) struct Reopened(OpenedFiles);

impl Component for App {
    type Message = Msg;
    type Properties = AppProps;

    fn create(context: &Context<App>) -> App {
        let link = context.link();
        let act = link.callback(Msg::Act);
        let trouble = context.props().trouble.clone();
        let language = match trouble {
            None => preferred(),
            Some(_) => Language::English,
        };
        dom::set_language(language.tag());
        let changed = act.clone();
        let hash = location::on_change(move |hash| match relay::is_token(&hash) {
            true => location::reload(),
            false => changed.emit(Action::Hash(hash)),
        });
        let keys = going::on_keys(link.callback(|message| message));
        act.emit(Action::Hash(location::hash()));
        if let Some(trouble) = trouble {
            act.emit(Action::Toast(trouble));
        }
        let served = &context.props().served;
        if let Err(refused) = served {
            act.emit(Action::Toast(refused.clone()));
        }
        let session = relay::session();
        let is_relayed = session.is_some();
        if let Some(session) = session {
            if !relay::is_kept() {
                let code = ProblemCode::StorageFull;
                let subject = Message::verbatim("lamina serve");
                let detail = Message::verbatim("sessionStorage");
                act.emit(Action::Toast(Problem::new(code, subject, detail)));
            }
            if let Some(files) = files::served(&session) {
                link.send_message(match served {
                    Ok(true) => Msg::Files(vec![files]),
                    _ => Msg::ServedAgain(files),
                });
            }
            match served {
                // Another program may give other files the same numbers.
                Ok(true) => held::begin_anew(),
                _ => held::again()
                    .into_iter()
                    .for_each(|file| link.send_message(Msg::ServedAgain(file))),
            }
            // A reload finds it in the address bar.
            if let Some(address) = session.address.filter(|_| *served == Ok(true)) {
                act.emit(Action::Typed(address));
            }
        }
        let state = State::new(World::remembered(), &location::origin())
            .with_tabs(World::remembered_tabs());
        App {
            state: match served {
                Ok(true) => state.with_another_program(),
                _ => state,
            },
            images: Images::default(),
            world: World::start(act),
            pause: Pause::default(),
            language,
            theme: Theme::chosen(),
            is_dragging: false,
            is_relayed,
            focus: None,
            going: None,
            held: None,
            leaving: None,
            _hash: hash,
            _keys: keys,
        }
    }

    fn update(&mut self, context: &Context<App>, message: Msg) -> bool {
        match message {
            Msg::Act(action) => self.act(context, action),
            Msg::SelectByKey(action) => {
                let changed = self.act(context, action);
                self.focus = Some(Focus::Tab(self.state.selected));
                changed
            }
            Msg::Files(dropped) => self.files(
                context,
                OpenedFiles {
                    dropped,
                    reopened: None,
                },
            ),
            Msg::ServedAgain(files) => match &mut self.world {
                Ok(world) => {
                    let given = world.keep(vec![files], None);
                    self.act(context, Action::ServedAgain(given))
                }
                Err(_) => false,
            },
            Msg::Reopened(Reopened(files)) => self.files(context, files),
            Msg::Upload(image, upload) => self.upload(context, image, upload),
            Msg::EndPause => {
                let link = context.link().clone();
                let waited = self.pause.end(move || link.send_message(Msg::EndPause));
                self.apply_all(context, waited)
            }
            Msg::Speak(language) if apart::words(language).is_none() => {
                let spoken = context.link().callback(|message| message);
                task::spawn("fetch words", async move {
                    spoken.emit(match apart::fetch_words(language).await {
                        Ok(()) => Msg::Speak(language),
                        Err(problem) => Msg::Act(Action::Toast(problem)),
                    });
                });
                false
            }
            Msg::Speak(language) => {
                self.language = language;
                storage::set(LANGUAGE_KEY, &language.tag());
                dom::set_language(language.tag());
                true
            }
            Msg::Wear(theme) => {
                theme.choose();
                self.theme = theme;
                true
            }
            Msg::Drag(is_dragging) => {
                let changed = self.is_dragging != is_dragging;
                self.is_dragging = is_dragging;
                changed
            }
            Msg::DrawOpening => {
                self.held = None;
                true
            }
            Msg::FocusAddress => {
                dom::focus_id(self.address_id());
                false
            }
            Msg::OpenBox => self.open_box(),
            Msg::CloseBox(goes_back) => self.close_box(goes_back),
        }
    }

    fn view(&self, context: &Context<App>) -> Html {
        let link = context.link();
        let text = self.text();
        let world = match &self.world {
            Ok(world) => world,
            Err(problem) => {
                return html! {
                    <main class="page page--narrow">
                        <ProblemView text={text.shell} language={self.language} problem={problem.clone()} />
                    </main>
                };
            }
        };
        let shell = self.shell(world, context);
        let on_files = link.callback(Msg::Files);
        html! {
            <ContextProvider<Shell> context={shell}>
                <div
                    class="app"
                    ondragenter={link.batch_callback(over)}
                    ondragover={link.batch_callback(over)}
                    ondragleave={link.batch_callback(|event: DragEvent| {
                        // A drag that leaves an element of the page always enters another one.
                        event.related_target().is_none().then_some(Msg::Drag(false))
                    })}
                    ondrop={self.on_drop(context)}
                >
                    { self.view_bar(context, text) }
                    <WorkerBanner worker={self.state.health.worker.clone()} death={self.state.health.death.clone()} />
                    <main id={PAGE_ID} class="pages" tabindex="-1">
                        if let Worker::NotStarted(problem) = &self.state.health.worker {
                            <section
                                id={format!("panel-{}", self.state.selected.0)}
                                class="panel"
                                role="tabpanel"
                                aria-labelledby={format!("tab-{}", self.state.selected.0)}
                            >
                                <div class="page page--narrow" role="alert">
                                    <ProblemView
                                        text={text.shell}
                                        language={self.language}
                                        problem={problem.clone()}
                                        on_retry={link.callback(|()| Msg::Act(Action::RestartWorker))}
                                    />
                                </div>
                            </section>
                        } else {
                            { for self.state.tabs.iter().map(|tab| html! {
                                <Panel
                                    key={tab.id.0}
                                    tab={tab.clone()}
                                    active={tab.id == self.state.selected}
                                    recent={if tab.body == Body::Home { self.state.recent.clone() } else { Vec::new() }}
                                    field_id={HOME_FIELD_ID}
                                    on_files={on_files.clone()}
                                />
                            }) }
                        }
                    </main>
                    <Toasts toasts={self.state.toasts.clone()} />
                    { for self.state.loss_question().map(|question| loss::loss_dialog(text.shell, &question, &link.callback(Msg::Act))) }
                    { self.view_box(context) }
                    if self.is_dragging {
                        <div class="drop" aria-hidden="true">
                            <div class="drop__box">
                                { icon(Icon::Drop) }
                                <strong>{ text.shell.bar.drop_here }</strong>
                                <span>{ text.shell.bar.drop_hint }</span>
                            </div>
                        </div>
                    }
                </div>
            </ContextProvider<Shell>>
        }
    }

    fn rendered(&mut self, _context: &Context<App>, _first: bool) {
        match self.focus.take() {
            Some(Focus::Tab(tab)) => dom::focus_id(&format!("tab-{}", tab.0)),
            Some(Focus::Page) => {
                let at_field = dom::is_focused(BAR_FIELD_ID) || dom::is_focused(HOME_FIELD_ID);
                if dom::focus_is_lost() || at_field {
                    dom::focus_id(PAGE_ID);
                }
            }
            Some(Focus::Address) => dom::focus_id(self.address_id()),
            None => {}
        }
        dom::show_modal(loss::DIALOG_ID);
        dom::show_modal(going::DIALOG_ID);
    }
}

fn over(event: DragEvent) -> Option<Msg> {
    files::has_files(&event).then(|| {
        event.prevent_default();
        // A tree with a container layer takes the files itself.
        Msg::Drag(!dom::target_is(&event, "[data-drop]"))
    })
}

impl App {
    fn text(&self) -> &'static Text {
        apart::words(self.language).unwrap_or_else(Text::english)
    }

    fn is_home(&self) -> bool {
        let tab = self.state.selected_tab();
        tab.is_some_and(|tab| tab.body == Body::Home)
    }

    fn address_id(&self) -> &'static str {
        if self.is_home() {
            HOME_FIELD_ID
        } else {
            BAR_FIELD_ID
        }
    }

    fn shell(&self, world: &World, context: &Context<App>) -> Shell {
        Shell {
            link: world.link.clone(),
            text: self.text(),
            language: self.language,
            images: self.images.clone(),
            act: context.link().callback(Msg::Act),
            on_upload: context
                .link()
                .callback(|(image, upload)| Msg::Upload(image, upload)),
            is_relayed: self.is_relayed,
        }
    }

    fn on_drop(&self, context: &Context<App>) -> Callback<DragEvent> {
        let dropped = context.link().callback(Msg::Files);
        let ended = context.link().callback(Msg::Drag);
        Callback::from(move |event: DragEvent| {
            if !files::has_files(&event) || dom::target_is(&event, "[data-drop]") {
                return;
            }
            event.prevent_default();
            ended.emit(false);
            let files = files::from_drop(&event);
            let dropped = dropped.clone();
            task::spawn("drop", async move { dropped.emit(files.await) });
        })
    }

    fn view_bar(&self, context: &Context<App>, text: &'static Text) -> Html {
        let link = context.link();
        let bar = &text.shell.bar;
        let address = self.state.selected_tab().map(|tab| tab.body.address());
        let parent = self.state.selected_tab().and_then(|tab| tab.body.parent());
        let language = |&language: &Language| {
            let speak = link.callback(move |_| Msg::Speak(language));
            let mut choice = Choice::new(language.label(), language == self.language, speak);
            choice.language = Some(language.tag());
            choice
        };
        html! {
            <header class={classes!("bar", self.is_home().then_some("bar--home"))}>
                <button type="button" class="skip" onclick={|_| dom::focus_id(PAGE_ID)}>{ bar.skip }</button>
                <div class="bar__row">
                    <a class="wordmark" href="#/" aria-label={format!("Lamina, {}", bar.start)}>
                        { mark() }<span>{ "Lamina" }</span>
                    </a>
                    <TabBar
                        tabs={self.state.tabs.iter().map(|tab| (tab.id, title_of(&tab.body, self.text()), kind_icon(&tab.body), tab.opening().is_some(), tab.unsaved().is_some())).collect::<Vec<_>>()}
                        selected={self.state.selected}
                        on_key={link.callback(Msg::SelectByKey)}
                    />
                    if !self.is_home() {
                        <div class="bar__address">
                            if let Some((name, address)) = parent {
                                { Button::icon(icon(Icon::Up), (bar.up)(&name)).quiet().link(Route::address(address).to_hash()) }
                            }
                            <AddressField id={BAR_FIELD_ID} value={address.unwrap_or_default()} />
                        </div>
                    }
                    { going::button(bar, link.callback(|_| Msg::OpenBox)) }
                    { segmented(
                        "segmented--quiet",
                        Some(bar.language),
                        Language::ALL.iter().map(language),
                    ) }
                    { theme_menu(bar, self.theme, link.callback(Msg::Wear)) }
                    <About />
                </div>
            </header>
        }
    }
}

/// Returns the title of a tab; empty for the start page.
fn title_of(body: &Body, text: &Text) -> String {
    match body {
        Body::Guide(_) => text.shell.home.guide_tab.to_owned(),
        body => body.title(),
    }
}

fn kind_icon(body: &Body) -> Option<Icon> {
    match body {
        Body::Home => None,
        Body::Guide(_) | Body::Registry(_) => Some(Icon::Registry),
        Body::Repository(_) => Some(Icon::Repository),
        Body::Archive(_) | Body::Wanted { .. } => Some(Icon::Archive),
        Body::Image(_)
        | Body::Opening(_)
        | Body::Linked { .. }
        | Body::Later { .. }
        | Body::Failed { .. } => Some(Icon::Image),
    }
}
