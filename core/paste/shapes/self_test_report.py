"""Reading the report of Reconnect's own self-test workflow: ``{"reconnect_self_test": 1, ...}``.

The report is the call as seen from the user's own n8n: status, error type, message, request id, retry-after, model, and
the transport's fault where nobody answered.
"""

from typing import Any

from core.paste.draft import Draft, DraftReading
from core.paste.facts.wording import learn_object, learn_text
from core.paste.failure import AnsweredBy, Provider, Shape, Success, Surface
from core.paste.formats.json_values import as_dict, as_int, as_label, as_list, as_status, as_text


def _reports_in(value: object) -> list[dict[str, Any]]:
    """Return the self-test reports in a parsed paste: bare, in a list, or as n8n items."""
    values = value if isinstance(value, list) else [value]
    bodies = (as_dict(as_dict(one).get("json")) or as_dict(one) for one in values)
    return [body for body in bodies if "reconnect_self_test" in body]


def read_reports(value: object) -> DraftReading | None:
    """Return the failures and the answered calls that reports tell of; None where there is no report."""
    calls = [_read_report(report) for report in _reports_in(value)]
    if not calls:
        return None
    return DraftReading(
        Shape.SELF_TEST,
        [call for call in calls if isinstance(call, Draft)],
        [call for call in calls if isinstance(call, Success)],
    )


def _read_report(report: dict[str, Any]) -> Draft | Success:
    status = as_status(report.get("status"))
    if report.get("ok") is True:
        return Success(
            node=as_text(report.get("node")),
            surface=Surface.HTTP_REQUEST,
            model=as_text(report.get("model")),
            host=as_text(report.get("host")),
            claudes=True,
        )
    draft = Draft(
        status=status,
        surface=Surface.HTTP_REQUEST,
        provider=Provider.ANTHROPIC,
        answered_by=_answered_by(report.get("answered_by")),
        error_type=as_text(report.get("error_type")),
        error_code=as_text(report.get("error_code")),
        code=as_text(report.get("code")),
        request_id=as_text(report.get("request_id")),
        retry_after=as_label(report.get("retry_after")),
        organization_id=as_text(report.get("organization_id")),
        model=as_text(report.get("model")),
        host=as_text(report.get("host")),
        path=as_text(report.get("path")),
        stop_reason=as_text(report.get("stop_reason")),
        n8n_version=as_text(report.get("n8n_version")),
        item_index=as_int(report.get("item_index")),
    )
    learn_object(draft, report.get("body"))
    for text in (report.get("message"), *as_list(report.get("also"))):
        learn_text(draft, as_text(text) or "")
    return draft


def _answered_by(value: object) -> AnsweredBy | None:
    try:
        return AnsweredBy(str(value)) if value else None
    except ValueError:
        return None
