//! An image: header, layers, tree, panel.

use yew::prelude::*;

use crate::protocol::{ImageView, PlatformRow};
use crate::ui::state::{ImagePlace, Shared};

/// What the shell gives the image's page, and what it wants to hear.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct ImagePageProps {
    /// The image as it was when it opened; the page keeps its own copy up to date by events.
    pub image: Shared<ImageView>,
    /// Where in it: at first, and whenever the address bar is changed by hand or by Back.
    pub place: ImagePlace,
    /// Whether its tab is the one shown; hidden pages stay mounted.
    pub active: bool,
    /// Tells where the person went, for the address bar.
    pub on_place: Callback<ImagePlace>,
    /// Asks for another platform; the shell opens it and puts it in this tab's place.
    pub on_platform: Callback<PlatformRow>,
}

/// The image's page.
#[component]
pub(crate) fn ImagePage(props: &ImagePageProps) -> Html {
    html! { <h1>{ &props.image.title }</h1> }
}
