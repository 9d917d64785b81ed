"""The layout and the direction of imports, read from the source."""

import ast
import graphlib
import subprocess
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.paths import ROOT, python_files, top_level

TOP_LEVEL = {
    "streamlit_app.py", "pages", "core", "tests", "benchmarks", "docs", ".ci", ".streamlit", ".gitignore",
    "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", "pyproject.toml", "requirements.txt",
}  # fmt: skip

OF_HOSTS = {".github", ".gitlab-ci.yml"}
"""What a host of the repository may need."""

STRANGERS = (
    ".vscode/settings.json", ".idea/workspace.xml", ".DS_Store", ".env", ".envrc", ".python-version", "uv.lock",
    "poetry.lock", "Pipfile", "node_modules/a/package.json", "venv/bin/python", "env/bin/python", ".direnv/x",
    ".coverage", "htmlcov/index.html", ".tox/log", ".nox/log", "mutants/x.py", "build/lib/x.py",
    "dist/x.whl", "reconnect.egg-info/PKG-INFO", "__pycache__/x.pyc", ".mypy_cache/x", ".ruff_cache/x",
    ".pytest_cache/x", ".hypothesis/x", "core.swp",
)  # fmt: skip
"""What editors, package managers and other people's tools leave on top of a checkout."""

LAYERS = (
    ("core.redaction", "core.sizes"),
    ("core.models", "core.net", "core.n8n.versions", "core.logs"),
    ("core.paste",),
    ("core.keys",),
    ("core.causes",),
    ("core.diagnosis",),
    ("core.setting_values",),
    ("core.settings",),
    ("core.storage",),
    ("core.probe", "core.n8n"),
    ("core.text",),
    ("core.web", "core.doctor"),
    ("core.cli",),
    ("core.__main__",),
    ("pages",),
    ("streamlit_app",),
)
"""The order of imports, lowest first: a layer may import what is below it; what shares a layer is strangers."""

PAGES = [*python_files(ROOT / "pages"), ROOT / "streamlit_app.py"]
CORE = python_files(ROOT / "core")


def module_name(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_name(file): file for file in [*CORE, *PAGES]}


@cache
def parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def imports(file: Path) -> Iterator[str]:
    """Every module that a file imports, and every name taken from it, as dotted names."""
    for node in ast.walk(parsed(file)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            if not all(name in MODULES for name in names):
                yield node.module
            yield from names


def calls(file: Path) -> Iterator[ast.Call]:
    yield from (node for node in ast.walk(parsed(file)) if isinstance(node, ast.Call))


def is_in(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def offences(files: list[Path], against: Callable[[Path], Iterable[str]]) -> dict[str, list[str]]:
    """What each file does against a rule, by its path; a file that keeps the rule is left out."""
    return {str(file.relative_to(ROOT)): found for file in files if (found := list(against(file)))}


def test_the_top_level_holds_what_the_readme_names_and_nothing_else():
    assert top_level(ROOT) - OF_HOSTS == TOP_LEVEL


@pytest.mark.parametrize("has_git", [True, False])
def test_what_a_stranger_leaves_in_a_checkout_is_not_judged(tmp_path, has_git):
    ours, theirs = ("streamlit_app.py", ".gitignore", "core/cli.py"), (*STRANGERS, ".venv/bin/python")
    for name in (*ours, *theirs):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / ".gitignore").write_bytes((ROOT / ".gitignore").read_bytes())
    if has_git:
        for command in (("init", "-q"), ("add", "."), ("add", "-f", "streamlit_app.py", "core/cli.py")):
            subprocess.run(["git", "-C", str(tmp_path), *command], check=True)
    assert top_level(tmp_path) == {"streamlit_app.py", ".gitignore", "core"}
    stray = tmp_path / "scratch.py"
    stray.touch()
    if has_git:
        subprocess.run(["git", "-C", str(tmp_path), "add", "scratch.py"], check=True)
    assert "scratch.py" in top_level(tmp_path)


def test_hidden_folders_hold_no_code_of_ours(tmp_path):
    for name in ("a.py", "b/c.py", "b/.ipynb_checkpoints/c-checkpoint.py", ".idea/d.py", "b/e.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert python_files(tmp_path) == [tmp_path / "a.py", tmp_path / "b/c.py"]


def test_core_knows_no_streamlit_and_no_page():
    def upward(file: Path) -> Iterator[str]:
        yield from (name for name in imports(file) if is_in(name, "streamlit") or is_in(name, "pages"))

    assert offences(CORE, upward) == {}


def test_pages_reach_neither_the_database_nor_the_network_by_themselves():
    ways_out = ("sqlalchemy", "sqlite3", "psycopg", "httpx", "httpcore", "requests", "urllib.request", "socket")

    def outward(file: Path) -> Iterator[str]:
        yield from (name for name in imports(file) if any(is_in(name, way) for way in ways_out))

    assert offences(PAGES, outward) == {}


def layer_of(name: str) -> tuple[int, str] | None:
    """The height of a module's layer and the part of the layer that it belongs to, None for a stranger's module."""
    parts = [(len(part), height, part) for height, layer in enumerate(LAYERS) for part in layer if is_in(name, part)]
    return max(parts)[1:] if parts else None


def upward_imports(file: Path) -> Iterator[str]:
    """The imports of what is not below the file's own layer."""
    own = module_name(file)
    if own == "core":
        yield from imports(file)
        return
    layer = layer_of(own)
    if layer is None:
        yield f"{own} belongs to no layer"
        return
    height, part = layer
    targets = [(name, layer_of(name)) for name in imports(file) if is_in(name, "core") or is_in(name, "pages")]
    yield from (name for name, target in targets if target and target[1] != part and target[0] >= height)


def test_imports_run_downward():
    assert offences([*CORE, *PAGES], upward_imports) == {}


def test_no_module_imports_itself_by_a_detour():
    graph = {name: {target for target in imports(file) if target in MODULES} for name, file in MODULES.items()}
    # raises CycleError, which names the modules of the cycle
    list(graphlib.TopologicalSorter(graph).static_order())


def test_only_the_tests_are_named_as_tests():
    misnamed = [
        file
        for file in [*CORE, *PAGES, *python_files(ROOT / "benchmarks")]
        if file.stem.startswith("test_") or file.stem.endswith("_test")
    ]
    assert not misnamed


def test_patterns_on_strangers_text_run_in_linear_time():
    """Python's own `re` backtracks; where it is used, the pattern must be of escaped, known text only."""

    def backtracking(file: Path) -> Iterator[str]:
        yield from (name for name in imports(file) if name == "re")

    replaces_known_secrets = ROOT / "core/redaction/exact.py"
    assert offences([file for file in CORE if file != replaces_known_secrets], backtracking) == {}


def markup_calls(file: Path) -> Iterator[str]:
    """The calls that put text on a page as markup."""
    for call in calls(file):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        owner = ast.unparse(call.func.value) if isinstance(call.func, ast.Attribute) else ""
        unescaped = name in {"html", "table"} and owner != "escaped"
        unsafe = {"unsafe_allow_html", "unsafe_allow_javascript"} & {keyword.arg for keyword in call.keywords}
        if unescaped or name in {"iframe", "write"} or unsafe:
            yield ast.unparse(call)


def test_only_the_escaping_helper_writes_markup():
    assert offences([file for file in PAGES if file.name != "escaped.py"], markup_calls) == {}


def test_the_escaping_helper_draws_in_two_places_and_escapes_every_value():
    source = (ROOT / "pages/parts/escaped.py").read_text(encoding="utf-8")
    drawn = [call for call in calls(ROOT / "pages/parts/escaped.py") if ast.unparse(call.func) == "st.html"]
    assert [ast.unparse(call.args[0]) for call in drawn] == ["_STYLES", "f'<div class=\"rc\">{markup}</div>'"]
    assert "unsafe_allow" not in source


def test_a_page_never_stops_before_the_footer():
    """`st.stop` in a page would leave out the footer with the support contact: return instead."""

    def stops(file: Path) -> Iterator[str]:
        yield from (ast.unparse(call) for call in calls(file) if ast.unparse(call.func) == "st.stop")

    assert offences(PAGES, stops) == {}


def test_links_to_pages_are_drawn_in_one_place():
    """`pages.parts.links` has the table of pages, so that a page that moves takes its links along."""
    ways = {"st.page_link", "st.switch_page", "st.Page"}

    def drawn(file: Path) -> Iterator[str]:
        yield from (ast.unparse(call.func) for call in calls(file) if ast.unparse(call.func) in ways)

    assert set(offences(PAGES, drawn)) == {"pages/parts/links.py"}


def test_functions_and_files_stay_short():
    """At most 40 lines a function and 350 a file; a released step of the migrations is never changed."""

    def too_long(file: Path) -> Iterator[str]:
        if len(file.read_text(encoding="utf-8").splitlines()) > 350:
            yield "the file"
        if "versions" in file.parts:
            return
        for node in ast.walk(parsed(file)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno - node.lineno >= 40:
                yield node.name

    assert offences([*PAGES, *CORE], too_long) == {}


def test_every_module_says_what_it_is_for():
    assert [str(file) for file in [*PAGES, *CORE] if not ast.get_docstring(parsed(file))] == []


@pytest.mark.xdist_group("a group of one")
def test_groups_stay_on_one_worker(request):
    """Else each worker starts an n8n and a browser; pytest 9.2 with pytest-xdist 3.8.0 lost them in silence."""
    parallel = hasattr(request.config, "workerinput")
    assert request.node.nodeid.endswith("@a group of one") == parallel
