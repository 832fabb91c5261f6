//! The guide to a private registry: its steps with the reader's names in each, and a check of their registry.

use yew::prelude::*;

use super::commands::{CLOUDS, Host, Names, image_of};
use crate::ui::kit::button::Button;
use crate::ui::kit::code_block::CodeBlock;
use crate::ui::kit::field::{Field, labelled};
use crate::ui::kit::notice::Notice;
use crate::ui::kit::problem_line::ProblemLine;
use crate::ui::shell::Shell;
use crate::ui::state::{Action, Guide, GuideAction, RegistryCheck, Route, TabId};
use crate::ui::text::format;
use crate::ui::text::guide::GuideWords;
use crate::ui::text::words::fill;
use crate::web::dom;
use crate::web::location;

/// Draws the guide of a tab.
pub(crate) fn guide(shell: &Shell, tab: TabId, guide: &Guide) -> Html {
    let words = GuideWords::of(shell.text.language);
    let text = shell.text.shell;
    let names = Names::of(guide);
    let act = &shell.act;
    let typed = |action: fn(String) -> GuideAction| {
        act.reform(move |event: InputEvent| {
            let action = action(dom::value_of(&event));
            Action::Guide { tab, action }
        })
    };
    let host_why = is_wrong(&guide.host, Host::parse(&guide.host).is_some())
        .then(|| format!("guide-host-{}", tab.0));
    let image_why = is_wrong(&guide.image, image_of(&guide.image).is_some())
        .then(|| format!("guide-image-{}", tab.0));
    let host = Field::code()
        .value(guide.host.clone())
        .invalid(host_why.is_some(), host_why.clone())
        .hint("registry.example.com:5000")
        .input_mode(Some("url"))
        .on_input(typed(GuideAction::Host))
        .html();
    let image = Field::code()
        .value(guide.image.clone())
        .invalid(image_why.is_some(), image_why.clone())
        .hint("team/app:1.0")
        .on_input(typed(GuideAction::Image))
        .html();
    let code = |code: String| html! { <CodeBlock {text} {code} /> };
    let step = |title: &'static str, why: &'static str, content: Html| {
        html! {
            <li class="guide__step stack">
                <h2>{ title }</h2>
                <p>{ why }</p>
                { content }
            </li>
        }
    };
    let why = |id: Option<String>, words: &'static str| {
        let words = |id: String| html! { <p {id} class="small">{ words }</p> };
        id.map_or_else(Html::default, words)
    };
    let closed = html! {
        <>
            { code(names.passwords()) }
            { code(names.auth()) }
            { code(names.run_closed()) }
        </>
    };
    let trust = match names.host.is_local() {
        true => html! { <p class="muted">{ words.step_trust_not_needed }</p> },
        false => code(names.daemon()),
    };
    let cloud = |(name, cloud): (&'static str, &super::commands::Cloud)| {
        html! {
            <details>
                <summary>{ name }{ " " }<code class="muted">{ cloud.name(&names) }</code></summary>
                { code(cloud.commands(&names)) }
            </details>
        }
    };
    let clouds = [
        words.cloud_name_hub,
        words.cloud_name_ghcr,
        words.cloud_name_aliyun,
        words.cloud_name_ecr,
        words.cloud_name_harbor,
    ];
    html! {
        <div class="page stack guide">
            <header class="page__head">
                <h1>{ words.title }</h1>
                <p class="muted">{ words.lead }</p>
            </header>
            <div class="guide__names">
                <div>{ labelled("", words.host.into(), host) }{ why(host_why, words.host_wrong) }</div>
                <div>{ labelled("", words.image.into(), image) }{ why(image_why, words.image_wrong) }</div>
            </div>
            <ol class="guide__steps stack">
                { step(words.step_config, words.step_config_why, code(names.config(&location::origin()))) }
                { step(words.step_run, words.step_run_why, code(names.run())) }
                { step(words.step_check, words.step_check_why, check(shell, tab, guide)) }
                { step(words.step_password, words.step_password_why, closed) }
                { step(words.step_trust, words.step_trust_why, trust) }
                { step(words.step_push, words.step_push_why, code(names.push())) }
                { step(words.step_list, words.step_list_why, code(names.list())) }
                { step(words.step_pull, words.step_pull_why, code(names.pull())) }
                { step(words.step_mirror, words.step_mirror_why, code(names.mirror())) }
            </ol>
            <section class="stack">
                <h2>{ words.cloud }</h2>
                <p>{ words.cloud_why }</p>
                { for clouds.into_iter().zip(&CLOUDS).map(cloud) }
            </section>
        </div>
    }
}

/// True if something is typed that cannot go into a command.
fn is_wrong(typed: &str, is_taken: bool) -> bool {
    !typed.trim().is_empty() && !is_taken
}

/// Draws the check of the reader's registry, and what came of it.
fn check(shell: &Shell, tab: TabId, guide: &Guide) -> Html {
    let words = GuideWords::of(shell.text.language);
    let is_asking = matches!(guide.check, RegistryCheck::Asking(_));
    let host = Host::parse(&guide.host).map(|host| host.address());
    let is_named = host.is_some();
    let address = host.unwrap_or_default();
    let open = html! { <a href={Route::address(address.as_str()).to_hash()}>{ words.open }</a> };
    let ask = shell.act.reform(move |()| {
        let action = GuideAction::Check(address.clone());
        Action::Guide { tab, action }
    });
    let button = Button::new(words.check)
        .disabled(is_asking || !is_named)
        .on_click(ask.reform(|_| ()))
        .html();
    let outcome = match &guide.check {
        RegistryCheck::Undone => Html::default(),
        RegistryCheck::Asking(_) => html! { words.checking },
        RegistryCheck::Answers {
            n_repositories,
            has_more,
        } => {
            let said = match (n_repositories, has_more) {
                (None, _) => words.answers_unlisted.to_owned(),
                (Some(n), true) => fill(words.answers_more, &[&format::count(*n as u64)]),
                (Some(n), false) => fill(words.answers, &[&format::count(*n as u64)]),
            };
            Notice::plain().html(html! { <p>{ said }{ " " }{ open }</p> })
        }
        RegistryCheck::AsksForLogin => {
            Notice::plain().html(html! { <p>{ words.asks_for_login }{ " " }{ open }</p> })
        }
        RegistryCheck::Fails(problem) => {
            html! {
                <>
                    <p>{ words.fails }</p>
                    <ProblemLine problem={problem.clone()} on_retry={ask} />
                </>
            }
        }
    };
    html! {
        <>
            <div>{ button }</div>
            <div role="status">{ outcome }</div>
        </>
    }
}
