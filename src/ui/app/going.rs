//! The box that goes everywhere, over the page: its keys, its button, and where the focus was before.

use yew::prelude::*;

use super::{App, Msg, title_of};
use crate::ui::apart::{Apart, Piece};
use crate::ui::feature::palette::entries::Around;
use crate::ui::feature::palette::view::PaletteProps;
use crate::ui::kit::button::Button;
use crate::ui::kit::dialog;
use crate::ui::kit::glyph::{Glyph, glyph};
use crate::ui::state::image::ImageState;
use crate::ui::state::{Body, Shared};
use crate::ui::text::shell::Bar;
use crate::web::dom::{self, Focused};

/// DOM id of the dialog.
pub(super) const DIALOG_ID: &str = "palette";

/// The open box.
pub(super) struct Going {
    before: Focused,
}

/// Hears the keys that open the box, and the one for the address.
pub(super) fn on_keys(send: Callback<Msg>) -> Option<dom::Listening> {
    dom::on_key(move |event| {
        let is_command = (event.ctrl_key() || event.meta_key()) && !event.alt_key();
        let is_plain = !(event.ctrl_key() || event.meta_key() || event.alt_key());
        let message = match event.key().as_str() {
            "k" | "p" if is_command && !event.shift_key() => Msg::OpenBox,
            "/" if is_plain && !dom::typing() => Msg::FocusAddress,
            _ => return,
        };
        event.prevent_default();
        if !dom::dialog_is_open() {
            send.emit(message);
        }
    })
}

/// Draws the button that opens the box.
pub(super) fn button(bar: &'static Bar, open: Callback<MouseEvent>) -> Html {
    let content = html! {
        <>
            { glyph(Glyph::Search) }
            <span>{ bar.go_to }{ " " }<kbd class="key">{ "Ctrl K" }</kbd></span>
        </>
    };
    Button::with(content)
        .quiet()
        .class("bar__go")
        .name(bar.go_to)
        .title(bar.go_to)
        .on_click(open)
        .html()
}

impl App {
    /// Returns the image that is shown.
    pub(super) fn shown_image(&self) -> Option<&Shared<ImageState>> {
        match &self.state.selected_tab()?.body {
            Body::Image(tab) => Some(&tab.state),
            _ => None,
        }
    }

    pub(super) fn open_box(&mut self) -> bool {
        self.going.get_or_insert_with(|| Going {
            before: Focused::now(),
        });
        true
    }

    pub(super) fn close_box(&mut self, goes_back: bool) -> bool {
        if let Some(going) = self.going.take() {
            dom::close_modal(DIALOG_ID);
            if goes_back {
                going.before.give_back();
            }
        }
        true
    }

    /// Draws the box, if it is open.
    pub(super) fn view_box(&self, context: &Context<App>) -> Html {
        if self.going.is_none() {
            return Html::default();
        }
        let link = context.link();
        let text = self.text();
        let tabs = self.state.tabs.iter();
        let (repository, registry) = self
            .state
            .selected_tab()
            .map(|tab| tab.lists())
            .unwrap_or_default();
        let props = PaletteProps {
            around: Around {
                tabs: tabs
                    .map(|tab| (tab.id, title_of(&tab.body, text)))
                    .collect(),
                selected: self.state.selected,
                repository: repository.cloned(),
                registry: registry.cloned(),
            },
            image: self.shown_image().cloned(),
            on_close: link.callback(Msg::CloseBox),
            on_speak: link.callback(Msg::Speak),
            on_wear: link.callback(Msg::Wear),
        };
        dialog::sheet(
            DIALOG_ID,
            "dialog--palette",
            text.shell.bar.go_to.into(),
            html! { <Apart piece={Piece::Palette(props)} /> },
            link.callback(|()| Msg::CloseBox(true)),
        )
    }
}
