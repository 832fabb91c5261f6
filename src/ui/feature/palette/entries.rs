//! The entries of the box, other than paths: parts, layers, tabs, tags, repositories and commands.

use crate::protocol::TreeView;
use crate::ui::state::image::container::ContainerAction;
use crate::ui::state::image::{
    ImageAction, ImagePart, ImageState, PushAction, SavingAction, TreeAction, visible_text,
};
use crate::ui::state::{Action, ImagePlace, RegistryTab, RepositoryTab, Route, TabId};
use crate::ui::text::palette::PaletteWords;
use crate::ui::text::words::fill;
use crate::ui::text::{Language, Text};

/// Everything open beside the image that is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Around {
    /// Each tab with its title; empty for the start page.
    pub tabs: Vec<(TabId, String)>,
    /// The tab that is shown.
    pub selected: TabId,
    /// The repository that is shown, or that the shown image was chosen from.
    pub repository: Option<RepositoryTab>,
    /// The registry that is shown, or that the shown page was chosen from.
    pub registry: Option<RegistryTab>,
}

/// A theme to choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum ThemeName {
    System,
    Light,
    Dark,
}

/// The effect of choosing an entry.
#[derive(Clone, Debug, PartialEq)]
pub enum BoxDeed {
    /// An action of the page.
    Act(Box<Action>),
    /// Speaks another language.
    Speak(Language),
    /// Wears another theme.
    Wear(ThemeName),
    /// Shows the keys.
    ShowKeys,
    /// Copies a text.
    Copy(String),
}

/// An entry.
#[derive(Clone, Debug, PartialEq)]
pub struct BoxEntry {
    /// Its name.
    pub label: String,
    /// A remark about it, such as a layer's command; may be empty.
    pub note: String,
    /// True for a command, false for a place.
    pub is_command: bool,
    /// The key that does the same.
    pub keys: &'static [&'static str],
    /// The command that tells the same on a command line.
    pub twin: Option<String>,
    /// The effect.
    pub deed: BoxDeed,
    /// DOM id of the element that takes the focus then.
    pub focus: Option<String>,
}

impl BoxEntry {
    fn place(label: impl Into<String>, action: Action) -> BoxEntry {
        BoxEntry {
            label: label.into(),
            note: String::new(),
            is_command: false,
            keys: &[],
            twin: None,
            deed: BoxDeed::Act(Box::new(action)),
            focus: None,
        }
    }

    fn command(label: impl Into<String>, deed: BoxDeed) -> BoxEntry {
        BoxEntry {
            is_command: true,
            deed,
            ..BoxEntry::place(label, Action::NewTab)
        }
    }

    fn with_keys(self, keys: &'static [&'static str]) -> BoxEntry {
        BoxEntry { keys, ..self }
    }

    fn focusing(self, id: String) -> BoxEntry {
        BoxEntry {
            focus: Some(id),
            ..self
        }
    }
}

/// Returns all entries: places first, then commands.
pub fn entries(
    around: &Around,
    image: Option<&ImageState>,
    text: &'static Text,
    words: &'static PaletteWords,
) -> Vec<BoxEntry> {
    let mut all = Vec::new();
    if let Some(image) = image {
        all.extend(parts(image, text));
        all.extend(layers(image, text, words));
    }
    all.extend(tabs(around, text, words));
    if let Some(repository) = &around.repository {
        all.extend(repository.tags.names.iter().map(|tag| BoxEntry {
            note: visible_text(&repository.repository),
            ..BoxEntry::place(
                fill(words.tag, &[&visible_text(tag)]),
                Action::go_to(&repository.tag_address(tag)),
            )
        }));
    }
    if let Some(registry) = &around.registry {
        all.extend(registry.repositories.names.iter().map(|name| BoxEntry {
            note: visible_text(&registry.host),
            ..BoxEntry::place(
                fill(words.repository, &[&visible_text(name)]),
                Action::go_to(&registry.repository_address(name)),
            )
        }));
    }
    if let Some(image) = image {
        all.extend(image_commands(image, text, words));
    }
    all.extend(page_commands(around, text, words));
    all
}

fn of_image(image: &ImageState, action: ImageAction) -> Action {
    Action::Image {
        image: image.image.key,
        action,
    }
}

/// Returns the twin of a part, whichever part is shown.
fn twin_of(image: &ImageState, part: ImagePart, view: TreeView, text: &Text) -> Option<String> {
    let mut there = image.clone();
    there.tab = part;
    there.tree.make_mut().view = view;
    there.twin(text.image.twin_file)
}

fn parts(image: &ImageState, text: &'static Text) -> Vec<BoxEntry> {
    let offered = |part: &ImagePart| (part.entry().is_offered)(image);
    let parts = ImagePart::ALL.into_iter().filter(offered);
    parts
        .map(|part| {
            let entry = part.entry();
            let id = format!("image-{}-tab-{}", image.image.key.0, entry.word);
            BoxEntry {
                twin: twin_of(image, part, image.tree.view, text),
                ..BoxEntry::place(
                    (entry.label)(text),
                    of_image(image, ImageAction::ShowTab(part)),
                )
            }
            .focusing(id)
        })
        .collect()
}

fn layers(image: &ImageState, text: &'static Text, words: &'static PaletteWords) -> Vec<BoxEntry> {
    let rows = image.image.layers.iter().rev();
    rows.filter(|_| image.has_tree())
        .map(|row| {
            let view = TreeView::Layer(row.layer);
            let place = ImagePlace {
                view,
                path_key: None,
                part: ImagePart::Files,
                ..image.place()
            };
            BoxEntry {
                note: visible_text(&row.command),
                twin: twin_of(image, ImagePart::Files, view, text),
                ..BoxEntry::place(
                    fill(words.layer, &[&row.layer.to_string()]),
                    of_image(image, ImageAction::Go(place)),
                )
            }
            .focusing(grid_id(image))
        })
        .collect()
}

/// Returns the DOM id of the file tree.
pub fn grid_id(image: &ImageState) -> String {
    format!("image-{}-grid", image.image.key.0)
}

fn tabs(around: &Around, text: &'static Text, words: &'static PaletteWords) -> Vec<BoxEntry> {
    let others = around.tabs.iter().filter(|(id, _)| *id != around.selected);
    others
        .map(|(id, title)| {
            let title = match title.as_str() {
                "" => text.shell.bar.start,
                title => title,
            };
            BoxEntry::place(fill(words.tab, &[title]), Action::Select(*id))
                .focusing(format!("tab-{}", id.0))
        })
        .collect()
}

fn image_commands(
    image: &ImageState,
    text: &'static Text,
    words: &'static PaletteWords,
) -> Vec<BoxEntry> {
    let act = |label: &str, action: ImageAction| {
        BoxEntry::command(label, BoxDeed::Act(Box::new(of_image(image, action))))
    };
    let id = format!("image-{}", image.image.key.0);
    let mut all = vec![act(words.save, SavingAction::Open.into()).focusing(format!("{id}-export"))];
    if !image.push.is_open {
        let push = act(words.push, ImageAction::Push(PushAction::Toggle));
        all.push(push.focusing(format!("{id}-push-target")));
    }
    if image.has_tree() {
        let commit = act(words.commit, ImageAction::ShowTab(ImagePart::Commit));
        all.push(commit.focusing(format!("{id}-tab-commit")));
        let view = |view| ImageAction::Tree(TreeAction::View(view));
        all.push(act(words.all_layers, view(TreeView::Union)).focusing(grid_id(image)));
        all.push(act(
            text.image.collapse_all,
            ImageAction::Tree(TreeAction::CollapseAll),
        ));
    }
    let container = |action| ImageAction::Container(action);
    if image.container.is_open() {
        all.push(act(words.undo, container(ContainerAction::Undo)).with_keys(&["Ctrl", "Z"]));
        all.push(act(words.redo, container(ContainerAction::Redo)).with_keys(&["Ctrl", "Y"]));
    } else if image.head().can_have_container() {
        all.push(act(text.container.start, container(ContainerAction::Start)));
    }
    if let Some(twin) = image.twin(text.image.twin_file) {
        let copy = BoxEntry::command(words.copy_twin, BoxDeed::Copy(twin.clone()));
        all.push(BoxEntry {
            twin: Some(twin),
            ..copy
        });
    }
    if let Some(address) = &image.image.address {
        all.push(BoxEntry {
            note: visible_text(address),
            ..BoxEntry::command(words.copy_address, BoxDeed::Copy(address.clone()))
        });
    }
    all
}

fn page_commands(
    around: &Around,
    text: &'static Text,
    words: &'static PaletteWords,
) -> Vec<BoxEntry> {
    let act =
        |label: &str, action: Action| BoxEntry::command(label, BoxDeed::Act(Box::new(action)));
    let bar = &text.shell.bar;
    let look =
        |name: &str, look| BoxEntry::command(fill(words.theme, &[name]), BoxDeed::Wear(look));
    let mut all = vec![
        act(bar.new_tab, Action::NewTab),
        act(words.close_tab, Action::CloseTab(around.selected)).with_keys(&["Del"]),
        act(
            text.shell.home.guide,
            Action::Hash(Route::guide().to_hash()),
        ),
        look(bar.theme_system, ThemeName::System),
        look(bar.theme_light, ThemeName::Light),
        look(bar.theme_dark, ThemeName::Dark),
    ];
    let others = Language::ALL.iter().filter(|one| **one != text.language);
    all.extend(others.map(|&other| {
        BoxEntry::command(
            fill(words.language, &[other.label()]),
            BoxDeed::Speak(other),
        )
    }));
    all.push(BoxEntry::command(words.show_keys, BoxDeed::ShowKeys).with_keys(&["?"]));
    all
}
