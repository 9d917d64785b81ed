"""What the operator decides about live tests, and the route that follows from it for one target."""

import ipaddress

import msgspec

from core.net import addresses
from core.net.addresses import AddressRefused, Lane, LookupFailed, LookupProblem, Resolver, system_resolver
from core.net.base_url import AllowedTarget, Target, parse_allowed
from core.net.budget import Deadline
from core.net.cidr import Network
from core.net.route import Proxy, Route, parse_proxy
from core.settings import Settings


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """The operator's part: listed targets, networks of its own, extra authorities, the proxy, the resolver.

    `blocked` are public networks that count as inside here; `ca_file` holds certificates (PEM) that are trusted beside
    Mozilla's; tests go out through `proxy` alone, if there is one.
    """

    allowed: tuple[AllowedTarget, ...] = ()
    blocked: tuple[Network, ...] = ()
    ca_file: str | None = None
    proxy: Proxy | None = None
    resolver: Resolver = system_resolver

    def route_to(self, target: Target, deadline: Deadline) -> Route:
        """Look the host up once and check every address; raises `AddressRefused` or `LookupFailed`.

        Behind a proxy nobody here sees the host's address, so only Anthropic's host and listed ones are called.
        """
        seconds = min(addresses.LOOKUP_SECONDS, deadline.left)
        if self.proxy is None:
            resolved = addresses.look_up(target.host, target.port, seconds, self.resolver, self._lane(target))
            checked = addresses.check(target, resolved, self.allowed, self.blocked)
            return Route(target.host, target.port, checked, ca_file=self.ca_file)
        if not (target.anthropic or self.lists(target)):
            raise AddressRefused
        resolved = addresses.look_up(self.proxy.host, self.proxy.port, seconds, self.resolver, self._lane(target))
        if not resolved:
            raise LookupFailed(LookupProblem.NOT_FOUND, self.proxy.host)
        known = resolved[: addresses.MAX_ADDRESSES]
        return Route(target.host, target.port, known, ca_file=self.ca_file, proxy=self.proxy)

    def _lane(self, target: Target) -> Lane:
        if target.anthropic:
            return addresses.ANTHROPIC
        return addresses.LISTED if self.lists(target) else addresses.OTHERS

    def lists(self, target: Target) -> bool:
        """Return whether the operator lists a target."""
        return any(entry.matches(target.scheme, target.host, target.port) for entry in self.allowed)


def from_settings(settings: Settings) -> Surroundings:
    """Return what the deployment's settings say about live tests."""
    return Surroundings(
        allowed=tuple(parse_allowed(each) for each in settings.allowed_targets),
        blocked=tuple(ipaddress.ip_network(each) for each in settings.blocked_networks),
        ca_file=None if settings.ca_file is None else str(settings.ca_file),
        proxy=None if settings.egress_proxy is None else parse_proxy(settings.egress_proxy),
    )
