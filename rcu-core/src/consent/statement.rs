//! What a person once said about being contacted, as one line of an append-only record (`domain.md` §7.2).

use crate::normalize::Kind;
use crate::time::Day;
use serde::Serialize;
use std::sync::Arc;

/// Fields of the family `consents`.
pub const CONSENTS: &[(&str, Kind)] = &[
    ("purpose", Kind::Category),
    ("channel", Kind::Category),
    ("brand", Kind::Category),
    ("status", Kind::Consent),
    ("date", Kind::Date),
    ("point", Kind::Text),
    ("text_version", Kind::Text),
    ("proof", Kind::Text),
    ("actor", Kind::Text),
    ("expires", Kind::Date),
];

/// What consent is about: one purpose, channel and brand. Nothing is inherited from one to another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize)]
pub struct Subject {
    /// Purpose of the processing, `marketing`.
    pub purpose: String,
    /// Means of contact: `email`, `sms`, `phone`, `post`, `push`, `tracker`, or another word.
    pub channel: String,
    /// Brand; empty for an installation that has one.
    pub brand: String,
}

impl Subject {
    /// A subject in its normal form: lower case, blanks tidied, usual words for a channel made one.
    pub fn new(purpose: &str, channel: &str, brand: &str) -> Subject {
        let tidy = |t: &str| t.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        let channel = match tidy(channel).as_str() {
            "mail" | "e-mail" | "mel" | "courriel" => "email".to_owned(),
            "texto" | "mms" => "sms".to_owned(),
            "tel" | "tél" | "telephone" | "téléphone" | "voice" | "call" => "phone".to_owned(),
            "courrier" | "postal" | "paper" => "post".to_owned(),
            "notification" | "app" => "push".to_owned(),
            "cookie" | "cookies" | "web" => "tracker".to_owned(),
            other => other.to_owned(),
        };
        Subject { purpose: tidy(purpose), channel, brand: tidy(brand) }
    }

    /// Whether a refusal of this subject refuses another: what it leaves blank it refuses all of.
    pub fn covers(&self, other: &Subject) -> bool {
        let part = |own: &str, others: &str| own.is_empty() || own == others;
        part(&self.purpose, &other.purpose)
            && part(&self.channel, &other.channel)
            && part(&self.brand, &other.brand)
    }
}

/// What was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Yes.
    Granted,
    /// No.
    Denied,
    /// No, after a yes.
    Withdrawn,
    /// A yes that is over.
    Expired,
    /// Asked, without an answer.
    Unknown,
}

impl Status {
    /// Of a normalised consent (`granted`, `denied`, `withdrawn`), or of `expired` and `unknown`.
    pub fn of(text: &str) -> Option<Status> {
        Some(match text {
            "granted" => Status::Granted,
            "denied" => Status::Denied,
            "withdrawn" => Status::Withdrawn,
            "expired" => Status::Expired,
            "unknown" => Status::Unknown,
            _ => return None,
        })
    }

    /// Whether it is a refusal, or the end of a consent.
    pub fn refuses(self) -> bool {
        matches!(self, Status::Denied | Status::Withdrawn | Status::Expired)
    }
}

/// When something was said: a day, and the second in UTC since 1970 when the time of day is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct When {
    /// Local day.
    pub day: Day,
    /// The instant, when the time of day is known.
    pub second: Option<i64>,
}

impl When {
    /// A day without a time.
    pub fn day(day: Day) -> When {
        When { day, second: None }
    }
}

/// One statement. Never changed, only followed by others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Statement {
    /// What it is about.
    pub subject: Arc<Subject>,
    /// What was said.
    pub status: Status,
    /// When, if known.
    pub at: Option<When>,
    /// First day on which a grant holds no more.
    pub expires: Option<Day>,
    /// Reference of the proof: form id, call id, signed paper scan id.
    pub proof: Option<Arc<str>>,
    /// How it was collected, where that is known.
    pub collection: Option<Box<Collection>>,
}

/// How a statement was collected.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize)]
pub struct Collection {
    /// Where: a form, a shop, a call.
    pub point: Option<String>,
    /// Version of the text that the person read.
    pub text_version: Option<String>,
    /// Who entered it.
    pub actor: Option<String>,
}

impl Statement {
    /// A statement without proof or details.
    pub fn new(subject: Arc<Subject>, status: Status, at: Option<When>) -> Statement {
        Statement { subject, status, at, expires: None, proof: None, collection: None }
    }

    /// Adds point, text version and actor.
    pub fn detail(&mut self, [point, text_version, actor]: [Option<String>; 3]) {
        let collection = Collection { point, text_version, actor };
        self.collection = (collection != Collection::default()).then(|| Box::new(collection));
    }

    /// Whether it is a grant that counts: with a date and a proof.
    pub fn is_proven(&self) -> bool {
        self.status == Status::Granted && self.at.is_some() && self.proof.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_have_one_form() {
        assert_eq!(
            Subject::new(" Marketing ", "E-mail", "Maison  A"),
            Subject::new("marketing", "courriel", "maison a")
        );
        assert_ne!(Subject::new("marketing", "sms", ""), Subject::new("marketing", "email", ""));
    }

    #[test]
    fn a_blank_refusal_refuses_all() {
        let one = Subject::new("marketing", "email", "a");
        assert!(Subject::new("marketing", "", "").covers(&one) && Subject::default().covers(&one));
        assert!(!Subject::new("marketing", "email", "b").covers(&one) && !one.covers(&Subject::default()));
    }
}
