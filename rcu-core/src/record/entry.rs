//! One record, as a form or a till sends it: normalised whole, and checked before it is accepted (`domain.md` §2.9).

use super::row::{Row, Target};
use super::siret;
use crate::error::{Error, did_you_mean};
use crate::field::{self, BUILT_IN, COMPOSITE, FieldIx};
use crate::normalize::{Class, Code, Context, Kind, Normalized, Status};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A record's values by canonical field; a field that was given several values has them all, the first one first.
pub type NormalizedRecord = BTreeMap<String, Vec<Normalized>>;

/// Normalises a record: raw texts by field name. Besides the canonical fields, `phone`, `name` and `address` are
/// accepted and split. Rules across fields are applied: what stands in a wrong field is moved, flags are set.
///
/// `postcode_city` is there when postcode and city are each well formed and do not go together: both stay, and that
/// entry, without a value, bears the code. In the same way `address` is there when a whole address lacks a postcode or
/// a locality that no other field gives. The order in which fields are given decides nothing.
///
/// # Errors
/// [`Error::Argument`] for a name that is no field.
///
/// # Examples
/// ```
/// use rcu_core::normalize::{Context, Country};
/// use rcu_core::record::normalize_record;
/// use rcu_core::time::Day;
/// let cx = Context::new(Country::FR, Day::from_ymd(2026, 11, 21).unwrap());
/// let record = normalize_record([("last_name", "Mme Dupont"), ("landline", "06 30 12 45 78")], &cx)?;
/// assert_eq!(record["last_name"][0].value.as_deref(), Some("DUPONT"));
/// assert_eq!(record["mobile"][0].value.as_deref(), Some("+33630124578"));
/// # Ok::<(), rcu_core::Error>(())
/// ```
pub fn normalize_record<'a>(
    raw: impl IntoIterator<Item = (&'a str, &'a str)>,
    cx: &Context,
) -> Result<NormalizedRecord, Error> {
    let given = targets(raw)?;
    let inputs: Vec<(Target, &Context)> = given.iter().map(|(t, _)| (*t, cx)).collect();
    let mut row = Row::new();
    row.normalize(&inputs, |i| given.get(i).map(|(_, text)| *text));
    let mut record = NormalizedRecord::new();
    for v in row.values() {
        record.entry(name_of(v.field).to_owned()).or_default().push(v.out.to_normalized());
    }
    for same in row.refused().chunk_by(|a, b| (a.kind, &a.values) == (b.kind, &b.values)) {
        let Some(whole) = same.first() else { continue };
        let values = whole.values.iter().filter_map(|i| row.values().get(*i));
        record.entry(whole.kind.name().to_owned()).or_default().push(Normalized {
            value: None,
            status: Status::Rejected,
            codes: same.iter().map(|r| r.code).collect(),
            extra: values.map(|v| (name_of(v.field).to_owned(), v.out.text.clone())).collect(),
        });
    }
    Ok(record)
}

/// Where each text goes, in the order of the fields; values of one field in the order given.
fn targets<'a>(raw: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Vec<(Target, &'a str)>, Error> {
    let mut targets = Vec::new();
    for (name, text) in raw {
        let target = match name {
            "phone" => Target::Phone,
            "name" => Target::Name,
            "address" => Target::Address,
            _ => match field::built_in(name) {
                Some(ix) => Target::Field(ix, BUILT_IN[ix].kind),
                None => {
                    let known = BUILT_IN.iter().map(|f| f.name).chain(COMPOSITE.iter().map(|(n, _)| *n));
                    let hint = did_you_mean(name, known.clone());
                    let listed = known.collect::<Vec<_>>().join(", ");
                    let reason = format!("is not a field{hint}; fields are {listed}");
                    return Err(Error::Argument { argument: format!("field `{name}`"), reason });
                }
            },
        };
        targets.push((target, text));
    }
    targets.sort_by_key(|(target, _)| match target {
        Target::Field(ix, _) => *ix,
        Target::Phone => BUILT_IN.len(),
        Target::Name => BUILT_IN.len() + 1,
        Target::Address => BUILT_IN.len() + 2,
    });
    Ok(targets)
}

fn name_of(field: FieldIx) -> &'static str {
    BUILT_IN.get(field).map_or("", |f| f.name)
}

/// What the entry check says of a record.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing to say.
    Accept,
    /// It may be stored; the person at the keyboard should look again.
    Warn,
    /// It must not be stored as it is.
    Block,
}

/// What a source asks of its entries.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EntryPolicy {
    /// Fields that must be there and valid: a refused value blocks, a missing one too.
    pub mandatory: Vec<String>,
    /// Fields whose absence is worth a warning.
    pub desired: Vec<String>,
    /// Codes and what they lead to, where that is not the usual: reject codes block on mandatory fields and warn
    /// elsewhere, correction codes warn, the others say nothing. A French company's SIRET is judged by rules of its
    /// own: `missing` warns, `bad_checksum` and `siren_mismatch` block, `closed_establishment` warns.
    pub codes: BTreeMap<String, Verdict>,
}

/// One remark on an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Remark {
    /// The field.
    pub field: String,
    /// The code of the registry, or `missing`, `siren_mismatch`, `closed_establishment`.
    pub code: String,
    /// What it leads to.
    pub verdict: Verdict,
    /// The value that was probably meant, when there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
}

/// The answer to an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct EntryCheck {
    /// The gravest verdict of the remarks.
    pub verdict: Verdict,
    /// Remarks, in field order.
    pub remarks: Vec<Remark>,
    /// The record as it would be stored.
    pub record: NormalizedRecord,
}

/// Checks an entry under a source's policy.
///
/// # Errors
/// [`Error::Argument`] for a name that is no field, in the record or in the policy, and for a code that is none.
pub fn check_entry<'a>(
    raw: impl IntoIterator<Item = (&'a str, &'a str)>,
    policy: &EntryPolicy,
    cx: &Context,
) -> Result<EntryCheck, Error> {
    for code in policy.codes.keys() {
        if Code::from_name(code).is_none() && !siret::CODES.contains(&code.as_str()) {
            let known = Code::ALL.iter().map(|c| c.name()).chain(siret::CODES);
            let reason = format!("is not a code of the registry{}", did_you_mean(code, known));
            return Err(Error::Argument { argument: format!("code `{code}`"), reason });
        }
    }
    targets(policy.mandatory.iter().chain(&policy.desired).map(|f| (f.as_str(), "")))?;
    let record = normalize_record(raw, cx)?;
    let mut remarks = siret::remarks(&record, cx);
    for (name, values) in &record {
        let mandatory = policy.mandatory.iter().any(|m| m == name || is_part(name, m));
        for value in values {
            remarks.extend(value.codes.iter().map(|code| remark(name, value, *code, mandatory)));
        }
    }
    let present = |f: &str| {
        let has = |n: &str| record.get(n).is_some_and(|v| v.iter().any(|x| x.value.is_some()));
        has(f) || COMPOSITE.iter().any(|(n, parts)| *n == f && parts.iter().any(|p| has(name_of(*p))))
    };
    for (list, verdict) in [(&policy.mandatory, Verdict::Block), (&policy.desired, Verdict::Warn)] {
        for f in list.iter().filter(|f| !present(f)) {
            remarks.push(Remark { field: f.clone(), code: MISSING.into(), verdict, suggestion: None });
        }
    }
    for r in &mut remarks {
        r.verdict = policy.codes.get(&r.code).copied().unwrap_or(r.verdict);
    }
    remarks.retain(|r| r.verdict > Verdict::Accept);
    remarks.sort_by(|a, b| a.field.cmp(&b.field));
    // Of two rules that say the same of a field, the graver is heard.
    let mut kept: Vec<Remark> = Vec::with_capacity(remarks.len());
    for r in remarks {
        match kept
            .iter_mut()
            .find(|k| (&k.field, &k.code, &k.suggestion) == (&r.field, &r.code, &r.suggestion))
        {
            Some(k) => k.verdict = k.verdict.max(r.verdict),
            None => kept.push(r),
        }
    }
    let remarks = kept;
    let verdict = remarks.iter().map(|r| r.verdict).max().unwrap_or(Verdict::Accept);
    Ok(EntryCheck { verdict, remarks, record })
}

/// Whether a refusal under `name` is one of the field `of`: a pair's is that of both its fields.
fn is_part(name: &str, of: &str) -> bool {
    name == Kind::PostcodeCity.name() && matches!(of, "postcode" | "city" | "address")
}

/// A code of a value, as it is usually judged.
fn remark(field: &str, value: &Normalized, code: Code, mandatory: bool) -> Remark {
    let suggested = value.extra.get("suggestion");
    let verdict = match code.class() {
        Class::Reject if mandatory => Verdict::Block,
        Class::Reject | Class::Correct => Verdict::Warn,
        Class::Inform if suggested.is_some() => Verdict::Warn,
        Class::Inform => Verdict::Accept,
    };
    let suggestion = suggested.cloned().or_else(|| match code.class() {
        Class::Correct => value.value.clone(),
        _ => None,
    });
    Remark { field: field.to_owned(), code: code.name().to_owned(), verdict, suggestion }
}

/// The code of a field that is not there.
pub(super) const MISSING: &str = "missing";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalize::Country;
    use crate::time::Day;

    fn cx() -> Context {
        Context::new(Country::FR, Day::from_ymd(2026, 11, 21).unwrap())
    }

    fn policy() -> EntryPolicy {
        let own = |l: &[&str]| l.iter().map(|s| (*s).to_owned()).collect();
        EntryPolicy { mandatory: own(&["last_name"]), desired: own(&["siret"]), codes: BTreeMap::new() }
    }

    #[test]
    fn a_missing_siret_warns_and_a_false_one_blocks_where_the_policy_says_so() {
        let mut p = policy();
        let c = check_entry([("last_name", "Roy")], &p, &cx()).unwrap();
        assert_eq!((c.verdict, c.remarks[0].code.as_str()), (Verdict::Warn, "missing"));
        p.codes.insert("bad_checksum".into(), Verdict::Block);
        let c = check_entry([("last_name", "Roy"), ("siret", "73282932000075")], &p, &cx()).unwrap();
        assert_eq!(c.verdict, Verdict::Block);
    }

    #[test]
    fn a_mandatory_field_blocks_when_it_is_refused() {
        let c = check_entry([("last_name", "INCONNU")], &policy(), &cx()).unwrap();
        assert_eq!(c.verdict, Verdict::Block);
        assert_eq!(c.remarks[0].code, "placeholder");
    }

    #[test]
    fn a_repaired_address_is_suggested() {
        let c = check_entry(
            [("last_name", "Roy"), ("email", "paul@gmial.con"), ("siret", "73282932000074")],
            &policy(),
            &cx(),
        )
        .unwrap();
        assert_eq!(c.remarks[0].suggestion.as_deref(), Some("paul@gmail.com"));
    }

    #[test]
    fn unknown_names_are_said() {
        let e = check_entry([("frist_name", "x")], &policy(), &cx()).unwrap_err();
        assert!(e.to_string().contains("did you mean `first_name`"), "{e}");
    }
}
