"""What the tests share: where things are, and one resolution of the example retailer."""

from pathlib import Path

import pytest

import rcu

ROOT = Path(__file__).resolve().parents[2]
AS_OF = "2026-11-21"
TABLES = [
    "golden",
    "crosswalk",
    "links",
    "review",
    "aggregates",
    "rejects",
    "provenance",
    "consents",
    "shared",
    "households",
]


@pytest.fixture(scope="session")
def retail() -> Path:
    return ROOT / "examples" / "retail.toml"


@pytest.fixture(scope="session")
def retailer(retail: Path) -> rcu.Resolution:
    return rcu.resolve(retail, progress=False)


@pytest.fixture
def shop() -> dict:
    """A configuration of two sources without files."""
    fields = {"last_name": "nom", "first_name": "prenom", "email": "mail", "mobile": "tel"}
    return {"sources": {"till": {"id": "no", "fields": fields}, "web": {"id": "no", "fields": fields}}}


@pytest.fixture
def rows() -> dict:
    """Rows of both sources: Zoé is in both, Ana only on the web."""
    return {
        "till": {
            "no": ["1"],
            "nom": ["ROY"],
            "prenom": ["Zoé"],
            "mail": ["zoe.roy@orange.fr"],
            "tel": ["06 30 12 45 78"],
        },
        "web": {
            "no": ["7", "8"],
            "nom": ["Roy", "Blum"],
            "prenom": ["zoe", "Ana"],
            "mail": ["Zoe.Roy@orange.fr", "ana.blum@free.fr"],
            "tel": [None, "0744038991"],
        },
    }
