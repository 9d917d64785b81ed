"""Keeping the steps of one test, telling each as it begins and ends, and putting it into words."""

from collections.abc import Callable
from typing import Final, NoReturn

from core.keys.secret import Secret
from core.net.budget import CANCELLED, Fault
from core.net.certificate import Certificate
from core.paste.failure import Failure
from core.probe.answers import clean
from core.probe.result import ProbeStep, StepEvent, StepOutcome, StepResult

Judge = Callable[[Failure], str]
"""A failure's cause id; `core.diagnosis` judges, this package observes."""
OnEvent = Callable[[StepEvent], None]

_MAX_WORDS: Final = 300
_FAULT_WORDS: Final = {
    "ECONNREFUSED": "The connection was refused.",
    "ECONNRESET": "The connection was cut before a whole answer came.",
    "EPIPE": "The connection was cut before a whole answer came.",
    "ETIMEDOUT": "No whole answer came in time.",
    "EHOSTUNREACH": "No way leads to that host.",
    "ENETUNREACH": "No way leads to that network.",
    "CERT_HAS_EXPIRED": "The certificate has expired, or a clock is wrong.",
    "CERT_NOT_YET_VALID": "The certificate is not valid yet, or a clock is wrong.",
    "ERR_TLS_CERT_ALTNAME_INVALID": "The certificate is for another name.",
    "DEPTH_ZERO_SELF_SIGNED_CERT": "The certificate is signed by nobody but itself.",
    "SELF_SIGNED_CERT_IN_CHAIN": "The certificate comes from an authority that nobody here trusts.",
    "UNABLE_TO_GET_ISSUER_CERT_LOCALLY": "The certificate comes from an authority that nobody here trusts.",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE": "The certificate comes without the ones that lead to a trusted authority.",
    "HPE_INVALID_CONSTANT": "What came back is not HTTP.",
    "HPE_HEADER_OVERFLOW": "The answer's headers have no end.",
    "ERR_BODY_TOO_LARGE": "The answer is far too big for Claude's API.",
    CANCELLED: "The test was stopped.",
}


class Stopped(Exception):
    """A step failed or was given up, so that what follows is not reached."""


class Record:
    """The steps so far; every text in them has been scrubbed of the key."""

    def __init__(self, secret: Secret, judge: Judge, on_event: OnEvent) -> None:
        self.steps: list[StepResult] = []
        self._secret = secret
        self._judge = judge
        self._on_event = on_event

    def begin(self, step: ProbeStep) -> None:
        """Tell that a step begins."""
        self._on_event(StepEvent(step=step))

    def end(self, step: ProbeStep, outcome: StepOutcome, detail: str = "", ms: float | None = None) -> None:
        """Keep a step that did not fail."""
        self._keep(StepResult(step=step, outcome=outcome, detail=clean(detail, self._secret), ms=ms))

    def fail(
        self,
        step: ProbeStep,
        detail: str,
        *,
        cause: str | None = None,
        failure: Failure | None = None,
        ms: float | None = None,
    ) -> NoReturn:
        """Keep a failed step with its judged cause, and raise `Stopped`."""
        judged = cause if failure is None else self._judge(failure)
        words = clean(detail, self._secret)
        self._keep(
            StepResult(step=step, outcome=StepOutcome.FAILED, detail=words, ms=ms, cause=judged, failure=failure)
        )
        raise Stopped

    def give_up(self, step: ProbeStep, detail: str) -> NoReturn:
        """Keep a step that was begun and that nobody waited for, and raise `Stopped`."""
        self._keep(StepResult(step=step, outcome=StepOutcome.NOT_REACHED, detail=detail))
        raise Stopped

    def sum_up(self, result: StepResult) -> None:
        """Keep a step that was put together from the models' own."""
        self._keep(result)

    def all(self) -> tuple[StepResult, ...]:
        """Return all nine steps in order."""
        done = {each.step: each for each in self.steps}
        return tuple(done.get(step, StepResult(step=step, outcome=StepOutcome.NOT_REACHED)) for step in ProbeStep)

    def _keep(self, result: StepResult) -> None:
        self.steps.append(result)
        self._on_event(StepEvent(step=result.step, outcome=result.outcome, detail=result.detail, ms=result.ms))


def fault_words(fault: Fault) -> str:
    """Say a transport fault in a sentence, with the certificate's issuer where one was seen."""
    words = _FAULT_WORDS.get(fault.code or "") or f"The call failed: {fault.message}."
    if fault.code in _FAULT_WORDS and fault.code != CANCELLED:
        words = f"{words[:-1]} ({fault.code})."
    return f"{words} {certificate_words(fault.certificate)}" if fault.certificate else words


def answer_words(failure: Failure) -> str:
    """Return the words for an unexpected answer: its status and its own message, cut."""
    message = " ".join((failure.message or "").split())[:_MAX_WORDS]
    return f"HTTP {failure.status}: {message}" if message else f"HTTP {failure.status}."


def certificate_words(certificate: Certificate | None) -> str:
    """Say who issued a certificate, for whom, and until when; the issuer shows TLS inspection."""
    if certificate is None:
        return "The certificate could not be read."
    if certificate.self_signed:
        words = f"The certificate for {certificate.subject} is self-signed"
    else:
        words = f"The certificate for {certificate.subject} was issued by {certificate.issuer}"
    return f"{words}, valid until {certificate.not_after:%Y-%m-%d}." if certificate.not_after else f"{words}."
