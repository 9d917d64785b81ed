"""What a test of a key says first: its cause as the headline, what is known about the key, and what to do.

The page, the terminal and the ticket take their sentences from here, so that they cannot contradict each other. Cards
speak with their variant for the surface ``probe``. What a gateway answers gets words of this module instead, whatever
card recognised it: it is about the gateway's own key and account.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from core.causes.card import Card, Family, KeyVerdict, WhoFixes
from core.causes.loader import load
from core.diagnosis import Finding, explain
from core.paste.failure import AnsweredBy, Failure, Surface
from core.probe.live_run import ProbeFinding
from core.probe.result import ProbeResult, ProbeStep, StepOutcome
from core.storage.access_results import AccessOutcome
from core.text import vocabulary

PORTAL_ADMIN: Final = "This portal's admin"

_OF_MODELS: Final = (ProbeStep.MODEL, ProbeStep.MESSAGE)
_BEFORE_THE_WAY: Final = (ProbeStep.KEY_FORMAT, ProbeStep.URL)
_OWN_WORDS: Final = (Family.NETWORK, Family.SETUP)
"""Cards that are about the way, and so also hold for a gateway's answer."""
_UNUSUAL: Final = "The answer is not one that a key test usually gets"
_NAMES: Final = 3
_BY_STATUS: Final = {
    401: Family.KEY,
    402: Family.BILLING,
    403: Family.ACCESS,
    429: Family.LIMITS,
    500: Family.LIMITS,
    502: Family.LIMITS,
    503: Family.LIMITS,
    504: Family.LIMITS,
    529: Family.LIMITS,
}


class Advice(NamedTuple):
    """What to say about one problem, and the models it stopped."""

    title: str
    cause: str
    models: tuple[str, ...]
    what_happened: str
    who_fixes: str
    steps: tuple[str, ...]
    how_to_check: str


def headline(result: ProbeResult, findings: Sequence[ProbeFinding]) -> str:
    """Return the result in one line: which models the key works with, or else the cause that comes first."""
    if _answered(result):
        return _works(result)
    if findings:
        return advice(result, findings[0]).title
    if _stopped(result):
        return "The test was stopped"
    if result.failed is not None:
        return (
            "Nothing was sent" if result.failed.step in _BEFORE_THE_WAY else f"This portal does not call {result.host}"
        )
    if result.models:
        names = _listed([each.model for each in result.models])
        reason = result.models[0].detail.removeprefix("Not tried: ").rstrip(".")
        return f"{names} {'was' if len(result.models) == 1 else 'were'} not tried: {reason}"
    who = "Anthropic" if result.anthropic else result.host
    return f"{who} accepts this key" if accepted(result) else f"{who} did not show whether it accepts this key"


def _works(result: ProbeResult) -> str:
    tried = [each for each in result.models if each.outcome is not AccessOutcome.NOT_TRIED]
    failed = [each.model for each in tried if each.outcome is AccessOutcome.FAILED]
    left = len(result.models) - len(tried)
    through = "" if result.anthropic else f" through {result.host}"
    rest = f"; {left} more not tried" if left else ""
    if failed:
        return f"The key works with {_listed(_answered(result))}{through}, but not with {_listed(failed)}{rest}"
    some = f"all {len(tried)} models{' that were tried' if left else ''}"
    return f"The key works with {some if len(tried) > _NAMES else _listed(_answered(result))}{through}{rest}"


def _listed(names: Sequence[str]) -> str:
    if len(names) > _NAMES:
        return f"{', '.join(names[: _NAMES - 1])} and {len(names) - _NAMES + 1} more"
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)


def _answered(result: ProbeResult) -> list[str]:
    return [each.model for each in result.models if each.outcome is AccessOutcome.OK]


def accepted(result: ProbeResult) -> bool:
    """Return whether the host that was called, Anthropic's or not, took the key."""
    return result.step(ProbeStep.AUTHENTICATION).outcome is StepOutcome.OK or bool(_answered(result))


def about_key(result: ProbeResult, findings: Sequence[ProbeFinding]) -> str:
    """Return what is known about the key, in one or two sentences; never more than `result.key_verdict`."""
    verdict = result.key_verdict
    if verdict is KeyVerdict.GOOD:
        needs = "" if _answered(result) or not findings else findings[0].finding.card.still_needs or ""
        return f"Valid: Anthropic knows this key. {needs}".rstrip()
    if verdict is KeyVerdict.REJECTED:
        return "Rejected by Anthropic: its own answer refuses this key."
    if verdict is KeyVerdict.UNUSABLE:
        return "Can't be a key: nothing was sent."
    if result.anthropic or result.host is None:
        return f"Not checked: {_why_unknown(result)}"
    return _gateway_about_key(result)


def _why_unknown(result: ProbeResult) -> str:
    failure = _failure(result)
    if failure is None:
        return _nothing_came(result)
    if failure.status is None:
        return f"no usable answer came from {result.host}."
    if failure.answered_by is AnsweredBy.ANTHROPIC_EDGE:
        return "Anthropic refused the call before it looked at any key."
    if failure.answered_by is not AnsweredBy.ANTHROPIC:
        return f"{_written(failure)} came back, not an answer of Anthropic's API."
    return "Anthropic's answer does not say whether it knows this key."


def _nothing_came(result: ProbeResult) -> str:
    stopped = _stopped(result) and called_anybody(result)
    return "the test was stopped before an answer came." if stopped else "nothing was sent."


def _written(failure: Failure) -> str:
    return vocabulary.ANSWER_OF[failure.answered_by or AnsweredBy.OTHER_JSON]


def _gateway_about_key(result: ProbeResult) -> str:
    failure, host = _failure(result), result.host
    refused = failure is not None and failure.status == 401 and not _answered(result)
    if accepted(result) and not refused:
        return f"Your gateway ({host}) accepts this key. Whether Anthropic would accept it was not checked."
    if failure is None:
        if result.step(ProbeStep.AUTHENTICATION).outcome is StepOutcome.SKIPPED:
            return f"Not checked: only a model's answer shows whether {host} accepts this key."
        return f"Not checked: {_nothing_came(result)}"
    if failure.status is None or not _with_key(result):
        return f"Not checked: no usable answer came from {host}."
    answer = "did not accept this key" if refused else "did not say whether it accepts this key"
    return f"Your gateway ({host}) {answer}. Whether Anthropic would accept it was not checked."


def _failure(result: ProbeResult) -> Failure | None:
    """Return the failure that the test ended with: of the step that stopped it, or of the first model."""
    failures = [each.failure for each in result.steps] + [each.failure for each in result.models]
    return next((each for each in failures if each is not None), None)


def _with_key(result: ProbeResult) -> bool:
    stopped = result.failed
    return stopped is None or stopped.step in (ProbeStep.AUTHENTICATION, *_OF_MODELS)


def called_anybody(result: ProbeResult) -> bool:
    """Return whether the test came as far as calling the host or looking for it; some addresses are refused before."""
    looked_up = result.step(ProbeStep.DNS)
    refused = looked_up.outcome is StepOutcome.FAILED and looked_up.failure is None
    return looked_up.outcome is not StepOutcome.NOT_REACHED and not refused


def _stopped(result: ProbeResult) -> bool:
    """Return whether somebody stopped the test before the host answered to the key."""
    return result.failed is None and result.step(ProbeStep.AUTHENTICATION).outcome is StepOutcome.NOT_REACHED


def advice(result: ProbeResult, probe_finding: ProbeFinding) -> Advice:
    """Return the words for one problem: a gateway's own, or those that the card has for a test."""
    finding, failure = probe_finding.finding, probe_finding.finding.failure
    answered = failure is not None and failure.status is not None
    if not result.anthropic and answered and _is_gateways(finding.card):
        return _of_gateway(result, probe_finding)
    if not _speaks_of_a_test(finding.card):
        return _unusual(probe_finding)
    return Advice(
        title=finding.title,
        cause=finding.cause,
        models=probe_finding.models,
        what_happened=finding.what_happened,
        who_fixes=_who_fixes(result, finding),
        steps=(*_address_first(result, finding), *finding.steps),
        how_to_check=finding.how_to_check,
    )


def _address_first(result: ProbeResult, finding: Finding) -> tuple[str, ...]:
    """Return the step that comes first where the way to an address that somebody typed does not work."""
    if result.anthropic or finding.card.family is not Family.NETWORK or finding.card.who_fixes is WhoFixes.SUPPORT:
        return ()
    return (
        f"Compare the Base URL, letter by letter, with the one you were given. This one was tested: {_base(result)}",
    )


def title_of(cause: str, *, host: str, anthropic: bool, status: int | None) -> str:
    """Return what a kept result's cause is called; one that this release does not know stays as it is."""
    card = load().get(cause)
    if card is None:
        return cause
    if not anthropic and _is_gateways(card):
        return _gateway_title(card, host, status)
    if not _speaks_of_a_test(card):
        return _UNUSUAL
    return explain(cause, surface=Surface.PROBE).title


def _who_fixes(result: ProbeResult, finding: Finding) -> str:
    supports = finding.card.who_fixes is WhoFixes.SUPPORT
    if supports or not (finding.card.family is Family.NETWORK or finding.card.probe.portal_fixes):
        return vocabulary.WHO_FIXES[finding.card.who_fixes]
    return PORTAL_ADMIN if result.anthropic else f"You, the owner of {result.host} or this portal's admin"


def _speaks_of_a_test(card: Card) -> bool:
    """Return whether a card has steps for a test of a key; the others are of causes that no answer to one has."""
    return any(Surface.PROBE in each.when.surface and each.steps is not None for each in card.variant)


def _unusual(probe_finding: ProbeFinding) -> Advice:
    """Return the words for a cause whose card does not speak of a test; its name stays for support."""
    failure = probe_finding.finding.failure
    request_id = f" Its request id is {failure.request_id}." if failure is not None and failure.request_id else ""
    return Advice(
        title=_UNUSUAL,
        cause=probe_finding.finding.cause,
        models=probe_finding.models,
        what_happened="The answer to the short test message is one that a key test does not usually get.",
        who_fixes=vocabulary.WHO_FIXES[WhoFixes.SUPPORT],
        steps=(
            "Test again here, with a model from the list.",
            f'If the same answer comes back, press "Send this to support" and send that text.{request_id}',
        ),
        how_to_check="The test here shows no error.",
    )


def _is_gateways(card: Card) -> bool:
    """Return whether a gateway's answer with this cause is put in this module's words."""
    return card.family not in _OWN_WORDS or card.probe.anthropic_only


def _gateway_title(card: Card, host: str, status: int | None) -> str:
    """Return what a gateway's answer is called: by its cause or, where no card knows its words, by its status."""
    family = card.family if card.family in vocabulary.GATEWAY_ANSWER else _BY_STATUS.get(status or 0)
    return (
        vocabulary.GATEWAY_ANSWER[family].format(host=host) if family is not None else f"{host} answered with an error"
    )


def _of_gateway(result: ProbeResult, probe_finding: ProbeFinding) -> Advice:
    host, finding = result.host or "the gateway", probe_finding.finding
    return Advice(
        title=_gateway_title(finding.card, host, finding.failure.status if finding.failure else None),
        cause=finding.cause,
        models=probe_finding.models,
        what_happened=f"The answer came from {host}. It is about the key and the account that this gateway uses.",
        who_fixes=f"The owner of {host}",
        steps=(
            f"Compare the key and the address with what the owner of {host} gave you. The address tested is "
            f"{_base(result)}.",
            f'Send the text under "Send this to support" to the owner of {host}. It has the answer, and no key.',
            "To call Anthropic directly, test an Anthropic key here with an empty Base URL.",
        ),
        how_to_check="Test again here with the same address. Every step turns green.",
    )


def _base(result: ProbeResult) -> str:
    return result.request.base_url.strip() or (result.host or "")
