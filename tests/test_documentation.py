"""docs/architecture.md: its example runs, and what it says of the tree is so."""

import doctest
import re

from tests.paths import ROOT
from tests.test_architecture import LAYERS
from tests.test_readme import between

ARCHITECTURE = ROOT / "docs" / "architecture.md"
TEXT = ARCHITECTURE.read_text(encoding="utf-8")
PACKAGES = {f"core/{path.parent.name}/" for path in (ROOT / "core").glob("*/__init__.py")}


def test_the_example_runs() -> None:
    outcome = doctest.testfile(str(ARCHITECTURE), module_relative=False)
    assert outcome.attempted
    assert not outcome.failed


def test_every_package_is_described_and_none_that_is_gone() -> None:
    assert set(re.findall(r"^\| `(core/\w+/)` \|", TEXT, re.MULTILINE)) == PACKAGES
    assert set(re.findall(r"^(core/\w+/) ", between("tree"), re.MULTILINE)) == PACKAGES


def test_the_readmes_tree_names_every_tracked_folder_and_single_module() -> None:
    single = {path.name for path in (ROOT / "core").glob("*.py")} - {"__init__.py", "__main__.py"}
    assert not [name for name in single if name not in between("tree")]
    assert not [name for name in ("streamlit_app.py", "pages/", "tests/", "docs/") if name not in between("tree")]


def test_the_order_of_imports_is_the_one_that_is_tested() -> None:
    order = re.search(r"`(streamlit_app → .*?)`", TEXT, re.DOTALL)
    assert order
    written = [{name.strip() for name in layer.split(",")} for layer in order[1].split("→")]
    tested = [{part.removeprefix("core.").replace(".", "/") for part in layer} for layer in reversed(LAYERS)]
    assert written == [layer for layer in tested if layer not in ({"__main__"}, {"setting_values"})]


def test_no_document_that_is_not_here_is_named() -> None:
    files = [*(ROOT / "core").rglob("*.py"), *(ROOT / "pages").rglob("*.py"), *ROOT.glob("*.md")]
    named = {(str(file), name) for file in files for name in re.findall(r"\b[A-Z]+\.md\b", file.read_text("utf-8"))}
    assert not [(file, name) for file, name in named if not (ROOT / name).is_file()]
