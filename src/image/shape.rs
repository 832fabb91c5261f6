//! The Go types into which container engines decode their documents, as far as they affect a document's meaning.
//!
//! Go's `encoding/json` compares keys without regard to case, takes the last of several members for one field,
//! merges objects of one field, and lets `null` change nothing in a field that cannot be nil. A document that
//! relies on any of this means one thing to an engine and another to most other readers. It is therefore decoded by
//! the same rules here, and the ambiguity is noted. Members without a field stay unchanged.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::Oddity;
use super::fields::{Notes, cut_place};

/// The type of one value.
#[derive(Debug)]
pub(super) enum Shape {
    /// Any value, kept unchanged except that the last of equal keys counts.
    Any,
    /// A text, number or boolean. `null` changes nothing.
    Scalar,
    /// A list. A later one is decoded over the elements of an earlier one, and `null` empties it.
    List(&'static Shape),
    /// A map with the document's own keys, in their exact case.
    Map(&'static Shape),
    /// A struct with named fields. `null` changes nothing.
    Struct(Names),
    /// A struct behind a pointer. `null` removes it.
    Pointer(Names),
}

type Names = &'static [(&'static str, &'static Shape)];

/// JSON before its type is known: nothing merged, nothing dropped, everything in order.
#[derive(Debug)]
pub(super) enum Tree {
    Leaf(Value),
    List(Vec<Tree>),
    Object(Vec<(String, Tree)>),
}

/// The place of a value, for notes.
#[derive(Clone, Copy)]
pub(super) enum Place<'p> {
    Document,
    Member(&'p Place<'p>, &'p str),
    Item(&'p Place<'p>, usize),
}

impl Place<'_> {
    fn text(&self) -> String {
        match self {
            Place::Document => String::new(),
            Place::Member(Place::Document, key) => (*key).to_owned(),
            Place::Member(above, key) => format!("{}.{key}", above.text()),
            Place::Item(above, at) => format!("{}[{at}]", above.text()),
        }
    }
}

/// True if Go matches a key to a field of this name: letters of either case, and the two characters beyond ASCII
/// that fold to a letter.
pub(super) fn is_name(key: &str, name: &str) -> bool {
    let fold = |c: char| match c {
        '\u{17f}' => 's',
        '\u{212a}' => 'k',
        c => c.to_ascii_lowercase(),
    };
    key.chars().map(fold).eq(name.chars().map(fold))
}

/// A value while its document is decoded. A later member of the same field is decoded over it.
enum Held {
    Value(Value),
    List {
        /// Includes elements left behind by an earlier, longer list: Go reveals them again when the list grows.
        items: Vec<Held>,
        len: usize,
    },
    Object(BTreeMap<String, Held>),
}

impl Held {
    fn into_value(self) -> Value {
        match self {
            Held::Value(value) => value,
            Held::List { items, len } => {
                let shown = items.into_iter().take(len);
                Value::Array(shown.map(Held::into_value).collect())
            }
            Held::Object(members) => {
                let member = |(key, held): (String, Held)| (key, held.into_value());
                Value::Object(members.into_iter().map(member).collect())
            }
        }
    }

    fn into_members(self) -> BTreeMap<String, Held> {
        match self {
            Held::Object(members) => members,
            Held::Value(_) | Held::List { .. } => BTreeMap::new(),
        }
    }
}

impl Shape {
    /// Decodes a document of this shape.
    pub(super) fn value(&self, tree: Tree, notes: &Notes) -> Value {
        self.decode(tree, None, Place::Document, notes).into_value()
    }

    /// Decodes a value over the previous value of its field.
    fn decode(&self, tree: Tree, held: Option<Held>, at: Place<'_>, notes: &Notes) -> Held {
        match (self, tree) {
            (Shape::Scalar | Shape::Struct(_), Tree::Leaf(Value::Null)) => {
                held.unwrap_or(Held::Value(Value::Null))
            }
            (Shape::Struct(names) | Shape::Pointer(names), Tree::Object(members)) => {
                let held = held.map(Held::into_members).unwrap_or_default();
                Held::Object(fields(names, members, held, at, notes))
            }
            (Shape::List(item), Tree::List(trees)) => {
                let held = match held {
                    Some(Held::List { items, .. }) if !trees.is_empty() => items,
                    _ => Vec::new(),
                };
                let (mut held, len) = (held.into_iter(), trees.len());
                let mut items = Vec::with_capacity(len);
                for (i, tree) in trees.into_iter().enumerate() {
                    items.push(item.decode(tree, held.next(), Place::Item(&at, i), notes));
                }
                items.extend(held);
                Held::List { items, len }
            }
            (Shape::Map(item), Tree::Object(members)) => {
                let mut object = held.map(Held::into_members).unwrap_or_default();
                let mut own = BTreeMap::new();
                for (key, tree) in members {
                    let place = Place::Member(&at, &key);
                    let value = item.decode(tree, None, place, notes);
                    if own.insert(key.clone(), value).is_some() {
                        note_duplicate(place, notes);
                    }
                }
                object.append(&mut own);
                Held::Object(object)
            }
            (_, tree) => Held::Value(plain(tree, at, notes)),
        }
    }
}

/// Decodes the members of a struct, by field name, over their previous values.
fn fields(
    names: Names,
    members: Vec<(String, Tree)>,
    mut held: BTreeMap<String, Held>,
    at: Place<'_>,
    notes: &Notes,
) -> BTreeMap<String, Held> {
    let mut own = BTreeMap::new();
    for (key, tree) in members {
        // No struct here has two fields whose names differ only in case.
        let field = names.iter().find(|(name, _)| is_name(&key, name));
        let Some((name, shape)) = field else {
            let place = Place::Member(&at, &key);
            let value = Held::Value(plain(tree, place, notes));
            if own.insert(key.clone(), value).is_some() {
                note_duplicate(place, notes);
            }
            continue;
        };
        let place = Place::Member(&at, name);
        let before = own.remove(*name);
        let oddity = match (&before, key == *name) {
            (Some(_), _) => Some(Oddity::SeveralKeys {
                place: cut_place(place.text()),
            }),
            (None, false) => Some(Oddity::OtherCase {
                place: cut_place(place.text()),
            }),
            (None, true) => None,
        };
        if let Some(oddity) = oddity {
            notes.push(oddity);
        }
        let before = before.or_else(|| held.remove(*name));
        own.insert((*name).to_owned(), shape.decode(tree, before, place, notes));
    }
    held.append(&mut own);
    held
}

/// Converts a value of unknown type.
fn plain(tree: Tree, at: Place<'_>, notes: &Notes) -> Value {
    match tree {
        Tree::Leaf(value) => value,
        Tree::List(items) => {
            let of = |(i, tree)| plain(tree, Place::Item(&at, i), notes);
            Value::Array(items.into_iter().enumerate().map(of).collect())
        }
        Tree::Object(members) => {
            let mut object = Map::new();
            for (key, tree) in members {
                let place = Place::Member(&at, &key);
                let value = plain(tree, place, notes);
                if object.insert(key.clone(), value).is_some() {
                    note_duplicate(place, notes);
                }
            }
            Value::Object(object)
        }
    }
}

fn note_duplicate(place: Place<'_>, notes: &Notes) {
    notes.push(Oddity::DuplicateKey {
        key: cut_place(place.text()),
    });
}

const TEXT: Shape = Shape::Scalar;
const TEXTS: Shape = Shape::List(&TEXT);
const TEXT_MAP: Shape = Shape::Map(&TEXT);
const SET: Shape = Shape::Map(&Shape::Any);

const PLATFORM: Names = &[
    ("architecture", &TEXT),
    ("os", &TEXT),
    ("os.version", &TEXT),
    ("os.features", &TEXTS),
    ("variant", &TEXT),
];

const DESCRIPTOR: Names = &[
    ("mediaType", &TEXT),
    ("digest", &TEXT),
    ("size", &TEXT),
    ("urls", &TEXTS),
    ("annotations", &TEXT_MAP),
    ("data", &TEXT),
    ("platform", &Shape::Pointer(PLATFORM)),
    ("artifactType", &TEXT),
];

/// An index or a manifest, before it is known which.
pub(super) const DOCUMENT: Shape = Shape::Struct(&[
    ("schemaVersion", &TEXT),
    ("mediaType", &TEXT),
    ("artifactType", &TEXT),
    ("config", &Shape::Struct(DESCRIPTOR)),
    ("layers", &Shape::List(&Shape::Struct(DESCRIPTOR))),
    ("manifests", &Shape::List(&Shape::Struct(DESCRIPTOR))),
    ("fsLayers", &Shape::Any),
    ("subject", &Shape::Pointer(DESCRIPTOR)),
    ("annotations", &TEXT_MAP),
]);

const HEALTHCHECK: Names = &[
    ("Test", &TEXTS),
    ("Interval", &TEXT),
    ("Timeout", &TEXT),
    ("StartPeriod", &TEXT),
    ("StartInterval", &TEXT),
    ("Retries", &TEXT),
];

const RUNTIME: Names = &[
    ("Hostname", &TEXT),
    ("Domainname", &TEXT),
    ("User", &TEXT),
    ("AttachStdin", &TEXT),
    ("AttachStdout", &TEXT),
    ("AttachStderr", &TEXT),
    ("ExposedPorts", &SET),
    ("Tty", &TEXT),
    ("OpenStdin", &TEXT),
    ("StdinOnce", &TEXT),
    ("Env", &TEXTS),
    ("Cmd", &TEXTS),
    ("Healthcheck", &Shape::Pointer(HEALTHCHECK)),
    ("ArgsEscaped", &TEXT),
    ("Image", &TEXT),
    ("Volumes", &SET),
    ("WorkingDir", &TEXT),
    ("Entrypoint", &TEXTS),
    ("NetworkDisabled", &TEXT),
    ("MacAddress", &TEXT),
    ("OnBuild", &TEXTS),
    ("Labels", &TEXT_MAP),
    ("StopSignal", &TEXT),
    ("StopTimeout", &Shape::Any),
    ("Shell", &TEXTS),
];

const HISTORY: Names = &[
    ("created", &TEXT),
    ("created_by", &TEXT),
    ("author", &TEXT),
    ("comment", &TEXT),
    ("empty_layer", &TEXT),
];

/// A config, or the `json` of one layer in an archive from before 2016.
pub(super) const CONFIG: Shape = Shape::Struct(&[
    ("id", &TEXT),
    ("parent", &TEXT),
    ("comment", &TEXT),
    ("created", &TEXT),
    ("container", &TEXT),
    ("container_config", &Shape::Struct(RUNTIME)),
    ("docker_version", &TEXT),
    ("author", &TEXT),
    ("config", &Shape::Pointer(RUNTIME)),
    ("architecture", &TEXT),
    ("variant", &TEXT),
    ("os", &TEXT),
    ("os.version", &TEXT),
    ("os.features", &TEXTS),
    (
        "rootfs",
        &Shape::Pointer(&[("type", &TEXT), ("diff_ids", &TEXTS)]),
    ),
    ("history", &Shape::List(&Shape::Struct(HISTORY))),
]);

/// One element of `manifest.json`.
const SAVED_IMAGE: Names = &[
    ("Config", &TEXT),
    ("RepoTags", &TEXTS),
    ("Layers", &TEXTS),
    ("Parent", &TEXT),
    ("LayerSources", &Shape::Map(&Shape::Struct(DESCRIPTOR))),
];

/// The whole of `manifest.json`.
pub(super) const SAVED_IMAGES: Shape = Shape::List(&Shape::Struct(SAVED_IMAGE));

/// The whole of `repositories`.
pub(super) const REPOSITORIES: Shape = Shape::Map(&TEXT_MAP);

#[cfg(test)]
mod tests {
    use super::super::Json;
    use super::*;

    /// Checks a config as engines decode it, and the codes of its oddities.
    #[track_caller]
    fn check(text: &str, decoded: &str, codes: &[&str]) {
        let json = Json::parse_as(text.as_bytes(), 10_000, &CONFIG).expect("is JSON");
        let expected: Value = serde_json::from_str(decoded).expect("is JSON");
        assert_eq!(json.value, expected, "{text}");
        let found: Vec<_> = json.oddities.iter().map(Oddity::code).collect();
        assert_eq!(found, codes, "{text}");
    }

    #[test]
    fn keys_fold_and_the_last_one_counts() {
        check(r#"{"OS": "a"}"#, r#"{"os": "a"}"#, &["other-case"]);
        check(
            r#"{"os": "a", "Os": "b"}"#,
            r#"{"os": "b"}"#,
            &["several-keys"],
        );
        check(
            r#"{"os": "a", "os": "b"}"#,
            r#"{"os": "b"}"#,
            &["several-keys"],
        );
        check(
            r#"{"config": {"User": "u", "u\u017fer": "root"}}"#,
            r#"{"config": {"User": "root"}}"#,
            &["several-keys"],
        );
        assert!(is_name("wor\u{212a}ingdir", "WorkingDir"));
        assert!(!is_name("user ", "User") && !is_name("us", "User"));
    }

    #[test]
    fn objects_of_one_field_are_merged_and_null_changes_what_can_be_nil() {
        check(
            r#"{"config": {"User": "u", "Env": ["A=1"]}, "Config": {"Cmd": ["x"]}}"#,
            r#"{"config": {"User": "u", "Env": ["A=1"], "Cmd": ["x"]}}"#,
            &["several-keys"],
        );
        check(
            r#"{"config": {"User": "u"}, "config": null}"#,
            r#"{"config": null}"#,
            &["several-keys"],
        );
        check(
            r#"{"author": "a", "author": null}"#,
            r#"{"author": "a"}"#,
            &["several-keys"],
        );
        check(
            r#"{"history": [{"author": "a", "comment": "c"}, {}], "history": [{"author": "b"}]}"#,
            r#"{"history": [{"author": "b", "comment": "c"}]}"#,
            &["several-keys"],
        );
    }

    #[test]
    fn keys_of_a_map_keep_their_case() {
        check(
            r#"{"config": {"Labels": {"a": "1", "A": "2", "a": "3"}}}"#,
            r#"{"config": {"Labels": {"a": "3", "A": "2"}}}"#,
            &["duplicate-key"],
        );
        check(
            r#"{"config": {"Labels": {"a": "1"}, "labels": {"b": "2"}}}"#,
            r#"{"config": {"Labels": {"a": "1", "b": "2"}}}"#,
            &["several-keys"],
        );
    }
}
