"""What the README says is what the program does."""

import re
import subprocess
import sys

import pytest

from core.settings import settings_table
from core.sizes import MAX_REPORT_BYTES, MAX_UPLOAD_MB
from core.storage.limits import REPORTS_A_MINUTE, Scope
from pages.parts.links import PortalPage
from tests.paths import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def between(mark: str) -> str:
    found = re.search(rf"<!-- {mark} -->\n(.*?)<!-- /{mark} -->", README, re.DOTALL)
    assert found
    return found[1]


def command(mark: str) -> str:
    found = re.search(rf"<!-- {mark} -->\n```sh\n(.*?)\n```", README, re.DOTALL)
    assert found
    return found[1]


def test_the_settings_table_is_the_settings_own() -> None:
    assert between("settings") == settings_table()


def test_the_two_commands_name_files_that_are_there() -> None:
    for mark in ("start", "tests"):
        files = re.findall(r"-r (\S+)", command(mark))
        assert files
        assert all((ROOT / file).is_file() for file in files)
    assert (ROOT / "streamlit_app.py").is_file()


def test_ci_runs_the_test_command_itself() -> None:
    assert "<!-- tests -->" in (ROOT / ".ci/run").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", re.findall(r"^reconnect (\S+)", README, re.MULTILINE))
def test_every_command_of_the_readme_exists(name: str) -> None:
    run = subprocess.run([sys.executable, "-m", "core", name, "--help"], cwd=ROOT, capture_output=True, check=False)
    assert run.returncode == 0


def test_every_page_of_the_menu_is_in_the_readme() -> None:
    shown = re.findall(r"^\| \*\*(.+?)\*\* \|", README, re.MULTILINE)
    assert {page.title for page in PortalPage if page.is_in_menu} == set(shown)


def test_the_proxy_lets_through_what_can_be_uploaded() -> None:
    """nginx's ``m`` is 1,048,576 bytes, which leaves room for what a form puts around the file."""
    assert re.findall(r"client_max_body_size (\w+);", README) == [f"{MAX_UPLOAD_MB}m"]


def test_the_readmes_sizes_are_the_programs() -> None:
    assert f"at most {MAX_REPORT_BYTES:,} bytes, {REPORTS_A_MINUTE[Scope.ADDRESS]} a minute and sender" in README


def test_pinned_files_name_no_registry() -> None:
    for name in ("requirements.txt", "tests/requirements.txt"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text
        assert "--index-url" not in text
