//! Lists a referrer with its subject if the registry does not do so itself: under the tag that the distribution
//! specification defines for that ("Referrers Tag Schema").
//!
//! Two simultaneous pushes may overwrite each other's list; the specification offers no way around that.

use crate::message::Message;
use serde_json::{Map, Value, json};

use crate::image::{Content, Digest, Document, MediaType};
use crate::io::Response;

use super::super::super::Error;
use super::super::conversation::Conversation;
use super::super::manifest::{self, Target};
use super::Push;

/// Maximum characters of the tag's parts: the algorithm and the encoded digest.
const TAG_CHARS: [usize; 2] = [32, 64];

/// Returns the tag of the list of referrers to `subject`.
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
    /// Adds a document to the list of its subject's referrers, unless the registry's answer says that it has done so.
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

    /// Returns the entries of the list under `tag`; empty if there is none yet.
    async fn listed(&self, registry: &Conversation, tag: &str) -> Result<Vec<Value>, Error> {
        let repository = &self.destination.repository;
        let target = Target::Tag(tag.to_owned());
        let what = Message::referrers_of(format!("{repository}:{tag}"));
        // The present content is examined before it is overwritten.
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
                    reason: Message::it_is_no_index(),
                });
            }
        };
        let listed = tree.get("manifests").and_then(Value::as_array);
        Ok(listed.cloned().unwrap_or_default())
    }
}

/// Returns the descriptor of a document in a list of referrers.
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
