"""The operator's commands."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from core import settings as settings_module
from core.settings import Settings
from core.storage.__main__ import main
from core.storage.errors import NO_FOLDER
from tests.storage.samples import DAY, NOW, SECRET


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def run(name: str, **chosen: str) -> tuple[int, str, str]:
        for variable in [each for each in os.environ if each.startswith("RECONNECT_")]:
            monkeypatch.delenv(variable)
        for variable, value in {"SECRET": SECRET, **chosen}.items():
            monkeypatch.setenv(f"RECONNECT_{variable}", value)
        settings_module.settings.cache_clear()
        code = main([name])
        settings_module.settings.cache_clear()
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


def test_sweep_says_what_it_deleted(on_sqlite: Settings, open_stores, command):
    kept = open_stores(on_sqlite)
    kept.cases.create("Long over", NOW - 4000 * DAY)
    data = str(on_sqlite.data_dir)
    assert command("sweep", DATA_DIR=data)[1].startswith("Nothing was deleted: the database was not used for days.")
    assert command("sweep", DATA_DIR=data) == (0, "Deleted 1 cases, 0 notebooks, 0 groups of reports.\n", "")


def test_a_fault_is_one_sentence_on_standard_error(command):
    assert command("sweep", DATABASE_URL="sqlite:////no/such/folder/x.db") == (1, "", NO_FOLDER + "\n")


def test_a_setting_that_cannot_be_used_too(command, tmp_path: Path):
    code, out, err = command("sweep", DATABASE_URL="mysql://host", DATA_DIR=str(tmp_path))
    assert (code, out, err.count("\n")) == (1, "", 1)
