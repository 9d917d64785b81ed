"""What only looks like a secret comes back unchanged."""

import json
from pathlib import Path

import pytest

from core.redaction import redact
from tests.paths import DATA
from tests.redaction.harmless import HARMLESS

RUNS = sorted((DATA / "redaction").glob("*"))


@pytest.mark.parametrize("name", HARMLESS)
def test_text_is_unchanged(name: str) -> None:
    result = redact(HARMLESS[name])
    assert result.text == HARMLESS[name]
    assert result.hidden == ()


@pytest.mark.parametrize("path", RUNS, ids=lambda path: path.name)
def test_real_runs_stay_readable_and_keep_their_error_texts(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    redacted = redact(text).text
    assert "LABTESTKEY" not in redacted
    assert redacted.count("invalid x-api-key") == text.count("invalid x-api-key")
    assert redacted.count("uthorization failed") == text.count("uthorization failed")
    if path.suffix == ".json":
        assert json.loads(redacted).keys() == json.loads(text).keys()
    if "flatted" in path.name:
        before, after = json.loads(text), json.loads(redacted)
        assert len(after) == len(before)
        assert all(type(a) is type(b) for a, b in zip(after, before, strict=True))


def test_there_are_real_runs() -> None:
    assert len(RUNS) >= 6
