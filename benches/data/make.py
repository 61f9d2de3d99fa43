"""Rebuilds the three .gz tables of this folder from the project's shared reference tables.

python make.py REFERENCE_DIR        (the folder with first_names.csv.gz, last_names.csv.gz, communes.csv.gz)
"""
import csv
import gzip
import io
import sys
from pathlib import Path

HERE = Path(__file__).parent
FIRST_NAMES_PER_SEX = 5_000
LAST_NAMES = 60_000
SMALLEST_COMMUNE = 50


def rows(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def save(name: str, lines: list[str]) -> None:
    packed = io.BytesIO()
    # No time and no file name in the header: the same lines give the same bytes.
    with gzip.GzipFile(filename="", mode="wb", fileobj=packed, compresslevel=9, mtime=0) as file:
        file.write("".join(line + "\n" for line in lines).encode())
    (HERE / name).write_bytes(packed.getvalue())
    print(f"{name}: {len(lines)} rows, {len(packed.getvalue())} bytes")


def first_names(reference: Path) -> list[str]:
    table = rows(reference / "first_names.csv.gz")
    lines = []
    for sex in "MF":
        names = [row for row in table if row["sex"] == sex and len(row["first_name"]) > 1]
        names.sort(key=lambda row: int(row["rank_in_sex"]))
        lines += [f"{row['first_name']},{sex}" for row in names[:FIRST_NAMES_PER_SEX]]
    return lines


def last_names(reference: Path) -> list[str]:
    table = [row for row in rows(reference / "last_names.csv.gz") if len(row["last_name"]) > 1]
    table.sort(key=lambda row: int(row["rank"]))
    return [row["last_name"] for row in table[:LAST_NAMES]]


def communes(reference: Path) -> list[str]:
    """Metropolitan communes, Paris, Lyon and Marseille by arrondissement under the city's name."""
    table = rows(reference / "communes.csv.gz")
    split_cities = {row["name"].split(" ")[0] for row in table if row["type"] == "arrondissement-municipal"}
    lines = []
    for row in table:
        city = row["name"]
        if row["type"] == "arrondissement-municipal":
            city = city.split(" ")[0]
        elif row["type"] != "commune-actuelle" or city in split_cities:
            continue
        codes = sorted(set(row["postal_codes"].split()))
        people = int(row["population"] or 0)
        if not codes or people < SMALLEST_COMMUNE or row["insee_code"].startswith(("97", "98")):
            continue
        lines += [f"{city},{code},{row['departement']},{people // len(codes)}" for code in codes]
    return lines


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    source = Path(sys.argv[1])
    save("first_names.csv.gz", first_names(source))
    save("last_names.txt.gz", last_names(source))
    save("communes.csv.gz", communes(source))
