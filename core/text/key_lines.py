"""``reconnect check-key``: a test of a key as lines for a terminal, or as the terminal contract's JSON."""

from collections.abc import Iterator
from typing import Any

import msgspec

from core.causes.card import KeyVerdict
from core.probe.live_run import Problem, problems
from core.probe.result import Access, Outcome, ProbeResult
from core.text import vocabulary
from core.text.key_result import about_key, advice, headline

_MARKS = {Outcome.OK: "ok  ", Outcome.FAILED: "FAIL", Outcome.SKIPPED: "skip", Outcome.NOT_REACHED: "-   "}
_ACCESS = {Access.OK: "ok  ", Access.FAILED: "FAIL", Access.NOT_TRIED: "-   "}


def result_lines(result: ProbeResult, *, as_json: bool) -> Iterator[str]:
    """Yield the lines to print: one JSON object, or the sentences, the steps, the models and what to do."""
    found = problems(result)
    if as_json:
        yield msgspec.json.encode(to_contract(result, found)).decode()
        return
    yield f"{headline(result, found)}."
    yield about_key(result, found)
    yield ""
    for step in result.steps:
        time = "" if step.ms is None else f"{step.ms:.0f} ms"
        yield f"{_MARKS[step.outcome]}  {step.step:<15}{time:>9}  {step.detail}".rstrip()
    for model in result.models:
        facts = [each for each in (model.cause, model.sample, model.detail, model.request_id) if each]
        yield f"{_ACCESS[model.outcome]}  {model.model:<32} {' | '.join(facts)}".rstrip()
    yield f"Key: {vocabulary.KEY_VERDICT[KeyVerdict(result.key_verdict.value)]}."
    for problem in found:
        yield from _advice_lines(result, problem)
    yield "Not tested:"
    yield from (f"  {each}" for each in result.not_tested)


def _advice_lines(result: ProbeResult, problem: Problem) -> Iterator[str]:
    told = advice(result, problem)
    named = f" ({', '.join(told.models)})" if told.models else ""
    yield f"{told.title}{named}. Who fixes it: {told.who_fixes}."
    yield from (f"  {number}. {step}" for number, step in enumerate(told.steps, start=1))


def to_contract(result: ProbeResult, found: tuple[Problem, ...]) -> dict[str, Any]:
    """Return the JSON object that ``reconnect check-key --json`` prints."""
    return {
        "steps": [
            {"name": each.step.value, "outcome": each.outcome.value, "detail": each.detail, "ms": each.ms}
            for each in result.steps
        ],
        "results": [
            {
                "model": each.model,
                "outcome": each.outcome.value,
                "cause": each.cause,
                "status": each.status,
                "latency_ms": each.latency_ms,
                "request_id": each.request_id,
                "usage": msgspec.to_builtins(each.usage),
                "sample": each.sample,
            }
            for each in result.models
        ],
        "cause": found[0].finding.cause if found else result.cause,
        "summary": f"{headline(result, found)}. {about_key(result, found)}",
        "key_verdict": result.key_verdict.value,
        "not_tested": list(result.not_tested),
    }
