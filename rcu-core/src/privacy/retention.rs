//! How long data are kept (`domain.md` §7.4). Terms are defaults for French retail; the controller signs them off.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Terms, counted from the last contact of the person (purchase, reply, call, log-in, click; opening an e-mail is none)
/// or, for rows, from their own date. 0 keeps for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RetentionSpec {
    /// Months after which a person who never bought is erased.
    pub prospects_months: u32,
    /// Months after which somebody who never bought and has nothing but online accounts is erased, once they were warned.
    /// Sources say that their records are accounts (`accounts`).
    pub accounts_months: u32,
    /// How many months before that they are warned. Nobody with an account is erased as a prospect who was not.
    pub accounts_warning_months: u32,
    /// Months after which a customer is no longer solicited: consents are over, proof of oppositions stays.
    pub customers_months: u32,
    /// Months after which a customer is erased: evidence of the contract. Sales that accounts need stay without the person.
    pub contracts_months: u32,
    /// Months after which a sale, already nobody's or not, is taken out: invoices and ledgers.
    pub invoices_months: u32,
    /// Months after which web and newsletter events are taken out.
    pub trackers_months: u32,
    /// Months after which complaints and reviews are taken out.
    pub complaints_months: u32,
    /// Months after which an opposition and its proof may go.
    pub oppositions_months: u32,
    /// Months after which rows of the family `rights_requests` are taken out, where an installation declares one: the
    /// file of a request.
    pub requests_months: u32,
    /// Months after which rows of the family `identity_documents` are taken out, where an installation declares one: what
    /// was shown with a request.
    pub identity_documents_months: u32,
    /// The same of those whose field `right` says that it was an opposition.
    pub opposition_documents_months: u32,
    /// Months after which an entry of the log no longer says who did what to whom, but for entries that prove how a right
    /// was answered.
    pub logs_months: u32,
    /// Months for rows of other families, by their name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub families: BTreeMap<String, u32>,
}

impl Default for RetentionSpec {
    fn default() -> Self {
        RetentionSpec {
            prospects_months: 36,
            accounts_months: 24,
            accounts_warning_months: 1,
            customers_months: 36,
            contracts_months: 60,
            invoices_months: 120,
            trackers_months: 13,
            complaints_months: 60,
            oppositions_months: 36,
            requests_months: 60,
            identity_documents_months: 12,
            opposition_documents_months: 36,
            logs_months: 12,
            families: BTreeMap::new(),
        }
    }
}

/// The family of documents that were shown with a request.
const DOCUMENTS: &str = "identity_documents";

/// A term by its name in outputs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Term {
    /// The rule, as in the configuration.
    pub rule: String,
    /// Months; 0 for ever.
    pub months: u32,
}

impl RetentionSpec {
    /// The terms that are of people, `accounts` when some source holds accounts.
    pub fn of_people(&self, accounts: bool) -> Vec<Term> {
        let mut terms = vec![("prospects_months", self.prospects_months)];
        if accounts {
            terms.push(("accounts_months", self.accounts_months));
        }
        terms.extend([
            ("customers_months", self.customers_months),
            ("contracts_months", self.contracts_months),
        ]);
        terms.into_iter().map(|(rule, months)| Term { rule: rule.to_owned(), months }).collect()
    }

    /// How long a row of a family is kept: as [`RetentionSpec::of_family`] says, but for what was shown with an opposition.
    pub fn of_row(&self, family: &str, field: &dyn Fn(&str) -> Option<String>) -> Option<Term> {
        let is_opposition = |right: String| {
            let right = right.trim().to_lowercase();
            ["oppos", "object"].iter().any(|word| right.starts_with(word))
        };
        let own = family == DOCUMENTS && !self.families.contains_key(family);
        if own && field("right").is_some_and(is_opposition) {
            let (rule, months) = ("opposition_documents_months", self.opposition_documents_months);
            return Some(Term { rule: rule.to_owned(), months });
        }
        self.of_family(family)
    }

    /// How long rows of a family are kept, from their own date; none when as long as their person.
    pub fn of_family(&self, family: &str) -> Option<Term> {
        let (rule, months) = match family {
            _ if self.families.contains_key(family) => {
                (format!("families.{family}"), self.families.get(family).copied().unwrap_or(0))
            }
            "transactions" => ("invoices_months".to_owned(), self.invoices_months),
            "interactions" => ("trackers_months".to_owned(), self.trackers_months),
            "complaints" | "reviews" => ("complaints_months".to_owned(), self.complaints_months),
            "rights_requests" => ("requests_months".to_owned(), self.requests_months),
            DOCUMENTS => ("identity_documents_months".to_owned(), self.identity_documents_months),
            _ => return None,
        };
        Some(Term { rule, months })
    }
}
