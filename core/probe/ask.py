"""Asking the chosen models, side by side: GET /v1/models/{id}, then the message that n8n would send.

At most `AT_ONCE` models are asked at a time. A refused key or spent credit stops the others before their next call;
they count as not tried. Workers only put events into a queue: the caller's own thread passes them on.
"""

import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import msgspec

from core.causes.loader import load
from core.keys.secret import KeyForgottenError, Secret
from core.net.base_url import Target
from core.net.budget import CANCELLED, Deadline, Fault
from core.net.client import HttpAnswer, call
from core.net.route import Route
from core.paste.failure import Failure
from core.probe.answers import CallFacts, clean, from_answer, from_fault, header, json_of, limits_of, message_of
from core.probe.record import Judge, OnEvent, answer_words, fault_words
from core.probe.request import ProbeRequest, headers_of, message_body, model_path
from core.probe.result import ModelResult, ProbeStep, StepEvent, StepOutcome, Usage
from core.storage.access_results import AccessOutcome

AT_ONCE: Final = 12
LOOKUP_SECONDS: Final = 15.0
MESSAGE_SECONDS: Final = 45.0
SAMPLE_CHARACTERS: Final = 200

_REFUSED: Final = "the key was refused"


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """What every model's calls share."""

    request: ProbeRequest
    target: Target
    route: Route
    deadline: Deadline
    secret: Secret
    judge: Judge
    sent_key: str

    def call(self, method: str, path: str, *, body: bytes | None = None, seconds: float) -> HttpAnswer:
        """Make one call with the key; raises `Fault` or `KeyForgottenError`."""
        headers = headers_of(self.request, self.secret)
        if body is not None:
            headers["content-type"] = "application/json"
        url = self.target.url(path)
        return call(self.route, self.deadline, method, url, headers, body=body, seconds=seconds)

    def facts_of(self, method: str, path: str, model: str) -> CallFacts:
        """Return the facts of a call to a model."""
        return CallFacts(
            target=self.target,
            method=method,
            path=path,
            api_version=self.request.api_version,
            model=model,
            sent_key=self.sent_key,
        )


class _Stop:
    """The first reason to ask no further model."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.reason: str | None = None

    def note(self, failure: Failure, cause: str) -> None:
        """Stop the others if this failure is the same for all of them."""
        card = load().get(cause)
        reason = (card.probe.stops if card else None) or (_REFUSED if failure.status == 401 else None)
        with self._lock:
            self.reason = self.reason or reason


def ask_models(caller: Caller, models: Sequence[str], on_event: OnEvent) -> tuple[ModelResult, ...]:
    """Ask all models and return their results in the given order; `on_event` is called in this thread only."""
    events: queue.SimpleQueue[StepEvent | int] = queue.SimpleQueue()
    stop = _Stop()
    pool = ThreadPoolExecutor(max_workers=min(AT_ONCE, len(models)), thread_name_prefix="probe")
    try:
        calls = [pool.submit(_ask, caller, model, stop, events.put) for model in models]
        for each in calls:
            each.add_done_callback(lambda _: events.put(1))
        left = len(calls)
        while left:
            event = events.get()
            if isinstance(event, StepEvent):
                on_event(event)
            else:
                left -= 1
        return tuple(each.result() for each in calls)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def left_out(models: Sequence[str], reason: str) -> tuple[ModelResult, ...]:
    """Return the results of models that were not tried, all for the same reason."""
    detail = f"Not tried: {reason}."
    return tuple(ModelResult(model=model, outcome=AccessOutcome.NOT_TRIED, detail=detail) for model in models)


def _ask(caller: Caller, model: str, stop: _Stop, tell: Callable[[StepEvent], None]) -> ModelResult:
    try:
        return _One(caller, model, stop, tell).ask()
    except KeyForgottenError:
        return left_out([model], "the test was stopped")[0]


class _One:
    """One model's two calls."""

    def __init__(self, caller: Caller, model: str, stop: _Stop, tell: Callable[[StepEvent], None]) -> None:
        self._caller = caller
        self._model = model
        self._stop = stop
        self._tell = tell
        self._about: dict[str, Any] = {}
        self._missing = False

    def ask(self) -> ModelResult:
        """Ask what the API knows of the model, then the model itself."""
        failed = self._not_tried() or self._look_up()
        if failed is not None:
            return failed
        return self._not_tried() or self._send_message()

    def _not_tried(self) -> ModelResult | None:
        if self._caller.deadline.cancelled:
            return self._left_out("the test was stopped")
        if self._stop.reason is not None:
            return self._left_out(self._stop.reason)
        return None if self._caller.deadline.left else self._left_out("the time for this test was up")

    def _left_out(self, reason: str) -> ModelResult:
        return left_out([self._model], reason)[0]

    def _look_up(self) -> ModelResult | None:
        """Ask for the model's entry. Only a refused key ends here: what n8n hears is the message's answer."""
        self._begin(ProbeStep.MODEL)
        path = model_path(self._model)
        try:
            answer = self._caller.call("GET", path, seconds=LOOKUP_SECONDS)
        except Fault as fault:
            self._end(ProbeStep.MODEL, StepOutcome.SKIPPED, fault_words(fault))
            return None
        self._about["model_ms"] = answer.ms
        if answer.status == 401:
            return self._failed(ProbeStep.MODEL, answer, self._caller.facts_of("GET", path, self._model))
        self._missing = answer.status == 404 and self._caller.target.anthropic
        entry = json_of(answer)
        if answer.status == 200 and isinstance(entry, dict) and entry.get("type") == "model":
            self._know(entry)
            self._end(ProbeStep.MODEL, StepOutcome.OK, self._lifetime(), answer.ms)
        elif not self._missing:
            self._end(
                ProbeStep.MODEL,
                StepOutcome.SKIPPED,
                f"Nothing is told about this model (HTTP {answer.status}).",
                answer.ms,
            )
        return None

    def _know(self, entry: Mapping[str, Any]) -> None:
        for field, fact in (("id", "answering_model"), ("lifecycle", "lifecycle"), ("retires_at", "retires_at")):
            value = entry.get(field)
            if isinstance(value, str):
                self._about[fact] = clean(value, self._caller.secret)[:100]

    def _lifetime(self) -> str:
        state, until = self._about.get("lifecycle"), self._about.get("retires_at")
        return f"{state}, until {until[:10]}" if state and until else state or ""

    def _send_message(self) -> ModelResult:
        if not self._missing:
            self._begin(ProbeStep.MESSAGE)
        step = ProbeStep.MODEL if self._missing else ProbeStep.MESSAGE
        facts = self._caller.facts_of("POST", "/v1/messages", self._model)
        try:
            answer = self._caller.call("POST", "/v1/messages", body=message_body(self._model), seconds=MESSAGE_SECONDS)
        except Fault as fault:
            if fault.code == CANCELLED:
                return self._left_out("the test was stopped")
            failure = from_fault(fault, facts, self._caller.secret)
            return self._judged(step, failure, fault_words(fault))
        message = message_of(answer)
        return self._failed(step, answer, facts) if message is None else self._answered(answer, message)

    def _answered(self, answer: HttpAnswer, message: Mapping[str, Any]) -> ModelResult:
        if self._missing:
            self._end(ProbeStep.MODEL, StepOutcome.SKIPPED, "The list of models does not name it.")
        self._end(ProbeStep.MESSAGE, StepOutcome.OK, "The model answered.", answer.ms)
        sample = _sample(message)
        facts = {"answering_model": _text(message.get("model")), "stop_reason": _text(message.get("stop_reason"))}
        shown = {name: clean(text, self._caller.secret)[:100] for name, text in facts.items() if text}
        return ModelResult(
            model=self._model,
            outcome=AccessOutcome.OK,
            detail="" if sample else "It answered without text: the few tokens of the test went into thinking.",
            sample=None if sample is None else clean(sample, self._caller.secret)[:SAMPLE_CHARACTERS],
            usage=_usage(message),
            latency_ms=answer.ms,
            **{**self._about, **self._headers(answer), **shown},
        )

    def _failed(self, step: ProbeStep, answer: HttpAnswer, facts: CallFacts) -> ModelResult:
        failure = from_answer(answer, facts, self._caller.secret)
        self._about.update(self._headers(answer), latency_ms=answer.ms)
        return self._judged(step, failure, answer_words(failure))

    def _judged(self, step: ProbeStep, failure: Failure, words: str) -> ModelResult:
        cause = self._caller.judge(failure)
        self._stop.note(failure, cause)
        detail = clean(words, self._caller.secret)
        self._end(step, StepOutcome.FAILED, detail, self._about.get("latency_ms"))
        about = {**self._about, "status": failure.status, "request_id": failure.request_id}
        return ModelResult(
            model=self._model,
            outcome=AccessOutcome.FAILED,
            detail=detail,
            failed_step=step,
            cause=cause,
            failure=failure,
            **about,
        )

    def _headers(self, answer: HttpAnswer) -> dict[str, Any]:
        secret = self._caller.secret
        return {
            "status": answer.status,
            "request_id": header(answer.headers, "request-id", secret),
            "organization_id": header(answer.headers, "anthropic-organization-id", secret),
            "workspace_id": header(answer.headers, "anthropic-workspace-id", secret),
            "retry_after": header(answer.headers, "retry-after", secret),
            "limits": limits_of(answer.headers, secret),
        }

    def _begin(self, step: ProbeStep) -> None:
        self._tell(StepEvent(step=step, model=self._model))

    def _end(self, step: ProbeStep, outcome: StepOutcome, detail: str, ms: float | None = None) -> None:
        self._tell(StepEvent(step=step, outcome=outcome, detail=detail, ms=ms, model=self._model))


def _sample(message: Mapping[str, Any]) -> str | None:
    """Return the first text of an answer, whole: it is cut only once it is clean, or a cut could hide half a secret."""
    texts = (each.get("text") for each in message["content"] if isinstance(each, dict) and each.get("type") == "text")
    return next((text for text in texts if isinstance(text, str) and text), None)


def _usage(message: Mapping[str, Any]) -> Usage | None:
    usage = message.get("usage")
    if not isinstance(usage, dict):
        return None
    read, written = usage.get("input_tokens"), usage.get("output_tokens")
    if not (isinstance(read, int) and isinstance(written, int)):
        return None
    return Usage(input_tokens=read, output_tokens=written)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
