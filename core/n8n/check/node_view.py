"""One node as the rules see it, the same for every kind of node and typeVersion.

HTTP Request as in n8n-nodes-base 1.20 to 2.41.1 (typeVersions 1 to 4.5), vendor node and chat models as in
n8n-nodes-langchain 2.41.1.
"""

from typing import Any, Final

import msgspec
import re2

from core.n8n import shipped_types
from core.n8n.check import model_references
from core.n8n.check.body_fields import RequestBody, read_body
from core.n8n.check.callee import Callee, CalleeEvidence, callee_of, host_of, is_openrouter_host
from core.n8n.check.javascript import without_comments
from core.n8n.check.layouts import BodyForm, Header, Layout, NodeRequest, dict_of, is_http, request_of, text_of
from core.n8n.check.model_references import ModelReference
from core.n8n.check.parameter_values import constant
from core.paste.failure import Surface

VENDOR: Final = "@n8n/n8n-nodes-langchain.anthropic"
CHAT_MODEL: Final = "@n8n/n8n-nodes-langchain.lmChatAnthropic"
OPENROUTER_CHAT: Final = "@n8n/n8n-nodes-langchain.lmChatOpenRouter"
OPENAI_CHAT: Final = "@n8n/n8n-nodes-langchain.lmChatOpenAi"
AGENT: Final = "@n8n/n8n-nodes-langchain.agent"
SET: Final = "n8n-nodes-base.set"
REMOVED: Final = frozenset(
    {
        "n8n-nodes-base.function",
        "n8n-nodes-base.functionItem",
        "n8n-nodes-base.itemLists",
        "n8n-nodes-base.aiTransform",
        "n8n-nodes-base.executeWorkflow",
        "@n8n/n8n-nodes-langchain.code",
    }
)
"""Nodes that n8n 3 removes, or a mode of which it removes (docs.n8n.io, 3.0 breaking changes, November 2026; read)."""

_FIRST_LASTING_AGENT: Final = 2

_CODE: Final = (
    "n8n-nodes-base.code",
    "n8n-nodes-base.function",
    "n8n-nodes-base.functionItem",
    "@n8n/n8n-nodes-langchain.code",
    "@n8n/n8n-nodes-langchain.toolCode",
)
_ABOUT_CLAUDE: Final = re2.compile(r"(?i)api\.anthropic\.com|anthropicApi|sk-ant-|\[Anthropic ")
_CALLS: Final = re2.compile(
    r"(?i)httpRequest|\bhelpers\s*\.\s*request\b|\bfetch\s*\(|\baxios\b|\$credentials\b|getCredentials|"
    r"sk-ant-|\[Anthropic "
)
_KEY: Final = re2.compile(r"(?i)\bsk-ant-|\[Anthropic [^\]#]*#")
_SENT: Final = (BodyForm.JSON, BodyForm.FIELDS, BodyForm.RAW)
_NAMES_CLAUDE: Final = re2.compile(r"(?i)\banthropic/claude|\bclaude-")

_NEWEST_VERSION: Final = 99
"""Far above the typeVersion of any node of n8n."""

_CHAT_DEFAULTS: Final = (
    (1.0, "claude-2"),
    (1.1, "claude-3-sonnet-20240229"),
    (1.2, "claude-3-5-sonnet-20240620"),
    (1.3, "claude-sonnet-4-5-20250929"),
    (1.5, "claude-sonnet-4-6"),
    (1.6, "claude-sonnet-5"),
)
"""The chat model's default model by typeVersion (n8n-nodes-langchain 2.41.1, dist/types/nodes.json)."""

_NEEDS_MODEL: Final = frozenset({("text", "message"), ("image", "analyze"), ("document", "analyze")})
"""The resources and operations of the vendor node that have a Model field."""
_FIRST_OPERATION: Final = {"text": "message", "image": "analyze", "document": "analyze"}


class NodeView(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules need to know of a node. `node` is n8n's own JSON, for what only one rule needs."""

    node: dict[str, Any]
    surface: Surface
    parameters: dict[str, Any]
    version: float
    callee: Callee | None = None  # None: not a call to Claude, but a node that matters for one
    url: str | None = None
    request: NodeRequest | None = None
    body: RequestBody | None = None
    references: tuple[ModelReference, ...] = ()
    model: str | None = None  # where it is the same in every run
    model_chosen: bool = True  # False: the node's default
    model_missing: bool = False  # the node has a Model field, and it is empty
    options: dict[str, Any] = {}

    @property
    def name(self) -> str:
        """The node's name, by which connections refer to it."""
        return str(self.node.get("name"))

    @property
    def type(self) -> str:
        """The node's type."""
        return str(self.node.get("type") or "")

    @property
    def calls_claude(self) -> bool:
        """Whether the node itself calls Claude, at Anthropic or elsewhere."""
        return self.callee is not None

    @property
    def is_http(self) -> bool:
        """Whether this is an HTTP Request node."""
        return self.request is not None

    @property
    def is_current(self) -> bool:
        """Whether this is an HTTP Request node with today's parameter names, which a correction may write."""
        return self.request is not None and self.request.layout is Layout.CURRENT

    @property
    def is_old_agent(self) -> bool:
        """Whether this is an AI Agent of version 1, which n8n 3 removes."""
        return self.type == AGENT and self.version < _FIRST_LASTING_AGENT

    @property
    def to_messages(self) -> bool:
        """Whether the call goes to Anthropic's own Messages API."""
        return self.callee is Callee.MESSAGES

    @property
    def to_anthropic(self) -> bool:
        """Whether the call goes to Anthropic's own host."""
        return self.callee in (Callee.MESSAGES, Callee.CHAT_COMPLETIONS, Callee.OTHER_PATH)

    @property
    def has_variable_as_url(self) -> bool:
        """Whether a call to Anthropic has ``{{ $env… }}`` in a fixed URL, to be replaced by hand."""
        known = constant(self.url) or ""
        return self.is_http and self.callee is Callee.UNKNOWN and "{{" in known and "$env" in known

    @property
    def headers(self) -> tuple[Header, ...]:
        """The headers of an HTTP Request node."""
        return () if self.request is None else self.request.headers

    def header(self, name: str) -> Header | None:
        """Return the header of that name, upper or lower case."""
        return next((one for one in self.headers if one.name.strip().lower() == name), None)

    def credential(self) -> str | None:
        """Return the type of the credential that the node asks for, or None."""
        return None if self.request is None else self.request.credential


def view_of(node: dict[str, Any]) -> NodeView | None:
    """Return the view of a node that calls Claude or matters for such a call, or None for any other node."""
    kind = str(node.get("type") or "")
    parameters = dict_of(node.get("parameters"))
    if is_http(kind):
        return _http(node, parameters)
    if kind in _CODE and (view := _code(node, parameters)) is not None:
        return view
    if kind == VENDOR:
        return _vendor(node, parameters)
    if kind == CHAT_MODEL:
        return _chat_model(node, parameters)
    if kind == OPENROUTER_CHAT or (kind == OPENAI_CHAT and _is_openrouter(parameters)):
        return _openrouter_chat(node, parameters)
    if kind == SET:
        return _set(node, parameters)
    matters = kind == AGENT or kind in REMOVED or not shipped_types.exists(kind)
    return _view(node, Surface.OTHER_NODE, parameters) if matters else None


def _http(node: dict[str, Any], parameters: dict[str, Any]) -> NodeView | None:
    version = _version(node)
    request = request_of(str(node.get("type")), version, parameters)
    url = text_of(parameters.get("url"))
    body = read_body(request.body_text) if request.body_text else None
    references = _model_references(request, body)
    callee = callee_of(url or "", _evidence(request, body, references, url or ""))
    if callee is None:
        return None
    return NodeView(
        node=node,
        surface=Surface.HTTP_REQUEST,
        parameters=parameters,
        version=version,
        callee=callee,
        url=url,
        request=request,
        body=body,
        references=tuple(references),
        model=_only_model(request, body),
        options=dict_of(parameters.get("options")),
    )


def _evidence(
    request: NodeRequest, body: RequestBody | None, references: list[ModelReference], url: str
) -> CalleeEvidence:
    names = {header.name.strip().lower() for header in request.headers}
    text = request.body_text or ""
    has_key = _KEY.search(url) or any(_KEY.search(header.value) for header in request.headers)
    return CalleeEvidence(
        for_anthropic=request.credential == "anthropicApi" or "anthropic-version" in names or bool(has_key),
        names_claude=_names_claude(references, text),
        sends_body=request.form in _SENT and (request.method or "").upper() == "POST",
        has_messages=(body is not None and "messages" in body.fields) or "messages" in {p.name for p in request.pairs},
    )


def _names_claude(references: list[ModelReference], text: str) -> bool:
    if references:
        return any("claude" in reference.model.lower() for reference in references)
    return _NAMES_CLAUDE.search(text) is not None


def _model_references(request: NodeRequest, body: RequestBody | None) -> list[ModelReference]:
    if request.form is BodyForm.FIELDS:
        fields = (pair for pair in request.pairs if pair.name == "model")
        return [reference for pair in fields for reference in model_references.in_field(pair.value, pair.path)]
    if request.body_text is None or request.body_name is None:
        return []
    return model_references.in_body(request.body_text, body, (request.body_name,))


def _only_model(request: NodeRequest, body: RequestBody | None) -> str | None:
    """Return the model of a body if it is the same in every run."""
    if request.form is BodyForm.FIELDS:
        return next((constant(pair.value) for pair in request.pairs if pair.name == "model"), None)
    return None if body is None else body.text("model")


def _code(node: dict[str, Any], parameters: dict[str, Any]) -> NodeView | None:
    name = "jsCode" if text_of(parameters.get("jsCode")) else "functionCode"
    code = text_of(parameters.get(name)) or ""
    if not any(word in code.lower() for word in ("anthropic", "claude-", "sk-ant-")):
        return None
    bare = without_comments(code)
    if not _ABOUT_CLAUDE.search(bare) or not _CALLS.search(bare):
        return _builder(node, parameters, code, name)
    # An object with `model` alone may be the code's own output; a request has more fields.
    references = model_references.in_code(code, 0, len(code), (name,), keys=False)
    references += [
        reference for reference in model_references.in_request_object(code, (name,)) if reference not in references
    ]
    callee = Callee.MESSAGES if "api.anthropic.com" in bare.lower() else Callee.UNKNOWN
    return _view(node, Surface.CODE_NODE, parameters, callee=callee, references=tuple(references))


def _builder(node: dict[str, Any], parameters: dict[str, Any], code: str, name: str) -> NodeView | None:
    """Return the view of a Code node that writes a request which another node sends."""
    references = model_references.in_request_object(code, (name,))
    return _view(node, Surface.CODE_NODE, parameters, references=tuple(references)) if references else None


def _vendor(node: dict[str, Any], parameters: dict[str, Any]) -> NodeView:
    resource = str(parameters.get("resource") or "text")
    operation = str(parameters.get("operation") or _FIRST_OPERATION.get(resource, ""))
    references, missing = _chosen(parameters.get("modelId"), "modelId")
    needs = (resource, operation) in _NEEDS_MODEL
    return _view(
        node,
        Surface.VENDOR_NODE,
        parameters,
        callee=Callee.MESSAGES,
        references=tuple(references) if needs else (),
        model=_field_text(parameters.get("modelId")) if needs else None,
        model_missing=needs and missing,
    )


def _chat_model(node: dict[str, Any], parameters: dict[str, Any]) -> NodeView:
    version = _version(node)
    field = parameters.get("model")
    references, missing = _chosen(field, "model")
    chosen = "model" in parameters and bool(field)
    return _view(
        node,
        Surface.CHAT_MODEL,
        parameters,
        callee=Callee.MESSAGES,
        references=tuple(references) if chosen else (ModelReference(_default_model(version), (), 0, 0),),
        model=_field_text(field) if chosen else _default_model(version),
        model_chosen=chosen,
        model_missing=chosen and missing,
    )


def _openrouter_chat(node: dict[str, Any], parameters: dict[str, Any]) -> NodeView | None:
    references, _ = _chosen(parameters.get("model"), "model")
    claude_references = [reference for reference in references if "claude" in reference.model.lower()]
    if not claude_references:
        return None
    return _view(node, Surface.CHAT_MODEL, parameters, callee=Callee.OPENROUTER, references=tuple(claude_references))


def _is_openrouter(parameters: dict[str, Any]) -> bool:
    """Return whether OpenAI's chat model has OpenRouter's base URL."""
    base_url = constant(dict_of(parameters.get("options")).get("baseURL"))
    return base_url is not None and is_openrouter_host(host_of(base_url))


def _set(node: dict[str, Any], parameters: dict[str, Any]) -> NodeView | None:
    """Return the view of an Edit Fields (Set) node that writes a Claude id into a field."""
    references = [
        reference
        for path, _ in model_references.set_fields(parameters)
        for reference in model_references.in_field(model_references.value_at(parameters, path), path)
        if reference.model.lower().startswith("claude-")
    ]
    return _view(node, Surface.OTHER_NODE, parameters, references=tuple(references)) if references else None


def _view(node: dict[str, Any], surface: Surface, parameters: dict[str, Any], **more: Any) -> NodeView:
    options = dict_of(parameters.get("options"))
    return NodeView(node=node, surface=surface, parameters=parameters, version=_version(node), options=options, **more)


def _chosen(field: object, name: str) -> tuple[list[ModelReference], bool]:
    """Return the references of a Model field, a text or a resource locator, and whether it is empty."""
    value, path = (field.get("value"), (name, "value")) if isinstance(field, dict) else (field, (name,))
    text = constant(value)
    missing = not value if text is None else not text.strip()
    return model_references.in_field(value, path), missing


def _field_text(field: object) -> str | None:
    """Return the model in a field if it is the same in every run, or None."""
    text = constant(field.get("value") if isinstance(field, dict) else field)
    return None if text is None or "{{" in text else text.strip() or None


def _default_model(version: float) -> str:
    return next((model for limit, model in _CHAT_DEFAULTS if version <= limit), _CHAT_DEFAULTS[-1][1])


def _version(node: dict[str, Any]) -> float:
    """Return the typeVersion; what cannot be one, such as a number of 400 digits, counts as 1."""
    version = node.get("typeVersion")
    if not isinstance(version, int | float) or isinstance(version, bool):
        return 1.0
    return float(version) if 0 <= version <= _NEWEST_VERSION else 1.0
