//! Files as layers list them, and what a stack of layers becomes.

mod capability;
mod changes;
mod dead_bytes;
mod dive;
mod entry;
mod findings;
mod history;
mod list;
mod names;
mod overlay;
mod path;
mod resolve;
mod totals;
mod tree;
mod way;
mod whiteout;

#[cfg(test)]
mod tests;

pub use capability::{CAPABILITY_ATTRIBUTE, FileCapabilities};
pub use changes::{Change, Changes};
pub use dead_bytes::{Amount, DeadBytes, DeadFile, LayerBytes, Reason};
pub use dive::{DiveScore, InefficientPath};
pub use entry::{FileEntry, FileKind, FileMarks, Timestamp};
pub use findings::{Leftover, Secret};
pub use history::{Version, history};
pub use list::{FileList, FileRef};
pub use overlay::{Cause, Difference, Loss, Overlay};
pub use path::{FilePath, LONGEST_PATH, NotBase64, readable};
pub use resolve::{Resolved, resolve};
pub use totals::{Sum, Totals};
pub use tree::{FileId, NodeId};
pub use whiteout::Whiteout;
