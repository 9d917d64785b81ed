"""What a test learned: steps, one access result a model. Nothing here holds a key."""

import datetime as dt
from enum import StrEnum

import msgspec

from core.causes.card import KeyVerdict
from core.keys.key_text import KeyText
from core.net.certificate import Certificate
from core.paste.failure import Failure
from core.probe.answers import RateLimit
from core.probe.request import ProbeRequest
from core.storage.access_results import AccessOutcome


class ProbeStep(StrEnum):
    """The steps of a test, in this order."""

    KEY_FORMAT = "key_format"
    URL = "url"
    DNS = "dns"
    TCP = "tcp"
    TLS = "tls"
    HTTP = "http"
    AUTHENTICATION = "authentication"
    MODEL = "model"
    MESSAGE = "message"


class StepOutcome(StrEnum):
    """How a step ended."""

    OK = "ok"
    FAILED = "failed"
    SKIPPED = "skipped"
    NOT_REACHED = "not_reached"


class StepEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a timeline: a step began (`outcome` is None) or ended; `model` for the steps of one model."""

    step: ProbeStep
    outcome: StepOutcome | None = None
    detail: str = ""
    ms: float | None = None
    model: str | None = None


class StepResult(msgspec.Struct, frozen=True, kw_only=True):
    """How one step ended; a failed one has a cause and, where something was called, the failure."""

    step: ProbeStep
    outcome: StepOutcome
    detail: str = ""
    ms: float | None = None
    cause: str | None = None
    failure: Failure | None = None


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """Tokens that one message took."""

    input_tokens: int
    output_tokens: int


class ModelResult(msgspec.Struct, frozen=True, kw_only=True):
    """What one model did with this key.

    `failed_step` is the step that stopped it; `latency_ms` is the message's; `answering_model`, `lifecycle` and
    `retires_at` are what the API itself said about the id.
    """

    model: str
    outcome: AccessOutcome
    detail: str = ""
    failed_step: ProbeStep | None = None
    cause: str | None = None
    failure: Failure | None = None
    status: int | None = None
    latency_ms: float | None = None
    model_ms: float | None = None
    request_id: str | None = None
    organization_id: str | None = None
    workspace_id: str | None = None
    retry_after: str | None = None
    limits: tuple[RateLimit, ...] = ()
    usage: Usage | None = None
    sample: str | None = None
    stop_reason: str | None = None
    answering_model: str | None = None
    lifecycle: str | None = None
    retires_at: str | None = None


class ProbeResult(msgspec.Struct, frozen=True, kw_only=True):
    """One test from the first step to the last; `steps` holds all nine."""

    request: ProbeRequest
    host: str | None
    anthropic: bool
    key: KeyText
    steps: tuple[StepResult, ...]
    models: tuple[ModelResult, ...]
    key_verdict: KeyVerdict
    not_tested: tuple[str, ...]
    started_at: dt.datetime
    elapsed_ms: float
    visible_models: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    organization_id: str | None = None
    workspace_id: str | None = None
    certificate: Certificate | None = None

    @property
    def failed(self) -> StepResult | None:
        """The first step that failed, or None."""
        return next((each for each in self.steps if each.outcome is StepOutcome.FAILED), None)

    @property
    def cause(self) -> str | None:
        """The cause of the first failure, or None when everything went well."""
        return None if self.failed is None else self.failed.cause

    def step(self, step: ProbeStep) -> StepResult:
        """Return one of the nine steps."""
        return next(each for each in self.steps if each.step is step)
