"""Accuracy on labelled sets of people, one table. No label is used but for scoring.

python benches/people/people.py --data ../shared/data [--rcu BINARY] [--input FOLDER] [--splink PYTHON]
    [--goldenmatch PYTHON] [NAME ...]

For each NAME: `rcu resolve benches/people/NAME.toml --input FOLDER`, then `rcu evaluate` against the truth that the
set's own identifiers or label column hold. FOLDER defaults to the set's folder under --data; another one with the same
file names runs the same configuration on a sibling. Sets whose files are not there are skipped, visibly.

A peer runs where the interpreter of its environment is given (peers.py). It is scored by the pairs of its clusters, at
the best of its thresholds: that choice is made with the labels, which rcu never sees.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
Row = dict[str, str]
PEERS = ("splink", "goldenmatch")


def febrl(row: Row) -> str:
    """`rec-N-org` and `rec-N-dup-K` are person N."""
    return re.fullmatch(r"rec-(\d+)-.*", row["rec_id"])[1]


# Set: folder, files by source, identifier column, person of a row.
SETS: dict[str, tuple[str, dict[str, str], str, Callable[[Row], str]]] = {
    "febrl1": ("febrl", {"febrl1": "febrl1.csv"}, "rec_id", febrl),
    "febrl3": ("febrl", {"febrl3": "febrl3.csv"}, "rec_id", febrl),
    "febrl4": ("febrl", {"a": "febrl4a.csv", "b": "febrl4b.csv"}, "rec_id", febrl),
    "fake_1000": ("fake_1000", {"fake_1000": "fake_1000.csv"}, "unique_id", lambda r: r["cluster"]),
    "rldata500": ("rldata500", {"rldata500": "RLdata500.csv"}, "record_id", lambda r: r["label_true"]),
}


def rows(path: Path) -> Iterator[Row]:
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file, skipinitialspace=True):
            yield {k.strip(): (v or "").strip() for k, v in row.items()}


def run(name: str, folder: Path, rcu: str, work: Path) -> dict | None:
    _, files, key, person = SETS[name]
    if not all((folder / f).exists() for f in files.values()):
        return None
    truth = work / "truth.csv"
    with truth.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["source", "record_id", "person_id"])
        for source, path in files.items():
            for row in rows(folder / path):
                out.writerow([source, row[key], person(row)])
    out_dir = work / "out"
    config = HERE / f"{name}.toml"
    subprocess.run([rcu, "resolve", config, "--input", folder, "--out", out_dir, "--json"], check=True, stdout=subprocess.DEVNULL)
    done = subprocess.run([rcu, "evaluate", out_dir, "--truth", truth, "--json"], check=True, capture_output=True)
    return json.loads(done.stdout)


def closed_pairs(sizes: Iterable[int]) -> int:
    return sum(n * (n - 1) // 2 for n in sizes)


def peer(tool: str, python: str, name: str, folder: Path, work: Path) -> tuple[str, list[float]]:
    """The threshold with the best F1, and precision, recall and F1 there."""
    _, files, _, person = SETS[name]
    paths = [folder / f for f in files.values()]
    out = work / "clusters.json"
    command = [python, HERE / "peers.py", tool, name, out, *paths]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise RuntimeError(said[-1][:120] if said else "no message")
    truth = [person(row) for path in paths for row in rows(path)]
    wanted = closed_pairs(Counter(truth).values())
    best: tuple[str, list[float]] = ("", [0.0, 0.0, -1.0])
    for threshold, clusters in json.loads(out.read_text()).items():
        made = closed_pairs(Counter(c for _, c in clusters).values())
        right = closed_pairs(Counter((c, truth[row]) for row, c in clusters).values())
        p, r = right / max(made, 1), right / max(wanted, 1)
        f1 = 2 * p * r / (p + r) if p + r else 0.0
        if f1 > best[1][2]:
            best = (threshold, [p, r, f1])
    return best


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"sets to run: {', '.join(SETS)} (default: all)")
    parser.add_argument("--data", type=Path, default=HERE.parents[1].parent / "shared" / "data")
    parser.add_argument("--input", type=Path, help="folder with the files of a sibling set")
    parser.add_argument("--rcu", default=str(HERE.parents[1] / "target" / "release" / "rcu"))
    for tool in PEERS:
        parser.add_argument(f"--{tool}", metavar="PYTHON", help=f"interpreter that has {tool}")
    args = parser.parse_args()
    print("| set | tool | records | P | R | F1 | B-cubed F1 |\n| --- | --- | ---: | ---: | ---: | ---: | ---: |")
    for name in args.names or SETS:
        if name not in SETS:
            parser.error(f"`{name}` is not a set; sets are {', '.join(SETS)}")
        folder = args.input or args.data / SETS[name][0]
        with tempfile.TemporaryDirectory() as work:
            q = run(name, folder, args.rcu, Path(work))
            if q is None:
                print(f"| {name} | skipped: no files in {folder} | | | | | |")
                continue
            figures = [q["precision"], q["recall"], q["f1"], q["b3_f1"]]
            print(f"| {name} | rcu | {q['records']} | " + " | ".join(f"{x:.4f}" for x in figures) + " |", flush=True)
            for tool in PEERS:
                if not (python := getattr(args, tool)):
                    continue
                try:
                    threshold, found = peer(tool, python, name, folder, Path(work))
                except RuntimeError as reason:
                    print(f"| {name} | {tool}: {reason} | | | | | |")
                    continue
                cells = " | ".join(f"{x:.4f}" for x in found)
                print(f"| {name} | {tool}, {threshold} | {q['records']} | {cells} | – |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
