//! The browser's store of passwords, where it has one that pages may use.

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::io::Secret;

/// The class of the browser's passwords.
const CLASS: &str = "PasswordCredential";

fn class() -> Option<Function> {
    let found = Reflect::get(&js_sys::global(), &CLASS.into()).ok()?;
    found.dyn_into().ok()
}

/// True if the browser can keep a login for this page.
pub fn can_keep() -> bool {
    class().is_some() && container().is_ok()
}

fn container() -> Result<Object, JsValue> {
    let navigator = Reflect::get(&js_sys::global(), &"navigator".into())?;
    Reflect::get(&navigator, &"credentials".into())?.dyn_into()
}

async fn call(name: &str, with: &JsValue) -> Result<JsValue, JsValue> {
    let container = container()?;
    let function: Function = Reflect::get(&container, &name.into())?.dyn_into()?;
    let promise: Promise = function.call1(&container, with)?.dyn_into()?;
    JsFuture::from(promise).await
}

fn object(members: &[(&str, JsValue)]) -> Result<JsValue, JsValue> {
    let object = Object::new();
    for (name, value) in members {
        Reflect::set(&object, &(*name).into(), value)?;
    }
    Ok(object.into())
}

/// Has the browser keep a login under this name; it asks the person first.
///
/// # Errors
/// The browser's reason, as text.
pub async fn keep(id: &str, password: &Secret) -> Result<(), String> {
    let kept = async {
        let class = class().ok_or_else(|| JsValue::from_str(CLASS))?;
        let members = [("id", id.into()), ("password", password.reveal().into())];
        let credential = Reflect::construct(&class, &Array::of1(&object(&members)?))?;
        call("store", &credential).await
    };
    kept.await
        .map(drop)
        .map_err(|error| super::describe(&error))
}

/// Has the person choose one of the logins that the browser keeps for this page. Returns the name that it is kept under,
/// and the password; `None` if there is none, or none was chosen.
///
/// # Errors
/// The browser's reason, as text.
pub async fn chosen() -> Result<Option<(String, Secret)>, String> {
    let members = [
        ("password", JsValue::TRUE),
        ("mediation", "required".into()),
    ];
    let asked = async { call("get", &object(&members)?).await };
    let found = asked.await.map_err(|error| super::describe(&error))?;
    let member = |name: &str| Reflect::get(&found, &name.into()).ok()?.as_string();
    Ok(member("id").zip(member("password").map(Secret::new)))
}
