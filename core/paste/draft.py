"""A failure while it is being read: facts are learned one by one, and the first reading of a fact is kept.

Readers learn from the most telling text first (Anthropic's own body), so "first wins" keeps the best source:

>>> draft = Draft(surface=Surface.HTTP_REQUEST)
>>> draft.learn(status=401, code=None)
>>> draft.learn(status=500)
>>> draft.status, draft.code
(401, None)

A misspelt fact is an error of the type checker. What each fact means is said at `core.paste.failure.Failure`.
"""

from dataclasses import dataclass, field
from typing import Any, Final, TypedDict, Unpack, cast

from core.paste.failure import (
    RUNS,
    AnsweredBy,
    FailedIn,
    Failure,
    Headline,
    Hosting,
    Provider,
    Shape,
    Span,
    Success,
    Surface,
)
from core.paste.formats.json_values import encodable

MESSAGE_LIMIT: Final = 2_000
"""Characters of a message that are kept; n8n puts whole web pages there."""
_ALSO_LIMIT: Final = 12
VAGUE_CODES: Final = frozenset(
    ("CONNECTION_FAILED", "TLS_HANDSHAKE_FAILED", "CERTIFICATE_VERIFY_FAILED", "EPROTO", "ERR_SSL_PROTOCOL_ERROR")
)
"""Codes that do not say why a connection failed; clients print them around the words that do."""
_TELLING: Final = frozenset(("status", "message", "headline", "code", "error_type", "stop_reason"))


class Facts(TypedDict, total=False):
    """Facts by name, as `Draft.learn` takes them."""

    status: int | None
    error_type: str | None
    error_code: str | None
    code: str | None
    message: str | None
    headline: Headline | None
    headline_text: str | None
    answered_by: AnsweredBy | None
    stop_reason: str | None
    request_id: str | None
    retry_after: str | None
    organization_id: str | None
    workspace_id: str | None
    surface: Surface | None
    provider: Provider | None
    model: str | None
    url: str | None
    host: str | None
    unknown_host: bool | None
    path: str | None
    method: str | None
    credential_type: str | None
    sent_key: str | None
    api_version: str | None
    node: str | None
    node_type: str | None
    node_version: str | None
    n8n_error: str | None
    failed_in: FailedIn | None
    root_node: str | None
    item_index: int | None
    n8n_version: str | None
    hosting: Hosting | None
    stopped_run: bool | None
    answered_too: bool | None
    started_at: str | None
    attempts: int | None
    relayed: bool | None
    told: bool | None
    doubted: bool | None
    is_run: bool | None
    passed_on: bool | None


_NAMES: Final = frozenset(Facts.__annotations__)
_FACTS_OF_FAILURE: Final = _NAMES & set(Failure.__struct_fields__)


class Draft:
    """What is known so far about one call, and further texts that a card's pattern may match.

    Beside the facts of a `Failure` a reader may note `is_run` (the trace is a node run's own error) and `passed_on`
    (the trace is in a node that only handed the item on); both end with the draft.
    """

    status: int | None = None
    error_type: str | None = None
    error_code: str | None = None
    code: str | None = None
    message: str | None = None
    headline: Headline | None = None
    headline_text: str | None = None
    answered_by: AnsweredBy | None = None
    stop_reason: str | None = None
    request_id: str | None = None
    retry_after: str | None = None
    organization_id: str | None = None
    workspace_id: str | None = None
    surface: Surface | None = None
    provider: Provider | None = None
    model: str | None = None
    url: str | None = None
    host: str | None = None
    unknown_host: bool | None = None
    path: str | None = None
    method: str | None = None
    credential_type: str | None = None
    sent_key: str | None = None
    api_version: str | None = None
    node: str | None = None
    node_type: str | None = None
    node_version: str | None = None
    n8n_error: str | None = None
    failed_in: FailedIn | None = None
    root_node: str | None = None
    item_index: int | None = None
    n8n_version: str | None = None
    hosting: Hosting | None = None
    stopped_run: bool | None = None
    answered_too: bool | None = None
    started_at: str | None = None
    attempts: int | None = None
    relayed: bool | None = None
    told: bool | None = None
    doubted: bool | None = None
    is_run: bool | None = None
    passed_on: bool | None = None

    def __init__(self, **facts: Unpack[Facts]) -> None:
        self.also: list[str] = []
        self.source: object = None  # the parsed value it was read from, for the excerpt of a big file
        self.learn(**facts)

    def learn(self, **facts: Unpack[Facts]) -> None:
        """Keep each fact that has a value and is not yet known."""
        if self.code in VAGUE_CODES and facts.get("code") not in VAGUE_CODES:
            self.correct(code=facts.get("code"))
        for name, value in facts.items():
            if value is not None and value != "" and getattr(self, name) is None:
                setattr(self, name, encodable(value)[:MESSAGE_LIMIT] if type(value) is str else value)

    def correct(self, **facts: Unpack[Facts]) -> None:
        """Replace facts by a better reading."""
        for name, value in facts.items():
            if value is not None:
                setattr(self, name, value)

    def say(self, text: str | None) -> None:
        """Take a sentence: the first becomes the message, later ones are kept beside it."""
        words = encodable(text or "").strip()[:MESSAGE_LIMIT]
        if not words or words == self.message:
            return
        if self.message is None:
            self.message = words
        elif words not in self.also and len(self.also) < _ALSO_LIMIT:
            self.also.append(words)

    @property
    def facts(self) -> Facts:
        """The facts learned so far, in the order in which they were learned."""
        return cast(Facts, {name: value for name, value in vars(self).items() if name in _NAMES})

    def __bool__(self) -> bool:
        return not _NAMES.isdisjoint(vars(self))

    @property
    def says_something(self) -> bool:
        """Whether anything about the failing itself is known, not only where it happened."""
        return not _TELLING.isdisjoint(vars(self))

    @property
    def has_answer(self) -> bool:
        """Whether somebody's answer was seen, so that the message is theirs and not n8n's."""
        return self.answered_by is not None and self.answered_by is not AnsweredBy.EMPTY

    @property
    def marks(self) -> tuple[object, ...]:
        """The facts that tell one call's failure from another's; None where one is not known."""
        code = None if self.code in VAGUE_CODES else self.code
        return (self.status, self.error_type, self.request_id, code)

    def failure(self, excerpt: str) -> Failure:
        """Freeze what was learned; `excerpt` is the redacted text that spans will refer to."""
        facts: dict[str, Any] = {name: value for name, value in vars(self).items() if name in _FACTS_OF_FAILURE}
        return Failure(**facts, also=tuple(self.also), excerpt=excerpt)


@dataclass
class DraftReading:
    """What the reader of one shape understood of a paste, before its drafts are frozen into failures."""

    shape: Shape
    drafts: list[Draft] = field(default_factory=list)
    successes: list[Success] = field(default_factory=list)
    nodes: int | None = None
    n8n_version: str | None = None
    cut_off: bool = False
    needs: str | None = None
    values: tuple[Span, ...] | None = None  # where the values among its words are; None where nobody looked

    @property
    def is_telling(self) -> bool:
        """Whether it has a call, failing or answered."""
        return bool(self.drafts or self.successes)

    @property
    def is_whole_run(self) -> bool:
        """Whether this is a run with its nodes; a part of it, read again by itself, would lose what the nodes tell."""
        return self.shape in RUNS and bool(self.nodes)

    @property
    def is_enough(self) -> bool:
        """Whether nothing more would be learned from what the paste may hold inside."""
        return self.is_telling or bool(self.needs) or self.is_whole_run

    def add(self, part: "DraftReading") -> None:
        """Take in the calls and the nodes of a part that was read by itself."""
        self.drafts += part.drafts
        self.successes += part.successes
        self.nodes = (self.nodes or 0) + (part.nodes or 0) or None
