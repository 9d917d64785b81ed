"""Reading the body of an HTTP answer by itself: Claude's message object, or an API's error."""

from core.paste.draft import Draft, DraftReading
from core.paste.facts.bodies import is_message
from core.paste.facts.wording import learn_object
from core.paste.failure import Shape, Success
from core.paste.shapes.items import Answered, AnswerForm, read_item


def read_message(value: object) -> DraftReading | None:
    """Return the answered call that a whole message object shows; None for anything else."""
    answer = read_item(value) if is_message(value) else None
    if not isinstance(answer, Answered):
        return None
    success = Success(model=answer.model, claudes=answer.form is AnswerForm.CLAUDES)
    return DraftReading(Shape.HTTP_BODY, successes=[success])


def read_body(value: object) -> DraftReading | None:
    """Return the failure that a body tells of; None where it tells of none."""
    if not isinstance(value, dict | list):
        return None
    draft = Draft()
    learn_object(draft, value)
    return DraftReading(Shape.HTTP_BODY, [draft]) if draft.says_something else None
