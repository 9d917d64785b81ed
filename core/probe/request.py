"""What a test is asked to do, and the requests it makes: the ones that n8n would send.

n8n 2.41.1 sends ``x-api-key`` and ``anthropic-version: 2023-06-01``; its credential test calls GET /v1/models, its
nodes POST /v1/messages with model, max_tokens and messages. No sampling and no thinking parameter is sent, because
that is legal for every model in the catalogue; a model that always thinks may spend the few tokens on thinking.
"""

from enum import StrEnum
from typing import Final
from urllib.parse import quote

import msgspec
import re2

from core.keys.secret import Secret
from core.net.base_url import ANTHROPIC_BASE
from core.redaction import RedactionFailed, redact

API_VERSION: Final = "2023-06-01"
PROMPT: Final = "Reply with exactly: CONNECTION_OK"
MAX_TOKENS: Final = 16
MAX_MODELS: Final = 100
DEFAULT_SECONDS: Final = 60.0
MAX_SECONDS: Final = 115.0
"""Below the lifetime of a key under test, so that the last answer is still scrubbed of it."""

_TOKEN: Final = re2.compile(r"^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$")
_VALUE: Final = re2.compile(r"^[\x20-\x7e]{0,1000}$")
_OWN_HEADERS: Final = frozenset(
    {
        "host",
        "connection",
        "content-length",
        "content-type",
        "transfer-encoding",
        "te",
        "trailer",
        "upgrade",
        "expect",
        "accept-encoding",
        "proxy-authorization",
        "cookie",
    }
)
"""Headers that decide how a request is framed or where it goes; a custom header cannot be one of them."""

_LABELS: Final = {
    "models": "A model id",
    "base_url": "The base URL",
    "api_version": "The API version",
    "workspace_id": "The workspace id",
    "header_name": "The custom header's name",
}
"""The texts of a request that are sent in an address or shown, by their names on the page."""


class AuthWay(StrEnum):
    """In which header the key is sent."""

    X_API_KEY = "x-api-key"
    BEARER = "bearer"


class ProbeRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What to test; holds no secret. With `all_visible` every model that the key can see is tested.

    `clean_key` sends the key without the quotes, prefixes and odd characters around it; without it such a key is not
    sent. `header_name` names a custom header, whose value is handed over beside the key.
    """

    models: tuple[str, ...] = ()
    all_visible: bool = False
    base_url: str = ANTHROPIC_BASE
    auth: AuthWay = AuthWay.X_API_KEY
    api_version: str = API_VERSION
    workspace_id: str | None = None
    header_name: str | None = None
    seconds: float = DEFAULT_SECONDS
    clean_key: bool = False


def complaint(request: ProbeRequest, header_value: str) -> str | None:
    """Return a sentence on what in the request cannot be sent, or None."""
    clean = without_secrets(request)
    for name, label in _LABELS.items():
        if getattr(clean, name) != getattr(request, name):
            return f"{label} holds a key or password. Nothing was sent. Put the key into the field for the key alone."
    if request.header_name is not None:
        if not _TOKEN.match(request.header_name):
            return "The custom header's name holds a character that no header name can have."
        if request.header_name.lower() in _OWN_HEADERS | _auth_headers(request):
            return f"The header {request.header_name.lower()} is set by the test itself."
        if not _VALUE.match(header_value):
            return "The custom header's value holds a character that no header can carry."
    if not _TOKEN.match(request.api_version):
        return "The API version is a date such as 2023-06-01."
    if request.workspace_id is not None and not _TOKEN.match(request.workspace_id):
        return "The workspace id starts with wrkspc_ and holds letters and digits only."
    if len(request.models) > MAX_MODELS:
        return f"One test takes at most {MAX_MODELS} models."
    if not all(_VALUE.match(model) and 0 < len(model) <= 200 for model in request.models):
        return "A model id holds plain letters, digits and dashes only."
    return None


def without_secrets(request: ProbeRequest) -> ProbeRequest:
    """Return the request with every secret masked that was put where none belongs, so that none is shown or kept."""
    texts = (request.base_url, request.api_version, request.workspace_id, request.header_name)
    base_url, api_version, workspace_id, header_name = (each and _masked(each) for each in texts)
    return msgspec.structs.replace(
        request,
        models=tuple(map(_masked, request.models)),
        base_url=base_url,
        api_version=api_version,
        workspace_id=workspace_id,
        header_name=header_name,
    )


def _masked(text: str) -> str:
    try:
        return redact(text).text
    except RedactionFailed:
        return ""


def _auth_headers(request: ProbeRequest) -> set[str]:
    """Return the headers that carry the key or go with it."""
    return {"anthropic-version", "anthropic-workspace-id"} | (
        {"authorization"} if request.auth is AuthWay.BEARER else {"x-api-key"}
    )


def headers_of(request: ProbeRequest, secret: Secret | None) -> dict[str, str]:
    """Return the headers of a call; without `secret` it is the keyless one."""
    sent = {"anthropic-version": request.api_version}
    if request.workspace_id is not None:
        sent["anthropic-workspace-id"] = request.workspace_id
    if secret is None:
        return sent
    if request.auth is AuthWay.BEARER:
        sent["authorization"] = f"Bearer {secret.reveal()}"
    else:
        sent["x-api-key"] = secret.reveal()
    if request.header_name is not None:
        sent[request.header_name.lower()] = secret.reveal(1)
    return sent


def model_path(model: str) -> str:
    """Return the path that tells about one model."""
    return f"/v1/models/{quote(model, safe='')}"


def message_body(model: str) -> bytes:
    """Return the body of the one message that a model is sent."""
    return msgspec.json.encode(
        {"model": model, "messages": [{"role": "user", "content": PROMPT}], "max_tokens": MAX_TOKENS}
    )
