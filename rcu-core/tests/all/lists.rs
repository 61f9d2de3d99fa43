//! An installation's own lists, from the text of a configuration to the values they change.

use rcu_core::config::{Config, Plan, Syntax};
use rcu_core::normalize::{Code, Context, Country, Kind, Normalized, any};
use rcu_core::record::normalize_record;
use rcu_core::reference::OwnList;
use rcu_core::time::Day;
use rcu_core::{Error, Problem};

fn plan(lists: &str) -> Result<Plan, Vec<Problem>> {
    let text = format!("[sources.s]\nid = \"n\"\n[lists]\n{lists}");
    let config = Config::parse(&text, Syntax::Toml).map_err(problems)?;
    Plan::compile(config, Day::from_ymd(2026, 11, 21).unwrap()).map_err(problems)
}

fn problems(e: Error) -> Vec<Problem> {
    match e {
        Error::Config { problems } => problems,
        other => panic!("{other}"),
    }
}

fn context(lists: &str) -> Context {
    let plan = plan(lists).unwrap();
    Context { tables: plan.tables.clone(), ..Context::new(Country::FR, plan.as_of) }
}

fn read(kind: Kind, raw: &str, lists: &str) -> Normalized {
    any(kind, raw, &context(lists))
}

fn value(kind: Kind, raw: &str, lists: &str) -> String {
    read(kind, raw, lists).value.unwrap_or_else(|| "null".to_owned())
}

#[test]
fn every_list_changes_what_it_is_for() {
    use Kind::*;
    for (lists, kind, raw, before, after) in [
        ("email_typos = { gmzil = \"gmail\" }", Email, "a@gmzil.com", "a@gmzil.com", "a@gmail.com"),
        (
            "email_typos = { \"gmzil.com\" = \"gmail.com\" }",
            Email,
            "a@gmzil.com",
            "a@gmzil.com",
            "a@gmail.com",
        ),
        (
            "email_typos = { \"orange.net\" = \"orange.fr\" }",
            Email,
            "a@orange.net",
            "a@orange.net",
            "a@orange.fr",
        ),
        ("email_tld_typos = { fg = \"fr\" }", Email, "a@orange.fg", "a@orange.fg", "a@orange.fr"),
        (
            "email_providers = [\"mutuelle.fr\"]\nemail_typos = { mutuele = \"mutuelle\" }",
            Email,
            "a@mutuele.fr",
            "a@mutuele.fr",
            "a@mutuelle.fr",
        ),
        ("known_domains = [\"gmial.com\"]", Email, "a@gmial.com", "a@gmail.com", "a@gmial.com"),
        (
            "disposable_domains = [\"jc.example.org\"]",
            Email,
            "a@x.jc.example.org",
            "a@x.jc.example.org",
            "null",
        ),
        ("placeholder_domains = [\"sansmail.fr\"]", Email, "a@sansmail.fr", "a@sansmail.fr", "null"),
        ("placeholder_addresses = [\"rien\"]", Email, "rien@free.fr", "rien@free.fr", "null"),
        ("noreply_addresses = [\"robot\"]", Email, "robot@free.fr", "robot@free.fr", "null"),
        ("placeholder_names = [\"Client web\"]", LastName, "CLIENT WEB", "CLIENT WEB", "null"),
        ("company_words = [\"Transports\"]", LastName, "Transports Roy", "TRANSPORTS ROY", "null"),
        ("titles = { Maestro = \"M\" }", LastName, "Maestro Verdi", "MAESTRO VERDI", "VERDI"),
        ("titles = { Maestro = \"M\" }", Civility, "maestro", "null", "M"),
        (
            "street_abbreviations = { STRD = \"Strada\" }",
            Street,
            "3 strd Haute",
            "3 STRD HAUTE",
            "3 STRADA HAUTE",
        ),
        (
            "street_titles = { SGT = \"Sergent\" }",
            Street,
            "3 rue du sgt Roy",
            "3 RUE DU SGT ROY",
            "3 RUE DU SERGENT ROY",
        ),
        (
            "street_words = { PTE = \"Petite\" }",
            Street,
            "3 rue Pte Haute",
            "3 RUE PTE HAUTE",
            "3 RUE PETITE HAUTE",
        ),
        ("cities = { 75380 = \"Paris\" }", PostcodeCity, "75380|", "null", "75380 PARIS"),
        ("countries = { \"La Métropole\" = \"fr\" }", Country, "la metropole", "null", "FR"),
        ("languages = { Ch\u{27}ti = \"fr\" }", Language, "ch'ti", "null", "fr"),
    ] {
        let lists = lists.replace("Ch\u{27}ti", "\"Ch'ti\"");
        assert_eq!(value(kind, raw, ""), before, "{raw} before");
        assert_eq!(value(kind, raw, &lists), after, "{raw} with {lists}");
    }
}

#[test]
fn lists_that_mark_and_do_not_change() {
    for (lists, raw, code) in [
        ("role_addresses = [\"caisse\"]", "caisse@roy.fr", Code::RoleAddress),
        ("dead_domains = [\"roy.fr\"]", "a@roy.fr", Code::DeadDomain),
        ("legacy_domains = [\"roy.fr\"]", "a@roy.fr", Code::LegacyDomain),
    ] {
        assert_eq!(read(Kind::Email, raw, "").codes, []);
        assert_eq!(read(Kind::Email, raw, lists).codes, [code]);
    }
    let cx = context(
        "first_names = { Zzyzx = \"F\", Zou = \"MF\" }\nlast_names = [\"Qwx\"]\nepicene = [\"Sylvie\"]\n\
         nicknames = { Fifi = \"Philippe|Sophie\" }",
    );
    let names = &cx.tables.names;
    assert!(names.is_first_name("ZZYZX") && names.is_usual_last_name("QWX") && names.is_epicene("SYLVIE"));
    assert!(names.are_nicknames("FIFI", "SOPHIE") && !names.are_nicknames("PHILIPPE", "SOPHIE"));
    let doubted = |first: &str| {
        let record = normalize_record([("civility", "M"), ("first_name", first)], &cx).unwrap();
        record["civility"][0].codes.contains(&Code::GenderMismatch)
    };
    assert!(doubted("Zzyzx") && !doubted("Zou") && !doubted("Sylvie") && doubted("Nathalie"));
}

#[test]
fn internal_contacts_are_read_as_customers_values_are() {
    let cx = context(
        "internal_emails = [\"P.Roy@gmail.com\", \"@Maison.fr\"]\ninternal_phones = [\"01 45 20 11 22\", \"0892 70 12 34\"]",
    );
    let record =
        normalize_record([("email", "proy+a@gmail.com"), ("landline", "+33 1 45 20 11 22")], &cx).unwrap();
    assert_eq!(record["email"][0].codes, [Code::InternalContact]);
    assert_eq!(record["landline"][0].codes, [Code::InternalContact]);
}

#[test]
fn a_list_may_take_the_place_of_the_shipped_one() {
    use Kind::*;
    for (lists, kind, raw, want) in [
        ("disposable_domains = { replace = true }", Email, "a@yopmail.com", "a@yopmail.com"),
        (
            "email_typos = { values = { gmzil = \"gmail\" }, replace = true }",
            Email,
            "a@hitmail.fr",
            "a@hitmail.fr",
        ),
        (
            "email_providers = { values = [\"gmail.com\"], replace = true }",
            Email,
            "a@gmial.com",
            "a@gmail.com",
        ),
        (
            "email_providers = { values = [\"gmail.com\"], replace = true }",
            Email,
            "a@hitmail.fr",
            "a@hitmail.fr",
        ),
        ("placeholder_names = { replace = true }", LastName, "INCONNU", "INCONNU"),
        ("company_words = { replace = true }", LastName, "Garage Roy", "GARAGE ROY"),
        ("titles = { values = { M = \"M\" }, replace = true }", Civility, "Mme", "null"),
        ("street_abbreviations = { replace = true }", Street, "3 av Haute", "3 AV HAUTE"),
        ("street_titles = { replace = true }", Street, "3 rue du Gal Roy", "3 RUE DU GAL ROY"),
        ("street_titles = { replace = true }", Street, "3 rue du Gd Pont", "3 RUE DU GRAND PONT"),
        ("countries = { replace = true }", Country, "Belgique", "null"),
        ("languages = { replace = true }", Language, "french", "null"),
        (
            "cities = { values = { 75008 = \"Ville\" }, replace = true }",
            PostcodeCity,
            "75008|",
            "75008 VILLE",
        ),
        ("cities = { values = { 75008 = \"Ville\" }, replace = true }", PostcodeCity, "69003|Lyon", "null"),
    ] {
        assert_eq!(value(kind, raw, lists), want, "{raw} with {lists}");
    }
    let names = "first_names = { values = { ZOU = \"F\" }, replace = true }";
    let cx = context(names);
    assert!(cx.tables.names.is_first_name("ZOU") && !cx.tables.names.is_first_name("NATHALIE"));
    assert!(cx.tables.names.is_last_name("MARTIN"));
}

#[test]
fn a_file_s_text_is_read_line_by_line() {
    let lists = "cities = { file = \"cp.csv\", version = \"7\", owner = \"logistics\", replace = true }";
    let text = format!("[sources.s]\nid = \"n\"\n[lists]\n{lists}");
    let mut config = Config::parse(&text, Syntax::Toml).unwrap();
    let mut files = config.lists.files();
    assert_eq!((files.len(), files[0].file, files[0].at.as_str()), (1, "cp.csv", "lists.cities.file"));
    *files[0].text = Some(
        "\u{feff}# postcode;city;population\n75008;\"Ville\";1500\r\n\n1000;Bourg;900\n75008;Faubourg\n"
            .to_owned(),
    );
    let plan = Plan::compile(config, Day(20_000)).unwrap();
    let base = &plan.tables.postal;
    assert_eq!((base.counts(), base.version()), ((2, 3, 3), "7"));
    assert_eq!(base.size(base.name("VILLE").unwrap()), 11);
    let own = OwnList {
        name: "cities",
        version: Some("7".into()),
        owner: Some("logistics".into()),
        entries: 3,
        replaces: true,
    };
    assert_eq!(plan.tables.own, [own]);
    assert!(plan.config.expanded()["lists"]["cities"].get("text").is_none());
}

#[test]
fn every_problem_is_said_with_its_place_and_no_personal_value() {
    let found = plan(
        "known_domains = [\"free.fr\", \"not a domain\"]\n\
         email_typos = { gmzil = \"gmaal\" }\n\
         first_names = { ZOE = \"X\" }\n\
         titles = { BOSS = \"MMM\" }\n\
         company_words = [\"deux mots\"]\n\
         cities = { 99 = \"PARIS\" }\n\
         countries = { X = \"FRA\" }\n\
         internal_emails = { values = [\"paul.secret\"], replace = true }\n\
         internal_phones = [\"0630124578\", \"12 secret\"]\n\
         placeholder_names = { file = \"absent.txt\" }\n\
         street_titles = { SGT = \" \" }",
    )
    .unwrap_err();
    let shown: Vec<String> = found.iter().map(|p| format!("{}: {}", p.path, p.reason)).collect();
    let all = shown.join("\n");
    for part in [
        "lists.known_domains[1]: is not a domain",
        "lists.email_typos.gmzil: names no provider",
        "lists.first_names.ZOE: `X` is not known; use one of M, F, MF",
        "lists.titles.BOSS: `MMM` is not known; use one of",
        "lists.company_words[0]: is not one word",
        "lists.cities.99: does not begin with a French postcode",
        "lists.countries.X: is not a two-letter country code",
        "lists.internal_emails.values[0]: is neither",
        "lists.internal_emails.replace: has nothing to replace",
        "lists.internal_phones[1]: is not a telephone number",
        "lists.placeholder_names.file: `absent.txt` was not read",
        "lists.street_titles.SGT: is blank",
    ] {
        assert!(all.contains(part), "{part}\n{all}");
    }
    assert_eq!(shown.len(), 12, "{all}");
    assert!(!all.contains("secret"));
}

#[test]
fn a_misspelt_list_or_key_is_said_with_the_nearest() {
    let found = plan("email_provider = [\"free.fr\"]").unwrap_err();
    assert!(found[0].reason.contains("did you mean `email_providers`"), "{}", found[0].reason);
    let found = plan("cities = { flie = \"x.csv\", version = \"1\", replace = true }").unwrap_err();
    assert!(found[0].reason.contains("did you mean `file`"), "{}", found[0].reason);
}
