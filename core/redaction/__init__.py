"""Redaction: nothing is shown, stored, logged or cached before it has been through here.

``redact(text)`` returns the text with every secret replaced by a mask such as ``[Anthropic API key #3fa9c1]`` and a
list of what was hidden. A mask holds the kind of the secret and a fingerprint salted per session: the same secret has
the same fingerprint wherever and however encoded it stands, and no character of a secret is ever shown.

Errors: `RedactionFailed`, alone. It means that nothing of the text may be used.
"""

from core.redaction.exact import scrub_known
from core.redaction.fingerprint import session_salt
from core.redaction.redactor import LONGEST_TEXT, Redactor, redact
from core.redaction.secret_kinds import KEYS, Hidden, Redacted, RedactionFailed, SecretKind

__all__ = [
    "KEYS",
    "LONGEST_TEXT",
    "Hidden",
    "Redacted",
    "RedactionFailed",
    "Redactor",
    "SecretKind",
    "redact",
    "scrub_known",
    "session_salt",
]
