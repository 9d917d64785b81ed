"""A case in words: its parts for a page, and the text for a ticket. Only facts go in and nothing here holds a key.

A finding is kept as facts (`core.storage.kept_facts`) and drawn again from its card. Ticket text starts with a
paragraph for the customer and goes on with facts for the engineer; it carries the view link alone.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Final

from core.causes.card import Certainty, ChosenWhen, KeyVerdict
from core.causes.loader import card_chosen_when
from core.diagnosis import Finding, recall
from core.models import catalogue
from core.models.catalogue import ModelState
from core.paste.failure import AnsweredBy, Failure, Provider, Surface
from core.storage.access_results import AccessResult, CallPath
from core.storage.cases.case import Case, ChecklistItem, ChecklistStep
from core.storage.clean_text import Cleaner
from core.storage.kept_facts import KeptFacts, facts_of, from_text
from core.storage.kept_facts import to_text as facts_to_text
from core.text import vocabulary
from core.text.markdown import code, one_line, prose
from core.text.vocabulary.case import CHECKLIST_STEP, LINK, STATUS
from core.text.vocabulary.probe import ACCESS_OUTCOME, path_words

EXCERPT_CHARS: Final = 10_000
_BEFORE_EVIDENCE: Final = 3_000
_SALT: Final = b""  # a fact in which a secret is found is left out whole, so no mask of it is ever shown

_ACTION: Final = {
    **{f"{step.value} ticked": f"ticked: {words.lower()}" for step, words in CHECKLIST_STEP.items()},
    **{f"{step.value} taken back": f"taken back: {words.lower()}" for step, words in CHECKLIST_STEP.items()},
    **{
        f"{right.value} link {what}": f"{words} {what}"
        for right, words in LINK.items()
        for what in ("renewed", "withdrawn")
    },
    **{f"status {status.value}": f"status: {words[:1].lower()}{words[1:]}" for status, words in STATUS.items()},
}

_CLOSED_SETS: Final = {"answered_by": AnsweredBy, "surface": Surface, "provider": Provider}
_NO_CALL: Final = ("cause", "certainty", "key_verdict", "times", "as_of")
_NOTHING: Final = "Nothing is diagnosed in this case yet."


def kept_facts(finding: Finding, as_of: dt.date) -> KeptFacts:
    """Return the facts of a finding that a case keeps, to the letter: what does not look like one is already gone."""
    taken = facts_of(
        finding.failure,
        cause=finding.cause,
        certainty=finding.certainty.value,
        key_verdict=finding.key_verdict.value,
        times=finding.times,
        as_of=as_of,
    )
    return from_text(facts_to_text(taken, Cleaner(_SALT)))


def excerpt_of(finding: Finding) -> str:
    """Return the part of the redacted paste that may be kept when the person agrees: around the evidence, not long."""
    text = finding.excerpt.strip()
    if len(text) <= EXCERPT_CHARS:
        return text
    first = min((each.start for each in finding.evidence if each.start is not None), default=0)
    start = max(0, first - _BEFORE_EVIDENCE)
    return text[start : start + EXCERPT_CHARS].strip()


def finding_of(facts: KeptFacts) -> Finding:
    """Return a finding made from its kept facts; one whose cause this release does not know becomes `unknown`."""
    values = {name: getattr(facts, name) for name in KeptFacts.__struct_fields__ if name not in _NO_CALL}
    for name, members in _CLOSED_SETS.items():
        values[name] = next((each for each in members if each.value == values[name]), None)
    failure = Failure(**values) if any(values.values()) else None
    certainty = next((each for each in Certainty if each.value == facts.certainty), Certainty.POSSIBLE)
    verdict = next((each for each in KeyVerdict if each.value == facts.key_verdict), KeyVerdict.UNKNOWN)
    try:
        return recall(facts.cause, failure, certainty=certainty, verdict=verdict)
    except KeyError:
        unknown = card_chosen_when(ChosenWhen.NOTHING_SAID).id
        return recall(unknown, failure, certainty=Certainty.POSSIBLE, verdict=KeyVerdict.UNKNOWN)


def fact_rows(facts: KeptFacts) -> list[tuple[str, str]]:
    """Name and value of each kept fact in words, the cause's id first."""
    rows = [("Cause", facts.cause)]
    for name in KeptFacts.__struct_fields__:
        value = getattr(facts, name)
        if name not in _NO_CALL and value is not None:
            rows.append((vocabulary.fact(name), vocabulary.value(name, str(value))))
    if facts.times > 1:
        rows.append(("Times", str(facts.times)))
    if facts.as_of is not None:
        rows.append(("Judged on", facts.as_of.isoformat()))
    return rows


def result_row(result: AccessResult) -> tuple[str, ...]:
    """Return a result as cells under `RESULT_HEADERS`."""
    way = path_words(result.path, result.host)
    words = ACCESS_OUTCOME[result.outcome] + (f" (HTTP {result.status})" if result.status else "")
    return (
        result.model,
        f"{words}, {result.cause}" if result.cause else words,
        f"{result.key_label} #{result.shown_fingerprint}, {result.environment}",
        f"{way}, {result.host}" if result.path is CallPath.DIRECT else way,
        f"{result.tested_at:%Y-%m-%d %H:%M}",
    )


RESULT_HEADERS: Final = ("Model", "Result", "Key", "Way", "Tested (UTC)")


def request_ids(case: Case) -> list[tuple[str, str]]:
    """Return what was called when, and the request id by which Anthropic finds the call."""
    return [
        (f"{each.model}, {each.tested_at:%Y-%m-%d %H:%M}", each.request_id)
        for each in case.results
        if each.request_id is not None
    ]


def action(logged: str) -> str:
    """Return what the access log counts, in the words that the page has for it."""
    return _ACTION.get(logged, logged)


def models(case: Case) -> tuple[str, ...]:
    """Return every model that the case speaks of, each once."""
    named = [
        *(each.facts.model for each in case.diagnoses),
        *(each.model for each in case.results),
        *(each.model for each in case.nodes),
    ]
    return tuple(dict.fromkeys(model for model in named if model and model != "unknown"))


def model_dates(case: Case, today: dt.date) -> list[str]:
    """Return a sentence for each model of the case that has ended or has an end in sight."""
    known = catalogue.load()
    ended = (ModelState.DEPRECATED, ModelState.RETIRED)
    return [
        f"{model}: {known.describe_state(model, today)}."
        for model in models(case)
        if known.state(model, today) in ended
    ]


def steps_left(case: Case) -> int:
    """Return how many steps of the checklist are not done."""
    return sum(1 for item in case.checklist for step in ChecklistStep if item.tick(step) is None)


def progress(case: Case) -> str:
    """Return how far the change of the key has come, and what that means for the old key."""
    if case.ready_to_retire_old_key:
        return "Every step is done, so nothing on this list needs the old key any more. It can be disabled now."
    left = steps_left(case)
    return f"{vocabulary.count(left, 'step')} left. Keep the old key until every step is done."


def to_text(case: Case, *, address: str | None, now: dt.datetime) -> str:
    """Return the case as plain text for a ticket; `address` is the whole view link, None where it is not known."""
    lines = [*_for_the_customer(case, address), "", "Facts for the engineer"]
    for heading, rows in _for_the_engineer(case, now):
        lines += ["", heading, *(f"- {name}: {value}" if name else f"- {value}" for name, value in rows)]
    return "\n".join(lines) + "\n"


def to_markdown(case: Case, *, address: str | None, now: dt.datetime) -> str:
    """Return the same as Markdown, with every text of a stranger quoted."""
    lines = [prose(line) if line != address else f"<{line}>" for line in _for_the_customer(case, address)]
    lines += ["", "**Facts for the engineer**"]
    for heading, rows in _for_the_engineer(case, now):
        lines += ["", f"**{prose(heading)}**", ""]
        lines += [f"- {prose(name)}: {code(value)}" if name else f"- {prose(value)}" for name, value in rows]
    return "\n".join(lines) + "\n"


def _for_the_customer(case: Case, address: str | None) -> Iterator[str]:
    if case.diagnoses:
        finding = finding_of(case.diagnoses[0].facts)
        yield finding.title
        yield ""
        yield f"{finding.what_happened} {vocabulary.KEY_PROOF[finding.key_verdict]}"
        yield ""
        yield from (f"{number}. {step}" for number, step in enumerate(finding.steps, start=1))
        yield ""
        yield f"How to check: {finding.how_to_check}"
    else:
        yield _NOTHING
    if address:
        yield ""
        yield "All that is known stands behind this link, which can only be read:"
        yield address


Rows = list[tuple[str, str]]


def _for_the_engineer(case: Case, now: dt.datetime) -> Iterator[tuple[str, Rows]]:
    yield (
        "Case",
        [
            ("About", case.title or "not named"),
            ("Status", STATUS[case.status]),
            ("Kept until", f"{case.expires_at:%Y-%m-%d %H:%M} UTC"),
            ("As of", f"{now:%Y-%m-%d %H:%M} UTC"),
        ],
    )
    for number, kept in enumerate(case.diagnoses, start=1):
        yield f"Diagnosis {number}", _diagnosis_rows(kept.facts)
    if case.results:
        yield "Access results", [(each.model, _result_line(each)) for each in case.results]
    dates = model_dates(case, now.date())
    if dates:
        yield "Model dates", [("", sentence) for sentence in dates]
    if case.checklist:
        rows = [(f"{each.environment}, {each.credential}", _ticks(each)) for each in case.checklist]
        yield "Change of the key", [*rows, ("", progress(case))]
    if case.notes:
        said = [
            (f"{each.author or 'Somebody'}, {each.written_at:%Y-%m-%d %H:%M} UTC", each.words) for each in case.notes
        ]
        yield "Notes", [(one_line(who), one_line(text)) for who, text in said]


def _diagnosis_rows(facts: KeptFacts) -> Rows:
    finding = finding_of(facts)
    rows = [
        *fact_rows(facts),
        ("Certainty", vocabulary.CERTAINTY[finding.certainty]),
        ("Key", vocabulary.KEY_VERDICT[finding.key_verdict]),
        ("Who fixes it", vocabulary.WHO_FIXES[finding.card.who_fixes]),
    ]
    return [*rows, *(("Not tested", each) for each in finding.not_tested)]


def _result_line(result: AccessResult) -> str:
    _, *cells = result_row(result)
    return ", ".join([*cells, *([result.request_id] if result.request_id else [])])


def _ticks(item: ChecklistItem) -> str:
    return "; ".join(f"{CHECKLIST_STEP[step].lower()}: {tick_words(item, step) or 'not yet'}" for step in ChecklistStep)


def tick_words(item: ChecklistItem, step: ChecklistStep) -> str:
    """Return who did a step and when, or nothing while it is not done."""
    tick = item.tick(step)
    if tick is None:
        return ""
    return f"{tick.done_by or 'somebody'}, {tick.done_at:%Y-%m-%d %H:%M} UTC"
