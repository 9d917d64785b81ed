"""The base URL of a test: read once by a strict grammar of our own, then rebuilt from its parts or refused.

``parse(text, allowed)`` gives a `Target` made of checked parts, or raises `TargetRefused`. No general URL parser is
used: they accept backslashes, joined hosts, odd dots and other spellings that two programs read differently. Only
``https`` to port 443 of a full host name is open to everybody; everything else must be in the operator's list
(`AllowedTarget`). Which *addresses* a name may lead to is decided in `core.net.addresses`, at connect time.

Errors: TargetRefused, with a `TargetProblem`, a sentence, and a suggestion where there is an obvious one.
"""

import ipaddress
from collections.abc import Iterable
from enum import StrEnum
from typing import Final, NoReturn

import msgspec
import re2

from core.net.cidr import Network, read_network, unmapped, why_no_gateway

ANTHROPIC_HOST: Final = "api.anthropic.com"
ANTHROPIC_BASE: Final = f"https://{ANTHROPIC_HOST}"
MAX_URL_CHARACTERS: Final = 500

_WEB_HOSTS: Final = frozenset(
    {
        "console.anthropic.com",
        "platform.claude.com",
        "docs.claude.com",
        "docs.anthropic.com",
        "claude.ai",
        "www.claude.ai",
        "claude.com",
        "www.claude.com",
        "anthropic.com",
        "www.anthropic.com",
        "api.claude.ai",
        "api.claude.com",
        "status.claude.com",
    }
)
"""Hosts of Anthropic that people mistake for the API's; none of them answers the API."""

_SHAPE: Final = re2.compile(
    r"^((?i:https?))://([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,6}))?((?:/[A-Za-z0-9._~@-]+)*)(/*)$"
)
_ANY_SCHEME: Final = re2.compile(r"^([A-Za-z][A-Za-z0-9+.-]*):")
_HOST_START: Final = re2.compile(r"^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(:\d+)?(/|$)|^localhost\b")
_LABEL: Final = re2.compile(r"^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$")
_NUMBER: Final = re2.compile(r"^(0x[0-9a-f]*|[0-9]+)$")
_DOUBLED: Final = re2.compile(r"(?i)^(.*?)/v1(?:/messages|/models|/chat/completions|/complete)?$")
_DEFAULT_PORT: Final = {"https": 443, "http": 80}


class TargetProblem(StrEnum):
    """Why a base URL was refused."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    SPACE = "space"
    RETYPE = "retype"  # letters that look alike, invisible or control characters
    NO_SCHEME = "no_scheme"
    SCHEME = "scheme"
    PLAIN_HTTP = "plain_http"
    BACKSLASH = "backslash"
    USERINFO = "userinfo"
    QUERY = "query"
    SHAPE = "shape"
    HOST = "host"
    NUMERIC_HOST = "numeric_host"
    SHORT_HOST = "short_host"
    PORT = "port"
    PORT_CLOSED = "port_closed"  # a port that this portal calls for listed hosts only
    WEB_ADDRESS = "web_address"
    LOOK_ALIKE = "look_alike"
    DOUBLED_PATH = "doubled_path"
    PATH = "path"


class TargetRefused(Exception):
    """A base URL that is not called; `sentence` says why in plain words, `suggestion` is a URL to use instead."""

    def __init__(self, problem: TargetProblem, sentence: str, *, suggestion: str | None = None) -> None:
        super().__init__(sentence)
        self.problem = problem
        self.sentence = sentence
        self.suggestion = suggestion


class AllowedTarget(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the operator's list: this scheme, host and port, as long as the name stays inside `network`."""

    scheme: str
    host: str
    port: int
    network: str

    def matches(self, scheme: str, host: str, port: int) -> bool:
        """Return whether the entry is about this host; the network is checked when connecting."""
        return (self.scheme, self.host, self.port) == (scheme, host, port)


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """A checked base URL in parts; `notes` say what will fail in n8n although the test works here."""

    scheme: str
    host: str
    port: int
    path: str
    notes: tuple[str, ...] = ()

    @property
    def anthropic(self) -> bool:
        """Whether this is Anthropic's own API, and not a gateway."""
        return self.host == ANTHROPIC_HOST

    @property
    def authority(self) -> str:
        """The host, in brackets where it is IPv6, with a port that is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORT[self.scheme] else f"{host}:{self.port}"

    @property
    def base(self) -> str:
        """The base URL, built from the parts."""
        return f"{self.scheme}://{self.authority}{self.path}"

    def url(self, path: str) -> str:
        """Return the URL of an API path, which starts with a slash."""
        return self.base + path


def parse_allowed(text: str) -> AllowedTarget:
    """Read an entry of the operator's list: ``https://gateway.internal:4000=10.20.0.0/16``.

    Raises `ValueError` with the reason for an entry with which no test could call the host, or that allows more than
    a gateway's own network.
    """
    address, _, network_text = (part.strip() for part in text.partition("="))
    match = _SHAPE.match(address.lower())
    if match is None or match.group(4) or match.group(5):
        raise ValueError("it does not begin with scheme and host alone, such as https://gateway.internal:4000")
    if not network_text:
        raise ValueError("it lacks the network that its host is in, such as =10.20.0.0/16")
    network = read_network(network_text)
    reason = why_no_gateway(network)
    if reason:
        raise ValueError(reason)
    scheme, host, port_text, _, _ = match.groups()
    try:
        entry = AllowedTarget(
            scheme=scheme, host=_plain_host(host), port=_port(port_text, scheme), network=str(network)
        )
        parse(address, [entry])
    except TargetRefused as refused:
        raise ValueError(f"no test can call it ({refused.sentence.rstrip('.')})") from None
    _check_literal(entry.host, network)
    return entry


def _check_literal(host: str, network: Network) -> None:
    """Raise `ValueError` for a host that is itself an address outside its own network."""
    try:
        address = unmapped(ipaddress.ip_address(host))
    except ValueError:
        return
    if address.version != network.version or address not in network:
        raise ValueError("its address is outside its network")


def _plain_host(host: str) -> str:
    """Return the host in lower case, IPv6 in its short form and without brackets."""
    plain = host.lower().strip("[]")
    try:
        return str(ipaddress.IPv6Address(plain)) if host.startswith("[") else plain
    except ValueError:
        raise TargetRefused(TargetProblem.HOST, "The base URL holds an address that is not a valid one.") from None


def parse(text: str, allowed: Iterable[AllowedTarget] = ()) -> Target:
    """Return the target that `text` names; raises `TargetRefused` for anything else."""
    _check_letters(text)
    match = _SHAPE.match(text)
    if match is None:
        _explain_shape(text)
    scheme, host, port_text, path, slashes = match.groups()
    scheme, bracketed, host = scheme.lower(), host.startswith("["), _plain_host(host)
    port = _port(port_text, scheme)
    listed = any(entry.matches(scheme, host, port) for entry in allowed)
    if not bracketed:
        _check_host(host, listed=listed)
    _check_known(host, text)
    if not listed:
        _check_open(scheme, port, text)
    _check_path(path, f"{scheme}://{text[len(scheme) + 3 :].split('/')[0].lower()}")
    note = (
        "The base URL ends with a slash. n8n's Message a model node then calls //v1/messages, "
        "while the credential test and the chat model still work. Take the slash away in n8n."
    )
    return Target(scheme=scheme, host=host, port=port, path=path, notes=(note,) if slashes else ())


def _check_letters(text: str) -> None:
    if not text.strip():
        raise TargetRefused(TargetProblem.EMPTY, "The base URL is empty.", suggestion=ANTHROPIC_BASE)
    if len(text) > MAX_URL_CHARACTERS:
        raise TargetRefused(TargetProblem.TOO_LONG, f"The base URL has more than {MAX_URL_CHARACTERS} characters.")
    odd = next((index for index, letter in enumerate(text) if not "!" <= letter <= "~"), None)
    if odd is None:
        return
    if text[odd] in " \t\r\n":
        where = "at the start or end of" if odd in (0, len(text.rstrip())) else "inside"
        raise TargetRefused(TargetProblem.SPACE, f"A space or line break stands {where} the base URL.")
    raise TargetRefused(
        TargetProblem.RETYPE,
        f"Character {odd + 1} of the base URL is not a plain letter. Please type the address by hand.",
    )


def _explain_shape(text: str) -> NoReturn:
    """Raise `TargetRefused` that says why a text does not have the shape of a base URL, without quoting it."""
    scheme = _ANY_SCHEME.match(text)
    if _HOST_START.match(text):
        raise TargetRefused(
            TargetProblem.NO_SCHEME, "The base URL does not start with https://.", suggestion=_with_scheme(text)
        )
    if "\\" in text:
        raise TargetRefused(TargetProblem.BACKSLASH, "The base URL holds a backslash.")
    if scheme is None or "://" not in text:
        raise TargetRefused(TargetProblem.NO_SCHEME, "The base URL does not start with https://.")
    if scheme.group(1).lower() not in _DEFAULT_PORT:
        raise TargetRefused(TargetProblem.SCHEME, "The base URL must start with https://.")
    authority = text.split("://", 1)[1].split("/")[0].split("?")[0].split("#")[0]
    if "@" in authority:
        raise TargetRefused(TargetProblem.USERINFO, "The base URL holds a user name or an @ sign before the host.")
    if "?" in text or "#" in text:
        raise TargetRefused(TargetProblem.QUERY, "The base URL holds a ? or #. It must end with the host or a path.")
    if not authority or authority.startswith(":") or ("[" in authority and "]" not in authority):
        raise TargetRefused(TargetProblem.HOST, "The base URL names no host.")
    if ":" in authority.rsplit("]", 1)[-1]:
        raise TargetRefused(TargetProblem.PORT, "The port in the base URL is not a number from 1 to 65535.")
    raise TargetRefused(TargetProblem.SHAPE, "The base URL holds characters that no such address has.")


def _with_scheme(text: str) -> str | None:
    try:
        return parse(f"https://{text}").base
    except TargetRefused as refused:
        return refused.suggestion


def _port(text: str | None, scheme: str) -> int:
    if text is None:
        return _DEFAULT_PORT[scheme]
    if text.startswith("0") or not 1 <= int(text) <= 65_535:
        raise TargetRefused(TargetProblem.PORT, "The port in the base URL is not a number from 1 to 65535.")
    return int(text)


def _check_host(host: str, *, listed: bool) -> None:
    labels = host.split(".")
    if _NUMBER.match(labels[-1]):
        _check_dotted_quad(host)
        return
    if len(host) > 253 or not all(_LABEL.match(label) for label in labels):
        raise TargetRefused(TargetProblem.HOST, "The host in the base URL has a dot, dash or label where none can be.")
    if len(labels) == 1 and not listed:
        raise TargetRefused(
            TargetProblem.SHORT_HOST,
            "The base URL names a host inside a private network. This portal calls such a host only if its operator "
            "lists it. Test it in your n8n instead.",
        )


def _check_dotted_quad(host: str) -> None:
    try:
        ipaddress.IPv4Address(host)
    except ValueError:
        raise TargetRefused(
            TargetProblem.NUMERIC_HOST, "The host in the base URL is a number that programs read in different ways."
        ) from None


def _check_known(host: str, text: str) -> None:
    if host in _WEB_HOSTS:
        raise TargetRefused(
            TargetProblem.WEB_ADDRESS,
            f"{host} is a web site. The API's address is {ANTHROPIC_HOST}.",
            suggestion=ANTHROPIC_BASE,
        )
    if host != ANTHROPIC_HOST and _distance(host, ANTHROPIC_HOST) <= 2:
        raise TargetRefused(
            TargetProblem.LOOK_ALIKE,
            f"{host} is almost {ANTHROPIC_HOST}, but not the same. Nothing was sent there.",
            suggestion=ANTHROPIC_BASE,
        )


def _check_open(scheme: str, port: int, text: str) -> None:
    if scheme != "https":
        raise TargetRefused(
            TargetProblem.PLAIN_HTTP,
            "The base URL starts with http://, so the key would travel unprotected. Use https://.",
            suggestion=_with_scheme(text.split("://", 1)[1]),
        )
    if port != 443:
        raise TargetRefused(
            TargetProblem.PORT_CLOSED,
            f"This portal calls port {port} only if its operator lists the host. Test it in your n8n instead.",
        )


def _check_path(path: str, root: str) -> None:
    if any(set(part) == {"."} for part in path.split("/") if part):
        raise TargetRefused(TargetProblem.PATH, "The path of the base URL holds dots that lead elsewhere.")
    doubled = _DOUBLED.match(path)
    if doubled:
        raise TargetRefused(
            TargetProblem.DOUBLED_PATH,
            f"The base URL already ends with {path.removeprefix(doubled.group(1))}. n8n adds /v1/messages by itself, "
            "so the path would be doubled and the answer a 404.",
            suggestion=root + doubled.group(1),
        )


def _distance(one: str, other: str) -> int:
    """Return the edits between two host names (insert, drop, replace, swap), where 3 means more than 2."""
    if abs(len(one) - len(other)) > 2:
        return 3
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, two_rows_before, row = row, before, [i]
        for j, other_letter in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other_letter))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == other_letter:
                cost = min(cost, two_rows_before[j - 2] + 1)
            row.append(cost)
    return row[-1]
