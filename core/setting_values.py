"""How the text of each setting is read: into a value that does what the setting says, or `Unusable` with the reason.

A value that would have no effect (a host that no test can call), a wider one than is meant (a network of every
address) or one that a person left over from an example stops the start; nothing of it is taken in silence.
"""

import datetime as dt
import ipaddress
import ssl
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple

import re2

from core.net.base_url import parse_allowed
from core.net.certificate import read_certificate
from core.net.cidr import Network, lies_in, read_network, why_not_blocked

_MIN_SECRET_CHARS: Final = 16
_MIN_DIFFERENT_CHARS: Final = 5
_MAX_CONTACT_CHARS: Final = 200

_TARGETS: Final = "addresses with the network they are in, such as https://gateway.internal:4000=10.20.0.0/16"
_NETWORKS: Final = "networks such as 198.20.0.0/16, with commas between them"
_DATABASE: Final = "sqlite:////srv/reconnect/reconnect.db or postgresql://user:password@host/database"
_WEB: Final = "a web address such as https://help.example.com"
_PROXY: Final = "a proxy address such as http://proxy.example.com:3128"
_CONTACT: Final = f"a link, an e-mail address or a name, of at most {_MAX_CONTACT_CHARS} characters"
_SECRET: Final = f"at least {_MIN_SECRET_CHARS} random characters, such as openssl rand -hex 32 prints"
_FILE: Final = "the path of a file with certificates (PEM) that this program can read"

_ADDRESS: Final = re2.compile(
    r"^([A-Za-z][A-Za-z0-9+.-]*)://(?:([^/?#\s]*)@)?([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?"
    r"((?:/[A-Za-z0-9._~-]+)*)/?([?#]\S*)?$"
)
_LABEL: Final = re2.compile(r"(?i)^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$")
_SCHEME: Final = re2.compile(r"^[A-Za-z][A-Za-z0-9+.-]*:\S")
_EMAIL: Final = re2.compile(r"^[^@\s:/?#<>\"(),;]+@([A-Za-z0-9.-]+)$")
_UNFILLED: Final = re2.compile(r"\$\{|^\$[A-Za-z_]|^<.*>$|\{\{")
_PLACEHOLDER: Final = re2.compile(
    r"(?i)change.?(me|this)|placeholder|replace.?(me|this|with)|(my|your).{0,10}(secret|token|password)|secret.?here"
    r"|token.?here|example"
)
_TOKEN: Final = re2.compile(r"^[ -~]+$")


class Unusable(ValueError):
    """A value that a setting cannot use: the reason, what to write, and the `part` that it is about if not all."""

    def __init__(self, reason: str, write: str, part: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.write = write
        self.part = part


class _Address(NamedTuple):
    """The parts of a web address; the scheme in lower case, `rest` from the first ? or #."""

    scheme: str
    login: str | None
    host: str
    port: int | None
    path: str
    rest: str


def refuse_leftovers(value: str) -> None:
    """Raise `Unusable` for quotes that an env file kept, and for a variable that nobody filled in."""
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'`":
        raise Unusable("quotes stand around it, which are taken as part of it", "the same without quotes")
    if _UNFILLED.search(value):
        raise Unusable("it is a placeholder that nothing was filled into", "the value itself")


def path(value: str) -> Path:
    """Return a path, ``~`` spelled out."""
    try:
        return Path(value).expanduser()
    except RuntimeError:
        raise Unusable("there is no such user", "a path that begins with /") from None


def folder(value: str) -> Path:
    """Return the path of a folder that exists or can be made."""
    expanded = path(value)
    if expanded.exists() and not expanded.is_dir():
        raise Unusable("it is a file", "the path of a folder")
    return expanded


def database_url(value: str) -> str:
    """Return the address of a database, with the driver that Reconnect installs."""
    # Imported here, since it takes long and few commands need it.
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    if value.startswith("postgresql://"):
        value = value.replace("postgresql://", "postgresql+psycopg://", 1)
    if not value.startswith(("sqlite://", "postgresql+psycopg://")):
        raise Unusable("it does not begin with sqlite:// or postgresql://", _DATABASE)
    try:
        url = make_url(value)
    except (ArgumentError, ValueError):
        raise Unusable("it is no address of a database", _DATABASE) from None
    if url.get_backend_name() == "sqlite":
        _check_sqlite(url.host, url.database or "", options=bool(url.query))
    else:
        _check_postgres(f"{url.host or ''}{url.database or ''}", url.port)
    return value


def _check_postgres(place: str, port: int | None) -> None:
    if re2.search(r"[\s,;]", place):
        raise Unusable("it holds more than one address", _DATABASE)
    if port is not None and not 1 <= port <= 65_535:
        raise Unusable("its port is not a number from 1 to 65535", _DATABASE)


def _check_sqlite(host: str | None, file: str, *, options: bool) -> None:
    if host:
        raise Unusable("the path of its file does not follow three slashes", _DATABASE)
    if not file or file == ":memory:" or file.startswith("file:"):
        raise Unusable("it names no file, so that everything would be lost at the next start", _DATABASE)
    if options:
        raise Unusable("SQLite takes no options here", _DATABASE)
    if Path(file).is_dir():
        raise Unusable("it names a folder", _DATABASE)


def web_address(value: str) -> str:
    """Return the portal's own address without a slash at its end."""
    parts = _address(value, _WEB, "http", "https")
    if parts.login is not None:
        raise Unusable("it holds a user name or a password, which every shared link would show", _WEB)
    if parts.rest:
        raise Unusable("it holds a ? or #", _WEB)
    port = "" if parts.port is None else f":{parts.port}"
    return f"{parts.scheme}://{parts.host}{port}{parts.path}"


def proxy(value: str) -> str:
    """Return the address of the proxy that tests go out through; a login in it is used, anything behind it is not."""
    # Imported here, since TLS takes long and few commands need it.
    from core.net.route import parse_proxy

    parts = _address(value, _PROXY, "http")
    if parts.path or parts.rest:
        raise Unusable("something follows the host and its port", _PROXY)
    try:
        parse_proxy(value)
    except ValueError:
        raise Unusable("it is no address of a proxy", _PROXY) from None
    return value


def _address(value: str, write: str, *schemes: str) -> _Address:
    match = _ADDRESS.match(value)
    scheme = value.partition("://")[0].lower()
    if "://" not in value or scheme not in schemes:
        raise Unusable(f"it does not begin with {' or '.join(f'{each}://' for each in schemes)}", write)
    if match is None:
        raise Unusable("it is not one whole address", write)
    _, login, host, port, way, rest = match.groups()
    if port is not None and not 1 <= int(port) <= 65_535:
        raise Unusable("its port is not a number from 1 to 65535", write)
    reason = _why_no_host(host)
    if reason:
        raise Unusable(reason, write)
    return _Address(scheme, login, host, None if port is None else int(port), way, rest or "")


def _why_no_host(host: str) -> str | None:
    labels = host.split(".")
    if host.startswith("[") or labels[-1].isdigit():
        try:
            address = ipaddress.ip_address(host.strip("[]"))
        except ValueError:
            return "its host is no valid address"
        return "its host is the address that a server listens on, and leads nowhere" if address.is_unspecified else None
    if len(host) > 253 or not all(_LABEL.match(label) for label in labels):
        return "its host has a dot or dash where none can be"
    return None


def certificates(value: str) -> Path:
    """Return the path of a file with authorities, loaded now, so that no first test finds it missing or broken."""
    from core.net.route import trust

    file = path(value)
    try:
        trust(str(file))
        own = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        own.load_verify_locations(cafile=str(file))
    except OSError:
        raise Unusable("no certificate can be read from it", _FILE) from None
    if not own.cert_store_stats()["x509"]:
        raise Unusable("it holds no certificate", _FILE)
    ends = [each.not_after for each in map(read_certificate, own.get_ca_certs(binary_form=True)) if each is not None]
    if ends and all(end is not None and end < dt.datetime.now(dt.UTC) for end in ends):
        raise Unusable("every certificate in it has expired", _FILE)
    return file


def contact(value: str) -> str:
    """Return the support contact, which every page shows."""
    if len(value) > _MAX_CONTACT_CHARS or not value.isprintable():
        raise Unusable("it is too long or holds characters that cannot be shown", _CONTACT)
    if _holds_secret(value):
        raise Unusable("it holds a secret, and every visitor sees it", _CONTACT)
    if value.lower().startswith("mailto:"):
        raise Unusable("it begins with mailto:", "the e-mail address alone")
    if _SCHEME.match(value):
        parts = _address(value, _CONTACT, "http", "https")
        if parts.login is not None:
            raise Unusable("it holds a user name or a password, and every visitor sees it", _CONTACT)
        return parts.scheme + value[len(parts.scheme) :]
    if "@" in value and " " not in value:
        email = _EMAIL.match(value)
        if email is None or _why_no_host(email.group(1)):
            raise Unusable("it is no whole e-mail address", _CONTACT)
    return value


def _holds_secret(value: str) -> bool:
    from core.redaction import RedactionFailed, redact

    try:
        return redact(value).text != value
    except RedactionFailed:
        return True


def secret(value: str) -> str:
    """Return a secret that nobody can guess from the README or an example."""
    reason = why_guessable(value)
    if reason:
        raise Unusable(reason, _SECRET)
    return value


def why_guessable(value: str) -> str | None:
    """Return why a secret is none, or None where it may be one."""
    if len(value) < _MIN_SECRET_CHARS:
        return f"it has fewer than {_MIN_SECRET_CHARS} characters"
    if _PLACEHOLDER.search(value) or _UNFILLED.search(value):
        return "it is a placeholder that anybody can guess"
    steps = [abs(ord(after) - ord(before)) for before, after in pairwise(value)]
    if len(set(value)) < _MIN_DIFFERENT_CHARS or value in (value + value)[1:-1]:
        return "it repeats a few characters"
    if sum(step <= 1 for step in steps) > 0.8 * len(steps):
        return "it is a row of letters or digits in their order"
    return None


def token(value: str) -> str:
    """Return a secret that a header can carry; Node sends a letter above ASCII as one byte, which would never match."""
    if not _TOKEN.match(value):
        raise Unusable("it holds a character that no header can carry", _SECRET)
    return secret(value)


def targets(value: str) -> tuple[str, ...]:
    """Return the operator's gateways as ``scheme://host:port=network``, each network named once."""
    kept: list[str] = []
    for text in _items(value, _TARGETS):
        try:
            entry = parse_allowed(text)
        except ValueError as error:
            raise Unusable(str(error), _TARGETS, text) from None
        for each in map(parse_allowed, kept):
            if each.matches(entry.scheme, entry.host, entry.port):
                _refuse_twice(read_network(entry.network), read_network(each.network), text, _TARGETS)
        kept.append(f"{text.partition('=')[0].strip().lower()}={entry.network}")
    return tuple(kept)


def networks(value: str) -> tuple[str, ...]:
    """Return the networks that count as inside, IPv4 where they are IPv4 inside IPv6, each named once."""
    kept: list[Network] = []
    for text in _items(value, _NETWORKS):
        try:
            network = read_network(text)
        except ValueError as error:
            raise Unusable(str(error), _NETWORKS, text) from None
        reason = why_not_blocked(network)
        if reason:
            raise Unusable(reason, _NETWORKS, text)
        for each in kept:
            _refuse_twice(network, each, text, _NETWORKS)
        kept.append(network)
    return tuple(map(str, kept))


def refuse_contradiction(allowed: tuple[str, ...], blocked: tuple[str, ...]) -> None:
    """Raise `Unusable` where a blocked network is inside a gateway's: a listed gateway is still called."""
    for text in allowed:
        network = read_network(parse_allowed(text).network)
        for each in blocked:
            if lies_in(read_network(each), network):
                raise Unusable(
                    f"it is inside the network of {text}, which tests may call",
                    "networks outside those of RECONNECT_ALLOWED_TARGETS",
                    each,
                )


def whole_number(most: int) -> Callable[[str], int]:
    """Return what reads a whole number from 1 to `most`."""

    def read(value: str) -> int:
        write = f"a whole number from 1 to {most:,}"
        if not value.isascii() or not value.isdigit():
            raise Unusable("it is no whole number", write)
        digits = value.lstrip("0")
        if not digits:
            raise Unusable("it is too small", write)
        if len(digits) > len(str(most)) or int(digits) > most:
            raise Unusable("it is too large", write)
        return int(digits)

    return read


def log_level(value: str) -> str:
    """Return the name of a log level in capitals."""
    level = value.upper()
    if level not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        raise Unusable("there is no such level", "DEBUG, INFO, WARNING or ERROR")
    return level


def _items(value: str, write: str) -> list[str]:
    items = [item.strip() for item in value.split(",") if item.strip()]
    if not items:
        raise Unusable("it names nothing", write)
    return items


def _refuse_twice(network: Network, other: Network, text: str, write: str) -> None:
    if lies_in(network, other) or lies_in(other, network):
        raise Unusable(f"it says the same twice, since {other} is listed too", write, text)
