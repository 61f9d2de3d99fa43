"""What `normalize`, `normalize_record` and `check_entry` take and give."""

import dataclasses
import datetime
import itertools
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import rcu


def test_a_value_unpacks_and_is_frozen():
    got = rcu.normalize("phone", "06 30 12 45 78")
    value, status, codes, extra = got
    assert (value, status, codes, extra["line_type"]) == ("+33630124578", "ok", (), "mobile")
    assert hash(got) == hash(rcu.normalize("phone", "06 30 12 45 78"))
    with pytest.raises(dataclasses.FrozenInstanceError):
        got.value = "x"


def test_nothing_is_empty():
    assert rcu.normalize("email", None) == rcu.normalize("email", "  ") == rcu.Normalized(None, "empty")


def test_no_text_raises():
    """Lone surrogates cannot be written as UTF-8: bad data is a result all the same."""
    for kind in rcu.KINDS:
        assert rcu.normalize(kind, "\ud800\x00\U0010ffff'").status in {"ok", "corrected", "rejected", "empty"}
        assert len(rcu.normalize(kind, ["\ud800", "\x00", None])) == 3


def test_the_day_decides():
    born = {"kind": "birth_date", "value": "01/01/2030"}
    assert rcu.normalize(**born, as_of="2029-12-31").codes == ("future_date",)
    assert rcu.normalize(**born, as_of=datetime.date(2031, 1, 1)).value == "2030-01-01"


def test_regions_and_options():
    assert rcu.normalize("phone", "0470 12 34 56", region="be").value == "+32470123456"
    assert rcu.normalize("date", "02/03/2026").value == "2026-03-02"
    assert rcu.normalize("date", "02/03/2026", date_order="MDY").value == "2026-02-03"
    assert rcu.normalize("amount", "1.234", decimal_separator=",").value.startswith("1234")


LISTS = {"titles": {"SIEUR": "M"}, "internal_emails": ["@maison.fr"]}


def test_own_lists_reach_values_columns_records_and_entries():
    assert rcu.normalize("civility", "Sieur").status == "rejected"
    assert rcu.normalize("civility", "Sieur", lists=LISTS).value == "M"
    assert rcu.normalize("civility", ["Sieur", None], lists=LISTS)["value"] == ["M", None]
    record = {"civility": "Sieur", "email": "zoe@maison.fr"}
    assert rcu.normalize_record(record, lists=LISTS)["email"].codes == ("internal_contact",)
    entry = rcu.check_entry(record, {"codes": {"internal_contact": "warn"}}, lists=LISTS)
    assert [remark.code for remark in entry.remarks] == ["internal_contact"]
    assert entry.record["civility"].value == "M"
    assert rcu.normalize("civility", "Sieur", lists=None).status == "rejected"


def test_own_lists_are_compiled_once():
    first = time.process_time()
    rcu.normalize("civility", "Sieur", lists=LISTS | {"epicene": ["LOU"]})
    first = time.process_time() - first
    then = time.process_time()
    for _ in range(50):
        rcu.normalize("civility", "Sieur", lists=LISTS | {"epicene": ["LOU"]})
    assert (time.process_time() - then) / 50 < first


def test_files_of_own_lists_are_read(tmp_path):
    file = tmp_path / "nobody.txt"
    file.write_text("CLIENT MYSTERE\n", encoding="utf-8")
    lists = {"placeholder_names": {"file": str(file)}}
    assert rcu.normalize("last_name", "Client Mystère", lists=lists).codes == ("placeholder",)


def test_problems_of_own_lists_are_all_said():
    with pytest.raises(rcu.ConfigError) as error:
        rcu.normalize("civility", "x", lists={"titels": {}, "titles": {"BOSS": 3}})
    assert len(error.value.problems) == 2
    with pytest.raises(rcu.ConfigError, match="cannot be read"):
        rcu.normalize("civility", "x", lists={"placeholder_names": {"file": "not/there.txt"}})


@pytest.mark.parametrize(
    "given",
    [
        {"region": "FRA"},
        {"as_of": "21/11/2026"},
        {"as_of": datetime.datetime(2026, 11, 21, 23, 59)},
        {"decimal_separator": ";"},
        {"date_order": "DYM"},
    ],
)
def test_bad_options_are_said(given):
    (name,) = given
    for value in ["x", ["x"]]:
        with pytest.raises(rcu.ArgumentError, match=name):
            rcu.normalize("date", value, **given)


def test_an_unknown_kind_names_the_nearest():
    with pytest.raises(rcu.UnknownKindError, match="did you mean `phone`"):
        rcu.normalize("phnoe", "x")
    with pytest.raises(rcu.UnknownKindError):
        rcu.normalize("phnoe", ["x"])


@pytest.mark.parametrize("value", [3, b"x", {"a": 1}, {"x"}, object()])
def test_other_types_are_refused(value):
    with pytest.raises(TypeError, match=f"value is {type(value).__name__}"):
        rcu.normalize("phone", value)


def test_a_wrong_item_is_named_by_its_place():
    with pytest.raises(TypeError, match=r"column\[1\] is int; give str or None"):
        rcu.normalize("phone", ["Dupont", 3])


def test_a_column_answers_as_its_values_do():
    raw = ["06 30 12 45 78", None, "abc", "", "06 30 12 45 78", "+33 6 30 12 45 78"]
    table = rcu.normalize("phone", raw)
    assert table.column_names == ["value", "status", "codes"]
    assert len(table) == len(raw)
    one_by_one = [rcu.normalize("phone", r) for r in raw]
    assert table["value"] == [n.value for n in one_by_one]
    assert table["status"] == [n.status for n in one_by_one]
    assert table["codes"] == [list(n.codes) for n in one_by_one]
    assert len(rcu.normalize("phone", ())) == 0


def test_a_record_moves_and_splits():
    record = rcu.normalize_record({"name": "M. Jean DUPONT", "phone": ["0630124578", "01 42 68 53 00"], "email": None})
    assert [record[f].value for f in ("civility", "first_name", "last_name")] == ["M", "JEAN", "DUPONT"]
    assert (record["mobile"].value, record["landline"].value) == ("+33630124578", "+33142685300")
    assert record["email"].status == "empty"
    assert record["mobile"].others == ()


def test_records_say_what_is_no_field():
    with pytest.raises(rcu.ArgumentError, match="did you mean `last_name`"):
        rcu.normalize_record({"lastname": "x"})
    with pytest.raises(TypeError, match=r"field `postcode`\[0\] is int"):
        rcu.normalize_record({"postcode": 75001})


def test_an_entry_is_accepted_warned_or_blocked():
    policy = {"mandatory": ["last_name"], "desired": ["siret"], "codes": {"bad_checksum": "block"}}
    fine = rcu.check_entry({"last_name": "Roy", "siret": "73282932000074"}, policy)
    assert (fine.verdict, fine.remarks, fine.record["siret"].value) == ("accept", (), "73282932000074")
    missing = rcu.check_entry({"last_name": "Roy"}, policy)
    assert (missing.verdict, missing.remarks[0].code) == ("warn", "missing")
    assert rcu.check_entry({"last_name": "Roy", "siret": "73282932000075"}, policy).verdict == "block"
    assert rcu.check_entry({"last_name": "INCONNU"}, policy).remarks[0].field == "last_name"
    assert rcu.check_entry({"last_name": "Roy"}).verdict == "accept"


@pytest.mark.parametrize("policy", [{"mandatory": ["nom"]}, {"codes": {"bad_cheksum": "block"}}, {"must": []}, [1]])
def test_a_bad_policy_is_said(policy):
    with pytest.raises(rcu.ArgumentError):
        rcu.check_entry({"last_name": "Roy"}, policy)


def test_threads_agree_and_run_beside_each_other():
    raw = [f"06 30 {i % 97:02} 45 {i % 89:02}" for i in range(20_000)]
    alone = rcu.normalize("phone", raw).to_pylist()
    with ThreadPoolExecutor(2) as pool:
        together = list(pool.map(lambda _: rcu.normalize("phone", raw).to_pylist(), range(4)))
    assert all(t == alone for t in together)


def test_the_interpreter_is_released():
    """Another thread's Python code goes on while a column is normalised."""
    raw = rcu.Table({"value": [f"{i} bis rue de la Paix, Bâtiment {i}" for i in range(150_000)]})
    ticks = [time.perf_counter()]
    with ThreadPoolExecutor(1) as pool:
        work = pool.submit(rcu.normalize, "street", raw)
        while not work.done():
            ticks.append(time.perf_counter())
    assert len(work.result()) == 150_000
    gaps = [after - before for before, after in itertools.pairwise(ticks)]
    assert max(gaps) < sum(gaps) / 2
