"""From a paste to ranked findings.

``diagnose(data)`` redacts, reads, matches and ranks; it needs no network, no database and no model. Everything that
a page, the terminal or the API shows comes from the `Diagnosis` it returns.
"""

import datetime as dt
import functools
from collections.abc import Callable
from typing import Final

import msgspec

from core import paste
from core.causes import placeholders
from core.causes.card import Card, Certainty, Family, KeyVerdict, When
from core.causes.matcher import Circumstances, Hit, by_id, matcher
from core.claude import catalogue
from core.n8n import versions
from core.paste.failure import FACTS, PLACE_ONLY, AnsweredBy, Failure, Provider, Reading, Shape, Surface
from core.paste.spans import locate
from core.paste.values import encodable
from core.redaction import Hidden, Redacted, Redactor

_ALWAYS_SHOWN: Final = ("status", "error_type", "error_code", "code", "message", "request_id", "model", "node")
_ANTHROPICS_OR_LOST: Final = (None, AnsweredBy.EMPTY, AnsweredBy.ANTHROPIC, AnsweredBy.ANTHROPIC_EDGE)
_WITHOUT_SENTENCE: Final = (None, AnsweredBy.EMPTY, AnsweredBy.HTML, AnsweredBy.PLAIN_TEXT)
"""Who answered where the message is nobody's own sentence about the call."""
_ALTERNATIVES: Final = 4
_SETTINGS: Final = ("sent_key", "url", "host", "path", "model", "model_state")
"""What a workflow alone can show; without a run nothing else in it is a failure."""
_OWN_CHOICE: Final = frozenset(("detail_lost", "unknown"))
_TOLD: Final = (Shape.TEXT, Shape.LOG, Shape.TOAST, Shape.SDK_TRACEBACK, Shape.CREDENTIAL_TEST)
"""Shapes without a run, where no failure is known to have come first: one that says why is worth more, and Anthropic's
own answer more than another service's broken line beside it."""


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """One fact a finding rests on; `start` and `end` are offsets in the finding's excerpt, or None."""

    fact: str
    value: str
    start: int | None = None
    end: int | None = None


class RunnerUp(msgspec.Struct, frozen=True, kw_only=True):
    """Another cause that fits, and the check that tells them apart."""

    cause: str
    title: str
    check: str


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
    times: int = 1  # how many alike failures of the same node this one stands for
    excerpt: str = ""


class Diagnosis(msgspec.Struct, frozen=True, kw_only=True):
    """The ranked findings for one paste, best first; never empty."""

    findings: tuple[Finding, ...]
    reading: Reading
    hidden: tuple[Hidden, ...]
    text: str  # the redacted paste (an excerpt for big files)
    as_of: dt.date


def diagnose(
    data: bytes | str,
    *,
    salt: bytes | None = None,
    today: dt.date | None = None,
    n8n_version: str | None = None,
) -> Diagnosis:
    """Return the findings for one paste, best first.

    `data` is pasted text, or a file's bytes (also gzip, UTF-16). `salt` makes fingerprints comparable within a
    session; `n8n_version` is used where the paste does not say. Raises `core.paste.PasteError` for what cannot be
    read and `core.redaction.RedactionFailed` where a secret could otherwise survive.
    """
    as_of = today or dt.datetime.now(dt.UTC).date()
    reading, text, hidden = _read(data, Redactor(salt))
    findings = _findings(reading, as_of, n8n_version)
    return Diagnosis(findings=findings, reading=reading, hidden=hidden, text=text, as_of=as_of)


def again(diagnosis: Diagnosis, *, n8n_version: str | None) -> Diagnosis:
    """Return the diagnosis of the same reading, judged with another n8n version where the paste does not say."""
    findings = _findings(diagnosis.reading, diagnosis.as_of, n8n_version)
    return msgspec.structs.replace(diagnosis, findings=findings)


def explain(cause: str, *, surface: Surface | None = None, n8n_version: str | None = None) -> Finding:
    """Return a cause as a finding without a paste, with the words for a surface and an n8n version.

    It has no evidence, and its card's key verdict is what holds when this is the cause. Raises KeyError for an id that
    is not in the catalogue.
    """
    failure = Failure(surface=surface) if surface else None
    card = by_id(cause)
    finding = _finding(card, Certainty.CERTAIN, failure, Circumstances(n8n_version=n8n_version), ())
    return msgspec.structs.replace(finding, key_verdict=card.key_verdict, failure=None, evidence=())


def recall(cause: str, failure: Failure | None, *, certainty: Certainty) -> Finding:
    """Return a finding again from the facts that were kept of it, without evidence or runner-up causes that matched.

    What is proven about the key is judged anew, so that kept facts can never claim more than a paste could. Raises
    KeyError for an id that is not in the catalogue.
    """
    version = failure.n8n_version if failure else None
    finding = _finding(by_id(cause), certainty, failure, Circumstances(n8n_version=version), ())
    return msgspec.structs.replace(finding, evidence=())


def _findings(reading: Reading, as_of: dt.date, n8n_version: str | None) -> tuple[Finding, ...]:
    """Return the findings for what was read, alike ones merged; never empty."""
    findings = [
        judge(failure, today=as_of, shape=reading.shape, n8n_version=reading.n8n_version or n8n_version)
        for failure in reading.failures
    ]
    if reading.shape is Shape.WORKFLOW:
        findings = [finding for finding in findings if finding.cause not in _OWN_CHOICE]
    if reading.shape in _TOLD:
        findings.sort(key=lambda finding: (finding.cause in _OWN_CHOICE, not _is_anthropics(finding.failure)))
    return _merged(findings or [_without_failure(reading, as_of)])


def _is_anthropics(failure: Failure | None) -> bool:
    return failure is not None and failure.answered_by in (AnsweredBy.ANTHROPIC, AnsweredBy.ANTHROPIC_EDGE)


def judge(
    failure: Failure,
    *,
    today: dt.date | None = None,
    shape: Shape | None = None,
    n8n_version: str | None = None,
) -> Finding:
    """Return the finding for one failure: the best card, or the honest fallback where none recognises it."""
    as_of = today or dt.datetime.now(dt.UTC).date()
    circumstances = Circumstances(
        shape=shape,
        model_state=catalogue.load().state(failure.model, as_of) if failure.model else None,
        n8n_version=n8n_version,
    )
    hits = matcher().hits(failure, circumstances)
    if shape is Shape.WORKFLOW:
        hits = [hit for hit in hits if any(getattr(hit.match, name) for name in _SETTINGS)]
    if not hits:
        return _finding(by_id(_fallback(failure)), Certainty.CERTAIN, failure, circumstances, ())
    return _finding(hits[0].card, hits[0].certainty, failure, circumstances, tuple(hits[1:]), hits[0].text)


def _read(data: bytes | str, redactor: Redactor) -> tuple[Reading, str, tuple[Hidden, ...]]:
    """Redact, then read; a big file is read first and everything taken from it is redacted."""
    if isinstance(data, str) and len(data) <= paste.TEXT_LIMIT:
        return _read_text(data, redactor)
    raw = paste.to_utf8(data.encode("utf-8", "replace") if isinstance(data, str) else data)
    if len(raw) <= paste.TEXT_LIMIT:
        return _read_text(paste.to_text(raw), redactor)
    tally = _Tally(redactor)
    reading = paste.read_large(raw, tally.redact)
    return reading, reading.excerpt, tally.hidden()


def _read_text(text: str, redactor: Redactor) -> tuple[Reading, str, tuple[Hidden, ...]]:
    redacted = redactor.redact(encodable(text))
    return paste.read(redacted.text), redacted.text, redacted.hidden


class _Tally:
    """Redacts the strings of a big file one by one and adds up what was hidden."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._found: dict[tuple[str, str], Hidden] = {}

    def redact(self, text: str) -> Redacted:
        """Return the redacted text, and count what was hidden."""
        redacted = self._redactor.redact(text)
        for hidden in redacted.hidden:
            key = (hidden.kind, hidden.fingerprint)
            before = self._found.get(key)
            count = hidden.count + (before.count if before else 0)
            self._found[key] = msgspec.structs.replace(hidden, count=count)
        return redacted

    def hidden(self) -> tuple[Hidden, ...]:
        """Return one entry a secret."""
        return tuple(self._found.values())


def _fallback(failure: Failure) -> str:
    """Return `detail_lost` where a status, a headline or a code is all that survived, else `unknown`.

    A service's own sentence that no card knows is not lost: a better copy of it would hold no more.
    """
    if failure.message is not None and failure.answered_by not in _WITHOUT_SENTENCE:
        return "unknown"
    place_only = failure.headline in PLACE_ONLY and failure.message is not None
    facts = (failure.status, failure.code, failure.error_type, None if place_only else failure.headline)
    return "detail_lost" if any(fact is not None for fact in facts) else "unknown"


def _without_failure(reading: Reading, as_of: dt.date) -> Finding:
    """Return the finding for a paste in which nothing failed: answered calls are good news, silence is not."""
    card = by_id("no_failure" if reading.successes else "unknown")
    circumstances = Circumstances(shape=reading.shape)
    return _finding(card, Certainty.CERTAIN, None, circumstances, ())


def _finding(
    card: Card,
    certainty: Certainty,
    failure: Failure | None,
    circumstances: Circumstances,
    others: tuple[Hit, ...],
    matched_text: str | None = None,
) -> Finding:
    version = versions.parse(circumstances.n8n_version or "")
    words = _words_for(card, failure, circumstances, certainty)
    major = version.major if version else 2

    def fill(text: str) -> str:
        return placeholders.fill(text, failure, major)

    return Finding(
        cause=card.id,
        card=card,
        certainty=certainty,
        key_verdict=_verdict_of(card, certainty, failure),
        failure=failure,
        title=fill(words.title),
        what_happened=fill(words.what_happened),
        why=fill(words.why),
        steps=tuple(fill(step) for step in words.steps),
        how_to_check=fill(words.how_to_check),
        not_tested=tuple(fill(text) for text in card.not_tested),
        evidence=_evidence(card, failure, matched_text),
        alternatives=_alternatives(card, failure, others, fill),
        still_unknown=fill(words.still_unknown) if words.still_unknown else None,
        copy_next=fill(words.copy_next) if words.copy_next else None,
        excerpt=failure.excerpt if failure else "",
    )


def proven_verdict(verdict: KeyVerdict, certainty: Certainty, failure: Failure | None) -> KeyVerdict:
    """Return what is proven about the key; "rejected" needs Anthropic's own answer, "unusable" the text itself.

    A card's bad verdict on the key holds only where its finding is certain, a good one where it is at least likely. A
    refusal must also be Anthropic's: not a gateway's, not another vendor's or host's, not words that a Code node's
    author wrote.
    """
    if verdict is KeyVerdict.GOOD and (certainty is Certainty.POSSIBLE or _through_another(failure)):
        return KeyVerdict.UNKNOWN
    if verdict not in (KeyVerdict.REJECTED, KeyVerdict.UNUSABLE):
        return verdict
    if failure is None or certainty is not Certainty.CERTAIN:
        return KeyVerdict.UNKNOWN
    if failure.provider not in (None, Provider.ANTHROPIC):
        return KeyVerdict.UNKNOWN
    if verdict is KeyVerdict.REJECTED and failure.answered_by not in (None, AnsweredBy.ANTHROPIC):
        return KeyVerdict.UNKNOWN
    if verdict is KeyVerdict.REJECTED and _elsewhere(failure):
        return KeyVerdict.UNKNOWN
    own_words = failure.surface is Surface.CODE_NODE and failure.status is None and failure.answered_by is None
    return KeyVerdict.UNKNOWN if verdict is KeyVerdict.REJECTED and own_words else verdict


def _verdict_of(card: Card, certainty: Certainty, failure: Failure | None) -> KeyVerdict:
    """Return what is proven about the key; a step after the answer proves it only where Claude is known to be there."""
    after = card.family is Family.NOT_ANTHROPIC and card.key_verdict is KeyVerdict.GOOD
    if after and failure is not None and failure.provider is not Provider.ANTHROPIC:
        return KeyVerdict.UNKNOWN
    return proven_verdict(card.key_verdict, certainty, failure)


def _through_another(failure: Failure | None) -> bool:
    """Whether a gateway or a cloud answered or passed the call on: it has a key of its own, which got through."""
    if failure is None:
        return False
    cloud = (failure.request_id or "").startswith(("req_vrtx_", "req_bdrk_"))
    return cloud or _elsewhere(failure) or failure.answered_by not in _ANTHROPICS_OR_LOST


def _elsewhere(failure: Failure) -> bool:
    """Whether another host than Anthropic's was called; what it passes on may be about the key that it holds itself."""
    host = (failure.host or "").lower()
    return bool(host) and host != "anthropic.com" and not host.endswith(".anthropic.com")


_WORDS: Final = ("title", "what_happened", "why", "steps", "how_to_check", "still_unknown", "copy_next")


def _words_for(card: Card, failure: Failure | None, circumstances: Circumstances, certainty: Certainty) -> Card:
    """Return the card with each of its words taken from the first variant that fits this situation and gives it."""
    fitting = [variant for variant in card.variant if _applies(variant.when, failure, circumstances, certainty)]
    given = {}
    for name in _WORDS:
        chosen = next((getattr(variant, name) for variant in fitting if getattr(variant, name) is not None), None)
        if chosen is not None:
            given[name] = chosen
    return msgspec.structs.replace(card, **given) if given else card


def _applies(when: When, failure: Failure | None, circumstances: Circumstances, certainty: Certainty) -> bool:
    if failure is None or (when.certainty and certainty not in when.certainty):
        return False
    if when.surface and failure.surface not in when.surface:
        return False
    if when.status and failure.status not in when.status:
        return False
    if when.answered_by and failure.answered_by not in when.answered_by:
        return False
    if when.model_state and circumstances.model_state not in when.model_state:
        return False
    if when.n8n:
        version = versions.parse(circumstances.n8n_version or failure.n8n_version or "")
        return version is not None and versions.Range.parse(when.n8n).holds(version)
    return True


def _evidence(card: Card, failure: Failure | None, matched_text: str | None) -> tuple[Evidence, ...]:
    """Return the facts that the card's blocks ask for and those that everybody wants to see, with their places."""
    if failure is None:
        return ()
    shown = []
    for name in _facts_for(card.id):
        value = getattr(failure, name)
        if value is None:
            continue
        if name == "message" and matched_text is not None:
            shown.append(_place(name, matched_text, failure))
        else:
            shown.append(_place(name, str(value), failure, failure.spans.get(name)))
    return tuple(shown)


@functools.cache
def _facts_for(cause: str) -> tuple[str, ...]:
    """The facts that a cause's blocks ask for, and those that everybody wants to see."""
    asked = {name for match in by_id(cause).match for name in type(match).__struct_fields__ if getattr(match, name)}
    return tuple(name for name in FACTS if name in _ALWAYS_SHOWN or name in asked or name == "headline_text")


def _place(name: str, value: str, failure: Failure, span: paste.Span | None = None) -> Evidence:
    found = span or locate(value, failure.excerpt)
    return Evidence(fact=name, value=value, start=found.start if found else None, end=found.end if found else None)


def _alternatives(
    card: Card, failure: Failure | None, others: tuple[Hit, ...], fill: Callable[[str], str]
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


def _merged(findings: list[Finding]) -> tuple[Finding, ...]:
    """Make one of alike findings of the same node, such as many items that failed for the same reason."""
    merged: dict[tuple[str, str | None, str | None], Finding] = {}
    for finding in findings:
        failure = finding.failure
        key = (finding.cause, failure.node if failure else None, failure.model if failure else None)
        before = merged.get(key)
        times = (before.times if before else 0) + (failure.attempts if failure else 1)
        merged[key] = msgspec.structs.replace(before or finding, times=times)
    return tuple(merged.values())
