//! The fuzz corpus on a stable compiler: every file, and seeded mutations of it, through the checks that the
//! libFuzzer targets run (`fuzz/`).

#[path = "../../fuzz/src/checks.rs"]
mod checks;

use std::path::Path;

/// Mutants made of each file.
const MUTANTS: usize = 24;

/// Files of a target's corpus by name, in order.
fn corpus(target: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut files: Vec<(String, String)> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            (path.file_name().unwrap().to_string_lossy().into_owned(), text)
        })
        .collect();
    files.sort();
    assert!(files.len() >= 30, "{target} has {} files only", files.len());
    files
}

/// Marsaglia's xorshift64: the same mutants on every machine.
struct Dice(u64);

impl Dice {
    fn of(name: &str) -> Dice {
        // FNV-1a, so that a file keeps its mutants when others come.
        Dice(
            name.bytes()
                .fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3))
                | 1,
        )
    }

    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n.max(1) as u64) as usize
    }
}

/// What a mutation puts in: marks that rules read, blanks, letters that fold to none or two, digits of other scripts.
const INSERTED: &[&str] = &[
    " ",
    "\u{a0}",
    "\n",
    "\0",
    "\u{200b}",
    "\u{301}",
    "\u{202e}",
    "0",
    "9",
    "٣",
    "A",
    "é",
    "ß",
    "İ",
    "Ǆ",
    "'",
    "’",
    "-",
    "–",
    ".",
    ",",
    ";",
    ":",
    "/",
    "|",
    "(",
    ")",
    "[",
    "\"",
    "&",
    "+",
    "@",
    "#",
    "%",
    "€",
    "°",
    "_",
    "=",
    "?",
    "\u{fffd}",
    "M. ",
    " née ",
    " ET ",
    "CEDEX ",
    "BP ",
    "N° ",
    "+33",
    "00",
    "E+",
    "T00:00:00Z",
    "李",
    "👩‍👧",
];

/// `text` with one to three slips: characters dropped, doubled, exchanged, put in, or a piece taken from elsewhere.
fn mutant(text: &str, others: &[(String, String)], dice: &mut Dice) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..=dice.below(3) {
        let at = dice.below(chars.len() + 1);
        match dice.below(6) {
            0 if at < chars.len() => drop(chars.remove(at)),
            1 if at < chars.len() => chars.insert(at, chars[at]),
            2 if at + 1 < chars.len() => chars.swap(at, at + 1),
            3 => chars.truncate(at),
            4 => {
                let other = &others[dice.below(others.len())].1;
                let from = dice.below(other.chars().count());
                let piece: Vec<char> = other.chars().skip(from).take(1 + dice.below(24)).collect();
                chars.splice(at..at, piece);
            }
            _ => {
                let piece: Vec<char> = INSERTED[dice.below(INSERTED.len())].chars().collect();
                chars.splice(at..at, piece);
            }
        }
    }
    chars.into_iter().collect()
}

/// Each file with its mutants.
fn texts(target: &str) -> Vec<(String, Vec<String>)> {
    let files = corpus(target);
    let mutants = |name: &str, text: &str| {
        let mut dice = Dice::of(name);
        (0..MUTANTS).map(|_| mutant(text, &files, &mut dice)).collect()
    };
    files.iter().map(|(name, text)| (text.clone(), mutants(name, text))).collect()
}

#[test]
fn every_kind_takes_every_text() {
    let contexts = checks::contexts();
    assert_eq!(contexts.len(), checks::REGIONS.len());
    for (n, (text, mutants)) in texts("normalize").iter().enumerate() {
        checks::normalize(text, &contexts);
        for line in text.lines().filter(|line| line.len() < text.len()).take(40) {
            checks::normalize(line, &contexts[..1]);
        }
        for (m, mutant) in mutants.iter().enumerate() {
            let at = (n + m) % contexts.len();
            checks::normalize(mutant, &contexts[..1]);
            checks::normalize(mutant, &contexts[at..=at]);
        }
    }
}

#[test]
fn every_record_is_normalised_and_its_values_are_kept() {
    let contexts = checks::contexts();
    for (n, (text, mutants)) in texts("record").iter().enumerate() {
        let cx = &contexts[n % contexts.len()];
        for text in mutants.iter().chain([text]) {
            checks::record(text, &contexts[0]);
            checks::record(text, cx);
        }
    }
    for (_, text) in corpus("normalize") {
        checks::record(&text, &contexts[0]);
    }
}

#[test]
fn every_configuration_is_read_or_refused() {
    for (text, mutants) in texts("config") {
        checks::config(&text);
        mutants.iter().for_each(|mutant| checks::config(mutant));
    }
}

#[test]
fn the_corpus_stays_small() {
    let all: Vec<(String, String)> =
        ["normalize", "record", "config"].iter().flat_map(|t| corpus(t)).collect();
    assert!(all.len() <= 300, "{} files", all.len());
    assert!(all.iter().map(|(_, text)| text.len()).sum::<usize>() <= 200_000);
}
