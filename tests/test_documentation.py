"""The documents: the example of docs/architecture.md runs, and what they name is there."""

import doctest
import re

import pytest

from tests.paths import ROOT, top_level
from tests.test_architecture import LAYERS
from tests.test_readme import between

ARCHITECTURE = ROOT / "docs" / "architecture.md"
TEXT = ARCHITECTURE.read_text(encoding="utf-8")
DOCUMENTS = ("README.md", "CONTRIBUTING.md", "docs/architecture.md", "benchmarks/README.md", "tests/data/README.md")
NOT_OURS = {"dist/types/nodes.json"}
"""A file of n8n."""
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


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_path_that_a_document_names_is_there(document: str) -> None:
    """A path may begin at any folder, as `formats/` does beside its package."""
    text = (ROOT / document).read_text(encoding="utf-8")
    named = re.findall(r"[`(](?:\.\./)?((?:[\w.-]+/)+(?:[\w.-]+\.[a-z]+)?|[\w-]+\.(?:py|toml|md))[`)]", text)
    named += re.findall(r"(?<![\w/.])tests/[\w/.-]*\w(?![\w<])", text)
    modules = re.findall(r"python -m ((?:benchmarks|core|tests)[.\w]*)", text)
    named += [module.replace(".", "/") for module in modules]
    assert named
    tops = [ROOT / name for name in top_level(ROOT)]
    paths = [*tops, *(path for top in tops for path in top.rglob("*"))]
    there = [f"/{path.relative_to(ROOT).as_posix()}" for path in paths]
    there += [path.removesuffix(".py") for path in there if path.endswith(".py")]
    absent = [name for name in named if not any(path.endswith(f"/{name.rstrip('/')}") for path in there)]
    assert [name for name in absent if name not in NOT_OURS] == []


def test_every_test_that_a_recipe_names_is_there() -> None:
    defined = {
        name
        for file in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"def (test_\w+)", file.read_text(encoding="utf-8"))
    }
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")))
    assert named
    assert named <= defined


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
