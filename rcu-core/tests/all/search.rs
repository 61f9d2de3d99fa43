//! Search before create: whoever is meant is found by any clue, mistyped or not, and no mask is bypassed.

use crate::common::{plan, table};
use proptest::prelude::*;
use rcu_core::config::Plan;
use rcu_core::ingest::Input;
use rcu_core::normalize::{self, Context, Country, Kind};
use rcu_core::repository::{Change, Clue, Found, How, MemoryStore, Repository, Search};
use serde_json::json;

const HEAD: &str = "id | last | first | mail | mobile | land | card | born | cp | city";
const LASTS: [&str; 24] = [
    "Dupont",
    "Dupond",
    "Martin",
    "Bernard",
    "Gauthier",
    "Lefebvre",
    "Moreau",
    "Rousseau",
    "Girard",
    "Chevalier",
    "Fontaine",
    "Perrin",
    "Delacroix",
    "Bertrand",
    "Renaud",
    "Marchand",
    "Lemoine",
    "Besson",
    "Collet",
    "Picard",
    "Vasseur",
    "Le Goff",
    "Garnier",
    "Schneider",
];
const FIRSTS: [&str; 16] = [
    "Jean",
    "Marie",
    "Pierre",
    "Nathalie",
    "Philippe",
    "Claire",
    "Thomas",
    "Sophie",
    "Nicolas",
    "Camille",
    "Antoine",
    "Julie",
    "Laurent",
    "Sandrine",
    "Olivier",
    "Christine",
];
const PLACES: [(&str, &str); 6] = [
    ("75011", "Paris"),
    ("69006", "Lyon"),
    ("29200", "Brest"),
    ("33000", "Bordeaux"),
    ("59800", "Lille"),
    ("13006", "Marseille"),
];
const DOMAINS: [&str; 4] = ["orange.fr", "free.fr", "gmail.com", "wanadoo.fr"];

#[derive(Debug, Clone, PartialEq, Eq)]
struct Someone {
    id: String,
    last: String,
    first: String,
    mail: String,
    mobile: String,
    land: String,
    card: String,
    born: String,
    cp: String,
    city: String,
}

fn mixed(seed: u64, i: u64, what: u64) -> u64 {
    let mut x = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ i.wrapping_mul(0xE703_7ED1_A0B4_28DB) ^ what << 40;
    for _ in 0..3 {
        x ^= x >> 29;
        x = x.wrapping_mul(0xBF58_476D_1CE4_E5B9);
    }
    x >> 8
}

/// An invented person of that number.
fn someone(seed: u64, i: u64) -> Someone {
    let pick = |what: u64, n: usize| (mixed(seed, i, what) % n as u64) as usize;
    let (last, first) = (LASTS[pick(1, LASTS.len())], FIRSTS[pick(2, FIRSTS.len())]);
    let (cp, city) = PLACES[pick(3, PLACES.len())];
    let letters = |t: &str| t.to_lowercase().replace(' ', "");
    let mail = format!(
        "{}.{}{}@{}",
        letters(first),
        letters(last),
        mixed(seed, i, 4) % 90 + 10,
        DOMAINS[pick(5, 4)]
    );
    // Figures without the runs that make a number suspect.
    let figures = |what: u64, n: u32| format!("{:0n$}", mixed(seed, i, what) % 10u64.pow(n), n = n as usize);
    Someone {
        id: format!("r{i}"),
        last: last.into(),
        first: first.into(),
        mail,
        mobile: format!("061{}", figures(6, 7)),
        land: format!("014{}", figures(7, 7)),
        card: format!("29{}", figures(8, 11)),
        born: format!("{}-{:02}-{:02}", 1940 + pick(9, 60), pick(10, 12) + 1, pick(11, 28) + 1),
        cp: cp.into(),
        city: city.into(),
    }
}

fn everybody(seed: u64, n: u64) -> Vec<Someone> {
    (0..n).map(|i| someone(seed, i)).collect()
}

/// Nobody is merged: cards, the only key, are all different. Roles see all kinds of things.
fn searched() -> Plan {
    plan(json!({
        "sources": { "crm": { "id": "id", "fields": { "last_name": "last", "first_name": "first", "email": "mail",
            "mobile": "mobile", "landline": "land", "loyalty_card": "card", "birth_date": "born", "postcode": "cp",
            "city": "city" } } },
        "passes": [{ "name": "card", "on": ["loyalty_card"] }],
        "roles": {
            "names_only": { "sees": { "name": "clear" } },
            "behind_masks": { "sees": { "name": "clear", "birth": "masked", "contact": "masked", "card": "masked",
                "place": "clear" } },
            "masked_names": { "sees": { "name": "masked", "birth": "clear", "contact": "clear", "place": "clear" } },
            "half_a_phone": { "sees": { "name": "clear", "contact": "clear" }, "fields": { "mobile": "hidden" } },
        },
    }))
}

fn repository(people: &[Someone]) -> Repository<MemoryStore> {
    let row = |p: &Someone| {
        [&p.id, &p.last, &p.first, &p.mail, &p.mobile, &p.land, &p.card, &p.born, &p.cp, &p.city]
            .map(String::as_str)
            .join(" | ")
    };
    let rows: Vec<String> = people.iter().map(row).collect();
    let rows = vec![Input::new("crm", table(&format!("{HEAD}\n{}", rows.join("\n"))))];
    let mut repository = Repository::open(searched(), MemoryStore::default()).unwrap();
    repository.apply(Change { rows, ..Change::default() }).unwrap();
    repository
}

fn golden(repository: &Repository<MemoryStore>, id: &str) -> String {
    let record = rcu_core::matching::ruling::RecordRef { source: "crm".into(), record_id: id.into() };
    repository.person_of(&record).unwrap().unwrap().golden_id
}

fn asks(clues: &[(&str, &str)]) -> Search {
    let fields: serde_json::Map<String, serde_json::Value> =
        clues.iter().map(|(k, v)| ((*k).to_owned(), json!(v))).collect();
    serde_json::from_value(fields.into()).unwrap()
}

/// Where somebody stands: how many people have a better score.
fn rank(found: &Found, golden_id: &str) -> Option<usize> {
    let score = found.hits.iter().find(|h| h.golden_id == golden_id)?.score;
    Some(found.hits.iter().filter(|h| h.score > score).count())
}

/// One slip of the keyboard at a place of a text: a character other, more, less, or two swapped.
fn slip(text: &str, kind: usize, at: usize, with: char) -> String {
    let mut all: Vec<char> = text.chars().collect();
    let at = at % all.len();
    match kind % 4 {
        0 => all[at] = with,
        1 => all.insert(at, with),
        2 if all.len() > 1 => drop(all.remove(at)),
        _ if all.len() > 1 => {
            let first = at.min(all.len() - 2);
            all.swap(first, first + 1);
        }
        _ => {}
    }
    all.into_iter().collect()
}

/// The shape of a search for somebody: which clues, written how.
fn clues(p: &Someone, which: usize) -> Vec<(&'static str, String)> {
    let spaced: String =
        p.mobile.as_bytes().chunks(2).map(|c| std::str::from_utf8(c).unwrap()).collect::<Vec<_>>().join(" ");
    let (y, m, d) = (&p.born[..4], &p.born[5..7], &p.born[8..]);
    match which {
        0 => vec![("email", p.mail.to_uppercase())],
        1 => vec![("phone", p.mobile.clone())],
        2 => vec![("phone", spaced)],
        3 => vec![("phone", format!("+33 {}", &p.mobile[1..]))],
        4 => vec![("phone", p.land.clone())],
        5 => vec![("loyalty_card", p.card.clone())],
        6 => vec![("last_name", p.last.clone()), ("first_name", p.first.clone())],
        7 => vec![("last_name", p.first.clone()), ("first_name", p.last.clone())],
        8 => vec![("name", format!("{} {}", p.first, p.last))],
        9 => vec![("name", format!("{} {}", p.last, p.first))],
        10 => vec![("birth_date", format!("{d}/{m}/{y}")), ("first_name", p.first.clone())],
        11 => vec![("birth_date", p.born.clone())],
        12 => vec![("last_name", p.last.clone()), ("postcode", p.cp.clone())],
        13 => vec![("last_name", p.last.clone()), ("city", p.city.clone())],
        14 => vec![("name", format!("{} {} {}", p.last, p.first, p.city))],
        15 => vec![("email", p.mail.split('@').next().unwrap().to_owned())],
        16 => vec![("email", p.mail[..p.mail.find('@').unwrap() - 2].to_owned())],
        17 => vec![("phone", p.mobile[6..].to_owned()), ("last_name", p.last.clone())],
        18 => vec![("phone", p.mobile[4..].to_owned())],
        19 => vec![("loyalty_card", p.card[7..].to_owned())],
        20 => vec![("last_name", p.last[..4].to_owned()), ("first_name", p.first.clone())],
        21 => vec![("last_name", p.last.clone()), ("first_name", p.first[..1].to_owned())],
        22 => vec![("email", format!("{}@hotmial.con", p.mail.split('@').next().unwrap()))],
        23 => vec![("birth_date", format!("{y}-{d}-{m}")), ("last_name", p.last.clone())],
        _ => vec![("id", format!("crm:{}", p.id))],
    }
}

const SHAPES: usize = 25;

fn search(clues: &[(&'static str, String)]) -> Search {
    asks(&clues.iter().map(|(k, v)| (*k, v.as_str())).collect::<Vec<_>>())
}

#[test]
fn everybody_is_found_by_every_clue() {
    let people = everybody(1, 150);
    let repository = repository(&people);
    for p in &people {
        let id = golden(&repository, &p.id);
        for which in 0..SHAPES {
            let wanted = Search { most: 50, ..search(&clues(p, which)) };
            let found = repository.search(&wanted, None).unwrap();
            let at = rank(&found, &id);
            let best = found.hits.first().map(|h| (h.score, h.met.clone()));
            assert!(at.is_some_and(|r| r < 3), "{wanted:?} finds {p:?} at {at:?}, best {best:?}");
            if [0, 1, 2, 3, 4, 5, 24].contains(&which) {
                assert_eq!((at, found.hits[0].score), (Some(0), 1000), "{wanted:?}");
            }
        }
        let line = format!("{} {} {} {}", p.last, p.first, p.cp, p.mobile);
        let found = repository.search(&Search::parse(&line), None).unwrap();
        assert_eq!((&found.hits[0].golden_id, found.hits[0].score), (&id, 1000), "{line}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn one_slip_hides_nobody(
        i in 0..60u64, which in 0..6usize, kind in 0..4usize, at in 0..40usize, letter in 0..26u8, figure in 0..10u8,
    ) {
        thread_local!(static BASE: (Vec<Someone>, Repository<MemoryStore>) = {
            let people = everybody(2, 60);
            let repository = repository(&people);
            (people, repository)
        });
        let (letter, figure) = (char::from(b'a' + letter), char::from(b'0' + figure));
        BASE.with(|(people, repository)| {
            let p = &people[i as usize];
            let (y, m, d) = (p.born[..4].to_owned(), &p.born[5..7], &p.born[8..]);
            let wanted = match which {
                0 => {
                    // The domain has a slip of its own shape in another test.
                    let local = p.mail.find('@').unwrap();
                    let mail = format!("{}{}", slip(&p.mail[..local], kind, at, letter), &p.mail[local..]);
                    vec![("email", mail)]
                }
                1 => vec![("phone", slip(&p.mobile, kind, 1 + at % 9, figure))],
                2 => vec![("loyalty_card", slip(&p.card, kind, at, figure))],
                3 => vec![("last_name", slip(&p.last.replace(' ', ""), kind, at, letter)), ("first_name", p.first.clone())],
                4 => vec![("last_name", p.last.clone()), ("first_name", slip(&p.first, kind, at, letter))],
                _ => {
                    // A slip that leaves a calendar day.
                    let other = [format!("{y}-{d}-{m}"), format!("{y}-{m}-{}{}", &d[..1], figure)];
                    let born = other.into_iter().nth(kind % 2).unwrap();
                    vec![("birth_date", born), ("last_name", p.last.clone()), ("first_name", p.first.clone())]
                }
            };
            let wanted = Search { most: 60, ..search(&wanted) };
            let found = repository.search(&wanted, None).unwrap();
            // What was typed may be what somebody else has.
            let at = rank(&found, &golden(repository, &p.id));
            let best: Vec<_> = found.hits.iter().take(4).map(|h| (h.score, h.met.clone())).collect();
            prop_assert!(at.is_some_and(|r| r < 3), "{:?} finds {:?} at {:?}, best {:?}", wanted, p, at, best);
            Ok(())
        })?;
    }

    #[test]
    fn no_mask_is_bypassed(
        i in 0..30u64, which in 0..SHAPES, more in 0..SHAPES, role in 0..4usize, whole in any::<bool>(), seed in 0..9u64,
        kind in 0..4usize, at in 0..40usize, typed in 0..26u8,
    ) {
        let role = ["names_only", "behind_masks", "masked_names", "half_a_phone"][role];
        let people = everybody(3, 30);
        let p = &people[i as usize];
        let mut wanted = clues(p, which);
        if !whole {
            for (_, text) in &mut wanted {
                *text = slip(text, kind, at, char::from(b'a' + typed));
            }
        }
        for (clue, text) in clues(p, more) {
            if wanted.iter().all(|(c, _)| *c != clue && *c != "id") && clue != "id" {
                wanted.push((clue, text));
            }
        }
        let said = |clue: &str| wanted.iter().filter(|(c, _)| *c == clue).map(|(_, t)| t.clone()).collect::<String>();
        // The same base with everything else in the fields that the role may not read: who has the very value that is
        // looked for keeps it where the role sees it masked.
        let others: Vec<Someone> = people
            .iter()
            .map(|p| {
                let x = someone(seed + 100, p.id[1..].parse().unwrap());
                let digits = |t: &str| t.chars().filter(char::is_ascii_digit).collect::<String>();
                let phone = digits(&said("phone"));
                let keeps = |own: &str, asked: &str| own.eq_ignore_ascii_case(asked);
                let has_number = |own: &str| phone.ends_with(&own[1..]);
                let mut o = p.clone();
                match role {
                    "names_only" => {
                        (o.mail, o.mobile, o.land, o.born, o.cp, o.city) = (x.mail, x.mobile, x.land, x.born, x.cp, x.city);
                    }
                    "behind_masks" => {
                        // A slip in a well-known domain is mended before anything is looked for.
                        let cx = Context::new(Country::FR, crate::common::today());
                        let mended = normalize::any(Kind::Email, &said("email"), &cx).value.unwrap_or_default();
                        // Of some providers' addresses dots and what follows a plus sign say nothing.
                        let key = |mail: &str| {
                            let mut key = String::new();
                            normalize::email::key_into(&mail.to_lowercase(), &mut key);
                            key
                        };
                        if !keeps(&o.mail, &said("email")) && key(&o.mail) != key(&mended) {
                            o.mail = x.mail;
                        }
                        if !has_number(&o.mobile) {
                            o.mobile = x.mobile;
                        }
                        if !has_number(&o.land) {
                            o.land = x.land;
                        }
                        // Whatever way it is written, and whatever stands between the numbers.
                        let born = digits(&said("birth_date"));
                        let read = normalize::any(Kind::BirthDate, &said("birth_date"), &cx).value.unwrap_or_default();
                        let (y, m, d) = (&o.born[..4], &o.born[5..7], &o.born[8..]);
                        let written = [format!("{y}{m}{d}"), format!("{d}{m}{y}"), format!("{y}{d}{m}")];
                        if !written.contains(&born) && !written.contains(&digits(&read)) {
                            o.born = x.born;
                        }
                    }
                    "masked_names" => {
                        let all = format!("{} {} {}", said("last_name"), said("first_name"), said("name"));
                        let letters = |t: &str| t.to_lowercase().replace([' ', '-', '\''], "");
                        let all = letters(&all);
                        // Any of the words may be read as either name.
                        let asked = |name: &str| all.contains(&letters(name));
                        if !asked(&o.last) {
                            o.last = x.last;
                        }
                        if !asked(&o.first) {
                            o.first = x.first;
                        }
                        if asked(&o.last) && !asked(&p.last) {
                            o.last = p.last.clone();
                        }
                        if asked(&o.first) && !asked(&p.first) {
                            o.first = p.first.clone();
                        }
                    }
                    _ => o.mobile = x.mobile,
                }
                o
            })
            .collect();
        let wanted = Search { most: 50, ..search(&wanted) };
        let told = |people: &[Someone]| match repository(people).search(&wanted, Some(role)) {
            Ok(found) => Ok(found.hits.into_iter().map(|h| (h.golden_id, h.score, h.met)).collect::<Vec<_>>()),
            Err(e) => Err(e.code()),
        };
        prop_assert_eq!(told(&people), told(&others), "{} asks {:?}", role, wanted);
    }

}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn what_is_found_does_not_depend_on_the_order_of_rows(
        i in 0..40u64, which in 0..SHAPES, scored in 1..60usize, kind in 0..4usize, at in 0..40usize, turn in 1..40usize,
    ) {
        let people = everybody(4, 40);
        let mut turned: Vec<Someone> = people.clone();
        turned.rotate_left(turn);
        turned.reverse();
        let mut clues = clues(&people[i as usize], which);
        if at % 2 == 0 {
            clues.iter_mut().for_each(|(_, text)| *text = slip(text, kind, at, 'e'));
        }
        let wanted = Search { scored, ..search(&clues) };
        // Rows one by one, so that they are kept in the order in which they come.
        let one_by_one = |people: &[Someone]| {
            let mut kept = repository(&people[..1]);
            for p in &people[1..] {
                let row = [&p.id, &p.last, &p.first, &p.mail, &p.mobile, &p.land, &p.card, &p.born, &p.cp, &p.city];
                let text = format!("{HEAD}\n{}", row.map(String::as_str).join(" | "));
                kept.apply(Change { rows: vec![Input::new("crm", table(&text))], ..Change::default() }).unwrap();
            }
            kept.search(&wanted, None).unwrap()
        };
        prop_assert_eq!(one_by_one(&people), one_by_one(&turned));
    }
}

#[test]
fn values_come_as_the_role_sees_them() {
    let people = everybody(5, 5);
    let repository = repository(&people);
    let wanted =
        Search { name: Some(format!("{} {}", people[0].last, people[0].first)), ..Search::default() };
    let hit = |role: &str| repository.search(&wanted, Some(role)).unwrap().hits.remove(0);
    let seen = |role: &str, field: &str| hit(role).values.into_iter().find(|v| v.field == field);
    let email = seen("store", "email").unwrap();
    assert!(email.masked && email.value.as_ref().unwrap().contains("***@"), "{email:?}");
    assert!(seen("names_only", "email").is_none());
    assert_eq!(seen("admin", "email").unwrap().value.as_deref(), Some(people[0].mail.as_str()));
    assert_eq!(repository.search(&wanted, Some("storee")).unwrap_err().code(), "argument");
}

#[test]
fn an_empty_search_is_refused_and_a_lone_first_name_is_said_to_find_nobody() {
    let repository = repository(&everybody(6, 5));
    assert_eq!(repository.search(&Search::default(), None).unwrap_err().code(), "argument");
    let found = repository.search(&asks(&[("postcode", "75011")]), None).unwrap();
    assert!(found.hits.is_empty());
    assert_eq!((found.ignored[0].clue, found.ignored[0].why), (Clue::Postcode, "alone"));
    let found = repository.search(&asks(&[("phone", "56")]), None).unwrap();
    assert_eq!((found.ignored[0].clue, found.ignored[0].why), (Clue::Phone, "too_short"));
    let found = repository.search(&asks(&[("phone", "12345"), ("last_name", "Roy")]), Some("store")).unwrap();
    assert_eq!((found.ignored[0].clue, found.ignored[0].why), (Clue::Phone, "masked"));
}

#[test]
fn what_the_bound_leaves_out_is_said() {
    let mut people = everybody(7, 30);
    people.iter_mut().for_each(|p| (p.last, p.first) = ("Martin".into(), "Jean".into()));
    let repository = repository(&people);
    let wanted = asks(&[("last_name", "Martin"), ("first_name", "Jean")]);
    let found = repository.search(&Search { scored: 10, ..wanted.clone() }, None).unwrap();
    assert!(found.hits.is_empty() && !found.cut.is_empty(), "{found:?}");
    assert_eq!(found.cut[0].clues, [Clue::LastName, Clue::FirstName]);
    let found = repository.search(&wanted, None).unwrap();
    assert_eq!((found.hits.len(), found.more, found.cut.len()), (10, 20, 0));
    // With the postcode the search is whole again.
    let wanted = Search { scored: 10, postcode: Some(people[0].cp.clone()), ..wanted };
    let found = repository.search(&wanted, None).unwrap();
    assert!(found.hits.iter().any(|h| h.golden_id == golden(&repository, "r0")), "{found:?}");
}

#[test]
fn ids_lead_to_people_whoever_took_them_in() {
    let mut people = everybody(8, 2);
    let mut repository = repository(&people);
    let (old, other) = (golden(&repository, "r0"), golden(&repository, "r1"));
    people[1].card = people[0].card.clone();
    let p = &people[1];
    let row = [&p.id, &p.last, &p.first, &p.mail, &p.mobile, &p.land, &p.card, &p.born, &p.cp, &p.city];
    let text = format!("{HEAD}\n{}", row.map(String::as_str).join(" | "));
    repository.apply(Change { rows: vec![Input::new("crm", table(&text))], ..Change::default() }).unwrap();
    let one = golden(&repository, "r0");
    for id in [old.as_str(), other.as_str(), "crm:r1", "crm/r0"] {
        let found = repository.search(&asks(&[("id", id)]), None).unwrap();
        assert_eq!((found.hits[0].golden_id.as_str(), found.hits[0].score), (one.as_str(), 1000));
        assert_eq!(found.hits[0].met[0].clue, Clue::Id);
    }
    // A person is met by the values of all records, also those that another one beats.
    let found =
        repository.search(&asks(&[("email", &people[0].mail), ("phone", &people[1].mobile)]), None).unwrap();
    assert_eq!((found.hits[0].golden_id.as_str(), found.hits[0].score), (one.as_str(), 1000));
    let found = repository.search(&asks(&[("id", "crm:r0")]), Some("names_only")).unwrap();
    assert_eq!((found.hits.len(), found.ignored[0].why), (0, "hidden"));
    assert!(repository.search(&asks(&[("id", "nobody")]), None).unwrap().hits.is_empty());
}

#[test]
fn it_is_said_how_a_clue_was_met() {
    let people = everybody(9, 40);
    let repository = repository(&people);
    let p = people.iter().find(|p| p.last == "Gauthier").unwrap_or(&people[0]);
    let how = |clues: &[(&str, &str)]| {
        let id = golden(&repository, &p.id);
        let found = repository.search(&Search { most: 40, ..asks(clues) }, None).unwrap();
        let hit = found.hits.into_iter().find(|h| h.golden_id == id);
        hit.map(|h| h.met.into_iter().map(|m| (m.clue, m.how)).collect::<Vec<_>>())
    };
    let mail = format!("{}@gmial.net", p.mail.split('@').next().unwrap());
    assert_eq!(how(&[("email", &mail)]), Some(vec![(Clue::Email, How::OtherDomain)]));
    assert_eq!(how(&[("phone", &p.mobile[6..])]), Some(vec![(Clue::Phone, How::Suffix)]));
    // 06 97 is a number of Martinique: the slip is in the country as it is read.
    let overseas = format!("0697{}", &p.mobile[4..]);
    assert_eq!(how(&[("phone", &overseas)]).map(|met| met[0].0), Some(Clue::Phone), "{overseas}");
    assert_eq!(
        how(&[("last_name", &p.last), ("first_name", &p.first[..1])]),
        Some(vec![(Clue::LastName, How::Exact), (Clue::FirstName, How::Initial)])
    );
}

/// Names as uneven as people's: the first of them on two in a hundred.
fn uneven(seed: u64, i: u64, what: u64, names: u64) -> u64 {
    let u = (mixed(seed, i, what) % 1_000_000) as f64 / 1e6;
    (u * u * names as f64) as u64
}

fn syllables(mut n: u64) -> String {
    const PARTS: [&str; 30] = [
        "mar", "tin", "ber", "nard", "du", "bois", "tho", "mas", "ro", "bert", "ri", "chard", "pe", "tit",
        "le", "roy", "mo", "reau", "si", "mon", "lau", "rent", "gar", "cia", "da", "vid", "fon", "taine",
        "che", "val",
    ];
    let mut text = String::new();
    for _ in 0..2 + n % 2 {
        text.push_str(PARTS[(n % 30) as usize]);
        n = n / 30 + 7 * n % 13;
    }
    text
}

/// Records looked at, and time on a repository in memory, for every shape of search:
/// `cargo test --release -p rcu-core --test all search:: -- --ignored --nocapture`.
#[test]
#[ignore = "measures; wants some minutes"]
fn how_many_records_a_search_looks_at() {
    let n: u64 = std::env::var("RECORDS").ok().and_then(|t| t.parse().ok()).unwrap_or(100_000);
    let people: Vec<Someone> = (0..n)
        .map(|i| {
            let (last, first) = (syllables(uneven(1, i, 20, 4000)), syllables(5000 + uneven(1, i, 21, 300)));
            let postcode = format!("{:05}", (uneven(1, i, 22, 9500) + 1) * 10);
            let mail = match mixed(1, i, 24) % 3 {
                0 => format!("{first}.{last}@{}", DOMAINS[(mixed(1, i, 25) % 4) as usize]),
                1 => format!(
                    "{first}{last}{}@{}",
                    mixed(1, i, 4) % 100,
                    DOMAINS[(mixed(1, i, 25) % 4) as usize]
                ),
                _ => format!("{}{last}@{}", &first[..1], DOMAINS[(mixed(1, i, 25) % 4) as usize]),
            };
            let (cp, city) = PLACES[(mixed(1, i, 3) % 6) as usize];
            let cp = if mixed(1, i, 26).is_multiple_of(3) { cp.to_owned() } else { postcode };
            Someone { last, first, mail, cp, city: city.into(), ..someone(1, i) }
        })
        .collect();
    let row = |p: &Someone| {
        [&p.id, &p.last, &p.first, &p.mail, &p.mobile, &p.land, &p.card, &p.born, &p.cp, &p.city]
            .map(String::as_str)
            .join(" | ")
    };
    let rows: Vec<String> = people.iter().map(row).collect();
    let mut repository = Repository::open(searched(), MemoryStore::default()).unwrap();
    let rows = vec![Input::new("crm", table(&format!("{HEAD}\n{}", rows.join("\n"))))];
    repository.load(rows, &rcu_core::repository::Act::default(), &rcu_core::progress::Silent).unwrap();
    for slipped in [false, true] {
        for which in 0..SHAPES {
            let (mut scored, mut micros, mut found_at, mut cut) = (Vec::new(), Vec::new(), 0, 0);
            for k in 0..200 {
                let p = &people[(mixed(9, k, which as u64) % n) as usize];
                let mut clues = clues(p, which);
                if slipped {
                    let (at, with) =
                        (mixed(9, k, 31) as usize % 40, ['e', '5'][usize::from(clues[0].0 == "phone")]);
                    clues[0].1 = slip(&clues[0].1, k as usize, at, with);
                }
                let wanted = search(&clues);
                let start = std::time::Instant::now();
                let found = repository.search(&wanted, None).unwrap();
                micros.push(start.elapsed().as_micros());
                scored.push(found.scored);
                cut += usize::from(!found.cut.is_empty());
                found_at += usize::from(rank(&found, &golden(&repository, &p.id)).is_some_and(|r| r < 3));
            }
            scored.sort_unstable();
            micros.sort_unstable();
            println!(
                "{:6} {which:2} {:<40} scored p50 {:5} p99 {:5} | us p50 {:6} p99 {:6} | found {found_at} cut {cut}",
                if slipped { "slip" } else { "whole" },
                clues(&people[0], which).iter().map(|(c, _)| *c).collect::<Vec<_>>().join(" "),
                scored[100],
                scored[198],
                micros[100],
                micros[198],
            );
        }
    }
}
