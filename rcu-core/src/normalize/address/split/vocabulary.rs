//! Words of the names of ways that tell where a name may end, for texts without separators.

const LINKS: &[&str] = &[
    "A", "EN", "SUR", "SOUS", "LEZ", "LES", "CHEZ", "PAR", "VERS", "SAINT", "SAINTE", "ST", "STE", "S",
    "KER", "SANS", "ENTRE", "AVEC",
];

const ADJECTIVES: &[&str] = &[
    "BEAU", "BEL", "BELLE", "BELLES", "BEAUX", "BON", "BONNE", "BONS", "GRAND", "GRANDE", "GRANDS",
    "GRANDES", "GROS", "GROSSE", "PETIT", "PETITE", "PETITS", "PETITES", "VIEUX", "VIEIL", "VIEILLE",
    "VIEILLES", "ANCIEN", "ANCIENNE", "NOUVEAU", "NOUVELLE", "HAUT", "HAUTE", "HAUTS", "HAUTES", "BAS",
    "BASSE", "BASSES", "JEUNE", "PREMIER", "PREMIERE", "DEMI",
];

const COUNTS: &[&str] =
    &["DEUX", "TROIS", "QUATRE", "CINQ", "SIX", "SEPT", "HUIT", "NEUF", "DIX", "DOUZE", "QUINZE", "CENT"];

const PLACE_NOUNS: &[&str] = &[
    "ABBAYE",
    "BOIS",
    "BOURG",
    "BUTTE",
    "CHAMP",
    "CHAMPS",
    "CHAPELLE",
    "CHATEAU",
    "CITE",
    "CLOS",
    "COTE",
    "COTEAU",
    "COUR",
    "CROIX",
    "EGLISE",
    "FAUBOURG",
    "FERME",
    "FONT",
    "FONTAINE",
    "FORT",
    "HAMEAU",
    "HOPITAL",
    "HOTEL",
    "ILE",
    "LOTISSEMENT",
    "MAS",
    "MONT",
    "MOULIN",
    "PARC",
    "PLAINE",
    "PONT",
    "PORT",
    "PORTE",
    "PRIEURE",
    "QUARTIER",
    "RESIDENCE",
    "ROC",
    "TOUR",
    "VAL",
    "VALLEE",
];

const ORDINARY: &[&str] = &[
    "AIR",
    "ANGE",
    "ANGLES",
    "AUBE",
    "BAINS",
    "BALLON",
    "BAR",
    "BARON",
    "BARRE",
    "BASSES",
    "BOIS",
    "BONNET",
    "BORDES",
    "BORNE",
    "BOUILLON",
    "BOURG",
    "BRUYERES",
    "BUISSON",
    "BULLES",
    "CAMPAGNE",
    "CERCLES",
    "CHAMPAGNE",
    "CHAMPS",
    "CHAPEAU",
    "CHARME",
    "CHATEAU",
    "CHEMIN",
    "CHOUX",
    "COLOMBE",
    "COLOMBIER",
    "COMBES",
    "CORPS",
    "COUCHES",
    "COUTURE",
    "CREUSE",
    "DON",
    "DURANCE",
    "ECOLE",
    "ETABLES",
    "FONTAINES",
    "FORCE",
    "FORGES",
    "FOSSE",
    "FOURCHES",
    "FOURS",
    "FRANCOIS",
    "GRAND",
    "GRANGES",
    "GRAS",
    "HOMMES",
    "HOUX",
    "JUMEAUX",
    "LACS",
    "LANDES",
    "LOIRE",
    "LONG",
    "LYS",
    "MAIRE",
    "MAISONS",
    "MARCHES",
    "MARIE",
    "MARS",
    "MERE",
    "MERLES",
    "MONT",
    "MONTAGNE",
    "MURS",
    "NOYERS",
    "PERE",
    "PIERRES",
    "PIN",
    "PLACE",
    "PLAINE",
    "PLAN",
    "PLANCHES",
    "PONT",
    "PONTS",
    "PORT",
    "PORTES",
    "PREMIERES",
    "PUITS",
    "RIVIERE",
    "RIVIERES",
    "ROCHE",
    "ROCHER",
    "ROCHES",
    "ROUGE",
    "RUE",
    "SABLONS",
    "SALES",
    "SALINS",
    "SAULES",
    "VERGES",
    "VERS",
    "VERT",
    "VIEUX",
    "VIGNES",
    "VILLE",
    "VILLES",
    "VIVES",
    "VUE",
];

/// Words that join what precedes to what follows.
pub(super) fn is_link(word: &str) -> bool {
    LINKS.contains(&word)
}

/// Adjectives that stand before their noun.
pub(super) fn is_adjective(word: &str) -> bool {
    ADJECTIVES.contains(&word) || is_count(word) || word.ends_with("IEME")
}

/// A number in letters.
pub(super) fn is_count(word: &str) -> bool {
    COUNTS.contains(&word)
}

/// Nouns of places that commonly take another name behind them.
pub(super) fn is_place_noun(word: &str) -> bool {
    PLACE_NOUNS.contains(&word)
}

/// Ordinary words of the names of ways that are also the names of small communes.
pub(super) fn is_ordinary(word: &str) -> bool {
    ORDINARY.contains(&word)
}
