//! Two images side by side.
//!
//! - `sides`: what is compared, which platform of it, at most six requests in all
//! - `page`: the page of it; `history`: two histories as text

mod history;
mod page;
mod sides;
