"""What a test of a key showed: the verdict, each model, what to do, and what was not tested."""

from collections.abc import Iterable
from typing import Final

import streamlit as st

from core import key_report, words
from core.causes.card import KeyVerdict
from core.claude.key_characters import InN8n
from core.claude.result import Access, ModelResult, Outcome, ProbeResult, Step, StepEvent
from core.key_report import Advice
from core.key_test import Problem
from pages.parts import escaped, finding, links, shell

_STATE: Final = {Outcome.OK: "complete", Outcome.SKIPPED: "complete", Outcome.FAILED: "error"}
_ICON: Final = {Access.OK: "✓", Access.FAILED: "✗", Access.NOT_TRIED: "–"}
_IN_N8N: Final = {
    InN8n.WORKS: "works all the same",
    InN8n.REFUSED: "is refused",
    InN8n.BYTE_STRING: "stops before sending (“Cannot convert argument to a ByteString”)",
    InN8n.NOT_SENT: "stops before sending",
}


class Timeline:
    """The steps as they happen; made anew in every run of the page from the events so far."""

    def __init__(self) -> None:
        self._shown: dict[Step, st.delta_generator.DeltaGenerator] = {}
        self._drawn = 0
        self._asked: set[str] = set()
        self._ended: set[str] = set()
        self._steps = st.container(gap="small")
        self._models = st.empty()

    def draw(self, events: Iterable[StepEvent]) -> None:
        """Draw the events that were not drawn yet."""
        news = tuple(events)[self._drawn :]
        self._drawn += len(news)
        for event in news:
            if event.model is None:
                self._step(event)
            else:
                self._model(event, event.model)

    def _step(self, event: StepEvent) -> None:
        if event.outcome is None:
            if event.step not in self._shown:
                self._shown[event.step] = self._steps.status(key_report.STEP[event.step], type="step")
            return
        if event.outcome is Outcome.NOT_REACHED:
            return
        _end(self._shown.pop(event.step, None) or self._steps.status(key_report.STEP[event.step], type="step"), event)

    def _model(self, event: StepEvent, model: str) -> None:
        self._asked.add(model)
        if (event.step is Step.MESSAGE and event.outcome is not None) or event.outcome is Outcome.FAILED:
            self._ended.add(model)
        self._models.text(f"{len(self._ended)} of {words.count(len(self._asked), 'model')} done so far")


def _end(place: "st.delta_generator.DeltaGenerator", event: StepEvent) -> None:
    outcome = event.outcome or Outcome.OK
    told = ", ".join(
        each
        for each in (
            "" if outcome is Outcome.OK else key_report.OUTCOME[outcome],
            key_report.milliseconds(event.ms),
        )
        if each
    )
    label = key_report.STEP[event.step] + (f" ({told})" if told else "")
    place.update(label=label, state=_STATE[outcome], expanded=outcome is Outcome.FAILED)
    if event.detail:
        with place:
            escaped.paragraph(event.detail, small=True)


def draw(result: ProbeResult, found: tuple[Problem, ...]) -> None:
    """Draw a finished test."""
    with st.container(border=True, key="test_key_result", gap="small"):
        _verdict(result)
        if result.models:
            _models(result)
        for problem in found:
            _problem(key_report.advice(result, problem))
        _not_tested(result)
        _next(result, found)
        _closed(result)


def _verdict(result: ProbeResult) -> None:
    escaped.heading(result.summary, level=2)
    with st.container(horizontal=True, gap="small"):
        finding.key_badge(KeyVerdict(result.key_verdict.value))
    escaped.announcement(f"{key_report.proof(result)} {key_report.WHERE_FROM}", unseen=result.summary)
    _pasted(result)


def _pasted(result: ProbeResult) -> None:
    """What stands in the text of the key that no key has, and what n8n makes of it."""
    odd = [each for each in result.key.observations if each.breaks]
    if not odd or not result.key.mendable:
        return
    escaped.paragraph(" ".join(each.text for each in odd), lead="But what you pasted is more than the key.")
    worst = odd[0]
    escaped.paragraph(
        f"In n8n, the chat model {_IN_N8N[worst.chat_model]} with it; the other nodes and the credential's test: "
        f"{_IN_N8N[worst.axios]}. The test left it away. Paste the key into n8n again, alone.",
    )


def _models(result: ProbeResult) -> None:
    rows = [_row(each) for each in result.models]
    escaped.table("Each model", ("Model", "Result", "Time", "Tokens in + out"), rows)


def _row(model: ModelResult) -> tuple[str, ...]:
    return (model.model, f"{_ICON[model.outcome]} {_said(model)}", _time(model), key_report.tokens(model))


def _said(model: ModelResult) -> str:
    if model.outcome is Access.OK:
        return "answers" if model.sample else "answers, without text"
    if model.cause is not None:
        return links.title_of(model.cause)
    return model.detail or key_report.ACCESS[model.outcome]


def _time(model: ModelResult) -> str:
    return key_report.milliseconds(model.latency_ms)


def _problem(told: Advice) -> None:
    escaped.heading(told.title, level=3)
    if told.models:
        escaped.paragraph(", ".join(told.models), lead="Concerns:", small=True)
    escaped.paragraph(told.what_happened)
    escaped.paragraph(f"{told.who_fixes}.", lead="Who fixes it:")
    escaped.steps(told.steps, links=links.outside())
    escaped.paragraph(told.how_to_check, lead="How to check:", links=links.outside())
    links.to_cause(told.cause, "About this error", icon=":material/menu_book:")


def _not_tested(result: ProbeResult) -> None:
    escaped.heading("Not tested", level=3)
    escaped.bullets(result.not_tested)


def _next(result: ProbeResult, found: tuple[Problem, ...]) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        with st.popover("Send this to support", icon=":material/content_copy:"):
            escaped.paragraph("Point at the text and use the copy button in its corner. The key is not in it.")
            sentence, address = shell.contact()
            if sentence:
                escaped.paragraph(sentence, links=address)
            st.code(key_report.ticket(result, found), language=None, wrap_lines=True, height=320)
        links.to_node([each.model for each in result.models if each.outcome is Access.OK])


def _closed(result: ProbeResult) -> None:
    with st.expander("Step by step"):
        for step in result.steps:
            if step.outcome is Outcome.NOT_REACHED:
                escaped.paragraph(key_report.step_line(step), small=True)
            else:
                place = st.status(key_report.STEP[step.step], type="step")
                _end(place, StepEvent(step=step.step, outcome=step.outcome, detail=step.detail, ms=step.ms))
    with st.expander("Details for support"):
        escaped.table("Facts", ("Fact", "What it says"), key_report.facts(result))
        ids = tuple(key_report.request_ids(result))
        if ids:
            escaped.table("Request ids, by which Anthropic finds a call", ("Call", "Request id"), ids)
        said = [(each.model, each.sample or each.detail) for each in result.models if each.sample or each.detail]
        if said:
            escaped.table("What each model said", ("Model", "Answer"), said)
