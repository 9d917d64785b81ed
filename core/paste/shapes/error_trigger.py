"""Reading what an Error Trigger node received: ``{execution: {id, url, error, lastNodeExecuted, mode}, workflow}``.

If the trigger itself failed, n8n sends ``{trigger: {error, mode}, workflow}``. The error is the full object, but there
are no runs: a sub-node's own error and other items are missing (n8n 2.41.1).
"""

from typing import Any

from core.paste.draft import Draft
from core.paste.formats.json_values import as_dict, as_text
from core.paste.shapes.n8n_error import learn_error


def read_error_trigger(report: dict[str, Any]) -> Draft:
    """Return the failure that an Error Trigger reports."""
    run = as_dict(report.get("execution")) or as_dict(report.get("trigger"))
    draft = Draft()
    learn_error(draft, as_dict(run.get("error")))
    draft.learn(node=as_text(run.get("lastNodeExecuted")))
    return draft


def is_error_trigger(value: object) -> bool:
    """Whether an object is an Error Trigger's input."""
    fields = as_dict(value)
    return "workflow" in fields and isinstance(
        as_dict(fields.get("execution") or fields.get("trigger")).get("error"), dict
    )
