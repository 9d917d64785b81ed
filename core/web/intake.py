"""``POST /api/intake``: n8n's error workflows report failed runs here and are answered with the diagnosis.

The generated error workflow sends one report per failed run, with the portal's token in the header
``Authorization: Bearer <token>`` (an n8n Header Auth credential). Without ``RECONNECT_INTAKE_TOKEN`` there is no
intake: the answer is that of an address that does not exist.

What is kept for 24 hours is an allow-list of facts, counted by workflow and cause (`core.storage.reports`), never a
text. Without a database the sender still gets the diagnosis, and the answer says that nothing was kept.
"""

import datetime as dt
import hmac
import logging
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlencode

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from core import storage
from core.diagnosis import Diagnosis, Finding, diagnose
from core.diagnosis.worker import NOT_REDACTED
from core.paste import PasteError, Shape
from core.redaction import RedactionFailed, scrub_known
from core.settings import Settings, settings
from core.sizes import MAX_REPORT_BYTES
from core.storage.kept_facts import facts_of
from core.storage.limits import MINUTE, REPORTS_A_MINUTE, Scope, limits_for
from core.text import diagnosis as diagnosis_text
from core.text import vocabulary
from core.web.http import as_json, problem, read_body

SOURCE: Final = "error workflow"
KEPT_OUT: Final = (
    "This would hold the portal's intake token. A workflow is copied, exported and shared, so the token stands only in "
    "an n8n Header Auth credential."
)

_NOT_ALLOWED: Final = (
    "The token is missing or wrong. In n8n, the Header Auth credential needs the name Authorization, and as value "
    "Bearer, a space and the portal's token."
)
_NOT_A_REPORT: Final = (
    "This is not a report of an n8n error workflow. Send what Reconnect's error workflow makes, or the Error Trigger's "
    "own data, as one JSON object."
)
_log = logging.getLogger(__name__)


class IntakeAnswer(diagnosis_text.Report, frozen=True, kw_only=True):
    """The terminal contract, with a link to the cause and what was kept; `reports` counts those of 24 hours."""

    link: str
    kept: bool
    reports: int | None
    says: str


class TooMany(Exception):
    """More reports than the intake takes; `seconds` until it takes the next."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Too many reports at once. The next one is taken in {vocabulary.count(seconds, 'second')}.")
        self.seconds = seconds


class NotAReport(Exception):
    """The body is something else than a failed run's report."""


async def receive(request: Request) -> Response:
    """Answer a report: 200 with the diagnosis; 401, 404, 413, 422 and 429 with one sentence."""
    chosen = settings()
    if chosen.intake_token is None:
        return PlainTextResponse("Not Found", status_code=404)
    if not _is_bearer(request.headers.get("authorization", ""), chosen.intake_token):
        return problem(401, _NOT_ALLOWED, {"www-authenticate": "Bearer"})
    body = await read_body(request, MAX_REPORT_BYTES)
    if body is None:
        return problem(413, f"A report has at most {MAX_REPORT_BYTES:,} bytes. Send facts, not the run's data.")
    address = request.client.host if request.client else "unknown"
    portal = chosen.base_url or str(request.base_url).removesuffix("/api/").rstrip("/")
    try:
        answer = await run_in_threadpool(take, body, chosen, address=address, portal=portal, now=_now())
    except TooMany as refused:
        return problem(429, str(refused), {"retry-after": str(refused.seconds)})
    except NotAReport:
        return problem(422, _NOT_A_REPORT)
    except PasteError as error:
        return problem(422, str(error))
    except RedactionFailed:
        return problem(422, NOT_REDACTED)
    return as_json(answer)


def take(body: bytes, chosen: Settings, *, address: str, portal: str, now: dt.datetime) -> IntakeAnswer:
    """Diagnose one report and keep its facts; `address` is the sender's, `portal` what links start with.

    Raises `TooMany`, `NotAReport`, `core.paste.PasteError` and `core.redaction.RedactionFailed`; a database that is
    away only means that nothing is kept.
    """
    _count(chosen, address, now)
    # This also keeps packed data out, which grows when it is read.
    if not body.lstrip().startswith(b"{"):
        raise NotAReport
    diagnosis = diagnose(body, today=now.date())
    if diagnosis.reading.shape is not Shape.ERROR_TRIGGER:
        raise NotAReport
    finding = diagnosis.findings[0]
    reports, says = _keep(body, finding, chosen, now)
    _log.info("Intake: %s, %s", finding.cause, "kept" if reports else "not kept")
    return _answer(diagnosis, portal, reports, says)


def holds_token(texts: Sequence[str], chosen: Settings) -> bool:
    """Return whether the intake's token is in one of the texts, in any usual encoding."""
    token = chosen.intake_token
    return token is not None and any(scrub_known(text, [token]) != text for text in texts)


def _is_bearer(header: str, token: str) -> bool:
    """Compare the header with the token in a time that tells nothing about it."""
    scheme, _, given = header.partition(" ")
    same = hmac.compare_digest(given.strip().encode("latin-1", "replace"), token.encode())
    return same and scheme.lower() == "bearer"


def _count(chosen: Settings, address: str, now: dt.datetime) -> None:
    limits = limits_for("intake", REPORTS_A_MINUTE, MINUTE, {Scope.ADDRESS: address})
    decision = storage.stores(chosen).limits.take(limits, now)
    if not decision.allowed:
        wait = (decision.retry_at - now).total_seconds() if decision.retry_at else MINUTE
        raise TooMany(max(1, round(wait)))


def _keep(body: bytes, finding: Finding, chosen: Settings, now: dt.datetime) -> tuple[int | None, str]:
    """Count the failure; returns how many of its kind there were, or None, and a sentence about it."""
    facts = facts_of(
        finding.failure,
        cause=finding.cause,
        certainty=finding.certainty.value,
        key_verdict=finding.key_verdict.value,
        as_of=now.date(),
    )
    try:
        reports = storage.stores(chosen).intake.report(_workflow_id(body), facts, now).reports
    except storage.StorageError as error:
        return None, f"Not kept. {error}"
    times = "once" if reports == 1 else f"{reports} times"
    return reports, f"Kept as facts without any text until 24 hours pass without another: seen {times}."


class _Workflow(msgspec.Struct):
    id: str | int | None = None


class _ReportBody(msgspec.Struct):
    workflow: _Workflow | None = None


def _workflow_id(body: bytes) -> str | None:
    """Return the id alone; the store hides secrets in it and leaves out what does not look like an id."""
    try:
        workflow = msgspec.json.decode(body, type=_ReportBody).workflow
    except msgspec.MsgspecError:
        return None
    return None if workflow is None or workflow.id is None else str(workflow.id)


def _answer(diagnosis: Diagnosis, portal: str, reports: int | None, says: str) -> IntakeAnswer:
    contract = diagnosis_text.report(diagnosis, source=SOURCE)
    query = urlencode({"cause": diagnosis.findings[0].cause})
    return IntakeAnswer(
        **{name: getattr(contract, name) for name in diagnosis_text.Report.__struct_fields__},
        link=f"{portal}/errors?{query}",
        kept=reports is not None,
        reports=reports,
        says=says,
    )


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
