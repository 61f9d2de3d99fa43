"""python benches/peers/normalize.py        (--help for options)

Values per second of rcu's normalisers and of the usual Python tools, on the same generated values, in one run: one
thread each, CPU seconds of that thread, of each block of values the fastest of several passes, no value remembered.
Prints a Markdown table.

It builds `normalize_speed`, which generates a retailer's customers with a fixed seed, times rcu and leaves the values
and its answers; `usual.py` then runs the Python tools on an even sample of them, in an environment of their own.
Needs Linux or macOS, cargo, and no package: only the environment does.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

import compare

PACKAGES = ("phonenumbers==9.0.43", "Unidecode==1.4.0", "email-validator==2.4.0", "python-dateutil==4.0.0")
USUAL = Path(__file__).with_name("usual.py")

# Values per second and ratios that the project set itself.
TARGETS = {
    "phone": (3e6, 200),
    "email": (4e6, None),
    "last_name": (8e6, None),
    "first_name": (8e6, None),
    "birth_date": (15e6, None),
    "date": (15e6, None),
    "record": (7e5, None),
}


def build() -> Path:
    """The release program, built when it is not up to date."""
    command = ["cargo", "build", "--release", "--locked", "--quiet", "-p", "rcu-benches", "--bin", "normalize_speed"]
    subprocess.run(command, cwd=compare.CHECKOUT, check=True)
    return compare.CHECKOUT / "target/release/normalize_speed"


def rcu(program: Path, options: argparse.Namespace) -> dict:
    command = [str(program), "--out", str(options.work), "--records", str(options.records)]
    command += ["--seed", str(options.seed), "--repeat", str(options.repeat)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def usual(python: Path, report: dict, options: argparse.Namespace) -> dict[str, dict]:
    command = [str(python), str(USUAL), str(options.work), str(options.sample), ",".join(report["fields"])]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def number(value: float) -> str:
    """Three figures: `15 300 000`."""
    digits = len(str(int(value)))
    return f"{round(value, 3 - digits) if digits > 3 else value:,.0f}".replace(",", " ")


def table(report: dict, peers: dict[str, dict]) -> tuple[list[str], list[str]]:
    """The Markdown table, and what missed its target."""
    heads = ["kind", "values", "rcu values/s", "target", "Python values/s", "rcu / Python", "same answer", "Python tool"]
    lines = ["| " + " | ".join(heads) + " |", "| --- |" + " ---: |" * 6 + " --- |"]
    missed = []
    for figure in report["figures"]:
        kind, speed = figure["kind"], figure["per_second"]
        wanted, times = TARGETS.get(kind, (None, None))
        cells = [kind, number(figure["values"]), number(speed), number(wanted) if wanted else ""]
        if wanted and speed < wanted:
            missed.append(f"{kind}: {number(speed)} values/s, target {number(wanted)}")
        if peer := peers.get(kind):
            ratio = speed / peer["per_second"]
            same = f"{peer['same']:.1%}" if peer["same"] is not None else ""
            cells += [number(peer["per_second"]), f"{ratio:,.0f}".replace(",", " "), same, peer["tool"]]
            if times and ratio < times:
                missed.append(f"{kind}: {ratio:.0f} times Python, target {times}")
        else:
            cells += [""] * 4
        lines.append("| " + " | ".join(cells) + " |")
    return lines, missed


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=300_000, help="customer records to generate (%(default)s)")
    parser.add_argument("--seed", type=int, default=20_261_121, help="another seed gives other people")
    parser.add_argument("--repeat", type=int, default=9, help="passes over each block; the fastest counts")
    parser.add_argument("--sample", type=int, default=20_000, help="values of each kind that Python reads")
    parser.add_argument("--program", type=Path, help="a normalize_speed that is built already")
    parser.add_argument("--python", type=Path, help="an interpreter that has the packages")
    parser.add_argument("--work", type=Path, default=compare.CHECKOUT / "bench-out/normalize", help="folder for values")
    parser.add_argument("--json", type=Path, help="also write everything here")
    return parser.parse_args(arguments)


def main() -> int:
    options = parse(sys.argv[1:])
    options.data = options.work
    options.work.mkdir(parents=True, exist_ok=True)
    try:
        python = options.python or compare.make_venv(compare.CHECKOUT / ".venv-peers/normalize", PACKAGES)
    except compare.Unavailable as reason:
        print(f"normalize.py: {reason}", file=sys.stderr)
        return 1
    report = rcu(options.program or build(), options)
    peers = usual(python, report, options)
    about = compare.circumstances(options) | {"records": report["records"], "seed": report["seed"]}
    about |= peers.pop("versions")
    lines, missed = table(report, peers)
    print(" · ".join(f"{key} {value}" for key, value in about.items() if key not in ("data", "generator")) + "\n")
    print("\n".join(lines))
    for line in missed:
        print(f"\nmissed {line}")
    if options.json:
        options.json.write_text(json.dumps({"about": about, "rcu": report, "python": peers}, indent=1) + "\n")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
