"""Measure what the tests notice: `python -m benchmarks.mutants` changes the code a little and runs its tests.

Cosmic Ray makes the changes (a comparison turned, a branch negated, a number one larger, a decorator gone, …). This
script draws a repeatable sample of them for each package of ``[tool.mutants]`` in pyproject.toml, tries each in a copy
of the checkout with the tests named there, and prints how many were tried, killed (a test failed, or did not end) and
survived, with the difference that each survivor made. Annotations are left alone. A change after which the package
cannot be imported says nothing about the tests, so another one is drawn in its place.

Each mutant runs in a fork of this process, which has imported the libraries but nothing of the project.
"""

import argparse
import ast
import difflib
import hashlib
import importlib
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
LIBRARIES = ("pytest", "hypothesis", "xdist", "pandas", "re2", "msgspec", "httpx", "sqlalchemy", "alembic.config")
"""What the tests import, imported once: a fork starts with it."""

NEED_ARGUMENTS = {"core/VariableReplacer", "core/VariableInserter"}
"""Operators of Cosmic Ray that must be told which variable; no other mutation tool has them."""

PASSED, FAILED = 0, 1
"""Exit codes of pytest."""

UNIMPORTABLE = (2, 4)
"""Exit codes of pytest where a test module or a conftest cannot be imported."""

ADDRESS_SPACE = 8 << 30
"""Bytes that a mutant may ask for, so that an endless list ends."""


@dataclass(frozen=True)
class Package:
    """What is mutated together, and the options of pytest that select its tests; slow ones for some modules only."""

    name: str
    modules: list[str]
    tests: list[str]
    slow_tests: dict[str, list[str]]

    def tests_of(self, module: str) -> list[str]:
        """Return pytest's options for a module: its slow tests last, those of other modules ignored."""
        slow = self.slow_tests.get(module, [])
        ignored = {test for tests in self.slow_tests.values() for test in tests} - set(slow)
        return [*self.tests, *slow, *(f"--ignore={test}" for test in sorted(ignored))]


@dataclass(frozen=True)
class Mutant:
    """One change: the operator of Cosmic Ray and the occurrence to which it is applied in a module."""

    module: str
    operator: str
    occurrence: int
    line: int

    @property
    def id(self) -> str:
        """The mutant's name on the command line."""
        return hashlib.sha256(f"{self.module}/{self.operator}/{self.occurrence}".encode()).hexdigest()[:8]


@dataclass(frozen=True)
class Limits:
    """Seconds of processor and of wall clock after which a mutant counts as one that never ends."""

    processor: int
    clock: float


def main() -> None:
    """Run the sample of the chosen packages, print its figures; exit 1 where the tests fail without any change."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mutants"]
    packages = {name: Package(name, **{"slow_tests": {}, **item}) for name, item in config.items()}
    options = _options(list(packages))
    for library in LIBRARIES:
        importlib.import_module(library)
    figures: dict[str, Counter[str]] = {}
    survivors: list[str] = []
    with tempfile.TemporaryDirectory(prefix="reconnect-mutants-") as folder:
        copy = Path(folder) / "checkout"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".*", "__pycache__", "docs", "*.egg-info"))
        for name in options.package:
            figures[name] = Counter()
            for mutant, outcome, diff in _tried(packages[name], copy, options):
                figures[name][outcome] += 1
                print(f"{name}: {outcome} {mutant.id} {mutant.module}:{mutant.line} {mutant.operator}", flush=True)
                if outcome == "survived":
                    survivors.append(f"{mutant.id}\n{diff}")
    print("", *survivors, sep="\n")
    print(f"{'package':24}{'tried':>8}{'killed':>8}{'survived':>10}{'share killed':>14}")
    for name, counts in [*figures.items(), ("all", sum(figures.values(), Counter()))]:
        tried = counts.total()
        share = counts["killed"] / tried if tried else 1
        print(f"{name:24}{tried:8}{counts['killed']:8}{counts['survived']:10}{share:14.0%}")


def _options(packages: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutants", description=__doc__.partition("\n")[0])
    parser.add_argument("--package", action="append", choices=packages, help="only this one; may be repeated")
    parser.add_argument("--module", default="", help="only modules whose path contains this")
    parser.add_argument("--mutant", action="append", help="only the mutant of this id; may be repeated")
    parser.add_argument("--sample", type=int, default=75, help="mutants per package (75)")
    parser.add_argument("--seed", default="1", help="another seed draws another sample (1)")
    options = parser.parse_args()
    options.package = options.package or packages
    return options


def _tried(package: Package, copy: Path, options: argparse.Namespace) -> Iterator[tuple[Mutant, str, str]]:
    """Yield mutants of a package, "killed" or "survived", and the difference; as many as the sample wants."""
    limits = _baseline(package, copy)
    left = options.sample
    for mutant in _in_drawn_order(package, options):
        if not left:
            return
        changed = copy / mutant.module
        source = changed.read_text()
        mutated = _mutated(source, mutant)
        for cached in (changed.parent / "__pycache__").glob(f"{changed.stem}.*.pyc"):
            cached.unlink()
        changed.write_text(mutated)
        try:
            code = _run(package.tests_of(mutant.module), copy, limits)
        finally:
            changed.write_text(source)
        if code not in UNIMPORTABLE:
            left -= 1
            yield mutant, "survived" if code == PASSED else "killed", _diff(source, mutated, mutant.module)


def _baseline(package: Package, copy: Path) -> Limits:
    """Run the tests without any change, which also fills the caches of bytecode; return what a mutant may take."""
    spent, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    code = _run(package.tests_of(""), copy, None)
    if code != PASSED:
        sys.exit(f"{package.name}: its tests fail (pytest says {code}) before anything is changed.")
    now = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = now.ru_utime + now.ru_stime - spent.ru_utime - spent.ru_stime
    print(f"{package.name}: its tests take {processor:.0f} s", flush=True)
    return Limits(processor=int(processor * 2) + 30, clock=(time.monotonic() - started) * 5 + 60)


def _run(tests: list[str], copy: Path, limits: Limits | None) -> int:
    """Return pytest's exit code in a fork; FAILED where a limit ended it."""
    child = os.fork()
    if not child:
        _become_pytest(tests, copy, limits)
    deadline = time.monotonic() + limits.clock if limits else None
    while (ended := os.waitpid(child, os.WNOHANG))[0] == 0:
        if deadline and time.monotonic() > deadline:
            os.killpg(child, signal.SIGKILL)
            deadline = None
        time.sleep(0.05)
    code = os.waitstatus_to_exitcode(ended[1])
    return FAILED if code < 0 else code


def _become_pytest(tests: list[str], copy: Path, limits: Limits | None) -> None:
    os.setsid()
    os.chdir(copy)
    sys.path[0] = str(copy)
    for name in [name for name in sys.modules if name.partition(".")[0] in ("benchmarks", "cosmic_ray")]:
        del sys.modules[name]
    if limits:
        sys.dont_write_bytecode = True
        os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
        resource.setrlimit(resource.RLIMIT_CPU, (limits.processor, limits.processor))
        resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
    import hypothesis
    import pytest

    # the same examples for every mutant, none remembered, and no time spent on making a failing one smaller
    phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
    hypothesis.settings.register_profile("mutants", deadline=None, derandomize=True, database=None, phases=phases)
    plain = [
        "-n",
        "0",
        "-x",
        "-q",
        "--tb=short",
        "-p",
        "no:cacheprovider",
        "-W",
        "ignore::pytest.PytestAssertRewriteWarning",
    ]
    try:
        code = int(pytest.main([*plain, "--hypothesis-profile=mutants", *tests]))
    except BaseException:
        # whatever a mutant raises, this process ends here
        code = FAILED
    sys.stdout.flush()
    os._exit(code)


def _in_drawn_order(package: Package, options: argparse.Namespace) -> list[Mutant]:
    """Return one mutant of each place that can be changed, in an order that depends on the seed and the place only.

    A place counts once, however many operators fit it, so that the eleven that replace a ``+`` do not crowd out the
    one that negates a branch.
    """
    variants: dict[str, list[Mutant]] = {}
    for module in _modules(package.modules):
        if options.module in module:
            for place, mutant in _mutants(module):
                variants.setdefault(f"{options.seed}/{module}/{place}", []).append(mutant)
    if options.mutant:
        return [mutant for some in variants.values() for mutant in some if mutant.id in options.mutant]
    drawn = sorted((hashlib.sha256(place.encode()).digest(), some) for place, some in variants.items())
    return [some[digest[0] % len(some)] for digest, some in drawn]


def _modules(paths: Iterable[str]) -> list[str]:
    """Return every Python file at or below some paths, relative to the checkout."""
    places = [ROOT / path for path in paths]
    files = [file for place in places for file in ([place] if place.is_file() else place.rglob("*.py"))]
    return sorted({str(file.relative_to(ROOT)) for file in files})


def _mutants(module: str) -> Iterator[tuple[str, Mutant]]:
    """Yield each change that Cosmic Ray can make to a module, with a name of its place."""
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.plugins import get_operator, operator_names

    source = (ROOT / module).read_text()
    annotations = _annotations(source)
    nodes = list(ast_nodes(get_ast(source)))
    lines = source.splitlines()
    for name in sorted(set(operator_names()) - NEED_ARGUMENTS):
        operator = get_operator(name)()
        positions = (start for node in nodes for start, _ in operator.mutation_positions(node))
        for occurrence, (line, column) in enumerate(positions):
            if not any(start <= (line, column) < end for start, end in annotations):
                kind = name.partition("_")[0]
                # the text of the line, not its number: the sample stays when lines are added above
                yield f"{kind}/{lines[line - 1]}/{column}", Mutant(module, name, occurrence, line)


def _annotations(source: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Return where annotations begin and end, as (line, column)."""
    found: list[ast.expr | None] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.append(node.returns)
        elif isinstance(node, ast.arg | ast.AnnAssign):
            found.append(node.annotation)
    return [
        ((part.lineno, part.col_offset), (part.end_lineno or part.lineno, part.end_col_offset or 0))
        for part in found
        if part is not None
    ]


def _mutated(source: str, mutant: Mutant) -> str:
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator

    return str(mutate_code(source, get_operator(mutant.operator)(), mutant.occurrence))


def _diff(before: str, after: str, module: str) -> str:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), module, module, n=2, lineterm="")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
