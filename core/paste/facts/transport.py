"""Transport faults in a text: the system or TLS code, by its name or by the words that a client uses, and the host.

Every client says the same thing differently; all are read as Node's code names, which n8n shows. ``transport.toml`` is
the table of their words.
"""

import functools
from enum import StrEnum
from importlib import resources
from typing import Final

import msgspec
import re2

from core.paste.draft import VAGUE_CODES, Draft


class Client(StrEnum):
    """Whose words a row of the table holds."""

    NODE = "node"
    UNDICI = "undici"
    AXIOS = "axios"
    SDK = "sdk"  # Anthropic's SDKs, and programs that are built on them
    PYTHON = "python"  # the standard library, requests, urllib3, httpx, aiohttp
    BOTOCORE = "botocore"
    CURL = "curl"
    GO = "go"
    JAVA = "java"
    DOTNET = "dotnet"
    WINDOWS = "windows"
    RUST = "rust"
    PHP = "php"
    RUBY = "ruby"
    BUN = "bun"
    DENO = "deno"
    BROWSER = "browser"
    PORTAL = "portal"  # this portal's own words, pasted back


class Wording(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One row of the table; the file says what each field means."""

    client: Client
    code: str
    words: str
    example: str


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    wording: tuple[Wording, ...]


WORDINGS: Final = msgspec.toml.decode(
    resources.files(__package__).joinpath("transport.toml").read_bytes(), type=_Table
).wording
"""The table; of several rows whose words are found, the first counts."""

_CODE: Final = re2.compile(
    r"\b(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EAI_FAIL|EAI_NODATA|EAI_NONAME|LOOKUP_NOT_ASKED|ETIMEDOUT"
    r"|ESOCKETTIMEDOUT|ECONNABORTED|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|EADDRNOTAVAIL|EPIPE|EPROTO"
    r"|ERR_INVALID_URL|ERR_INVALID_HTTP_TOKEN|ERR_INVALID_CHAR|ERR_TLS_CERT_ALTNAME_INVALID|ERR_SSL_\w{1,60}"
    r"|ERR_STREAM_PREMATURE_CLOSE|CERT_HAS_EXPIRED|CERT_NOT_YET_VALID|CERT_UNTRUSTED|CERT_SIGNATURE_FAILURE"
    r"|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE"
    r"|UNABLE_TO_GET_ISSUER_CERT(?:_LOCALLY)?|CERTIFICATE_VERIFY_FAILED|HPE_\w{1,60}|UND_ERR_\w{1,60})\b"
)
_ANY_WORDS: Final = re2.compile("(?im)" + "|".join(f"(?:{row.words})" for row in WORDINGS))
"""Most texts hold none of the words, and one search tells."""
_ADDRESS: Final = r"((?:\d{1,3}\.){3}\d{1,3}|\[?[0-9a-fA-F:]{2,40}\]?|[\w.-]{1,253})"
_HOSTS: Final = (
    re2.compile(
        r"(?:ENOTFOUND|EAI_AGAIN|EAI_FAIL|LOOKUP_NOT_ASKED|[Cc]ould not resolve host:?|could not ask for"
        r"|dial tcp: lookup|UnknownHostException:|getaddrinfo for) ([\w.-]{1,253})"
    ),
    re2.compile(rf"(?:connect )?E[A-Z]{{4,14}} {_ADDRESS}:\d{{2,5}}\b"),
    re2.compile(
        r"(?:attempted address: |[Cc]annot connect to host |dial tcp |is known\. \(|in connection to "
        r"|TCP connection to )"
        rf"{_ADDRESS}:\d{{2,5}}\b"
    ),
    re2.compile(r"HTTPS?ConnectionPool\(host='([\w.-]{1,253})'"),
    re2.compile(r"[Ff]ailed to connect to ([\w.-]{1,253}) port \d"),
)


_SET_MEMORY: Final = 64 * 1024 * 1024


@functools.cache
def _rows() -> "re2.Set":
    """Return the table's words as one set, which the first fault in words needs."""
    options = re2.Options()
    options.max_mem = _SET_MEMORY
    rows = re2.Set.SearchSet(options)
    for row in WORDINGS:
        rows.Add(f"(?im){row.words}")
    rows.Compile()
    return rows


def is_transport_code(code: object) -> bool:
    """Return whether a field `code` holds a system's or a client's code: the object is a client's, and no answer.

    >>> is_transport_code("UND_ERR_HEADERS_TIMEOUT"), is_transport_code("invalid_api_key")
    (True, False)
    """
    return isinstance(code, str) and bool(_CODE.fullmatch(code))


def learn_transport(draft: Draft, text: str) -> None:
    """Learn a system or TLS code, by its name or by the words that clients use for it, and the host."""
    named = _CODE.search(text)
    code = named.group(1) if named else None
    if (code is None or code in VAGUE_CODES) and _ANY_WORDS.search(text):
        worded = WORDINGS[min(_rows().Match(text.encode("utf-8", "replace")))].code
        code = worded if code is None or worded not in VAGUE_CODES else code
    if code is None:
        return
    draft.learn(code=code)
    found = next(filter(None, (pattern.search(text) for pattern in _HOSTS)), None)
    if found:
        draft.learn(host=found.group(1).rstrip("."))
