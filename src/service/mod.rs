//! Builds a view: asks the registry, applies `anatomy`. One function a page.
