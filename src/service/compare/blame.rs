//! Which side of a comparison a failure is about.

use crate::anatomy::text::clip;
use crate::service::failure;
use crate::view::compare::CompareQuery;
use crate::view::{Failure, link};

/// Longest reference that a failure repeats, in characters.
const LONGEST: usize = 300;

/// One of the two sides, by the name that it has in the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    From,
    To,
}

impl Side {
    /// The member of the query that names it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::From => "from",
            Self::To => "to",
        }
    }

    /// Says in a failure that it is about this side, and leads to where another image can be chosen for it.
    pub(super) fn blame(self, mut failure: Failure, query: &CompareQuery) -> Failure {
        let (ordinal, label, asked, other, kept) = match self {
            Self::From => ("first", "Compared from", &query.from, Self::To, &query.to),
            Self::To => ("second", "Compared to", &query.to, Self::From, &query.from),
        };
        failure.explanation =
            format!("This is about the {ordinal} image of the comparison ({}). {}", self.name(), failure.explanation);
        if !asked.trim().is_empty() {
            failure.facts.insert(0, failure::fact(label, clip(asked.trim(), LONGEST).text));
        }
        let form = format!("{}?{}", link::site(link::COMPARE), link::query(&[(other.name(), kept.trim())]));
        let words = format!("Choose another {ordinal} image");
        failure.advice.push(failure::advice_link("Compare something else.", words, form));
        failure
    }
}

/// What was read of both sides, or the failure of the one that could not be. Where neither could, the first is explained
/// and the second is named.
pub(super) fn both<F, T>(
    from: Result<F, Failure>,
    to: Result<T, Failure>,
    query: &CompareQuery,
) -> Result<(F, T), Failure> {
    match (from, to) {
        (Ok(from), Ok(to)) => Ok((from, to)),
        (Ok(_), Err(to)) => Err(Side::To.blame(to, query)),
        (Err(from), Ok(_)) => Err(Side::From.blame(from, query)),
        (Err(from), Err(to)) => {
            let mut failure = Side::From.blame(from, query);
            failure.facts.push(failure::fact("The second image fails too", to.heading));
            Err(failure)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::failure::FactValue;

    #[test]
    fn a_failure_says_which_side_it_is_about_and_keeps_the_other() {
        let query = CompareQuery { from: "app:1".to_owned(), to: " app:gone ".to_owned(), ..CompareQuery::default() };
        let failure = Side::To.blame(failure::invalid("No", "It is not there."), &query);
        assert_eq!(failure.explanation, "This is about the second image of the comparison (to). It is not there.");
        assert_eq!(failure.facts[0].value, FactValue::Text("app:gone".to_owned()));
        let (_, path) = failure.advice.last().unwrap().link.clone().unwrap();
        assert_eq!(path, "/-/compare?from=app:1");
    }

    #[test]
    fn where_both_fail_both_are_named() {
        let query = CompareQuery { from: "app:1".to_owned(), to: "app:2".to_owned(), ..CompareQuery::default() };
        let fails = |heading: &str| Err::<(), _>(failure::invalid(heading, "It is not there."));
        let failure = both(fails("No first"), fails("No second"), &query).unwrap_err();
        assert_eq!(failure.heading, "No first");
        assert_eq!(failure.facts.last().unwrap().value, FactValue::Text("No second".to_owned()));
        assert_eq!(both(Ok(()), fails("No second"), &query).unwrap_err().heading, "No second");
        assert_eq!(both(Ok(1), Ok(2), &query).unwrap(), (1, 2));
    }
}
