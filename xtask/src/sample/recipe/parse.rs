//! Parses a recipe line by line: `layer` and `image` open a block, and the indented lines below belong to it.

use std::collections::BTreeSet;

use lamina::bounds::LayerLimits;
use lamina::image::{Platform, escape};
use lamina::layer::EntryKind;

use super::super::Error;
use super::entry;
use super::parts::{Content, EntryRecipe, ImageRecipe, LayerRecipe, Nothing, Recipe, Step};

/// The block that is being parsed.
enum Block {
    None,
    /// A layer by name, with the paths that it has so far.
    Layer(String, LayerRecipe, BTreeSet<Vec<u8>>),
    Image(Box<ImageRecipe>),
}

/// Parses a recipe.
///
/// # Errors
/// With the line and the reason, at the first line that breaks the rules.
pub(crate) fn parse(text: &str) -> Result<Recipe, Error> {
    let mut recipe = Recipe::default();
    let mut block = Block::None;
    let mut lines = (1..).zip(text.lines()).peekable();
    while let Some((number, line)) = lines.next() {
        let at = |reason: String| Error::Recipe {
            line: number,
            reason,
        };
        let words = line.trim();
        if words.is_empty() || words.starts_with('#') {
            continue;
        }
        if !line.starts_with([' ', '\t']) {
            close(std::mem::replace(&mut block, Block::None), &mut recipe)?;
            block = open(words, number, &recipe).map_err(at)?;
            continue;
        }
        match &mut block {
            Block::None => {
                return Err(at(
                    "an indented line belongs below a layer or an image".to_owned()
                ));
            }
            Block::Image(image) => image_line(image.as_mut(), words, &recipe).map_err(at)?,
            Block::Layer(_, layer, paths) => {
                if layer_key(layer, words).map_err(at)? {
                    continue;
                }
                let mut content = entry::has_block(words).then(String::new);
                if let Some(content) = &mut content {
                    while let Some((_, more)) =
                        lines.next_if(|(_, more)| more.trim_start().starts_with('|'))
                    {
                        content.push_str(more.trim_start().trim_start_matches('|'));
                        content.push('\n');
                    }
                }
                let entries = entry::read(words, content.as_deref()).map_err(at)?;
                add_entries(layer, paths, entries).map_err(at)?;
                if layer.entries.len() > LayerLimits::DEFAULT.entries as usize {
                    return Err(at(
                        "the layer has more entries than a layer may have".to_owned()
                    ));
                }
            }
        }
    }
    close(block, &mut recipe)?;
    Ok(recipe)
}

fn open(words: &str, line: usize, recipe: &Recipe) -> Result<Block, String> {
    let (what, names) = words.split_once(' ').unwrap_or((words, ""));
    match what {
        "layer" if recipe.layers.contains_key(names) => {
            Err(format!("there is a layer {names:?} already"))
        }
        "layer" if !names.is_empty() => {
            let (layer, paths) = (LayerRecipe::default(), BTreeSet::new());
            Ok(Block::Layer(names.to_owned(), layer, paths))
        }
        "image" if !names.is_empty() => {
            let names = names
                .split_whitespace()
                .map(image_name)
                .collect::<Result<_, _>>()?;
            Ok(Block::Image(Box::new(ImageRecipe {
                line,
                names,
                ..ImageRecipe::default()
            })))
        }
        _ => Err("a block starts with `layer NAME` or `image REPOSITORY:TAG`".to_owned()),
    }
}

/// Parses an image name. Names become file paths, so only the distribution specification's grammar is accepted.
fn image_name(name: &str) -> Result<(String, String), String> {
    let component = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
            && text
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c))
    };
    let is_tag = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
    };
    match name.split_once(':') {
        Some((repository, tag)) if repository.split('/').all(component) && is_tag(tag) => {
            Ok((repository.to_owned(), tag.to_owned()))
        }
        _ => Err(format!(
            "{name:?}: an image has the form repository:tag, in lower case"
        )),
    }
}

fn close(block: Block, recipe: &mut Recipe) -> Result<(), Error> {
    match block {
        Block::None => {}
        Block::Layer(name, layer, _) => {
            recipe.layers.insert(name, layer);
        }
        Block::Image(mut image) => {
            if image.platforms.is_empty() {
                image.platforms.push(Platform::usual());
            }
            if image.steps.is_empty() {
                let reason = "the image has no layer: and no from:".to_owned();
                return Err(Error::Recipe {
                    line: image.line,
                    reason,
                });
            }
            recipe.images.push(*image);
        }
    }
    Ok(())
}

/// Adds entries, preceded by each parent directory that no line names, as tools that pack a folder do. Each path
/// may occur only once: engines refuse layers with duplicates.
fn add_entries(
    layer: &mut LayerRecipe,
    paths: &mut BTreeSet<Vec<u8>>,
    entries: Vec<EntryRecipe>,
) -> Result<(), String> {
    for entry in entries {
        let slashes = entry.path.iter().enumerate();
        for (at, _) in slashes.filter(|(_, byte)| **byte == b'/') {
            let parent = entry.path.get(..at).unwrap_or_default().to_vec();
            if paths.insert(parent.clone()) {
                layer.entries.push(EntryRecipe {
                    path: parent,
                    kind: EntryKind::Dir,
                    content: Content::Text(Vec::new()),
                    link: Vec::new(),
                    mode: 0o755,
                    uid: 0,
                    gid: 0,
                    mtime: None,
                    xattrs: Vec::new(),
                });
            }
        }
        if !paths.insert(entry.path.clone()) {
            return Err(format!(
                "the layer has this path already, name a directory before what is in it and all else once: {}",
                escape(&entry.path)
            ));
        }
        layer.entries.push(entry);
    }
    Ok(())
}

/// Parses `created: ...` and the other keys; false if the line is an entry.
fn layer_key(layer: &mut LayerRecipe, words: &str) -> Result<bool, String> {
    let Some((key, value)) = words.split_once(": ") else {
        return Ok(false);
    };
    match key {
        "created" => layer.created = entry::moment(value)?,
        "command" => layer.command = value.to_owned(),
        "author" => layer.author = value.to_owned(),
        "comment" => layer.comment = value.to_owned(),
        _ => return Ok(false),
    }
    Ok(true)
}

fn image_line(image: &mut ImageRecipe, words: &str, recipe: &Recipe) -> Result<(), String> {
    let (key, value) = words
        .split_once(": ")
        .ok_or("a line of an image has the form key: value")?;
    let list = || {
        value
            .split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let runtime = &mut image.runtime;
    match key {
        "from" => {
            let name = image_name(value)?;
            let below = recipe
                .images
                .iter()
                .find(|image| image.names.contains(&name));
            let below = below.ok_or_else(|| format!("there is no image {value} above"))?;
            let (line, names) = (image.line, std::mem::take(&mut image.names));
            *image = ImageRecipe {
                line,
                names,
                ..below.clone()
            };
        }
        "platforms" => {
            image.platforms = list()
                .iter()
                .map(|text| platform(text))
                .collect::<Result<_, _>>()?
        }
        "layer" if recipe.layers.contains_key(value) => {
            image.steps.push(Step::Layer(value.to_owned()))
        }
        "layer" => return Err(format!("there is no layer {value:?} above")),
        "empty" => {
            let (created, command) = value
                .split_once(' ')
                .ok_or("empty: needs a time and a command")?;
            image.steps.push(Step::Empty {
                created: entry::moment(created)?,
                command: command.to_owned(),
            });
        }
        "author" => image.author = value.to_owned(),
        "comment" => image.comment = value.to_owned(),
        "user" => runtime.user = value.to_owned(),
        "workdir" => runtime.working_dir = value.to_owned(),
        "stop-signal" => runtime.stop_signal = value.to_owned(),
        "entrypoint" => runtime.entrypoint = list(),
        "cmd" => runtime.cmd = list(),
        "expose" => runtime
            .exposed_ports
            .extend(list().into_iter().map(|port| (port, Nothing {}))),
        "volume" => runtime
            .volumes
            .extend(list().into_iter().map(|path| (path, Nothing {}))),
        "env" => {
            let (name, _) = pair(value)?;
            runtime
                .env
                .retain(|known| !known.starts_with(&format!("{name}=")));
            runtime.env.push(value.to_owned());
        }
        "label" => runtime.labels.extend([pair(value)?]),
        "annotation" => image.annotations.extend([pair(value)?]),
        _ => return Err(format!("an image has no {key:?}")),
    }
    Ok(())
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (key, value) = text
        .split_once('=')
        .ok_or_else(|| format!("{text:?}: key=value is wanted"))?;
    Ok((key.to_owned(), value.to_owned()))
}

fn platform(text: &str) -> Result<Platform, String> {
    let refused =
        || format!("{text:?}: a platform has the form os/architecture or os/architecture/variant");
    let mut parts = text.split('/');
    let (Some(os), Some(architecture)) = (parts.next(), parts.next()) else {
        return Err(refused());
    };
    let mut platform = Platform::new(os, architecture);
    platform.variant = parts.next().unwrap_or_default().to_owned();
    if parts.next().is_some() || os.is_empty() || architecture.is_empty() {
        return Err(refused());
    }
    Ok(platform)
}
