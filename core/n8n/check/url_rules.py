"""Rules on the address and method of an HTTP Request node."""

from collections.abc import Callable
from typing import Any, Final

import re2

from core.n8n.check.callee import Callee, is_doubled, is_legacy, is_like_chat, path_of
from core.n8n.check.layouts import Layout
from core.n8n.check.node_view import NodeView
from core.n8n.check.parameter_values import constant
from core.n8n.check.rules import Correction, Hits, Rule, RuleHit
from core.n8n.urls import MESSAGES

_FIRST_PART: Final = re2.compile(r"(?i)^(.*?)/+(?:v1|messages)(?:/|$).*$")
_QUERY: Final = re2.compile(r"[?#].*$")


def rules(view: NodeView) -> Hits:
    """Check address and method of an HTTP Request node."""
    request = view.request
    if request is None:
        return
    url = view.url if view.url is None else constant(view.url)
    if view.url is None:
        yield RuleHit(
            Rule.URL_INVALID, "The URL is empty.", f"Write https://api.anthropic.com{MESSAGES}.", _whole_url()
        )
    elif url is not None:
        yield from _scheme(view, url)
        yield from _path(view, url.strip())
    if view.to_messages and request.method is not None and request.method.upper() != "POST":
        yield RuleHit(
            Rule.METHOD_WRONG,
            f"The method is {request.method.upper()}. Messages are sent with POST; anything else is answered with 405.",
            "Set Method to POST.",
            _set("requestMethod" if request.layout is Layout.LEGACY else "method", "POST"),
        )
    if view.to_anthropic and view.options.get("allowUnauthorizedCerts") is True:
        yield RuleHit(
            Rule.TLS_UNCHECKED,
            "“Ignore SSL Issues” is on: anybody between n8n and the API can read the key.",
            "Switch it off. If the call then fails, n8n does not trust a certificate of your network: ask its admin.",
            _without_option("allowUnauthorizedCerts"),
        )


def _scheme(view: NodeView, url: str) -> Hits:
    bare = url.strip()
    if "{{" in bare:
        yield RuleHit(
            Rule.URL_INVALID,
            "The URL has {{ }} in it, but the field is set to Fixed. n8n takes the braces as part of the URL.",
            "Switch the field URL to Expression.",
            None if "$env" in bare else _change_url(lambda old: f"={old.strip()}"),
        )
        return
    if url.lstrip() != url or _without_white_space(bare) != bare:
        yield RuleHit(
            Rule.URL_INVALID,
            "There is a space or a line break in the URL.",
            "Remove it.",
            _change_url(_without_white_space),
        )
    if "://" not in bare:
        yield RuleHit(
            Rule.URL_INVALID,
            "The URL does not begin with https://; n8n refuses it as invalid.",
            "Put https:// before it.",
            _change_url(lambda old: "https://" + old.strip().lstrip("/")) if view.to_anthropic else None,
        )
    elif view.to_anthropic and bare.lower().startswith("http://"):
        yield RuleHit(
            Rule.URL_HTTP,
            "The URL begins with http://. The redirect to https turns POST into GET (405), and the key travels "
            "unprotected.",
            "Write https://.",
            _change_url(lambda old: re2.sub(r"(?i)http://", "https://", old, count=1)),
        )


def _without_white_space(url: str) -> str:
    return "".join(url.split())


def _path(view: NodeView, url: str) -> Hits:
    path = path_of(url)
    if not view.to_messages and not (view.callee is Callee.GATEWAY and path.rstrip("/").endswith(MESSAGES)):
        return
    if is_doubled(path):
        yield RuleHit(
            Rule.PATH_DOUBLED,
            f"The path is doubled: {path}. {_answer(view)}",
            f"The path is {MESSAGES}, once.",
            _change_url(_canonical),
        )
    elif view.to_messages and path.rstrip("/") != MESSAGES:
        yield RuleHit(
            Rule.PATH_WRONG,
            f"The path is {path or 'missing'}; messages go to {MESSAGES}. {_answer(view)}",
            f"Write https://api.anthropic.com{MESSAGES}.",
            _change_url(_canonical) if _has_messages(view) or not _is_of_another_form(path) else None,
        )
    elif path.endswith(MESSAGES + "/"):
        yield RuleHit(
            Rule.PATH_WRONG,
            "There is a slash behind the path.",
            f"The path ends with {MESSAGES}.",
            _change_url(lambda old: old.rstrip().rstrip("/")),
        )


def _answer(view: NodeView) -> str:
    if not view.to_anthropic:
        return "A gateway that has it once answers 404."
    return "Anthropic answers 404 “Not Found”, which says nothing about the key."


def _is_of_another_form(path: str) -> bool:
    """Return whether a path is for a body that the Messages API does not take."""
    return is_legacy(path) or is_like_chat(path)


def _has_messages(view: NodeView) -> bool:
    """Return whether the body is known to be one of the Messages API."""
    fields = {pair.name for pair in view.request.pairs} if view.request is not None else set()
    return "messages" in (fields if view.body is None else view.body.fields)


def _canonical(url: str) -> str:
    """Return the address with the right path after whatever precedes the first /v1 or /messages."""
    scheme, mark, rest = url.strip().partition("://")
    host, slash, path = (rest if mark else scheme).partition("/")
    match = _FIRST_PART.match(slash + path)
    prefix = match[1].rstrip("/") if match else ""
    return f"{scheme}://{host}{prefix}{MESSAGES}" if mark else f"{host}{prefix}{MESSAGES}"


def _change_url(change: Callable[[str], str]) -> Correction:
    """Return a correction of an address that is the same in every run, and so needs no expression."""

    def correct(node: dict[str, Any]) -> None:
        parameters = node["parameters"]
        parameters["url"] = change(constant(parameters.get("url")) or "")

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
