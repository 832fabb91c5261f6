//! Every word the page says, in English and 中文, and how it writes sizes, counts and times.
//!
//! One struct of messages and one value of it per language: the compiler sees that none is missing.

/// A struct of messages, one for each name, and a way to go through all of them.
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
            /// All messages by name, for tests.
            pub fn all(&self) -> Vec<(&'static str, &'static str)> {
                vec![$((stringify!($name), self.$name)),*]
            }
        }

        /// The messages of a language are one value: two are equal when they are the same.
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

/// A language of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// Simplified Chinese.
    Chinese,
}

/// The messages of one language.
#[derive(Debug)]
pub struct Text {
    /// Which language.
    pub language: Language,
    /// Everything but the image's page.
    pub shell: &'static shell::Shell,
    /// The image's page.
    pub image: &'static image::Image,
    /// Pushing, and signing in.
    pub push: &'static push::Push,
    /// The container layer on the image's page.
    pub container: &'static container::Container,
}

static ENGLISH: Text = Text {
    language: Language::English,
    shell: &shell::ENGLISH,
    image: &image::ENGLISH,
    push: &push::ENGLISH,
    container: &container::ENGLISH,
};

static CHINESE: Text = Text {
    language: Language::Chinese,
    shell: &shell::CHINESE,
    image: &image::CHINESE,
    push: &push::CHINESE,
    container: &container::CHINESE,
};

impl Text {
    /// The messages in a language. The page's program, which holds one of them and fetches the other, asks
    /// [`Text::english`] and [`Text::chinese`] instead: whatever names a message holds it.
    pub fn of(language: Language) -> &'static Text {
        match language {
            Language::English => &ENGLISH,
            Language::Chinese => &CHINESE,
        }
    }

    /// The messages in English.
    pub fn english() -> &'static Text {
        &ENGLISH
    }

    /// The messages in Chinese.
    pub fn chinese() -> &'static Text {
        &CHINESE
    }
}

impl Language {
    /// The language for a tag such as `zh-CN` or `en`: the browser's setting, or what was remembered.
    pub fn of_tag(tag: &str) -> Language {
        if tag.to_ascii_lowercase().starts_with("zh") {
            Language::Chinese
        } else {
            Language::English
        }
    }

    /// The tag for the document's `lang` and for remembering.
    pub fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Chinese => "zh-CN",
        }
    }

    /// Its own name for itself.
    pub fn own_name(self) -> &'static str {
        match self {
            Language::English => "English",
            Language::Chinese => "中文",
        }
    }
}
