//! The parts of an opened text, for their colours.

use std::sync::LazyLock;

use tokio::time::timeout;

use crate::anatomy::files::readable;
use crate::highlight::Highlighter;
use crate::registry::Turns;
use crate::service::Service;
use crate::service::visit::Visit;
use crate::view::files::{FileContent, OpenedFile};

/// One text at a time; readers take turns (threat T-24). Whoever waits here is a request, whose number has a limit of its own.
static TURNS: LazyLock<Turns> = LazyLock::new(|| Turns::new(1, usize::MAX));

/// Tells the parts of a text apart. It stays plain where the page has waited long enough, or others take too long.
pub(super) async fn tell(service: &Service, visit: &Visit<'_>, opened: &mut OpenedFile) {
    let FileContent::Text { language, lines, plain, .. } = &mut opened.content else { return };
    if visit.is_over() {
        return;
    }
    let place = timeout(Highlighter::PATIENCE, TURNS.place(service.asker().reader)).await;
    if let Ok(Some(_place)) = place {
        let told = service.highlighter().highlight(&readable(opened.row.path.name()), lines).await;
        (*language, *plain) = (told.language, told.plain);
    }
}
