//! The Configuration tab: the settings for running the image, and the config document.

use crate::ui::text::said;
use yew::prelude::*;

use crate::protocol::{ConfigFact, ConfigView, ImageView};
use crate::ui::kit::copy::CopyButton;
use crate::ui::kit::notice::Notice;
use crate::ui::kit::table::{Column, table};
use crate::ui::state::Shared;
use crate::ui::text::image::{Image, config_fact, fill};
use crate::ui::text::json::indented;
use crate::ui::text::visible::{visible_lines, visible_text};

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct ConfigurationProps {
    pub text: &'static Image,
    pub image: Shared<ImageView>,
}

/// The Configuration tab.
#[component]
pub(crate) fn Configuration(props: &ConfigurationProps) -> Html {
    let text = props.text;
    let problem = props.image.config_problem.as_ref().map(|problem| {
        let words = fill(text.config_unreadable, &[&said(text.said, &problem.detail)]);
        Notice::bad()
            .alert()
            .html(html! { <p class="break">{ words }</p> })
    });
    let Some(config) = &props.image.config else {
        return html! {
            <div class="sheet">
                { problem.unwrap_or_else(|| html! { <p class="empty">{ text.no_config }</p> }) }
            </div>
        };
    };
    html! {
        <div class="sheet">
            { problem }
            { running(text, config) }
            { pairs(text, text.env, text.env_name, &env(config)) }
            { list(text.ports, &config.exposed_ports) }
            { list(text.volumes, &config.volumes) }
            { pairs(text, text.labels, text.label_name, &config.labels) }
            { list(text.on_build, &config.on_build) }
            { section(text.healthcheck, rows(named_facts(text, &config.healthcheck))) }
            { platform(text, config) }
            { raw(text, text.raw_json, &config.raw_json) }
        </div>
    }
}

fn section(title: &'static str, body: Option<Html>) -> Html {
    match body {
        Some(body) => {
            html! { <section class="card sheet__card"><h2>{ title }</h2>{ body }</section> }
        }
        None => Html::default(),
    }
}

/// Draws names and values as a list. Leaves out names without a value; `None` if nothing is left.
fn rows(facts: impl Iterator<Item = (String, String)>) -> Option<Html> {
    let lines: Vec<Html> = facts
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| {
            html! { <><dt class="break"><bdi>{ visible_text(&name) }</bdi></dt><dd class="mono break"><bdi>{ visible_text(&value) }</bdi></dd></> }
        })
        .collect();
    (!lines.is_empty()).then(|| html! { <dl class="facts">{ for lines }</dl> })
}

fn running(text: &'static Image, config: &ConfigView) -> Html {
    let facts = [
        (text.entrypoint, exec_form(&config.entrypoint)),
        (text.cmd, exec_form(&config.cmd)),
        (text.user, config.user.clone()),
        (text.working_dir, config.working_dir.clone()),
        (text.stop_signal, config.stop_signal.clone()),
        (text.shell, exec_form(&config.shell)),
    ];
    let facts = facts
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value));
    section(text.running, rows(facts))
}

/// Formats words in the exec form of a Dockerfile, which shows where each word ends.
fn exec_form(words: &[String]) -> String {
    if words.is_empty() {
        return String::new();
    }
    let quoted: Vec<String> = words.iter().map(|word| format!("{word:?}")).collect();
    format!("[{}]", quoted.join(", "))
}

fn env(config: &ConfigView) -> Vec<(String, String)> {
    config
        .env
        .iter()
        .map(|line| match line.split_once('=') {
            Some((name, value)) => (name.to_owned(), value.to_owned()),
            None => (line.clone(), String::new()),
        })
        .collect()
}

fn pairs(
    text: &'static Image,
    title: &'static str,
    name: &'static str,
    pairs: &[(String, String)],
) -> Html {
    if pairs.is_empty() {
        return Html::default();
    }
    let lines = pairs.iter().map(|(name, value)| {
        html! {
            <tr>
                <th scope="row" class="mono break"><bdi>{ visible_text(name) }</bdi></th>
                <td class="mono break"><bdi>{ visible_text(value) }</bdi></td>
                <td class="table__tools"><CopyButton {text} value={value.clone()} what={name.clone()} /></td>
            </tr>
        }
    });
    let columns = [Column::Text(name), Column::Text(text.value), Column::Tools];
    section(title, Some(table("", &columns, lines.collect())))
}

fn list(title: &'static str, values: &[String]) -> Html {
    if values.is_empty() {
        return Html::default();
    }
    let lines = values
        .iter()
        .map(|value| html! { <li class="mono break"><bdi>{ visible_text(value) }</bdi></li> });
    section(title, Some(html! { <ul>{ for lines }</ul> }))
}

fn named_facts(
    text: &'static Image,
    of: &[(ConfigFact, String)],
) -> impl Iterator<Item = (String, String)> {
    let named =
        |(fact, value): &(ConfigFact, String)| (config_fact(text, *fact).to_owned(), value.clone());
    of.iter().map(named)
}

fn platform(text: &'static Image, config: &ConfigView) -> Html {
    let facts = [
        (text.os, config.os.clone()),
        (text.architecture, config.architecture.clone()),
        (text.docker_version, config.docker_version.clone()),
    ];
    let facts = facts
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .chain(named_facts(text, &config.extras));
    section(text.platform, rows(facts))
}

/// Draws a document verbatim, collapsed.
pub(crate) fn raw(text: &'static Image, title: &'static str, json: &str) -> Html {
    html! {
        <details class="card sheet__card sheet__raw">
            <summary><h2>{ title }</h2></summary>
            <div class="code">
                <pre tabindex="0">{ visible_lines(&indented(json)) }</pre>
                <CopyButton {text} value={json.to_owned()} what={title} />
            </div>
        </details>
    }
}
