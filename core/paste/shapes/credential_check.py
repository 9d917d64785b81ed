"""Reading the answer of n8n's credential test, ``{data: {status: "Error", message}}``, over REST or the public API."""

from typing import Final

from core.paste.draft import Draft, DraftReading
from core.paste.facts.wording import learn_text
from core.paste.failure import Shape, Surface
from core.paste.formats.json_values import as_dict

_FIELDS: Final = 3
_GREEN: Final = "Connection successful!"


def read_credential_test(value: object) -> DraftReading | None:
    """Return what the credential test answered; None if `value` is no answer of it."""
    answer = as_dict(as_dict(value).get("data")) or as_dict(value)
    if not isinstance(answer.get("message"), str) or len(answer) > _FIELDS:
        return None
    if answer.get("status") != "Error":
        return DraftReading(Shape.CREDENTIAL_TEST) if answer["message"] == _GREEN else None
    draft = Draft(surface=Surface.CREDENTIAL_TEST)
    learn_text(draft, answer["message"])
    return DraftReading(Shape.CREDENTIAL_TEST, [draft])
