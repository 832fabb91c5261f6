//! The Raw tab: index, manifest, configuration and layers as JSON, with digests that lead on.

use yew::prelude::*;

use super::tokens::{Token, TokenKind, tokens};
use crate::protocol::{Documents, ImageView, LayerRow, TreeView};
use crate::ui::feature::analysis::view::{Pending, analysis};
use crate::ui::kit::copy::CopyButton;
use crate::ui::shell::use_shell;
use crate::ui::state::Shared;
use crate::ui::state::image::{ImageAction, ImageState, TreeAction};
use crate::ui::text::Text;
use crate::ui::text::json::indented;
use crate::ui::text::overview::OverviewWords;
use crate::ui::text::visible::{visible_lines, visible_text};
use crate::ui::text::words::fill;
use crate::web::dom;

/// Largest number of tokens that are told apart in a document.
const MOST_TOKENS: usize = 5_000;

/// Properties of [`Raw`].
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct RawProps {
    /// State of the image.
    pub state: Shared<ImageState>,
    /// Receives the user's actions.
    pub act: Callback<ImageAction>,
}

/// A document with its title.
struct Section<'a> {
    id: String,
    title: &'static str,
    digest: Option<String>,
    json: &'a str,
}

/// The Raw tab.
#[component]
pub(crate) fn Raw(props: &RawProps) -> Html {
    let words = OverviewWords::of(use_shell().text.language);
    let pending = Pending {
        no_tree: words.raw_none,
        waiting: words.raw_loading.into(),
        computing: words.raw_loading,
    };
    analysis(&props.state, &props.act, pending, found)
}

fn found(
    text: &'static Text,
    state: &ImageState,
    act: &Callback<ImageAction>,
    documents: &Documents,
) -> Html {
    let image = &*state.image;
    let words = OverviewWords::of(text.language);
    let layers = layers_json(image);
    let config = image.config.as_ref().map(|config| config.raw_json.as_str());
    let digest =
        |digest: &Option<crate::protocol::Digest>| digest.as_ref().map(ToString::to_string);
    let sections = [
        (
            words.raw_index,
            "index",
            digest(&documents.index_digest),
            documents.index.as_deref(),
        ),
        (
            words.raw_manifest,
            "manifest",
            digest(&image.manifest_digest),
            documents.manifest.as_deref(),
        ),
        (words.raw_config, "config", digest(&image.image_id), config),
        (
            words.raw_layers,
            "layers",
            None,
            Some(layers.as_str()).filter(|_| !image.layers.is_empty()),
        ),
    ];
    let sections: Vec<Section<'_>> = sections
        .into_iter()
        .filter_map(|(title, word, digest, json)| {
            Some(Section {
                id: format!("image-{}-raw-{word}", image.key.0),
                title,
                digest,
                json: json?,
            })
        })
        .collect();
    let targets: Vec<(String, Target)> = targets(image, &sections);
    if sections.is_empty() {
        return html! { <p class="empty">{ words.raw_none }</p> };
    }
    html! {
        <div class="sheet raw">
            { for sections.iter().map(|section| draw(text, section, &targets, act)) }
        </div>
    }
}

/// The place that a digest leads to.
#[derive(Clone)]
enum Target {
    /// To a document on this page, by its id, with its title.
    Document(String, &'static str),
    /// To the files of a layer.
    Layer(u32),
}

/// Returns where the digests of the image's documents and layers lead.
fn targets(image: &ImageView, sections: &[Section<'_>]) -> Vec<(String, Target)> {
    let documents = sections.iter().filter_map(|section| {
        let target = Target::Document(section.id.clone(), section.title);
        Some((section.digest.clone()?, target))
    });
    let layers = image.layers.iter().flat_map(|row| {
        let diff_id = row.diff_id.as_ref().map(|id| id.0.to_string());
        let digests = [row.digest.as_ref().map(ToString::to_string), diff_id];
        let digests = digests.into_iter().flatten();
        digests.map(|digest| (digest, Target::Layer(row.layer)))
    });
    documents.chain(layers).collect()
}

fn draw(
    text: &'static Text,
    section: &Section<'_>,
    targets: &[(String, Target)],
    act: &Callback<ImageAction>,
) -> Html {
    let shown = visible_lines(&indented(section.json));
    let tokens = tokens(&shown, MOST_TOKENS);
    html! {
        <section class="card sheet__card" aria-label={section.title}>
            <h2 id={section.id.clone()} tabindex="-1">{ section.title }</h2>
            if let Some(digest) = &section.digest {
                <p class="small"><span class="mono break">{ visible_text(digest) }</span>
                    <CopyButton text={text.image} value={digest.clone()} what={section.title} /></p>
            }
            <div class="code">
                <pre tabindex="0">{ for tokens.into_iter().map(|token| piece(text, token, targets, act)) }</pre>
                <CopyButton text={text.image} value={section.json.to_owned()} what={section.title} />
            </div>
        </section>
    }
}

fn piece(
    text: &'static Text,
    token: Token<'_>,
    targets: &[(String, Target)],
    act: &Callback<ImageAction>,
) -> Html {
    let shown = token.text.to_owned();
    match token.kind {
        TokenKind::Other => html! { { shown } },
        TokenKind::Name => html! { <span class="json__name">{ shown }</span> },
        TokenKind::Text => html! { <span class="json__text">{ shown }</span> },
        TokenKind::Value => html! { <span class="json__value">{ shown }</span> },
        TokenKind::Digest => {
            let digest = token.text.trim_matches('"');
            match targets.iter().find(|(known, _)| known == digest) {
                Some((_, target)) => link(text, shown, target, act),
                None => html! { <span class="json__text">{ shown }</span> },
            }
        }
    }
}

fn link(text: &'static Text, shown: String, target: &Target, act: &Callback<ImageAction>) -> Html {
    let (title, onclick) = match target.clone() {
        Target::Document(id, title) => (
            fill(OverviewWords::of(text.language).raw_digest, &[title]),
            Callback::from(move |_: MouseEvent| dom::focus_id(&id)),
        ),
        Target::Layer(layer) => (
            fill(text.image.view_layer, &[&layer.to_string()]),
            act.reform(move |_: MouseEvent| {
                ImageAction::Tree(TreeAction::View(TreeView::Layer(layer)))
            }),
        ),
    };
    html! { <button type="button" class="link" {title} {onclick}>{ shown }</button> }
}

/// Returns what is known of each layer's blob, as descriptors have it, base first.
fn layers_json(image: &ImageView) -> String {
    let layers: Vec<String> = image.layers.iter().map(layer_json).collect();
    format!("[{}]", layers.join(","))
}

fn layer_json(row: &LayerRow) -> String {
    let text = |value: String| serde_json::Value::from(value).to_string();
    let media_type = row
        .media_type
        .as_ref()
        .map(|kind| text(kind.as_str().to_owned()));
    let members = [
        ("mediaType", media_type),
        (
            "digest",
            row.digest.as_ref().map(|digest| text(digest.to_string())),
        ),
        ("size", row.stored_bytes.map(|bytes| bytes.to_string())),
        (
            "diffID",
            row.diff_id.as_ref().map(|id| text(id.0.to_string())),
        ),
        (
            "chainID",
            row.chain_id.as_ref().map(|id| text(id.0.to_string())),
        ),
    ];
    let members: Vec<String> = members
        .into_iter()
        .filter_map(|(name, value)| Some(format!("\"{name}\":{}", value?)))
        .collect();
    format!("{{{}}}", members.join(","))
}
