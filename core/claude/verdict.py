"""From finished steps to what is proven about the key, one sentence, and what was not tested.

A key is called rejected only when Anthropic's own 401 says so, over a connection to Anthropic's own host. A gateway's
401 is about the gateway's key, or about the one that the gateway holds; it proves nothing about a key of Anthropic.
"""

from collections.abc import Sequence
from typing import Final

from core.claude.result import Access, ModelResult, Outcome, Step, StepResult, Verdict
from core.paste.failure import AnsweredBy, Failure

_REJECTING: Final = frozenset({"invalid_key", "key_expired"})
_PROVES_GOOD: Final = frozenset(
    {
        "workspace_id_required",
        "key_lacks_permission",
        "organization_disabled",
        "ip_not_allowed",
        "credit_exhausted",
        "spend_limit_reached",
        "billing_problem",
        "rate_limited",
        "long_context_not_enabled",
    }
)
"""Causes that Anthropic can only know of once it has found the key's organization (API errors page, 2026-10-10)."""
_BEFORE_ANY_CALL: Final = frozenset({Step.KEY_FORMAT, Step.URL})
_BEFORE_THE_KEY: Final = frozenset({Step.DNS, Step.TCP, Step.TLS, Step.HTTP})


def summed_up(step: Step, models: Sequence[ModelResult]) -> StepResult:
    """Turn one step of all models into one of the nine; its time is the slowest model's."""
    failed = [each for each in models if each.failed_step is step]
    answered = [each for each in models if each.outcome is Access.OK]
    times = [each.model_ms if step is Step.MODEL else each.latency_ms for each in models]
    ms = max((each for each in times if each is not None), default=None)
    if failed:
        names = ", ".join(each.model for each in failed[:3]) + (" and others" if len(failed) > 3 else "")
        detail = failed[0].detail if len(models) == 1 else f"{len(failed)} of {len(models)} failed: {names}."
        first = failed[0]
        return StepResult(
            step=step, outcome=Outcome.FAILED, detail=detail, ms=ms, cause=first.cause, failure=first.failure
        )
    if answered:
        left = sum(each.outcome is Access.NOT_TRIED for each in models)
        rest = f", {left} {_was(left)} not tried" if left else ""
        detail = f"{len(answered)} of {len(models)} answered{rest}."
        return StepResult(step=step, outcome=Outcome.OK, detail=detail, ms=ms)
    if step is Step.MODEL and any(each.failed_step is Step.MESSAGE for each in models):
        return StepResult(step=step, outcome=Outcome.OK, ms=ms)
    return StepResult(step=step, outcome=Outcome.NOT_REACHED)


def key_verdict(steps: Sequence[StepResult], models: Sequence[ModelResult], *, anthropic: bool) -> Verdict:
    """Return what the steps prove about the key."""
    by_step = {each.step: each for each in steps}
    if by_step[Step.KEY_FORMAT].outcome is Outcome.FAILED:
        return Verdict.UNUSABLE if by_step[Step.KEY_FORMAT].cause else Verdict.UNKNOWN
    failures = [(each.failure, each.cause) for each in steps if each.failure is not None]
    failures += [(each.failure, each.cause) for each in models if each.failure is not None]
    if anthropic and any(_rejects(failure, cause) for failure, cause in failures):
        return Verdict.REJECTED
    if by_step[Step.AUTHENTICATION].outcome is Outcome.OK or any(each.outcome is Access.OK for each in models):
        return Verdict.GOOD
    if anthropic and any(_proves_good(failure, cause) for failure, cause in failures):
        return Verdict.GOOD
    return Verdict.UNKNOWN


def _rejects(failure: Failure, cause: str | None) -> bool:
    return (
        failure.status == 401
        and failure.answered_by is AnsweredBy.ANTHROPIC
        and failure.error_type == "authentication_error"
        and failure.organization_id is None
        and cause in _REJECTING
    )


def _proves_good(failure: Failure, cause: str | None) -> bool:
    if failure.answered_by is not AnsweredBy.ANTHROPIC:
        return False
    return failure.organization_id is not None or cause in _PROVES_GOOD


def summary(
    verdict: Verdict, steps: Sequence[StepResult], models: Sequence[ModelResult], *, host: str | None, anthropic: bool
) -> str:
    """Return the whole test in one or two plain sentences, the first of at most 20 words.

    It is a heading, so what a step or a server said stays in the steps.
    """
    failed = next((each for each in steps if each.outcome is Outcome.FAILED), None)
    who = "Anthropic" if anthropic else host or "the host"
    if failed is not None and failed.step in _BEFORE_ANY_CALL:
        if _about_key(failed):
            return "What stands in the key field cannot be used as a key here, so nothing was sent."
        return "Nothing was sent, and the key was not judged."
    if failed is not None and failed.step in _BEFORE_THE_KEY:
        return f"Your key was not judged: this portal got no usable answer from {host}."
    if verdict is Verdict.REJECTED:
        return "Anthropic refused this key."
    if failed is not None and failed.step is Step.AUTHENTICATION:
        if verdict is Verdict.GOOD:
            return f"{who} knows this key, but did not let it in."
        if not anthropic:
            return f"{who} did not let this key in. That says nothing about a key of Anthropic."
        return f"Your key was not judged: {who} answered, but not about the key itself."
    return _about_models(verdict, models, who)


def _about_key(failed: StepResult) -> bool:
    return failed.step is Step.KEY_FORMAT and failed.cause is not None


def _about_models(verdict: Verdict, models: Sequence[ModelResult], who: str) -> str:
    """Say how many models answered; one that was not tried is counted, never accused."""
    tried = [each for each in models if each.outcome is not Access.NOT_TRIED]
    answered = [each for each in tried if each.outcome is Access.OK]
    left = len(models) - len(tried)
    rest = f"; {left} more {_was(left)} not tried" if left and tried else ""
    of_tried = f"{len(tried)} models{' that were tried' if left else ''}"
    if not models:
        return f"{_accepts(verdict, who)}. No model was tested."
    if answered and len(answered) == len(tried):
        return f"The key works with {answered[0].model if len(tried) == 1 else f'all {of_tried}'}{rest}."
    if answered:
        return f"The key works with {len(answered)} of {of_tried}{rest}."
    told = f"{_accepts(verdict, who)}, {'but' if verdict is Verdict.GOOD else 'and'}"
    if len(models) == 1 or len(tried) == 1:
        only = (tried or models)[0]
        return f"{told} {only.model} {'did not answer' if tried else 'was not tried'}{rest}."
    return f"{told} none of the {of_tried} answered{rest}." if tried else f"{told} none of the {left} models was tried."


def _accepts(verdict: Verdict, who: str) -> str:
    return f"{who} accepts this key" if verdict is Verdict.GOOD else f"Whether {who} accepts this key was not proven"


def _was(number: int) -> str:
    return "was" if number == 1 else "were"


def not_tested(
    verdict: Verdict, steps: Sequence[StepResult], models: Sequence[ModelResult], *, host: str | None, anthropic: bool
) -> tuple[str, ...]:
    """Return what this test leaves open, in sentences."""
    by_step = {each.step: each for each in steps}
    left = []
    if verdict is Verdict.UNKNOWN:
        left.append("Whether the key is good.")
    reached = by_step[Step.HTTP].outcome is Outcome.OK
    failed = {each.step for each in steps if each.outcome is Outcome.FAILED}
    where = host or "the API"
    if reached:
        left.append(f"Whether your n8n can reach {where}: this test ran from the portal's network.")
    elif failed & _BEFORE_THE_KEY:
        left.append(f"Whether {where} can be reached from your n8n; from the portal it was not.")
    else:  # nothing was sent, or the test was stopped: that says nothing about the network
        left.append(f"Whether your n8n can reach {where}.")
    left.append("Whether the credential in your n8n holds this same key.")
    left += _models_left_out(models)
    if not any(each.outcome is Access.OK for each in models):
        left.append("Credit and limits: no message was answered.")
    if not anthropic and host is not None:
        left.append(f"The key that {host} itself uses towards Anthropic.")
    return tuple(left)


def _models_left_out(models: Sequence[ModelResult]) -> list[str]:
    """One sentence a reason, with the first models that it kept from being tried."""
    by_reason: dict[str, list[str]] = {}
    for each in models:
        if each.outcome is Access.NOT_TRIED:
            by_reason.setdefault(each.detail, []).append(each.model)
    return [f"These models: {_shortened(names)}. {reason}".strip() for reason, names in by_reason.items()]


def _shortened(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
