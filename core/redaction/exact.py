"""Remove known secrets from a text, such as the key that was typed into the test form."""

import base64
import json
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import quote

SCRUBBED: Final = "[hidden]"
SHORTEST: Final = 4
"""Characters; anything shorter would be found in ordinary words."""


def scrub_known(text: str, secrets: Sequence[str]) -> str:
    """Replace every occurrence of the secrets, in any usual encoding, with ``[hidden]``.

    Forms: raw, upper- and lower-cased, reversed, JSON-escaped (also twice), percent-encoded (reserved characters or
    all), hex, base64 and URL-safe base64 at all three alignments. Secrets of fewer than 4 characters are left alone.
    """
    forms = {form for secret in secrets if len(secret) >= SHORTEST for form in _forms(secret)}
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, SCRUBBED)
    return text


def _forms(secret: str) -> Iterator[str]:
    raw = secret.encode("utf-8", "surrogatepass")
    yield from (secret, secret.upper(), secret.lower(), secret[::-1])
    for ascii_only in (True, False):
        once = json.dumps(secret, ensure_ascii=ascii_only)[1:-1]
        yield from (once, json.dumps(once, ensure_ascii=ascii_only)[1:-1])
    yield "".join(f"\\u{ord(character):04x}" for character in secret)
    reserved = quote(raw, safe="")
    yield from (reserved, reserved.lower(), reserved.replace("-", "%2D"), quote(reserved, safe=""))
    every = "".join(f"%{byte:02X}" for byte in raw)
    yield from (every, every.lower(), raw.hex(), raw.hex().upper())
    for shift in range(3):
        yield from _base64_core(raw, shift)


def _base64_core(raw: bytes, shift: int) -> Iterator[str]:
    """Yield the base64 characters that depend on the secret alone when `shift` bytes precede it."""
    encoded = base64.b64encode(b"\0" * shift + raw).decode().rstrip("=")
    first = (0, 2, 3)[shift]
    last = len(encoded) if (len(raw) + shift) % 3 == 0 else len(encoded) - 1
    core = encoded[first:last]
    if len(core) >= SHORTEST:
        yield core
        yield core.replace("+", "-").replace("/", "_")
