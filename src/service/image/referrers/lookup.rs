//! What is asked about an image, and what came of it.
//!
//! For each digest: the referrers API, page by page; where there is none, the fallback tag; and the three tags that cosign's
//! older versions write. Nothing of it is asked for any other view.

use futures::join;

use super::opened::{Opened, open};
use crate::oci::{Digest, MediaType, Platform};
use crate::registry::{Asked, Companions, Error, Referrers, ReferrersWay};
use crate::service::Service;
use crate::service::failure::{self, Subject as About};
use crate::service::image::found::{Chosen, Found};
use crate::service::visit::Visit;
use crate::service::walk::limit;
use crate::view::Failure;
use crate::view::image::ImageQuery;
use crate::view::image::referrers::{AskedRequest, NO_TYPE, Subject, SubjectLookup, SubjectRole, Way};

/// About how many bytes an entry of a list has: a measure for the work on it.
const ENTRY: usize = 500;

/// Everything that was found out.
#[derive(Debug)]
pub(crate) struct Looked {
    pub(super) subjects: Vec<Answer>,
    pub(super) opened: Option<Opened>,
}

/// What came of asking about one digest.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) subject: Subject,
    pub(super) digest: Digest,
    repository: crate::oci::RepositoryName,
    pub(super) list: Result<Referrers, Error>,
    pub(super) companions: Result<Companions, Error>,
}

impl Looked {
    /// How many bytes there are to work on.
    pub(crate) fn bytes(&self) -> usize {
        let lists = self.subjects.iter().filter_map(|answer| answer.list.as_ref().ok());
        let entries: usize = lists.map(|list| list.descriptors.len() * ENTRY).sum();
        entries + self.opened.as_ref().map_or(0, Opened::bytes)
    }
}

/// Asks about what is shown, and reads the referrer that is to be opened.
///
/// # Errors
///
/// Where the address asks to open what is no digest, or to read a blob that is not there. What the registry does not answer is a part of the result.
pub(crate) async fn look_up(
    service: &Service,
    visit: &Visit<'_>,
    found: &Found,
    query: &ImageQuery,
) -> Result<Looked, Failure> {
    let to_open = match query.open.as_str() {
        "" => None,
        text => Some(text.parse::<Digest>().map_err(|error| {
            failure::invalid(
                "This is no digest",
                format!("The address asks to open a referrer as it cannot be: {error}."),
            )
        })?),
    };
    let mut subjects = subjects(found).into_iter();
    let client = visit.registry.client();
    let repository = &found.reference.repository;
    let artifact_type = match query.artifact_type.as_str() {
        "" | NO_TYPE => None,
        text => Some(MediaType::new(text)),
    };
    let companions = async |subject: Option<&(Subject, Digest)>| match subject {
        Some((_, digest)) => Some(client.companions(&visit.request, repository, digest).await),
        None => None,
    };
    let list = async |subject: Option<&(Subject, Digest)>| match subject {
        Some((_, digest)) => Some(whole_or_filtered(visit, found, digest, artifact_type.as_ref()).await),
        None => None,
    };
    let (first, second) = (subjects.next(), subjects.next());
    // One after the other: where the first one finds that there is no API, the second one need not ask for it.
    let lists = async { (list(first.as_ref()).await, list(second.as_ref()).await) };
    let ((first_list, second_list), first_tags, second_tags) =
        join!(lists, companions(first.as_ref()), companions(second.as_ref()));
    let answer = |subject: Option<(Subject, Digest)>, list, companions| {
        let (subject, digest) = subject?;
        Some(Answer { subject, digest, repository: repository.clone(), list: list?, companions: companions? })
    };
    let subjects: Vec<Answer> =
        answer(first, first_list, first_tags).into_iter().chain(answer(second, second_list, second_tags)).collect();
    let opened = match to_open {
        Some(digest) => Some(open(service, visit, found, &subjects, digest, &query.artifact).await?),
        None => None,
    };
    Ok(Looked { subjects, opened })
}

/// All of a list, which serves every filter; where it is longer than is read, what the registry itself finds of the type.
async fn whole_or_filtered(
    visit: &Visit<'_>,
    found: &Found,
    digest: &Digest,
    artifact_type: Option<&MediaType>,
) -> Result<Referrers, Error> {
    let (client, repository) = (visit.registry.client(), &found.reference.repository);
    let whole = client.referrers(&visit.request, repository, digest, None).await?;
    if whole.truncated.is_some() && whole.way == ReferrersWay::Api && artifact_type.is_some() {
        return client.referrers(&visit.request, repository, digest, artifact_type).await;
    }
    Ok(whole)
}

/// The index and the manifest that is shown, as far as there are both. What cannot be hashed here is not asked about.
fn subjects(found: &Found) -> Vec<(Subject, Digest)> {
    let subject = |role, digest: &Digest, platform: Option<Platform>| {
        let subject = Subject { role, digest: Some(digest.clone()), platform };
        digest.is_verifiable().then(|| (subject, digest.clone()))
    };
    let top = &found.top.document.digest;
    match &found.chosen {
        Chosen::Top => subject(SubjectRole::Manifest, top, None).into_iter().collect(),
        Chosen::NoImage => subject(SubjectRole::Index, top, None).into_iter().collect(),
        Chosen::Entry { .. } => {
            let entry = found.entry();
            let manifest =
                entry.and_then(|entry| subject(SubjectRole::Manifest, entry.digest.as_ref()?, entry.platform.clone()));
            subject(SubjectRole::Index, top, None).into_iter().chain(manifest).collect()
        }
    }
}

impl Answer {
    /// What pages say of it.
    pub(super) fn view(&self, visit: &Visit<'_>) -> SubjectLookup {
        let about = About::Referrers(self.repository.clone(), self.digest.clone());
        let sentence = |error: &Error| failure::sentence(error, &about, visit.registry);
        let mut problems = Vec::new();
        let mut waiting = false;
        let mut failed = |error: &Error, what: &str| {
            if matches!(error, Error::Deadline { .. }) {
                waiting = true;
            } else {
                problems.push(format!("{what}: {}", lower(&sentence(error))));
            }
        };
        let (mut way, mut count, mut complete, mut asked) = (None, 0, false, Vec::new());
        match &self.list {
            Ok(list) => {
                way = Some(match list.way {
                    ReferrersWay::Api => Way::Api,
                    ReferrersWay::Tag => Way::Tag,
                    ReferrersWay::None => Way::None,
                });
                count = super::number(list.descriptors.len());
                complete = list.complete;
                asked.extend(list.asked.iter().map(request));
                if let Some(error) = &list.stopped {
                    failed(error, "The list could not be read to its end");
                }
            }
            Err(error) => {
                failed(error, "The list of referrers could not be read");
                asked.extend(error.request().map(|failed| AskedRequest {
                    method: failed.method.to_owned(),
                    url: failed.url.clone(),
                    statuses: failed.statuses.clone(),
                    outcome: error.to_string(),
                }));
            }
        }
        match &self.companions {
            Ok(companions) => {
                asked.extend(companions.asked.iter().map(request));
                if let Some(error) = &companions.stopped {
                    failed(error, "Not all of cosign's older tags could be looked for");
                }
            }
            Err(error) => failed(error, "Cosign's older tags could not be looked for"),
        }
        if let Ok(list) = &self.list {
            problems.extend(list.truncated.as_ref().map(limit));
            if list.invalid > 0 {
                let entries = crate::anatomy::size::counted(list.invalid as u64, "entry");
                problems.push(format!("{entries} of the list without a valid digest left out"));
            }
        }
        SubjectLookup { subject: self.subject.clone(), way, count, complete, waiting, problems, asked }
    }
}

fn request(asked: &Asked) -> AskedRequest {
    AskedRequest {
        method: asked.method.to_owned(),
        url: asked.url.clone(),
        statuses: asked.statuses.clone(),
        outcome: asked.outcome.clone(),
    }
}

/// A sentence as the second half of another one.
fn lower(sentence: &str) -> String {
    let mut characters = sentence.chars();
    characters.next().map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}
