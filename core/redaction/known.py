"""Exact scrubbing of secrets that are known, such as the key typed into the test form."""

import base64
import json
import re
from collections.abc import Iterator, Sequence
from urllib.parse import quote

SCRUBBED = "[hidden]"
SHORTEST = 4  # shorter values would hit ordinary words


def scrub_known(text: str, secrets: Sequence[str]) -> str:
    """Replace every occurrence of the given secrets, in any usual encoding, with ``[hidden]``.

    Forms: raw, JSON-escaped, percent-encoded (reserved characters or all), base64 and URL-safe base64 at all three
    alignments, hex, reversed. Secrets shorter than 4 characters are left alone. Linear in the text.
    """
    forms = {form for secret in secrets if len(secret) >= SHORTEST for form in _forms(secret)}
    for form in sorted(forms, key=len, reverse=True):
        text = re.sub(re.escape(form), SCRUBBED, text, flags=re.IGNORECASE) if form in text else text
    return text


def _forms(secret: str) -> Iterator[str]:
    raw = secret.encode("utf-8", "surrogatepass")
    yield secret
    yield secret[::-1]
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield quote(secret, safe="", errors="replace")
    yield "".join(f"%{byte:02X}" for byte in raw)
    yield raw.hex()
    for shift in range(3):
        yield from _base64_core(raw, shift)


def _base64_core(raw: bytes, shift: int) -> Iterator[str]:
    """Yield the base64 characters that depend on the secret alone when `shift` bytes stand before it."""
    encoded = base64.b64encode(b"\0" * shift + raw).decode().rstrip("=")
    first = (0, 2, 3)[shift]
    last = len(encoded) if (len(raw) + shift) % 3 == 0 else len(encoded) - 1
    core = encoded[first:last]
    if len(core) >= SHORTEST:
        yield core
        yield core.replace("+", "-").replace("/", "_")
