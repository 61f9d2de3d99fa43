"""One configuration in every form, and all its problems at once."""

import datetime
import json
from pathlib import Path
from types import MappingProxyType

import pytest

import rcu

TOML = """
[rcu]
as_of = 2026-11-21

[sources.till]
id = "no"
fields = { email = "mail" }
"""
YAML = "rcu: {as_of: '2026-11-21'}\nsources:\n  till: {id: no_client, fields: {email: mail}}\n"
MAPPING = {
    "rcu": {"as_of": datetime.date(2026, 11, 21)},
    "sources": {"till": {"id": "no", "path": Path("till.csv"), "fields": MappingProxyType({"email": ("mail", "mail2")})}},
}


def test_every_form_is_read(tmp_path, retail):
    for ending, text in [("toml", TOML), ("yaml", YAML), ("yml", YAML), ("json", json.dumps(rcu.expand(TOML)))]:
        file = tmp_path / f"config.{ending}"
        file.write_text(text)
        for form in (text, file, str(file)):
            assert rcu.check(form) is None
            assert rcu.expand(form)["rcu"]["as_of"] == "2026-11-21"
    rcu.check(retail)
    till = rcu.expand(MAPPING)["sources"]["till"]
    assert (till["path"], till["fields"]["email"]) == ("till.csv", ["mail", "mail2"])


def test_a_configuration_written_out_reads_back():
    full = rcu.expand(TOML)
    assert rcu.expand(full) == full
    assert full["households"]
    assert full["survivorship"]


def test_the_schema_is_a_json_schema():
    schema = rcu.schema()
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert "sources" in schema["properties"]


def test_all_problems_come_at_once():
    config = {"sources": {"till": {"id": 3, "fields": {"emial": "mail"}}}, "pases": []}
    with pytest.raises(rcu.ConfigError) as caught:
        rcu.check(config)
    assert caught.value.code == "config"
    problems = dict(caught.value.problems)
    assert len(problems) >= 2
    assert "passes" in problems["pases"]
    for call in (rcu.expand, rcu.resolve):
        with pytest.raises(rcu.ConfigError) as again:
            call(config)
        assert again.value.problems == caught.value.problems


@pytest.mark.parametrize("text", ["[sources", "sources: [", '{"sources": ', "a = = 1"])
def test_text_that_cannot_be_parsed_is_said(text):
    with pytest.raises(rcu.ConfigSyntaxError, match="not readable as (TOML|YAML|JSON)"):
        rcu.check(text)


def test_a_file_that_is_not_there_is_said(tmp_path):
    for path in (tmp_path / "none.toml", "none.yaml"):
        with pytest.raises(rcu.IoError, match="none"):
            rcu.check(path)


def test_other_values_are_refused_with_their_place():
    with pytest.raises(TypeError, match=r"config\.sources\.till\.id is bytes"):
        rcu.check({"sources": {"till": {"id": b"no"}}})
    with pytest.raises(TypeError, match="config has a key of type int"):
        rcu.check({1: 2})
    with pytest.raises(TypeError, match="config is int"):
        rcu.check(3)
    with pytest.raises(ValueError, match="not finite"):
        rcu.check({"rcu": float("nan")})
    loop: dict = {}
    loop["rcu"] = loop
    with pytest.raises(ValueError, match="nested"):
        rcu.check(loop)
