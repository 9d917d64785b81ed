"""Redaction: nothing is shown, stored, logged or cached before it has been through here.

``redact(text)`` returns the text with every secret replaced by a mask such as ``[Anthropic API key #3fa9c1]`` and a
list of what was hidden. A mask holds the kind of the secret and a fingerprint salted per session: the same secret has
the same fingerprint wherever it is and however it is encoded, and no character of a secret is ever shown.

A text runs through these modules in this order:

* `redactor`: the whole of it, in rounds; `views`: the text as plain bytes, then with escapes decoded
* what needs no name: `private_keys`, `by_shape`, `vendors` (`shape_patterns`), `by_url`, `encoded_keys`, `encoded_text`
* what follows a name: `by_name`, `by_scheme`, `by_credential_type`, `by_manifest`, `by_command`, `by_argument`,
  `by_column`, `by_sentence`, `flatted` (`secret_names`, `declared`, `value_syntax`)
* what is not a secret: `not_secret`, `placeholders`; `work_limit` limits how many candidates are judged
* `mask`: masks stay inside JSON strings; `secret_kinds`, `fingerprint`: what a mask says
* `exact`: secrets that are known beforehand

`RedactionFailed` is the only error. It means that nothing of the text may be used.
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
