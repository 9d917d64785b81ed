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
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
LIBRARIES = ("pytest", "hypothesis", "xdist", "pandas", "re2", "msgspec", "httpx", "sqlalchemy", "alembic.config")
"""What the tests import, imported once: a fork starts with it."""

NEED_ARGUMENTS = {"core/VariableReplacer", "core/VariableInserter"}
"""Operators of Cosmic Ray that must be told which variable; no other mutation tool has them."""

PASSED = 0
"""Exit code of pytest."""

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
        first, *others = [Path(folder) / str(number) for number in range(options.jobs)]
        shutil.copytree(ROOT, first, ignore=shutil.ignore_patterns(".*", "__pycache__", "docs", "*.egg-info"))
        limits = {name: _baseline(packages[name], first) for name in options.package}
        for other in others:
            shutil.copytree(first, other)
        for name in options.package:
            figures[name] = Counter()
            drawn = _in_drawn_order(packages[name], options)
            for trial in _tried(packages[name], drawn, options.sample, [first, *others], limits[name]):
                outcome, mutant = trial.outcome, trial.mutant
                figures[name][outcome] += 1
                print(f"{name}: {outcome} {mutant.id} {mutant.module}:{mutant.line} {mutant.operator}", flush=True)
                if outcome == "survived":
                    survivors.append(f"{mutant.id}\n{trial.diff}")
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
    parser.add_argument("--jobs", type=int, default=1, help="mutants tried at once (1)")
    options = parser.parse_args()
    options.package = options.package or packages
    options.sample = len(options.mutant) if options.mutant else options.sample
    return options


def _tried(package: Package, drawn: list[Mutant], sample: int, copies: list[Path], limits: Limits) -> Iterator["Trial"]:
    """Yield the trial of each mutant of the sample when it has ended; at most one at a time in each copy."""
    waiting, free = list(drawn), list(copies)
    running: list[Trial] = []
    while running or (sample and waiting):
        while sample and waiting and free:
            mutant = waiting.pop(0)
            running.append(Trial(mutant, free.pop(), package.tests_of(mutant.module), limits))
            sample -= 1
        for trial in [trial for trial in running if trial.has_ended()]:
            running.remove(trial)
            free.append(trial.copy)
            if trial.outcome:
                yield trial
            else:
                sample += 1
        time.sleep(0.05)


class Trial:
    """The tests of one mutant, running in a copy of the checkout that has this one change until they end."""

    def __init__(self, mutant: Mutant, copy: Path, tests: list[str], limits: Limits) -> None:
        self.mutant = mutant
        self.copy = copy
        self.outcome: str | None = None
        self._file = copy / mutant.module
        self._source = self._file.read_text()
        self._mutated = _mutated(self._source, mutant)
        for cached in (self._file.parent / "__pycache__").glob(f"{self._file.stem}.*.pyc"):
            cached.unlink()
        self._file.write_text(self._mutated)
        self._deadline = time.monotonic() + limits.clock
        self._child = _started(tests, copy, limits)

    @property
    def diff(self) -> str:
        """The change, as a unified difference."""
        before, after, name = self._source.splitlines(), self._mutated.splitlines(), self.mutant.module
        return "\n".join(difflib.unified_diff(before, after, name, name, n=2, lineterm="")) + "\n"

    def has_ended(self) -> bool:
        """Return whether the tests are over; then `outcome` is set, or None where they could not be imported."""
        if time.monotonic() > self._deadline:
            with suppress(ProcessLookupError):
                os.killpg(self._child, signal.SIGKILL)
        child, status = os.waitpid(self._child, os.WNOHANG)
        if not child:
            return False
        with suppress(ProcessLookupError):
            os.killpg(self._child, signal.SIGKILL)
        self._file.write_text(self._source)
        code = os.waitstatus_to_exitcode(status)
        if code not in UNIMPORTABLE:
            self.outcome = "survived" if code == PASSED else "killed"
        return True


def _baseline(package: Package, copy: Path) -> Limits:
    """Run the tests without any change, which also fills the caches of bytecode; return what a mutant may take."""
    spent, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    code = os.waitstatus_to_exitcode(os.waitpid(_started(package.tests_of(""), copy, None), 0)[1])
    if code != PASSED:
        sys.exit(f"{package.name}: its tests fail (pytest says {code}) before anything is changed.")
    now = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = now.ru_utime + now.ru_stime - spent.ru_utime - spent.ru_stime
    print(f"{package.name}: its tests take {processor:.0f} s", flush=True)
    return Limits(processor=int(processor * 2) + 30, clock=(time.monotonic() - started) * 5 + 60)


def _started(tests: list[str], copy: Path, limits: Limits | None) -> int:
    """Return the process id of a fork of this process that runs pytest in a copy of the checkout."""
    child = os.fork()
    if not child:
        _become_pytest(tests, copy, limits)
    return child


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
    quiet = ["-n0", "-x", "-q", "--tb=short", "-pno:cacheprovider", "-Wignore::pytest.PytestAssertRewriteWarning"]
    try:
        code = int(pytest.main([*quiet, "--hypothesis-profile=mutants", *tests]))
    except BaseException:
        # whatever a mutant raises, this process ends here
        code = 1
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


if __name__ == "__main__":
    main()
