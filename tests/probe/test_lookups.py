"""Looking names up while a name server is slow: every kind of name has its own lane, and each problem its own words."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Final

import pytest

from core.causes.card import KeyVerdict
from core.diagnosis import judge
from core.net import addresses
from core.net.addresses import Lane, LookupFailed, LookupProblem, look_up
from core.net.route import Proxy
from core.probe import live_run
from core.probe.result import ProbeResult, ProbeStep
from core.storage.access_results import AccessOutcome
from core.text import key_report
from tests.probe.fake_server import HOST, FakeServer

QUICK: Final = 0.5
SLOW: Final = "slow.example.com"
VISITORS: Final = 16
Run = Callable[..., ProbeResult]


class NameServer:
    """A name server on loopback that answers for the names that it knows, and never for any other."""

    def __init__(self, *known: str) -> None:
        self.asked: list[str] = []
        self._known = known
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def resolver(self, host: str, port: int) -> list[str]:
        """Ask the name server, as the operating system would, and wait as long as it takes."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            self._open.append(client)
            client.sendto(host.encode(), self._socket.getsockname())
            answer = client.recv(100).decode()
        if not answer:
            raise socket.gaierror(socket.EAI_AGAIN, "the name server has gone")
        return [answer]

    def wait_for(self, number: int) -> None:
        """Wait until so many questions have come."""
        end = time.monotonic() + 5
        while len(self.asked) < number:
            assert time.monotonic() < end, f"only {len(self.asked)} names were asked for"
            time.sleep(0.005)

    def close(self) -> None:
        """Let everybody go who still waits."""
        for each in self._open:
            with contextlib.suppress(OSError):  # closed by its own thread in the meantime
                self._socket.sendto(b"", ("127.0.0.1", each.getsockname()[1]))

    def _serve(self) -> None:
        while True:
            name, client = self._socket.recvfrom(300)
            self.asked.append(name.decode())
            if name.decode() in self._known:
                self._socket.sendto(b"127.0.0.1", client)


@pytest.fixture
def name_server() -> Iterator[NameServer]:
    opened = NameServer(HOST, "gateway.test", "proxy.test")
    yield opened
    opened.close()


def places(lane: Lane) -> int:
    """How many names a lane looks up at once; it must be empty now."""
    with ExitStack() as stack:
        taken = 0
        while lane.free.acquire(blocking=False):
            stack.callback(lane.free.release)
            taken += 1
        return taken


def crowd(name_server: NameServer, number: int) -> list[threading.Thread]:
    """So many visitors, each with a name that nobody answers for; returns when all of them wait."""

    def visit(name: str) -> None:
        with pytest.raises(LookupFailed):
            look_up(name, 443, 5.0, name_server.resolver)

    visitors = [threading.Thread(target=visit, args=(f"{number}.{SLOW}",), daemon=True) for number in range(number)]
    for each in visitors:
        each.start()
    name_server.wait_for(min(number, VISITORS))
    return visitors


@pytest.fixture
def crowded(name_server: NameServer) -> Iterator[NameServer]:
    """All places for visitors' names are taken, and more visitors wait for one."""
    visitors = crowd(name_server, VISITORS + 4)
    yield name_server
    name_server.close()
    for each in visitors:
        name_server.close()
        each.join(10)


def test_the_lane_of_others_has_the_places_that_these_tests_fill() -> None:
    end = time.monotonic() + 5  # tests before this one may have left slow names behind
    while places(addresses.OTHERS) < VISITORS and time.monotonic() < end:
        time.sleep(0.05)
    assert places(addresses.OTHERS) == VISITORS
    assert places(addresses.ANTHROPIC) > 1


def test_slow_names_never_keep_anthropics_own_test_waiting(
    run: Run, serve: Callable[..., FakeServer], crowded: NameServer
) -> None:
    began = time.monotonic()
    result = run(serve(), "claude-haiku-4-5", resolver=crowded.resolver)
    assert time.monotonic() - began < 1.0 + QUICK
    assert result.failed is None
    assert result.key_verdict is KeyVerdict.GOOD


def test_slow_names_never_keep_the_operators_gateway_waiting(
    run: Run, serve: Callable[..., FakeServer], crowded: NameServer
) -> None:
    assert run(serve(), "claude-haiku-4-5", host="gateway.test", resolver=crowded.resolver).failed is None


def test_slow_gateways_never_keep_anthropics_own_test_waiting(
    run: Run, serve: Callable[..., FakeServer], name_server: NameServer
) -> None:
    threads = [
        threading.Thread(target=_try, args=(name_server, f"{number}.{SLOW}"), daemon=True)
        for number in range(places(addresses.LISTED) + 1)
    ]
    for each in threads:
        each.start()
    name_server.wait_for(len(threads) - 1)
    assert run(serve(), "claude-haiku-4-5", resolver=name_server.resolver).failed is None
    name_server.close()
    for each in threads:
        name_server.close()
        each.join(10)


def _try(name_server: NameServer, host: str) -> None:
    with pytest.raises(LookupFailed):
        look_up(host, 443, 3.0, name_server.resolver, addresses.LISTED)


def test_a_name_that_found_no_place_was_not_asked_and_nobody_says_it_does_not_exist(
    run: Run, crowded: NameServer
) -> None:
    asked_before = len(crowded.asked)
    result = run(
        443,
        "claude-haiku-4-5",
        base_url="https://gateway.example.com",
        allowed=(),
        resolver=crowded.resolver,
        judge=live_run.cause_of,
    )
    assert len(crowded.asked) == asked_before
    stopped = result.failed
    assert stopped is not None
    assert stopped.step is ProbeStep.DNS
    assert stopped.failure is not None
    assert stopped.failure.code == LookupProblem.NOT_ASKED
    assert "could not ask for gateway.example.com in time" in stopped.detail
    assert result.key_verdict is KeyVerdict.UNKNOWN
    assert all(each.outcome is AccessOutcome.NOT_TRIED for each in result.models)
    (problem,) = live_run.findings_of(result)
    assert problem.finding.cause == "lookup_not_asked"
    told = key_report.advice(result, problem)
    assert told.title == "This portal was too busy to look up the name"
    said = key_report.ticket(result, (problem,)).lower()
    assert "not found" not in said
    assert "does not exist" not in said
    assert "typo" not in said


@pytest.mark.parametrize(
    ("number", "problem", "says"),
    [
        (socket.EAI_NONAME, LookupProblem.NOT_FOUND, "was not found"),
        (socket.EAI_NODATA, LookupProblem.NOT_FOUND, "was not found"),
        (socket.EAI_AGAIN, LookupProblem.NO_ANSWER, "No name server answered"),
        (socket.EAI_FAIL, LookupProblem.FAILED, "failed on this portal's side"),
        (socket.EAI_SYSTEM, LookupProblem.FAILED, "failed on this portal's side"),
        (socket.EAI_MEMORY, LookupProblem.FAILED, "failed on this portal's side"),
        (None, LookupProblem.FAILED, "failed on this portal's side"),
    ],
)
def test_only_a_denied_name_was_not_found(number: int | None, problem: LookupProblem, says: str) -> None:
    def resolver(host: str, port: int) -> list[str]:
        raise OSError("made up") if number is None else socket.gaierror(number, "made up")

    with pytest.raises(LookupFailed) as failed:
        look_up("gateway.example.com", 443, 1.0, resolver)
    assert failed.value.problem is problem
    assert says in failed.value.sentence
    assert ("not found" in failed.value.sentence) is (problem is LookupProblem.NOT_FOUND)


def test_a_name_server_that_says_nothing_was_asked(run: Run, name_server: NameServer) -> None:
    result = run(
        443,
        "claude-haiku-4-5",
        base_url="https://gateway.example.com",
        allowed=(),
        resolver=name_server.resolver,
        seconds=0.3,
        judge=lambda failure: judge(failure).cause,
    )
    assert name_server.asked == ["gateway.example.com"]
    assert result.failed is not None
    assert result.failed.detail == "No name server answered for gateway.example.com in time."
    assert result.cause == "dns_failure"


def test_waiting_for_a_place_counts_as_time_of_the_lookup() -> None:
    lane = Lane(1)
    lane.free.acquire()
    threading.Timer(0.3, lane.free.release).start()
    began = time.monotonic()
    with pytest.raises(LookupFailed) as failed:
        look_up("gateway.example.com", 443, 0.5, lambda _host, _port: time.sleep(1) or [], lane)
    assert failed.value.problem is LookupProblem.NO_ANSWER
    assert time.monotonic() - began < 0.5 + QUICK


def test_a_place_is_free_again_once_the_resolver_comes_back() -> None:
    lane = Lane(1)
    for _ in range(3):
        assert look_up("gateway.example.com", 443, 1.0, lambda _host, _port: ["127.0.0.1"], lane) == ["127.0.0.1"]


def test_a_proxy_without_an_address_is_the_name_that_was_not_found(run: Run) -> None:
    result = run(443, "claude-haiku-4-5", resolver=lambda _host, _port: [], proxy=Proxy("proxy.test", 3128))
    assert result.failed is not None
    assert result.failed.detail == "The name proxy.test was not found."


def test_the_proxys_own_name_is_looked_up_in_the_lane_of_the_test(
    run: Run, serve: Callable[..., FakeServer], crowded: NameServer
) -> None:
    result = run(serve(), resolver=crowded.resolver, proxy=Proxy("proxy.test", 1))
    assert result.failed is not None
    assert result.failed.step is ProbeStep.TCP
