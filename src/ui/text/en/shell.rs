//! The shell in English.

use crate::ui::text::shell::{About, Archive, Bar, Home, Linked, List, OpeningWords, ProblemWords, Shell, UnsavedWords, Wanted};
use crate::protocol::{AddressKind, ArtifactKind, Code};
use crate::ui::text::format::count;

fn of(n: u64, one: &str, many: &str) -> String {
    if n == 1 {
        format!("1 {one}")
    } else {
        format!("{} {many}", count(n))
    }
}

/// The messages in English.
pub(super) static SHELL: Shell = Shell {
    said: Code::english,
    explain: super::problem::text,
    bar: Bar {
        skip: "Skip to the page",
        tabs: "What is open",
        start: "Start",
        new_tab: "New tab",
        close_tab: |name| format!("Close {name}"),
        address: "Registry, repository or image",
        address_hint: "registry.example.com/team/app:1.0",
        open: "Open",
        up: |name| format!("Up to {name}"),
        language: "Language",
        theme: "Theme",
        theme_system: "As the system",
        theme_light: "Light",
        theme_dark: "Dark",
        about: "About Lamina",
        go_to: "Go to …",
        drop_here: "Drop to open",
        drop_hint: "An image archive, a tar of a root file system, or a folder with an OCI layout",
        reader_restarted: "The reader stopped and was started again; what was open is opened again",
        reader_gave_up: "The reader stopped several times, so it is not started again by itself",
        one_reader_stopped: "The reader of one layer stopped; everything else goes on",
        reader_left_out: |layer, title| {
            format!(
                "It stopped while reading layer {layer} of {title}. The layer was left out; “Read again” on its row reads it"
            )
        },
        show: |title| format!("Show {title}"),
        restart: "Start it and open all again",
        messages: "Messages",
        dismiss: "Dismiss",
    },
    home: Home {
        title: "Open a container image",
        lead: "See its layers, its files and who made them, in this browser.",
        examples: "For example",
        guide: "Run a registry of your own",
        guide_tab: "Registry guide",
        guide_hint: "Step by step, with the commands for your names: from the first start to pulling elsewhere; also publishing to a cloud",
        registry: "a registry",
        repository: "a repository",
        image: "an image",
        from_file: "Or drop a file anywhere on this page",
        file_hint: "From docker save, podman save, skopeo, kaniko or crane; an OCI layout as a file or folder; a tar of a root file system. Plain, or compressed by gzip, zstd, bzip2 or xz.",
        choose_file: "Choose a file",
        choose_folder: "Choose a folder",
        sample: "Look at the sample",
        sample_hint: "A small registry that comes with this page",
        recent: "Opened before",
        recent_empty: "What you open is listed here, in this browser only",
        reopen: "Open again",
        drop_again: "Drop again",
        several: "several images",
        forget: |name| format!("Forget {name}"),
        kept: "Kept in this browser",
        kept_hint: "Layers that were read and verified open again without being read or downloaded",
        kept_briefly: "This page has no storage here: what is kept is gone when it is closed",
        kept_line: |n, bytes, quota| {
            format!("{}, {bytes} of at most {quota}", of(n, "layer", "layers"))
        },
        kept_limit: "Keep at most",
        kept_nothing: "nothing",
        kept_clear: "Clear",
        privacy: "Lamina has no server. Images are read in this browser, and no byte of them leaves it.",
        cors: |origin| {
            format!(
                "A registry can be read when its CORS headers admit {origin}. Docker Hub sends none: open such images by `lamina open` on your computer, or save them to a file first."
            )
        },
        extension: "This extension reads each registry that you allow.",
    },
    list: List {
        registry: "Registry",
        repositories: |n, more| match (n, more) {
            ("1", false) => "1 repository".to_owned(),
            (n, false) => format!("{n} repositories"),
            (n, true) => format!("{n} repositories so far"),
        },
        filter_repositories: "Filter repositories",
        no_repositories: "This registry has no repositories yet",
        relayed: "Read through lamina serve on this computer: no CORS headers are needed.",
        not_offered: "This registry does not list its repositories",
        not_offered_hint: "Many registries do not publish the list. Open a repository by its name.",
        by_name: "Open a repository by name",
        by_name_hint: "team/app",
        repository: "Repository",
        tags: |n, more| match (n, more) {
            ("1", false) => "1 tag".to_owned(),
            (n, false) => format!("{n} tags"),
            (n, true) => format!("{n} tags so far"),
        },
        filter_tags: "Filter tags",
        no_tags: "This repository has no tags",
        no_tag_list: "This registry does not list the tags of a repository",
        no_tag_list_hint: "Open an image by its tag, or by its digest.",
        by_tag: "Tag or digest",
        companion: |kind, of| {
            let what = match kind {
                ArtifactKind::Signature => "signature",
                ArtifactKind::Attestation => "attestation",
                ArtifactKind::Sbom => "bill of materials",
                ArtifactKind::BuildCache => "build cache",
                ArtifactKind::EmptyIndex | ArtifactKind::Index => "index",
                ArtifactKind::Unknown | ArtifactKind::Other => "artifact",
            };
            format!("{what} of {of}")
        },
        order: "Order",
        newest_first: "Highest version first",
        oldest_first: "Lowest version first",
        no_match: |text| format!("Nothing matches “{text}”"),
        cut_off: "The list may be cut off: asked for what follows, the registry gives the same names again",
        filter_incomplete: |n| format!("The filter looks at the {n} loaded so far"),
        shown: |shown, all| format!("{shown} of {all}"),
        load_more: "Load more",
        loading: "Loading",
        show_all: "Show all",
        other_reading: |kind| match kind {
            AddressKind::Registry => "Did you mean the registry",
            AddressKind::Repository => "Did you mean the repository",
            AddressKind::Image => "Did you mean the image",
        },
        trail: "Where this is",
        question_mark: "?",
    },
    archive: Archive {
        images: |n| of(n, "image", "images"),
        name: "Image",
        platform: "Platform",
        created: "Created",
        size: "Stored",
        layers: "Layers",
        unnamed: "unnamed",
        none: "There is no image to browse in this archive",
        none_hint: "What it holds instead is listed below.",
        others: "Also in this archive",
        not_saved: "named by the index, and not saved with the others",
        build_cache: "BuildKit’s build cache: layers that make builds faster, and no image",
        warnings: "Worth knowing",
        missing: |id| {
            format!("The image {id} that was open before is not in this file. These images are.")
        },
    },
    opening: OpeningWords {
        title: |name| format!("Opening {name}"),
        starting: "Starting",
        connecting: |url| format!("Asking {url}"),
        unpacking: |read, total, decoded| {
            format!("Decompressing {read} of {total}, {decoded} so far")
        },
        scanning: |read, total, n| {
            format!(
                "Looking through {read} of {total}, {}",
                of(n, "member", "members")
            )
        },
        documents: "Reading manifest and configuration",
        asking: "Asking the registry",
        decompressing: "Decompressing the archive",
        looking_through: "Looking through the archive",
        waited: |seconds| format!("no answer for {seconds} s"),
        cancel: "Cancel",
    },
    wanted: Wanted {
        title: |name| format!("{name} was open here"),
        by_handle: "This browser kept a reference to the file, not its content. It will ask for your permission to read it again.",
        open_again: "Open it again",
        by_drop: "The page keeps no files. Drop the same file again, or choose it.",
        known_by: |id| format!("It is recognised by its image ID {id}."),
    },
    linked: Linked {
        title: "This link opens an image or registry",
        asks: |host| {
            format!(
                "Opening it asks {host}, and the token server and the blob storage that it names. They learn your network address and that you open it."
            )
        },
        why: "This browser has not opened anything from there before, so nothing was asked yet.",
        open: "Open",
    },
    unsaved: UnsavedWords {
        mark: "Not saved",
        keeping: "Not saved yet. It is being written into this browser's storage.",
        kept: "Not saved yet. This browser keeps it until it is saved, pushed or discarded.",
        not_kept: "Not saved, and this browser could not keep it: it is gone with this tab. Save it by Export, or push it.",
        ask: |name| format!("{name} is not saved"),
        ask_kept: "This browser can keep it; the start page lists it then.",
        ask_lost: "It is in no file and no registry: once discarded, it is gone.",
        keep: "Keep in this browser",
        discard: "Discard",
        cancel: "Cancel",
        gone: |name| format!("{name} is gone"),
        gone_hint: "The image was made in this browser, was in no file and no registry, and is not kept here any more. Unless its container layer was thrown away, its changes are still there: open the image below it and commit again.",
    },
    problem: ProblemWords {
        retry: "Try again",
        cause: "Likely cause",
        way_out: "What to do",
        detail: "Exact message",
        copy: "Copy",
        copied: "Copied",
        pause: |left, is_over| match is_over {
            true => "The pause is over: try again.".to_owned(),
            false => format!("The registry wants to be asked again in {left}."),
        },
        configurations: |origin| {
            format!("What the registry, or a server in front of it, needs for pages of {origin}:")
        },
        tried: |with| format!("Tried with {with}."),
        by_proxy: |source| {
            format!(
                "It cannot send these headers by itself ({source}): put nginx in front. The lines are tried with nginx 1.22 in front of distribution 2.8."
            )
        },
        tokens_apart: |source| {
            format!(
                "Its tokens come from an address that sends no CORS headers either ({source}): use `lamina open`."
            )
        },
        open_by_command: "Without changing the registry: open it through this machine, with the lamina command:",
        cors_note: "Give exactly one origin, or '*'. Redirected downloads from object storage need CORS headers there, too.",
        save_by_docker: "With Docker:",
        save_by_skopeo: "With skopeo, without a Docker engine:",
        redirect_config: "Or let the registry pass the bytes through itself, in its config.yml:",
    },
    about: About {
        title: "Lamina",
        what: "A workbench for container images that runs entirely in the browser: layers, the file system that they form, and who committed what and when.",
        privacy: "There is no server and nothing is counted. The page talks only to the registries that you name.",
        keys: "Keys",
        key_address: "Go to the address field",
        key_find: "Find a file of the image by its name",
        key_box: "Go to a file, a layer, a part, a tab; > for commands (Ctrl P as well)",
        key_escape: "One level out: close, leave a field, go back to the layers",
        key_tabs: "Previous and next tab, in the tab list",
        key_tree: "Move, open and close in the file tree",
        key_about: "Show all about the chosen path, as a double click on a directory does",
        key_layers: "Walk the layers; the files follow",
        key_into: "From the layers into the files, and there to a file",
        key_brackets: "The layer below, the layer above, from anywhere",
        key_panes: "Between layers and files",
        key_letters: "In the files: the next name that begins so",
        key_siblings: "In the files: open all directories beside this one",
        key_edit: "In a container layer: edit the chosen file",
        key_rename: "In a container layer: rename it",
        key_delete: "In a container layer: delete it",
        key_undo: "In a container layer: undo the last step",
        key_help: "Show or hide these keys",
        close: "Close",
        version: |version| format!("Version {version}"),
    },
};
