"""One finding: a cause with its words filled in for this failure, what it proves, and the evidence it rests on."""

import datetime as dt
import functools
from collections.abc import Callable, Iterator
from typing import Final

import msgspec

from core.causes import templates
from core.causes.card import Card, Certainty, KeyVerdict, When
from core.causes.matcher import CardMatch, Circumstances, by_id
from core.causes.similar import Hit
from core.n8n import versions
from core.paste.failure import FACTS, Failure, Reading, Span, Surface
from core.paste.spans import locate
from core.redaction import Hidden

_ALWAYS_SHOWN: Final = ("status", "error_type", "error_code", "code", "message", "request_id", "model", "node")
_CONCLUDED: Final = frozenset(("surface", "provider", "answered_by"))
"""Facts that Reconnect concludes; no paste holds them, so they are no evidence."""
_SOMETIMES_CONCLUDED: Final = frozenset(("status", "code", "message", "stop_reason", "error_type", "sent_key"))
"""Facts that a paste may have in other words ("timed out" for ETIMEDOUT, n8n's "Forbidden" for 403): evidence only
where the paste holds the value itself."""
_ALTERNATIVES: Final = 4
_WORDS_SHOWN: Final = 6


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """One fact a finding rests on; `start` and `end` are offsets in the finding's excerpt, or None."""

    fact: str
    value: str
    start: int | None = None
    end: int | None = None


class RunnerUp(msgspec.Struct, frozen=True, kw_only=True):
    """Another cause that fits, and the check that tells them apart.

    `words` are those of the paste that made it the nearest known cause where no card recognises the paste; a guess.
    """

    cause: str
    title: str
    check: str
    words: tuple[str, ...] = ()


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A cause with its certainty and evidence, and the words filled in for this failure."""

    cause: str
    card: Card
    certainty: Certainty
    key_verdict: KeyVerdict
    failure: Failure | None
    title: str
    what_happened: str
    why: str
    steps: tuple[str, ...]
    how_to_check: str
    not_tested: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    alternatives: tuple[RunnerUp, ...]
    still_unknown: str | None = None
    copy_next: str | None = None
    times: int = 1  # how many alike failures of the same node this one counts
    excerpt: str = ""

    @property
    def nearest(self) -> tuple[RunnerUp, ...]:
        """The known causes that a paste looks most like which no card recognises."""
        return tuple(other for other in self.alternatives if other.words)

    @property
    def other_causes(self) -> tuple[RunnerUp, ...]:
        """The runner-up causes that fit, without those that are only similar."""
        return tuple(other for other in self.alternatives if not other.words)


class Diagnosis(msgspec.Struct, frozen=True, kw_only=True):
    """The ranked findings for one paste, best first; never empty."""

    findings: tuple[Finding, ...]
    reading: Reading
    hidden: tuple[Hidden, ...]
    text: str  # the redacted paste (an excerpt for big files)
    as_of: dt.date

    @property
    def unchecked_version(self) -> versions.Version | None:
        """The n8n version of the paste, where it is newer than the newest that Reconnect was checked with."""
        version = versions.parse(self.reading.n8n_version or "")
        return version if version is not None and version > versions.NEWEST_CHECKED else None


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """What a finding is about: the failure (None where nothing failed), and what is known beside it."""

    failure: Failure | None
    circumstances: Circumstances
    certainty: Certainty
    key_verdict: KeyVerdict
    elsewhere: bool = False
    nearest: tuple[Hit, ...] = ()  # causes that the paste looks like, where no card recognises it


def situation_of(
    failure: Failure, circumstances: Circumstances, certainty: Certainty, key_verdict: KeyVerdict
) -> Situation:
    """Return the situation of a failure; a live test through a gateway has the test's own words."""
    return Situation(
        failure=failure,
        circumstances=circumstances,
        certainty=certainty,
        key_verdict=key_verdict,
        elsewhere=failure.is_elsewhere and failure.surface is not Surface.PROBE,
    )


def finding_for(card: Card, situation: Situation, hits: tuple[CardMatch, ...] = ()) -> Finding:
    """Return the finding; `hits` are all cards that matched, this one's first (none for a looked-up cause)."""
    failure, circumstances = situation.failure, situation.circumstances
    version = versions.parse(circumstances.n8n_version or "")
    words = _words_for(card, situation)
    major = version.major if version else 2

    def fill(text: str) -> str:
        return templates.fill(text, failure, major)

    return Finding(
        cause=card.id,
        card=card,
        certainty=situation.certainty,
        key_verdict=situation.key_verdict,
        failure=failure,
        title=fill(words.title),
        what_happened=fill(words.what_happened),
        why=fill(words.why),
        steps=tuple(fill(step) for step in words.steps),
        how_to_check=fill(words.how_to_check),
        not_tested=tuple(fill(text) for text in card.not_tested),
        evidence=_evidence(card, failure, hits[0].text if hits else None),
        alternatives=(*_nearest(situation, fill), *_alternatives(card, failure, hits[1:], fill)),
        still_unknown=fill(words.still_unknown) if words.still_unknown else None,
        copy_next=fill(words.copy_next) if words.copy_next else None,
        excerpt=failure.excerpt if failure else "",
    )


_WORDS: Final = ("title", "what_happened", "why", "steps", "how_to_check", "still_unknown", "copy_next")


def _words_for(card: Card, situation: Situation) -> Card:
    """Return the card with each of its words taken from the first variant that fits this situation and gives it."""
    fitting = [variant for variant in card.variant if _applies(variant.when, situation)]
    chosen_words = {}
    for name in _WORDS:
        chosen = next((getattr(variant, name) for variant in fitting if getattr(variant, name) is not None), None)
        if chosen is not None:
            chosen_words[name] = chosen
    return msgspec.structs.replace(card, **chosen_words) if chosen_words else card


def _applies(when: When, situation: Situation) -> bool:
    failure, circumstances = situation.failure, situation.circumstances
    if when.nearest:
        return bool(situation.nearest)
    if when.failed is not (failure is not None):
        return False
    conditions: tuple[tuple[object, object], ...] = (
        (when.certainty, situation.certainty),
        (when.shape, circumstances.shape),
        (when.model_state, circumstances.model_state),
        (when.surface, failure and failure.surface),
        (when.status, failure and failure.status),
        (when.answered_by, failure and failure.answered_by),
        (when.hosting, failure and failure.hosting),
    )
    if any(isinstance(allowed, list) and allowed and value not in allowed for allowed, value in conditions):
        return False
    if when.elsewhere is not None and when.elsewhere is not situation.elsewhere:
        return False
    if when.proven is not None and when.proven is (situation.key_verdict is KeyVerdict.UNKNOWN):
        return False
    if when.n8n:
        written = circumstances.n8n_version or (failure.n8n_version if failure else None)
        version = versions.parse(written or "")
        return version is not None and versions.Range.parse(when.n8n).holds(version)
    return True


def _evidence(card: Card, failure: Failure | None, matched_text: str | None) -> tuple[Evidence, ...]:
    """Return the facts that the card's blocks ask for and those that everybody wants to see, with their places.

    Only what the paste holds: a fact that has other words there is left out, and the words are shown.
    """
    if failure is None:
        return ()
    shown = (_shown(name, failure, matched_text) for name in _facts_for(card.id))
    return tuple(each for each in shown if each is not None)


def _shown(name: str, failure: Failure, matched_text: str | None) -> Evidence | None:
    value = getattr(failure, name)
    if value is None:
        return None
    if name == "message" and matched_text is not None and (matched := locate(matched_text, failure.excerpt)):
        return _at(name, matched_text, matched, failure.excerpt)
    span = failure.spans.get(name) or locate(str(value), failure.excerpt)
    if span is not None:
        return _at(name, str(value), span, failure.excerpt)
    return None if name in _SOMETIMES_CONCLUDED else Evidence(fact=name, value=str(value))


def _at(name: str, value: str, span: Span, excerpt: str) -> Evidence:
    part = excerpt[span.start : span.end]
    same_words = "".join(part.split()) == "".join(value.split())
    return Evidence(fact=name, value=part if same_words else value, start=span.start, end=span.end)


@functools.cache
def _facts_for(cause: str) -> tuple[str, ...]:
    """Return the facts that a cause's blocks ask for, and those that everybody wants to see."""
    wanted = {name for match in by_id(cause).match for name in type(match).__struct_fields__ if getattr(match, name)}
    wanted |= {*_ALWAYS_SHOWN, "headline_text"}
    return tuple(name for name in FACTS if name in wanted and name not in _CONCLUDED)


def _nearest(situation: Situation, fill: Callable[[str], str]) -> Iterator[RunnerUp]:
    for hit in situation.nearest:
        card = by_id(hit.id)
        yield RunnerUp(
            cause=hit.id, title=fill(card.title), check=fill(card.how_to_check), words=hit.words[:_WORDS_SHOWN]
        )


def _alternatives(
    card: Card, failure: Failure | None, others: tuple[CardMatch, ...], fill: Callable[[str], str]
) -> tuple[RunnerUp, ...]:
    """Return other causes that fit: first those that matched too, then the look-alikes that the card names."""
    status = failure.status if failure else None
    fitting = (other for other in card.alternative if status is None or not other.status or status in other.status)
    checks = {other.cause: other.check for other in fitting}
    matched = [hit.card.id for hit in others if hit.card.id != card.id]
    causes = [*matched, *(cause for cause in checks if cause not in matched)]
    return tuple(
        RunnerUp(
            cause=cause, title=fill(by_id(cause).title), check=fill(checks.get(cause) or by_id(cause).how_to_check)
        )
        for cause in causes[:_ALTERNATIVES]
    )
