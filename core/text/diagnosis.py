"""A diagnosis in the forms that leave the page: JSON, plain text for a terminal, text for a ticket.

The JSON is the stable terminal contract that support scripts read (README, "In a terminal"). Ticket text starts with
a paragraph for the customer and goes on with facts for the engineer. Texts from the paste are quoted so that no
ticket system takes them for markup.
"""

from collections.abc import Iterable
from typing import Final

import msgspec

from core.causes import templates
from core.causes.card import Certainty, ChosenWhen
from core.diagnosis import Diagnosis, Finding, RunnerUp
from core.n8n import versions
from core.paste.failure import Failure
from core.text import vocabulary
from core.text.markdown import code, one_line, prose

_ENGINEER_FACTS: Final = (
    "status",
    "error_type",
    "error_code",
    "code",
    "request_id",
    "message",
    "model",
    "node",
    "node_type",
    "node_version",
    "root_node",
    "n8n_version",
    "host",
    "path",
    "organization_id",
    "workspace_id",
    "retry_after",
    "started_at",
)
NEAREST: Final = "It looks most like"
_GENERAL_PROMPT: Final = "My n8n workflow gets no good answer from Claude. Help me find out why, one step at a time."


class EvidenceRow(msgspec.Struct, frozen=True):
    """One fact of the contract; offsets in characters, null when the fact has no one place."""

    fact: str
    value: str
    start: int | None
    end: int | None


class AlternativeRow(msgspec.Struct, frozen=True, omit_defaults=True):
    """A runner-up of the contract, with the check that decides; one with `words` is only similar, so possible."""

    cause: str
    check: str
    words: tuple[str, ...] = ()
    certainty: str | None = None


class FindingRow(msgspec.Struct, frozen=True, kw_only=True):
    """One finding of the contract."""

    cause: str
    certainty: str
    key_verdict: str
    who_fixes: str
    title: str
    evidence: tuple[EvidenceRow, ...]
    node: str | None
    model: str | None
    status: int | None
    request_id: str | None
    alternatives: tuple[AlternativeRow, ...]
    not_tested: tuple[str, ...]
    steps: tuple[str, ...]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One line of ``reconnect diagnose --json`` and the answer of ``POST /api/diagnose``."""

    source: str
    shape: str
    findings: tuple[FindingRow, ...]
    hidden_secrets: int
    version_note: str | None = None


def report(diagnosis: Diagnosis, *, source: str) -> Report:
    """Return the diagnosis in the form of the terminal contract; `source` is a file's name, ``-`` or ``paste``."""
    return Report(
        source=source,
        shape=diagnosis.reading.shape.value,
        findings=tuple(_row(finding) for finding in diagnosis.findings),
        hidden_secrets=sum(hidden.count for hidden in diagnosis.hidden),
        version_note=version_note(diagnosis),
    )


def to_json(diagnosis: Diagnosis, *, source: str) -> bytes:
    """Return the terminal contract as one line of UTF-8 JSON, without the line's end."""
    return msgspec.json.encode(report(diagnosis, source=source))


def _row(finding: Finding) -> FindingRow:
    failure = finding.failure or Failure()
    return FindingRow(
        cause=finding.cause,
        certainty=finding.certainty.value,
        key_verdict=finding.key_verdict.value,
        who_fixes=finding.card.who_fixes.value,
        title=finding.title,
        evidence=tuple(EvidenceRow(each.fact, each.value, each.start, each.end) for each in finding.evidence),
        node=failure.node,
        model=failure.model,
        status=failure.status,
        request_id=failure.request_id,
        alternatives=tuple(_alternative(each) for each in finding.alternatives),
        not_tested=finding.not_tested,
        steps=finding.steps,
    )


def _alternative(other: RunnerUp) -> AlternativeRow:
    certainty = Certainty.POSSIBLE.value if other.words else None
    return AlternativeRow(other.cause, other.check, other.words, certainty)


def similar_words(other: RunnerUp) -> str:
    """Return why a cause is among the nearest, in words: which words of the paste it shares."""
    return f"Same words: {', '.join(other.words)}."


def version_note(diagnosis: Diagnosis) -> str | None:
    """Return a sentence where the paste's n8n is newer than the newest that Reconnect was checked with."""
    version = diagnosis.unchecked_version
    if version is None:
        return None
    return (
        f"Your n8n is {version}. Reconnect was checked with n8n up to {versions.NEWEST_CHECKED}, "
        "so a label or a step can differ."
    )


def understood(diagnosis: Diagnosis) -> str:
    """Return what was read, in one sentence: the shape, the size of the run and the calls that failed or worked."""
    reading = diagnosis.reading
    parts = [vocabulary.SHAPE[reading.shape]]
    if reading.nodes:
        parts.append(vocabulary.count(reading.nodes, "node"))
    failed = len(reading.failures)
    first = diagnosis.findings[0]
    nothing_said = first.card.chosen_when is ChosenWhen.NOTHING_SAID
    if nothing_said and (first.failure is None or first.failure.answered_by is None):
        # what was taken for a call says nothing of a failure
        parts.append("no error found in it")
    elif failed:
        parts.append(vocabulary.count(failed, "failed call") + _named([each.node for each in reading.failures]))
    if reading.successes:
        parts.append(vocabulary.count(len(reading.successes), "Claude call") + " that worked")
    return ", ".join(parts)


def _named(nodes: Iterable[str | None]) -> str:
    names = list(dict.fromkeys(node for node in nodes if node))
    if not names:
        return ""
    shown = ", ".join(one_line(name, 60) for name in names[:3])
    return f" ({shown}{', …' if len(names) > 3 else ''})"


def to_text(diagnosis: Diagnosis, *, source: str) -> str:
    """Return the diagnosis for a person at a terminal; no markup, no colour."""
    lines = [f"{source}: {understood(diagnosis)}"]
    hidden = sum(each.count for each in diagnosis.hidden)
    if hidden:
        lines.append(f"Hidden before reading: {vocabulary.count(hidden, 'secret')}.")
    if note := version_note(diagnosis):
        lines.append(note)
    for finding in diagnosis.findings:
        lines += ["", *_text_lines(finding)]
    return "\n".join(lines) + "\n"


def _text_lines(finding: Finding) -> list[str]:
    lines = [
        finding.title,
        finding.what_happened,
        f"  Key: {vocabulary.KEY_VERDICT[finding.key_verdict]}. Certainty: {vocabulary.CERTAINTY[finding.certainty]}. "
        f"Who fixes it: {vocabulary.WHO_FIXES[finding.card.who_fixes]}.",
        *(f"  {line}" for line in _nearest(finding)),
    ]
    lines += [f"  {number}. {step}" for number, step in enumerate(finding.steps, start=1)]
    lines.append(f"  How to check: {finding.how_to_check}")
    lines += [f"  Saw: {vocabulary.fact(each.fact)}: {one_line(each.value)}" for each in finding.evidence]
    lines += [f"  Not tested: {each}" for each in finding.not_tested]
    lines += [f"  {sentence}" for sentence in _others(finding)]
    if finding.still_unknown:
        lines.append(f"  Still unknown: {finding.still_unknown}")
    if finding.copy_next:
        lines.append(f"  Copy next: {finding.copy_next}")
    return lines


def ticket_markdown(finding: Finding, diagnosis: Diagnosis) -> str:
    """Return the finding as Markdown for a ticket: words for the customer first, then the engineer's facts."""
    lines = [
        f"**{prose(finding.title)}**",
        "",
        prose(f"{finding.what_happened} {vocabulary.KEY_PROOF[finding.key_verdict]}"),
        "",
        *_block([f"{'- ' if number else ''}{prose(line)}" for number, line in enumerate(_nearest(finding))]),
        *(f"{number}. {prose(step)}" for number, step in enumerate(finding.steps, start=1)),
        "",
        prose(f"How to check: {finding.how_to_check}"),
        "",
        "**Facts for the engineer**",
        "",
        *(f"- {name}: {code(value)}" for name, value in _engineer_facts(finding, diagnosis)),
        *(f"- {prose(sentence)}" for sentence in _open_points(finding)),
    ]
    return "\n".join(lines) + "\n"


def ticket_text(finding: Finding, diagnosis: Diagnosis) -> str:
    """Return the same ticket without markup, for a system that shows text as it is."""
    lines = [
        finding.title,
        "",
        f"{finding.what_happened} {vocabulary.KEY_PROOF[finding.key_verdict]}",
        "",
        *_block([f"{'- ' if number else ''}{line}" for number, line in enumerate(_nearest(finding))]),
        *(f"{number}. {step}" for number, step in enumerate(finding.steps, start=1)),
        "",
        f"How to check: {finding.how_to_check}",
        "",
        "Facts for the engineer",
        *(f"- {name}: {value}" for name, value in _engineer_facts(finding, diagnosis)),
        *(f"- {sentence}" for sentence in _open_points(finding)),
    ]
    return "\n".join(lines) + "\n"


def assistant_prompts(finding: Finding) -> tuple[str, ...]:
    """Return prompts to paste into an AI assistant.

    They are the card's questions with the facts of the paste, secrets hidden.
    """
    facts = [f"- {name}: {value}" for name, value in _call_facts(finding)]
    # Without a failure nobody has found anything yet.
    looked_up = "It looks like this error"
    intro = f"What Reconnect found ({vocabulary.CERTAINTY[finding.certainty]})" if finding.failure else looked_up
    known = [
        f"{intro}: {finding.title}.",
        f"Key: {vocabulary.KEY_VERDICT[finding.key_verdict]}.",
        *(["Facts from the error:", *facts] if facts else []),
        "Do not ask me for my API key. Do not tell me to replace it unless Anthropic's own answer says it is wrong.",
    ]
    prompts = finding.card.assistant_prompts or [_GENERAL_PROMPT]
    return tuple("\n".join([templates.fill(text, finding.failure, quoting=True), "", *known]) for text in prompts)


def support_message(finding: Finding) -> str:
    """Return a message to the support team, with the request id where the paste has one; it holds no key."""
    failure = finding.failure or Failure()
    request = failure.request_id or "not in what I have"
    facts = [(name, value) for name, value in _call_facts(finding) if value != failure.request_id]
    lines = [
        "Hello,",
        "",
        "my n8n workflow gets no good answer from Claude. There is no key in this message.",
        "",
        f"Request id: {request}",
        *(f"{name}: {value}" for name, value in facts),
        "",
        f"Reconnect says: {finding.title} (cause {finding.cause}, {vocabulary.CERTAINTY[finding.certainty]}).",
        f"Key: {vocabulary.KEY_VERDICT[finding.key_verdict]}.",
        *(f"Not tested: {each}." for each in finding.not_tested),
        "",
        "What I have tried: ",
        "",
        "Can you tell me what to do next?",
    ]
    return "\n".join(lines) + "\n"


def _call_facts(finding: Finding) -> list[tuple[str, str]]:
    """Return the facts of the failing call that an engineer asks for, each on one line."""
    values = [(name, getattr(finding.failure or Failure(), name)) for name in _ENGINEER_FACTS]
    return [
        (vocabulary.fact(name), one_line(vocabulary.value(name, str(value))))
        for name, value in values
        if value is not None
    ]


def _engineer_facts(finding: Finding, diagnosis: Diagnosis) -> list[tuple[str, str]]:
    facts = [
        ("Cause", f"{finding.cause} ({vocabulary.CERTAINTY[finding.certainty]})"),
        ("Key", vocabulary.KEY_VERDICT[finding.key_verdict]),
        ("Who fixes it", vocabulary.WHO_FIXES[finding.card.who_fixes]),
        ("Read from", understood(diagnosis)),
    ]
    failure = finding.failure or Failure(n8n_version=diagnosis.reading.n8n_version)
    facts += _call_facts(msgspec.structs.replace(finding, failure=failure))
    facts.append(("Facts as of", diagnosis.as_of.isoformat()))
    return facts


def _others(finding: Finding) -> list[str]:
    return [f"Could also be: {each.title}. To decide: {each.check}" for each in finding.other_causes]


def _block(lines: list[str]) -> list[str]:
    return [*lines, ""] if lines else []


def _nearest(finding: Finding) -> list[str]:
    """Return the nearest known causes, each as an item of a list, or nothing where a card fits."""
    if not finding.nearest:
        return []
    possible = vocabulary.CERTAINTY[Certainty.POSSIBLE]
    return [
        f"{NEAREST}:",
        *(f"{each.title} ({possible}). {similar_words(each)}" for each in finding.nearest),
    ]


def _open_points(finding: Finding) -> list[str]:
    points = []
    if finding.not_tested:
        points.append(f"Not tested: {'; '.join(finding.not_tested)}")
    points += _others(finding)
    if finding.still_unknown:
        points.append(f"Still unknown: {finding.still_unknown}")
    return points
