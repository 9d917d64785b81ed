"""The words of a live test: its steps and their outcomes, what an access result says, and why a test has to wait."""

from typing import Final

from core.keys.characters import InN8n
from core.probe.request import AuthWay
from core.probe.result import ProbeStep, StepOutcome
from core.storage.access_results import AccessOutcome, CallPath, ChangeKind
from core.storage.limits import Scope

PROBE_STEP: Final = {
    ProbeStep.KEY_FORMAT: "Read the key's text",
    ProbeStep.URL: "Read the address",
    ProbeStep.DNS: "Look up the name",
    ProbeStep.TCP: "Connect",
    ProbeStep.TLS: "Secure the connection",
    ProbeStep.HTTP: "Call without the key",
    ProbeStep.AUTHENTICATION: "Call with the key",
    ProbeStep.MODEL: "Look up the models",
    ProbeStep.MESSAGE: "Send each model a message",
}

STEP_OUTCOME: Final = {
    StepOutcome.OK: "ok",
    StepOutcome.FAILED: "failed",
    StepOutcome.SKIPPED: "skipped",
    StepOutcome.NOT_REACHED: "not reached",
}

ACCESS_OUTCOME: Final = {
    AccessOutcome.OK: "answers",
    AccessOutcome.FAILED: "fails",
    AccessOutcome.NOT_TRIED: "not tried",
}

OUTCOME_SIGN: Final = {
    AccessOutcome.OK: "✓",
    AccessOutcome.FAILED: "✗",
    AccessOutcome.NOT_TRIED: "–",
}
"""The sign before an outcome's word, so that colour is never all that tells them apart."""

CALL_PATH: Final = {
    CallPath.DIRECT: "direct",
    CallPath.GATEWAY: "through {host}",
}

CHANGE: Final = {
    ChangeKind.LOST: "{key} lost {model} {days}. {why}",
    ChangeKind.REGAINED: "{key} got {model} back {days}.",
    ChangeKind.OTHER_CAUSE: "{key} still gets no answer from {model}, for another reason than {before}. {why}",
}

AUTH_HEADER: Final = {
    AuthWay.X_API_KEY: "x-api-key",
    AuthWay.BEARER: "Authorization: Bearer",
}

IN_N8N: Final = {
    InN8n.WORKS: "it works all the same",
    InN8n.REFUSED: "Anthropic refuses it",
    InN8n.BYTE_STRING: "n8n stops before sending (“Cannot convert argument to a ByteString”)",
    InN8n.NOT_SENT: "n8n stops before sending",
}

LIMITED: Final = {
    Scope.SESSION: "You have made many tests in a short time.",
    Scope.ADDRESS: "Many tests came from your network in a short time.",
    Scope.TARGET: "Many tests went to this address in a short time.",
    Scope.GLOBAL: "This portal has made many tests in a short time.",
}


def outcome_words(outcome: AccessOutcome) -> str:
    """Return the sign and the word of an access result's outcome."""
    return f"{OUTCOME_SIGN[outcome]} {ACCESS_OUTCOME[outcome]}"


def path_words(path: CallPath, host: str) -> str:
    """Return which way a model was called: ``direct``, or ``through`` a host."""
    return CALL_PATH[path].format(host=host)
