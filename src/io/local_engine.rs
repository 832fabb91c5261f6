//! The container engines on this machine, as `lamina serve` tells its page of them, and the page's orders about them.

use serde::{Deserialize, Serialize};

/// An order of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EngineOrder {
    /// Lists all engines. Each is a step as soon as it answers.
    List,
    /// Exports an image, or a container with its image, into a file that the page reads by ranges.
    Open {
        /// The engine's address, as it was listed.
        engine: String,
        /// The image or the container.
        item: EngineItem,
    },
    /// Begins to load an archive into an engine, as `docker load` does it.
    Load {
        /// The engine's address, as it was listed.
        engine: String,
        /// The length of the archive in bytes.
        size_bytes: u64,
    },
    /// Brings the next bytes of an archive, which follow the order.
    Piece {
        /// The load's number.
        load: u64,
    },
    /// Asks for the end of a load, after all bytes.
    EndLoad {
        /// The load's number.
        load: u64,
    },
    /// Gives up a load.
    CancelLoad {
        /// The load's number.
        load: u64,
    },
}

/// Something of an engine that can be opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EngineItem {
    /// An image, by its name or ID.
    Image(String),
    /// A container, by its name or ID: its image, with the container's writable layer on top.
    Container(String),
}

impl EngineItem {
    /// Returns the name or ID.
    pub fn name(&self) -> &str {
        match self {
            EngineItem::Image(name) | EngineItem::Container(name) => name,
        }
    }
}

impl EngineOrder {
    /// Bytes of an archive in one order at most.
    pub const PIECE_BYTES: usize = 2 * 1024 * 1024;

    /// Returns the order as it is sent.
    pub fn to_bytes(&self) -> Vec<u8> {
        postcard::to_allocvec(self).unwrap_or_default()
    }

    /// Returns an order with the bytes that follow it; `None` if there is none.
    pub fn from_bytes(bytes: &[u8]) -> Option<(EngineOrder, &[u8])> {
        postcard::take_from_bytes(bytes).ok()
    }
}

/// A step of an order's answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EngineNews {
    /// An engine of this machine.
    Engine(LocalEngine),
    /// Word that all engines were told. It is the last step.
    Listed,
    /// The bytes that have come so far. It is told each second, even if none came.
    Passed(u64),
    /// The number and the length in bytes of the file with the image. It is the last step.
    Ready(u64, u64),
    /// The number of a load that has begun. It is the last step.
    Loading(u64),
    /// The bytes that a load has taken so far. It is the last step.
    Taken(u64),
    /// The images that were loaded. It is the last step.
    Loaded(Vec<LoadedImage>),
    /// The reason that the order failed. It is the last step.
    Failed(EngineTrouble),
}

/// An engine on this machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalEngine {
    /// The kind, as far as it tells.
    pub kind: EngineKind,
    /// The address, such as `unix:///var/run/docker.sock`.
    pub address: String,
    /// Its images, or the reason that it does not tell them.
    pub listed: Result<EngineList, EngineTrouble>,
    /// Its containers, or the reason that it does not tell them: a proxy before a socket may keep these back alone. None
    /// where it does not tell its images.
    pub containers: Result<EngineContainers, EngineTrouble>,
}

/// A kind of engine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum EngineKind {
    /// Docker, or an engine that speaks as it does.
    #[default]
    Docker,
    /// podman, by its API that is compatible with Docker's.
    Podman,
    /// A namespace of containerd, by its tool `ctr`. Images are exported by it, and none is loaded.
    Containerd,
}

/// Everything that an engine has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EngineList {
    /// The images, newest first.
    pub images: Vec<EngineImage>,
    /// The number of images that are left out: too many, or of no plain ID.
    pub n_left_out: u64,
}

/// The containers of an engine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EngineContainers {
    /// The containers, newest first: those that run, and those that have ended.
    pub containers: Vec<EngineContainer>,
    /// The number of containers that are left out: too many, or of no plain ID.
    pub n_left_out: u64,
}

/// A container of an engine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EngineContainer {
    /// The ID.
    pub id: String,
    /// The name, or else the ID.
    pub name: String,
    /// The image's name, as the engine writes it.
    pub image: String,
    /// True if it runs.
    pub is_running: bool,
    /// The seconds between 1970 and its creation; 0 if the engine does not tell.
    pub created_seconds: i64,
}

/// An image of an engine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EngineImage {
    /// The ID, as the engine writes it.
    pub id: String,
    /// The names with their tags; empty for an image without any.
    pub names: Vec<String>,
    /// The number of names that are left out: too many, or not plain.
    pub n_names_left_out: u64,
    /// The size in bytes, as the engine counts it; `None` if it does not tell.
    pub size_bytes: Option<u64>,
    /// The seconds between 1970 and its creation; 0 if the engine does not tell.
    pub created_seconds: i64,
}

impl EngineImage {
    /// Returns the name, or else the ID, by which the engine exports the image.
    pub fn name(&self) -> &str {
        self.names.first().unwrap_or(&self.id)
    }
}

/// An image that an engine has loaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadedImage {
    /// The name, or the ID of an image without one.
    pub name: String,
    /// The ID that the engine gives it; `None` if it does not tell.
    pub id: Option<String>,
}

/// A failure of an engine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EngineTrouble {
    /// The likely cause.
    pub cause: EngineCause,
    /// The words of the system or the engine, where the cause leaves them to these; otherwise words for the command.
    pub said: String,
}

/// A likely cause of an engine's failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EngineCause {
    /// Nobody listens at the address.
    NotRunning,
    /// This user may not use the socket.
    NotPermitted,
    /// It did not answer in time.
    Silent,
    /// The answer ended before all of it had come.
    CutOff,
    /// It does not have the image or the container.
    NoSuchImage,
    /// The file with the image could not be written. The system says why.
    NoRoom,
    /// The files of open images take all the room that there is for them.
    Full,
    /// The answer is longer than is read.
    TooLong,
    /// The answer is none of an engine.
    Odd,
    /// The address is none of this machine's engines.
    Unknown,
    /// The address is neither a socket nor plain TCP.
    Scheme,
    /// The address is behind TLS.
    Tls,
    /// The docker context cannot be read.
    Context,
    /// The engine took the archive, and named no image.
    NothingLoaded,
    /// The load is over: it was cancelled, or the page brought nothing for too long.
    GivenUp,
    /// There are too many loads at once.
    TooManyLoads,
    /// The page's program does not answer any more.
    Lost,
    /// Something else, which the engine's own words tell.
    Other,
}

impl EngineCause {
    /// True if the words that come with it are the system's or the engine's own, and tell more.
    pub fn has_own_words(self) -> bool {
        matches!(self, EngineCause::NoRoom | EngineCause::Other)
    }
}

/// Bytes of a step at most. Stops a broken answer from being waited for.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// Bytes of a step's length.
const HEAD_BYTES: usize = 4;

/// Returns a step as it is sent: its length in four bytes, lowest first, then the step.
pub fn frame_of(news: &EngineNews) -> Vec<u8> {
    let bytes = postcard::to_allocvec(news).unwrap_or_default();
    let len = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    [&len.to_le_bytes(), bytes.as_slice()].concat()
}

/// The steps of an answer that comes in pieces.
#[derive(Debug, Default)]
pub struct NewsFrames(Vec<u8>);

impl NewsFrames {
    /// Takes the next piece, and returns the steps that are complete by it; `None` if it is no answer.
    pub fn push(&mut self, piece: &[u8]) -> Option<Vec<EngineNews>> {
        self.0.extend_from_slice(piece);
        let mut steps = Vec::new();
        while let Some((head, rest)) = self.0.split_first_chunk::<HEAD_BYTES>() {
            let len = usize::try_from(u32::from_le_bytes(*head)).ok()?;
            if len > MOST_BYTES {
                return None;
            }
            let Some(bytes) = rest.get(..len) else {
                break;
            };
            steps.push(postcard::from_bytes(bytes).ok()?);
            self.0.drain(..HEAD_BYTES + len);
        }
        Some(steps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_come_whole_whatever_the_pieces() {
        let steps = [
            EngineNews::Passed(7),
            EngineNews::Failed(EngineTrouble {
                cause: EngineCause::Silent,
                said: "…".to_owned(),
            }),
            EngineNews::Ready(3, 1 << 40),
        ];
        let bytes: Vec<u8> = steps.iter().flat_map(frame_of).collect();
        for n_bytes in [1, 3, 5, bytes.len()] {
            let mut frames = NewsFrames::default();
            let pieces = bytes.chunks(n_bytes).map(|piece| frames.push(piece));
            let heard: Vec<EngineNews> = pieces.flat_map(|steps| steps.expect("steps")).collect();
            assert_eq!(heard, steps, "pieces of {n_bytes}");
        }
    }

    #[test]
    fn what_is_no_answer_is_not_waited_for() {
        for bytes in [b"HTTP/1.1 400".as_slice(), &[1, 0, 0, 0, 200]] {
            assert_eq!(NewsFrames::default().push(bytes), None, "{bytes:?}");
        }
    }
}
