"""One live test of a key: nine steps, the first failure named, the rest not reached.

``probe(request, key, judge)`` looks at the key's text and the URL, looks the host up, connects, calls once without a
key (which tells a blocked network or region from a refused key), once with it, and then asks each chosen model
(`core.probe.ask`). It observes only: `judge` turns each failure into a cause id, with the same cards as a paste.

The key lives in one `Secret`, is forgotten when the test ends however it ends, and is scrubbed from every text that
leaves. Progress is told by `on_event`, always in the caller's thread. Nothing is raised for what goes wrong outside.
"""

import datetime as dt
import time
from typing import Final

from core.causes.loader import card_of_base_url_problem, card_of_key_fault
from core.keys import key_text
from core.keys.key_text import KeyText
from core.keys.secret import Secret
from core.net import base_url
from core.net.addresses import AddressRefused, LookupFailed
from core.net.base_url import Target, TargetRefused
from core.net.budget import Deadline, Fault, Phase
from core.net.certificate import Certificate
from core.net.client import HttpAnswer, call
from core.net.network import Timings
from core.net.route import Route, trust
from core.probe import summary
from core.probe.answers import CallFacts, clean, from_answer, from_fault, header, ids_of, is_list, lets_in
from core.probe.ask import Caller, ask_models, left_out
from core.probe.policy import Surroundings
from core.probe.record import Judge, OnEvent, Record, Stopped, answer_words, certificate_words, fault_words
from core.probe.request import MAX_MODELS, MAX_SECONDS, AuthWay, ProbeRequest, complaint, headers_of, without_secrets
from core.probe.result import ModelResult, ProbeResult, ProbeStep, StepOutcome

REACH_SECONDS: Final = 15.0
MODELS_PATH: Final = "/v1/models"
_ALL_MODELS: Final = "?limit=1000"
_PHASE_STEPS: Final = {Phase.TCP: ProbeStep.TCP, Phase.TLS: ProbeStep.TLS, Phase.HTTP: ProbeStep.HTTP}


def probe(
    request: ProbeRequest,
    key: str,
    judge: Judge,
    *,
    header_value: str = "",
    surroundings: Surroundings | None = None,
    on_event: OnEvent | None = None,
) -> ProbeResult:
    """Test a key; ends within ``request.seconds``, and forgets the key whatever happens."""
    return Probe(request, key, judge, header_value=header_value, surroundings=surroundings, on_event=on_event).run()


class Probe:
    """A test that another thread can `cancel`; `run` may be called once."""

    def __init__(
        self,
        request: ProbeRequest,
        key: str,
        judge: Judge,
        *,
        header_value: str = "",
        surroundings: Surroundings | None = None,
        on_event: OnEvent | None = None,
    ) -> None:
        self._request = without_secrets(request)
        self._complaint = complaint(request, header_value)
        self._world = surroundings or Surroundings()
        self._on_event = on_event or (lambda _: None)
        # Now, so that no step pays for reading the authorities.
        trust(self._world.ca_file)
        self._deadline = Deadline(max(0.0, min(request.seconds, MAX_SECONDS)))
        sent = key_text.text_to_send(key, clean_key=request.clean_key)
        self._secret = Secret(sent, header_value, key)
        self._record = Record(self._secret, judge, self._on_event)
        self._judge = judge
        self._models: tuple[ModelResult, ...] = ()
        self._visible: tuple[str, ...] = ()
        self._answer: HttpAnswer | None = None
        self._keyless: HttpAnswer | None = None
        self._certificate: Certificate | None = None
        self._target: Target | None = None
        self._key = self._look_at_key(key)

    def __repr__(self) -> str:
        return "Probe(...)"

    def cancel(self) -> None:
        """Stop now, from any thread: open connections are cut, and `run` returns what is known."""
        self._deadline.cancel()

    def run(self) -> ProbeResult:
        """Go through the steps and return what was learned."""
        began, started_at = time.monotonic(), dt.datetime.now(dt.UTC)
        try:
            self._go()
            return self._result(started_at, began)
        finally:
            self._deadline.cancel()
            self._secret.forget()

    def _go(self) -> None:
        try:
            self._check_key()
            target = self._check_url()
            route = self._look_up(target)
            self._reach(target, route)
            self._authenticate(target, route)
        except Stopped:
            reason = "the test was stopped" if self._deadline.cancelled else "an earlier step failed"
            self._models = left_out(self._request.models, reason)
            return
        self._test_models(target, route)

    # the steps, in their order

    def _look_at_key(self, key: str) -> KeyText:
        try:
            anthropic = base_url.parse(self._request.base_url, self._world.allowed).anthropic
        except TargetRefused:
            anthropic = True
        return key_text.inspect(key, anthropic=anthropic, bearer=self._request.auth is AuthWay.BEARER)

    def _check_key(self) -> None:
        self._record.begin(ProbeStep.KEY_FORMAT)
        breaking = [each.text for each in self._key.remarks if each.breaks]
        others = [each.text for each in self._key.remarks if not each.breaks]
        if self._complaint is not None:
            self._record.fail(ProbeStep.KEY_FORMAT, self._complaint)
        if (fault := self._key.fault) is None:
            self._record.end(ProbeStep.KEY_FORMAT, StepOutcome.OK, " ".join([self._key.form.label + ".", *others]))
        elif self._request.clean_key and self._key.cleanable:
            self._record.end(
                ProbeStep.KEY_FORMAT,
                StepOutcome.OK,
                " ".join(["Tested without what does not belong there.", *breaking]),
            )
        else:
            self._record.fail(ProbeStep.KEY_FORMAT, " ".join(breaking), cause=card_of_key_fault(fault).id)

    def _check_url(self) -> Target:
        self._record.begin(ProbeStep.URL)
        try:
            target = base_url.parse(self._request.base_url, self._world.allowed)
        except TargetRefused as refused:
            hint = f" Try {refused.suggestion}" if refused.suggestion else ""
            card = card_of_base_url_problem(refused.problem)
            self._record.fail(ProbeStep.URL, refused.sentence + hint, cause=None if card is None else card.id)
        self._target = target
        self._record.end(ProbeStep.URL, StepOutcome.OK, " ".join([target.base, *target.notes]))
        return target

    def _look_up(self, target: Target) -> Route:
        self._record.begin(ProbeStep.DNS)
        began = time.monotonic()
        try:
            route = self._world.route_to(target, self._deadline)
        except AddressRefused as refused:
            self._record.fail(ProbeStep.DNS, str(refused), ms=_ms(began))
        except LookupFailed as failed:
            self._blame_nobody_if_stopped(ProbeStep.DNS)
            facts = self._facts_of(target, "GET", MODELS_PATH)
            failure = from_fault(Fault(Phase.TCP, failed.problem, str(failed)), facts, self._secret)
            self._record.fail(ProbeStep.DNS, failed.sentence, failure=failure, ms=_ms(began))
        if route.proxy is None:
            self._record.end(ProbeStep.DNS, StepOutcome.OK, f"{target.host} was found.", _ms(began))
        else:
            self._record.end(ProbeStep.DNS, StepOutcome.SKIPPED, "The portal's proxy looks the name up.", _ms(began))
        return route

    def _reach(self, target: Target, route: Route) -> None:
        """Call once without the key: TCP, TLS and HTTP, and whether the network or region lets anybody in."""
        self._record.begin(ProbeStep.TCP)
        facts = self._facts_of(target, "GET", MODELS_PATH)
        timings = Timings()
        began = time.monotonic()
        try:
            answer = call(
                route,
                self._deadline,
                "GET",
                target.url(MODELS_PATH),
                headers_of(self._request, None),
                seconds=REACH_SECONDS,
                timings=timings,
            )
        except Fault as fault:
            self._certificate = fault.certificate or timings.certificate
            self._end_transport(target, fault, timings)
            self._blame_nobody_if_stopped(_PHASE_STEPS[fault.phase])
            ms = {Phase.TCP: timings.tcp, Phase.TLS: timings.tls}.get(fault.phase, _ms(began))
            failure = from_fault(fault, facts, self._secret)
            self._record.fail(_PHASE_STEPS[fault.phase], fault_words(fault), failure=failure, ms=ms)
        self._keyless, self._certificate = answer, answer.certificate
        self._end_transport(target, None, timings)
        ms = round(answer.ms - (timings.tcp or 0) - (timings.tls or 0), 1)
        if lets_in(answer, self._facts_of(target, "GET", MODELS_PATH), self._secret):
            self._record.end(ProbeStep.HTTP, StepOutcome.OK, f"{target.host} answered a call without a key.", ms=ms)
            return
        failure = from_answer(answer, facts, self._secret)
        self._record.fail(ProbeStep.HTTP, answer_words(failure), failure=failure, ms=ms)

    def _end_transport(self, target: Target, fault: Fault | None, timings: Timings) -> None:
        """End the TCP and TLS steps that one call went through; a step that failed is ended by the caller."""
        if fault is not None and fault.phase is Phase.TCP:
            return
        self._record.end(
            ProbeStep.TCP,
            StepOutcome.OK,
            "Connected." if self._world.proxy is None else "Connected by proxy.",
            timings.tcp,
        )
        self._record.begin(ProbeStep.TLS)
        if fault is not None and fault.phase is Phase.TLS:
            return
        if target.scheme == "http":
            self._record.end(ProbeStep.TLS, StepOutcome.SKIPPED, "Plain http, as the operator's list has it.")
        else:
            self._record.end(ProbeStep.TLS, StepOutcome.OK, certificate_words(self._certificate), timings.tls)
        self._record.begin(ProbeStep.HTTP)

    def _authenticate(self, target: Target, route: Route) -> None:
        """Call GET /v1/models with the key, as n8n's credential test does."""
        self._record.begin(ProbeStep.AUTHENTICATION)
        path = MODELS_PATH + (_ALL_MODELS if self._request.all_visible else "")
        facts = self._facts_of(target, "GET", path, with_key=True)
        began = time.monotonic()
        try:
            answer = call(
                route,
                self._deadline,
                "GET",
                target.url(path),
                headers_of(self._request, self._secret),
                seconds=REACH_SECONDS,
            )
        except Fault as fault:
            self._blame_nobody_if_stopped(ProbeStep.AUTHENTICATION)
            failure = from_fault(fault, facts, self._secret)
            self._record.fail(ProbeStep.AUTHENTICATION, fault_words(fault), failure=failure, ms=_ms(began))
        self._answer = answer
        if is_list(answer, target):
            self._visible = tuple(clean(each, self._secret) for each in ids_of(answer))
            self._accepted(target, answer)
            return
        if not target.anthropic and answer.status in (404, 405):
            detail = f"{target.host} has no list of models; the message tells whether the key is accepted."
            self._record.end(ProbeStep.AUTHENTICATION, StepOutcome.SKIPPED, detail, answer.ms)
            return
        failure = from_answer(answer, facts, self._secret)
        self._record.fail(ProbeStep.AUTHENTICATION, answer_words(failure), failure=failure, ms=answer.ms)

    def _blame_nobody_if_stopped(self, step: ProbeStep) -> None:
        """Leave a step as not reached where the fault is only that somebody stopped the test."""
        if self._deadline.cancelled:
            self._record.give_up(step, "The test was stopped.")

    def _accepted(self, target: Target, answer: HttpAnswer) -> None:
        if self._keyless is not None and self._keyless.status == 200:
            detail = f"{target.host} lists its models for everybody; the message tells whether the key is accepted."
            self._record.end(ProbeStep.AUTHENTICATION, StepOutcome.SKIPPED, detail, answer.ms)
            return
        self._record.end(ProbeStep.AUTHENTICATION, StepOutcome.OK, f"{target.host} accepts the key.", answer.ms)

    def _test_models(self, target: Target, route: Route) -> None:
        models = self._visible if self._request.all_visible else tuple(dict.fromkeys(self._request.models))
        if not models:
            for step in (ProbeStep.MODEL, ProbeStep.MESSAGE):
                self._record.end(step, StepOutcome.SKIPPED, "No model was chosen.")
            return
        caller = Caller(
            request=self._request,
            target=target,
            route=route,
            deadline=self._deadline,
            secret=self._secret,
            judge=self._judge,
            sent_key=self._sent_key,
        )
        most = MAX_MODELS
        self._models = ask_models(caller, models[:most], self._on_event)
        self._models += left_out(models[most:], f"one test takes at most {most} models")
        for step in (ProbeStep.MODEL, ProbeStep.MESSAGE):
            self._record.sum_up(summary.summed_up(step, self._models))

    @property
    def _sent_key(self) -> str:
        scheme = "Bearer " if self._request.auth is AuthWay.BEARER else ""
        return f"{scheme}[{self._key.form.label}]"

    def _facts_of(self, target: Target, method: str, path: str, *, with_key: bool = False) -> CallFacts:
        return CallFacts(
            target=target,
            method=method,
            path=path,
            api_version=self._request.api_version,
            sent_key=self._sent_key if with_key else None,
        )

    def _result(self, started_at: dt.datetime, began: float) -> ProbeResult:
        steps = self._record.all()
        host = None if self._target is None else self._target.host
        anthropic = self._target is not None and self._target.anthropic
        proven = summary.key_verdict(steps, self._models, anthropic=anthropic)
        return ProbeResult(
            request=self._request,
            host=host,
            anthropic=anthropic,
            key=self._key,
            steps=steps,
            models=self._models,
            key_verdict=proven,
            not_tested=summary.not_tested(proven, steps, self._models, host=host, anthropic=anthropic),
            started_at=started_at,
            elapsed_ms=_ms(began),
            visible_models=self._visible,
            notes=() if self._target is None else self._target.notes,
            organization_id=self._identity("anthropic-organization-id"),
            workspace_id=self._identity("anthropic-workspace-id"),
            certificate=self._certificate,
        )

    def _identity(self, name: str) -> str | None:
        own = None if self._answer is None else header(self._answer.headers, name, self._secret)
        field = "organization_id" if "organization" in name else "workspace_id"
        return own or next((value for each in self._models if (value := getattr(each, field))), None)


def _ms(began: float) -> float:
    return round((time.monotonic() - began) * 1000, 1)
