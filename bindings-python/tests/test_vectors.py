"""The core's vectors hold in Python, value by value and as columns."""

import json
from itertools import groupby

import pytest
from conftest import AS_OF, ROOT

import rcu

FILES = sorted((ROOT / "rcu-core" / "tests" / "vectors").glob("*.json"))


def cases(file):
    document = json.loads(file.read_text(encoding="utf-8"))
    return document.get("kind"), document["cases"]


def arguments(case):
    return {"region": case.get("region", "FR"), "as_of": AS_OF, **case.get("options", {})}


def as_lists(table):
    return list(zip(table["value"], table["status"], table["codes"], strict=True))


def differs(case, value, status, codes, extra=None):
    got = {"value": value, "status": status, "codes": list(codes)}
    wrong = any(case[k] != got[k] for k in got if k in case)
    if extra is not None:
        wrong = wrong or any(extra.get(k) != v for k, v in case.get("extra", {}).items())
    return (case, got) if wrong else None


def test_there_are_vectors():
    assert len(FILES) >= 20


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_values(file):
    kind, all_cases = cases(file)
    answers = ((c, rcu.normalize(kind, c["raw"], **arguments(c))) for c in all_cases)
    assert [d for c, a in answers if (d := differs(c, *a))] == []


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_columns(file):
    kind, all_cases = cases(file)
    by_arguments = groupby(sorted(all_cases, key=lambda c: repr(arguments(c))), arguments)
    for given, group in ((a, list(g)) for a, g in by_arguments):
        answers = as_lists(rcu.normalize(kind, [c["raw"] for c in group], **given))
        assert [d for c, a in zip(group, answers, strict=True) if (d := differs(c, *a))] == []
