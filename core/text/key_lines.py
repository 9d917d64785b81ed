"""``reconnect check-key``: a test of a key as lines for a terminal, or as the terminal contract's JSON."""

from collections.abc import Iterator
from typing import Any

import msgspec

from core.probe.live_run import ProbeFinding, findings_of
from core.probe.result import ProbeResult, StepOutcome
from core.storage.access_results import AccessOutcome
from core.text import vocabulary
from core.text.key_result import about_key, advice, headline

_MARKS = {
    StepOutcome.OK: "ok  ",
    StepOutcome.FAILED: "FAIL",
    StepOutcome.SKIPPED: "skip",
    StepOutcome.NOT_REACHED: "-   ",
}
_ACCESS = {AccessOutcome.OK: "ok  ", AccessOutcome.FAILED: "FAIL", AccessOutcome.NOT_TRIED: "-   "}


def result_lines(result: ProbeResult, *, as_json: bool) -> Iterator[str]:
    """Yield the lines to print: one JSON object, or the sentences, the steps, the models and what to do."""
    findings = findings_of(result)
    if as_json:
        yield msgspec.json.encode(to_contract(result, findings)).decode()
        return
    yield f"{headline(result, findings)}."
    yield about_key(result, findings)
    yield ""
    for step in result.steps:
        time = "" if step.ms is None else f"{step.ms:.0f} ms"
        yield f"{_MARKS[step.outcome]}  {step.step:<15}{time:>9}  {step.detail}".rstrip()
    for model in result.models:
        facts = [each for each in (model.cause, model.sample, model.detail, model.request_id) if each]
        yield f"{_ACCESS[model.outcome]}  {model.model:<32} {' | '.join(facts)}".rstrip()
    yield f"Key: {vocabulary.KEY_VERDICT[result.key_verdict]}."
    for probe_finding in findings:
        yield from _advice_lines(result, probe_finding)
    yield "Not tested:"
    yield from (f"  {each}" for each in result.not_tested)


def _advice_lines(result: ProbeResult, probe_finding: ProbeFinding) -> Iterator[str]:
    told = advice(result, probe_finding)
    named = f" ({', '.join(told.models)})" if told.models else ""
    yield f"{told.title}{named}. Who fixes it: {told.who_fixes}."
    yield from (f"  {number}. {step}" for number, step in enumerate(told.steps, start=1))


def to_contract(result: ProbeResult, findings: tuple[ProbeFinding, ...]) -> dict[str, Any]:
    """Return the JSON object of ``reconnect check-key --json`` (DESIGN.md, the terminal contract)."""
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
        "cause": findings[0].finding.cause if findings else result.cause,
        "summary": f"{headline(result, findings)}. {about_key(result, findings)}",
        "key_verdict": result.key_verdict.value,
        "not_tested": list(result.not_tested),
    }
