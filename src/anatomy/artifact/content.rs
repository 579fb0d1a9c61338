//! A blob of an artifact, told apart by its type and read.

use serde::{Deserialize, Serialize};

use super::chart::Chart;
use super::envelope::Envelope;
use super::facts::Facts;
use super::provenance::SourceFile;
use super::sbom::Sbom;
use super::signature::{Bundle, Notation, SimpleSigning, statement_of};
use super::statement::{Statement, SubjectMatch};
use super::{MAX_FILE, Parsed};
use crate::anatomy::kind::Presenter;
use crate::anatomy::text::cut;
use crate::oci::Digest;
use crate::oci::document::DocumentError;

/// What a blob says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type", content = "value")]
pub enum Content {
    /// A chart's own description.
    Chart(Box<Chart>),
    /// A file out of an archive: a chart's readme.
    File(SourceFile),
    /// An in-toto statement.
    Statement(Box<Statement>),
    /// An envelope, and the statement in it where there is one.
    Envelope {
        /// The envelope.
        envelope: Envelope,
        /// Its statement.
        statement: Option<Box<Statement>>,
    },
    /// A bill of materials.
    Sbom(Box<Sbom>),
    /// cosign's payload.
    SimpleSigning(SimpleSigning),
    /// A sigstore bundle.
    Bundle(Box<Bundle>),
    /// A signature of notation.
    Notation(Box<Notation>),
    /// A config, as rows.
    Facts(Facts),
    /// Text as it is.
    Text {
        /// The text, cut at [`MAX_FILE`].
        text: String,
        /// How many bytes of it are left out.
        left_out: u64,
    },
}

/// Reads a blob as its presenter says.
///
/// # Errors
///
/// Where it is not what its type says, or its presenter reads nothing.
pub fn read(presenter: Presenter, bytes: &[u8]) -> Parsed<Content> {
    Ok(match presenter {
        Presenter::Chart => of(Chart::parse(bytes)?, |chart| Content::Chart(Box::new(chart))),
        Presenter::Statement => of(Statement::parse(bytes)?, |statement| Content::Statement(Box::new(statement))),
        Presenter::Envelope => {
            let (envelope, mut notices) = Envelope::parse(bytes)?;
            let (statement, inner) = statement_of(&envelope);
            notices.extend(inner);
            (Content::Envelope { envelope, statement }, notices)
        }
        Presenter::Sbom => of(Sbom::parse(bytes)?, |sbom| Content::Sbom(Box::new(sbom))),
        Presenter::SimpleSigning => of(SimpleSigning::parse(bytes)?, Content::SimpleSigning),
        Presenter::Bundle => of(Bundle::parse(bytes)?, |bundle| Content::Bundle(Box::new(bundle))),
        Presenter::Notation => of(Notation::parse(bytes)?, |signature| Content::Notation(Box::new(signature))),
        Presenter::Facts => of(Facts::parse(bytes)?, Content::Facts),
        Presenter::Text | Presenter::TextIfAsked => (text(bytes)?, Vec::new()),
        Presenter::Page | Presenter::ChartArchive | Presenter::Opaque => {
            return Err(DocumentError::NotJson("its type says that it is no text".to_owned()));
        }
    })
}

fn of<T>(
    (value, notices): (T, Vec<crate::oci::Notice>),
    content: impl FnOnce(T) -> Content,
) -> (Content, Vec<crate::oci::Notice>) {
    (content(value), notices)
}

/// Bytes as text, where they are text.
fn text(bytes: &[u8]) -> Result<Content, DocumentError> {
    let begins = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
    if begins < bytes.len() || bytes.contains(&0) {
        return Err(DocumentError::NotText);
    }
    let (text, left_out) = cut(String::from_utf8_lossy(bytes).into_owned(), MAX_FILE);
    Ok(Content::Text { text, left_out })
}

impl Content {
    /// The statement in it, if there is one.
    pub fn statement(&self) -> Option<&Statement> {
        use super::signature::BundleContent;
        match self {
            Self::Statement(statement) => Some(statement),
            Self::Envelope { statement, .. } => statement.as_deref(),
            Self::Bundle(bundle) => match &bundle.content {
                BundleContent::Envelope { statement, .. } => statement.as_deref(),
                BundleContent::Message { .. } | BundleContent::Missing => None,
            },
            _ => None,
        }
    }

    /// The bill of materials in it, if there is one, by itself or in a statement.
    pub fn sbom_mut(&mut self) -> Option<&mut Sbom> {
        use super::statement::Predicate;
        let statement = match self {
            Self::Sbom(sbom) => return Some(sbom),
            Self::Statement(statement) => Some(statement),
            Self::Envelope { statement, .. } => statement.as_mut(),
            _ => None,
        };
        match &mut statement?.predicate {
            Predicate::Sbom(sbom) => Some(sbom),
            _ => None,
        }
    }

    /// Whether it speaks of the image with this digest; nothing where it names none.
    pub fn speaks_of(&self, digest: &Digest) -> Option<SubjectMatch> {
        let by = |own: Option<&Digest>| {
            own.map(|own| if own == digest { SubjectMatch::Same } else { SubjectMatch::Different })
        };
        match self {
            Self::SimpleSigning(payload) => by(payload.manifest_digest.as_ref()),
            Self::Notation(signature) => by(signature.target.as_ref()),
            other => other.statement().map(|statement| statement.speaks_of(digest)),
        }
    }
}
