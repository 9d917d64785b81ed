"""Which addresses a test may connect to: public unicast, or what the operator lists; names resolve in bounded time.

The standard library's `is_global` cannot decide this: on every Python it passes 168.63.129.16 (Azure's wire server),
multicast, 64:ff9b::/96, IPv4-compatible and other translating addresses. The list is Microsoft's AntiSSRF recommended
list of 2026, widened so that of IPv6 only 2000::/3 is left. All addresses of a name must pass, so a name that answers
with a public and a private address is refused, and only a checked address is ever connected to.

A name is looked up in a lane with threads of its own: Anthropic's, the operator's own names, or those that visitors
type. Slow names fill only their own lane, and a name that got no free thread is reported as not looked up, never as
not found.

Errors: AddressRefused (the policy said no; the same words for every address), LookupFailed (the name did not resolve,
or could not be looked up; `LookupProblem` says which).
"""

import ipaddress
import socket
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import Final

from core.net.base_url import AllowedTarget, Target
from core.net.cidr import NEVER_CALLED, Address, Network, unmapped

Resolver = Callable[[str, int], Sequence[str]]
"""Name and port to textual addresses; raises `socket.gaierror`."""

LOOKUP_SECONDS: Final = 5.0
MAX_ADDRESSES: Final = 3

_BLOCKED_4: Final = tuple(
    ipaddress.IPv4Network(text)
    for text in [
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    ]
)
_OPEN_6: Final = ipaddress.IPv6Network("2000::/3")
_BLOCKED_6: Final = tuple(
    ipaddress.IPv6Network(text)
    for text in ["2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"]
)


class AddressRefused(Exception):
    """The host leads to an address that this portal does not call; the message never says which one."""

    def __init__(self) -> None:
        super().__init__(
            "This host leads to an address that the portal does not call. If it is your company's gateway, "
            "the operator can list it; or test it in your n8n."
        )


class LookupProblem(StrEnum):
    """Why a name gave no address, with Node's code for it; `NOT_ASKED` is our own, since Node has no such limit."""

    NOT_FOUND = "ENOTFOUND"
    NO_ANSWER = "EAI_AGAIN"
    FAILED = "EAI_FAIL"
    NOT_ASKED = "LOOKUP_NOT_ASKED"


_SENTENCES: Final = {
    LookupProblem.NOT_FOUND: "The name {host} was not found.",
    LookupProblem.NO_ANSWER: "No name server answered for {host} in time.",
    LookupProblem.FAILED: "The lookup of {host} failed on this portal's side.",
    LookupProblem.NOT_ASKED: "This portal could not ask for {host} in time, as too many slow lookups were running.",
}
_NOT_FOUND_ERRORS: Final = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})


class LookupFailed(Exception):
    """A name gave no address; `sentence` says why in plain words, the message as Node does."""

    def __init__(self, problem: LookupProblem, host: str) -> None:
        super().__init__(f"getaddrinfo {problem} {host}")
        self.problem = problem
        self.host = host

    @property
    def sentence(self) -> str:
        """The reason in one sentence."""
        return _SENTENCES[self.problem].format(host=self.host)


class Lane:
    """The threads that look up one kind of name, so that names of other kinds never wait for it."""

    def __init__(self, threads: int) -> None:
        self.free = threading.BoundedSemaphore(threads)


ANTHROPIC: Final = Lane(8)
LISTED: Final = Lane(8)
"""For the names in the operator's settings: gateways and the proxy."""
OTHERS: Final = Lane(16)


def is_public(address: Address, blocked: Iterable[Network] = ()) -> bool:
    """Return whether an address is public unicast and in none of the operator's own `blocked` networks."""
    plain = unmapped(address)
    if _is_in(plain, blocked):
        return False
    if isinstance(plain, ipaddress.IPv4Address):
        return not _is_in(plain, _BLOCKED_4)
    return plain in _OPEN_6 and not _is_in(plain, _BLOCKED_6)


def _is_in(address: Address, networks: Iterable[Network]) -> bool:
    return any(address in network for network in networks if network.version == address.version)


def check(
    target: Target,
    addresses: Sequence[str],
    allowed: Iterable[AllowedTarget] = (),
    blocked: Iterable[Network] = (),
) -> tuple[str, ...]:
    """Return the addresses to try, at most `MAX_ADDRESSES`; raises `AddressRefused` if any of them is not allowed.

    A host in the operator's list must stay inside its network, even a public one, since the list pins it. Addresses
    that hand out a cloud's credentials are refused there too, since a trusted name may be redirected to them.
    """
    networks = [
        ipaddress.ip_network(entry.network)
        for entry in allowed
        if entry.matches(target.scheme, target.host, target.port)
    ]
    for text in addresses:
        address = unmapped(_address(text))
        listed = _is_in(address, networks) and not _is_in(address, NEVER_CALLED)
        if not (listed if networks else is_public(address, blocked)):
            raise AddressRefused
    if not addresses:
        raise LookupFailed(LookupProblem.NOT_FOUND, target.host)
    return tuple(dict.fromkeys(addresses))[:MAX_ADDRESSES]


def _address(text: str) -> Address:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        # an IPv6 address with a zone, which is always link-local
        raise AddressRefused from None


def system_resolver(host: str, port: int) -> list[str]:
    """Return the addresses that the operating system gives, IPv4 and IPv6 in the order it prefers."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return [str(each[4][0]) for each in answers]


def look_up(
    host: str, port: int, seconds: float, resolver: Resolver = system_resolver, lane: Lane = OTHERS
) -> list[str]:
    """Return the addresses of a host within `seconds`, waiting for a thread included; raises `LookupFailed`.

    The system's resolver cannot be interrupted, so it runs in a daemon thread of its own, which occupies the
    lane until the resolver returns.
    """
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        pass
    end = time.monotonic() + seconds
    if not lane.free.acquire(timeout=seconds):
        raise LookupFailed(LookupProblem.NOT_ASKED, host)
    lookup = _Lookup(host, port, resolver, lane)
    lookup.start()
    lookup.join(max(0.0, end - time.monotonic()))
    if lookup.is_alive():
        raise LookupFailed(LookupProblem.NO_ANSWER, host)
    if lookup.problem is not None:
        raise LookupFailed(lookup.problem, host)
    return list(lookup.addresses)


class _Lookup(threading.Thread):
    """One lookup by the resolver, which frees its thread of the lane when the resolver returns."""

    def __init__(self, host: str, port: int, resolver: Resolver, lane: Lane) -> None:
        super().__init__(name="lookup", daemon=True)
        self.addresses: Sequence[str] = ()
        self.problem: LookupProblem | None = None
        self._name_and_port = (host, port)
        self._resolver = resolver
        self._lane = lane

    def start(self) -> None:
        """Start; raises `LookupFailed`, with the lane freed, where the system has no thread left."""
        try:
            super().start()
        except RuntimeError:
            self._lane.free.release()
            raise LookupFailed(LookupProblem.NOT_ASKED, self._name_and_port[0]) from None

    def run(self) -> None:
        """Look the name up, and keep the addresses or the problem."""
        try:
            self.addresses = self._resolver(*self._name_and_port)
        except socket.gaierror as error:
            self.problem = _problem_of(error)
        except (OSError, UnicodeError):
            self.problem = LookupProblem.FAILED
        finally:
            self._lane.free.release()


def _problem_of(error: socket.gaierror) -> LookupProblem:
    """Return the problem of an error; only two codes mean that a name server said there is no such name."""
    if error.errno in _NOT_FOUND_ERRORS:
        return LookupProblem.NOT_FOUND
    return LookupProblem.NO_ANSWER if error.errno == socket.EAI_AGAIN else LookupProblem.FAILED
