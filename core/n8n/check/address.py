"""Rules on where an HTTP Request node calls, and how."""

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlsplit

import re2

from core.n8n.check.findings import Correction, Hit, Hits, Rule
from core.n8n.check.view import View
from core.n8n.urls import MESSAGES, is_local
from core.redaction.kinds import mask_pattern

_DOUBLED: Final = re2.compile(r"(?i)/v1/+(?:[^?#]*/)?v1\b|/messages/+(?:v1/+)?messages\b|//+v1/")
_BLANK: Final = re2.compile(rf"({mask_pattern()})|\s")
_FIRST_PART: Final = re2.compile(r"(?i)^(.*?)/+(?:v1|messages)(?:/|$).*$")


def rules(view: View) -> Hits:
    """Check address and method of an HTTP Request node."""
    if not view.is_http:
        return
    url = (view.url or "").removeprefix("=")
    yield from _scheme(view, url)
    if "{{" not in url:
        yield from _path(view, url.strip())
    method = str(view.parameters.get("method") or "GET").upper()
    if method != "POST" and "{{" not in method:
        yield Hit(
            Rule.METHOD_WRONG,
            f"The method is {method}. Messages are sent with POST; anything else is answered with 405.",
            "Set Method to POST.",
            _set("method", "POST"),
        )
    if view.options.get("allowUnauthorizedCerts") is True:
        yield Hit(
            Rule.TLS_UNCHECKED,
            "“Ignore SSL Issues” is on: anybody between n8n and the API can read the key.",
            "Switch it off. If the call then fails, n8n does not trust a certificate of your network: ask its admin.",
            _without_option("allowUnauthorizedCerts"),
        )


def _scheme(view: View, url: str) -> Hits:
    bare = url.strip()
    if not bare:
        yield Hit(Rule.URL_INVALID, "The URL is empty.", f"Write https://api.anthropic.com{MESSAGES}.", _whole_url())
        return
    if bare != url or ("{{" not in bare and _without_blanks(bare) != bare):
        yield Hit(
            Rule.URL_INVALID,
            "There is a space or a line break in the URL.",
            "Take it out.",
            _change_url(_without_blanks) if "{{" not in bare else None,
        )
    if "{{" in bare:
        return
    if "://" not in bare:
        yield Hit(
            Rule.URL_INVALID,
            "The URL does not begin with https://; n8n refuses it as invalid.",
            "Put https:// before it.",
            _change_url(lambda old: "https://" + old.strip().lstrip("/")),
        )
    elif bare.lower().startswith("http://") and not is_local(_host(bare)):
        yield Hit(
            Rule.URL_HTTP,
            "The URL begins with http://. The redirect to https turns POST into GET (405), and the key travels "
            "unprotected.",
            "Write https://.",
            _change_url(lambda old: re2.sub(r"(?i)http://", "https://", old, count=1)),
        )


def _without_blanks(url: str) -> str:
    """Return the address without spaces and line breaks; the spaces inside a mask are ours."""
    return str(_BLANK.sub(lambda found: found[1] or "", url))


def _path(view: View, url: str) -> Hits:
    path = _path_of(url)
    if _DOUBLED.search(path):
        yield Hit(
            Rule.PATH_DOUBLED,
            f"The path is doubled: {path}. Anthropic answers 404 “Not Found”, which says nothing about the key.",
            f"The path is {MESSAGES}, once.",
            _change_url(_canonical),
        )
    elif view.to_anthropic and path.rstrip("/") != MESSAGES:
        yield Hit(
            Rule.PATH_WRONG,
            f"The path is {path or 'missing'}; messages go to {MESSAGES}. Anthropic answers 404 “Not Found”.",
            f"Write https://api.anthropic.com{MESSAGES}.",
            _change_url(_canonical),
        )
    elif path.endswith(MESSAGES + "/"):
        yield Hit(
            Rule.PATH_WRONG,
            "There is a slash behind the path.",
            f"The path ends with {MESSAGES}.",
            _change_url(lambda old: old.rstrip().rstrip("/")),
        )


def _canonical(url: str) -> str:
    """Return the address with what stood before the first /v1 or /messages, and the right path behind."""
    scheme, mark, rest = url.strip().partition("://")
    host, slash, path = (rest if mark else scheme).partition("/")
    found = _FIRST_PART.match(slash + path)
    prefix = found[1].rstrip("/") if found else ""
    return f"{scheme}://{host}{prefix}{MESSAGES}" if mark else f"{host}{prefix}{MESSAGES}"


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _path_of(url: str) -> str:
    rest = url.partition("://")[2] or url
    return "/" + rest.partition("/")[2].split("?")[0].split("#")[0] if "/" in rest else ""


def _change_url(change: Callable[[str], str]) -> Correction:
    def correct(node: dict[str, Any]) -> None:
        parameters = node["parameters"]
        parameters["url"] = change(str(parameters.get("url") or "").removeprefix("="))

    return correct


def _whole_url() -> Correction:
    return _change_url(lambda _: f"https://api.anthropic.com{MESSAGES}")


def _set(name: str, value: Any) -> Correction:
    def correct(node: dict[str, Any]) -> None:
        node["parameters"][name] = value

    return correct


def _without_option(name: str) -> Correction:
    def correct(node: dict[str, Any]) -> None:
        node["parameters"]["options"].pop(name, None)

    return correct
