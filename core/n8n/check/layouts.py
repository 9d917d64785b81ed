"""Where an HTTP Request node keeps its method, headers and body: three layouts, read into one structure.

- current: HTTP Request of typeVersion 3 to 4.5 and HTTP Request Tool as n8n makes it for agents
- legacy: HTTP Request of typeVersion 1 and 2 (``requestMethod``, ``bodyParametersJson``, ``headerParametersUi``)
- tool: the first HTTP Request Tool, @n8n/n8n-nodes-langchain.toolHttpRequest (``parametersHeaders``)

Read in n8n-nodes-base and n8n-nodes-langchain 2.41.1 (nodes/HttpRequest/V1 to V3, nodes/tools/ToolHttpRequest).
"""

import json
from enum import StrEnum
from typing import Any, Final

import msgspec

from core.n8n.check.parameter_values import constant, is_expression

_TOOL: Final = "@n8n/n8n-nodes-langchain.toolHttpRequest"
_HTTP: Final = ("n8n-nodes-base.httpRequest", "n8n-nodes-base.httpRequestTool", _TOOL)
_LEGACY_CREDENTIALS: Final = {
    "headerAuth": "httpHeaderAuth",
    "basicAuth": "httpBasicAuth",
    "digestAuth": "httpDigestAuth",
    "queryAuth": "httpQueryAuth",
    "oAuth1": "oAuth1Api",
    "oAuth2": "oAuth2Api",
}
_FIRST_CURRENT: Final = 3
_NAMES_OF_TODAY: Final = frozenset({"method", "sendHeaders", "headerParameters", "sendBody", "specifyBody", "jsonBody"})


class Layout(StrEnum):
    """Which parameter names a node has."""

    CURRENT = "current"
    LEGACY = "legacy"
    TOOL = "tool"
    UNCLEAR = "unclear"  # an old typeVersion with parameter names of today, which n8n does not read


_FIELDS: Final[dict[Layout, tuple[str, str]]] = {
    Layout.CURRENT: ("bodyParameters", "parameters"),
    Layout.LEGACY: ("bodyParametersUi", "parameter"),
    Layout.TOOL: ("parametersBody", "values"),
}
"""Where the body fields of a layout are."""


class BodyForm(StrEnum):
    """How a node's body is written."""

    NONE = "none"  # no body is sent
    JSON = "json"  # one text that n8n reads as JSON
    FIELDS = "fields"  # names and values, sent as JSON
    RAW = "raw"  # a text that n8n sends as it is
    OTHER = "other"  # a form, a file
    UNKNOWN = "unknown"


class Header(msgspec.Struct, frozen=True):
    """One header of an HTTP Request node."""

    name: str
    value: str


class Pair(msgspec.Struct, frozen=True):
    """One body field of a node whose body is written as names and values; `path` leads to its value."""

    name: str
    value: object
    path: tuple[str | int, ...]


class NodeRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What an HTTP Request node sends, whatever its layout. `headers_known`: False where they come from data."""

    layout: Layout
    method: str | None  # None: it comes from data
    headers: tuple[Header, ...]
    headers_known: bool
    form: BodyForm
    body_name: str | None  # the parameter that holds the body
    body_text: str | None
    pairs: tuple[Pair, ...]
    credential: str | None


_UNCLEAR: Final = NodeRequest(
    layout=Layout.UNCLEAR,
    method=None,
    headers=(),
    headers_known=False,
    form=BodyForm.UNKNOWN,
    body_name=None,
    body_text=None,
    pairs=(),
    credential=None,
)


def is_http(node_type: str) -> bool:
    """Return whether a type is one of the HTTP Request nodes."""
    return node_type in _HTTP


def request_of(node_type: str, version: float, parameters: dict[str, Any]) -> NodeRequest:
    """Read the request of an HTTP Request node."""
    if node_type == _TOOL:
        return _request(Layout.TOOL, parameters, "method", _new_headers(parameters, "parametersHeaders", "values"))
    if version < _FIRST_CURRENT:
        if not _NAMES_OF_TODAY.isdisjoint(parameters):
            return _UNCLEAR
        return _request(Layout.LEGACY, parameters, "requestMethod", _legacy_headers(parameters))
    return _request(Layout.CURRENT, parameters, "method", _new_headers(parameters, "headerParameters", "parameters"))


def dict_of(value: object) -> dict[str, Any]:
    """Return `value` if it is a dict, else an empty one."""
    return value if isinstance(value, dict) else {}


def text_of(value: object) -> str | None:
    """Return `value` if it is a text that is not blank, else None."""
    return value if isinstance(value, str) and value.strip() else None


def headers_in_json(source: object) -> list[dict[str, str]] | None:
    """Return the headers that a node has as one JSON object, in the form of its list; None for an expression."""
    text = constant(text_of(source) or "{}")
    try:
        value = json.loads(text or "")
    except (ValueError, RecursionError):
        return None
    return [{"name": str(name), "value": str(one)} for name, one in dict_of(value).items()]


def _request(
    layout: Layout, parameters: dict[str, Any], method_name: str, headers_and_known: tuple[tuple[Header, ...], bool]
) -> NodeRequest:
    form, name = _legacy_body(parameters) if layout is Layout.LEGACY else _new_body(layout, parameters)
    return NodeRequest(
        layout=layout,
        method=constant(parameters.get(method_name) or "GET"),
        headers=headers_and_known[0],
        headers_known=headers_and_known[1],
        form=form,
        body_name=name if form in (BodyForm.JSON, BodyForm.RAW) else None,
        body_text=text_of(parameters.get(name)) if form in (BodyForm.JSON, BodyForm.RAW) else None,
        pairs=_pairs(parameters, _FIELDS[layout]) if form is BodyForm.FIELDS else (),
        credential=_credential(parameters),
    )


def _new_body(layout: Layout, parameters: dict[str, Any]) -> tuple[BodyForm, str]:
    if parameters.get("sendBody") is not True:
        return BodyForm.NONE, ""
    kind = parameters.get("contentType", "json") if layout is Layout.CURRENT else "json"
    if kind == "raw":
        return BodyForm.RAW, "body"
    if kind != "json":
        return BodyForm.OTHER, ""
    if parameters.get("specifyBody", "keypair") != "json":
        return BodyForm.FIELDS, ""
    # An import from a request in another tool leaves the text in `body`.
    names = ("jsonBody", "bodyParametersJson", "body")
    return BodyForm.JSON, next((name for name in names if text_of(parameters.get(name))), "jsonBody")


def _legacy_body(parameters: dict[str, Any]) -> tuple[BodyForm, str]:
    if str(parameters.get("requestMethod") or "GET").upper() in ("GET", "HEAD"):
        return BodyForm.NONE, ""
    kind = dict_of(parameters.get("options")).get("bodyContentType", "json")
    if kind not in ("json", "raw") or parameters.get("sendBinaryData") is True:
        return BodyForm.OTHER, ""
    if parameters.get("jsonParameters") is not True:
        return BodyForm.FIELDS, ""
    return (BodyForm.RAW if kind == "raw" else BodyForm.JSON), "bodyParametersJson"


def _new_headers(parameters: dict[str, Any], group: str, inner: str) -> tuple[tuple[Header, ...], bool]:
    if parameters.get("sendHeaders") is not True:
        return (), True
    if parameters.get("specifyHeaders") == "json":
        return _listed(headers_in_json(parameters.get("jsonHeaders")))
    return _listed(dict_of(parameters.get(group)).get(inner))


def _legacy_headers(parameters: dict[str, Any]) -> tuple[tuple[Header, ...], bool]:
    if parameters.get("jsonParameters") is True:
        return _listed(headers_in_json(parameters.get("headerParametersJson")))
    return _listed(dict_of(parameters.get("headerParametersUi")).get("parameter") or [])


def _listed(entries: object) -> tuple[tuple[Header, ...], bool]:
    """Return headers, and whether all names are known."""
    pairs = [dict_of(one) for one in entries] if isinstance(entries, list) else []
    headers = tuple(Header(_header_name(pair.get("name")), str(pair.get("value") or "")) for pair in pairs)
    return headers, entries is not None and not any(is_expression(header.name) for header in headers)


def _header_name(name: object) -> str:
    """Return a header's name; an expression whose outcome depends on data stays as it is written."""
    known = constant(name)
    return str(name or "") if known is None else known


def _pairs(parameters: dict[str, Any], path: tuple[str, str]) -> tuple[Pair, ...]:
    entries = dict_of(parameters.get(path[0])).get(path[1])
    pairs = enumerate(map(dict_of, entries)) if isinstance(entries, list) else ()
    return tuple(
        Pair(str(pair.get("name") or "").strip(), pair.get("value"), (*path, index, "value")) for index, pair in pairs
    )


def _credential(parameters: dict[str, Any]) -> str | None:
    """Return the type of the credential that the node asks for, or None."""
    authentication = parameters.get("authentication")
    if authentication == "genericCredentialType":
        return constant(text_of(parameters.get("genericAuthType")))
    if authentication == "predefinedCredentialType":
        return constant(text_of(parameters.get("nodeCredentialType")))
    return _LEGACY_CREDENTIALS.get(authentication) if isinstance(authentication, str) else None
