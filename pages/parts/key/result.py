"""What a test of a key showed: the verdict, each model, what to do, and what was not tested."""

from collections.abc import Iterable, Sequence
from typing import Final

import streamlit as st

from core.keys.characters import InN8n
from core.probe.live_run import ProbeFinding
from core.probe.result import ModelResult, ProbeResult, ProbeStep, StepEvent, StepOutcome
from core.storage.access_results import AccessOutcome
from core.text import key_report, key_result, vocabulary
from core.text.key_result import Advice
from core.text.vocabulary.probe import ACCESS_OUTCOME, IN_N8N, OUTCOME_SIGN, PROBE_STEP, STEP_OUTCOME
from pages.parts import escaped, finding, links, shell
from pages.parts.node import page_links

_STATE: Final = {StepOutcome.OK: "complete", StepOutcome.SKIPPED: "complete", StepOutcome.FAILED: "error"}
_OF_MODELS: Final = (ProbeStep.MODEL, ProbeStep.MESSAGE)
"""Steps that each model goes through by itself; they are told for all of them together only at the end."""
_WORST_FIRST: Final = (InN8n.NOT_SENT, InN8n.BYTE_STRING, InN8n.REFUSED, InN8n.WORKS)


def timeline(events: Iterable[StepEvent], chosen: int) -> None:
    """Draw the steps so far, with the one that runs, and how many models are done.

    `chosen` is the number of models that were asked for, 0 where only the key tells which they are.
    """
    past = tuple(events)
    newest = {event.step: event for event in past if event.model is None}
    begun = {step: {event.model for event in past if event.step is step and event.model} for step in _OF_MODELS}
    ended = {step: {event.model for event in past if event.step is step and event.outcome} for step in _OF_MODELS}
    for step in _OF_MODELS:
        if begun[step] and step not in newest:
            whole = step is ProbeStep.MODEL and len(ended[step]) >= max(chosen, len(begun[step]))
            newest[step] = StepEvent(step=step, outcome=StepOutcome.OK if whole else None)
    for event in newest.values():
        if event.outcome is None:
            st.status(PROBE_STEP[event.step], type="step")
        else:
            step_of(event)
    if begun[ProbeStep.MODEL] and chosen != 1:
        done = len(_done(past))
        st.text(f"{f'{done} of {chosen} models' if chosen else vocabulary.count(done, 'model')} done so far")


def _done(events: Iterable[StepEvent]) -> set[str]:
    """Return the models of which nothing more is to come."""
    return {
        event.model
        for event in events
        if event.model and (event.outcome is StepOutcome.FAILED or (event.step is ProbeStep.MESSAGE and event.outcome))
    }


def step_of(event: StepEvent) -> None:
    """Draw a step that has ended; one that was not reached leaves no mark."""
    if event.outcome is None or event.outcome is StepOutcome.NOT_REACHED:
        return
    notes = [] if event.outcome is StepOutcome.OK else [STEP_OUTCOME[event.outcome]]
    if event.ms is not None and event.outcome is not StepOutcome.SKIPPED:
        notes.append(key_report.milliseconds(event.ms))
    label = PROBE_STEP[event.step] + (f" ({', '.join(notes)})" if notes else "")
    failed = event.outcome is StepOutcome.FAILED
    with st.status(label, type="step", state=_STATE[event.outcome], expanded=failed):
        if event.detail:
            escaped.paragraph(event.detail, small=True)


def draw(result: ProbeResult, findings: tuple[ProbeFinding, ...]) -> None:
    """Draw a finished test."""
    advice = [key_result.advice(result, problem) for problem in findings]
    title = key_result.headline(result, findings)
    with st.container(border=True, key="test_key_result", gap="small"):
        _verdict(result, title, key_result.about_key(result, findings), _headed(advice, title))
        if any(each.outcome is not AccessOutcome.NOT_TRIED for each in result.models):
            _models(result, advice)
        for number, item in enumerate(advice):
            _problem(item, headed=item is _headed(advice, title), first=number == 0)
        _not_tested(result)
        _next(result, findings)
        _closed(result)


def _headed(advice: Sequence[Advice], title: str) -> Advice | None:
    """Return the problem whose title is the headline, so that neither is said twice."""
    return advice[0] if advice and advice[0].title == title else None


def _verdict(result: ProbeResult, title: str, about_key: str, headed: Advice | None) -> None:
    escaped.heading(title, level=2)
    if headed is not None:
        escaped.paragraph(headed.what_happened)
    with st.container(horizontal=True, gap="small"):
        finding.key_badge(result.key_verdict)
    escaped.announcement(f"{about_key} {key_report.where_from(result)}".strip(), unseen=title)
    reason = key_report.reason(result)
    if reason:
        escaped.paragraph(reason, lead="Why:")
    if headed is not None:
        escaped.paragraph(f"{headed.who_fixes}.", lead="Who fixes it:")
    _pasted(result)


def _pasted(result: ProbeResult) -> None:
    """Draw what is in the text of the key that no key has, and what n8n makes of it."""
    odd = [each for each in result.key.remarks if each.breaks]
    if not odd or not result.key.cleanable:
        return
    escaped.paragraph(" ".join(each.text for each in odd), lead="But what you pasted is more than the key.")
    chat_model = min((each.chat_model for each in odd), key=_WORST_FIRST.index)
    others = min((each.axios for each in odd), key=_WORST_FIRST.index)
    words = f"In n8n's chat model {IN_N8N[chat_model]}; in its other nodes and the credential's test {IN_N8N[others]}."
    if chat_model is others:
        words = f"If it stands in n8n like this, {IN_N8N[others]}."
    escaped.paragraph(f"{words} This test left it away. Paste the key into n8n again, alone.")


def _models(result: ProbeResult, advice: Iterable[Advice]) -> None:
    titles = {model: item.title for item in advice for model in item.models}
    rows = [_row(each, titles.get(each.model)) for each in result.models]
    escaped.table("Each model", ("Model", "Result", "Time", "Tokens in + out"), rows)


def _row(model: ModelResult, problem: str | None) -> tuple[str, ...]:
    return (
        model.model,
        f"{OUTCOME_SIGN[model.outcome]} {_said(model, problem)}",
        _time(model),
        key_report.tokens(model),
    )


def _said(model: ModelResult, problem: str | None) -> str:
    if model.outcome is AccessOutcome.OK:
        answers = ACCESS_OUTCOME[AccessOutcome.OK]
        return answers if model.sample else f"{answers}, without text"
    return problem or model.detail or ACCESS_OUTCOME[model.outcome]


def _time(model: ModelResult) -> str:
    return key_report.milliseconds(model.latency_ms)


def _problem(problem: Advice, *, headed: bool, first: bool) -> None:
    """Draw one problem; the first with its steps, any other with them behind a click.

    Of one that is the headline, the result's first lines have told all but the steps.
    """
    escaped.heading("What to do" if headed else problem.title, level=3)
    if problem.models:
        escaped.paragraph(", ".join(problem.models), lead="Concerns:", small=True)
    if not headed:
        escaped.paragraph(problem.what_happened)
        escaped.paragraph(f"{problem.who_fixes}.", lead="Who fixes it:")
    with st.container(gap="small") if first else st.expander("Steps for this one"):
        escaped.steps(problem.steps, links=links.outside())
        escaped.paragraph(problem.how_to_check, lead="How to check:", links=links.outside())
        links.to_cause(problem.cause, "About this error", icon=":material/menu_book:")


def _not_tested(result: ProbeResult) -> None:
    escaped.heading("Not tested", level=3)
    escaped.bullets(result.not_tested)


def _next(result: ProbeResult, findings: tuple[ProbeFinding, ...]) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        with st.popover("Send this to support", icon=":material/content_copy:"):
            escaped.paragraph("Point at the text and use the copy button in its corner. The key is not in it.")
            sentence, address = shell.contact()
            if sentence:
                escaped.paragraph(sentence, links=address)
            st.code(key_report.ticket(result, findings), language=None, wrap_lines=True, height=320)
        working = [each.model for each in result.models if each.outcome is AccessOutcome.OK]
        page_links.make(model=working[0] if working else None, icon=":material/account_tree:")


def _closed(result: ProbeResult) -> None:
    with st.expander("Step by step"):
        for step in result.steps:
            if step.outcome is StepOutcome.NOT_REACHED:
                escaped.paragraph(key_report.step_line(step), small=True)
            else:
                step_of(StepEvent(step=step.step, outcome=step.outcome, detail=step.detail, ms=step.ms))
    with st.expander("Details for support"):
        escaped.table("Facts", ("Fact", "What it says"), key_report.facts(result))
        ids = tuple(key_report.request_ids(result))
        if ids:
            escaped.table("Request ids, by which Anthropic finds a call", ("Call", "Request id"), ids)
        said = [(each.model, each.sample or each.detail) for each in result.models if each.sample or each.detail]
        if said:
            escaped.table("What each model said", ("Model", "Answer"), said)
