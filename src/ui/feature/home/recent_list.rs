//! Recently opened images and registries, each with buttons to open it again and to forget it.

use yew::prelude::*;

use crate::ui::kit::button::Button;
use crate::ui::kit::icon::{Icon, icon};
use crate::ui::shell::use_shell;
use crate::ui::state::{Action, ImagePlace, Recent, RecentKind, Route, short_address};
use crate::ui::text::format::size;
use crate::ui::text::visible::visible_text;

/// Properties of [`RecentList`].
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct RecentListProps {
    /// Newest first.
    pub recent: Vec<Recent>,
}

/// The list of recently opened images and registries.
#[component]
pub(crate) fn RecentList(props: &RecentListProps) -> Html {
    let shell = use_shell();
    let home = &shell.text.shell.home;
    let line = |recent: &Recent| {
        let forgotten = recent.clone();
        let forget = shell
            .act
            .reform(move |_: MouseEvent| Action::ForgetRecent(forgotten.clone()));
        let (name, link) = match recent {
            Recent::Address { text, what } => (
                short_address(text).to_owned(),
                html! {
                    <a class="list__link" href={Route::address(text.as_str()).to_hash()}>
                        { icon(drawing(*what)) }
                        <span class="mono ellipsis" title={visible_text(text)}><bdi>{ visible_text(short_address(text)) }</bdi></span>
                    </a>
                },
            ),
            Recent::File { name, .. } => (
                name.clone(),
                file_line(recent, shell.text.shell, &shell.act),
            ),
        };
        let label = (home.forget)(&visible_text(&name));
        html! {
            <li class="recent__line">
                { link }
                { Button::cross(label).on_click(forget).html() }
            </li>
        }
    };
    html! {
        <section class="recent" aria-label={home.recent}>
            <h2>{ home.recent }</h2>
            if props.recent.is_empty() {
                <p class="recent__empty muted small">{ home.recent_empty }</p>
            } else {
                <ul class="list">{ for props.recent.iter().map(line) }</ul>
            }
        </section>
    }
}

fn drawing(what: RecentKind) -> Icon {
    match what {
        RecentKind::Registry => Icon::Registry,
        RecentKind::Repository => Icon::Repository,
        RecentKind::Image => Icon::Image,
    }
}

fn file_line(
    recent: &Recent,
    text: &'static crate::ui::text::shell::Shell,
    act: &Callback<Action>,
) -> Html {
    let Recent::File {
        name,
        size_bytes,
        image_id,
        title,
        handle,
    } = recent
    else {
        return Html::default();
    };
    let home = &text.home;
    let how = match handle {
        Some(_) if recent.is_unsaved() => text.unsaved.mark,
        Some(_) => home.reopen,
        None => home.drop_again,
    };
    let what = match image_id {
        Some(id) if title == name => id.short().to_owned(),
        Some(_) => visible_text(title),
        None => home.several.to_owned(),
    };
    let inner = html! {
        <>
            { icon(Icon::Archive) }
            <span class="recent__file">
                <bdi class="ellipsis">{ visible_text(name) }</bdi>
                <span class="faint small ellipsis num">
                    if recent.is_unsaved() {
                        <span class="unsaved__dot" aria-hidden="true" />
                    }
                    { format!("{how} · {} · {what}", size(*size_bytes)) }
                </span>
            </span>
        </>
    };
    match handle {
        Some(key) => {
            let (handle, image_id) = (key.clone(), image_id.clone());
            let onclick = act.reform(move |_: MouseEvent| Action::Reopen {
                handle: handle.clone(),
                image_id: image_id.clone(),
            });
            html! { <button type="button" class="list__link list__link--button" {onclick}>{ inner }</button> }
        }
        None => {
            let route = Route::File {
                name: name.clone(),
                served: None,
                image_id: image_id.clone(),
                place: ImagePlace::default(),
            };
            html! { <a class="list__link" href={route.to_hash()}>{ inner }</a> }
        }
    }
}
