//! What points at a manifest.

use super::Client;
use crate::oci::{Digest, MediaType, RepositoryName};
use crate::registry::error::Error;
use crate::registry::referrers::Referrers;
use crate::registry::referrers::companions::Companions;
use crate::registry::request::Request;

impl Client {
    /// What points at a manifest: by the referrers API, or where there is none by the fallback tag. Of one artifact type or of
    /// all. That there is neither is an answer, not a failure.
    ///
    /// Asks once for each page, and once for the fallback tag; not again within [`crate::registry::Limits::referrers_ttl`].
    ///
    /// # Errors
    ///
    /// Whatever may befall the first page or the fallback tag; an error of a later page stands in the list.
    pub async fn referrers(
        &self,
        request: &Request,
        repository: &RepositoryName,
        subject: &Digest,
        artifact_type: Option<&MediaType>,
    ) -> Result<Referrers, Error> {
        self.inner.referrers.list(request, repository, subject, artifact_type).await
    }

    /// Which of the tags there are that cosign wrote before there were referrers. Three `HEAD`s, not repeated within
    /// [`crate::registry::Limits::referrers_ttl`].
    ///
    /// # Errors
    ///
    /// Where none of them could be asked for; where some could, the error stands beside them.
    pub async fn companions(
        &self,
        request: &Request,
        repository: &RepositoryName,
        subject: &Digest,
    ) -> Result<Companions, Error> {
        self.inner.referrers.companions(request, repository, subject).await
    }
}
