//! A path as a link into the tree.

use yew::prelude::*;

use crate::protocol::{ImagePath, PlatformChoice, TreeView};
use crate::ui::state::ImagePlace;
use crate::ui::state::image::{ImageAction, ImagePart};

/// The place of links into the tree of one image.
pub(crate) struct TreeLinks<'a> {
    /// The image's platform, as the address bar names it.
    pub platform: Option<PlatformChoice>,
    /// The callback that goes to a place.
    pub act: &'a Callback<ImageAction>,
}

impl TreeLinks<'_> {
    /// Draws a text as a link to a path in a view of the tree.
    pub(crate) fn draw(
        &self,
        shown: String,
        title: String,
        path_key: ImagePath,
        view: TreeView,
    ) -> Html {
        let place = ImagePlace {
            platform: self.platform.clone(),
            view,
            path_key: Some(path_key),
            part: ImagePart::Files,
        };
        let onclick = self
            .act
            .reform(move |_: MouseEvent| ImageAction::Go(place.clone()));
        html! {
            <button type="button" class="link mono break" {title} {onclick}>
                <bdi>{ shown }</bdi>
            </button>
        }
    }
}
