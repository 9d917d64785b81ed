"""n8n's own sentences, which replace the service's answer.

`NodeApiError` replaces the answer's words with one fixed sentence a status (`STATUS_CODE_MESSAGES`) or a system code
(`COMMON_ERRORS`, both in node.error.js of n8n-workflow 2.41.0). Reading them back gives the status even when no number
was pasted.
"""

from typing import Final

import msgspec
import re2

from core.paste.failure import Headline
from core.paste.formats.json_values import as_int


class Sentence(msgspec.Struct, frozen=True):
    """One of n8n's sentences, with what it means."""

    text: str
    headline: Headline
    status: int | None = None
    code: str | None = None


SENTENCES: Final = (
    Sentence("Bad request - please check your parameters", Headline.BAD_REQUEST, 400),
    Sentence("Authorization failed - please check your credentials", Headline.AUTHORIZATION_FAILED, 401),
    Sentence("Payment required - perhaps check your payment details?", Headline.PAYMENT_REQUIRED, 402),
    Sentence("Forbidden - perhaps check your credentials?", Headline.FORBIDDEN, 403),
    Sentence("The resource you are requesting could not be found", Headline.NOT_FOUND, 404),
    Sentence("Method not allowed - please check you are using the right HTTP method", Headline.METHOD_NOT_ALLOWED, 405),
    Sentence("Your request is invalid or could not be processed by the service", Headline.INVALID_REQUEST),
    Sentence("The service is receiving too many requests from you", Headline.TOO_MANY_REQUESTS, 429),
    Sentence("The service was not able to process your request", Headline.SERVER_ERROR, 500),
    Sentence("Bad gateway - the service failed to handle your request", Headline.BAD_GATEWAY, 502),
    Sentence(
        "Service unavailable - try again later or consider setting this node to retry automatically"
        " (in the node settings)",
        Headline.SERVICE_UNAVAILABLE,
        503,
    ),
    Sentence("Gateway timed out - perhaps try again later?", Headline.GATEWAY_TIMEOUT, 504),
    Sentence("The service failed to process your request", Headline.SERVICE_FAILED),
    Sentence(
        "The service refused the connection - perhaps it is offline",
        Headline.CONNECTION_REFUSED,
        code="ECONNREFUSED",
    ),
    Sentence(
        "The connection to the server was closed unexpectedly, perhaps it is offline."
        " You can retry the request immediately or wait and retry later.",
        Headline.CONNECTION_CLOSED,
        code="ECONNRESET",
    ),
    Sentence(
        "The connection to the server wes closed unexpectedly, perhaps it is offline."
        " You can retry the request immediately or wait and retry later.",  # the spelling of n8n 1.x
        Headline.CONNECTION_CLOSED,
        code="ECONNRESET",
    ),
    Sentence(
        "The connection cannot be established, this usually occurs due to an incorrect host (domain) value",
        Headline.HOST_NOT_FOUND,
        code="ENOTFOUND",
    ),
    Sentence(
        "The connection timed out, consider setting the 'Retry on Fail' option in the node settings",
        Headline.CONNECTION_TIMED_OUT,
        code="ETIMEDOUT",
    ),
    Sentence(
        "The connection was aborted, perhaps the server is offline",
        Headline.CONNECTION_ABORTED,
        code="ECONNABORTED",
    ),
    Sentence("The host is unreachable, perhaps the server is offline", Headline.HOST_UNREACHABLE, code="EHOSTUNREACH"),
    Sentence(
        "The DNS server returned an error, perhaps the server is offline", Headline.DNS_TEMPORARY, code="EAI_AGAIN"
    ),
    Sentence("SSL Issue: consider using the 'Ignore SSL issues' option", Headline.SSL_ISSUE),
    Sentence("Couldn't connect with these settings", Headline.COULD_NOT_CONNECT),
)
_BY_START: Final = {
    sentence.text[:24].lower(): sentence for sentence in SENTENCES if sentence.text[:14] != "The connection"
}
_CONNECTION: Final = tuple(sentence for sentence in SENTENCES if sentence.text[:14] == "The connection")
_ANYWHERE: Final = re2.compile(
    "(?i)(" + "|".join("['’‘]?".join(re2.escape(part) for part in s.text[:60].split("'")) for s in SENTENCES) + ")"
)
_IN_NODE: Final = re2.compile(
    r"(?is)^(Error in sub-node|Problem in node) ?"
    r"(?:[‘'\"`’](.{1,200}?)[’'\"`‘](?:[\s:.,;–-]+(.*))?"  # what follows a quoted name
    r"|([^‘'\"`’].{0,200}?)(?::\s(.*)| at [\w.<>]{3,80} \(.*)?)$"  # a bare name, a trace on its line
)
_SPOKEN_NODE: Final = re2.compile(
    r"(?i)\b(error in sub-node|problem in node) (?:[‘'\"`’](.{1,80}?)[’'\"`‘]|([A-Z][\w -]{2,60}?)(?:[`\"'.,:;]|$))"
)
"""The same inside somebody's own sentence."""
_ITEM: Final = re2.compile(r" ?\[item (\d+)\]$")


def sentence_of(line: str) -> Sentence | None:
    """Return n8n's sentence that `line` starts with, typographic quotes and an item mark apart."""
    plain = line.strip().replace("’", "'").replace("‘", "'").replace("Couldnt", "Couldn't")
    if plain.startswith("The connection"):
        return next((s for s in _CONNECTION if plain.startswith(s.text[:46])), None)
    sentence = _BY_START.get(plain[:24].lower())
    if sentence is None or not plain.lower().startswith(sentence.text[:40].lower()):
        return None
    return sentence


def sentences_within(text: str) -> list[tuple[Sentence, int, int]]:
    """Return n8n's sentences that are somewhere in `text`, each with the offsets of its known part."""
    within = []
    for match in _ANYWHERE.finditer(text):
        sentence = sentence_of(text[match.start() :])
        if sentence is not None:
            within.append((sentence, match.start(), match.end()))
    return within


def node_in_headline(line: str) -> tuple[Headline, str, str] | None:
    """Return the kind of "Error in sub-node '...'" or "Problem in node '...'", the node's name, and what follows it."""
    plain = line.strip()
    match = _IN_NODE.search(plain) if plain[:8].lower() in ("error in", "problem ") else None
    if not match:
        return None
    kind = Headline.SUB_NODE if match.group(1).lower().startswith("error") else Headline.PROBLEM_IN_NODE
    return kind, (match.group(2) or match.group(4)).strip(), (match.group(3) or match.group(5) or "").strip()


def item_in_headline(line: str) -> int | None:
    """Return the item index that n8n adds to a headline as "[item 2]"."""
    match = _ITEM.search(line.strip()) if "[item " in line else None
    return as_int(match.group(1)) if match else None


def node_within(line: str) -> tuple[Headline, str] | None:
    """Return the kind and the node's name of "Error in sub-node '...'" somewhere inside a sentence."""
    match = _SPOKEN_NODE.search(line) if " node" in line or "sub-node" in line else None
    if not match:
        return None
    kind = Headline.SUB_NODE if match.group(1).lower().startswith("error") else Headline.PROBLEM_IN_NODE
    return kind, (match.group(2) or match.group(3)).strip()
