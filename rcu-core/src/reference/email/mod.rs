//! What is known of e-mail domains and local parts (`domain.md` §2.2): providers and slips of typing, throw-away
//! domains, words that are no mailbox. The lists lie in `data/email`; [`EmailTables::default`] holds them, and every
//! one can be extended when the program runs.

mod extend;
mod near;
mod provider;
mod words;

pub use provider::{Alone, Provider};

use fst::Set;
use near::{Near, Reach};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
pub(crate) use words::cut;
use words::{FastMap, lines, words};

static DISPOSABLE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/email_disposable.fst"));

/// What a local part says whatever its domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Local {
    /// A word typed to fill the field.
    Placeholder,
    /// A mailbox that nobody reads.
    NoReply,
    /// A function of a company, not a person.
    Role,
}

/// What is known of one domain; several may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Facts(u8);

impl Facts {
    /// A provider of personal mailboxes to which slips are repaired.
    pub const PROVIDER: Facts = Facts(1);
    /// A real domain, never repaired and never suspected.
    pub const KNOWN: Facts = Facts(2);
    /// Throw-away addresses.
    pub const DISPOSABLE: Facts = Facts(4);
    /// Typed to fill the field.
    pub const PLACEHOLDER: Facts = Facts(8);
    /// Closed: mail no longer arrives.
    pub const DEAD: Facts = Facts(16);
    /// An old brand whose mail still arrives.
    pub const LEGACY: Facts = Facts(32);

    /// Whether nothing is known.
    #[inline]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether `fact` is among them.
    #[inline]
    pub fn has(self, fact: Facts) -> bool {
        self.0 & fact.0 != 0
    }

    /// Whether there is more to say than that the domain is real.
    #[inline]
    pub fn is_remarkable(self) -> bool {
        self.0 & !(Facts::PROVIDER.0 | Facts::KNOWN.0) != 0
    }
}

#[derive(Debug, Clone, Copy)]
struct Name {
    provider: usize,
    is_slip: bool,
}

/// All lists of the e-mail room, compiled for look-up.
///
/// # Examples
/// ```
/// use rcu_core::normalize::{Context, Country, Kind, any};
/// use rcu_core::reference::{Tables, email::EmailTables};
/// use rcu_core::time::Day;
/// let mut email = EmailTables::default();
/// email.add_disposable(["jetcourrier.example.org"]).add_providers(["mutuelle.fr"]).add_slips([("mutuele", "mutuelle")]);
/// let mut cx = Context::new(Country::FR, Day::from_ymd(2026, 11, 21).unwrap());
/// cx.tables = Tables { email, ..Tables::default() }.into();
/// assert_eq!(any(Kind::Email, "zoe@mutuele.fr", &cx).value.as_deref(), Some("zoe@mutuelle.fr"));
/// assert_eq!(any(Kind::Email, "zoe@a.jetcourrier.example.org", &cx).value, None);
/// ```
#[derive(Clone)]
pub struct EmailTables {
    domains: FastMap<Facts>,
    providers: Vec<Provider>,
    names: FastMap<Name>,
    tld_slips: FastMap<Box<str>>,
    undotted: FastMap<Box<str>>,
    placeholder_tlds: BTreeSet<Box<str>>,
    locals: FastMap<Local>,
    /// For each length, the first letters of the local parts listed: most addresses need no look-up.
    local_gate: [u32; EmailTables::LONGEST_LOCAL + 1],
    disposable: Vec<Set<Cow<'static, [u8]>>>,
    near: Near,
}

impl Default for EmailTables {
    /// The lists shipped with the library.
    fn default() -> EmailTables {
        EmailTables::shipped(&|_| true, &[])
    }
}

impl EmailTables {
    /// The shipped lists that `keep` names (`email_providers`, `email_typos`, …: the lists of a configuration), and an
    /// installation's own providers, which have to be known before slips are.
    pub fn shipped(keep: &dyn Fn(&str) -> bool, providers: &[String]) -> EmailTables {
        macro_rules! list {
            ($name:literal) => {
                include_str!(concat!("../../../data/email/", $name))
            };
        }
        let mut t = EmailTables::empty();
        if keep("disposable_domains") {
            t.disposable.extend(Set::new(Cow::Borrowed(DISPOSABLE)));
        }
        for (name, tlds) in lines(list!("providers.txt")).filter(|_| keep("email_providers")) {
            let domains: Vec<String> = tlds.map(|tld| format!("{name}.{tld}")).collect();
            t.add_providers(&domains);
        }
        t.add_providers(providers);
        for (name, slips) in lines(list!("typos.txt")).filter(|_| keep("email_typos")) {
            t.add_slips(slips.map(|slip| (slip, name)));
        }
        for (tld, slips) in lines(list!("tld_typos.txt")).filter(|_| keep("email_tld_typos")) {
            t.add_tld_slips(slips.map(|slip| (slip, tld)));
        }
        for (domain, meant) in lines(list!("wrong_tld.txt")).filter(|_| keep("email_typos")) {
            t.add_wrong_tlds(meant.map(|m| (domain, m)));
        }
        for (name, tld) in lines(list!("missing_tld.txt")).filter(|_| keep("email_typos")) {
            for tld in tld {
                t.set_alone(name, if tld == "?" { None } else { Some(tld) });
            }
        }
        for (fact, listed) in lines(list!("domains.txt")) {
            match fact {
                "placeholder" if keep("placeholder_domains") => t.add_placeholder_domains(listed),
                "placeholder_tld" => t.add_placeholder_tlds(listed),
                "dead" if keep("dead_domains") => t.mark(listed, Facts::DEAD),
                "legacy" if keep("legacy_domains") => t.mark(listed, Facts::LEGACY),
                "placeholder" | "dead" | "legacy" => continue,
                _ => t.add_known(listed),
            };
        }
        for (kind, listed) in lines(list!("locals.txt")) {
            let (kind, name) = match kind {
                "placeholder" => (Local::Placeholder, "placeholder_addresses"),
                "noreply" => (Local::NoReply, "noreply_addresses"),
                _ => (Local::Role, "role_addresses"),
            };
            if keep(name) {
                t.add_locals(kind, listed);
            }
        }
        if keep("known_domains") {
            t.add_known(words(list!("known.txt")));
            t.near.add(words(list!("suggest.txt")), Reach::Careful);
        }
        t
    }
}

impl EmailTables {
    /// Version of the shipped lists.
    pub const VERSION: &'static str = "2026-11-21";

    /// How many throw-away domains are shipped, and in how many bytes.
    pub fn disposable_size() -> (usize, usize) {
        (Set::new(DISPOSABLE).map_or(0, |s| s.len()), DISPOSABLE.len())
    }

    /// Local parts longer than this are in no list.
    const LONGEST_LOCAL: usize = 31;

    /// Tables without any list, for an installation that brings its own.
    pub fn empty() -> EmailTables {
        EmailTables {
            domains: FastMap::default(),
            providers: Vec::new(),
            names: FastMap::default(),
            tld_slips: FastMap::default(),
            undotted: FastMap::default(),
            placeholder_tlds: BTreeSet::new(),
            locals: FastMap::default(),
            local_gate: [0; EmailTables::LONGEST_LOCAL + 1],
            disposable: Vec::new(),
            near: Near::default(),
        }
    }

    /// What is known of a domain in lower case.
    #[inline]
    pub fn facts(&self, domain: &str) -> Facts {
        self.domains.get(domain).copied().unwrap_or_default()
    }

    /// Whether a domain, or one above it, gives throw-away addresses.
    pub fn is_disposable(&self, domain: &str) -> bool {
        let mut rest = domain;
        loop {
            if self.disposable.iter().any(|set| set.contains(rest)) {
                return true;
            }
            match cut(rest, b'.') {
                Some((_, above)) if above.bytes().any(|b| b == b'.') => rest = above,
                _ => return false,
            }
        }
    }

    /// The provider of that name, and whether the name is a slip of typing.
    pub fn provider(&self, name: &str) -> Option<(&Provider, bool)> {
        let found = self.names.get(name)?;
        Some((self.providers.get(found.provider)?, found.is_slip))
    }

    /// The TLD that a slip of typing stands for.
    pub fn tld_meant(&self, slip: &str) -> Option<&str> {
        self.tld_slips.get(slip).map(|t| &**t)
    }

    /// The provider's domain that was written without its dots.
    pub fn dotted(&self, undotted: &str) -> Option<&str> {
        self.undotted.get(undotted).map(|d| &**d)
    }

    /// The provider's domain from which `domain` is one slip away; of several, one under `region`'s TLD (`.fr`).
    pub fn near(&self, domain: &str, region: &str) -> Option<&str> {
        self.near.find(domain, region)
    }

    /// Whether a TLD is reserved for examples and tests.
    pub fn is_placeholder_tld(&self, tld: &str) -> bool {
        self.placeholder_tlds.contains(tld)
    }

    /// What a local part in lower case says.
    #[inline]
    pub fn local(&self, local: &[u8]) -> Option<Local> {
        let first = *local.first()?;
        if local.len() >= 3 && local.iter().all(|b| *b == first) {
            return Some(Local::Placeholder);
        }
        if self.local_gate.get(local.len())? >> (first & 31) & 1 == 0 {
            return None;
        }
        self.locals.get(std::str::from_utf8(local).ok()?).copied()
    }
}

impl fmt::Debug for EmailTables {
    /// Counts only: the lists are long.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmailTables")
            .field("providers", &self.providers.len())
            .field("domains", &self.domains.len())
            .field("disposable", &self.disposable.iter().map(Set::len).sum::<usize>())
            .field("locals", &self.locals.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shipped_lists_are_whole() {
        let t = EmailTables::default();
        assert_eq!(t.providers.len(), 30);
        assert_eq!(t.providers.iter().map(|p| p.domains.len()).sum::<usize>(), 56);
        assert!(t.disposable[0].len() > 10_000);
        assert!(t.is_disposable("a.b.yopmail.fr") && !t.is_disposable("free.fr"));
        assert_eq!(
            t.provider("gmial").map(|(p, slip)| (p.alone(), slip)),
            Some((Alone::Domain("gmail.com"), true))
        );
        assert_eq!(t.provider("yahoo").map(|(p, slip)| (p.alone(), slip)), Some((Alone::Ambiguous, false)));
        assert_eq!(t.dotted("yahoocouk"), Some("yahoo.co.uk"));
        assert_eq!(t.local(b"no-reply"), Some(Local::NoReply));
        assert_eq!(t.local(b"noreplyy"), None);
        assert_eq!(t.local(b"zzz"), Some(Local::Placeholder));
    }

    #[test]
    fn every_list_names_its_version_and_owner() {
        let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data/email");
        let files: Vec<_> = std::fs::read_dir(dir).unwrap().map(|f| f.unwrap().path()).collect();
        assert_eq!(files.len(), 11);
        for file in files {
            let text = std::fs::read_to_string(&file).unwrap();
            let head = format!("# version {}; owner: ", EmailTables::VERSION);
            assert!(text.starts_with(&head), "{}", file.display());
        }
    }

    #[test]
    fn an_empty_table_knows_nothing() {
        let t = EmailTables::empty();
        assert!(
            t.facts("gmail.com").is_empty()
                && t.provider("gmail").is_none()
                && !t.is_disposable("yopmail.com")
        );
    }
}
