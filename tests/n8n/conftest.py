"""One real n8n and one fake Anthropic API for the whole suite.

Where n8n cannot be installed the suite says so by name and is skipped; in CI (``CI=true``) it fails instead.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import UNAVAILABLE
from tests.n8n import certificates, install
from tests.n8n.fake_anthropic import FakeAnthropic
from tests.n8n.server import N8n

HOST = "api.anthropic.com"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep everything that needs n8n on one worker: n8n takes up to 30 s to start."""
    for item in items:
        if item.get_closest_marker("n8n"):
            item.add_marker(pytest.mark.xdist_group("n8n"))


@pytest.fixture(scope="session")
def installed() -> Path:
    """The folder of the installed n8n; in CI it is installed now, elsewhere only if asked for."""
    if os.environ.get("CI", "").lower() == "true":
        return install.ensure()
    if not install.is_installed():
        pytest.skip(
            f"{UNAVAILABLE}n8n suite (tests/n8n): n8n {install.VERSION} is not installed; "
            "python -m tests.n8n.install does it (5 minutes, 3 GB)"
        )
    return install.home()


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> certificates.Certificates:
    """A certificate in Anthropic's name."""
    return certificates.make(tmp_path_factory.mktemp("tls"), HOST)


@pytest.fixture(scope="session")
def _anthropic(tls: certificates.Certificates) -> Iterator[FakeAnthropic]:
    with FakeAnthropic(certificate=tls.server) as fake:
        yield fake


@pytest.fixture
def anthropic(_anthropic: FakeAnthropic) -> FakeAnthropic:
    """The fake Anthropic API, with nothing planned and nothing seen."""
    _anthropic.plan.clear()
    _anthropic.requests.clear()
    _anthropic.network = None
    return _anthropic


@pytest.fixture(scope="session")
def n8n(
    installed: Path,
    _anthropic: FakeAnthropic,
    tls: certificates.Certificates,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[N8n]:
    """A running n8n whose api.anthropic.com is the fake one."""
    assert installed.is_dir()
    reroute = {HOST: _anthropic.tls_port}
    with N8n(tmp_path_factory.mktemp("n8n"), reroute, tls.authority) as running:
        yield running
