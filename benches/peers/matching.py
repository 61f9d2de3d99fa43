"""python benches/peers/matching.py DATA [--peers duckdb,polars,splink] [--peer-data DATA2] [--json FILE]

What matching costs rcu and its peers: CPU seconds from normalised columns to clusters, and from Parquet to clusters
with peak memory, as one Markdown table with ratios.

`match_speed` times rcu stage by stage: four exact passes as the peers run them, then all passes of the configuration.
The peers' runners, found like `compare.py` finds them, tell their own stages. With --peer-data the peers run on another
folder, which must have the same columns: slow tools on fewer records. Their ratios are then per record, which flatters
tools that grow faster than their input. Needs Linux, cargo and no package.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import compare

# Stages of the peers' runners that are no part of matching.
OUTSIDE = {"normalise", "write_norm", "write"}
# CPU seconds for a million records and name pairs per second that the project set itself.
TARGETS = {"exact": 0.5, "all": 3.0, "end_to_end": 2.0, "name_pairs": 20e6}


@dataclass
class Line:
    """One tool; seconds are CPU seconds. None for what was not measured."""

    tool: str
    records: int = 0
    matching: float | None = None
    end_to_end: float | None = None
    peak_mb: float | None = None
    f1: float | None = None
    note: str = ""


def build() -> Path:
    command = ["cargo", "build", "--release", "--locked", "--quiet", "-p", "rcu-benches", "--bin", "match_speed"]
    subprocess.run(command, cwd=compare.CHECKOUT, check=True)
    return compare.CHECKOUT / "target/release/match_speed"


def rcu(program: Path, options: argparse.Namespace) -> tuple[list[Line], dict]:
    command = [str(program), str(options.data), "--config", str(options.config), "--repeat", str(options.repeat)]
    report = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    before = report["read"] + report["normalise"]
    lines = []
    for name in ("exact", "all"):
        seconds = report[name]["total"]
        line = Line(f"rcu, {name} passes", report["records"], seconds, before + seconds, report["peak_mb"])
        lines.append(line)
    return lines, report


def peer(which: compare.Peer, options: argparse.Namespace, data: Path, records: int, scorer: Path | None) -> Line:
    line = Line(which.label, records)
    row = compare.Row(which.label)
    try:
        script = options.shared / which.script
        if not script.is_file():
            raise compare.Unavailable(f"no {which.script} in the shared bench folder; give --shared")
        python = options.python.get(which.name) or compare.make_venv(options.venvs / which.name, which.packages)
    except compare.Unavailable as reason:
        line.note = f"not run: {reason}"
        return line
    result, stats = options.work / f"{which.name}.parquet", options.work / f"{which.name}.json"
    for file in (result, stats):
        file.unlink(missing_ok=True)
    command = [str(python), str(script), str(data / "in"), str(result), *which.arguments, "--stats", str(stats)]
    compare.measured(row, command, result, data / "truth.parquet", scorer or python, options)
    line.note = row.note
    if row.cost and not row.note:
        stages = json.loads(stats.read_text()) if stats.is_file() else {}
        timed = {k: v["cpu"] for k, v in stages.items() if isinstance(v, dict) and "cpu" in v}
        line.matching = sum(seconds for stage, seconds in timed.items() if stage not in OUTSIDE) or None
        line.end_to_end, line.peak_mb = row.cost.cpu_s, row.cost.peak_mb
    line.f1 = row.score.get("f1")
    return line


def table(lines: list[Line]) -> list[str]:
    """Ratios are CPU seconds per record beside rcu's passes of both kinds; more than 1 where rcu is better."""
    heads = ["tool", "records", "matching, CPU s", "/ exact", "/ all", "Parquet to clusters, CPU s", "/ all", "peak MB", "F1"]
    out = ["| " + " | ".join(heads) + " |", "| --- |" + " ---: |" * (len(heads) - 1)]
    exact, every = lines[0], lines[1]

    def ratio(line: Line, seconds: float | None, base: Line, base_seconds: float | None) -> str:
        if seconds is None or not base_seconds or not line.records:
            return "–"
        return f"{seconds / line.records / (base_seconds / base.records):.1f}"

    def figure(value: float | None, form: str) -> str:
        return "–" if value is None else format(value, form)

    for line in lines:
        cells = [line.tool + (f" ({line.note})" if line.note else ""), f"{line.records:,}".replace(",", " ")]
        cells += [figure(line.matching, ".2f")]
        cells += [ratio(line, line.matching, base, base.matching) for base in (exact, every)]
        cells += [figure(line.end_to_end, ".2f"), ratio(line, line.end_to_end, every, every.end_to_end)]
        cells += [figure(line.peak_mb, ".0f"), figure(line.f1, ".4f")]
        out.append("| " + " | ".join(cells) + " |")
    return out


def records_of(data: Path) -> int:
    meta = data / "meta.json"
    return json.loads(meta.read_text()).get("records", 0) if meta.is_file() else 0


def main() -> int:
    # The options of compare.py, and three more.
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, add_help=False)
    parser.add_argument("--peer-data", type=Path, help="folder for the peers, with fewer records")
    parser.add_argument("--python", action="append", default=[], metavar="PEER=PYTHON", help="interpreter that has a peer already")
    parser.add_argument("-h", "--help", action="store_true")
    own, rest = parser.parse_known_args()
    if own.help:
        parser.print_help()
        print("\nand those of compare.py:\n")
        rest = ["--help"]
    options = compare.parse(rest)
    options.python = dict(given.split("=", 1) for given in own.python)
    lines, report = rcu(build(), options)
    data = Path(own.peer_data).absolute() if own.peer_data else options.data
    scorer = options.python.get("duckdb")
    lines += [peer(p, options, data, records_of(data), scorer) for p in options.peers]
    print(" · ".join(f"{key} {value}" for key, value in compare.circumstances(options).items()) + "\n")
    print("\n".join(table(lines)))
    million = 1e6 / max(report["records"], 1)
    reached = {
        "exact": lines[0].matching * million,
        "all": lines[1].matching * million,
        "end_to_end": lines[1].end_to_end * million,
    }
    print()
    for name, seconds in reached.items():
        print(f"{name}: {seconds:.2f} CPU s for a million records (aim: {TARGETS[name]})")
    pairs = report["name_pairs_per_second"]
    print(f"name pairs: {pairs / 1e6:.0f} million per second and core (aim: {TARGETS['name_pairs'] / 1e6:.0f})")
    if options.json:
        everything = {"about": compare.circumstances(options), "rcu": report, "lines": [vars(line) for line in lines]}
        options.json.write_text(json.dumps(everything, indent=1, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
