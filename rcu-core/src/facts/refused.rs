//! Why a row of facts is not loaded, and the counts that account for every row.

use crate::config::SourcePlan;
use crate::ingest::{Input, Reject, SourceCounts};
use std::collections::BTreeMap;

macro_rules! refusals {
    ($($variant:ident = $column:literal, $code:literal, $excluded:literal, $reason:literal;)+) => {
        /// Why a row is not loaded.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        #[repr(u8)]
        pub(super) enum Refusal { $($variant),+ }

        impl Refusal {
            /// Field at fault (empty: the id), stable name, whether a rule left it out, what was found.
            fn parts(self) -> (&'static str, &'static str, bool, &'static str) {
                match self { $(Refusal::$variant => ($column, $code, $excluded, $reason)),+ }
            }
        }
    };
}

refusals! {
    MissingId = "", "missing_id", false, "the row id is empty; every row needs one";
    RepeatedDelivery = "", "duplicate_delivery", true, "the same row was delivered more than once; one is loaded";
    RepeatedOlder = "", "duplicate_id", false, "another row with this id has a later date; that one is loaded";
    RepeatedId = "", "duplicate_id", false, "another row has this id and differs; ids must be unique within a source";
    MissingDate = "date", "missing_date", false, "the date is empty; a fact needs one";
    BadDate = "date", "bad_date", false, "the date cannot be read; see the accepted forms";
    FutureDate = "date", "future_date", false, "the date lies after the reference day";
    BadAmount = "amount", "bad_amount", false, "the amount is empty or cannot be read";
    LargeAmount = "amount", "amount_too_large", false, "the amount is larger than 10 000 000 000 000";
    BadKind = "kind", "unknown_kind", false, "the kind of line is not known; map the source's word with `values`";
    BadTax = "tax", "unknown_tax", false, "the tax is neither ht nor ttc; map the source's word with `values`";
    UnknownReference = "", "unknown_reference", false, "the row points at a row that is not there";
    BadZone = "timezone", "unknown_timezone", false, "the time zone is not in the table; write it as Europe/Paris";
    BadRate = "rate", "bad_rate", false, "the rate or its currency is empty, cannot be read, or is not positive";
    StatusExcluded = "status", "status_excluded", true, "the status is one of `aggregates.excluded_statuses`";
    KindExcluded = "kind", "kind_excluded", true, "the kind of line is one of `aggregates.excluded_kinds`";
    FxMissing = "currency", "fx_missing", true, "no exchange rate of its currency is stored for its day";
    BadStatus = "status", "bad_status", false, "the status is empty or no word for a consent; map the source's word with `values`";
    MissingCustomer = "", "missing_customer", false, "the customer reference is empty; a statement is somebody's";
    NoConsent = "consent", "no_tracker_consent", true, "the tracker's consent was not granted at the time of the event";
}

impl Refusal {
    /// Whether a rule left the row out, rather than a fault.
    pub(super) fn is_excluded(self) -> bool {
        self.parts().2
    }

    /// Its stable name.
    pub(super) fn code(self) -> &'static str {
        self.parts().1
    }

    /// As a line of the rejects.
    pub(super) fn reject(self, source: &SourcePlan, input: &Input, row: usize) -> Reject {
        let (column, code, excluded, reason) = self.parts();
        Reject {
            source: source.name.clone(),
            file: input.file(row),
            line: input.line(row),
            column: if column.is_empty() { source.spec.id.clone() } else { column.to_owned() },
            code,
            reason: reason.to_owned(),
            excluded,
        }
    }
}

/// Counts what becomes of the rows of one input.
pub(super) struct Counter<'a> {
    source: &'a SourcePlan,
    input: &'a Input,
    counts: SourceCounts,
    rejects: Vec<Reject>,
}

impl<'a> Counter<'a> {
    /// All rows read, those that could not be read rejected already.
    pub(super) fn new(source: &'a SourcePlan, input: &'a Input) -> Counter<'a> {
        let unread = input.rejects.len() as u64;
        let counts = SourceCounts {
            read: input.table.rows() as u64 + unread,
            rejected: unread,
            ..SourceCounts::default()
        };
        Counter { source, input, counts, rejects: input.rejects.clone() }
    }

    pub(super) fn loaded(&mut self) {
        self.counts.loaded += 1;
    }

    pub(super) fn refuse(&mut self, row: usize, why: Refusal) {
        if why.is_excluded() {
            self.counts.excluded += 1;
        } else {
            self.counts.rejected += 1;
        }
        self.rejects.push(why.reject(self.source, self.input, row));
    }

    /// Adds the counts to those of the source.
    pub(super) fn close(self, counts: &mut BTreeMap<String, SourceCounts>, rejects: &mut Vec<Reject>) {
        let all = counts.entry(self.source.name.clone()).or_default();
        all.read += self.counts.read;
        all.loaded += self.counts.loaded;
        all.rejected += self.counts.rejected;
        all.excluded += self.counts.excluded;
        rejects.extend(self.rejects);
    }
}
