//! The history next to the layers as the page shows it: lines CF-02, CF-03 and CF-11.

use lamina::protocol::LayerState;
use lamina::protocol::{Dockerfile, DockerfileGap};
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

use super::configs::{codes, open};

/// Returns the `history` of a config from commands, each with true if it made no layer.
fn history(commands: &[(&str, bool)]) -> Value {
    let entry =
        |(command, empty): &(&str, bool)| json!({"created_by": command, "empty_layer": empty});
    json!({"history": commands.iter().map(entry).collect::<Vec<_>>()})
}

/// Eighteen entries, eight of which made a layer.
#[wasm_bindgen_test(unsupported = test)]
fn cf_02_each_layer_has_its_command() {
    let made = "eeLeeeLLeeLeLeLLLe";
    let names: Vec<_> = (0..made.len()).map(|at| format!("step {at}")).collect();
    let steps = names.iter().zip(made.chars());
    let steps: Vec<_> = steps.map(|(name, c)| (name.as_str(), c == 'e')).collect();
    let (_, image) = open(&history(&steps), &["a = 1"; 8]);
    assert_eq!((image.history.len(), image.layers.len()), (18, 8));
    let commands: Vec<_> = image.layers.iter().map(|l| l.command.as_str()).collect();
    let expected = [2, 6, 7, 10, 12, 14, 15, 16].map(|at: usize| names[at].as_str());
    assert_eq!(commands, expected);
    let layers: Vec<_> = image.history.iter().filter_map(|row| row.layer).collect();
    assert_eq!(layers, [0, 1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(image.warnings, []);
}

#[wasm_bindgen_test(unsupported = test)]
fn cf_03_a_history_that_does_not_fit_is_shown_beside_the_layers() {
    let check = |steps: &[(&str, bool)], layers: &[&str], code: &str, commands: &[&str]| {
        let (asked, image) = open(&history(steps), layers);
        assert_eq!(codes(&image), [code]);
        // All layers are present and read, and all entries are listed.
        assert_eq!(image.layers.len(), layers.len());
        let is_read = |state: &LayerState| matches!(state, LayerState::Read { .. });
        assert!(image.layers.iter().all(|layer| is_read(&layer.state)));
        assert_eq!(asked.tree(image.key, None).n_rows, 1);
        let shown: Vec<_> = image
            .history
            .iter()
            .map(|row| row.command.as_str())
            .collect();
        let written: Vec<_> = steps.iter().map(|(command, _)| *command).collect();
        assert_eq!(shown, written);
        let of_layers: Vec<_> = image.layers.iter().map(|l| l.command.as_str()).collect();
        assert_eq!(of_layers, commands);
        let matched = image.history.iter().filter_map(|row| row.layer).count();
        assert_eq!(matched, commands.iter().filter(|c| !c.is_empty()).count());
    };
    let (one, two) = (("one", false), ("two", false));
    check(&[one], &["a = 1"; 3], "history-mismatch", &["", "", ""]);
    check(&[one, two], &["a = 1"], "history-mismatch", &[""]);
    check(
        &[one, ("none", true)],
        &["a = 1"; 3],
        "history-mismatch",
        &["", "", ""],
    );
    check(&[], &["a = 1"; 2], "no-history", &["", ""]);
    // Only if there are as many entries as layers, the match is guessed, with a warning.
    check(
        &[one, ("empty", true), two],
        &["a = 1"; 3],
        "history-guessed",
        &["one", "empty", "two"],
    );
    let message = |steps: &[(&str, bool)]| {
        let (_, image) = open(&history(steps), &["a = 1"; 3]);
        image.warnings[0].message()
    };
    assert_eq!(
        message(&[one, two]),
        "the history tells of 2 layers and there are 3; which belongs to which is unknown"
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn cf_11_commands_are_tidied_and_kept_raw() {
    let commands = [
        ("/bin/sh -c #(nop)  CMD [\"sh\"]", "CMD [\"sh\"]", true),
        ("|2 A=1 B=2 /bin/sh -c make", "RUN make", false),
        ("COPY a b # buildkit", "COPY a b", false),
        (
            "RUN |1 A=1 /bin/sh -c make it # buildkit",
            "RUN make it",
            false,
        ),
    ];
    let steps: Vec<_> = commands
        .iter()
        .map(|(raw, _, empty)| (*raw, *empty))
        .collect();
    let (_, image) = open(&history(&steps), &["a = 1"; 3]);
    let rows: Vec<_> = image
        .history
        .iter()
        .map(|row| {
            (
                row.raw_command.as_str(),
                row.command.as_str(),
                row.empty_layer,
            )
        })
        .collect();
    assert_eq!(rows, commands);
    let of_layers: Vec<_> = image
        .layers
        .iter()
        .map(|l| (l.raw_command.as_str(), l.command.as_str()))
        .collect();
    let expected = [commands[1], commands[2], commands[3]].map(|(raw, shown, _)| (raw, shown));
    assert_eq!(of_layers, expected);
}

const SUM: &str = "11074170867c82ce15895c7e155f4efa13ab6e81d0c41d053db6f2d912e6d022";

/// Rebuilds the Dockerfile of one copy, whose checksum stands as `#`, from what its layer has.
fn check_copy(command: &str, layer: &str, expected: &str) {
    let command = format!("/bin/sh -c #(nop) {} ", command.replace('#', SUM));
    let (asked, image) = open(&history(&[(&command, false)]), &[layer]);
    let found: Dockerfile = asked.findings(image.key).unwrap();
    assert_eq!(found.text(), format!("FROM scratch\n{expected}\n"));
    assert_eq!(found.steps[0].layer.map(|layer| layer.0), Some(0));
    assert_eq!(found.steps[0].gap, Some(DockerfileGap::Sources));
}

#[wasm_bindgen_test(unsupported = test)]
fn a_dockerfile_names_copied_files_by_what_the_layer_has() {
    check_copy(
        "COPY file:# in /app/",
        "app/\napp/run.sh = 1",
        "COPY run.sh /app/",
    );
    check_copy(
        "COPY file:# in bin",
        "usr/bin/run = 1\nbin -> usr/bin",
        "COPY run bin",
    );
    check_copy(
        "COPY file:# in /run.sh",
        "run.sh = 1",
        "COPY <file> /run.sh",
    );
    check_copy(
        "COPY multi:# in /app/",
        "app/b = 1\napp/a = 1",
        "COPY a b /app/",
    );
    check_copy("COPY file:# in /gone/", "app/a = 1", "COPY <file> /gone/");
    check_copy(
        "COPY file:# in /app/",
        "app/two\\x20words = 1",
        "COPY <file> /app/",
    );
}
