"""Rules on keys, credentials and headers of a node."""

from collections.abc import Callable, Collection
from typing import Any, Final

import re2

from core.models.catalogue import STABLE_VERSION, load
from core.n8n.check.javascript import without_comments
from core.n8n.check.key_placeholders import is_key_placeholder
from core.n8n.check.layouts import headers_in_json, text_of
from core.n8n.check.node_view import NodeView
from core.n8n.check.parameter_values import code_in, constant
from core.n8n.check.rules import Correction, Hits, Rule, RuleHit
from core.paste.failure import Surface
from core.redaction import SecretKind

_LIKE_KEY: Final = re2.compile(r"(?i)\bsk-ant-")
_KEYS_OF_MODELS: Final = frozenset(
    kind for kind in SecretKind if kind.value.startswith(("Anthropic", "OpenAI", "OpenRouter", "sk "))
)
_CREDENTIALS: Final = re2.compile(r"\$credentials\b")
_READS_CREDENTIAL: Final = re2.compile(r"\$credentials\b|\bgetCredentials\b|\bhttpRequestWithAuthentication\b")
_ENVIRONMENT: Final = re2.compile(r"\$env\b")
_REQUEST: Final = re2.compile(r"(?i)\bhttpRequest\b|\bhelpers\s*\.\s*request\b|\bfetch\s*\(|\baxios\b|\brequire\s*\(")
_KEY_HEADERS: Final = ("x-api-key", "authorization")
_LIKE_KEY_HEADER: Final = re2.compile(
    r"(?i)^(?:x[-_ ]?)?(?:anthropic[-_ ]?)?api[-_ ]?key:?$|^x-api-key\W+$|^anthropic[-_]key$"
)
_TAKES_KEY: Final = ("httpHeaderAuth", "httpCustomAuth", "httpTemplatedCustomAuth", "anthropicApi")
_CREDENTIAL_SETTINGS: Final = ("genericCredentialType", "predefinedCredentialType")
_SETS_HEADERS: Final = ("httpCustomAuth", "httpTemplatedCustomAuth")
"""Credentials that may hold the version header too."""

_TAKES_NO_KEY: Final = frozenset(
    {
        *("httpBasicAuth", "httpBearerAuth", "httpDigestAuth", "httpQueryAuth", "oAuth1Api", "oAuth2Api"),
        *("openAiApi", "openRouterApi", "googlePalmApi", "groqApi", "mistralCloudApi", "deepSeekApi", "xAiApi"),
    }
)
"""Credentials that are known to send no x-api-key; nothing is known about others, such as a community node's."""

_KEY_IN_CODE: Final = re2.compile(
    r"""(?i)["']?(?:x-api-key|anthropic_?api_?key|api_?key)["']?\s*[:=]\s*["'`]([^"'`$\n]{1,200})["'`]"""
)


Kinds = Callable[[str], Collection[SecretKind]]
"""A function that returns the kinds of secret in a text of the workflow."""


def rules(view: NodeView, kinds: Kinds) -> Hits:
    """Check where the key comes from and which headers are sent with it."""
    if not view.calls_claude:
        return
    yield from _secrets(view, kinds)
    if view.surface is Surface.CODE_NODE:
        yield from _code(view)
    if view.is_http:
        yield from _placeholder(view)
    if view.to_messages and view.is_http:
        yield from _key_headers(view)
        yield from _credential(view)
        yield from _other_headers(view)


def _secrets(view: NodeView, kinds: Kinds) -> Hits:
    texts = list(_texts(view.parameters))
    in_header = any(
        _is_key_header(header.name.strip().lower()) and _holds_key(header.value, kinds) for header in view.headers
    )
    suspects = [text for text in texts if not _KEYS_OF_MODELS.isdisjoint(kinds(text))]
    # Search them all at once: starting a search costs more than reading a few characters.
    if _LIKE_KEY.search("\n".join(texts)):
        suspects += [text for text in texts if _LIKE_KEY.search(text)]
    if in_header or not all(map(is_key_placeholder, suspects)):
        yield RuleHit(
            Rule.KEY_IN_PLAIN_TEXT,
            "A key is in the node itself. It goes along with every copy, export and execution of the workflow.",
            "Move the key into an n8n credential. If anybody else has seen this workflow, make a new key in the "
            "Console, put it everywhere the old one is, and run what uses it. Only then switch the old key off.",
            _with_credential(view) if in_header else None,
        )
    code = [code for text in texts for code in code_in(text)]
    if view.surface is not Surface.CODE_NODE and any(_CREDENTIALS.search(one) for one in code):
        yield RuleHit(
            Rule.CREDENTIAL_EXPRESSION,
            "$credentials is empty in an expression of this node, so no key is sent.",
            "Choose the credential under Authentication instead.",
            _with_credential(view) if any(_CREDENTIALS.search(header.value) for header in view.headers) else None,
        )
    if view.surface is Surface.CODE_NODE:
        code = [without_comments(_code_of(view))]
    if any(_ENVIRONMENT.search(one) for one in code):
        yield RuleHit(
            Rule.ENVIRONMENT_READ,
            "The node reads $env, which n8n 2 blocks unless its admin allows it.",
            "Keep the key in a credential, and other values in the workflow's data.",
        )


def _holds_key(value: str, kinds: Kinds) -> bool:
    return bool(kinds(value)) and not is_key_placeholder(constant(value) or "")


def _placeholder(view: NodeView) -> Hits:
    """Find a placeholder in a header that should hold the key."""
    for header in view.headers:
        known = constant(header.value)
        if not _is_key_header(header.name.strip().lower()) or known is None:
            continue
        if is_key_placeholder(known):
            yield _no_key(f"The header {header.name} has the text “{known.strip()}” instead of a key.", view)
            return


def _no_key(says: str, view: NodeView) -> RuleHit:
    return RuleHit(
        Rule.KEY_PLACEHOLDER,
        says,
        "Under Authentication choose Generic Credential Type → Header Auth, with the name x-api-key and your key as "
        "its value."
        if view.to_anthropic
        else "Save your key in an n8n credential and choose it under Authentication.",
        _with_credential(view),
    )


def _code_of(view: NodeView) -> str:
    return text_of(view.parameters.get("jsCode")) or text_of(view.parameters.get("functionCode")) or ""


def _code(view: NodeView) -> Hits:
    code = without_comments(_code_of(view))
    key_text = next((match[1] for match in _KEY_IN_CODE.finditer(code) if is_key_placeholder(match[1])), None)
    if key_text is not None:
        yield RuleHit(
            Rule.KEY_PLACEHOLDER,
            f"The code has the text “{key_text.strip()}” instead of a key.",
            "Call Claude with an HTTP Request node that has your key in a credential; Reconnect makes one for you.",
        )
    if _READS_CREDENTIAL.search(code):
        yield RuleHit(
            Rule.CREDENTIAL_IN_CODE,
            "A Code node cannot use a credential: $credentials is sent as plain text (401), and the helpers that would "
            "read one do not exist there.",
            "Call Claude with an HTTP Request node that has the credential; Reconnect makes one for you.",
        )
    elif _REQUEST.search(code):
        yield RuleHit(
            Rule.CODE_CALLS_API,
            "The call is made from a Code node. When it fails, only a status survives: the reason and the request id "
            "are lost.",
            "Call Claude with an HTTP Request node.",
        )


def _key_headers(view: NodeView) -> Hits:
    for header in view.headers:
        name = header.name.strip().lower()
        if name not in _KEY_HEADERS and _LIKE_KEY_HEADER.match(name):
            yield RuleHit(
                Rule.HEADER_NAME_WRONG,
                f"The key's header is called “{header.name}”. Anthropic looks for x-api-key and finds none (401).",
                "Use a Header Auth credential with the name x-api-key.",
                _with_credential(view),
            )
        elif name == "authorization":
            yield RuleHit(
                Rule.BEARER_HEADER,
                "The key is sent as Authorization. With anthropic-version 2023-06-01 the documented header of an API "
                "key is x-api-key; as Bearer it may be refused (“Invalid bearer token”).",
                "Use a Header Auth credential with the name x-api-key.",
                _with_credential(view),
            )


def _credential(view: NodeView) -> Hits:
    kind = view.credential()
    own = view.header("x-api-key")
    if kind is None and own is None and view.header("authorization") is None:
        like_key = any(_LIKE_KEY_HEADER.match(header.name.strip().lower()) for header in view.headers)
        if not like_key and _headers_known(view) and _chooses_none(view):
            yield RuleHit(
                Rule.AUTHENTICATION_MISSING,
                f"The node sends no key: {_authentication(view)} and there is no x-api-key header (401).",
                "Under Authentication choose Generic Credential Type → Header Auth, with the name x-api-key.",
                _with_credential(view),
            )
    elif kind in _TAKES_KEY and own is not None and not _CREDENTIALS.search(own.value):
        yield RuleHit(
            Rule.AUTHENTICATION_TWICE,
            "The key is sent twice: by the credential and by a header of the node. Which one counts is luck.",
            "Keep the credential and remove the header.",
            _if_current(view, _drop_key_headers),
        )
    elif kind in _TAKES_NO_KEY and own is None:
        yield RuleHit(
            Rule.CREDENTIAL_TYPE_WRONG,
            f"The credential is of the type {kind}, which does not send the key as x-api-key.",
            "Choose Header Auth with the name x-api-key, or the Anthropic credential.",
            _with_credential(view),
        )


def _chooses_none(view: NodeView) -> bool:
    """Return whether Authentication is None, or a text that n8n has no choice for."""
    return view.credential() is None and view.parameters.get("authentication", "none") not in _CREDENTIAL_SETTINGS


def _authentication(view: NodeView) -> str:
    authentication = view.parameters.get("authentication", "none")
    return (
        "Authentication is None"
        if authentication in ("none", "")
        else f"Authentication has no valid value (“{authentication}”)"
    )


def _headers_known(view: NodeView) -> bool:
    return view.request is not None and view.request.headers_known


def _if_current(view: NodeView, correction: Correction) -> Correction | None:
    """Return the correction if the node has today's parameter names and known headers, else None."""
    return correction if view.is_current and _headers_known(view) else None


def _with_credential(view: NodeView) -> Correction | None:
    """Return a correction that sends the key by a credential: the node's own if it has one, else Header Auth.

    None for another host without a credential, since the header it wants is not known.
    """
    if view.credential() is not None and (view.credential() in _TAKES_KEY or not view.to_messages):
        return _if_current(view, _drop_key_headers)
    return _if_current(view, _use_credential) if view.to_messages else None


def _other_headers(view: NodeView) -> Hits:
    version = view.header("anthropic-version")
    value = None if version is None else constant(version.value)
    published = load().api_versions
    if version is None:
        # A custom credential may add it; an expression too.
        if _headers_known(view) and view.credential() not in _SETS_HEADERS:
            yield RuleHit(
                Rule.VERSION_MISSING,
                "The header anthropic-version is missing, and no credential adds it (400).",
                f"Add the header anthropic-version with the value {STABLE_VERSION}.",
                _if_current(view, _add_version),
            )
    elif value is not None and value.strip() not in published:
        yield RuleHit(
            Rule.VERSION_UNKNOWN,
            f"anthropic-version is “{value}”; Anthropic has published {', '.join(published)}.",
            f"Write {STABLE_VERSION}.",
            _if_current(view, _add_version),
        )
    content = view.header("content-type")
    kind = None if content is None else constant(content.value)
    if kind is not None and kind.strip() and "application/json" not in kind.lower():
        yield RuleHit(
            Rule.CONTENT_TYPE_WRONG,
            f"The header content-type says “{kind}”; Anthropic reads JSON only.",
            "Remove the header; n8n sets the right one.",
            _if_current(view, _drop_content_type),
        )


def _texts(value: Any, depth: int = 0) -> Any:
    """Yield every text in a parameter tree."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list) and depth < 12:
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one, depth + 1)


def _listed(node: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the node's header list, making one if needed; headers written as JSON move into it if they can be read."""
    parameters = node["parameters"]
    is_json = parameters.get("specifyHeaders") == "json"
    in_json = headers_in_json(parameters.get("jsonHeaders")) if is_json else None
    if in_json is not None:
        parameters |= {"specifyHeaders": "keypair", "headerParameters": {"parameters": in_json}}
        parameters.pop("jsonHeaders", None)
    if not isinstance(parameters.get("headerParameters"), dict):
        parameters["headerParameters"] = {}
    if not isinstance(parameters["headerParameters"].get("parameters"), list):
        parameters["headerParameters"]["parameters"] = []
    headers: list[dict[str, Any]] = parameters["headerParameters"]["parameters"]
    return headers


def _keep_headers(node: dict[str, Any], is_unwanted: Any) -> None:
    headers = _listed(node)
    headers[:] = [
        one for one in headers if not (isinstance(one, dict) and is_unwanted(str(one.get("name", "")).strip().lower()))
    ]


def _is_key_header(name: str) -> bool:
    return name in _KEY_HEADERS or _LIKE_KEY_HEADER.match(name) is not None


def _drop_key_headers(node: dict[str, Any]) -> None:
    """Remove the headers that carry a key, and ask for a credential instead if there is none."""
    _keep_headers(node, _is_key_header)
    if node["parameters"].get("authentication", "none") == "none":
        _use_credential(node)


def _use_credential(node: dict[str, Any]) -> None:
    _keep_headers(node, _is_key_header)
    node["parameters"].pop("nodeCredentialType", None)
    node["parameters"] |= {"authentication": "genericCredentialType", "genericAuthType": "httpHeaderAuth"}


def _add_version(node: dict[str, Any]) -> None:
    _keep_headers(node, lambda name: name == "anthropic-version")
    node["parameters"]["sendHeaders"] = True
    _listed(node).append({"name": "anthropic-version", "value": STABLE_VERSION})


def _drop_content_type(node: dict[str, Any]) -> None:
    _keep_headers(node, lambda name: name == "content-type")
