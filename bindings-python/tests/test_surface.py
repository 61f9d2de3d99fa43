"""Types, names, versions and examples stay in step."""

import inspect
import json
import os
import subprocess
import sys
import tomllib

import pytest
from conftest import ROOT

import rcu

PACKAGE = ROOT / "bindings-python"


def run(*command, **env):
    done = subprocess.run(
        [sys.executable, *command],
        cwd=PACKAGE,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_version_is_the_workspaces():
    workspace = tomllib.loads((ROOT / "Cargo.toml").read_text())
    assert rcu.__version__ == workspace["workspace"]["package"]["version"]


def test_the_public_names_are_those_of_the_surface():
    listed = json.loads((ROOT / "rcu-core" / "tests" / "surface.json").read_text())["python"]
    public = {name: getattr(rcu, name) for name in rcu.__all__}
    functions = sorted(name for name, thing in public.items() if inspect.isroutine(thing))
    types = sorted(name for name, thing in public.items() if inspect.isclass(thing))
    assert functions == listed["functions"]
    assert types == listed["types"]
    assert sorted(set(public) - set(functions) - set(types)) == listed["constants"]
    shown = {name for name, thing in vars(rcu).items() if not name.startswith("_") and not inspect.ismodule(thing)}
    assert shown <= set(rcu.__all__), "exported without being public"


def test_everything_public_is_documented_and_sorted_by_name():
    assert sorted(rcu.__all__) == sorted(set(rcu.__all__))
    for name in rcu.__all__:
        thing = getattr(rcu, name)
        assert isinstance(thing, tuple | str) or thing.__doc__, name


def test_stubs_match_the_built_module():
    pytest.importorskip("mypy")
    run("-m", "mypy.stubtest", "rcu._rcu", "--mypy-config-file", "pyproject.toml", MYPYPATH="python")


def test_the_package_and_the_examples_type_check():
    pytest.importorskip("mypy")
    run("-m", "mypy")


def test_the_package_needs_no_dataframe_library():
    blocked = "import sys; sys.modules.update(pyarrow=None, pandas=None, polars=None, numpy=None); "
    run("-c", blocked + "import rcu; assert rcu.normalize('phone', ['0630124578'])['value'] == ['+33630124578']")


def test_the_example_tells_its_story():
    said = run(str(ROOT / "examples" / "retailer.py"))
    for words in ("5000 records", "pairwise F1", "reconciled", "+33630124578"):
        assert words in said, said


def test_the_kept_repository_tells_its_story():
    said = run(str(ROOT / "examples" / "living.py"))
    for words in ("5000 records", "BAPTISTE", "link with", "web shop: merged", "0 values left", "all as kept"):
        assert words in said, said
