"""What is harvested, and that every sentence of an installed Python client is known."""

from importlib import metadata

import msgspec
import pytest

from core.causes.sentences import sentences
from tests.harvest.compare import gone, unmapped
from tests.harvest.packages import Harvested, Package, installed_python, packages

MOST_NOT_OURS = 0.10


def test_every_sentence_of_the_anthropic_sdk_is_known():
    harvested = list(installed_python("anthropic"))
    assert len(harvested) > 50
    assert unmapped(harvested) == []
    assert gone(harvested) == []


def test_the_harvested_version_is_the_installed_one():
    version = next(package.version for package in packages() if package.name == "anthropic")
    assert metadata.version("anthropic") == version


def test_a_sentence_that_nobody_mapped_is_named_with_where_it_comes_from():
    known = Harvested("anthropic", sentences()[0].sentence, "anthropic/_client.py")
    new = Harvested("anthropic", "Nobody has said this before.", "anthropic/_client.py")
    assert unmapped([known, new]) == ["anthropic anthropic/_client.py: Nobody has said this before."]


def test_a_sentence_that_a_package_dropped_is_named():
    lines = gone([Harvested("anthropic", "Connection error.", "anthropic/_exceptions.py")])
    assert "anthropic: Connection error." not in lines
    assert len(lines) > 20
    assert all(line.startswith("anthropic: ") for line in lines)


def test_every_package_of_the_file_is_harvested():
    named = {package for sentence in sentences() for package in sentence.packages}
    assert named == {package.name for package in packages()}


def test_few_sentences_of_our_own_clients_are_not_ours():
    own = {package.name for package in packages() if package.own}
    theirs = [sentence for sentence in sentences() if own & set(sentence.packages)]
    assert len(theirs) > 400
    assert sum(sentence.not_ours is not None for sentence in theirs) <= MOST_NOT_OURS * len(theirs)


@pytest.mark.parametrize(
    ("path", "taken"),
    [
        ("dist/a.js", True),
        ("dist/x/y/a.js", True),
        ("dist/x/a.mjs", False),
        ("lib/a.js", False),
        ("dist/x/test/a.js", False),
        ("dist/test/b/a.js", False),
    ],
)
def test_a_package_takes_the_files_of_its_globs_but_not_those_left_out(path, taken):
    left_out = [{"path": "dist/**/test/**", "reason": "tests"}]
    table = {"name": "a", "language": "javascript", "files": ["dist/**/*.js"], "left_out": left_out}
    assert msgspec.convert(table, Package).takes(path) is taken
