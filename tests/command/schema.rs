//! Holds documents to JSON schemas. Only the keywords of these schemas are known: a crate that knows all of them would be
//! compiled for these alone.

use std::path::Path;

use serde_json::{Value, json};

/// Reads a schema of the project.
pub(super) fn read(path: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Collects the places where a document violates a schema.
fn check(root: &Value, schema: &Value, value: &Value, at: &str, wrong: &mut Vec<String>) {
    for (keyword, wanted) in schema.as_object().unwrap() {
        let is_met = match keyword.as_str() {
            "$schema" | "$id" | "title" | "description" | "$defs" | "definitions" | "default"
            | "required" => true,
            "$ref" => {
                let place = wanted.as_str().unwrap().trim_start_matches('#');
                let schema = root.pointer(place).expect("a reference leads somewhere");
                check(root, schema, value, at, wrong);
                return;
            }
            "anyOf" => wanted
                .as_array()
                .unwrap()
                .iter()
                .any(|one| fits(root, one, value, at)),
            "oneOf" => {
                let all = wanted.as_array().unwrap().iter();
                all.filter(|one| fits(root, one, value, at)).count() == 1
            }
            "type" => {
                let types = wanted.as_array().cloned().unwrap_or(vec![wanted.clone()]);
                types
                    .iter()
                    .any(|word| is_of_type(value, word.as_str().unwrap()))
            }
            "const" => value == wanted,
            "enum" => wanted.as_array().unwrap().contains(value),
            "minimum" => value.as_f64().is_none_or(|n| n >= wanted.as_f64().unwrap()),
            "maximum" => value.as_f64().is_none_or(|n| n <= wanted.as_f64().unwrap()),
            "minItems" => value
                .as_array()
                .is_none_or(|all| all.len() as u64 >= wanted.as_u64().unwrap()),
            "uniqueItems" => value
                .as_array()
                .is_none_or(|all| (1..all.len()).all(|at| !all[..at].contains(&all[at]))),
            "format" => value
                .as_str()
                .is_none_or(|text| is_of_format(text, wanted.as_str().unwrap())),
            // Of the members that are written none has one; see the schema.
            "pattern" => value.is_null(),
            "items" => {
                for (n, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(root, wanted, item, &format!("{at}/{n}"), wrong);
                }
                true
            }
            "properties" => {
                for (name, member) in value.as_object().into_iter().flatten() {
                    if let Some(schema) = wanted.get(name) {
                        check(root, schema, member, &format!("{at}/{name}"), wrong);
                    }
                }
                true
            }
            "additionalProperties" => {
                let known = &schema["properties"];
                let members = value.as_object().into_iter().flatten();
                let mut others = members.filter(|(name, _)| known.get(name.as_str()).is_none());
                match wanted {
                    Value::Bool(may) => *may || others.next().is_none(),
                    wanted => others
                        .all(|(name, member)| fits(root, wanted, member, &format!("{at}/{name}"))),
                }
            }
            other => panic!("the test does not know the keyword {other}"),
        };
        if !is_met {
            let value: String = value.to_string().chars().take(200).collect();
            wrong.push(format!("{at}: {keyword} is {wanted}, not {value}"));
        }
    }
    let required = schema.get("required").and_then(Value::as_array);
    for name in required.into_iter().flatten() {
        if value.is_object() && value.get(name.as_str().unwrap()).is_none() {
            wrong.push(format!("{at}: {name} is missing"));
        }
    }
}

fn fits(root: &Value, schema: &Value, value: &Value, at: &str) -> bool {
    let mut wrong = Vec::new();
    check(root, schema, value, at, &mut wrong);
    wrong.is_empty()
}

/// True for the addresses that are written here: of visible ASCII, each `%` with two hex digits after it.
fn is_of_format(text: &str, word: &str) -> bool {
    let is_address = text.split('%').skip(1).all(|rest| {
        let digits = rest.as_bytes().get(..2);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    });
    let is_ascii = text
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !b"<>\"{}|\\^`".contains(&byte));
    match word {
        "uri" => is_address && is_ascii && text.contains("://"),
        "uri-reference" => is_address && is_ascii,
        other => panic!("the test does not know the format {other}"),
    }
}

fn is_of_type(value: &Value, word: &str) -> bool {
    match word {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("there is no type {other}"),
    }
}

/// Returns the ways in which a document is not as its schema says.
pub(super) fn ways_out(schema: &Value, document: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    check(schema, schema, document, "", &mut wrong);
    wrong
}

/// Collects the paths of all objects that the schema describes. A config and an artifact's document are excluded,
/// since they may contain anything.
fn objects(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            found.push(at.to_owned());
            for (name, member) in members
                .iter()
                .filter(|(name, _)| !matches!(&***name, "config" | "document"))
            {
                objects(member, &format!("{at}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (n, item) in items.iter().enumerate() {
                objects(item, &format!("{at}/{n}"), found);
            }
        }
        _ => {}
    }
}

/// Checks that a document is as its schema says, and that the schema notices a change of any name in it.
pub(super) fn hold(schema: &Value, document: &Value) {
    assert_eq!(
        ways_out(schema, document),
        Vec::<String>::new(),
        "{document:#}"
    );
    let mut places = Vec::new();
    objects(document, "", &mut places);
    for place in places {
        let names = document.pointer(&place).unwrap().as_object().unwrap();
        for name in names.keys() {
            let mut renamed = document.clone();
            let members = renamed
                .pointer_mut(&place)
                .unwrap()
                .as_object_mut()
                .unwrap();
            let member = members.remove(name).unwrap();
            members.insert(format!("{name}_"), member);
            assert_ne!(
                ways_out(schema, &renamed),
                Vec::<String>::new(),
                "{place}/{name}"
            );
        }
        let mut longer = document.clone();
        longer.pointer_mut(&place).unwrap()["undocumented"] = json!(1);
        assert_ne!(ways_out(schema, &longer), Vec::<String>::new(), "{place}");
    }
}
