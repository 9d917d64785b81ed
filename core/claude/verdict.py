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
        return StepResult(step=step, outcome=Outcome.OK, detail=f"{len(answered)} of {len(models)} answered.", ms=ms)
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
    """Return the whole test in one or two plain sentences."""
    failed = next((each for each in steps if each.outcome is Outcome.FAILED), None)
    who = "Anthropic" if anthropic else host or "the host"
    if failed is not None and failed.step in (Step.KEY_FORMAT, Step.URL):
        return (
            f"Nothing was sent, and the key was not judged. {failed.detail}"
            if not _about_key(failed)
            else (f"What stands in the key field cannot be used as a key here, so nothing was sent. {failed.detail}")
        )
    if failed is not None and failed.step in _BEFORE_THE_KEY:
        return f"Your key was not judged: this portal got no usable answer from {host}. {failed.detail}"
    if verdict is Verdict.REJECTED:
        return "Anthropic refused this key."
    if failed is not None and failed.step is Step.AUTHENTICATION:
        if verdict is Verdict.GOOD:
            return f"{who} knows this key, but did not let it in. {failed.detail}"
        if not anthropic:
            return f"{who} did not let this key in. That says nothing about a key of Anthropic. {failed.detail}"
        return f"Your key was not judged: {who} answered, but not about the key itself. {failed.detail}"
    return _about_models(verdict, models, who)


def _about_key(failed: StepResult) -> bool:
    return failed.step is Step.KEY_FORMAT and failed.cause is not None


def _about_models(verdict: Verdict, models: Sequence[ModelResult], who: str) -> str:
    answered = [each.model for each in models if each.outcome is Access.OK]
    accepts = f"{who} accepts this key" if verdict is Verdict.GOOD else f"Whether {who} accepts this key was not proven"
    if not models:
        return f"{accepts}. No model was tested."
    if len(answered) == len(models):
        return f"The key works with {answered[0] if len(models) == 1 else f'all {len(models)} models'}."
    if answered:
        return f"The key works with {len(answered)} of {len(models)} models."
    if len(models) == 1:
        return f"{accepts}, but {models[0].model} did not answer. {models[0].detail}".strip()
    return f"{accepts}, but none of the {len(models)} models answered."


def not_tested(
    verdict: Verdict, steps: Sequence[StepResult], models: Sequence[ModelResult], *, host: str | None, anthropic: bool
) -> tuple[str, ...]:
    """Return what this test leaves open, in sentences."""
    by_step = {each.step: each for each in steps}
    left = []
    if verdict is Verdict.UNKNOWN:
        left.append("Whether the key is good.")
    reached = by_step[Step.HTTP].outcome is Outcome.OK
    where = host or "the API"
    if reached:
        left.append(f"Whether your n8n can reach {where}: this test ran from the portal's network.")
    elif by_step[Step.KEY_FORMAT].outcome is Outcome.FAILED:  # nothing was sent, which says nothing about the network
        left.append(f"Whether your n8n can reach {where}.")
    else:
        left.append(f"Whether {where} can be reached from your n8n; from the portal it was not.")
    left.append("Whether the credential in your n8n holds this same key.")
    not_tried = [each.model for each in models if each.outcome is Access.NOT_TRIED]
    if not_tried:
        shown = ", ".join(not_tried[:5]) + (f" and {len(not_tried) - 5} more" if len(not_tried) > 5 else "")
        left.append(f"These models: {shown}.")
    if not any(each.outcome is Access.OK for each in models):
        left.append("Credit and limits: no message was answered.")
    if not anthropic and host is not None:
        left.append(f"The key that {host} itself uses towards Anthropic.")
    return tuple(left)
