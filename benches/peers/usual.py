"""usual.py DIR SAMPLE FIELDS: what people write with phonenumbers, email-validator, Unidecode, re and dateutil, timed.

Run by normalize.py. DIR holds KIND.jsonl with one `[value, rcu's answer]` a line and record.jsonl with one list of
cells a line, whose fields FIELDS names. Prints JSON: values per second of CPU time of one thread, of each block
the fastest of five passes, over SAMPLE values, and the share of values on which both answer alike (a refusal is an answer).
"""

from __future__ import annotations

import importlib.metadata
import json
import re
import sys
import time
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from pathlib import Path

import phonenumbers
from dateutil import parser as dates
from email_validator import EmailNotValidError, validate_email
from unidecode import unidecode

PASSES = 5
# Timed together, as in normalize_speed.
BLOCK = 4096
PACKAGES = ("phonenumbers", "Unidecode", "email-validator", "python-dateutil")

NOT_LETTERS = re.compile(r"[^A-Z]+")
NOT_WORDS = re.compile(r"[^A-Z0-9]+")
ISO = re.compile(r"\d{4}-?\d{2}-?\d{2}")
EIGHT = re.compile(r"(\d{2})(\d{2})(\d{4})")
WAYS = {
    "ALL": "ALLEE", "AV": "AVENUE", "AVE": "AVENUE", "BD": "BOULEVARD", "BLD": "BOULEVARD", "BLVD": "BOULEVARD",
    "CHE": "CHEMIN", "CHEM": "CHEMIN", "CRS": "COURS", "FG": "FAUBOURG", "FBG": "FAUBOURG", "IMP": "IMPASSE",
    "LOT": "LOTISSEMENT", "PAS": "PASSAGE", "PL": "PLACE", "R": "RUE", "RES": "RESIDENCE", "RTE": "ROUTE",
    "SQ": "SQUARE", "GAL": "GENERAL", "MAL": "MARECHAL", "DR": "DOCTEUR", "ST": "SAINT", "STE": "SAINTE",
}  # fmt: skip
WAY = re.compile(r"\b(" + "|".join(WAYS) + r")\b")
CIVILITIES = {"M": "M", "MR": "M", "MONSIEUR": "M", "MME": "MME", "MADAME": "MME", "MLLE": "MME"}
CONSENTS = {"1": "granted", "0": "denied", "O": "granted", "N": "denied", "OUI": "granted", "NON": "denied"}


def phone(raw: str) -> str | None:
    try:
        number = phonenumbers.parse(raw, "FR")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def email(raw: str) -> str | None:
    try:
        return validate_email(raw.strip().lower(), check_deliverability=False).normalized
    except EmailNotValidError:
        return None


def name(raw: str) -> str | None:
    return NOT_LETTERS.sub(" ", unidecode(raw).upper()).strip() or None


def date(raw: str) -> str | None:
    text = raw.strip()
    iso = ISO.match(text)
    if eight := None if iso and text[:2] in ("19", "20") else EIGHT.fullmatch(text):
        text = "/".join(eight.groups())
    try:
        return dates.parse(text, dayfirst=not iso).date().isoformat()
    except (ValueError, OverflowError):
        return None


def amount(raw: str) -> str | None:
    text = re.sub(r"[\s€]", "", raw).replace(",", ".")
    try:
        return str(Decimal(text).quantize(Decimal("0.01")))
    except InvalidOperation:
        return None


def street(raw: str) -> str | None:
    text = NOT_WORDS.sub(" ", unidecode(raw).upper()).strip()
    return WAY.sub(lambda word: WAYS[word[0]], text) or None


def postcode(raw: str) -> str | None:
    text = raw.strip().zfill(5)
    return text if re.fullmatch(r"\d{5}", text) else None


def city(raw: str) -> str | None:
    text = NOT_WORDS.sub(" ", unidecode(raw).upper()).strip()
    text = re.sub(r"\bST\b", "SAINT", text)
    return re.sub(r"\bSTE\b", "SAINTE", text) or None


def text(raw: str) -> str | None:
    return " ".join(raw.split()) or None


def word(words: dict[str, str]) -> Callable[[str], str | None]:
    return lambda raw: words.get(raw.strip(" .").upper())


KINDS = {
    "phone": (phone, "phonenumbers"),
    "email": (email, "email-validator"),
    "last_name": (name, "Unidecode + re"),
    "first_name": (name, "Unidecode + re"),
    "birth_date": (date, "dateutil"),
    "date": (date, "dateutil"),
    "amount": (amount, "re + Decimal"),
    "street": (street, "Unidecode + re"),
    "postcode": (postcode, "re"),
    "city": (city, "Unidecode + re"),
}
FIELDS = {
    "civility": word(CIVILITIES), "last_name": name, "birth_name": name, "first_name": name, "email": email,
    "mobile": phone, "landline": phone, "street": street, "address_extra": text, "postcode": postcode, "city": city,
    "birth_date": date, "consent_email": word(CONSENTS),
}  # fmt: skip


def sample(path: Path, size: int) -> list:
    """`size` lines at even distances."""
    lines = path.read_text().splitlines()
    step = max(1, len(lines) // size)
    return [json.loads(line) for line in lines[::step][:size]]


def timed(items: list, work: Callable) -> tuple[list, float]:
    """The answers, which every pass must give alike, and the seconds of the fastest pass over each block."""
    answers, seconds = [], 0.0
    for at in range(0, len(items), BLOCK):
        block = items[at : at + BLOCK]
        best, first = float("inf"), None
        for _ in range(PASSES):
            start = time.thread_time()
            got = [work(item) for item in block]
            best = min(best, time.thread_time() - start)
            assert first is None or first == got
            first = got
        answers += first
        seconds += best
    return answers, seconds


def main() -> None:
    folder, size, fields = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3].split(",")
    report = {"versions": {package: importlib.metadata.version(package) for package in PACKAGES}}
    for kind, (work, tool) in KINDS.items():
        pairs = sample(folder / f"{kind}.jsonl", size)
        answers, seconds = timed([raw for raw, _ in pairs], work)
        same = sum(answer == wanted for answer, (_, wanted) in zip(answers, pairs, strict=True))
        report[kind] = {"tool": tool, "per_second": len(pairs) / seconds, "same": same / len(pairs)}
    cells = [FIELDS[field] for field in fields]
    rows = sample(folder / "record.jsonl", size)
    # An empty cell costs nothing, as a careful script would have it.
    _, seconds = timed(rows, lambda row: [work(cell) if cell else None for work, cell in zip(cells, row, strict=True)])
    report["record"] = {"tool": "all of these", "per_second": len(rows) / seconds, "same": None}
    print(json.dumps(report))


if __name__ == "__main__":
    main()
