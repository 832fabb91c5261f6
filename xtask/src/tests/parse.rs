//! Tests of parsing recipes.

use lamina::image::Platform;

use crate::sample::recipe::parse::parse;
use crate::sample::recipe::parts::*;

fn check_refused(text: &str, expected: &str) {
    match parse(text) {
        Err(error) => assert_eq!(error.to_string(), expected),
        Ok(recipe) => panic!("{text:?} was accepted: {recipe:?}"),
    }
}

/// Checks the entries of a one-layer recipe, one a line: kind, mode, path, link or content.
fn check_entries(lines: &str, expected: &str) {
    let recipe = parse(&format!("layer x\n{lines}")).expect("the recipe is right");
    let shown = recipe.layers["x"].entries.iter().map(|entry| {
        let what = match &entry.content {
            Content::Program(size_bytes) => format!("@{size_bytes}"),
            Content::Text(_) if !entry.link.is_empty() => {
                String::from_utf8_lossy(&entry.link).into_owned()
            }
            Content::Text(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        };
        format!(
            "{:?} {:o} {} {what:?}",
            entry.kind,
            entry.mode,
            String::from_utf8_lossy(&entry.path)
        )
    });
    assert_eq!(shown.collect::<Vec<_>>().join("\n"), expected);
}

#[test]
fn entries_of_all_kinds() {
    check_entries("  a = x\\n\\x41", "File 644 a \"x\\nA\"");
    check_entries("  .wh.a", "File 644 .wh.a \"\"");
    check_entries("  a/ | mode=1777", "Dir 1777 a \"\"");
    check_entries("  a -> ../b", "Symlink 777 a \"../b\"");
    check_entries("  a => b", "Hardlink 644 a \"b\"");
    check_entries("  a = @12 | mode=4755", "File 4755 a \"@12\"");
    check_entries(
        "  a =\n    |x = 1\n    | y\n  b = 2",
        "File 644 a \"x = 1\\n y\\n\"\nFile 644 b \"2\"",
    );
    check_entries(
        "  {a,b} = is $1",
        "File 644 a \"is a\"\nFile 644 b \"is b\"",
    );
    check_entries(
        "  # nothing\n\n  a = # something",
        "File 644 a \"# something\"",
    );
}

#[test]
fn parents_come_before_their_children_once() {
    check_entries(
        "  a/b/c = 1\n  a/d = 2",
        "Dir 755 a \"\"\nDir 755 a/b \"\"\nFile 644 a/b/c \"1\"\nFile 644 a/d \"2\"",
    );
    check_entries(
        "  a/ | mode=700\n  a/b = 1",
        "Dir 700 a \"\"\nFile 644 a/b \"1\"",
    );
}

#[test]
fn an_image_takes_over_what_it_stands_on() {
    let text = "layer a\n f = 1\nlayer b\n g = 2\n\
        image one:1 one:latest\n layer: a\n env: A=1\n env: B=1\n label: k=v\n cmd: sh -c x\n\
        image two/x:2\n from: one:1\n env: A=2\n layer: b\n empty: 2025-01-01T00:00:00Z CMD [\"sh\"]\n";
    let recipe = parse(text).expect("the recipe is right");
    let image = recipe.images.last().expect("has two images");
    assert_eq!(image.names, [("two/x".to_owned(), "2".to_owned())]);
    assert_eq!(image.runtime.env, ["B=1", "A=2"]);
    assert_eq!(image.runtime.cmd, ["sh", "-c", "x"]);
    assert_eq!(image.steps.len(), 3);
    assert_eq!(image.platforms, [Platform::usual()]);
}

#[test]
fn what_breaks_the_rules_is_named_with_its_line() {
    let check = check_refused;
    check(
        "x",
        "line 1 of the recipe: a block starts with `layer NAME` or `image REPOSITORY:TAG`",
    );
    check(
        "\n  x",
        "line 2 of the recipe: an indented line belongs below a layer or an image",
    );
    check(
        "layer a\nlayer a",
        "line 2 of the recipe: there is a layer \"a\" already",
    );
    check(
        "image A:1",
        "line 1 of the recipe: \"A:1\": an image has the form repository:tag, in lower case",
    );
    check(
        "image ../a:1",
        "line 1 of the recipe: \"../a:1\": an image has the form repository:tag, in lower case",
    );
    check(
        "image a:1",
        "line 1 of the recipe: the image has no layer: and no from:",
    );
    check(
        "image a:1\n layer: x",
        "line 2 of the recipe: there is no layer \"x\" above",
    );
    check(
        "image a:1\n from: b:1",
        "line 2 of the recipe: there is no image b:1 above",
    );
    check(
        "image a:1\n colour: red",
        "line 2 of the recipe: an image has no \"colour\"",
    );
    check(
        "image a:1\n platforms: linux",
        "line 2 of the recipe: \"linux\": a platform has the form os/architecture or os/architecture/variant",
    );
    check(
        "layer a\n created: now",
        "line 2 of the recipe: \"now\": a time like 2025-01-31T12:00:00Z is wanted",
    );
    check(
        "layer a\n f = 1 | mode=9",
        "line 2 of the recipe: \"mode=9\": a mode is octal, up to 7777",
    );
    check(
        "layer a\n f = 1 | x",
        "line 2 of the recipe: \"x\": an attribute has the form key=value",
    );
    check(
        "layer a\n f = \\q",
        "line 2 of the recipe: after a backslash stands n, x or another backslash",
    );
    check(
        "layer a\n f = @x",
        "line 2 of the recipe: @x: a number of bytes up to 16777216 belongs after the @",
    );
    check(
        "layer a\n f\\x00 = 1",
        "line 2 of the recipe: the name holds a NUL byte",
    );
}
