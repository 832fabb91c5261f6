//! The macro that defines codes, and a function for each that makes its message.

macro_rules! messages {
    ($($code:ident $name:ident($($arg:ident: $kind:ident),*) $text:literal,)*) => {
        /// The code of a message.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u16)]
        #[allow(missing_docs, reason = "the text says what each is")]
        pub enum Code {
            $($code,)*
        }

        impl Code {
            /// All codes, in order.
            pub const ALL: &[Code] = &[$(Code::$code),*];

            /// A number that changes with every code that is added, removed or moved: what is kept for later holds codes
            /// by number, and has this in its version.
            pub const FINGERPRINT: u32 = super::fingerprint(&[$(stringify!($code)),*]);

            /// Returns the text in English, with a place for each argument.
            pub fn english(self) -> &'static str {
                ENGLISH.get(self as usize).copied().unwrap_or_default()
            }

            /// Returns the number of its arguments.
            pub const fn n_args(self) -> usize {
                match self {
                    $(Code::$code => <[&str]>::len(&[$(stringify!($arg)),*]),)*
                }
            }
        }

        /// The texts in English, in the order of the codes. A table, since a match of so many arms is code.
        static ENGLISH: [&str; Code::ALL.len()] = [$($text),*];

        // A text that lacks a place, or has one too many, does not compile.
        $(const _: () = assert!(
            has_places($text, Code::$code.n_args()),
            "a text has other places than arguments"
        );)*

        #[allow(missing_docs, reason = "the text says what each is")]
        impl Message {
            $(
                pub fn $name($($arg: impl Into<$kind>),*) -> Message {
                    Message::new(Code::$code, [$(Arg::from($arg.into())),*])
                }
            )*
        }
    };
}
