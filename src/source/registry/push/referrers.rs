//! What refers to another image is listed with it, also by a registry that keeps no such lists itself: under the tag
//! that the distribution specification names for them ("Referrers Tag Schema").
//!
//! Two pushes at once may overwrite each other's list; the specification knows no way round that.

use serde_json::{Map, Value, json};

use crate::image::{Content, Digest, Document, MediaType};
use crate::io::Response;

use super::super::super::Error;
use super::super::conversation::Conversation;
use super::super::manifest::{self, Target};
use super::Push;

/// Parts of the tag: so many characters of the algorithm, and of what is encoded.
const TAG_CHARS: [usize; 2] = [32, 64];

/// The tag under which the list of those stands that refer to `subject`.
fn tag_of(subject: &Digest) -> Option<String> {
    let parts = subject.as_str().split_once(':')?;
    let part = |text: &str, chars: usize| -> String {
        let clean = |c: char| {
            if c.is_ascii_alphanumeric() || "._-".contains(c) {
                c
            } else {
                '-'
            }
        };
        text.chars().take(chars).map(clean).collect()
    };
    let [algorithm, encoded] = TAG_CHARS;
    Some(format!(
        "{}-{}",
        part(parts.0, algorithm),
        part(parts.1, encoded)
    ))
}

impl Push {
    /// Lists a document with the one that it refers to, unless the registry says in its answer that it did.
    pub(super) async fn list_with_subject(
        &self,
        registry: &Conversation,
        document: &Document,
        response: &Response,
    ) -> Result<(), Error> {
        let Ok(tree) = serde_json::from_slice::<Value>(&document.bytes) else {
            return Ok(());
        };
        let subject = tree.pointer("/subject/digest").and_then(Value::as_str);
        let subject = subject.and_then(|text| Digest::parse(text).ok());
        let Some(tag) = subject.as_ref().and_then(tag_of) else {
            return Ok(());
        };
        if response.headers.get("oci-subject").is_some() {
            return Ok(());
        }
        let mut listed = self.listed(registry, &tag).await?;
        let is_it = |entry: &Value| {
            entry.get("digest").and_then(Value::as_str) == Some(document.digest.as_str())
        };
        if listed.iter().any(is_it) {
            return Ok(());
        }
        listed.push(descriptor_of(document, &tree));
        let index = json!({
            "schemaVersion": 2,
            "mediaType": MediaType::OCI_INDEX,
            "manifests": listed,
        });
        let index = index.to_string().into_bytes();
        let index = Document::new(index, MediaType::new(MediaType::OCI_INDEX));
        self.put(registry, &index, &tag).await.map(|_| ())
    }

    /// What the list under `tag` holds; nothing where there is none yet.
    async fn listed(&self, registry: &Conversation, tag: &str) -> Result<Vec<Value>, Error> {
        let repository = &self.destination.repository;
        let target = Target::Tag(tag.to_owned());
        let what = format!("the list of referrers {repository}:{tag}");
        // Whatever stands there is looked at before it is written over.
        let declared = MediaType::default();
        let fetched = manifest::fetch(registry, repository, &target, &declared, &what).await;
        let fetched = match fetched {
            Ok(fetched) => fetched,
            Err(Error::Refused { status: 404, .. }) => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let tree: Value = match fetched.reading.content {
            Content::Index(_) => {
                serde_json::from_slice(&fetched.document.bytes).unwrap_or_default()
            }
            _ => {
                return Err(Error::Malformed {
                    what,
                    reason: "it is no index".to_owned(),
                });
            }
        };
        let listed = tree.get("manifests").and_then(Value::as_array);
        Ok(listed.cloned().unwrap_or_default())
    }
}

/// How a document stands in a list of referrers.
fn descriptor_of(document: &Document, tree: &Value) -> Value {
    let mut descriptor = Map::new();
    descriptor.insert("mediaType".to_owned(), document.media_type.as_str().into());
    descriptor.insert("digest".to_owned(), document.digest.as_str().into());
    descriptor.insert("size".to_owned(), document.bytes.len().into());
    let own_type = tree
        .get("artifactType")
        .or_else(|| tree.pointer("/config/mediaType"));
    for (name, value) in [
        ("artifactType", own_type),
        ("annotations", tree.get("annotations")),
    ] {
        if let Some(value) = value {
            descriptor.insert(name.to_owned(), value.clone());
        }
    }
    Value::Object(descriptor)
}
