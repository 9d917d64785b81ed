"""Transport faults in a text: the system or TLS code, by its name or by the words that clients use, and the host.

Node.js, Python and curl say the same thing differently; all are read as Node's code names, which n8n shows.
"""

from typing import Final

import re2

from core.paste.draft import Draft

_CODE: Final = re2.compile(
    r"\b(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EAI_FAIL|LOOKUP_NOT_ASKED|ETIMEDOUT|ESOCKETTIMEDOUT|ECONNABORTED|EHOSTUNREACH|ENETUNREACH|EPIPE|EPROTO"
    r"|ERR_INVALID_URL|ERR_INVALID_HTTP_TOKEN|ERR_INVALID_CHAR|ERR_TLS_CERT_ALTNAME_INVALID|ERR_SSL_\w{1,60}|CERT_HAS_EXPIRED"
    r"|CERT_NOT_YET_VALID|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE"
    r"|UNABLE_TO_GET_ISSUER_CERT(?:_LOCALLY)?|CERTIFICATE_VERIFY_FAILED|HPE_\w{1,60}|UND_ERR_\w{1,60})\b"
)
_TRANSPORT_WORDS: Final = (
    (
        r"(?i)socket hang up|connection reset by peer|ConnectionResetError|read ECONNRESET|server disconnected without",
        "ECONNRESET",
    ),
    (r"(?i)connection refused|actively refused|ConnectionRefusedError", "ECONNREFUSED"),
    (
        r"(?i)name or service not known|could not resolve host|nodename nor servname|getaddrinfo failed|no such host",
        "ENOTFOUND",
    ),
    (r"(?i)temporary failure in name resolution", "EAI_AGAIN"),
    # a ticket text of this portal, pasted back
    (r"(?i)could not ask for [\w.-]{1,253} in time", "LOOKUP_NOT_ASKED"),
    (r"(?i)self[- ]signed certificate in certificate chain", "SELF_SIGNED_CERT_IN_CHAIN"),
    (r"(?i)self[- ]signed certificate", "DEPTH_ZERO_SELF_SIGNED_CERT"),
    (r"(?i)certificate (?:has|is) expired|certificate expired", "CERT_HAS_EXPIRED"),
    (r"(?i)certificate is not yet valid", "CERT_NOT_YET_VALID"),
    (r"(?i)unable to verify the first certificate", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"),
    (r"(?i)unable to get (?:local )?issuer certificate", "UNABLE_TO_GET_ISSUER_CERT_LOCALLY"),
    (r"(?i)hostname/ip does not match certificate", "ERR_TLS_CERT_ALTNAME_INVALID"),
    (r"(?i)timeout of \d{1,12} ?ms exceeded", "ECONNABORTED"),
    (r"(?i)headers timeout error", "UND_ERR_HEADERS_TIMEOUT"),
    (r"(?i)connect timeout error", "UND_ERR_CONNECT_TIMEOUT"),
    (r"(?i)\brequest timed out\b|\bconnection timed out\b|\bread timed out\b|operation timed out", "ETIMEDOUT"),
)
_TRANSPORT: Final = tuple((re2.compile(pattern), code) for pattern, code in _TRANSPORT_WORDS)
_ANY_TRANSPORT: Final = re2.compile("(?i)" + "|".join(pattern.removeprefix("(?i)") for pattern, _ in _TRANSPORT_WORDS))
_ANY: Final = re2.compile(f"(?:{_CODE.pattern})|(?:{_ANY_TRANSPORT.pattern})|E[A-Z]{{4,14}} \\S")
"""Any sign of a transport fault: most texts hold none, and one search tells."""
_DNS_HOST: Final = re2.compile(
    r"(?:ENOTFOUND|EAI_AGAIN|EAI_FAIL|LOOKUP_NOT_ASKED|[Cc]ould not resolve host:?|could not ask for) ([\w.-]{1,253})"
)
_REFUSED_AT: Final = re2.compile(
    r"(?:connect )?E[A-Z]{4,14} ((?:\d{1,3}\.){3}\d{1,3}|\[?[0-9a-fA-F:]{2,40}\]?|[\w.-]{1,253}):(\d{2,5})\b"
)


def is_transport_code(code: object) -> bool:
    """Return whether a field `code` holds a system's or a client's code: the object is a client's, and no answer.

    >>> is_transport_code("UND_ERR_HEADERS_TIMEOUT"), is_transport_code("invalid_api_key")
    (True, False)
    """
    return isinstance(code, str) and bool(_CODE.fullmatch(code))


def learn_transport(draft: Draft, text: str) -> None:
    """Learn a system or TLS code, by its name or by the words that clients use for it."""
    if not _ANY.search(text):
        return
    named = _CODE.search(text)
    code = named.group(1) if named else None
    if code in (None, "CERTIFICATE_VERIFY_FAILED") and _ANY_TRANSPORT.search(text):
        code = next((meaning for pattern, meaning in _TRANSPORT if pattern.search(text)), code)
    if code:
        draft.learn(code=code)
    host = _DNS_HOST.search(text) or _REFUSED_AT.search(text)
    if host:
        draft.learn(host=host.group(1).rstrip("."))
