"""``reconnect check-key``: a test of a key as lines for a terminal, or as the terminal contract's JSON."""

from collections.abc import Iterator

import msgspec

from core.claude.result import Access, Outcome, ProbeResult, to_contract

_MARKS = {Outcome.OK: "ok  ", Outcome.FAILED: "FAIL", Outcome.SKIPPED: "skip", Outcome.NOT_REACHED: "-   "}
_ACCESS = {Access.OK: "ok  ", Access.FAILED: "FAIL", Access.NOT_TRIED: "-   "}


def result_lines(result: ProbeResult, *, as_json: bool) -> Iterator[str]:
    """Yield the lines to print: one JSON object, or the sentence, the steps, the models and what was not tested."""
    if as_json:
        yield msgspec.json.encode(to_contract(result)).decode()
        return
    yield result.summary
    yield ""
    for step in result.steps:
        time = "" if step.ms is None else f"{step.ms:.0f} ms"
        yield f"{_MARKS[step.outcome]}  {step.step:<15}{time:>9}  {step.detail}".rstrip()
    for model in result.models:
        facts = [each for each in (model.cause, model.sample, model.detail, model.request_id) if each]
        yield f"{_ACCESS[model.outcome]}  {model.model:<32} {' | '.join(facts)}".rstrip()
    yield f"Key: {result.key_verdict}."
    yield "Not tested:"
    yield from (f"  {each}" for each in result.not_tested)
