//! Every word that the page says, in English and 中文, and the formats of sizes, counts and times.
//!
//! The messages are one struct with one value per language, so that the compiler sees that none is missing.

/// Defines a struct of messages, with one field for each name and a function that lists all of them.
macro_rules! messages {
    ($(#[$doc:meta])* $all:ident $(($(#[$note:meta])* $other:ident: $type:ty))?: $($name:ident)*) => {
        $(#[$doc])*
        #[derive(Debug)]
        #[allow(missing_docs, reason = "the English text says what each is")]
        pub struct $all {
            $(
                $(#[$note])*
                pub $other: $type,
            )?
            $(pub $name: &'static str,)*
        }

        impl $all {
            /// Returns all messages by name, for tests.
            pub fn all(&self) -> Vec<(&'static str, &'static str)> {
                vec![$((stringify!($name), self.$name)),*]
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

pub mod container;
pub mod format;
pub mod image;
pub mod json;
pub mod problem;
pub mod push;
pub mod shell;
pub mod visible;

use crate::ui::feature::system::words as system;

/// A language of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English, which is always loaded.
    English,
    /// Simplified Chinese.
    Chinese,
}

/// The messages of one language.
#[derive(Debug)]
pub struct Text {
    /// The language of these messages.
    pub language: Language,
    /// Everything except the image's page.
    pub shell: &'static shell::Shell,
    /// The image's page.
    pub image: &'static image::Image,
    /// The dialog for pushing, and the form for signing in.
    pub push: &'static push::Push,
    /// The container layer on the image's page.
    pub container: &'static container::Container,
    /// The System tab.
    pub system: &'static system::SystemWords,
}

static ENGLISH: Text = Text {
    language: Language::English,
    shell: &shell::ENGLISH,
    image: &image::ENGLISH,
    push: &push::ENGLISH,
    container: &container::ENGLISH,
    system: &system::ENGLISH,
};

static CHINESE: Text = Text {
    language: Language::Chinese,
    shell: &shell::CHINESE,
    image: &image::CHINESE,
    push: &push::CHINESE,
    container: &container::CHINESE,
    system: &system::CHINESE,
};

impl Text {
    /// Returns the messages in a language. The page itself calls [`Text::english`] and [`Text::chinese`] instead,
    /// since it contains one language and fetches the other: code that names a message also contains it.
    pub fn of(language: Language) -> &'static Text {
        match language {
            Language::English => &ENGLISH,
            Language::Chinese => &CHINESE,
        }
    }

    /// Returns the messages in English.
    pub fn english() -> &'static Text {
        &ENGLISH
    }

    /// Returns the messages in Chinese.
    pub fn chinese() -> &'static Text {
        &CHINESE
    }
}

impl Language {
    /// Returns the language for a tag such as `zh-CN` or `en`, from the browser's setting or from storage.
    pub fn of_tag(tag: &str) -> Language {
        if tag.to_ascii_lowercase().starts_with("zh") {
            Language::Chinese
        } else {
            Language::English
        }
    }

    /// Returns the tag for the document's `lang` attribute and for storage.
    pub fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Chinese => "zh-CN",
        }
    }

    /// Returns the language's name in itself.
    pub fn own_name(self) -> &'static str {
        match self {
            Language::English => "English",
            Language::Chinese => "中文",
        }
    }
}
