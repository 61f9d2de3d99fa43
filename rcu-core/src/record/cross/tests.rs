use crate::normalize::{Class, Code, Context, Country};
use crate::record::{NormalizedRecord, normalize_record};
use crate::reference::Tables;
use crate::time::Day;
use proptest::prelude::*;

fn cx() -> Context {
    Context::new(Country::FR, Day::from_ymd(2026, 11, 21).unwrap())
}

fn run(raw: &[(&str, &str)]) -> NormalizedRecord {
    normalize_record(raw.iter().copied(), &cx()).unwrap()
}

/// `field=value[codes]` of all that is not empty, fields in alphabetical order.
fn shown(record: &NormalizedRecord) -> String {
    let mut lines = Vec::new();
    for (field, values) in record {
        for v in values.iter().filter(|v| v.status != crate::normalize::Status::Empty) {
            let codes: Vec<&str> = v.codes.iter().map(|c| c.name()).collect();
            let codes = if codes.is_empty() { String::new() } else { format!("[{}]", codes.join(" ")) };
            lines.push(format!("{field}={}{codes}", v.value.as_deref().unwrap_or("null")));
        }
    }
    lines.join("; ")
}

fn says(raw: &[(&str, &str)], want: &str) {
    assert_eq!(shown(&run(raw)), want);
    let mut turned = raw.to_vec();
    turned.reverse();
    assert_eq!(shown(&run(&turned)), want, "fields in another order");
}

#[test]
fn an_address_in_a_name_goes_to_the_empty_e_mail() {
    says(
        &[("last_name", "Paul.Roy@Free.fr"), ("first_name", "Paul"), ("email", " ")],
        "email=paul.roy@free.fr[field_swapped]; first_name=PAUL",
    );
    says(&[("name", "paul.roy@free.fr")], "email=paul.roy@free.fr[field_swapped]");
    says(
        &[("last_name", "paul@gmial.com"), ("email", "zoe@free.fr")],
        "email=zoe@free.fr; last_name=null[not_a_name]",
    );
    says(
        &[("last_name", "a@free.fr"), ("first_name", "b@free.fr")],
        "email=a@free.fr[field_swapped]; first_name=null[not_a_name]",
    );
}

#[test]
fn a_name_with_an_address_behind_it_stays_a_name() {
    let record = run(&[("last_name", "Roy <paul@free.fr>")]);
    assert!(!record.contains_key("email"));
    assert!(!shown(&run(&[("last_name", "S@INT")])).contains("email"));
}

#[test]
fn a_number_in_the_e_mail_field_and_an_address_in_the_telephone_field_change_places() {
    says(
        &[("email", "06 30 12 45 78"), ("mobile", "zoe@free.fr")],
        "email=zoe@free.fr[field_swapped]; mobile=+33630124578[field_swapped]",
    );
    says(&[("email", "01 45 20 11 22"), ("mobile", "")], "landline=+33145201122[field_swapped]");
    says(
        &[("email", "06 30 12 45 78"), ("mobile", "06 30 12 45 79")],
        "email=null[bad_syntax]; mobile=+33630124579",
    );
    says(&[("phone", "zoe@free.fr")], "email=zoe@free.fr[field_swapped]");
    says(
        &[("landline", "zoe@free.fr"), ("email", "eve@free.fr")],
        "email=eve@free.fr; landline=null[bad_chars]",
    );
}

#[test]
fn numbers_stand_in_the_field_of_their_line() {
    says(
        &[("mobile", "01 45 20 11 22"), ("landline", "06 30 12 45 78")],
        "landline=+33145201122[phone_type_swapped]; mobile=+33630124578[phone_type_swapped]",
    );
    says(
        &[("landline", "06 30 12 45 78"), ("mobile", "06 30 12 45 79")],
        "mobile=+33630124579; mobile=+33630124578[phone_type_swapped]",
    );
}

#[test]
fn a_company_in_a_person_s_name_is_made_a_company() {
    says(
        &[("last_name", "S.A.R.L. Roy & Fils"), ("first_name", "Paul")],
        "company_name=SARL ROY ET FILS[field_swapped]; first_name=PAUL; last_name=null[company_in_name]",
    );
    says(
        &[("last_name", "SARL ROY"), ("company_name", "Garage Roy")],
        "company_name=GARAGE ROY; last_name=null[company_in_name]",
    );
    says(
        &[("last_name", "Roy"), ("first_name", "SARL")],
        "company_name=SARL ROY[field_swapped]; first_name=null[company_in_name]; last_name=ROY",
    );
    says(
        &[("name", "Pharmacie du Port")],
        "company_name=PHARMACIE DU PORT[field_swapped]; last_name=null[company_in_name]",
    );
}

#[test]
fn parts_of_names_go_to_their_own_fields() {
    says(
        &[("last_name", "Mme Dupont née Martin"), ("first_name", "Anne")],
        "birth_name=MARTIN; civility=MME; first_name=ANNE; last_name=DUPONT[civility_extracted birth_name_extracted]",
    );
    says(
        &[("last_name", "Nathalie"), ("first_name", "Dupont")],
        "first_name=NATHALIE[name_swapped]; last_name=DUPONT[name_swapped]",
    );
    says(
        &[("last_name", "Roy"), ("first_name", "M. Paul")],
        "civility=M; first_name=PAUL[civility_extracted]; last_name=ROY",
    );
}

#[test]
fn a_gender_is_doubted_only_for_names_of_one_sex() {
    let flagged = |civility: &str, first: &str| {
        let record = run(&[("civility", civility), ("first_name", first)]);
        record["civility"][0].codes.contains(&Code::GenderMismatch)
    };
    for (civility, first) in [
        ("M.", "Sylvie"),
        ("Mme", "Paul"),
        ("Mlle", "Jean-Pierre"),
        ("M", "Anne Sophie"),
        ("Mme", "Jean Xyzzyx"),
    ] {
        assert!(flagged(civility, first), "{civility} {first}");
    }
    for (civility, first) in [
        ("Mme", "Sylvie"),
        ("M", "Jean Marie"),
        ("Mme", "Marie-Pierre"),
        ("Mme", "Dominique"),
        ("M", "Camille"),
        ("M", "Sacha"),
        ("Mme", "M"),
        ("Dr", "Sylvie"),
        ("M et Mme", "Paul"),
        ("M", "Dupont"),
        ("M", "Alix"),
    ] {
        assert!(!flagged(civility, first), "{civility} {first}");
    }
}

#[test]
fn nobody_is_born_after_the_account() {
    says(
        &[("birth_date", "12/03/1985"), ("created_at", "2020-01-01")],
        "birth_date=1985-03-12; created_at=2020-01-01",
    );
    says(
        &[("birth_date", "12/03/2005"), ("created_at", "2004-01-01")],
        "birth_date=2005-03-12[date_order]; created_at=2004-01-01",
    );
}

#[test]
fn nobody_is_born_after_the_first_purchase() {
    says(
        &[("birth_date", "12/03/1985"), ("first_purchase_date", "2020-01-01")],
        "birth_date=1985-03-12; first_purchase_date=2020-01-01",
    );
    says(
        &[("birth_date", "12/03/2005"), ("first_purchase_date", "11/03/2005"), ("created_at", "2020-01-01")],
        "birth_date=2005-03-12[date_order]; created_at=2020-01-01; first_purchase_date=2005-03-11",
    );
    says(
        &[("birth_date", "12/03/2005"), ("first_purchase_date", "12/03/2005")],
        "birth_date=2005-03-12; first_purchase_date=2005-03-12",
    );
}

#[test]
fn a_refused_part_of_an_address_is_said_in_its_field() {
    says(
        &[("address", "3 rue Haute, 00000 Lille")],
        "city=LILLE; postcode=null[placeholder]; street=3 RUE HAUTE",
    );
    says(
        &[("address", "3 rue Llanfairpwllgwyngyllgogerychwyrndrobwll, 59000 Lille")],
        "city=LILLE; postcode=59000; street=null[line_too_long]",
    );
    // The refused one does not hide the one that stands beside it.
    says(
        &[("address", "3 rue Haute, 00000 Lille"), ("postcode", "59000")],
        "city=LILLE; postcode=59000; postcode=null[placeholder]; street=3 RUE HAUTE",
    );
}

#[test]
fn an_address_that_lacks_a_part_is_refused_whole_and_its_parts_stand() {
    says(&[("address", "3 rue Haute")], "address=null[missing_postcode missing_city]; street=3 RUE HAUTE");
    says(
        &[("address", "3 rue Haute\nLille")],
        "address=null[missing_postcode]; city=LILLE; street=3 RUE HAUTE",
    );
    says(
        &[("address", "3 rue Haute"), ("postcode", "59000"), ("city", "Lille")],
        "city=LILLE; postcode=59000; street=3 RUE HAUTE",
    );
    let whole = &run(&[("address", "3 rue Haute\nLille")])["address"][0];
    assert_eq!(whole.extra["street"], "3 RUE HAUTE");
}

#[test]
fn postcode_and_city_are_checked_against_each_other() {
    says(&[("postcode", "59000"), ("city", "Lile")], "city=LILLE[city_repaired]; postcode=59000");
    says(
        &[("postcode", "59000"), ("city", "Lile Cedex 2")],
        "city=LILLE CEDEX 02[cedex city_repaired]; postcode=59000",
    );
    says(&[("postcode", "75008")], "city=PARIS[city_inferred]; postcode=75008");
    says(&[("postcode", "75008"), ("city", "-")], "city=PARIS[city_inferred]; postcode=75008");
    says(&[("postcode", "01400")], "postcode=01400");
    says(
        &[("postcode", "75008"), ("city", "12345")],
        "city=null[bad_format]; city=PARIS[city_inferred]; postcode=75008",
    );
    says(
        &[("address", "3 rue Haute, 59000 Lile")],
        "city=LILLE[city_repaired]; postcode=59000; street=3 RUE HAUTE",
    );
    says(
        &[("postcode", "69003"), ("city", "Paris")],
        "city=PARIS; postcode=69003; postcode_city=null[postcode_city_mismatch]",
    );
    let pair = &run(&[("postcode", "69003"), ("city", "Paris")])["postcode_city"][0];
    assert_eq!((pair.extra["postcode"].as_str(), pair.extra["city"].as_str()), ("69003", "PARIS"));
}

#[test]
fn several_addresses_are_checked_one_by_one() {
    let two = [("postcode", "59000"), ("postcode", "69003"), ("city", "Lile"), ("city", "Lyon")];
    let want = "city=LILLE[city_repaired]; city=LYON; postcode=59000; postcode=69003";
    assert_eq!(shown(&run(&two)), want);
    let unpaired = [("postcode", "59000"), ("postcode", "69003"), ("city", "Lile")];
    assert_eq!(shown(&run(&unpaired)), "city=LILE; postcode=59000; postcode=69003");
}

#[test]
fn an_address_is_read_under_the_country_named() {
    says(
        &[("country", "Belgique"), ("postcode", "B-1050"), ("city", "Ixelles"), ("mobile", "+32475123457")],
        "city=IXELLES; country=BE; mobile=+32475123457; postcode=1050[prefix_removed]",
    );
    says(
        &[("country", "BE"), ("postcode", "75008"), ("city", "Paris")],
        "city=PARIS; country=BE[country_mismatch]; postcode=75008",
    );
    says(&[("country", "France"), ("postcode", "1400")], "country=FR; postcode=01400[leading_zero_restored]");
    // The country column that says something, wherever it stands.
    let twice = [("country", "-"), ("country", "Belgique"), ("postcode", "1050")];
    assert_eq!(shown(&run(&twice)), "country=BE; postcode=1050");
    let swiss = Context::named("CH", Day(20_000)).unwrap();
    let record =
        normalize_record([("country", "FR"), ("postcode", "75008"), ("city", "Paris")], &swiss).unwrap();
    assert_eq!(shown(&record), "city=PARIS; country=FR; postcode=75008");
}

#[test]
fn a_whole_address_is_read_under_the_country_that_the_record_or_its_last_line_names() {
    let want = "city=IXELLES; country=BE; postcode=1050; street=RUE HAUTE 8";
    says(&[("address", "Rue Haute 8, 1050 Ixelles"), ("country", "Belgique")], want);
    says(&[("address", "Rue Haute 8, 1050 Ixelles, Belgique")], want);
    says(&[("address", "Rue Haute 8, 1050 Ixelles, Belgique"), ("country", "BE")], want);
    // Its parts are their own normal form.
    says(&[("street", "RUE HAUTE 8"), ("postcode", "1050"), ("city", "IXELLES"), ("country", "BE")], want);
    says(
        &[("address", "Hauptstrasse 5, 1234 Berlin"), ("country", "DE")],
        "address=null[missing_postcode]; city=1234 BERLIN; country=DE; street=HAUPTSTRASSE 5",
    );
}

#[test]
fn countries_are_compared_with_care() {
    // Overseas and Monaco are at home in France, and the other way round.
    says(
        &[("country", "FR"), ("postcode", "97400"), ("city", "Saint Denis"), ("mobile", "0692451230")],
        "city=SAINT DENIS; country=FR; mobile=+262692451230; postcode=97400",
    );
    says(
        &[("country", "Monaco"), ("postcode", "98000"), ("city", "Monaco"), ("mobile", "06 30 12 45 78")],
        "city=MONACO; country=MC; mobile=+33630124578; postcode=98000[monaco]",
    );
    says(
        &[("country", "Réunion"), ("postcode", "75008"), ("city", "Paris")],
        "city=PARIS; country=RE[country_mismatch]; postcode=75008",
    );
    // A number from home is enough.
    says(
        &[
            ("postcode", "59000"),
            ("city", "Lille"),
            ("mobile", "+32475123457"),
            ("landline", "03 20 12 45 78"),
        ],
        "city=LILLE; landline=+33320124578; mobile=+32475123457; postcode=59000",
    );
    says(
        &[("postcode", "59000"), ("city", "Lille"), ("mobile", "+32475123457")],
        "city=LILLE; mobile=+32475123457[country_mismatch]; postcode=59000",
    );
    // Nothing to compare with.
    says(&[("mobile", "+32475123457")], "mobile=+32475123457");
}

#[test]
fn staff_and_shops_are_flagged_and_make_no_key() {
    let mut tables = Tables::default();
    tables.internal.add_email("proy@gmail.com");
    tables.internal.add_domain("maison.fr");
    tables.internal.add_phone("+33145201122");
    let cx = Context { tables: tables.into(), ..cx() };
    let raw = [
        ("email", "P.Roy+x@gmail.com"),
        ("email", "zoe@maison.fr"),
        ("email", "zoe@free.fr"),
        ("phone", "01 45 20 11 22"),
    ];
    let record = normalize_record(raw, &cx).unwrap();
    assert_eq!(
        shown(&record),
        "email=p.roy+x@gmail.com[internal_contact]; email=zoe@maison.fr[internal_contact]; email=zoe@free.fr; \
         landline=+33145201122[internal_contact]"
    );
    assert!(Code::InternalContact.bars_keys());
}

const FIELDS: [&str; 16] = [
    "civility",
    "last_name",
    "first_name",
    "birth_date",
    "email",
    "mobile",
    "landline",
    "street",
    "postcode",
    "city",
    "country",
    "company_name",
    "created_at",
    "first_purchase_date",
    "name",
    "address",
];

const CELLS: [&str; 30] = [
    "",
    "-",
    "M",
    "Mme",
    "Paul",
    "Nathalie",
    "Dupont",
    "SARL",
    "SARL Roy",
    "S.A.R.L. Paul",
    "paul@free.fr",
    "paul@gmial.com",
    "06 30 12 45 78",
    "01 45 20 11 22",
    "+32475123457",
    "75008",
    "1050",
    "69003",
    "Paris",
    "Lyn",
    "BE",
    "FR",
    "12/03/2005",
    "2004-01-01",
    "Dupont Fils",
    "M. Roy née Martin",
    "3 rue Haute",
    "3 rue Haute, 59000 Lile",
    "3 rue Haute, 00000 Lille",
    "Rue Haute 8, 1050 Ixelles, Belgique",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(4000) })]

    #[test]
    fn a_record_is_its_own_normal_form_whatever_the_order(
        cells in prop::collection::vec((0usize..FIELDS.len(), 0usize..CELLS.len()), 0..10),
        turn in 0usize..10,
    ) {
        // One cell a field: the order of several values of one field is their rank.
        let mut raw: Vec<(&str, &str)> = Vec::new();
        for (f, c) in cells {
            if !raw.iter().any(|(name, _)| *name == FIELDS[f]) {
                raw.push((FIELDS[f], CELLS[c]));
            }
        }
        let once = run(&raw);
        let n = raw.len();
        raw.rotate_left(if n == 0 { 0 } else { turn % n });
        prop_assert_eq!(&run(&raw), &once);

        let values = |record: &NormalizedRecord| -> Vec<(String, String)> {
            let all = record.iter().flat_map(|(f, vs)| vs.iter().map(move |v| (f.clone(), v.value.clone())));
            all.filter_map(|(f, v)| Some((f, v?))).collect()
        };
        let first = values(&once);
        // A row of two countries, or with addresses of two, is read by the first that is named; its own output cannot say
        // which part was read by which.
        let of = |field: &str| -> Vec<&String> { first.iter().filter(|(f, _)| f == field).map(|(_, v)| v).collect() };
        let (countries, postcodes) = (of("country"), of("postcode"));
        let abroad = countries.first().is_some_and(|c| *c != "FR");
        prop_assume!(countries.len() < 2 && !(abroad && postcodes.len() > 1));
        let again = run(&first.iter().map(|(f, v)| (f.as_str(), v.as_str())).collect::<Vec<_>>());
        prop_assert_eq!(values(&again), first);
        let corrected = again.values().flatten().flat_map(|v| &v.codes).filter(|c| c.class() == Class::Correct);
        prop_assert_eq!(corrected.count(), 0);
    }

    #[test]
    fn no_row_panics(cells in prop::collection::vec((0usize..FIELDS.len(), any::<String>()), 0..8)) {
        let raw: Vec<(&str, &str)> = cells.iter().map(|(f, t)| (FIELDS[*f], t.as_str())).collect();
        run(&raw);
    }
}
