"""The operator's settings as they reach a live test."""

import ipaddress
from collections.abc import Callable

from core.net.addresses import is_public
from core.probe.policy import from_settings
from core.probe.result import ProbeResult
from core.settings import load
from core.storage.access_results import AccessOutcome
from tests.probe.fake_server import Authority, FakeServer


def test_settings_become_targets_networks_authorities_and_a_proxy(authority: Authority) -> None:
    settings = load(
        {
            "RECONNECT_ALLOWED_TARGETS": "https://gateway.internal:4000=10.20.0.0/16",
            "RECONNECT_BLOCKED_NETWORKS": "198.20.0.0/16",
            "RECONNECT_CA_FILE": authority.file,
            "RECONNECT_EGRESS_PROXY": "http://user:pass@proxy.example:3128",
        }
    )
    found = from_settings(settings)
    assert [(each.host, each.port, each.network) for each in found.allowed] == [
        ("gateway.internal", 4000, "10.20.0.0/16")
    ]
    assert not is_public(ipaddress.ip_address("198.20.1.1"), found.blocked)
    assert found.ca_file == authority.file
    assert found.proxy is not None
    assert (found.proxy.host, found.proxy.port) == ("proxy.example", 3128)
    assert "pass" not in repr(found)


def test_nothing_is_open_by_default() -> None:
    found = from_settings(load({}))
    assert (found.allowed, found.blocked, found.ca_file, found.proxy) == ((), (), None, None)


def test_a_listed_gateway_is_called_as_the_settings_say(
    run: Callable[..., ProbeResult], serve: Callable[..., FakeServer], authority: Authority
) -> None:
    server = serve()
    address = f"https://localhost:{server.port}"
    settings = load({"RECONNECT_ALLOWED_TARGETS": f"{address}=127.0.0.0/8", "RECONNECT_CA_FILE": authority.file})
    world = from_settings(settings)
    result = run(server, "claude-haiku-4-5", base_url=address, allowed=world.allowed, ca_file=world.ca_file)
    assert result.models[0].outcome is AccessOutcome.OK
