"""A failure while it is being read: facts are learned one by one, and the first reading of a fact stands.

Readers learn from the most telling place first (Anthropic's own body), so "first wins" keeps the best source.
"""

from typing import Any, Final

from core.paste.failure import AnsweredBy, Failure
from core.paste.formats.json_values import encodable

MESSAGE_LIMIT: Final = 2_000
"""Characters of a message that are kept; n8n puts whole web pages there."""
_ALSO_LIMIT: Final = 12
_TELLING: Final = frozenset(("status", "message", "headline", "code", "error_type", "stop_reason"))
_FIELDS: Final = frozenset(Failure.__struct_fields__)
_KNOWN: Final = _FIELDS | {"is_run", "passed_on"}


class Draft:
    """The facts learned so far about one call, and further texts that a card's pattern may match.

    Besides the facts of a `Failure` a reader may note `is_run` (the trace is a node run's own error) and `passed_on`
    (the trace stands in a node that only handed the item on); both end with the draft.
    """

    __slots__ = ("also", "facts", "source")

    def __init__(self, **facts: Any) -> None:
        self.facts: dict[str, Any] = {}
        self.also: list[str] = []
        self.source: Any = None  # the parsed value it was read from, for the excerpt of a big file
        self.learn(**facts)

    def learn(self, **facts: Any) -> None:
        """Keep each fact that is given and not yet known."""
        for name, value in facts.items():
            if value is not None and value != "" and name not in self.facts:
                if name not in _KNOWN:
                    raise TypeError(f"{name} is no fact of a failure")
                self.facts[name] = encodable(value)[:MESSAGE_LIMIT] if type(value) is str else value

    def correct(self, **facts: Any) -> None:
        """Replace facts by a better reading."""
        self.facts.update({name: value for name, value in facts.items() if value is not None})

    def say(self, text: str | None) -> None:
        """Take a sentence: the first becomes the message, later ones are kept beside it."""
        words = encodable(text or "").strip()[:MESSAGE_LIMIT]
        if not words or words == self.facts.get("message"):
            return
        if "message" not in self.facts:
            self.facts["message"] = words
        elif words not in self.also and len(self.also) < _ALSO_LIMIT:
            self.also.append(words)

    def get(self, name: str) -> Any:
        """Return a learned fact, or None."""
        return self.facts.get(name)

    def __bool__(self) -> bool:
        return bool(self.facts)

    @property
    def says_something(self) -> bool:
        """Whether anything about the failing itself is known, not only where it happened."""
        return not _TELLING.isdisjoint(self.facts)

    @property
    def has_answer(self) -> bool:
        """Whether somebody's answer was seen, so that the message is theirs and not n8n's."""
        return self.facts.get("answered_by") not in (None, AnsweredBy.EMPTY)

    def failure(self, excerpt: str) -> Failure:
        """Freeze what was learned; `excerpt` is the redacted text that spans will refer to."""
        facts = {name: value for name, value in self.facts.items() if name in _FIELDS}
        return Failure(**facts, also=tuple(self.also), excerpt=excerpt)
