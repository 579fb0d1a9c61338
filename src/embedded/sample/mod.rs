//! The sample registry.
use crate::embedded::Layout;
pub(super) fn registry() -> Layout {
    Layout::default()
}
