"""One live test of a key as a page runs it: may it be run, run it, judge it, keep what it showed.

`core.probe.probe` observes, `core.diagnosis` judges, `core.storage` counts and keeps; this module joins the three.
`take_turn` counts a test against the limits. `start` runs it in a thread of its own and returns a `LiveTest`, which
never leads to the key. `findings_of` gives the same findings as for a paste, `access_facts_of` the rows to keep.

Nothing is raised for what goes wrong with a test: a fault of our own is logged under `live.reference`.
"""

import datetime as dt
import logging
import secrets
import threading
import time
import weakref
from collections.abc import Callable
from typing import Final, NamedTuple

import msgspec

from core.causes.card import Certainty, Family, KeyVerdict
from core.causes.ids import CauseId
from core.diagnosis import Finding, explain, judge, recall
from core.net.base_url import ANTHROPIC_HOST
from core.paste.failure import AnsweredBy, Failure, Surface
from core.probe.policy import Surroundings
from core.probe.probe import Probe, probe
from core.probe.record import OnEvent
from core.probe.request import ProbeRequest
from core.probe.result import ModelResult, ProbeResult, ProbeStep, StepEvent, StepResult
from core.settings import Settings
from core.storage.access_results import AccessFacts, AccessOutcome, CallPath
from core.storage.limits import HOUR, Decision, Limits, Scope, limits_for

_OTHERS_OF_GATEWAY: Final = (Family.KEY, Family.NOT_ANTHROPIC, Family.N8N, Family.NONE)
"""Families of cards that say no more about a gateway's 401 than that it refused the key."""
_FIRST: Final = (Family.KEY, Family.ACCESS, Family.BILLING, Family.NETWORK, Family.SETUP, Family.MODEL, Family.REQUEST)
"""Families of causes in the order in which they are shown; the rest, such as limits that pass, come last."""
_BEFORE_SENDING: Final = (ProbeStep.KEY_FORMAT, ProbeStep.URL)
_log = logging.getLogger(__name__)


class Visitor(NamedTuple):
    """Who asks for a test: a random id of the session, and the address, None where it is not known."""

    session: str
    address: str | None


class ProbeFinding(msgspec.Struct, frozen=True, kw_only=True):
    """A finding of a test and the models it stopped; none where it stopped the test before any model."""

    finding: Finding
    models: tuple[str, ...]


def cause_of(failure: Failure) -> str:
    """Return the cause of a failure."""
    return judged(failure).cause


def judged(failure: Failure, today: dt.date | None = None) -> Finding:
    """Return the finding for a failure of a test: the card's, unless the answer cannot be about what the card says.

    At Anthropic's host a body without Anthropic's form was written by somebody in between, whatever its words. A
    gateway's refusal of the key is the gateway's, also where it hands on Anthropic's words about its own key.
    """
    finding = judge(failure, today=today)
    if failure.status is None or finding.card.family is Family.NETWORK:
        return finding
    if failure.host == ANTHROPIC_HOST:
        own = failure.answered_by in (AnsweredBy.ANTHROPIC, AnsweredBy.ANTHROPIC_EDGE)
        return finding if own else _concluded(CauseId.UNEXPECTED_RESPONSE, failure)
    vague = finding.card.family in _OTHERS_OF_GATEWAY and not finding.card.probe.about_auth_header
    return _concluded(CauseId.GATEWAY_KEY_REJECTED, failure) if failure.status == 401 and vague else finding


def _concluded(cause: CauseId, failure: Failure) -> Finding:
    """Return the finding that who answered leads to, whatever the answer says."""
    return recall(cause, failure, certainty=Certainty.LIKELY, verdict=KeyVerdict.UNKNOWN)


def run(
    request: ProbeRequest,
    key: str,
    *,
    surroundings: Surroundings,
    header_value: str = "",
    on_event: OnEvent | None = None,
) -> ProbeResult:
    """Test a key and wait for the result."""
    return probe(request, key, cause_of, header_value=header_value, surroundings=surroundings, on_event=on_event)


def take_turn(limits: Limits, chosen: Settings, host: str, visitor: Visitor, now: dt.datetime) -> Decision:
    """Count one test that goes to `host`, or say which limit it met; never raises.

    A host other than Anthropic's counts by itself too; what goes to Anthropic counts for everybody together alone.
    """
    most = {
        Scope.SESSION: chosen.tests_per_session,
        Scope.ADDRESS: chosen.tests_per_address,
        Scope.TARGET: chosen.tests_per_target,
        Scope.GLOBAL: chosen.tests_in_all,
    }
    subjects = {
        Scope.SESSION: visitor.session,
        Scope.ADDRESS: visitor.address,
        Scope.TARGET: None if host == ANTHROPIC_HOST else host,
    }
    return limits.take(limits_for("key_test", most, HOUR, subjects), now)


class LiveTest:
    """A test that runs in a thread of its own; what this object can reach never includes the key.

    A page may be drawn again while the test goes on: it finds all events so far here. Closing the page leaves the test
    to its own deadline.
    """

    def __init__(self, request: ProbeRequest) -> None:
        self.request = request
        self.result: ProbeResult | None = None
        self.reference: str | None = None
        self.stopped = False
        self._events: list[StepEvent] = []
        self._began = time.monotonic()
        self._done = threading.Event()
        self._cancel: Callable[[], Callable[[], None] | None] = lambda: None

    @property
    def events(self) -> tuple[StepEvent, ...]:
        """What has been told so far."""
        return tuple(self._events)

    @property
    def done(self) -> bool:
        """Whether the test has ended: with a `result`, or with the `reference` of a fault of ours."""
        return self._done.is_set()

    @property
    def seconds(self) -> float:
        """How long ago the test began."""
        return time.monotonic() - self._began

    def wait(self, seconds: float) -> bool:
        """Wait for the end, at most so long; returns `done`."""
        return self._done.wait(seconds)

    def stop(self) -> None:
        """End the test now; its result tells what is known."""
        self.stopped = True
        cancel = self._cancel()
        if cancel is not None:
            cancel()

    def follow(self, test: Probe) -> None:
        """Run `test` and keep its result; to be called in its own thread."""
        # A strong reference would lead to the key.
        self._cancel = weakref.WeakMethod(test.cancel)
        if self.stopped:  # before there was anything to cancel
            test.cancel()
        try:
            self.result = test.run()
        except Exception:
            self.fail()
        finally:
            self._done.set()

    def fail(self) -> None:
        """End with a reference for the error at hand, which is logged; not kept, since it leads to the key."""
        self.reference = secrets.token_hex(4)
        _log.exception("A test of a key failed, reference %s", self.reference)
        self._done.set()

    def note(self, event: StepEvent) -> None:
        """Take down an event."""
        self._events.append(event)


def start(request: ProbeRequest, key: str, *, surroundings: Surroundings, header_value: str = "") -> LiveTest:
    """Begin a test and return at once."""
    live = LiveTest(request)
    try:
        test = Probe(request, key, cause_of, header_value=header_value, surroundings=surroundings, on_event=live.note)
        threading.Thread(target=live.follow, args=(test,), name="key-test", daemon=True).start()
    # A caller that stumbled here would keep the key.
    except Exception:
        live.fail()
    return live


def got_through(result: ProbeResult) -> bool:
    """Return whether the test reached the host, or ended before it would have called anybody."""
    return result.failed is None or result.failed.step not in (ProbeStep.DNS, ProbeStep.TCP, ProbeStep.TLS)


def findings_of(result: ProbeResult, today: dt.date | None = None) -> tuple[ProbeFinding, ...]:
    """Return what went wrong, as findings: the step that stopped the test, or each cause that stopped models.

    What concerns the key or its account comes first, what passes by itself last; of equal ones the cause that stopped
    most models, then the one of the model that was asked for first.
    """
    stopped = result.failed
    if stopped is not None and stopped.step not in (ProbeStep.MODEL, ProbeStep.MESSAGE):
        finding = _finding(stopped, today)
        return () if finding is None else (ProbeFinding(finding=finding, models=()),)
    by_cause: dict[str, tuple[Finding, list[str]]] = {}
    for model in result.models:
        if model.failure is not None:
            finding = judged(model.failure, today)
            by_cause.setdefault(finding.cause, (finding, []))[1].append(model.model)
    every = [ProbeFinding(finding=finding, models=tuple(models)) for finding, models in by_cause.values()]
    return tuple(sorted(every, key=lambda each: (_rank(each.finding), -len(each.models))))


def _rank(finding: Finding) -> int:
    family = finding.card.family
    return _FIRST.index(family) if family in _FIRST else len(_FIRST)


def _finding(step: StepResult, today: dt.date | None) -> Finding | None:
    if step.failure is not None:
        return judged(step.failure, today)
    return None if step.cause is None else explain(step.cause, surface=Surface.PROBE)


def access_facts_of(result: ProbeResult, *, fingerprint: str, label: str, environment: str) -> tuple[AccessFacts, ...]:
    """Return the rows to keep of a test, one per model; none where nothing was sent.

    A test that was stopped before the models (no way to the host, a refused key) counts for each of them: with this
    key, by this path, none of them answered. Models left out for another reason stay "not tried".
    """
    stopped = result.failed
    if result.host is None or (stopped is not None and stopped.step in _BEFORE_SENDING):
        return ()
    early = None if stopped is None or stopped.step in (ProbeStep.MODEL, ProbeStep.MESSAGE) else stopped
    rows = result.models if early is None else tuple(_stopped(each, early) for each in result.models)
    return tuple(
        AccessFacts(
            key_label=label,
            key_fingerprint=fingerprint,
            environment=environment,
            model=row.model,
            path=CallPath.DIRECT if result.anthropic else CallPath.GATEWAY,
            host=result.host,
            outcome=row.outcome,
            tested_at=result.started_at,
            cause=row.cause,
            status=row.status,
            latency_ms=None if row.latency_ms is None else round(row.latency_ms),
            request_id=row.request_id,
        )
        for row in rows
    )


def _stopped(model: ModelResult, step: StepResult) -> ModelResult:
    """Return a model that was not reached, with the facts of the step that stopped the test."""
    return msgspec.structs.replace(
        model,
        outcome=AccessOutcome.FAILED,
        cause=step.cause,
        status=step.failure.status if step.failure else None,
        request_id=step.failure.request_id if step.failure else None,
    )
