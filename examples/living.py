"""One retailer's customers, kept: found before they are made anew, changed as events come, followed, taken apart, erased."""

import tempfile
from pathlib import Path
from typing import Any

import rcu

HERE = Path(__file__).parent

with tempfile.TemporaryDirectory() as folder, rcu.Repository.open(
    Path(folder) / "rcu.db", HERE / "retail.toml", create=True, by="example"
) as kept:
    # A first base, from the files of the configuration. Whoever follows takes it whole, then what changes.
    loaded = kept.load(input=HERE, reason="first base")
    print(f"{loaded['records']['new']} records of {loaded['people']} people are kept in {kept.store.name}")
    base = kept.feed("ecommerce")
    kept.acknowledge("ecommerce", base.cursor)
    print(f"the web shop takes {len(base.table)} customers\n")

    # Somebody gives their name at the till. Who is it? What would a record of theirs do?
    hit = kept.search("fournett baptiste 87480", role="store")["hits"][0]
    shown = {value["field"]: value["value"] for value in hit["values"]}
    print(f"found, {hit['score'] / 10:.0f} %: {hit['golden_id']}, {shown['first_name']} in {shown['city']}")
    row = {"CUST_NO": "0999000001", "NOM_CLIENT": "Fournet", "PRENOM": "Baptiste", "TEL": "07 72 84 96 13",
           "MAIL": "baptiste.fournet@orange.fr", "DT_CREA": "21/11/2026", "DT_MAJ": "21/11/2026"}  # fmt: skip
    told = kept.match_one("pos", row)
    met = told["candidates"][0]
    print(f"a new record would be {told['golden_id']}: {met['decision']} with {met['source']}:{met['record_id']}")

    # The row, and everything that follows from it, as one transaction.
    done = kept.upsert({"pos": [row]}, reason="till M019")
    print(f"kept: {done['feed']}")
    for entry in kept.follow("newsletter"):
        print(f"feed: {entry['kind']} {entry['golden_id']}, {', '.join(entry.get('values', {})) or 'records'}")

    # A steward takes the two apart, thinks again, and the web shop hears what is left of it.
    pair = ("pos", "0999000001"), (met["source"], met["record_id"])
    kept.decide(*pair, "different", reason="father and son")
    print(f"apart: {kept.history('pos:0999000001')['golden_id']}")
    kept.cancel(*pair, reason="one person after all")

    def web_shop(delivery: dict[str, Any]) -> None:
        for sent in delivery["rows"]:
            print(f"web shop: {sent['event']} {sent['golden_id']}, {', '.join(sent['values'])}")

    kept.push("ecommerce", web_shop)

    # Forgotten: in every table, index and page of the file; the same row does not bring them back.
    erased = kept.erase("pos:0999000001", reason="request 12")
    print(f"\nerased: {erased['erasure']['places']['records']} records, {erased['traces']['left']} values left in the file")
    again = kept.upsert({"pos": [row]})
    print(f"sent again: {again['rejects'][0]['code']}")
    proof = kept.verify()
    print(f"built anew from {proof['records']} records: {'all as kept' if proof['clean'] else 'DIFFERS'}")
