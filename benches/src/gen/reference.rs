//! The tables the retailer's world is drawn from: names by time, communes, streets. See `data/README.md`.

use std::io::Read;

use flate2::read::GzDecoder;

use super::dice::{Dice, Weights, mix, unit};
use super::text::{capitals, mail_key, plain};

/// Streets that take part in every commune; the commune and the street's number choose one.
const INVENTED_STREETS: usize = 1_350;
/// How much oftener the streets above the line of dashes of `street_names.txt` are drawn.
const COMMON_STREET_WEIGHT: f64 = 12.0;
/// Given names follow ten years of birth at a time, from this one on.
const FIRST_DECADE: i32 = 1930;
const DECADES: usize = 8;

/// A name in the three ways the data needs it.
pub struct Spelling {
    /// With case and accents.
    pub written: String,
    /// In capitals, without accents.
    pub capitals: String,
    /// As part of an e-mail address.
    pub key: String,
}

impl Spelling {
    fn new(written: &str) -> Self {
        Self { written: written.to_owned(), capitals: capitals(written), key: mail_key(written) }
    }
}

/// A commune, or a part of one with a postal code of its own.
pub struct Commune {
    /// `Saint-Étienne`
    pub city: String,
    /// `SAINT ETIENNE`
    pub capitals: String,
    /// `ST ETIENNE`
    pub shortened: String,
    /// Five digits.
    pub zip: String,
    /// Two characters.
    pub department: String,
    /// Inhabitants.
    pub population: u32,
    /// First digit of its landlines, 1 to 5.
    pub phone_zone: u8,
}

impl Commune {
    /// How many streets the generator gives it.
    #[must_use]
    pub fn streets(&self) -> usize {
        (self.population as usize / 90).clamp(6, 1_500)
    }
}

/// Street types with their share in per cent and the abbreviations in use.
pub const STREET_TYPES: [(&str, f64, &[&str]); 9] = [
    ("Rue", 58.0, &["R", "R.", "rue"]),
    ("Avenue", 11.0, &["AV", "Av.", "Ave", "AVE"]),
    ("Chemin", 7.0, &["CHE", "Ch.", "Chem"]),
    ("Impasse", 6.0, &["IMP", "Imp."]),
    ("Boulevard", 5.0, &["BD", "Bd", "Bld", "BLVD"]),
    ("Allée", 5.0, &["ALL", "All."]),
    ("Route", 4.0, &["RTE", "Rte"]),
    ("Place", 3.0, &["PL", "Pl."]),
    ("Square", 1.0, &["SQ", "Sq."]),
];

/// By sex (0 men, 1 women) and decade: indexes into [`Reference::first`], most given first.
type FirstOrders = [Vec<Vec<u16>>; 2];

/// All tables.
pub struct Reference {
    /// Surnames, most frequent first.
    pub last: Vec<Spelling>,
    last_weights: Weights,
    /// Given names of both sexes.
    pub first: Vec<Spelling>,
    first_orders: FirstOrders,
    first_weights: Weights,
    /// Communes of metropolitan France.
    pub communes: Vec<Commune>,
    commune_weights: Weights,
    streets: Vec<Spelling>,
    street_weights: Weights,
    street_type_weights: Weights,
    /// How many of `streets` are in `street_names.txt`.
    known_streets: usize,
}

impl Reference {
    /// Unpacks the tables compiled into the program.
    ///
    /// # Errors
    /// When a table is damaged, which the tests of this crate exclude.
    pub fn load() -> std::io::Result<Self> {
        let last = last_names()?;
        let (first, first_orders) = first_names()?;
        let communes = communes()?;
        let (streets, street_weights, known_streets) = streets(&first, &last);
        Ok(Self {
            // Exponents and offsets put about as many namesakes into the data as the civil registry has.
            last_weights: Weights::zipf(last.len(), 0.865, 12.0),
            first_weights: Weights::zipf(first_orders[0][0].len(), 1.25, 9.0),
            commune_weights: Weights::new(communes.iter().map(|commune| f64::from(commune.population))),
            street_type_weights: Weights::new(STREET_TYPES.iter().map(|(_, share, _)| *share)),
            last,
            first,
            first_orders,
            communes,
            streets,
            street_weights,
            known_streets,
        })
    }

    /// A surname: index into [`Self::last`].
    pub fn draw_last(&self, dice: &mut Dice) -> u16 {
        self.last_weights.draw(dice) as u16
    }

    /// A given name of somebody's time: index into [`Self::first`].
    pub fn draw_first(&self, woman: bool, birth_year: i32, dice: &mut Dice) -> u16 {
        let decade = ((birth_year - FIRST_DECADE).max(0) as usize / 10).min(DECADES - 1);
        self.first_orders[usize::from(woman)][decade][self.first_weights.draw(dice)]
    }

    /// A commune in proportion to its inhabitants: index into [`Self::communes`].
    pub fn draw_commune(&self, dice: &mut Dice) -> u16 {
        self.commune_weights.draw(dice) as u16
    }

    /// Type (index into [`STREET_TYPES`]) and name of street number `street` of a commune: the same for every
    /// seed, as streets are.
    #[must_use]
    pub fn street(&self, commune: u16, street: u16) -> (usize, &Spelling) {
        let hash = mix(u64::from(commune) << 16 | u64::from(street));
        let name = self.street_weights.at(unit(mix(hash)));
        (self.street_type_weights.at(unit(hash)), &self.streets[name])
    }

    /// A street name that every French town may have.
    pub fn usual_street(&self, dice: &mut Dice) -> &str {
        &self.streets[dice.below(self.known_streets)].written
    }
}

fn unpack(packed: &[u8]) -> std::io::Result<String> {
    let mut text = String::new();
    GzDecoder::new(packed).read_to_string(&mut text)?;
    Ok(text)
}

fn damaged(what: &str, line: &str) -> std::io::Error {
    std::io::Error::other(format!("table {what}: cannot read the line `{line}`"))
}

/// The lines of a hand-written table, less its remarks.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

fn last_names() -> std::io::Result<Vec<Spelling>> {
    let mut accents: Vec<(String, &str)> = lines(include_str!("../../data/surname_accents.txt"))
        .flat_map(str::split_whitespace)
        .map(|name| (plain(name), name))
        .collect();
    accents.sort_unstable();
    let accented = |name: &str| match accents.binary_search_by(|(key, _)| key.as_str().cmp(name)) {
        Ok(index) => Spelling::new(accents[index].1),
        Err(_) => Spelling::new(name),
    };
    Ok(unpack(include_bytes!("../../data/last_names.txt.gz"))?.lines().map(accented).collect())
}

/// Given names, and for each sex and decade their order by how often they were given.
fn first_names() -> std::io::Result<(Vec<Spelling>, FirstOrders)> {
    let mut peaks: Vec<(&str, f64)> = Vec::new();
    for line in lines(include_str!("../../data/first_name_eras.txt")) {
        let (year, names) = line.split_once(':').ok_or_else(|| damaged("first_name_eras", line))?;
        let year: f64 = year.parse().map_err(|_| damaged("first_name_eras", line))?;
        peaks.extend(names.split_whitespace().map(|name| (name, year)));
    }
    peaks.sort_unstable_by(|a, b| a.0.cmp(b.0));

    let mut spellings = Vec::new();
    let mut by_sex: [Vec<(u16, Option<f64>)>; 2] = [Vec::new(), Vec::new()];
    for line in unpack(include_bytes!("../../data/first_names.csv.gz"))?.lines() {
        let (name, sex) = line.split_once(',').ok_or_else(|| damaged("first_names", line))?;
        let peak = peaks.binary_search_by(|(other, _)| (*other).cmp(name)).ok().map(|index| peaks[index].1);
        by_sex[usize::from(sex == "F")].push((spellings.len() as u16, peak));
        spellings.push(Spelling::new(name));
    }
    let orders = by_sex.map(|names| (0..DECADES).map(|decade| order_of_decade(&names, decade)).collect());
    Ok((spellings, orders))
}

/// Names sorted by their rank over the century, moved back by a bell curve of 12 years around their own time.
fn order_of_decade(names: &[(u16, Option<f64>)], decade: usize) -> Vec<u16> {
    let middle = f64::from(FIRST_DECADE) + 10.0 * decade as f64 + 5.0;
    let place = |(rank, (name, peak)): (usize, &(u16, Option<f64>))| {
        // A name that belongs to no time is about two and a half times rarer than one in its own time.
        let lateness = peak.map_or(0.9, |year| ((middle - year) / 12.0).powi(2) / 2.0);
        (((rank + 10) as f64).ln() + lateness, *name)
    };
    let mut order: Vec<_> = names.iter().enumerate().map(place).collect();
    order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    order.into_iter().map(|(_, name)| name).collect()
}

fn communes() -> std::io::Result<Vec<Commune>> {
    let text = unpack(include_bytes!("../../data/communes.csv.gz"))?;
    text.lines()
        .map(|line| {
            let fields: Vec<_> = line.split(',').collect();
            let &[city, zip, department, population] = fields.as_slice() else {
                return Err(damaged("communes", line));
            };
            let capitals = capitals(city).replace('-', " ");
            let shorten = |word| match word {
                "SAINT" => "ST",
                "SAINTE" => "STE",
                other => other,
            };
            Ok(Commune {
                city: city.to_owned(),
                shortened: capitals.split(' ').map(shorten).collect::<Vec<_>>().join(" "),
                capitals,
                zip: zip.to_owned(),
                department: department.to_owned(),
                population: population.parse().map_err(|_| damaged("communes", line))?,
                phone_zone: phone_zone(department),
            })
        })
        .collect()
}

/// The first digit of a department's landlines, by the numbering plan of 1996.
fn phone_zone(department: &str) -> u8 {
    const ZONES: [&str; 4] = [
        "75 77 78 91 92 93 94 95",
        "14 18 22 27 28 29 35 36 37 41 44 45 49 50 53 56 61 72 76 85",
        "02 08 10 21 25 39 51 52 54 55 57 58 59 60 62 67 68 70 71 80 88 89 90",
        "01 03 04 05 06 07 13 15 26 2A 2B 30 34 38 42 43 48 63 69 73 74 83 84",
    ];
    ZONES.iter().position(|zone| zone.contains(department)).map_or(5, |index| index as u8 + 1)
}

/// The streets of `street_names.txt`, then streets named after invented people.
fn streets(first: &[Spelling], last: &[Spelling]) -> (Vec<Spelling>, Weights, usize) {
    let (mut streets, mut weights, mut weight) = (Vec::new(), Vec::new(), COMMON_STREET_WEIGHT);
    for line in lines(include_str!("../../data/street_names.txt")) {
        if line.starts_with('-') {
            weight = 1.0;
        } else {
            streets.push(Spelling::new(line));
            weights.push(weight);
        }
    }
    let known = streets.len();
    for number in 0..INVENTED_STREETS as u64 {
        let hash = mix(number);
        let sex = (hash % 2) as usize * (first.len() / 2);
        let given = &first[sex + (hash >> 8) as usize % 150].written;
        let surname = &last[(hash >> 32) as usize % 3_000].written;
        streets.push(Spelling::new(&format!("{given} {surname}")));
        weights.push(1.0);
    }
    (streets, Weights::new(weights), known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_whole_and_plain_forms_are_ascii() {
        let reference = Reference::load().unwrap();
        assert_eq!((reference.last.len(), reference.first.len()), (60_000, 10_000));
        assert_eq!((reference.communes.len(), reference.known_streets), (34_310, 404));
        let names = reference.last.iter().chain(&reference.first).chain(&reference.streets);
        for spelling in names {
            assert!(spelling.capitals.is_ascii() && spelling.key.is_ascii(), "{}", spelling.written);
            assert!(!spelling.key.is_empty(), "{}", spelling.written);
        }
        assert!(reference.communes.iter().all(|commune| commune.capitals.is_ascii()));
        assert!(reference.last.iter().any(|name| name.written == "Lefèvre"));
    }

    #[test]
    fn names_follow_their_time() {
        let reference = Reference::load().unwrap();
        let rank = |name: &str, decade: usize| {
            let order = &reference.first_orders[1][decade];
            order.iter().position(|&index| reference.first[usize::from(index)].written == name).unwrap()
        };
        assert!(rank("Monique", 1) < 10 && rank("Monique", 7) > 300);
        assert!(rank("Léa", 6) < 10 && rank("Léa", 0) > 200);
    }

    #[test]
    fn cities_are_shortened_by_word() {
        let reference = Reference::load().unwrap();
        let city = reference.communes.iter().find(|commune| commune.city == "Saint-Étienne").unwrap();
        assert_eq!((city.capitals.as_str(), city.shortened.as_str()), ("SAINT ETIENNE", "ST ETIENNE"));
        assert_eq!(city.phone_zone, 4);
        assert!(reference.communes.iter().all(|commune| !commune.city.contains("Arrondissement")));
    }
}
