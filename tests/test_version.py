"""The version stands in pyproject.toml, and all who name it name that one."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import metadata
from pathlib import Path

import pytest

import lstm_core

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_the_library_says_the_version_of_the_project_and_so_does_what_is_cited():
    assert lstm_core.__version__ == PROJECT["version"]
    cited = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert re.search(r"^version: (\S+)$", cited, re.MULTILINE)[1] == PROJECT["version"]
    assert re.search(r"^license: (\S+)$", cited, re.MULTILINE)[1] == PROJECT["license"]
    [author] = PROJECT["authors"]
    assert f"- name: {author['name']}" in cited
    assert author["name"] in (ROOT / "LICENSE").read_text(encoding="utf-8")


def test_the_changelog_begins_with_it():
    """The notes of a release are cut out there."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (.*)$", text, re.MULTILINE)[0] == PROJECT["version"]


def test_an_import_reads_no_metadata():
    code = """
import importlib.metadata as m
real = m.version
def version(name):
    assert name != "gatescope"
    return real(name)
m.version = version
import lstm_core
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_another_name_is_an_attribute_error_as_ever():
    with pytest.raises(AttributeError, match="'lstm_core' has no attribute 'version'"):
        _ = lstm_core.version
    assert metadata("gatescope")["Name"] == "gatescope"


def test_a_name_of_a_room_is_said_to_be_there():
    with pytest.raises(AttributeError, match=r"'probe'\. It is lstm_core\.analysis\.probe\."):
        _ = lstm_core.probe
