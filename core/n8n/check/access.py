"""Rules on keys, credentials and headers of a node."""

from collections.abc import Callable, Collection
from typing import Any, Final

import re2

from core.claude.catalogue import STABLE_VERSION, load
from core.n8n.check.findings import Hit, Hits, Rule
from core.n8n.check.view import View, headers_in_json, text_of
from core.paste.failure import Surface
from core.redaction import SecretKind

_LIKE_KEY: Final = re2.compile(r"(?i)\bsk-ant-")
_KEYS_OF_MODELS: Final = frozenset(
    kind for kind in SecretKind if kind.value.startswith(("Anthropic", "OpenAI", "OpenRouter", "sk "))
)
_CREDENTIALS: Final = re2.compile(r"\$credentials\b")
_READS_CREDENTIAL: Final = re2.compile(r"\$credentials\b|\bgetCredentials\b|\bhttpRequestWithAuthentication\b")
_ENVIRONMENT: Final = re2.compile(r"\$env\b")
_REQUEST: Final = re2.compile(r"(?i)\bhttpRequest\b|\bfetch\s*\(|\baxios\b|\brequire\s*\(")
_KEY_HEADERS: Final = ("x-api-key", "authorization")
_LIKE_KEY_HEADER: Final = re2.compile(
    r"(?i)^(?:x[-_ ]?)?(?:anthropic[-_ ]?)?api[-_ ]?key:?$|^x-api-key\W+$|^anthropic[-_]key$"
)
_TAKES_KEY: Final = ("httpHeaderAuth", "httpCustomAuth", "anthropicApi")


Kinds = Callable[[str], Collection[SecretKind]]
"""Which kinds of secret a text of the workflow holds."""


def rules(view: View, kinds: Kinds) -> Hits:
    """Check where the key comes from and which headers go along."""
    yield from _secrets(view, kinds)
    if view.surface is Surface.CODE_NODE:
        yield from _code(view)
    if view.is_http:
        yield from _key_headers(view)
        yield from _credential(view)
        yield from _other_headers(view)


def _secrets(view: View, kinds: Kinds) -> Hits:
    texts = list(_texts(view.parameters))
    # One search over all of them: a search costs more than its few characters.
    together = "\n".join(texts)
    in_header = any(_is_key_header(header.name.strip().lower()) and kinds(header.value) for header in view.headers)
    if in_header or _LIKE_KEY.search(together) or any(not _KEYS_OF_MODELS.isdisjoint(kinds(text)) for text in texts):
        yield Hit(
            Rule.KEY_IN_PLAIN_TEXT,
            "A key is in the node itself. It goes along with every copy, export and execution of the workflow.",
            "Move it into an n8n credential. If anybody else has seen this workflow, make a new key in the Console, "
            "put it everywhere the old one is, and run what uses it. Only then switch the old key off.",
            _drop_key_headers if view.is_http and in_header else None,
        )
    if view.surface is not Surface.CODE_NODE and _CREDENTIALS.search(together):
        yield Hit(
            Rule.CREDENTIAL_EXPRESSION,
            "$credentials is empty in an expression of this node, so no key is sent.",
            "Choose the credential under Authentication instead.",
            _drop_key_headers if any(_CREDENTIALS.search(header.value) for header in view.headers) else None,
        )
    if _ENVIRONMENT.search(together):
        yield Hit(
            Rule.ENVIRONMENT_READ,
            "The node reads $env, which n8n 2 blocks unless its admin allows it.",
            "Keep the key in a credential, and other values in the workflow's data.",
        )


def _code(view: View) -> Hits:
    code = text_of(view.parameters.get("jsCode")) or text_of(view.parameters.get("functionCode")) or ""
    if _READS_CREDENTIAL.search(code):
        yield Hit(
            Rule.CREDENTIAL_IN_CODE,
            "A Code node cannot use a credential: $credentials is sent as plain text (401), and the helpers that would "
            "read one do not exist there.",
            "Call Claude with an HTTP Request node that has the credential; Reconnect makes one for you.",
        )
    elif _REQUEST.search(code):
        yield Hit(
            Rule.CODE_CALLS_API,
            "The call is made from a Code node. When it fails, only a status survives: the reason and the request id "
            "are lost.",
            "Call Claude with an HTTP Request node.",
        )


def _key_headers(view: View) -> Hits:
    for header in view.headers:
        name = header.name.strip().lower()
        if name not in _KEY_HEADERS and _LIKE_KEY_HEADER.match(name):
            yield Hit(
                Rule.HEADER_NAME_WRONG,
                f"The key's header is called “{header.name}”. Anthropic looks for x-api-key and finds none (401).",
                "Use a Header Auth credential with the name x-api-key.",
                _use_credential,
            )
        elif name == "authorization" and view.to_anthropic:
            yield Hit(
                Rule.BEARER_HEADER,
                "The key is sent as Authorization. With anthropic-version 2023-06-01 the documented header of an API "
                "key is x-api-key; as Bearer it may be refused (“Invalid bearer token”).",
                "Use a Header Auth credential with the name x-api-key.",
                _use_credential,
            )


def _credential(view: View) -> Hits:
    kind = view.credential()
    own = view.header("x-api-key")
    if kind is None and own is None and view.header("authorization") is None:
        like_key = any(_LIKE_KEY_HEADER.match(header.name.strip().lower()) for header in view.headers)
        if not like_key:
            yield Hit(
                Rule.AUTHENTICATION_MISSING,
                "The node sends no key: Authentication is None and there is no x-api-key header (401).",
                "Under Authentication choose Generic Credential Type → Header Auth, with the name x-api-key.",
                _use_credential,
            )
    elif kind in _TAKES_KEY and own is not None:
        yield Hit(
            Rule.AUTHENTICATION_TWICE,
            "The key is sent twice: by the credential and by a header of the node. Which one counts is luck.",
            "Keep the credential and remove the header.",
            _drop_key_headers,
        )
    elif kind is not None and kind not in _TAKES_KEY and view.to_anthropic:
        yield Hit(
            Rule.CREDENTIAL_TYPE_WRONG,
            f"The credential is of the type {kind}, which does not send the key as x-api-key.",
            "Choose Header Auth with the name x-api-key, or the Anthropic credential.",
            _use_credential,
        )


def _other_headers(view: View) -> Hits:
    version = view.header("anthropic-version")
    published = load().api_versions
    computed = view.parameters.get("specifyHeaders") == "json" and headers_in_json(view.parameters) is None
    if version is None and not computed and view.credential() != "httpCustomAuth":
        yield Hit(
            Rule.VERSION_MISSING,
            "The header anthropic-version is missing, and no credential adds it (400).",
            f"Add the header anthropic-version with the value {STABLE_VERSION}.",
            _add_version,
        )
    elif version is not None and version.value.strip() not in published and "{{" not in version.value:
        yield Hit(
            Rule.VERSION_UNKNOWN,
            f"anthropic-version is “{version.value}”; Anthropic has published {', '.join(published)}.",
            f"Write {STABLE_VERSION}.",
            _add_version,
        )
    content = view.header("content-type")
    if content is not None and "application/json" not in content.value.lower() and "{{" not in content.value:
        yield Hit(
            Rule.CONTENT_TYPE_WRONG,
            f"The header content-type says “{content.value}”; Anthropic reads JSON only.",
            "Remove the header; n8n sets the right one.",
            _drop_content_type,
        )


def _texts(value: Any, depth: int = 0) -> Any:
    """Every text in a parameter tree."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list) and depth < 12:
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one, depth + 1)


def _listed(node: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the node's header list, making one if need be; headers given as JSON move into it, where n8n reads it."""
    parameters = node["parameters"]
    in_json = headers_in_json(parameters) if parameters.get("specifyHeaders") == "json" else None
    if in_json is not None:
        parameters |= {"specifyHeaders": "keypair", "headerParameters": {"parameters": in_json}}
        parameters.pop("jsonHeaders", None)
    if not isinstance(parameters.get("headerParameters"), dict):
        parameters["headerParameters"] = {}
    if not isinstance(parameters["headerParameters"].get("parameters"), list):
        parameters["headerParameters"]["parameters"] = []
    listed: list[dict[str, Any]] = parameters["headerParameters"]["parameters"]
    return listed


def _keep_headers(node: dict[str, Any], unwanted: Any) -> None:
    listed = _listed(node)
    listed[:] = [
        one for one in listed if not (isinstance(one, dict) and unwanted(str(one.get("name", "")).strip().lower()))
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
