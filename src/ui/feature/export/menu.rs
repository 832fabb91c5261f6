//! The Export menu: the form that saves the image, and machine-readable reports as files.

use yew::prelude::*;

use crate::protocol::ExportKind;
use crate::ui::kit::glyph::Glyph;
use crate::ui::kit::menu::{MenuButton, MenuItem};
use crate::ui::state::image::{Head, ImageAction, SavingAction};
use crate::ui::text::image::Image;
use crate::web::dom;

use crate::ui::feature::export::form::first_field;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct ExportMenuProps {
    pub text: &'static Image,
    pub id: AttrValue,
    pub head: Head,
    pub act: Callback<ImageAction>,
}

/// The Export menu.
#[component]
pub(crate) fn ExportMenu(props: &ExportMenuProps) -> Html {
    let (text, state) = (props.text, &props.head);
    let mut offers: Vec<(ExportKind, &'static str, &'static str)> = Vec::new();
    let form = MenuItem {
        label: text.save_image.into(),
        note: text.save_image_note.into(),
    };
    if state.has_tree() {
        offers.push((
            state.listing(false),
            text.export_listing,
            text.export_listing_note,
        ));
        offers.push((state.listing(true), text.export_full, text.export_full_note));
    }
    offers.push((
        ExportKind::Report,
        text.export_report,
        text.export_report_note,
    ));
    if state.image.config.is_some() {
        offers.push((
            ExportKind::Config,
            text.export_config,
            text.export_config_note,
        ));
    }
    if state.image.manifest_digest.is_some() {
        offers.push((
            ExportKind::Manifest,
            text.export_manifest,
            text.export_manifest_note,
        ));
    }
    let answers = offers.iter().map(|(_, label, note)| MenuItem {
        label: (*label).into(),
        note: (*note).into(),
    });
    let items: Vec<MenuItem> = std::iter::once(form).chain(answers).collect();
    let on_choose = {
        let (act, id) = (props.act.clone(), props.id.clone());
        let kinds: Vec<ExportKind> = offers.iter().map(|(kind, _, _)| *kind).collect();
        Callback::from(move |position: usize| {
            let Some(position) = position.checked_sub(1) else {
                act.emit(SavingAction::Open.into());
                // The form is not in the DOM yet.
                dom::focus_soon(first_field(&id));
                return;
            };
            if let Some(kind) = kinds.get(position) {
                act.emit(ImageAction::Export(*kind));
            }
        })
    };
    let label = if state.n_saving > 0 {
        text.saving
    } else {
        text.export
    };
    html! {
        <MenuButton
            id={format!("{}-export", props.id)}
            {label}
            icon={Glyph::Download}
            {items}
            {on_choose}
        />
    }
}
