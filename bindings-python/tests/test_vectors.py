"""The core's vectors hold in Python, value by value and as columns."""

import json
from itertools import groupby

import pytest
from conftest import AS_OF, ROOT

import rcu

DOCUMENTS = {
    file.stem: json.loads(file.read_text(encoding="utf-8"))
    for file in sorted((ROOT / "rcu-core" / "tests" / "vectors").glob("*.json"))
}
KINDS = [name for name, document in DOCUMENTS.items() if "kind" in document]


def cases(name):
    return DOCUMENTS[name]["kind"], DOCUMENTS[name]["cases"]


def record_cases(function):
    documents = (d for d in DOCUMENTS.values() if d.get("function") == function)
    return [pytest.param(case, id=case["name"]) for document in documents for case in document["cases"]]


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
    assert len(KINDS) >= 20
    assert len(record_cases("normalize_record")) >= 30
    assert len(record_cases("check_entry")) >= 15


@pytest.mark.parametrize("name", KINDS)
def test_values(name):
    kind, all_cases = cases(name)
    answers = ((c, rcu.normalize(kind, c["raw"], **arguments(c))) for c in all_cases)
    assert [d for c, a in answers if (d := differs(c, *a))] == []


@pytest.mark.parametrize("name", KINDS)
def test_columns(name):
    kind, all_cases = cases(name)
    by_arguments = groupby(sorted(all_cases, key=lambda c: repr(arguments(c))), arguments)
    for given, group in ((a, list(g)) for a, g in by_arguments):
        answers = as_lists(rcu.normalize(kind, [c["raw"] for c in group], **given))
        assert [d for c, a in zip(group, answers, strict=True) if (d := differs(c, *a))] == []


@pytest.mark.parametrize("case", record_cases("normalize_record"))
def test_records(case):
    record = rcu.normalize_record(case["record"], region=case.get("region", "FR"), as_of=AS_OF)
    got = {}
    for name, first in record.items():
        values = [v for v in (first, *first.others) if v.status != "empty"]
        if values:
            got[name] = [{"value": v.value, "status": v.status, "codes": list(v.codes)} for v in values]
    assert got == case["ok"]


@pytest.mark.parametrize("case", record_cases("check_entry"))
def test_entries(case):
    answer = rcu.check_entry(case["record"], case["policy"], region=case.get("region", "FR"), as_of=AS_OF)
    fields = ("field", "code", "verdict", "suggestion")
    remarks = [{k: getattr(r, k) for k in fields if getattr(r, k) is not None} for r in answer.remarks]
    assert {"verdict": answer.verdict, "remarks": remarks} == case["ok"]
