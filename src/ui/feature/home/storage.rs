//! The cache of layers in this browser: its size, its quota, and a button to clear it.

use yew::prelude::*;

use crate::protocol::{Ask, DEFAULT_QUOTA_BYTES, ProblemCode, StorageView, ask};
use crate::ui::kit::button::Button;
use crate::ui::kit::field::select;
use crate::ui::kit::progress::share_bar;
use crate::ui::shell::{Shell, use_shell};
use crate::ui::state::Action;
use crate::ui::text::format::{percent, size};
use crate::web::{dom, storage, task};

/// Storage key of the chosen quota in bytes. The worker gets the quota at its start.
pub(crate) const QUOTA_KEY: &str = "lamina.quota";

/// Quotas on offer, in bytes.
const QUOTAS: [u64; 4] = [0, 500_000_000, DEFAULT_QUOTA_BYTES, 10_000_000_000];

/// Returns the state of the cache, refreshed whenever the page becomes visible.
#[hook]
pub(crate) fn use_storage(in_sight: bool) -> UseStateHandle<Option<StorageView>> {
    let shell = use_shell();
    let kept = use_state_eq(|| None);
    let set = kept.setter();
    use_effect_with((shell, in_sight), move |(shell, in_sight)| {
        if *in_sight {
            ask(shell, ask::Storage {}, set);
        }
    });
    kept
}

fn ask<A: Ask<Answer = StorageView> + 'static>(
    shell: &Shell,
    question: A,
    set: UseStateSetter<Option<StorageView>>,
) {
    let answer = shell.link.answer(question);
    let act = shell.act.clone();
    task::spawn("storage", async move {
        match answer.await {
            Ok(kept) => set.set(Some(kept)),
            // The page already reports the worker's death, and asks the next worker.
            Err(problem) if problem.code == ProblemCode::WorkerLost => {}
            Err(problem) => act.emit(Action::Toast(problem)),
        }
    });
}

/// Draws the section of the start page; nothing until the worker has answered.
pub(crate) fn storage_section(shell: &Shell, kept: &UseStateHandle<Option<StorageView>>) -> Html {
    let Some(StorageView {
        n_layers,
        bytes,
        quota_bytes,
        lasts,
    }) = **kept
    else {
        return Html::default();
    };
    let home = &shell.text.shell.home;
    let onchange = {
        let (shell, set) = (shell.clone(), kept.setter());
        Callback::from(move |event: Event| {
            let bytes = dom::value_of(&event).parse().unwrap_or(DEFAULT_QUOTA_BYTES);
            storage::set(QUOTA_KEY, &bytes);
            ask(&shell, ask::ChooseQuota { bytes }, set.clone());
        })
    };
    let onclick = {
        let (shell, set) = (shell.clone(), kept.setter());
        Callback::from(move |_: MouseEvent| ask(&shell, ask::ClearStorage {}, set.clone()))
    };
    let chosen = storage::get(QUOTA_KEY).unwrap_or(DEFAULT_QUOTA_BYTES);
    let option = |bytes: &u64| {
        let words = match bytes {
            0 => home.kept_nothing.to_owned(),
            bytes => size(*bytes),
        };
        (bytes.to_string(), words, *bytes == chosen)
    };
    let line = (home.kept_line)(n_layers.into(), &size(bytes), &size(quota_bytes));
    html! {
        <section class="kept" aria-label={home.kept}>
            <h2>{ home.kept }</h2>
            <div class="card kept__box small">
                <p class="muted">{ if lasts { home.kept_hint } else { home.kept_briefly } }</p>
                <p class="num" role="status">{ line }</p>
                { share_bar(percent(bytes, quota_bytes)) }
                <div class="row row--wrap">
                    <label>
                        <span class="muted">{ home.kept_limit }</span>
                        { " " }
                        { select(None, "", None, onchange, QUOTAS.iter().map(option).collect()) }
                    </label>
                    <span class="spacer" />
                    { Button::new(home.kept_clear).disabled(bytes == 0).on_click(onclick).html() }
                </div>
            </div>
        </section>
    }
}
