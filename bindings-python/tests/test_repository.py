"""A repository that is kept: the same answers as the program, shared by threads, in order whatever happens."""

import json
import os
import shutil
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest
from conftest import ROOT

import rcu

COLUMNS = ("id", "nom", "prenom", "mail", "tel")
CRM = [
    ("c1", "DUPONTEL", "Marie", "marie.dupontel@free.fr", "0630124578"),
    ("c2", "MARTINET", "Paul", "paul.martinet@orange.fr", "0688776655"),
]
TILL = [
    ("t1", "Dupontel", "Marie", "marie.dupontel@free.fr", None),
    ("t2", "LEGOFFIC", "Yann", "yann.legoffic@laposte.net", "0677889911"),
]


def columns(rows):
    return {name: [row[i] for row in rows] for i, name in enumerate(COLUMNS)}


@pytest.fixture
def config():
    fields = {"last_name": "nom", "first_name": "prenom", "email": "mail", "mobile": "tel"}
    source = {"id": "id", "fields": fields}
    return {
        "rcu": {"as_of": "2026-11-21"},
        "sources": {"crm": {**source, "path": "crm.csv"}, "till": {**source, "path": "till.csv"}},
    }


@pytest.fixture
def kept(config, tmp_path):
    with rcu.Repository.open(tmp_path / "rcu.db", config, create=True, by="odile") as repository:
        repository.upsert({"crm": columns(CRM), "till": columns(TILL)}, reason="first rows")
        yield repository


def golden_id(repository, record):
    return repository.view360(record)["golden_id"]


def test_a_repository_lives_from_its_first_rows_to_an_erasure(kept):
    marie = golden_id(kept, "crm:c1")
    assert golden_id(kept, "till:t1") == marie
    again = kept.upsert({"crm": columns(CRM)})
    assert [r["code"] for r in again["rejects"]] == ["duplicate_delivery"] * 2

    hit = kept.search("dupontle marie")["hits"][0]
    assert hit["golden_id"] == marie
    assert "marie.dupontel@free.fr" not in json.dumps(hit)
    assert kept.search({"phone": "06 30 12 45 78"}, role="admin")["hits"][0]["golden_id"] == marie

    kept.decide(("crm", "c1"), ("till", "t1"), "different", reason="two sisters")
    assert golden_id(kept, "till:t1") != marie
    assert [d["answer"] for d in kept.decisions()] == ["different"]
    kept.cancel(("crm", "c1"), ("till", "t1"))
    assert golden_id(kept, "till:t1") == marie

    kept.lock(marie, "first_name", "Marie-Claire", reason="she says so")
    kept.rename("crm", "c1", "c9")
    golden = {row["golden_id"]: row for row in kept.tables()["golden"].to_pylist()}
    assert golden[marie]["first_name"] == "MARIE CLAIRE"
    assert len(kept.locks()) == 1
    kept.unlock(marie, "first_name", "Marie-Claire", reason="a slip")
    assert kept.locks() == []

    assert kept.deliver("crm", columns(CRM[:0]))["withheld"]
    assert kept.deliver("crm", columns([("c9", *CRM[0][1:])]), confirm=True)["records"]["gone"] == 1
    assert kept.delete("till", "t2")["feed"] == {"deleted": 1}
    assert kept.history(marie)["leads_to"] == marie
    assert kept.records_at("crm:c9", "2026-01-01")["golden_id"] is None

    assert kept.erase(marie, dry_run=True) == {"golden_id": marie, "records": 2, "facts": 0}
    erased = kept.erase(marie, reason="request 12")
    assert erased["traces"]["left"] == 0
    back = kept.upsert({"till": columns(TILL[:1])})
    assert [r["code"] for r in back["rejects"]] == ["erased_subject"]
    assert kept.readmit(erased["erasure"]["number"], "form 12")["lifted"] > 0
    assert kept.verify()["clean"]
    log = kept.log(most=1000)
    assert {entry["act"]["by"] for entry in log} == {"odile"}
    assert log[0]["act"]["reason"] == "first rows"
    assert "DUPONTEL" not in json.dumps(log).upper()


def test_a_row_is_matched_before_it_is_kept(kept):
    before = len(kept.log())
    row = {"id": "c8", "nom": "Dupontel", "prenom": "MARIE", "tel": "06 30 12 45 78"}
    told = kept.match_one("crm", row)
    assert (told["fate"], told["golden_id"], told["known"]) == ("new", golden_id(kept, "crm:c1"), True)
    assert told["candidates"][0]["decision"] == "link"
    as_table = {name: [row.get(name)] for name in COLUMNS}
    assert kept.match_one("crm", as_table) == told
    assert kept.match_one("crm", rcu.Table(as_table)) == told
    assert len(kept.log()) == before + 1, "only the page that this test read"
    with pytest.raises(rcu.SchemaError):
        kept.match_one("crm", {"name": "Dupontel"})
    with pytest.raises(rcu.ArgumentError):
        kept.match_one("crm", columns(CRM))
    with pytest.raises(rcu.UnknownSourceError):
        kept.match_one("web", row)


def test_rows_come_in_one_by_one(kept):
    done = kept.upsert({"crm": [{"id": "c3", "nom": "ABEL", "tel": "0677889955"}, {"id": 4, "nom": "BENOIT"}]})
    assert done["records"]["new"] == 2
    assert kept.upsert({"till": []})["records"]["new"] == 0
    shown = [row["record_id"] for row in kept.tables()["crosswalk"].to_pylist() if row["source"] == "crm"]
    assert shown == ["4", "c1", "c2", "c3"]
    with pytest.raises(rcu.SchemaError):
        kept.upsert({"crm": [{"name": "ABEL"}]})
    with pytest.raises(TypeError):
        kept.upsert({"crm": ["ABEL"]})


def test_tables_come_in_in_any_arrow_form(kept):
    pa = pytest.importorskip("pyarrow")
    rows = pa.table({"id": ["c3", "c4"], "nom": ["ABEL", "BENOIT"], "prenom": ["Zoe", "Luc"], "mail": [None, None]})
    rows = rows.append_column("tel", pa.array(["0677889955", "0677889966"]).dictionary_encode())
    assert kept.upsert({"crm": rows})["records"]["new"] == 2
    more = [("t8", "ABEL", "Zoe", None, "0677889955")]
    assert kept.upsert({"till": [rcu.Table(columns(more))]})["feed"] == {"updated": 1}
    golden = pa.table(kept.tables()["golden"])
    assert golden.num_rows == 5


def test_a_consumer_that_follows_has_the_golden_table(kept):
    golden = {}

    def take(entry):
        for other in entry.get("others", []) if entry["kind"] == "merged" else []:
            golden.pop(other, None)
        if entry["kind"] in ("deleted", "erased"):
            golden.pop(entry["golden_id"], None)
            return
        if entry["kind"] in ("created", "unmerged"):
            golden[entry["golden_id"]] = {}
        values = golden.setdefault(entry["golden_id"], {})
        values.update(entry.get("values", {}))

    for entry in kept.follow("shop", most=2):
        take(entry)
    kept.decide(("crm", "c1"), ("till", "t1"), "different")
    # Who leaves in the middle is told again what it left at.
    left_at = None
    for entry in kept.follow("shop"):
        left_at = entry
        break
    assert kept.changes("shop")[0] == left_at
    kept.cancel(("crm", "c1"), ("till", "t1"))
    kept.delete("till", ["t2"])
    for entry in kept.follow("shop", most=1):
        take(entry)
    assert kept.changes("shop") == []
    shown = {row["golden_id"]: row for row in kept.tables()["golden"].to_pylist()}
    assert set(golden) == set(shown)
    for id, values in golden.items():
        for field, value in values.items():
            assert shown[id].get(field) == value, field


def test_feeds_add_up_to_everybody(kept, tmp_path):
    have = {}

    def take(delivery):
        if delivery.full:
            have.clear()
        for row in delivery.table.to_pylist():
            for id in (row["absorbed"] or "").split():
                have.pop(id, None)
            if row["event"] == "removed":
                have.pop(row["golden_id"], None)
                continue
            own = have.setdefault(row["golden_id"], {})
            own.update({name: row[name] for name in (row["changed"] or "").split()})
        kept.acknowledge(delivery.subscriber, delivery.cursor)

    first = kept.feed("service")
    assert first.full and len(first.table) == 3
    assert kept.feed("service").full, "until it is acknowledged"
    take(first)
    kept.decide(("crm", "c1"), ("till", "t1"), "different")
    take(kept.feed("service"))
    kept.cancel(("crm", "c1"), ("till", "t1"))
    kept.delete("till", "t2")
    delta = kept.feed("service")
    assert not delta.full and {r["event"] for r in delta.table.to_pylist()} == {"merged", "removed"}
    take(delta)
    then = dict(have)
    take(kept.feed("service", full=True))
    assert then == have

    written = kept.write_feed("till", tmp_path / "out", format="jsonl", acknowledge=True)
    assert written["acknowledged"] and Path(written["file"]).name.startswith("till_full_")
    assert len(Path(written["file"]).read_text().splitlines()) == written["rows"] == 2
    assert kept.write_feed("till", tmp_path / "out", acknowledge=True)["file"] is None
    with pytest.raises(rcu.ArgumentError, match="did you mean `till`"):
        kept.feed("tills")
    with pytest.raises(rcu.ArgumentError, match="none of csv"):
        kept.write_feed("till", tmp_path, format="xls")


def test_statistics_take_a_star(config, tmp_path):
    config["sources"]["sales"] = {
        "family": "transactions",
        "id": "no",
        "customer": {"id": "client", "source": "till"},
        "fields": {"date": "day", "amount": "amount"},
    }
    with rcu.Repository.open(tmp_path / "rcu.db", config, create=True) as kept:
        sales = [{"no": "s1", "client": "t1", "day": "2026-03-01", "amount": "90,00"}]
        kept.upsert({"crm": columns(CRM), "till": columns(TILL), "sales": sales})
        star = kept.star()
        assert set(star) == {"aliases", "transactions"}
        assert star["transactions"]["golden_id"] == [golden_id(kept, "crm:c1")]
        assert star["transactions"]["net_minor"] == ["9000"]
        assert kept.star("till") == {}
        written = kept.write_feed("bi", tmp_path / "bi", format="parquet")
        assert sorted(Path(p).name.split("_")[1] for p in written["star"].values()) == ["aliases", "transactions"]


def test_a_push_is_tried_again_and_nothing_is_lost(kept):
    taken = []

    def send(delivery):
        # The repository is free while somebody is called.
        assert kept.changes("billing", 1) is not None
        taken.append(delivery)

    assert kept.push("service", send)["deliveries"] == 1
    assert taken[0]["full"] and len(taken[0]["rows"]) == 3
    assert kept.push("service", send)["deliveries"] == 0

    kept.delete("till", "t2")
    tried = []

    def refuse(delivery):
        tried.append(delivery)
        raise ConnectionError("nobody answers")

    with pytest.raises(ConnectionError, match="nobody answers"):
        kept.push("service", refuse, tries=3, pause=0.01)
    assert len(tried) == 3

    def once(delivery):
        tried.append(delivery)
        if len(tried) == 4:
            raise TimeoutError
        taken.append(delivery)

    told = kept.push("service", once, pause=0)
    assert (told["deliveries"], told["failures"]) == (1, 1)
    assert [row["reason"] for row in taken[-1]["rows"]] == ["deleted"]

    # Somebody who leaves is not kept.
    kept.upsert({"till": columns(TILL)})

    def leave(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        kept.push("service", leave, pause=60)
    assert kept.push("service", send)["deliveries"] == 1


def test_a_pause_ends_with_a_signal(kept):
    kept.acknowledge("service", kept.changes("service")[-1]["cursor"])
    kept.delete("till", "t2")

    def refuse(_):
        raise ConnectionError

    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        kept.push("service", refuse, pause=30)
    assert time.monotonic() - start < 10


def test_threads_share_one_and_each_change_is_whole(kept):
    failed = []

    def write(part):
        try:
            for i in range(5):
                row = (f"x{part}-{i}", f"NOM{'ABCDEFGH'[part]}{'ABCDE'[i]}", "Zoe", None, None)
                assert kept.upsert({"crm": columns([row])})["records"]["new"] == 1
                kept.search("dupontel")
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=write, args=(part,)) for part in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(kept.tables()["crosswalk"]) == 4 + 20
    assert kept.verify()["clean"]


def test_one_writes_and_others_read(kept, config):
    with pytest.raises(rcu.IoError, match="another program"):
        rcu.Repository.open(kept.store, config, wait=0.05)
    with rcu.Repository.open(kept.store, config, read_only=True) as reader:
        assert reader.read_only and "to read" in repr(reader)
        kept.decide(("crm", "c1"), ("till", "t1"), "different")
        assert len(reader.decisions()) == 1
        assert len(reader.search("dupontel marie")["hits"]) == 2
        for change in (lambda: reader.delete("crm", "c1"), lambda: reader.view360("crm:c1"), reader.tables):
            with pytest.raises(rcu.ArgumentError, match="open it to write"):
                change()


def test_rules_are_tried_before_they_are_applied(kept, config):
    other = {**config, "passes": [{"name": "none", "on": ["birth_date"]}]}
    tried = kept.migrate(other, dry_run=True)
    assert tried["migration"]["people"] == [3, 4]
    assert golden_id(kept, "crm:c1") == golden_id(kept, "till:t1")
    assert kept.migrate(other)["migration"]["events"]["unmerged"] == 1
    assert golden_id(kept, "crm:c1") != golden_id(kept, "till:t1")
    store = kept.store
    kept.close()
    with pytest.raises(rcu.ArgumentError, match="migrate"):
        rcu.Repository.open(store, config)
    assert rcu.Repository.migrate_file(store, config, dry_run=True)["migration"]["people"] == [4, 3]
    assert rcu.Repository.migrate_file(store, config)["migration"]["dry_run"] is False
    with rcu.Repository.open(store, config) as again:
        assert again.verify()["clean"]
        assert (again.day, again.due) == ("2026-11-21", None)


def test_a_backup_brings_back_what_was(kept, config, tmp_path):
    copy = tmp_path / "copy.db"
    kept.backup(copy)
    kept.delete("crm", ["c1", "c2"])
    kept.close()
    rcu.Repository.restore(copy, kept.store, config)
    with rcu.Repository.open(kept.store, config) as again:
        assert len(again.tables()["crosswalk"]) == 4
        assert again.export(tmp_path / "out")["files"] == {"golden.parquet": 3, "crosswalk.parquet": 4}


def test_people_have_their_rights(kept, config, tmp_path):
    marie = golden_id(kept, "crm:c1")
    dossier = kept.access(marie, reason="request 12")
    assert dossier["golden_id"] == marie
    assert "marie.dupontel@free.fr" in json.dumps(dossier)
    assert "MARTINET" not in json.dumps(dossier)
    assert kept.access_html(marie).startswith("<!")
    assert {source: len(rows) for source, rows in kept.portability("crm:c1").items()} == {"crm": 1, "till": 1}
    done = kept.rectify(marie, "first_name", "Marie-Claire", reason="she says so")
    assert {c["source"] for c in done["corrections"]} == {"crm", "till"}
    with pytest.raises(rcu.ArgumentError, match="proof"):
        kept.objection(marie, " ")
    assert kept.objection(marie, "letter 3", channels=["email"])["facts"]["new"] > 0

    assert kept.restrict("till:t1")["golden_id"] == marie
    assert kept.search("dupontel marie")["hits"] == []
    assert [r["golden_id"] for r in kept.restrictions()] == [marie]
    assert kept.verify()["clean"]
    kept.lift_restriction(marie)
    assert golden_id(kept, "crm:c1") == marie

    assert kept.retention()["due"] == []
    assert list(kept.breach("2020-01-01", "2100-01-01", by="odile")["subjects"]) == [marie]
    backup, erasures = tmp_path / "copy.db", tmp_path / "erased.json"
    kept.backup(backup)
    kept.erase(marie)
    erasures.write_text(json.dumps(kept.erasures()))
    kept.close()
    for end in ("", "-wal", "-shm"):
        (tmp_path / f"rcu.db{end}").unlink(missing_ok=True)
    rcu.Repository.restore(backup, tmp_path / "rcu.db", config, replay=[erasures])
    with rcu.Repository.open(tmp_path / "rcu.db", config, role="marketing") as limited:
        with pytest.raises(rcu.ArgumentError, match="`update`"):
            limited.delete("crm", ["c2"])
        with pytest.raises(rcu.ArgumentError, match="nobody"):
            limited.view360("crm:c1", role="marketing")


def test_what_is_wrong_is_said(kept, config, tmp_path):
    with pytest.raises(rcu.IoError, match="`create`"):
        rcu.Repository.open(tmp_path / "other.db", config)
    with pytest.raises(rcu.ArgumentError, match="16 bytes"):
        rcu.Repository.open(tmp_path / "other.db", config, create=True, secret=b"short")
    with pytest.raises(rcu.ConfigError):
        rcu.Repository.open(tmp_path / "other.db", {**config, "sauces": {}}, create=True)
    with pytest.raises(rcu.ArgumentError, match="household"):
        kept.decide(("crm", "c1"), ("till", "t1"), "maybe")
    with pytest.raises(rcu.ArgumentError, match="clear"):
        kept.lock("crm:c1", "first_name", "x", kind="hold", reason="r")
    with pytest.raises(rcu.ArgumentError):
        kept.view360("nobody")
    with pytest.raises(rcu.ArgumentError, match="`nom`"):
        kept.search({"nom": "dupontel"})
    with pytest.raises(rcu.ArgumentError):
        kept.acknowledge("shop", 10_000)
    with pytest.raises(rcu.UnknownSourceError):
        kept.upsert({"web": columns(CRM)})
    kept.close()
    kept.close()
    assert kept.closed
    with pytest.raises(rcu.ArgumentError, match="closed"):
        kept.search("dupontel")


def test_a_load_that_is_stopped_leaves_the_repository_empty(config, tmp_path):
    class Stop(Exception):
        pass

    def stop(stage, done, total):
        if stage != "read":
            raise Stop

    many = columns([(f"c{i}", f"NOM{i}", "Zoe", f"zoe.{i}@free.fr", None) for i in range(2000)])
    with rcu.Repository.open(tmp_path / "rcu.db", config, create=True, secret=b"0123456789abcdef") as kept:
        with pytest.raises(Stop):
            kept.load({"crm": many, "till": columns(TILL)}, progress=stop)
        assert len(kept.tables()["crosswalk"]) == 0
        assert kept.load({"crm": columns(CRM), "till": columns(TILL)})["people"] == 3
        assert kept.verify()["clean"]
    assert not (tmp_path / "rcu.db.secret").exists()


@pytest.fixture(scope="module")
def program():
    """The `rcu` program of this checkout."""
    if not shutil.which("cargo"):
        pytest.skip("cargo is not there to build the program")
    command = ["cargo", "build", "--quiet", "--locked", "-p", "rcu-io", "--bin", "rcu", "--message-format", "json"]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=1800)
    made = [json.loads(line) for line in built.stdout.splitlines()]
    return next(m["executable"] for m in made if m.get("executable"))


def timeless(answer):
    """Without what says when it was and where: moments, seals of the log, paths."""
    if isinstance(answer, dict):
        return {k: timeless(v) for k, v in answer.items() if k not in ("at", "seal", "previous", "folder", "bytes")}
    return [timeless(v) for v in answer] if isinstance(answer, list) else answer


def test_answers_are_those_of_the_program(program, config, tmp_path):
    (tmp_path / "config.json").write_text(json.dumps(config))
    secret = tmp_path / "secret"
    secret.write_bytes(b"0123456789abcdef0123456789abcdef")
    for name, rows in (("crm", CRM), ("till", TILL)):
        lines = [";".join(COLUMNS), *(";".join(cell or "" for cell in row) for row in rows)]
        (tmp_path / f"{name}.csv").write_text("\n".join(lines) + "\n")
    where = ["--store", str(tmp_path / "program.db"), "--secret-file", str(secret), "--by", "odile", "--reason", "story"]

    def says(what, *rest, stdin="", lines=False):
        command = [program, "repo", what, str(tmp_path / "config.json"), *rest, *where, "--json"]
        done = subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=600, check=False)
        assert done.returncode in (0, 1), done.stdout + done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()] if lines else json.loads(done.stdout)

    said = {
        "init": says("init") and None,
        "load": says("load"),
        "match": says("match", "--source", "crm", stdin='{"id": "c8", "nom": "DUPONTEL", "tel": "0630124578"}'),
        "decide": says("decide", "crm:c1", "till:t1", "different"),
        "history": says("history", "till:t1"),
        "cancel": says("decide", "crm:c1", "till:t1", "cancel"),
        "lock": says("lock", "crm:c1", "first_name", "--pin", "Marie-Claire"),
        "search": says("search", "dupontle", "marie"),
        "show": says("show", "crm:c1", "--role", "marketing"),
        "rename": says("rename", "crm:c2", "c5"),
        "again": says("apply", "--rows", f"crm={tmp_path / 'crm.csv'}"),
        "full": says("apply", "--full", "--rows", f"till={tmp_path / 'till.csv'}"),
        "delete": says("delete", "till:t2"),
        "changes": says("changes", "--consumer", "shop", lines=True),
        "doomed": says("erase", "crm:c1"),
        "erase": says("erase", "crm:c1", "--yes"),
        "readmit": says("readmit", "10", "--proof", "form 12"),
        "refresh": says("refresh", "--day", "2026-12-01"),
        "verify": says("verify"),
        "export": says("export", "--out", str(tmp_path / "program")),
        "log": says("log", lines=True),
    }

    why = {"reason": "story"}
    with rcu.Repository.open(tmp_path / "python.db", config, create=True, secret=secret, by="odile") as kept:
        told = {
            "init": None,
            "load": kept.load(input=tmp_path, **why),
            "match": kept.match_one("crm", {"id": "c8", "nom": "DUPONTEL", "tel": "0630124578"}),
            "decide": kept.decide(("crm", "c1"), ("till", "t1"), "different", **why),
            "history": kept.history("till:t1"),
            "cancel": kept.cancel(("crm", "c1"), ("till", "t1"), **why),
            "lock": kept.lock("crm:c1", "first_name", "Marie-Claire", **why),
            "search": kept.search("dupontle marie"),
            "show": kept.view360("crm:c1", "marketing", **why),
            "rename": kept.rename("crm", "c2", "c5", **why),
            "again": kept.upsert({"crm": columns(CRM)}, **why),
            "full": [kept.deliver("till", columns([[cell or "" for cell in row] for row in TILL]), **why)],
            "delete": kept.delete("till", "t2", **why),
            "changes": kept.changes("shop"),
            "doomed": kept.erase("crm:c1", dry_run=True),
            "erase": kept.erase("crm:c1", **why),
            "readmit": kept.readmit(10, "form 12", **why),
            "refresh": kept.refresh("2026-12-01", **why),
            "verify": kept.verify(),
            "export": kept.export(tmp_path / "python", **why),
            "log": kept.log(),
        }
    for name, answer in told.items():
        if name == "again":
            # Only the program knows the file that a row came from.
            for reject in said[name]["rejects"] + answer["rejects"]:
                reject.update(file="", line=0)
        if name == "full":
            for reject in said[name][0]["rejects"] + answer[0]["rejects"]:
                reject.update(file="", line=0)
        assert timeless(answer) == timeless(said[name]), name
