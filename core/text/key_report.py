"""A live test of a key in words. Nothing here holds a key.

Parts of a page, the text for a ticket, and what ``reconnect check-key`` prints: lines for a terminal, or the terminal
contract's JSON.
"""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from core.probe.live_run import ProbeFinding, findings_of
from core.probe.request import MAX_TOKENS
from core.probe.result import ModelResult, ProbeResult, ProbeStep, StepResult
from core.text import vocabulary
from core.text.key_result import about_key, advice, called_anybody, headline
from core.text.vocabulary.probe import ACCESS_OUTCOME, AUTH_HEADER, PROBE_STEP, STEP_OUTCOME

WHERE_FROM: Final = "Tested from this portal's network, not from your n8n."


_TOKENS_IN: Final = 14
"""Tokens of the prompt, a sentence of five words with its wrapping; models count a little differently."""


def cost(models: int | None) -> str:
    """Return what a test costs, before it is made; None means every model that the key can see."""
    each = f"one short message: about {_TOKENS_IN} tokens in and at most {MAX_TOKENS} out"
    if models is None:
        return f"Each model that the key can see gets {each}. For 20 models that is about one US cent."
    if models == 0:
        return "No model is chosen, so only the key is tested. That costs nothing."
    return f"{'The model gets' if models == 1 else 'Each model gets'} {each}. That costs far less than one US cent."


def where_from(result: ProbeResult) -> str:
    """Say from where the test was made, or nothing where nobody was called."""
    return WHERE_FROM if called_anybody(result) else ""


def reason(result: ProbeResult) -> str:
    """Return what stopped the test before anybody answered, or nothing; what a server said is in the steps."""
    stopped = result.failed
    if stopped is None or stopped.step in (ProbeStep.MODEL, ProbeStep.MESSAGE):
        return ""
    return "" if stopped.failure is not None and stopped.failure.status is not None else stopped.detail


def milliseconds(value: float | None) -> str:
    """Return a time for people: ``640 ms``, ``3.2 s``, or nothing."""
    if value is None:
        return ""
    return f"{value:.0f} ms" if value < 999.5 else f"{value / 1000:.1f} s"


def tokens(model: ModelResult) -> str:
    """Return the tokens that a model's message took, or nothing."""
    return "" if model.usage is None else f"{model.usage.input_tokens} + {model.usage.output_tokens}"


def facts(result: ProbeResult) -> Iterator[tuple[str, str]]:
    """Name and value of each fact that an engineer asks for."""
    request = result.request
    yield "Host", result.host or "none: the address was refused"
    yield "Kind of key", result.key.form.label
    yield "Key sent as", AUTH_HEADER[request.auth]
    yield "API version", request.api_version
    if result.organization_id:
        yield "Organization", result.organization_id
    if result.workspace_id:
        yield "Workspace", result.workspace_id
    if result.certificate is not None:
        yield "Certificate", f"for {result.certificate.subject}, issued by {result.certificate.issuer}"
    for model in result.models:
        if model.retry_after:
            yield "Wait before retry", f"{model.retry_after} s ({model.model})"
    limited = next((each for each in result.models if each.limits), None)
    for limit in limited.limits if limited else ():
        yield f"Limit: {limit.name}", f"{limit.remaining or '?'} of {limit.limit or '?'} left, full at {limit.reset}"
    for note in result.notes:
        yield "About the address", note


def request_ids(result: ProbeResult) -> Iterator[tuple[str, str]]:
    """Return what was called, and the request id by which Anthropic finds the call."""
    for step in result.steps:
        if (
            step.failure is not None
            and step.failure.request_id
            and step.step not in (ProbeStep.MODEL, ProbeStep.MESSAGE)
        ):
            yield PROBE_STEP[step.step], step.failure.request_id
    for model in result.models:
        if model.request_id:
            yield model.model, model.request_id


def ticket(result: ProbeResult, findings: tuple[ProbeFinding, ...]) -> str:
    """Return the test as plain text for a ticket: words for the customer first, then the engineer's facts."""
    return "\n".join([*_for_the_customer(result, findings), "", *_for_the_engineer(result, findings)]) + "\n"


def _for_the_customer(result: ProbeResult, findings: tuple[ProbeFinding, ...]) -> Iterator[str]:
    first = headline(result, findings)
    yield f"{first}. {reason(result)}".rstrip()
    proven = (about_key(result, findings), where_from(result), "This text does not have the key in it.")
    yield " ".join(each for each in proven if each)
    for probe_finding in findings:
        words = advice(result, probe_finding)
        named = f" ({', '.join(words.models)})" if words.models else ""
        yield ""
        yield f"{'What to do' if words.title == first else words.title}{named}: {words.what_happened}"
        yield f"Who fixes it: {words.who_fixes}."
        yield from (f"{number}. {step}" for number, step in enumerate(words.steps, start=1))
        yield f"How to check: {words.how_to_check}"


def _for_the_engineer(result: ProbeResult, findings: tuple[ProbeFinding, ...]) -> Iterator[str]:
    yield "Facts for the engineer"
    yield f"- Tested: {result.started_at:%Y-%m-%d %H:%M:%S} UTC, by Reconnect, in {milliseconds(result.elapsed_ms)}"
    yield f"- Key: {vocabulary.KEY_VERDICT[result.key_verdict]}"
    yield from (f"- {name}: {value}" for name, value in facts(result))
    yield from (f"- Cause: {each.finding.cause} ({vocabulary.CERTAINTY[each.finding.certainty]})" for each in findings)
    yield from (f"- {step_line(step)}" for step in result.steps)
    yield from (f"- {_model_line(model)}" for model in result.models)
    yield from (f"- Not tested: {each}" for each in result.not_tested)


def step_line(step: StepResult) -> str:
    """Return one step on one line."""
    time = milliseconds(step.ms)
    words = ", ".join(each for each in (STEP_OUTCOME[step.outcome], time) if each)
    return f"{PROBE_STEP[step.step]}: {words}. {step.detail}".rstrip()


def _model_line(model: ModelResult) -> str:
    words = [ACCESS_OUTCOME[model.outcome], milliseconds(model.latency_ms)]
    if model.status is not None:
        words.append(f"HTTP {model.status}")
    words += [each for each in (model.cause, model.request_id) if each]
    return f"{model.model}: {', '.join(each for each in words if each)}. {model.detail}".rstrip()


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
        yield f"{STEP_OUTCOME[step.outcome]:<11}  {step.step:<15}{time:>9}  {step.detail}".rstrip()
    for model in result.models:
        facts = [each for each in (model.cause, model.sample, model.detail, model.request_id) if each]
        yield f"{ACCESS_OUTCOME[model.outcome]:<11}  {model.model:<32} {' | '.join(facts)}".rstrip()
    yield f"Key: {vocabulary.KEY_VERDICT[result.key_verdict]}."
    for probe_finding in findings:
        yield from _advice_lines(result, probe_finding)
    yield "Not tested:"
    yield from (f"  {each}" for each in result.not_tested)


def _advice_lines(result: ProbeResult, probe_finding: ProbeFinding) -> Iterator[str]:
    words = advice(result, probe_finding)
    named = f" ({', '.join(words.models)})" if words.models else ""
    yield f"{words.title}{named}. Who fixes it: {words.who_fixes}."
    yield from (f"  {number}. {step}" for number, step in enumerate(words.steps, start=1))


def to_contract(result: ProbeResult, findings: tuple[ProbeFinding, ...]) -> dict[str, Any]:
    """Return the JSON object of ``reconnect check-key --json`` (README, "In a terminal")."""
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
