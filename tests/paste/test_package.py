"""The package's own description names what is in it, in the order of imports."""

import ast

import pytest
import re2

import core.paste
from core.paste import errors
from tests.paths import ROOT

FOLDER = ROOT / "core/paste"
DRAWN = re2.findall(r"(?m)^    ([a-z]+/?) {2,}\S", core.paste.__doc__)


def imported_by(module: str) -> set[str]:
    files = [FOLDER / f"{module}.py"] if not module.endswith("/") else (FOLDER / module).glob("*.py")
    trees = [ast.walk(ast.parse(file.read_text(encoding="utf-8"))) for file in files]
    named = [node.module for tree in trees for node in tree if isinstance(node, ast.ImportFrom) and node.module]
    return {name.split(".")[2] for name in named if name.startswith("core.paste.")}


def test_every_module_is_described():
    modules = {file.stem for file in FOLDER.glob("*.py")} - {"__init__"}
    packages = {f"{file.parent.name}/" for file in FOLDER.glob("*/__init__.py")}
    assert set(DRAWN) == modules | packages
    assert len(DRAWN) == len(set(DRAWN))


@pytest.mark.parametrize("module", DRAWN)
def test_a_module_imports_only_what_is_drawn_below_it(module):
    below = {name.rstrip("/") for name in DRAWN[DRAWN.index(module) + 1 :]}
    assert imported_by(module) - {module.rstrip("/")} <= below


def test_every_error_is_drawn():
    classes = [name for name, value in vars(errors).items() if isinstance(value, type)]
    assert len(classes) >= 4
    assert all(name in core.paste.__doc__ and name in errors.__doc__ for name in classes)
