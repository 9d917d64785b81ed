"""Addresses of the Messages API: which base URLs can be written into a node, and why others cannot.

The generator and "check my node" share these rules, so that a generated node passes the check.
"""

import ipaddress
from enum import StrEnum
from typing import Final
from urllib.parse import SplitResult, urlsplit

ANTHROPIC: Final = "https://api.anthropic.com"
MESSAGES: Final = "/v1/messages"
_LOCAL_ENDINGS: Final = (".local", ".internal", ".lan", ".home.arpa", ".localhost", ".svc")


class UrlFault(StrEnum):
    """What is wrong with an address."""

    EMPTY = "empty"
    EXPRESSION = "expression"
    WHITE_SPACE = "white_space"
    NO_SCHEME = "no_scheme"
    NOT_HTTP = "not_http"
    NO_HOST = "no_host"
    PLAIN_HTTP = "plain_http"
    USER_INFO = "user_info"
    QUERY = "query"
    DOUBLED = "doubled"


SENTENCES: Final = {
    UrlFault.EMPTY: "The address is empty.",
    UrlFault.EXPRESSION: "Write the address itself, without {{ }}.",
    UrlFault.WHITE_SPACE: "There is a space or a line break in the address.",
    UrlFault.NO_SCHEME: "The address has to begin with https://.",
    UrlFault.NOT_HTTP: "The address has to begin with https://; this one begins with something else.",
    UrlFault.NO_HOST: "The address names no host.",
    UrlFault.PLAIN_HTTP: "The address begins with http://. Anthropic answers that with a redirect that turns the call "
    "into another one (405), and the key would travel unprotected. Write https://.",
    UrlFault.USER_INFO: "The address holds a user name or password. Keep secrets in an n8n credential.",
    UrlFault.QUERY: "The address has a question mark or a # in it; a base URL has none.",
    UrlFault.DOUBLED: "The address already holds /v1, so the path would be doubled (/v1/v1/messages: 404). "
    "Write only the part before /v1.",
}


def base_fault(base_url: str) -> UrlFault | None:
    """Return what keeps `base_url` (the part before ``/v1``) from being used, or None."""
    if not base_url.strip():
        return UrlFault.EMPTY
    if "{{" in base_url or base_url.startswith("="):
        return UrlFault.EXPRESSION
    if any(char.isspace() or not char.isprintable() for char in base_url):
        return UrlFault.WHITE_SPACE
    if "://" not in base_url:
        return UrlFault.NO_SCHEME
    try:
        parts = urlsplit(base_url)
        _ = parts.port
    except ValueError:
        return UrlFault.NO_HOST
    return _parts_fault(parts)


def _parts_fault(parts: SplitResult) -> UrlFault | None:
    if parts.scheme.lower() not in ("http", "https"):
        return UrlFault.NOT_HTTP
    if not parts.hostname:
        return UrlFault.NO_HOST
    if parts.username is not None or parts.password is not None:
        return UrlFault.USER_INFO
    if parts.query or parts.fragment:
        return UrlFault.QUERY
    if parts.scheme.lower() == "http" and not is_local(parts.hostname):
        return UrlFault.PLAIN_HTTP
    return UrlFault.DOUBLED if "v1" in parts.path.strip("/").split("/") else None


def is_local(host: str) -> bool:
    """Return whether a host is on this machine or in a private network, where plain http is common."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.lower().endswith(_LOCAL_ENDINGS)
    return address.is_private or address.is_loopback


def messages_url(base_url: str) -> str:
    """Return the address of the Messages API under a base URL; a trailing slash, which would double, is dropped."""
    return base_url.rstrip("/") + MESSAGES


def models_url(base_url: str) -> str:
    """Return the address of the list of models under a base URL."""
    return base_url.rstrip("/") + "/v1/models"
