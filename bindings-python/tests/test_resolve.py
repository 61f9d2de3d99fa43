"""The whole path: from files, from tables, watched, stopped, written."""

import _thread
import csv
import io
import json
import threading
import tomllib
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import AS_OF, ROOT, TABLES

import rcu


def ipc(table) -> bytes:
    """A table's bytes as an Arrow stream."""
    table = pa.table(table)
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def same(a: rcu.Resolution, b: rcu.Resolution, tables=TABLES):
    assert a.summary == b.summary
    for name in tables:
        assert ipc(getattr(a, name)) == ipc(getattr(b, name)), name


def read_csv(path, delimiter):
    """A file as text columns, read by Python's own reader."""
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252")
    header, *lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return pa.table({name: pa.array([line[i] for line in lines]) for i, name in enumerate(header)})


@pytest.fixture(scope="module")
def tables(retail):
    sources = tomllib.loads(retail.read_text())["sources"]
    paths = {name: retail.parent / source["path"] for name, source in sources.items()}
    delimiters = {name: ";" if b";" in path.read_bytes().split(b"\n")[0] else "," for name, path in paths.items()}
    return {name: read_csv(path, delimiters[name]) for name, path in paths.items()}


def test_the_example_reconciles(retailer):
    summary = retailer.summary
    assert retailer.reconciles
    assert summary["records"] == len(retailer.crosswalk) == 5000
    assert summary["people"] == len(retailer.golden) == len(retailer.aggregates) == len(retailer.households)
    assert set(retailer.crosswalk["golden_id"]) == set(retailer.golden["golden_id"])
    assert summary["revenue"]["revenue_in_minor"] == sum(
        summary["revenue"][k] for k in ("attributed_minor", "orphans_minor", "anonymous_minor")
    )
    assert repr(retailer) == f"rcu.Resolution(5000 records, {summary['people']} people, {summary['households']} households)"


def test_files_and_tables_give_the_same_bytes(retail, retailer, tables):
    from_tables = rcu.resolve(retail, tables, progress=False)
    # Rejects tell the line of a file or the row of a table.
    same(retailer, from_tables, [name for name in TABLES if name != "rejects"])
    assert retailer.rejects["code"] == from_tables.rejects["code"]


def test_order_parts_and_forms_make_no_difference(retail, retailer, tables):
    turned = {}
    for name, table in reversed(tables.items()):
        table = table.take(list(range(table.num_rows - 1, -1, -1)))
        columns = {n: table[n].dictionary_encode() if i % 2 else table[n].cast(pa.large_string()) for i, n in enumerate(table.column_names)}
        turned[name] = [pa.table(columns).slice(0, 100), rcu.Table(pa.table(columns).slice(100))]
    turned.pop("stores")
    same(retailer, rcu.resolve(retail, turned, progress=False))


def test_households_stand_together(retailer):
    households = retailer.households["household_id"]
    seen = [h for i, h in enumerate(households) if i == 0 or households[i - 1] != h]
    assert len(seen) == len(set(seen)) == retailer.summary["households"]
    pairs = zip(retailer.golden["golden_id"], retailer.golden["household_id"], strict=True)
    assert sorted(pairs) == sorted(zip(retailer.households["golden_id"], households, strict=True))


def test_written_files_are_the_tables(retailer, tmp_path):
    folder = tmp_path / "deep" / "out"
    retailer.write(folder)
    for name in (t for t in TABLES if t != "households"):
        file, table = pq.read_table(folder / f"{name}.parquet"), pa.table(getattr(retailer, name))
        assert file.schema.equals(table.schema)
        assert file.to_pylist() == table.to_pylist(), name
    assert json.loads((folder / "summary.json").read_text()) == retailer.summary
    assert (folder / "report.html").read_text() == retailer.report()
    again = tmp_path / "again"
    retailer.write(again)
    assert {f.name: f.read_bytes() for f in folder.iterdir()} == {f.name: f.read_bytes() for f in again.iterdir()}
    with pytest.raises(rcu.IoError):
        retailer.write(folder / "golden.parquet")


def test_the_report_is_one_page_and_shows_in_a_frame(retailer, tmp_path):
    page = retailer.report(tmp_path / "report.html")
    assert page.startswith("<!doctype html>")
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == page
    frame = retailer._repr_html_()
    assert frame.startswith("<iframe srcdoc=")
    assert frame.count("<") == 2


def test_evaluation_takes_paths_and_tables(retailer):
    truth = ROOT / "examples" / "data" / "truth.csv"
    by_path = retailer.evaluate(truth)
    assert by_path["records"] == 5000
    assert by_path["true_positive_pairs"] <= by_path["predicted_pairs"]
    labels = read_csv(truth, ",")
    split = [r.split("|", 1) for r in labels["rec_id"].to_pylist()]
    for given in (
        str(truth),
        labels,
        {"rec_id": labels["rec_id"].to_pylist(), "person_id": labels["person_id"].to_pylist()},
        rcu.Table({"source": [s for s, _ in split], "record_id": [r for _, r in split], "person_id": labels["person_id"].to_pylist()}),
    ):
        assert retailer.evaluate(given) == by_path
    crosswalk = {**pa.table(retailer.crosswalk).to_pydict(), "person_id": retailer.crosswalk["golden_id"]}
    perfect = retailer.evaluate({k: crosswalk[k] for k in ("source", "record_id", "person_id")})
    assert (perfect["f1"], perfect["b3_f1"]) == (1.0, 1.0)
    with pytest.raises(rcu.SchemaError, match="person_id"):
        retailer.evaluate({"rec_id": ["a|b"]})
    with pytest.raises(rcu.IoError):
        retailer.evaluate("none.csv")


def test_labelled_pairs_are_judged(retailer):
    links = retailer.links.to_pylist()[:20]
    columns = ("source_a", "record_id_a", "source_b", "record_id_b")
    pairs = {c: [link[c] for link in links] for c in columns} | {"label": [1] * 15 + [0] * 5}
    quality = retailer.evaluate(pairs)
    assert (quality["pairs"], quality["precision"], quality["recall"]) == (20, 0.75, 1.0)
    with pytest.raises(rcu.ArgumentError, match="label"):
        retailer.evaluate(pairs | {"label": ["perhaps"] * 20})


def test_pairs_are_explained(retailer):
    waiting = retailer.review.to_pylist()[0]
    a, b = ((waiting[f"source_{x}"], waiting[f"record_id_{x}"]) for x in "ab")
    found = retailer.explain(a, b)
    assert found["outcome"] == "review"
    assert waiting["reason"] in [p["reason"] for p in found["passes"]]
    assert found == retailer.explain(b, a)
    values = {v["field"]: v["a"] for v in found["values"]}
    assert values["last_name"][0].endswith("***")
    clear = {v["field"]: v["a"] for v in retailer.explain(a, b, clear=True)["values"]}
    assert not clear["last_name"][0].endswith("***")
    with pytest.raises(rcu.UnknownSourceError, match="web"):
        retailer.explain(("wbe", "1"), b)
    with pytest.raises(rcu.ArgumentError, match="no record"):
        retailer.explain(("web", "none"), b)


def test_rows_may_come_as_lists(shop, rows):
    found = rcu.resolve(shop, rows, as_of=AS_OF)
    assert (found.summary["records"], found.summary["people"]) == (3, 2)
    by_record = {(r["source"], r["record_id"]): r["golden_id"] for r in found.crosswalk.to_pylist()}
    assert by_record["till", "1"] == by_record["web", "7"] != by_record["web", "8"]


def test_bad_rows_are_results(shop, rows):
    rows["web"]["no"][1] = None
    found = rcu.resolve(shop, rows)
    assert found.rejects["code"] == ["missing_id"]
    assert found.summary["sources"]["web"]["rejected"] == 1


def test_paths_are_relative_to_the_configuration_or_to_input(shop, rows, tmp_path, monkeypatch):
    data = tmp_path / "data"
    data.mkdir()
    for name, columns in rows.items():
        pq.write_table(pa.table(columns), data / f"{name}.parquet")
        shop["sources"][name]["path"] = f"data/{name}.parquet"
    config = tmp_path / "config.json"
    config.write_text(json.dumps(shop))
    want = rcu.resolve(shop, rows, as_of=AS_OF)
    same(want, rcu.resolve(config, as_of=AS_OF))
    same(want, rcu.resolve(shop, input=tmp_path, as_of=AS_OF))
    same(want, rcu.resolve(shop, {"till": rows["till"]}, input=str(tmp_path), as_of=AS_OF))
    monkeypatch.chdir(tmp_path)
    same(want, rcu.resolve(shop, as_of=AS_OF))


def test_requests_that_cannot_be_met_are_said(shop, rows, tmp_path):
    with pytest.raises(rcu.NoInputError, match="`till` has no input"):
        rcu.resolve(shop, {"web": rows["web"]})
    with pytest.raises(rcu.UnknownSourceError, match="did you mean `web`"):
        rcu.resolve(shop, {**rows, "weeb": rows["web"]})
    with pytest.raises(rcu.SchemaError, match="column `mail` is missing"):
        rcu.resolve(shop, {**rows, "web": {k: v for k, v in rows["web"].items() if k != "mail"}})
    with pytest.raises(rcu.ArgumentError, match="no text form"):
        rcu.resolve(shop, {**rows, "web": pa.table({**rows["web"], "mail": [["a"], ["b"]]})})
    with pytest.raises(rcu.ArgumentError, match="as_of"):
        rcu.resolve(shop, rows, as_of="tomorrow")
    with pytest.raises(TypeError, match="not a table"):
        rcu.resolve(shop, {**rows, "web": 3})
    shop["sources"]["web"]["path"] = "web.csv"
    with pytest.raises(FileNotFoundError, match="web.csv"):
        rcu.resolve(shop, {"till": rows["till"]}, input=tmp_path)


def test_columns_that_no_field_reads_may_be_anything(shop, rows):
    wide = pa.table({**rows["web"], "basket": [["a"], ["b"]]})
    assert rcu.resolve(shop, {**rows, "web": wide}, as_of=AS_OF).summary["people"] == 2


def test_progress_is_told_rarely_and_in_the_callers_thread(retail):
    told, threads = [], set()

    def progress(stage, done, total):
        told.append((stage, done, total))
        threads.add(threading.get_ident())

    rcu.resolve(retail, progress=progress)
    stages = list(dict.fromkeys(stage for stage, _, _ in told))
    assert stages[:3] == ["read", "normalise", "match"]
    assert ("normalise", 5000, 5000) in told
    assert len(told) < 200
    assert threads == {threading.get_ident()}


def test_an_exception_in_progress_stops_the_run(retail):
    def progress(stage, done, total):
        if stage == "match":
            raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        rcu.resolve(retail, progress=progress)


def test_a_run_can_be_interrupted(retail):
    def progress(stage, done, total):
        if stage == "normalise":
            _thread.interrupt_main()

    with pytest.raises(KeyboardInterrupt):
        rcu.resolve(retail, progress=progress)


def test_progress_is_a_function_or_nothing(shop, rows):
    with pytest.raises(TypeError, match="progress"):
        rcu.resolve(shop, rows, progress="bar")
    assert rcu.resolve(shop, rows, progress=True, as_of=AS_OF).summary["people"] == 2


def test_threads_may_resolve_and_read_at_once(retail, retailer):
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: rcu.resolve(retail, progress=False), range(2)))
        golden = list(pool.map(lambda _: ipc(both[0].golden), range(4)))
    same(both[0], both[1])
    same(both[0], retailer)
    assert set(golden) == {ipc(retailer.golden)}
