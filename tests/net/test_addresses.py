"""Which addresses are called: the rows of the block list, mixed answers, the operator's list, rebinding."""

import socket
import time
from collections.abc import Callable

import pytest

from core.net.addresses import AddressRefused, LookupFailed, check, is_public, look_up
from core.net.base_url import AllowedTarget, parse
from core.net.budget import CallBudget, Deadline, Fault
from core.net.route import Route, connect
from core.probe.result import ProbeResult, ProbeStep
from tests.probe.fake_server import FakeServer

TARGET = parse("https://gateway.example.com")

BLOCKED = """
    0.0.0.0 0.1.2.3 127.0.0.1 127.255.255.254 10.0.0.1 10.255.255.255 172.16.0.1 172.31.255.255
    192.168.0.1 192.168.255.1 100.64.0.1 100.127.255.255 169.254.0.1 169.254.169.254 169.254.170.2
    169.254.169.123 168.63.129.16 100.100.100.200 192.0.0.1 192.0.0.192 192.0.2.1 192.31.196.1
    192.52.193.1 192.88.99.1 192.175.48.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1
    239.255.255.255 240.0.0.1 255.255.255.255 ::1 :: ::127.0.0.1 ::7f00:1 ::ffff:127.0.0.1
    ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:7f00:1 ::ffff:0:127.0.0.1 64:ff9b::7f00:1
    64:ff9b::a9fe:a9fe 64:ff9b:1::1 100::1 2001::1 2001:0:7f00:1:: 2001:10::1 2001:20::1 2001:db8::1
    2002:7f00:1:: 2002:a9fe:a9fe::1 2620:4f:8000::1 3fff::1 5f00::1 4000::1 fc00::1 fd00:ec2::254
    fd12:3456::1 fe80::1 fe80::a9fe:a9fe fec0::1 febf::1 ff02::1 ff0e::1
""".split()  # noqa: SIM905 - a table reads better
OPEN = """
    1.1.1.1 8.8.8.8 160.79.104.10 9.255.255.255 11.0.0.1 172.15.255.255 172.32.0.1 192.167.255.255
    192.169.0.1 100.63.255.255 100.128.0.1 169.253.255.255 169.255.0.1 168.63.129.15 168.63.129.17
    198.17.255.255 198.20.0.1 223.255.255.255 192.0.1.1 2607:6bc0::10 2606:4700::1111 2a00:1450::1
    2001:4860:4860::8888 2400:cb00::1 ::ffff:8.8.8.8
""".split()  # noqa: SIM905 - a table reads better


@pytest.mark.parametrize("address", BLOCKED)
def test_an_address_inside_is_refused(address: str) -> None:
    with pytest.raises(AddressRefused):
        check(TARGET, [address])


@pytest.mark.parametrize("address", OPEN)
def test_a_public_address_is_called(address: str) -> None:
    assert check(TARGET, [address]) == (address,)


@pytest.mark.parametrize(
    "literal", ["https://127.0.0.1", "https://169.254.169.254", "https://[::1]", "https://10.0.0.1"]
)
def test_a_literal_address_is_checked_alike(literal: str) -> None:
    target = parse(literal)
    with pytest.raises(AddressRefused):
        check(target, look_up(target.host, 443, 1.0))


@pytest.mark.parametrize(
    "mixed", [["8.8.8.8", "127.0.0.1"], ["2606:4700::1", "10.0.0.1"], ["8.8.8.8", "::ffff:10.0.0.1"]]
)
def test_one_address_inside_refuses_the_whole_name(mixed: list[str]) -> None:
    with pytest.raises(AddressRefused):
        check(TARGET, mixed)


def test_every_refusal_reads_the_same() -> None:
    sentences = set()
    for address in BLOCKED:
        with pytest.raises(AddressRefused) as caught:
            check(TARGET, [address])
        sentences.add(str(caught.value))
    assert len(sentences) == 1


def test_at_most_three_addresses_are_tried() -> None:
    assert len(check(TARGET, [f"8.8.8.{last}" for last in range(9)])) == 3


LISTED = AllowedTarget(scheme="https", host="gateway.internal", port=4000, network="10.20.0.0/16")
INTERNAL = parse("https://gateway.internal:4000", [LISTED])


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("10.20.0.5", True),
        ("10.20.255.255", True),
        ("::ffff:10.20.0.5", True),
        ("10.21.0.5", False),
        ("8.8.8.8", False),
        ("169.254.169.254", False),
        ("::1", False),
    ],
)
def test_a_listed_host_stays_inside_its_network(address: str, inside: bool) -> None:
    if inside:
        assert check(INTERNAL, [address], [LISTED])
    else:
        with pytest.raises(AddressRefused):
            check(INTERNAL, [address], [LISTED])


def test_an_entry_opens_nothing_for_another_host_or_port() -> None:
    with pytest.raises(AddressRefused):
        check(TARGET, ["10.20.0.5"], [LISTED])


def test_the_operators_own_networks_count_as_inside() -> None:
    import ipaddress

    own = [ipaddress.ip_network("198.20.0.0/16")]
    assert is_public(ipaddress.ip_address("198.20.1.1"))
    with pytest.raises(AddressRefused):
        check(TARGET, ["198.20.1.1"], (), own)


def test_a_zone_is_refused() -> None:
    with pytest.raises(AddressRefused):
        check(TARGET, ["fe80::1%eth0"])


def test_a_name_without_addresses_was_not_found() -> None:
    with pytest.raises(LookupFailed, match="ENOTFOUND"):
        check(TARGET, [])


def test_a_resolver_that_hangs_is_left_behind() -> None:
    began = time.monotonic()
    with pytest.raises(LookupFailed, match="EAI_AGAIN"):
        look_up("gateway.example.com", 443, 0.2, lambda _host, _port: time.sleep(1) or [])
    assert time.monotonic() - began < 0.5


def test_the_real_resolver_is_asked() -> None:
    assert "127.0.0.1" in look_up("localhost", 443, 5.0)


def test_a_name_is_looked_up_once_however_many_calls_follow(
    run: Callable[..., ProbeResult], serve: Callable[..., FakeServer]
) -> None:
    """Rebinding: the second answer of the resolver would lead inside, and nobody asks for it."""
    asked: list[str] = []

    def resolver(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    server = serve()
    result = run(server, "claude-haiku-4-5", "claude-sonnet-5-5", resolver=resolver)
    assert result.failed is None
    assert len(asked) == 1
    assert server.connections == 6


def test_a_refused_address_is_never_connected_to(
    run: Callable[..., ProbeResult], serve: Callable[..., FakeServer]
) -> None:
    server = serve()
    result = run(server, "claude-haiku-4-5", allowed=(), base_url="https://gateway.example.com")
    assert result.failed is not None
    assert result.failed.step is ProbeStep.DNS
    assert "does not call" in result.failed.detail
    assert server.connections == 0


def test_arriving_elsewhere_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    class Elsewhere(socket.socket):
        def getpeername(self) -> tuple[str, int]:
            return ("127.0.0.2", 1)

    monkeypatch.setattr(socket, "socket", Elsewhere)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        budget = CallBudget(Deadline(2), 2)
        with pytest.raises(Fault, match="another address"):
            connect("127.0.0.1", listener.getsockname()[1], budget)


def test_the_route_goes_through_the_proxy_alone(authority: object) -> None:
    from core.net.network import PinnedBackend, Timings

    backend = PinnedBackend(Route("a.example", 443, ["8.8.8.8"]), CallBudget(Deadline(1), 1), Timings())
    with pytest.raises(Fault):
        backend.connect_tcp("b.example", 443)
    with pytest.raises(Fault):
        backend.connect_tcp("a.example", 22)
    with pytest.raises(Fault):
        backend.connect_unix_socket("/var/run/docker.sock")
