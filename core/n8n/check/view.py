"""One node as the rules see it, whatever its kind and typeVersion: the same questions for all.

HTTP Request as in n8n-nodes-base 1.20 to 2.41.1 (typeVersions 1 to 4.5; 1 and 2 have other parameter names), vendor
node and chat model as in n8n-nodes-langchain 2.41.1.
"""

import json
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
import re2

from core.n8n.check.javascript import Body, read_body
from core.n8n.urls import ANTHROPIC
from core.paste.failure import Surface

BODY_PARAMETERS: Final = ("jsonBody", "bodyParametersJson", "body")
"""Where an HTTP Request node keeps its body: as JSON, as JSON before typeVersion 3, raw."""

VENDOR: Final = "@n8n/n8n-nodes-langchain.anthropic"
CHAT_MODEL: Final = "@n8n/n8n-nodes-langchain.lmChatAnthropic"
_HTTP: Final = (
    "n8n-nodes-base.httpRequest",
    "n8n-nodes-base.httpRequestTool",
    "@n8n/n8n-nodes-langchain.toolHttpRequest",
)
_CODE: Final = ("n8n-nodes-base.code", "n8n-nodes-base.function", "n8n-nodes-base.functionItem")
_ABOUT_CLAUDE: Final = re2.compile(r"(?i)api\.anthropic\.com|anthropicApi|sk-ant-|\[Anthropic ")
_CALLS: Final = re2.compile(
    r"(?i)httpRequest|\bfetch\s*\(|\baxios\b|\$credentials\b|getCredentials|sk-ant-|\[Anthropic "
)
_CLAUDE_BODY: Final = re2.compile(r"""(?i)["']?model["']?\s*:\s*["'](?:anthropic[/.])?claude-""")
_MESSAGES: Final = re2.compile(r"(?i)/v1/(?:messages|complete)\b")

_ASIDE: Final = re2.compile(r"(?i)/v1/(?:models|files|skills|organizations|messages/(?:batches|count_tokens))\b")

_NEWEST_VERSION: Final = 99
"""No node of n8n has come near it."""

_CHAT_DEFAULTS: Final = (
    (1.0, "claude-2"),
    (1.1, "claude-3-sonnet-20240229"),
    (1.2, "claude-3-5-sonnet-20240620"),
    (1.3, "claude-sonnet-4-5-20250929"),
    (1.5, "claude-sonnet-4-6"),
    (1.6, "claude-sonnet-5"),
)
"""The chat model's default model by typeVersion (n8n-nodes-langchain 2.41.1, dist/types/nodes.json)."""


class Header(msgspec.Struct, frozen=True):
    """One header of an HTTP Request node; `index` is its place in the list."""

    name: str
    value: str
    index: int


class View(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules ask of a node. `node` is n8n's own JSON, for what only one rule asks."""

    node: dict[str, Any]
    surface: Surface
    parameters: dict[str, Any]
    version: float
    url: str | None = None
    headers: tuple[Header, ...] = ()
    body_text: str | None = None
    body: Body | None = None
    model: str | None = None
    model_chosen: bool = True  # False: the node's default
    options: dict[str, Any] = {}

    @property
    def is_http(self) -> bool:
        """Whether this is an HTTP Request node of typeVersion 3 or later, whose parameters the rules know."""
        return self.surface is Surface.HTTP_REQUEST and self.version >= 3

    @property
    def to_anthropic(self) -> bool:
        """Whether the address is Anthropic's own, not a gateway's."""
        return self.url is None or host_of(self.url) == urlsplit(ANTHROPIC).hostname

    def header(self, name: str) -> Header | None:
        """Return the header of that name, whatever its capitals."""
        return next((one for one in self.headers if one.name.strip().lower() == name), None)

    def credential(self) -> str | None:
        """Return the type of the credential that the node asks for, or None."""
        way = self.parameters.get("authentication")
        if way == "genericCredentialType":
            return text_of(self.parameters.get("genericAuthType"))
        return text_of(self.parameters.get("nodeCredentialType")) if way == "predefinedCredentialType" else None


def view_of(node: dict[str, Any]) -> View | None:
    """Return the view of a node that calls Claude, or None for any other node."""
    kind = str(node.get("type") or "")
    parameters = dict_of(node.get("parameters"))
    if kind in _HTTP:
        return _http(node, parameters)
    if kind in _CODE:
        code = text_of(parameters.get("jsCode")) or text_of(parameters.get("functionCode")) or ""
        calls = _ABOUT_CLAUDE.search(code) and _CALLS.search(code)
        return _bare(node, Surface.CODE_NODE, parameters) if calls else None
    if kind == VENDOR:
        model = _chosen(parameters.get("modelId"))
        return _langchain(node, Surface.VENDOR_NODE, parameters, model, model_chosen=True)
    if kind == CHAT_MODEL:
        given = parameters.get("model")
        model = _chosen(given) if given else _default_model(_version(node))
        return _langchain(node, Surface.CHAT_MODEL, parameters, model, model_chosen=bool(given))
    return None


def host_of(url: str) -> str | None:
    """Return the host of a URL, None if it has none."""
    try:
        return urlsplit(url.removeprefix("=").strip()).hostname
    except ValueError:
        return None


def dict_of(value: object) -> dict[str, Any]:
    """Return `value` if it is a dict, else an empty one."""
    return value if isinstance(value, dict) else {}


def text_of(value: object) -> str | None:
    """Return `value` if it is a text that says something, else None."""
    return value if isinstance(value, str) and value.strip() else None


def _http(node: dict[str, Any], parameters: dict[str, Any]) -> View | None:
    url = text_of(parameters.get("url"))
    headers = _headers(parameters)
    body_text = next((text for name in BODY_PARAMETERS if (text := text_of(parameters.get(name)))), None)
    names = {header.name.strip().lower() for header in headers}
    for_claude = (
        _ABOUT_CLAUDE.search(url or "")
        or _MESSAGES.search(url or "")
        or parameters.get("nodeCredentialType") == "anthropicApi"
        or "anthropic-version" in names
        or _CLAUDE_BODY.search(body_text or "")
    )
    if not for_claude or _is_aside(url or ""):
        return None
    body = read_body(body_text) if body_text else None
    return View(
        node=node,
        surface=Surface.HTTP_REQUEST,
        parameters=parameters,
        version=_version(node),
        url=url,
        headers=headers,
        body_text=body_text,
        body=body,
        model=body.text("model") if body else None,
        options=dict_of(parameters.get("options")),
    )


def _is_aside(url: str) -> bool:
    """Whether the address is another of Anthropic's, which has rules of its own (models, files, batches, admin)."""
    return _ASIDE.search(url) is not None


def _langchain(
    node: dict[str, Any], surface: Surface, parameters: dict[str, Any], model: str | None, *, model_chosen: bool
) -> View:
    return View(
        node=node,
        surface=surface,
        parameters=parameters,
        version=_version(node),
        model=model,
        model_chosen=model_chosen,
        options=dict_of(parameters.get("options")),
    )


def _bare(node: dict[str, Any], surface: Surface, parameters: dict[str, Any]) -> View:
    return View(node=node, surface=surface, parameters=parameters, version=_version(node))


def headers_in_json(parameters: dict[str, Any]) -> list[dict[str, str]] | None:
    """Return the headers that a node has as one JSON object, in the form of its list; None for an expression."""
    try:
        value = json.loads(text_of(parameters.get("jsonHeaders")) or "{}")
    except (ValueError, RecursionError):
        return None
    return [{"name": str(name), "value": str(text)} for name, text in dict_of(value).items()]


def _headers(parameters: dict[str, Any]) -> tuple[Header, ...]:
    if parameters.get("sendHeaders") is not True:
        return ()
    listed = dict_of(parameters.get("headerParameters")).get("parameters")
    if parameters.get("specifyHeaders") == "json":
        listed = headers_in_json(parameters)
    pairs = [dict_of(one) for one in listed] if isinstance(listed, list) else []
    return tuple(
        Header(str(pair.get("name") or ""), str(pair.get("value") or ""), index) for index, pair in enumerate(pairs)
    )


def _chosen(model: object) -> str | None:
    """Return a model that stands in a field: a text, or a resource locator; None for an expression."""
    value = model.get("value") if isinstance(model, dict) else model
    text = text_of(value)
    return None if text is None or text.startswith("=") or "{{" in text else text.strip()


def _default_model(version: float) -> str:
    return next((model for limit, model in _CHAT_DEFAULTS if version <= limit), _CHAT_DEFAULTS[-1][1])


def _version(node: dict[str, Any]) -> float:
    """Return the typeVersion; what cannot be one, such as a number of 400 digits, counts as 1."""
    version = node.get("typeVersion")
    if not isinstance(version, int | float) or isinstance(version, bool):
        return 1.0
    return float(version) if 0 <= version <= _NEWEST_VERSION else 1.0
