"""From finished steps to what is proven about the key, and what was not tested.

A key is called rejected only when Anthropic's own 401 says so, and valid only when Anthropic itself answered as it
answers to a key that it knows, both from Anthropic's own host. What a gateway answers is about the gateway's key, or
about the one that the gateway holds; it proves nothing about a key of Anthropic, good or bad.
"""

from collections.abc import Sequence
from typing import Final

from core.causes.card import AccountFact, Card, KeyVerdict
from core.causes.loader import load
from core.paste.failure import AnsweredBy, Failure
from core.probe.result import ModelResult, ProbeStep, StepOutcome, StepResult
from core.storage.access_results import AccessOutcome

_ACCOUNT: Final = {AccountFact.CREDIT: "credit", AccountFact.RATE_LIMITS: "rate limits"}
_BEFORE_THE_KEY: Final = frozenset({ProbeStep.DNS, ProbeStep.TCP, ProbeStep.TLS, ProbeStep.HTTP})


def summed_up(step: ProbeStep, models: Sequence[ModelResult]) -> StepResult:
    """Turn one step of all models into one of the nine; its time is the slowest model's."""
    failed = [each for each in models if each.failed_step is step]
    answered = [each for each in models if each.outcome is AccessOutcome.OK]
    times = [each.model_ms if step is ProbeStep.MODEL else each.latency_ms for each in models]
    ms = max((each for each in times if each is not None), default=None)
    if failed:
        names = ", ".join(each.model for each in failed[:3]) + (" and others" if len(failed) > 3 else "")
        detail = failed[0].detail if len(models) == 1 else f"{len(failed)} of {len(models)} failed: {names}."
        first = failed[0]
        return StepResult(
            step=step, outcome=StepOutcome.FAILED, detail=detail, ms=ms, cause=first.cause, failure=first.failure
        )
    if answered:
        left = sum(each.outcome is AccessOutcome.NOT_TRIED for each in models)
        rest = f", {left} not tried" if left else ""
        detail = f"{len(answered)} of {len(models)} answered{rest}."
        return StepResult(step=step, outcome=StepOutcome.OK, detail=detail, ms=ms)
    if step is ProbeStep.MODEL and any(each.failed_step is ProbeStep.MESSAGE for each in models):
        return StepResult(step=step, outcome=StepOutcome.OK, ms=ms)
    return StepResult(step=step, outcome=StepOutcome.NOT_REACHED)


def key_verdict(steps: Sequence[StepResult], models: Sequence[ModelResult], *, anthropic: bool) -> KeyVerdict:
    """Return what the steps prove about the key; `anthropic` tells whether Anthropic's own host was called.

    A key with which a model answered works, whatever another call of the same test was told.
    """
    by_step = {each.step: each for each in steps}
    if by_step[ProbeStep.KEY_FORMAT].outcome is StepOutcome.FAILED:
        return KeyVerdict.UNUSABLE if by_step[ProbeStep.KEY_FORMAT].cause else KeyVerdict.UNKNOWN
    if not anthropic:
        return KeyVerdict.UNKNOWN
    failures = [(each.failure, each.cause) for each in steps if each.failure is not None]
    failures += [(each.failure, each.cause) for each in models if each.failure is not None]
    answered = any(each.outcome is AccessOutcome.OK for each in models)
    if not answered and any(_rejects(failure, cause) for failure, cause in failures):
        return KeyVerdict.REJECTED
    accepted = by_step[ProbeStep.AUTHENTICATION].outcome is StepOutcome.OK
    if accepted or any(_proves_good(failure, cause) for failure, cause in failures):
        return KeyVerdict.GOOD
    return KeyVerdict.UNKNOWN


def _rejects(failure: Failure, cause: str | None) -> bool:
    card = _card(cause)
    return (
        card is not None
        and card.key_verdict is KeyVerdict.REJECTED
        and failure.status == 401
        and failure.answered_by is AnsweredBy.ANTHROPIC
        and failure.error_type == "authentication_error"
        and failure.organization_id is None
    )


def _proves_good(failure: Failure, cause: str | None) -> bool:
    if failure.answered_by is not AnsweredBy.ANTHROPIC or failure.status is None or not 400 <= failure.status < 500:
        return False
    if failure.organization_id is not None:
        return True
    card = _card(cause)
    return card is not None and card.probe.proves_key_valid and failure.status != 401


def _card(cause: str | None) -> Card | None:
    return None if cause is None else load().get(cause)


def not_tested(
    verdict: KeyVerdict,
    steps: Sequence[StepResult],
    models: Sequence[ModelResult],
    *,
    host: str | None,
    anthropic: bool,
) -> tuple[str, ...]:
    """Return what this test leaves open, in sentences."""
    by_step = {each.step: each for each in steps}
    left = []
    if verdict is KeyVerdict.UNKNOWN:
        left.append("Whether Anthropic accepts the key.")
    reached = by_step[ProbeStep.HTTP].outcome is StepOutcome.OK
    called = {each.step for each in steps if each.outcome is StepOutcome.FAILED and each.failure is not None}
    where = host or "the API"
    if reached:
        left.append(f"Whether your n8n can reach {where}: this test ran from the portal's network.")
    elif called & _BEFORE_THE_KEY:
        left.append(f"Whether your n8n can reach {where}: from the portal, no usable answer came.")
    else:  # nothing was sent, or the test was stopped: that says nothing about the network
        left.append(f"Whether your n8n can reach {where}.")
    left.append("Whether the credential in your n8n has this same key.")
    left += _models_left_out(models)
    left += _account_left_out(steps, models)
    if not anthropic and host is not None:
        left.append(f"The key that {host} itself uses to call Anthropic.")
    return tuple(left)


def _account_left_out(steps: Sequence[StepResult], models: Sequence[ModelResult]) -> list[str]:
    """Name credit and limits where no answer has told about them."""
    if any(each.outcome is AccessOutcome.OK for each in models):
        return []
    causes = {each.cause for each in steps} | {each.cause for each in models}
    shown = {card.probe.shows for card in map(_card, causes) if card is not None}
    names = [name for fact, name in _ACCOUNT.items() if fact not in shown]
    return [f"{' and '.join(names).capitalize()}: no model answered."] if names else []


def _models_left_out(models: Sequence[ModelResult]) -> list[str]:
    """Return one sentence per reason, with the first models that it kept from being tried."""
    by_reason: dict[str, list[str]] = {}
    for each in models:
        if each.outcome is AccessOutcome.NOT_TRIED:
            by_reason.setdefault(each.detail, []).append(each.model)
    return [f"These models: {_shortened(names)}. {reason}".strip() for reason, names in by_reason.items()]


def _shortened(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
