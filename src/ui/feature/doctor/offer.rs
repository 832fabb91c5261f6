//! The button by which a person lets the browser extension read a host.

use yew::prelude::*;

use crate::protocol::{Code, Problem};
use crate::ui::kit::button::Button;
use crate::ui::shell::use_shell;
use crate::ui::text::extension::ExtensionWords;
use crate::ui::text::image::fill;
use crate::ui::text::visible::visible_text;
use crate::web::{extension, task};

/// Properties of [`Offer`].
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct OfferProps {
    /// Failure that may be the lack of a permission.
    pub problem: Problem,
    /// Called when the person has allowed the host.
    pub on_allowed: Callback<()>,
}

/// The reason that the browser did not ask.
type NotAsked = Option<String>;

/// Offers to allow the hosts without which the request fails. Draws nothing on a page that is no extension's.
#[component]
pub(crate) fn Offer(props: &OfferProps) -> Html {
    let shell = use_shell();
    let words = ExtensionWords::of(shell.language);
    let missing = use_state_eq(Vec::<String>::new);
    let not_asked = use_state_eq(NotAsked::default);
    {
        let missing = missing.setter();
        use_effect_with(props.problem.clone(), move |problem| {
            let host = problem.detail.text_of(Code::HostAsked).map(str::to_owned);
            let is_here = extension::is_here();
            // What an earlier problem wanted is not offered for this one.
            missing.set(Vec::new());
            if let Some(host) = host.filter(|_| is_here) {
                task::spawn("find what is not allowed", async move {
                    missing.set(extension::missing(&host).await);
                });
            }
        });
    }
    let button = |host: &String| {
        let (host, on_allowed) = (host.clone(), props.on_allowed.clone());
        let (missing, not_asked) = (missing.clone(), not_asked.setter());
        let label = fill(words.allow, &[&visible_text(&host)]);
        let onclick = Callback::from(move |_: MouseEvent| {
            let (host, on_allowed) = (host.clone(), on_allowed.clone());
            let (missing, not_asked) = (missing.clone(), not_asked.clone());
            task::spawn("ask for a host", async move {
                match extension::allow(&host).await {
                    Ok(true) => {
                        let rest = missing.iter().filter(|other| **other != host);
                        missing.set(rest.cloned().collect());
                        on_allowed.emit(());
                    }
                    Ok(false) => not_asked.set(None),
                    Err(reason) => not_asked.set(Some(reason)),
                }
            });
        });
        html! { <div>{ Button::new(label).primary().on_click(onclick).html() }</div> }
    };
    if missing.is_empty() {
        return Html::default();
    }
    html! {
        <>
            <p>{ words.why }</p>
            { for missing.iter().map(button) }
            if let Some(reason) = &*not_asked {
                <p class="mono small break"><bdi>{ visible_text(reason) }</bdi></p>
            }
        </>
    }
}
