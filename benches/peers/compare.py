"""Runs rcu and its peers on one data folder and prints what each costs and finds, as a Markdown table.

python benches/peers/compare.py DATA [--rcu BINARY] [--config FILE] [--shared DIR] [--peers a,b] [--json FILE]

DATA is what `gen_retail` writes: in/*.parquet and truth.parquet. Every tool is one process that reads the five
raw Parquet files, normalises, matches, clusters and writes its clusters to Parquet; wall and CPU seconds and peak
memory are of that process and its children. The clusters are then scored against the truth.

The peers' runners come from the project's shared bench folder. Each peer gets a virtual environment of its own
under --venvs, made by pip when missing. A tool that cannot run has a row that says why. Needs Linux or macOS and
no package: only the environments do.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import shlex
import subprocess
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path

import measure

CHECKOUT = Path(__file__).resolve().parents[2]
SCORER = Path(__file__).with_name("score.py")


@dataclass(frozen=True)
class Peer:
    """A tool run by a script of the shared bench. Versions are pinned so that figures can be compared over time."""

    name: str
    packages: tuple[str, ...]
    script: str
    arguments: tuple[str, ...] = ()
    by_default: bool = True

    @property
    def label(self) -> str:
        return " ".join((self.name, *self.arguments))


PEERS = (
    Peer("duckdb", ("duckdb==2.0.0",), "run_duckdb.py"),
    Peer("polars", ("polars==2.1.0", "numpy==2.4.6"), "run_polars.py"),
    Peer("splink", ("splink==5.0.0", "duckdb==2.0.0"), "run_splink.py", ("--mode", "deterministic")),
    Peer("splink-em", ("splink==5.0.0", "duckdb==2.0.0"), "run_splink.py", ("--mode", "probabilistic"), False),
    Peer(
        "goldenmatch",
        ("goldenmatch==3.22.0", "goldenmatch-native==0.2.3", "pyarrow", "duckdb==2.0.0"),
        "run_goldenmatch.py",
        by_default=False,
    ),
    Peer(
        "recordlinkage",
        ("recordlinkage==0.16", "pyarrow", "duckdb==2.0.0", "scipy"),
        "run_recordlinkage.py",
        by_default=False,
    ),
)


@dataclass
class Row:
    """One tool's line of the table."""

    tool: str
    version: str = ""
    command: str = ""
    cost: measure.Cost | None = None
    score: dict = field(default_factory=dict)
    note: str = ""


class Unavailable(Exception):
    """A tool that cannot run here, and why."""


def make_venv(folder: Path, packages: tuple[str, ...]) -> Path:
    """The interpreter of the environment at `folder`, made and filled when missing."""
    python = folder / "bin" / "python"
    wanted = "\n".join(packages) + "\n"
    stamp = folder / "packages.txt"
    if stamp.is_file() and stamp.read_text() == wanted:
        return python
    print(f"making the environment {folder.name}: {' '.join(packages)}", file=sys.stderr)
    for command in (
        [sys.executable, "-m", "venv", "--clear", str(folder)],
        [str(python), "-m", "pip", "install", "--quiet", *packages],
    ):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise Unavailable(f"no environment: {last_line(done.stderr)}")
    stamp.write_text(wanted)
    return python


def version(python: Path, package: str) -> str:
    code = f"import importlib.metadata as m; print(m.version({package!r}))"
    return subprocess.run([str(python), "-c", code], capture_output=True, text=True).stdout.strip()


def last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:160] if lines else "no message"


def measured(row: Row, command: list[str], result: Path, truth: Path, scorer: Path, options) -> None:
    """Runs one tool as often as wanted, keeps its fastest run, scores its result."""
    # Names without folders: the figures travel, the folders of this machine do not.
    row.command = shlex.join(Path(part).name if "/" in part else part for part in command)
    log = options.work / f"{row.tool.split()[0]}.log"
    for _ in range(options.repeat):
        print(f"running {row.tool}", file=sys.stderr)
        cost = measure.run(command, log, options.limit)
        if cost.timed_out:
            row.note = f"stopped after {options.limit:.0f} s"
        elif cost.status:
            row.note = f"exit {cost.status}: {last_line(log.read_text(errors='replace'))}"
        if row.cost is None or row.note or cost.wall_s < row.cost.wall_s:
            row.cost = cost
        if row.note:
            return
    if not result.is_file():
        row.note = f"wrote no {result.name}"
        return
    done = subprocess.run([str(scorer), str(SCORER), str(result), str(truth)], capture_output=True, text=True)
    if done.returncode:
        row.note = f"not scored: {last_line(done.stderr)}"
    else:
        row.score = json.loads(done.stdout)


def run_rcu(options, truth: Path, scorer: Path) -> Row:
    row = Row("rcu")
    if not os.access(options.rcu, os.X_OK):
        row.note = "not run: no rcu binary; build it or give --rcu"
        return row
    if not options.config.is_file():
        row.note = f"not run: no {options.config.name}; give --config"
        return row
    shown = subprocess.run([str(options.rcu), "--version"], capture_output=True, text=True).stdout.split()
    row.version = shown[-1] if shown else ""
    out = options.work / "rcu"
    names = {"config": options.config, "input": options.data / "in", "out": out}
    command = [str(options.rcu), *(part.format(**names) for part in shlex.split(options.rcu_arguments))]
    result = out / "crosswalk.parquet"
    result.unlink(missing_ok=True)
    measured(row, command, result, truth, scorer, options)
    return row


def run_peer(peer: Peer, options, truth: Path, scorer: Path) -> Row:
    row = Row(peer.label)
    try:
        script = options.shared / peer.script
        if not script.is_file():
            raise Unavailable(f"no {peer.script} in the shared bench folder; give --shared")
        python = make_venv(options.venvs / peer.name, peer.packages)
    except Unavailable as reason:
        row.note = f"not run: {reason}"
        return row
    row.version = version(python, peer.packages[0].split("=")[0])
    result = options.work / f"{peer.name}.parquet"
    result.unlink(missing_ok=True)
    command = [str(python), str(script), str(options.data / "in"), str(result), *peer.arguments]
    measured(row, command, result, truth, scorer, options)
    return row


def table(rows: list[Row]) -> list[str]:
    """The Markdown table; ratios are of a tool to rcu, more than 1 where rcu is better."""
    heads = ["tool", "version", "wall s", "CPU s", "peak MB"]
    heads += ["wall / rcu", "CPU / rcu", "memory / rcu", "P", "R", "F1", "load before"]
    lines = ["| " + " | ".join(heads) + " |", "| --- | --- |" + " ---: |" * (len(heads) - 2)]
    base = next((row.cost for row in rows if row.tool == "rcu" and not row.note), None)
    for row in rows:
        cells = [row.tool, row.version or "–"]
        cost = row.cost
        if cost is None:
            cells += ["–"] * 6
        else:
            cells += [f"{cost.wall_s:.2f}", f"{cost.cpu_s:.2f}", f"{cost.peak_mb:.0f}"]
            cells += [
                f"{getattr(cost, name) / getattr(base, name):.2f}" if base else "–"
                for name in ("wall_s", "cpu_s", "peak_mb")
            ]
        cells += [f"{row.score[name]:.4f}" if row.score else "–" for name in ("precision", "recall", "f1")]
        cells.append(f"{cost.load_before:.1f}" if cost else "–")
        if row.note:
            cells[0] += f" ({row.note})"
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def circumstances(options) -> dict[str, object]:
    """What the figures depend on, without the name of any machine or folder of it."""
    meta_file = options.data / "meta.json"
    meta = json.loads(meta_file.read_text()) if meta_file.is_file() else {}
    cpu = platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        cpu = next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=CHECKOUT, capture_output=True, text=True)
    return {
        "day": datetime.date.today().isoformat(),
        "commit": commit.stdout.strip(),
        "data": options.data.name,
        "generator": meta.get("generator", "the shared generator"),
        **{key: meta[key] for key in ("records", "people", "true_pairs", "seed", "noise") if key in meta},
        "cores": os.cpu_count(),
        "cpu": cpu,
        "python": platform.python_version(),
        "runs": f"fastest of {options.repeat}",
    }


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    every = ",".join(peer.name for peer in PEERS)
    usual = ",".join(peer.name for peer in PEERS if peer.by_default)
    parser.add_argument("data", type=Path, help="folder with in/*.parquet and truth.parquet")
    parser.add_argument("--rcu", type=Path, default=CHECKOUT / "target/release/rcu", help="binary")
    parser.add_argument(
        "--rcu-arguments",
        default="resolve {config} --input {input} --out {out} --quiet",
        help="of the binary (default %(default)s)",
    )
    parser.add_argument("--config", type=Path, default=CHECKOUT / "benches/retail.toml", help="configuration of rcu")
    parser.add_argument("--shared", type=Path, default=CHECKOUT / "../shared/bench", help="folder of the peers' runners")
    parser.add_argument("--peers", default=usual, help=f"any of {every}, `none` (default {usual})")
    parser.add_argument("--venvs", type=Path, default=CHECKOUT / ".venv-peers", help="folder of the environments")
    parser.add_argument("--work", type=Path, help="folder for results and logs (default bench-out/peers/DATA)")
    parser.add_argument("--limit", type=float, default=1800, help="seconds a tool may take")
    parser.add_argument("--repeat", type=int, default=1, help="runs of each tool; the fastest counts")
    parser.add_argument("--json", type=Path, help="also write everything here")
    options = parser.parse_args(arguments)
    # Absolute, but not resolved: an environment's interpreter is a link that must stay one.
    for name in ("data", "rcu", "config", "shared", "venvs", "work"):
        if getattr(options, name):
            setattr(options, name, Path(os.path.abspath(getattr(options, name))))
    if not (options.data / "truth.parquet").is_file():
        parser.error(f"{options.data} has no truth.parquet; gen_retail makes such a folder")
    if options.repeat < 1:
        parser.error("--repeat wants 1 or more")
    wanted = [] if options.peers == "none" else options.peers.split(",")
    if unknown := set(wanted) - {peer.name for peer in PEERS}:
        parser.error(f"unknown peers {', '.join(sorted(unknown))}; known are {every}")
    options.peers = [peer for peer in PEERS if peer.name in wanted]
    options.work = options.work or CHECKOUT / "bench-out/peers" / options.data.name
    options.work.mkdir(parents=True, exist_ok=True)
    return options


def main() -> int:
    options = parse(sys.argv[1:])
    truth = options.data / "truth.parquet"
    # The scorer has DuckDB's environment, which the first peer uses too.
    try:
        scorer = make_venv(options.venvs / PEERS[0].name, PEERS[0].packages)
    except Unavailable as reason:
        print(f"compare.py: the scorer has {reason}", file=sys.stderr)
        return 1
    rows = [run_rcu(options, truth, scorer)]
    rows += [run_peer(peer, options, truth, scorer) for peer in options.peers]
    about = circumstances(options)
    print(" · ".join(f"{key} {value}" for key, value in about.items()) + "\n")
    print("\n".join(table(rows)))
    if options.json:
        everything = {"about": about, "rows": [asdict(row) for row in rows]}
        options.json.write_text(json.dumps(everything, indent=1, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
