"""A certificate authority for the session, and a way to test a key against a server on loopback."""

import secrets
import string
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from core.net.base_url import AllowedTarget
from core.paste.failure import Failure
from core.probe.live_run import findings_of
from core.probe.policy import Surroundings
from core.probe.probe import probe
from core.probe.request import ProbeRequest
from core.probe.result import ProbeResult
from core.text.key_report import to_contract
from core.text.key_result import about_key, headline
from tests.probe.fake_server import HOST, Anthropic, Authority, FakeServer, Play, Script

DEADLINE = 1.0
"""Seconds that a test of a fault may take; the servers would go on for much longer."""


def fake_key() -> str:
    """A key of the right form and length, made now: no such string is in any file."""
    letters = string.ascii_letters + string.digits
    return "sk-ant-api03-" + "".join(secrets.choice(letters) for _ in range(93)) + "AA"


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def foreign_authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Somebody in between who signs certificates for any host: TLS inspection."""
    return Authority(tmp_path_factory.mktemp("foreign"), "Corporate Inspection CA")


@pytest.fixture
def key() -> str:
    return fake_key()


@pytest.fixture
def serve(authority: Authority) -> Iterator[Callable[..., FakeServer]]:
    """Start servers with a good certificate for Anthropic's host; they end with the test."""
    context = authority.context(HOST, "gateway.test", "localhost", "127.0.0.1")
    with ExitStack() as stack:

        def start(script: Script | None = None, **options: Any) -> FakeServer:
            options.setdefault("context", context)
            return stack.enter_context(FakeServer(script or Anthropic(), **options))

        yield start


def surroundings(authority: Authority, port: int, host: str = HOST, scheme: str = "https", **more: Any) -> Surroundings:
    """The operator of these tests lists one host, which leads to loopback."""
    listed = AllowedTarget(scheme=scheme, host=host, port=port, network="127.0.0.0/8")
    settings = {"allowed": (listed,), "ca_file": authority.file, "resolver": lambda _host, _port: ["127.0.0.1"]}
    return Surroundings(**(settings | more))


def first_words(result: ProbeResult) -> str:
    """The headline and what is known about the key, as a person reads them."""
    found = findings_of(result)
    return f"{headline(result, found)}. {about_key(result, found)}"


def contract_of(result: ProbeResult) -> dict[str, Any]:
    """The JSON object of the terminal contract."""
    return to_contract(result, findings_of(result))


def by_status(failure: Failure) -> str:
    """A judge that tells failures apart by their typed facts alone."""
    message = failure.message or ""
    if failure.status == 401 and failure.error_type == "authentication_error":
        return "invalid_key"
    if "credit balance" in message:
        return "credit_exhausted"
    return f"{failure.code or failure.status}"


@pytest.fixture
def run(authority: Authority, key: str) -> Callable[..., ProbeResult]:
    """Test a key against a server, as Anthropic's host unless told otherwise."""

    def test(
        server: FakeServer | int, *models: str, host: str = HOST, scheme: str = "https", **more: Any
    ) -> ProbeResult:
        port = server if isinstance(server, int) else server.port
        options = {name: more.pop(name) for name in ("header_value", "on_event") if name in more}
        around = {
            name: more.pop(name) for name in ("resolver", "allowed", "blocked", "ca_file", "proxy") if name in more
        }
        judge = more.pop("judge", by_status)
        text = more.pop("key", key)
        base = more.pop("base_url", f"{scheme}://{host}:{port}")
        asked = ProbeRequest(base_url=base, models=models, **({"seconds": DEADLINE} | more))
        world = surroundings(authority, port, host, scheme, **around)
        return probe(asked, text, judge, surroundings=world, **options)

    return test


__all__ = ["DEADLINE", "Play", "by_status", "contract_of", "fake_key", "first_words", "surroundings"]
