//! What is known of the registry itself.

use std::sync::Arc;

use super::{Client, Inner};
use crate::registry::capabilities::Capabilities;
use crate::registry::error::Error;
use crate::registry::probe::Probe;
use crate::registry::request::Request;
use crate::registry::survey::survey;

impl Client {
    /// Asks whether the registry is there, and how it wants readers to sign in. Readers within two seconds share an
    /// answer; no cache is longer than that.
    ///
    /// # Errors
    ///
    /// Where there is no answer at all, or the registry has asked to be left alone.
    pub async fn check(&self, request: &Request) -> Result<Probe, Error> {
        let Inner { exchange, documents, probes, .. } = &*self.inner;
        probes.get(exchange, request, documents.routes.probe()?).await
    }

    /// What its answers have shown of the registry so far. Nothing is asked.
    pub fn capabilities(&self) -> Capabilities {
        Capabilities { referrers: self.inner.referrers.support(), ..self.inner.exchange.record.known() }
    }

    /// Asks for what no page asks anyway, where it is not known yet, and says what is known then. Readers at the same time
    /// share the questions; who stops waiting gets what is known until then.
    pub async fn survey(&self, request: &Request) -> Capabilities {
        let Inner { exchange, documents, surveys, .. } = &*self.inner;
        let work = {
            let (exchange, request) = (Arc::clone(exchange), request.clone());
            let routes = documents.routes.clone();
            async move { survey(&exchange, &routes, &request).await }
        };
        let _ = surveys.join((), request.deadline, || work).await;
        self.capabilities()
    }
}
