//! Every word that the page says, and the formats of sizes, counts and times.
//!
//! Messages are structs, one for each feature, and a language is a folder with a value of each: the compiler sees that
//! none is missing. Another language is a line in [`languages`](crate::languages) and a folder of that name. The page
//! contains English, and fetches any other language when it is chosen.

/// The type of a message: a text, or a text with places.
macro_rules! message_type {
    () => { &'static str };
    ($n:literal) => { $crate::ui::text::words::Words<$n> };
}

/// Defines a struct of messages. A number after a name says how many places the message has.
macro_rules! messages {
    (
        $(#[$doc:meta])*
        $all:ident { $($(#[$note:meta])* $other:ident: $type:ty,)* }
        $($name:ident $(($n:literal))?)*
    ) => {
        $(#[$doc])*
        #[derive(Debug)]
        #[allow(missing_docs, reason = "the English text says what each is")]
        pub struct $all {
            $($(#[$note])* pub $other: $type,)*
            $(pub $name: message_type!($($n)?),)*
        }

        #[cfg(test)]
        impl $all {
            /// Returns all messages by name.
            pub(super) fn all(&self) -> Vec<(&'static str, &'static str)> {
                vec![$((stringify!($name), $crate::ui::text::words::Message::text(&self.$name))),*]
            }
        }

        /// Each language has one value of the messages: two are equal if they are the same value.
        impl PartialEq for $all {
            fn eq(&self, other: &$all) -> bool {
                std::ptr::eq(self, other)
            }
        }
    };
}

/// Hands the list of languages to a macro: a folder in `ui/text/`, a variant of [`Language`], the tag for `lang` and
/// for storage, the language's name in itself, and its label on a button. English is the first. Anything in brackets
/// comes before the list.
#[macro_export]
macro_rules! languages {
    ($then:ident $(, $with:tt)?) => {
        $then! {
            $($with)?
            en English "en" "English" "EN",
            zh Chinese "zh-CN" "中文" "中文",
        }
    };
}

macro_rules! define {
    ($($folder:ident $variant:ident $tag:literal $name:literal $label:literal,)*) => {
        $(pub mod $folder;)*

        /// A language of the page.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Language {
            $(
                #[doc = $name]
                $variant,
            )*
        }

        impl Language {
            /// All languages, in the order of the buttons.
            pub const ALL: &[Language] = &[$(Language::$variant),*];

            /// Returns the tag for the document's `lang` attribute and for storage.
            pub fn tag(self) -> &'static str {
                match self { $(Language::$variant => $tag),* }
            }

            /// Returns the label of the language's button.
            pub fn label(self) -> &'static str {
                match self { $(Language::$variant => $label),* }
            }

            /// Returns the name of its folder, and of the part of the program that contains it.
            pub fn part(self) -> &'static str {
                match self { $(Language::$variant => stringify!($folder)),* }
            }

            /// Returns its messages. The page itself contains one language and fetches the others: code that names a
            /// message also contains it. So only tests call this.
            #[cfg(test)]
            pub fn text(self) -> &'static Text {
                match self { $(Language::$variant => &$folder::TEXT),* }
            }
        }
    };
}

/// Defines `of` for messages that only a part of the program draws. They lie in that part, each language beside the
/// others: a first look does not fetch them.
macro_rules! of_a_part {
    (
        ($file:ident $all:ident $value:ident)
        $($folder:ident $variant:ident $tag:literal $name:literal $label:literal,)*
    ) => {
        impl $file::$all {
            /// Returns the messages in a language.
            pub fn of(language: Language) -> &'static $file::$all {
                match language {
                    $(Language::$variant => &$folder::$file::$value,)*
                }
            }
        }
    };
}

use crate::protocol::{Code, Message};

languages!(define);
languages!(of_a_part, (engines EngineWords ENGINES));
languages!(of_a_part, (extension ExtensionWords EXTENSION));
languages!(of_a_part, (findings FindingWords FINDINGS));
languages!(of_a_part, (guide GuideWords GUIDE));
languages!(of_a_part, (keeping KeepingWords KEEPING));
languages!(of_a_part, (overview OverviewWords OVERVIEW));
languages!(of_a_part, (packages PackageWords PACKAGES));
languages!(of_a_part, (palette PaletteWords PALETTE));
languages!(of_a_part, (space Space SPACE));
languages!(of_a_part, (dockerfile DockerfileWords DOCKERFILE));
languages!(of_a_part, (system SystemWords SYSTEM));

pub mod container;
pub mod dockerfile;
pub mod engines;
pub mod extension;
pub mod findings;
pub mod format;
pub mod guide;
pub mod image;
pub mod json;
pub mod keeping;
pub mod overview;
pub mod packages;
pub mod palette;
pub mod problem;
pub mod push;
pub mod shell;
pub mod space;
pub mod system;
pub mod visible;
pub mod words;

#[cfg(test)]
mod tests;

/// The messages of one language that the page itself draws; `of` of other tables returns those of a part.
#[derive(Debug)]
pub struct Text {
    /// The language of these messages.
    pub language: Language,
    /// Everything except the image's page.
    pub shell: &'static shell::Shell,
    /// The image's page.
    pub image: &'static image::Image,
    /// The dialog for pushing, and the form for signing in.
    pub push: &'static push::PushWords,
    /// The container layer on the image's page.
    pub container: &'static container::Container,
}

impl Text {
    /// Returns the messages in English, which are always loaded.
    pub fn english() -> &'static Text {
        &en::TEXT
    }
}

impl Language {
    /// Returns the language for a tag such as `zh-CN` or `en`, from the browser's setting or from storage.
    pub fn of_tag(tag: &str) -> Language {
        let primary = |tag: &str| tag.split(['-', '_']).next().map(str::to_ascii_lowercase);
        let asked = primary(tag);
        let found = Language::ALL
            .iter()
            .find(|known| primary(known.tag()) == asked);
        found.copied().unwrap_or(Language::English)
    }
}

/// Returns a message of the core in a language, as text that can be shown.
pub fn said(text: fn(Code) -> &'static str, message: &Message) -> String {
    visible::visible_text(&message.in_words(text))
}
