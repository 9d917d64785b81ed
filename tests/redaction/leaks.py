"""Look for a key in a text the way a curious reader would: decode everything and ignore what is between."""

import base64
import html
import re
from urllib.parse import unquote

LONGEST_LEFT = 7  # characters of the secret part in a row that may remain


def decoded_forms(text: str) -> set[str]:
    """Return the text, and what its escapes, base64 and hex runs say."""
    forms = {text}
    for _ in range(3):
        forms |= {unquote(form) for form in forms}
        forms |= {html.unescape(form) for form in forms}
        forms |= {re.sub(r"\\+u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), form) for form in forms}
        forms |= {re.sub(r"\\+x([0-9a-fA-F]{2})", lambda m: chr(int(m[1], 16)), form) for form in forms}
    forms |= {_tight(form) for form in forms}
    for _ in range(2):
        forms |= {run for form in forms for run in _runs(form)}
    return {_tight(form) for form in forms}


def leaked(key: str, text: str) -> str | None:
    """Return a piece of the key's secret part that can still be read in the text, or None."""
    secret = key[13:] if key.startswith("sk-ant-") else key
    forms = decoded_forms(text)
    size = LONGEST_LEFT + 1
    for start in range(max(1, len(secret) - size + 1)):
        piece = secret[start : start + size].lower()
        for form in forms:
            if piece in form:
                return piece
    return None


def _tight(text: str) -> str:
    return re.sub(r"[^a-z0-9_-]", "", text.replace("\\n", "").replace("\\r", "").lower())


def _runs(text: str) -> set[str]:
    found = set()
    for run in re.findall(r"[A-Za-z0-9+/_-]{16,}", text):
        for shift in range(4):
            whole = run[shift:].replace("-", "+").replace("_", "/")
            whole = whole[: len(whole) // 4 * 4]
            found.add(base64.b64decode(whole).decode("latin-1"))
        if re.fullmatch(r"[0-9a-fA-F]{16,}", run):
            found |= {bytes.fromhex(run[shift:][: len(run[shift:]) // 2 * 2]).decode("latin-1") for shift in (0, 1)}
    return found
