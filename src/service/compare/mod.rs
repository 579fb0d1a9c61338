//! Two images side by side.
//!
//! - `sides`: what is compared, which platform of it, at most six requests in all; `blame`: which of them failed
//! - `page`: the page of it; `history`: two histories as text

mod blame;
mod history;
mod page;
mod sides;
