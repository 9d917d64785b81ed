"""From a paste to ranked findings.

``diagnose(data)`` redacts, reads, matches and ranks; it needs no network, no database and no model. Everything that
a page, the terminal or the API shows comes from the `Diagnosis` it returns.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Final

import msgspec

from core import paste
from core.causes import sentences, similar
from core.causes.card import Certainty, ChosenWhen, KeyVerdict
from core.causes.loader import card_chosen_when
from core.causes.matcher import CardMatch, Circumstances, by_id, matcher
from core.diagnosis import key_verdict, own_words
from core.diagnosis.finding import Diagnosis, Finding, Situation, finding_for, situation_of
from core.models import catalogue
from core.paste.facts.prose import is_told
from core.paste.failure import PLACE_ONLY, AnsweredBy, Failure, Reading, Shape, Surface, is_other_host
from core.paste.formats.json_values import encodable
from core.redaction import Hidden, Redacted, Redactor

_WITHOUT_SENTENCE: Final = (None, AnsweredBy.EMPTY, AnsweredBy.HTML, AnsweredBy.PLAIN_TEXT)
"""Who answered where the message is nobody's own sentence about the call."""
_LOST: Final = (None, AnsweredBy.EMPTY, AnsweredBy.PLAIN_TEXT)
_SETTINGS: Final = ("sent_key", "url", "host", "path", "model", "model_state")
"""What a workflow alone can show; without a run nothing else in it is a failure."""
_PROSE: Final = (Shape.TEXT, Shape.CREDENTIAL_TEST, Shape.HTTP_BODY)
"""Shapes that a person writes by hand, or puts together."""
_COMPLETE: Final = (
    Shape.EXECUTION, Shape.EXECUTION_LIST, Shape.EXECUTION_REST, Shape.EXECUTION_ROW, Shape.EXECUTION_FLATTED,
    Shape.EXECUTION_CLI, Shape.EXECUTION_WITHOUT_DATA, Shape.EXECUTION_REDACTED, Shape.WORKFLOW,
)  # fmt: skip
"""Shapes in which nothing failed where no failure was read; their other words are data."""
_WITHOUT_RUN: Final = (Shape.TEXT, Shape.LOG, Shape.TOAST, Shape.SDK_TRACEBACK, Shape.CREDENTIAL_TEST)
"""Shapes without a run, where no failure is known to have come first: one that says why is worth more, and Anthropic's
own answer more than another service's broken line beside it."""


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
    card = by_id(cause)
    situation = Situation(
        failure=Failure(surface=surface) if surface else None,
        circumstances=Circumstances(n8n_version=n8n_version),
        certainty=Certainty.CERTAIN,
        key_verdict=card.key_verdict,
    )
    return msgspec.structs.replace(finding_for(card, situation), failure=None, evidence=())


def recall(cause: str, failure: Failure | None, *, certainty: Certainty, verdict: KeyVerdict) -> Finding:
    """Return a finding again from the facts that were kept of it, without evidence or runner-up causes that matched.

    `verdict` is what was said about the key then; it holds only as far as the kept facts still allow it. Raises
    KeyError for an id that is not in the catalogue.
    """
    card = by_id(cause)
    circumstances = Circumstances(n8n_version=failure.n8n_version if failure else None)
    held = key_verdict.recalled(card, certainty, failure, verdict)
    situation = Situation(failure=failure, circumstances=circumstances, certainty=certainty, key_verdict=held)
    if failure is not None:
        situation = situation_of(failure, circumstances, certainty, held)
    return msgspec.structs.replace(finding_for(card, situation), evidence=())


def _findings(reading: Reading, as_of: dt.date, n8n_version: str | None) -> tuple[Finding, ...]:
    """Return the findings for what was read, alike ones merged; never empty."""

    def judged(failures: Iterable[Failure]) -> list[Finding]:
        version = reading.n8n_version or n8n_version
        return [judge(failure, today=as_of, shape=reading.shape, n8n_version=version) for failure in failures]

    findings = judged(reading.failures)
    if reading.shape in _PROSE and _describes_several_calls(findings, reading.excerpt):
        findings = judged(msgspec.structs.replace(failure, told=True) for failure in reading.failures)
    findings = [finding for finding in findings if not _is_disproved(finding)]
    if reading.shape is Shape.WORKFLOW:
        findings = [finding for finding in findings if not finding.card.names_no_cause]
    if reading.shape in _WITHOUT_RUN:
        findings.sort(key=lambda finding: (finding.card.names_no_cause, not _is_anthropics(finding.failure)))
    first, *others = _merged(findings or [_without_failure(reading)])
    if first.card.chosen_when is ChosenWhen.NOTHING_SAID and (first.failure or reading.shape not in _COMPLETE):
        first = _with_nearest(first, reading, reading.n8n_version or n8n_version)
    return (first, *others)


def _with_nearest(finding: Finding, reading: Reading, n8n_version: str | None) -> Finding:
    """Return a finding that names no cause, with the known causes that its words look most like.

    The words are the failure's, or else the paste's. The causes are a guess: the finding stays what it is, and nothing
    is said about the key.
    """
    failure = finding.failure
    facts = (failure.message, *failure.also, failure.error_type, failure.error_code, failure.code) if failure else ()
    text = "\n".join(fact for fact in facts if fact) or reading.excerpt
    hits = similar.nearest(text)
    if not hits:
        return finding
    situation = Situation(
        failure=failure,
        circumstances=Circumstances(shape=reading.shape, n8n_version=n8n_version),
        certainty=finding.certainty,
        key_verdict=finding.key_verdict,
        nearest=hits,
    )
    return msgspec.structs.replace(finding_for(finding.card, situation), times=finding.times)


def _is_disproved(finding: Finding) -> bool:
    """Return whether the run itself disproves the cause: the node is said to call nobody, and was answered."""
    return finding.card.stops_every_call and finding.failure is not None and finding.failure.answered_too


def _describes_several_calls(findings: list[Finding], text: str) -> bool:
    """Return whether a person describes calls with unlike ends, without saying which one the key was used for."""
    blamed = {finding.cause for finding in findings if finding.key_verdict in key_verdict.BLAMES}
    others = [finding for finding in findings if finding.cause not in blamed and not finding.card.names_no_cause]
    if not blamed or not others:
        return False
    answered = any(finding.failure is not None and finding.failure.answered_by is not None for finding in others)
    return answered or any(map(is_told, text.splitlines()))


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
    hits = _hits(failure, circumstances)
    card = hits[0].card if hits else card_chosen_when(_situation(failure))
    certainty = hits[0].certainty if hits else Certainty.CERTAIN
    if failure.told and hits and certainty is Certainty.CERTAIN:
        # A person's words may be about another call.
        certainty = Certainty.LIKELY
    before_sending = bool(hits) and (hits[0].match.before_sending or bool(hits[0].match.says))
    verdict = key_verdict.proven(card, certainty, failure, before_sending=before_sending)
    woven_in = verdict in key_verdict.CLAIMS and shape in _WITHOUT_RUN and bool(hits) and _is_woven_in(hits[0], failure)
    if verdict in key_verdict.CLAIMS and (failure.doubted or woven_in):
        verdict, certainty = KeyVerdict.UNKNOWN, max(certainty, Certainty.LIKELY, key=list(Certainty).index)
    return finding_for(card, situation_of(failure, circumstances, certainty, verdict), tuple(hits))


def _hits(failure: Failure, circumstances: Circumstances) -> list[CardMatch]:
    """Return the cards that recognise a failure, best first; the table of sentences where none knows its very words."""
    hits = matcher().hits(failure, circumstances)
    if circumstances.shape is Shape.WORKFLOW:
        return [hit for hit in hits if any(getattr(hit.match, name) for name in _SETTINGS)]
    if all(hit.match.tells_only_where or hit.match.says for hit in hits):
        sentence = sentences.table().hit(failure)
        hits = [sentence, *hits] if sentence else hits
    return hits


def _is_woven_in(hit: CardMatch, failure: Failure) -> bool:
    """Return whether the words that matched are a sentence without its answer, inside a person's own line."""
    if hit.text is None or failure.answered_by not in _LOST:
        return False
    return not own_words.is_its_own(hit.text, failure.excerpt, hit.card.id)


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
    return paste.read(redacted.text, redactor.redact), redacted.text, redacted.hidden


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


def _situation(failure: Failure) -> ChosenWhen:
    """Return whether a status, a headline or a code is all that survived, or not even that says anything.

    A service's own sentence that no card knows is not lost: a better copy of it would hold no more.
    """
    if failure.message is not None and failure.answered_by not in _WITHOUT_SENTENCE:
        return ChosenWhen.NOTHING_SAID
    place_only = failure.headline in PLACE_ONLY and failure.message is not None
    facts = (failure.status, failure.code, failure.error_type, None if place_only else failure.headline)
    return ChosenWhen.DETAIL_LOST if any(fact is not None for fact in facts) else ChosenWhen.NOTHING_SAID


def _without_failure(reading: Reading) -> Finding:
    """Return the finding for a paste in which nothing failed: answered calls are good news, silence is not."""
    card = card_chosen_when(ChosenWhen.NOTHING_FAILED if reading.successes else ChosenWhen.NOTHING_SAID)
    situation = Situation(
        failure=None,
        circumstances=Circumstances(shape=reading.shape),
        certainty=Certainty.CERTAIN,
        key_verdict=key_verdict.proven_by_answers(card, reading.successes),
        elsewhere=any(is_other_host(success.host) for success in reading.successes),
    )
    return finding_for(card, situation)


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
